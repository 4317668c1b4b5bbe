/* atan - y = atan x    dx = dy / (1 + x^2) */
#include "../op.h"
#include <math.h>

static void atan_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy / (1 + x * x)", v->dy, v->x[0]);
}

NRV_REF1(atan_ref, atan(x))

NRV_OP(atan, .sig = "real x[...] -> y[...]", .doc = "Inverse tangent.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = atan_vjp, .ref = atan_ref, .torch = "atan arctan", .numpy = "arctan",
       .onnx = "Atan", .refuse = NRV_WANTS_REAL(atan),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* Inverse tangent. x and y (...) */
NRV_API nrv_tensor nrv_atan(nrv_tensor x)
{
    return nrv__op(&nrv__op_atan, NRV_N(const nrv_tensor, x));
}
