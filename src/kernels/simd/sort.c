/* sort.c - the order of float32 along an axis: the values as whole numbers that sort alike, with their index below
   them, so that equal values keep their order; few by insertion, many by their bytes, the lowest first.

   Promises: the reference's order, bit for bit: -0 equals 0, NaN is the largest. Does not do: rows on several threads;
   every row is one thread's. */
#include "../lines.h"
#include "simd.h"

enum { SORT_FEW = 48, SORT_BYTES = 4, SORT_WORK = 4096 };

static int64_t sort_length(const nrv__args *a)
{
    return a->in[0].dim[((const nrv__sort_attr *)a->attr)->axis];
}

static int64_t sort_rows(const nrv__args *a)
{
    return simd_elements(&a->in[0]) / simd_max(1, sort_length(a));
}

static int64_t sort_each(const nrv__args *a) /* rows of a unit */
{
    return simd_max(1, SORT_WORK / simd_max(1, sort_length(a)));
}

static int64_t sort_inner(const nrv__args *a) /* elements from one of the axis to the next */
{
    return nrv__lines_product(&a->in[0], ((const nrv__sort_attr *)a->attr)->axis + 1, a->in[0].rank);
}

static const char *sort_fits(const nrv__args *a)
{
    return a->in[0].type == NRV_F32 ? NULL : "only float32";
}

static int64_t sort_units(const nrv__args *a)
{
    return simd_ceil(sort_rows(a), sort_each(a));
}

static double sort_work(const nrv__args *a)
{
    return 20 + 10 * (double)(sort_each(a) * sort_length(a));
}

static size_t sort_scratch(const nrv__args *a)
{
    return 2 * sizeof(uint64_t) * (size_t)sort_length(a);
}

SIMD_INLINE uint64_t sort_key(float x, bool down)
{
    uint32_t bits;
    x += 0.0f; /* -0 becomes 0 */
    memcpy(&bits, &x, sizeof bits);
    bits = x != x ? UINT32_MAX : bits >> 31 ? ~bits : bits | 0x80000000u;
    return (uint64_t)(down ? ~bits : bits) << 32;
}

static void sort_few(uint64_t *at, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        const uint64_t one = at[i];
        int64_t k = i;
        for (; k > 0 && at[k - 1] > one; k--)
            at[k] = at[k - 1];
        at[k] = one;
    }
}

/* by the four bytes of the value; a byte that all share is left out. Where the sorted ones lie */
static uint64_t *sort_many(uint64_t *at, uint64_t *room, int64_t n)
{
    int64_t count[SORT_BYTES][256] = { { 0 } };
    for (int64_t i = 0; i < n; i++)
        for (int b = 0; b < SORT_BYTES; b++)
            count[b][at[i] >> (32 + 8 * b) & 255]++;
    for (int b = 0; b < SORT_BYTES; b++) {
        const int shift = 32 + 8 * b;
        if (count[b][at[0] >> shift & 255] == n)
            continue;
        for (int64_t k = 0, sum = 0; k < 256; k++) {
            const int64_t here = count[b][k];
            count[b][k] = sum;
            sum += here;
        }
        for (int64_t i = 0; i < n; i++)
            room[count[b][at[i] >> shift & 255]++] = at[i];
        uint64_t *was = at;
        at = room;
        room = was;
    }
    return at;
}

static void sort_run(const nrv__args *a)
{
    const nrv__sort_attr *s = a->attr;
    const int64_t n = sort_length(a), inner = sort_inner(a), each = sort_each(a);
    uint64_t *at = a->scratch;
    for (int64_t r = a->begin * each; r < simd_min(sort_rows(a), a->end * each); r++) {
        const int64_t first = r / inner * inner * n + r % inner;
        const float *x = (const float *)a->in[0].data + first;
        int32_t *y = (int32_t *)a->out[0].data + first;
        for (int64_t i = 0; i < n; i++)
            at[i] = sort_key(x[i * inner], s->descending != 0) | (uint64_t)i;
        const uint64_t *sorted = at;
        if (n > SORT_FEW)
            sorted = sort_many(at, at + n, n);
        else
            sort_few(at, n);
        for (int64_t i = 0; i < n; i++)
            y[i * inner] = (int32_t)(uint32_t)sorted[i];
    }
}

NRV_KERNEL(argsort, .op = "argsort", .doc = "the order of float32 along an axis, by insertion or by bytes",
           .fits = sort_fits, .units = sort_units, .work = sort_work, .scratch = sort_scratch, .run = sort_run);
