/* erf - y = erf x    dx = dy 2/sqrt(pi) e^(-x^2) */
#include "../op.h"
#include <math.h>

static void erf_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: 1.1283791670955126 * dy * exp(-(x * x))", v->dy, v->x[0]);
}

NRV_REF1(erf_ref, erf(x))

NRV_OP(erf, .sig = "real x[...] -> y[...]", .doc = "Error function.", .shape = nrv__infer_point, .flags = NRV_POINTWISE,
       .vjp = erf_vjp, .ref = erf_ref, .point_ulp = 2, .torch = "erf special.erf", .onnx = "Erf",
       .refuse = NRV_WANTS_REAL(erf), .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* Error function. x and y (...) */
NRV_API nrv_tensor nrv_erf(nrv_tensor x)
{
    return nrv__op(&nrv__op_erf, NRV_N(const nrv_tensor, x));
}
