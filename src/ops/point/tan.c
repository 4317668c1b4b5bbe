/* tan - y = tan x    dx = dy (1 + y^2) */
#include "../op.h"
#include <math.h>

static void tan_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y: dy * (1 + y * y)", v->dy, v->y);
}

NRV_REF1(tan_ref, tan(x))

NRV_OP(tan, .sig = "real x[...] -> y[...]", .doc = "Tangent of radians.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = tan_vjp, .ref = tan_ref, .torch = "tan", .numpy = "tan", .onnx = "Tan",
       .refuse = NRV_WANTS_REAL(tan), .test = { "x[3,5] in -1.2..1.2", "x[]", "x[0]", "x[1027] in -1.4..1.4" });

/* Tangent of radians. x and y (...) */
NRV_API nrv_tensor nrv_tan(nrv_tensor x)
{
    return nrv__op(&nrv__op_tan, NRV_N(const nrv_tensor, x));
}
