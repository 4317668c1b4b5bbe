/* deg2rad - y = x pi / 180 */
#include "../op.h"

static nrv_tensor deg2rad_make(nrv__case *c)
{
    return nrv_deg2rad(c->x[0]);
}

NRV_OP(deg2rad, .sig = "real x[...] -> y[...]", .doc = "Degrees to radians.", .flags = NRV_MACRO | NRV_POINTWISE,
       .make = deg2rad_make, .torch = "deg2rad", .numpy = "deg2rad radians", .refuse = NRV_WANTS_REAL(deg2rad),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* Degrees to radians. x and y (...) */
NRV_API nrv_tensor nrv_deg2rad(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_deg2rad, 1, &x) ? NRV_EXPR("x: 0.017453292519943295 * x", x) : NULL;
}
