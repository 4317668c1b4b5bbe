/* hardswish - y = 0 below -3, x above 3, x (x + 3) / 6 between */
#include "../op.h"

static nrv_tensor hardswish_make(nrv__case *c)
{
    return nrv_hardswish(c->x[0]);
}

NRV_OP(hardswish, .sig = "real x[...] -> y[...]",
       .doc = "x times its hardsigmoid; the gradient at -3 and 3 is that of the middle (Howard et al. 2019).",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = hardswish_make, .torch = "nn.functional.hardswish nn.Hardswish",
       .onnx = "HardSwish", .refuse = NRV_WANTS_REAL(hardswish),
       .test = { "x[4,4] in -4..4", "x[]", "x[0]", "x[1024] in -4..4" });

/* x times its hardsigmoid; the gradient at -3 and 3 is that of the middle (Howard et al. 2019). x and y (...) */
NRV_API nrv_tensor nrv_hardswish(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_hardswish, 1, &x) ? NRV_EXPR("x: x < -3 ? 0 : x <= 3 ? x * (x + 3) / 6 : x", x)
                                                         : NULL;
}
