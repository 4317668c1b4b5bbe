/* bce - binary cross-entropy of a probability    y = -(t ln p + (1 - t) ln(1 - p))
   dp = dy (p - t) / max(p (1 - p), 1e-12)

   Each logarithm is at least -100, and the gradient is finite at 0 and 1, both as PyTorch. Where there are logits,
   bce_logits is better: it loses nothing at all there. */
#include "all.h"

static nrv_tensor bce_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("bce", c);
    return nrv_bce_with(c->x[0], c->x[1], &o);
}

NRV_OP(bce, .sig = "real p[...], real t[...] -> y[]",
       .doc = "Mean of -(t ln p + (1 - t) ln(1 - p)), each logarithm at least -100, as PyTorch; NaN where p is not in "
              "0..1. The gradient divides by at least 1e-12.",
       .flags = NRV_MACRO, .make = bce_make, .torch = "nn.functional.binary_cross_entropy nn.BCELoss", .ulp = 8,
       .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "p[3,5], t[3,4] => bce: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 [3, 5] p | "
                   "input 1: input f32 [3, 4] t | hint only a length of 1 is stretched",
                   "p[4,1], t[4] => bce: inputs 0 and 1 would both be stretched | in here | input 0: input f32 [4, 1] "
                   "p | input 1: input f32 [4] t | hint nrv_reshape one of them, (B,1) to (B)",
                   "p[4], t:bool[4] => bce: input 1 is bool, a real type is wanted | in here | input 0: input f32 [4] "
                   "p | input 1: input bool [4] t | hint nrv_cast it to NRV_F32" },
       .test = { "p[3,5] in 0.1..0.9, t[3,5] in 0..1", "p[3,5] in 0.1..0.9, t[5] in 0..1, reduction=none",
                 "p[3,5] in 0.1..0.9, t[3,5] in 0..1, w[3,1] in 0.5..2, reduction=sum",
                 "p[2,2] in 0.2..0.7, t[2,2]{0,1,1,0}, w[2] in 0.5..2" });

/* Mean of -(t ln p + (1 - t) ln(1 - p)), each logarithm at least -100, as PyTorch. */
NRV_API nrv_tensor nrv_bce(nrv_tensor p, nrv_tensor target)
{
    return nrv_bce_with(p, target, NULL);
}

/* Binary cross-entropy of a probability, weighted and reduced. */
NRV_API nrv_tensor nrv_bce_with(nrv_tensor p, nrv_tensor target, const nrv_loss_opt *o)
{
    const nrv_tensor in[2] = { p, target };
    if (!nrv__loss_fits(&nrv__op_bce, 2, in))
        return NULL;
    nrv_tensor value = NRV_EXPR("p, t: -(t * max(log(p), -100) + (1 - t) * max(log1p(-p), -100))", p, target);
    /* a function with the wanted slope: the logarithms' own, a parabola's where that has no bound. PyTorch's 1e-12 is a
       float, and so is this one */
    nrv_tensor q = NRV_EXPR("p: p * (1 - p)", p), least = nrv__like(p, 1e-12f);
    nrv_tensor inside = NRV_EXPR("p, q, e: q > e ? p : 0.5", p, q, least);
    nrv_tensor smooth = NRV_EXPR("p, t, q, e, s: q > e ? -(t * log(s) + (1 - t) * log1p(-s)) : 0.5 * square(p - t) / e",
                                 p, target, q, least, inside);
    return nrv__reduced(&nrv__op_bce, nrv_surrogate(value, smooth), o);
}
