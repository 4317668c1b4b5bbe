/* sinh - y = sinh x    dx = dy cosh x */
#include "../op.h"
#include <math.h>

static void sinh_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy * cosh(x)", v->dy, v->x[0]);
}

NRV_REF1(sinh_ref, sinh(x))

NRV_OP(sinh, .sig = "real x[...] -> y[...]", .doc = "Hyperbolic sine.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = sinh_vjp, .ref = sinh_ref, .torch = "sinh", .numpy = "sinh", .onnx = "Sinh",
       .refuse = NRV_WANTS_REAL(sinh), .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* Hyperbolic sine. x and y (...) */
NRV_API nrv_tensor nrv_sinh(nrv_tensor x)
{
    return nrv__op(&nrv__op_sinh, NRV_N(const nrv_tensor, x));
}
