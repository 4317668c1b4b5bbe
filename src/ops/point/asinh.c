/* asinh - y = asinh x    dx = dy / sqrt(1 + x^2) */
#include "../op.h"
#include <math.h>

static void asinh_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy / sqrt(1 + x * x)", v->dy, v->x[0]);
}

NRV_REF1(asinh_ref, asinh(x))

NRV_OP(asinh, .sig = "real x[...] -> y[...]", .doc = "Inverse hyperbolic sine.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = asinh_vjp, .ref = asinh_ref, .torch = "asinh arcsinh", .numpy = "arcsinh",
       .onnx = "Asinh", .refuse = NRV_WANTS_REAL(asinh),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* Inverse hyperbolic sine. x and y (...) */
NRV_API nrv_tensor nrv_asinh(nrv_tensor x)
{
    return nrv__op(&nrv__op_asinh, NRV_N(const nrv_tensor, x));
}
