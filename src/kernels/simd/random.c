/* random.c - uniform float32 numbers in [0,1) from Philox4x32-10, sixteen counters side by side.

   Promises: element i of an item is lane i%4 of counter (i/4, the item's run) under the op's key, its upper 24 bits
   over 2^24: the same bits on every tier, for any number of threads, however many items are drawn at once. Does not do:
   other distributions, which are composites of this one. */
#include "simd.h"
#include "../../base/philox.h"

enum { RANDOM_WIDE = 16, RANDOM_UNIT = 1024 }; /* a unit: so many counters, of four numbers each */

/* where counter number i stands: in item i / calls, whose run it takes, at its counter i % calls */
typedef struct random_at {
    const int64_t *run;
    int64_t each, calls, total; /* numbers and counters of an item; counters of all */
    uint64_t key;
} random_at;

static random_at random_of(const nrv__args *a)
{
    const int64_t items = simd_elements(&a->in[0]), each = items ? a->n / items : 0, calls = simd_ceil(each, 4);
    return (random_at){ a->in[0].data, each, calls, items * calls,
                        a->attr ? ((const nrv__random_attr *)a->attr)->key : 0 };
}

/* the same rounds as nrv__philox, for sixteen counters */
static void random_rounds(float *to, uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d, uint64_t key)
{
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u)
        for (int i = 0; i < RANDOM_WIDE; i++) {
            const uint64_t p = (uint64_t)0xD2511F53u * a[i], q = (uint64_t)0xCD9E8D57u * c[i];
            a[i] = (uint32_t)(q >> 32) ^ b[i] ^ k0;
            b[i] = (uint32_t)q;
            c[i] = (uint32_t)(p >> 32) ^ d[i] ^ k1;
            d[i] = (uint32_t)p;
        }
    for (int i = 0; i < RANDOM_WIDE; i++) {
        to[4 * i] = (float)(int32_t)(a[i] >> 8) * 0x1p-24f;
        to[4 * i + 1] = (float)(int32_t)(b[i] >> 8) * 0x1p-24f;
        to[4 * i + 2] = (float)(int32_t)(c[i] >> 8) * 0x1p-24f;
        to[4 * i + 3] = (float)(int32_t)(d[i] >> 8) * 0x1p-24f;
    }
}

/* counters first .. first+15 of one item */
static void random_block(float *to, uint64_t first, uint64_t run, uint64_t key)
{
    uint32_t a[RANDOM_WIDE], b[RANDOM_WIDE], c[RANDOM_WIDE], d[RANDOM_WIDE];
    for (int i = 0; i < RANDOM_WIDE; i++) {
        a[i] = (uint32_t)(first + (uint64_t)i), b[i] = (uint32_t)((first + (uint64_t)i) >> 32);
        c[i] = (uint32_t)run, d[i] = (uint32_t)(run >> 32);
    }
    random_rounds(to, a, b, c, d, key);
}

/* counters first .. last-1, at most sixteen, of any items: what an item does not want of its last counter is left out
 */
static void random_mixed(float *out, const random_at *r, int64_t first, int64_t last)
{
    uint32_t a[RANDOM_WIDE] = { 0 }, b[RANDOM_WIDE] = { 0 }, c[RANDOM_WIDE] = { 0 }, d[RANDOM_WIDE] = { 0 };
    float numbers[4 * RANDOM_WIDE];
    for (int64_t i = first; i < last; i++) {
        const uint64_t at = (uint64_t)(i % r->calls), run = (uint64_t)r->run[i / r->calls];
        a[i - first] = (uint32_t)at, b[i - first] = (uint32_t)(at >> 32);
        c[i - first] = (uint32_t)run, d[i - first] = (uint32_t)(run >> 32);
    }
    random_rounds(numbers, a, b, c, d, r->key);
    for (int64_t i = first; i < last; i++) {
        const int64_t at = i % r->calls * 4, n = simd_min(4, r->each - at);
        memcpy(out + i / r->calls * r->each + at, numbers + 4 * (i - first), (size_t)n * sizeof *out);
    }
}

static const char *random_fits(const nrv__args *a)
{
    return a->out[0].type == NRV_F32 ? NULL : "only float32";
}

static int64_t random_units(const nrv__args *a)
{
    return simd_ceil(random_of(a).total, RANDOM_UNIT);
}

static double random_work(const nrv__args *a)
{
    (void)a;
    return (double)(4 * RANDOM_UNIT) * (SIMD_W > 4 ? 1.0 : 2.5);
}

static void random_run(const nrv__args *a)
{
    const random_at r = random_of(a);
    const int64_t end = simd_min(r.total, a->end * RANDOM_UNIT);
    float *out = a->out[0].data;
    for (int64_t i = a->begin * RANDOM_UNIT; i < end; i += RANDOM_WIDE) {
        const int64_t at = i % r.calls, item = i / r.calls;
        if (i + RANDOM_WIDE <= end && 4 * (at + RANDOM_WIDE) <= r.each)
            random_block(out + item * r.each + 4 * at, (uint64_t)at, (uint64_t)r.run[item], r.key);
        else
            random_mixed(out, &r, i, simd_min(end, i + RANDOM_WIDE));
    }
}

NRV_KERNEL(uniform, .op = "uniform", .doc = "float32 in [0,1), sixteen Philox counters at a time", .fits = random_fits,
           .units = random_units, .work = random_work, .run = random_run);
