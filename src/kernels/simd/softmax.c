/* softmax.c - softmax and log-softmax of float32 over the last axis.

   Promises: x - max is carried in two floats into the exponential and the sum is kept in double, so that a result is
   within 4 ulp however far below the maximum it lies; a row with NaN or +inf, or of -inf alone, is NaN, as its formula
   says. Does not do: other axes. */
#include "maths.h"
#include <math.h>

enum { SOFTMAX_WORK = 8192 };

static int64_t softmax_width(const nrv__args *a)
{
    const nrv__view *x = &a->in[0];
    return x->rank == 0 ? 1 : x->dim[x->rank - 1];
}

static float softmax_max(const float *x, int64_t n)
{
    simd_f lanes = simd_all(-__builtin_inff());
    float best[SIMD_W];
    int64_t i = 0;
    for (; i + SIMD_W <= n; i += SIMD_W)
        lanes = simd_more_lanes(lanes, simd_load(x + i));
    memcpy(best, &lanes, sizeof best);
    for (; i < n; i++)
        best[0] = simd_more(best[0], x[i]);
    for (int half = SIMD_W / 2; half > 0; half /= 2)
        for (int l = 0; l < half; l++)
            best[l] = simd_more(best[l], best[l + half]);
    return best[0];
}

/* e^(x - max), where x - max = high + low exactly */
SIMD_INLINE float softmax_power(float x, float max)
{
    float scale, tail;
    const float high = x - max, back = high - x, low = (x - (high - back)) - (max + back);
    const float safe = high < -120.0f ? 0.0f : low; /* -inf has no remainder */
    return maths_exp_parts(high, safe, &scale, &tail) * scale;
}

static double softmax_total(const float *x, int64_t n)
{
    double lane[8] = { 0 };
    int64_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (int l = 0; l < 8; l++)
            lane[l] += (double)x[i + l];
    for (int l = 0; i < n; i++, l++)
        lane[l] += (double)x[i];
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static void softmax_row(const float *x, float *y, float *power, int64_t n)
{
    (void)power;
    const float max = softmax_max(x, n);
    MATHS_LOOP
    for (int64_t i = 0; i < n; i++)
        y[i] = softmax_power(x[i], max);
    const double inverse = 1 / softmax_total(y, n);
    MATHS_LOOP
    for (int64_t i = 0; i < n; i++)
        y[i] = (float)((double)y[i] * inverse);
}

/* the powers apart from y, which may be x */
static void softmax_log_row(const float *x, float *y, float *power, int64_t n)
{
    const float max = softmax_max(x, n);
    MATHS_LOOP
    for (int64_t i = 0; i < n; i++)
        power[i] = softmax_power(x[i], max);
    const double total = log(softmax_total(power, n));
    MATHS_LOOP
    for (int64_t i = 0; i < n; i++)
        y[i] = (float)(((double)x[i] - (double)max) - total);
}

static const char *softmax_fits(const nrv__args *a)
{
    if (!simd_f32(a))
        return "only float32";
    const int64_t axis = ((const nrv__axis_attr *)a->attr)->axis;
    return axis + 1 < a->in[0].rank ? "only the last axis" : NULL;
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
    return (double)softmax_rows(a) * (20 + (double)softmax_width(a) * (SIMD_W > 4 ? 1.0 : 3.0));
}

static size_t softmax_log_scratch(const nrv__args *a)
{
    return (size_t)softmax_width(a) * sizeof(float);
}

static void softmax_rows_run(const nrv__args *a, void (*row)(const float *, float *, float *, int64_t))
{
    const int64_t n = softmax_width(a), rows = softmax_rows(a);
    for (int64_t r = a->begin * rows; r < a->end * rows && r * n < a->n; r++)
        row((const float *)a->in[0].data + r * n, (float *)a->out[0].data + r * n, a->scratch, n);
}

static void softmax_run(const nrv__args *a)
{
    softmax_rows_run(a, softmax_row);
}

static void softmax_log_run(const nrv__args *a)
{
    softmax_rows_run(a, softmax_log_row);
}

NRV_KERNEL(softmax, .op = "softmax", .doc = "float32 softmax over the last axis", .fits = softmax_fits,
           .units = softmax_units, .work = softmax_work, .run = softmax_run);

NRV_KERNEL(log_softmax, .op = "log_softmax", .doc = "float32 log-softmax over the last axis", .fits = softmax_fits,
           .units = softmax_units, .work = softmax_work, .scratch = softmax_log_scratch, .run = softmax_log_run);
