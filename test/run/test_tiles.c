/* Tile programs over operands that do not lie as the result does: pieces of rows, a number for each run, a row for all
   rows, steps of two. Runs are shorter and longer than tiles, and are not divided by them. Sums of whole numbers, so
   that nothing is rounded: every element is exact, with one thread and with two. */
#include "nervo.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { IMAGES = 12, TILES_MOST = IMAGES * 5 * 2100 * 3 }; /* so many that two threads share the longest */
static float tiles_x[TILES_MOST], tiles_rows[32], tiles_line[2100 * 3], tiles_pair[2100 * 2];

static void fill(float *to, int n, int step)
{
    for (int i = 0; i < n; i++)
        to[i] = (float)(i * step % 1021);
}

/* x (12,5,3n): what lies n in on the last axis, times a number of each of 5, plus a row of n, plus every other of 2n,
   plus a number of each of 12 */
static void run(int n, int threads, const char *without)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(IMAGES, 5, 3 * n)),
               c = nrv_input(g, "c", NRV_F32, NRV_SHAPE(5, 1));
    nrv_tensor line = nrv_input(g, "line", NRV_F32, NRV_SHAPE(n)),
               b = nrv_input(g, "b", NRV_F32, NRV_SHAPE(IMAGES, 1, 1));
    nrv_tensor pair = nrv_input(g, "pair", NRV_F32, NRV_SHAPE(n, 2));
    nrv_tensor odd = nrv_squeeze(nrv_slice(pair, 1, 1, 1), 1), middle = nrv_slice(x, 2, n, n);
    nrv_tensor y = nrv_add(nrv_mul(middle, c), line);
    nrv_output(g, "y", nrv_add(nrv_add(nrv_abs(y), odd), b));
    nrv_output(g, "z", NRV_EXPR("x, b, c: (x - b) * c + b", middle, b, c));
    nrv_plan *p = nrv_compile(g, &(nrv_compile_opt){ .without = without });
    nrv_pool *pool = nrv_pool_new(threads);
    nrv_exec *e = nrv_exec_new(p, s, &(nrv_exec_opt){ .pool = pool });
    nrv_bind_in(e, "x", tiles_x, sizeof(float) * IMAGES * 15 * (size_t)n);
    nrv_bind_in(e, "c", tiles_rows, 5 * sizeof(float));
    nrv_bind_in(e, "b", tiles_rows + 9, IMAGES * sizeof(float));
    nrv_bind_in(e, "line", tiles_line, sizeof(float) * (size_t)n);
    nrv_bind_in(e, "pair", tiles_pair, sizeof(float) * 2 * (size_t)n);
    assert_int_equal(nrv_run(e), NRV_OK);
    size_t bytes;
    const float *have = nrv_value(e, "y", &bytes), *scaled = nrv_value(e, "z", NULL);
    assert_int_equal(bytes, sizeof(float) * IMAGES * 5 * (size_t)n);
    for (int i = 0; i < IMAGES * 5 * n; i++) {
        int row = i / n, k = i % n;
        assert_true(have[i] == tiles_x[row * 3 * n + n + k] * tiles_rows[row % 5] + tiles_line[k] +
                                   tiles_pair[2 * k + 1] + tiles_rows[9 + row / 5]);
        const float mean = tiles_rows[9 + row / 5];
        assert_true(scaled[i] == (tiles_x[row * 3 * n + n + k] - mean) * tiles_rows[row % 5] + mean);
    }
    nrv_exec_free(e);
    nrv_pool_free(pool);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void operands_lie_as_they_please(void **state)
{
    (void)state;
    static const int lengths[] = { 1, 3, 8, 63, 64, 100, 127, 128, 130, 256, 300, 511, 512, 700, 1024, 1025, 2100 };
    fill(tiles_x, TILES_MOST, 7);
    fill(tiles_rows, 32, 3);
    fill(tiles_line, 2100 * 3, 5);
    fill(tiles_pair, 2100 * 2, 11);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (int threads = 1; threads <= 2; threads++) {
            run(lengths[i], threads, NULL);
            run(lengths[i], threads, "fuse");
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(operands_lie_as_they_please) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
