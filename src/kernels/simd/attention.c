/* attention.c - attention of float32 and its gradient, a block of queries against a block of keys at a time, so that
   scores never stand in memory (Rabe & Staats 2021; Dao et al. 2022).

   Scores are computed with the keys as rows and the queries as columns: keys and values are then read where they lie,
   only queries are turned, and what a softmax does for a query it does for a vector of them. The largest score of a
   query grows from block to block and what was added up before is scaled down.

   Promises: memory linear in the sequences; bits that depend on shapes and strides alone; keys that a causal query may
   not see cost nothing but the rest of a vector. What may not be seen weighs e^(lowest - largest) = 0, and a query that
   sees no key gives zeros and passes nothing on. Does not do: other types; a query alone as fast as a vector times a
   matrix could be. */
#include "gemm_core.h"
#include "maths.h"
#include <math.h>

enum { FLASH_Q = 64, FLASH_K = 96, FLASH_INPUTS = 8 };
#define FLASH_FAR (INT64_C(1) << 48)
static const float flash_lowest = -0x1.fep127f; /* as in the op's body */

typedef struct flash_job {
    const nrv__args *g;
    int64_t queries, keys, deep, deep_v; /* T, L, D, Dv */
    int64_t offset, blocks;
    int axes, apart; /* batch axes: first those that q, k and v all have, then those that some stretch over */
    int64_t dim[NRV__MAX_RANK], batches, together; /* together: batches that share something, the last axes */
    int64_t stride[FLASH_INPUTS][NRV__MAX_RANK], own[3][NRV__MAX_RANK], out[NRV__MAX_RANK];
    int mask, bias; /* inputs, -1: none */
    bool causal, hides;
    float scale;
} flash_job;

typedef struct flash_block { /* queries q0 to q0 + nq against keys k0 to k0 + nk; query i sees key j from i >= j - lead
                              */
    int64_t q0, nq, k0, nk, lead;
    int64_t wide; /* nq in whole vectors */
    bool causal;
} flash_block;

typedef struct flash_rows { /* of q, k, v, y or dy: the rows of one batch */
    const float *at;
    int64_t row, col;
} flash_rows;

/* ---- what is asked ---- */
static int64_t flash_dim(const nrv__view *v, int axis, int rank) /* of axis `axis` of `rank` */
{
    const int i = axis - rank + v->rank;
    return i < 0 ? 1 : v->dim[i];
}

static void flash_axis(flash_job *p, int axis, int rank)
{
    const nrv__args *g = p->g;
    const int to = p->axes++;
    p->dim[to] = flash_dim(&g->in[0], axis, rank);
    for (int i = 1; i < 3; i++)
        p->dim[to] = simd_max(p->dim[to], flash_dim(&g->in[i], axis, rank));
    for (int i = 0; i < g->n_in; i++) {
        const int k = axis - rank + g->in[i].rank;
        p->stride[i][to] = k < 0 || g->in[i].dim[k] == 1 ? 0 : g->in[i].stride[k];
    }
    p->batches *= p->dim[to];
}

/* contiguous strides of the tensor itself, along the axes in their order here */
static void flash_own(const flash_job *p, const nrv__view *v, const int *axis, int rank, int64_t *to)
{
    for (int i = 0; i < p->axes; i++) {
        const int k = axis[i] - rank + v->rank;
        to[i] = k >= 0 && v->dim[k] != 1;
        for (int l = k + 1; l < v->rank && to[i] != 0; l++)
            to[i] *= v->dim[l];
    }
}

/* first: the number of the first input behind q, k, v (and y, dy) */
static flash_job flash_of(const nrv__args *g, int first)
{
    const nrv__attention_attr *a = g->attr;
    const nrv__view *q = &g->in[0], *k = &g->in[1], *v = &g->in[2];
    flash_job p = { .g = g, .batches = 1, .together = 1, .causal = a->causal != 0, .mask = -1, .bias = -1 };
    int rank = q->rank, axis[NRV__MAX_RANK];
    for (int i = 1; i < 3; i++)
        rank = g->in[i].rank > rank ? g->in[i].rank : rank;
    p.queries = q->dim[q->rank - 2], p.deep = q->dim[q->rank - 1];
    p.keys = k->dim[k->rank - 2], p.deep_v = v->dim[v->rank - 1];
    p.blocks = simd_ceil(p.queries, FLASH_Q);
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < rank - 2; i++) {
            const int64_t d = simd_max(flash_dim(q, i, rank), simd_max(flash_dim(k, i, rank), flash_dim(v, i, rank)));
            const bool all = flash_dim(q, i, rank) == d && flash_dim(k, i, rank) == d && flash_dim(v, i, rank) == d;
            if (all != (pass == 0))
                continue;
            axis[p.axes] = i;
            p.together *= all ? 1 : d;
            p.apart += all;
            flash_axis(&p, i, rank);
        }
    for (int i = 0; i < 3; i++)
        flash_own(&p, &g->in[i], axis, rank, p.own[i]);
    if (first == 3)
        flash_own(&p, &g->out[0], axis, rank, p.out);
    p.mask = a->mask ? first++ : -1;
    if (a->offset && g->in[first].data) /* beyond any length it is all the same */
        p.offset = simd_max(-FLASH_FAR, simd_min(FLASH_FAR, *(const int64_t *)g->in[first].data));
    first += a->offset != 0;
    p.bias = a->bias ? first : -1;
    p.hides = a->mask || a->bias || (a->causal && a->offset);
    p.scale = a->scale == 0 ? (float)(1 / sqrt((double)p.deep)) : a->scale < 0 ? 0 : (float)a->scale;
    return p;
}

static int64_t flash_offset(const flash_job *p, const int64_t *stride, int64_t batch)
{
    int64_t at = 0;
    for (int i = p->axes - 1; i >= 0; i--) {
        at += batch % p->dim[i] * stride[i];
        batch /= p->dim[i];
    }
    return at;
}

static flash_rows flash_input(const flash_job *p, int input, int64_t batch)
{
    const nrv__view *v = &p->g->in[input];
    return (flash_rows){ (const float *)v->data + flash_offset(p, p->stride[input], batch), v->stride[v->rank - 2],
                         v->stride[v->rank - 1] };
}

/* block i of queries, before any key */
static flash_block flash_begin(const flash_job *p, int64_t i)
{
    flash_block b = { .q0 = i * FLASH_Q, .causal = p->causal };
    b.nq = simd_min(FLASH_Q, p->queries - b.q0);
    b.wide = simd_ceil(b.nq, SIMD_W) * SIMD_W;
    return b;
}

/* the next block of keys that any of the queries may see; false: there is none */
static bool flash_next(const flash_job *p, flash_block *b)
{
    const int64_t last = b->q0 + b->nq + p->offset;
    const int64_t end = p->causal ? simd_max(0, simd_min(p->keys, last)) : p->keys;
    b->k0 += b->nk;
    b->nk = simd_min(FLASH_K, end - b->k0);
    b->lead = b->q0 + p->offset - b->k0;
    return b->nk > 0;
}

/* the first query, at a whole vector, that may see key j of the block */
static int64_t flash_first(const flash_block *b, int64_t j)
{
    return b->causal && j > b->lead ? (j - b->lead) / SIMD_W * SIMD_W : 0;
}

/* ---- pieces of work on a block: s is always (keys, FLASH_Q) ---- */
/* to[d*FLASH_Q + i] = scale * x[i][d]; up to a whole vector, columns of no query are zero */
static void flash_turn(float *to, flash_rows x, int64_t n, int64_t deep, float scale)
{
    const int64_t wide = simd_ceil(n, SIMD_W) * SIMD_W;
    const int64_t four = x.col == 1 ? n / 4 * 4 : 0, deep4 = deep / 4 * 4;
    for (int64_t i = 0; i < four; i += 4)
        for (int64_t d = 0; d < deep4; d += 4)
            simd_turn4(to + d * FLASH_Q + i, FLASH_Q, x.at + i * x.row + d, x.row);
    for (int64_t d = 0; d < deep; d++) {
        for (int64_t i = d < deep4 ? four : 0; i < wide; i++)
            to[d * FLASH_Q + i] = i < n ? x.at[i * x.row + d * x.col] : 0;
        for (int64_t i = 0; i < wide; i++)
            to[d * FLASH_Q + i] *= scale;
    }
}

/* rows that a product may read in whole vectors: as they lie, or copied to `room` */
static flash_rows flash_whole(flash_rows x, int64_t n, int64_t cols, float *room)
{
    if (x.col == 1 && cols % SIMD_W == 0)
        return x;
    const int64_t wide = simd_ceil(cols, SIMD_W) * SIMD_W;
    for (int64_t i = 0; i < n; i++)
        for (int64_t c = 0; c < wide; c++)
            room[i * wide + c] = c < cols ? x.at[i * x.row + c * x.col] : 0;
    return (flash_rows){ room, wide, 1 };
}

static flash_rows flash_from(flash_rows x, int64_t row)
{
    x.at += row * x.row;
    return x;
}

/* s[j][i] = x[j] . query i, for all queries that may see key j */
static void flash_products(float *s, flash_rows x, const float *turned, int64_t deep, const flash_block *b)
{
    gemm_tile t = { .row_a = x.row, .step_a = x.col, .step_b = FLASH_Q, .k = deep, .row_c = FLASH_Q };
    for (int64_t j = 0; j < b->nk; j += GEMM_MR)
        for (int64_t i = flash_first(b, j); i < b->wide; i += GEMM_NR) {
            t.a = x.at + j * x.row, t.b = turned + i, t.c = s + j * FLASH_Q + i;
            t.cols = (int)simd_min(GEMM_NR, b->wide - i);
            gemm_tile_run(&t, (int)simd_min(GEMM_MR, b->nk - j));
        }
}

/* to[i] += sum over keys j of s[j][i] x[j] */
static void flash_to_queries(float *to, int64_t row, int64_t cols, const float *s, flash_rows x, const flash_block *b)
{
    gemm_tile t = { .row_a = 1, .step_a = FLASH_Q, .step_b = x.row, .row_c = row, .add = true };
    for (int64_t i = 0; i < b->nq; i += GEMM_MR) {
        const int64_t rows = simd_min(GEMM_MR, b->nq - i);
        t.k = b->causal ? simd_max(0, simd_min(b->nk, i + rows + b->lead)) : b->nk;
        for (int64_t c = 0; c < cols && t.k != 0; c += GEMM_NR) {
            t.a = s + i, t.b = x.at + c, t.c = to + i * row + c;
            t.cols = (int)simd_min(GEMM_NR, cols - c);
            gemm_tile_run(&t, (int)rows);
        }
    }
}

/* to[j] += sum over queries i of s[j][i] x[i] */
static void flash_to_keys(float *to, int64_t row, int64_t cols, const float *s, flash_rows x, const flash_block *b)
{
    gemm_tile t = { .row_a = FLASH_Q, .step_a = 1, .step_b = x.row, .row_c = row, .add = true };
    for (int64_t j = 0; j < b->nk; j += GEMM_MR) {
        const int64_t from = flash_first(b, j);
        t.k = b->nq - from;
        for (int64_t c = 0; c < cols; c += GEMM_NR) {
            t.a = s + j * FLASH_Q + from, t.b = x.at + from * x.row + c, t.c = to + j * row + c;
            t.cols = (int)simd_min(GEMM_NR, cols - c);
            gemm_tile_run(&t, (int)simd_min(GEMM_MR, b->nk - j));
        }
    }
}

static void flash_add_bias(const flash_job *p, float *s, int64_t batch, const flash_block *b)
{
    const flash_rows x = flash_input(p, p->bias, batch);
    const nrv__view *v = &p->g->in[p->bias];
    const int64_t row = v->dim[v->rank - 1] == 1 ? 0 : x.col;
    const int64_t col = v->rank < 2 || v->dim[v->rank - 2] == 1 ? 0 : x.row;
    for (int64_t j = 0; j < b->nk; j++) {
        const float *from = x.at + (b->k0 + j) * row + b->q0 * col;
        for (int64_t i = 0; i < b->nq; i++) {
            const float y = s[j * FLASH_Q + i] + from[i * col];
            s[j * FLASH_Q + i] = y < flash_lowest ? flash_lowest : y;
        }
    }
}

static void flash_apply_mask(const flash_job *p, float *s, int64_t batch, const flash_block *b)
{
    const nrv__view *v = &p->g->in[p->mask];
    const unsigned char *seen = (const unsigned char *)v->data + flash_offset(p, p->stride[p->mask], batch);
    const int64_t row = v->rank < 1 || v->dim[v->rank - 1] == 1 ? 0 : v->stride[v->rank - 1];
    const int64_t col = v->rank < 2 || v->dim[v->rank - 2] == 1 ? 0 : v->stride[v->rank - 2];
    for (int64_t j = 0; j < b->nk; j++) {
        const unsigned char *from = seen + (b->k0 + j) * row + b->q0 * col;
        for (int64_t i = 0; i < b->nq; i++)
            s[j * FLASH_Q + i] = from[i * col] ? s[j * FLASH_Q + i] : flash_lowest;
    }
}

/* the scores of a block, lowest where a query may not see a key */
static void flash_scores(const flash_job *p, float *s, const float *turned, int64_t batch, const flash_block *b)
{
    flash_products(s, flash_from(flash_input(p, 1, batch), b->k0), turned, p->deep, b);
    if (p->bias >= 0)
        flash_add_bias(p, s, batch, b);
    if (p->mask >= 0)
        flash_apply_mask(p, s, batch, b);
    for (int64_t j = 0; j < b->nk && b->causal; j++)
        for (int64_t i = flash_first(b, j); i < simd_min(b->wide, j - b->lead); i++)
            s[j * FLASH_Q + i] = flash_lowest;
}

/* e^x for x <= 0; what would be subnormal is nothing beside the 1 that the largest score gives */
SIMD_INLINE float flash_power(float x)
{
    const float magic = 12582912.0f, a = x < -88.0f ? -88.0f : x;
    const float t = a * 1.44269504088896341f + magic, n = t - magic;
    const float r = (a - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    const float e = p * maths_float((int32_t)((uint32_t)(maths_bits(t) - 0x4b400000 + 127) << 23));
    return x < -87.0f ? 0.0f : e;
}

typedef struct flash_line { /* of each query of a block */
    float most[FLASH_Q], sum[FLASH_Q], keep[FLASH_Q];
} flash_line;

static void flash_line_begin(flash_line *l)
{
    for (int i = 0; i < FLASH_Q; i++)
        l->most[i] = flash_lowest, l->sum[i] = 0;
}

static void flash_largest(float *most, const float *s, const flash_block *b)
{
    for (int64_t j = 0; j < b->nk; j++) {
        const float *x = s + j * FLASH_Q;
        MATHS_LOOP
        for (int64_t i = flash_first(b, j); i < b->wide; i++)
            most[i] = x[i] > most[i] ? x[i] : most[i];
    }
}

/* scores become powers, which are added up; in between, block by block, so that long sums stay exact */
static void flash_raise(float *s, const float *most, float *sum, const flash_block *b)
{
    float total[FLASH_Q] = { 0 };
    for (int64_t j = 0; j < b->nk; j++) {
        const int64_t from = flash_first(b, j);
        float *x = s + j * FLASH_Q;
        memset(x, 0, (size_t)from * sizeof *x);
        MATHS_LOOP
        for (int64_t i = from; i < b->wide; i++) {
            x[i] = flash_power(x[i] - most[i]);
            total[i] += x[i];
        }
    }
    for (int i = 0; i < FLASH_Q; i++)
        sum[i] += total[i];
}

/* keep: what the sums of the blocks before are to be scaled by, now that the largest score is known to be larger */
static void flash_powers(float *s, flash_line *l, const flash_block *b)
{
    float before[FLASH_Q];
    memcpy(before, l->most, sizeof before);
    flash_largest(l->most, s, b);
    for (int i = 0; i < FLASH_Q; i++) {
        l->keep[i] = flash_power(before[i] - l->most[i]);
        l->sum[i] *= l->keep[i];
    }
    flash_raise(s, l->most, l->sum, b);
}

/* of query i, whose keys have all been seen: 1 / sum, or 0 if there were none */
static float flash_inverse(const flash_job *p, const flash_line *l, int64_t i)
{
    const bool none = p->keys == 0 || (p->hides && l->most[i] <= flash_lowest);
    return none && l->sum[i] == l->sum[i] ? 0 : 1 / l->sum[i];
}

/* ---- forward: a unit is a block of queries ---- */
static const char *flash_fits_any(const nrv__args *g, int first)
{
    const nrv__attention_attr *a = g->attr;
    const int bias = first + (a->mask != 0) + (a->offset != 0);
    for (int i = 0; i < first; i++)
        if (g->in[i].type != NRV_F32)
            return "only float32";
    if (a->bias && (g->in[bias].type != NRV_F32 || g->in[bias].rank < 2))
        return "only a bias of two axes or more";
    return NULL;
}

static const char *flash_fits(const nrv__args *g)
{
    return flash_fits_any(g, 3);
}

static int64_t flash_units(const nrv__args *g)
{
    const flash_job p = flash_of(g, 3);
    return g->n == 0 ? 0 : p.batches * p.blocks;
}

static double flash_ns(const flash_job *p, double products)
{
    const double keys = (double)p->keys * (p->causal ? 0.6 : 1.0), q = (double)simd_min(FLASH_Q, p->queries);
    return 50 + q * keys * (products * (double)(p->deep + p->deep_v) / 2 / simd_fma_rate() + 0.5);
}

static double flash_work(const nrv__args *g)
{
    const flash_job p = flash_of(g, 3);
    return flash_ns(&p, 2);
}

static int64_t flash_wide(int64_t cols)
{
    return simd_ceil(cols, SIMD_W) * SIMD_W;
}

static size_t flash_scratch(const nrv__args *g)
{
    const flash_job p = flash_of(g, 3);
    return (size_t)(FLASH_Q * (p.deep + FLASH_K + flash_wide(p.deep_v)) + FLASH_K * flash_wide(p.deep_v)) * 4;
}

static void flash_unit(const flash_job *p, int64_t batch, int64_t block, float *turned)
{
    const int64_t wide = flash_wide(p->deep_v);
    float *s = turned + FLASH_Q * p->deep, *sum = s + FLASH_Q * FLASH_K, *room = sum + FLASH_Q * wide;
    const flash_rows v = flash_input(p, 2, batch);
    flash_block b = flash_begin(p, block);
    flash_line l;
    flash_line_begin(&l);
    flash_turn(turned, flash_from(flash_input(p, 0, batch), b.q0), b.nq, p->deep, p->scale);
    memset(sum, 0, (size_t)(FLASH_Q * wide) * sizeof *sum);
    while (flash_next(p, &b)) {
        flash_scores(p, s, turned, batch, &b);
        flash_powers(s, &l, &b);
        for (int64_t i = 0; i < b.nq && b.k0 > 0; i++)
            for (int64_t c = 0; c < wide; c++)
                sum[i * wide + c] *= l.keep[i];
        flash_to_queries(sum, wide, wide, s, flash_whole(flash_from(v, b.k0), b.nk, p->deep_v, room), &b);
    }
    float *y = (float *)p->g->out[0].data + flash_offset(p, p->out, batch) + b.q0 * p->deep_v;
    for (int64_t i = 0; i < b.nq; i++) {
        const float inverse = flash_inverse(p, &l, i);
        for (int64_t c = 0; c < p->deep_v; c++)
            y[i * p->deep_v + c] = inverse == 0 ? 0 : sum[i * wide + c] * inverse;
    }
}

static void flash_run(const nrv__args *g)
{
    const flash_job p = flash_of(g, 3);
    for (int64_t u = g->begin; u < g->end; u++)
        flash_unit(&p, u / p.blocks, u % p.blocks, g->scratch);
}

NRV_KERNEL(attention, .op = "attention", .doc = "float32 attention, block by block, without the scores in memory",
           .strided = ~0u, .fits = flash_fits, .units = flash_units, .work = flash_work, .scratch = flash_scratch,
           .run = flash_run);

/* ---- backward, of q, k, v, y, dy. A unit is what shares no gradient with others; where these are few, dq apart from
   dk and dv. The scores of a block of queries with all keys are a strip that stays in the second cache ---- */
enum { FLASH_FEW = 2, FLASH_BOTH = 0, FLASH_DQ = 1, FLASH_DKV = 2 };

static const char *flash_back_fits(const nrv__args *g)
{
    return flash_fits_any(g, 5);
}

static int64_t flash_back_units(const nrv__args *g)
{
    const flash_job p = flash_of(g, 5);
    const int64_t units = p.batches == 0 ? 1 : p.batches / p.together;
    return g->n == 0 ? 0 : units < FLASH_FEW ? 2 * units : units;
}

static double flash_back_work(const nrv__args *g)
{
    const flash_job p = flash_of(g, 5);
    return flash_ns(&p, 5) * (double)(p.together * p.blocks);
}

static int64_t flash_strip(const flash_job *p)
{
    return simd_ceil(p->keys, FLASH_K) * FLASH_K;
}

static size_t flash_back_scratch(const nrv__args *g)
{
    const flash_job p = flash_of(g, 5);
    const int64_t wide = flash_wide(p.deep) + flash_wide(p.deep_v);
    return (size_t)(FLASH_Q * (p.deep + p.deep_v + wide + FLASH_K + flash_strip(&p)) + FLASH_K * wide) * 4;
}

static float flash_dot(flash_rows x, flash_rows y, int64_t n)
{
    simd_f lanes = { 0 };
    int64_t c = 0;
    for (; c + SIMD_W <= n && x.col == 1 && y.col == 1; c += SIMD_W)
        lanes += simd_load(x.at + c) * simd_load(y.at + c);
    float sum = simd_sum(lanes);
    for (; c < n; c++)
        sum += x.at[c * x.col] * y.at[c * y.col];
    return sum;
}

/* the strip becomes powers, and `inverse` what makes weights of them */
static void flash_weigh(const flash_job *p, float *strip, int64_t batch, const float *turned, flash_block b,
                        float *inverse)
{
    flash_line l;
    flash_line_begin(&l);
    for (flash_block k = b; flash_next(p, &k);) {
        flash_scores(p, strip + k.k0 * FLASH_Q, turned, batch, &k);
        flash_largest(l.most, strip + k.k0 * FLASH_Q, &k);
    }
    for (flash_block k = b; flash_next(p, &k);)
        flash_raise(strip + k.k0 * FLASH_Q, l.most, l.sum, &k);
    for (int64_t i = 0; i < FLASH_Q; i++)
        inverse[i] = i < b.nq ? flash_inverse(p, &l, i) : 0;
}

/* powers become weights, and dp, their gradient, that of the scores: scale p (dp - y . dy) */
static void flash_slopes(float *s, float *dp, const float *inverse, const float *dot, float scale, const flash_block *b)
{
    for (int64_t j = 0; j < b->nk; j++) {
        const int64_t from = flash_first(b, j);
        float *x = s + j * FLASH_Q, *d = dp + j * FLASH_Q;
        memset(d, 0, (size_t)from * sizeof *d);
        MATHS_LOOP
        for (int64_t i = from; i < b->wide; i++) {
            x[i] *= inverse[i];
            d[i] = x[i] * (d[i] - dot[i]) * scale;
        }
    }
}

typedef struct flash_back { /* where the gradients of one batch lie */
    float *dq, *dk, *dv;
    int what;
} flash_back;

static void flash_back_block(const flash_job *p, int64_t batch, int64_t block, const flash_back *to, float *turned)
{
    float *turned_dy = turned + FLASH_Q * p->deep, *dp = turned_dy + FLASH_Q * p->deep_v;
    float *room_q = dp + FLASH_Q * FLASH_K, *room_dy = room_q + FLASH_Q * flash_wide(p->deep);
    float *room_k = room_dy + FLASH_Q * flash_wide(p->deep_v), *strip = room_k + FLASH_K * flash_wide(p->deep);
    float inverse[FLASH_Q], dot[FLASH_Q] = { 0 };
    flash_block b = flash_begin(p, block);
    const flash_rows q = flash_from(flash_input(p, 0, batch), b.q0), k = flash_input(p, 1, batch);
    const flash_rows v = flash_input(p, 2, batch), y = flash_from(flash_input(p, 3, batch), b.q0);
    const flash_rows dy = flash_from(flash_input(p, 4, batch), b.q0);
    flash_turn(turned, q, b.nq, p->deep, p->scale);
    flash_turn(turned_dy, dy, b.nq, p->deep_v, 1);
    flash_weigh(p, strip, batch, turned, b, inverse);
    for (int64_t i = 0; i < b.nq; i++)
        dot[i] = flash_dot(flash_from(y, i), flash_from(dy, i), p->deep_v);
    const flash_rows whole_q = flash_whole(q, b.nq, p->deep, room_q);
    const flash_rows whole_dy = flash_whole(dy, b.nq, p->deep_v, room_dy);
    while (flash_next(p, &b)) {
        float *s = strip + b.k0 * FLASH_Q;
        flash_products(dp, flash_from(v, b.k0), turned_dy, p->deep_v, &b);
        flash_slopes(s, dp, inverse, dot, p->scale, &b);
        if (to->what != FLASH_DQ) {
            flash_to_keys(to->dv + b.k0 * p->deep_v, p->deep_v, p->deep_v, s, whole_dy, &b);
            flash_to_keys(to->dk + b.k0 * p->deep, p->deep, p->deep, dp, whole_q, &b);
        }
        if (to->what != FLASH_DKV)
            flash_to_queries(to->dq + b.q0 * p->deep, p->deep, p->deep, dp,
                             flash_whole(flash_from(k, b.k0), b.nk, p->deep, room_k), &b);
    }
}

/* q, k, v one after the other, each as it is */
static flash_back flash_back_to(const flash_job *p, int64_t batch)
{
    const nrv__args *g = p->g;
    float *dq = g->out[0].data, *dk = dq + simd_elements(&g->in[0]), *dv = dk + simd_elements(&g->in[1]);
    return (flash_back){ dq + flash_offset(p, p->own[0], batch), dk + flash_offset(p, p->own[1], batch),
                         dv + flash_offset(p, p->own[2], batch), FLASH_BOTH };
}

static void flash_back_unit(const flash_job *p, int64_t first, int what, float *scratch)
{
    for (int pass = 0; pass < 2; pass++)
        for (int64_t i = 0; i < p->together; i++) {
            flash_back to = flash_back_to(p, first + i);
            to.what = what;
            if (pass == 0 && what != FLASH_DKV)
                memset(to.dq, 0, (size_t)(p->queries * p->deep) * 4);
            if (pass == 0 && what != FLASH_DQ) {
                memset(to.dk, 0, (size_t)(p->keys * p->deep) * 4);
                memset(to.dv, 0, (size_t)(p->keys * p->deep_v) * 4);
            }
            for (int64_t block = 0; block < p->blocks && pass == 1; block++)
                flash_back_block(p, first + i, block, &to, scratch);
        }
}

static void flash_back_run(const nrv__args *g)
{
    const flash_job p = flash_of(g, 5);
    const bool few = p.batches != 0 && p.batches / p.together < FLASH_FEW;
    if (p.batches == 0 && g->begin == 0)
        memset(g->out[0].data, 0, (size_t)g->n * 4);
    for (int64_t u = g->begin; u < g->end && p.batches != 0; u++)
        flash_back_unit(&p, (few ? u / 2 : u) * p.together,
                        !few         ? FLASH_BOTH
                        : u % 2 == 0 ? FLASH_DKV
                                     : FLASH_DQ,
                        g->scratch);
}

NRV_KERNEL(attention_back, .op = "attention_back",
           .doc = "float32 gradient of attention, a block of queries against all keys at a time", .strided = ~0u,
           .fits = flash_back_fits, .units = flash_back_units, .work = flash_back_work, .scratch = flash_back_scratch,
           .run = flash_back_run);
