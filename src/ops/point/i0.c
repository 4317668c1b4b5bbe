/* i0 - y = I0(x) */
#include "../op.h"

static nrv_tensor i0_make(nrv__case *c)
{
    return nrv_i0(c->x[0]);
}

NRV_OP(i0, .sig = "real x[...] -> y[...]", .doc = "Modified Bessel function of order 0.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = i0_make, .ulp = 4,
       .tolerance_why = "two exponentials of half, so that neither overflows first",
       .torch = "i0 special.i0 special.modified_bessel_i0", .numpy = "i0", .refuse = NRV_WANTS_REAL(i0),
       .test = { "x[3,4] in -3..3", "x[] in 0.2..1", "x[0]", "x[1027] in 0.5..20" });

/* Modified Bessel function of order 0. x and y (...) */
NRV_API nrv_tensor nrv_i0(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_i0, 1, &x)
               ? NRV_EXPR("x, h: i0e(x) * h * h", x, NRV_EXPR("x: exp(0.5 * abs(x))", x))
               : NULL;
}
