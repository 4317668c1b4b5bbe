/* log_ndtr - y = ln Phi(x)    dx = dy e^(-x^2/2 - y) / sqrt(2 pi) */
#include "../op.h"
#include <math.h>

/* far below 0 by the asymptotic series of Phi(x) / phi(x), for there erfc underflows */
static double log_ndtr_at(double x)
{
    if (x > -1)
        return log1p(-0.5 * erfc(x * 0.70710678118654752440));
    if (x > -35)
        return log(0.5 * erfc(-x * 0.70710678118654752440));
    double h = 1 / (x * x);
    return -0.5 * x * x - log(-x * 2.50662827463100050242) + log1p(-h * (1 - 3 * h * (1 - 5 * h * (1 - 7 * h))));
}

static void log_ndtr_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x, y: 0.3989422804014327 * dy * exp(-(y + 0.5 * x * x))", v->dy, v->x[0], v->y);
}

NRV_REF1(log_ndtr_ref, log_ndtr_at(x))

NRV_OP(log_ndtr, .sig = "real x[...] -> y[...]",
       .doc = "Logarithm of the normal distribution, without underflow far below 0.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = log_ndtr_vjp, .ref = log_ndtr_ref, .torch = "special.log_ndtr",
       .refuse = NRV_WANTS_REAL(log_ndtr), .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -30..8" });

/* Logarithm of the normal distribution, without underflow far below 0. x and y (...) */
NRV_API nrv_tensor nrv_log_ndtr(nrv_tensor x)
{
    return nrv__op(&nrv__op_log_ndtr, NRV_N(const nrv_tensor, x));
}
