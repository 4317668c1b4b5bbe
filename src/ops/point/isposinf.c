/* isposinf - True where x is inf */
#include "../op.h"
#include <math.h>

static nrv_tensor isposinf_make(nrv__case *c)
{
    return nrv_isposinf(c->x[0]);
}

NRV_OP(isposinf, .sig = "real x[...] -> bool y[...]", .doc = "True where x is inf.", .flags = NRV_MACRO | NRV_POINTWISE,
       .make = isposinf_make, .torch = "isposinf", .numpy = "isposinf", .refuse = NRV_WANTS_REAL(isposinf),
       .test = { "x{-1, 0, nan, inf, -inf, 3}", "x[]", "x[0]", "x[1027] in -5..5" });

/* True where x is inf. x and y (...) */
NRV_API nrv_tensor nrv_isposinf(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_isposinf, 1, &x) ? NRV_EXPR("x, i: x == i", x, nrv__like(x, INFINITY)) : NULL;
}
