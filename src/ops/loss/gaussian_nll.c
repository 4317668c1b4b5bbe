/* gaussian_nll - negative log-likelihood of a value under a mean and a variance (Nix & Weigend 1994)
   y = (ln v + (x - t)^2 / v) / 2    v = max(var, eps) */
#include "../layer/weights.h"
#include "all.h"

#ifdef NRV_HEADER
/* gaussian_nll: full: the constant ln(2 pi) / 2 is added. eps: the least variance; 0: 1e-6, negative: none. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    int full;
    double eps;
    int64_t reserved[4];
} nrv_gaussian_nll_opt;
#endif

static nrv_tensor gaussian_nll_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("gaussian_nll", c);
    double eps = nrv__case_real(c, "eps", 0);
    return nrv_gaussian_nll_with(c->x[0], c->x[1], c->x[2],
                                 &(nrv_gaussian_nll_opt){ .reduction = o.reduction,
                                                          .weight = o.weight,
                                                          .full = nrv__case_int(c, "full", 0) != 0,
                                                          .eps = eps == 0 && nrv__case_text(c, "eps") ? -1 : eps });
}

NRV_OP(gaussian_nll, .sig = "real x[...], real t[...], real v[...] -> y[]",
       .doc =
           "Mean of (ln v + (x - t)^2 / v) / 2, x being the mean and v the variance, at least eps; the gradient by v "
           "is as if it were not held there, as PyTorch's. A negative variance gives NaN.",
       .flags = NRV_MACRO, .make = gaussian_nll_make, .torch = "nn.functional.gaussian_nll_loss nn.GaussianNLLLoss",
       .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "x[3,5], t[3,4], v[3,5] => gaussian_nll: inputs 0 and 1 differ at axis -1 | in here | input 0: "
                   "input f32 [3, 5] x | input 1: input f32 [3, 4] t | input 2: input f32 [3, 5] v | hint only a "
                   "length of 1 is stretched",
                   "x[3,5], t[3,5], v[4,5] => gaussian_nll: inputs 0 and 2 differ at axis -2 | in here | input 0: "
                   "input f32 [3, 5] x | input 1: input f32 [3, 5] t | input 2: input f32 [4, 5] v | hint only a "
                   "length of 1 is stretched",
                   "x[3], t[3], v:f64[3] => gaussian_nll: types differ: f32 and f64 | in here | input 0: input f32 [3] "
                   "x | input 1: input f32 [3] t | input 2: input f64 [3] v | hint nrv_cast one of them" },
       .test = { "x[3,5], t[3,5], v[3,5] in 0.3..3", "x[3,5], t[3,5], v[3] in 0.3..3, full=1, reduction=none",
                 "x[3,5], t[3,5], v[3,1] in 0.3..3, reduction=sum, eps=0.1",
                 "x[3,5], t[5], v[] in 0.5..1, w[5] in 0.5..2" });

/* Mean of (ln v + (x - t)^2 / v) / 2. x and target (...), var likewise, or (...,1), or one for each row. */
NRV_API nrv_tensor nrv_gaussian_nll(nrv_tensor x, nrv_tensor target, nrv_tensor var)
{
    return nrv_gaussian_nll_with(x, target, var, NULL);
}

/* Negative log-likelihood under a mean and a variance, weighted and reduced. */
NRV_API nrv_tensor nrv_gaussian_nll_with(nrv_tensor x, nrv_tensor target, nrv_tensor var,
                                         const nrv_gaussian_nll_opt *opt)
{
    const nrv_gaussian_nll_opt o = opt ? *opt : (nrv_gaussian_nll_opt){ 0 };
    const double eps = nrv__or(o.eps, 1e-6);
    const nrv__opdef *op = &nrv__op_gaussian_nll;
    nrv_tensor in[3] = { x, target, var };
    if (!nrv__op_wants_real(op, 3, in))
        return NULL;
    if (var->rank > 0 && var->rank == x->rank - 1)
        in[2] = nrv_expand(var, -1, 1);
    if (!in[2] || !nrv__loss_fits(op, 3, in))
        return NULL;
    nrv_tensor least = nrv_surrogate(NRV_EXPR("v, e: v < 0 ? log(v) : max(v, e)", in[2], nrv__like(x, eps)), in[2]);
    nrv_tensor each = NRV_EXPR("x, t, v: 0.5 * (log(v) + square(x - t) / v)", x, target, least);
    return nrv__reduced(op, o.full ? nrv_add_c(each, 0.91893853320467274) : each,
                        &(nrv_loss_opt){ .reduction = o.reduction, .weight = o.weight });
}
