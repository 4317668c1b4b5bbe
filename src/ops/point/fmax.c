/* fmax.c - the larger or the smaller of two numbers, where a NaN is no number */
#include "binary.h"

static nrv_tensor fmax_make(nrv__case *c)
{
    return nrv_fmax(c->x[0], c->x[1]);
}

static nrv_tensor fmin_make(nrv__case *c)
{
    return nrv_fmin(c->x[0], c->x[1]);
}

#define FMAX_COMMON(name)                                                                                             \
    .sig = "number a[...], number b[...] -> y[...]", .flags = NRV_MACRO,                                              \
    .refuse = { "a[3], b[4] => " name                                                                                 \
                ": shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: input f32 [4] b | "    \
                "hint only a length of 1 is stretched; nrv_reshape puts one in",                                      \
                "a[3], b:i32[3] => " name ": types differ: f32 and i32 | in here | input 0: input f32 [3] a | input " \
                "1: input i32 [3] b | hint nrv_cast one of them" },                                                   \
    .test = { "a[3,5] in -3..0, b[3,5] in 0.5..3", "a[4,1,3] in -2..2, b[2,1] in 2.5..4",                             \
              "a[1027] in 5..9, b[] in 1..2", "a:i32[4] in -9..9, b:i32[4] in -9..9", "a[0], b[1]" }

NRV_OP(fmax, .doc = "Element-wise maximum that prefers a number to a NaN; of equal values a takes the gradient.",
       .make = fmax_make, .torch = "fmax", .numpy = "fmax", FMAX_COMMON("fmax"));
NRV_OP(fmin, .doc = "Element-wise minimum that prefers a number to a NaN; of equal values a takes the gradient.",
       .make = fmin_make, .torch = "fmin", .numpy = "fmin", FMAX_COMMON("fmin"));

/* The larger of a and b; NaN only where both are. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_fmax(nrv_tensor a, nrv_tensor b)
{
    if (!binary_fits(&nrv__op_fmax, NRV_N(const nrv_tensor, a, b), nrv__infer_number))
        return NULL;
    return NRV_EXPR("a, b: a >= b ? a : b != b ? a : b", a, b);
}

/* The smaller of a and b; NaN only where both are. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_fmin(nrv_tensor a, nrv_tensor b)
{
    if (!binary_fits(&nrv__op_fmin, NRV_N(const nrv_tensor, a, b), nrv__infer_number))
        return NULL;
    return NRV_EXPR("a, b: a <= b ? a : b != b ? a : b", a, b);
}
