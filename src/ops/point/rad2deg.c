/* rad2deg - y = x 180 / pi */
#include "../op.h"

static nrv_tensor rad2deg_make(nrv__case *c)
{
    return nrv_rad2deg(c->x[0]);
}

NRV_OP(rad2deg, .sig = "real x[...] -> y[...]", .doc = "Radians to degrees.", .flags = NRV_MACRO | NRV_POINTWISE,
       .make = rad2deg_make, .torch = "rad2deg", .numpy = "rad2deg degrees", .refuse = NRV_WANTS_REAL(rad2deg),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* Radians to degrees. x and y (...) */
NRV_API nrv_tensor nrv_rad2deg(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_rad2deg, 1, &x) ? NRV_EXPR("x: 57.29577951308232 * x", x) : NULL;
}
