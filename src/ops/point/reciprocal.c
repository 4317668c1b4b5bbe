/* reciprocal - y = 1/x    dx = -dy y^2 */
#include "../op.h"

static void reciprocal_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y: -dy * y * y", v->dy, v->y);
}

NRV_REF1(reciprocal_ref, 1 / x)

NRV_OP(reciprocal, .sig = "real x[...] -> y[...]", .doc = "One over x.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = reciprocal_vjp, .ref = reciprocal_ref, .torch = "reciprocal",
       .numpy = "reciprocal", .onnx = "Reciprocal", .refuse = NRV_WANTS_REAL(reciprocal),
       .test = { "x[3,5] in 0.1..3", "x[] in 0.1..3", "x[0]", "x[1027] in 0.5..20" });

/* One over x. x and y (...) */
NRV_API nrv_tensor nrv_reciprocal(nrv_tensor x)
{
    return nrv__op(&nrv__op_reciprocal, NRV_N(const nrv_tensor, x));
}
