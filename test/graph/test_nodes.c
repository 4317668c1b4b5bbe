/* test_nodes.c - the same question is the same node, and nothing that can be seen depends on the order of creation: C
   does not say which argument of a call is traced first. */
#include "graph_test.h"

static void one_question_one_node(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(3, 4)), y = nrv_input(g, "y", NRV_F32, NRV_SHAPE(3, 4));
    assert_ptr_equal(nrv_tanh(x), nrv_tanh(x));
    assert_ptr_equal(nrv_add(x, y), nrv_add(x, y));
    assert_ptr_not_equal(nrv_sub(x, y), nrv_sub(y, x));
    assert_ptr_equal(nrv_softmax(x, 1), nrv_softmax(x, -1));
    assert_ptr_not_equal(nrv_softmax(x, 0), nrv_softmax(x, 1));
    assert_ptr_equal(nrv_sum(x, 1, 0), nrv_sum(x, 1, 0));
    assert_ptr_not_equal(nrv_sum(x, 1, 0), nrv_sum(x, 1, 1));
    assert_ptr_not_equal(nrv_slice(x, 1, 0, 2), nrv_slice(x, 1, 1, 2));
    assert_ptr_equal(nrv_fill(g, NRV_F32, NRV_SCALAR, 1), nrv_fill(g, NRV_F32, NRV_SCALAR, 1));
    assert_ptr_not_equal(nrv_fill(g, NRV_F32, NRV_SCALAR, 1), nrv_fill(g, NRV_F64, NRV_SCALAR, 1));
    assert_ptr_not_equal(nrv_fill(g, NRV_F32, NRV_SCALAR, 1), nrv_fill(g, NRV_F32, NRV_SHAPE(1), 1));
    assert_ptr_equal(nrv_constant(g, NRV_F32, NRV_SHAPE(2), ((float[]){ 1, 2 })),
                     nrv_constant(g, NRV_F32, NRV_SHAPE(2), ((float[]){ 1, 2 })));
    assert_ptr_not_equal(nrv_constant(g, NRV_F32, NRV_SHAPE(2), ((float[]){ 1, 2 })),
                         nrv_constant(g, NRV_F32, NRV_SHAPE(2), ((float[]){ 1, 3 })));
    assert_ptr_equal(nrv_leaky_relu(x, 0.1), nrv_leaky_relu(x, 0.1));
    assert_ptr_not_equal(nrv_leaky_relu(x, 0.1), nrv_leaky_relu(x, 0.2));
    graph_is_well(g);
}

static void nothing_is_nothing(void **state) /* what changes nothing is no node */
{
    nrv_graph *g = *state;
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(3, 4));
    assert_ptr_equal(nrv_reshape(x, NRV_SHAPE(3, 4)), x);
    assert_ptr_equal(nrv_cast(x, NRV_F32), x);
    assert_ptr_equal(nrv_slice(x, 0, 0, NRV_SAME), x);
    assert_ptr_equal(nrv_pad(x, 0, 0, 0, 5), x);
    assert_ptr_equal(nrv_permute(x, 2, ((int[]){ 0, 1 })), x);
    assert_ptr_equal(nrv_concat(1, &x, 0), x);
    assert_ptr_equal(nrv_broadcast(x, NRV_SHAPE(3, 4)), x);
    graph_is_well(g);
}

static void second_gradients_share(void **state) /* differentiating again does not double the graph each time */
{
    nrv_graph *g = *state;
    nrv_tensor x = nrv_input(g, "x", NRV_F64, NRV_SCALAR), y = nrv_tanh(x);
    size_t most = 0, last = g->n_node;
    for (int order = 1; order <= 6; order++) {
        nrv_grad(y, NULL, 1, &x, &y);
        graph_is_well(g);
        most = g->n_node - last > most ? g->n_node - last : most;
        last = g->n_node;
    }
    nrv_feed(x, (double[]){ 0.5 }, 8);
    double d = 0;
    assert_int_equal(nrv_eval(y, &d, 8), NRV_OK);
    double t = 0.46211715726000979; /* tanh(1/2); the sixth derivative as a polynomial in it */
    double want = -16 * t * (1 - t * t) * (17 - 60 * t * t + 45 * t * t * t * t);
    if (!(d - want < 1e-9 && want - d < 1e-9))
        fail_msg("the sixth derivative is %.15g, it should be %.15g", d, want);
    assert_true(most < 400);
}

/* the same expression, its operands traced from the left or from the right */
static nrv_tensor traced(nrv_graph *g, bool right_first, nrv_tensor x[3], nrv_tensor dx[3])
{
    nrv_tensor part[3];
    for (int i = 0; i < 3; i++)
        x[i] = nrv_param(g, i == 0 ? "a" : i == 1 ? "b" : "c", NRV_F32, NRV_SHAPE(5, 5), NRV_NORMAL(1));
    for (int k = 0; k < 3; k++) {
        int i = right_first ? 2 - k : k;
        nrv_push_i(g, "branch", i);
        nrv_tensor noise = nrv_uniform(g, "noise", NRV_F32, NRV_SHAPE(5, 5));
        part[i] = nrv_mul(nrv_tanh(nrv_matmul(x[i], x[(i + 1) % 3])), noise);
        nrv_pop(g);
    }
    nrv_tensor y = nrv_sum_all(nrv_softmax(nrv_add(nrv_mul(part[0], part[1]), part[2]), 1));
    y = nrv_add(y, nrv_mean_all(nrv_mul(part[2], nrv_mul(x[0], nrv_add(x[0], x[1])))));
    nrv_grad(y, NULL, 3, x, dx);
    return y;
}

static void order_of_creation_is_not_seen(void **state)
{
    nrv_graph *g = *state, *h = nrv_graph_new(g->store, 0);
    nrv_tensor x[2][3], dx[2][3], y[2] = { traced(g, false, x[0], dx[0]), traced(h, true, x[1], dx[1]) };
    graph_is_well(g), graph_is_well(h);
    float value[2], d[2][25];
    for (int k = 0; k < 2; k++)
        assert_int_equal(nrv_eval(y[k], &value[k], 4), NRV_OK);
    assert_memory_equal(&value[0], &value[1], 4);
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 2; k++)
            assert_int_equal(nrv_eval(dx[k][i], d[k], sizeof d[k]), NRV_OK);
        assert_memory_equal(d[0], d[1], sizeof d[0]);
    }
    assert_int_equal(g->n_node, h->n_node);
    nrv_graph_free(h);
}

static void labels_are_the_smallest(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(3));
    nrv_push(g, "later");
    nrv_tensor y = nrv_exp(x);
    nrv_pop(g);
    assert_string_equal(nrv__path_text(y->g, y->scope), "later");
    nrv_push(g, "earlier");
    assert_ptr_equal(nrv_exp(x), y);
    nrv_pop(g);
    assert_string_equal(nrv__path_text(y->g, y->scope), "earlier");
}

static void inputs_precede_users(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x[3], dx[3];
    traced(g, true, x, dx);
    for (size_t i = 0; i < g->n_node; i++) {
        assert_int_equal(g->node[i]->id, i);
        for (int k = 0; k < g->node[i]->n_in; k++)
            assert_true(g->node[i]->in[k]->id < g->node[i]->id);
        for (int k = 0; g->node[i]->body && k < g->node[i]->n_out; k++)
            assert_true(g->node[i]->body[k]->id < g->node[i]->id);
    }
}

static void a_long_chain_needs_no_stack(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x = nrv_input(g, "x", NRV_F64, NRV_SCALAR), y = x, dx;
    for (int i = 0; i < 100000; i++)
        y = nrv_add(y, x);
    nrv_grad(y, NULL, 1, &x, &dx);
    graph_is_well(g);
    nrv_feed(x, (double[]){ 2 }, 8);
    double v[2] = { 0 };
    assert_int_equal(nrv_eval(y, &v[0], 8), NRV_OK);
    assert_int_equal(nrv_eval(dx, &v[1], 8), NRV_OK);
    assert_true(v[0] == 200002 && v[1] == 100001);
}

static void gradients_reach_what_they_can(void **state)
{
    nrv_graph *g = *state;
    nrv_tensor x[2] = { nrv_input(g, "x", NRV_F32, NRV_SHAPE(3)), nrv_input(g, "far", NRV_F32, NRV_SHAPE(2)) }, dx[2];
    nrv_grad(nrv_sum_all(nrv_mul(x[0], nrv_stop(x[0]))), NULL, 2, x, dx);
    graph_is_well(g);
    float d[3] = { 9, 9, 9 };
    nrv_feed(x[0], (float[]){ 1, 2, 3 }, 12);
    assert_int_equal(nrv_eval(dx[0], d, 12), NRV_OK);
    assert_memory_equal(d, ((float[]){ 1, 2, 3 }), 12);
    assert_int_equal(nrv_eval(dx[1], d, 8), NRV_OK); /* a zero, not NULL */
    assert_memory_equal(d, ((float[]){ 0, 0 }), 8);
    nrv_grad(x[0], NULL, 1, x, dx);
    assert_null(dx[0]);
    graph_fails(g, NRV_ENOGRAD, "no scalar");
    x[0] = nrv_input(g, "x", NRV_F32, NRV_SCALAR);
    nrv_grad(nrv_input(g, "i", NRV_I32, NRV_SCALAR), NULL, 1, x, dx);
    graph_fails(g, NRV_ENOGRAD, "type i32");
    x[0] = nrv_input(g, "x", NRV_F32, NRV_SCALAR), x[1] = NULL;
    nrv_grad(x[0], NULL, 2, x, dx);
    graph_fails(g, NRV_ENOGRAD, "target 1 is NULL");
    x[0] = nrv_input(g, "x", NRV_F32, NRV_SHAPE(3));
    nrv_grad(nrv_neg(x[0]), nrv_fill(g, NRV_F32, NRV_SHAPE(4), 1), 1, x, dx);
    graph_fails(g, NRV_ESHAPE, "y is f32 [3], dy f32 [4]");
}

static void feeding_is_checked(void **state)
{
    nrv_graph *g = *state;
    float v[6] = { 0 };
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(2, 3));
    nrv_feed(x, v, 20);
    graph_fails(g, NRV_EARG, "takes 24 bytes, 20 were fed");
    x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(2, 3));
    assert_int_equal(nrv_eval(nrv_neg(x), v, sizeof v), NRV_EARG);
    graph_fails(g, NRV_EARG, "input 'x' has no value");
    x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(2, 3));
    nrv_feed(nrv_neg(x), v, sizeof v);
    graph_fails(g, NRV_EARG, "cannot be fed");
    x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(2, 3));
    nrv_feed(x, v, sizeof v);
    assert_int_equal(nrv_eval(nrv_neg(x), v, 20), NRV_EARG);
    graph_fails(g, NRV_EARG, "the value takes 24 bytes, the buffer has 20");
    nrv_dim B = nrv_size(g, "B", 1, 9);
    x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(B, 4));
    nrv_feed(x, v, sizeof v); /* one row and a half */
    assert_non_null(nrv_graph_why(g));
    nrv_graph_reset(g);
    assert_int_equal(nrv_eval(NULL, v, 4), NRV_EARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        graph_test(one_question_one_node),       graph_test(nothing_is_nothing),
        graph_test(second_gradients_share),      graph_test(order_of_creation_is_not_seen),
        graph_test(labels_are_the_smallest),     graph_test(inputs_precede_users),
        graph_test(a_long_chain_needs_no_stack), graph_test(gradients_reach_what_they_can),
        graph_test(feeding_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
