/* zeta - Hurwitz' zeta function: the sum over k >= 0 of (q + k)^-s    dq = -dy s zeta(s + 1, q) */
#include "binary.h"
#include "special.h"

NRV_REF2(zeta_ref, nrv__zeta(x, y))

static void zeta_vjp(nrv_vjp *v)
{
    if (!v->need[1])
        return;
    nrv_tensor s = nrv__cast_like(v->x[0], v->x[1]);
    nrv_tensor next = nrv_zeta(NRV_EXPR("s: s + 1", s), v->x[1]);
    v->dx[1] = NRV_EXPR("dy, s, z: -dy * s * z", v->dy, s, next);
}

NRV_OP(zeta, .sig = "number s[...], real q[...] -> y[...]",
       .doc =
           "The sum over k >= 0 of (q + k)^-s (Hurwitz): infinite at s = 1 and at q = 0, -1, -2..., NaN for s < 1. No "
           "gradient to s, which may be whole.",
       .shape = binary_second_real, .flags = NRV_POINTWISE, .vjp = zeta_vjp, .ref = zeta_ref, .torch = "special.zeta",
       .refuse = { "s[3], q[4] => zeta: shapes do not fit at axis 0 | in here | input 0: input f32 [3] s | input 1: "
                   "input f32 [4] q | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "s[3], q:i32[3] => zeta: input 1 is i32, a real type is wanted | in here | input 0: input f32 [3] s "
                   "| input 1: input i32 [3] q | hint nrv_cast it to NRV_F32",
                   "s:bool[3], q[3] => zeta: input 0 is bool, a number is wanted | in here | input 0: input bool [3] s "
                   "| input 1: input f32 [3] q | hint nrv_cast it to a number" },
       .test = { "s:i32[3,5] in 2..9, q[3,5] in 0.5..9", "s:i32[4,1,3] in 2..9, q[2,1] in 1..60",
                 "s:i32[]{3}, q[1027] in 0.7..9", "s:i64{2, 3, 2}, q{-0.5, -1.25, 2}", "s:i32[0], q[1] in 1..2" });

/* The sum over k >= 0 of (q + k)^-s, without a gradient to s, which may be real or whole. s, q and y broadcast
   together. */
NRV_API nrv_tensor nrv_zeta(nrv_tensor s, nrv_tensor q)
{
    return nrv__op(&nrv__op_zeta, NRV_N(const nrv_tensor, s, q));
}
