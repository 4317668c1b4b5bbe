/* acos - y = acos x    dx = -dy / sqrt(1 - x^2) */
#include "../op.h"
#include <math.h>

static void acos_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: -dy / sqrt((1 - x) * (1 + x))", v->dy, v->x[0]);
}

NRV_REF1(acos_ref, acos(x))

NRV_OP(acos, .sig = "real x[...] -> y[...]", .doc = "Inverse cosine; NaN outside -1..1.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = acos_vjp, .ref = acos_ref, .torch = "acos arccos", .numpy = "arccos",
       .onnx = "Acos", .refuse = NRV_WANTS_REAL(acos),
       .test = { "x[3,5] in -0.9..0.9", "x[] in 0.1..0.5", "x[0]", "x[1027] in -0.95..0.95" });

/* Inverse cosine; NaN outside -1..1. x and y (...) */
NRV_API nrv_tensor nrv_acos(nrv_tensor x)
{
    return nrv__op(&nrv__op_acos, NRV_N(const nrv_tensor, x));
}
