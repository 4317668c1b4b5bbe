/* test_loops.c - compiled loops: the same bits for any number of threads where their steps are large enough to be
   split, one exec for any number of turns in any order, and no allocation once it is prepared. */
#include "nervo.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { LOOPS_B = 48, LOOPS_N = 80, LOOPS_MOST = 9, LOOPS_OUT = 5 };
static const char *const loops_out[LOOPS_OUT] = { "y", "dx", "dw", "ddw", "all" };

typedef struct loops_net {
    nrv_store *s;
    nrv_plan *p;
    nrv_exec *e;
    nrv_pool *pool;
    float *x;
    int refuse;
} loops_net;

static void *loops_alloc(void *user, void *p, size_t old, size_t want)
{
    const loops_net *n = user;
    (void)old;
    if (want && n->refuse)
        return NULL;
    if (!want) {
        free(p);
        return NULL;
    }
    return realloc(p, want);
}

/* a recurrent net with a choice, a draw and a wait in each turn */
static nrv_tensor loops_turn(nrv_graph *g, nrv_tensor x, nrv_tensor h)
{
    nrv_enter(g, &(nrv_scope){ .name = "cell", .mode = NRV_SHARED });
    nrv_tensor a = nrv_tanh(nrv_add(nrv_linear(x, "in", LOOPS_N, NULL), nrv_linear(h, "state", LOOPS_N, NULL)));
    nrv_block *i = nrv_if(g, nrv_less(nrv_mean_all(x), nrv_mean_all(h)));
    nrv_tensor yes =
        nrv_matmul(a, nrv_transpose(nrv_param(g, "gate", NRV_F32, NRV_SHAPE(LOOPS_N, LOOPS_N), NRV_NORMAL(0.1))));
    nrv_else(i);
    nrv_tensor no = nrv_dropout(nrv_exp(nrv_neg(nrv_square(a))), "drop", 0.25);
    nrv_end(i);
    nrv_block *b = nrv_while(g, 3);
    nrv_tensor c = nrv_carry(b, nrv_either(i, yes, no));
    nrv_until(b, nrv_less(nrv_mean_all(nrv_square(c)), nrv_fill(g, NRV_F32, NRV_SCALAR, 0.05)));
    nrv_next(b, c, nrv_softmax(nrv_mul_c(c, 0.5), 1));
    nrv_end(b);
    nrv_pop(g);
    return nrv_add(nrv_last(b, c), nrv_mul_c(a, 0.5));
}

static nrv_plan *loops_trace(nrv_store *s, int keep, int reverse)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_dim T = nrv_size(g, "T", 0, LOOPS_MOST);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(T, LOOPS_B, LOOPS_N)), dx, d;
    nrv_block *b = nrv_scan(g, &(nrv_scan_opt){ .keep = keep, .reverse = reverse });
    nrv_tensor row = nrv_each(b, x), h = nrv_carry(b, nrv_fill(g, NRV_F32, NRV_SHAPE(LOOPS_B, LOOPS_N), 0.1));
    nrv_tensor h1 = loops_turn(g, row, h);
    nrv_next(b, h, h1);
    nrv_end(b);
    nrv_tensor all = nrv_stacked(b, h1),
               y = nrv_add(nrv_mean_all(nrv_square(nrv_last(b, h))), nrv_sum_all(nrv_mul(all, all)));
    nrv_list p = nrv_params(g, "*"), dp = nrv_grads(y, p);
    nrv_grad(y, NULL, 1, &x, &dx);
    d = nrv_pack(dp);
    nrv_output(g, "y", y);
    nrv_output(g, "dx", dx);
    nrv_output(g, "dw", d);
    nrv_output(g, "ddw", nrv_pack(nrv_grads(nrv_sum_all(nrv_square(d)), p)));
    nrv_output(g, "all", all);
    nrv_plan *plan = nrv_compile(g, NULL);
    nrv_graph_free(g);
    return plan;
}

static void loops_open(loops_net *n, int threads, int keep, int reverse)
{
    *n = (loops_net){ .pool = threads > 1 ? nrv_pool_new(threads) : NULL };
    n->s = nrv_store_new(&(nrv_store_opt){ .seed = 9, .alloc = loops_alloc, .user = n });
    n->p = loops_trace(n->s, keep, reverse);
    n->e = nrv_exec_new(n->p, n->s, &(nrv_exec_opt){ .pool = n->pool });
    n->x = malloc(sizeof *n->x * LOOPS_MOST * LOOPS_B * LOOPS_N);
    assert_non_null(n->x);
    for (int i = 0; i < LOOPS_MOST * LOOPS_B * LOOPS_N; i++)
        n->x[i] = (float)((i * 37 + i / 7) % 101) / 50 - 1;
}

static void loops_close(loops_net *n)
{
    nrv_exec_free(n->e);
    nrv_plan_free(n->p);
    nrv_store_free(n->s);
    nrv_pool_free(n->pool);
    free(n->x);
}

static void loops_run(loops_net *n, int64_t T)
{
    nrv_set_size(n->e, "T", T);
    nrv_bind_in(n->e, "x", n->x, (size_t)T * LOOPS_B * LOOPS_N * sizeof *n->x);
    if (nrv_run(n->e))
        fail_msg("%lld turns: %s", (long long)T, nrv_why(n->e));
}

static void loops_same(loops_net *a, loops_net *b, int threads)
{
    for (int i = 0; i < LOOPS_OUT; i++) {
        size_t na = 0, nb = 0;
        const void *va = nrv_value(a->e, loops_out[i], &na), *vb = nrv_value(b->e, loops_out[i], &nb);
        assert_int_equal(na, nb);
        if (na && memcmp(va, vb, na) != 0)
            fail_msg("%s differs on %d threads", loops_out[i], threads);
    }
}

static void threads_do_not_change_bits(void **state)
{
    static const int threads[] = { 2, 3, 7 };
    (void)state;
    for (int keep = 0; keep < 3; keep++) {
        loops_net one;
        loops_open(&one, 1, keep, keep & 1);
        loops_run(&one, 5);
        for (int t = 0; t < 3; t++) {
            loops_net many;
            loops_open(&many, threads[t], keep, keep & 1);
            loops_run(&many, 5);
            loops_same(&one, &many, threads[t]);
            loops_close(&many);
        }
        loops_close(&one);
    }
}

/* an exec that ran other numbers of turns gives what one gives that ran only this, as often: draws differ by run */
static void any_number_of_turns_in_any_order(void **state)
{
    static const int64_t T[] = { 3, 0, 8, 1, 5 };
    (void)state;
    for (int keep = 0; keep < 3; keep++) {
        loops_net used;
        loops_open(&used, 2, keep, 0);
        for (int i = 0; i < 5; i++) {
            loops_net only;
            loops_open(&only, 1, keep, 0);
            loops_run(&used, T[i]);
            for (int k = 0; k <= i; k++)
                loops_run(&only, T[i]);
            loops_same(&only, &used, 2);
            loops_close(&only);
        }
        loops_close(&used);
    }
}

static void a_prepared_loop_allocates_nothing(void **state)
{
    (void)state;
    for (int keep = 0; keep < 3; keep++) {
        loops_net n;
        loops_open(&n, 2, keep, 1);
        loops_run(&n, 6);
        n.refuse = 1;
        loops_run(&n, 6);
        n.refuse = 0;
        loops_close(&n);
    }
}

/* the condition is what a turn carried, an outer value or a number; the turn after it would read past the end */
static void a_turn_that_is_not_taken_is_not_computed(void **state)
{
    (void)state;
    static const double want[] = { 6, 0, 0 }, t[] = { 1, 2, 3 };
    static const unsigned char yes = 1;
    for (int kind = 0; kind < 3; kind++) {
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, 0);
        nrv_tensor from = nrv_input(g, "t", NRV_F64, NRV_SHAPE(3)), outer = nrv_input(g, "outer", NRV_BOOL, NRV_SCALAR);
        nrv_block *w = nrv_while(g, 20);
        nrv_tensor i = nrv_carry(w, nrv_fill(g, NRV_I64, NRV_SCALAR, kind ? 9 : 0));
        nrv_tensor sum = nrv_carry(w, nrv_fill(g, NRV_F64, NRV_SCALAR, 0));
        nrv_tensor done = nrv_carry(w, nrv_fill(g, NRV_BOOL, NRV_SCALAR, 0));
        nrv_until(w, kind == 0 ? done : kind == 1 ? outer : nrv_fill(g, NRV_BOOL, NRV_SCALAR, 1));
        nrv_tensor more = nrv_add(i, nrv_fill(g, NRV_I64, NRV_SCALAR, 1));
        nrv_next(w, i, more);
        nrv_next(w, sum, nrv_add(sum, nrv_gather(from, i, 0)));
        nrv_next(w, done, nrv_less(nrv_fill(g, NRV_I64, NRV_SCALAR, 2), more));
        nrv_end(w);
        nrv_output(g, "sum", nrv_last(w, sum));
        nrv_plan *p = nrv_compile(g, NULL);
        nrv_exec *e = nrv_exec_new(p, s, NULL);
        nrv_bind_in(e, "t", t, sizeof t);
        nrv_bind_in(e, "outer", &yes, sizeof yes);
        assert_int_equal(nrv_run(e), NRV_OK);
        assert_true(*(const double *)nrv_value(e, "sum", NULL) == want[kind]);
        nrv_exec_free(e);
        nrv_plan_free(p);
        nrv_graph_free(g);
        nrv_store_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_change_bits),
        cmocka_unit_test(any_number_of_turns_in_any_order),
        cmocka_unit_test(a_prepared_loop_allocates_nothing),
        cmocka_unit_test(a_turn_that_is_not_taken_is_not_computed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
