/* softshrink - y = x - lambd, x + lambd or 0 */
#include "../op.h"

static nrv_tensor softshrink_make(nrv__case *c)
{
    return nrv_softshrink(c->x[0], nrv__case_real(c, "lambd", 0.5));
}

NRV_OP(softshrink, .sig = "real x[...] -> y[...]",
       .doc = "x moved towards 0 by lambd, and no further; NaN stays (Donoho 1995).",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = softshrink_make, .torch = "nn.functional.softshrink nn.Softshrink",
       .onnx = "Shrink",
       .refuse = { "x:i32[3] => softshrink: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x "
                   "| hint nrv_cast it to NRV_F32",
                   "x[3], lambd=-1 => softshrink: lambd is -1, it is at least 0 | in here | input 0: input f32 [3] x | "
                   "hint 0.5 is usual" },
       .test = { "x[3,4] in -3..3", "x[]", "x[0]", "x[1024] in -4..4, lambd=0.25" });

/* x moved towards 0 by lambd, and no further; NaN stays (Donoho 1995). x and y (...) */
NRV_API nrv_tensor nrv_softshrink(nrv_tensor x, double lambd)
{
    if (!nrv__op_wants_real(&nrv__op_softshrink, 1, &x))
        return NULL;
    if (!(lambd >= 0))
        return nrv__op_refuses(&nrv__op_softshrink, 1, &x, NRV_EARG, "0.5 is usual", "lambd is %g, it is at least 0",
                               lambd);
    return NRV_EXPR("x, l: x > l ? x - l : x < -l ? x + l : 0 * x", x, nrv__like(x, lambd));
}
