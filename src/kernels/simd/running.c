/* running.c - running sums and linear scans of float32 along any axis.

   Along the last axis four rows go side by side, since each step waits for the one before; along another, the columns
   behind it do. Promises: what is carried on is kept in double; a row's bits depend on the row alone.
   Does not do: split a row among threads. */
#include "../lines.h"
#include "simd.h"

enum { RUNNING_WORK = 16384, RUNNING_COLUMNS = 128, RUNNING_ROWS = 4 };

typedef struct running_plan {
    int64_t outer, n, inner;
    int64_t each;       /* rows, or outer indexes, of a unit */
    int64_t cuts;       /* of the columns */
    const float *a, *b; /* a: NULL for a sum */
    float *y;
    bool reverse;
} running_plan;

static running_plan running_plan_of(const nrv__args *a)
{
    const nrv__running_attr *p = a->attr;
    const nrv__view *x = &a->in[a->n_in - 1];
    const nrv__lines l = nrv__lines_of(x, 0, p->axis);
    running_plan r = { l.outer, l.n, l.inner, 1, 1, NULL, x->data, a->out[0].data, p->reverse != 0 };
    if (a->n_in == 2)
        r.a = a->in[0].data;
    r.cuts = simd_ceil(r.inner, RUNNING_COLUMNS);
    r.each = simd_max(1, RUNNING_WORK / simd_max(1, r.n * simd_min(r.inner, RUNNING_COLUMNS)));
    if (r.inner == 1)
        r.each = simd_ceil(r.each, RUNNING_ROWS) * RUNNING_ROWS;
    return r;
}

/* `rows` rows from the one that begins at `from` */
SIMD_INLINE void running_rows(const running_plan *p, int64_t from, int rows)
{
    double h[RUNNING_ROWS] = { 0 };
    const int64_t n = p->n, step = p->reverse ? -1 : 1;
    int64_t at = from + (p->reverse ? n - 1 : 0);
    for (int64_t k = 0; k < n; k++, at += step)
        for (int r = 0; r < rows; r++) {
            const int64_t i = at + r * n;
            if (p->a != NULL && k > 0)
                h[r] = (double)p->a[i] * h[r] + (double)p->b[i];
            else
                h[r] += (double)p->b[i];
            p->y[i] = (float)h[r];
        }
}

static void running_columns(const running_plan *p, int64_t from, int64_t columns)
{
    double h[RUNNING_COLUMNS] = { 0 };
    for (int64_t k = 0; k < p->n; k++) {
        const int64_t at = from + (p->reverse ? p->n - 1 - k : k) * p->inner;
        const float *b = p->b + at;
        float *y = p->y + at;
        if (p->a != NULL && k > 0)
            for (int64_t i = 0; i < columns; i++)
                h[i] = (double)p->a[at + i] * h[i] + (double)b[i];
        else
            for (int64_t i = 0; i < columns; i++)
                h[i] += (double)b[i];
        for (int64_t i = 0; i < columns; i++)
            y[i] = (float)h[i];
    }
}

static void running_unit(const running_plan *p, int64_t u)
{
    const int64_t cut = u % p->cuts * RUNNING_COLUMNS, columns = simd_min(RUNNING_COLUMNS, p->inner - cut);
    int64_t o = u / p->cuts * p->each;
    const int64_t end = simd_min(p->outer, o + p->each);
    for (; p->inner == 1 && o + RUNNING_ROWS <= end; o += RUNNING_ROWS)
        running_rows(p, o * p->n, RUNNING_ROWS);
    for (; o < end; o++)
        if (p->inner == 1)
            running_rows(p, o * p->n, 1);
        else
            running_columns(p, o * p->n * p->inner + cut, columns);
}

static void running_run(const nrv__args *a)
{
    const running_plan p = running_plan_of(a);
    for (int64_t u = a->begin; u < a->end; u++)
        running_unit(&p, u);
}

static const char *running_fits(const nrv__args *a)
{
    return simd_f32(a) ? NULL : "only float32";
}

static int64_t running_units(const nrv__args *a)
{
    const running_plan p = running_plan_of(a);
    return a->n == 0 ? 0 : simd_ceil(p.outer, p.each) * p.cuts;
}

static double running_work(const nrv__args *a)
{
    const running_plan p = running_plan_of(a);
    return 30 + 0.8 * (double)(p.each * p.n) * (double)simd_min(p.inner, RUNNING_COLUMNS);
}

NRV_KERNEL(cumsum, .op = "cumsum", .doc = "float32 running sum along any axis, kept in double", .fits = running_fits,
           .units = running_units, .work = running_work, .run = running_run);

NRV_KERNEL(linear_scan, .op = "linear_scan", .doc = "float32 linear scan along any axis, kept in double",
           .fits = running_fits, .units = running_units, .work = running_work, .run = running_run);
