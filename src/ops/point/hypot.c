/* hypot - y = sqrt(a^2 + b^2)    da = dy a / y, db = dy b / y */
#include "../op.h"
#include <math.h>

static void hypot_vjp(nrv_vjp *v)
{
    for (int i = 0; i < 2; i++)
        if (v->need[i])
            v->dx[i] = NRV_EXPR("dy, x, y: dy * (x / y)", v->dy, v->x[i], v->y);
}

NRV_REF2(hypot_ref, hypot(x, y))

NRV_OP(hypot, .sig = "real a[...], real b[...] -> y[...]",
       .doc =
           "Length of the hypotenuse of sides a and b, without overflow on the way; inf where either is infinite. The "
           "gradient where both are 0 is NaN, as in PyTorch.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = hypot_vjp, .ref = hypot_ref, .torch = "hypot",
       .numpy = "hypot",
       .refuse = { "a[3], b[4] => hypot: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: "
                   "input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a:i32[3], b:i32[3] => hypot: input 0 is i32, a real type is wanted | in here | input 0: input i32 "
                   "[3] a | input 1: input i32 [3] b | hint nrv_cast it to NRV_F32" },
       .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 1..2", "a[], b[1027] in 1..20",
                 "a[0], b[1] in 1..2" });

/* Square root of a^2 + b^2 of reals, without overflow on the way. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_hypot(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_hypot, NRV_N(const nrv_tensor, a, b));
}
