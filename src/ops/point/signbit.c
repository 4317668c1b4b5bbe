/* signbit - true where the sign is minus, of -0 and of NaN, too */
#include "../op.h"
#include <math.h>

static bool signbit_shape(nrv__infer *s)
{
    if (!nrv__infer_point(s))
        return false;
    s->type = NRV_BOOL;
    return true;
}

NRV_REF1(signbit_ref, signbit(x) ? 1 : 0)

NRV_OP(signbit, .sig = "real x[...] -> bool y[...]", .doc = "True where the sign is minus, of -0 and of NaN, too.",
       .shape = signbit_shape, .flags = NRV_POINTWISE, .no_grad = "its value is true or false", .ref = signbit_ref,
       .torch = "signbit", .numpy = "signbit", .refuse = NRV_WANTS_REAL(signbit),
       .test = { "x{-1, -0.0, 0, inf, -inf, 3}", "x[]", "x[0]", "x[1027] in -5..5" });

/* True where the sign is minus, of -0 and of NaN, too. x and y (...) */
NRV_API nrv_tensor nrv_signbit(nrv_tensor x)
{
    return nrv__op(&nrv__op_signbit, NRV_N(const nrv_tensor, x));
}
