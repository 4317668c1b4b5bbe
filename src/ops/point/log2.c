/* log2 - y = log2 x    dx = dy / (x ln 2) */
#include "../op.h"
#include <math.h>

static void log2_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy / (0.6931471805599453 * x)", v->dy, v->x[0]);
}

NRV_REF1(log2_ref, log2(x))

NRV_OP(log2, .sig = "real x[...] -> y[...]", .doc = "Logarithm to base 2; -inf at 0, NaN below.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = log2_vjp, .ref = log2_ref, .torch = "log2",
       .numpy = "log2", .refuse = NRV_WANTS_REAL(log2),
       .test = { "x[3,5] in 0.1..3", "x[] in 0.1..3", "x[0]", "x[1027] in 0.5..20" });

/* Logarithm to base 2; -inf at 0, NaN below. x and y (...) */
NRV_API nrv_tensor nrv_log2(nrv_tensor x)
{
    return nrv__op(&nrv__op_log2, NRV_N(const nrv_tensor, x));
}
