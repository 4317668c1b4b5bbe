/* atanh - y = atanh x    dx = dy / (1 - x^2) */
#include "../op.h"
#include <math.h>

static void atanh_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy / ((1 - x) * (1 + x))", v->dy, v->x[0]);
}

NRV_REF1(atanh_ref, atanh(x))

NRV_OP(atanh, .sig = "real x[...] -> y[...]", .doc = "Inverse hyperbolic tangent; infinite at -1 and 1, NaN beyond.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = atanh_vjp, .ref = atanh_ref, .torch = "atanh arctanh",
       .numpy = "arctanh", .onnx = "Atanh", .refuse = NRV_WANTS_REAL(atanh),
       .test = { "x[3,5] in -0.9..0.9", "x[] in 0.1..0.5", "x[0]", "x[1027] in -0.95..0.95" });

/* Inverse hyperbolic tangent; infinite at -1 and 1, NaN beyond. x and y (...) */
NRV_API nrv_tensor nrv_atanh(nrv_tensor x)
{
    return nrv__op(&nrv__op_atanh, NRV_N(const nrv_tensor, x));
}
