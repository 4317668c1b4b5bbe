/* acosh - y = acosh x    dx = dy / sqrt(x^2 - 1) */
#include "../op.h"
#include <math.h>

static void acosh_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy / sqrt((x - 1) * (x + 1))", v->dy, v->x[0]);
}

NRV_REF1(acosh_ref, acosh(x))

NRV_OP(acosh, .sig = "real x[...] -> y[...]", .doc = "Inverse hyperbolic cosine; NaN below 1.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = acosh_vjp, .ref = acosh_ref, .torch = "acosh arccosh",
       .numpy = "arccosh", .onnx = "Acosh", .refuse = NRV_WANTS_REAL(acosh),
       .test = { "x[3,5] in 1.1..5", "x[] in 1.2..3", "x[0]", "x[1027] in 1.5..40" });

/* Inverse hyperbolic cosine; NaN below 1. x and y (...) */
NRV_API nrv_tensor nrv_acosh(nrv_tensor x)
{
    return nrv__op(&nrv__op_acosh, NRV_N(const nrv_tensor, x));
}
