/* gaussian_kl - how far one Gaussian is from another, element by element (Kullback & Leibler)
   y = (q - p + (e^p + (m - n)^2) / e^q - 1) / 2    N(m, e^p) from N(n, e^q) */
#include "all.h"

static nrv_tensor gaussian_kl_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("gaussian_kl", c);
    nrv_tensor weight = nrv__case_named(c, "weight w");
    bool two = c->n_x - (weight != NULL) >= 4;
    return nrv_gaussian_kl(c->x[0], c->x[1], two ? c->x[2] : NULL, two ? c->x[3] : NULL, &o);
}

NRV_OP(
    gaussian_kl, .sig = "real m[...], real p[...], real n[...], real q[...] -> y[]",
    .doc =
        "Mean of the divergence of N(m, e^p) from N(n, e^q), p and q being logarithms of variances; without n and q, "
        "from N(0, 1).",
    .flags = NRV_MACRO, .make = gaussian_kl_make, .also = "kl_gaussian", .ulp = 16,
    .tolerance_why = "a sum that cancels near equal Gaussians",
    .refuse = { "m[3,5], p[3,4] => gaussian_kl: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 [3, 5] "
                "m | input 1: input f32 [3, 4] p | hint only a length of 1 is stretched",
                "m[3], p[3], n[3], q[2] => gaussian_kl: inputs 0 and 3 differ at axis -1 | in here | input 0: input "
                "f32 [3] m | input 1: input f32 [3] p | input 2: input f32 [3] n | input 3: input f32 [2] q | hint "
                "only a length of 1 is stretched" },
    .test = { "m[3,5], p[3,5]", "m[3,5], p[3,5], n[3,5], q[3,5], reduction=none",
              "m[3,5], p[5], n[], q[], reduction=batchmean", "m[2,3], p[2,3], w[3] in 0.5..2, reduction=sum" });

/* N(mean, e^log_var) from N(other_mean, e^other_log_var), or from N(0, 1) where these two are NULL; (...) each. A
   variational autoencoder wants NRV_LOSS_BATCHMEAN: the sum over latents, the mean over samples. o may be NULL. */
NRV_API nrv_tensor nrv_gaussian_kl(nrv_tensor mean, nrv_tensor log_var, nrv_tensor other_mean, nrv_tensor other_log_var,
                                   const nrv_loss_opt *o)
{
    const nrv__opdef *op = &nrv__op_gaussian_kl;
    const nrv_tensor in[4] = { mean, log_var, other_mean, other_log_var };
    if (!other_mean && !other_log_var)
        return nrv__loss_of(op, "m, p: 0.5 * (exp(p) + square(m) - 1 - p)", 2, in, 0, NULL, o);
    return nrv__loss_of(op, "m, p, n, q: 0.5 * (q - p + exp(p - q) + square(m - n) * exp(-q) - 1)", 4, in, 0, NULL, o);
}
