/* hinge_embedding - a distance, small for a pair that belongs together and at least a margin for one that does not
   y = x where t is 1, max(0, margin - x) where t is -1 */
#include "all.h"

static nrv_tensor hinge_embedding_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("hinge_embedding", c);
    return nrv_hinge_embedding_with(c->x[0], c->x[1], nrv__case_real(c, "margin", 1), &o);
}

NRV_OP(hinge_embedding, .sig = "real x[...], real t[...] -> y[]",
       .doc = "Mean of x where t is 1, of max(0, margin - x) where it is -1, of both where it is 0, as PyTorch.",
       .flags = NRV_MACRO, .make = hinge_embedding_make,
       .torch = "nn.functional.hinge_embedding_loss nn.HingeEmbeddingLoss", .ulp = 8,
       .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "x[3,5], t[3,4] => hinge_embedding: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 "
                   "[3, 5] x | input 1: input f32 [3, 4] t | hint only a length of 1 is stretched",
                   "x[3], t:i32[3] => hinge_embedding: input 1 is i32, a real type is wanted | in here | input 0: "
                   "input f32 [3] x | input 1: input i32 [3] t | hint nrv_cast it to NRV_F32" },
       .test = { "x[6] in 0..3, t[6]{1,-1,1,-1,-1,1}", "x[2,3] in 0..3, t[3]{1,-1,1}, margin=2, reduction=none",
                 "x[4] in 0..3, t[4]{1,-1,1,-1}, w[4] in 0.5..2, margin=0.5, reduction=sum" });

/* Mean of x where target is 1, of max(0, margin - x) where it is -1. x and target (...) */
NRV_API nrv_tensor nrv_hinge_embedding(nrv_tensor x, nrv_tensor target, double margin)
{
    return nrv_hinge_embedding_with(x, target, margin, NULL);
}

/* The hinge of a distance, weighted and reduced. */
NRV_API nrv_tensor nrv_hinge_embedding_with(nrv_tensor x, nrv_tensor target, double margin, const nrv_loss_opt *o)
{
    return nrv__loss_of(&nrv__op_hinge_embedding, "x, t, m: (t > 0 ? 0 : m - x < 0 ? 0 : m - x) + (t < 0 ? 0 : x)", 2,
                        (const nrv_tensor[]){ x, target }, 1, &margin, o);
}
