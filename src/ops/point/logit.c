/* logit - y = ln(x / (1 - x))    dx = dy / (x (1 - x)) */
#include "../op.h"
#include <math.h>

static void logit_vjp(nrv_vjp *v)
{
    nrv_tensor nan = nrv__like(v->x[0], NAN);
    v->dx[0] = NRV_EXPR("dy, x, n: dy / (x < 0 ? n : x > 1 ? n : x * (1 - x))", v->dy, v->x[0], nan);
}

/* near 1/2 by log1p, for there the quotient is near 1 */
static double logit_at(double x)
{
    return fabs(x - 0.5) < 0.25 ? log1p((2 * x - 1) / (1 - x)) : log(x / (1 - x));
}

NRV_REF1(logit_ref, logit_at(x))

static nrv_tensor logit_make(nrv__case *c)
{
    double eps = nrv__case_real(c, "eps", -1);
    return nrv_logit(eps >= 0 ? nrv_clamp(c->x[0], eps, 1 - eps) : c->x[0]);
}

NRV_OP(logit, .sig = "real x[...] -> y[...]",
       .doc = "Inverse of the logistic function; infinite at 0 and 1, NaN beyond. PyTorch's eps clamps x to eps..1-eps "
              "first.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = logit_vjp, .ref = logit_ref, .make = logit_make,
       .torch = "logit special.logit", .refuse = NRV_WANTS_REAL(logit),
       .test = { "x[3,5] in 0.1..0.9", "x[] in 0.1..0.4", "x[0]", "x[1027] in 0.02..0.98",
                 "x[8] in 0.3..0.7, eps=0.1" });

/* Inverse of the logistic function; infinite at 0 and 1, NaN beyond: nrv_clamp(x, eps, 1 - eps) first, as PyTorch does
   where it is given eps. x and y (...) */
NRV_API nrv_tensor nrv_logit(nrv_tensor x)
{
    return nrv__op(&nrv__op_logit, NRV_N(const nrv_tensor, x));
}
