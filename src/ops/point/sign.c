/* sign - y = -1, 0 or 1 */
#include "../op.h"

NRV_REF1(sign_ref, x > 0 ? 1.0 : x < 0 ? -1.0 : x)

NRV_OP(sign, .sig = "number x[...] -> y[...]", .doc = "Sign: -1, 0 or 1; NaN stays NaN.", .shape = nrv__infer_number,
       .flags = NRV_POINTWISE, .no_grad = "piecewise constant: zero wherever it exists", .ref = sign_ref,
       .torch = "sign sgn", .numpy = "sign", .onnx = "Sign", .refuse = NRV_WANTS_NUMBER(sign),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..20", "x:i32[7] in -9..9" });

/* Sign: -1, 0 or 1; NaN stays NaN. x and y (...) */
NRV_API nrv_tensor nrv_sign(nrv_tensor x)
{
    return nrv__op(&nrv__op_sign, NRV_N(const nrv_tensor, x));
}
