/* softmax.c - softmax and log-softmax of float32 over the last axis, their gradients, and that of a class's loss.

   Promises: x - max is carried in two floats into the exponential and the sum is kept in double, so that a result is
   within 4 ulp however far below the maximum it lies; a row with NaN or +inf, or of -inf alone, is NaN, as its formula
   says. A row's bits depend on the row alone. Does not do: other axes. */
#include "lanes.h"
#include <math.h>

enum { SOFTMAX_WORK = 8192 };

static int64_t softmax_width(const nrv__args *a)
{
    const nrv__view *x = &a->in[0];
    return x->rank == 0 ? 1 : x->dim[x->rank - 1];
}

/* the input k and the output at row r */
static const float *softmax_in(const nrv__args *a, int k, int64_t at)
{
    return (const float *)a->in[k].data + at;
}

static void softmax_row(const nrv__args *a, int64_t r, int64_t n)
{
    const float *x = softmax_in(a, 0, r * n);
    float *y = (float *)a->out[0].data + r * n;
    const simd_f most = simd_all(lanes_largest(x, n));
    lanes_sum sum = { 0 };
    for (int64_t i = 0; i < n; i += SIMD_W) {
        const simd_f e = lanes_exp_below(lanes_load(x, i, n, -__builtin_inff()), most);
        lanes_store(y, i, n, e);
        lanes_add(&sum, i, e);
    }
    const simd_f inverse = simd_all((float)(1 / lanes_total(&sum)));
    for (int64_t i = 0; i < n; i += SIMD_W)
        lanes_store(y, i, n, lanes_load(y, i, n, 0.0f) * inverse);
}

static void softmax_log_row(const nrv__args *a, int64_t r, int64_t n)
{
    const float *x = softmax_in(a, 0, r * n);
    float *y = (float *)a->out[0].data + r * n;
    const simd_f most = simd_all(lanes_largest(x, n));
    lanes_sum sum = { 0 };
    for (int64_t i = 0; i < n; i += SIMD_W)
        lanes_add(&sum, i, lanes_exp_below(lanes_load(x, i, n, -__builtin_inff()), most));
    const double total = log(lanes_total(&sum));
    const simd_f high = simd_all((float)total), rest = simd_all((float)(total - (double)(float)total));
    for (int64_t i = 0; i < n; i += SIMD_W) {
        const simd_f v = lanes_load(x, i, n, 0.0f), below = v - most, back = below - v;
        const simd_f low = (v - (below - back)) - (most + back);
        const simd_f safe = simd_if((simd_i)(below > -__builtin_inff()), low, simd_all(0.0f));
        lanes_store(y, i, n, (below - high) + (safe - rest));
    }
}

/* y (dy - sum dy y) */
static void softmax_dx_row(const nrv__args *a, int64_t r, int64_t n)
{
    const float *y = softmax_in(a, 0, r * n), *dy = softmax_in(a, 1, r * n);
    float *dx = (float *)a->out[0].data + r * n;
    lanes_sum sum = { 0 };
    for (int64_t i = 0; i < n; i += SIMD_W)
        lanes_add(&sum, i, lanes_load(y, i, n, 0.0f) * lanes_load(dy, i, n, 0.0f));
    const simd_f s = simd_all((float)lanes_total(&sum));
    for (int64_t i = 0; i < n; i += SIMD_W)
        lanes_store(dx, i, n, lanes_load(y, i, n, 0.0f) * (lanes_load(dy, i, n, 0.0f) - s));
}

/* dy - e^y sum dy */
static void softmax_log_dx_row(const nrv__args *a, int64_t r, int64_t n)
{
    const float *y = softmax_in(a, 0, r * n), *dy = softmax_in(a, 1, r * n);
    float *dx = (float *)a->out[0].data + r * n;
    lanes_sum sum = { 0 };
    for (int64_t i = 0; i < n; i += SIMD_W)
        lanes_add(&sum, i, lanes_load(dy, i, n, 0.0f));
    const simd_f s = simd_all((float)lanes_total(&sum));
    for (int64_t i = 0; i < n; i += SIMD_W)
        lanes_store(dx, i, n, lanes_load(dy, i, n, 0.0f) - lanes_exp(lanes_load(y, i, n, 0.0f)) * s);
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

static int64_t softmax_rows(const nrv__args *a) /* a unit */
{
    return simd_max(1, SOFTMAX_WORK / simd_max(1, softmax_width(a)));
}

static int64_t softmax_units(const nrv__args *a)
{
    return a->n == 0 ? 0 : simd_ceil(a->n / softmax_width(a), softmax_rows(a));
}

static double softmax_work(const nrv__args *a)
{
    return (double)softmax_rows(a) * (20 + (double)softmax_width(a) * (SIMD_W > 4 ? 0.6 : 2.0));
}

SIMD_INLINE void softmax_each(const nrv__args *a, void (*row)(const nrv__args *, int64_t, int64_t))
{
    const int64_t n = softmax_width(a), rows = softmax_rows(a);
    for (int64_t r = a->begin * rows; r < a->end * rows && r * n < a->n; r++)
        row(a, r, n);
}

#define SOFTMAX_KERNEL(id, row_of)           \
    static void id##_run(const nrv__args *a) \
    {                                        \
        softmax_each(a, row_of);             \
    }

SOFTMAX_KERNEL(softmax, softmax_row)
SOFTMAX_KERNEL(softmax_log, softmax_log_row)
SOFTMAX_KERNEL(softmax_dx, softmax_dx_row)
SOFTMAX_KERNEL(softmax_log_dx, softmax_log_dx_row)
SOFTMAX_KERNEL(softmax_class_dx, softmax_class_dx_row)

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
