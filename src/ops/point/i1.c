/* i1 - y = I1(x) */
#include "../op.h"

static nrv_tensor i1_make(nrv__case *c)
{
    return nrv_i1(c->x[0]);
}

NRV_OP(i1, .sig = "real x[...] -> y[...]", .doc = "Modified Bessel function of order 1.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = i1_make, .ulp = 4,
       .tolerance_why = "two exponentials of half, so that neither overflows first",
       .torch = "special.i1 special.modified_bessel_i1", .refuse = NRV_WANTS_REAL(i1),
       .test = { "x[3,4] in -3..3", "x[] in 0.2..1", "x[0]", "x[1027] in 0.5..20" });

/* Modified Bessel function of order 1. x and y (...) */
NRV_API nrv_tensor nrv_i1(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_i1, 1, &x)
               ? NRV_EXPR("x, h: i1e(x) * h * h", x, NRV_EXPR("x: exp(0.5 * abs(x))", x))
               : NULL;
}
