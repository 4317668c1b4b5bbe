/* cos - y = cos x    dx = -dy sin x */
#include "../op.h"
#include <math.h>

static void cos_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: -dy * sin(x)", v->dy, v->x[0]);
}

NRV_REF1(cos_ref, cos(x))

NRV_OP(cos, .sig = "real x[...] -> y[...]", .doc = "Cosine of radians.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = cos_vjp, .ref = cos_ref, .point_ulp = 2, .torch = "cos", .numpy = "cos",
       .onnx = "Cos", .refuse = NRV_WANTS_REAL(cos),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..20" });

/* Cosine of radians. x and y (...) */
NRV_API nrv_tensor nrv_cos(nrv_tensor x)
{
    return nrv__op(&nrv__op_cos, NRV_N(const nrv_tensor, x));
}
