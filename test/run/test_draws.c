/* test_draws.c - random numbers in running plans: the same bits for any number of threads; other numbers for every run,
   name, pass and stream; the same numbers after a save and a load in the middle. */
#include "graph/store.h"
#include "nervo.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { N = 20000, DRAWS = 9 };

static const char *const draw_name[DRAWS] = { "uniform",     "normal",  "exponential", "gumbel", "bernoulli",
                                              "categorical", "poisson", "permutation", "counts" };

static void draw_all(nrv_graph *g)
{
    nrv_shape s = NRV_SHAPE(N);
    nrv_tensor rate = nrv_mul_c(nrv_cast(nrv_iota(g, NRV_I32, N), NRV_F32), 0.01);
    nrv_output(g, "uniform", nrv_uniform(g, "a", NRV_F32, s));
    nrv_output(g, "normal", nrv_normal(g, "b", NRV_F32, s));
    nrv_output(g, "exponential", nrv_exponential(g, "c", NRV_F32, s));
    nrv_output(g, "gumbel", nrv_gumbel(g, "d", NRV_F32, s));
    nrv_output(g, "bernoulli", nrv_bernoulli(nrv_fill(g, NRV_F32, s, 0.3), "e"));
    nrv_output(g, "categorical", nrv_categorical(nrv_uniform(g, "f", NRV_F32, NRV_SHAPE(N, 7)), "g"));
    nrv_output(g, "poisson", nrv_poisson(rate, "h"));
    nrv_output(g, "permutation", nrv_permutation(g, "i", N));
    nrv_output(g, "counts", nrv_cast(nrv_poisson(nrv_fill(g, NRV_F64, s, 4), "j"), NRV_I32));
}

/* every output of one run, in one block */
static char *outputs_of(nrv_exec *e, size_t *bytes)
{
    char *all = NULL;
    *bytes = 0;
    if (nrv_run(e))
        fail_msg("%s", nrv_why(e));
    for (int i = 0; i < DRAWS; i++) {
        size_t n = 0;
        const void *value = nrv_value(e, draw_name[i], &n);
        all = realloc(all, *bytes + n);
        assert_true(all && value && n >= N);
        memcpy(all + *bytes, value, n);
        *bytes += n;
    }
    return all;
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    static const int threads[] = { 1, 2, 3, 7 };
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    draw_all(g);
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *one = nrv_exec_new(p, s, NULL);
    size_t n, m;
    char *want = outputs_of(one, &n);
    for (int i = 0; i < 4; i++) {
        nrv_pool *pool = nrv_pool_new(threads[i]);
        nrv_exec *e = nrv_exec_new(p, s, &(nrv_exec_opt){ .pool = pool });
        char *got = outputs_of(e, &m);
        assert_true(n == m && !memcmp(want, got, n));
        free(got);
        nrv_exec_free(e);
        nrv_pool_free(pool);
    }
    free(want);
    nrv_exec_free(one);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* how many of the draws two runs have in common */
static int same_draws(const char *a, const char *b)
{
    static const size_t size[DRAWS] = { 4, 4, 4, 4, 4, 4, 4, 8, 4 };
    int same = 0;
    for (int i = 0; i < DRAWS; i++) {
        same += !memcmp(a, b, N * size[i]);
        a += N * size[i], b += N * size[i];
    }
    return same;
}

static void runs_and_streams_differ(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    draw_all(g);
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *a = nrv_exec_new(p, s, NULL), *b = nrv_exec_new(p, s, &(nrv_exec_opt){ .stream = 1 });
    size_t n;
    char *first = outputs_of(a, &n), *second = outputs_of(a, &n), *other = outputs_of(b, &n), *more = outputs_of(b, &n);
    assert_int_equal(same_draws(first, first), DRAWS);
    assert_int_equal(same_draws(first, second) + same_draws(first, other) + same_draws(second, other), 0);
    assert_int_equal(same_draws(other, more) + same_draws(second, more), 0);
    nrv_exec *again = nrv_exec_new(p, s, NULL); /* another exec of the same store begins where the first began */
    char *third = outputs_of(again, &n);
    assert_int_equal(same_draws(first, third), DRAWS);
    free(first), free(second), free(other), free(more), free(third);
    nrv_exec_free(a), nrv_exec_free(b), nrv_exec_free(again);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static nrv_tensor noise(nrv_graph *g)
{
    nrv_tensor y = nrv_normal(g, "noise", NRV_F32, NRV_SHAPE(8));
    return nrv_add(y, nrv_poisson(nrv_fill(g, NRV_F32, NRV_SHAPE(8), 20), "count"));
}

static void names_and_passes_differ(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    static const char *const name[] = { "a", "b", "c", "d" };
    float v[4][8];
    nrv_output(g, "a", noise(g));
    nrv_enter(g, &(nrv_scope){ .pass = "second" });
    nrv_output(g, "b", noise(g));
    nrv_pop(g);
    nrv_push(g, "inner");
    nrv_output(g, "c", noise(g));
    nrv_pop(g);
    nrv_output(g, "d",
               nrv_add(nrv_normal(g, "noise2", NRV_F32, NRV_SHAPE(8)),
                       nrv_poisson(nrv_fill(g, NRV_F32, NRV_SHAPE(8), 20), "count2")));
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    for (int i = 0; i < 4; i++)
        nrv_bind_out(e, name[i], v[i], sizeof v[i]);
    if (nrv_run(e))
        fail_msg("%s", nrv_why(e));
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(v[i], v[k], sizeof *v);
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* runs `steps` steps of a walk w += noise */
static void walk(nrv_store *s, int steps, float w[8])
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor at = nrv_state(g, "w", NRV_F32, NRV_SHAPE(8), 0);
    nrv_assign(g, at, nrv_add(at, noise(g)));
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    for (int i = 0; i < steps; i++)
        if (nrv_run(e))
            fail_msg("%s", nrv_why(e));
    memcpy(w, nrv_store_data(s, "w", NULL, NULL), 8 * sizeof *w);
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
}

static void a_resumed_walk_goes_on_as_if_nothing_had_been(void **state)
{
    (void)state;
    float straight[8], half[8], resumed[8];
    nrv_store *a = nrv_store_new(&(nrv_store_opt){ .seed = 5 }), *b = nrv_store_new(&(nrv_store_opt){ .seed = 5 }),
              *c = nrv_store_new(NULL); /* the seed comes with the file */
    walk(a, 7, straight);
    walk(b, 3, half);
    assert_int_equal(nrv_store_save(b, "draws.safetensors", "*"), NRV_OK);
    assert_int_equal(nrv_store_load(c, "draws.safetensors", NULL), NRV_OK);
    walk(c, 4, resumed);
    assert_memory_equal(straight, resumed, sizeof straight);
    assert_memory_not_equal(straight, half, sizeof straight);
    nrv_store_free(a), nrv_store_free(b), nrv_store_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(runs_and_streams_differ),
        cmocka_unit_test(names_and_passes_differ),
        cmocka_unit_test(a_resumed_walk_goes_on_as_if_nothing_had_been),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
