/* pointwise.c - element-wise float32 ops as instructions of the tile interpreter: plain loops, left to the vectoriser.

   Promises: an element's result depends on its value alone, not on its place; out may be one of the inputs. Accuracy as
   maths.h says; minimum and maximum hand NaN on, comparisons give 0 or 1 in a byte.
   Does not do: other types than float32, see pairs.c and types.c; strides - the interpreter sees to those. */
#include "lanes.h"
#include "wide.h"
#include <math.h>

#define POINT_F(l, i)               ((const float *)(l)->in[i])
#define POINT_1(name, expr)         MATHS_EACH1(point_##name, float, float, expr)
#define POINT_2(name, result, expr) MATHS_EACH2(point_##name, float, result, expr)

/* by whole vectors */
#define POINT_V(name, expr)                              \
    static void point_##name(const nrv__lane *l)         \
    {                                                    \
        const float *in = l->in[0];                      \
        float *out = l->out;                             \
        for (int64_t i = 0; i < l->n; i += SIMD_W) {     \
            const simd_f x = lanes_load(in, i, l->n, 0); \
            lanes_fetch(in + i);                         \
            lanes_store(out, i, l->n, expr);             \
        }                                                \
    }

POINT_2(add, float, x + y)
POINT_2(sub, float, x - y)
POINT_2(mul, float, x *y)
POINT_2(div, float, x / y)
POINT_2(max, float, x != x ? x : (x > y ? x : y))
POINT_2(min, float, x != x ? x : (x < y ? x : y))
POINT_2(pow, float, maths_pow(x, y))
POINT_2(less, uint8_t, x < y)
POINT_2(less_equal, uint8_t, x <= y)
POINT_2(equal, uint8_t, x == y)
POINT_2(not_equal, uint8_t, x != y)
POINT_2(greater, uint8_t, x > y)
POINT_2(greater_equal, uint8_t, x >= y)

POINT_1(neg, -x)
POINT_1(abs, __builtin_fabsf(x))
POINT_1(square, x *x)
POINT_1(sqrt, __builtin_sqrtf(x))
POINT_1(reciprocal, 1.0f / x)
POINT_1(sign, x > 0.0f ? 1.0f : (x < 0.0f ? -1.0f : x))
POINT_1(relu, x <= 0.0f ? 0.0f : x)
POINT_1(log, maths_log(x))
POINT_V(exp, lanes_exp(x))
POINT_V(tanh, lanes_tanh(x))
POINT_V(sigmoid, lanes_sigmoid(x))
POINT_V(silu, lanes_silu(x))
POINT_1(softplus, maths_softplus(x))
POINT_1(erf, maths_erf(x))
#if defined(LANES_GELU)
POINT_V(gelu, lanes_gelu(x))
#else
POINT_1(gelu, wide_gelu(x))
#endif
POINT_1(exp2, wide_exp2(x))
POINT_1(expm1, wide_signed(wide_expm1((double)x), x))
POINT_1(log1p, wide_signed(wide_log1p((double)x), x))
POINT_1(log2, wide_log(x, 1, wide_log2e))
POINT_1(log10, wide_log(x, 0.30102999566398119521, 0.43429448190325182765))
POINT_1(sinh, wide_sinh(x))
POINT_1(cosh, wide_cosh(x))
POINT_1(asinh, wide_asinh(x))
POINT_1(acosh, wide_acosh(x))
POINT_1(atanh, wide_atanh(x))
POINT_1(asin, wide_asin(x))
POINT_1(acos, wide_acos(x))
POINT_1(atan, wide_atan(x))
POINT_1(cbrt, wide_cbrt(x))
POINT_1(erfc, (float)wide_erfc((double)x))
POINT_1(erfcx, wide_erfcx(x))
POINT_1(ndtr, wide_ndtr(x))
POINT_1(tanhshrink, wide_tanhshrink(x))
POINT_1(mish, wide_mish(x))
POINT_1(gelu_tanh, wide_gelu_tanh(x))
POINT_1(floor, __builtin_floorf(x))
POINT_1(ceil, __builtin_ceilf(x))
POINT_1(trunc, __builtin_truncf(x))
POINT_1(rint, __builtin_rintf(x))

static void point_leaky_relu(const nrv__lane *l)
{
    const float *in = POINT_F(l, 0), slope = (float)((const nrv__scalar_attr *)l->attr)->value;
    float *out = l->out;
    const int64_t n = l->n;
    MATHS_LOOP
    for (int64_t i = 0; i < n; i++)
        out[i] = in[i] > 0.0f ? in[i] : slope * in[i];
}

static void point_select(const nrv__lane *l)
{
    const uint8_t *c = l->in[0];
    const float *a = POINT_F(l, 1), *b = POINT_F(l, 2);
    float *out = l->out;
    const int64_t n = l->n;
    MATHS_LOOP
    for (int64_t i = 0; i < n; i++) {
        const float yes = a[i], no = b[i];
        out[i] = c[i] != 0 ? yes : no;
    }
}

enum { POINT_SIN, POINT_COS, POINT_TAN };

static double point_trig_far(double x, int which)
{
    return which == POINT_SIN ? sin(x) : which == POINT_COS ? cos(x) : tan(x);
}

/* 64 at a time, from a copy, since out may be in; the few that are too large for maths_sin go to libm one by one */
SIMD_INLINE void point_trig(const nrv__lane *l, int which)
{
    const float *in = POINT_F(l, 0);
    float *out = l->out, x[64];
    for (int64_t at = 0; at < l->n; at += 64) {
        const int64_t n = simd_min(64, l->n - at);
        int32_t large = 0;
        memcpy(x, in + at, (size_t)n * sizeof *x);
        for (int64_t i = 0; i < n; i++)
            large |= __builtin_fabsf(x[i]) <= MATHS_TRIG_MOST ? 0 : 1;
        for (int64_t i = 0; i < n; i++)
            out[at + i] = which == POINT_TAN ? wide_tan(x[i]) : maths_sin(x[i], which);
        for (int64_t i = 0; large != 0 && i < n; i++)
            if (!(__builtin_fabsf(x[i]) <= MATHS_TRIG_MOST))
                out[at + i] = (float)point_trig_far((double)x[i], which);
    }
}

static void point_sin(const nrv__lane *l)
{
    point_trig(l, POINT_SIN);
}

static void point_cos(const nrv__lane *l)
{
    point_trig(l, POINT_COS);
}

static void point_tan(const nrv__lane *l)
{
    point_trig(l, POINT_TAN);
}

#define POINT_ROW(op, types) { #op, types, NRV__ISA_TIER, point_##op }

/* one row a line, and the name beside the macro, where the generator looks for it */
// clang-format off
NRV_POINTS(pointwise,
    POINT_ROW(add, "f32 f32 -> f32"),
    POINT_ROW(sub, "f32 f32 -> f32"),
    POINT_ROW(mul, "f32 f32 -> f32"),
    POINT_ROW(div, "f32 f32 -> f32"),
    POINT_ROW(max, "f32 f32 -> f32"),
    POINT_ROW(min, "f32 f32 -> f32"),
    POINT_ROW(pow, "f32 f32 -> f32"),
    POINT_ROW(less, "f32 f32 -> bool"),
    POINT_ROW(less_equal, "f32 f32 -> bool"),
    POINT_ROW(equal, "f32 f32 -> bool"),
    POINT_ROW(not_equal, "f32 f32 -> bool"),
    POINT_ROW(greater, "f32 f32 -> bool"),
    POINT_ROW(greater_equal, "f32 f32 -> bool"),
    POINT_ROW(select, "bool f32 f32 -> f32"),
    POINT_ROW(neg, "f32 -> f32"),
    POINT_ROW(abs, "f32 -> f32"),
    POINT_ROW(square, "f32 -> f32"),
    POINT_ROW(sqrt, "f32 -> f32"),
    POINT_ROW(reciprocal, "f32 -> f32"),
    POINT_ROW(sign, "f32 -> f32"),
    POINT_ROW(relu, "f32 -> f32"),
    POINT_ROW(leaky_relu, "f32 -> f32"),
    POINT_ROW(exp, "f32 -> f32"),
    POINT_ROW(log, "f32 -> f32"),
    POINT_ROW(tanh, "f32 -> f32"),
    POINT_ROW(sigmoid, "f32 -> f32"),
    POINT_ROW(silu, "f32 -> f32"),
    POINT_ROW(softplus, "f32 -> f32"),
    POINT_ROW(erf, "f32 -> f32"),
    POINT_ROW(gelu, "f32 -> f32"),
    POINT_ROW(sin, "f32 -> f32"),
    POINT_ROW(cos, "f32 -> f32"),
    POINT_ROW(exp2, "f32 -> f32"),
    POINT_ROW(expm1, "f32 -> f32"),
    POINT_ROW(log1p, "f32 -> f32"),
    POINT_ROW(log2, "f32 -> f32"),
    POINT_ROW(log10, "f32 -> f32"),
    POINT_ROW(sinh, "f32 -> f32"),
    POINT_ROW(cosh, "f32 -> f32"),
    POINT_ROW(asinh, "f32 -> f32"),
    POINT_ROW(acosh, "f32 -> f32"),
    POINT_ROW(atanh, "f32 -> f32"),
    POINT_ROW(asin, "f32 -> f32"),
    POINT_ROW(acos, "f32 -> f32"),
    POINT_ROW(atan, "f32 -> f32"),
    POINT_ROW(cbrt, "f32 -> f32"),
    POINT_ROW(erfc, "f32 -> f32"),
    POINT_ROW(erfcx, "f32 -> f32"),
    POINT_ROW(ndtr, "f32 -> f32"),
    POINT_ROW(tanhshrink, "f32 -> f32"),
    POINT_ROW(mish, "f32 -> f32"),
    POINT_ROW(gelu_tanh, "f32 -> f32"),
    POINT_ROW(floor, "f32 -> f32"),
    POINT_ROW(ceil, "f32 -> f32"),
    POINT_ROW(trunc, "f32 -> f32"),
    POINT_ROW(rint, "f32 -> f32"),
    POINT_ROW(tan, "f32 -> f32"));
// clang-format on
