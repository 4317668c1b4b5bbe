/* sqrt - y = sqrt(x)    dx = dy / 2y */
#include "../op.h"
#include <math.h>

static void sqrt_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y: dy / (2 * y)", v->dy, v->y);
}

NRV_REF1(sqrt_ref, sqrt(x))

NRV_OP(sqrt, .sig = "real x[...] -> y[...]", .doc = "Square root; NaN below 0, infinite gradient at 0.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = sqrt_vjp, .ref = sqrt_ref, .torch = "sqrt",
       .numpy = "sqrt", .onnx = "Sqrt", .refuse = NRV_WANTS_REAL(sqrt),
       .test = { "x[3,5] in 0.1..3", "x[] in 0.1..3", "x[0]", "x[1027] in 0.5..20" });

/* Square root; NaN below 0, infinite gradient at 0. x and y (...) */
NRV_API nrv_tensor nrv_sqrt(nrv_tensor x)
{
    return nrv__op(&nrv__op_sqrt, NRV_N(const nrv_tensor, x));
}
