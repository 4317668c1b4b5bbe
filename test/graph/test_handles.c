/* What is refused about handles, ranks and names, before anything can be read or written where it is not: tensors of
   another graph, ranks beyond 8, a local that is two things, constants without data, two tensors of a file that would
   become one, a store that is being changed. */
#include "graph/store.h"
#include "nervo.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void expect_broken(nrv_graph *g, const char *words)
{
    const char *why = nrv_graph_why(g);
    if (!why || !strstr(why, words))
        fail_msg("'%s' was expected, the graph says: %s", words, why ? why : "nothing");
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_plan_free(p);
    nrv_graph_reset(g);
}

static void a_tensor_of_another_graph_is_refused(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0), *other = nrv_graph_new(s, 0);
    nrv_tensor x = nrv_input(other, "x", NRV_F32, NRV_SHAPE(3));
    for (int i = 0; i < 100; i++)
        x = nrv_add_c(x, i + 1.0);
    nrv_output(g, "y", x);
    expect_broken(g, "output: the tensor is of another graph");
    nrv_assign(g, nrv_state(g, "w", NRV_F32, NRV_SHAPE(3), 0), x);
    expect_broken(g, "assign: the tensor is of another graph");
    nrv_assign(g, nrv_state(other, "w", NRV_F32, NRV_SHAPE(3), 0), nrv_fill(g, NRV_F32, NRV_SHAPE(3), 1));
    expect_broken(g, "assign: the tensor is of another graph");
    nrv_graph_free(other);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void ranks_beyond_8_are_refused_before_they_are_read(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    const nrv_shape deep = { 100, { 1 } }, less = { -1, { 1 } };
    nrv_constant(g, NRV_F32, deep, "0000");
    expect_broken(g, "constant: rank 100");
    nrv_constant(g, NRV_F32, less, "0000");
    expect_broken(g, "constant: rank -1");
    nrv_uniform(g, "u", NRV_F32, deep);
    expect_broken(g, "uniform: 100 lengths");
    nrv_broadcast(nrv_fill(g, NRV_F32, NRV_SCALAR, 1), deep);
    expect_broken(g, "broadcast: 100 lengths");
    nrv_constant(g, NRV_F32, NRV_SHAPE(2), NULL);
    expect_broken(g, "constant: 8 bytes at NULL");
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void a_local_is_one_thing(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_tensor h = nrv_local(g, "h", NRV_F32, NRV_SHAPE(1000), 0);
    assert_ptr_equal(h, nrv_local(g, "h", NRV_F32, NRV_SHAPE(1000), 0));
    assert_null(nrv_graph_why(g));
    assert_null(nrv_local(g, "h", NRV_F32, NRV_SHAPE(1), 0));
    expect_broken(g, "local 'h' is asked for twice");
    nrv_local(g, "h", NRV_F32, NRV_SHAPE(2), 0);
    nrv_local(g, "h", NRV_F32, NRV_SHAPE(2), 1);
    expect_broken(g, "local 'h' is asked for twice");
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void work_that_cannot_be_counted_stays_at_the_most(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    const int64_t long_one = INT64_C(1) << 40, short_one = INT64_C(1) << 20;
    nrv_tensor y = nrv_matmul(nrv_input(g, "a", NRV_F32, NRV_SHAPE(long_one, short_one)),
                              nrv_input(g, "b", NRV_F32, NRV_SHAPE(short_one, long_one)));
    assert_non_null(y);
    nrv_output(g, "y", nrv_softmax(nrv_input(g, "c", NRV_F32, NRV_SHAPE(long_one, long_one)), -1));
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    assert_int_equal(nrv_run(e), NRV_ENOMEM);
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static const char *rename_all(void *user, const char *name)
{
    (void)name;
    return user;
}

static void two_tensors_of_a_file_do_not_become_one(void **state)
{
    (void)state;
    char to[] = "w";
    nrv_store *s = nrv_store_new(NULL), *fresh = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_state(g, "a", NRV_F32, NRV_SHAPE(2), 1);
    nrv_state(g, "b", NRV_F32, NRV_SHAPE(1000), 2);
    assert_int_equal(nrv_store_save(s, "handles.safetensors", "*"), NRV_OK);
    const nrv_load_opt opt = { .rename = rename_all, .user = to };
    assert_int_equal(nrv_store_load(fresh, "handles.safetensors", &opt), NRV_ENAME);
    assert_non_null(strstr(nrv_store_why(fresh), "of the file would both become 'w'"));
    assert_null(nrv_store_data(fresh, "w", NULL, NULL));
    assert_int_equal(nrv_store_load(fresh, "handles.safetensors", NULL), NRV_OK);
    nrv_graph_free(g);
    nrv_store_free(fresh);
    nrv_store_free(s);
}

static void a_store_that_is_changing_is_not_copied(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL), *to = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_state(g, "a", NRV_F32, NRV_SHAPE(2), 1);
    assert_true(nrv__store_enter(s, true));
    assert_int_equal(nrv_store_copy(to, s, "*"), NRV_EBUSY);
    nrv__store_leave(s, true);
    assert_int_equal(nrv_store_copy(to, s, "*"), NRV_OK);
    assert_int_equal(nrv_store_copy(s, s, "*"), NRV_OK);
    assert_true(nrv__store_enter(s, true) && nrv__store_enter(to, true)); /* nobody is left inside */
    nrv__store_leave(s, true);
    nrv__store_leave(to, true);
    nrv_graph_free(g);
    nrv_store_free(to);
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tensor_of_another_graph_is_refused),
        cmocka_unit_test(ranks_beyond_8_are_refused_before_they_are_read),
        cmocka_unit_test(a_local_is_one_thing),
        cmocka_unit_test(work_that_cannot_be_counted_stays_at_the_most),
        cmocka_unit_test(two_tensors_of_a_file_do_not_become_one),
        cmocka_unit_test(a_store_that_is_changing_is_not_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
