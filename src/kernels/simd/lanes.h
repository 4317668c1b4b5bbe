/* lanes.h - the elementary functions that rows and chains wait for most, on whole vectors, where maths.h leaves them to
   the vectoriser: a power of two is scaled by one instruction there where the set has one.

   Promises: exp, sigmoid and tanh within 2 ulp, silu within 4, over all floats: infinities, NaN, subnormal arguments
   and results; the same bits in any lane. */
#ifndef NRV__LANES_H
#define NRV__LANES_H
#include "simd.h"

/* e^(x + low) / 2^*n, low far smaller than x; without the last addition of 1 */
SIMD_INLINE simd_f lanes_power(simd_f x, simd_f low, simd_f *n)
{
    const simd_f magic = simd_all(12582912.0f); /* 1.5 * 2^23: adding it rounds to an integer */
    x = simd_least(simd_all(89.0f), simd_most(simd_all(-120.0f), x));
    const simd_f t = x * 1.44269504088896341f + magic;
    *n = t - magic;
    const simd_f r = (x - *n * 0.693359375f) + (low - *n * -2.12194440e-4f); /* the first bracket is exact */
    simd_f p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return p * (r * r) + r;
}

SIMD_INLINE simd_f lanes_exp(simd_f x)
{
    simd_f n;
    const simd_f p = lanes_power(x, simd_all(0.0f), &n);
    return simd_scaled(p + 1.0f, n);
}

SIMD_INLINE simd_f lanes_abs(simd_f x)
{
    return (simd_f)((simd_i)x & 0x7fffffff);
}

SIMD_INLINE simd_f lanes_signed(simd_f size, simd_f sign)
{
    return (simd_f)(((simd_i)size & 0x7fffffff) | ((simd_i)sign & INT32_MIN));
}

/* e^-|x| / (1 + e^-|x|) = result * 2^*n, and *above = 1 / (1 + e^-|x|): as maths_logistic, with one quotient */
SIMD_INLINE simd_f lanes_logistic(simd_f x, simd_f *n, simd_f *above)
{
    const simd_f a = lanes_abs(x), p = lanes_power(-a, simd_all(0.0f), n), sum = p + 1.0f, tail = p - (sum - 1.0f);
    const simd_f e = simd_scaled(sum, *n), below = e + 1.0f, r = 1.0f / below, q = sum * r;
    const simd_f lost = simd_scaled(tail, *n) + (e - (below - 1.0f));
    *above = r;
    return simd_if((simd_i)(a > 200.0f), simd_all(0.0f), q + ((sum - q * below) + (tail - q * lost)) * r);
}

SIMD_INLINE simd_f lanes_sigmoid(simd_f x)
{
    simd_f n, above;
    const simd_f q = lanes_logistic(x, &n, &above);
    return simd_if((simd_i)(x < 0.0f), simd_scaled(q, n), above);
}

SIMD_INLINE simd_f lanes_silu(simd_f x)
{
    simd_f n, above;
    const simd_f q = lanes_logistic(x, &n, &above);
    return simd_if((simd_i)(x < 0.0f), simd_scaled(x * q, n), x * above);
}

SIMD_INLINE simd_f lanes_tanh(simd_f x)
{
    const simd_f z = x * x, a = lanes_abs(x);
    simd_f p = z * -5.70498872745e-3f + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    const simd_f small = p * z * x + x, large = 1.0f - 2.0f / (lanes_exp(2.0f * a) + 1.0f);
    return simd_if((simd_i)(a < 0.625f), small, lanes_signed(large, x));
}

/* e^(x - most), as if the difference were not rounded; x <= most */
SIMD_INLINE simd_f lanes_exp_below(simd_f x, simd_f most)
{
    simd_f n;
    const simd_f high = x - most, back = high - x, low = (x - (high - back)) - (most + back);
    const simd_f safe = simd_if((simd_i)(high < -120.0f), simd_all(0.0f), low); /* -inf has no remainder */
    const simd_f p = lanes_power(high, safe, &n);
    return simd_scaled(p + 1.0f, n);
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

/* the largest of a row; NaN, if there is one */
SIMD_INLINE float lanes_largest(const float *x, int64_t n)
{
    simd_f best = simd_all(-__builtin_inff());
    simd_i odd = (simd_i){ 0 };
    float all[SIMD_W];
    for (int64_t i = 0; i < n; i += SIMD_W) {
        const simd_f v = lanes_load(x, i, n, -__builtin_inff());
        best = simd_most(best, v);
        odd |= (simd_i)(v != v);
    }
    best = simd_if(odd, simd_all(__builtin_nanf("")), best);
    memcpy(all, &best, sizeof all);
    for (int half = SIMD_W / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++)
            all[l] = simd_more(all[l], all[l + half]);
    return all[0];
}
#endif
