/* log10 - y = log10 x    dx = dy / (x ln 10) */
#include "../op.h"
#include <math.h>

static void log10_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy / (2.302585092994046 * x)", v->dy, v->x[0]);
}

NRV_REF1(log10_ref, log10(x))

NRV_OP(log10, .sig = "real x[...] -> y[...]", .doc = "Logarithm to base 10; -inf at 0, NaN below.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = log10_vjp, .ref = log10_ref, .torch = "log10",
       .numpy = "log10", .refuse = NRV_WANTS_REAL(log10),
       .test = { "x[3,5] in 0.1..3", "x[] in 0.1..3", "x[0]", "x[1027] in 0.5..20" });

/* Logarithm to base 10; -inf at 0, NaN below. x and y (...) */
NRV_API nrv_tensor nrv_log10(nrv_tensor x)
{
    return nrv__op(&nrv__op_log10, NRV_N(const nrv_tensor, x));
}
