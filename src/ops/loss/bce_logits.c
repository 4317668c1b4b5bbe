/* bce_logits - binary cross-entropy of a logit */
#include "../op.h"

static nrv_tensor bce_logits_make(nrv__case *c)
{
    return nrv_bce_logits(c->x[0], c->x[1]);
}

NRV_OP(bce_logits, .sig = "real x[...], real t[...] -> y[]",
       .doc = "Mean of softplus(x) - x t: binary cross-entropy of sigmoid(x) with target t in 0..1, without overflow.",
       .flags = NRV_MACRO, .make = bce_logits_make, .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean",
       .test = { "x[3,5], t[3,5] in 0..1", "x[4], t[] in 0..1" });

/* Mean of softplus(x) - x t: binary cross-entropy of sigmoid(x) with target t in 0..1, without overflow. */
NRV_API nrv_tensor nrv_bce_logits(nrv_tensor logits, nrv_tensor target)
{
    return logits && target ? nrv_mean_all(NRV_EXPR("x, t: softplus(x) - x * t", logits, target)) : NULL;
}
