/* copy.c - a tensor of any strides made contiguous: elements of 1, 2, 4 or 8 bytes, whatever they mean.

   Promises: long rows where the last axis moves by 0 or 1; tiles of 16 x 16 where another axis does (a transposition),
   in 4 x 4 shuffles for four bytes. Does not do: conversions of type - those are pointwise. */
#include "simd.h"

enum { COPY_TILE = 16, COPY_WORK = 16384 };

typedef struct copy_plan {
    int rank;
    int64_t dim[NRV__MAX_RANK], from[NRV__MAX_RANK], to[NRV__MAX_RANK]; /* without the two below */
    int64_t wide, wide_from;                                            /* the last axis */
    int64_t high, high_from, high_to; /* the axis that moves by 1 in the input, if the last does not; else 1 */
    int64_t outer, cut, cuts;         /* lines of a unit, units per outer */
    size_t size;
} copy_plan;

/* axes of 1 left out, axes that go on where the next one ends merged */
static int copy_merge(const nrv__view *x, int64_t *dim, int64_t *from)
{
    int n = 0;
    for (int i = 0; i < x->rank; i++) {
        if (x->dim[i] == 1)
            continue;
        if (n > 0 && from[n - 1] == x->stride[i] * x->dim[i])
            dim[n - 1] *= x->dim[i], from[n - 1] = x->stride[i];
        else
            dim[n] = x->dim[i], from[n++] = x->stride[i];
    }
    return n;
}

static copy_plan copy_plan_of(const nrv__args *a)
{
    copy_plan p = { .wide = 1, .high = 1, .outer = 1, .size = nrv__dtype_size(a->out[0].type) };
    int64_t dim[NRV__MAX_RANK] = { 0 }, from[NRV__MAX_RANK] = { 0 }, s = 1;
    const int n = copy_merge(&a->in[0], dim, from);
    int turned = -1;
    for (int i = 0; i + 1 < n; i++)
        turned = from[n - 1] != 0 && from[n - 1] != 1 && from[i] == 1 ? i : turned;
    for (int i = n - 1; i >= 0; i--) {
        if (i == n - 1) {
            p.wide = dim[i], p.wide_from = from[i];
        } else if (i == turned) {
            p.high = dim[i], p.high_from = from[i], p.high_to = s;
        } else {
            p.dim[p.rank] = dim[i], p.from[p.rank] = from[i], p.to[p.rank++] = s;
            p.outer *= dim[i];
        }
        s *= dim[i];
    }
    /* a unit: lines of the high axis, or a piece of a long row, or several short rows */
    const int64_t length = turned >= 0 ? p.high : p.wide, across = turned >= 0 ? p.wide : 1;
    p.cut = simd_max(1, COPY_WORK / simd_max(1, across));
    p.cut = turned >= 0 ? simd_ceil(p.cut, COPY_TILE) * COPY_TILE : p.cut;
    p.cuts = simd_ceil(length, p.cut);
    return p;
}

#define COPY_EACH(type)                                   \
    for (int64_t i = 0; i < n; i++)                       \
        ((type *)to)[i] = ((const type *)from)[i * step]; \
    break;

static void copy_line(char *to, const char *from, int64_t n, int64_t step, size_t size)
{
    if (step == 1) {
        memcpy(to, from, (size_t)n * size);
        return;
    }
    switch (size) {
    case 1:
        COPY_EACH(uint8_t)
    case 2:
        COPY_EACH(uint16_t)
    case 4:
        COPY_EACH(uint32_t)
    default:
        COPY_EACH(uint64_t)
    }
}

#define COPY_TURN(type)                                                          \
    for (int64_t i = 0; i < rows; i++)                                           \
        for (int64_t j = 0; j < cols; j++)                                       \
            ((type *)to)[i * ld_to + j] = ((const type *)from)[i + j * ld_from]; \
    break;

/* to[i][j] = from[j][i] for i < rows, j < cols, both at most COPY_TILE */
static void copy_tile(char *to, int64_t ld_to, const char *from, int64_t ld_from, int64_t rows, int64_t cols,
                      size_t size)
{
    if (size == 4 && rows % 4 == 0 && cols % 4 == 0) {
        float *t = (float *)(void *)to;
        const float *f = (const float *)(const void *)from;
        for (int64_t i = 0; i < rows; i += 4)
            for (int64_t j = 0; j < cols; j += 4)
                simd_turn4(t + i * ld_to + j, ld_to, f + i + j * ld_from, ld_from);
        return;
    }
    switch (size) {
    case 1:
        COPY_TURN(uint8_t)
    case 2:
        COPY_TURN(uint16_t)
    case 4:
        COPY_TURN(uint32_t)
    default:
        COPY_TURN(uint64_t)
    }
}

/* where a unit lies: counted on from one to the next, as dividing takes longer than copying a short row */
typedef struct copy_place {
    int64_t index[NRV__MAX_RANK], piece, from, to;
} copy_place;

static copy_place copy_place_of(const copy_plan *p, int64_t unit)
{
    int64_t outer = unit / p->cuts;
    copy_place at = { .piece = unit % p->cuts };
    for (int i = 0; i < p->rank; i++) {
        at.index[i] = outer % p->dim[i];
        at.from += at.index[i] * p->from[i];
        at.to += at.index[i] * p->to[i];
        outer /= p->dim[i];
    }
    return at;
}

static void copy_next(const copy_plan *p, copy_place *at)
{
    if (++at->piece < p->cuts)
        return;
    at->piece = 0;
    for (int i = 0; i < p->rank; i++) {
        at->from += p->from[i];
        at->to += p->to[i];
        if (++at->index[i] < p->dim[i])
            return;
        at->from -= p->dim[i] * p->from[i];
        at->to -= p->dim[i] * p->to[i];
        at->index[i] = 0;
    }
}

static void copy_unit(const copy_plan *p, const nrv__args *a, const copy_place *at)
{
    const int64_t first = at->piece * p->cut;
    const char *from = (const char *)a->in[0].data + at->from * (int64_t)p->size;
    char *to = (char *)a->out[0].data + at->to * (int64_t)p->size;
    const int64_t size = (int64_t)p->size;
    if (p->high_from == 0) {
        const int64_t n = simd_min(p->cut, p->wide - first);
        copy_line(to + first * size, from + first * p->wide_from * size, n, p->wide_from, p->size);
        return;
    }
    const int64_t end = simd_min(p->high, first + p->cut);
    for (int64_t i = first; i < end; i += COPY_TILE)
        for (int64_t j = 0; j < p->wide; j += COPY_TILE)
            copy_tile(to + (i * p->high_to + j) * size, p->high_to, from + (i + j * p->wide_from) * size, p->wide_from,
                      simd_min(COPY_TILE, end - i), simd_min(COPY_TILE, p->wide - j), p->size);
}

static const char *copy_fits(const nrv__args *a)
{
    return a->in[0].type != a->out[0].type ? "only without a change of type" : NULL;
}

static int64_t copy_units(const nrv__args *a)
{
    const copy_plan p = copy_plan_of(a);
    return a->n == 0 ? 0 : p.outer * p.cuts;
}

static double copy_work(const nrv__args *a)
{
    return 10 + 0.4 * (double)a->n / (double)simd_max(1, copy_units(a));
}

static void copy_run(const nrv__args *a)
{
    const copy_plan p = copy_plan_of(a);
    copy_place at = copy_place_of(&p, a->begin);
    for (int64_t u = a->begin; u < a->end; u++) {
        copy_unit(&p, a, &at);
        copy_next(&p, &at);
    }
}

NRV_KERNEL(copy, .op = "copy", .doc = "any strides made contiguous", .strided = 1, .fits = copy_fits,
           .units = copy_units, .work = copy_work, .run = copy_run);
