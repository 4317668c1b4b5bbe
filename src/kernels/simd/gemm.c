/* gemm.c - matmul of float32: a (...,M,K) x b (...,K,N) -> (...,M,N), any strides for a and b, batches broadcast by
   stride 0.

   Promises: bits that depend on shapes and strides alone. Every element of C is one chain of multiply-adds inside a
   chunk of K, chunks are added in order, and how K is cut depends on K only; the path for vectors is chosen on the
   whole problem. Does not do: packing of A - reading it in place is faster as long as one of its strides is 1, which it
   nearly always is. */
#include "gemm_core.h"

enum { GEMM_ROWS = 256, GEMM_COLS = 256, GEMM_LINE = 512 };

typedef enum { GEMM_NOTHING, GEMM_TILES, GEMM_DOTS, GEMM_SUMS } gemm_way;

typedef struct gemm_plan {
    gemm_way way;
    int64_t m, n, k, row_a, step_a, step_b, col_b;
    int outer;
    int64_t dim[NRV__MAX_RANK], batch_a[NRV__MAX_RANK], batch_b[NRV__MAX_RANK];
    int64_t batches, cut_m, cut_n, cut_k;
    bool direct; /* B is read where it lies */
} gemm_plan;

typedef struct gemm_piece {
    const float *a, *b;
    float *c;
    int64_t m0, m1, n0, n1;
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

static void gemm_cuts(gemm_plan *p)
{
    const int64_t tiles = simd_ceil(p->n, GEMM_NR);
    p->cut_m = simd_ceil(p->m, GEMM_ROWS);
    p->cut_k = simd_max(1, simd_ceil(p->k, GEMM_KC));
    p->cut_n = simd_ceil(tiles, GEMM_COLS / GEMM_NR);
    /* a few pieces more where they are worth some microseconds each: B is packed once anyway, only A is read again */
    const double fma = (double)p->m * (double)p->n * (double)p->k;
    while (p->batches * p->cut_m * p->cut_n < 8 && p->cut_n < tiles && fma / (double)(p->cut_m * p->cut_n) > 5e5)
        p->cut_n = simd_min(tiles, 2 * p->cut_n);
    while (p->batches * p->cut_m * p->cut_n < 4 && p->m / p->cut_m >= 64 && fma / (double)(p->cut_m * p->cut_n) > 1e6)
        p->cut_m *= 2;
    p->direct = p->col_b == 1 && (p->m <= 32 || (p->step_b <= 512 && p->m <= 256));
}

/* y (length) = A x, where y is a row or a column of C; more pieces where x and A are long */
static bool gemm_vector(gemm_plan *p)
{
    if (p->m != 1 && p->n != 1)
        return false;
    const int64_t length = p->n == 1 ? p->m : p->n, next = p->n == 1 ? p->row_a : p->col_b;
    const int64_t step = p->n == 1 ? p->step_a : p->step_b;
    if (step != 1 && next != 1)
        return false;
    p->way = step == 1 ? GEMM_DOTS : GEMM_SUMS;
    p->cut_m = p->cut_k = 1;
    const int64_t least = p->way == GEMM_SUMS ? 256 : 16; /* sums read rows: long runs, please */
    p->cut_n = simd_max(1, simd_min(simd_ceil(length, least), (int64_t)((double)length * (double)p->k / 32768)));
    return true;
}

static gemm_plan gemm_plan_of(const nrv__args *g)
{
    const nrv__view *a = &g->in[0], *b = &g->in[1], *c = &g->out[0];
    gemm_plan p = { .way = GEMM_TILES, .batches = 1 };
    p.m = c->dim[c->rank - 2], p.n = c->dim[c->rank - 1], p.k = a->dim[a->rank - 1];
    p.row_a = a->stride[a->rank - 2], p.step_a = a->stride[a->rank - 1];
    p.step_b = b->stride[b->rank - 2], p.col_b = b->stride[b->rank - 1];
    if (p.k == 1) /* the stride of a single step is any number; 1 is the one that reads well */
        p.step_a = 1;
    gemm_batches(&p, g);
    if (g->n == 0) {
        p.way = GEMM_NOTHING, p.batches = 0;
        return p;
    }
    if (!gemm_vector(&p))
        gemm_cuts(&p);
    return p;
}

static gemm_piece gemm_piece_of(const gemm_plan *p, const nrv__args *g, int64_t unit)
{
    const int64_t cuts = p->cut_m * p->cut_n, tiles = simd_ceil(p->n, GEMM_NR);
    int64_t batch = unit / cuts, in = unit % cuts, at_a = 0, at_b = 0;
    gemm_piece w = { .c = (float *)g->out[0].data + batch * p->m * p->n };
    for (int i = 0; i < p->outer; i++) {
        at_a += batch % p->dim[i] * p->batch_a[i];
        at_b += batch % p->dim[i] * p->batch_b[i];
        batch /= p->dim[i];
    }
    w.a = (const float *)g->in[0].data + at_a, w.b = (const float *)g->in[1].data + at_b;
    if (p->way != GEMM_TILES) {
        const int64_t length = p->n == 1 ? p->m : p->n;
        w.n0 = simd_cut(length, p->cut_n, in), w.n1 = simd_cut(length, p->cut_n, in + 1);
        return w;
    }
    w.m0 = simd_cut(p->m, p->cut_m, in / p->cut_n), w.m1 = simd_cut(p->m, p->cut_m, in / p->cut_n + 1);
    w.n0 = simd_cut(tiles, p->cut_n, in % p->cut_n) * GEMM_NR;
    w.n1 = simd_min(p->n, simd_cut(tiles, p->cut_n, in % p->cut_n + 1) * GEMM_NR);
    return w;
}

/* k rows of `cols` columns of B, each row padded with zeros to whole vectors */
static void gemm_pack(float *to, const float *b, int64_t step, int64_t col, int64_t k, int64_t cols)
{
    const int64_t width = simd_ceil(cols, SIMD_W) * SIMD_W;
    int64_t j = 0;
    if (col == 1) {
        const int64_t whole = cols / SIMD_W * SIMD_W;
        for (int64_t i = 0; i < k; i++)
            for (j = 0; j < whole; j += SIMD_W)
                simd_store(to + i * width + j, simd_load(b + i * step + j));
        j = whole;
    } else if (step == 1) {
        for (; j + 4 <= cols; j += 4) {
            int64_t i = 0;
            for (; i + 4 <= k; i += 4)
                simd_turn4(to + i * width + j, width, b + i + j * col, col);
            for (; i < k; i++)
                for (int64_t l = j; l < j + 4; l++)
                    to[i * width + l] = b[i + l * col];
        }
    }
    for (int64_t i = 0; i < k && j < width; i++)
        for (int64_t l = j; l < width; l++)
            to[i * width + l] = l < cols ? b[i * step + l * col] : 0;
}

/* all columns of the piece for one chunk of K: `rows` of C at a time, so that they stay in L1 while B streams from L2
 */
static void gemm_chunk(const gemm_plan *p, const gemm_piece *w, float *pack, int64_t k0, int64_t k)
{
    for (int64_t j = w->n0; j < w->n1; j += GEMM_NR) {
        const int64_t cols = simd_min(GEMM_NR, w->n1 - j);
        if (!p->direct || cols % SIMD_W != 0)
            gemm_pack(p->direct ? pack : pack + (j - w->n0) * k, w->b + k0 * p->step_b + j * p->col_b, p->step_b,
                      p->col_b, k, cols);
    }
    const int64_t rows = w->m1 - w->m0, panels = simd_ceil(rows, GEMM_MR);
    gemm_tile t = { .row_a = p->row_a, .step_a = p->step_a, .k = k, .row_c = p->n, .add = k0 > 0 };
    for (int64_t i = 0; i < panels; i++) {
        const int64_t top = w->m0 + simd_cut(rows, panels, i), next = w->m0 + simd_cut(rows, panels, i + 1);
        t.a = w->a + top * p->row_a + k0 * p->step_a;
        for (int64_t j = w->n0; j < w->n1; j += GEMM_NR) {
            t.cols = (int)simd_min(GEMM_NR, w->n1 - j);
            t.c = w->c + top * p->n + j;
            if (p->direct && t.cols % SIMD_W == 0) {
                t.b = w->b + k0 * p->step_b + j, t.step_b = p->step_b;
            } else {
                t.b = p->direct ? pack : pack + (j - w->n0) * k;
                t.step_b = simd_ceil(t.cols, SIMD_W) * SIMD_W;
            }
            gemm_tile_run(&t, (int)(next - top));
        }
    }
}

static void gemm_tiles(const gemm_plan *p, const gemm_piece *w, float *pack)
{
    for (int64_t i = 0; i < p->cut_k; i++) {
        const int64_t k0 = simd_cut(p->k, p->cut_k, i);
        gemm_chunk(p, w, pack, k0, simd_cut(p->k, p->cut_k, i + 1) - k0);
    }
}

static float gemm_dot(const float *a, const float *x, int64_t k)
{
    simd_f s0 = { 0 }, s1 = { 0 }, s2 = { 0 }, s3 = { 0 };
    int64_t i = 0;
    for (; i + 4 * SIMD_W <= k; i += 4 * SIMD_W) {
        s0 += simd_load(a + i) * simd_load(x + i);
        s1 += simd_load(a + i + SIMD_W) * simd_load(x + i + SIMD_W);
        s2 += simd_load(a + i + 2 * SIMD_W) * simd_load(x + i + 2 * SIMD_W);
        s3 += simd_load(a + i + 3 * SIMD_W) * simd_load(x + i + 3 * SIMD_W);
    }
    for (; i + SIMD_W <= k; i += SIMD_W)
        s0 += simd_load(a + i) * simd_load(x + i);
    float rest = simd_sum((s0 + s1) + (s2 + s3));
    for (; i < k; i++)
        rest += a[i] * x[i];
    return rest;
}

/* y[j] += sum over k of x[k] a[k*step + j]; the last, partial vector is computed as a whole one, hence by the same
 * steps */
static void gemm_sum(float *y, const float *a, int64_t step, const float *x, int64_t k, int64_t n)
{
    for (int64_t j = 0; j < n; j += SIMD_W) {
        const size_t bytes = (size_t)simd_min(SIMD_W, n - j) * 4;
        simd_f s = { 0 };
        memcpy(&s, y + j, bytes);
        for (int64_t i = 0; i < k; i++) {
            simd_f row = { 0 };
            if (bytes == SIMD_BYTES)
                row = simd_load(a + i * step + j);
            else
                memcpy(&row, a + i * step + j, bytes);
            s += simd_all(x[i]) * row;
        }
        memcpy(y + j, &s, bytes);
    }
}

static void gemm_vectors(const gemm_plan *p, const gemm_piece *w, float *copy)
{
    const bool tall = p->n == 1;
    const float *a = tall ? w->a : w->b, *x = tall ? w->b : w->a;
    const int64_t step = tall ? p->step_a : p->step_b, next = tall ? p->row_a : p->col_b;
    const int64_t step_x = tall ? p->step_b : p->step_a;
    if (step_x != 1 && p->k > 1) {
        for (int64_t i = 0; i < p->k; i++)
            copy[i] = x[i * step_x];
        x = copy;
    }
    if (p->way == GEMM_DOTS) {
        for (int64_t j = w->n0; j < w->n1; j++)
            w->c[j] = gemm_dot(a + j * next, x, p->k);
        return;
    }
    for (int64_t j = w->n0; j < w->n1; j += GEMM_LINE) { /* eight rows of a at a time: long runs for the prefetcher */
        const int64_t n = simd_min(GEMM_LINE, w->n1 - j);
        memset(w->c + j, 0, (size_t)n * 4);
        for (int64_t i = 0; i < p->k; i += 8)
            gemm_sum(w->c + j, a + i * step + j, step, x + i, simd_min(8, p->k - i), n);
    }
}

static const char *gemm_fits(const nrv__args *g)
{
    if (!simd_f32(g))
        return "only float32";
    return g->in[0].rank < 2 || g->in[1].rank < 2 || g->out[0].rank < 2 ? "only two axes or more" : NULL;
}

/* b: unless its rows are, it is turned while it is packed; vectors are multiplied by it as it is */
static unsigned gemm_repacks(const nrv__args *g)
{
    const nrv__view *c = &g->out[0];
    return c->dim[c->rank - 2] == 1 || c->dim[c->rank - 1] == 1 ? 0 : 2;
}

static int64_t gemm_units(const nrv__args *g)
{
    const gemm_plan p = gemm_plan_of(g);
    return p.batches * p.cut_m * p.cut_n;
}

static double gemm_work(const nrv__args *g)
{
    const gemm_plan p = gemm_plan_of(g);
    const double fma = (double)p.m * (double)p.n * (double)p.k / (double)simd_max(1, p.cut_m * p.cut_n);
    return 20 + fma / (p.way == GEMM_TILES ? simd_fma_rate() * 0.7 : 5.0);
}

static size_t gemm_scratch(const nrv__args *g)
{
    const gemm_plan p = gemm_plan_of(g);
    if (p.way != GEMM_TILES)
        return (size_t)p.k * 4;
    const int64_t tiles = p.direct ? 1 : simd_ceil(simd_ceil(p.n, GEMM_NR), p.cut_n);
    return (size_t)(simd_ceil(p.k, p.cut_k) * tiles * GEMM_NR) * 4;
}

static void gemm_run(const nrv__args *g)
{
    const gemm_plan p = gemm_plan_of(g);
    for (int64_t u = g->begin; u < g->end; u++) {
        const gemm_piece w = gemm_piece_of(&p, g, u);
        if (p.way == GEMM_TILES)
            gemm_tiles(&p, &w, g->scratch);
        else
            gemm_vectors(&p, &w, g->scratch);
    }
}

NRV_KERNEL(gemm, .op = "matmul",
           .doc = "float32 matrix product: packed and blocked, direct for small, dots for vectors", .strided = 3,
           .repacks = gemm_repacks, .fits = gemm_fits, .units = gemm_units, .work = gemm_work, .scratch = gemm_scratch,
           .run = gemm_run);
