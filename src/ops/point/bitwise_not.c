/* bitwise_not - every bit turned: -1 - x, 255 - x of u8, not x of bool */
#include "../op.h"

static nrv_tensor bitwise_not_make(nrv__case *c)
{
    return nrv_bitwise_not(c->x[0]);
}

NRV_OP(
    bitwise_not, .sig = "integer x[...] -> y[...]",
    .doc = "Every bit turned: -1 - x of a signed integer, 255 - x of u8, not x of bool.",
    .flags = NRV_MACRO | NRV_POINTWISE, .make = bitwise_not_make, .torch = "bitwise_not", .numpy = "bitwise_not invert",
    .onnx = "BitwiseNot",
    .refuse = { "x[3] => bitwise_not: input 0 is f32, a whole number or bool is wanted | in here | input 0: input "
                "f32 [3] x | hint nrv_cast it to NRV_I32 or NRV_I64",
                "x:f64[] => bitwise_not: input 0 is f64, a whole number or bool is wanted | in here | input 0: input "
                "f64 [] x | hint nrv_cast it to NRV_I32 or NRV_I64" },
    .test = { "x:i32[7] in -9..9", "x:i64[3,5] in -1000..1000", "x:u8[9] in 0..255", "x:bool[5]", "x:i32[0]" });

/* Every bit turned: -1 - x of a signed integer, 255 - x of u8, not x of bool. x and y (...) */
NRV_API nrv_tensor nrv_bitwise_not(nrv_tensor x)
{
    if (!nrv__op_wants(&nrv__op_bitwise_not, 1, &x))
        return NULL;
    if (nrv__dtype_real(x->type))
        return nrv__op_refuses(&nrv__op_bitwise_not, 1, &x, NRV_EDTYPE, "nrv_cast it to NRV_I32 or NRV_I64",
                               "input 0 is %s, a whole number or bool is wanted", nrv__dtype_name(x->type));
    if (x->type == NRV_BOOL)
        return nrv_logical_not(x);
    return nrv_sub(nrv__like(x, x->type == NRV_U8 ? 255 : -1), x);
}
