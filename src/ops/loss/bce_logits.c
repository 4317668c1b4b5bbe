/* bce_logits - binary cross-entropy of a logit    y = (1 - t) x + (1 + (w - 1) t) softplus(-x)    w = pos_weight

   That is binary cross-entropy of sigmoid(x), where the t part counts w times; without overflow. */
#include "all.h"

#ifdef NRV_HEADER
/* bce_logits: pos_weight, stretched over the elements: how often those with a target of 1 count; NULL: once */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight, pos_weight;
    int64_t reserved[4];
} nrv_bce_logits_opt;
#endif

static nrv_tensor bce_logits_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("bce_logits", c);
    return nrv_bce_logits_with(c->x[0], c->x[1],
                               &(nrv_bce_logits_opt){ .reduction = o.reduction,
                                                      .weight = o.weight,
                                                      .pos_weight = nrv__case_named(c, "pos_weight pw") });
}

NRV_OP(bce_logits, .sig = "real x[...], real t[...] -> y[]",
       .doc = "Mean of (1 - t) x + softplus(-x): binary cross-entropy of sigmoid(x) with target t in 0..1, without "
              "overflow.",
       .flags = NRV_MACRO, .make = bce_logits_make,
       .torch = "nn.functional.binary_cross_entropy_with_logits nn.BCEWithLogitsLoss", .ulp = 8,
       .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "x[3,5], t[3,4] => bce_logits: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 [3, "
                   "5] x | input 1: input f32 [3, 4] t | hint only a length of 1 is stretched",
                   "x[4,1], t[4] => bce_logits: inputs 0 and 1 would both be stretched | in here | input 0: input f32 "
                   "[4, 1] x | input 1: input f32 [4] t | hint nrv_reshape one of them, (B,1) to (B)",
                   "x[4,3], t[4,3], pos_weight[4] => bce_logits: inputs 0 and 2 differ at axis -1 | in here | input 0: "
                   "input f32 [4, 3] x | input 1: input f32 [4, 3] t | input 2: input f32 [4] pos_weight | hint only a "
                   "length of 1 is stretched" },
       .test = { "x[3,5], t[3,5] in 0..1", "x[4], t[] in 0..1",
                 "x[3,5] in -30..30, t[3,5] in 0..1, pw[5] in 0.5..3, reduction=none",
                 "x[3,5], t[3,5] in 0..1, w[5] in 0.5..3, pw[3,1] in 0.5..3, reduction=sum" });

/* Mean of (1 - t) x + softplus(-x): binary cross-entropy of sigmoid(x) with target t in 0..1, without overflow. */
NRV_API nrv_tensor nrv_bce_logits(nrv_tensor logits, nrv_tensor target)
{
    return nrv_bce_logits_with(logits, target, NULL);
}

/* Binary cross-entropy of a logit, weighted and reduced. */
NRV_API nrv_tensor nrv_bce_logits_with(nrv_tensor logits, nrv_tensor target, const nrv_bce_logits_opt *opt)
{
    const nrv_bce_logits_opt o = opt ? *opt : (nrv_bce_logits_opt){ 0 };
    const nrv_loss_opt all = { .reduction = o.reduction, .weight = o.weight };
    return o.pos_weight ? nrv__loss_of(&nrv__op_bce_logits, "x, t, w: (1 - t) * x + (1 + (w - 1) * t) * softplus(-x)",
                                       3, (const nrv_tensor[]){ logits, target, o.pos_weight }, 0, NULL, &all)
                        : nrv__loss_of(&nrv__op_bce_logits, "x, t: (1 - t) * x + softplus(-x)", 2,
                                       (const nrv_tensor[]){ logits, target }, 0, NULL, &all);
}
