/* i0 - y = I0(x)    dx = dy i1(x) */
#include "../op.h"
#include "special.h"

static void i0_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy * i1(x)", v->dy, v->x[0]);
}

NRV_REF1(i0_ref, nrv__bessel_i(0, x))

NRV_OP(i0, .sig = "real x[...] -> y[...]", .doc = "Modified Bessel function of order 0.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = i0_vjp, .ref = i0_ref, .torch = "i0 special.i0 special.modified_bessel_i0",
       .numpy = "i0", .refuse = NRV_WANTS_REAL(i0),
       .test = { "x[3,4] in -3..3", "x[] in 0.2..1", "x[0]", "x[1027] in 0.5..20" });

/* Modified Bessel function of order 0. x and y (...) */
NRV_API nrv_tensor nrv_i0(nrv_tensor x)
{
    return nrv__op(&nrv__op_i0, NRV_N(const nrv_tensor, x));
}
