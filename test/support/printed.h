/* printed.h - a plan as text, for tests: nrv_plan_print into memory, to be freed. Does not do: cut anything off. */
#ifndef TEST_SUPPORT_PRINTED_H
#define TEST_SUPPORT_PRINTED_H
#include "nervo.h"

char *printed(const nrv_plan *p);
#endif
