/* sin - y = sin x    dx = dy cos x */
#include "../op.h"
#include <math.h>

static void sin_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy * cos(x)", v->dy, v->x[0]);
}

NRV_REF1(sin_ref, sin(x))

NRV_OP(sin, .sig = "real x[...] -> y[...]", .doc = "Sine of radians.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = sin_vjp, .ref = sin_ref, .point_ulp = 2, .torch = "sin", .numpy = "sin",
       .onnx = "Sin", .refuse = NRV_WANTS_REAL(sin),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..20" });

/* Sine of radians. x and y (...) */
NRV_API nrv_tensor nrv_sin(nrv_tensor x)
{
    return nrv__op(&nrv__op_sin, NRV_N(const nrv_tensor, x));
}
