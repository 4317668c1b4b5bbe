/* div - y = a / b */
#include "../op.h"

static void div_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = nrv_div(v->dy, v->x[1]);
    if (v->need[1])
        v->dx[1] = NRV_EXPR("dy, y, b: -dy * y / b", v->dy, v->y, v->x[1]);
}

NRV_REF2(div_ref, x / y)

NRV_OP(div, .sig = "real a[...], real b[...] -> y[...]", .doc = "Quotient of reals.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = div_vjp, .ref = div_ref,
       .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 1..2", "a[], b[7] in 1..2",
                 "a[0], b[1] in 1..2" });

/* Quotient of reals. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_div(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_div, NRV_N(const nrv_tensor, a, b));
}
