/* logical_not - true where x is 0 */
#include "../op.h"

static nrv_tensor logical_not_make(nrv__case *c)
{
    return nrv_logical_not(c->x[0]);
}

NRV_OP(logical_not, .sig = "any x[...] -> bool y[...]", .doc = "True where x is 0 or false.",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = logical_not_make, .torch = "logical_not", .numpy = "logical_not",
       .onnx = "Not", .test = { "x:bool[5]", "x:i32[7] in -2..2", "x[3,5] in -3..3", "x[0]" });

/* True where x is 0 or false. x and y (...) */
NRV_API nrv_tensor nrv_logical_not(nrv_tensor x)
{
    return nrv__op_wants(&nrv__op_logical_not, 1, &x) ? nrv_equal(x, nrv__like(x, 0)) : NULL;
}
