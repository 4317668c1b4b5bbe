/* planned.h - what the programs beside it use and the library does not have yet: loops, choices, and some ops.
   Included by the syntax check of programs/ only. A declaration leaves this file when the public headers gain it;
   nothing may stand in both, which the compiler sees as a conflict or test_programs.sh as a duplicate. */
#ifndef NRV_TEST_PLANNED_H
#define NRV_TEST_PLANNED_H
#include "nervo.h"
typedef struct nrv_block nrv_block;
/* ---- blocks: the lines up to nrv_end are traced once, inside a loop; outer values they use are constants of the loop.
        A scan without a carry is a map: the compiler may run its turns side by side (what others call vmap). ---- */
/* keep: 0 all that the gradient needs; k: only the carry of every k-th turn */
typedef struct { nrv_dim steps; int reverse, keep; int64_t reserved[4]; } nrv_scan_opt;
nrv_block  *nrv_scan       (nrv_graph *g, const nrv_scan_opt *opt);
nrv_block  *nrv_while      (nrv_graph *g, int64_t most); /* most turns; 0 = no limit, and no gradient */
nrv_block  *nrv_if         (nrv_graph *g, nrv_tensor yes); /* bool scalar */
void        nrv_else       (nrv_block *b);
void        nrv_end        (nrv_block *b);
nrv_tensor  nrv_each       (nrv_block *b, nrv_tensor xs); /* xs[t] along axis 0; reverse starts at the end */
nrv_tensor  nrv_turn       (nrv_block *b); /* t, an i64 scalar */
nrv_tensor  nrv_carry      (nrv_block *b, nrv_tensor first); /* the value of the turn before */
void        nrv_next       (nrv_block *b, nrv_tensor carry, nrv_tensor value); /* once for every carry */
void        nrv_until      (nrv_block *b, nrv_tensor stop); /* while: leave when true */
nrv_tensor  nrv_stacked    (nrv_block *b, nrv_tensor inner); /* after nrv_end: every turn's value, (T, ...) */
nrv_tensor  nrv_last       (nrv_block *b, nrv_tensor carry); /* after nrv_end: what the carry became */
nrv_tensor  nrv_either     (nrv_block *b, nrv_tensor yes, nrv_tensor no); /* after nrv_end of an if */

/* ---- ops ---- */
typedef struct { int causal; nrv_tensor mask, offset; double scale; int64_t reserved[4]; } nrv_attention_opt;
nrv_tensor  nrv_attention  (nrv_tensor q, nrv_tensor k, nrv_tensor v, const nrv_attention_opt *opt);
nrv_tensor  nrv_categorical(nrv_tensor logits, const char *name);
nrv_tensor  nrv_cross_entropy_masked(nrv_tensor logits, nrv_tensor labels, nrv_tensor mask);
nrv_tensor  nrv_embedding  (nrv_graph *g, const char *name, nrv_dim n, nrv_dim width);
nrv_tensor  nrv_gather     (nrv_tensor x, nrv_tensor index, int axis);
void        nrv_lstm_cell  (nrv_tensor x, const char *name, nrv_tensor h, nrv_tensor c, nrv_tensor *h2, nrv_tensor *c2);
nrv_tensor  nrv_mask_of_lengths(nrv_tensor lengths, nrv_dim T);
nrv_tensor  nrv_netlist    (nrv_tensor x, nrv_tensor row, nrv_tensor col, nrv_tensor weight,
                            nrv_tensor bias, nrv_tensor act, nrv_dim levels);
nrv_tensor  nrv_rotary     (nrv_tensor x, nrv_tensor position, double base);
nrv_tensor  nrv_segment_softmax(nrv_tensor x, nrv_tensor segment, nrv_dim count);
nrv_tensor  nrv_segment_sum(nrv_tensor x, nrv_tensor segment, nrv_dim count);
nrv_tensor  nrv_write      (nrv_tensor into, int axis, nrv_tensor start, nrv_tensor part);
#endif
