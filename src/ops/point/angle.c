/* angle - pi where x < 0, else 0 */
#include "../op.h"

static nrv_tensor angle_make(nrv__case *c)
{
    return nrv_angle(c->x[0]);
}

NRV_OP(angle, .sig = "real x[...] -> y[...]",
       .doc = "The angle of a real number in the complex plane: pi below 0, else 0; NaN stays. No gradient.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = angle_make, .torch = "angle", .numpy = "angle",
       .refuse = NRV_WANTS_REAL(angle), .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* The angle of a real number in the complex plane: pi below 0, else 0; NaN stays. No gradient. x and y (...) */
NRV_API nrv_tensor nrv_angle(nrv_tensor x)
{
    return nrv__op_wants_real(&nrv__op_angle, 1, &x)
               ? NRV_EXPR("x: x < 0 ? 3.141592653589793 : x == x ? 0 : x", nrv_stop(x))
               : NULL;
}
