/* lines.h - what the ops that move lines by index share: gather, scatter_add, the segment ops, read and write.

   An index or a start may have `batch` leading axes, which it shares with the tensor it points into: each element of
   these has its own. That is how such an op is batched over the turns of a loop. */
#ifndef NRV__OPS_LINES_H
#define NRV__OPS_LINES_H
#include "../../kernels/lines.h"
#include "../op.h"

nrv_tensor nrv__gather(nrv_tensor x, nrv_tensor index, int axis, int batch);
nrv_tensor nrv__scatter_add(nrv_tensor x, nrv_tensor index, int axis, int batch, nrv_dim count);
/* lines (batch..., outer..., index..., inner...) and index (batch..., index...) to (batch..., outer..., count,
   inner...) with count = size[0] */
bool nrv__lines_scatter_shape(nrv__infer *s);
nrv_tensor nrv__lines_scatter(const nrv__opdef *op, nrv_tensor x, nrv_tensor index, nrv__lines_attr a, nrv_dim count);
nrv_tensor nrv__lines_scatter_batch(const nrv__batch *b);
bool nrv__lines_share(nrv__infer *s, int other, int64_t batch); /* the first axes of in[0] and in[other] agree */
/* every input with the turns in front, repeated where it has none; false: the ranks do not allow it */
bool nrv__lines_widen(const nrv__batch *b, int n, nrv_tensor *to);
nrv_tensor nrv__csr_sorted(nrv_tensor row, nrv_dim rows); /* i64 (...,rows + 1 + E), see csr_sorted.c */
/* ---- an index for each place: all other axes in front and shared, see take_along.c ---- */
int nrv__along(nrv_tensor x, int axis, int *order); /* that order, at NRV__MAX_RANK the way back; x's rank */
nrv_tensor nrv__along_cut(nrv_tensor x, nrv_tensor like, int axis); /* to the lengths of like beside the axis */
/* in[1] is an index with the axes of in[0]; false: the error is set, in op's name */
bool nrv__along_fits(const nrv__opdef *op, int n, const nrv_tensor *in, int axis);
/* x (E,...) and segment (E) for op; false: NULL came in, or the error is set */
bool nrv__segments(nrv_tensor x, nrv_tensor segment, const char *op, bool real);
/* ---- an order, see argsort.c ---- */
typedef bool nrv__before(const void *row, double i, double j); /* knows no ties */
/* 0..n-1, `step` apart, as before says: heapsort, which takes no memory, and n log n steps for any input */
void nrv__order(double *at, int64_t n, int64_t step, nrv__before *before, const void *row);
/* ---- bins of a histogram ---- */
nrv_tensor nrv__bin_edges(nrv_tensor lo, nrv_tensor hi, int64_t bins); /* bins + 1 places, as nrv_linspace has them */
/* i32, shaped as x: which bin between ascending edges (bins + 1) each is in, from 1; 0: in none. `last` is the last
   edge, which belongs to its bin */
nrv_tensor nrv__bin_of(nrv_tensor edges, nrv_tensor x, nrv_tensor last, nrv_dim bins);
#endif
