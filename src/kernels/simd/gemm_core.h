/* gemm_core.h - the innermost part of a matrix product: one tile of C in registers, up to SIMD_PER_TILE vectors wide
   and the taller the narrower it is, so that there are always chains enough to keep the multipliers busy.

   Promises: C[i][j] is one chain of multiply-adds over k in order, whatever the tile's size and place, so how a product
   is cut into tiles never shows in its bits. Only the columns of the tile are touched, and where SIMD_MASKED only those
   of B are read. Does not do: packing decisions, blocking, threads. */
#ifndef NRV__GEMM_CORE_H
#define NRV__GEMM_CORE_H
#include "simd.h"

enum { GEMM_MR = 6, GEMM_NR = SIMD_PER_TILE * SIMD_W }; /* a tile of this size may be had at any width */

typedef struct gemm_tile {
    const float *a, *b;
    int64_t row_a, step_a, step_b, k; /* a[i*row_a + k*step_a], b[k*step_b + j] */
    float *c;
    int64_t row_c;
    int cols;          /* of C; B must be readable up to the next whole vector unless SIMD_MASKED */
    bool add;          /* C += instead of C = */
    bool far;          /* C is not in the first cache: it is asked for when the tile begins */
    const float *soon; /* soon[k * soon_step] is wanted later and asked for now, a line for each k; or NULL */
    int64_t soon_step;
} gemm_tile;

/* how many rows a tile of so many vectors may have */
SIMD_INLINE int gemm_tall(int vectors)
{
    if (SIMD_PER_TILE == 2)
        return vectors == 1 ? 10 : 6;
    return vectors < 3 ? 12 : vectors == 3 ? 8 : 6;
}

/* What the last vector of a tile holds: all of it, some of it, or no more than half, which is multiplied as such */
typedef enum { GEMM_WHOLE, GEMM_SOME, GEMM_HALF } gemm_rest;

/* Named accumulators: an array of vectors is kept in memory by gcc. c of whole vectors, h of a half */
#define PART_ZERO(i)                                                           \
    simd_f c##i##0 = { 0 }, c##i##1 = { 0 }, c##i##2 = { 0 }, c##i##3 = { 0 }; \
    simd_half h##i = { 0 };
#define PART_FMA(i)                                                   \
    if (mr > i) {                                                     \
        const float *v = i < 6 ? a + i * row : below + (i - 6) * row; \
        const simd_f x = simd_all(*v);                                \
        if (full > 0)                                                 \
            c##i##0 += x * b0;                                        \
        if (full > 1)                                                 \
            c##i##1 += x * b1;                                        \
        if (full > 2)                                                 \
            c##i##2 += x * b2;                                        \
        if (full > 3)                                                 \
            c##i##3 += x * b3;                                        \
        if (full < nv)                                                \
            h##i += (full ? simd_low(x) : simd_low_all(*v)) * bh;     \
    }
#define PART_PUT(i)                                                           \
    if (mr > i) {                                                             \
        float *c = t->c + i * t->row_c;                                       \
        if (full > 0)                                                         \
            gemm_put(c, c##i##0, t->add, last, nv == 1 && some);              \
        if (full > 1)                                                         \
            gemm_put(c + SIMD_W, c##i##1, t->add, last, nv == 2 && some);     \
        if (full > 2)                                                         \
            gemm_put(c + 2 * SIMD_W, c##i##2, t->add, last, nv == 3 && some); \
        if (full > 3)                                                         \
            gemm_put(c + 3 * SIMD_W, c##i##3, t->add, last, nv == 4 && some); \
        if (full < nv)                                                        \
            gemm_put_half(c + full * SIMD_W, h##i, t->add, last);             \
    }
#define PART_ALL(do) \
    do               \
    (0) do(1) do(2) do(3) do(4) do(5) do(6) do(7) do(8) do(9) do(10) do(11)

SIMD_INLINE void gemm_put(float *c, simd_f x, bool add, simd_mask last, const bool some)
{
    if (some)
        simd_store_some(c, add ? simd_load_some(c, last) + x : x, last);
    else
        simd_store(c, add ? simd_load(c) + x : x);
}

SIMD_INLINE void gemm_put_half(float *c, simd_half x, bool add, simd_mask last)
{
    simd_low_store_some(c, add ? simd_low_load_some(c, last) + x : x, last);
}

SIMD_INLINE simd_f gemm_get(const float *b, simd_mask last, const bool some)
{
    return SIMD_MASKED && some ? simd_load_some(b, last) : simd_load(b);
}

/* mr, nv and rest are constants wherever this is called: what they exclude vanishes */
SIMD_INLINE void gemm_tile_any(const gemm_tile *t, const int mr, const int nv, const gemm_rest rest)
{
    const int full = rest == GEMM_HALF ? nv - 1 : nv;
    const bool some = rest == GEMM_SOME;
    const simd_mask last = simd_first(t->cols % SIMD_W);
    const float *a = t->a, *b = t->b, *below = mr > 6 ? a + 6 * t->row_a : a, *soon = t->soon ? t->soon : a;
    const int64_t row = t->row_a, step_a = t->step_a, step_b = t->step_b, soon_step = t->soon ? t->soon_step : 0;
    for (int i = 0; i < mr && t->far; i++)
        for (int j = 0; j < nv; j++)
            __builtin_prefetch(t->c + i * t->row_c + j * SIMD_W, 1);
    PART_ALL(PART_ZERO)
    const simd_f none = { 0 };
    const simd_half no_half = { 0 };
    for (int64_t k = 0; k < t->k; k++) {
        __builtin_prefetch(soon);
        const simd_f b0 = full > 0 ? gemm_get(b, last, nv == 1 && some) : none;
        const simd_f b1 = full > 1 ? gemm_get(b + SIMD_W, last, nv == 2 && some) : none;
        const simd_f b2 = full > 2 ? gemm_get(b + 2 * SIMD_W, last, nv == 3 && some) : none;
        const simd_f b3 = full > 3 ? gemm_get(b + 3 * SIMD_W, last, nv == 4 && some) : none;
        const simd_half bh = full < nv ? simd_low_load_some(b + full * SIMD_W, last) : no_half;
        PART_ALL(PART_FMA)
        a += step_a, below += step_a, b += step_b, soon += soon_step;
    }
    PART_ALL(PART_PUT)
}

#define PART_CASE(mr, nv, rest)         \
    case mr:                            \
        gemm_tile_any(t, mr, nv, rest); \
        return;
#define PART_6(nv, rest)   \
    PART_CASE(1, nv, rest) \
    PART_CASE(2, nv, rest) PART_CASE(3, nv, rest) PART_CASE(4, nv, rest) PART_CASE(5, nv, rest) PART_CASE(6, nv, rest)
#define PART_8(nv, rest)  PART_6(nv, rest) PART_CASE(7, nv, rest) PART_CASE(8, nv, rest)
#define PART_10(nv, rest) PART_8(nv, rest) PART_CASE(9, nv, rest) PART_CASE(10, nv, rest)
#define PART_12(nv, rest) PART_10(nv, rest) PART_CASE(11, nv, rest) PART_CASE(12, nv, rest)
#define PART_OF(name, cases, nv, rest)           \
    static void name(const gemm_tile *t, int mr) \
    {                                            \
        switch (mr) {                            \
            cases(nv, rest)                      \
        }                                        \
    }
typedef void gemm_part(const gemm_tile *, int);
#if defined(__AVX512F__)
PART_OF(gemm_half_1, PART_12, 1, GEMM_HALF)
PART_OF(gemm_half_2, PART_12, 2, GEMM_HALF)
PART_OF(gemm_half_3, PART_8, 3, GEMM_HALF)
PART_OF(gemm_half_4, PART_6, 4, GEMM_HALF)
#define PART_HALVES { gemm_half_1, gemm_half_2, gemm_half_3, gemm_half_4 }
#else
#define PART_HALVES { NULL }
#endif
#if defined(__AVX512F__) || defined(__aarch64__)
PART_OF(gemm_part_1, PART_12, 1, GEMM_WHOLE)
PART_OF(gemm_part_2, PART_12, 2, GEMM_WHOLE)
PART_OF(gemm_part_3, PART_8, 3, GEMM_WHOLE)
PART_OF(gemm_part_4, PART_6, 4, GEMM_WHOLE)
PART_OF(gemm_some_1, PART_12, 1, GEMM_SOME)
PART_OF(gemm_some_2, PART_12, 2, GEMM_SOME)
PART_OF(gemm_some_3, PART_8, 3, GEMM_SOME)
PART_OF(gemm_some_4, PART_6, 4, GEMM_SOME)
static gemm_part *const gemm_parts[3][SIMD_PER_TILE] = { { gemm_part_1, gemm_part_2, gemm_part_3, gemm_part_4 },
                                                         { gemm_some_1, gemm_some_2, gemm_some_3, gemm_some_4 },
                                                         PART_HALVES };
#else
PART_OF(gemm_part_1, PART_10, 1, GEMM_WHOLE)
PART_OF(gemm_part_2, PART_6, 2, GEMM_WHOLE)
PART_OF(gemm_some_1, PART_10, 1, GEMM_SOME)
PART_OF(gemm_some_2, PART_6, 2, GEMM_SOME)
static gemm_part *const gemm_parts[3][SIMD_PER_TILE] = { { gemm_part_1, gemm_part_2 },
                                                         { gemm_some_1, gemm_some_2 },
                                                         PART_HALVES };
#endif

/* 1 <= mr rows of t->cols <= GEMM_NR columns; mr at most gemm_tall of the vectors that these take */
SIMD_UNUSED static void gemm_tile_run(const gemm_tile *t, int mr)
{
    const int over = t->cols % SIMD_W;
    const gemm_rest rest = over == 0 ? GEMM_WHOLE : SIMD_HALVES && over <= SIMD_W / 2 ? GEMM_HALF : GEMM_SOME;
    gemm_parts[rest][(t->cols - 1) / SIMD_W](t, mr);
}
#endif
