/* cosh - y = cosh x    dx = dy sinh x */
#include "../op.h"
#include <math.h>

static void cosh_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy * sinh(x)", v->dy, v->x[0]);
}

NRV_REF1(cosh_ref, cosh(x))

NRV_OP(cosh, .sig = "real x[...] -> y[...]", .doc = "Hyperbolic cosine.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = cosh_vjp, .ref = cosh_ref, .torch = "cosh", .numpy = "cosh", .onnx = "Cosh",
       .refuse = NRV_WANTS_REAL(cosh), .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* Hyperbolic cosine. x and y (...) */
NRV_API nrv_tensor nrv_cosh(nrv_tensor x)
{
    return nrv__op(&nrv__op_cosh, NRV_N(const nrv_tensor, x));
}
