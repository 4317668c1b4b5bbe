/* max - y = the larger of a and b */
#include "binary.h"

static void max_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = NRV_EXPR("dy, a, b: a > b ? dy : a == b ? 0.5 * dy : 0", v->dy, v->x[0], v->x[1]);
    if (v->need[1])
        v->dx[1] = NRV_EXPR("dy, a, b: a > b ? dy : a == b ? 0.5 * dy : 0", v->dy, v->x[1], v->x[0]);
}

NRV_REF2(max_ref, x > y || x != x ? x : y)

/* PyTorch's `max` of one tensor reduces it: all of it, or an axis, with the places as a second answer */
static nrv_tensor max_make(nrv__case *c)
{
    if (c->n_x > 1)
        return nrv_max(c->x[0], c->x[1]);
    if (!nrv__case_text(c, "axis"))
        return nrv_amax(c->x[0], NRV_ALL, 0);
    int axis = (int)nrv__case_int(c, "axis", 0), keep = (int)nrv__case_int(c, "keep", 0);
    nrv_tensor at = nrv_argmax(c->x[0], axis);
    c->also[c->n_also++] = keep && at ? nrv_expand(at, axis, 1) : at;
    return nrv_max_of(c->x[0], axis, keep);
}

NRV_OP(max, .sig = "number a[...], number b[...] -> y[...]",
       .doc = "Element-wise maximum; NaN wins; equal values share the gradient.", .shape = nrv__infer_number,
       .flags = NRV_POINTWISE, .vjp = max_vjp, .ref = max_ref, .make = max_make, .torch = "maximum", .numpy = "maximum",
       .onnx = "Max", .refuse = { "a[3], b[4] => ?", "a[3], b:i32[3] => ?" },
       .test = { "a[3,5] in -3..0, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 2.5..4", "a[0], b[1]" });

/* Element-wise maximum; NaN wins; equal values share the gradient. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_max(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_max, NRV_N(const nrv_tensor, a, b));
}
