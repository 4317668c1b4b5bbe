/* silu - y = x sigmoid(x)    dx = dy s (1 + x (1 - s)) */
#include "../op.h"
#include <math.h>

static void silu_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: dy * sigmoid(x) * (1 + x * (1 - sigmoid(x)))", v->dy, v->x[0]);
}

NRV_REF1(silu_ref, x >= 0 ? x / (1 + exp(-x)) : x * exp(x) / (1 + exp(x)))

NRV_OP(silu, .sig = "real x[...] -> y[...]",
       .doc = "Sigmoid-weighted linear unit, also called swish (Elfwing et al. 2018).", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = silu_vjp, .ref = silu_ref, .also = "swish", .torch = "nn.functional.silu nn.SiLU",
       .onnx = "Swish", .refuse = NRV_WANTS_REAL(silu),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..20" });

/* Sigmoid-weighted linear unit, also called swish (Elfwing et al. 2018). x and y (...) */
NRV_API nrv_tensor nrv_silu(nrv_tensor x)
{
    return nrv__op(&nrv__op_silu, NRV_N(const nrv_tensor, x));
}
