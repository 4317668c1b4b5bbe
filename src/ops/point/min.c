/* min - y = the smaller of a and b */
#include "../op.h"

static void min_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = NRV_EXPR("dy, a, b: a < b ? dy : a == b ? 0.5 * dy : 0", v->dy, v->x[0], v->x[1]);
    if (v->need[1])
        v->dx[1] = NRV_EXPR("dy, a, b: a < b ? dy : a == b ? 0.5 * dy : 0", v->dy, v->x[1], v->x[0]);
}

NRV_REF2(min_ref, x < y || x != x ? x : y)

NRV_OP(min, .sig = "number a[...], number b[...] -> y[...]",
       .doc = "Element-wise minimum; NaN wins; equal values share the gradient.", .shape = nrv__infer_number,
       .flags = NRV_POINTWISE, .vjp = min_vjp, .ref = min_ref, .torch = "minimum", .numpy = "minimum", .onnx = "Min",
       .refuse = { "a[3], b[4] => min: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: "
                   "input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a[3], b:i32[3] => min: types differ: f32 and i32 | in here | input 0: input f32 [3] a | input 1: "
                   "input i32 [3] b | hint nrv_cast one of them" },
       .test = { "a[3,5] in -3..0, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 2.5..4", "a[0], b[1]" });

/* Element-wise minimum; NaN wins; equal values share the gradient. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_min(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_min, NRV_N(const nrv_tensor, a, b));
}
