/* huber - squared near zero, linear beyond delta (Huber 1964) */
#include "../op.h"

static nrv_tensor huber_make(nrv__case *c)
{
    return nrv_huber(c->x[0], c->x[1], nrv__case_real(c, "delta", 1));
}

NRV_OP(huber, .sig = "real a[...], real b[...] -> y[]",
       .doc = "Mean of 0.5 d^2 where |d| <= delta, else delta (|d| - 0.5 delta).", .flags = NRV_MACRO,
       .make = huber_make, .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean",
       .test = { "a[3,5] in -2..2, b[3,5] in 3..4", "a[3,5] in 0..0.2, b[3,5] in 0.3..0.5, delta=2" });

/* Mean of 0.5 d^2 where |d| <= delta, else delta (|d| - 0.5 delta). */
NRV_API nrv_tensor nrv_huber(nrv_tensor a, nrv_tensor b, double delta)
{
    if (!a || !b)
        return NULL;
    nrv_tensor d = nrv_abs(nrv_sub(a, b));
    return nrv_mean_all(NRV_EXPR("d, t: d < t ? 0.5 * d * d : t * (d - 0.5 * t)", d, nrv__like(d, delta)));
}
