/* square - y = x^2    dx = 2 x dy */
#include "../op.h"

static void square_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x: 2 * x * dy", v->dy, v->x[0]);
}

NRV_REF1(square_ref, x *x)

NRV_OP(square, .sig = "number x[...] -> y[...]", .doc = "The square.", .shape = nrv__infer_number,
       .flags = NRV_POINTWISE, .vjp = square_vjp, .ref = square_ref, .torch = "square", .numpy = "square",
       .refuse = NRV_WANTS_NUMBER(square),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..20", "x:i32[7] in -9..9" });

/* The square. x and y (...) */
NRV_API nrv_tensor nrv_square(nrv_tensor x)
{
    return nrv__op(&nrv__op_square, NRV_N(const nrv_tensor, x));
}
