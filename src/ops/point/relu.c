/* relu - y = max(x, 0)    dx = y > 0 ? dy : 0
   y is positive where x is; and y is what the layers behind want anyway, so that x need not be kept for the gradient.
 */
#include "../op.h"

static void relu_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y: y > 0 ? dy : 0", v->dy, v->y);
}

NRV_REF1(relu_ref, x > 0 || x != x ? x : 0)

NRV_OP(relu, .sig = "number x[...] -> y[...]",
       .doc = "Rectifier: x where it is positive, else 0; NaN stays; the gradient at 0 is 0 (Nair & Hinton 2010).",
       .shape = nrv__infer_number, .flags = NRV_POINTWISE, .vjp = relu_vjp, .ref = relu_ref,
       .torch = "relu nn.functional.relu nn.ReLU", .onnx = "Relu", .refuse = NRV_WANTS_NUMBER(relu),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..20", "x:i32[7] in -9..9" });

/* Rectifier: x where it is positive, else 0; NaN stays; the gradient at 0 is 0 (Nair & Hinton 2010). x and y (...) */
NRV_API nrv_tensor nrv_relu(nrv_tensor x)
{
    return nrv__op(&nrv__op_relu, NRV_N(const nrv_tensor, x));
}
