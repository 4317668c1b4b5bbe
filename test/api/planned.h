/* planned.h - what the programs beside it use and the library does not have yet: loops, choices, and some ops.
   Included by the syntax check of programs/ only. A declaration leaves this file when the public headers gain it;
   nothing may stand in both, which the compiler sees as a conflict or test_programs.sh as a duplicate. */
#ifndef NRV_TEST_PLANNED_H
#define NRV_TEST_PLANNED_H
#include "nervo.h"
/* ---- ops ---- */
#endif
