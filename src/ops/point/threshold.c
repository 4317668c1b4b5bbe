/* threshold - y = x where it is above threshold, else value */
#include "../op.h"

static nrv_tensor threshold_make(nrv__case *c)
{
    return nrv_threshold(c->x[0], nrv__case_real(c, "threshold", 0), nrv__case_real(c, "value", 0));
}

NRV_OP(threshold, .sig = "real x[...] -> y[...]", .doc = "x where it is above threshold, else value.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = threshold_make, .torch = "nn.functional.threshold nn.Threshold",
       .refuse = NRV_WANTS_REAL(threshold),
       .test = { "x[3,4] in -3..3", "x[]", "x[0]", "x[1024] in -4..4, threshold=0.5, value=-2" });

/* x where it is above threshold, else value. x and y (...) */
NRV_API nrv_tensor nrv_threshold(nrv_tensor x, double threshold, double value)
{
    return nrv__op_wants_real(&nrv__op_threshold, 1, &x)
               ? NRV_EXPR("x, t, v: x <= t ? v : x", x, nrv__like(x, threshold), nrv__like(x, value))
               : NULL;
}
