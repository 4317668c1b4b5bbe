/* atan2 - the angle of the point (b, a)    da = dy b / (a^2 + b^2), db = -dy a / (a^2 + b^2) */
#include "../op.h"
#include <math.h>

static void atan2_vjp(nrv_vjp *v)
{
    nrv_tensor each = NRV_EXPR("dy, a, b: dy / (a * a + b * b)", v->dy, v->x[0], v->x[1]);
    if (v->need[0])
        v->dx[0] = nrv_mul(each, v->x[1]);
    if (v->need[1])
        v->dx[1] = NRV_EXPR("e, a: -e * a", each, v->x[0]);
}

NRV_REF2(atan2_ref, atan2(x, y))

NRV_OP(
    atan2, .sig = "real a[...], real b[...] -> y[...]",
    .doc =
        "The angle of the point (b, a), that is of a / b in its quadrant: -pi..pi; as C at zeros and infinities. The "
        "gradient where both are 0 is NaN, as in PyTorch.",
    .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = atan2_vjp, .ref = atan2_ref, .torch = "atan2 arctan2",
    .numpy = "arctan2",
    .refuse = { "a[3], b[4] => atan2: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: "
                "input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                "a:i32[3], b:i32[3] => atan2: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] "
                "a | input 1: input i32 [3] b | hint nrv_cast it to NRV_F32" },
    .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3] in 1..2, b[2,1] in -2..2", "a[] in 1..2, b[1027] in 1..20",
              "a[0], b[1] in 1..2" });

/* The angle of a / b in its quadrant, -pi..pi. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_atan2(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_atan2, NRV_N(const nrv_tensor, a, b));
}
