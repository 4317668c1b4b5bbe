/* ndtri - the x below which so much of the normal distribution lies    dx = dy sqrt(2 pi) e^(y^2/2) */
#include "../op.h"
#include "special.h"

static void ndtri_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y: 2.5066282746310002 * dy * exp(0.5 * y * y)", v->dy, v->y);
}

NRV_REF1(ndtri_ref, nrv__normal_quantile(x - 0.5, x < 0.5 ? x : 1 - x))

NRV_OP(ndtri, .sig = "real x[...] -> y[...]",
       .doc = "Inverse of ndtr, the quantile of the normal distribution; infinite at 0 and 1, NaN beyond.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = ndtri_vjp, .ref = ndtri_ref, .torch = "special.ndtri",
       .refuse = NRV_WANTS_REAL(ndtri),
       .test = { "x[3,5] in 0.1..0.9", "x[] in 0.1..0.4", "x[0]", "x[1027] in 0.02..0.98" });

/* Inverse of ndtr, the quantile of the normal distribution; infinite at 0 and 1, NaN beyond. x and y (...) */
NRV_API nrv_tensor nrv_ndtri(nrv_tensor x)
{
    return nrv__op(&nrv__op_ndtri, NRV_N(const nrv_tensor, x));
}
