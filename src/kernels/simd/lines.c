/* lines.c - lines moved and added by index: gather, take, scatter_add, segment_max, read and write; sparse matrices by
   rows.

   A sum by index is taken from where it arrives: phase 0 sorts the positions by the line that they name (stably, by
   counting), phase 1 gives every unit some lines of the result, each the double sum of what goes there in the order of
   the index, rounded once. So bits do not depend on threads, and no line is cleared or read first. Promises: memory is
   only touched where an index is in range; what is out of range is reported as the reference does. */
#include "../lines.h"
#include "simd.h"

enum { LINES_WORK = 16384, LINES_COLUMNS = 128 };

/* half a vector of floats, as doubles a whole one; so many of them are summed at once */
enum { LINES_D = SIMD_BYTES / 8, LINES_VECTORS = 4 };
typedef double lines_d __attribute__((vector_size(SIMD_BYTES)));
typedef float lines_h __attribute__((vector_size(SIMD_BYTES / 2)));
typedef float lines_h_at __attribute__((vector_size(SIMD_BYTES / 2), aligned(4), may_alias));

SIMD_INLINE int64_t lines_index(const nrv__view *v, int64_t i)
{
    return v->type == NRV_I32 ? ((const int32_t *)v->data)[i] : ((const int64_t *)v->data)[i];
}

/* ---- moved ---- */
static nrv__lines lines_of(const nrv__args *a, const nrv__view *v)
{
    const nrv__lines_attr *at = a->attr;
    return nrv__lines_of(v, at->batch, at->axis);
}

/* indexes of each element of the batch */
static int64_t lines_indexes(const nrv__args *a)
{
    return nrv__lines_product(&a->in[1], ((const nrv__lines_attr *)a->attr)->batch, a->in[1].rank);
}

static int64_t lines_each(int64_t length) /* lines of a unit */
{
    return simd_max(1, LINES_WORK / simd_max(1, length));
}

static const char *lines_any(const nrv__args *a)
{
    (void)a;
    return NULL;
}

static int64_t lines_gather_units(const nrv__args *a)
{
    const nrv__lines l = lines_of(a, &a->in[0]);
    return simd_ceil(l.batch * l.outer * lines_indexes(a), lines_each(l.inner));
}

static double lines_gather_work(const nrv__args *a)
{
    const nrv__lines l = lines_of(a, &a->in[0]);
    return (double)lines_each(l.inner) * (4 + 0.1 * (double)l.inner);
}

static void lines_gather(const nrv__args *a)
{
    const nrv__lines l = lines_of(a, &a->in[0]);
    const int64_t m = lines_indexes(a), each = lines_each(l.inner), rows = l.batch * l.outer * m;
    const size_t bytes = (size_t)l.inner * nrv__dtype_size(a->in[0].type);
    const char *x = a->in[0].data;
    char *y = a->out[0].data;
    for (int64_t r = a->begin * each; r < simd_min(rows, a->end * each); r++) {
        const int64_t line = r / m, position = line / l.outer * m + r % m, i = lines_index(&a->in[1], position);
        const bool inside = nrv__lines_inside(a->fault, position, i, l.n);
        if (bytes == 0)
            continue;
        if (inside)
            memcpy(y + (size_t)r * bytes, x + (size_t)(line * l.n + i) * bytes, bytes);
        else
            memset(y + (size_t)r * bytes, 0, bytes);
    }
}

static int64_t lines_take_units(const nrv__args *a)
{
    return simd_ceil(a->n, LINES_WORK);
}

static double lines_take_work(const nrv__args *a)
{
    return 10 + 6 * (double)simd_min(a->n, LINES_WORK); /* every element in a cache line of its own */
}

static void lines_take(const nrv__args *a)
{
    const int64_t n = a->in[0].dim[a->in[0].rank - 1];
    const size_t size = nrv__dtype_size(a->in[0].type);
    const char *x = a->in[0].data;
    char *y = a->out[0].data;
    for (int64_t r = a->begin * LINES_WORK; r < simd_min(a->n, a->end * LINES_WORK); r++) {
        const int64_t i = lines_index(&a->in[1], r);
        if (nrv__lines_inside(a->fault, r, i, n))
            memcpy(y + (size_t)r * size, x + (size_t)(r * n + i) * size, size);
        else
            memset(y + (size_t)r * size, 0, size);
    }
}

static int64_t lines_run_units(const nrv__args *a) /* read, write */
{
    const nrv__lines l = nrv__lines_of(&a->in[0], a->in[1].rank, ((const nrv__lines_attr *)a->attr)->axis);
    return l.batch * l.outer;
}

static double lines_run_work(const nrv__args *a)
{
    return 10 + 0.1 * (double)a->n / (double)simd_max(1, lines_run_units(a));
}

static void lines_read(const nrv__args *a)
{
    const nrv__lines l = nrv__lines_of(&a->in[0], a->in[1].rank, ((const nrv__lines_attr *)a->attr)->axis);
    const size_t size = nrv__dtype_size(a->in[0].type) * (size_t)l.inner, bytes = size * (size_t)a->size[0];
    for (int64_t r = a->begin; r < a->end; r++) {
        const int64_t at = lines_index(&a->in[1], r / l.outer);
        const bool good = nrv__lines_start(a->fault, r / l.outer, at, a->size[0], l.n);
        char *to = (char *)a->out[0].data + (size_t)r * bytes;
        if (good && bytes > 0)
            memcpy(to, (const char *)a->in[0].data + (size_t)(r * l.n + at) * size, bytes);
        else if (bytes > 0)
            memset(to, 0, bytes);
    }
}

static void lines_write(const nrv__args *a)
{
    const nrv__lines l = nrv__lines_of(&a->in[0], a->in[1].rank, ((const nrv__lines_attr *)a->attr)->axis);
    const int64_t length = a->in[2].dim[((const nrv__lines_attr *)a->attr)->axis];
    const size_t size = nrv__dtype_size(a->in[0].type) * (size_t)l.inner;
    const size_t all = size * (size_t)l.n, bytes = size * (size_t)length;
    for (int64_t r = a->begin; r < a->end; r++) {
        const int64_t at = lines_index(&a->in[1], r / l.outer);
        const bool good = nrv__lines_start(a->fault, r / l.outer, at, length, l.n);
        char *to = (char *)a->out[0].data + (size_t)r * all;
        if (all > 0)
            memcpy(to, (const char *)a->in[0].data + (size_t)r * all, all);
        if (good && bytes > 0)
            memcpy(to + (size_t)at * size, (const char *)a->in[2].data + (size_t)r * bytes, bytes);
    }
}

/* ---- brought together ---- */
static const char *lines_scatter_fits(const nrv__args *a)
{
    if (a->in[0].type != NRV_F32)
        return "only float32";
    return lines_indexes(a) >= INT32_MAX || lines_of(a, &a->out[0]).n >= INT32_MAX ? "too many lines for 32 bits"
                                                                                   : NULL;
}

static int64_t lines_scatter_units(const nrv__args *a)
{
    const nrv__lines l = lines_of(a, &a->out[0]);
    return l.outer > 0 ? l.batch : 0;
}

static int64_t lines_scatter_units2(const nrv__args *a)
{
    const nrv__lines l = lines_of(a, &a->out[0]);
    return l.batch * l.outer * simd_ceil(l.n, lines_each(l.inner));
}

static double lines_scatter_work(const nrv__args *a) /* of both phases: there are few units in the first */
{
    const double n = (double)simd_elements(&a->in[0]);
    return (5 * (double)simd_elements(&a->in[1]) + 0.4 * n + 0.2 * (double)a->n) /
           (double)simd_max(1, lines_scatter_units(a));
}

static size_t lines_scatter_shared(const nrv__args *a)
{
    const nrv__lines l = lines_of(a, &a->out[0]);
    return (size_t)(l.batch * (l.n + 1 + lines_indexes(a))) * sizeof(int32_t);
}

/* order: positions by the line that they name; end[j]: where those of line j end, and those of j + 1 begin */
static void lines_sort(const nrv__args *a, int64_t t, int64_t n, int64_t m)
{
    int32_t *end = (int32_t *)a->shared + t * (n + 1 + m), *order = end + n + 1;
    memset(end, 0, (size_t)(n + 1) * sizeof *end);
    for (int64_t p = 0; p < m; p++) {
        const int64_t i = lines_index(&a->in[1], t * m + p);
        if (nrv__lines_inside(a->fault, t * m + p, i, n))
            end[i + 1]++;
    }
    for (int64_t j = 0; j < n; j++)
        end[j + 1] += end[j];
    for (int64_t p = 0; p < m; p++) {
        const int64_t i = lines_index(&a->in[1], t * m + p);
        if (i >= 0 && i < n)
            order[end[i]++] = (int32_t)p;
    }
}

/* columns from..from + count of the sum or the largest of the lines in `order` */
SIMD_INLINE void lines_add(const float *x, int64_t step, const int32_t *order, int64_t n, float *y, int64_t count)
{
    double sum[LINES_COLUMNS];
    for (int64_t k = 0; k < count; k++)
        sum[k] = 0;
    for (int64_t p = 0; p < n; p++) {
        const float *line = x + order[p] * step;
        for (int64_t k = 0; k < count; k++)
            sum[k] += (double)line[k];
    }
    for (int64_t k = 0; k < count; k++)
        y[k] = (float)sum[k];
}

SIMD_INLINE void lines_most(const float *x, int64_t step, const int32_t *order, int64_t n, float *y, int64_t count)
{
    for (int64_t k = 0; k < count; k++)
        y[k] = n > 0 ? -__builtin_inff() : 0;
    for (int64_t p = 0; p < n; p++) {
        const float *line = x + order[p] * step;
        for (int64_t k = 0; k < count; k++)
            y[k] = y[k] != y[k] || line[k] <= y[k] ? y[k] : line[k];
    }
}

SIMD_INLINE void lines_scatter(const nrv__args *a, bool most)
{
    const nrv__lines l = lines_of(a, &a->out[0]);
    const int64_t m = lines_indexes(a), each = lines_each(l.inner), cuts = simd_ceil(l.n, each);
    if (a->phase == 0) {
        for (int64_t t = a->begin; t < a->end; t++)
            lines_sort(a, t, l.n, m);
        return;
    }
    for (int64_t u = a->begin; u < a->end; u++) {
        const int64_t line = u / cuts, first = u % cuts * each, t = line / l.outer;
        const int32_t *end = (const int32_t *)a->shared + t * (l.n + 1 + m), *order = end + l.n + 1;
        const float *x = (const float *)a->in[0].data + line * m * l.inner;
        float *y = (float *)a->out[0].data + line * l.n * l.inner;
        for (int64_t j = first; j < simd_min(l.n, first + each); j++) {
            const int64_t begin = j > 0 ? end[j - 1] : 0, n = end[j] - begin;
            for (int64_t k = 0; k < l.inner; k += LINES_COLUMNS) {
                const int64_t count = simd_min(LINES_COLUMNS, l.inner - k);
                (most ? lines_most : lines_add)(x + k, l.inner, order + begin, n, y + j * l.inner + k, count);
            }
        }
    }
}

static void lines_scatter_add(const nrv__args *a)
{
    lines_scatter(a, false);
}

static void lines_segment_max(const nrv__args *a)
{
    lines_scatter(a, true);
}

/* ---- a sparse product ---- */
static const char *lines_csr_fits(const nrv__args *a)
{
    return a->in[2].type == NRV_F32 && a->in[3].type == NRV_F32 ? NULL : "only float32";
}

static int64_t lines_csr_inner(const nrv__args *a)
{
    return nrv__lines_product(&a->in[3], 1, a->in[3].rank);
}

static int64_t lines_csr_rows(const nrv__args *a) /* a unit: rows that hold about LINES_WORK products */
{
    const int64_t rows = simd_max(1, a->in[0].dim[0] - 1), stored = simd_ceil(a->in[1].dim[0], rows);
    return lines_each((1 + stored) * lines_csr_inner(a));
}

static int64_t lines_csr_units(const nrv__args *a)
{
    return simd_max(1, simd_ceil(a->in[0].dim[0] - 1, lines_csr_rows(a)));
}

static double lines_csr_work(const nrv__args *a)
{
    const double products = (double)a->in[1].dim[0] * (double)lines_csr_inner(a);
    return 20 + (4 * (double)a->in[1].dim[0] + 0.4 * products) / (double)lines_csr_units(a);
}

/* columns at..at + count of `line`, the rest of the vector being 0; whole: it may be read beyond them */
SIMD_INLINE lines_d lines_some(const float *line, int64_t count, bool whole)
{
    lines_h x = { 0 };
    if (whole)
        x = *(const lines_h_at *)line;
    else
        memcpy(&x, line, (size_t)count * sizeof *line);
    return __builtin_convertvector(x, lines_d);
}

typedef struct lines_entries { /* the stored values from..to of row r */
    const nrv__args *a;
    int64_t r, from, to, inner;
} lines_entries;

/* columns k..k + count of a row, count at most LINES_D * vectors */
SIMD_INLINE void lines_csr_some(const lines_entries *s, int64_t k, int64_t count, int vectors, bool narrow)
{
    const nrv__args *a = s->a;
    const float *value = a->in[2].data, *x = (const float *)a->in[3].data + k;
    const int64_t n = a->in[3].dim[0], after = a->in[0].dim[0] + 1; /* faults of columns come after those of rows */
    const int64_t last = count - (vectors - 1) * LINES_D, inner = s->inner;
    const int64_t safe = last == LINES_D ? n : n - simd_ceil(vectors * LINES_D + k, inner); /* lines read as a whole */
    const void *cols = a->in[1].data;
    float *y = (float *)a->out[0].data + s->r * s->inner + k;
    lines_d sum[LINES_VECTORS] = { { 0 } };
    for (int64_t e = s->from; e < s->to; e++) {
        const int64_t col = narrow ? ((const int32_t *)cols)[e] : ((const int64_t *)cols)[e];
        if (!nrv__lines_inside_after(a->fault, after, e, col, n))
            continue;
        const float *line = x + col * inner;
        const lines_d v = (double)value[e] - (lines_d){ 0 };
        for (int i = 0; i < vectors - 1; i++)
            sum[i] += v * lines_some(line + i * LINES_D, LINES_D, true);
        sum[vectors - 1] += v * lines_some(line + (vectors - 1) * LINES_D, last, col <= safe);
    }
    for (int i = 0; i < vectors; i++) {
        const lines_h out = __builtin_convertvector(sum[i], lines_h);
        memcpy(y + i * LINES_D, &out, (size_t)(i + 1 < vectors ? LINES_D : last) * sizeof *y);
    }
}

/* what reaches no column of y is checked like the rest */
static void lines_csr_checked(const lines_entries *s)
{
    const nrv__args *a = s->a;
    for (int64_t e = s->from; e < s->to; e++)
        nrv__lines_inside_after(a->fault, a->in[0].dim[0] + 1, e, lines_index(&a->in[1], e), a->in[3].dim[0]);
}

SIMD_INLINE void lines_csr_row(const lines_entries *s, bool narrow)
{
    if (!s->inner)
        lines_csr_checked(s);
    for (int64_t k = 0; k < s->inner; k += LINES_VECTORS * LINES_D) {
        const int64_t count = simd_min(LINES_VECTORS * LINES_D, s->inner - k);
        if (count <= LINES_D)
            lines_csr_some(s, k, count, 1, narrow);
        else if (count <= 2 * LINES_D)
            lines_csr_some(s, k, count, 2, narrow);
        else if (count <= 3 * LINES_D)
            lines_csr_some(s, k, count, 3, narrow);
        else
            lines_csr_some(s, k, count, 4, narrow);
    }
}

static void lines_csr(const nrv__args *a)
{
    const int64_t rows = a->in[0].dim[0] - 1, nnz = a->in[1].dim[0], each = lines_csr_rows(a);
    const int64_t inner = lines_csr_inner(a);
    if (rows == 0)
        nrv__lines_csr(a->fault, 0, 1, lines_index(&a->in[0], 0), lines_index(&a->in[0], 0), nnz);
    for (int64_t r = a->begin * each; r < simd_min(rows, a->end * each); r++) {
        const int64_t from = lines_index(&a->in[0], r), to = lines_index(&a->in[0], r + 1);
        const bool good = nrv__lines_csr(a->fault, r, rows, from, to, nnz);
        const lines_entries row = { a, r, good ? from : 0, good ? to : 0, inner };
        if (a->in[1].type == NRV_I32)
            lines_csr_row(&row, true);
        else
            lines_csr_row(&row, false);
    }
}

/* ---- a matrix in CSR form ---- */
static int64_t lines_whole_units(const nrv__args *a) /* each element of the batch */
{
    return nrv__lines_product(&a->in[0], 0, a->in[0].rank - 1);
}

static double lines_whole_work(const nrv__args *a)
{
    return 10 + 3 * (double)(a->n + simd_elements(&a->in[0])) / (double)simd_max(1, lines_whole_units(a));
}

static void lines_rows(const nrv__args *a)
{
    const int64_t rows = a->in[0].dim[a->in[0].rank - 1] - 1, nnz = a->size[0];
    for (int64_t t = a->begin; t < a->end; t++) {
        const int64_t p = t * (rows + 1);
        if (rows == 0)
            nrv__lines_csr(a->fault, 0, 1, lines_index(&a->in[0], p), lines_index(&a->in[0], p), nnz);
        for (int64_t r = 0; r < rows; r++) {
            const int64_t from = lines_index(&a->in[0], p + r), to = lines_index(&a->in[0], p + r + 1);
            const bool good = nrv__lines_csr(a->fault, r, rows, from, to, nnz);
            for (int64_t e = good ? from : 0; e < (good ? to : 0); e++)
                if (a->out[0].type == NRV_I32)
                    ((int32_t *)a->out[0].data)[t * nnz + e] = (int32_t)r;
                else
                    ((int64_t *)a->out[0].data)[t * nnz + e] = r;
        }
    }
}

static void lines_sorted(const nrv__args *a)
{
    const int64_t rows = a->size[0], m = a->in[0].dim[a->in[0].rank - 1], each = rows + 1 + m;
    for (int64_t t = a->begin; t < a->end; t++) {
        int64_t *begin = (int64_t *)a->out[0].data + t * each, *order = begin + rows + 1;
        memset(begin, 0, (size_t)each * sizeof *begin);
        for (int64_t p = 0; p < m; p++) {
            const int64_t r = lines_index(&a->in[0], t * m + p);
            if (nrv__lines_inside(a->fault, t * m + p, r, rows))
                begin[r + 1]++;
        }
        for (int64_t r = 0; r < rows; r++)
            begin[r + 1] += begin[r];
        for (int64_t p = 0; p < m; p++) { /* begin[r] becomes where r + 1 begins */
            const int64_t r = lines_index(&a->in[0], t * m + p);
            if (r >= 0 && r < rows)
                order[begin[r]++] = p;
        }
        memmove(begin + 1, begin, (size_t)rows * sizeof *begin);
        begin[0] = 0;
    }
}

NRV_KERNEL(gather, .op = "gather", .doc = "lines copied by index, of any type", .fits = lines_any,
           .units = lines_gather_units, .work = lines_gather_work, .run = lines_gather);

NRV_KERNEL(take, .op = "take", .doc = "an element of each row by index, of any type", .fits = lines_any,
           .units = lines_take_units, .work = lines_take_work, .run = lines_take);

NRV_KERNEL(scatter_add, .op = "scatter_add", .doc = "float32 lines added by index, sorted first, kept in double",
           .fits = lines_scatter_fits, .units = lines_scatter_units, .units2 = lines_scatter_units2,
           .work = lines_scatter_work, .shared = lines_scatter_shared, .run = lines_scatter_add);

NRV_KERNEL(segment_max, .op = "segment_max", .doc = "the largest of float32 lines by index, sorted first",
           .fits = lines_scatter_fits, .units = lines_scatter_units, .units2 = lines_scatter_units2,
           .work = lines_scatter_work, .shared = lines_scatter_shared, .run = lines_segment_max);

NRV_KERNEL(csr_rows, .op = "csr_rows", .doc = "the row of each stored value", .fits = lines_any,
           .units = lines_whole_units, .work = lines_whole_work, .run = lines_rows);

NRV_KERNEL(csr_sorted, .op = "csr_sorted", .doc = "positions by the row that they name, counted twice",
           .fits = lines_any, .units = lines_whole_units, .work = lines_whole_work, .run = lines_sorted);

NRV_KERNEL(csr_matmul, .op = "csr_matmul", .doc = "float32 CSR matrix times lines, kept in double",
           .fits = lines_csr_fits, .units = lines_csr_units, .work = lines_csr_work, .run = lines_csr);

NRV_KERNEL(read, .op = "read", .doc = "a run of one axis, of any type", .fits = lines_any, .units = lines_run_units,
           .work = lines_run_work, .run = lines_read);

NRV_KERNEL(write, .op = "write", .doc = "a run of one axis replaced, of any type", .fits = lines_any,
           .units = lines_run_units, .work = lines_run_work, .run = lines_write);
