/* log_cosh - like half the square near zero, like the absolute value far away, smooth everywhere    y = ln cosh(a - b)
 */
#include "all.h"

static nrv_tensor log_cosh_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("log_cosh", c);
    return nrv_log_cosh_with(c->x[0], c->x[1], &o);
}

NRV_OP(log_cosh, .sig = "real a[...], real b[...] -> y[]", .doc = "Mean of ln cosh(a - b), without overflow.",
       .flags = NRV_MACRO, .make = log_cosh_make, .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "a[3,5], b[3] => log_cosh: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 [3, 5] a "
                   "| input 1: input f32 [3] b | hint only a length of 1 is stretched",
                   "a[4,1], b[4] => log_cosh: inputs 0 and 1 would both be stretched | in here | input 0: input f32 "
                   "[4, 1] a | input 1: input f32 [4] b | hint nrv_reshape one of them, (B,1) to (B)" },
       .test = { "a[3,5] in -2..2, b[3,5]", "a[3,5] in -40..40, b[3,5], reduction=none",
                 "a[2,3], b[2,3], w[3] in 0.5..2, reduction=sum" });

/* Mean of ln cosh(a - b). One may stretch over the other. */
NRV_API nrv_tensor nrv_log_cosh(nrv_tensor a, nrv_tensor b)
{
    return nrv_log_cosh_with(a, b, NULL);
}

/* ln cosh(a - b), weighted and reduced. */
NRV_API nrv_tensor nrv_log_cosh_with(nrv_tensor a, nrv_tensor b, const nrv_loss_opt *o)
{
    return nrv__loss_of(&nrv__op_log_cosh, "a, b: a - b + softplus(2 * (b - a)) - 0.6931471805599453", 2,
                        (const nrv_tensor[]){ a, b }, 0, NULL, o);
}
