/* asin - y = asin x    dx = dy / sqrt(1 - x^2) */
#include "../op.h"
#include <math.h>

static void asin_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy / sqrt((1 - x) * (1 + x))", v->dy, v->x[0]);
}

NRV_REF1(asin_ref, asin(x))

NRV_OP(asin, .sig = "real x[...] -> y[...]", .doc = "Inverse sine; NaN outside -1..1.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = asin_vjp, .ref = asin_ref, .torch = "asin arcsin", .numpy = "arcsin",
       .onnx = "Asin", .refuse = NRV_WANTS_REAL(asin),
       .test = { "x[3,5] in -0.9..0.9", "x[] in 0.1..0.5", "x[0]", "x[1027] in -0.95..0.95" });

/* Inverse sine; NaN outside -1..1. x and y (...) */
NRV_API nrv_tensor nrv_asin(nrv_tensor x)
{
    return nrv__op(&nrv__op_asin, NRV_N(const nrv_tensor, x));
}
