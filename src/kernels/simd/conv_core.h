/* conv_core.h - the innermost parts of convolution, and the padded copy of an image that they read.

   Two tiles. One has vectors of pixels and up to 6 channels of the result, for few channels or short sums; the other
   vectors of channels and up to 14 pixels, for long sums, and wastes nothing on short rows. Both read the image through
   a table of offsets, one for each factor of the sum, and weights packed in the order of the table.

   Promises: an element of the result is one chain of multiply-adds in the order of the table, whatever tile it is in;
   nothing is read outside of the copy. Does not do: units, plans, threads. Included by what computes convolutions. */
#ifndef NRV__CONV_CORE_H
#define NRV__CONV_CORE_H
#include "simd.h"

#if defined(__AVX512F__) || defined(__aarch64__)
#define CONV_MANY 1 /* 32 registers */
enum { CONV_PIXELS = 14 };
#else
#define CONV_MANY 0
enum { CONV_PIXELS = 6 };
#endif
enum { CONV_MR = 6, CONV_VECTORS = CONV_MANY ? 8 : 6, CONV_FLOATS = 1 << 17 };

typedef struct conv_shape {
    int64_t b, g, c, o; /* c and o per group */
    int64_t in[2], out[2], k[2], stride[2], pad[2], dilation[2];
} conv_shape;

/* x (B,C,H,W), w (O,C/g,kh,kw), y (B,O,OH,OW) */
SIMD_UNUSED static conv_shape conv_shape_of(const nrv__args *a, const nrv__view *x, const nrv__view *w,
                                            const nrv__view *y)
{
    const nrv__window_attr *t = a->attr;
    conv_shape s = { .b = x->dim[0], .g = t->groups, .c = x->dim[1] / t->groups, .o = w->dim[0] / t->groups };
    for (int i = 0; i < 2; i++) {
        s.in[i] = x->dim[i + 2], s.out[i] = y->dim[i + 2], s.k[i] = w->dim[i + 2];
        s.stride[i] = t->stride[i], s.pad[i] = t->pad[i], s.dilation[i] = t->dilation[i];
    }
    return s;
}

SIMD_UNUSED static const char *conv_declines(const nrv__args *a)
{
    const nrv__window_attr *t = a->attr;
    if (!simd_f32(a))
        return "only float32";
    return t->axes != 2 ? "only two axes" : NULL;
}

/* ---- the copy ---- */

/* How an image becomes factors. Grid position (t,u) and tap (ey,ex) meet at source row origin + t*step + ey, column
   likewise; 0 <= ey <= reach. A stride splits the copy into one image per remainder, so that a step is 1 again. */
typedef struct conv_grid {
    int64_t channels, size[2]; /* the source */
    int64_t origin[2], step[2], reach[2], grid[2];
    int64_t rows, pitch, plane; /* of one remainder of one channel in the copy */
} conv_grid;

typedef struct conv_at { /* a tap of the first channel, and where its weight lies */
    int64_t a, ey, ex;
} conv_at;

/* The zeros right of a row are those left of the next one: no need to have both. */
SIMD_UNUSED static void conv_grid_close(conv_grid *g)
{
    const int64_t wide = g->grid[1] + g->reach[1] / g->step[1];
    const int64_t left = simd_max(0, -g->origin[1]), right = simd_max(0, g->origin[1] + wide - g->size[1]);
    const int64_t both = g->step[1] == 1 ? simd_min(simd_min(left, right), g->reach[1]) : 0;
    g->rows = g->grid[0] + g->reach[0] / g->step[0];
    g->pitch = wide - both;
    g->plane = simd_ceil(g->rows * g->pitch + both, SIMD_W) * SIMD_W + SIMD_W;
}

SIMD_UNUSED static int64_t conv_image(const conv_grid *g)
{
    return g->step[0] * g->step[1] * g->channels * g->plane;
}

/* columns of all rows, those between them included */
SIMD_UNUSED static int64_t conv_span(const conv_grid *g)
{
    return g->grid[0] <= 0 || g->grid[1] <= 0 ? 0 : (g->grid[0] - 1) * g->pitch + g->grid[1];
}

/* short rows: a call of memcpy costs more than the copy */
SIMD_INLINE void conv_copy(float *to, const float *from, int64_t n)
{
    int64_t i = 0;
    if (n < 4) {
        for (; i < n; i++)
            to[i] = from[i];
        return;
    }
    for (; i + SIMD_W <= n; i += SIMD_W)
        simd_store(to + i, simd_load(from + i));
    if (i < n && n >= SIMD_W) {
        simd_store(to + n - SIMD_W, simd_load(from + n - SIMD_W));
        return;
    }
    for (; i < n; i += 4) { /* the last four overlap those before */
        const int64_t j = simd_min(i, n - 4);
        *(simd_4_at *)(to + j) = *(const simd_4_at *)(from + j);
    }
}

SIMD_INLINE void conv_pick(float *restrict to, const float *restrict from, int64_t n, int64_t step)
{
    if (step == 2) /* vectorises */
        for (int64_t i = 0; i < n; i++)
            to[i] = from[2 * i];
    else
        for (int64_t i = 0; i < n; i++)
            to[i] = from[i * step];
}

/* from source column x on: where in a plane's row the first of the image stands; *have: how many there are */
SIMD_INLINE int64_t conv_first(const conv_grid *g, int64_t x, int64_t *have)
{
    const int64_t n = g->pitch, step = g->step[1], left = g->size[1] - x;
    const int64_t first = simd_min(n, x >= 0 ? 0 : step == 1 ? -x : simd_ceil(-x, step));
    *have = simd_min(n, left <= 0 ? 0 : step == 1 ? left : simd_ceil(left, step)) - first;
    return first;
}

/* conv_pick, up to a vector too far in `to`: rows shorter than a vector cost most */
SIMD_INLINE void conv_pick_over(float *to, const float *from, int64_t n, int64_t step)
{
    if (step != 2 || !SIMD_MASKED) {
        conv_pick(to, from, n, step);
        return;
    }
    for (int64_t i = 0; i < n; i += SIMD_W) {
        const int64_t have = 2 * (n - i) - 1;
        const float *p = from + 2 * i;
        const simd_f a = have < SIMD_W ? simd_load_some(p, simd_first(have)) : simd_load(p);
        const simd_f b = have < 2 * SIMD_W ? simd_load_some(p + SIMD_W, simd_first(simd_max(0, have - SIMD_W)))
                                           : simd_load(p + SIMD_W);
        simd_f evens, odds;
        simd_unzip(a, b, &evens, &odds);
        simd_store(to + i, evens);
    }
}

/* one plane: every row of the grid (or of a remainder's image) from source row y, column x on */
SIMD_UNUSED static void conv_plane(float *to, const conv_grid *g, const float *image, int64_t y, int64_t x)
{
    const int64_t n = g->pitch, step = g->step[1], down = g->step[0], wide = g->size[1];
    int64_t have;
    const int64_t first = conv_first(g, x, &have);
    const int64_t r0 = y >= 0 ? 0 : simd_ceil(-y, down);
    const int64_t r1 = simd_min(g->rows, y < g->size[0] ? simd_ceil(g->size[0] - y, down) : 0);
    if (have <= 0 || r0 >= r1)
        return;
    const float *from = image + (y + r0 * down) * wide + x + first * step;
    to += r0 * n + first;
    for (int64_t r = r0; r < r1; r++, to += n, from += down * wide)
        if (step == 1)
            conv_copy(to, from, have);
        else
            conv_pick(to, from, have, step);
}

SIMD_INLINE void conv_unzip(float *restrict evens, float *restrict odds, const float *restrict from, int64_t n)
{
    simd_f even, odd;
    for (int64_t i = 0; i < n && n >= SIMD_W; i += SIMD_W) { /* the last vector overlaps the one before */
        const int64_t at = simd_min(i, n - SIMD_W);
        simd_unzip(simd_load(from + 2 * at), simd_load(from + 2 * at + SIMD_W), &even, &odd);
        simd_store(evens + at, even);
        simd_store(odds + at, odd);
    }
    if (n < SIMD_W && SIMD_MASKED) {
        const simd_f low = simd_load_some(from, simd_first(simd_min(2 * n, SIMD_W)));
        const simd_f high = simd_load_some(from + SIMD_W, simd_first(simd_max(2 * n - SIMD_W, 0)));
        simd_unzip(low, high, &even, &odd);
        simd_store_some(evens, even, simd_first(n));
        simd_store_some(odds, odd, simd_first(n));
    }
    for (int64_t i = 0; i < n && n < SIMD_W && !SIMD_MASKED; i++)
        evens[i] = from[2 * i], odds[i] = from[2 * i + 1];
}

/* two planes, those of both remainders of a stride of 2, from source row y, column x <= 0 on: a row is read once */
SIMD_UNUSED static void conv_two_planes(float *to, const conv_grid *g, const float *image, int64_t y, int64_t x)
{
    int64_t have[2];
    const int64_t odd = x & 1; /* the plane of columns 0, 2, ... */
    float *evens = to + odd * g->plane + conv_first(g, x + odd, &have[0]);
    float *odds = to + (1 - odd) * g->plane + conv_first(g, x + 1 - odd, &have[1]);
    const int64_t pairs = simd_min(have[0], have[1]), down = g->step[0];
    const int64_t r0 = y >= 0 ? 0 : simd_ceil(-y, down);
    const int64_t r1 = simd_min(g->rows, y < g->size[0] ? simd_ceil(g->size[0] - y, down) : 0);
    for (int64_t r = r0; r < r1; r++) {
        const float *from = image + (y + r * down) * g->size[1];
        conv_unzip(evens + r * g->pitch, odds + r * g->pitch, from, pairs);
        for (int64_t i = simd_max(0, pairs); i < have[0]; i++)
            evens[r * g->pitch + i] = from[2 * i];
        for (int64_t i = simd_max(0, pairs); i < have[1]; i++)
            odds[r * g->pitch + i] = from[2 * i + 1];
    }
}

/* What lies in the padding stays zero from image to image, so it is cleared once for all that lie alike: conv_fill
   leaves it alone. */
SIMD_UNUSED static void conv_clear(float *to, const conv_grid *g, int64_t images)
{
    memset(to, 0, (size_t)(images * conv_image(g)) * sizeof(float));
}

/* the padding of both lies at the same places */
SIMD_INLINE bool conv_alike(const conv_grid *g, const conv_grid *h)
{
    const int64_t end = g->origin[0] + g->rows * g->step[0] - g->size[0];
    const int64_t other = h->origin[0] + h->rows * h->step[0] - h->size[0];
    return g->rows == h->rows && simd_max(0, -g->origin[0]) == simd_max(0, -h->origin[0]) &&
           simd_max(0, end) == simd_max(0, other);
}

/* the padded copy (channel, remainder y, remainder x, row, column), where its padding is cleared */
SIMD_UNUSED static void conv_fill(float *to, const conv_grid *g, const float *image)
{
    for (int64_t c = 0; c < g->channels; c++, image += g->size[0] * g->size[1])
        for (int64_t ry = 0; ry < g->step[0]; ry++)
            for (int64_t rx = 0; rx < g->step[1]; rx++, to += g->plane)
                if (g->step[1] != 2 || g->origin[1] > 0)
                    conv_plane(to, g, image, g->origin[0] + ry, g->origin[1] + rx);
                else if (rx == 0)
                    conv_two_planes(to, g, image, g->origin[0] + ry, g->origin[1]);
}

/* where the factors of n taps of all channels lie in the copy */
SIMD_UNUSED static void conv_table(int64_t *at, const conv_grid *g, const conv_at *taps, int64_t n)
{
    const int64_t channel = g->step[0] * g->step[1] * g->plane;
    for (int64_t i = 0; i < n; i++) {
        const int64_t ey = taps[i].ey, ex = taps[i].ex, s0 = g->step[0], s1 = g->step[1];
        at[i] = (ey % s0 * s1 + ex % s1) * g->plane + ey / s0 * g->pitch + ex / s1;
    }
    for (int64_t i = n; i < n * g->channels; i++)
        at[i] = at[i - n] + channel;
}

/* ---- vectors of pixels ---- */

typedef struct conv_spot { /* one vector of pixels: where in the copy, and where in the result */
    int64_t from, to;
} conv_spot;

/* which factors: k of them side by side, `again` times, `skip` left out behind each k */
typedef struct conv_factors {
    int64_t k, again, skip;
} conv_factors;

typedef struct conv_tile {
    const float *w; /* factor k of channel i: w[k * channels + i] */
    const float *x;
    const int64_t *at;
    conv_factors of;
    const conv_spot *spot;
    float *to;
    int64_t row; /* between the channels of the result */
} conv_tile;

/* Volatile keeps gcc from reading the factor again for each of its uses: a read that straddles two cache lines counts
   double, and all but one tap of a row do. */
SIMD_INLINE simd_f conv_once(const float *p)
{
    return *(const volatile simd_f_at *)p;
}

#define CONV_V(m) m(0) m(1) m(2) m(3) m(4) m(5) m(6) m(7)
#define CONV_SPOT(v)                                                                  \
    const float *const p##v = t->x + (nv > v ? t->spot[v].from : 0);                  \
    simd_f c0##v = { 0 }, c1##v = { 0 }, c2##v = { 0 }, c3##v = { 0 }, c4##v = { 0 }; \
    simd_f c5##v = { 0 };
#define CONV_ROWS_FMA(v)                                                         \
    if (nv > v) {                                                                \
        const simd_f x = mr > 1 ? conv_once(p##v + off) : simd_load(p##v + off); \
        c0##v += x * w0;                                                         \
        if (mr > 1)                                                              \
            c1##v += x * w1;                                                     \
        if (mr > 2)                                                              \
            c2##v += x * w2;                                                     \
        if (mr > 3)                                                              \
            c3##v += x * w3;                                                     \
    }
#define CONV_COLS_FMA(i)                 \
    if (mr > i) {                        \
        const simd_f y = simd_all(w[i]); \
        c##i##0 += y * x0;               \
        if (nv > 1)                      \
            c##i##1 += y * x1;           \
        if (nv > 2)                      \
            c##i##2 += y * x2;           \
        if (nv > 3)                      \
            c##i##3 += y * x3;           \
    }
#define CONV_PUT(v)                             \
    if (nv > v) {                               \
        float *to = t->to + t->spot[v].to;      \
        simd_store(to, c0##v);                  \
        if (mr > 1)                             \
            simd_store(to + t->row, c1##v);     \
        if (mr > 2)                             \
            simd_store(to + 2 * t->row, c2##v); \
        if (mr > 3)                             \
            simd_store(to + 3 * t->row, c3##v); \
        if (mr > 4)                             \
            simd_store(to + 4 * t->row, c4##v); \
        if (mr > 5)                             \
            simd_store(to + 5 * t->row, c5##v); \
    }

/* mr and nv are constants wherever this is called. What there is less of stays in registers during a step. */
SIMD_INLINE void conv_tile_any(const conv_tile *t, const int mr, const int nv)
{
    const float *w = t->w;
    const int64_t *at = t->at;
    const simd_f none = { 0 };
    CONV_V(CONV_SPOT)
    for (int64_t again = t->of.again; again > 0; again--, w += t->of.skip * mr, at += t->of.skip)
        for (int64_t k = 0; k < t->of.k; k++, w += mr) {
            const int64_t off = *at++;
            if (mr <= 4 && (mr <= nv || nv > 4)) {
                const simd_f w0 = simd_all(w[0]), w1 = mr > 1 ? simd_all(w[1]) : none;
                const simd_f w2 = mr > 2 ? simd_all(w[2]) : none, w3 = mr > 3 ? simd_all(w[3]) : none;
                CONV_V(CONV_ROWS_FMA)
            } else {
                const simd_f x0 = conv_once(p0 + off), x1 = nv > 1 ? conv_once(p1 + off) : none;
                const simd_f x2 = nv > 2 ? conv_once(p2 + off) : none, x3 = nv > 3 ? conv_once(p3 + off) : none;
                CONV_COLS_FMA(0) CONV_COLS_FMA(1) CONV_COLS_FMA(2) CONV_COLS_FMA(3) CONV_COLS_FMA(4) CONV_COLS_FMA(5)
            }
        }
    CONV_V(CONV_PUT)
}

/* vectors that a tile of mr channels has at most */
SIMD_INLINE int conv_wide(int64_t mr)
{
    if (CONV_MANY)
        return mr <= 3 ? 8 : mr == 4 ? 6 : 4;
    return mr == 1 ? 6 : mr == 2 ? 5 : mr == 3 ? 4 : mr == 4 ? 3 : 2;
}

#define CONV_TILE(mr, nv)         \
    case mr * 16 + nv:            \
        conv_tile_any(t, mr, nv); \
        return;
#define CONV_TILES(nv) CONV_TILE(1, nv) CONV_TILE(2, nv) CONV_TILE(3, nv)

/* 1 <= mr <= CONV_MR channels, 1 <= nv <= conv_wide(mr) vectors */
SIMD_UNUSED static void conv_tile_run(const conv_tile *t, int mr, int nv)
{
    switch (mr * 16 + nv) {
        CONV_TILES(1)
        CONV_TILE(4, 1)
        CONV_TILE(5, 1)
        CONV_TILE(6, 1)
        CONV_TILES(2)
        CONV_TILE(4, 2)
        CONV_TILE(5, 2)
        CONV_TILE(6, 2)
        CONV_TILES(3)
        CONV_TILE(4, 3)
        CONV_TILES(4)
        CONV_TILE(1, 5)
        CONV_TILE(2, 5)
        CONV_TILE(1, 6)
#if CONV_MANY
        CONV_TILE(5, 3)
        CONV_TILE(6, 3)
        CONV_TILE(4, 4)
        CONV_TILE(5, 4)
        CONV_TILE(6, 4)
        CONV_TILE(3, 5) CONV_TILE(4, 5) CONV_TILE(2, 6) CONV_TILE(3, 6) CONV_TILE(4, 6) CONV_TILES(7) CONV_TILES(8)
#endif
    }
}

/* ---- vectors of channels ---- */

typedef struct conv_run { /* pixels side by side in the copy */
    const float *w;       /* factor k of channel i: w[k * (nv * SIMD_W) + i] */
    const float *x;
    const int64_t *at;
    conv_factors of;
    float *sum; /* pixel p of channel i: sum[p * (nv * SIMD_W) + i] */
} conv_run;

#define CONV_P(m)        m(0) m(1) m(2) m(3) m(4) m(5) m(6) m(7) m(8) m(9) m(10) m(11) m(12) m(13)
#define CONV_RUN_ZERO(p) simd_f d##p = { 0 }, e##p = { 0 };
#define CONV_RUN_FMA(p)                  \
    if (np > p) {                        \
        const simd_f x = simd_all(b[p]); \
        d##p += x * w0;                  \
        if (nv > 1)                      \
            e##p += x * w1;              \
    }
#define CONV_RUN_PUT(p)                                          \
    if (np > p) {                                                \
        simd_store(r->sum + p * nv * SIMD_W, d##p);              \
        if (nv > 1)                                              \
            simd_store(r->sum + p * nv * SIMD_W + SIMD_W, e##p); \
    }

SIMD_INLINE void conv_run_any(const conv_run *r, const int np, const int nv)
{
    const float *w = r->w;
    const int64_t *at = r->at;
    const simd_f none = { 0 };
    CONV_P(CONV_RUN_ZERO)
    for (int64_t again = r->of.again; again > 0; again--, w += r->of.skip * nv * SIMD_W, at += r->of.skip)
        for (int64_t k = 0; k < r->of.k; k++, w += nv * SIMD_W) {
            const float *b = r->x + *at++;
            const simd_f w0 = simd_load(w), w1 = nv > 1 ? simd_load(w + SIMD_W) : none;
            CONV_P(CONV_RUN_FMA)
        }
    CONV_P(CONV_RUN_PUT)
}

#define CONV_RUN(np)            \
    case np * 2:                \
        conv_run_any(r, np, 1); \
        return;                 \
    case np * 2 + 1:            \
        conv_run_any(r, np, 2); \
        return;

/* 1 <= np <= CONV_PIXELS pixels, nv vectors of channels, 1 or 2 */
SIMD_UNUSED static void conv_run_run(const conv_run *r, int np, int nv)
{
    switch (np * 2 + nv - 1) {
        CONV_RUN(1)
        CONV_RUN(2)
        CONV_RUN(3)
        CONV_RUN(4)
        CONV_RUN(5)
        CONV_RUN(6)
#if CONV_MANY
        CONV_RUN(7) CONV_RUN(8) CONV_RUN(9) CONV_RUN(10) CONV_RUN(11) CONV_RUN(12) CONV_RUN(13) CONV_RUN(14)
#endif
    }
}

/* to[i*row + p] = from[p*wide + i] for n pixels of m channels */
SIMD_UNUSED static void conv_turn(float *to, int64_t row, const float *from, int64_t wide, int64_t n, int64_t m)
{
    if (n < 4 || m < 4) {
        for (int64_t i = 0; i < m; i++)
            for (int64_t p = 0; p < n; p++)
                to[i * row + p] = from[p * wide + i];
        return;
    }
    for (int64_t i = 0; i < m; i += 4) /* the last four overlap those before */
        for (int64_t p = 0; p < n; p += 4) {
            const int64_t j = simd_min(i, m - 4), q = simd_min(p, n - 4);
            simd_turn4(to + j * row + q, row, from + q * wide + j, wide);
        }
}

/* The same where m is long and the lines of `from` are far apart: a whole cache line of each is used while it is there.
 */
SIMD_UNUSED static void conv_turn_long(float *to, int64_t row, const float *from, int64_t wide, int64_t n, int64_t m)
{
    enum { AT_ONCE = 64 };
    for (int64_t first = 0; first < m; first += AT_ONCE) {
        const int64_t end = simd_min(m, first + AT_ONCE);
        if (n < 4 || end - first < 4) {
            conv_turn(to + first * row, row, from + first, wide, n, end - first);
            continue;
        }
        for (int64_t p = 0; p < n; p += 4)
            for (int64_t i = first; i < end; i += 4) {
                const int64_t j = simd_min(i, end - 4), q = simd_min(p, n - 4);
                simd_turn4(to + j * row + q, row, from + q * wide + j, wide);
            }
    }
}

/* w (O,C/g,kh,kw) */
SIMD_UNUSED static const char *conv_point_declines(const nrv__args *a, const nrv__view *w)
{
    const nrv__window_attr *t = a->attr;
    const char *why = conv_declines(a);
    if (!why && (w->dim[2] != 1 || w->dim[3] != 1 || t->pad[0] != 0 || t->pad[1] != 0))
        why = "only windows of 1x1 without padding";
    return why;
}

/* phase 1 of a gradient by the weights: the sums of all groups of images added in order, `each` weights a unit */
SIMD_UNUSED static void conv_add_parts(const nrv__args *a, int64_t parts, int64_t each)
{
    const float *part = a->shared;
    float *to = a->out[0].data;
    const int64_t first = a->begin * each, end = simd_min(a->n, a->end * each);
    for (int64_t i = first; i < end; i++)
        to[i] = 0;
    for (int64_t share = 0; share < parts; share++)
        for (int64_t i = first; i < end; i++)
            to[i] += part[share * a->n + i];
}
#endif
