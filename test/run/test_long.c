/* Long programs stay linear and flat: a chain of 100,000 nodes, a scan of 100,000 turns, 10,000 nested scopes, 2,000
   scans one after the other and 20,000 named values are traced, differentiated, compiled, prepared and run on a stack
   of 64 KB, so nothing recurses, and what twice the length asks of the allocator is about twice as much. Anything
   quadratic would also take these sizes from seconds to minutes. Recomputation keeps a scan's memory at the square
   root. */
#include "../../src/base/base.h"
#include "nervo.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LONG_STACK 8 /* sanitizers pad frames */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define LONG_STACK 8
#endif
#endif
#ifndef LONG_STACK
#define LONG_STACK 1
#endif

typedef struct counted {
    size_t calls, asked, alive, peak;
} counted;
static void *count(void *user, void *p, size_t old, size_t want)
{
    counted *c = user;
    c->calls++;
    c->asked += want;
    c->alive += want - old;
    c->peak = c->alive > c->peak ? c->alive : c->peak;
    if (want)
        return realloc(p, want);
    free(p);
    return NULL;
}

typedef enum { RUN, TRAIN, EAGER, EVALUATE } manner;
typedef struct job {
    nrv_tensor (*trace)(nrv_graph *g, int n);
    int n;
    manner how;
    counted c;
    char why[400];
    double loss;
} job;

static void run_job(job *j, nrv_store *s)
{
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_tensor y = j->trace(g, j->n);
    nrv_output(g, "loss", y);
    if (j->how == TRAIN) {
        nrv_list p = nrv_params(g, "*"), d = nrv_grads(y, p);
        nrv_assign_all(p, NRV_MAP("p, g: p - 0.01*g", p, d));
    }
    nrv_plan *p = nrv_compile(g, NULL);
    if (nrv_graph_why(g))
        snprintf(j->why, sizeof j->why, "%s", nrv_graph_why(g));
    nrv_graph_free(g);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    if (nrv_run(e))
        snprintf(j->why, sizeof j->why, "%s", nrv_why(e));
    else
        j->loss = *(const float *)nrv_value(e, "loss", NULL);
    nrv_exec_free(e);
    nrv_plan_free(p);
}

static void evaluate_job(job *j, nrv_store *s)
{
    nrv_graph *g = nrv_graph_new(s, j->how == EAGER ? NRV_EAGER : 0);
    float loss = 0;
    nrv_eval(j->trace(g, j->n), &loss, sizeof loss);
    if (nrv_graph_why(g))
        snprintf(j->why, sizeof j->why, "%s", nrv_graph_why(g));
    j->loss = (double)loss;
    nrv_graph_free(g);
}

static void *on_its_stack(void *user)
{
    job *j = user;
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = count, .user = &j->c });
    (j->how == RUN || j->how == TRAIN ? run_job : evaluate_job)(j, s);
    nrv_store_free(s);
    return NULL;
}

static job traced(nrv_tensor (*trace)(nrv_graph *g, int n), int n, manner how)
{
    job j = { .trace = trace, .n = n, .how = how };
    pthread_attr_t a;
    pthread_t t;
    assert_int_equal(pthread_attr_init(&a), 0);
    assert_int_equal(pthread_attr_setstacksize(&a, LONG_STACK * 64 * 1024), 0);
    assert_int_equal(pthread_create(&t, &a, on_its_stack, &j), 0);
    assert_int_equal(pthread_join(t, NULL), 0);
    pthread_attr_destroy(&a);
    assert_string_equal(j.why, "");
    assert_int_equal(j.c.alive, 0);
    return j;
}

/* where arenas grow by 64 bytes, what manages them takes as much again */
#ifdef NRV__TINY
static const double managed = 2.0;
#else
static const double managed = 1.0;
#endif

/* twice as long: about twice as many calls and bytes. Tables double, so bytes may be 2.5 times */
static void grows_in_line(nrv_tensor (*trace)(nrv_graph *g, int n), int n, manner how, double bytes_each)
{
    job half = traced(trace, n / 2, how), whole = traced(trace, n, how);
    assert_true((double)whole.c.calls < 2.2 * (double)half.c.calls);
    assert_true((double)whole.c.asked < 2.6 * (double)half.c.asked);
    assert_true((double)whole.c.peak < 2.6 * (double)half.c.peak);
    assert_true((double)whole.c.peak < bytes_each * managed * n);
}

static nrv_tensor weight(nrv_graph *g)
{
    return nrv_param(g, "w", NRV_F32, NRV_SHAPE(1), NRV_ONES);
}

static nrv_tensor chain(nrv_graph *g, int n)
{
    nrv_tensor y = weight(g);
    for (int i = 0; i < n; i++)
        y = i % 2 ? nrv_sin(y) : nrv_cos(y);
    return nrv_sum_all(y);
}

static nrv_tensor products(nrv_graph *g, int n) /* steps of their own, not tile programs */
{
    nrv_tensor w = nrv_param(g, "w", NRV_F32, NRV_SHAPE(2, 2), NRV_NORMAL(0.5)), y = w;
    for (int i = 0; i < n; i++)
        y = nrv_tanh(nrv_matmul(y, w));
    return nrv_sum_all(y);
}

static nrv_tensor scopes(nrv_graph *g, int n)
{
    nrv_tensor y = weight(g);
    for (int i = 0; i < n; i++) {
        nrv_push(g, "deep");
        y = nrv_sin(y);
    }
    y = nrv_add(y, weight(g));
    for (int i = 0; i < n; i++)
        nrv_pop(g);
    return nrv_sum_all(y);
}

static nrv_tensor scans(nrv_graph *g, int n)
{
    nrv_tensor y = weight(g);
    for (int i = 0; i < n; i++) {
        nrv_block *b = nrv_scan(g, &(nrv_scan_opt){ .steps = 2 });
        nrv_tensor c = nrv_carry(b, y);
        nrv_next(b, c, nrv_sin(c));
        nrv_end(b);
        y = nrv_last(b, c);
    }
    return nrv_sum_all(y);
}

static nrv_tensor names(nrv_graph *g, int n)
{
    nrv_tensor all = weight(g);
    for (int i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof name, "s%d", i);
        nrv_tensor s = nrv_state(g, name, NRV_F32, NRV_SHAPE(1), 1);
        snprintf(name, sizeof name, "l%d", i);
        nrv_tensor l = nrv_local(g, name, NRV_F32, NRV_SHAPE(1), 1), both = nrv_add(s, l);
        nrv_assign(g, s, both);
        nrv_assign(g, l, nrv_mul_c(both, 0.5));
        snprintf(name, sizeof name, "y%d", i);
        nrv_output(g, name, nrv_sub(s, l));
    }
    return nrv_sum_all(all);
}

static nrv_tensor lengths(nrv_graph *g, int n) /* two different ones each time */
{
    nrv_dim T = nrv_size(g, "T", 3, 3), length = T;
    nrv_tensor all = weight(g);
    for (int i = 0; i < n; i++) {
        length = nrv_dim_calc(g, length, '+', 1);
        nrv_dim half = nrv_dim_calc(g, length, '/', 2);
        all = nrv_add(all, nrv_cast(nrv_dim_value(g, length), NRV_F32));
        all = nrv_sub(all, nrv_cast(nrv_dim_value(g, half), NRV_F32));
    }
    return nrv_sum_all(all);
}

static nrv_tensor scan_kept(nrv_graph *g, int n, int keep)
{
    nrv_tensor w = weight(g);
    nrv_block *b = nrv_scan(g, &(nrv_scan_opt){ .steps = n, .keep = keep });
    nrv_tensor c = nrv_carry(b, nrv_fill(g, NRV_F32, NRV_SHAPE(1), 0.5));
    nrv_next(b, c, nrv_sin(nrv_mul(c, w)));
    nrv_end(b);
    return nrv_sum_all(nrv_last(b, c));
}

static nrv_tensor scan(nrv_graph *g, int n)
{
    return scan_kept(g, n, 0);
}

static nrv_tensor scan_root(nrv_graph *g, int n)
{
    int keep = 1;
    while (keep * keep < n)
        keep++;
    return scan_kept(g, n, keep);
}

static void a_chain_of_nodes(void **state)
{
    (void)state;
    grows_in_line(chain, 100000, TRAIN, 4000);
}

static void products_one_after_the_other(void **state)
{
    (void)state;
    grows_in_line(products, 10000, TRAIN, 12000);
}

static void scopes_in_scopes(void **state)
{
    (void)state;
    grows_in_line(scopes, 10000, TRAIN, 3500);
}

static void scans_one_after_the_other(void **state)
{
    (void)state;
    grows_in_line(scans, 2000, TRAIN, 25000);
}

static void named_values(void **state)
{
    (void)state;
    grows_in_line(names, 20000, RUN, 10000);
}

static void different_lengths(void **state)
{
    (void)state;
    grows_in_line(lengths, 20000, RUN, 12000);
}

static void turns_of_a_scan(void **state)
{
    (void)state;
    job all = traced(scan, 100000, TRAIN), some = traced(scan_root, 100000, TRAIN), few = traced(scan, 10, TRAIN);
    assert_true(all.c.peak > 100000 * sizeof(float)); /* every carry is kept */
    assert_true(all.c.peak < few.c.peak + 100000 * (size_t)256);
    assert_true(some.c.peak < few.c.peak + 2 * 317 * (size_t)256 + 65536);
    assert_true(all.loss == some.loss);
    assert_true(all.c.calls < few.c.calls + 16); /* no call of the allocator for a turn */
}

/* next = tanh(c w): the gradient of w adds up a product for every turn. What is kept between segments of 317 turns is
   one carry, what is kept inside of one a carry and its gradient for each of its turns */
static nrv_tensor scan_of_products(nrv_graph *g, int n, int keep)
{
    nrv_tensor w = nrv_param(g, "w", NRV_F32, NRV_SHAPE(16, 16), NRV_NORMAL(0.2));
    nrv_block *b = nrv_scan(g, &(nrv_scan_opt){ .steps = n, .keep = keep });
    nrv_tensor c = nrv_carry(b, nrv_fill(g, NRV_F32, NRV_SHAPE(1, 16), 0.5));
    nrv_next(b, c, nrv_tanh(nrv_add_c(nrv_matmul(c, w), 0.1)));
    nrv_end(b);
    return nrv_sum_all(nrv_last(b, c));
}

static nrv_tensor products_kept(nrv_graph *g, int n)
{
    return scan_of_products(g, n, 0);
}

static nrv_tensor products_root(nrv_graph *g, int n)
{
    return scan_of_products(g, n, 317);
}

static void turns_of_a_scan_of_products(void **state)
{
    (void)state;
    job all = traced(products_kept, 100000, TRAIN), some = traced(products_root, 100000, TRAIN);
    assert_true(all.c.peak > 100000 * 16 * sizeof(float));
    assert_true(some.c.peak < 8 * 317 * 16 * sizeof(float) + 262144);
    assert_true(all.loss == some.loss);
}

static void one_node_at_a_time(void **state)
{
    (void)state;
    grows_in_line(chain, 50000, EAGER, 3000);
    grows_in_line(chain, 100000, EVALUATE, 3000);
    grows_in_line(scans, 2000, EVALUATE, 25000);
    assert_true(traced(chain, 1000, EAGER).loss == traced(chain, 1000, EVALUATE).loss);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chain_of_nodes),   cmocka_unit_test(products_one_after_the_other),
        cmocka_unit_test(scopes_in_scopes),   cmocka_unit_test(scans_one_after_the_other),
        cmocka_unit_test(named_values),       cmocka_unit_test(different_lengths),
        cmocka_unit_test(turns_of_a_scan),    cmocka_unit_test(turns_of_a_scan_of_products),
        cmocka_unit_test(one_node_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
