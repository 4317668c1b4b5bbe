/* take - one element of each row, by index.    y[...] = x[..., i[...]] */
#include "lines.h"

static bool take_shape(nrv__infer *s)
{
    nrv_tensor x = s->in[0], i = s->in[1];
    if (!nrv__infer_index(s, 1))
        return false;
    if (x->rank < 1 || i->rank != x->rank - 1)
        return nrv__infer_fail(s, NRV_ESHAPE, "x (...,n) and an index for each row (...)", "ranks %d and %d", x->rank,
                               i->rank);
    s->rank = i->rank;
    for (int k = 0; k < i->rank; k++)
        if (!nrv__dim_same(s->g, x->dim[k], i->dim[k], "take", &s->dim[k]))
            return nrv__infer_fail(s, NRV_ESHAPE, "an index for each row", "axis %d differs", k);
    return true;
}

static void take_vjp(nrv_vjp *v)
{
    nrv_tensor i = v->x[1],
               here = nrv_equal(nrv_iota(v->g, i->type, v->x[0]->dim[v->x[0]->rank - 1]), nrv_expand(i, -1, 1));
    v->dx[0] = nrv_select(here, nrv_expand(v->dy, -1, 1), nrv__like(v->dy, 0));
}

static void take_ref(const nrv__args *a)
{
    const double *x = a->in[0].data, *index = a->in[1].data;
    double *y = a->out[0].data;
    const int64_t n = a->in[0].dim[a->in[0].rank - 1];
    for (int64_t r = 0; r < a->n; r++) {
        const int64_t i = nrv__lines_whole(index[r]);
        y[r] = nrv__lines_inside(a->fault, r, i, n) ? x[r * n + i] : 0;
    }
}

static nrv_tensor take_batch(const nrv__batch *b)
{
    nrv_tensor x = nrv__batch_wide(b, 0), index = nrv__batch_wide(b, 1);
    return x && index ? nrv_take(x, index) : NULL;
}

NRV_OP(take, .batch = take_batch, .sig = "any x[...,n], index i[...] -> y[...]",
       .doc = "One element of each row; an index out of range stops the run.", .shape = take_shape, .flags = NRV_FAILS,
       .vjp = take_vjp, .ref = take_ref, .values = "indexes count from 0; a negative one does not count from the end",
       .refuse = { "x[3,5], i[3] => take: input 1 is f32, an index is wanted | in here | input 0: input f32 [3, 5] x | "
                   "input 1: input f32 [3] i | hint nrv_cast it to NRV_I32 or NRV_I64",
                   "x[3,5], i:i32[4] => take: axis 0 differs | in here | input 0: input f32 [3, 5] x | input 1: input "
                   "i32 [4] i | hint an index for each row",
                   "x[3,5], i:i32[3,1] => take: ranks 2 and 2 | in here | input 0: input f32 [3, 5] x | input 1: input "
                   "i32 [3, 1] i | hint x (...,n) and an index for each row (...)",
                   "x[2,5], i:i32{0,-1} => take: index -1 at position 1; it must lie in 0..4 | in here | hint indexes "
                   "count from 0; a negative one does not count from the end" },
       .test = { "x[3,5], i:i32[3] in 0..4", "x[2,3,4], i:i64[2,3] in 0..3", "x[0,5], i:i32[0] in 0..4" });

/* x (...,n), index (...) i32 or i64 -> (...): one element of each row. */
NRV_API nrv_tensor nrv_take(nrv_tensor x, nrv_tensor index)
{
    return nrv__op(&nrv__op_take, NRV_N(const nrv_tensor, x, index));
}
