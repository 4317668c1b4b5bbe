/* erfc - y = 1 - erf x    dx = -dy 2/sqrt(pi) e^(-x^2) */
#include "../op.h"
#include <math.h>

static void erfc_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: -1.1283791670955126 * dy * exp(-(x * x))", v->dy, v->x[0]);
}

NRV_REF1(erfc_ref, erfc(x))

NRV_OP(erfc, .sig = "real x[...] -> y[...]", .doc = "1 - erf(x), exact where that would cancel.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = erfc_vjp, .ref = erfc_ref,
       .torch = "erfc special.erfc", .refuse = NRV_WANTS_REAL(erfc),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* 1 - erf(x), exact where that would cancel. x and y (...) */
NRV_API nrv_tensor nrv_erfc(nrv_tensor x)
{
    return nrv__op(&nrv__op_erfc, NRV_N(const nrv_tensor, x));
}
