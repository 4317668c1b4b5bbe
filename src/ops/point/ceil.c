/* ceil - the smallest whole number >= x */
#include "../op.h"
#include <math.h>

NRV_REF1(ceil_ref, ceil(x))

NRV_OP(ceil, .sig = "real x[...] -> y[...]", .doc = "The smallest whole number that is not below x.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .no_grad = "piecewise constant: zero wherever it exists",
       .ref = ceil_ref, .torch = "ceil", .numpy = "ceil", .onnx = "Ceil", .refuse = NRV_WANTS_REAL(ceil),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* The smallest whole number that is not below x. x and y (...) */
NRV_API nrv_tensor nrv_ceil(nrv_tensor x)
{
    return nrv__op(&nrv__op_ceil, NRV_N(const nrv_tensor, x));
}
