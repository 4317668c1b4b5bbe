/* floor - the largest whole number <= x */
#include "../op.h"
#include <math.h>

NRV_REF1(floor_ref, floor(x))

NRV_OP(floor, .sig = "real x[...] -> y[...]", .doc = "The largest whole number that is not above x.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .no_grad = "piecewise constant: zero wherever it exists",
       .ref = floor_ref, .torch = "floor", .numpy = "floor", .onnx = "Floor", .refuse = NRV_WANTS_REAL(floor),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* The largest whole number that is not above x. x and y (...) */
NRV_API nrv_tensor nrv_floor(nrv_tensor x)
{
    return nrv__op(&nrv__op_floor, NRV_N(const nrv_tensor, x));
}
