/* test_rrelu.c - rrelu with a name draws a slope for each element: between its bounds, not the same for all, and what
   the gradient sees is the slope that was drawn. Without a name it is the mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <nervo.h>

enum { RRELU_N = 1000 };

static void draws_between(void **state)
{
    (void)state;
    static double x[RRELU_N], y[RRELU_N], dx[RRELU_N];
    for (int i = 0; i < RRELU_N; i++)
        x[i] = i % 4 == 3 ? 0.5 * i : -1 - i;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_tensor in = nrv_input(g, "x", NRV_F64, NRV_SHAPE(RRELU_N)), out = nrv_rrelu(in, "r", 0.25, 0.75), slope = NULL;
    nrv_grad(nrv_sum_all(out), NULL, 1, &in, &slope);
    nrv_feed(in, x, sizeof x);
    assert_int_equal(nrv_eval(out, y, sizeof y), NRV_OK);
    assert_int_equal(nrv_eval(slope, dx, sizeof dx), NRV_OK);
    double sum = 0, least = 1, most = 0;
    int n = 0;
    for (int i = 0; i < RRELU_N; i++) {
        assert_true(y[i] - x[i] * dx[i] < 1e-9 && x[i] * dx[i] - y[i] < 1e-9);
        assert_true(x[i] > 0 ? dx[i] == 1 : dx[i] >= 0.25 && dx[i] <= 0.75);
        if (x[i] > 0)
            continue;
        sum += dx[i];
        n++;
        least = dx[i] < least ? dx[i] : least;
        most = dx[i] > most ? dx[i] : most;
    }
    assert_true(least < 0.27 && most > 0.73 && sum / n > 0.47 && sum / n < 0.53);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void mean_without_name(void **state)
{
    (void)state;
    const double x[] = { -8, -1, 0, 2 };
    double y[4];
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_tensor in = nrv_input(g, "x", NRV_F64, NRV_SHAPE(4));
    nrv_feed(in, x, sizeof x);
    assert_int_equal(nrv_eval(nrv_rrelu(in, NULL, 0.25, 0.75), y, sizeof y), NRV_OK);
    assert_true(y[0] == -4 && y[1] == -0.5 && y[2] == 0 && y[3] == 2);
    nrv_graph_free(g);
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(draws_between), cmocka_unit_test(mean_without_name) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
