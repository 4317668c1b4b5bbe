/* tanh - y = tanh x    dx = dy (1 - y^2) */
#include "../op.h"
#include <math.h>

static void tanh_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y: dy * (1 - y * y)", v->dy, v->y);
}

NRV_REF1(tanh_ref, tanh(x))

NRV_OP(tanh, .sig = "real x[...] -> y[...]", .doc = "Hyperbolic tangent.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = tanh_vjp, .ref = tanh_ref, .point_ulp = 2,
       .torch = "tanh nn.functional.tanh nn.Tanh", .numpy = "tanh", .onnx = "Tanh", .refuse = NRV_WANTS_REAL(tanh),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..20" });

/* Hyperbolic tangent. x and y (...) */
NRV_API nrv_tensor nrv_tanh(nrv_tensor x)
{
    return nrv__op(&nrv__op_tanh, NRV_N(const nrv_tensor, x));
}
