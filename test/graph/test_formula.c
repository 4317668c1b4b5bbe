/* test_formula.c - graphs as text: what the text is, that it reads back as the same function - value and gradient, on
   random graphs - and what is refused. */
#include "../../src/base/philox.h"
#include "graph_test.h"
#include "support/cases.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(nrv_tensor y, const nrv_formula_opt *o)
{
    static char text[1 << 17];
    if (!nrv_formula(y, o, text, sizeof text))
        fail_msg("no formula: %s", y && nrv_graph_why(y->g) ? nrv_graph_why(y->g) : "no error");
    return text;
}

static void formulas_are_simplified(void **state)
{
    static const char *const row[][2] = {
        { "x + x", "x, y: 2*x" },
        { "x - x", "x, y: 0" },
        { "0 * x + 1 * y", "x, y: y" },
        { "2 * (3 * x)", "x, y: 6*x" },
        { "x * x * x", "x, y: x^3" },
        { "x / x", "x, y: 1" },
        { "x * y / x", "x, y: y" },
        { "-(x - y)", "x, y: y - x" },
        { "x - (x + 1)", "x, y: -1" },
        { "(x + 1) * (x - 1) + 1", "x, y: x^2" },
        { "y * (1 - x) - x * (1 - y)", "x, y: y - x" },
        { "(1 - x) / (1 - y) - x / y", "x, y: (y - x)/(y*(1 - y))" },
        { "exp(x) * y + exp(x) * x", "x, y: exp(x)*(x + y)" },
        { "sqrt(x) * sqrt(x)", "x, y: x" },
        { "sqrt(square(x))", "x, y: sqrt(x^2)" },
        { "sqrt(x * y) * sqrt(x * y)", "x, y: x*y" },
        { "pow(x, 3) / pow(x, 1.5)", "x, y: x^1.5" },
        { "1 / (2 * x) + 1 / (2 * x)", "x, y: 1/x" },
        { "square(2 * x + 2)", "x, y: 4*(x + 1)^2" },
        { "x < y ? x : x", "x, y: x" },
        { "2 < 1 ? x : y", "x, y: y" },
        { "(x < y ? y < 2 : 3 < x) ? x : y", "x, y: (x < y ? y < 2 : 3 < x) ? x : y" },
        { "x < y ? 2 * x : y", "x, y: x < y ? 2*x : y" },
        { "max(x, y) - max(x, y) * 2", "x, y: -max(x, y)" },
        { "(y - x) * exp(-x)", "x, y: exp(-x)*(y - x)" },
        { "reciprocal(x) * neg(y)", "x, y: -y/x" },
        { "3 - x - 2", "x, y: 1 - x" },
        { "x / (y * y) / (x + y)", "x, y: x/(y^2*(x + y))" },
        { "2^3^2 * x + 0 * y", "x, y: 512*x" },
        { "-x^2", "x, y: -x^2" },
    };
    nrv_graph *g = *state;
    nrv_tensor x[] = { nrv_input(g, "a", NRV_F64, NRV_SCALAR), nrv_input(g, "b", NRV_F64, NRV_SCALAR) };
    const nrv_formula_opt o = { .n = 2, .x = x, .name = (const char *const[]){ "x", "y" } };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char text[100];
        snprintf(text, sizeof text, "x, y: %s", row[i][0]);
        assert_string_equal(text_of(nrv_expr(text, 2, x), &o), row[i][1]);
    }
}

static void leaves_go_by_their_names(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor z = nrv_input(g, "z", NRV_F32, NRV_SCALAR), a = nrv_input(g, "a", NRV_F32, NRV_SCALAR);
    nrv_push(g, "net");
    nrv_tensor w = nrv_param(g, "0.w", NRV_F32, NRV_SCALAR, NRV_ZEROS);
    nrv_pop(g);
    nrv_tensor two = nrv_constant(g, NRV_F32, NRV_SCALAR, &(float){ 2 });
    nrv_tensor y = NRV_EXPR("z, a, w, c: c * z * w + a", z, a, w, two);
    assert_string_equal(text_of(y, NULL), "a, net_0_w, z: a + 2*net_0_w*z");
    nrv_tensor zw = nrv_mul(z, w);
    const nrv_formula_opt o = { .n = 2,
                                .x = (const nrv_tensor[]){ zw, w },
                                .name = (const char *const[]){ "product", "a" },
                                .operations = &(int64_t){ 0 } };
    assert_string_equal(text_of(NRV_EXPR("p, w, a: p / w + a", zw, w, a), &o), "product, a, a_2: product/a + a_2");
    assert_int_equal(*o.operations, 2);
    assert_string_equal(text_of(nrv_mean_all(nrv_square(nrv_sub(z, a))), NULL), "a, z: (a - z)^2");
    assert_string_equal(text_of(two, NULL), "2");
    nrv_tensor whole = nrv_cast(nrv_less(z, a), NRV_F32);
    assert_string_equal(text_of(nrv_mul(whole, z), NULL), "a, z: z*(z < a ? 1 : 0)");
}

static void as_it_is(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = nrv_input(g, "x", NRV_F64, NRV_SCALAR);
    int64_t n = 0;
    const nrv_formula_opt o = { .as_is = 1, .operations = &n };
    assert_string_equal(text_of(NRV_EXPR("x: (x + 0) * 1 - -2", x), &o), "x: ((x + 0) * 1) - (-2)");
    assert_int_equal(n, 3);
    assert_ptr_equal(NRV_EXPR("x: maximum(x, 2)", x), NRV_EXPR("x: max(x, 2)", x)); /* PyTorch's name */
    char small[5];
    assert_int_equal(nrv_formula(x, NULL, small, sizeof small), 4);
    assert_string_equal(small, "x: x");
    assert_int_equal(nrv_formula(nrv_exp(x), NULL, small, sizeof small), 9);
    assert_string_equal(small, "x: e");
    assert_int_equal(nrv_formula(x, NULL, NULL, 0), 4);
}

/* F37: the formula of a derivative grows, and simplifying it helps */
static void derivatives_grow(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = nrv_input(g, "x", NRV_F64, NRV_SCALAR), y = x, d;
    int64_t before = 0, plain = 0, short_ = 0;
    for (int k = 1; k <= 6; k++, before = short_) {
        y = nrv_sigmoid(y);
        nrv_grad(y, NULL, 1, &x, &d);
        text_of(d, &(nrv_formula_opt){ .as_is = 1, .operations = &plain });
        text_of(d, &(nrv_formula_opt){ .operations = &short_ });
        assert_true(short_ > before && plain > short_);
    }
    assert_string_equal(text_of(nrv_sigmoid(nrv_sigmoid(x)), NULL), "x: sigmoid(sigmoid(x))");
}

static void what_is_no_formula_is_refused(void **state)
{
    static const char *const no_name[] = { "2x" };
    static const char *const hint[] = { "goes along axes", "arguments beside", "is none", "deep",
                                        "no name",         "longer",           "deep" };
    for (int k = 0; k < 7; k++) {
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, 0);
        nrv_tensor x = nrv_input(g, "x", NRV_F64, NRV_SCALAR), v = nrv_input(g, "v", NRV_F64, NRV_SHAPE(3));
        nrv_formula_opt o = { 0 };
        nrv_tensor y = k == 0 ? nrv_sum_all(v) : k == 1 ? nrv_leaky_relu(x, 0.1) : x;
        if (k == 2)
            o = (nrv_formula_opt){ .n = 1, .x = &x, .name = no_name };
        for (int i = 0; k == 3 && i < 200; i++)
            y = nrv_sin(y);
        if (k == 4)
            y = nrv_constant(g, NRV_F64, NRV_SHAPE(2), ((double[]){ 1, 2 }));
        for (int i = 0; k == 5 && i < 60; i++)
            y = nrv_add(nrv_sin(y), nrv_cos(y));
        for (int i = 0; k == 6 && i < 100; i++)
            y = nrv_select(nrv_less(x, nrv_fill(g, NRV_F64, NRV_SCALAR, i)), nrv_mul_c(x, i), y);
        char text[4] = "no";
        if (nrv_formula(y, &o, text, sizeof text) || *text)
            fail_msg("\"%s\" was to be said, not \"%s...\"", hint[k], text);
        if (!nrv_graph_why(g) || !strstr(nrv_graph_why(g), hint[k]) || !strstr(nrv_graph_why(g), "formula: "))
            fail_msg("\"%s\" was to be said, not: %s", hint[k], nrv_graph_why(g) ? nrv_graph_why(g) : "nothing");
        assert_int_equal(nrv_formula(x, NULL, text, sizeof text), 0);
        nrv_graph_free(g);
        nrv_store_free(s);
    }
    (void)state;
    assert_int_equal(nrv_formula(NULL, NULL, NULL, 0), 0);
}

/* a long graph is walked, not climbed */
static void long_graphs_are_read(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = nrv_input(g, "x", NRV_F64, NRV_SCALAR), y = x;
    for (int i = 0; i < 100000; i++)
        y = nrv_add(y, x);
    assert_string_equal(text_of(y, NULL), "x: 100001*x");
}

/* ---- random graphs ---- */
static uint32_t formula_draw(uint64_t seed, uint32_t *at, uint32_t n)
{
    uint32_t out[4];
    nrv__philox((const uint32_t[]){ (*at)++, 1, 2, 3 }, (const uint32_t[]){ (uint32_t)seed, 5 }, out);
    return out[0] % n;
}

static nrv_tensor formula_step(uint64_t seed, uint32_t *at, int n, const nrv_tensor *pool)
{
    static const char *const form[] = {
        "a, b: a + b",
        "a, b: a - b",
        "a, b: a * b",
        "a, b: a / b",
        "a, b: a * a - b",
        "a, b: -a",
        "a, b: sin(a)",
        "a, b: exp(tanh(a))",
        "a, b: square(a)",
        "a, b: sqrt(square(a) + 1)",
        "a, b: sigmoid(a)",
        "a, b: 3 * a",
        "a, b: a / 2 + 1",
        "a, b: log(a * a + 2)",
        "a, b: a < b ? a : 2 * b",
        "a, b: max(a, b)",
        "a, b: abs(a)",
        "a, b: pow(a * a + 1, 1.5)",
        "a, b: softplus(a) * b",
        "a, b: 1 / (2 + a * a)",
        "a, b: cos(a) * a",
        "a, b: a * (1 - b)",
    };
    nrv_tensor a = pool[formula_draw(seed, at, (uint32_t)n)], b = pool[formula_draw(seed, at, (uint32_t)n)];
    return NRV_EXPR(form[formula_draw(seed, at, sizeof form / sizeof *form)], a, b);
}

static double formula_at(nrv_graph *g, nrv_tensor y)
{
    double v = NAN;
    case_forget(g);
    assert_int_equal(nrv_eval(y, &v, sizeof v), NRV_OK);
    return v;
}

/* the same at three points, where the graph is finite and not so steep that rounding shows; how often that was so */
static int formula_agrees(nrv_graph *g, const nrv_tensor *x, nrv_tensor y, nrv_tensor again, uint64_t seed)
{
    static const double point[3][3] = { { 0.7, -1.3, 2.1 }, { -0.4, 0.9, 1.6 }, { 1.9, 0.35, -0.8 } };
    int met = 0;
    for (int p = 0; p < 3; p++) {
        for (int i = 0; i < 3; i++)
            nrv_feed(x[i], &point[p][i], sizeof(double));
        double want = formula_at(g, y), got = formula_at(g, again);
        if (!isfinite(want) || fabs(want) > 1e5)
            continue;
        met++;
        if (!(fabs(got - want) <= 1e-9 * fmax(1, fabs(want))))
            fail_msg("seed %llu: %.17g, by its formula %.17g", (unsigned long long)seed, want, got);
    }
    return met;
}

static void random_graphs_read_back(void **state)
{
    (void)state;
    int met = 0;
    for (uint64_t seed = 0; seed < 400; seed++) {
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, 0);
        nrv_tensor pool[12], d, again = NULL, slope;
        const char *const name[] = { "x", "y", "z" };
        uint32_t at = 0;
        for (int i = 0; i < 3; i++)
            pool[i] = nrv_input(g, name[i], NRV_F64, NRV_SCALAR);
        for (int n = 3; n < 9; n++)
            pool[n] = formula_step(seed, &at, n, pool);
        nrv_grad(pool[8], NULL, 1, &pool[0], &d);
        for (int k = 0; k < 2; k++) {
            const nrv_formula_opt o = { .n = 3, .x = pool, .name = name, .as_is = k };
            char *text = malloc(1 << 17);
            assert_non_null(text);
            if (!nrv_formula(pool[8], &o, text, 1 << 17) || !(again = nrv_expr(text, 3, pool)))
                fail_msg("seed %llu: %s\n%s", (unsigned long long)seed, text, nrv_graph_why(g));
            met += formula_agrees(g, pool, pool[8], again, seed);
            nrv_grad(again, NULL, 1, &pool[0], &slope);
            met += formula_agrees(g, pool, d, slope, seed);
            if (!nrv_formula(d, &o, text, 1 << 17) || !(again = nrv_expr(text, 3, pool)))
                fail_msg("seed %llu: %s\n%s", (unsigned long long)seed, text, nrv_graph_why(g));
            met += formula_agrees(g, pool, d, again, seed);
            free(text);
        }
        nrv_graph_free(g);
        nrv_store_free(s);
    }
    assert_true(met > 4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        graph_test(formulas_are_simplified),
        graph_test(leaves_go_by_their_names),
        graph_test(as_it_is),
        graph_test(derivatives_grow),
        graph_test(long_graphs_are_read),
        cmocka_unit_test(what_is_no_formula_is_refused),
        cmocka_unit_test(random_graphs_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
