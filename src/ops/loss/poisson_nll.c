/* poisson_nll - negative log-likelihood of counts    y = e^x - t x, or x - t ln(x + eps) */
#include "../layer/weights.h"
#include "all.h"

#ifdef NRV_HEADER
/* poisson_nll: rate: x is the rate and not its logarithm (PyTorch's log_input=False). full: Stirling's ln t! is added
   where t > 1. eps: under the logarithm of a rate; 0: 1e-8, negative: none. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    int rate, full;
    double eps;
    int64_t reserved[4];
} nrv_poisson_nll_opt;
#endif

static nrv_tensor poisson_nll_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("poisson_nll", c);
    double eps = nrv__case_real(c, "eps", 0);
    return nrv_poisson_nll_with(c->x[0], c->x[1],
                                &(nrv_poisson_nll_opt){ .reduction = o.reduction,
                                                        .weight = o.weight,
                                                        .rate = nrv__case_int(c, "log_input", 1) == 0,
                                                        .full = nrv__case_int(c, "full", 0) != 0,
                                                        .eps = eps == 0 && nrv__case_text(c, "eps") ? -1 : eps });
}

NRV_OP(poisson_nll, .sig = "real x[...], real t[...] -> y[]",
       .doc =
           "Mean of e^x - t x, x being the logarithm of a Poisson rate and t a count; of x - t ln(x + eps) where x is "
           "the rate.",
       .flags = NRV_MACRO, .make = poisson_nll_make, .torch = "nn.functional.poisson_nll_loss nn.PoissonNLLLoss",
       .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "x[3,5], t[3,4] => poisson_nll: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 [3, "
                   "5] x | input 1: input f32 [3, 4] t | hint only a length of 1 is stretched",
                   "x[3,5], t:i64[3,5] => poisson_nll: input 1 is i64, a real type is wanted | in here | input 0: "
                   "input f32 [3, 5] x | input 1: input i64 [3, 5] t | hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5] in -3..2, t[3,5] in 0..6", "x[3,5] in 0.5..2, t[3,5] in 0..6, log_input=0, reduction=none",
                 "x[3,5] in -3..2, t[3,5]{0,0.5,2,3,4,5,6,7,8,9,0,0.9,2,3,1.5}, full=1, reduction=sum",
                 "x[2,3] in 0.5..2, t[2,3] in 0..6, w[3] in 0.5..2, log_input=0, eps=0.1" });

/* Mean of e^x - t x: x is the logarithm of the rate, t the count. One may stretch over the other. */
NRV_API nrv_tensor nrv_poisson_nll(nrv_tensor x, nrv_tensor target)
{
    return nrv_poisson_nll_with(x, target, NULL);
}

/* Negative log-likelihood of counts, weighted and reduced. */
NRV_API nrv_tensor nrv_poisson_nll_with(nrv_tensor x, nrv_tensor target, const nrv_poisson_nll_opt *opt)
{
    const nrv_poisson_nll_opt o = opt ? *opt : (nrv_poisson_nll_opt){ 0 };
    const double eps = nrv__or(o.eps, 1e-8);
    const nrv_tensor in[2] = { x, target };
    if (!nrv__loss_fits(&nrv__op_poisson_nll, 2, in))
        return NULL;
    nrv_tensor each = o.rate ? NRV_EXPR("x, t, e: x - t * log(x + e)", x, target, nrv__like(x, eps))
                             : NRV_EXPR("x, t: exp(x) - t * x", x, target);
    if (o.full) {
        nrv_tensor many = NRV_EXPR("t: t > 1 ? t : 1", target);
        each = NRV_EXPR("y, t, n: y + (t > 1 ? n * log(n) - n + 0.5 * log(6.283185307179586 * n) : 0)", each, target,
                        many);
    }
    return nrv__reduced(&nrv__op_poisson_nll, each, &(nrv_loss_opt){ .reduction = o.reduction, .weight = o.weight });
}
