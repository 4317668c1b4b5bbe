/* softmax.c - softmax and log-softmax of float32 over the last axis, their gradients, and that of a class's loss.

   Promises: x - max is carried in two floats into the exponential and the sum is kept in double, so that a result is
   within 4 ulp however far below the maximum it lies; a row with NaN or +inf, or of -inf alone, is NaN, as its formula
   says. A row's bits depend on the row alone. Does not do: other axes. */
#include "lanes.h"
#include <math.h>

enum { SOFTMAX_WORK = 8192, SOFTMAX_TOGETHER = 4, SOFTMAX_NEAR = 2048 };
enum { SOFTMAX_RUN = 16 * SIMD_W }; /* columns that are added in float */

static int64_t softmax_width(const nrv__args *a)
{
    const nrv__view *x = &a->in[0];
    return x->rank == 0 ? 1 : x->dim[x->rank - 1];
}

/* input k from one of its elements on */
static const float *softmax_in(const nrv__args *a, int k, int64_t at)
{
    return (const float *)a->in[k].data + at;
}

/* the largest of a row, where NaN does not count: its power brings it into the sum */
SIMD_INLINE float softmax_most(const float *x, int64_t n)
{
    simd_f a = simd_all(-__builtin_inff()), b = a;
    float all[SIMD_W];
    int64_t i = 0;
    for (; i + 2 * SIMD_W <= n; i += 2 * SIMD_W) {
        a = simd_most(simd_load(x + i), a);
        b = simd_most(simd_load(x + i + SIMD_W), b);
    }
    for (; i < n; i += SIMD_W)
        a = simd_most(lanes_load(x, i, n, -__builtin_inff()), a);
    a = simd_most(a, b);
    memcpy(all, &a, sizeof all);
    for (int half = SIMD_W / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++)
            all[l] = all[l] > all[l + half] ? all[l] : all[l + half];
    return all[0];
}

/* of vector i of a row that ends at n; y may be NULL */
SIMD_INLINE simd_f softmax_power(const float *x, float *y, int64_t i, int64_t n, simd_f most)
{
    const simd_f e = lanes_exp_below(lanes_load(x, i, n, -__builtin_inff()), most);
    if (y)
        lanes_store(y, i, n, e);
    return e;
}

/* y = e^(x - most), and the sum of a row of that */
SIMD_INLINE double softmax_powers(const float *x, float *y, int64_t n, float largest)
{
    const simd_f most = simd_all(largest);
    lanes_sum sum = { 0 };
    for (int64_t i = 0; i < n;) {
        const int64_t end = simd_min(n, i + SOFTMAX_RUN);
        for (; i + SIMD_W <= end; i += SIMD_W)
            sum.part += softmax_power(x, y, i, i + SIMD_W, most);
        if (i < end) {
            sum.part += softmax_power(x, y, i, end, most);
            i = end;
        }
        lanes_flush(&sum);
    }
    return lanes_total(&sum);
}

/* the sum of x, or of x y, over a row */
SIMD_INLINE double softmax_sum(const float *x, const float *y, int64_t n)
{
    lanes_sum sum = { 0 };
    for (int64_t i = 0; i < n;) {
        const int64_t end = simd_min(n, i + SOFTMAX_RUN);
        for (; i + SIMD_W <= end; i += SIMD_W)
            sum.part += y ? simd_load(x + i) * simd_load(y + i) : simd_load(x + i);
        if (i < end) {
            const simd_f last = lanes_load(x, i, end, 0.0f);
            sum.part += y ? last * lanes_load(y, i, end, 0.0f) : last;
            i = end;
        }
        lanes_flush(&sum);
    }
    return lanes_total(&sum);
}

/* ---- a few rows side by side, since each waits for its own maximum and its own sum ---- */
static void softmax_rows(const nrv__args *a, int64_t r, int64_t rows, int64_t n)
{
    const float *x = softmax_in(a, 0, r * n);
    float *y = (float *)a->out[0].data + r * n, most[SOFTMAX_TOGETHER], inverse[SOFTMAX_TOGETHER];
    for (int64_t k = 0; k < rows; k++)
        most[k] = softmax_most(x + k * n, n);
    for (int64_t k = 0; k < rows; k++)
        inverse[k] = (float)(1 / softmax_powers(x + k * n, y + k * n, n, most[k]));
    for (int64_t k = 0; k < rows; k++) {
        for (int64_t i = 0; i < n; i += SIMD_W)
            lanes_store(y + k * n, i, n, lanes_load(y + k * n, i, n, 0.0f) * inverse[k]);
    }
}

static void softmax_log_row(const float *x, float *y, int64_t n, float largest, double total)
{
    const simd_f most = simd_all(largest), high = simd_all((float)total);
    const simd_f rest = simd_all((float)(total - (double)(float)total));
    for (int64_t i = 0; i < n; i += SIMD_W) {
        const simd_f v = lanes_load(x, i, n, 0.0f), below = v - most, back = below - v;
        const simd_f low = (v - (below - back)) - (most + back);
        const simd_f safe = simd_if((simd_i)(below > -__builtin_inff()), low, simd_all(0.0f));
        lanes_store(y, i, n, (below - high) + (safe - rest));
    }
}

static void softmax_log_rows(const nrv__args *a, int64_t r, int64_t rows, int64_t n)
{
    const float *x = softmax_in(a, 0, r * n);
    float *y = (float *)a->out[0].data + r * n, most[SOFTMAX_TOGETHER];
    double sum[SOFTMAX_TOGETHER];
    for (int64_t k = 0; k < rows; k++)
        most[k] = softmax_most(x + k * n, n);
    for (int64_t k = 0; k < rows; k++)
        sum[k] = softmax_powers(x + k * n, NULL, n, most[k]);
    for (int64_t k = 0; k < rows; k++)
        softmax_log_row(x + k * n, y + k * n, n, most[k], log(sum[k]));
}

/* y (dy - sum dy y) */
static void softmax_dx_rows(const nrv__args *a, int64_t r, int64_t rows, int64_t n)
{
    const float *y = softmax_in(a, 0, r * n), *dy = softmax_in(a, 1, r * n);
    float *dx = (float *)a->out[0].data + r * n, sum[SOFTMAX_TOGETHER];
    for (int64_t k = 0; k < rows; k++)
        sum[k] = (float)softmax_sum(dy + k * n, y + k * n, n);
    for (int64_t k = 0; k < rows; k++)
        for (int64_t i = 0; i < n; i += SIMD_W) {
            const simd_f d = lanes_load(dy + k * n, i, n, 0.0f) - sum[k];
            lanes_store(dx + k * n, i, n, lanes_load(y + k * n, i, n, 0.0f) * d);
        }
}

/* dy - e^y sum dy */
static void softmax_log_dx_rows(const nrv__args *a, int64_t r, int64_t rows, int64_t n)
{
    const float *y = softmax_in(a, 0, r * n), *dy = softmax_in(a, 1, r * n);
    float *dx = (float *)a->out[0].data + r * n, sum[SOFTMAX_TOGETHER];
    for (int64_t k = 0; k < rows; k++)
        sum[k] = (float)softmax_sum(dy + k * n, NULL, n);
    for (int64_t k = 0; k < rows; k++)
        for (int64_t i = 0; i < n; i += SIMD_W) {
            const simd_f e = lanes_exp(lanes_load(y + k * n, i, n, 0.0f));
            lanes_store(dx + k * n, i, n, lanes_load(dy + k * n, i, n, 0.0f) - e * sum[k]);
        }
}

/* (e^lp - 1 at the label) dy; take has refused labels that are none */
static void softmax_class_dx_row(const nrv__args *a, int64_t r, int64_t n)
{
    const float *lp = softmax_in(a, 0, r * n);
    float *dx = (float *)a->out[0].data + r * n;
    const simd_f dy = simd_all(*softmax_in(a, 2, r));
    for (int64_t i = 0; i < n; i += SIMD_W)
        lanes_store(dx, i, n, lanes_exp(lanes_load(lp, i, n, 0.0f)) * dy);
    const int64_t label =
        a->in[1].type == NRV_I32 ? ((const int32_t *)a->in[1].data)[r] : ((const int64_t *)a->in[1].data)[r];
    float e[SIMD_W];
    if (label < 0 || label >= n)
        return;
    const simd_f power = lanes_exp(simd_all(lp[label]));
    memcpy(e, &power, sizeof e);
    dx[label] = (e[0] - 1.0f) * dy[0];
}

static const char *softmax_fits(const nrv__args *a)
{
    if (!simd_f32(a))
        return "only float32";
    const int64_t axis = ((const nrv__axis_attr *)a->attr)->axis;
    return axis + 1 < a->in[0].rank ? "only the last axis" : NULL;
}

static const char *softmax_class_fits(const nrv__args *a)
{
    if (a->in[0].type != NRV_F32)
        return "only float32";
    return a->in[1].type != NRV_I32 && a->in[1].type != NRV_I64 ? "labels are i32 or i64" : NULL;
}

static int64_t softmax_rows_of(const nrv__args *a) /* a unit */
{
    return simd_max(1, SOFTMAX_WORK / simd_max(1, softmax_width(a)));
}

static int64_t softmax_units(const nrv__args *a)
{
    return a->n == 0 ? 0 : simd_ceil(a->n / softmax_width(a), softmax_rows_of(a));
}

static double softmax_work(const nrv__args *a)
{
    return (double)softmax_rows_of(a) * (20 + (double)softmax_width(a) * (SIMD_W > 4 ? 0.6 : 2.0));
}

static void softmax_class_dx_rows(const nrv__args *a, int64_t r, int64_t rows, int64_t n)
{
    for (int64_t k = 0; k < rows; k++)
        softmax_class_dx_row(a, r + k, n);
}

SIMD_INLINE void softmax_each(const nrv__args *a, void (*some)(const nrv__args *, int64_t, int64_t, int64_t))
{
    const int64_t n = softmax_width(a), end = simd_min(a->n / n, a->end * softmax_rows_of(a));
    const int64_t together = simd_max(1, simd_min(SOFTMAX_TOGETHER, SOFTMAX_NEAR / n));
    for (int64_t r = a->begin * softmax_rows_of(a); r < end; r += together)
        some(a, r, simd_min(together, end - r), n);
}

#define SOFTMAX_KERNEL(id, some)             \
    static void id##_run(const nrv__args *a) \
    {                                        \
        softmax_each(a, some);               \
    }

SOFTMAX_KERNEL(softmax, softmax_rows)
SOFTMAX_KERNEL(softmax_log, softmax_log_rows)
SOFTMAX_KERNEL(softmax_dx, softmax_dx_rows)
SOFTMAX_KERNEL(softmax_log_dx, softmax_log_dx_rows)
SOFTMAX_KERNEL(softmax_class_dx, softmax_class_dx_rows)

NRV_KERNEL(softmax, .op = "softmax", .doc = "float32 softmax over the last axis", .fits = softmax_fits,
           .units = softmax_units, .work = softmax_work, .run = softmax_run);

NRV_KERNEL(log_softmax, .op = "log_softmax", .doc = "float32 log-softmax over the last axis", .fits = softmax_fits,
           .units = softmax_units, .work = softmax_work, .run = softmax_log_run);

NRV_KERNEL(softmax_dx, .op = "softmax_dx", .doc = "float32 gradient of softmax over the last axis",
           .fits = softmax_fits, .units = softmax_units, .work = softmax_work, .run = softmax_dx_run);

NRV_KERNEL(log_softmax_dx, .op = "log_softmax_dx", .doc = "float32 gradient of log-softmax over the last axis",
           .fits = softmax_fits, .units = softmax_units, .work = softmax_work, .run = softmax_log_dx_run);

NRV_KERNEL(class_loss_dx, .op = "class_loss_dx", .doc = "float32 gradient of the loss of a class",
           .fits = softmax_class_fits, .units = softmax_units, .work = softmax_work, .run = softmax_class_dx_run);
