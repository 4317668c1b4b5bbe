/* addcmul.c - a sum with a product or a quotient: y = x + value a b, y = x + value a / b */
#include "binary.h"

static nrv_tensor addcmul_make(nrv__case *c)
{
    return nrv_addcmul(c->x[0], c->x[1], c->x[2], nrv__case_real(c, "value", 1));
}

static nrv_tensor addcdiv_make(nrv__case *c)
{
    return nrv_addcdiv(c->x[0], c->x[1], c->x[2], nrv__case_real(c, "value", 1));
}

#define ADDCMUL_COMMON(name)                                                                                           \
    .flags = NRV_MACRO, .ulp = 4, .tolerance_why = "a product, a quotient and a sum, each rounded",                    \
    .refuse = { "x[2,3], a[3], b[4] => " name                                                                          \
                ": shapes do not fit at axis 1 | in here | input 0: input f32 [2, 3] x | input 1: input f32 [3] a | "  \
                "input 2: input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",            \
                "x[3], a:i32[3], b[3] => " name                                                                        \
                ": types differ: f32 and i32 | in here | input 0: input f32 [3] x | input 1: input i32 [3] a | input " \
                "2: input f32 [3] b | hint nrv_cast one of them" },                                                    \
    .test = { "x[3,5], a[3,5] in -3..3, b[3,5] in 0.5..3", "x[4,1,3], a[2,1], b[] in 1..2, value=-2.5",                \
              "x[1027], a[1027], b[1027] in 1..2, value=0.5", "x[0], a[1], b[1]" }

NRV_OP(addcmul, .sig = "number x[...], number a[...], number b[...] -> y[...]", .doc = "x + value a b.",
       .make = addcmul_make, .torch = "addcmul", ADDCMUL_COMMON("addcmul"));
NRV_OP(addcdiv, .sig = "real x[...], real a[...], real b[...] -> y[...]", .doc = "x + value a / b.",
       .make = addcdiv_make, .torch = "addcdiv", ADDCMUL_COMMON("addcdiv"));

/* x + value a b. x, a, b and y broadcast together. */
NRV_API nrv_tensor nrv_addcmul(nrv_tensor x, nrv_tensor a, nrv_tensor b, double value)
{
    if (!binary_fits(&nrv__op_addcmul, NRV_N(const nrv_tensor, x, a, b), nrv__infer_number))
        return NULL;
    return NRV_EXPR("x, a, b, v: x + v * a * b", x, a, b, nrv__like(x, value));
}

/* x + value a / b. x, a, b and y broadcast together. */
NRV_API nrv_tensor nrv_addcdiv(nrv_tensor x, nrv_tensor a, nrv_tensor b, double value)
{
    if (!binary_fits(&nrv__op_addcdiv, NRV_N(const nrv_tensor, x, a, b), nrv__infer_point))
        return NULL;
    return NRV_EXPR("x, a, b, v: x + v * a / b", x, a, b, nrv__like(x, value));
}
