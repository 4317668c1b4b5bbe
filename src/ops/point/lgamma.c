/* lgamma - y = ln |Gamma(x)|    dx = dy digamma(x) */
#include "../op.h"
#include <math.h>

static void lgamma_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy * digamma(x)", v->dy, v->x[0]);
}

NRV_REF1(lgamma_ref, lgamma(x))

NRV_OP(lgamma, .sig = "real x[...] -> y[...]",
       .doc = "Logarithm of the absolute value of the gamma function; infinite at 0, -1, -2...",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = lgamma_vjp, .ref = lgamma_ref,
       .torch = "lgamma special.gammaln", .refuse = NRV_WANTS_REAL(lgamma),
       .test = { "x[3,5] in 0.3..5", "x[] in 0.5..2", "x[0]", "x[1027] in 0.5..40", "x[8] in -1.9..-1.1" });

/* Logarithm of the absolute value of the gamma function; infinite at 0, -1, -2... x and y (...) */
NRV_API nrv_tensor nrv_lgamma(nrv_tensor x)
{
    return nrv__op(&nrv__op_lgamma, NRV_N(const nrv_tensor, x));
}
