/* div.c - y = a / b; rounded towards zero (trunc_divide) or down (floor_divide), whole numbers as well */
#include "binary.h"
#include <string.h>

static void div_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = nrv_div(v->dy, v->x[1]);
    if (v->need[1])
        v->dx[1] = NRV_EXPR("dy, y, b: -dy * y / b", v->dy, v->y, v->x[1]);
}

NRV_REF2(div_ref, x / y)

static nrv_tensor div_make(nrv__case *c)
{
    const char *mode = nrv__case_text(c, "rounding_mode");
    nrv_tensor a = c->x[0], b = binary_second(c, "other");
    if (mode && !strcmp(mode, "floor"))
        return nrv_floor_divide(a, b);
    return mode && !strcmp(mode, "trunc") ? nrv_trunc_divide(a, b) : nrv_div(a, b);
}

static nrv_tensor floor_divide_make(nrv__case *c)
{
    return nrv_floor_divide(c->x[0], binary_second(c, "other"));
}

static nrv_tensor trunc_divide_make(nrv__case *c)
{
    return nrv_trunc_divide(c->x[0], binary_second(c, "other"));
}

NRV_OP(div, .sig = "real a[...], real b[...] -> y[...]", .doc = "Quotient of reals; as IEEE 754 says where b is 0.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = div_vjp, .ref = div_ref, .make = div_make,
       .torch = "div divide true_divide", .numpy = "divide true_divide", .onnx = "Div",
       .refuse = { "a[3], b[4] => div: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: "
                   "input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a[3], b:i32[3] => div: types differ: f32 and i32 | in here | input 0: input f32 [3] a | input 1: "
                   "input i32 [3] b | hint nrv_cast one of them",
                   "a:i32[3], b:i32[3] => div: input 0 is i32, a real type is wanted | in here | input 0: input i32 "
                   "[3] a | input 1: input i32 [3] b | hint nrv_cast it to NRV_F32" },
       .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 1..2", "a[], b[7] in 1..2",
                 "a[0], b[1] in 1..2" });

#define DIV_WHOLE(name)                                                                                               \
    .sig = "number a[...], number b[...] -> y[...]", .flags = NRV_MACRO, .no_grad = "it is a whole number",           \
    .refuse = { "a[3], b[4] => " name                                                                                 \
                ": shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: input f32 [4] b | "    \
                "hint only a length of 1 is stretched; nrv_reshape puts one in",                                      \
                "a[3], b:i32[3] => " name ": types differ: f32 and i32 | in here | input 0: input f32 [3] a | input " \
                "1: input i32 [3] b | hint nrv_cast one of them" },                                                   \
    .test = { "a[3,5] in 4.1..4.9, b[3,5] in 1.25..1.3",                                                              \
              "a[4,1,3] in -2.9..-2.1, b[2,1] in 1.5..2",                                                             \
              "a[] in 0.1..0.9, b[1027] in 1..20",                                                                    \
              "a:i32[3,5] in -20..20, b:i32[5]{-3, 1, 7, 4, -1}",                                                     \
              "a:u8[] {200}, b:u8{7, 0}",                                                                             \
              "a[0], b[1] in 1..2" }

NRV_OP(floor_divide,
       .doc = "Quotient rounded down, as exactly as the remainder is: 1 / 0.1 gives 9, for 0.1 is a little more than a "
              "tenth. Where b is 0 the quotient, which whole numbers hold as nrv_cast does.",
       .make = floor_divide_make, .torch = "floor_divide", .numpy = "floor_divide", DIV_WHOLE("floor_divide"));
NRV_OP(trunc_divide,
       .doc = "Quotient rounded towards 0; where b is 0 the quotient, which whole numbers hold as nrv_cast does.",
       .make = trunc_divide_make, DIV_WHOLE("trunc_divide"));

/* Quotient of reals. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_div(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_div, NRV_N(const nrv_tensor, a, b));
}

static nrv_tensor div_real(nrv_tensor x)
{
    return nrv__dtype_real(x->type) ? x : nrv_cast(x, NRV_F64);
}

/* The quotient rounded down. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_floor_divide(nrv_tensor a, nrv_tensor b)
{
    if (!binary_fits(&nrv__op_floor_divide, NRV_N(const nrv_tensor, a, b), nrv__infer_number))
        return NULL;
    nrv_tensor x = div_real(a), by = div_real(b), rest = nrv_fmod(x, by);
    nrv_tensor y = NRV_EXPR("a, b, m: (a - m) / b - (m == 0 ? 0 : (m < 0) != (b < 0) ? 1 : 0)", x, by, rest);
    return nrv__cast_like(nrv_stop(NRV_EXPR("a, b, y: b == 0 ? a / b : floor(y + 0.5)", x, by, y)), a);
}

/* The quotient rounded towards 0. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_trunc_divide(nrv_tensor a, nrv_tensor b)
{
    if (!binary_fits(&nrv__op_trunc_divide, NRV_N(const nrv_tensor, a, b), nrv__infer_number))
        return NULL;
    return nrv__cast_like(nrv_stop(NRV_EXPR("a, b: trunc(a / b)", div_real(a), div_real(b))), a);
}
