/* random.c - uniform float32 numbers in [0,1) from Philox4x32-10, sixteen counters side by side.

   Promises: element i is lane i%4 of counter (i/4, run) under the op's key, its upper 24 bits over 2^24: the same bits
   on every tier, for any number of threads. Does not do: other distributions, which are composites of this one. */
#include "simd.h"
#include "../../base/philox.h"

enum { RANDOM_WIDE = 16, RANDOM_UNIT = 4096 };

/* the same rounds as nrv__philox, for counters first .. first+15 */
static void random_block(float *to, uint64_t first, uint64_t run, uint64_t key)
{
    uint32_t a[RANDOM_WIDE], b[RANDOM_WIDE], c[RANDOM_WIDE], d[RANDOM_WIDE];
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int i = 0; i < RANDOM_WIDE; i++) {
        a[i] = (uint32_t)(first + (uint64_t)i), b[i] = (uint32_t)((first + (uint64_t)i) >> 32);
        c[i] = (uint32_t)run, d[i] = (uint32_t)(run >> 32);
    }
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

static const char *random_fits(const nrv__args *a)
{
    return a->out[0].type == NRV_F32 ? NULL : "only float32";
}

static int64_t random_units(const nrv__args *a)
{
    return simd_ceil(a->n, RANDOM_UNIT);
}

static double random_work(const nrv__args *a)
{
    (void)a;
    return (double)RANDOM_UNIT * (SIMD_W > 4 ? 1.0 : 2.5);
}

static void random_run(const nrv__args *a)
{
    int64_t run;
    memcpy(&run, a->in[0].data, sizeof run);
    const uint64_t key = ((const nrv__random_attr *)a->attr)->key;
    float *out = a->out[0].data, last[4 * RANDOM_WIDE];
    const int64_t end = simd_min(a->n, a->end * RANDOM_UNIT);
    int64_t i = a->begin * RANDOM_UNIT;
    for (; i + 4 * RANDOM_WIDE <= end; i += 4 * RANDOM_WIDE)
        random_block(out + i, (uint64_t)i / 4, (uint64_t)run, key);
    if (i < end) {
        random_block(last, (uint64_t)i / 4, (uint64_t)run, key);
        memcpy(out + i, last, (size_t)(end - i) * sizeof *out);
    }
}

NRV_KERNEL(uniform, .op = "uniform", .doc = "float32 in [0,1), sixteen Philox counters at a time", .fits = random_fits,
           .units = random_units, .work = random_work, .run = random_run);
