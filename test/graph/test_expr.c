/* test_expr.c - formulas as text: the same nodes as the calls, precedence as in C, and errors that quote where. */
#include "graph_test.h"
#include <math.h>

static void formulas_make_the_nodes_of_calls(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(3)), y = nrv_input(g, "y", NRV_F32, NRV_SHAPE(3));
    nrv_tensor two = nrv_fill(g, NRV_F32, NRV_SCALAR, 2);
    assert_ptr_equal(NRV_EXPR("x, y: 2*x + exp(-y)", x, y), nrv_add(nrv_mul(two, x), nrv_exp(nrv_neg(y))));
    assert_ptr_equal(NRV_EXPR("a, b: max(a, b)", x, y), nrv_max(x, y));
    assert_ptr_equal(NRV_EXPR("a: a", x), x);
    assert_ptr_equal(NRV_EXPR("a,b:a>b?a:b", x, y), nrv_select(nrv_greater(x, y), x, y));
    assert_ptr_equal(NRV_EXPR("x: (((x)))", x), x);
    assert_ptr_equal(NRV_EXPR("x: --x", x), x);
    graph_is_well(g);
}

static void formulas_compute(void **state)
{
    static const struct {
        const char *text;
        double want;
    } row[] = {
        { "x, y: x - y - 1", 3 - 0.5 - 1 },
        { "x, y: x - (y - 1)", 3 - (0.5 - 1) },
        { "x, y: x / y / 2", 3 / 0.5 / 2 },
        { "x, y: 1 + x * y", 1 + 3 * 0.5 },
        { "x, y: -x * -y", 1.5 },
        { "x, y: 2 * (1 + 3) * x", 24 },
        { "x, y: 1e1 * x + .5", 30.5 },
        { "x, y: x < y ? 1 : x == 3 ? 2 : 3", 2 },
        { "x, y: x >= 3 ? y <= 0.5 ? 7 : 8 : 9", 7 },
        { "x, y: x != 3 ? 1 : 0", 0 },
        { "x, y: 1 / 4 + 0 * x", 0.25 },
        { "x, y: pow(x, 2) - square(x)", 0 },
        { "x, y: min(x, 2) + max(y, 2) + abs(-x)", 7 },
        { "x, y: x + 1 > y * 2 ? sqrt(x * 3) : 0", 3 },
        { "x, y: select(x > 1, x, y)", 3 },
        { "x, y: 5", 5 },
        { "x, y: relu6(4 * x) + 1 / rsqrt(x + 1)", 8 }, /* ops made of others, with what they take when nobody says */
        { "x, y: softshrink(x) - hardtanh(x)", 1.5 },
        { "x, y: isfinite(x) ? elu(x) : 0", 3 },
    };
    nrv_graph *g = *state;
    nrv_tensor x[] = { nrv_input(g, "x", NRV_F64, NRV_SCALAR), nrv_input(g, "y", NRV_F64, NRV_SCALAR) };
    nrv_feed(x[0], (double[]){ 3 }, 8);
    nrv_feed(x[1], (double[]){ 0.5 }, 8);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        double got = NAN;
        nrv_tensor y = nrv_expr(row[i].text, 2, x);
        if (!y || nrv_eval(y, &got, 8) != NRV_OK || fabs(got - row[i].want) > 1e-15)
            fail_msg("\"%s\" is %.17g, it should be %.17g (%s)", row[i].text, got, row[i].want, nrv_graph_why(g));
    }
}

static void errors_quote_where(void **state)
{
    static const char *const row[][2] = {
        { "x: x +", "a value is missing" },
        { "x: x y", "something is left" },
        { "x: (x", "')' is missing" },
        { "x: foo(x)", "no such element-wise op" },
        { "x: glu(x)", "no such element-wise op" },
        { "x: mish(x, x)", "the wrong number of arguments" },
        { "x: z", "unknown name" },
        { "x, y: x", "differ in number" },
        { ": 3", "differ in number" },
        { "x", "differ in number" },
        { "", "differ in number" },
        { "x: x ? x", "':' is missing" },
        { "x: max(x)", "wrong number" },
        { "x: exp(x, x)", "wrong number" },
        { "x: softmax(x)", "no such element-wise op" },
        { "x: exp()", "a value is missing" },
        { "x: x * / x", "a value is missing" },
        { "x: 3 $ x", "something is left" },
        { "x: max(x, x, x, x, x)", "too many arguments" },
    };
    nrv_graph *g = *state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(2));
        if (NRV_EXPR(row[i][0], x))
            fail_msg("\"%s\" was taken", row[i][0]);
        graph_fails(g, NRV_EARG, row[i][1]);
    }
    assert_null(nrv_expr("x: x", 0, NULL));
    assert_null(nrv_expr("x: x", 1, (nrv_tensor[]){ NULL }));
}

static void deep_nesting_is_refused(void **state)
{
    nrv_graph *g = *state;
    enum { DEEP = 200000 };
    static char text[2 * DEEP + 8];
    static const char *const part[] = { "(", "exp(", "x?x:", "-", "max(x,", "x*(" };
    for (size_t k = 0; k < sizeof part / sizeof *part; k++) {
        nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(2));
        size_t n = strlen(part[k]), at = 2;
        memcpy(text, "x:", 3);
        for (; at + n + 2 < sizeof text; at += n)
            memcpy(text + at, part[k], n + 1);
        memcpy(text + at, "x", 2);
        nrv_tensor y = NRV_EXPR(text, x);
        assert_true(y != NULL || nrv_graph_why(g) != NULL);
        if (*part[k] != '-')
            graph_fails(g, NRV_EARG, "nested too deeply");
        nrv_graph_reset(g);
    }
}

static void graphs_do_not_mix(void **state)
{
    nrv_graph *g = *state, *other = nrv_graph_new(g->store, 0);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(2)), y = nrv_input(other, "y", NRV_F32, NRV_SHAPE(2));
    assert_null(NRV_EXPR("x, y: x - x * y", x, y));
    graph_fails(g, NRV_EARG, "different graphs");
    nrv_graph_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        graph_test(formulas_make_the_nodes_of_calls), graph_test(formulas_compute),  graph_test(errors_quote_where),
        graph_test(deep_nesting_is_refused),          graph_test(graphs_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
