/* sinc - y = sin(pi x) / (pi x)    dx = dy (cos(pi x) - y) / x */
#include "../op.h"
#include <math.h>

/* of what is left of whole turns, for pi x would be off by more than a sine can bear */
static double sinc_at(double x)
{
    double turn = fmod(x, 2), half = fabs(turn) == 1 ? 0 : turn;
    return x == 0 ? 1 : isinf(x) ? 0 : sin(3.14159265358979323846 * half) / (3.14159265358979323846 * x);
}

/* near 0 by its series, for there the difference would cancel */
static void sinc_vjp(nrv_vjp *v)
{
    nrv_tensor x = v->x[0], far = NRV_EXPR("x: abs(x) < 0.01 ? 1 : x", x);
    nrv_tensor near = NRV_EXPR("x: abs(x) < 0.01 ? x : 0", x);
    nrv_tensor series =
        NRV_EXPR("x: x * (x * x * (3.2469697011334144 - 1.1445109447325053 * x * x) - 3.289868133696453)", near);
    v->dx[0] = NRV_EXPR("dy, x, y, f, s: dy * (abs(x) < 0.01 ? s : (cos(3.141592653589793 * f) - y) / f)", v->dy, x,
                        v->y, far, series);
}

NRV_REF1(sinc_ref, sinc_at(x))

NRV_OP(sinc, .sig = "real x[...] -> y[...]", .doc = "sin(pi x) / (pi x), 1 at 0, exactly 0 at other whole numbers.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = sinc_vjp, .ref = sinc_ref,
       .torch = "sinc special.sinc", .numpy = "sinc", .refuse = NRV_WANTS_REAL(sinc),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* sin(pi x) / (pi x), 1 at 0, exactly 0 at other whole numbers. x and y (...) */
NRV_API nrv_tensor nrv_sinc(nrv_tensor x)
{
    return nrv__op(&nrv__op_sinc, NRV_N(const nrv_tensor, x));
}
