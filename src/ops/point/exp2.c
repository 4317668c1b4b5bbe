/* exp2 - y = 2^x    dx = dy y ln 2 */
#include "../op.h"
#include <math.h>

static void exp2_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y: 0.6931471805599453 * dy * y", v->dy, v->y);
}

NRV_REF1(exp2_ref, exp2(x))

NRV_OP(exp2, .sig = "real x[...] -> y[...]", .doc = "Power of 2.", .shape = nrv__infer_point, .flags = NRV_POINTWISE,
       .vjp = exp2_vjp, .ref = exp2_ref, .torch = "exp2 special.exp2", .numpy = "exp2", .refuse = NRV_WANTS_REAL(exp2),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -5..5" });

/* Power of 2. x and y (...) */
NRV_API nrv_tensor nrv_exp2(nrv_tensor x)
{
    return nrv__op(&nrv__op_exp2, NRV_N(const nrv_tensor, x));
}
