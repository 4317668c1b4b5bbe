/* join.c - tensors one after the other along an axis, and one number everywhere: moved bytes, whatever they mean.

   Promises: what a concat copies is copied in rows as long as the inputs allow. Does not do: strided inputs - they
   arrive contiguous. */
#include "simd.h"

enum { JOIN_BYTES = 65536 };

typedef struct join_rows {
    int64_t outer, size; /* rows, bytes of an element */
    int axis;
} join_rows;

static join_rows join_of(const nrv__args *a)
{
    join_rows r = { 1, (int64_t)nrv__dtype_size(a->out[0].type), (int)((const nrv__axis_attr *)a->attr)->axis };
    for (int i = 0; i < r.axis; i++)
        r.outer *= a->out[0].dim[i];
    return r;
}

static const char *join_fits(const nrv__args *a)
{
    (void)a;
    return NULL;
}

static int64_t join_units(const nrv__args *a)
{
    return a->n ? join_of(a).outer : 0;
}

static double join_work(const nrv__args *a)
{
    return 5.0 * a->n_in + 0.2 * (double)a->n / (double)simd_max(1, join_of(a).outer);
}

/* rows of n bytes; a constant n lets the compiler see single moves */
SIMD_INLINE void join_copy(char *to, int64_t row, const char *from, int64_t rows, int64_t n)
{
    for (int64_t o = 0; o < rows; o++)
        memcpy(to + o * row, from + o * n, (size_t)n);
}

static void join_rows_of(char *to, int64_t row, const char *from, int64_t rows, int64_t n)
{
    if (n == 4)
        join_copy(to, row, from, rows, 4);
    else if (n == 8)
        join_copy(to, row, from, rows, 8);
    else
        join_copy(to, row, from, rows, n);
}

static void join_run(const nrv__args *a)
{
    const join_rows r = join_of(a);
    const int64_t row = a->begin < a->end ? a->n / r.outer * r.size : 0;
    int64_t at = 0;
    for (int i = 0; i < a->n_in; i++) {
        const nrv__view *x = &a->in[i];
        int64_t n = r.size;
        for (int k = r.axis; k < x->rank; k++)
            n *= x->dim[k];
        if (n > 0)
            join_rows_of((char *)a->out[0].data + a->begin * row + at, row, (const char *)x->data + a->begin * n,
                         a->end - a->begin, n);
        at += n;
    }
}

NRV_KERNEL(concat, .op = "concat", .doc = "rows one after the other", .fits = join_fits, .units = join_units,
           .work = join_work, .run = join_run);

/* ---- fill ---- */
static int64_t fill_each(const nrv__args *a)
{
    return JOIN_BYTES / (int64_t)nrv__dtype_size(a->out[0].type);
}

static int64_t fill_units(const nrv__args *a)
{
    return simd_ceil(a->n, fill_each(a));
}

static double fill_work(const nrv__args *a)
{
    return 10 + 0.1 * (double)simd_min(a->n, fill_each(a));
}

static void fill_run(const nrv__args *a)
{
    const size_t size = nrv__dtype_size(a->out[0].type);
    const double value = ((const nrv__scalar_attr *)a->attr)->value;
    for (int64_t u = a->begin; u < a->end; u++) {
        const size_t n = (size_t)simd_min(fill_each(a), a->n - u * fill_each(a)) * size;
        char *to = (char *)a->out[0].data + u * JOIN_BYTES;
        nrv__from_double(to, a->out[0].type, &value, 1);
        for (size_t have = size; have < n; have += have) /* ever longer copies of what is there */
            memcpy(to + have, to, have < n - have ? have : n - have);
    }
}

NRV_KERNEL(fill, .op = "fill", .doc = "one number everywhere", .fits = join_fits, .units = fill_units,
           .work = fill_work, .run = fill_run);
