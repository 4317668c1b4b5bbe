/* logsigmoid - y = ln sigmoid(x) = -softplus(-x) */
#include "../op.h"

static nrv_tensor logsigmoid_make(nrv__case *c)
{
    return nrv_logsigmoid(c->x[0]);
}

NRV_OP(logsigmoid, .sig = "real x[...] -> y[...]", .doc = "Logarithm of the logistic function, without underflow.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = logsigmoid_make, .torch = "nn.functional.logsigmoid nn.LogSigmoid",
       .refuse = NRV_WANTS_REAL(logsigmoid), .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* Logarithm of the logistic function, without underflow. x and y (...) */
NRV_API nrv_tensor nrv_logsigmoid(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_logsigmoid, 1, &x) ? NRV_EXPR("x: -softplus(-x)", x) : NULL;
}
