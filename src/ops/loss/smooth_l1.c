/* smooth_l1 - squared near zero, absolute beyond beta (Girshick 2015)    y = d^2 / (2 beta) where |d| < beta, else
   |d| - beta / 2    d = a - b */
#include "all.h"

static nrv_tensor smooth_l1_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("smooth_l1", c);
    return nrv_smooth_l1_with(c->x[0], c->x[1], nrv__case_real(c, "beta", 1), &o);
}

NRV_OP(smooth_l1, .sig = "real a[...], real b[...] -> y[]",
       .doc = "Mean of d^2 / (2 beta) where |d| < beta, else |d| - beta / 2; with beta 0, of |d|.", .flags = NRV_MACRO,
       .make = smooth_l1_make, .torch = "nn.functional.smooth_l1_loss nn.SmoothL1Loss", .ulp = 8,
       .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "a[3], b[3], beta=-1 => smooth_l1: beta -1 is negative | in here | input 0: input f32 [3] a | input "
                   "1: input f32 [3] b | hint where it becomes linear, as 1",
                   "a[3,5], b[2,5] => smooth_l1: inputs 0 and 1 differ at axis -2 | in here | input 0: input f32 [3, "
                   "5] a | input 1: input f32 [2, 5] b | hint only a length of 1 is stretched" },
       .test = { "a[3,5] in -2..2, b[3,5] in 3..4", "a[3,5] in -2..2, b[3,5], beta=0.5, reduction=none",
                 "a[3,5] in -2..2, b[5] in 0.3..0.5, beta=2, reduction=sum", "a[3,5], b[3,5] in 2..3, beta=0" });

/* Mean of d^2 / (2 beta) where |d| < beta, else |d| - beta / 2. One may stretch over the other. */
NRV_API nrv_tensor nrv_smooth_l1(nrv_tensor a, nrv_tensor b, double beta)
{
    return nrv_smooth_l1_with(a, b, beta, NULL);
}

/* The smooth absolute error, weighted and reduced; beta 0: the absolute error. */
NRV_API nrv_tensor nrv_smooth_l1_with(nrv_tensor a, nrv_tensor b, double beta, const nrv_loss_opt *o)
{
    const nrv_tensor in[2] = { a, b };
    if (!nrv__op_wants_real(&nrv__op_smooth_l1, 2, in))
        return NULL;
    if (!(beta >= 0))
        return nrv__op_refuses(&nrv__op_smooth_l1, 2, in, NRV_EARG, "where it becomes linear, as 1",
                               "beta %g is negative", beta);
    return beta == 0 ? nrv__loss_of(&nrv__op_smooth_l1, "a, b: abs(a - b)", 2, in, 0, NULL, o)
                     : nrv__loss_of(&nrv__op_smooth_l1,
                                    "a, b, t: abs(a - b) < t ? 0.5 * square(a - b) / t : abs(a - b) - 0.5 * t", 2, in,
                                    1, &beta, o);
}
