/* mse - mean squared error    y = (a - b)^2 */
#include "all.h"

static nrv_tensor mse_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("mse", c);
    return nrv_mse_with(c->x[0], c->x[1], &o);
}

NRV_OP(mse, .sig = "real a[...], real b[...] -> y[]", .doc = "Mean of (a - b)^2.", .flags = NRV_MACRO, .make = mse_make,
       .torch = "nn.functional.mse_loss nn.MSELoss", .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "a[3,5], b[4,5] => mse: inputs 0 and 1 differ at axis -2 | in here | input 0: input f32 [3, 5] a | "
                   "input 1: input f32 [4, 5] b | hint only a length of 1 is stretched",
                   "a[4,1], b[4] => mse: inputs 0 and 1 would both be stretched | in here | input 0: input f32 [4, 1] "
                   "a | input 1: input f32 [4] b | hint nrv_reshape one of them, (B,1) to (B)",
                   "a:f64[4], b[4] => mse: types differ: f64 and f32 | in here | input 0: input f64 [4] a | input 1: "
                   "input f32 [4] b | hint nrv_cast one of them" },
       .test = { "a[3,5], b[3,5]", "a[4,1], b[4,1]", "a[2,3], b[3], reduction=none",
                 "a[2,3], b[2,3], w[3] in 0.5..2, reduction=sum" });

/* Mean of (a - b)^2. One may stretch over the other. */
NRV_API nrv_tensor nrv_mse(nrv_tensor a, nrv_tensor b)
{
    return nrv_mse_with(a, b, NULL);
}

/* (a - b)^2, weighted and reduced. */
NRV_API nrv_tensor nrv_mse_with(nrv_tensor a, nrv_tensor b, const nrv_loss_opt *o)
{
    return nrv__loss_of(&nrv__op_mse, "a, b: square(a - b)", NRV_N(const nrv_tensor, a, b), 0, NULL, o);
}
