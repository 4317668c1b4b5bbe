/* mul - y = a b */
#include "binary.h"

static void mul_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = nrv_mul(v->dy, v->x[1]);
    if (v->need[1])
        v->dx[1] = nrv_mul(v->dy, v->x[0]);
}

NRV_REF2(mul_ref, x *y)
NRV_WHOLE2(mul_whole, x *y)

static nrv_tensor mul_make(nrv__case *c)
{
    return nrv_mul(c->x[0], binary_second(c, "other"));
}

NRV_OP(mul, .sig = "number a[...], number b[...] -> y[...]", .doc = "Product.", .shape = nrv__infer_number,
       .flags = NRV_POINTWISE, .vjp = mul_vjp, .ref = mul_ref, .whole = mul_whole, .make = mul_make,
       .torch = "mul multiply", .numpy = "multiply", .onnx = "Mul",
       .refuse = { "a[3], b[4] => mul: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: "
                   "input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a[3], b:i32[3] => mul: types differ: f32 and i32 | in here | input 0: input f32 [3] a | input 1: "
                   "input i32 [3] b | hint nrv_cast one of them" },
       .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 1..2", "a[], b[7] in 1..2",
                 "a[0], b[1] in 1..2" });

/* Product. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_mul(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_mul, NRV_N(const nrv_tensor, a, b));
}
