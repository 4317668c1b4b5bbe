/* log1p - y = ln(1 + x)    dx = dy / (1 + x) */
#include "../op.h"
#include <math.h>

static void log1p_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy / (x + 1)", v->dy, v->x[0]);
}

NRV_REF1(log1p_ref, log1p(x))

NRV_OP(log1p, .sig = "real x[...] -> y[...]", .doc = "ln(1 + x), without cancellation near 0; -inf at -1, NaN below.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = log1p_vjp, .ref = log1p_ref,
       .torch = "log1p special.log1p", .numpy = "log1p", .refuse = NRV_WANTS_REAL(log1p),
       .test = { "x[3,5] in -0.9..3", "x[] in -0.5..2", "x[0]", "x[1027] in -0.5..20" });

/* ln(1 + x), without cancellation near 0; -inf at -1, NaN below. x and y (...) */
NRV_API nrv_tensor nrv_log1p(nrv_tensor x)
{
    return nrv__op(&nrv__op_log1p, NRV_N(const nrv_tensor, x));
}
