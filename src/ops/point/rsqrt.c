/* rsqrt - y = 1 / sqrt(x) */
#include "../op.h"

static nrv_tensor rsqrt_make(nrv__case *c)
{
    return nrv_rsqrt(c->x[0]);
}

NRV_OP(rsqrt, .sig = "real x[...] -> y[...]", .doc = "One over the square root; infinite at 0, NaN below.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = rsqrt_make, .torch = "rsqrt", .refuse = NRV_WANTS_REAL(rsqrt),
       .test = { "x[3,5] in 0.1..3", "x[] in 0.1..3", "x[0]", "x[1027] in 0.5..20" });

/* One over the square root; infinite at 0, NaN below. x and y (...) */
NRV_API nrv_tensor nrv_rsqrt(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_rsqrt, 1, &x) ? NRV_EXPR("x: reciprocal(sqrt(x))", x) : NULL;
}
