/* softsign - y = x / (1 + |x|) */
#include "../op.h"

static nrv_tensor softsign_make(nrv__case *c)
{
    return nrv_softsign(c->x[0]);
}

NRV_OP(softsign, .sig = "real x[...] -> y[...]", .doc = "x / (1 + |x|) (Bergstra et al. 2009).",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = softsign_make, .torch = "nn.functional.softsign nn.Softsign",
       .onnx = "Softsign", .refuse = NRV_WANTS_REAL(softsign),
       .test = { "x[3,4] in -3..3", "x[] in 0.2..1", "x[0]", "x[1027] in 0.5..20" });

/* x / (1 + |x|) (Bergstra et al. 2009). x and y (...) */
NRV_API nrv_tensor nrv_softsign(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_softsign, 1, &x) ? NRV_EXPR("x: x / (1 + abs(x))", x) : NULL;
}
