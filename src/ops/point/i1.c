/* i1 - y = I1(x)    dx = dy (i0(x) - y / x) */
#include "../op.h"
#include "special.h"

/* near 0 by its series, for y / x is 0 / 0 there */
static void i1_vjp(nrv_vjp *v)
{
    nrv_tensor x = v->x[0], far = NRV_EXPR("x: abs(x) < 1e-9 ? 1 : x", x);
    nrv_tensor series = NRV_EXPR("x: 0.5 + 0.1875 * x * x", NRV_EXPR("x: abs(x) < 1e-9 ? x : 0", x));
    v->dx[0] = NRV_EXPR("dy, x, y, f, s: dy * (abs(x) < 1e-9 ? s : i0(x) - y / f)", v->dy, x, v->y, far, series);
}

NRV_REF1(i1_ref, nrv__bessel_i(1, x))

NRV_OP(i1, .sig = "real x[...] -> y[...]", .doc = "Modified Bessel function of order 1; its gradient at 0 is 1/2.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = i1_vjp, .ref = i1_ref,
       .torch = "special.i1 special.modified_bessel_i1", .refuse = NRV_WANTS_REAL(i1),
       .test = { "x[3,4] in -3..3", "x[] in 0.2..1", "x[0]", "x[1027] in 0.5..20" });

/* Modified Bessel function of order 1; its gradient at 0 is 1/2. x and y (...) */
NRV_API nrv_tensor nrv_i1(nrv_tensor x)
{
    return nrv__op(&nrv__op_i1, NRV_N(const nrv_tensor, x));
}
