/* The public functions themselves: operands in the order of their names, axes where they say. The other tests of this
   room build ops from their records, so a function that swapped two operands would pass them all. */
#include "ops/op.h"
#include "nervo.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct call_world {
    nrv_store *s;
    nrv_graph *g;
} call_world;

static int begin(void **state)
{
    call_world *w = malloc(sizeof *w);
    if (!w)
        return 1;
    w->s = nrv_store_new(NULL);
    w->g = nrv_graph_new(w->s, NRV_EVAL);
    *state = w;
    return 0;
}

static int end(void **state)
{
    call_world *w = *state;
    nrv_graph_free(w->g);
    nrv_store_free(w->s);
    free(w);
    return 0;
}

static nrv_graph *graph_of(void **state)
{
    return ((call_world *)*state)->g;
}

static double number(nrv_tensor x)
{
    double v = -1;
    nrv_tensor y = nrv_cast(x, NRV_F64);
    assert_int_equal(nrv_eval(y, &v, sizeof v), NRV_OK);
    return v;
}

static void operands_keep_their_order(void **state)
{
    nrv_graph *g = graph_of(state);
    nrv_tensor two = nrv_fill(g, NRV_F64, NRV_SCALAR, 2), three = nrv_fill(g, NRV_F64, NRV_SCALAR, 3);
    assert_float_equal(number(nrv_sub(two, three)), -1, 0);
    assert_float_equal(number(nrv_div(two, three)), 2.0 / 3, 0);
    assert_float_equal(number(nrv_pow(two, three)), 8, 0);
    assert_float_equal(number(nrv_less(two, three)), 1, 0);
    assert_float_equal(number(nrv_less_equal(two, three)), 1, 0);
    assert_float_equal(number(nrv_greater(two, three)), 0, 0);
    assert_float_equal(number(nrv_greater_equal(two, three)), 0, 0);
    assert_float_equal(number(nrv_select(nrv_less(two, three), two, three)), 2, 0);
    assert_float_equal(number(nrv_surrogate(two, three)), 2, 0);
    assert_float_equal(number(nrv_add_c(two, 5)), 7, 0);
    assert_float_equal(number(nrv_mul_c(two, 5)), 10, 0);
    assert_null(nrv_graph_why(g));
}

static void expand_puts_the_new_axis_where_it_says(void **state)
{
    nrv_graph *g = graph_of(state);
    static const float data[6] = { 0, 1, 2, 3, 4, 5 };
    nrv_tensor x = nrv_constant(g, NRV_F32, NRV_SHAPE(2, 3), data);
    static const int64_t want[4][3] = { { 4, 2, 3 }, { 2, 4, 3 }, { 2, 3, 4 }, { 2, 3, 4 } };
    static const int axis[4] = { 0, 1, 2, -1 };
    for (int k = 0; k < 4; k++) {
        nrv_tensor y = nrv_expand(x, axis[k], 4);
        for (int i = 0; i < 3; i++)
            assert_int_equal(nrv_dim_of(y, i), want[k][i]);
        float v[24];
        assert_int_equal(nrv_eval(y, v, sizeof v), NRV_OK);
        assert_float_equal(v[23], 5, 0);
    }
}

/* equal values share the gradient, whatever it is */
static void ties_share_a_gradient_that_is_not_one(void **state)
{
    nrv_graph *g = graph_of(state);
    nrv_tensor a = nrv_fill(g, NRV_F64, NRV_SCALAR, 2), b = nrv_input(g, "b", NRV_F64, NRV_SCALAR), dx = NULL;
    const double two = 2;
    nrv_feed(b, &two, sizeof two);
    for (int k = 0; k < 4; k++) {
        nrv_tensor y = k == 0 ? nrv_max(a, b) : k == 1 ? nrv_max(b, a) : k == 2 ? nrv_min(a, b) : nrv_min(b, a);
        nrv_grad(nrv_mul_c(y, 6), NULL, 1, &b, &dx);
        assert_float_equal(number(dx), 3, 0);
    }
}

static void reshape_finds_the_length_that_is_left(void **state)
{
    nrv_graph *g = graph_of(state);
    nrv_tensor x = nrv_fill(g, NRV_F32, NRV_SHAPE(2, 3, 4), 1);
    assert_int_equal(nrv_dim_of(nrv_reshape(x, NRV_SHAPE(6, NRV_SAME)), 1), 4);
    assert_int_equal(nrv_dim_of(nrv_reshape(x, NRV_SHAPE(NRV_SAME)), 0), 24);
    assert_int_equal(nrv_dim_of(nrv_rearrange(x, "a b c->(a c) b", 0, NULL), 0), 8);
    assert_null(nrv_graph_why(g));
}

static void a_mean_of_a_case_drops_its_axis_unless_told(void **state)
{
    nrv_graph *g = graph_of(state);
    nrv__case c = {
        .g = g, .n_x = 1, .x = { nrv_fill(g, NRV_F32, NRV_SHAPE(2, 3), 1) }, .n_arg = 1, .arg = { { "axis", "1" } }
    };
    assert_int_equal(nrv_shape_of(nrv__op_find("mean", 4)->make(&c)).rank, 1);
}

static void uniform_draws_both_real_types_and_nothing_else(void **state)
{
    nrv_graph *g = graph_of(state);
    double v[3] = { -1, -1, -1 };
    assert_int_equal(nrv_eval(nrv_uniform(g, "u", NRV_F64, NRV_SHAPE(3)), v, sizeof v), NRV_OK);
    assert_true(v[0] >= 0 && v[0] < 1 && v[0] != v[1]);
    assert_null(nrv_uniform(g, "i", NRV_I32, NRV_SHAPE(3)));
    assert_non_null(strstr(nrv_graph_why(g), "i32 cannot be drawn"));
}

/* a reference that runs past its output is seen here, without a sanitizer */
static void iota_ends_where_it_should(void **state)
{
    (void)state;
    double y[5] = { -1, -1, -1, -1, -1 };
    nrv__view out = { .data = y, .rank = 1, .type = NRV_F64, .dim = { 4 }, .stride = { 1 } };
    nrv__op_find("iota", 4)->ref(&(nrv__args){ .out = &out, .n_out = 1, .n = 4 });
    assert_float_equal(y[3], 3, 0);
    assert_float_equal(y[4], -1, 0);
}

static void a_parameter_beyond_all_memory_is_refused_before_it_is_asked_for(void **state)
{
    nrv_graph *g = graph_of(state);
    assert_null(nrv_param(g, "w", NRV_F32, NRV_SHAPE((INT64_C(1) << 44) + 1), NRV_ZEROS)); /* 2^46 bytes and four */
    assert_non_null(strstr(nrv_graph_why(g), "'w' would take more than 2^46 bytes"));
}

/* a text may ask for so many bytes of weights in all, not for each layer anew; nothing at all is no named size */
static void a_budget_is_spent_by_every_parameter(void **state)
{
    nrv_graph *g = graph_of(state);
    g->budget = 100;
    assert_non_null(nrv_param(g, "none", NRV_F32, NRV_SHAPE(0, 3), NRV_ZEROS));
    assert_non_null(nrv_param(g, "a", NRV_F32, NRV_SHAPE(10), NRV_ZEROS));
    assert_non_null(nrv_param(g, "b", NRV_F32, NRV_SHAPE(10), NRV_ZEROS));
    assert_null(nrv_param(g, "c", NRV_F32, NRV_SHAPE(10), NRV_ZEROS));
    assert_non_null(strstr(nrv_graph_why(g), "'c' would take 40 bytes"));
}

static void a_constant_has_constant_lengths_on_every_axis(void **state)
{
    nrv_graph *g = graph_of(state);
    const float data[8] = { 0 };
    assert_null(nrv_constant(g, NRV_F32, NRV_SHAPE(2, nrv_size(g, "B", 1, 9)), data));
    assert_non_null(strstr(nrv_graph_why(g), "constant: axis 1 has no usable length"));
}

static void one_length_is_one_node(void **state)
{
    nrv_graph *g = graph_of(state);
    nrv_dim B = nrv_size(g, "B", 1, 9);
    assert_ptr_equal(nrv_dim_value(g, B), nrv_dim_value(g, B));
    assert_ptr_not_equal(nrv_dim_value(g, B), nrv_dim_value(g, nrv_dim_calc(g, B, '+', 1)));
    assert_int_equal(nrv_size(g, "B*T", 1, 9), -1);
    assert_non_null(strstr(nrv_graph_why(g), "size 'B*T'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(operands_keep_their_order, begin, end),
        cmocka_unit_test_setup_teardown(expand_puts_the_new_axis_where_it_says, begin, end),
        cmocka_unit_test_setup_teardown(ties_share_a_gradient_that_is_not_one, begin, end),
        cmocka_unit_test_setup_teardown(reshape_finds_the_length_that_is_left, begin, end),
        cmocka_unit_test_setup_teardown(a_mean_of_a_case_drops_its_axis_unless_told, begin, end),
        cmocka_unit_test_setup_teardown(uniform_draws_both_real_types_and_nothing_else, begin, end),
        cmocka_unit_test_setup_teardown(a_budget_is_spent_by_every_parameter, begin, end),
        cmocka_unit_test_setup_teardown(a_constant_has_constant_lengths_on_every_axis, begin, end),
        cmocka_unit_test_setup_teardown(one_length_is_one_node, begin, end),
        cmocka_unit_test_setup_teardown(iota_ends_where_it_should, begin, end),
        cmocka_unit_test_setup_teardown(a_parameter_beyond_all_memory_is_refused_before_it_is_asked_for, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
