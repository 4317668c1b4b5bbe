/* gemm_core.h - the innermost part of every matrix product: one tile of C, up to 6 rows and SIMD_PER_TILE vectors wide.

   Promises: C[i][j] is one chain of multiply-adds over k in order, whatever the tile's size and place, so how a product
   is cut into tiles never shows in its bits. Only `cols` columns of C are touched. Does not do: packing decisions,
   blocking, threads. Included by gemm.c and conv.c, each built once per instruction set. */
#ifndef NRV__GEMM_CORE_H
#define NRV__GEMM_CORE_H
#include "simd.h"

enum { GEMM_MR = 6, GEMM_NR = SIMD_PER_TILE * SIMD_W, GEMM_KC = 384 };

typedef struct gemm_at { /* where factor k lies: a + .a (+ i * row_a) and b + .b */
    int64_t a, b;
} gemm_at;

typedef struct gemm_tile {
    const float *a, *b;
    int64_t row_a, step_a, step_b; /* a[i*row_a + k*step_a], b[k*step_b + j] ... */
    const gemm_at *at;             /* ... or, for convolution, a[i*row_a + at[k].a], b[at[k].b + j] */
    int64_t k;
    float *c;
    int64_t row_c;
    int cols; /* of C; B must be readable up to the next whole vector */
    bool add; /* C += instead of C = */
} gemm_tile;

SIMD_INLINE void gemm_put(float *c, simd_f x, bool add)
{
    simd_store(c, add ? simd_load(c) + x : x);
}

/* Named accumulators: an array of vectors is kept in memory by gcc */
#define GEMM_ZERO(i) simd_f c##i##0 = { 0 }, c##i##1 = { 0 }, c##i##2 = { 0 }, c##i##3 = { 0 };
#define GEMM_FMA(i)                            \
    if (mr > i) {                              \
        const simd_f x = simd_all(a[i * row]); \
        c##i##0 += x * b0;                     \
        if (nv > 1)                            \
            c##i##1 += x * b1;                 \
        if (nv > 2)                            \
            c##i##2 += x * b2;                 \
        if (nv > 3)                            \
            c##i##3 += x * b3;                 \
    }
#define GEMM_PUT(i)                                    \
    if (mr > i) {                                      \
        float *c = t->c + i * t->row_c;                \
        gemm_put(c, c##i##0, t->add);                  \
        if (nv > 1)                                    \
            gemm_put(c + SIMD_W, c##i##1, t->add);     \
        if (nv > 2)                                    \
            gemm_put(c + 2 * SIMD_W, c##i##2, t->add); \
        if (nv > 3)                                    \
            gemm_put(c + 3 * SIMD_W, c##i##3, t->add); \
    }

/* mr, nv and by_table are constants wherever this is called: what they exclude vanishes */
SIMD_INLINE void gemm_tile_any(const gemm_tile *t, const int mr, const int nv, const bool by_table)
{
    const float *a = t->a, *b = t->b;
    const int64_t row = t->row_a, step_a = t->step_a, step_b = t->step_b;
    GEMM_ZERO(0) GEMM_ZERO(1) GEMM_ZERO(2) GEMM_ZERO(3) GEMM_ZERO(4) GEMM_ZERO(5) const simd_f none = { 0 };
    for (int64_t k = 0; k < t->k; k++) {
        if (by_table) {
            a = t->a + t->at[k].a;
            b = t->b + t->at[k].b;
        }
        const simd_f b0 = simd_load(b), b1 = nv > 1 ? simd_load(b + SIMD_W) : none;
        const simd_f b2 = nv > 2 ? simd_load(b + 2 * SIMD_W) : none, b3 = nv > 3 ? simd_load(b + 3 * SIMD_W) : none;
        GEMM_FMA(0) GEMM_FMA(1) GEMM_FMA(2) GEMM_FMA(3) GEMM_FMA(4) GEMM_FMA(5) if (!by_table)
        {
            a += step_a;
            b += step_b;
        }
    }
    GEMM_PUT(0) GEMM_PUT(1) GEMM_PUT(2) GEMM_PUT(3) GEMM_PUT(4) GEMM_PUT(5)
}

#define GEMM_CASE(by_table, mr, nv)         \
    case mr * 8 + nv:                       \
        gemm_tile_any(t, mr, nv, by_table); \
        return;
#define GEMM_CASES(by_table, nv) \
    GEMM_CASE(by_table, 1, nv)   \
    GEMM_CASE(by_table, 2, nv)   \
    GEMM_CASE(by_table, 3, nv)   \
    GEMM_CASE(by_table, 4, nv)   \
    GEMM_CASE(by_table, 5, nv)   \
    GEMM_CASE(by_table, 6, nv)

/* whole vectors only */
SIMD_UNUSED static void gemm_tile_whole(const gemm_tile *t, int mr)
{
    switch (mr * 8 + t->cols / SIMD_W) {
        GEMM_CASES(false, 1)
        GEMM_CASES(false, 2)
#if defined(__AVX512F__) || defined(__aarch64__)
        GEMM_CASES(false, 3)
        GEMM_CASES(false, 4)
#endif
    }
}

/* the same with factors found by table */
SIMD_UNUSED static void gemm_tile_whole_at(const gemm_tile *t, int mr)
{
    switch (mr * 8 + t->cols / SIMD_W) {
        GEMM_CASES(true, 1)
        GEMM_CASES(true, 2)
#if defined(__AVX512F__) || defined(__aarch64__)
        GEMM_CASES(true, 3)
        GEMM_CASES(true, 4)
#endif
    }
}

SIMD_UNUSED static void gemm_tile_wide(const gemm_tile *t, int mr)
{
    if (t->at)
        gemm_tile_whole_at(t, mr);
    else
        gemm_tile_whole(t, mr);
}

/* 1 <= mr <= GEMM_MR rows of t->cols columns, cols <= GEMM_NR. A part of a vector takes a detour, since any code for it
   in the kernel itself costs the accumulators their registers. */
SIMD_UNUSED static void gemm_tile_run(const gemm_tile *t, int mr)
{
    if (t->cols % SIMD_W == 0) {
        gemm_tile_wide(t, mr);
        return;
    }
    float whole[GEMM_MR * GEMM_NR];
    gemm_tile w = *t;
    w.c = whole, w.row_c = GEMM_NR, w.add = false;
    w.cols = (t->cols + SIMD_W - 1) / SIMD_W * SIMD_W;
    gemm_tile_wide(&w, mr);
    for (int i = 0; i < mr; i++)
        for (int j = 0; j < t->cols; j++)
            t->c[i * t->row_c + j] = t->add ? t->c[i * t->row_c + j] + whole[i * GEMM_NR + j] : whole[i * GEMM_NR + j];
}
#endif
