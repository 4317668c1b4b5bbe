/* atan2 - the angle of the point (b, a)    da = dy b / (a^2 + b^2), db = -dy a / (a^2 + b^2) */
#include "../op.h"
#include <math.h>

static void atan2_vjp(nrv_vjp *v)
{
    nrv_tensor r = NRV_EXPR("a, b: a * a + b * b", v->x[0], v->x[1]);
    nrv_tensor each = NRV_EXPR("dy, r: r == 0 ? 0 : dy / r", v->dy, r);
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
        "gradient where both are 0 is 0.",
    .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = atan2_vjp, .ref = atan2_ref, .torch = "atan2 arctan2",
    .numpy = "arctan2", .refuse = { "a[3], b[4] => ?", "a:i32[3], b:i32[3] => ?" },
    .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3] in 1..2, b[2,1] in -2..2", "a[] in 1..2, b[1027] in 1..20",
              "a[0], b[1] in 1..2" });

/* The angle of a / b in its quadrant, -pi..pi. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_atan2(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_atan2, NRV_N(const nrv_tensor, a, b));
}
