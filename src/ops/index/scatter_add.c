/* scatter_add - lines added into zeros by index: the transpose of gather.
   y[..., j, ...] = sum of x[..., i..., ...] where index[i...] = j    dx = gather(dy, index) */
#include "lines.h"
#include <string.h>

static void scatter_add_vjp(nrv_vjp *v)
{
    const nrv__lines_attr *a = v->attr;
    v->dx[0] = nrv__gather(v->dy, v->x[1], (int)a->axis, (int)a->batch);
}

static void scatter_add_ref(const nrv__args *a)
{
    const nrv__lines_attr *at = a->attr;
    const nrv__lines l = nrv__lines_of(&a->out[0], at->batch, at->axis);
    const int64_t m = nrv__lines_product(&a->in[1], at->batch, a->in[1].rank);
    const double *x = a->in[0].data, *index = a->in[1].data;
    double *y = a->out[0].data;
    if (a->n)
        memset(y, 0, (size_t)a->n * sizeof *y);
    for (int64_t r = 0; r < l.batch * l.outer * m; r++) {
        const int64_t position = r / (l.outer * m) * m + r % m, i = nrv__lines_whole(index[position]);
        const bool inside = nrv__lines_inside(a->fault, position, i, l.n);
        for (int64_t k = 0; k < l.inner && inside; k++)
            y[(r / m * l.n + i) * l.inner + k] += x[r * l.inner + k];
    }
}

static nrv_tensor scatter_add_make(nrv__case *c)
{
    return nrv_scatter_add(c->x[0], c->x[1], nrv__case_small(c, "axis", 0), nrv__case_int(c, "count", 1));
}

NRV_OP(scatter_add, .sig = "number x[...], index i[...] -> y[...]",
       .doc = "Lines added into zeros, in the order of the index: the transpose of gather. Lines that no index names "
              "stay 0; an index out of range stops the run.",
       .shape = nrv__lines_scatter_shape, .flags = NRV_FAILS, .vjp = scatter_add_vjp, .batch = nrv__lines_scatter_batch,
       .ref = scatter_add_ref, .make = scatter_add_make, .attr_bytes = sizeof(nrv__lines_attr),
       .values = "indexes count from 0; a negative one does not count from the end",
       .refuse = { "x[6,3], i[6], axis=0, count=4 => scatter_add: input 1 is f32, an index is wanted | in here | input "
                   "0: input f32 [6, 3] x | input 1: input f32 [6] i | hint nrv_cast it to NRV_I32 or NRV_I64",
                   "x[6,3], i:i32[5], axis=0, count=4 => scatter_add: 6 lines at axis 0, 5 indexes | in here | input "
                   "0: input f32 [6, 3] x | input 1: input i32 [5] i | hint an index for each line",
                   "x[2], i:i32{0,4}, axis=0, count=4 => scatter_add: index 4 at position 1; it must lie in 0..3 | in "
                   "here | hint indexes count from 0; a negative one does not count from the end",
                   "x[6,3], i:i32[6], axis=3, count=4 => scatter_add: axis 3 of what x of rank 2 and an index of rank "
                   "1 make | in here | hint x has the index's axes where the result has the one indexed" },
       .test = { "x[6,3], i:i32[6] in 0..3, axis=0, count=4", "x[2,2,3,2], i:i64[2,3] in 0..4, axis=1, count=5",
                 "x[3,6], i:i32[6] in 0..3, axis=-1, count=4", "x[3], i:i32[] in 0..6, axis=0, count=7",
                 "x[0,2], i:i32[0] in 0..2, axis=0, count=3", "x[300,33], i:i32[300] in 0..19, axis=0, count=20",
                 "x:i32[9], i:i32[9] in 0..4, axis=0, count=5", "x[4,0], i:i32[4] in 0..2, axis=0, count=3" });

nrv_tensor nrv__scatter_add(nrv_tensor x, nrv_tensor index, int axis, int batch, nrv_dim count)
{
    return nrv__lines_scatter(&nrv__op_scatter_add, x, index, (nrv__lines_attr){ axis, batch }, count);
}

/* x (a...,i...,b...) and index (i...) of i32 or i64 -> (a...,count,b...): every line of x is added to the one that its
   index names; the others are 0. axis is the one of length count in the result, so that it takes the place of the
   index's axes, as nrv_gather puts them in its place: each is the other's gradient. An index outside 0..count-1 is an
   error of the run. Sums do not depend on the number of threads. */
NRV_API nrv_tensor nrv_scatter_add(nrv_tensor x, nrv_tensor index, int axis, nrv_dim count)
{
    if (!x || !index || x->g->why.status)
        return NULL;
    int rank = x->rank - index->rank + 1, at = axis < 0 && rank > 0 ? axis + rank : axis;
    if (rank < 1 || at < 0 || at >= rank)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "x has the index's axes where the result has the one indexed",
                               "scatter_add: axis %d of what x of rank %d and an index of rank %d make", axis, x->rank,
                               index->rank),
               NULL;
    return nrv__scatter_add(x, index, at, 0, count);
}
