/* sum.c - over one axis, several, or all; nansum without what is NaN */
#include "reduce.h"
#include <string.h>

static void sum_vjp(nrv_vjp *v)
{
    const nrv__reduce_attr *a = v->attr;
    v->dx[0] = nrv_broadcast(nrv__axes_kept(v->dy, v->x[0], a->axes, 1), nrv_shape_of(v->x[0]));
}

static void sum_ref(const nrv__args *a)
{
    int64_t axes = ((const nrv__reduce_attr *)a->attr)->axes, step[NRV__MAX_RANK], at[NRV__MAX_RANK] = { 0 },
            stride = 1, where = 0, n = 1;
    const nrv__view *x = &a->in[0];
    for (int i = x->rank - 1; i >= 0; i--) {
        step[i] = axes >> i & 1 ? 0 : stride;
        stride *= axes >> i & 1 ? 1 : x->dim[i];
        n *= x->dim[i];
    }
    const double *from = x->data;
    double *y = a->out[0].data;
    if (a->n)
        memset(y, 0, (size_t)a->n * sizeof *y);
    for (int64_t i = 0; i < n; i++) {
        y[where] += from[i];
        for (int k = x->rank - 1; k >= 0; k--) {
            where += step[k];
            if (++at[k] < x->dim[k])
                break;
            where -= at[k] * step[k];
            at[k] = 0;
        }
    }
}

static nrv_tensor sum_make(nrv__case *c)
{
    return nrv_sum(c->x[0], nrv__case_axes(c), nrv__case_keep(c));
}

static nrv_tensor nansum_make(nrv__case *c)
{
    return nrv_nansum(c->x[0], nrv__case_axes(c), nrv__case_keep(c));
}

static nrv_tensor sum_batch(const nrv__batch *b)
{
    const nrv__reduce_attr *p = b->y->attr;
    nrv__reduce_attr a = { p->axes << 1, p->keep };
    return nrv__batch_sized(b, &a, 0);
}

NRV_OP(
    sum, .batch = sum_batch, .sig = "any x[...] -> y[...]",
    .doc =
        "Sum over the given axes; of nothing it is 0; of bools, how many are true, i64. Float sums are kept in double.",
    .shape = nrv__infer_reduce, .vjp = sum_vjp, .ref = sum_ref, .make = sum_make,
    .attr_bytes = sizeof(nrv__reduce_attr), .torch = "sum", .numpy = "sum", .onnx = "ReduceSum",
    .refuse = { "x[3,5], axis=2 => sum: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 at "
                "the end",
                "x[3,5], axis=1x-1 => sum: an axis of a tensor of rank 2 is named twice | in here | hint name each "
                "axis once",
                "x[3,5], axis=0x-99 => sum: axis -99 of a tensor of rank 2 | in here | hint axes count from 0, or from "
                "-1 at the end" },
    .test = { "x[3,5], axis=1", "x[3,5], axis=0, keep=1", "x[2,3,4], axes=0x2", "x[2,3,4]", "x[0,3], axis=0",
              "x[5,1027], axis=0", "x[2,7,3,5], axes=0x2x3" });

nrv_tensor nrv__sum_axes(nrv_tensor x, int64_t axes, int keep)
{
    nrv__reduce_attr a = { axes, keep != 0 };
    return axes ? nrv__op_with(&nrv__op_sum, NRV_N(const nrv_tensor, x), &a, 0, NULL) : x;
}

NRV_OP(nansum, .sig = "real x[...] -> y[...]", .doc = "Sum over the given axes of what is not NaN.", .flags = NRV_MACRO,
       .make = nansum_make, .torch = "nansum", .numpy = "nansum",
       .refuse = { "x[3,5], axis=2 => nansum: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from "
                   "-1 at the end",
                   "x:i32[3] => nansum: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | "
                   "hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5], axis=1", "x[2,3]{1, nan, 2, nan, nan, 4}, axis=0, keep=1", "x[2,3,4]", "x[0,3], axis=0" });

/* Sum over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1; of nothing it is 0. (...,n,...) ->
 * (...,...)
 */
NRV_API nrv_tensor nrv_sum(nrv_tensor x, int axis, int keep)
{
    int64_t axes;
    if (!nrv__axes(x, axis, "sum", &axes))
        return NULL;
    return nrv__sum_axes(x->type == NRV_BOOL ? nrv_cast(x, NRV_I64) : x, axes, keep);
}

/* Sum of all elements, a scalar. */
NRV_API nrv_tensor nrv_sum_all(nrv_tensor x)
{
    return nrv_sum(x, NRV_ALL, 0);
}

/* Sum over an axis (or NRV_AXES, NRV_ALL) of what is not NaN; keep = 1 leaves it with length 1. (...,n,...) ->
 * (...,...)
 */
NRV_API nrv_tensor nrv_nansum(nrv_tensor x, int axis, int keep)
{
    int64_t axes;
    if (!nrv__op_wants_real(&nrv__op_nansum, 1, &x) || !nrv__axes(x, axis, "nansum", &axes))
        return NULL;
    return nrv__sum_axes(NRV_EXPR("x: x == x ? x : 0", x), axes, keep);
}
