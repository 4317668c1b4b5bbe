/* sigmoid - y = 1 / (1 + e^-x)    dx = dy y (1 - y) */
#include "../op.h"
#include <math.h>

static void sigmoid_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y: dy * y * (1 - y)", v->dy, v->y);
}

NRV_REF1(sigmoid_ref, x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)))

NRV_OP(sigmoid, .sig = "real x[...] -> y[...]", .doc = "Logistic function.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = sigmoid_vjp, .ref = sigmoid_ref, .point_ulp = 2,
       .torch = "sigmoid special.expit nn.functional.sigmoid nn.Sigmoid", .onnx = "Sigmoid",
       .refuse = NRV_WANTS_REAL(sigmoid), .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..20" });

/* Logistic function. x and y (...) */
NRV_API nrv_tensor nrv_sigmoid(nrv_tensor x)
{
    return nrv__op(&nrv__op_sigmoid, NRV_N(const nrv_tensor, x));
}
