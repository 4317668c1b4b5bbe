/* positive - +x, which is x: for programs that are written by others */
#include "binary.h"

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
    return binary_fits(&nrv__op_positive, 1, &x, nrv__infer_number) ? x : NULL;
}
