/* hardsigmoid - y = 0 below -3, 1 above 3, x/6 + 1/2 between */
#include "../op.h"

static nrv_tensor hardsigmoid_make(nrv__case *c)
{
    return nrv_hardsigmoid(c->x[0]);
}

NRV_OP(
    hardsigmoid, .sig = "real x[...] -> y[...]",
    .doc = "Straight line in place of the logistic function; the gradient is 0 at -3 and 3 (Courbariaux et al. 2015).",
    .flags = NRV_MACRO | NRV_POINTWISE, .make = hardsigmoid_make, .torch = "nn.functional.hardsigmoid nn.Hardsigmoid",
    .onnx = "HardSigmoid", .refuse = NRV_WANTS_REAL(hardsigmoid),
    .test = { "x[4,4] in -4..4", "x[]", "x[0]", "x[1024] in -4..4" });

/* Straight line in place of the logistic function; the gradient is 0 at -3 and 3 (Courbariaux et al. 2015). x and y
   (...) */
NRV_API nrv_tensor nrv_hardsigmoid(nrv_tensor x)
{
    if (!nrv__op_wants_real(&nrv__op_hardsigmoid, 1, &x))
        return NULL;
    nrv_tensor y = NRV_EXPR("x: x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) / 6", x);
    /* PyTorch's slope is 1/6 in float32, whatever the type of x; so is this one */
    nrv_tensor sixth = nrv__like(x, (double)(1.0f / 6.0f));
    return x->type == NRV_F64 ? nrv_surrogate(y, NRV_EXPR("x, s: x <= -3 ? 0 : x >= 3 ? 1 : x * s", x, sixth)) : y;
}
