/* cbrt - y = x^(1/3)    dx = dy / 3y^2 */
#include "../op.h"
#include <math.h>

static void cbrt_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y: dy / (3 * y * y)", v->dy, v->y);
}

NRV_REF1(cbrt_ref, cbrt(x))

NRV_OP(cbrt, .sig = "real x[...] -> y[...]", .doc = "Cube root, of negative numbers, too; infinite gradient at 0.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = cbrt_vjp, .ref = cbrt_ref, .numpy = "cbrt",
       .refuse = NRV_WANTS_REAL(cbrt), .test = { "x[3,4] in -3..3", "x[] in 0.2..1", "x[0]", "x[1027] in 0.5..20" });

/* Cube root, of negative numbers, too; infinite gradient at 0. x and y (...) */
NRV_API nrv_tensor nrv_cbrt(nrv_tensor x)
{
    return nrv__op(&nrv__op_cbrt, NRV_N(const nrv_tensor, x));
}
