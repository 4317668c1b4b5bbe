/* neg - y = -x    dx = -dy */
#include "../op.h"

static void neg_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy: -dy", v->dy);
}

NRV_REF1(neg_ref, -x)

NRV_OP(neg, .sig = "number x[...] -> y[...]", .doc = "The negative.", .shape = nrv__infer_number,
       .flags = NRV_POINTWISE, .vjp = neg_vjp, .ref = neg_ref, .torch = "neg negative", .numpy = "negative",
       .onnx = "Neg", .refuse = NRV_WANTS_NUMBER(neg),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -20..20", "x:i32[7] in -9..9" });

/* The negative. x and y (...) */
NRV_API nrv_tensor nrv_neg(nrv_tensor x)
{
    return nrv__op(&nrv__op_neg, NRV_N(const nrv_tensor, x));
}
