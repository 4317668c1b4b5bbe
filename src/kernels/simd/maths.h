/* maths.h - elementary functions of one float, written so that a loop over them vectorises.

   Promises: exp, log, tanh, sigmoid, erf, sin, cos within 2 ulp, the others within 4, over all floats: infinities, NaN,
   subnormal arguments and subnormal results. No branches, no tables, no calls; the same bits wherever in an array - the
   test sees to it, since a compiler is free to fuse one product here, another there. Does not do: sin and cos beyond
   MATHS_TRIG_MOST, which their caller must leave to libm. */
#ifndef NRV__MATHS_H
#define NRV__MATHS_H
#include "simd.h"

/* out may be the same array as an input, never overlap it otherwise: every iteration stands for itself */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed" /* a target without vectors of some type is no news */
#define MATHS_LOOP _Pragma("clang loop vectorize(assume_safety)")
#else
#define MATHS_LOOP _Pragma("GCC ivdep")
#endif

/* an instruction of one or of two inputs by its expression in x (and y) */
#define MATHS_EACH1(name, from, to, expr) \
    static void name(const nrv__lane *l)  \
    {                                     \
        const from *in = l->in[0];        \
        to *out = l->out;                 \
        const int64_t n = l->n;           \
        MATHS_LOOP                        \
        for (int64_t i = 0; i < n; i++) { \
            const from x = in[i];         \
            out[i] = (to)(expr);          \
        }                                 \
    }
#define MATHS_EACH2(name, from, to, expr)               \
    static void name(const nrv__lane *l)                \
    {                                                   \
        const from *left = l->in[0], *right = l->in[1]; \
        to *out = l->out;                               \
        const int64_t n = l->n;                         \
        MATHS_LOOP                                      \
        for (int64_t i = 0; i < n; i++) {               \
            const from x = left[i], y = right[i];       \
            out[i] = (to)(expr);                        \
        }                                               \
    }

SIMD_INLINE int32_t maths_bits(float x)
{
    int32_t i;
    memcpy(&i, &x, sizeof i);
    return i;
}

SIMD_INLINE float maths_float(int32_t i)
{
    float x;
    memcpy(&x, &i, sizeof x);
    return x;
}

/* e^(x + low) = result * *scale: where the power is subnormal, what is to be multiplied in goes between the two
   factors, and only the last product rounds. *tail is what the result lost in rounding, low far smaller than x.
   (Coefficients: Moshier's Cephes.) */
SIMD_INLINE float maths_exp_parts(float x, float low, float *scale, float *tail)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer, in the low bits */
    x = x < -120.0f ? -120.0f : x;
    x = x > 89.0f ? 89.0f : x;
    const float t = x * 1.44269504088896341f + magic, n = t - magic;
    const int32_t whole = maths_bits(t) - 0x4b400000, half = whole >> 1;
    const float r = (x - n * 0.693359375f) + (low - n * -2.12194440e-4f); /* the first bracket is exact */
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r;
    const float sum = p + 1.0f, first = maths_float((int32_t)((uint32_t)(half + 127) << 23));
    *scale = maths_float((int32_t)((uint32_t)(whole - half + 127) << 23));
    *tail = (p - (sum - 1.0f)) * first;
    return sum * first;
}

SIMD_INLINE float maths_exp(float x)
{
    float scale, tail;
    const float p = maths_exp_parts(x, 0.0f, &scale, &tail);
    return p * scale;
}

/* after FreeBSD's e_logf.c */
SIMD_INLINE float maths_log(float x)
{
    const float up = x < 1.17549435e-38f ? x * 33554432.0f : x;
    const int32_t i = (int32_t)((uint32_t)maths_bits(up) + (0x3f800000u - 0x3f3504f3u));
    const float k = (float)((i >> 23) - 127) - (x < 1.17549435e-38f ? 25.0f : 0.0f);
    const float f = maths_float((i & 0x007fffff) + 0x3f3504f3) - 1.0f;
    const float s = f / (2.0f + f), z = s * s, w = z * z, half = 0.5f * f * f;
    const float odd = w * (0.40000972152f + w * 0.24279078841f), even = z * (0.66666662693f + w * 0.28498786688f);
    float y = s * (half + (odd + even)) + k * 9.0580006145e-06f - half + f + k * 6.9313812256e-01f;
    y = x == 0.0f ? -__builtin_inff() : y;
    y = x < 0.0f ? __builtin_nanf("") : y;
    return x - x == 0.0f ? y : x < 0.0f ? __builtin_nanf("") : x; /* infinity and NaN */
}

SIMD_INLINE float maths_tanh(float x)
{
    const float z = x * x, a = __builtin_fabsf(x);
    float p = -5.70498872745e-3f;
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    const float small = p * z * x + x, large = 1.0f - 2.0f / (maths_exp(2.0f * a) + 1.0f);
    return a < 0.625f ? small : __builtin_copysignf(large, x);
}

/* e^-|x| / (1 + e^-|x|) = result * *scale, and *above = 1 / (1 + e^-|x|). The quotient is corrected by what its parts
   lost in rounding. Where x is so large that e is nothing against any float it is 0, so that infinity times it is NaN.
 */
SIMD_INLINE float maths_logistic(float x, float *scale, float *above)
{
    const float a = __builtin_fabsf(x);
    float rest;
    const float part = maths_exp_parts(-a, 0.0f, scale, &rest);
    const float p = a > 200.0f ? 0.0f : part, tail = a > 200.0f ? 0.0f : rest;
    const float e = p * *scale, below = 1.0f + e, lost = tail * *scale + (e - (below - 1.0f)), q = p / below;
    *above = 1.0f / below;
    return (tail - q * lost) * *above + q;
}

SIMD_INLINE float maths_sigmoid(float x)
{
    float scale, above;
    const float q = maths_logistic(x, &scale, &above);
    return x < 0.0f ? q * scale : above;
}

SIMD_INLINE float maths_silu(float x)
{
    float scale, above;
    const float q = maths_logistic(x, &scale, &above);
    return x < 0.0f ? x * q * scale : x * above;
}

/* max(x, 0) + log(1 + e^-|x|), where log(1 + e) = 2 atanh(e / (2 + e)) */
SIMD_INLINE float maths_softplus(float x)
{
    const float e = maths_exp(-__builtin_fabsf(x)), s = e / (2.0f + e), z = s * s;
    float p = 0.2686101198f;
    p = p * z + 0.2823504210f;
    p = p * z + 0.4000762701f;
    p = p * z + 0.6666663885f;
    return (x > 0.0f ? x : 0.0f) + (p * z * s + 2.0f * s);
}

/* two ranges, after N. Juffa */
SIMD_INLINE float maths_erf(float x)
{
    const float a = __builtin_fabsf(x), t = a > 4.0f ? 4.0f : a, s = x * x, tt = t * t;
    float r = 0x1.222900p-16f * t - 0x1.91d2ccp-12f;
    const float u = 0x1.fd1336p-9f * t - 0x1.8d6300p-6f;
    r = r * tt + u;
    r = r * t + 0x1.b55cb0p-4f;
    r = r * t + 0x1.450aa0p-1f;
    r = r * t + 0x1.079d0cp-3f;
    r = r * t + t;
    const float large = 1.0f - maths_exp(-r);
    float p = -0x1.3a1a82p-11f;
    p = p * s + 0x1.473f48p-8f;
    p = p * s - 0x1.b68bd2p-6f;
    p = p * s + 0x1.ce1a46p-4f;
    p = p * s - 0x1.8126e0p-2f;
    p = p * s + 0x1.06eba6p-3f;
    const float small = p * x + x;
    return a > 0.921875f ? __builtin_copysignf(large, x) : x != x ? x : small;
}

#define MATHS_TRIG_MOST 1.0e6f

/* sin(x + quarters * pi/2): the remainder of pi/2 in double, where n * (33 bits of pi/2) is exact */
SIMD_INLINE float maths_sin(float x, int32_t quarters)
{
    const double magic = 6755399441055744.0, d = __builtin_fabsf(x) <= MATHS_TRIG_MOST ? (double)x : 0.0;
    const double t = d * 0.63661977236758134308 + magic, n = t - magic;
    int64_t bits;
    memcpy(&bits, &t, sizeof bits);
    const int32_t q = (int32_t)bits + quarters;
    const float r = (float)(d - n * 1.57079632673412561417 - n * 6.07710050650619224932e-11), z = r * r;
    const float s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * (z * r) + r;
    const float c =
        ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * (z * z) + (1.0f - 0.5f * z);
    const float y = (q & 1) != 0 ? c : s;
    return (q & 2) != 0 ? -y : y;
}

/* a choice without ?:, of which gcc vectorises only a few in a row */
SIMD_INLINE float maths_if(int when, float yes, float no)
{
    const int32_t mask = -when;
    return maths_float((maths_bits(yes) & mask) | (maths_bits(no) & ~mask));
}

/* 2^(y log2 |x|) in double, good to 1e-9, so that the result is rounded once; then signs and special cases as in C */
SIMD_INLINE float maths_pow(float x, float y)
{
    const double a = (double)__builtin_fabsf(x), w = (double)y, magic = 6755399441055744.0;
    uint64_t i;
    memcpy(&i, &a, sizeof i);
    i += 0x3ff0000000000000u - 0x3fe6a09e667f3bcdu;
    const double k = (double)((int32_t)(i >> 52) - 1023);
    i = (i & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu;
    double m;
    memcpy(&m, &i, sizeof m);
    const double s = (m - 1) / (m + 1), z = s * s;
    double p = 1.0 / 15;
    p = p * z + 1.0 / 13;
    p = p * z + 1.0 / 11;
    p = p * z + 1.0 / 9;
    p = p * z + 1.0 / 7;
    p = p * z + 1.0 / 5;
    p = p * z + 1.0 / 3;
    double power = w * (k + 2.88539008177792681472 * (s + s * z * p));
    const int wild = (a == 0) | (a - a != 0) | (w - w != 0), up = (a > 1) == (y > 0);
    const double far = up ? 300 : -300; /* zero and infinity: as far as it goes */
    power = wild ? far : power;
    power = power > 300 ? 300 : power < -300 ? -300 : power;
    const double t = power + magic, f = (power - (t - magic)) * 0.69314718055994530942;
    double e = 1.0 / 40320;
    e = e * f + 1.0 / 5040;
    e = e * f + 1.0 / 720;
    e = e * f + 1.0 / 120;
    e = e * f + 1.0 / 24;
    e = e * f + 1.0 / 6;
    e = e * f + 0.5;
    e = e * f + 1.0;
    e = e * f + 1.0;
    memcpy(&i, &t, sizeof i);
    i = (i + 1023) << 52;
    memcpy(&m, &i, sizeof m);
    const float result = (float)(e * m), ay = __builtin_fabsf(y), small = ay < 16777216.0f ? ay : 0.0f;
    const int32_t whole = (int32_t)small;
    const float sign = (whole & 1) != 0 ? -1.0f : 1.0f; /* of a negative number to the power of `whole` */
    const int integer = (float)whole == small, nan = (x != x) | (y != y), finite = x - x == 0.0f;
    float r = maths_if((maths_bits(x) < 0) & integer, sign * result, result);
    r = maths_if((x < 0.0f) & finite & !integer, __builtin_nanf(""), r);
    r = maths_if(nan, x + y, r);
    return maths_if((x == 1.0f) | (y == 0.0f) | ((x == -1.0f) & (ay == __builtin_inff())), 1.0f, r);
}
#endif
