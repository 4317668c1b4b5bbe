/* pow - y = a^b */
#include "../op.h"
#include <math.h>

static void pow_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = NRV_EXPR("dy, a, b: b == 0 ? 0 : dy * b * pow(a, b - 1)", v->dy, v->x[0], v->x[1]);
    if (v->need[1])
        v->dx[1] = NRV_EXPR("dy, y, a: a == 0 ? 0 : dy * y * log(a)", v->dy, v->y, v->x[0]);
}

NRV_REF2(pow_ref, pow(x, y))

NRV_OP(pow, .sig = "real a[...], real b[...] -> y[...]",
       .doc = "Power of reals, as C: 0^0 = 1; NaN for a negative base with a fractional exponent. The gradient by a is "
              "0 where b is 0, by b is 0 where a is 0.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = pow_vjp, .ref = pow_ref,
       .test = { "a[3,5] in 0.2..3, b[3,5] in -2..2", "a[4,1,3] in 0.5..2, b[2,1] in 1..2", "a[0], b[1]" });

/* Power of reals, as C: 0^0 = 1; NaN for a negative base with a fractional exponent. The gradient by a is 0 where b is
 * 0, by b is 0 where a is 0. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_pow(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_pow, NRV_N(const nrv_tensor, a, b));
}
