/* mvlgamma - y = p (p - 1) / 4 ln pi + sum over i < p of lgamma(x - i/2) */
#include "../op.h"

static nrv_tensor mvlgamma_make(nrv__case *c)
{
    return nrv_mvlgamma(c->x[0], nrv__case_small(c, "p", 1));
}

NRV_OP(mvlgamma, .sig = "real x[...] -> y[...]", .doc = "Logarithm of the multivariate gamma function of p dimensions.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = mvlgamma_make, .ulp = 4,
       .tolerance_why = "p logarithms, added one after the other", .torch = "mvlgamma special.multigammaln",
       .refuse = { "x:i32[3] => mvlgamma: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | "
                   "hint nrv_cast it to NRV_F32",
                   "x[3], p=0 => mvlgamma: p is 0, from 1 to 256 is possible | in here | input 0: input f32 [3] x | "
                   "hint 1 is lgamma itself" },
       .test = { "x[3,5] in 1.6..5, p=3", "x[] in 0.5..2", "x[0]", "x[1027] in 2.5..40, p=2" });

/* Logarithm of the multivariate gamma function of p dimensions. x and y (...) */
NRV_API nrv_tensor nrv_mvlgamma(nrv_tensor x, int p)
{
    if (!nrv__op_wants_real(&nrv__op_mvlgamma, 1, &x))
        return NULL;
    if (p < 1 || p > 256)
        return nrv__op_refuses(&nrv__op_mvlgamma, 1, &x, NRV_EARG, "1 is lgamma itself",
                               "p is %d, from 1 to 256 is possible", p);
    nrv_tensor y = nrv__like(x, 0.25 * p * (p - 1) * 1.1447298858494002);
    for (int i = 0; i < p; i++)
        y = nrv_add(y, nrv_lgamma(nrv_add_c(x, -0.5 * i)));
    return y;
}
