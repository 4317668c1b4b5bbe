/* airy - Airy's function Ai and its slope.    Ai' = airy_ai_slope    Ai'' = x Ai

   Their numbers come from cylinder.c. On the left, where they oscillate, the error is absolute. */
#include "special.h"
#include "../op.h"

static void airy_ai_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, s: dy * s", v->dy, nrv_airy_ai_slope(v->x[0]));
}

NRV_REF1(airy_ai_ref, nrv__airy(0, x))

NRV_OP(airy_ai, .sig = "real x[...] -> y[...]", .doc = "The solution of y'' = x y that vanishes on the right (Airy).",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = airy_ai_vjp, .ref = airy_ai_ref,
       .torch = "special.airy_ai", .refuse = NRV_WANTS_REAL(airy_ai),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..8",
                 "x{-9.0078125, -8.9921875, 0.984375, 1.015625}" });

/* The solution of y'' = x y that vanishes on the right (Airy). x and y (...) */
NRV_API nrv_tensor nrv_airy_ai(nrv_tensor x)
{
    return nrv__op(&nrv__op_airy_ai, NRV_N(const nrv_tensor, x));
}

static void airy_ai_slope_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x, y: dy * x * y", v->dy, v->x[0], nrv_airy_ai(v->x[0]));
}

NRV_REF1(airy_ai_slope_ref, nrv__airy(1, x))

NRV_OP(airy_ai_slope, .sig = "real x[...] -> y[...]",
       .doc = "The slope of airy_ai; NaN infinitely far on the left, where it swings ever further.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = airy_ai_slope_vjp, .ref = airy_ai_slope_ref,
       .refuse = NRV_WANTS_REAL(airy_ai_slope),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..8",
                 "x{-9.0078125, -8.9921875, 0.984375, 1.015625}" });

/* The slope of airy_ai; NaN infinitely far on the left, where it swings ever further. x and y (...) */
NRV_API nrv_tensor nrv_airy_ai_slope(nrv_tensor x)
{
    return nrv__op(&nrv__op_airy_ai_slope, NRV_N(const nrv_tensor, x));
}
