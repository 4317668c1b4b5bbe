/* gemm.c - matmul of float32: a (...,M,K) x b (...,K,N) -> (...,M,N), any strides for a and b, batches broadcast by
   stride 0.

   Promises: bits that depend on shapes and strides alone. Every element of C is one chain of multiply-adds inside a
   chunk of K, chunks are added in order, and how K is cut depends on K only; the paths for vectors, for few rows
   and for few long columns, which add in another order, are chosen on the whole problem. Does not do: packing of A -
   reading it in place is faster as long as one of its strides is 1, which it nearly always is. */
#include "gemm_core.h"

enum { GEMM_KC = 512, GEMM_THIN = 8, GEMM_FEW = 32, GEMM_PIECES = 4, GEMM_NEAR = 16384, GEMM_LARGE = 1 << 21 };

typedef enum { GEMM_NOTHING, GEMM_TILES, GEMM_NARROW, GEMM_DOTS, GEMM_SUMS } gemm_way;

typedef struct gemm_plan {
    gemm_way way;
    int64_t m, n, k, row_a, step_a, step_b, col_b;
    int64_t batches, cut_m, cut_n, cut_k;
    int64_t wide; /* columns of a tile */
    int outer;
    bool tall;   /* dots and sums: of the rows of a with the few columns of b, not the other way round */
    bool direct; /* B is read where it lies */
    int64_t dim[NRV__MAX_RANK], batch_a[NRV__MAX_RANK], batch_b[NRV__MAX_RANK]; /* so many as outer says */
} gemm_plan;

typedef struct gemm_piece {
    const float *a, *b;
    float *c;
    int64_t m0, m1, n0, n1; /* of C; where rows are summed, m0 to m1 of those */
} gemm_piece;

/* The batch axes of C with the strides of a and b; where b does not move and a's rows simply go on, rows become more M
 */
static void gemm_batches(gemm_plan *p, const nrv__args *g)
{
    const nrv__view *a = &g->in[0], *b = &g->in[1], *c = &g->out[0];
    p->outer = 0, p->batches = 1;
    for (int i = c->rank - 3; i >= 0; i--) {
        const int ia = i - c->rank + a->rank, ib = i - c->rank + b->rank;
        const int64_t d = c->dim[i], sa = ia < 0 || a->dim[ia] == 1 ? 0 : a->stride[ia];
        const int64_t sb = ib < 0 || b->dim[ib] == 1 ? 0 : b->stride[ib];
        if (d == 1)
            continue;
        if (sb == 0 && p->outer == 0 && (p->m == 1 || sa == p->m * p->row_a)) {
            p->row_a = p->m == 1 ? sa : p->row_a;
            p->m *= d;
            continue;
        }
        p->dim[p->outer] = d, p->batch_a[p->outer] = sa, p->batch_b[p->outer++] = sb;
        p->batches *= d;
    }
}

/* A^T: every k of a panel is a line of its own, often a page of its own. Tiles of two vectors read each line so often
   that what is done about it did not pay. */
static bool gemm_turned(int64_t row_a, int64_t step_a)
{
    return SIMD_PER_TILE == 4 && row_a == 1 && step_a != 1;
}

/* multiply-adds of a product in tiles: an edge is paid for by half vectors, or whole ones */
static double gemm_fma(const gemm_plan *p)
{
    const int64_t least = SIMD_HALVES ? SIMD_W / 2 : SIMD_W;
    return (double)p->m * (double)(simd_ceil(p->n, least) * least) * (double)p->k;
}

/* As wide as the rows allow that one panel can hold; strips of B that stay in the second cache. Of A^T rows are cut
   first, as wide strips make more of each of its lines. */
static void gemm_cuts(gemm_plan *p)
{
    p->wide = GEMM_NR;
    if (SIMD_PER_TILE == 4 && p->m > 6 && p->m <= 12)
        p->wide = p->m <= 8 ? 3 * SIMD_W : 2 * SIMD_W;
    /* no wider than chains are needed: of each line of A a tile asks for one vector's next */
    if (p->way == GEMM_NARROW)
        p->wide = SIMD_W * (p->m > 6 ? 1 : simd_min(SIMD_PER_TILE, simd_ceil(8, p->m)));
    p->cut_m = p->cut_n = 1;
    p->cut_k = simd_max(1, simd_ceil(p->k, GEMM_KC));
    p->direct =
        p->col_b == 1 && (SIMD_MASKED || p->n % SIMD_W == 0) && (p->m <= 32 || (p->m <= 256 && p->step_b <= 512));
    const double fma = gemm_fma(p);
    if (fma * (double)p->batches < 5e5)
        return;
    const int64_t tiles = simd_ceil(p->n, p->wide);
    p->cut_n = simd_ceil(p->n, p->m <= 512 ? 256 : 384);
    const int64_t high = gemm_turned(p->row_a, p->step_a) ? 256 : 1024;
    while (p->batches * p->cut_m * p->cut_n < GEMM_PIECES && p->m / p->cut_m >= high)
        p->cut_m *= 2;
    while (p->batches * p->cut_m * p->cut_n < GEMM_PIECES && 2 * p->cut_n < tiles && fma / (double)p->cut_n > 5e5)
        p->cut_n *= 2;
    while (p->batches * p->cut_m * p->cut_n < GEMM_PIECES && p->m / p->cut_m >= 64 &&
           fma / (double)(p->cut_m * p->cut_n) > 1e6)
        p->cut_m *= 2;
}

/* Of A^T and a few columns that leave most of a vector empty, C^T = B^T A has whole ones: it is computed instead, read
   where it lies, and turned when it is done. A vector of each line of A at a time is too slow where these come from
   memory: there the panels of gemm_by_rows, which ask for theirs earlier, stay ahead. */
static void gemm_narrow(gemm_plan *p)
{
    const int64_t m = p->m, row = p->row_a, step = p->step_a;
    if (row != 1 || step == 1 || p->n > gemm_tall(1) || p->n % SIMD_W == 0 || m < 4 * SIMD_W || p->k < SIMD_W ||
        m > GEMM_LARGE / p->k || !(SIMD_MASKED || m % SIMD_W == 0))
        return;
    p->way = GEMM_NARROW;
    p->m = p->n, p->row_a = p->col_b, p->step_a = p->step_b;
    p->n = m, p->col_b = row, p->step_b = step;
}

/* A vector times rows of B or columns of A is a sum of them, any other product with a vector is dots; so is that of few
   rows with columns of which each lies in one stretch, as in a linear layer for a small batch: packing would cost more
   than it saves, and a dot needs none. And that of few columns with many rows, which would fill half a vector: if they
   are long, as four vectors of sums are added up for each. */
static bool gemm_vector(gemm_plan *p)
{
    const bool vector = p->m == 1 || p->n == 1;
    p->tall = vector ? p->n == 1 : p->m > GEMM_FEW;
    const int64_t length = p->tall ? p->m : p->n, next = p->n == 1 ? p->row_a : p->col_b;
    const int64_t step = p->n == 1 ? p->step_a : p->step_b;
    const bool few =
        p->tall ? p->n <= gemm_tall(1) && p->n % SIMD_W != 0 && p->k >= 8 * SIMD_W : p->n >= 4 && p->k >= 2 * SIMD_W;
    if (vector ? step != 1 && next != 1 : !few || step != 1 || p->step_a != 1)
        return false;
    p->way = step == 1 ? GEMM_DOTS : GEMM_SUMS;
    p->cut_m = p->cut_k = 1;
    const double fma = (double)p->m * (double)p->n * (double)p->k;
    const int64_t least = p->way == GEMM_SUMS ? 1024 : 16; /* sums read rows: long runs, please */
    p->cut_n = simd_max(1, simd_min(simd_min(length / least, 16), (int64_t)(fma / 32768)));
    if (p->way == GEMM_SUMS && p->batches * p->cut_n < 4) /* then k is cut, and parts of sums are added in phase 1 */
        p->cut_m = simd_max(1, simd_min(simd_min(p->k / 64, 4 / (p->batches * p->cut_n)), (int64_t)(fma / 500000)));
    return true;
}

static void gemm_plan_of(gemm_plan *p, const nrv__args *g)
{
    const nrv__view *a = &g->in[0], *b = &g->in[1], *c = &g->out[0];
    p->way = GEMM_TILES;
    p->m = c->dim[c->rank - 2], p->n = c->dim[c->rank - 1], p->k = a->dim[a->rank - 1];
    p->row_a = a->stride[a->rank - 2], p->step_a = a->stride[a->rank - 1];
    p->step_b = b->stride[b->rank - 2], p->col_b = b->stride[b->rank - 1];
    if (p->k == 1) /* the stride of a single step is any number; 1 is the one that reads well */
        p->step_a = 1;
    gemm_batches(p, g);
    if (g->n == 0)
        p->way = GEMM_NOTHING, p->batches = 0, p->cut_m = p->cut_n = p->cut_k = 1;
    else if (!gemm_vector(p)) {
        gemm_narrow(p);
        gemm_cuts(p);
    }
}

static gemm_piece gemm_piece_of(const gemm_plan *p, const nrv__args *g, int64_t unit)
{
    const int64_t cuts = p->cut_m * p->cut_n;
    int64_t batch = cuts == 1 ? unit : unit / cuts, in = unit - batch * cuts, at_a = 0, at_b = 0;
    gemm_piece w = { .c = (float *)g->out[0].data + batch * p->m * p->n };
    for (int i = 0; i < p->outer; i++) {
        at_a += batch % p->dim[i] * p->batch_a[i];
        at_b += batch % p->dim[i] * p->batch_b[i];
        batch /= p->dim[i];
    }
    w.a = (const float *)g->in[0].data + at_a, w.b = (const float *)g->in[1].data + at_b;
    if (p->way == GEMM_NARROW)
        w.a = (const float *)g->in[1].data + at_b, w.b = (const float *)g->in[0].data + at_a;
    const bool tiles = p->way == GEMM_TILES || p->way == GEMM_NARROW;
    const int64_t length = p->tall && !tiles ? p->m : p->n;
    w.n1 = length, w.m1 = p->way == GEMM_SUMS ? p->k : p->m;
    if (cuts == 1)
        return w;
    const int64_t each = tiles ? p->wide : 1, pieces = simd_ceil(length, each);
    const int64_t high = p->way == GEMM_SUMS ? p->k : p->m;
    w.m0 = simd_cut(high, p->cut_m, in / p->cut_n), w.m1 = simd_cut(high, p->cut_m, in / p->cut_n + 1);
    w.n0 = simd_cut(pieces, p->cut_n, in % p->cut_n) * each;
    w.n1 = simd_min(length, simd_cut(pieces, p->cut_n, in % p->cut_n + 1) * each);
    return w;
}

/* k rows of `cols` columns of B, each row padded with zeros to whole vectors */
static void gemm_pack(float *to, const float *b, int64_t step, int64_t col, int64_t k, int64_t cols)
{
    const int64_t width = simd_ceil(cols, SIMD_W) * SIMD_W, whole = cols / SIMD_W * SIMD_W;
    int64_t j = 0;
    if (col == 1) {
        const simd_mask rest = simd_first(cols - whole);
        for (int64_t i = 0; i < k; i++) {
            for (j = 0; j < whole; j += SIMD_W)
                simd_store(to + i * width + j, simd_load(b + i * step + j));
            if (j < width)
                simd_store(to + i * width + j, simd_load_some(b + i * step + j, rest));
        }
        return;
    }
    for (; step == 1 && j < whole; j += SIMD_W) {
        int64_t i = 0;
        for (; i + 4 <= k; i += 4)
            simd_turn(to + i * width + j, width, b + i + j * col, col);
        for (; i < k; i++)
            for (int64_t l = j; l < j + SIMD_W; l++)
                to[i * width + l] = b[i + l * col];
    }
    for (int64_t i = 0; i < k && j < width; i++)
        for (int64_t l = j; l < width; l++)
            to[i * width + l] = l < cols ? b[i * step + l * col] : 0;
}

typedef struct gemm_area { /* rows and columns of C in tiles of one width, for one chunk of K */
    const float *a, *b;
    float *c;
    int64_t cols, wide, col_b, each, longer, panels;
    const float *later;        /* B that is wanted when this area is done, of as many columns, or NULL */
    int64_t later_step, every; /* one line of it in so many tiles */
} gemm_area;

static int gemm_high(const gemm_area *r, int64_t panel)
{
    return (int)(r->each + (panel < r->longer));
}

/* Row by row: a panel of A stays in the first cache while B comes from the second, and the panel after it is on its
   way, a row of it with each tile. Of A^T it is one or two lines for every k, from as many pages: the panel after the
   next, as those of the next would be late. */
static void gemm_by_rows(const gemm_area *r, gemm_tile *t)
{
    const float *a = r->a;
    float *left = r->c;
    const bool turned = gemm_turned(t->row_a, t->step_a);
    int64_t line = 0, wait = 0;
    for (int64_t i = 0; i < r->panels; i++) {
        const int high = gemm_high(r, i);
        const int64_t lines = turned ? 2 : high, apart = turned ? high - 1 : t->row_a;
        const float *next = i + 1 < r->panels ? a + high * t->row_a : a;
        if (turned && i + 2 < r->panels)
            next += gemm_high(r, i + 1);
        int64_t row = 0;
        t->a = a;
        for (int64_t j = 0; j < r->cols; j += r->wide, row++) {
            t->b = r->b + j * r->col_b, t->c = left + j;
            const bool fetch = r->later && wait == 0 && line < r->cols;
            t->soon = fetch ? r->later + line : row < lines ? next + row * apart : t->a;
            t->soon_step = fetch ? r->later_step : row < lines ? t->step_a : 0;
            line += fetch ? SIMD_W : 0;
            wait = wait == 0 ? r->every - 1 : wait - 1;
            gemm_tile_run(t, high);
        }
        a += high * t->row_a, left += high * t->row_c;
    }
}

/* Tile by tile, where B is read in place from far away and there are few rows: each panel fetches one line in four of
   the next tile's B */
static void gemm_by_tiles(const gemm_area *r, gemm_tile *t)
{
    for (int64_t j = 0; j < r->cols; j += r->wide) {
        const float *a = r->a;
        float *c = r->c + j;
        t->b = r->b + j;
        for (int64_t i = 0; i < r->panels; i++) {
            const int high = gemm_high(r, i);
            const int64_t line = j + r->wide + i * SIMD_W;
            const bool more = line < r->cols && i * SIMD_W < r->wide;
            t->a = a, t->c = c;
            t->soon = more ? r->b + line : a, t->soon_step = more ? t->step_b : 0;
            gemm_tile_run(t, high);
            a += high * t->row_a, c += high * t->row_c;
        }
    }
}

/* columns n0 to n1 of the piece, which are whole tiles or one that is not; pack: B, or NULL where it lies */
static void gemm_sweep(const gemm_plan *p, const gemm_piece *w, gemm_tile *t, const float *pack, int64_t n0, int64_t n1,
                       int64_t k0, const float *later)
{
    gemm_area r = { .cols = n1 - n0, .wide = simd_min(p->wide, n1 - n0) };
    const int64_t tall = gemm_tall((int)simd_ceil(r.wide, SIMD_W)), rows = w->m1 - w->m0;
    r.panels = rows <= tall ? 1 : simd_ceil(rows, tall);
    r.each = r.panels == 1 ? rows : rows / r.panels, r.longer = rows - r.each * r.panels;
    r.a = w->a + w->m0 * p->row_a + k0 * p->step_a;
    r.b = pack ? pack + (n0 - w->n0) * t->k : w->b + k0 * p->step_b + n0;
    r.c = w->c + w->m0 * p->n + n0;
    r.col_b = pack ? t->k : 1;
    r.later = later, r.later_step = p->step_b, r.every = 1;
    if (later)
        r.every = simd_max(1, r.panels * SIMD_W / r.wide);
    t->cols = (int)r.wide;
    t->step_b = pack ? simd_ceil(r.wide, SIMD_W) * SIMD_W : p->step_b;
    if (!pack && r.panels <= GEMM_THIN)
        gemm_by_tiles(&r, t);
    else
        gemm_by_rows(&r, t);
}

static void gemm_tiles(const gemm_plan *p, const gemm_piece *w, float *pack, const float *after)
{
    const int64_t cols = w->n1 - w->n0;
    const int64_t whole = w->n0 + (cols < p->wide ? 0 : cols == p->wide ? cols : cols / p->wide * p->wide);
    gemm_tile t = { .row_a = p->row_a, .step_a = p->step_a, .row_c = p->n, .far = p->m * p->n > GEMM_NEAR };
    for (int64_t i = 0; i < p->cut_k; i++) {
        const int64_t k0 = p->cut_k == 1 ? 0 : simd_cut(p->k, p->cut_k, i);
        t.k = p->cut_k == 1 ? p->k : simd_cut(p->k, p->cut_k, i + 1) - k0;
        t.add = i > 0;
        const float *b = w->b + k0 * p->step_b;
        for (int64_t j = w->n0; j < w->n1 && !p->direct; j += p->wide)
            gemm_pack(pack + (j - w->n0) * t.k, b + j * p->col_b, p->step_b, p->col_b, t.k,
                      simd_min(p->wide, w->n1 - j));
        const float *later = i + 1 < p->cut_k ? b + t.k * p->step_b + w->n0 : after;
        if (p->col_b != 1)
            later = NULL;
        if (whole > w->n0)
            gemm_sweep(p, w, &t, p->direct ? NULL : pack, w->n0, whole, k0, later);
        if (whole < w->n1)
            gemm_sweep(p, w, &t, p->direct ? NULL : pack, whole, w->n1, k0, NULL);
    }
}

/* c[j*rows + i] = s[i*wide + j] */
static void gemm_turn(float *c, const float *s, int64_t wide, int64_t cols, int64_t rows)
{
    int64_t j = 0;
    for (; j + 4 <= cols; j += 4) {
        int64_t i = 0;
        for (; i + 4 <= rows; i += 4)
            simd_turn4(c + j * rows + i, rows, s + i * wide + j, wide);
        for (; i < rows; i++)
            for (int64_t l = j; l < j + 4; l++)
                c[l * rows + i] = s[i * wide + l];
    }
    for (; j < cols; j++)
        for (int64_t i = 0; i < rows; i++)
            c[j * rows + i] = s[i * wide + j];
}

/* Chunks of K outside, whose lines of A stay in reach: each is a page of its own, perhaps */
static void gemm_columns(const gemm_plan *p, const gemm_piece *w, float *s)
{
    const int64_t cols = w->n1 - w->n0;
    gemm_tile t = { .row_a = p->row_a, .step_a = p->step_a, .step_b = p->step_b, .row_c = cols };
    t.soon_step = p->step_b;
    for (int64_t i = 0; i < p->cut_k; i++) {
        const int64_t k0 = simd_cut(p->k, p->cut_k, i);
        t.k = simd_cut(p->k, p->cut_k, i + 1) - k0, t.add = i > 0;
        t.a = w->a + k0 * p->step_a;
        for (int64_t j = 0; j < cols; j += p->wide) {
            t.cols = (int)simd_min(p->wide, cols - j);
            t.b = w->b + k0 * p->step_b + w->n0 + j, t.c = s + j;
            t.soon = j + p->wide < cols ? t.b + p->wide : NULL;
            gemm_tile_run(&t, (int)p->m);
        }
    }
    gemm_turn(w->c + w->n0 * p->m, s, cols, cols, p->m);
}

/* ---- dots ---- */
typedef struct gemm_dot { /* y[i*ld_y + j*col_y] = sum over k of a[i*row_a + k] b[j*row_b + k] */
    const float *a, *b;
    float *y;
    int64_t row_a, row_b, ld_y, col_y, k;
    simd_mask last; /* of k */
    const float *soon;
} gemm_dot;

#define DOT_ZERO(i) simd_f s##i##0 = { 0 }, s##i##1 = { 0 }, s##i##2 = { 0 }, s##i##3 = { 0 };
#define DOT_FMA(i)                                                                                  \
    if (mr > i) {                                                                                   \
        const simd_f x = whole ? simd_load(a + i * row_a) : simd_load_some(a + i * row_a, d->last); \
        s##i##0 += x * y0;                                                                          \
        s##i##1 += x * y1;                                                                          \
        s##i##2 += x * y2;                                                                          \
        s##i##3 += x * y3;                                                                          \
    }
#define DOT_STEP(whole_)                                                                             \
    {                                                                                                \
        const bool whole = whole_;                                                                   \
        const simd_f y0 = whole ? simd_load(b) : simd_load_some(b, d->last);                         \
        const simd_f y1 = whole ? simd_load(b + row_b) : simd_load_some(b + row_b, d->last);         \
        const simd_f y2 = whole ? simd_load(b + 2 * row_b) : simd_load_some(b + 2 * row_b, d->last); \
        const simd_f y3 = whole ? simd_load(b + 3 * row_b) : simd_load_some(b + 3 * row_b, d->last); \
        DOT_FMA(0) DOT_FMA(1) DOT_FMA(2) DOT_FMA(3)                                                  \
    }
#define DOT_PUT(i)                                                      \
    if (mr > i) {                                                       \
        const simd_4 s = simd_sums(s##i##0, s##i##1, s##i##2, s##i##3); \
        for (int j = 0; j < nr; j++)                                    \
            d->y[i * d->ld_y + j * d->col_y] = s[j];                    \
    }

/* mr rows of a with four of b, of which nr count: with fewer, row_b is 0. mr is a constant wherever this is called */
SIMD_INLINE void gemm_dot_any(const gemm_dot *d, const int mr, int nr)
{
    const float *a = d->a, *b = d->b, *soon = d->soon;
    const int64_t row_a = d->row_a, row_b = nr == 4 ? d->row_b : 0;
    DOT_ZERO(0) DOT_ZERO(1) DOT_ZERO(2) DOT_ZERO(3) int64_t k = d->k;
    for (; k >= SIMD_W; k -= SIMD_W, a += SIMD_W, b += SIMD_W, soon += SIMD_W) {
        __builtin_prefetch(soon);
        DOT_STEP(true)
    }
    if (k > 0)
        DOT_STEP(false)
    DOT_PUT(0) DOT_PUT(1) DOT_PUT(2) DOT_PUT(3)
}

static void gemm_dot_run(const gemm_dot *d, int64_t mr, int nr)
{
    switch (mr) {
    case 1:
        gemm_dot_any(d, 1, nr);
        return;
    case 2:
        gemm_dot_any(d, 2, nr);
        return;
#if defined(__AVX512F__) || defined(__aarch64__)
    case 3:
        gemm_dot_any(d, 3, nr);
        return;
    case 4:
        gemm_dot_any(d, 4, nr);
        return;
#endif
    }
}

/* Four rows of b at a time with all of a; while they are in use, as many of the next are on their way. A dot is one
   vector of sums whatever its company, so its bits do not depend on it. */
static void gemm_dots(const gemm_plan *p, const gemm_piece *w)
{
    const bool tall = p->tall;
    const int64_t rows = tall ? p->n : p->m, most = SIMD_PER_TILE == 4 ? 4 : 2;
    gemm_dot d = { .row_a = tall ? p->col_b : p->row_a, .row_b = tall ? p->row_a : p->col_b, .k = p->k };
    const float *a = tall ? w->b : w->a, *b = tall ? w->a : w->b;
    d.ld_y = tall ? 1 : p->n, d.col_y = tall ? p->n : 1, d.last = simd_first(p->k % SIMD_W);
    for (int64_t j = w->n0, nr; j < w->n1; j += nr) {
        nr = w->n1 - j >= 4 ? 4 : 1;
        d.b = b + j * d.row_b;
        for (int64_t i = 0; i < rows; i += most) {
            const int64_t next = j + 4 + i / most;
            d.a = a + i * d.row_a, d.y = w->c + i * d.ld_y + j * d.col_y;
            d.soon = i / most < 4 && next < w->n1 ? b + next * d.row_b : d.b;
            gemm_dot_run(&d, simd_min(most, rows - i), (int)nr);
        }
    }
}

/* ---- sums ---- */
/* y[j] += x[0] a[j] + ... + x[7] a[7*step + j], in this order */
static void gemm_sum_8(float *y, const float *a, int64_t step, const float *x, int64_t n)
{
    const float *const e = a + 4 * step;
    const simd_f x0 = simd_all(x[0]), x1 = simd_all(x[1]), x2 = simd_all(x[2]), x3 = simd_all(x[3]);
    const simd_f x4 = simd_all(x[4]), x5 = simd_all(x[5]), x6 = simd_all(x[6]), x7 = simd_all(x[7]);
    int64_t j = 0;
    for (; j + SIMD_W <= n; j += SIMD_W) {
        simd_f s = simd_load(y + j);
        s += x0 * simd_load(a + j);
        s += x1 * simd_load(a + step + j);
        s += x2 * simd_load(a + 2 * step + j);
        s += x3 * simd_load(a + 3 * step + j);
        s += x4 * simd_load(e + j);
        s += x5 * simd_load(e + step + j);
        s += x6 * simd_load(e + 2 * step + j);
        s += x7 * simd_load(e + 3 * step + j);
        simd_store(y + j, s);
    }
    if (j == n)
        return;
    const simd_mask m = simd_first(n - j);
    simd_f s = simd_load_some(y + j, m);
    for (int i = 0; i < 8; i++)
        s += simd_all(x[i]) * simd_load_some(a + i * step + j, m);
    simd_store_some(y + j, s, m);
}

static void gemm_sum_1(float *y, const float *a, float x, int64_t n)
{
    int64_t j = 0;
    for (; j + SIMD_W <= n; j += SIMD_W)
        simd_store(y + j, simd_load(y + j) + simd_all(x) * simd_load(a + j));
    if (j == n)
        return;
    const simd_mask m = simd_first(n - j);
    simd_store_some(y + j, simd_load_some(y + j, m) + simd_all(x) * simd_load_some(a + j, m), m);
}

/* at most one vector of columns: four chains, as one would wait for itself */
static void gemm_sum_narrow(float *y, const float *a, int64_t step, const float *x, int64_t k, int64_t n)
{
    const simd_mask m = simd_first(n);
    simd_f s0 = { 0 }, s1 = { 0 }, s2 = { 0 }, s3 = { 0 };
    int64_t i = 0;
    for (; i + 4 <= k; i += 4, a += 4 * step) {
        s0 += simd_all(x[i]) * simd_load_some(a, m);
        s1 += simd_all(x[i + 1]) * simd_load_some(a + step, m);
        s2 += simd_all(x[i + 2]) * simd_load_some(a + 2 * step, m);
        s3 += simd_all(x[i + 3]) * simd_load_some(a + 3 * step, m);
    }
    for (; i < k; i++, a += step)
        s0 += simd_all(x[i]) * simd_load_some(a, m);
    simd_store_some(y, (s0 + s1) + (s2 + s3), m);
}

static bool gemm_parts_of_sums(const gemm_plan *p)
{
    return p->way == GEMM_SUMS && p->cut_m > 1;
}

static void gemm_sums(const gemm_plan *p, const gemm_piece *w, const float *x, float *y)
{
    const bool tall = p->n == 1;
    const int64_t step = tall ? p->step_a : p->step_b, n = w->n1 - w->n0;
    const float *a = (tall ? w->a : w->b) + w->n0;
    y += w->n0;
    if (simd_max(p->n, p->m) < SIMD_W) {
        gemm_sum_narrow(y, a + w->m0 * step, step, x + w->m0, w->m1 - w->m0, n);
        return;
    }
    memset(y, 0, (size_t)n * sizeof *y);
    int64_t i = w->m0;
    for (; i + 8 <= w->m1; i += 8)
        gemm_sum_8(y, a + i * step, step, x + i, n);
    for (; i < w->m1; i++)
        gemm_sum_1(y, a + i * step, x[i], n);
}

/* phase 1: the parts of batch u in order */
static void gemm_add_parts(const gemm_plan *p, const nrv__args *g, int64_t u)
{
    const int64_t n = p->m * p->n;
    float *c = (float *)g->out[0].data + u * n;
    const float *part = (const float *)g->shared + u * p->cut_m * n;
    memcpy(c, part, (size_t)n * sizeof *c);
    for (int64_t i = 1; i < p->cut_m; i++)
        for (int64_t j = 0; j < n; j++)
            c[j] += part[i * n + j];
}

/* the vector of a product with one, in one piece */
static void gemm_vectors(const gemm_plan *p, const gemm_piece *w, const nrv__args *g, int64_t unit)
{
    float *copy = g->scratch;
    const bool tall = p->n == 1;
    gemm_piece v = *w;
    const float **x = tall ? &v.b : &v.a;
    const int64_t step = tall ? p->step_b : p->step_a;
    if ((tall || p->m == 1) && step != 1 && p->k > 1) {
        for (int64_t i = 0; i < p->k; i++)
            copy[i] = (*x)[i * step];
        *x = copy;
    }
    if (p->way == GEMM_DOTS)
        gemm_dots(p, &v);
    else
        gemm_sums(p, &v, *x, gemm_parts_of_sums(p) ? (float *)g->shared + unit / p->cut_n * (p->m * p->n) : w->c);
}

static const char *gemm_fits(const nrv__args *g)
{
    if (!simd_f32(g))
        return "only float32";
    return g->in[0].rank < 2 || g->in[1].rank < 2 || g->out[0].rank < 2 ? "only two axes or more" : NULL;
}

/* b: unless its rows are, it is turned while it is packed, or few rows are dots, which are slower; vectors are
   multiplied by it as it is */
static unsigned gemm_repacks(const nrv__args *g)
{
    const nrv__view *c = &g->out[0];
    return c->dim[c->rank - 2] == 1 || c->dim[c->rank - 1] == 1 ? 0 : 2;
}

static int64_t gemm_units(const nrv__args *g)
{
    gemm_plan p;
    gemm_plan_of(&p, g);
    return p.batches * p.cut_m * p.cut_n;
}

static double gemm_work(const nrv__args *g)
{
    gemm_plan p;
    gemm_plan_of(&p, g);
    const double pieces = (double)simd_max(1, p.cut_m * p.cut_n);
    return 20 + (p.way == GEMM_TILES || p.way == GEMM_NARROW ? gemm_fma(&p) / (simd_fma_rate() * 0.7)
                                                             : (double)p.m * (double)p.n * (double)p.k / 5) /
                    pieces;
}

static size_t gemm_scratch(const nrv__args *g)
{
    gemm_plan p;
    gemm_plan_of(&p, g);
    if (p.way != GEMM_TILES && p.way != GEMM_NARROW)
        return (size_t)p.k * 4;
    const int64_t tiles = simd_ceil(simd_ceil(p.n, p.wide), p.cut_n);
    if (p.way == GEMM_NARROW)
        return (size_t)(p.m * tiles * p.wide) * 4;
    return p.direct ? 0 : (size_t)(simd_ceil(p.k, p.cut_k) * tiles * p.wide) * 4;
}

static int64_t gemm_units2(const nrv__args *g)
{
    gemm_plan p;
    gemm_plan_of(&p, g);
    return gemm_parts_of_sums(&p) ? p.batches : 0;
}

static size_t gemm_shared(const nrv__args *g)
{
    gemm_plan p;
    gemm_plan_of(&p, g);
    return gemm_parts_of_sums(&p) ? (size_t)(p.batches * p.cut_m * p.m * p.n) * sizeof(float) : 0;
}

static void gemm_run(const nrv__args *g)
{
    gemm_plan p;
    gemm_plan_of(&p, g);
    for (int64_t u = g->begin; u < g->end; u++) {
        if (g->phase == 1) {
            gemm_add_parts(&p, g, u);
            continue;
        }
        const gemm_piece w = gemm_piece_of(&p, g, u);
        if (p.way == GEMM_TILES) {
            const gemm_piece next = u + 1 < g->end ? gemm_piece_of(&p, g, u + 1) : w;
            gemm_tiles(&p, &w, g->scratch, next.m0 == w.m0 && next.n0 != w.n0 ? next.b + next.n0 : NULL);
        } else if (p.way == GEMM_NARROW) {
            gemm_columns(&p, &w, g->scratch);
        } else {
            gemm_vectors(&p, &w, g, u);
        }
    }
}

NRV_KERNEL(gemm, .op = "matmul",
           .doc = "float32 matrix product: packed and blocked, in place for small, dots or sums of rows for vectors, "
                  "C^T for few columns",
           .strided = 3, .repacks = gemm_repacks, .fits = gemm_fits, .units = gemm_units, .units2 = gemm_units2,
           .work = gemm_work, .scratch = gemm_scratch, .shared = gemm_shared, .run = gemm_run);
