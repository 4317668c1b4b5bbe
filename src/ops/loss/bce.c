/* bce - binary cross-entropy of a probability */
#include "../op.h"

static nrv_tensor bce_make(nrv__case *c)
{
    return nrv_bce(c->x[0], c->x[1]);
}

NRV_OP(bce, .sig = "real p[...], real t[...] -> y[]",
       .doc = "Mean of -(t ln p + (1 - t) ln(1 - p)), each logarithm at least -100, as PyTorch.", .flags = NRV_MACRO,
       .make = bce_make, .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean",
       .test = { "p[3,5] in 0.1..0.9, t[3,5] in 0..1" });

/* Mean of -(t ln p + (1 - t) ln(1 - p)), each logarithm at least -100, as PyTorch. */
NRV_API nrv_tensor nrv_bce(nrv_tensor p, nrv_tensor target)
{
    return p && target
               ? nrv_mean_all(NRV_EXPR("p, t: -(t * max(log(p), -100) + (1 - t) * max(log(1 - p), -100))", p, target))
               : NULL;
}
