/* sub.c - y = a - b; and the other way round, y = b - a */
#include "binary.h"

static void sub_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = v->dy;
    if (v->need[1])
        v->dx[1] = nrv_neg(v->dy);
}

NRV_REF2(sub_ref, x - y)
NRV_WHOLE2(sub_whole, x - y)

/* with PyTorch's alpha: the second is taken so many times */
static nrv_tensor sub_make(nrv__case *c)
{
    nrv_tensor b = binary_second(c, "other");
    return nrv_sub(c->x[0], nrv__case_text(c, "alpha") ? nrv_mul_c(b, nrv__case_real(c, "alpha", 1)) : b);
}

NRV_OP(sub, .sig = "number a[...], number b[...] -> y[...]", .doc = "Difference.", .shape = nrv__infer_number,
       .flags = NRV_POINTWISE, .vjp = sub_vjp, .ref = sub_ref, .whole = sub_whole, .make = sub_make,
       .torch = "sub subtract", .numpy = "subtract", .onnx = "Sub",
       .refuse = { "a[3], b[4] => sub: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: "
                   "input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a[3], b:i32[3] => sub: types differ: f32 and i32 | in here | input 0: input f32 [3] a | input 1: "
                   "input i32 [3] b | hint nrv_cast one of them" },
       .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 1..2", "a[], b[7] in 1..2",
                 "a[0], b[1] in 1..2" });

static nrv_tensor rsub_make(nrv__case *c)
{
    nrv_tensor a = c->x[0];
    return nrv_rsub(nrv__case_text(c, "alpha") ? nrv_mul_c(a, nrv__case_real(c, "alpha", 1)) : a,
                    binary_second(c, "other"));
}

NRV_OP(rsub, .sig = "number a[...], number b[...] -> y[...]", .doc = "Difference the other way round: b - a.",
       .flags = NRV_MACRO, .make = rsub_make, .torch = "rsub",
       .refuse = { "a[3], b[4] => rsub: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: "
                   "input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a[3], b:i32[3] => rsub: types differ: f32 and i32 | in here | input 0: input f32 [3] a | input 1: "
                   "input i32 [3] b | hint nrv_cast one of them" },
       .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3], b[2,1], alpha=2.5", "a[3], other=1", "a[0], b[1]" });

/* Difference. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_sub(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_sub, NRV_N(const nrv_tensor, a, b));
}

/* b - a. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_rsub(nrv_tensor a, nrv_tensor b)
{
    return binary_fits(&nrv__op_rsub, NRV_N(const nrv_tensor, a, b), nrv__infer_number) ? nrv_sub(b, a) : NULL;
}
