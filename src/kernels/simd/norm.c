/* norm.c - layer_norm and rms_norm of float32 over the last axes, and their gradients.

   A row stays in the first cache while its mean, its deviation and what is made of them are reckoned, so a gradient
   reckons them again instead of reading them. Promises: sums are kept in double, a few vectors at a time added in
   float; the gradient of the weight is summed over parts of the rows that depend on shapes only, phase 1 adds the parts
   in order. Does not do: other axes than the last. */
#include "lanes.h"
#include <math.h>

enum { NORM_WORK = 8192, NORM_PART = 65536, NORM_PARTS = 32, NORM_TOGETHER = 8, NORM_COLUMNS = 128 };

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

static norm_row norm_measure(const float *x, const norm_plan *p)
{
    norm_row m = { 0, 0 };
    if (!p->rms)
        m.mean = (float)(norm_sum(x, p->n, 0.0f, false) / (double)p->n);
    m.scale = (float)(1 / sqrt(norm_sum(x, p->n, m.mean, true) / (double)p->n + (double)p->eps));
    return m;
}

static void norm_forward(const nrv__args *a)
{
    const norm_plan p = norm_plan_of(a, NORM_WORK);
    const nrv__norm_attr *at = a->attr;
    const float *weight = at->weight ? a->in[1].data : NULL, *bias = at->bias ? a->in[a->n_in - 1].data : NULL;
    for (int64_t r = a->begin * p.each; r < simd_min(p.rows, a->end * p.each); r++) {
        const float *x = (const float *)a->in[0].data + r * p.n;
        float *y = (float *)a->out[0].data + r * p.n;
        const norm_row m = norm_measure(x, &p);
        const simd_f mean = simd_all(m.mean), scale = simd_all(m.scale);
        for (int64_t i = 0; i < p.n; i += SIMD_W) {
            simd_f z = (lanes_load(x, i, p.n, 0.0f) - mean) * scale;
            if (weight)
                z *= lanes_load(weight, i, p.n, 0.0f);
            if (bias)
                z += lanes_load(bias, i, p.n, 0.0f);
            lanes_store(y, i, p.n, z);
        }
    }
}

SIMD_INLINE simd_f norm_weighed(const float *dy, const float *weight, int64_t i, int64_t n)
{
    const simd_f d = lanes_load(dy, i, n, 0.0f);
    return weight ? d * lanes_load(weight, i, n, 0.0f) : d;
}

static void norm_dx(const nrv__args *a)
{
    const norm_plan p = norm_plan_of(a, NORM_WORK);
    const float *weight = a->n_in > 2 ? a->in[2].data : NULL;
    for (int64_t r = a->begin * p.each; r < simd_min(p.rows, a->end * p.each); r++) {
        const float *x = (const float *)a->in[0].data + r * p.n, *dy = (const float *)a->in[1].data + r * p.n;
        float *dx = (float *)a->out[0].data + r * p.n;
        const norm_row m = norm_measure(x, &p);
        const simd_f mean = simd_all(m.mean), scale = simd_all(m.scale);
        lanes_sum plain = { 0 }, along = { 0 };
        for (int64_t i = 0; i < p.n; i += SIMD_W) {
            const simd_f h = norm_weighed(dy, weight, i, p.n);
            if (!p.rms)
                lanes_add(&plain, i, h);
            lanes_add(&along, i, h * ((lanes_load(x, i, p.n, m.mean) - mean) * scale));
        }
        const simd_f s = simd_all((float)(lanes_total(&plain) / (double)p.n));
        const simd_f t = simd_all((float)(lanes_total(&along) / (double)p.n));
        for (int64_t i = 0; i < p.n; i += SIMD_W) {
            const simd_f z = (lanes_load(x, i, p.n, m.mean) - mean) * scale;
            lanes_store(dx, i, p.n, scale * (norm_weighed(dy, weight, i, p.n) - s - z * t));
        }
    }
}

/* ---- the gradient of weight and bias: sums over rows ---- */
static norm_plan norm_parts_of(const nrv__args *a, int64_t *parts)
{
    norm_plan p = norm_plan_of(a, NORM_PART);
    p.each = simd_max(p.each, simd_ceil(p.rows, NORM_PARTS));
    *parts = simd_max(1, simd_ceil(p.rows, p.each));
    return p;
}

/* `rows` rows from r on, added to dw and db, of which the latter may be missing */
static void norm_rows_dw(const nrv__args *a, const norm_plan *p, int64_t r, int64_t rows, double *dw, double *db)
{
    const float *x = (const float *)a->in[0].data + r * p->n, *dy = (const float *)a->in[1].data + r * p->n;
    norm_row m[NORM_TOGETHER];
    for (int64_t k = 0; k < rows; k++)
        m[k] = norm_measure(x + k * p->n, p);
    for (int64_t i = 0; i < p->n; i += SIMD_W) {
        simd_f w = simd_all(0.0f), b = simd_all(0.0f);
        for (int64_t k = 0; k < rows; k++) {
            const simd_f d = lanes_load(dy + k * p->n, i, p->n, 0.0f);
            w += d * ((lanes_load(x + k * p->n, i, p->n, 0.0f) - m[k].mean) * m[k].scale);
            b += d;
        }
        lanes_gather(dw, i, p->n, w);
        if (db)
            lanes_gather(db, i, p->n, b);
    }
}

static void norm_dw_join(const nrv__args *a, const norm_plan *p, int64_t parts, int64_t kinds)
{
    const double *all = a->shared;
    float *out = a->out[0].data;
    const int64_t n = p->n * kinds;
    for (int64_t i = a->begin * NORM_COLUMNS; i < simd_min(n, a->end * NORM_COLUMNS); i++) {
        double sum = 0;
        for (int64_t part = 0; part < parts; part++)
            sum += all[part * n + i];
        out[i] = (float)sum;
    }
}

static void norm_dw(const nrv__args *a)
{
    int64_t parts;
    const norm_plan p = norm_parts_of(a, &parts);
    const int64_t kinds = ((const nrv__norm_attr *)a->attr)->bias ? 2 : 1;
    if (a->phase == 1) {
        norm_dw_join(a, &p, parts, kinds);
        return;
    }
    for (int64_t u = a->begin; u < a->end; u++) {
        double *dw = (double *)a->shared + u * kinds * p.n;
        memset(dw, 0, (size_t)(kinds * p.n) * sizeof *dw);
        const int64_t end = simd_min(p.rows, (u + 1) * p.each);
        for (int64_t r = u * p.each; r < end; r += NORM_TOGETHER)
            norm_rows_dw(a, &p, r, simd_min(NORM_TOGETHER, end - r), dw, kinds == 2 ? dw + p.n : NULL);
    }
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
    return simd_ceil(a->n, NORM_COLUMNS);
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
    return (size_t)(parts * a->n) * sizeof(double);
}

NRV_KERNEL(layer_norm, .op = "layer_norm", .doc = "float32 layer norm, a row at a time", .fits = norm_fits,
           .units = norm_units, .work = norm_work, .run = norm_forward);

NRV_KERNEL(rms_norm, .op = "rms_norm", .doc = "float32 root mean square norm, a row at a time", .fits = norm_fits,
           .units = norm_units, .work = norm_work, .run = norm_forward);

NRV_KERNEL(norm_dx, .op = "norm_dx", .doc = "float32 gradient of both norms by their input", .fits = norm_fits,
           .units = norm_units, .work = norm_work, .run = norm_dx);

NRV_KERNEL(norm_dw, .op = "norm_dw", .doc = "float32 gradient of both norms by weight and bias", .fits = norm_fits,
           .units = norm_dw_units, .units2 = norm_dw_units2, .work = norm_dw_work, .shared = norm_dw_shared,
           .run = norm_dw);
