/* erfinv - the x whose erf is the argument    dx = dy sqrt(pi)/2 e^(y^2) */
#include "../op.h"
#include "special.h"
#include <math.h>

static void erfinv_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y: 0.886226925452758 * dy * exp(y * y)", v->dy, v->y);
}

NRV_REF1(erfinv_ref, 0.70710678118654752440 * nrv__normal_quantile(0.5 * x, 0.5 * (1 - fabs(x))))

NRV_OP(erfinv, .sig = "real x[...] -> y[...]", .doc = "Inverse of erf; infinite at -1 and 1, NaN beyond.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = erfinv_vjp, .ref = erfinv_ref,
       .torch = "erfinv special.erfinv", .refuse = NRV_WANTS_REAL(erfinv),
       .test = { "x[3,5] in -0.9..0.9", "x[] in 0.1..0.5", "x[0]", "x[1027] in -0.95..0.95" });

/* Inverse of erf; infinite at -1 and 1, NaN beyond. x and y (...) */
NRV_API nrv_tensor nrv_erfinv(nrv_tensor x)
{
    return nrv__op(&nrv__op_erfinv, NRV_N(const nrv_tensor, x));
}
