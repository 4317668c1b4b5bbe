/* positive - +x, which is x: for programs that are written by others */
#include "../op.h"

static nrv_tensor positive_make(nrv__case *c)
{
    return nrv_positive(c->x[0]);
}

NRV_OP(positive, .sig = "number x[...] -> y[...]", .doc = "+x, which is x.", .flags = NRV_MACRO | NRV_POINTWISE,
       .make = positive_make, .torch = "positive", .numpy = "positive", .refuse = NRV_WANTS_NUMBER(positive),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x:i32[7] in -9..9" });

/* +x, which is x. */
NRV_API nrv_tensor nrv_positive(nrv_tensor x)
{
    if (!nrv__op_wants(&nrv__op_positive, 1, &x))
        return NULL;
    if (x->type == NRV_BOOL)
        return nrv__op_refuses(&nrv__op_positive, 1, &x, NRV_EDTYPE, "nrv_cast it to a number",
                               "input 0 is bool, a number is wanted");
    return x;
}
