/* logaddexp.c - ln(e^a + e^b) and log2(2^a + 2^b), without overflow: the larger, and what the other adds to it */
#include "binary.h"

static nrv_tensor logaddexp_make(nrv__case *c)
{
    return nrv_logaddexp(c->x[0], c->x[1]);
}

static nrv_tensor logaddexp2_make(nrv__case *c)
{
    return nrv_logaddexp2(c->x[0], c->x[1]);
}

#define LOGADDEXP_COMMON(name)                                                                                       \
    .sig = "real a[...], real b[...] -> y[...]", .flags = NRV_MACRO, .ulp = 4,                                       \
    .tolerance_why = "a difference, a softplus and a sum, each rounded",                                             \
    .refuse = { "a[3], b[4] => " name                                                                                \
                ": shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: input f32 [4] b | "   \
                "hint only a length of 1 is stretched; nrv_reshape puts one in",                                     \
                "a:i32[3], b:i32[3] => " name ": input 0 is i32, a real type is wanted | in here | input 0: input "  \
                "i32 [3] a | input 1: input i32 [3] b | hint nrv_cast it to NRV_F32" },                              \
    .test = { "a[3,5] in -3..3, b[3,5] in -3..3", "a[4,1,3] in -40..40, b[2,1] in -40..40", "a[], b[1027] in -9..9", \
              "a[0], b[1] in 1..2" }

NRV_OP(logaddexp, .doc = "ln(e^a + e^b) without overflow; exact where both are the same infinity.",
       .make = logaddexp_make, .torch = "logaddexp", .numpy = "logaddexp", LOGADDEXP_COMMON("logaddexp"));
NRV_OP(logaddexp2, .doc = "log2(2^a + 2^b) without overflow; exact where both are the same infinity.",
       .make = logaddexp2_make, .torch = "logaddexp2", .numpy = "logaddexp2", LOGADDEXP_COMMON("logaddexp2"));

/* ln(e^a + e^b) without overflow. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_logaddexp(nrv_tensor a, nrv_tensor b)
{
    if (!binary_fits(&nrv__op_logaddexp, NRV_N(const nrv_tensor, a, b), nrv__infer_point))
        return NULL;
    nrv_tensor apart = NRV_EXPR("a, b: a == b ? a - a == 0 ? a - b : 0 : a - b", a, b);
    return NRV_EXPR("a, b, d: d > 0 ? a + softplus(-d) : b + softplus(d)", a, b, apart);
}

/* log2(2^a + 2^b) without overflow. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_logaddexp2(nrv_tensor a, nrv_tensor b)
{
    if (!binary_fits(&nrv__op_logaddexp2, NRV_N(const nrv_tensor, a, b), nrv__infer_point))
        return NULL;
    nrv_tensor apart = NRV_EXPR("a, b: 0.6931471805599453 * (a == b ? a - a == 0 ? a - b : 0 : a - b)", a, b);
    return NRV_EXPR("a, b, d: d > 0 ? a + 1.4426950408889634 * softplus(-d) : b + 1.4426950408889634 * softplus(d)", a,
                    b, apart);
}
