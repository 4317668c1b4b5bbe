/* softmin - e^-x / sum e^-x along an axis */
#include "../op.h"

static nrv_tensor softmin_make(nrv__case *c)
{
    return nrv_softmin(c->x[0], nrv__case_small(c, "axis", -1));
}

NRV_OP(softmin, .sig = "real x[...] -> y[...]", .doc = "e^-x / sum e^-x along an axis, without overflow.",
       .flags = NRV_MACRO, .make = softmin_make, .torch = "nn.functional.softmin nn.Softmin", .ulp = 8,
       .tolerance_why = "a sum of exponentials and a quotient, each rounded",
       .refuse = { "x[3,5], axis=2 => softmin: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "x:i32[3] => softmin: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | "
                   "hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5] in -5..5, axis=1", "x[2,3,4], axis=0", "x[0,4], axis=1" });

/* e^-x / sum e^-x along an axis, without overflow. x and y (...) */
NRV_API nrv_tensor nrv_softmin(nrv_tensor x, int axis)
{
    if (!nrv__op_wants_real(&nrv__op_softmin, 1, &x) || !nrv__axis(x, &axis, "softmin"))
        return NULL;
    return nrv_softmax(nrv_neg(x), axis);
}
