/* trunc - x without its fraction */
#include "../op.h"
#include <math.h>

NRV_REF1(trunc_ref, trunc(x))

NRV_OP(trunc, .sig = "real x[...] -> y[...]", .doc = "The whole number next to x on the side of 0.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .no_grad = "piecewise constant: zero wherever it exists",
       .ref = trunc_ref, .torch = "trunc fix", .numpy = "trunc fix", .refuse = NRV_WANTS_REAL(trunc),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* The whole number next to x on the side of 0. x and y (...) */
NRV_API nrv_tensor nrv_trunc(nrv_tensor x)
{
    return nrv__op(&nrv__op_trunc, NRV_N(const nrv_tensor, x));
}
