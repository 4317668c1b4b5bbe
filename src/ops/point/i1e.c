/* i1e - y = e^-|x| I1(x)    dx = dy (i0e(x) - y (sign(x) + 1/x)) */
#include "../op.h"
#include "special.h"

static void i1e_vjp(nrv_vjp *v)
{
    nrv_tensor safe = NRV_EXPR("x: x == 0 ? 1 : x", v->x[0]);
    v->dx[0] =
        NRV_EXPR("dy, x, y, s: x == 0 ? 0.5 * dy : dy * (i0e(x) - y * (sign(x) + 1 / s))", v->dy, v->x[0], v->y, safe);
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
