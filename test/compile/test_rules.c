/* The table of simplify: each rule fires on its own formula, and gives the program it says. Plans of one program are
 * one. */
#include "compile/passes.h"
#include "nervo.h"
#include "support/printed.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static char *plan_of(const char *formula, const char *without)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor in[2] = { nrv_input(g, "x", NRV_F32, NRV_SHAPE(3)), nrv_input(g, "y", NRV_F32, NRV_SHAPE(3)) };
    nrv_output(g, "z",
               nrv_add(nrv_expr(formula, 2, in), nrv_mul(in[0], in[1]))); /* both inputs are read, z is computed */
    nrv_plan *p = nrv_compile(g, &(nrv_compile_opt){ .without = without });
    char *text = printed(p);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
    return text;
}

static void every_rule_rewrites_its_own_formula(void **state)
{
    (void)state;
    for (const nrv__rule *r = nrv__rules; r->name; r++) {
        if (!r->from)
            continue;
        char *from = plan_of(r->from, NULL), *into = plan_of(r->into, NULL), *off = plan_of(r->from, r->name);
        assert_string_equal(from, into);
        assert_string_not_equal(off, into); /* without it, the plan is another: the rule did it */
        free(from);
        free(into);
        free(off);
    }
}

static nrv_tensor moved(nrv_tensor x, int twice)
{
    nrv_tensor y = nrv_transpose(x);
    return twice ? nrv_transpose(y) : y;
}

static size_t steps(nrv_tensor out)
{
    nrv_output(out->g, "y", out);
    nrv_plan *p = nrv_compile(out->g, NULL);
    size_t n = p->why.status ? SIZE_MAX : p->code.n_step;
    nrv_plan_free(p);
    return n;
}

static void moves_that_undo_each_other_vanish(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
        nrv_tensor x = nrv_exp(nrv_input(g, "x", NRV_F32, NRV_SHAPE(3, 4)));
        nrv_tensor y = k == 0   ? moved(x, 1)
                       : k == 1 ? nrv_reshape(nrv_reshape(x, NRV_SHAPE(12)), NRV_SHAPE(3, 4))
                                : nrv_broadcast(nrv_reshape(x, NRV_SHAPE(1, 3, 4)), NRV_SHAPE(1, 3, 4));
        assert_int_equal(steps(y), 1);
        nrv_graph_free(g);
        nrv_store_free(s);
    }
}

/* batch norm takes the mean of a batch twice: with its axes, to subtract it, and without, to remember it */
static void a_sum_is_taken_once(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(5, 3, 4));
    nrv_output(g, "y", nrv_sub(x, nrv_sum(x, NRV_AXES(0, 2), 1)));
    nrv_output(g, "z", nrv_sum(x, NRV_AXES(0, 2), 0));
    for (int off = 0; off < 2; off++) {
        nrv_plan *p = nrv_compile(g, &(nrv_compile_opt){ .without = off ? "kept-axes" : NULL });
        char *text = printed(p);
        const char *one = strstr(text, "  sum  ");
        assert_non_null(one);
        assert_int_equal(strstr(one + 1, "  sum  ") != NULL, off);
        free(text);
        nrv_plan_free(p);
    }
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* the gradient of a weight that was used transposed is made dense, not transposed afterwards */
static void a_transposed_product_swaps_its_operands(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor a = nrv_input(g, "a", NRV_F32, NRV_SHAPE(3, 4)), b = nrv_input(g, "b", NRV_F32, NRV_SHAPE(4, 5));
    assert_int_equal(steps(nrv_transpose(nrv_matmul(a, b))), 1);
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* the heads of queries, keys and values out of one projection are read where they lie */
static void heads_of_one_projection_are_views(void **state)
{
    (void)state;
    for (int odd = 0; odd < 2; odd++) { /* a part that does not begin at a head is copied first */
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
        nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(5, 24));
        nrv_tensor q = nrv_reshape(nrv_slice(x, 1, 8 + odd, 8), NRV_SHAPE(5, 2, 4));
        assert_int_equal(steps(nrv_sum(nrv_permute(q, 3, (const int[]){ 1, 0, 2 }), 1, 0)), 2 + odd);
        nrv_graph_free(g);
        nrv_store_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_of_one_projection_are_views),
        cmocka_unit_test(every_rule_rewrites_its_own_formula),
        cmocka_unit_test(moves_that_undo_each_other_vanish),
        cmocka_unit_test(a_sum_is_taken_once),
        cmocka_unit_test(a_transposed_product_swaps_its_operands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
