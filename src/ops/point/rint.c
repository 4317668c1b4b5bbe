/* rint - the nearest whole number */
#include "../op.h"
#include <math.h>

NRV_REF1(rint_ref, rint(x))

NRV_OP(rint, .sig = "real x[...] -> y[...]", .doc = "The nearest whole number; of two that are as near, the even one.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .no_grad = "piecewise constant: zero wherever it exists",
       .ref = rint_ref, .numpy = "rint", .onnx = "Round", .refuse = NRV_WANTS_REAL(rint),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* The nearest whole number; of two that are as near, the even one. x and y (...) */
NRV_API nrv_tensor nrv_rint(nrv_tensor x)
{
    return nrv__op(&nrv__op_rint, NRV_N(const nrv_tensor, x));
}
