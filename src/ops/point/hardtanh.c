/* hardtanh - y = min(max(x, lo), hi) */
#include "../op.h"

static nrv_tensor hardtanh_make(nrv__case *c)
{
    return nrv_hardtanh(c->x[0], nrv__case_real(c, "min_val", -1), nrv__case_real(c, "max_val", 1));
}

NRV_OP(
    hardtanh, .sig = "real x[...] -> y[...]",
    .doc =
        "x kept in lo..hi, -1..1 in the text form; the gradient is 0 at both ends, as PyTorch (nrv_clamp has 1 there).",
    .flags = NRV_MACRO | NRV_POINTWISE, .make = hardtanh_make, .torch = "nn.functional.hardtanh nn.Hardtanh",
    .refuse = { "x:i32[3] => hardtanh: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | "
                "hint nrv_cast it to NRV_F32",
                "x[3], min_val=2 => hardtanh: from 2 to 1 is empty | in here | input 0: input f32 [3] x | hint -1 and "
                "1 are usual" },
    .test = { "x[3,4] in -3..3", "x[]", "x[0]", "x[1024] in -4..4, min_val=-2, max_val=0.5" });

/* x kept in lo..hi, -1..1 in the text form; the gradient is 0 at both ends, as PyTorch (nrv_clamp has 1 there). x and
   y (...) */
NRV_API nrv_tensor nrv_hardtanh(nrv_tensor x, double lo, double hi)
{
    if (!nrv__op_wants_real(&nrv__op_hardtanh, 1, &x))
        return NULL;
    if (!(lo <= hi))
        return nrv__op_refuses(&nrv__op_hardtanh, 1, &x, NRV_EARG, "-1 and 1 are usual", "from %g to %g is empty", lo,
                               hi);
    return NRV_EXPR("x, l, h: x <= l ? l : x >= h ? h : x", x, nrv__like(x, lo), nrv__like(x, hi));
}
