/* abs - y = |x|    dx = dy sign(x), 0 at 0 */
#include "../op.h"
#include <math.h>

static void abs_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy * sign(x)", v->dy, v->x[0]);
}

NRV_REF1(abs_ref, fabs(x))

NRV_OP(abs, .sig = "number x[...] -> y[...]", .doc = "Absolute value; its gradient at 0 is 0.",
       .shape = nrv__infer_number, .flags = NRV_POINTWISE, .vjp = abs_vjp, .ref = abs_ref, .torch = "abs absolute",
       .numpy = "abs absolute fabs", .onnx = "Abs", .refuse = NRV_WANTS_NUMBER(abs),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in 0.5..20", "x:i32[7] in -9..9" });

/* Absolute value; its gradient at 0 is 0. x and y (...) */
NRV_API nrv_tensor nrv_abs(nrv_tensor x)
{
    return nrv__op(&nrv__op_abs, NRV_N(const nrv_tensor, x));
}
