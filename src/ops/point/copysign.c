/* copysign - the size of a with the sign of b */
#include "binary.h"

static nrv_tensor copysign_make(nrv__case *c)
{
    return nrv_copysign(c->x[0], binary_second(c, "other"));
}

NRV_OP(copysign, .sig = "real a[...], real b[...] -> y[...]",
       .doc = "The size of a with the sign of b; a zero has its sign, a NaN counts as positive. The gradient by a is 0 "
              "where a is 0, by b it is 0.",
       .flags = NRV_MACRO, .make = copysign_make, .torch = "copysign", .numpy = "copysign",
       .refuse = { "a[3], b[4] => copysign: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input "
                   "1: input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a:i32[3], b:i32[3] => copysign: input 0 is i32, a real type is wanted | in here | input 0: input "
                   "i32 [3] a | input 1: input i32 [3] b | hint nrv_cast it to NRV_F32" },
       .test = { "a[3,5] in -3..3, b[3,5] in -3..3", "a[4,1,3], b[2,1]", "a[1027], b[]", "a[0], b[1]" });

/* |a| with the sign of b. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_copysign(nrv_tensor a, nrv_tensor b)
{
    if (!binary_fits(&nrv__op_copysign, NRV_N(const nrv_tensor, a, b), nrv__infer_point))
        return NULL;
    return NRV_EXPR("a, b, s: b == 0 ? 1 / b < 0 ? -s : s : b < 0 ? -s : s", a, nrv_stop(b), nrv_abs(a));
}
