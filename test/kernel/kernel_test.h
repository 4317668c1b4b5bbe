/* kernel_test.h - what the tests of this folder share: tensors at odd addresses, and a driver that runs a kernel's
   phases as an exec does, with its units dealt out in several ways.

   Promises: scratch and shared start as NaNs with guards behind them, outputs likewise; whatever way the units were
   dealt, the bits are compared. Buffers end where malloc's block ends, so that AddressSanitizer sees a read too far.
   Does not do: references - each test has its own naive loop in double. */
#ifndef KERNEL_TEST_H
#define KERNEL_TEST_H
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/cpu.h"
#include "kernels/attr.h"
#include "kernels/kernel.h"

#define KT_UNUSED __attribute__((unused))
enum { KT_GUARD = 64, KT_WAYS = 4 };

typedef struct kt_tensor {
    nrv__view v;
    char *block;
    size_t bytes;
} kt_tensor;

static uint64_t kt_state = 88172645463325252u;

KT_UNUSED static double kt_random(void) /* -1..1, and a fair share of small integers */
{
    kt_state ^= kt_state << 13, kt_state ^= kt_state >> 7, kt_state ^= kt_state << 17;
    return (double)(int64_t)(kt_state >> 11) / 4503599627370496.0 - 1;
}

KT_UNUSED static int64_t kt_count(const nrv__view *v)
{
    int64_t n = 1;
    for (int i = 0; i < v->rank; i++)
        n *= v->dim[i];
    return n;
}

/* contiguous, `skew` elements away from a 64-aligned address */
KT_UNUSED static kt_tensor kt_new(nrv_dtype type, int skew, int rank, const int64_t *dim)
{
    kt_tensor t = { .v = { .rank = rank, .type = type } };
    int64_t n = 1;
    for (int i = rank - 1; i >= 0; i--) {
        t.v.dim[i] = dim[i], t.v.stride[i] = n;
        n *= dim[i];
    }
    const size_t size = nrv__dtype_size(type);
    const size_t before = (size_t)skew * size;
    t.bytes = (size_t)n * size;
    assert_int_equal(posix_memalign((void **)&t.block, 64, before + t.bytes + (before + t.bytes == 0)), 0);
    t.v.data = t.block + before;
    memset(t.v.data, 0xff, t.bytes);
    return t;
}

KT_UNUSED static void kt_free(kt_tensor *t)
{
    free(t->block);
}

KT_UNUSED static kt_tensor kt_floats(int skew, int rank, const int64_t *dim)
{
    kt_tensor t = kt_new(NRV_F32, skew, rank, dim);
    for (int64_t i = 0, n = kt_count(&t.v); i < n; i++)
        ((float *)t.v.data)[i] = (float)kt_random();
    return t;
}

#define KT_DIMS(...)                                                               \
    (int)(sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)), (const int64_t[]) \
    {                                                                              \
        __VA_ARGS__                                                                \
    }

/* one phase: way 0 all at once, 1 unit by unit, 2 unit by unit from the last, 3 in threes, each with fresh scratch */
static void kt_phase(const nrv__kernel *k, nrv__args *a, int64_t units, int way, char *scratch, size_t bytes)
{
    const int64_t step = way == 0 ? (units > 0 ? units : 1) : way == 3 ? 3 : 1;
    const int64_t calls = (units + step - 1) / step;
    for (int64_t i = 0; i < calls; i++) {
        const int64_t at = way == 2 ? calls - 1 - i : i;
        memset(scratch, 0xff, bytes + KT_GUARD);
        a->begin = at * step;
        a->end = a->begin + step < units ? a->begin + step : units;
        k->run(a);
        for (int g = 0; g < KT_GUARD; g++)
            assert_int_equal((unsigned char)scratch[bytes + (size_t)g], 0xff);
    }
}

KT_UNUSED static void kt_run_way(const nrv__kernel *k, nrv__args a, int way)
{
    const size_t scratch = k->scratch ? k->scratch(&a) : 0, shared = k->shared ? k->shared(&a) : 0;
    char *blocks[2] = { NULL, NULL };
    assert_int_equal(posix_memalign((void **)&blocks[0], 64, scratch + KT_GUARD), 0);
    assert_int_equal(posix_memalign((void **)&blocks[1], 64, shared + KT_GUARD), 0);
    memset(blocks[1], 0xff, shared + KT_GUARD);
    a.scratch = blocks[0], a.shared = blocks[1];
    a.phase = 0;
    kt_phase(k, &a, k->units(&a), way, blocks[0], scratch);
    if (k->units2) {
        a.phase = 1;
        kt_phase(k, &a, k->units2(&a), way, blocks[0], scratch);
    }
    for (int g = 0; g < KT_GUARD; g++)
        assert_int_equal((unsigned char)blocks[1][shared + (size_t)g], 0xff);
    free(blocks[0]);
    free(blocks[1]);
}

/* runs k in every way; the bits must be the same; out[0] holds the result. False where the kernel does not fit */
KT_UNUSED static bool kt_run(const nrv__kernel *k, nrv__args a, kt_tensor *out)
{
    a.out = &out->v;
    a.n_out = 1;
    a.n = kt_count(&out->v);
    if (k->fits && k->fits(&a) != NULL)
        return false;
    assert_true(k->work == NULL || k->work(&a) >= 0);
    char *first = malloc(out->bytes + 1);
    assert_non_null(first);
    for (int way = 0; way < KT_WAYS; way++) {
        memset(out->v.data, 0xff, out->bytes);
        kt_run_way(k, a, way);
        if (way == 0)
            memcpy(first, out->v.data, out->bytes);
        else if (memcmp(first, out->v.data, out->bytes) != 0)
            fail_msg("%s, tier %d: dealing the units out in way %d changed the bits", k->name, (int)k->tier, way);
    }
    free(first);
    return true;
}

/* the next kernel called `name` that this machine can run, *i counting on; NULL at the end */
KT_UNUSED static const nrv__kernel *kt_next(const char *name, int *i)
{
    for (; nrv__kernels[*i] != NULL; (*i)++) {
        const nrv__kernel *k = nrv__kernels[*i];
        if (strcmp(k->name, name) == 0 && nrv__cpu_has(k->tier)) {
            (*i)++;
            return k;
        }
    }
    return NULL;
}

/* |got - want| <= slack * (magnitude of the terms + tiny) for every element */
KT_UNUSED static void kt_near(const nrv__kernel *k, const char *what, const float *got, const double *want,
                              const double *size, int64_t n, double slack)
{
    for (int64_t i = 0; i < n; i++) {
        const double d = fabs((double)got[i] - want[i]);
        if (!(d <= slack * (size[i] + 1e-30)) && !(isnan((double)got[i]) && isnan(want[i])))
            fail_msg("%s, tier %d, %s: element %lld is %.9g, should be %.9g", k->name, (int)k->tier, what, (long long)i,
                     (double)got[i], want[i]);
    }
}
#endif
