/* ndtr - y = Phi(x) = erfc(-x / sqrt 2) / 2    dx = dy e^(-x^2/2) / sqrt(2 pi) */
#include "../op.h"
#include <math.h>

static void ndtr_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: 0.3989422804014327 * dy * exp(-0.5 * x * x)", v->dy, v->x[0]);
}

NRV_REF1(ndtr_ref, 0.5 * erfc(-x * 0.70710678118654752440))

NRV_OP(ndtr, .sig = "real x[...] -> y[...]", .doc = "The normal distribution: how much of it lies below x.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = ndtr_vjp, .ref = ndtr_ref, .torch = "special.ndtr",
       .refuse = NRV_WANTS_REAL(ndtr), .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* The normal distribution: how much of it lies below x. x and y (...) */
NRV_API nrv_tensor nrv_ndtr(nrv_tensor x)
{
    return nrv__op(&nrv__op_ndtr, NRV_N(const nrv_tensor, x));
}
