/* hardshrink - y = x where |x| > lambd, else 0 */
#include "../op.h"

static nrv_tensor hardshrink_make(nrv__case *c)
{
    return nrv_hardshrink(c->x[0], nrv__case_real(c, "lambd", 0.5));
}

NRV_OP(hardshrink, .sig = "real x[...] -> y[...]", .doc = "x where it is further than lambd from 0, else 0.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = hardshrink_make,
       .torch = "hardshrink nn.functional.hardshrink nn.Hardshrink", .onnx = "Shrink",
       .refuse = NRV_WANTS_REAL(hardshrink),
       .test = { "x[3,4] in -3..3", "x[]", "x[0]", "x[1024] in -4..4, lambd=0.25" });

/* x where it is further than lambd from 0, else 0. x and y (...) */
NRV_API nrv_tensor nrv_hardshrink(nrv_tensor x, double lambd)
{
    return nrv__op_wants_real(&nrv__op_hardshrink, 1, &x)
               ? NRV_EXPR("x, l: abs(x) <= l ? 0 : x", x, nrv__like(x, lambd))
               : NULL;
}
