/* fused.c - element-wise instructions that stand for several: sums of products, the steps of optimisers, the slopes of
   activations. A pass over a tile in the first cache costs as much as its arithmetic, so each that is saved counts.

   Promises: as pointwise.c: an element's result depends on the values at its place alone; out may be one of the inputs.
   Does not do: other types than float32; strides. */
#include "lanes.h"
#include "wide.h"

#define FUSED_IN(k) const float *in##k = l->in[k];
#define FUSED_LOOP(name, inputs, values, expr)   \
    static void fused_##name(const nrv__lane *l) \
    {                                            \
        inputs float *out = l->out;              \
        const int64_t n = l->n;                  \
        MATHS_LOOP                               \
        for (int64_t i = 0; i < n; i++) {        \
            values out[i] = (expr);              \
        }                                        \
    }
#define FUSED_2(name, expr) \
    FUSED_LOOP(name, FUSED_IN(0) FUSED_IN(1), const float a = in0[i]; const float b = in1[i];, expr)
#define FUSED_3(name, expr)                                                                               \
    FUSED_LOOP(name, FUSED_IN(0) FUSED_IN(1) FUSED_IN(2), const float a = in0[i]; const float b = in1[i]; \
               const float c = in2[i];, expr)
#define FUSED_4(name, expr)                                                                                           \
    FUSED_LOOP(name, FUSED_IN(0) FUSED_IN(1) FUSED_IN(2) FUSED_IN(3), const float a = in0[i]; const float b = in1[i]; \
               const float c = in2[i]; const float d = in3[i];, expr)

#define FUSED_5(name, expr)                                                                               \
    FUSED_LOOP(name, FUSED_IN(0) FUSED_IN(1) FUSED_IN(2) FUSED_IN(3) FUSED_IN(4), const float a = in0[i]; \
               const float b = in1[i]; const float c = in2[i]; const float d = in3[i]; const float e = in4[i];, expr)
#define FUSED_6(name, expr)                                                                                           \
    FUSED_LOOP(name, FUSED_IN(0) FUSED_IN(1) FUSED_IN(2) FUSED_IN(3) FUSED_IN(4) FUSED_IN(5), const float a = in0[i]; \
               const float b = in1[i]; const float c = in2[i]; const float d = in3[i]; const float e = in4[i];        \
               const float f = in5[i];, expr)

/* the inputs that the formula marks with ~ are one number each, where the lane says so */
#define FUSED_NUMBER(name, k) const float name = *(const float *)l->in[k];
#define FUSED_ONES(name, each, inputs, values, expr)  \
    FUSED_LOOP(name##_ones, inputs, values, expr)     \
    each static void fused_##name(const nrv__lane *l) \
    {                                                 \
        if (l->ones)                                  \
            fused_##name##_ones(l);                   \
        else                                          \
            fused_##name##_each(l);                   \
    }
#define FUSED_ONES_3(name, expr)                                                                    \
    FUSED_ONES(name, FUSED_3(name##_each, expr), FUSED_NUMBER(b, 1) FUSED_NUMBER(c, 2) FUSED_IN(0), \
               const float a = in0[i];                                                              \
               , expr)
#define FUSED_ONES_4(name, expr)                                                                                       \
    FUSED_ONES(name, FUSED_4(name##_each, expr), FUSED_NUMBER(b, 1) FUSED_NUMBER(c, 2) FUSED_NUMBER(d, 3) FUSED_IN(0), \
               const float a = in0[i];                                                                                 \
               , expr)

FUSED_ONES(add_relu, FUSED_2(add_relu_each, (a + b <= 0.0f ? 0.0f : a + b)), FUSED_NUMBER(b, 1) FUSED_IN(0),
           const float a = in0[i];
           , (a + b <= 0.0f ? 0.0f : a + b))
FUSED_ONES_3(mul_add_relu, (a * b + c <= 0.0f ? 0.0f : a * b + c))
FUSED_ONES_3(mul_add, a *b + c)
FUSED_3(sub_mul, a - b * c)
FUSED_3(mul_sub, a *b - c)
FUSED_3(mul_one_less_square, a *(b - c * c))
FUSED_3(mul_mul_one_less, a *b *(c - b))
FUSED_4(two_products, a *b + c * d)
FUSED_4(product_and_square, a *b + c * (d * d))
FUSED_ONES_4(scaled_difference, (a - b) * c + d)
FUSED_ONES_3(difference_scaled, (a - b) * c)
FUSED_ONES_4(norm_relu, ((a - b) * c + d <= 0.0f ? 0.0f : (a - b) * c + d))
FUSED_ONES(normalise, FUSED_5(normalise_each, (a - b) * c * d + e),
           FUSED_NUMBER(b, 1) FUSED_NUMBER(c, 2) FUSED_IN(0) FUSED_IN(3) FUSED_IN(4), const float a = in0[i];
           const float d = in3[i]; const float e = in4[i];, (a - b) * c * d + e)
FUSED_ONES(norm_add_relu, FUSED_5(norm_add_relu_each, ((a - b) * c + d + e <= 0.0f ? 0.0f : (a - b) * c + d + e)),
           FUSED_NUMBER(b, 1) FUSED_NUMBER(c, 2) FUSED_NUMBER(d, 3) FUSED_IN(0) FUSED_IN(4), const float a = in0[i];
           const float e = in4[i];, ((a - b) * c + d + e <= 0.0f ? 0.0f : (a - b) * c + d + e))
FUSED_ONES(norm_slope, FUSED_6(norm_slope_each, ((a - b) * c + d - e) * f),
           FUSED_NUMBER(a, 0) FUSED_NUMBER(c, 2) FUSED_NUMBER(e, 4) FUSED_NUMBER(f, 5) FUSED_IN(1) FUSED_IN(3),
           const float b = in1[i];
           const float d = in3[i];, ((a - b) * c + d - e) * f)

#define FUSED_ROOT_HALF 0.70710678118654752440
#define FUSED_BELL      0.39894228040143267794 /* 1 / sqrt(2 pi) */
/* gelu and its slope by the normal distribution: that and x times its density */
#if defined(LANES_GELU)
static void fused_gelu_slope(const nrv__lane *l)
{
    FUSED_IN(0) FUSED_IN(1) float *out = l->out;
    for (int64_t i = 0; i < l->n; i += SIMD_W) {
        const simd_f dy = lanes_load(in0, i, l->n, 0), x = lanes_load(in1, i, l->n, 0);
        lanes_fetch(in0 + i);
        lanes_fetch(in1 + i);
        lanes_store(out, i, l->n, dy * lanes_gelu_slope(x));
    }
}

/* sum may be NULL */
SIMD_INLINE void fused_gelu_of_sum(const nrv__lane *l, float *sum)
{
    FUSED_IN(0) FUSED_IN(1) float *out = l->out;
    for (int64_t i = 0; i < l->n; i += SIMD_W) {
        const simd_f x = lanes_load(in0, i, l->n, 0) + lanes_load(in1, i, l->n, 0);
        lanes_fetch(in0 + i);
        lanes_fetch(in1 + i);
        if (sum)
            lanes_store(sum, i, l->n, x);
        lanes_store(out, i, l->n, lanes_gelu(x));
    }
}

static void fused_add_gelu(const nrv__lane *l)
{
    fused_gelu_of_sum(l, NULL);
}

static void fused_add_gelu_kept(const nrv__lane *l)
{
    fused_gelu_of_sum(l, l->also[0]);
}
#else
FUSED_2(gelu_slope,
        a * ((0.5f + 0.5f * maths_erf((float)FUSED_ROOT_HALF * b)) + (float)FUSED_BELL * b * maths_exp(-0.5f * b * b)))
FUSED_2(add_gelu, wide_gelu(a + b))

static void fused_add_gelu_kept(const nrv__lane *l)
{
    FUSED_IN(0) FUSED_IN(1) float *out = l->out, *sum = l->also[0];
    const int64_t n = l->n;
    MATHS_LOOP
    for (int64_t i = 0; i < n; i++) {
        const float x = in0[i] + in1[i];
        sum[i] = x;
        out[i] = wide_gelu(x);
    }
}
#endif

/* Gates of recurrent cells. Each stream is fetched while the functions are reckoned: apart, a sum of products waits for
   memory, and they do later. */
static void fused_gated_sum(const nrv__lane *l)
{
    FUSED_IN(0) FUSED_IN(1) FUSED_IN(2) FUSED_IN(3) float *out = l->out;
    for (int64_t i = 0; i < l->n; i += SIMD_W) {
        const simd_f a = lanes_load(in0, i, l->n, 0), b = lanes_load(in1, i, l->n, 0);
        const simd_f c = lanes_load(in2, i, l->n, 0), d = lanes_load(in3, i, l->n, 0);
        lanes_fetch(in0 + i);
        lanes_fetch(in1 + i);
        lanes_fetch(in2 + i);
        lanes_fetch(in3 + i);
        lanes_store(out, i, l->n, lanes_sigmoid(a) * b + lanes_sigmoid(c) * lanes_tanh(d));
    }
}

static void fused_gated(const nrv__lane *l)
{
    FUSED_IN(0) FUSED_IN(1) float *out = l->out;
    for (int64_t i = 0; i < l->n; i += SIMD_W) {
        const simd_f a = lanes_load(in0, i, l->n, 0), b = lanes_load(in1, i, l->n, 0);
        lanes_fetch(in0 + i);
        lanes_fetch(in1 + i);
        lanes_store(out, i, l->n, lanes_sigmoid(a) * lanes_tanh(b));
    }
}

/* Adam: m = x4 m + x5 g, v = x6 v + x7 g g, then p x11 - x8 m / (sqrt(v) x9 + x10) */
SIMD_INLINE void fused_adam_step(const nrv__lane *l, float decay)
{
    FUSED_IN(0)
    FUSED_IN(1)
    FUSED_IN(2)
    FUSED_IN(3) const float a = *(const float *)l->in[4], b = *(const float *)l->in[5], c = *(const float *)l->in[6];
    const float d = *(const float *)l->in[7], rate = *(const float *)l->in[8], scale = *(const float *)l->in[9];
    const float eps = *(const float *)l->in[10];
    float *out = l->out, *mean = l->also[0], *square = l->also[1];
    const int64_t n = l->n;
    MATHS_LOOP
    for (int64_t i = 0; i < n; i++) {
        const float p = in0[i], g = in1[i], m = a * in2[i] + b * g, v = c * in3[i] + d * (g * g);
        mean[i] = m;
        square[i] = v;
        out[i] = p * decay - rate * (m / (__builtin_sqrtf(v) * scale + eps));
    }
}

static void fused_adam(const nrv__lane *l)
{
    fused_adam_step(l, 1.0f);
}

static void fused_adam_decayed(const nrv__lane *l)
{
    fused_adam_step(l, *(const float *)l->in[11]);
}

static void fused_momentum(const nrv__lane *l)
{
    FUSED_IN(0) FUSED_IN(1) FUSED_IN(2) const float rate = *(const float *)l->in[3], keep = *(const float *)l->in[4];
    float *out = l->out, *moment = l->also[0];
    const int64_t n = l->n;
    MATHS_LOOP
    for (int64_t i = 0; i < n; i++) {
        const float p = in0[i], m = keep * in2[i] + in1[i];
        moment[i] = m;
        out[i] = p - rate * m;
    }
}

/* x0 < x1 ? x2 : x3 x4, a dropout; x0 > x1 ? x2 : x3, the slope of relu */
static void fused_less_or_product(const nrv__lane *l)
{
    FUSED_IN(0)
    FUSED_IN(3)
    const float edge = *(const float *)l->in[1], yes = *(const float *)l->in[2], scale = *(const float *)l->in[4];
    float *out = l->out;
    const int64_t n = l->n;
    MATHS_LOOP
    for (int64_t i = 0; i < n; i++) {
        const float no = in3[i] * scale;
        out[i] = in0[i] < edge ? yes : no;
    }
}

static void fused_greater_or(const nrv__lane *l)
{
    FUSED_IN(0)
    FUSED_IN(2)
    const float edge = *(const float *)l->in[1], no = *(const float *)l->in[3];
    float *out = l->out;
    const int64_t n = l->n;
    MATHS_LOOP
    for (int64_t i = 0; i < n; i++) {
        const float yes = in2[i];
        out[i] = in0[i] > edge ? yes : no;
    }
}

#define FUSED_ROW(name, formula) { { #name, formula, NRV__ISA_TIER, fused_##name }, { 0 } }

// clang-format off
NRV_FUSED(chains,
    FUSED_ROW(adam_decayed,
              "sub mul 0 @b mul @8 div !add mul 2 @4 mul 1 @5 add mul sqrt !add mul 3 @6 mul @7 mul 1 1 @9 @a"),
    FUSED_ROW(adam, "sub 0 mul @8 div !add mul 2 @4 mul 1 @5 add mul sqrt !add mul 3 @6 mul @7 mul 1 1 @9 @a"),
    FUSED_ROW(momentum, "sub 0 mul @3 !add mul 2 @4 1"),
    { { "gelu_slope", "mul 0 add add #0 mul #0 erf mul #1 1 mul mul #2 1 exp mul mul #3 1 1", NRV__ISA_TIER,
        fused_gelu_slope },
      { 0.5, FUSED_ROOT_HALF, FUSED_BELL, -0.5 } },
    FUSED_ROW(gated_sum, "add mul sigmoid 0 1 mul sigmoid 2 tanh 3"),
    FUSED_ROW(gated, "mul sigmoid 0 tanh 1"),
    FUSED_ROW(add_gelu, "gelu add 0 1"),
    FUSED_ROW(add_gelu_kept, "gelu !add 0 1"),
    FUSED_ROW(less_or_product, "select less 0 @1 @2 mul 3 @4"),
    FUSED_ROW(greater_or, "select greater 0 @1 2 @3"),
    FUSED_ROW(norm_add_relu, "relu add add mul sub 0 ~1 ~2 ~3 4"),
    FUSED_ROW(norm_relu, "relu add mul sub 0 ~1 ~2 ~3"),
    FUSED_ROW(normalise, "add mul mul sub 0 ~1 ~2 3 4"),
    FUSED_ROW(norm_slope, "mul sub add mul sub ~0 1 ~2 3 ~4 ~5"),
    FUSED_ROW(mul_add_relu, "relu add mul 0 ~1 ~2"),
    FUSED_ROW(add_relu, "relu add 0 ~1"),
    FUSED_ROW(product_and_square, "add mul 0 1 mul 2 mul 3 3"),
    FUSED_ROW(two_products, "add mul 0 1 mul 2 3"),
    FUSED_ROW(scaled_difference, "add mul sub 0 ~1 ~2 ~3"),
    FUSED_ROW(mul_add, "add mul 0 ~1 ~2"),
    FUSED_ROW(mul_one_less_square, "mul 0 sub 1 mul 2 2"),
    FUSED_ROW(mul_mul_one_less, "mul mul 0 1 sub 2 1"),
    FUSED_ROW(difference_scaled, "mul sub 0 ~1 ~2"),
    FUSED_ROW(mul_sub, "sub mul 0 1 2"),
    FUSED_ROW(sub_mul, "sub 0 mul 1 2"));
// clang-format on
