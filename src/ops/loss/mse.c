/* mse - mean squared error */
#include "../op.h"

static nrv_tensor mse_make(nrv__case *c)
{
    return nrv_mse(c->x[0], c->x[1]);
}

NRV_OP(mse, .sig = "real a[...], real b[...] -> y[]", .doc = "Mean over everything of (a - b)^2.", .flags = NRV_MACRO,
       .make = mse_make, .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean",
       .test = { "a[3,5], b[3,5]", "a[4,1], b[4,1]" });

/* Mean over everything of (a - b)^2. */
NRV_API nrv_tensor nrv_mse(nrv_tensor a, nrv_tensor b)
{
    return a && b ? nrv_mean_all(nrv_square(nrv_sub(a, b))) : NULL;
}
