/* exp - y = e^x    dx = dy y */
#include "../op.h"
#include <math.h>

static void exp_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y: dy * y", v->dy, v->y);
}

NRV_REF1(exp_ref, exp(x))

NRV_OP(exp, .sig = "real x[...] -> y[...]", .doc = "Exponential.", .shape = nrv__infer_point, .flags = NRV_POINTWISE,
       .vjp = exp_vjp, .ref = exp_ref, .point_ulp = 2, .torch = "exp", .numpy = "exp", .onnx = "Exp",
       .refuse = NRV_WANTS_REAL(exp), .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -10..10" });

/* Exponential. x and y (...) */
NRV_API nrv_tensor nrv_exp(nrv_tensor x)
{
    return nrv__op(&nrv__op_exp, NRV_N(const nrv_tensor, x));
}
