/* The edges of a run: steps that fail while they would write in place, lengths that go wrong only when sizes are known,
   buffers that change under a binding, execs that share a workspace, locals that change their length, and eager
   evaluation that must refuse and commit as a run does. */
#include "nervo.h"
#include "support/printed.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct edge {
    nrv_store *s;
    nrv_graph *g;
    nrv_plan *p;
    nrv_exec *e;
} edge;

static edge open_graph(unsigned mode)
{
    edge t = { .s = nrv_store_new(NULL) };
    t.g = nrv_graph_new(t.s, mode);
    return t;
}

static void compile(edge *t)
{
    t->p = nrv_compile(t->g, NULL);
    t->e = nrv_exec_new(t->p, t->s, NULL);
}

static void close_all(edge *t)
{
    nrv_exec_free(t->e);
    nrv_plan_free(t->p);
    nrv_graph_free(t->g);
    nrv_store_free(t->s);
}

static void a_step_that_may_fail_does_not_write_in_place(void **state)
{
    (void)state;
    edge t = open_graph(0);
    nrv_tensor x = nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(3, 2)), i = nrv_input(t.g, "i", NRV_I32, NRV_SHAPE(3));
    nrv_assign(t.g, nrv_state(t.g, "w", NRV_F32, NRV_SHAPE(3), 7), nrv_take(x, i));
    compile(&t);
    const float v[6] = { 1, 2, 3, 4, 5, 6 };
    const int32_t bad[3] = { 0, 9, 0 }, good[3] = { 0, 1, 0 };
    nrv_bind_in(t.e, "x", v, sizeof v);
    nrv_bind_in(t.e, "i", bad, sizeof bad);
    assert_int_equal(nrv_run(t.e), NRV_EVALUE);
    const float *w = nrv_store_data(t.s, "w", NULL, NULL);
    assert_memory_equal(w, ((const float[]){ 7, 7, 7 }), 12);
    nrv_bind_in(t.e, "i", good, sizeof good);
    assert_int_equal(nrv_run(t.e), NRV_OK);
    assert_memory_equal(w, ((const float[]){ 1, 4, 5 }), 12);
    close_all(&t);
}

static void an_output_does_not_change_when_others_assign(void **state)
{
    (void)state;
    edge t = open_graph(0);
    nrv_tensor w = nrv_state(t.g, "w", NRV_F32, NRV_SHAPE(2), 1), next = nrv_add_c(w, 1);
    nrv_assign(t.g, w, next);
    nrv_output(t.g, "flat", nrv_reshape(next, NRV_SHAPE(1, 2)));
    compile(&t);
    nrv_exec *other = nrv_exec_new(t.p, t.s, NULL);
    assert_int_equal(nrv_run(t.e), NRV_OK);
    assert_int_equal(nrv_run(other), NRV_OK);
    assert_memory_equal(nrv_value(t.e, "flat", NULL), ((const float[]){ 2, 2 }), 8);
    assert_memory_equal(nrv_value(other, "flat", NULL), ((const float[]){ 3, 3 }), 8);
    char *plan = printed(t.p);
    assert_non_null(strstr(plan, "an output shows it, too"));
    free(plan);
    nrv_exec_free(other);
    close_all(&t);
}

static void a_slice_that_would_start_before_0_is_refused(void **state)
{
    (void)state;
    edge t = open_graph(0);
    nrv_dim T = nrv_size(t.g, "T", 1, 64);
    nrv_tensor x = nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(T));
    nrv_output(t.g, "y", nrv_slice(x, 0, nrv_dim_calc(t.g, T, '-', 5), 3));
    compile(&t);
    const float v[6] = { 0, 1, 2, 3, 4, 5 };
    nrv_set_size(t.e, "T", 3);
    nrv_bind_in(t.e, "x", v, 12);
    assert_int_equal(nrv_run(t.e), NRV_ESHAPE);
    assert_string_equal(nrv_why(t.e), "slice: 0 = 0 must be at most T - 5 = -2");
    nrv_set_size(t.e, "T", 6);
    nrv_bind_in(t.e, "x", v, 24);
    assert_int_equal(nrv_run(t.e), NRV_OK);
    assert_memory_equal(nrv_value(t.e, "y", NULL), v + 1, 12);
    close_all(&t);
}

static void lengths_around_a_0_are_counted_too(void **state)
{
    (void)state;
    edge t = open_graph(0);
    const int64_t far = INT64_C(1) << 40;
    nrv_output(t.g, "y", nrv_softmax(nrv_neg(nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(0, far, far))), -1));
    compile(&t);
    assert_int_equal(nrv_run(t.e), NRV_ENOMEM);
    assert_int_equal(nrv_eval(nrv_fill(t.g, NRV_F32, NRV_SHAPE(0, far, far), 1), NULL, 0), NRV_ESHAPE);
    close_all(&t);
}

static void a_buffer_bound_again_with_other_bytes_is_checked(void **state)
{
    (void)state;
    edge t = open_graph(0);
    nrv_output(t.g, "y", nrv_sum_all(nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(100))));
    compile(&t);
    const float v[100] = { 1 };
    nrv_bind_in(t.e, "x", v, sizeof v);
    assert_int_equal(nrv_run(t.e), NRV_OK);
    nrv_bind_in(t.e, "x", v, 4);
    assert_int_equal(nrv_run(t.e), NRV_EARG);
    assert_non_null(strstr(nrv_why(t.e), "input 'x' takes 400 bytes, 4 are bound"));
    close_all(&t);
}

static void values_stay_until_the_next_run(void **state)
{
    (void)state;
    edge t = open_graph(0);
    nrv_tensor x = nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(nrv_size(t.g, "B", 1, 9)));
    nrv_output(t.g, "y", nrv_neg(x));
    compile(&t);
    const float v[2] = { 1, 2 };
    size_t bytes = 0;
    nrv_set_size(t.e, "B", 2);
    nrv_bind_in(t.e, "x", v, sizeof v);
    assert_int_equal(nrv_run(t.e), NRV_OK);
    nrv_set_size(t.e, "B", 5); /* noted, no more */
    const float *y = nrv_value(t.e, "y", &bytes);
    assert_int_equal(bytes, sizeof v);
    assert_memory_equal(y, ((const float[]){ -1, -2 }), sizeof v);
    close_all(&t);
}

/* ---- locals ---- */
static void a_local_of_other_lengths_starts_anew(void **state)
{
    (void)state;
    edge t = open_graph(0);
    nrv_dim B = nrv_size(t.g, "B", 0, 9), T = nrv_size(t.g, "T", 1, 9);
    nrv_tensor h = nrv_local(t.g, "h", NRV_F32, NRV_SHAPE(B, T), 0.5);
    nrv_assign(t.g, h, nrv_add_c(h, 1));
    compile(&t);
    static const int64_t sizes[][2] = { { 2, 1 }, { 2, 2 }, { 1, 4 }, { 0, 3 }, { 1, 3 } };
    for (int i = 0; i < 5; i++) {
        nrv_set_size(t.e, "B", sizes[i][0]);
        nrv_set_size(t.e, "T", sizes[i][1]);
        assert_int_equal(nrv_run(t.e), NRV_OK);
        size_t bytes;
        const float *v = nrv_value(t.e, "h", &bytes);
        assert_int_equal(bytes, sizes[i][0] * sizes[i][1] * 4);
        for (size_t k = 0; k < bytes / 4; k++)
            assert_float_equal(v[k], 1.5f, 0);
    }
    close_all(&t);
}

static void a_local_that_only_the_caller_reads_can_be_read(void **state)
{
    (void)state;
    edge t = open_graph(0);
    nrv_assign(t.g, nrv_local(t.g, "h", NRV_F32, NRV_SHAPE(1), 0.5), nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(1)));
    compile(&t);
    const float x = 3;
    nrv_bind_in(t.e, "x", &x, sizeof x);
    assert_int_equal(nrv_run(t.e), NRV_OK);
    const float *h = nrv_value(t.e, "h", NULL);
    assert_non_null(h);
    assert_float_equal(*h, 3, 0);
    close_all(&t);
}

/* ---- shared workspaces ---- */
typedef struct meter {
    int refuse;
    long held;
} meter;

static void *metered(void *user, void *p, size_t old, size_t want)
{
    meter *m = user;
    if (want && m->refuse)
        return NULL;
    m->held += (long)want - (long)old;
    if (!want)
        return free(p), NULL;
    return realloc(p, want);
}

static edge metered_edge(meter *m)
{
    edge t = { .s = nrv_store_new(&(nrv_store_opt){ .alloc = metered, .user = m }) };
    t.g = nrv_graph_new(t.s, 0);
    nrv_tensor x = nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(nrv_size(t.g, "B", 1, 100000)));
    nrv_output(t.g, "y", nrv_neg(nrv_concat(2, (const nrv_tensor[]){ x, x }, 0)));
    t.p = nrv_compile(t.g, NULL);
    return t;
}

static float edge_data[100000];

static nrv_status run_batch(nrv_exec *e, int64_t n)
{
    nrv_set_size(e, "B", n);
    nrv_bind_in(e, "x", edge_data, (size_t)n * sizeof(float));
    return nrv_run(e);
}

static void a_sharer_may_move_or_lose_the_workspace(void **state)
{
    (void)state;
    meter m = { 0, 0 };
    edge t = metered_edge(&m);
    t.e = nrv_exec_new(t.p, t.s, NULL);
    nrv_exec *other = nrv_exec_new(t.p, t.s, &(nrv_exec_opt){ .share = t.e });
    edge_data[0] = 5;
    assert_int_equal(run_batch(t.e, 10), NRV_OK);
    assert_int_equal(run_batch(other, 50000), NRV_OK);
    assert_null(nrv_value(t.e, "y", NULL)); /* it lay in what is freed now */
    assert_int_equal(run_batch(t.e, 10), NRV_OK);
    m.refuse = 1;
    assert_int_equal(run_batch(other, 100000), NRV_ENOMEM);
    m.refuse = 0;
    void *in_the_way = malloc(200000); /* so that the block cannot come back where it was */
    assert_int_equal(nrv_run(t.e), NRV_OK);
    assert_float_equal(*(const float *)nrv_value(t.e, "y", NULL), -5, 0);
    free(in_the_way);
    nrv_exec_free(other);
    close_all(&t);
    assert_int_equal(m.held, 0);
}

static void a_shared_workspace_goes_back_to_its_own_allocator(void **state)
{
    (void)state;
    meter a = { 0, 0 }, b = { 0, 0 };
    edge t = metered_edge(&a), u = metered_edge(&b);
    t.e = nrv_exec_new(t.p, t.s, NULL);
    u.e = nrv_exec_new(u.p, u.s, &(nrv_exec_opt){ .share = t.e });
    assert_int_equal(run_batch(t.e, 10), NRV_OK);
    assert_int_equal(run_batch(u.e, 50000), NRV_OK);
    close_all(&t);
    close_all(&u);
    assert_int_equal(a.held, 0);
    assert_int_equal(b.held, 0);
}

/* ---- what constants alone decide ---- */
static void runs_as_ever(nrv_exec *e, int64_t n)
{
    for (int i = 0; i < 3; i++) {
        edge_data[0] = (float)i;
        assert_int_equal(run_batch(e, n), NRV_OK);
        const float *y = nrv_value(e, "y", NULL);
        assert_memory_equal(y, ((const float[]){ (float)i + 12, (float)i + 10, (float)i + 11 }), 12);
    }
}

static void constants_are_reckoned_with_once(void **state) /* and again where others wrote over what came of it */
{
    (void)state;
    meter m = { 0, 0 };
    edge t = open_graph(0), other = metered_edge(&m);
    nrv_tensor x = nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(nrv_size(t.g, "B", 1, 100000)));
    nrv_tensor table = nrv_constant(t.g, NRV_F32, NRV_SHAPE(3), (const float[]){ 10, 11, 12 });
    nrv_tensor picked = nrv_gather(table, nrv_constant(t.g, NRV_I32, NRV_SHAPE(3), (const int32_t[]){ 2, 0, 1 }), 0);
    nrv_output(t.g, "y", nrv_add(picked, nrv_slice(nrv_concat(2, (const nrv_tensor[]){ x, x }, 0), 0, 0, 1)));
    compile(&t);
    char *plan = printed(t.p);
    assert_non_null(strstr(plan, "gather    (may fail)  (once)"));
    free(plan);
    runs_as_ever(t.e, 10000);
    other.e = nrv_exec_new(other.p, other.s, &(nrv_exec_opt){ .share = t.e });
    for (int64_t n = 1000; n <= 20000; n *= 20) {
        assert_int_equal(run_batch(other.e, n), NRV_OK);
        runs_as_ever(t.e, 10000);
        assert_int_equal(run_batch(other.e, n), NRV_OK);
    }
    close_all(&other);
    runs_as_ever(t.e, 10000);
    runs_as_ever(t.e, 40000);
    close_all(&t);
    assert_int_equal(m.held, 0);
}

/* ---- eager ---- */
static void eager_variables_are_read_as_they_were(void **state)
{
    (void)state;
    edge t = open_graph(NRV_EAGER);
    nrv_tensor a = nrv_state(t.g, "a", NRV_F32, NRV_SHAPE(1), 1), b = nrv_state(t.g, "b", NRV_F32, NRV_SHAPE(1), 2);
    nrv_assign(t.g, a, b);
    nrv_assign(t.g, b, a);
    nrv_graph_reset(t.g);
    assert_float_equal(*(const float *)nrv_store_data(t.s, "a", NULL, NULL), 2, 0);
    assert_float_equal(*(const float *)nrv_store_data(t.s, "b", NULL, NULL), 1, 0);
    close_all(&t);
}

static void an_eager_local_is_no_variable_of_the_store(void **state)
{
    (void)state;
    edge t = open_graph(NRV_EAGER);
    nrv_state(t.g, "w", NRV_F32, NRV_SHAPE(1000), 1);
    nrv_tensor h = nrv_local(t.g, "w", NRV_F32, NRV_SHAPE(1), 0);
    nrv_assign(t.g, h, nrv_add_c(h, 5));
    nrv_graph_reset(t.g);
    assert_float_equal(*(const float *)nrv_store_data(t.s, "w", NULL, NULL), 1, 0);
    close_all(&t);
}

static void an_eager_commit_that_fails_says_so(void **state)
{
    (void)state;
    edge t = open_graph(NRV_EAGER);
    nrv_tensor w = nrv_state(t.g, "w", NRV_F32, NRV_SHAPE(1), 1), x = nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(1));
    nrv_assign(t.g, w, x);
    nrv_graph_reset(t.g);
    assert_non_null(nrv_graph_why(t.g));
    assert_non_null(strstr(nrv_graph_why(t.g), "input 'x' has no value yet"));
    assert_float_equal(*(const float *)nrv_store_data(t.s, "w", NULL, NULL), 1, 0);
    nrv_graph_reset(t.g);
    assert_null(nrv_graph_why(t.g));
    close_all(&t);
}

static void eager_lengths_are_checked_like_those_of_a_run(void **state)
{
    (void)state;
    edge t = open_graph(0);
    nrv_dim B = nrv_size(t.g, "B", 1, 64), T = nrv_size(t.g, "T", 1, 64);
    nrv_tensor x = nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(B)), y = nrv_input(t.g, "y", NRV_F32, NRV_SHAPE(T));
    nrv_tensor both = nrv_add(x, y);
    nrv_feed(x, edge_data, 64 * 4);
    nrv_feed(y, edge_data, 2 * 4);
    assert_int_equal(nrv_eval(both, NULL, 0), NRV_ESHAPE);
    assert_string_equal(nrv_graph_why(t.g), "add: B = 64 must be equal to T = 2");
    nrv_graph_reset(t.g);
    x = nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(nrv_size(t.g, "B", 1, 64)));
    nrv_feed(x, edge_data, 65 * 4);
    assert_non_null(nrv_graph_why(t.g));
    assert_non_null(strstr(nrv_graph_why(t.g), "size 'B' is 65, it was declared 1..64"));
    close_all(&t);
}

static void two_unknown_lengths_do_not_make_a_known_one(void **state)
{
    (void)state;
    edge t = open_graph(0);
    nrv_dim B = nrv_size(t.g, "B", 1, 64), T = nrv_size(t.g, "T", 1, 64);
    nrv_tensor y = nrv_sum_all(nrv_fill(t.g, NRV_F32, NRV_SHAPE(nrv_dim_calc(t.g, B, '*', T)), 1));
    assert_int_equal(nrv_eval(y, NULL, 0), NRV_ESHAPE);
    assert_non_null(strstr(nrv_graph_why(t.g), "unknown"));
    close_all(&t);
}

static void nothing_is_fed_and_evaluated_too(void **state)
{
    (void)state;
    edge t = open_graph(0);
    nrv_tensor x = nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(3, 0, 4));
    float got[3] = { 1, 1, 1 };
    nrv_feed(x, NULL, 0);
    assert_int_equal(nrv_eval(nrv_neg(x), got, 0), NRV_OK);
    assert_int_equal(nrv_eval(nrv_sum(nrv_reshape(x, NRV_SHAPE(3, 0)), 1, 0), got, sizeof got), NRV_OK);
    assert_memory_equal(got, ((const float[]){ 0, 0, 0 }), sizeof got);
    close_all(&t);
}

static void an_input_fed_again_is_seen(void **state)
{
    (void)state;
    edge t = open_graph(0);
    nrv_tensor x = nrv_input(t.g, "x", NRV_F32, NRV_SHAPE(1)), y = nrv_neg(x);
    for (int i = 1; i < 4; i++) {
        const float v = (float)i;
        float got = 0;
        nrv_feed(x, &v, sizeof v);
        assert_int_equal(nrv_eval(y, &got, sizeof got), NRV_OK);
        assert_float_equal(got, -v, 0);
    }
    close_all(&t);
}

static void folded_constants_are_what_memory_would_hold(void **state)
{
    (void)state;
    edge t = open_graph(0);
    nrv_tensor c = nrv_fill(t.g, NRV_F64, NRV_SHAPE(1), 300.25), h = nrv_fill(t.g, NRV_F64, NRV_SHAPE(1), 2049);
    nrv_output(t.g, "bytes", nrv_cast(nrv_cast(c, NRV_U8), NRV_F64));
    nrv_output(t.g, "half", nrv_cast(nrv_cast(h, NRV_F16), NRV_F64));
    nrv_output(t.g, "tenth", nrv_cast(nrv_fill(t.g, NRV_F32, NRV_SHAPE(1), 0.1), NRV_F64));
    compile(&t);
    assert_int_equal(nrv_run(t.e), NRV_OK);
    assert_true(*(const double *)nrv_value(t.e, "bytes", NULL) == 255);
    assert_true(*(const double *)nrv_value(t.e, "half", NULL) == 2048);
    assert_true(*(const double *)nrv_value(t.e, "tenth", NULL) == (double)0.1f);
    close_all(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_that_may_fail_does_not_write_in_place),
        cmocka_unit_test(an_output_does_not_change_when_others_assign),
        cmocka_unit_test(a_slice_that_would_start_before_0_is_refused),
        cmocka_unit_test(lengths_around_a_0_are_counted_too),
        cmocka_unit_test(a_buffer_bound_again_with_other_bytes_is_checked),
        cmocka_unit_test(values_stay_until_the_next_run),
        cmocka_unit_test(a_local_of_other_lengths_starts_anew),
        cmocka_unit_test(a_local_that_only_the_caller_reads_can_be_read),
        cmocka_unit_test(a_sharer_may_move_or_lose_the_workspace),
        cmocka_unit_test(constants_are_reckoned_with_once),
        cmocka_unit_test(a_shared_workspace_goes_back_to_its_own_allocator),
        cmocka_unit_test(eager_variables_are_read_as_they_were),
        cmocka_unit_test(an_eager_local_is_no_variable_of_the_store),
        cmocka_unit_test(an_eager_commit_that_fails_says_so),
        cmocka_unit_test(eager_lengths_are_checked_like_those_of_a_run),
        cmocka_unit_test(two_unknown_lengths_do_not_make_a_known_one),
        cmocka_unit_test(nothing_is_fed_and_evaluated_too),
        cmocka_unit_test(an_input_fed_again_is_seen),
        cmocka_unit_test(folded_constants_are_what_memory_would_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
