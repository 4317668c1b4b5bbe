/* sub - y = a - b */
#include "../op.h"

static void sub_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = v->dy;
    if (v->need[1])
        v->dx[1] = nrv_neg(v->dy);
}

NRV_REF2(sub_ref, x - y)
NRV_WHOLE2(sub_whole, x - y)

NRV_OP(sub, .sig = "number a[...], number b[...] -> y[...]", .doc = "Difference.", .shape = nrv__infer_number,
       .flags = NRV_POINTWISE, .vjp = sub_vjp, .ref = sub_ref, .whole = sub_whole,
       .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 1..2", "a[], b[7] in 1..2",
                 "a[0], b[1] in 1..2" });

/* Difference. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_sub(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_sub, NRV_N(const nrv_tensor, a, b));
}
