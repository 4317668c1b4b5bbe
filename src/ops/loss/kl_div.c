/* kl_div - how far a distribution is from the wanted one    y = t (ln t - x)    x = ln q */
#include "all.h"

#ifdef NRV_HEADER
/* kl_div: log_target: the target is a logarithm, too */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    int log_target;
    int64_t reserved[4];
} nrv_kl_div_opt;
#endif

static nrv_tensor kl_div_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("kl_div", c);
    return nrv_kl_div_with(c->x[0], c->x[1],
                           &(nrv_kl_div_opt){ .reduction = o.reduction,
                                              .weight = o.weight,
                                              .log_target = nrv__case_int(c, "log_target", 0) != 0 });
}

NRV_OP(kl_div, .sig = "real x[...], real t[...] -> y[]",
       .doc =
           "Sum of t (ln t - x) over the length of axis 0 (PyTorch's batchmean), x being log-probabilities. A target "
           "of 0 gives 0, with a gradient of 0; a negative one NaN.",
       .flags = NRV_MACRO, .make = kl_div_make, .torch = "nn.functional.kl_div nn.KLDivLoss", .ulp = 8,
       .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "x[3,5], t[3,4] => kl_div: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 [3, 5] x "
                   "| input 1: input f32 [3, 4] t | hint only a length of 1 is stretched",
                   "x[3,5], t:f64[3,5] => kl_div: types differ: f32 and f64 | in here | input 0: input f32 [3, 5] x | "
                   "input 1: input f64 [3, 5] t | hint nrv_cast one of them" },
       .test = { "x[3,5] in -3..0, t[3,5] in 0.1..1", "x[3,5] in -3..0, t[3,5] in -3..0, log_target=1, reduction=sum",
                 "x[3,5] in -3..0, t[3,5] in 0.1..1, reduction=none",
                 "x[2,3] in -3..0, t[2,3] in 0.1..1, w[3] in 0.5..2, reduction=batchmean" });

/* x log-probabilities, target probabilities, (B,...) -> scalar: sum of t (ln t - x) by B, which is the divergence of
   Kullback and Leibler where each row is a distribution. */
NRV_API nrv_tensor nrv_kl_div(nrv_tensor x, nrv_tensor target)
{
    return nrv_kl_div_with(x, target, &(nrv_kl_div_opt){ .reduction = NRV_LOSS_BATCHMEAN });
}

/* The elements t (ln t - x), weighted and reduced; zero is PyTorch's mean over all elements, which is no divergence. */
NRV_API nrv_tensor nrv_kl_div_with(nrv_tensor x, nrv_tensor target, const nrv_kl_div_opt *opt)
{
    const nrv_kl_div_opt o = opt ? *opt : (nrv_kl_div_opt){ 0 };
    return nrv__loss_of(
        &nrv__op_kl_div,
        o.log_target ? "x, t: exp(t) * (t - x)" : "x, t: (t == 0 ? 0 : t * log(t == 0 ? 1 : t)) - t * x", 2,
        (const nrv_tensor[]){ x, target }, 0, NULL, &(nrv_loss_opt){ .reduction = o.reduction, .weight = o.weight });
}
