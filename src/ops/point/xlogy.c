/* xlogy.c - a ln b and a ln(1 + b), 0 where a is 0: what entropies are made of */
#include "binary.h"

static nrv_tensor xlogy_make(nrv__case *c)
{
    return nrv_xlogy(c->x[0], binary_second(c, "other"));
}

static nrv_tensor xlog1py_make(nrv__case *c)
{
    return nrv_xlog1py(c->x[0], binary_second(c, "other"));
}

#define XLOGY_COMMON(name)                                                                                          \
    .sig = "real a[...], real b[...] -> y[...]", .flags = NRV_MACRO, .ulp = 4,                                      \
    .tolerance_why = "a logarithm and a product, each rounded",                                                     \
    .refuse = { "a[3], b[4] => " name                                                                               \
                ": shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: input f32 [4] b | "  \
                "hint only a length of 1 is stretched; nrv_reshape puts one in",                                    \
                "a:i32[3], b:i32[3] => " name ": input 0 is i32, a real type is wanted | in here | input 0: input " \
                "i32 [3] a | input 1: input i32 [3] b | hint nrv_cast it to NRV_F32" },                             \
    .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 1..2", "a[], b[1027] in 0.1..9",   \
              "a{0, 0}, b{0.5, 3}", "a[0], b[1] in 1..2" }

NRV_OP(xlogy,
       .doc = "a ln b; 0 where a is 0, whatever number b is; NaN where b is NaN. The gradient by a is 0 where a is 0 "
              "and b no positive number.",
       .make = xlogy_make, .torch = "xlogy special.xlogy", XLOGY_COMMON("xlogy"));
NRV_OP(xlog1py,
       .doc = "a ln(1 + b); 0 where a is 0, whatever number b is; NaN where b is NaN. The gradient by a is 0 where a "
              "is 0 and b not above -1.",
       .make = xlog1py_make, .torch = "special.xlog1py", XLOGY_COMMON("xlog1py"));

/* a ln b; 0 where a is 0. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_xlogy(nrv_tensor a, nrv_tensor b)
{
    if (!binary_fits(&nrv__op_xlogy, NRV_N(const nrv_tensor, a, b), nrv__infer_point))
        return NULL;
    return NRV_EXPR("a, b: b != b ? b : a * (a == 0 ? b > 0 ? b - b == 0 ? log(b) : 0 : 0 : log(b))", a, b);
}

/* a ln(1 + b), right for small b; 0 where a is 0. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_xlog1py(nrv_tensor a, nrv_tensor b)
{
    if (!binary_fits(&nrv__op_xlog1py, NRV_N(const nrv_tensor, a, b), nrv__infer_point))
        return NULL;
    return NRV_EXPR("a, b: b != b ? b : a * (a == 0 ? b > -1 ? b - b == 0 ? log1p(b) : 0 : 0 : log1p(b))", a, b);
}
