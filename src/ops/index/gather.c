/* gather - lines of a tensor by index.    y[..., i..., ...] = x[..., index[i...], ...]    dx = scatter_add(dy, index)
 */
#include "lines.h"

static bool gather_shape(nrv__infer *s)
{
    const nrv__lines_attr *a = s->attr;
    nrv_tensor x = s->in[0], index = s->in[1];
    int axis = (int)a->axis, batch = (int)a->batch;
    if (!nrv__infer_index(s, 1) || !nrv__lines_share(s, 1, batch))
        return false;
    if (x->rank - 1 + index->rank - batch > NRV__MAX_RANK)
        return nrv__infer_fail(s, NRV_ESHAPE, "the index's axes replace one of x; ranks go up to 8",
                               "ranks %d and %d make %d", x->rank, index->rank, x->rank - 1 + index->rank - batch);
    for (int i = 0; i < axis; i++)
        s->dim[s->rank++] = x->dim[i];
    for (int i = batch; i < index->rank; i++)
        s->dim[s->rank++] = index->dim[i];
    for (int i = axis + 1; i < x->rank; i++)
        s->dim[s->rank++] = x->dim[i];
    return true;
}

static void gather_vjp(nrv_vjp *v)
{
    const nrv__lines_attr *a = v->attr;
    v->dx[0] = nrv__scatter_add(v->dy, v->x[1], (int)a->axis, (int)a->batch, v->x[0]->dim[a->axis]);
}

static nrv_tensor gather_batch(const nrv__batch *b)
{
    const nrv__lines_attr *a = b->y->attr;
    nrv_tensor in[2];
    if (b->y->rank == NRV__MAX_RANK)
        return NULL;
    if (a->batch == 0 && !b->wide[1])
        return nrv__gather(b->x[0], b->x[1], (int)a->axis + 1, 0);
    if (a->batch == 0 && !b->wide[0] && a->axis == 0)
        return nrv__gather(b->x[0], b->x[1], 0, 0);
    return nrv__lines_widen(b, 2, in) ? nrv__gather(in[0], in[1], (int)a->axis + 1, (int)a->batch + 1) : NULL;
}

static void gather_ref(const nrv__args *a)
{
    const nrv__lines_attr *at = a->attr;
    const nrv__lines l = nrv__lines_of(&a->in[0], at->batch, at->axis);
    const int64_t m = nrv__lines_product(&a->in[1], at->batch, a->in[1].rank);
    const double *x = a->in[0].data, *index = a->in[1].data;
    double *y = a->out[0].data;
    for (int64_t r = 0; r < l.batch * l.outer * m; r++) {
        const int64_t position = r / (l.outer * m) * m + r % m, i = nrv__lines_whole(index[position]);
        const bool inside = nrv__lines_inside(a->fault, position, i, l.n);
        for (int64_t k = 0; k < l.inner; k++)
            y[r * l.inner + k] = inside ? x[(r / m * l.n + i) * l.inner + k] : 0;
    }
}

static nrv_tensor gather_make(nrv__case *c)
{
    return nrv_gather(c->x[0], c->x[1], nrv__case_small(c, "axis", 0));
}

NRV_OP(gather, .sig = "any x[...], index i[...] -> y[...]",
       .doc = "Lines of x along an axis by an index of any rank, whose axes take the place of that axis (as numpy's "
              "take); an index out of range stops the run.",
       .shape = gather_shape, .flags = NRV_FAILS, .vjp = gather_vjp, .batch = gather_batch, .ref = gather_ref,
       .make = gather_make, .attr_bytes = sizeof(nrv__lines_attr), .torch = "index_select", .numpy = "take",
       .onnx = "Gather", .values = "indexes count from 0; a negative one does not count from the end",
       .refuse = { "x[3,5], i[2], axis=1 => gather: input 1 is f32, an index is wanted | in here | input 0: input f32 "
                   "[3, 5] x | input 1: input f32 [2] i | hint nrv_cast it to NRV_I32 or NRV_I64",
                   "x[3,5], i:i32[2], axis=2 => gather: axis 2 of a tensor of rank 2 | in here | hint axes count from "
                   "0, or from -1 at the end",
                   "x[3,5], i:i32{0,5}, axis=1 => gather: index 5 at position 1; it must lie in 0..4 | in here | hint "
                   "indexes count from 0; a negative one does not count from the end",
                   "x[1,1,1,1,1,1,1,2], i:i32[1,2], axis=0 => gather: ranks 8 and 2 make 9 | in here | input 0: input "
                   "f32 [1, 1, 1, 1, 1, 1, 1, 2] x | input 1: input i32 [1, 2] i | hint the index's axes replace one "
                   "of x; ranks go up to 8" },
       .test = { "x[5,3], i:i32[4] in 0..4, axis=0", "x[2,5,3], i:i64[2,3] in 0..4, axis=1",
                 "x[3,4], i:i32[6] in 0..3, axis=-1", "x[7], i:i32[] in 0..6, axis=0",
                 "x[3,2], i:i32[0] in 0..2, axis=0", "x[40,33], i:i32[50,3] in 0..39, axis=0",
                 "x:i64[5], i:i32[9] in 0..4, axis=0", "x[2,4,0], i:i32[3] in 0..3, axis=1" });

nrv_tensor nrv__gather(nrv_tensor x, nrv_tensor index, int axis, int batch)
{
    nrv__lines_attr a = { axis, batch };
    return nrv__op_with(&nrv__op_gather, NRV_N(const nrv_tensor, x, index), &a, 0, NULL);
}

/* Lines of x along axis, by index (i...) of i32 or i64: (a...,n,b...) -> (a...,i...,b...), like numpy's take. An index
   outside 0..n-1 is an error of the run. Its gradient is nrv_scatter_add. A row of an embedding is
   nrv_gather(table, ids, 0). */
NRV_API nrv_tensor nrv_gather(nrv_tensor x, nrv_tensor index, int axis)
{
    return nrv__axis(x, &axis, "gather") ? nrv__gather(x, index, axis, 0) : NULL;
}
