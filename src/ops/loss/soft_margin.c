/* soft_margin - logistic loss of a sign    y = ln(1 + e^(-t x)) */
#include "all.h"

static nrv_tensor soft_margin_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("soft_margin", c);
    return nrv_soft_margin_with(c->x[0], c->x[1], &o);
}

NRV_OP(soft_margin, .sig = "real x[...], real t[...] -> y[]",
       .doc = "Mean of ln(1 + e^(-t x)) with t of 1 or -1, without overflow.", .flags = NRV_MACRO,
       .make = soft_margin_make, .torch = "nn.functional.soft_margin_loss nn.SoftMarginLoss", .ulp = 8,
       .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "x[3,5], t[3,4] => soft_margin: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 [3, "
                   "5] x | input 1: input f32 [3, 4] t | hint only a length of 1 is stretched",
                   "x[3], t:i32[3] => soft_margin: input 1 is i32, a real type is wanted | in here | input 0: input "
                   "f32 [3] x | input 1: input i32 [3] t | hint nrv_cast it to NRV_F32" },
       .test = { "x[6] in -3..3, t[6]{1,-1,1,-1,-1,1}", "x[2,3] in -30..30, t[3]{1,-1,1}, reduction=none",
                 "x[4] in 0..3, t[4]{1,-1,1,-1}, w[4] in 0.5..2, reduction=sum" });

/* Mean of ln(1 + e^(-t x)). x and target (...), which is 1 or -1. */
NRV_API nrv_tensor nrv_soft_margin(nrv_tensor x, nrv_tensor target)
{
    return nrv_soft_margin_with(x, target, NULL);
}

/* The logistic loss of a sign, weighted and reduced. */
NRV_API nrv_tensor nrv_soft_margin_with(nrv_tensor x, nrv_tensor target, const nrv_loss_opt *o)
{
    return nrv__loss_of(&nrv__op_soft_margin, "x, t: softplus(-(t * x))", 2, (const nrv_tensor[]){ x, target }, 0, NULL,
                        o);
}
