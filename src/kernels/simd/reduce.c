/* reduce.c - sums, maxima and minima of float32 tensors over any axes.

   The axes are merged until kept and reduced ones alternate. If the innermost is reduced, a result is a sum of runs; if
   it is kept, results are columns of rows that are added up. Where there are few results, the runs or rows are dealt to
   a number of parts that depends on shapes only, and phase 1 adds the parts in order. Promises: sums are kept in
   double, so a result is the double sum rounded once; NaN wins a maximum or minimum; bits do not depend on threads.
   Does not do: arg-reductions. */
#include "simd.h"

enum { REDUCE_RUN = 16384, REDUCE_COLUMNS = 128, REDUCE_WORK = 32768 };

typedef enum { REDUCE_SUM, REDUCE_MAX, REDUCE_MIN } reduce_kind;
typedef double reduce_d __attribute__((vector_size(SIMD_BYTES)));
typedef float reduce_half __attribute__((vector_size(SIMD_BYTES / 2), aligned(4), may_alias));

typedef struct reduce_axes { /* one side, kept or reduced; outermost first */
    int n;
    int64_t dim[NRV__MAX_RANK], stride[NRV__MAX_RANK], count;
} reduce_axes;

typedef struct reduce_plan {
    reduce_axes kept, gone; /* without the innermost axis */
    int64_t inner;          /* its length */
    bool runs;              /* it is reduced */
    int64_t results, cut;   /* results; columns or results a unit */
    int64_t steps, parts;   /* runs or rows per result, and the parts these are dealt to */
    int64_t blocks;         /* units per part */
    int64_t last;           /* length of the last of the runs that a single long one was cut into; 0: all are inner */
} reduce_plan;

static void reduce_push(reduce_axes *a, int64_t dim, int64_t stride)
{
    a->dim[a->n] = dim, a->stride[a->n++] = stride;
    a->count *= dim;
}

/* lengths of kept and reduced axes in turn, ones left out, neighbours of a kind merged */
static int reduce_merge(const nrv__args *a, int64_t *dim, bool *gone)
{
    const nrv__view *x = &a->in[0];
    const int64_t axes = ((const nrv__reduce_attr *)a->attr)->axes;
    int n = 0;
    for (int i = 0; i < x->rank; i++) {
        const bool g = (axes >> i & 1) != 0;
        if (x->dim[i] == 1)
            continue;
        if (n > 0 && gone[n - 1] == g)
            dim[n - 1] *= x->dim[i];
        else
            dim[n] = x->dim[i], gone[n++] = g;
    }
    return n;
}

static void reduce_deal(reduce_plan *p)
{
    const int64_t each = p->runs ? p->steps * p->inner : p->steps; /* elements of a result */
    p->cut = simd_max(1, REDUCE_WORK / simd_max(1, each));
    if (!p->runs)
        p->cut = simd_max(REDUCE_COLUMNS, p->cut / REDUCE_COLUMNS * REDUCE_COLUMNS);
    const int64_t lines = p->runs ? p->results : p->inner, outer = p->runs ? 1 : p->kept.count;
    p->blocks = simd_ceil(lines, p->cut) * outer;
    p->parts = 1;
    if (p->blocks > 0 && p->blocks < 8)
        p->parts = simd_max(1, simd_min(simd_min(64, p->steps), p->results * each / (p->blocks * REDUCE_WORK)));
}

static reduce_plan reduce_plan_of(const nrv__args *a)
{
    reduce_plan p = { .kept.count = 1, .gone.count = 1, .inner = 1, .runs = true, .results = a->n };
    int64_t dim[NRV__MAX_RANK] = { 0 }, stride[NRV__MAX_RANK], s = 1;
    bool gone[NRV__MAX_RANK] = { 0 };
    const int n = reduce_merge(a, dim, gone);
    for (int i = n - 1; i >= 0; i--)
        stride[i] = s, s *= dim[i];
    if (n > 0)
        p.runs = gone[n - 1], p.inner = dim[n - 1];
    for (int i = 0; i + 1 < n; i++)
        reduce_push(gone[i] ? &p.gone : &p.kept, dim[i], stride[i]);
    if (p.runs && p.gone.count == 1 && p.inner > REDUCE_RUN) {
        p.last = (p.inner - 1) % REDUCE_RUN + 1;
        reduce_push(&p.gone, simd_ceil(p.inner, REDUCE_RUN), REDUCE_RUN);
        p.inner = REDUCE_RUN;
    }
    p.steps = p.gone.count;
    reduce_deal(&p);
    return p;
}

static int64_t reduce_at(const reduce_axes *a, int64_t i)
{
    int64_t at = 0;
    for (int k = a->n - 1; k > 0; k--) {
        at += i % a->dim[k] * a->stride[k];
        i /= a->dim[k];
    }
    return a->n > 0 ? at + i * a->stride[0] : 0;
}

static double reduce_sum_run(const float *x, int64_t n)
{
    enum { H = SIMD_W / 2 };
    reduce_d s0 = { 0 }, s1 = { 0 }, s2 = { 0 }, s3 = { 0 };
    int64_t i = 0;
    for (; i + 4 * H <= n; i += 4 * H) {
        s0 += __builtin_convertvector(*(const reduce_half *)(x + i), reduce_d);
        s1 += __builtin_convertvector(*(const reduce_half *)(x + i + H), reduce_d);
        s2 += __builtin_convertvector(*(const reduce_half *)(x + i + 2 * H), reduce_d);
        s3 += __builtin_convertvector(*(const reduce_half *)(x + i + 3 * H), reduce_d);
    }
    double sum = 0, lanes[H];
    for (; i < n; i++)
        sum += (double)x[i];
    s0 = (s0 + s1) + (s2 + s3);
    memcpy(lanes, &s0, sizeof lanes);
    for (int l = 0; l < H; l++)
        sum += lanes[l];
    return sum;
}

/* the maximum of sign * x */
static float reduce_max_run(const float *x, int64_t n, float sign)
{
    float best = -__builtin_inff();
    int64_t i = 0;
    if (n >= SIMD_W) {
        simd_f m = simd_all(best);
        for (; i + SIMD_W <= n; i += SIMD_W)
            m = simd_more_lanes(m, simd_load(x + i) * simd_all(sign));
        for (int l = 0; l < SIMD_W; l++)
            best = simd_more(best, m[l]);
    }
    for (; i < n; i++)
        best = simd_more(best, x[i] * sign);
    return best;
}

static double reduce_start(reduce_kind kind)
{
    return kind == REDUCE_SUM ? 0 : -__builtin_inf();
}

SIMD_INLINE double reduce_join(double a, double b, reduce_kind kind)
{
    return kind == REDUCE_SUM ? a + b : (double)simd_more((float)a, (float)b);
}

static void reduce_put(const reduce_plan *p, const nrv__args *a, int64_t part, int64_t at, double x, reduce_kind kind)
{
    if (p->parts > 1)
        ((double *)a->shared)[part * p->results + at] = x;
    else
        ((float *)a->out[0].data)[at] = (float)(kind == REDUCE_MIN ? -x : x);
}

static void reduce_runs(const reduce_plan *p, const nrv__args *a, int64_t part, int64_t block, reduce_kind kind)
{
    const int64_t first = simd_cut(p->steps, p->parts, part), end = simd_cut(p->steps, p->parts, part + 1);
    for (int64_t r = block * p->cut; r < simd_min(p->results, (block + 1) * p->cut); r++) {
        const float *x = (const float *)a->in[0].data + reduce_at(&p->kept, r);
        double total = reduce_start(kind);
        for (int64_t i = first; i < end; i++) {
            const float *run = x + reduce_at(&p->gone, i);
            const int64_t n = p->last > 0 && i == p->steps - 1 ? p->last : p->inner;
            const double got = kind == REDUCE_SUM ? reduce_sum_run(run, n)
                                                  : (double)reduce_max_run(run, n, kind == REDUCE_MIN ? -1.0f : 1.0f);
            total = reduce_join(total, got, kind);
        }
        reduce_put(p, a, part, r, total, kind);
    }
}

static void reduce_columns(const reduce_plan *p, const nrv__args *a, int64_t part, int64_t block, reduce_kind kind)
{
    const int64_t first = simd_cut(p->steps, p->parts, part), end = simd_cut(p->steps, p->parts, part + 1);
    const int64_t cuts = simd_ceil(p->inner, p->cut), outer = block / cuts, from = block % cuts * p->cut;
    const int64_t to = simd_min(p->inner, from + p->cut);
    const float *x = (const float *)a->in[0].data + reduce_at(&p->kept, outer);
    const float sign = kind == REDUCE_MIN ? -1.0f : 1.0f;
    for (int64_t c = from; c < to; c += REDUCE_COLUMNS) {
        const int64_t n = simd_min(REDUCE_COLUMNS, to - c);
        double sum[REDUCE_COLUMNS];
        float best[REDUCE_COLUMNS];
        for (int64_t i = 0; i < n; i++)
            sum[i] = 0, best[i] = -__builtin_inff();
        for (int64_t r = first; r < end; r++) {
            const float *row = x + reduce_at(&p->gone, r) + c;
            if (kind == REDUCE_SUM)
                for (int64_t i = 0; i < n; i++)
                    sum[i] += (double)row[i];
            else
                for (int64_t i = 0; i < n; i++)
                    best[i] = simd_more(best[i], row[i] * sign);
        }
        for (int64_t i = 0; i < n; i++)
            reduce_put(p, a, part, outer * p->inner + c + i, kind == REDUCE_SUM ? sum[i] : (double)best[i], kind);
    }
}

static void reduce_run(const nrv__args *a, reduce_kind kind)
{
    reduce_plan p = reduce_plan_of(a);
    if (a->phase == 1) {
        const int64_t end = simd_min(p.results, a->end * REDUCE_COLUMNS), parts = p.parts;
        for (int64_t i = a->begin * REDUCE_COLUMNS; i < end; i++) {
            double total = reduce_start(kind);
            for (int64_t part = 0; part < parts; part++)
                total = reduce_join(total, ((const double *)a->shared)[part * p.results + i], kind);
            p.parts = 1;
            reduce_put(&p, a, 0, i, total, kind);
        }
        return;
    }
    for (int64_t u = a->begin; u < a->end; u++) {
        if (p.runs)
            reduce_runs(&p, a, u / p.blocks, u % p.blocks, kind);
        else
            reduce_columns(&p, a, u / p.blocks, u % p.blocks, kind);
    }
}

static void reduce_sum(const nrv__args *a)
{
    reduce_run(a, REDUCE_SUM);
}

static void reduce_max(const nrv__args *a)
{
    reduce_run(a, REDUCE_MAX);
}

static void reduce_min(const nrv__args *a)
{
    reduce_run(a, REDUCE_MIN);
}

static const char *reduce_fits(const nrv__args *a)
{
    return simd_f32(a) ? NULL : "only float32";
}

static int64_t reduce_units(const nrv__args *a)
{
    const reduce_plan p = reduce_plan_of(a);
    return p.blocks * p.parts;
}

static int64_t reduce_units2(const nrv__args *a)
{
    const reduce_plan p = reduce_plan_of(a);
    return p.parts > 1 ? simd_ceil(p.results, REDUCE_COLUMNS) : 0;
}

static double reduce_work(const nrv__args *a)
{
    const reduce_plan p = reduce_plan_of(a);
    return 30 + 0.2 * (double)simd_elements(&a->in[0]) / (double)simd_max(1, p.blocks * p.parts);
}

static size_t reduce_shared(const nrv__args *a)
{
    const reduce_plan p = reduce_plan_of(a);
    return p.parts > 1 ? (size_t)(p.parts * p.results) * sizeof(double) : 0;
}

NRV_KERNEL(sum, .op = "sum", .doc = "float32 sum over any axes, kept in double", .fits = reduce_fits,
           .units = reduce_units, .units2 = reduce_units2, .work = reduce_work, .shared = reduce_shared,
           .run = reduce_sum);

NRV_KERNEL(max_of, .op = "max_of", .doc = "float32 maximum over any axes", .fits = reduce_fits, .units = reduce_units,
           .units2 = reduce_units2, .work = reduce_work, .shared = reduce_shared, .run = reduce_max);

NRV_KERNEL(min_of, .op = "min_of", .doc = "float32 minimum over any axes", .fits = reduce_fits, .units = reduce_units,
           .units2 = reduce_units2, .work = reduce_work, .shared = reduce_shared, .run = reduce_min);
