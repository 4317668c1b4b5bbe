/* test_machine.c - what a machine may have or lack changes no number: more threads than cores, a process that forked
   after its threads had started, a workspace that could not be had at first, every tier that is missing. */
#include "base/cpu.h"
#include "base/pool.h"
#include "nervo.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

enum { MACHINE_ROWS = 192, MACHINE_IN = 96, MACHINE_OUT = 128, MACHINE_STEPS = 3 }; /* worth splitting, at every tier */

typedef struct machine_net {
    nrv_store *s;
    nrv_plan *p;
    nrv_exec *e;
    nrv_pool *pool;
    float *x, loss;
} machine_net;

static nrv_plan *machine_plan(nrv_store *s, const nrv_compile_opt *opt)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(nrv_size(g, "B", 1, MACHINE_ROWS), MACHINE_IN));
    nrv_tensor y = nrv_dropout(nrv_tanh(nrv_linear(x, "a", MACHINE_OUT, NULL)), "drop", 0.2);
    nrv_tensor loss = nrv_mean_all(nrv_square(nrv_softmax(nrv_linear(y, "b", MACHINE_OUT, NULL), 1)));
    nrv_list p = nrv_params(g, "*");
    nrv_assign_all(p, nrv_adam(p, nrv_grads(loss, p), &(nrv_adam_opt){ .lr = 0.01 }));
    nrv_output(g, "loss", loss);
    nrv_plan *plan = nrv_compile(g, opt);
    nrv_graph_free(g);
    return plan;
}

/* with a pool of its own; threads 0: none */
static void machine_start(machine_net *n, const nrv_store_opt *so, int threads)
{
    *n = (machine_net){ .s = nrv_store_new(so), .pool = threads ? nrv_pool_new(threads) : NULL };
    n->x = malloc(sizeof *n->x * MACHINE_ROWS * MACHINE_IN);
    assert_true(n->x && (n->pool || !threads));
    for (int i = 0; i < MACHINE_ROWS * MACHINE_IN; i++)
        n->x[i] = (float)((i * 37 + 11) % 101) / 50 - 1;
    n->p = machine_plan(n->s, NULL);
    n->e = nrv_exec_new(n->p, n->s, &(nrv_exec_opt){ .pool = n->pool });
    nrv_set_size(n->e, "B", MACHINE_ROWS);
    nrv_bind_in(n->e, "x", n->x, sizeof *n->x * MACHINE_ROWS * MACHINE_IN);
    nrv_bind_out(n->e, "loss", &n->loss, sizeof n->loss);
}

static void machine_stop(machine_net *n)
{
    nrv_exec_free(n->e);
    nrv_plan_free(n->p);
    nrv_store_free(n->s);
    nrv_pool_free(n->pool);
    free(n->x);
}

/* a few steps; the weights after them, which the store keeps */
static const float *machine_weights(machine_net *n, size_t *bytes)
{
    nrv_shape shape;
    for (int i = 0; i < MACHINE_STEPS; i++)
        if (nrv_run(n->e))
            return NULL;
    const float *w = nrv_store_data(n->s, "a.weight", &shape, NULL);
    *bytes = sizeof *w * MACHINE_IN * MACHINE_OUT;
    return w;
}

static bool machine_same(machine_net *a, machine_net *b)
{
    size_t bytes = 0;
    const float *x = machine_weights(a, &bytes), *y = machine_weights(b, &bytes);
    return x && y && !memcmp(x, y, bytes) && !memcmp(&a->loss, &b->loss, sizeof a->loss);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    const int threads[] = { 1, 2, 64, 0x7FFF, -1, INT_MIN }; /* far beyond the cores; below 1: what there is */
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        if (threads[i] == 0x7FFF) {
            assert_null(nrv_pool_new(threads[i])); /* and without a pool the caller does it all */
            continue;
        }
        machine_net alone, many;
        machine_start(&alone, NULL, 0);
        machine_start(&many, NULL, threads[i]);
        assert_int_equal(nrv__pool_threads(many.pool), threads[i] > 0 ? threads[i] : nrv__cores_at(""));
        assert_true(machine_same(&alone, &many));
        machine_stop(&alone);
        machine_stop(&many);
    }
}

/* its runtime refuses threads that start after such a fork */
#if defined(__SANITIZE_THREAD__)
#define MACHINE_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define MACHINE_TSAN 1
#endif
#endif
#ifdef MACHINE_TSAN
enum { MACHINE_OWN = 0 };
#else
enum { MACHINE_OWN = 3 };
#endif

/* the child has no workers: it does all by itself, whether it goes on with its parent's exec or makes one of its own */
static void a_fork_after_threads_have_started_loses_nothing(void **state)
{
    (void)state;
    machine_net alone, n;
    machine_start(&alone, NULL, 0);
    machine_start(&n, NULL, 3);
    assert_int_equal(nrv_run(alone.e), NRV_OK);
    assert_int_equal(nrv_run(n.e), NRV_OK);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(60);
        int wrong = !machine_same(&alone, &n);
        machine_net fresh, own;
        machine_start(&fresh, NULL, 0);
        machine_start(&own, NULL, MACHINE_OWN);
        wrong |= machine_same(&fresh, &own) ? 0 : 2;
        machine_stop(&own);
        machine_stop(&fresh);
        machine_stop(&n);
        _exit(wrong);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(machine_same(&alone, &n)); /* and the parent still has its workers */
    machine_stop(&alone);
    machine_stop(&n);
}

/* ---- a workspace that cannot be had ---- */
typedef struct machine_memory {
    size_t most, limit; /* the largest block that was asked for; 0: no limit */
} machine_memory;

static void *machine_alloc(void *user, void *p, size_t old, size_t want)
{
    machine_memory *m = user;
    (void)old;
    m->most = want > m->most ? want : m->most;
    if (!want)
        return free(p), NULL;
    return m->limit && want > m->limit ? NULL : realloc(p, want);
}

static void machine_rows(machine_net *n, int rows)
{
    nrv_set_size(n->e, "B", rows);
    nrv_bind_in(n->e, "x", n->x, sizeof *n->x * (size_t)rows * MACHINE_IN);
}

static void a_smaller_workspace_may_be_had_instead(void **state)
{
    (void)state;
    machine_memory m = { 0, 0 }, plenty = { 0, 0 };
    machine_net n, plain;
    machine_start(&n, &(nrv_store_opt){ .alloc = machine_alloc, .user = &m }, 2);
    machine_start(&plain, &(nrv_store_opt){ .alloc = machine_alloc, .user = &plenty }, 2);
    m.most = 0;
    machine_rows(&plain, 2);
    assert_int_equal(nrv_prepare(plain.e), NRV_OK);
    m.limit = plenty.most;
    assert_int_equal(nrv_run(n.e), NRV_ENOMEM);
    assert_true(m.most > m.limit);
    assert_non_null(strstr(nrv_why(n.e), "no memory for a workspace of "));
    assert_non_null(strstr(nrv_why(n.e), "hint  a smaller batch"));
    machine_rows(&n, 2);
    assert_true(machine_same(&n, &plain));
    machine_stop(&plain);
    machine_stop(&n);
}

/* ---- tiers ---- */
static void a_tier_that_is_not_here_is_refused_and_the_others_named(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    for (nrv__tier t = NRV__REF; t < NRV__TIERS; t = (nrv__tier)(t + 1)) {
        nrv_plan *p = machine_plan(s, &(nrv_compile_opt){ .cpu = nrv__tier_name(t) });
        nrv_exec *e = nrv_exec_new(p, s, NULL);
        assert_int_equal(nrv_why(e) == NULL, nrv__cpu_has(t));
        assert_int_equal(strstr(nrv_tiers(), nrv__tier_name(t)) != NULL, nrv__cpu_has(t));
        if (!nrv__cpu_has(t))
            assert_non_null(strstr(nrv_why(e), nrv_tiers()));
        nrv_exec_free(e);
        nrv_plan_free(p);
    }
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(a_fork_after_threads_have_started_loses_nothing),
        cmocka_unit_test(a_smaller_workspace_may_be_had_instead),
        cmocka_unit_test(a_tier_that_is_not_here_is_refused_and_the_others_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
