/* test_dims.c - lengths with names: equal polynomials are one handle, what cannot be proved is a check, and arithmetic
   on a handle is caught. The examples are those that four model families were checked with by hand. */
#include "graph_test.h"
#include "../../src/ops/conv/windows.h"
#include <stdint.h>

static nrv_tensor image(nrv_graph *g, const char *name, nrv_dim h, nrv_dim w)
{
    return nrv_input(g, name, NRV_F32, NRV_SHAPE(2, 3, h, w));
}

static nrv_tensor arm(nrv_tensor x, int kernel, int stride, int pad, const char *name)
{
    nrv__window_attr a = { 2, { kernel, kernel }, { stride, stride }, { pad, pad }, { 1, 1 }, 1 };
    return nrv__conv(x, nrv_param(x->g, name, NRV_F32, NRV_SHAPE(4, 3, kernel, kernel), NRV_ZEROS), &a);
}

static void strided_arms_of_a_residual_are_one_length(void **state)
{
    nrv_graph *g = *state;
    nrv_dim H = nrv_size(g, "H", 8, 512), W = nrv_size(g, "W", 8, 512);
    nrv_tensor x = image(g, "x", H, W), a = arm(x, 3, 2, 1, "a"), b = arm(x, 1, 2, 0, "b");
    graph_is_well(g);
    assert_true(nrv_dim_of(a, 2) == nrv_dim_of(b, 2) && nrv_dim_of(a, 3) == nrv_dim_of(b, 3));
    dim_reads(g, nrv_dim_of(a, 2), nrv__dim_text(g, nrv_dim_of(b, 2), (char[24]){ 0 }));
    assert_non_null(nrv_add(a, b));
    assert_int_equal(g->n_check, 0);
    nrv_tensor same = arm(x, 3, 1, 1, "same");
    assert_true(nrv_dim_of(same, 2) == H && nrv_dim_of(same, 3) == W);
}

static void halved_and_doubled_is_a_check(void **state)
{
    nrv_graph *g = *state;
    nrv_dim H = nrv_size(g, "H", 8, 512), half = nrv_dim_calc(g, H, '/', 2), twice = nrv_dim_calc(g, half, '*', 2);
    nrv_tensor down = nrv_input(g, "down", NRV_F32, NRV_SHAPE(twice)), x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(H));
    assert_true(twice != H);
    assert_non_null(nrv_add(x, down));
    assert_int_equal(g->n_check, 1);
    assert_false(g->check[0].at_most);
    assert_string_equal(g->check[0].op, "add");
    assert_non_null(nrv_mul(down, x)); /* the same check, the other way round */
    assert_int_equal(g->n_check, 1);
}

static void algebra_has_a_normal_form(void **state)
{
    nrv_graph *g = *state;
    nrv_dim B = nrv_size(g, "B", 1, 64), T = nrv_size(g, "T", 1, 128), N = nrv_size(g, "N", 0, 9),
            M = nrv_size(g, "M", 0, 9);
    nrv_dim a = nrv_dim_calc(g, nrv_dim_calc(g, T, '+', 1), '*', nrv_dim_calc(g, T, '-', 1));
    nrv_dim b = nrv_dim_calc(g, nrv_dim_calc(g, T, '*', T), '-', 1);
    assert_true(a == b);
    assert_true(nrv_dim_calc(g, B, '*', T) == nrv_dim_calc(g, T, '*', B));
    assert_true(nrv_dim_calc(g, N, '+', M) == nrv_dim_calc(g, M, '+', N));
    assert_true(nrv_dim_calc(g, nrv_dim_calc(g, T, '+', B), '-', B) == T);
    assert_int_equal(nrv_dim_calc(g, T, '-', T), 0);
    assert_int_equal(nrv_dim_calc(g, nrv_dim_calc(g, T, '+', 5), '-', T), 5);
    assert_int_equal(nrv_dim_calc(g, T, '*', 0), 0);
    assert_true(nrv_dim_calc(g, T, '*', 1) == T && nrv_dim_calc(g, T, '+', 0) == T && nrv_dim_calc(g, T, '/', 1) == T);
    assert_int_equal(nrv_dim_calc(g, 17, '/', 5), 3);
    dim_reads(g, nrv_dim_calc(g, nrv_dim_calc(g, T, '*', 2), '+', 1), "2*T + 1");
    dim_reads(g, nrv_dim_calc(g, nrv_dim_calc(g, B, '*', T), '-', 3), "B*T - 3");
    assert_true(nrv_size(g, "T", 1, 128) == T);
    graph_is_well(g);
    assert_int_equal(g->n_check, 0);
}

static int64_t value_at(nrv_graph *g, nrv_dim d, int n, const int64_t *sizes)
{
    int64_t atoms[64], polys[256], named[16];
    size_t bad = 0;
    assert_true(g->dims.n_atom <= 64 && g->dims.n_poly <= 256 && (int)g->dims.n_size == n);
    memcpy(named, sizes, (size_t)n * sizeof *named);
    assert_true(nrv__dims_eval(&g->dims, named, atoms, polys, &bad));
    return nrv__dim_at(d, polys);
}

static void floors_nest(void **state)
{
    nrv_graph *g = *state;
    nrv_dim H = nrv_size(g, "H", 0, 4096), d = H;
    for (int i = 0; i < 4; i++) /* (H + 1) / 2, four times */
        d = nrv_dim_calc(g, nrv_dim_calc(g, d, '+', 1), '/', 2);
    graph_is_well(g);
    for (int64_t h = 0; h < 300; h++) {
        int64_t want = h;
        for (int i = 0; i < 4; i++)
            want = (want + 1) / 2;
        assert_int_equal(value_at(g, d, 1, &h), want);
    }
    nrv_dim even = nrv_dim_calc(g, nrv_dim_calc(g, H, '*', 6), '/', 2); /* a factor that divides leaves no floor */
    assert_true(even == nrv_dim_calc(g, H, '*', 3));
    nrv_dim shift = nrv_dim_calc(g, nrv_dim_calc(g, H, '+', 4), '/', 2); /* and so does a constant that divides */
    assert_true(shift == nrv_dim_calc(g, nrv_dim_calc(g, H, '/', 2), '+', 2));
}

static void floors_round_down_below_zero(void **state)
{
    nrv_graph *g = *state;
    nrv_dim H = nrv_size(g, "H", 0, 100),
            d = nrv_dim_calc(g, nrv_dim_calc(g, nrv_dim_calc(g, H, '-', 3), '/', 2), '+', 7);
    for (int64_t h = 0; h < 10; h++)
        assert_int_equal(value_at(g, d, 1, &h), (h - 3 + 10) / 2 - 5 + 7);
}

static void one_more_is_sliced_both_ways(void **state)
{
    nrv_graph *g = *state;
    nrv_dim B = nrv_size(g, "B", 1, 64), T = nrv_size(g, "T", 1, 128), T1 = nrv_dim_calc(g, T, '+', 1);
    nrv_tensor x = nrv_input(g, "x", NRV_I32, NRV_SHAPE(B, T1));
    nrv_tensor now = nrv_slice(x, 1, 0, T), next = nrv_slice(x, 1, 1, T);
    graph_is_well(g);
    assert_true(nrv_dim_of(now, 1) == T && nrv_dim_of(next, 1) == T);
    assert_int_equal(g->n_check, 0);
    assert_true(nrv_dim_of(nrv_slice(x, 1, 1, NRV_SAME), 1) == T);
    assert_null(nrv_slice(x, 1, 2, T)); /* 2 + T > T + 1, whatever T is */
    graph_fails(g, NRV_ESHAPE, "passes the end");
}

static void caches_leave_a_check(void **state)
{
    nrv_graph *g = *state;
    nrv_dim L = nrv_size(g, "L", 0, 512), T = nrv_size(g, "T", 1, 512);
    nrv_tensor cache = nrv_local(g, "cache", NRV_F32, NRV_SHAPE(512, 8), 0);
    assert_non_null(nrv_slice(cache, 0, 0, L)); /* L <= 512 by its bounds */
    assert_int_equal(g->n_check, 0);
    assert_non_null(nrv_slice(cache, 0, L, T)); /* L + T <= 512 is for nrv_prepare */
    assert_int_equal(g->n_check, 1);
    assert_true(g->check[0].at_most);
    nrv_dim past = nrv_size(g, "P", 513, 600);
    assert_null(nrv_slice(cache, 0, 0, past));
    graph_fails(g, NRV_ESHAPE, "passes the end");
}

static void reshape_divides_exactly(void **state)
{
    nrv_graph *g = *state;
    nrv_dim B = nrv_size(g, "B", 1, 64), T = nrv_size(g, "T", 1, 128), BT = nrv_dim_calc(g, B, '*', T);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(B, T, 12));
    nrv_tensor flat = nrv_reshape(x, NRV_SHAPE(NRV_SAME, 12));
    assert_true(nrv_dim_of(flat, 0) == BT);
    assert_true(nrv_dim_of(nrv_reshape(flat, NRV_SHAPE(B, NRV_SAME, 3, 4)), 1) == T);
    assert_int_equal(nrv_dim_of(nrv_reshape(x, NRV_SHAPE(BT, NRV_SAME)), 1), 12);
    assert_int_equal(nrv_dim_of(nrv_reshape(x, NRV_SHAPE(B, T, 4, NRV_SAME)), 3), 3);
    assert_int_equal(g->n_check, 0);
    assert_null(nrv_reshape(x, NRV_SHAPE(B, 5, NRV_SAME)));
    graph_fails(g, NRV_ESHAPE, "cannot be divided");
}

static void concat_adds(void **state)
{
    nrv_graph *g = *state;
    nrv_dim N = nrv_size(g, "N", 0, 64), M = nrv_size(g, "M", 0, 64);
    nrv_tensor x[] = { nrv_input(g, "x", NRV_F32, NRV_SHAPE(N, 3)), nrv_input(g, "y", NRV_F32, NRV_SHAPE(M, 3)) };
    nrv_tensor y = nrv_concat(2, x, 0);
    graph_is_well(g);
    assert_true(nrv_dim_of(y, 0) == nrv_dim_calc(g, N, '+', M));
    nrv_tensor dx[2];
    nrv_grad(nrv_sum_all(y), NULL, 2, x, dx);
    graph_is_well(g);
    assert_true(nrv_dim_of(dx[0], 0) == N && nrv_dim_of(dx[1], 0) == M);
    assert_int_equal(g->n_check, 0);
}

static void only_the_literal_one_stretches(void **state)
{
    nrv_graph *g = *state;
    nrv_dim B = nrv_size(g, "B", 1, 1);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(B)), y = nrv_input(g, "y", NRV_F32, NRV_SHAPE(5));
    assert_non_null(nrv_add(x, y)); /* a check B = 5, which will fail: B never stretches */
    assert_int_equal(g->n_check, 1);
    assert_int_equal(nrv_dim_of(nrv_add(x, y), 0), 5);
    nrv_tensor one = nrv_input(g, "one", NRV_F32, NRV_SHAPE(1));
    assert_true(nrv_dim_of(nrv_add(one, x), 0) == B);
}

static void a_size_is_a_value(void **state)
{
    nrv_graph *g = *state;
    nrv_dim B = nrv_size(g, "B", 1, 64);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(B, 2)), n = nrv_dim_value(g, nrv_dim_calc(g, B, '*', B));
    nrv_feed(x, (float[6]){ 0 }, 24);
    int64_t got = 0;
    assert_int_equal(nrv_eval(n, &got, sizeof got), NRV_OK);
    assert_int_equal(got, 9);
}

static bool taken(nrv_graph *g, nrv_dim d)
{
    bool ok = nrv_input(g, "x", NRV_F32, NRV_SHAPE(d)) != NULL;
    if (!ok) {
        assert_int_equal(g->why.status, NRV_ESHAPE);
        assert_non_null(strstr(nrv_graph_why(g), "nrv_dim_calc"));
    }
    g->why = (nrv__why){ NRV_OK, "" };
    return ok;
}

static void arithmetic_on_a_handle_is_caught(void **state)
{
    nrv_graph *g = *state, *other = nrv_graph_new(g->store, 0);
    nrv_dim T = nrv_size(g, "T", 1, 128), U = nrv_size(g, "U", 1, 128), foreign = nrv_size(other, "T", 1, 128);
    int caught = 0, tried = 0;
    for (int64_t k = 1; k <= 100; k++) {
        nrv_dim wrong[] = { T + k,       T - k, (nrv_dim)((uint64_t)T * (uint64_t)(2 + (k & 7))),
                            T / (k + 1), U + k, T - U - k };
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
            if (wrong[i] < 0) { /* what turns positive is a length like any other: too large for memory, not for us */
                caught += !taken(g, wrong[i]);
                tried++;
            }
    }
    assert_true(tried > 300);
    assert_int_equal(caught, tried);
    assert_false(taken(g, foreign));
    assert_false(taken(g, -1));
    assert_false(taken(g, INT64_MIN));
    assert_true(taken(g, T));
    nrv_graph_free(other);
}

static void a_handle_dies_with_its_graph(void **state)
{
    nrv_graph *g = *state;
    nrv_dim T = nrv_size(g, "T", 1, 128);
    nrv_graph_reset(g);
    assert_false(taken(g, T)); /* no size is declared any more */
    assert_int_equal(nrv_dim_calc(g, T, '+', 1), -1);
    graph_fails(g, NRV_ESHAPE, "neither a length");
}

static void overflow_is_refused(void **state)
{
    nrv_graph *g = *state;
    nrv_dim T = nrv_size(g, "T", 1, INT64_MAX), big = nrv_dim_calc(g, T, '*', INT64_MAX);
    graph_is_well(g);
    assert_int_equal(nrv_dim_calc(g, big, '+', big), -1);
    graph_fails(g, NRV_ESHAPE, "overflows");
    assert_int_equal(nrv_dim_calc(g, INT64_MAX, '+', 1), -1);
    graph_fails(g, NRV_ESHAPE, "overflows");
    assert_int_equal(nrv_dim_calc(g, INT64_C(1) << 32, '*', INT64_C(1) << 32), -1);
    graph_fails(g, NRV_ESHAPE, "overflows");
    nrv_dim p = nrv_size(g, "T", 1, 9);
    for (int i = 0; i < 40 && p != -1; i++) /* T, T*T, T*T*T, ... */
        p = nrv_dim_calc(g, p, '*', nrv_size(g, "T", 1, 9));
    assert_int_equal(p, -1);
    graph_fails(g, NRV_ESHAPE, "too many terms");
}

static void nonsense_is_refused(void **state)
{
    nrv_graph *g = *state;
    assert_int_equal(nrv_dim_calc(g, 3, '-', 5), -1);
    graph_fails(g, NRV_ESHAPE, "a length of -2");
    assert_int_equal(nrv_dim_calc(g, 3, '/', 0), -1);
    assert_non_null(nrv_graph_why(g));
    nrv_graph_reset(g);
    assert_int_equal(nrv_dim_calc(g, 3, '%', 2), -1);
    graph_fails(g, NRV_EARG, "'%'");
    nrv_dim H = nrv_size(g, "H", 1, 99);
    for (int i = 0; i < 40 && H != -1; i++) /* each holds the last twice */
        H = nrv_dim_calc(g, nrv_dim_calc(g, H, '*', 3), '/', 2);
    assert_int_equal(H, -1);
    graph_fails(g, NRV_ESHAPE, "characters to write");
    nrv_dim T = nrv_size(g, "T", 1, 9);
    assert_int_equal(nrv_dim_calc(g, 8, '/', T), -1); /* only a constant divides */
    assert_non_null(nrv_graph_why(g));
    nrv_graph_reset(g);
    assert_int_equal(nrv_size(g, "", 1, 9), -1);
    graph_fails(g, NRV_EARG, "size ''");
    assert_int_equal(nrv_size(g, "T", 9, 1), -1);
    graph_fails(g, NRV_EARG, "from 9 to 1");
    assert_int_equal(nrv_size(g, "T", -1, 1), -1);
    graph_fails(g, NRV_EARG, "from -1 to 1");
    nrv_size(g, "T", 1, 9);
    assert_int_equal(nrv_size(g, "T", 1, 8), -1);
    graph_fails(g, NRV_ENAME, "other bounds");
}

static void checks_are_there_for_prepare(void **state)
{
    nrv_graph *g = *state;
    nrv_dim T = nrv_size(g, "T", 1, 9), U = nrv_size(g, "U", 1, 9);
    nrv_push(g, "decoder");
    nrv_tensor a = nrv_input(g, "a", NRV_F32, NRV_SHAPE(4, T)), b = nrv_input(g, "b", NRV_F32, NRV_SHAPE(U, 3));
    assert_non_null(nrv_matmul(a, b));
    assert_int_equal(g->n_check, 1);
    assert_string_equal(g->check[0].op, "matmul");
    assert_string_equal(g->check[0].scope, "decoder");
    assert_true((g->check[0].a == T && g->check[0].b == U) || (g->check[0].a == U && g->check[0].b == T));
    nrv_pop(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        graph_test(strided_arms_of_a_residual_are_one_length),
        graph_test(halved_and_doubled_is_a_check),
        graph_test(algebra_has_a_normal_form),
        graph_test(floors_nest),
        graph_test(floors_round_down_below_zero),
        graph_test(one_more_is_sliced_both_ways),
        graph_test(caches_leave_a_check),
        graph_test(reshape_divides_exactly),
        graph_test(concat_adds),
        graph_test(only_the_literal_one_stretches),
        graph_test(a_size_is_a_value),
        graph_test(arithmetic_on_a_handle_is_caught),
        graph_test(a_handle_dies_with_its_graph),
        graph_test(overflow_is_refused),
        graph_test(nonsense_is_refused),
        graph_test(checks_are_there_for_prepare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
