/* frac - x - trunc(x) */
#include "../op.h"

static nrv_tensor frac_make(nrv__case *c)
{
    return nrv_frac(c->x[0]);
}

NRV_OP(frac, .sig = "real x[...] -> y[...]", .doc = "The fraction of x, with its sign: x - trunc(x).",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = frac_make, .torch = "frac", .refuse = NRV_WANTS_REAL(frac),
       .test = { "x[4,6] in -3..3", "x[]", "x[0]", "x[1040] in -4..4" });

/* The fraction of x, with its sign: x - trunc(x). x and y (...) */
NRV_API nrv_tensor nrv_frac(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_frac, 1, &x) ? NRV_EXPR("x: x - trunc(x)", x) : NULL;
}
