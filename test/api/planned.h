/* planned.h - what the programs beside it use and the library does not have yet: loops, choices, and some ops.
   Included by the syntax check of programs/ only. A declaration leaves this file when the public headers gain it;
   nothing may stand in both, which the compiler sees as a conflict or test_programs.sh as a duplicate. */
#ifndef NRV_TEST_PLANNED_H
#define NRV_TEST_PLANNED_H
#include "nervo.h"
/* ---- ops ---- */
typedef struct { int causal; nrv_tensor mask, offset; double scale; int64_t reserved[4]; } nrv_attention_opt;
nrv_tensor  nrv_attention  (nrv_tensor q, nrv_tensor k, nrv_tensor v, const nrv_attention_opt *opt);
void        nrv_lstm_cell  (nrv_tensor x, const char *name, nrv_tensor h, nrv_tensor c, nrv_tensor *h2, nrv_tensor *c2);
nrv_tensor  nrv_netlist    (nrv_tensor x, nrv_tensor row, nrv_tensor col, nrv_tensor weight,
                            nrv_tensor bias, nrv_tensor act, nrv_dim levels);
nrv_tensor  nrv_rotary     (nrv_tensor x, nrv_tensor position, double base);
#endif
