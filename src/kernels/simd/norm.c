/* norm.c - layer_norm and rms_norm of float32 over the last axes, and their gradients.

   A few rows stay in the first cache, side by side, while their means, their deviations and what is made of them are
   reckoned: a row alone would wait for its own sums, quotients and root one after the other. A gradient reckons both
   again instead of reading them, and all three gradients come from one pass where all are wanted. Promises: a row's
   bits depend on the row alone; sums are kept in double, a few vectors at a time added in float; the gradient of the
   weight is summed over parts of the rows that depend on shapes only, phase 1 adds the parts in order. Does not do:
   other axes than the last. */
#include "lanes.h"
#include <math.h>

enum { NORM_WORK = 8192, NORM_PART = 65536, NORM_PARTS = 32, NORM_COLUMNS = 128 };
enum { NORM_TOGETHER = 4, NORM_RUN = 16 * SIMD_W }; /* rows side by side; columns that are added in float */

typedef struct norm_plan {
    int64_t n, rows, each; /* rows of a unit, or of a part */
    float eps;
    bool rms;
} norm_plan;

typedef struct norm_row {
    float mean, scale;
} norm_row;

static norm_plan norm_plan_of(const nrv__args *a, int64_t work)
{
    const nrv__norm_attr *at = a->attr;
    const nrv__view *x = &a->in[0];
    norm_plan p = { .n = 1, .eps = (float)at->eps, .rms = at->rms != 0 };
    for (int i = x->rank - (int)at->axes; i < x->rank; i++)
        p.n *= x->dim[i];
    p.rows = p.n > 0 ? simd_elements(x) / p.n : 0;
    p.each = simd_max(1, work / simd_max(1, p.n));
    return p;
}

/* the sum of x - mean over a row, or of its square */
SIMD_INLINE double norm_sum(const float *x, int64_t n, float mean, bool squared)
{
    lanes_sum sum = { 0 };
    lanes_add_row(&sum, x, n, mean, squared);
    return lanes_total(&sum);
}

/* mean and scale of a few rows side by side, since each waits for its own sums, quotients and root */
SIMD_INLINE void norm_measure(const float *x, int rows, const norm_plan *p, norm_row *m)
{
    double sum[NORM_TOGETHER] = { 0 };
    for (int k = 0; k < rows && !p->rms; k++)
        sum[k] = norm_sum(x + k * p->n, p->n, 0.0f, false);
    for (int k = 0; k < rows; k++)
        m[k].mean = (float)(sum[k] / (double)p->n);
    for (int k = 0; k < rows; k++)
        sum[k] = norm_sum(x + k * p->n, p->n, m[k].mean, true);
    for (int k = 0; k < rows; k++)
        m[k].scale = (float)(1 / sqrt(sum[k] / (double)p->n + (double)p->eps));
}

SIMD_INLINE void norm_forward_rows(const nrv__args *a, const norm_plan *p, int64_t r, int rows)
{
    const nrv__norm_attr *at = a->attr;
    const float *weight = at->weight ? a->in[1].data : NULL, *bias = at->bias ? a->in[a->n_in - 1].data : NULL;
    norm_row m[NORM_TOGETHER];
    norm_measure((const float *)a->in[0].data + r * p->n, rows, p, m);
    for (int k = 0; k < rows; k++) {
        const float *x = (const float *)a->in[0].data + (r + k) * p->n;
        float *y = (float *)a->out[0].data + (r + k) * p->n;
        const simd_f mean = simd_all(m[k].mean), scale = simd_all(m[k].scale);
        for (int64_t i = 0; i < p->n; i += SIMD_W) {
            simd_f z = (lanes_load(x, i, p->n, 0.0f) - mean) * scale;
            if (weight)
                z *= lanes_load(weight, i, p->n, 0.0f);
            if (bias)
                z += lanes_load(bias, i, p->n, 0.0f);
            lanes_store(y, i, p->n, z);
        }
    }
}

static void norm_forward(const nrv__args *a)
{
    const norm_plan p = norm_plan_of(a, NORM_WORK);
    const int64_t end = simd_min(p.rows, a->end * p.each);
    int64_t r = a->begin * p.each;
    for (; r + NORM_TOGETHER <= end; r += NORM_TOGETHER)
        norm_forward_rows(a, &p, r, NORM_TOGETHER);
    for (; r < end; r++)
        norm_forward_rows(a, &p, r, 1);
}

/* ---- gradients: dx, the sums of dy z and of dy over rows, or all of them ---- */
typedef struct norm_back { /* a few rows; dx, weight, dw and db may be missing */
    int64_t n;
    const float *x, *dy, *weight;
    float *dx;
    double *dw, *db;
    norm_row m[NORM_TOGETHER];
    lanes_sum plain[NORM_TOGETHER], along[NORM_TOGETHER]; /* of dy weight, of dy weight z */
} norm_back;

/* (x - mean) scale at i of row k, which ends at n; 0 behind it */
SIMD_INLINE simd_f norm_standard(const norm_back *b, int k, int64_t i, int64_t n)
{
    return (lanes_load(b->x + k * b->n, i, n, b->m[k].mean) - b->m[k].mean) * b->m[k].scale;
}

SIMD_INLINE simd_f norm_weight(const norm_back *b, int64_t i, int64_t n)
{
    return b->weight ? lanes_load(b->weight, i, n, 0.0f) : simd_all(1.0f);
}

/* the sums of vector i, whose columns end at n */
SIMD_INLINE void norm_sums_at(const norm_back *b, int rows, int64_t i, int64_t n, simd_f *plain, simd_f *along)
{
    const simd_f weight = norm_weight(b, i, n);
    simd_f w = simd_all(0.0f), s = simd_all(0.0f);
    for (int k = 0; k < rows; k++) {
        const simd_f d = lanes_load(b->dy + k * b->n, i, n, 0.0f), z = norm_standard(b, k, i, n), h = d * weight;
        plain[k] += h;
        along[k] += h * z;
        w += d * z;
        s += d;
    }
    if (b->dw)
        lanes_gather(b->dw, i, n, w);
    if (b->db)
        lanes_gather(b->db, i, n, s);
}

SIMD_INLINE void norm_sums(norm_back *b, int rows)
{
    for (int64_t from = 0; from < b->n; from += NORM_RUN) {
        const int64_t end = simd_min(b->n, from + NORM_RUN);
        simd_f plain[NORM_TOGETHER], along[NORM_TOGETHER];
        int64_t i = from;
        for (int k = 0; k < rows; k++)
            plain[k] = along[k] = simd_all(0.0f);
        for (; i + SIMD_W <= end; i += SIMD_W)
            norm_sums_at(b, rows, i, i + SIMD_W, plain, along);
        if (i < end)
            norm_sums_at(b, rows, i, end, plain, along);
        for (int k = 0; k < rows; k++) {
            b->plain[k].part = plain[k];
            b->along[k].part = along[k];
            lanes_flush(&b->plain[k]);
            lanes_flush(&b->along[k]);
        }
    }
}

/* scale (h - s - z t), with what is the same for all of row k put together first */
SIMD_INLINE void norm_dx_at(const norm_back *b, int k, int64_t i, int64_t n, float shift, float slope)
{
    const simd_f h = lanes_load(b->dy + k * b->n, i, n, 0.0f) * norm_weight(b, i, n);
    const simd_f x = lanes_load(b->x + k * b->n, i, n, 0.0f) - b->m[k].mean;
    lanes_store(b->dx + k * b->n, i, n, x * slope + (h * b->m[k].scale + shift));
}

SIMD_INLINE void norm_back_rows(norm_back *b, const norm_plan *p, int rows)
{
    norm_measure(b->x, rows, p, b->m);
    for (int k = 0; k < rows; k++)
        b->plain[k] = b->along[k] = (lanes_sum){ 0 };
    norm_sums(b, rows);
    for (int k = 0; k < rows && b->dx; k++) {
        const double scale = (double)b->m[k].scale / (double)p->n, square = scale * (double)b->m[k].scale;
        const float shift = p->rms ? 0.0f : (float)(-scale * lanes_total(&b->plain[k]));
        const float slope = (float)(-square * lanes_total(&b->along[k]));
        int64_t i = 0;
        for (; i + SIMD_W <= p->n; i += SIMD_W)
            norm_dx_at(b, k, i, i + SIMD_W, shift, slope);
        if (i < p->n)
            norm_dx_at(b, k, i, p->n, shift, slope);
    }
}

/* rows r to end, a few at a time; dw: kinds * n doubles, which they are added to */
static void norm_back_all(const nrv__args *a, const norm_plan *p, int64_t r, int64_t end, float *dx, double *dw)
{
    const nrv__norm_attr *at = a->attr;
    norm_back b = { .n = p->n, .weight = a->n_in > 2 ? a->in[2].data : NULL };
    b.dw = dw, b.db = dw && at->bias ? dw + p->n : NULL;
    while (r < end) {
        const int rows = r + NORM_TOGETHER <= end ? NORM_TOGETHER : 1;
        b.x = (const float *)a->in[0].data + r * p->n, b.dy = (const float *)a->in[1].data + r * p->n;
        b.dx = dx ? dx + r * p->n : NULL;
        if (rows == 1)
            norm_back_rows(&b, p, 1);
        else
            norm_back_rows(&b, p, NORM_TOGETHER);
        r += rows;
    }
}

static void norm_dx(const nrv__args *a)
{
    const norm_plan p = norm_plan_of(a, NORM_WORK);
    norm_back_all(a, &p, a->begin * p.each, simd_min(p.rows, a->end * p.each), a->out[0].data, NULL);
}

static norm_plan norm_parts_of(const nrv__args *a, int64_t *parts)
{
    norm_plan p = norm_plan_of(a, NORM_PART);
    p.each = simd_max(p.each, simd_ceil(p.rows, NORM_PARTS));
    *parts = simd_max(1, simd_ceil(p.rows, p.each));
    return p;
}

/* of weight and bias together */
static int64_t norm_dw_columns(const nrv__args *a)
{
    return norm_plan_of(a, 1).n * (((const nrv__norm_attr *)a->attr)->bias ? 2 : 1);
}

/* the sums of all parts, in their order */
static void norm_join(const nrv__args *a, int64_t parts, int64_t n, float *out)
{
    const double *all = a->shared;
    for (int64_t i = a->begin * NORM_COLUMNS; i < simd_min(n, a->end * NORM_COLUMNS); i++) {
        double sum = 0;
        for (int64_t part = 0; part < parts; part++)
            sum += all[part * n + i];
        out[i] = (float)sum;
    }
}

/* dx: NULL, or where that of all rows goes; dw: where the sums go */
static void norm_parts(const nrv__args *a, float *dx, float *dw)
{
    int64_t parts;
    const norm_plan p = norm_parts_of(a, &parts);
    const int64_t columns = norm_dw_columns(a);
    if (a->phase == 1) {
        norm_join(a, parts, columns, dw);
        return;
    }
    for (int64_t u = a->begin; u < a->end; u++) {
        double *sums = (double *)a->shared + u * columns;
        memset(sums, 0, (size_t)columns * sizeof *sums);
        norm_back_all(a, &p, u * p.each, simd_min(p.rows, (u + 1) * p.each), dx, sums);
    }
}

static void norm_dw(const nrv__args *a)
{
    norm_parts(a, NULL, a->out[0].data);
}

/* all of it in one array: dx, then dw, then db */
static void norm_slopes(const nrv__args *a)
{
    float *dx = a->out[0].data;
    norm_parts(a, dx, dx + simd_elements(&a->in[0]));
}

static const char *norm_fits(const nrv__args *a)
{
    return simd_f32(a) ? NULL : "only float32";
}

static int64_t norm_units(const nrv__args *a)
{
    const norm_plan p = norm_plan_of(a, NORM_WORK);
    return a->n == 0 ? 0 : simd_ceil(p.rows, p.each);
}

static double norm_work(const nrv__args *a)
{
    const norm_plan p = norm_plan_of(a, NORM_WORK);
    return (double)p.each * (20 + (SIMD_W > 4 ? 0.3 : 1.0) * (double)p.n);
}

static int64_t norm_dw_units(const nrv__args *a)
{
    int64_t parts;
    norm_parts_of(a, &parts);
    return a->n == 0 ? 0 : parts;
}

static int64_t norm_dw_units2(const nrv__args *a)
{
    return simd_ceil(norm_dw_columns(a), NORM_COLUMNS);
}

static double norm_dw_work(const nrv__args *a)
{
    int64_t parts;
    const norm_plan p = norm_parts_of(a, &parts);
    return (double)p.each * (20 + (SIMD_W > 4 ? 0.3 : 1.0) * (double)p.n);
}

static size_t norm_dw_shared(const nrv__args *a)
{
    int64_t parts;
    norm_parts_of(a, &parts);
    return (size_t)(parts * norm_dw_columns(a)) * sizeof(double);
}

NRV_KERNEL(layer_norm, .op = "layer_norm", .doc = "float32 layer norm, a few rows at a time", .fits = norm_fits,
           .units = norm_units, .work = norm_work, .run = norm_forward);

NRV_KERNEL(rms_norm, .op = "rms_norm", .doc = "float32 root mean square norm, a few rows at a time", .fits = norm_fits,
           .units = norm_units, .work = norm_work, .run = norm_forward);

NRV_KERNEL(norm_dx, .op = "norm_dx", .doc = "float32 gradient of both norms by their input", .fits = norm_fits,
           .units = norm_units, .work = norm_work, .run = norm_dx);

NRV_KERNEL(norm_dw, .op = "norm_dw", .doc = "float32 gradient of both norms by weight and bias", .fits = norm_fits,
           .units = norm_dw_units, .units2 = norm_dw_units2, .work = norm_dw_work, .shared = norm_dw_shared,
           .run = norm_dw);

NRV_KERNEL(norm_back, .op = "norm_back", .doc = "float32 gradient of both norms by input, weight and bias",
           .fits = norm_fits, .units = norm_dw_units, .units2 = norm_dw_units2, .work = norm_dw_work,
           .shared = norm_dw_shared, .run = norm_slopes);
