/* add - y = a + b */
#include "binary.h"

static void add_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = v->dy;
    if (v->need[1])
        v->dx[1] = v->dy;
}

NRV_REF2(add_ref, x + y)
NRV_WHOLE2(add_whole, x + y)

/* with PyTorch's alpha: the second is taken so many times */
static nrv_tensor add_make(nrv__case *c)
{
    nrv_tensor b = binary_second(c, "other");
    return nrv_add(c->x[0], nrv__case_text(c, "alpha") ? nrv_mul_c(b, nrv__case_real(c, "alpha", 1)) : b);
}

NRV_OP(add, .sig = "number a[...], number b[...] -> y[...]", .doc = "Sum.", .shape = nrv__infer_number,
       .flags = NRV_POINTWISE, .vjp = add_vjp, .ref = add_ref, .whole = add_whole, .make = add_make, .torch = "add",
       .numpy = "add", .onnx = "Add",
       .refuse = { "a[3], b[4] => add: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: "
                   "input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a[3], b:i32[3] => add: types differ: f32 and i32 | in here | input 0: input f32 [3] a | input 1: "
                   "input i32 [3] b | hint nrv_cast one of them",
                   "a:bool[3], b:bool[3] => add: input 0 is bool, a number is wanted | in here | input 0: input bool "
                   "[3] a | input 1: input bool [3] b | hint nrv_cast it to a number" },
       .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 1..2", "a[], b[7] in 1..2",
                 "a[0], b[1] in 1..2" });

/* Sum. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_add(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_add, NRV_N(const nrv_tensor, a, b));
}
