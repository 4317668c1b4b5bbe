/* mish - y = x tanh(softplus(x))    dx = dy (t + x (1 - t^2) sigmoid(x)), t = tanh(softplus(x)) */
#include "../op.h"
#include <math.h>

static void mish_vjp(nrv_vjp *v)
{
    nrv_tensor t = NRV_EXPR("x: tanh(softplus(x))", v->x[0]);
    v->dx[0] = NRV_EXPR("dy, x, t: dy * (t + x * sigmoid(x) * (1 - t * t))", v->dy, v->x[0], t);
}

NRV_REF1(mish_ref, x *tanh((x > 0 ? x : 0) + log1p(exp(-fabs(x)))))

NRV_OP(mish, .sig = "real x[...] -> y[...]", .doc = "x tanh(ln(1 + e^x)) (Misra 2019).", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = mish_vjp, .ref = mish_ref, .torch = "nn.functional.mish nn.Mish", .onnx = "Mish",
       .refuse = NRV_WANTS_REAL(mish), .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* x tanh(ln(1 + e^x)) (Misra 2019). x and y (...) */
NRV_API nrv_tensor nrv_mish(nrv_tensor x)
{
    return nrv__op(&nrv__op_mish, NRV_N(const nrv_tensor, x));
}
