/* tanhshrink - y = x - tanh x    dx = dy tanh(x)^2 */
#include "../op.h"
#include <math.h>

/* below 1 by Lambert's fraction tanh x = x / (1 + c), c = x^2 / (3 + x^2 / (5 + ...)), so that nothing cancels */
static double tanhshrink_at(double x)
{
    double c = 0;
    if (!(fabs(x) < 1))
        return x - tanh(x);
    for (int k = 21; k > 1; k -= 2)
        c = x * x / (k + c);
    return x * c / (1 + c);
}

static void tanhshrink_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy * square(tanh(x))", v->dy, v->x[0]);
}

NRV_REF1(tanhshrink_ref, tanhshrink_at(x))

NRV_OP(tanhshrink, .sig = "real x[...] -> y[...]", .doc = "x - tanh x, without cancellation near 0.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = tanhshrink_vjp, .ref = tanhshrink_ref,
       .torch = "nn.functional.tanhshrink nn.Tanhshrink", .refuse = NRV_WANTS_REAL(tanhshrink),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* x - tanh x, without cancellation near 0. x and y (...) */
NRV_API nrv_tensor nrv_tanhshrink(nrv_tensor x)
{
    return nrv__op(&nrv__op_tanhshrink, NRV_N(const nrv_tensor, x));
}
