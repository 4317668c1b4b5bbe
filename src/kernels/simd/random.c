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

typedef uint64_t random_v __attribute__((vector_size(SIMD_BYTES)));
enum { RANDOM_LANES = SIMD_BYTES / 8 };

/* the products of the lower halves */
SIMD_INLINE random_v random_times(random_v x, uint64_t y)
{
    const random_v all = y - (random_v){ 0 };
#if defined(__AVX512F__)
    return (random_v)_mm512_mul_epu32((__m512i)x, (__m512i)all);
#elif defined(__AVX2__)
    return (random_v)_mm256_mul_epu32((__m256i)x, (__m256i)all);
#elif defined(__SSE2__)
    return (random_v)_mm_mul_epu32((__m128i)x, (__m128i)all);
#else
    return (x & 0xffffffffu) * all;
#endif
}

/* four numbers of each of these counters, one after the other */
SIMD_INLINE void random_put(float *to, random_v a, random_v b, random_v c, random_v d)
{
    const random_v ab = (a & 0xffffffffu) | b << 32, cd = (c & 0xffffffffu) | d << 32;
#if defined(__AVX512F__)
    const random_v low = __builtin_shufflevector(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11);
    const random_v high = __builtin_shufflevector(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15);
#elif defined(__AVX2__)
    const random_v low = __builtin_shufflevector(ab, cd, 0, 4, 1, 5),
                   high = __builtin_shufflevector(ab, cd, 2, 6, 3, 7);
#else
    const random_v low = __builtin_shufflevector(ab, cd, 0, 2), high = __builtin_shufflevector(ab, cd, 1, 3);
#endif
    const simd_i x = (simd_i)low >> 8 & 0xffffff, y = (simd_i)high >> 8 & 0xffffff;
    simd_store(to, __builtin_convertvector(x, simd_f) * 0x1p-24f);
    simd_store(to + SIMD_W, __builtin_convertvector(y, simd_f) * 0x1p-24f);
}

/* The same rounds as nrv__philox, for sixteen counters, each word in a lane of 64 bits of which only the lower half
   counts: the products leave theirs there. */
static void random_rounds(float *to, const uint64_t *a, const uint64_t *b, const uint64_t *c, const uint64_t *d,
                          uint64_t key)
{
    for (int at = 0; at < RANDOM_WIDE; at += RANDOM_LANES) {
        random_v va, vb, vc, vd;
        uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
        memcpy(&va, a + at, sizeof va), memcpy(&vb, b + at, sizeof vb);
        memcpy(&vc, c + at, sizeof vc), memcpy(&vd, d + at, sizeof vd);
        for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
            const random_v p = random_times(va, 0xD2511F53u), q = random_times(vc, 0xCD9E8D57u);
            va = q >> 32 ^ vb ^ (uint64_t)k0;
            vb = q;
            vc = p >> 32 ^ vd ^ (uint64_t)k1;
            vd = p;
        }
        random_put(to + 4 * at, va, vb, vc, vd);
    }
}

/* counters first .. first+15 of one item */
static void random_block(float *to, uint64_t first, uint64_t run, uint64_t key)
{
    uint64_t a[RANDOM_WIDE], b[RANDOM_WIDE], c[RANDOM_WIDE], d[RANDOM_WIDE];
    for (int i = 0; i < RANDOM_WIDE; i++) {
        a[i] = first + (uint64_t)i, b[i] = (first + (uint64_t)i) >> 32;
        c[i] = run, d[i] = run >> 32;
    }
    random_rounds(to, a, b, c, d, key);
}

/* counters first .. last-1, at most sixteen, of any items: what an item does not want of its last counter is left out
 */
static void random_mixed(float *out, const random_at *r, int64_t first, int64_t last)
{
    uint64_t a[RANDOM_WIDE] = { 0 }, b[RANDOM_WIDE] = { 0 }, c[RANDOM_WIDE] = { 0 }, d[RANDOM_WIDE] = { 0 };
    float numbers[4 * RANDOM_WIDE];
    for (int64_t i = first; i < last; i++) {
        const uint64_t at = (uint64_t)(i % r->calls), run = (uint64_t)r->run[i / r->calls];
        a[i - first] = at, b[i - first] = at >> 32;
        c[i - first] = run, d[i - first] = run >> 32;
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
    return (double)(4 * RANDOM_UNIT) * (SIMD_W > 4 ? 0.5 : 1.5);
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
