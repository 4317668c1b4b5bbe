/* relu6 - y = min(max(x, 0), 6) */
#include "../op.h"

static nrv_tensor relu6_make(nrv__case *c)
{
    return nrv_relu6(c->x[0]);
}

NRV_OP(relu6, .sig = "real x[...] -> y[...]",
       .doc = "Rectifier that ends at 6; the gradient is 0 at 0 and at 6, as PyTorch (Krizhevsky 2010).",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = relu6_make, .torch = "nn.functional.relu6 nn.ReLU6",
       .refuse = NRV_WANTS_REAL(relu6), .test = { "x[4,4] in -8..8", "x[]", "x[0]", "x[1024] in -8..8" });

/* Rectifier that ends at 6; the gradient is 0 at 0 and at 6, as PyTorch (Krizhevsky 2010). x and y (...) */
NRV_API nrv_tensor nrv_relu6(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_relu6, 1, &x) ? NRV_EXPR("x: x <= 0 ? 0 : x >= 6 ? 6 : x", x) : NULL;
}
