/* log - y = ln x    dx = dy / x */
#include "../op.h"
#include <math.h>

static void log_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy / x", v->dy, v->x[0]);
}

NRV_REF1(log_ref, log(x))

NRV_OP(log, .sig = "real x[...] -> y[...]", .doc = "Natural logarithm; -inf at 0, NaN below.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = log_vjp, .ref = log_ref, .point_ulp = 2,
       .torch = "log", .numpy = "log", .onnx = "Log", .refuse = NRV_WANTS_REAL(log),
       .test = { "x[3,5] in 0.1..3", "x[] in 0.1..3", "x[0]", "x[1027] in 0.5..20" });

/* Natural logarithm; -inf at 0, NaN below. x and y (...) */
NRV_API nrv_tensor nrv_log(nrv_tensor x)
{
    return nrv__op(&nrv__op_log, NRV_N(const nrv_tensor, x));
}
