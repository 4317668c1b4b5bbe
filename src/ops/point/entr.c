/* entr - y = -x ln x    dx = -dy (1 + ln x) */
#include "../op.h"
#include <math.h>

static double entr_at(double x)
{
    return x > 0 || x != x ? -x * log(x) : x == 0 ? 0 : -INFINITY;
}

static void entr_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: -dy * (1 + log(x))", v->dy, v->x[0]);
}

NRV_REF1(entr_ref, entr_at(x))

NRV_OP(entr, .sig = "real x[...] -> y[...]", .doc = "Entropy of one part: -x ln x, 0 at 0, -inf below.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = entr_vjp, .ref = entr_ref, .torch = "special.entr",
       .refuse = NRV_WANTS_REAL(entr), .test = { "x[3,5] in 0.1..3", "x[] in 0.1..3", "x[0]", "x[1027] in 0.5..20" });

/* Entropy of one part: -x ln x, 0 at 0, -inf below. x and y (...) */
NRV_API nrv_tensor nrv_entr(nrv_tensor x)
{
    return nrv__op(&nrv__op_entr, NRV_N(const nrv_tensor, x));
}
