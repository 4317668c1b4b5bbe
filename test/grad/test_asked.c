/* test_asked.c - what nrv_grad refuses, in whole messages: y, dy or a target that a gradient cannot be of. */
#include "../graph/graph_test.h"

typedef struct asked {
    nrv_tensor y, dy, x;
} asked;

static nrv_tensor asked_input(nrv_graph *g, const char *name, nrv_dtype type, int rank, nrv_dim last)
{
    return nrv_input(g, name, type, rank == 2 ? NRV_SHAPE(2, last) : NRV_SHAPE(last));
}

/* of the square of x (2,3), by x */
static asked asked_square(nrv_graph *g)
{
    nrv_tensor x = asked_input(g, "x", NRV_F32, 2, 3);
    return (asked){ nrv_square(x), NULL, x };
}

static asked no_scalar(nrv_graph *g)
{
    return asked_square(g);
}

static asked whole_numbers(nrv_graph *g)
{
    asked a = asked_square(g);
    a.y = nrv_iota(g, NRV_I32, 1);
    return a;
}

static asked another_last_length(nrv_graph *g)
{
    asked a = asked_square(g);
    a.dy = asked_input(g, "dy", NRV_F32, 2, 4);
    return a;
}

static asked another_rank(nrv_graph *g)
{
    asked a = asked_square(g);
    a.dy = asked_input(g, "dy", NRV_F32, 1, 3);
    return a;
}

static asked another_type(nrv_graph *g)
{
    asked a = asked_square(g);
    a.dy = asked_input(g, "dy", NRV_F64, 2, 3);
    return a;
}

static asked no_target(nrv_graph *g)
{
    asked a = asked_square(g);
    return (asked){ nrv_sum_all(a.y), NULL, NULL };
}

static asked a_whole_target(nrv_graph *g)
{
    asked a = asked_square(g);
    return (asked){ nrv_sum_all(a.y), NULL, nrv_iota(g, NRV_I32, 3) };
}

static const struct {
    asked (*trace)(nrv_graph *g);
    nrv_status status;
    const char *says;
} asked_cases[] = {
    { no_scalar, NRV_ENOGRAD,
      "grad of a tensor that is no scalar\n  hint  reduce it (nrv_mean_all, nrv_sum_all), or give dy" },
    { whole_numbers, NRV_ENOGRAD, "grad of a tensor of type i32\n  hint  differentiate a real value" },
    { another_last_length, NRV_ESHAPE,
      "grad: y is f32 [2, 3], dy f32 [2, 4]\n  hint  dy has y's shape and type, and is of its graph" },
    { another_rank, NRV_ESHAPE,
      "grad: y is f32 [2, 3], dy f32 [3]\n  hint  dy has y's shape and type, and is of its graph" },
    { another_type, NRV_ESHAPE,
      "grad: y is f32 [2, 3], dy f64 [2, 3]\n  hint  dy has y's shape and type, and is of its graph" },
    { no_target, NRV_ENOGRAD,
      "grad: target 0 is NULL\n  hint  real tensors of y's graph; nrv_stacked and nrv_last give a loop's" },
    { a_whole_target, NRV_ENOGRAD,
      "grad: target 0 is not real\n  hint  real tensors of y's graph; nrv_stacked and nrv_last give a loop's" },
};

static void refused_in_these_words(void **state)
{
    nrv_graph *g = *state;
    for (size_t i = 0; i < sizeof asked_cases / sizeof *asked_cases; i++) {
        asked a = asked_cases[i].trace(g);
        nrv_tensor dx = NULL;
        graph_is_well(g);
        nrv_grad(a.y, a.dy, 1, &a.x, &dx);
        assert_null(dx);
        assert_int_equal(g->why.status, asked_cases[i].status);
        assert_string_equal(nrv_graph_why(g), asked_cases[i].says);
        nrv_graph_reset(g);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { graph_test(refused_in_these_words) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
