/* equal - y = a = b */
#include "binary.h"

NRV_REF2(equal_ref, x == y)
NRV_WHOLE2(equal_whole, x == y)

static nrv_tensor equal_make(nrv__case *c)
{
    return nrv_equal(c->x[0], binary_second(c, "other"));
}

NRV_OP(equal, .sig = "any a[...], any b[...] -> bool y[...]", .doc = "True where a = b.", .shape = nrv__infer_compare,
       .flags = NRV_POINTWISE, .no_grad = "its value is true or false", .ref = equal_ref, .whole = equal_whole,
       .make = equal_make, .torch = "eq", .numpy = "equal", .onnx = "Equal",
       .refuse = { "a[3], b[4] => equal: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: "
                   "input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a[3], b:i32[3] => equal: types differ: f32 and i32 | in here | input 0: input f32 [3] a | input 1: "
                   "input i32 [3] b | hint nrv_cast one of them" },
       .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 1..2", "a[], b[7] in 1..2",
                 "a[0], b[1] in 1..2", "a:i32[3,40] in -3..3, b:i32[40] in -3..3", "a:bool[3,5], b:bool[5]" });

/* True where a = b. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_equal(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_equal, NRV_N(const nrv_tensor, a, b));
}
