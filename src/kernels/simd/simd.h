/* simd.h - the one vector type that the kernels of this room are written in, as wide as the instruction set they are
   built for.

   Promises: SIMD_W floats, loads and stores at any address of a float; the same source for x86-64, AVX2, AVX-512, NEON
   and wasm (GCC and clang vector extensions, no intrinsics). Does not do: vectors wider than the target (a compiler
   splits them badly) and element-wise maths - plain loops over scalar inline functions vectorise better than anything
   written here. */
#ifndef NRV__SIMD_H
#define NRV__SIMD_H
#include "../attr.h"
#include "../kernel.h"
#include <string.h>
#if defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__AVX512F__)
enum { SIMD_BYTES = 64, SIMD_PER_TILE = 4 };
#elif defined(__AVX2__)
enum { SIMD_BYTES = 32, SIMD_PER_TILE = 2 };
#elif defined(__aarch64__)
enum { SIMD_BYTES = 16, SIMD_PER_TILE = 4 };
#else
enum { SIMD_BYTES = 16, SIMD_PER_TILE = 2 };
#endif
enum { SIMD_W = SIMD_BYTES / 4 };

#define SIMD_INLINE static inline __attribute__((always_inline, unused))
#define SIMD_UNUSED __attribute__((unused))

typedef float simd_f __attribute__((vector_size(SIMD_BYTES)));
typedef float simd_f_at __attribute__((vector_size(SIMD_BYTES), aligned(4), may_alias));
typedef int32_t simd_i __attribute__((vector_size(SIMD_BYTES)));
typedef uint32_t simd_u __attribute__((vector_size(SIMD_BYTES)));
typedef float simd_4 __attribute__((vector_size(16)));
typedef float simd_4_at __attribute__((vector_size(16), aligned(4), may_alias));
typedef int32_t simd_4i __attribute__((vector_size(16)));

SIMD_INLINE simd_f simd_load(const float *p)
{
    return *(const simd_f_at *)p;
}

SIMD_INLINE void simd_store(float *p, simd_f x)
{
    *(simd_f_at *)p = x;
}

/* To memory past the caches, where the tier can: p is aligned to the vector. Others see it after simd_streamed. */
SIMD_INLINE void simd_stream(float *p, simd_f x)
{
#if defined(__AVX512F__)
    _mm512_stream_ps(p, (__m512)x);
#elif defined(__AVX2__)
    _mm256_stream_ps(p, (__m256)x);
#elif defined(__SSE2__)
    _mm_stream_ps(p, (__m128)x);
#else
    simd_store(p, x);
#endif
}

SIMD_INLINE void simd_streamed(void)
{
#if defined(__SSE2__)
    _mm_sfence();
#endif
}

/* The first lanes of a vector: what lies beyond is not touched. Where the processor has no masks a whole load is much
   faster, and SIMD_MASKED says so. */
#if defined(__AVX512F__)
enum { SIMD_MASKED = 1 };
typedef __mmask16 simd_mask;
SIMD_INLINE simd_mask simd_first(int64_t n)
{
    return (simd_mask)((1u << n) - 1);
}

SIMD_INLINE simd_f simd_load_some(const float *p, simd_mask m)
{
    return (simd_f)_mm512_maskz_loadu_ps(m, p);
}

SIMD_INLINE simd_f simd_load_or(const float *p, simd_mask m, simd_f rest) /* where m is not, rest */
{
    return (simd_f)_mm512_mask_loadu_ps((__m512)rest, m, p);
}

SIMD_INLINE void simd_store_some(float *p, simd_f x, simd_mask m)
{
    _mm512_mask_storeu_ps(p, m, (__m512)x);
}
#elif defined(__AVX2__)
enum { SIMD_MASKED = 1 };
typedef simd_i simd_mask;
SIMD_INLINE simd_mask simd_first(int64_t n)
{
    return (simd_i){ 0, 1, 2, 3, 4, 5, 6, 7 } < ((int32_t)n - (simd_i){ 0 });
}

SIMD_INLINE simd_f simd_load_some(const float *p, simd_mask m)
{
    return (simd_f)_mm256_maskload_ps(p, (__m256i)m);
}

SIMD_INLINE simd_f simd_load_or(const float *p, simd_mask m, simd_f rest)
{
    return (simd_f)((m & (simd_i)_mm256_maskload_ps(p, (__m256i)m)) | (~m & (simd_i)rest));
}

SIMD_INLINE void simd_store_some(float *p, simd_f x, simd_mask m)
{
    _mm256_maskstore_ps(p, (__m256i)m, (__m256)x);
}
#else
enum { SIMD_MASKED = 0 };
typedef size_t simd_mask; /* bytes */
SIMD_INLINE simd_mask simd_first(int64_t n)
{
    return (size_t)n * sizeof(float);
}

SIMD_INLINE simd_f simd_load_some(const float *p, simd_mask m)
{
    simd_f x = { 0 };
    memcpy(&x, p, m);
    return x;
}

SIMD_INLINE simd_f simd_load_or(const float *p, simd_mask m, simd_f rest)
{
    memcpy(&rest, p, m);
    return rest;
}

SIMD_INLINE void simd_store_some(float *p, simd_f x, simd_mask m)
{
    memcpy(p, &x, m);
}
#endif

/* Some lanes in the middle of a vector: what lies before and behind is not touched, and zero. */
#if defined(__AVX512F__)
typedef __mmask16 simd_span;
SIMD_INLINE simd_span simd_span_of(int64_t first, int64_t end)
{
    const int64_t a = first < 0 ? 0 : first > SIMD_W ? SIMD_W : first, b = end > SIMD_W ? SIMD_W : end;
    return (simd_span)(b <= a ? 0 : (1u << b) - (1u << a));
}

SIMD_INLINE simd_f simd_load_span(const float *p, simd_span s)
{
    return simd_load_some(p, s);
}
#elif defined(__AVX2__)
typedef simd_i simd_span;
SIMD_INLINE simd_span simd_span_of(int64_t first, int64_t end)
{
    const int64_t a = first < 0 ? 0 : first > SIMD_W ? SIMD_W : first, b = end < 0 ? 0 : end > SIMD_W ? SIMD_W : end;
    const simd_i lane = { 0, 1, 2, 3, 4, 5, 6, 7 };
    return (lane >= ((int32_t)a - (simd_i){ 0 })) & (lane < ((int32_t)b - (simd_i){ 0 }));
}

SIMD_INLINE simd_f simd_load_span(const float *p, simd_span s)
{
    return simd_load_some(p, s);
}
#else
typedef struct simd_span {
    int64_t first, end;
} simd_span;
SIMD_INLINE simd_span simd_span_of(int64_t first, int64_t end)
{
    return (simd_span){ first, end };
}

SIMD_INLINE simd_f simd_load_span(const float *p, simd_span s)
{
    simd_f x = { 0 };
    for (int64_t i = 0; i < SIMD_W; i++)
        if (i >= s.first && i < s.end)
            x[i] = p[i];
    return x;
}
#endif

/* x - 0 and not 0 + x: the latter is an addition (of a possible -0), the former is just the broadcast */
SIMD_INLINE simd_f simd_all(float x)
{
    return x - (simd_f){ 0 };
}

SIMD_INLINE simd_f simd_if(simd_i when, simd_f yes, simd_f no)
{
    return (simd_f)((when & (simd_i)yes) | (~when & (simd_i)no));
}

/* The lower half of a vector, where multiplying it takes half the time: AVX-512 on units of 256 bits, as AMD has them
   (on others it takes no longer). Elsewhere a half is a whole. */
#if defined(__AVX512F__)
enum { SIMD_HALVES = 1 };
typedef float simd_half __attribute__((vector_size(32)));
SIMD_INLINE simd_half simd_low(simd_f x)
{
    return __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7);
}

SIMD_INLINE simd_half simd_low_all(float x)
{
    return x - (simd_half){ 0 };
}

SIMD_INLINE simd_half simd_low_load_some(const float *p, simd_mask m)
{
    return (simd_half)_mm256_maskz_loadu_ps((__mmask8)m, p);
}

SIMD_INLINE void simd_low_store_some(float *p, simd_half x, simd_mask m)
{
    _mm256_mask_storeu_ps(p, (__mmask8)m, (__m256)x);
}
#else
enum { SIMD_HALVES = 0 };
typedef simd_f simd_half;
#define simd_low(x)                     (x)
#define simd_low_all(x)                 simd_all(x)
#define simd_low_load_some(p, m)        simd_load_some(p, m)
#define simd_low_store_some(p, x, mask) simd_store_some(p, x, mask)
#endif

/* x < y ? x : y and x > y ? x : y: where one is NaN, y */
SIMD_INLINE simd_f simd_least(simd_f x, simd_f y)
{
#if defined(__AVX512F__)
    return _mm512_min_ps(x, y);
#elif defined(__AVX2__)
    return _mm256_min_ps(x, y);
#elif defined(__SSE2__)
    return _mm_min_ps(x, y);
#else
    return simd_if((simd_i)(x < y), x, y);
#endif
}

SIMD_INLINE simd_f simd_most(simd_f x, simd_f y)
{
#if defined(__AVX512F__)
    return _mm512_max_ps(x, y);
#elif defined(__AVX2__)
    return _mm256_max_ps(x, y);
#elif defined(__SSE2__)
    return _mm_max_ps(x, y);
#else
    return simd_if((simd_i)(x > y), x, y);
#endif
}

/* In each lane acc and the sum of two products, of numbers of 16 bits; it wraps */
SIMD_INLINE simd_i simd_dot2(simd_i acc, simd_i a, simd_i b)
{
#if defined(__AVX512F__)
    return (simd_i)_mm512_add_epi32((__m512i)acc, _mm512_madd_epi16((__m512i)a, (__m512i)b));
#elif defined(__AVX2__)
    return (simd_i)_mm256_add_epi32((__m256i)acc, _mm256_madd_epi16((__m256i)a, (__m256i)b));
#elif defined(__SSE2__)
    return (simd_i)_mm_add_epi32((__m128i)acc, _mm_madd_epi16((__m128i)a, (__m128i)b));
#else
    return (simd_i)((simd_u)acc + (simd_u)((a << 16 >> 16) * (b << 16 >> 16)) + (simd_u)((a >> 16) * (b >> 16)));
#endif
}

/* The same of four bytes, those of a unsigned. No tier is compiled for this instruction: who comes here asked the
   processor for VNNI. Without AVX-512 there is none, and simd_dot2 stands here for what is never run */
SIMD_INLINE simd_i simd_dot4(simd_i acc, simd_i a, simd_i b)
{
#if defined(__AVX512F__)
    __asm__("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(a), "v"(b));
    return acc;
#else
    return simd_dot2(acc, a, b);
#endif
}

/* x 2^n for whole n from -254 to 254, rounded once where that is subnormal */
SIMD_INLINE simd_f simd_scaled(simd_f x, simd_f n)
{
#if defined(__AVX512F__)
    return _mm512_scalef_ps(x, n);
#else
    const simd_i whole = __builtin_convertvector(n, simd_i), half = whole >> 1;
    return x * (simd_f)((half + 127) << 23) * (simd_f)((whole - half + 127) << 23);
#endif
}

/* the lanes added pairwise, always in the same order */
SIMD_INLINE float simd_sum(simd_f x)
{
    float t[SIMD_W];
    memcpy(t, &x, sizeof t);
    for (int half = SIMD_W / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            t[i] += t[i + half];
    return t[0];
}

#if defined(__AVX512F__)
SIMD_INLINE simd_4 simd_quarter(simd_f x) /* lanes added pairwise until four are left */
{
    const simd_half y = simd_low(x) + __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
    return __builtin_shufflevector(y, y, 0, 1, 2, 3) + __builtin_shufflevector(y, y, 4, 5, 6, 7);
}
#elif defined(__AVX2__)
SIMD_INLINE simd_4 simd_quarter(simd_f x)
{
    return __builtin_shufflevector(x, x, 0, 1, 2, 3) + __builtin_shufflevector(x, x, 4, 5, 6, 7);
}
#else
SIMD_INLINE simd_4 simd_quarter(simd_f x)
{
    return x;
}
#endif

/* the sums of four vectors, each as simd_sum gives it */
SIMD_INLINE simd_4 simd_sums(simd_f x0, simd_f x1, simd_f x2, simd_f x3)
{
    const simd_4 a = simd_quarter(x0), b = simd_quarter(x1), c = simd_quarter(x2), d = simd_quarter(x3);
    const simd_4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const simd_4 cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

/* the larger; a NaN, if there is one */
SIMD_INLINE float simd_more(float best, float x)
{
    const float m = x <= best ? best : x;
    return best != best ? best : m;
}

SIMD_INLINE simd_f simd_more_lanes(simd_f best, simd_f x)
{
    const simd_i keep = (simd_i)(x <= best) | (simd_i)(best != best);
    return (simd_f)((keep & (simd_i)best) | (~keep & (simd_i)x));
}

/* a and b one behind the other: every other element; and back */
#if defined(__AVX512F__)
#define SIMD_EVENS 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define SIMD_ODDS  1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#define SIMD_FRONT 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define SIMD_BACK  8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#elif defined(__AVX2__)
#define SIMD_EVENS 0, 2, 4, 6, 8, 10, 12, 14
#define SIMD_ODDS  1, 3, 5, 7, 9, 11, 13, 15
#define SIMD_FRONT 0, 8, 1, 9, 2, 10, 3, 11
#define SIMD_BACK  4, 12, 5, 13, 6, 14, 7, 15
#else
#define SIMD_EVENS 0, 2, 4, 6
#define SIMD_ODDS  1, 3, 5, 7
#define SIMD_FRONT 0, 4, 1, 5
#define SIMD_BACK  2, 6, 3, 7
#endif

SIMD_INLINE void simd_unzip(simd_f a, simd_f b, simd_f *evens, simd_f *odds)
{
    *evens = __builtin_shufflevector(a, b, SIMD_EVENS);
    *odds = __builtin_shufflevector(a, b, SIMD_ODDS);
}

SIMD_INLINE void simd_zip(simd_f evens, simd_f odds, simd_f *a, simd_f *b)
{
    *a = __builtin_shufflevector(evens, odds, SIMD_FRONT);
    *b = __builtin_shufflevector(evens, odds, SIMD_BACK);
}

/* to[i*ld_to + j] = from[j*ld_from + i], i, j < 4 */
SIMD_INLINE void simd_turn4(float *to, int64_t ld_to, const float *from, int64_t ld_from)
{
    const simd_4 a = *(const simd_4_at *)from, b = *(const simd_4_at *)(from + ld_from);
    const simd_4 c = *(const simd_4_at *)(from + 2 * ld_from), d = *(const simd_4_at *)(from + 3 * ld_from);
    const simd_4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), AB = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const simd_4 cd = __builtin_shufflevector(c, d, 0, 4, 1, 5), CD = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(simd_4_at *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
    *(simd_4_at *)(to + ld_to) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    *(simd_4_at *)(to + 2 * ld_to) = __builtin_shufflevector(AB, CD, 0, 1, 4, 5);
    *(simd_4_at *)(to + 3 * ld_to) = __builtin_shufflevector(AB, CD, 2, 3, 6, 7);
}

/* four columns of SIMD_W rows become four vectors: to[i*ld_to + j] = from[j*ld_from + i], i < 4, j < SIMD_W */
#if defined(__AVX512F__)
SIMD_INLINE simd_f simd_lanes(const float *p, int64_t ld)
{
    const simd_4 a = *(const simd_4_at *)p, b = *(const simd_4_at *)(p + 4 * ld);
    const simd_4 c = *(const simd_4_at *)(p + 8 * ld), d = *(const simd_4_at *)(p + 12 * ld);
    const simd_half ab = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
    const simd_half cd = __builtin_shufflevector(c, d, 0, 1, 2, 3, 4, 5, 6, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}
SIMD_INLINE void simd_turn(float *to, int64_t ld_to, const float *from, int64_t ld_from)
{
    const simd_f a = simd_lanes(from, ld_from), b = simd_lanes(from + ld_from, ld_from);
    const simd_f c = simd_lanes(from + 2 * ld_from, ld_from), d = simd_lanes(from + 3 * ld_from, ld_from);
#define SIMD_LOW(x, y)  __builtin_shufflevector(x, y, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define SIMD_HIGH(x, y) __builtin_shufflevector(x, y, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define SIMD_EVEN(x, y) __builtin_shufflevector(x, y, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29)
#define SIMD_ODD(x, y)  __builtin_shufflevector(x, y, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31)
    const simd_f ab = SIMD_LOW(a, b), AB = SIMD_HIGH(a, b), cd = SIMD_LOW(c, d), CD = SIMD_HIGH(c, d);
    simd_store(to, SIMD_EVEN(ab, cd));
    simd_store(to + ld_to, SIMD_ODD(ab, cd));
    simd_store(to + 2 * ld_to, SIMD_EVEN(AB, CD));
    simd_store(to + 3 * ld_to, SIMD_ODD(AB, CD));
}
#else
SIMD_INLINE void simd_turn(float *to, int64_t ld_to, const float *from, int64_t ld_from)
{
    for (int64_t j = 0; j < SIMD_W; j += 4)
        simd_turn4(to + j, ld_to, from + j * ld_from, ld_from);
}
#endif

SIMD_INLINE int64_t simd_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

SIMD_INLINE int64_t simd_max(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

SIMD_INLINE int64_t simd_ceil(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* piece i of n things split into `parts` pieces whose lengths differ by at most one */
SIMD_INLINE int64_t simd_cut(int64_t n, int64_t parts, int64_t i)
{
    return n / parts * i + simd_min(i, n % parts);
}

SIMD_UNUSED static int64_t simd_elements(const nrv__view *v)
{
    int64_t n = 1;
    for (int i = 0; i < v->rank; i++)
        n *= v->dim[i];
    return n;
}

SIMD_UNUSED static bool simd_f32(const nrv__args *a)
{
    bool all = true;
    for (int i = 0; i < a->n_in; i++)
        all = all && a->in[i].type == NRV_F32;
    for (int i = 0; i < a->n_out; i++)
        all = all && a->out[i].type == NRV_F32;
    return all;
}

/* about how many multiply-adds a nanosecond the matrix kernels do, and how many simple results the others */
SIMD_INLINE double simd_fma_rate(void)
{
    return (double)SIMD_W * (SIMD_BYTES > 16 ? 3.0 : 2.0);
}
#endif
