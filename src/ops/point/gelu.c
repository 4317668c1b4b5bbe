/* gelu - y = x Phi(x)    dx = dy (Phi(x) + x phi(x)) */
#include "../op.h"
#include <math.h>
#include <string.h>

static void gelu_vjp(nrv_vjp *v)
{
    v->dx[0] =
        NRV_EXPR("dy, x: dy * (0.5 + 0.5 * erf(0.7071067811865475 * x) + 0.3989422804014327 * x * exp(-0.5 * x * x))",
                 v->dy, v->x[0]);
}

NRV_REF1(gelu_ref, 0.5 * x * erfc(-x * 0.70710678118654752))

static nrv_tensor gelu_make(nrv__case *c)
{
    const char *approximate = nrv__case_text(c, "approximate");
    return approximate && !strcmp(approximate, "tanh") ? nrv_gelu_tanh(c->x[0]) : nrv_gelu(c->x[0]);
}

NRV_OP(gelu, .make = gelu_make, .sig = "real x[...] -> y[...]",
       .doc = "Gaussian error linear unit, the exact form with erf (Hendrycks & Gimpel 2016).",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = gelu_vjp, .ref = gelu_ref,
       .torch = "nn.functional.gelu nn.GELU", .onnx = "Gelu", .refuse = NRV_WANTS_REAL(gelu),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5", "x[7] in -3..3, approximate=tanh" });

/* Gaussian error linear unit, the exact form with erf (Hendrycks & Gimpel 2016). x and y (...) */
NRV_API nrv_tensor nrv_gelu(nrv_tensor x)
{
    return nrv__op(&nrv__op_gelu, NRV_N(const nrv_tensor, x));
}
