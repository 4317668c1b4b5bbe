/* gelu_tanh - y = 0.5 x (1 + tanh u) = x sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x^3) */
#include "../op.h"
#include <math.h>

static void gelu_tanh_vjp(nrv_vjp *v)
{
    nrv_tensor s = NRV_EXPR("x: sigmoid(1.5957691216057308 * (x + 0.044715 * x * x * x))", v->x[0]);
    v->dx[0] = NRV_EXPR("dy, x, s: dy * s * (1 + x * (1 - s) * (1.5957691216057308 + 0.21406444881780104 * x * x))",
                        v->dy, v->x[0], s);
}

NRV_REF1(gelu_tanh_ref, x / (1 + exp(-1.5957691216057307118 * (x + 0.044715 * x * x * x))))

NRV_OP(gelu_tanh, .sig = "real x[...] -> y[...]",
       .doc = "Gaussian error linear unit, the approximation by tanh (Hendrycks & Gimpel 2016).",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = gelu_tanh_vjp, .ref = gelu_tanh_ref,
       .refuse = NRV_WANTS_REAL(gelu_tanh), .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* Gaussian error linear unit, the approximation by tanh (Hendrycks & Gimpel 2016). x and y (...) */
NRV_API nrv_tensor nrv_gelu_tanh(nrv_tensor x)
{
    return nrv__op(&nrv__op_gelu_tanh, NRV_N(const nrv_tensor, x));
}
