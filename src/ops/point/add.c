/* add - y = a + b */
#include "../op.h"

static void add_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = v->dy;
    if (v->need[1])
        v->dx[1] = v->dy;
}

NRV_REF2(add_ref, x + y)
NRV_WHOLE2(add_whole, x + y)

NRV_OP(add, .sig = "number a[...], number b[...] -> y[...]", .doc = "Sum.", .shape = nrv__infer_number,
       .flags = NRV_POINTWISE, .vjp = add_vjp, .ref = add_ref, .whole = add_whole,
       .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 1..2", "a[], b[7] in 1..2",
                 "a[0], b[1] in 1..2" });

/* Sum. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_add(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_add, NRV_N(const nrv_tensor, a, b));
}
