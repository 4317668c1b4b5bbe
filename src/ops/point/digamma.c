/* digamma - y = d ln Gamma(x) / dx    dx = dy polygamma(1, x) */
#include "../op.h"
#include "special.h"

static void digamma_vjp(nrv_vjp *v)
{
    v->dx[0] = nrv_mul(v->dy, nrv_polygamma(1, v->x[0]));
}

NRV_REF1(digamma_ref, nrv__digamma(x))

NRV_OP(digamma, .sig = "real x[...] -> y[...]",
       .doc = "Logarithmic derivative of the gamma function; -inf at 0, NaN at -1, -2..., as PyTorch.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = digamma_vjp, .ref = digamma_ref,
       .torch = "digamma special.digamma special.psi", .refuse = NRV_WANTS_REAL(digamma),
       .test = { "x[3,5] in 0.3..5", "x[] in 0.5..2", "x[0]", "x[1027] in 0.5..40", "x[8] in -1.9..-1.1" });

/* Logarithmic derivative of the gamma function; -inf at 0, NaN at -1, -2..., as PyTorch. x and y (...) */
NRV_API nrv_tensor nrv_digamma(nrv_tensor x)
{
    return nrv__op(&nrv__op_digamma, NRV_N(const nrv_tensor, x));
}
