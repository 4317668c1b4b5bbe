/* fmod.c - what is left of a division: with the sign of a (fmod), or of b (remainder).

   fmod        y = a - b trunc(a / b)    da = dy, db = -dy trunc(a / b)
   remainder   y = a - b floor(a / b)    da = dy, db = -dy floor(a / b) */
#include "binary.h"
#include <math.h>

static void fmod_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = v->dy;
    if (v->need[1] && nrv__dtype_real(v->x[1]->type)) {
        nrv_tensor times = nrv_stop(NRV_EXPR("a, b, y: (a - y) / b", v->x[0], v->x[1], v->y));
        v->dx[1] = NRV_EXPR("dy, n: -dy * n", v->dy, times);
    }
}

NRV_REF2(fmod_ref, fmod(x, y))

static nrv_tensor fmod_make(nrv__case *c)
{
    return nrv_fmod(c->x[0], binary_second(c, "other"));
}

static nrv_tensor remainder_make(nrv__case *c)
{
    return nrv_remainder(c->x[0], binary_second(c, "other"));
}

#define FMOD_COMMON(name)                                                                                             \
    .sig = "number a[...], number b[...] -> y[...]",                                                                  \
    .refuse = { "a[3], b[4] => " name                                                                                 \
                ": shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: input f32 [4] b | "    \
                "hint only a length of 1 is stretched; nrv_reshape puts one in",                                      \
                "a[3], b:i32[3] => " name ": types differ: f32 and i32 | in here | input 0: input f32 [3] a | input " \
                "1: input i32 [3] b | hint nrv_cast one of them",                                                     \
                "a:bool[3], b:bool[3] => " name                                                                       \
                ": input 0 is bool, a number is wanted | in here | input 0: input bool [3] a | input 1: input bool "  \
                "[3] b | hint nrv_cast it to a number" },                                                             \
    .test = { "a[3,5] in 4.1..4.9, b[3,5] in 1.25..1.3", "a[4,1,3] in -2.9..-2.1, b[2,1] in 1.5..2",                  \
              "a[] in 0.1..0.9, b[1027] in 1..20", "a:i32[3,5] in -20..20, b:i32[5]{-3, 1, 7, 4, -1}",                \
              "a[0], b[1] in 1..2" }

NRV_OP(fmod,
       .doc = "What is left of a / b, with the sign of a; NaN where b is 0 (0 for whole numbers). The quotient counts "
              "as a constant in the gradient.",
       .shape = nrv__infer_number, .flags = NRV_POINTWISE, .vjp = fmod_vjp, .ref = fmod_ref, .make = fmod_make,
       .torch = "fmod", .numpy = "fmod", .onnx = "Mod", FMOD_COMMON("fmod"));
NRV_OP(remainder,
       .doc = "What is left of a / b, with the sign of b; NaN where b is 0 (0 for whole numbers). The quotient "
              "counts as a constant in the gradient.",
       .flags = NRV_MACRO, .make = remainder_make, .torch = "remainder", .numpy = "remainder mod", .onnx = "Mod",
       FMOD_COMMON("remainder"));

/* a - b trunc(a / b), exactly: what is left of a division, with the sign of a. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_fmod(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_fmod, NRV_N(const nrv_tensor, a, b));
}

/* a - b floor(a / b): what is left of a division, with the sign of b. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_remainder(nrv_tensor a, nrv_tensor b)
{
    if (!binary_fits(&nrv__op_remainder, NRV_N(const nrv_tensor, a, b), nrv__infer_number))
        return NULL;
    return NRV_EXPR("m, b: m == 0 ? m : (m < 0) != (b < 0) ? m + b : m", nrv_fmod(a, b), b);
}
