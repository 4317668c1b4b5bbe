/* margin_ranking - which of two is to be larger, by a margin    y = max(0, margin - t (a - b)) */
#include "all.h"

static nrv_tensor margin_ranking_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("margin_ranking", c);
    return nrv_margin_ranking_with(c->x[0], c->x[1], c->x[2], nrv__case_real(c, "margin", 0), &o);
}

NRV_OP(
    margin_ranking, .sig = "real a[...], real b[...], real t[...] -> y[]",
    .doc = "Mean of max(0, margin - t (a - b)): t is 1 where a is to be larger than b, -1 where b is. At the kink the "
           "gradient passes, as PyTorch's.",
    .flags = NRV_MACRO, .make = margin_ranking_make, .torch = "nn.functional.margin_ranking_loss nn.MarginRankingLoss",
    .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean",
    .refuse = { "a[3,5], b[3,4], t[3,5] => margin_ranking: inputs 0 and 1 differ at axis -1 | in here | input 0: input "
                "f32 [3, 5] a | input 1: input f32 [3, 4] b | input 2: input f32 [3, 5] t | hint only a length of 1 is "
                "stretched",
                "a[3], b[3], t:i32[3] => margin_ranking: input 2 is i32, a real type is wanted | in here | input 0: "
                "input f32 [3] a | input 1: input f32 [3] b | input 2: input i32 [3] t | hint nrv_cast it to NRV_F32" },
    .test = { "a[6], b[6], t[6]{1,-1,1,-1,-1,1}", "a[2,3], b[2,3], t[3]{1,-1,1}, margin=0.4, reduction=none",
              "a[4] in 0..3, b[4] in 0..3, t[4]{1,-1,1,-1}, w[4] in 0.5..2, margin=0.5, reduction=sum" });

/* Mean of max(0, margin - t (a - b)). a, b and target (...): 1 where a is to be larger, -1 where b is. */
NRV_API nrv_tensor nrv_margin_ranking(nrv_tensor a, nrv_tensor b, nrv_tensor target, double margin)
{
    return nrv_margin_ranking_with(a, b, target, margin, NULL);
}

/* The hinge of a difference, weighted and reduced. */
NRV_API nrv_tensor nrv_margin_ranking_with(nrv_tensor a, nrv_tensor b, nrv_tensor target, double margin,
                                           const nrv_loss_opt *o)
{
    return nrv__loss_of(&nrv__op_margin_ranking, "a, b, t, m: m - t * (a - b) < 0 ? 0 : m - t * (a - b)", 3,
                        (const nrv_tensor[]){ a, b, target }, 1, &margin, o);
}
