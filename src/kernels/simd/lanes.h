/* lanes.h - the elementary functions that rows and chains wait for most, on whole vectors, where maths.h leaves them to
   the vectoriser: a power of two is scaled by one instruction there where the set has one.

   Promises: exp, sigmoid and tanh within 2 ulp, silu and gelu within 4, over all floats: infinities, NaN, subnormal
   arguments and results; the same bits in any lane. Does not do: gelu where the set has no fused products. */
#ifndef NRV__LANES_H
#define NRV__LANES_H
#include "simd.h"

/* What lies half a page ahead is fetched, since a stream that is not in the cache waits anew at every page; half a
   page, so that a page's own lines are under way before they are wanted. */
enum { LANES_AHEAD = 2048 };
SIMD_INLINE void lanes_fetch(const float *p)
{
    __builtin_prefetch((const void *)((uintptr_t)p + LANES_AHEAD));
}

/* the whole number of ln 2 that is nearest to x, which is from -120 to 89: no float tells what is further */
SIMD_INLINE simd_f lanes_whole(simd_f x)
{
    const simd_f magic = simd_all(12582912.0f); /* 1.5 * 2^23: adding it rounds to an integer */
    return (x * 1.44269504088896341f + magic) - magic;
}

/* e^r - 1 for what is left then, at most half of ln 2: a minimax fit, good to 2^-28 of e^r */
SIMD_INLINE simd_f lanes_curve(simd_f r)
{
    simd_f p = r * 1.3814218186e-3f + 8.3688990520e-3f;
    p = p * r + 4.1668405800e-2f;
    p = p * r + 1.6666519126e-1f;
    p = p * r + 4.9999993346e-1f;
    return p * (r * r) + r;
}

SIMD_INLINE simd_f lanes_exp(simd_f x)
{
    x = simd_least(simd_all(89.0f), simd_most(simd_all(-120.0f), x));
    const simd_f n = lanes_whole(x), r = (x - n * 0.693359375f) - n * -2.12194440e-4f; /* the bracket is exact */
    return simd_scaled(lanes_curve(r) + 1.0f, n);
}

SIMD_INLINE simd_f lanes_abs(simd_f x)
{
    return (simd_f)((simd_i)x & 0x7fffffff);
}

SIMD_INLINE simd_f lanes_signed(simd_f size, simd_f sign)
{
    return (simd_f)(((simd_i)size & 0x7fffffff) | ((simd_i)sign & INT32_MIN));
}

/* The logistic function of x is 2^*n / result: with e^-x = 2^-*n (1 + p) it is 2^*n / ((2^*n + 1) + p), where what the
   bracket loses by rounding, if it does, goes to p. */
SIMD_INLINE simd_f lanes_logistic(simd_f x, simd_f *n)
{
    x = simd_least(simd_all(30.0f), simd_most(simd_all(-120.0f), x)); /* from 30 on it is 1 */
    *n = lanes_whole(x);
    const simd_f r = (*n * 0.693359375f - x) + *n * -2.12194440e-4f, two = simd_scaled(simd_all(1.0f), *n);
    const simd_f one = two + 1.0f, lost = two - (one - 1.0f);
    return one + (lanes_curve(r) + lost);
}

SIMD_INLINE simd_f lanes_sigmoid(simd_f x)
{
    simd_f n;
    const simd_f below = lanes_logistic(x, &n);
    return simd_scaled(simd_all(1.0f), n) / below;
}

/* far below nothing is left of it, but minus infinity times nothing is NaN */
SIMD_INLINE simd_f lanes_silu(simd_f x)
{
    simd_f n;
    const simd_f below = lanes_logistic(x, &n);
    return simd_scaled(simd_if((simd_i)(x < -120.0f), x * 0.0f, x) / below, n);
}

/* 2^n for whole n from -126 to 127 */
SIMD_INLINE simd_f lanes_two(simd_f n)
{
    return (simd_f)((simd_i)(n + (12582912.0f + 127.0f)) << 23);
}

/* 1 - 2 / (1 + e^(2 |x|)), an odd polynomial where that would cancel (Moshier's Cephes). One product is enough for the
   rest of ln 2: where there are many of them, nobody sees it. */
SIMD_INLINE simd_f lanes_tanh(simd_f x)
{
    const simd_f z = x * x, size = lanes_abs(x), a = simd_least(simd_all(20.0f), size + size), n = lanes_whole(a);
    const simd_f two = lanes_two(n);
    const simd_f large = 1.0f - 2.0f / (lanes_curve(a - n * 0.693147182f) * two + (two + 1.0f));
    simd_f p = z * -5.70498872745e-3f + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    return simd_if((simd_i)(size < 0.625f), (p * z) * x + x, lanes_signed(large, x));
}

#if defined(__FMA__) || defined(__aarch64__)
#define LANES_GELU
/* What the normal distribution has beyond a >= 0 is e^(-a^2/2) p / down, a minimax fit; e^(-a^2/2) is 2^n (curve + 1).
   No coefficient is negative, so nothing cancels; where a is large p stands above and below the line, and so does what
   it lost by rounding. The square is carried in two floats into the exponential; beyond 15 nothing is left for any
   float. Where products are rounded before they are added, a p / down is 5 ulp off: see wide_gelu. */
typedef struct lanes_bell {
    simd_f p, down, curve, n;
} lanes_bell;

SIMD_INLINE lanes_bell lanes_beyond(simd_f a)
{
    const simd_f top = (simd_f)((simd_i)a & ~0xfff), half = top * -0.5f;
    const simd_f high = half * top, low = (a - top) * (half - 0.5f * a), n = lanes_whole(high + low);
    const simd_f r = (high - n * 0.693359375f) + (low - n * -2.12194440e-4f);
    simd_f p = a * 0.00484920479f + 0.0454929918f, t = a * 1.17058642e-06f + 0.012101246f;
    p = p * a + 0.197506174f;
    t = t * a + 0.115082867f;
    p = p * a + 0.457304597f;
    t = t * a + 0.459180385f;
    p = p * a + 0.5f;
    return (lanes_bell){ p, (p * 2.50662827f + t) * a + 1.0f, lanes_curve(r), n };
}

/* x P(x) is max(x, 0) - |x| P(-|x|), where what the quotient loses is added; minus infinity times nothing is NaN */
SIMD_INLINE simd_f lanes_gelu(simd_f x)
{
    const simd_f a = simd_least(simd_all(15.0f), lanes_abs(x));
    const lanes_bell bell = lanes_beyond(a);
    const simd_f up = bell.p * a, inverse = 1.0f / bell.down, y = up * inverse;
    const simd_f tail = (bell.curve * y + (up - y * bell.down) * inverse) + y;
    return (x - simd_least(x, simd_all(0.0f))) - simd_scaled(tail, bell.n);
}

/* P(x) + x P'(x): below 0 it is P(-a) - a P'(a), and above 1 less that. At either infinity x times nothing is NaN */
SIMD_INLINE simd_f lanes_gelu_slope(simd_f x)
{
    const simd_f a = simd_least(simd_all(15.0f), lanes_abs(x));
    const lanes_bell bell = lanes_beyond(a);
    const simd_f y = bell.p / bell.down - a * 0.398942280f;
    const simd_f tail = simd_scaled(bell.curve * y + y, bell.n), nan = x - x;
    return simd_if((simd_i)(x < 0.0f), tail, 1.0f - tail) + nan;
}
#endif

/* e^(x - most), as if the difference were not rounded; x <= most */
SIMD_INLINE simd_f lanes_exp_below(simd_f x, simd_f most)
{
    const simd_f high = x - most, back = high - x, low = (x - (high - back)) - (most + back);
    const simd_f near = simd_most(simd_all(-120.0f), high), n = lanes_whole(near);
    const simd_f rest = simd_most(low, simd_all(-1.0f)); /* -inf has none: -1 is as good as any there */
    const simd_f r = (near - n * 0.693359375f) + (rest - n * -2.12194440e-4f);
    return simd_scaled(lanes_curve(r) + 1.0f, n);
}

/* the vector at i of a row of n; behind its end `rest` */
SIMD_INLINE simd_f lanes_load(const float *row, int64_t i, int64_t n, float rest)
{
    return i + SIMD_W <= n ? simd_load(row + i) : simd_load_or(row + i, simd_first(n - i), simd_all(rest));
}

SIMD_INLINE void lanes_store(float *row, int64_t i, int64_t n, simd_f x)
{
    if (i + SIMD_W <= n)
        simd_store(row + i, x);
    else
        simd_store_some(row + i, x, simd_first(n - i));
}

typedef double lanes_d __attribute__((vector_size(SIMD_BYTES)));
typedef float lanes_half __attribute__((vector_size(SIMD_BYTES / 2)));

/* the lanes of a vector in double, those of its first half and those of its second; gcc's own way of turning them takes
   twice the instructions */
SIMD_INLINE void lanes_wide(simd_f x, lanes_d *low, lanes_d *high)
{
#if defined(__AVX512F__)
    *low = (lanes_d)_mm512_cvtps_pd(_mm512_castps512_ps256((__m512)x));
    *high = (lanes_d)_mm512_cvtps_pd((__m256)_mm512_extractf64x4_pd((__m512d)x, 1));
#elif defined(__AVX2__)
    *low = (lanes_d)_mm256_cvtps_pd(_mm256_castps256_ps128((__m256)x));
    *high = (lanes_d)_mm256_cvtps_pd(_mm256_extractf128_ps((__m256)x, 1));
#else
    lanes_half half[2];
    memcpy(half, &x, sizeof half);
    *low = __builtin_convertvector(half[0], lanes_d);
    *high = __builtin_convertvector(half[1], lanes_d);
#endif
}

/* a sum in double, of which a few vectors at a time are added in float */
typedef struct lanes_sum {
    simd_f part;
    lanes_d low, high;
} lanes_sum;

SIMD_INLINE void lanes_flush(lanes_sum *s)
{
    lanes_d low, high;
    lanes_wide(s->part, &low, &high);
    s->low += low;
    s->high += high;
    s->part = simd_all(0.0f);
}

/* x is the vector at i of its row */
SIMD_INLINE void lanes_add(lanes_sum *s, int64_t i, simd_f x)
{
    s->part += x;
    if (i / SIMD_W % 4 == 3)
        lanes_flush(s);
}

/* four vectors of a row less `mean`, as they are or squared, added */
SIMD_INLINE simd_f lanes_four(const float *x, simd_f mean, bool squared)
{
    simd_f a = simd_load(x) - mean, b = simd_load(x + SIMD_W) - mean, c = simd_load(x + 2 * SIMD_W) - mean,
           d = simd_load(x + 3 * SIMD_W) - mean;
    if (squared)
        a *= a, b *= b, c *= c, d *= d;
    return (a + b) + (c + d);
}

/* adds a whole row less `mean`, or the squares of that */
SIMD_INLINE void lanes_add_row(lanes_sum *s, const float *x, int64_t n, float mean, bool squared)
{
    const simd_f m = simd_all(mean);
    int64_t i = 0;
    for (; i + 4 * SIMD_W <= n; i += 4 * SIMD_W) {
        s->part += lanes_four(x + i, m, squared);
        if (i / SIMD_W % 16 == 12)
            lanes_flush(s);
    }
    for (; i < n; i += SIMD_W) {
        const simd_f d = lanes_load(x, i, n, mean) - m;
        lanes_add(s, i, squared ? d * d : d);
    }
    lanes_flush(s);
}

/* the lanes added pairwise, always in the same order */
SIMD_INLINE double lanes_sum_d(lanes_d x)
{
#if defined(__AVX512F__)
    const __m256d half = _mm256_add_pd(_mm512_castpd512_pd256(x), _mm512_extractf64x4_pd(x, 1));
#elif defined(__AVX2__)
    const __m256d half = x;
#endif
#if defined(__AVX2__)
    const __m128d pair = _mm_add_pd(_mm256_castpd256_pd128(half), _mm256_extractf128_pd(half, 1));
    return pair[0] + pair[1];
#else
    return x[0] + x[1];
#endif
}

SIMD_INLINE double lanes_total(lanes_sum *s)
{
    lanes_flush(s);
    return lanes_sum_d(s->low + s->high);
}

/* adds the vector at i of a row of n to doubles, of which there are n, too */
SIMD_INLINE void lanes_gather(double *to, int64_t i, int64_t n, simd_f x)
{
    typedef double at __attribute__((vector_size(SIMD_BYTES), aligned(8), may_alias));
    lanes_d low, high;
    float lane[SIMD_W];
    if (i + SIMD_W <= n) {
        lanes_wide(x, &low, &high);
        *(at *)(to + i) += low;
        *(at *)(to + i + SIMD_W / 2) += high;
        return;
    }
    memcpy(lane, &x, sizeof lane);
    for (int64_t l = i; l < n; l++)
        to[l] += (double)lane[l - i];
}
#endif
