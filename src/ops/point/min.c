/* min - y = the smaller of a and b */
#include "binary.h"

static void min_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = NRV_EXPR("dy, a, b: a < b ? dy : a == b ? 0.5 * dy : 0", v->dy, v->x[0], v->x[1]);
    if (v->need[1])
        v->dx[1] = NRV_EXPR("dy, a, b: a < b ? dy : a == b ? 0.5 * dy : 0", v->dy, v->x[1], v->x[0]);
}

NRV_REF2(min_ref, x < y || x != x ? x : y)

/* PyTorch's `min` of one tensor reduces it: all of it, or an axis, with the places as a second answer */
static nrv_tensor min_make(nrv__case *c)
{
    if (c->n_x > 1)
        return nrv_min(c->x[0], c->x[1]);
    if (!nrv__case_text(c, "axis"))
        return nrv_amin(c->x[0], NRV_ALL, 0);
    int axis = (int)nrv__case_int(c, "axis", 0), keep = (int)nrv__case_int(c, "keep", 0);
    nrv_tensor at = nrv_argmin(c->x[0], axis);
    c->also[c->n_also++] = keep && at ? nrv_expand(at, axis, 1) : at;
    return nrv_min_of(c->x[0], axis, keep);
}

NRV_OP(min, .sig = "number a[...], number b[...] -> y[...]",
       .doc = "Element-wise minimum; NaN wins; equal values share the gradient.", .shape = nrv__infer_number,
       .flags = NRV_POINTWISE, .vjp = min_vjp, .ref = min_ref, .make = min_make, .torch = "minimum", .numpy = "minimum",
       .onnx = "Min", .refuse = { "a[3], b[4] => ?", "a[3], b:i32[3] => ?" },
       .test = { "a[3,5] in -3..0, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 2.5..4", "a[0], b[1]" });

/* Element-wise minimum; NaN wins; equal values share the gradient. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_min(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_min, NRV_N(const nrv_tensor, a, b));
}
