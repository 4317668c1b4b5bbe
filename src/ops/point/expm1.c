/* expm1 - y = e^x - 1    dx = dy (y + 1) */
#include "../op.h"
#include <math.h>

static void expm1_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y: dy * (y + 1)", v->dy, v->y);
}

NRV_REF1(expm1_ref, expm1(x))

NRV_OP(expm1, .sig = "real x[...] -> y[...]", .doc = "e^x - 1, without cancellation near 0.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = expm1_vjp, .ref = expm1_ref, .torch = "expm1 special.expm1", .numpy = "expm1",
       .refuse = NRV_WANTS_REAL(expm1), .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* e^x - 1, without cancellation near 0. x and y (...) */
NRV_API nrv_tensor nrv_expm1(nrv_tensor x)
{
    return nrv__op(&nrv__op_expm1, NRV_N(const nrv_tensor, x));
}
