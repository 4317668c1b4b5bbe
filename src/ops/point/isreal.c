/* isreal - true everywhere: complex numbers are pairs along an axis here, and what is one number is real */
#include "../op.h"

static nrv_tensor isreal_make(nrv__case *c)
{
    return nrv_isreal(c->x[0]);
}

NRV_OP(isreal, .sig = "any x[...] -> bool y[...]", .doc = "True for every number, for all are real.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = isreal_make, .torch = "isreal", .numpy = "isreal",
       .test = { "x[3,5] in -3..3", "x{nan, inf, 0}", "x:i32[7] in -9..9", "x[0]" });

/* True for every number of x, for all are real. x and y (...) */
NRV_API nrv_tensor nrv_isreal(nrv_tensor x)
{
    return nrv__op_wants(&nrv__op_isreal, 1, &x) ? nrv_fill(x->g, NRV_BOOL, nrv_shape_of(x), 1) : NULL;
}
