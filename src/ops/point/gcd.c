/* gcd.c - the greatest common divisor (Euclid) and the least common multiple of whole numbers */
#include "binary.h"
#include <math.h>

static bool gcd_shape(nrv__infer *s)
{
    if (nrv__dtype_real(s->in[0]->type) || s->in[0]->type == NRV_BOOL)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast it to NRV_I32 or NRV_I64",
                               "input 0 is %s, whole numbers are wanted", nrv__dtype_name(s->in[0]->type));
    return nrv__infer_number(s);
}

static double gcd_of(double a, double b) /* what is left at least halves in two steps */
{
    while (b != 0) {
        double rest = fmod(a, b);
        a = b;
        b = rest;
    }
    return fabs(a);
}

static double gcd_lcm_of(double a, double b)
{
    double d = gcd_of(a, b);
    return d > 0 ? fabs(a / d * b) : 0;
}

NRV_REF2(gcd_ref, gcd_of(x, y))
NRV_REF2(gcd_lcm_ref, gcd_lcm_of(x, y))

#define GCD_COMMON(name)                                                                                               \
    .sig = "whole a[...], whole b[...] -> y[...]", .shape = gcd_shape, .flags = NRV_POINTWISE,                         \
    .no_grad = "whole numbers have no slope",                                                                          \
    .refuse = { "a:i32[3], b:i32[4] => " name                                                                          \
                ": shapes do not fit at axis 0 | in here | input 0: input i32 [3] a | input 1: input i32 [4] b | "     \
                "hint only a length of 1 is stretched; nrv_reshape puts one in",                                       \
                "a[3], b[3] => " name ": input 0 is f32, whole numbers are wanted | in here | input 0: input f32 [3] " \
                "a | input 1: input f32 [3] b | hint nrv_cast it to NRV_I32 or NRV_I64" },                             \
    .test = { "a:i32[3,5] in -99..99, b:i32[3,5] in -99..99", "a:u8[4,1,3] in 0..15, b:u8[2,1] in 0..15",              \
              "a:i64[1027] in -9999..9999, b:i64[]{360}", "a:i32[0], b:i32[1]" }

NRV_OP(gcd, .doc = "Greatest common divisor, never negative; with 0 it is the other's size.", .ref = gcd_ref,
       .torch = "gcd", .numpy = "gcd", GCD_COMMON("gcd"));
NRV_OP(lcm, .doc = "Least common multiple, never negative; with 0 it is 0.", .ref = gcd_lcm_ref, .torch = "lcm",
       .numpy = "lcm", GCD_COMMON("lcm"));

/* Greatest common divisor of whole numbers, >= 0. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_gcd(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_gcd, NRV_N(const nrv_tensor, a, b));
}

/* Least common multiple of whole numbers, >= 0. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_lcm(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_lcm, NRV_N(const nrv_tensor, a, b));
}
