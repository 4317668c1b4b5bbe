/* What nrv_prepare and nrv_run promise: no allocation, failures that change nothing, one plan for every batch, the same
   bits for any number of threads, messages that say what to do. */
#include "graph/store.h"
#include "nervo.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { IN = 5, CLASSES = 3, MOST = 64 };

typedef struct net {
    nrv_store *s;
    nrv_plan *p;
    nrv_exec *e;
    nrv_pool *pool;
    float x[MOST * IN], loss;
    int32_t t[MOST];
} net;

static nrv_plan *trace(nrv_store *s, nrv_dim fixed, const nrv_compile_opt *opt)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_dim B = fixed ? fixed : nrv_size(g, "B", 1, MOST);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(B, IN)), t = nrv_input(g, "t", NRV_I32, NRV_SHAPE(B));
    nrv_tensor y = nrv_dropout(nrv_tanh(nrv_linear(x, "hidden", 7, NULL)), "drop", 0.3);
    nrv_tensor l = nrv_cross_entropy(nrv_linear(y, "out", CLASSES, NULL), t);
    nrv_list p = nrv_params(g, "*");
    nrv_assign_all(p, nrv_adam(p, nrv_grads(l, p), NULL));
    nrv_output(g, "loss", l);
    nrv_plan *plan = nrv_compile(g, opt);
    nrv_graph_free(g);
    return plan;
}

static void bind(net *n, int batch)
{
    nrv_bind_in(n->e, "x", n->x, (size_t)batch * IN * sizeof(float));
    nrv_bind_in(n->e, "t", n->t, (size_t)batch * sizeof(int32_t));
    nrv_bind_out(n->e, "loss", &n->loss, sizeof n->loss);
}

static net start(const nrv_store_opt *so, nrv_dim fixed, int threads)
{
    net n = { .s = nrv_store_new(so), .pool = threads > 1 ? nrv_pool_new(threads) : NULL };
    for (int i = 0; i < MOST * IN; i++)
        n.x[i] = (float)((i * 37 + 11) % 101) / 50 - 1;
    for (int i = 0; i < MOST; i++)
        n.t[i] = i % CLASSES;
    n.p = trace(n.s, fixed, NULL);
    n.e = nrv_exec_new(n.p, n.s, &(nrv_exec_opt){ .pool = n.pool });
    return n;
}

static void stop(net *n)
{
    nrv_exec_free(n->e);
    nrv_plan_free(n->p);
    nrv_store_free(n->s);
    nrv_pool_free(n->pool);
}

static void step(net *n, int batch)
{
    nrv_set_size(n->e, "B", batch);
    bind(n, batch);
    assert_int_equal(nrv_run(n->e), NRV_OK);
}

/* ---- an allocator that can be told to refuse ---- */
typedef struct guard {
    int refuse, asked;
} guard;

static void *guarded(void *user, void *p, size_t old, size_t want)
{
    guard *g = user;
    (void)old;
    if (!want)
        return free(p), NULL;
    g->asked++;
    return g->refuse ? NULL : realloc(p, want);
}

static void a_prepared_run_allocates_nothing(void **state)
{
    (void)state;
    guard g = { 0, 0 };
    net n = start(&(nrv_store_opt){ .alloc = guarded, .user = &g }, 0, 2);
    step(&n, 8);
    g.refuse = 1;
    int before = g.asked;
    for (int i = 0; i < 5; i++)
        step(&n, 8);
    assert_int_equal(g.asked, before);
    g.refuse = 0;
    stop(&n);
}

static void a_workspace_that_cannot_be_had_is_said(void **state)
{
    (void)state;
    guard g = { 0, 0 };
    net n = start(&(nrv_store_opt){ .alloc = guarded, .user = &g }, 0, 1);
    nrv_set_size(n.e, "B", 8);
    bind(&n, 8);
    g.refuse = 1;
    assert_int_equal(nrv_run(n.e), NRV_ENOMEM);
    assert_non_null(strstr(nrv_why(n.e), "no memory"));
    g.refuse = 0;
    assert_int_equal(nrv_run(n.e), NRV_OK);
    stop(&n);
}

static void a_failing_run_leaves_the_store_as_it_was(void **state)
{
    (void)state;
    net n = start(NULL, 0, 1);
    step(&n, 8);
    nrv_shape shape;
    float *w = nrv_store_data(n.s, "hidden.weight", &shape, NULL), before[7 * IN];
    memcpy(before, w, sizeof before);
    uint64_t commits = n.s->commits;
    n.t[5] = CLASSES;
    assert_int_equal(nrv_run(n.e), NRV_EVALUE);
    assert_non_null(strstr(nrv_why(n.e), "index 3 at position 5"));
    assert_memory_equal(w, before, sizeof before);
    assert_true(n.s->commits == commits);
    n.t[5] = 0;
    assert_int_equal(nrv_run(n.e), NRV_OK);
    assert_memory_not_equal(w, before, sizeof before);
    stop(&n);
}

static void one_plan_serves_every_batch(void **state)
{
    (void)state;
    net named = start(NULL, 0, 1);
    static const int batch[] = { 8, 1, MOST, 7, 8 };
    nrv_store *s = nrv_store_new(NULL);
    float loss = 0;
    for (int i = 0; i < 5; i++) {
        step(&named, batch[i]);
        nrv_plan *p = trace(s, batch[i], NULL);
        nrv_exec *e = nrv_exec_new(p, s, NULL);
        nrv_bind_in(e, "x", named.x, (size_t)batch[i] * IN * sizeof(float));
        nrv_bind_in(e, "t", named.t, (size_t)batch[i] * sizeof(int32_t));
        nrv_bind_out(e, "loss", &loss, sizeof loss);
        assert_int_equal(nrv_run(e), NRV_OK);
        assert_memory_equal(&loss, &named.loss, sizeof loss);
        nrv_exec_free(e);
        nrv_plan_free(p);
    }
    assert_memory_equal(nrv_store_data(s, "out.weight", NULL, NULL), nrv_store_data(named.s, "out.weight", NULL, NULL),
                        CLASSES * 7 * sizeof(float));
    nrv_store_free(s);
    stop(&named);
}

static void threads_do_not_change_bits(void **state)
{
    (void)state;
    net n[3];
    for (int k = 0; k < 3; k++) {
        n[k] = start(NULL, 0, k + 1);
        for (int i = 0; i < 6; i++)
            step(&n[k], MOST);
        assert_memory_equal(nrv_store_data(n[0].s, "hidden.weight", NULL, NULL),
                            nrv_store_data(n[k].s, "hidden.weight", NULL, NULL), 7 * IN * sizeof(float));
    }
    for (int k = 0; k < 3; k++)
        stop(&n[k]);
}

static void random_draws_follow_the_commits_of_the_store(void **state)
{
    (void)state;
    net a = start(NULL, 0, 1), b = start(NULL, 0, 1);
    for (int i = 0; i < 3; i++)
        step(&a, 8);
    assert_int_equal(nrv_store_save(a.s, "draws.safetensors", "*"), NRV_OK);
    assert_int_equal(nrv_store_load(b.s, "draws.safetensors", NULL), NRV_OK);
    step(&a, 8);
    step(&b, 8);
    assert_memory_equal(&a.loss, &b.loss, sizeof a.loss);
    stop(&a);
    stop(&b);
}

static void errors_of_use_say_what_to_do(void **state)
{
    (void)state;
    net n = start(NULL, 0, 1);
    assert_int_equal(nrv_run(n.e), NRV_EARG);
    assert_non_null(strstr(nrv_why(n.e), "size 'B' is not set"));
    nrv_set_size(n.e, "B", MOST + 1);
    assert_int_equal(nrv_run(n.e), NRV_ESHAPE);
    assert_string_equal(nrv_why(n.e), "size 'B' is 65, it was declared 1..64");
    nrv_set_size(n.e, "B", 4);
    assert_int_equal(nrv_run(n.e), NRV_EARG);
    assert_string_equal(nrv_why(n.e), "input 't' is not bound\n  hint  nrv_bind_in(e, \"t\", data, 16)");
    bind(&n, 5);
    assert_int_equal(nrv_run(n.e), NRV_EARG);
    assert_non_null(strstr(nrv_why(n.e), "input 't' takes 16 bytes, 20 are bound"));
    assert_int_equal(nrv_bind_in(n.e, "y", n.x, 4), NRV_ENAME);
    assert_string_equal(nrv_why(n.e), "the plan has no input 'y'\n  hint  it has: t, x");
    assert_int_equal(nrv_run(n.e), NRV_ENAME); /* reported once by the run, so that one check is enough */
    step(&n, 4);
    stop(&n);
}

static void a_busy_store_is_not_waited_for(void **state)
{
    (void)state;
    net n = start(NULL, 0, 1);
    step(&n, 4);
    assert_true(nrv__store_enter(n.s, false));
    assert_int_equal(nrv_run(n.e), NRV_EBUSY);
    nrv__store_leave(n.s, false);
    assert_int_equal(nrv_run(n.e), NRV_OK);
    stop(&n);
}

static void execs_may_share_a_workspace(void **state)
{
    (void)state;
    net n = start(NULL, 0, 1), alone = start(NULL, 0, 1);
    step(&n, 4);
    net second = n;
    second.e = nrv_exec_new(n.p, n.s, &(nrv_exec_opt){ .share = n.e });
    step(&second, MOST); /* grows it under the first one's feet */
    step(&n, 4);
    step(&alone, 4);
    step(&alone, MOST);
    step(&alone, 4);
    assert_memory_equal(&alone.loss, &n.loss, sizeof n.loss);
    nrv_exec_free(second.e);
    stop(&n);
    stop(&alone);
}

static void an_output_may_lie_over_an_input(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(4));
    nrv_output(g, "y", nrv_add(nrv_slice(nrv_concat(2, (const nrv_tensor[]){ x, x }, 0), 0, 1, 4), x));
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    float v[4] = { 1, 2, 3, 4 };
    nrv_bind_in(e, "x", v, sizeof v);
    nrv_bind_out(e, "y", v, sizeof v);
    assert_int_equal(nrv_run(e), NRV_OK);
    assert_memory_equal(v, ((const float[]){ 3, 5, 7, 5 }), sizeof v);
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void locals_are_carried_and_reset(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor h = nrv_local(g, "h", NRV_F32, NRV_SHAPE(nrv_size(g, "B", 1, 9)), 0.5);
    nrv_assign(g, h, nrv_add_c(h, 1));
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_set_size(e, "B", 2);
    for (int i = 0; i < 3; i++)
        assert_int_equal(nrv_run(e), NRV_OK);
    size_t bytes;
    const float *v = nrv_value(e, "h", &bytes);
    assert_int_equal(bytes, 8);
    assert_float_equal(v[1], 3.5f, 0);
    nrv_reset(e);
    assert_int_equal(nrv_run(e), NRV_OK);
    v = nrv_value(e, "h", NULL);
    assert_float_equal(v[1], 1.5f, 0);
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void a_nan_is_hunted_down_to_its_op(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(3));
    nrv_push(g, "deep");
    nrv_tensor y = nrv_log(x);
    nrv_pop(g);
    nrv_output(g, "y", nrv_sum_all(nrv_mul_c(y, 2)));
    nrv_plan *p = nrv_compile(g, &(nrv_compile_opt){ .check_nan = 1, .without = "group" });
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    float v[3] = { 1, -1, 2 };
    nrv_bind_in(e, "x", v, sizeof v);
    assert_int_equal(nrv_run(e), NRV_EVALUE);
    assert_non_null(strstr(nrv_why(e), "log gives a NaN\n  in    deep"));
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void a_broken_graph_makes_a_broken_exec(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_output(g, "y",
               nrv_matmul(nrv_input(g, "a", NRV_F32, NRV_SHAPE(2, 3)), nrv_input(g, "b", NRV_F32, NRV_SHAPE(4, 5))));
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    assert_int_equal(nrv_run(e), NRV_ESHAPE);
    assert_string_equal(
        nrv_why(e),
        "matmul: inner lengths differ: 3 and 4\n  input 0: input f32 [2, 3] a\n  input 1: input f32 [4, 5] b\n"
        "  hint  the last length of a meets the one before the last of b; does a layer's size fit its input?");
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void a_tier_that_is_missing_is_named(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_plan *p = trace(s, 4, &(nrv_compile_opt){ .cpu = "avx9000" });
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    assert_int_equal(nrv_run(e), NRV_EARG);
    assert_non_null(strstr(nrv_why(e), "this machine has no 'avx9000' kernels\n  hint  it has: ref"));
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_prepared_run_allocates_nothing),
        cmocka_unit_test(a_workspace_that_cannot_be_had_is_said),
        cmocka_unit_test(a_failing_run_leaves_the_store_as_it_was),
        cmocka_unit_test(one_plan_serves_every_batch),
        cmocka_unit_test(threads_do_not_change_bits),
        cmocka_unit_test(random_draws_follow_the_commits_of_the_store),
        cmocka_unit_test(errors_of_use_say_what_to_do),
        cmocka_unit_test(a_busy_store_is_not_waited_for),
        cmocka_unit_test(execs_may_share_a_workspace),
        cmocka_unit_test(an_output_may_lie_over_an_input),
        cmocka_unit_test(locals_are_carried_and_reset),
        cmocka_unit_test(a_nan_is_hunted_down_to_its_op),
        cmocka_unit_test(a_broken_graph_makes_a_broken_exec),
        cmocka_unit_test(a_tier_that_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
