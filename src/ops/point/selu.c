/* selu - y = s x where positive, s a (e^x - 1) elsewhere */
#include "../op.h"

static nrv_tensor selu_make(nrv__case *c)
{
    return nrv_selu(c->x[0]);
}

NRV_OP(selu, .sig = "real x[...] -> y[...]",
       .doc = "Scaled exponential linear unit, which keeps mean 0 and variance 1 (Klambauer et al. 2017).",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = selu_make, .torch = "selu nn.functional.selu nn.SELU",
       .onnx = "Selu", .refuse = NRV_WANTS_REAL(selu),
       .test = { "x[3,4] in -3..3", "x[]", "x[0]", "x[1024] in -5..5" });

/* Scaled exponential linear unit, which keeps mean 0 and variance 1 (Klambauer et al. 2017). x and y (...) */
NRV_API nrv_tensor nrv_selu(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_selu, 1, &x)
               ? NRV_EXPR("x: x > 0 ? 1.0507009873554805 * x : 1.7580993408473766 * expm1(x > 0 ? 0 : x)", x)
               : NULL;
}
