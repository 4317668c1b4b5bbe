/* planned.h - what the programs beside it use and the library does not have yet: loops, choices, and some ops.
   Included by the syntax check of programs/ only. A declaration leaves this file when the public headers gain it;
   nothing may stand in both, which the compiler sees as a conflict or test_programs.sh as a duplicate. */
#ifndef NRV_TEST_PLANNED_H
#define NRV_TEST_PLANNED_H
#include "nervo.h"
/* ---- ops ---- */
nrv_tensor  nrv_categorical(nrv_tensor logits, const char *name);
nrv_tensor  nrv_cross_entropy_masked(nrv_tensor logits, nrv_tensor labels, nrv_tensor mask);
nrv_tensor  nrv_embedding  (nrv_graph *g, const char *name, nrv_dim n, nrv_dim width);
nrv_tensor  nrv_gather     (nrv_tensor x, nrv_tensor index, int axis);
nrv_tensor  nrv_mask_of_lengths(nrv_tensor lengths, nrv_dim T);
nrv_tensor  nrv_segment_softmax(nrv_tensor x, nrv_tensor segment, nrv_dim count);
nrv_tensor  nrv_segment_sum(nrv_tensor x, nrv_tensor segment, nrv_dim count);
nrv_tensor  nrv_write      (nrv_tensor into, int axis, nrv_tensor start, nrv_tensor part);
#endif
