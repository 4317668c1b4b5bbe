/* pad.c - a number around float32 tensors.

   Promises: rows from the last axis that is padded on are copied as one, where they lie in one piece; any strides.
   Does not do: other types; mirror images and the like, which are other ops. */
#include "simd.h"

enum { PAD_WORK = 16384 };

typedef struct pad_rows { /* of the result: what lies before, in and after a row, in elements */
    int axis;             /* the row's first; those before it count rows */
    int64_t rows, before, inside, after, step, each;
} pad_rows;

/* is x one piece from this axis on? */
static bool pad_dense(const nrv__view *x, int axis)
{
    int64_t want = 1;
    for (int i = x->rank - 1; i >= axis; i--) {
        if (x->dim[i] != 1 && x->stride[i] != want)
            return false;
        want *= x->dim[i];
    }
    return true;
}

static pad_rows pad_rows_of(const nrv__args *a)
{
    const nrv__pad_attr *p = a->attr;
    const nrv__view *x = &a->in[0], *y = &a->out[0];
    int last = x->rank - 1;
    while (last > 0 && p->before[last] == 0 && p->after[last] == 0)
        last--;
    pad_rows r = { .axis = pad_dense(x, last) ? last : x->rank - 1, .rows = 1, .step = 1 };
    int64_t inner = 1;
    for (int i = 0; i < r.axis; i++)
        r.rows *= y->dim[i];
    for (int i = r.axis + 1; i < x->rank; i++)
        inner *= y->dim[i];
    r.step = r.axis == x->rank - 1 ? x->stride[r.axis] : 1;
    r.before = p->before[r.axis] * inner, r.after = p->after[r.axis] * inner, r.inside = x->dim[r.axis] * inner;
    r.each = simd_max(1, PAD_WORK / simd_max(1, r.before + r.inside + r.after));
    return r;
}

static void pad_fill(float *y, int64_t n, float value)
{
    for (int64_t i = 0; i < n; i++)
        y[i] = value;
}

/* where in x the row begins; -1: it lies outside */
static int64_t pad_row_at(const nrv__args *a, const pad_rows *r, int64_t row)
{
    const nrv__pad_attr *p = a->attr;
    int64_t at = 0;
    for (int i = r->axis - 1; i >= 0; i--) {
        const int64_t k = row % a->out[0].dim[i] - p->before[i];
        if (k < 0 || k >= a->in[0].dim[i])
            return -1;
        at += k * a->in[0].stride[i];
        row /= a->out[0].dim[i];
    }
    return at;
}

static void pad_run(const nrv__args *a)
{
    const pad_rows r = pad_rows_of(a);
    const float value = (float)((const nrv__pad_attr *)a->attr)->value;
    const int64_t length = r.before + r.inside + r.after;
    for (int64_t row = a->begin * r.each; row < simd_min(r.rows, a->end * r.each); row++) {
        const int64_t at = pad_row_at(a, &r, row);
        float *y = (float *)a->out[0].data + row * length;
        if (at < 0) {
            pad_fill(y, length, value);
            continue;
        }
        const float *x = (const float *)a->in[0].data + at;
        pad_fill(y, r.before, value);
        if (r.step == 1 && r.inside > 0)
            memcpy(y + r.before, x, (size_t)r.inside * sizeof *y);
        for (int64_t i = 0; r.step != 1 && i < r.inside; i++)
            y[r.before + i] = x[i * r.step];
        pad_fill(y + r.before + r.inside, r.after, value);
    }
}

static const char *pad_fits(const nrv__args *a)
{
    return !simd_f32(a) ? "only float32" : a->in[0].rank == 0 ? "a scalar has no axis" : NULL;
}

static int64_t pad_units(const nrv__args *a)
{
    const pad_rows r = pad_rows_of(a);
    return simd_ceil(r.rows, r.each);
}

static double pad_work(const nrv__args *a)
{
    return 10 + 0.3 * (double)a->n / (double)simd_max(1, pad_units(a));
}

NRV_KERNEL(pad, .op = "pad", .doc = "a number around float32 tensors of any strides", .strided = 1, .fits = pad_fits,
           .units = pad_units, .work = pad_work, .run = pad_run);
