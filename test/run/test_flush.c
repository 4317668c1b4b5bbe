/* test_flush.c - subnormal numbers are exact, unless an exec is told to flush them: then on every thread, in kernels
   and references alike; and the caller's own mode is after a run what it was before. */
#include "../../src/base/cpu.h"
#include "../../src/base/flush.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <math.h>
#include <nervo.h>

enum { FLUSH_N = 1 << 17 };

typedef struct flush_net {
    nrv_store *s;
    nrv_graph *g;
    nrv_plan *plan;
    float *x, *y, *z;
} flush_net;

/* y: a product that is subnormal; z: what a subnormal number gives when it is made large again */
static flush_net flush_open(const char *cpu)
{
    flush_net n = { .s = nrv_store_new(NULL) };
    n.g = nrv_graph_new(n.s, 0);
    nrv_tensor x = nrv_input(n.g, "x", NRV_F32, NRV_SHAPE(FLUSH_N));
    nrv_output(n.g, "y", NRV_EXPR("x: x * 0.0009765625", x));
    nrv_output(n.g, "z", NRV_EXPR("x: sinc(x * 0.0009765625 * 1e38 * 1e4)", x)); /* sinc: by the reference */
    n.plan = nrv_compile(n.g, &(nrv_compile_opt){ .cpu = cpu });
    n.x = malloc(FLUSH_N * sizeof(float));
    n.y = malloc(FLUSH_N * sizeof(float));
    n.z = malloc(FLUSH_N * sizeof(float));
    assert_non_null(n.x);
    for (int i = 0; i < FLUSH_N; i++)
        n.x[i] = 0x1p-126f * (1 + (float)i / (float)FLUSH_N);
    return n;
}

static void flush_close(flush_net *n)
{
    nrv_plan_free(n->plan);
    nrv_graph_free(n->g);
    nrv_store_free(n->s);
    free(n->x);
    free(n->y);
    free(n->z);
}

static void flush_run(flush_net *n, nrv_pool *pool, bool flush)
{
    nrv_exec *e = nrv_exec_new(n->plan, n->s, &(nrv_exec_opt){ .pool = pool, .flush = flush });
    memset(n->y, 0xff, FLUSH_N * sizeof(float));
    memset(n->z, 0xff, FLUSH_N * sizeof(float));
    assert_int_equal(nrv_bind_in(e, "x", n->x, FLUSH_N * sizeof(float)), NRV_OK);
    assert_int_equal(nrv_bind_out(e, "y", n->y, FLUSH_N * sizeof(float)), NRV_OK);
    assert_int_equal(nrv_bind_out(e, "z", n->z, FLUSH_N * sizeof(float)), NRV_OK);
    assert_int_equal(nrv_run(e), NRV_OK);
    nrv_exec_free(e);
}

/* by integers: arithmetic would flush here, too */
static void flush_look(const flush_net *n, bool flush)
{
    for (int i = 0; i < FLUSH_N; i++) {
        uint32_t x, y, z;
        memcpy(&x, &n->x[i], sizeof x);
        memcpy(&y, &n->y[i], sizeof y);
        memcpy(&z, &n->z[i], sizeof z);
        uint32_t whole = (x & 0x7fffff) | 0x800000, half = whole & 1023, exact = whole >> 10;
        exact += half > 512 || (half == 512 && (exact & 1)); /* 13 bits are left of 24, ties to even */
        if (y != (flush ? 0 : exact))
            fail_msg("element %d: bits %x, wanted %x", i, (unsigned)y, (unsigned)(flush ? 0 : exact));
        if (flush ? z != 0x3f800000 : z == 0x3f800000)
            fail_msg("element %d of the second: bits %x", i, (unsigned)z);
    }
}

/* does this thread flush? */
static bool flush_here(void)
{
    volatile float small = 0x1p-126f, half = 0.5f, y = small * half;
    uint32_t bits;
    float plain = y;
    memcpy(&bits, &plain, sizeof bits);
    return bits == 0;
}

static void flush_try(flush_net *n, bool caller)
{
    uint64_t before = nrv__flush_begin(caller);
    for (int threads = 1; threads <= 3; threads++) {
        nrv_pool *pool = nrv_pool_new(threads); /* workers begin in the mode of this thread */
        for (int flush = 1; flush >= 0; flush--) {
            flush_run(n, pool, flush);
            flush_look(n, flush);
            assert_int_equal(flush_here(), caller);
        }
        nrv_pool_free(pool);
    }
    nrv__flush_end(before, caller);
}

static void all_threads_alike(void **state)
{
    (void)state;
    for (int t = NRV__REF; t < NRV__TIERS; t++) {
        if (!nrv__cpu_has((nrv__tier)t))
            continue;
        flush_net n = flush_open(nrv__tier_name((nrv__tier)t));
        flush_try(&n, false);
        flush_try(&n, true);
        flush_close(&n);
    }
    assert_false(flush_here());
}

static void other_bits_stay(void **state)
{
    (void)state;
    uint64_t a = nrv__flush_begin(true), b = nrv__flush_begin(false), c = nrv__flush_begin(false);
    assert_true((a ^ b) != 0);
    assert_int_equal(a, c);
    nrv__flush_end(b, false);
    assert_true(flush_here());
    nrv__flush_end(a, true);
    assert_false(flush_here());
}

int main(void)
{
    if (!nrv__flush_possible())
        return 77;
    const struct CMUnitTest tests[] = { cmocka_unit_test(all_threads_alike), cmocka_unit_test(other_bits_stay) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
