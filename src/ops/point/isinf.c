/* isinf - True where x is infinite */
#include "../op.h"
#include <math.h>

static nrv_tensor isinf_make(nrv__case *c)
{
    return nrv_isinf(c->x[0]);
}

NRV_OP(isinf, .sig = "real x[...] -> bool y[...]", .doc = "True where x is infinite.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = isinf_make, .torch = "isinf", .numpy = "isinf", .onnx = "IsInf",
       .refuse = NRV_WANTS_REAL(isinf), .test = { "x{-1, 0, nan, inf, -inf, 3}", "x[]", "x[0]", "x[1027] in -5..5" });

/* True where x is infinite. x and y (...) */
NRV_API nrv_tensor nrv_isinf(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_isinf, 1, &x) ? NRV_EXPR("x, i: abs(x) == i", x, nrv__like(x, INFINITY)) : NULL;
}
