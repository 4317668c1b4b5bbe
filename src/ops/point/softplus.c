/* softplus - y = ln(1 + e^x)    dx = dy sigmoid(x) */
#include "../op.h"
#include <math.h>

static void softplus_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy * sigmoid(x)", v->dy, v->x[0]);
}

NRV_REF1(softplus_ref, (x > 0 ? x : 0) + log1p(exp(-fabs(x))))

NRV_OP(softplus, .sig = "real x[...] -> y[...]", .doc = "Smooth rectifier.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = softplus_vjp, .ref = softplus_ref,
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..20" });

/* Smooth rectifier. x and y (...) */
NRV_API nrv_tensor nrv_softplus(nrv_tensor x)
{
    return nrv__op(&nrv__op_softplus, NRV_N(const nrv_tensor, x));
}
