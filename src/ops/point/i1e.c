/* i1e - y = e^-|x| I1(x)    dx = dy (i0e(x) - y (sign(x) + 1/x)) */
#include "../op.h"
#include "special.h"

/* near 0 by its series, for 1/x of the smallest numbers is infinite */
static void i1e_vjp(nrv_vjp *v)
{
    nrv_tensor x = v->x[0], far = NRV_EXPR("x: abs(x) < 1e-9 ? 1 : x", x);
    nrv_tensor near = NRV_EXPR("x: abs(x) < 1e-9 ? x : 0", x);
    nrv_tensor series = NRV_EXPR("x: 0.5 - abs(x) + 0.9375 * x * x", near);
    v->dx[0] = NRV_EXPR("dy, x, y, f, s: dy * (abs(x) < 1e-9 ? s : i0e(x) - y * (sign(x) + 1 / f))", v->dy, x, v->y,
                        far, series);
}

NRV_REF1(i1e_ref, nrv__bessel_scaled(1, x))

NRV_OP(i1e, .sig = "real x[...] -> y[...]",
       .doc = "Modified Bessel function of order 1, scaled by e^-|x|; its gradient at 0 is 1/2.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = i1e_vjp, .ref = i1e_ref, .torch = "special.i1e",
       .refuse = NRV_WANTS_REAL(i1e), .test = { "x[3,4] in -3..3", "x[] in 0.2..1", "x[0]", "x[1027] in -30..30" });

/* Modified Bessel function of order 1, scaled by e^-|x|; its gradient at 0 is 1/2. x and y (...) */
NRV_API nrv_tensor nrv_i1e(nrv_tensor x)
{
    return nrv__op(&nrv__op_i1e, NRV_N(const nrv_tensor, x));
}
