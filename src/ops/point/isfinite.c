/* isfinite - True where x is neither infinite nor NaN */
#include "../op.h"
#include <math.h>

static nrv_tensor isfinite_make(nrv__case *c)
{
    return nrv_isfinite(c->x[0]);
}

NRV_OP(isfinite, .sig = "real x[...] -> bool y[...]", .doc = "True where x is neither infinite nor NaN.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = isfinite_make, .torch = "isfinite", .numpy = "isfinite",
       .refuse = NRV_WANTS_REAL(isfinite),
       .test = { "x{-1, 0, nan, inf, -inf, 3}", "x[]", "x[0]", "x[1027] in -5..5" });

/* True where x is neither infinite nor NaN. x and y (...) */
NRV_API nrv_tensor nrv_isfinite(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_isfinite, 1, &x) ? NRV_EXPR("x, i: abs(x) < i", x, nrv__like(x, INFINITY))
                                                        : NULL;
}
