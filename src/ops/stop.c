/* stop - the value of x, and no gradient */
#include "op.h"

NRV_REF1(stop_ref, x)

NRV_OP(stop, .sig = "any x[...] -> y[...]", .doc = "The value of x; no gradient flows back through it.",
       .shape = nrv__infer_same, .flags = NRV_POINTWISE, .no_grad = "that is what it is for", .ref = stop_ref,
       .torch = "Tensor.detach", .test = { "x[3,5]", "x[]", "x[0]" });

NRV_API nrv_tensor nrv_stop(nrv_tensor x)
{
    return nrv__op(&nrv__op_stop, NRV_N(const nrv_tensor, x));
}
