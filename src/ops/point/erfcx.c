/* erfcx - y = e^(x^2) erfc x    dx = dy (2 x y - 2/sqrt(pi)) */
#include "../op.h"
#include <math.h>

/* far out by its asymptotic series, for there the factors leave the range of a double */
static double erfcx_at(double x)
{
    if (x < 25)
        return exp(x * x) * erfc(x);
    double h = 0.5 / (x * x);
    return 0.56418958354775628695 / x * (1 - h * (1 - 3 * h * (1 - 5 * h * (1 - 7 * h))));
}

static void erfcx_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x, y: dy * (2 * x * y - 1.1283791670955126)", v->dy, v->x[0], v->y);
}

NRV_REF1(erfcx_ref, erfcx_at(x))

NRV_OP(erfcx, .sig = "real x[...] -> y[...]",
       .doc = "erfc scaled by e^(x^2): it neither underflows nor cancels above 0.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = erfcx_vjp, .ref = erfcx_ref, .torch = "special.erfcx",
       .refuse = NRV_WANTS_REAL(erfcx), .test = { "x[3,5] in -2..3", "x[]", "x[0]", "x[1027] in -1..60" });

/* erfc scaled by e^(x^2): it neither underflows nor cancels above 0. x and y (...) */
NRV_API nrv_tensor nrv_erfcx(nrv_tensor x)
{
    return nrv__op(&nrv__op_erfcx, NRV_N(const nrv_tensor, x));
}
