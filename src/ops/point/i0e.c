/* i0e - y = e^-|x| I0(x)    dx = dy (i1e(x) - sign(x) y) */
#include "../op.h"
#include "special.h"

static void i0e_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x, y: dy * (i1e(x) - sign(x) * y)", v->dy, v->x[0], v->y);
}

NRV_REF1(i0e_ref, nrv__bessel_scaled(0, x))

NRV_OP(i0e, .sig = "real x[...] -> y[...]", .doc = "Modified Bessel function of order 0, scaled by e^-|x|.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = i0e_vjp, .ref = i0e_ref, .torch = "special.i0e",
       .refuse = NRV_WANTS_REAL(i0e), .test = { "x[3,4] in -3..3", "x[] in 0.2..1", "x[0]", "x[1027] in -30..30" });

/* Modified Bessel function of order 0, scaled by e^-|x|. x and y (...) */
NRV_API nrv_tensor nrv_i0e(nrv_tensor x)
{
    return nrv__op(&nrv__op_i0e, NRV_N(const nrv_tensor, x));
}
