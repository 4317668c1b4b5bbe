/* isnan - True where x is NaN */
#include "../op.h"

static nrv_tensor isnan_make(nrv__case *c)
{
    return nrv_isnan(c->x[0]);
}

NRV_OP(isnan, .sig = "real x[...] -> bool y[...]", .doc = "True where x is NaN.", .flags = NRV_MACRO | NRV_POINTWISE,
       .make = isnan_make, .torch = "isnan", .numpy = "isnan", .onnx = "IsNaN", .refuse = NRV_WANTS_REAL(isnan),
       .test = { "x{-1, 0, nan, inf, -inf, 3}", "x[]", "x[0]", "x[1027] in -5..5" });

/* True where x is NaN. x and y (...) */
NRV_API nrv_tensor nrv_isnan(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_isnan, 1, &x) ? NRV_EXPR("x: x != x", x) : NULL;
}
