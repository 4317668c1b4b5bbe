/* What a plan says it costs is what it costs: the bytes are those that its exec then has of the allocator; the work of
   a training step is at most four times that of its forward pass, for an MLP, a CNN, a GPT block and an LSTM. */
#include "../../src/run/cost.h"
#include "../../src/run/ref.h"
#include "nervo.h"
#include "support/printed.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct counted {
    size_t alive;
} counted;
static void *count(void *user, void *p, size_t old, size_t want)
{
    counted *c = user;
    c->alive += want - old;
    if (want)
        return realloc(p, want);
    free(p);
    return NULL;
}

/* ---- networks: labels (B) -> loss ---- */
static nrv_tensor mlp(nrv_graph *g, nrv_dim B, nrv_tensor labels)
{
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(B, 64));
    x = nrv_relu(nrv_linear(x, "a", 48, NULL));
    x = nrv_relu(nrv_linear(x, "b", 32, NULL));
    return nrv_cross_entropy(nrv_linear(x, "out", 10, NULL), labels);
}

static nrv_tensor cnn(nrv_graph *g, nrv_dim B, nrv_tensor labels)
{
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(B, 3, 12, 12));
    x = nrv_relu(nrv_batch_norm(nrv_conv2d(x, "a", 8, 3, &(nrv_conv_opt){ .pad = 1 }), "n", NULL));
    x = nrv_max_pool(nrv_relu(nrv_conv2d(x, "b", 16, 3, &(nrv_conv_opt){ .pad = 1 })), 2, 2);
    return nrv_cross_entropy(nrv_linear(nrv_reshape(x, NRV_SHAPE(B, 16 * 36)), "out", 10, NULL), labels);
}

static nrv_tensor heads(nrv_tensor x, const char *name, nrv_dim B)
{
    return nrv_permute(nrv_reshape(nrv_linear(x, name, 32, NULL), NRV_SHAPE(B, 16, 4, 8)), 4,
                       (const int[]){ 0, 2, 1, 3 });
}

static nrv_tensor gpt(nrv_graph *g, nrv_dim B, nrv_tensor labels)
{
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(B, 16, 32)), n = nrv_layer_norm(x, "n1", NULL);
    nrv_tensor y =
        nrv_attention(heads(n, "q", B), heads(n, "k", B), heads(n, "v", B), &(nrv_attention_opt){ .causal = 1 });
    y = nrv_reshape(nrv_permute(y, 4, (const int[]){ 0, 2, 1, 3 }), NRV_SHAPE(B, 16, 32));
    x = nrv_add(x, nrv_linear(y, "o", 32, NULL));
    y = nrv_gelu(nrv_linear(nrv_layer_norm(x, "n2", NULL), "up", 128, NULL));
    x = nrv_add(x, nrv_linear(y, "down", 32, NULL));
    return nrv_cross_entropy(nrv_linear(nrv_mean(x, 1, 0), "out", 10, NULL), labels);
}

static nrv_tensor lstm_kept(nrv_graph *g, nrv_dim B, nrv_tensor labels, int keep)
{
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(25, B, 12)), zero = nrv_fill(g, NRV_F32, NRV_SHAPE(B, 16), 0);
    nrv_block *b = nrv_scan(g, &(nrv_scan_opt){ .keep = keep });
    nrv_tensor e = nrv_each(b, x), h = nrv_carry(b, zero), c = nrv_carry(b, zero), h2, c2;
    nrv_lstm_cell(e, "cell", h, c, &h2, &c2);
    nrv_next(b, h, h2);
    nrv_next(b, c, c2);
    nrv_end(b);
    return nrv_cross_entropy(nrv_linear(nrv_last(b, h), "out", 10, NULL), labels);
}

static nrv_tensor lstm(nrv_graph *g, nrv_dim B, nrv_tensor labels)
{
    return lstm_kept(g, B, labels, 0);
}

static nrv_tensor lstm_again(nrv_graph *g, nrv_dim B, nrv_tensor labels)
{
    return lstm_kept(g, B, labels, 5);
}

static nrv_tensor stateful(nrv_graph *g, nrv_dim B, nrv_tensor labels) /* locals, and a choice */
{
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(B, 12)), h = nrv_local(g, "h", NRV_F32, NRV_SHAPE(B, 16), 0);
    nrv_tensor next = nrv_rnn_cell(x, "cell", h);
    nrv_assign(g, h, nrv_stop(next));
    nrv_block *b = nrv_if(g, nrv_greater(nrv_sum_all(next), nrv_fill(g, NRV_F32, NRV_SCALAR, 0)));
    nrv_tensor yes = nrv_linear(next, "yes", 10, NULL);
    nrv_else(b);
    nrv_tensor no = nrv_sin(nrv_linear(next, "no", 10, NULL));
    nrv_end(b);
    return nrv_cross_entropy(nrv_either(b, yes, no), labels);
}

typedef nrv_tensor net(nrv_graph *g, nrv_dim B, nrv_tensor labels);
enum { FORWARD, REVERSE, TRAIN };

static nrv_plan *planned(nrv_store *s, net *f, int what)
{
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_dim B = nrv_size(g, "B", 1, 64);
    nrv_tensor loss = f(g, B, nrv_input(g, "labels", NRV_I32, NRV_SHAPE(B)));
    nrv_output(g, "loss", loss);
    nrv_list p = nrv_params(g, "*"), d = what == FORWARD ? NULL : nrv_grads(loss, p);
    if (what == REVERSE)
        nrv_output(g, "gradient", nrv_pack(d));
    if (what == TRAIN)
        nrv_assign_all(p, nrv_adam(p, d, NULL));
    nrv_plan *plan = nrv_compile(g, NULL);
    assert_null(nrv_graph_why(g));
    assert_int_equal(plan->why.status, NRV_OK);
    nrv_graph_free(g);
    return plan;
}

/* ---- memory ---- */
static char input[64 * 3 * 144 * 4 + 25 * 64 * 12 * 4];
static size_t bytes_of(const nrv_plan *p, const nrv_exec *e, size_t i)
{
    const nrv__view *v = &e->top.view[p->input[i].value];
    return (size_t)nrv__elements(v) * nrv__dtype_size(v->type);
}

/* what an exec for B has of the allocator once it has run */
static size_t held(const nrv_plan *p, nrv_store *s, counted *c, int64_t B, nrv_pool *pool)
{
    size_t before = c->alive;
    nrv_exec *e = nrv_exec_new(p, s, &(nrv_exec_opt){ .pool = pool });
    nrv_set_size(e, "B", B);
    assert_int_not_equal(nrv_prepare(e), NRV_OK); /* it is laid out; nothing is bound yet */
    for (size_t i = 0; i < p->n_input; i++)
        nrv_bind_in(e, p->input[i].name, input, bytes_of(p, e, i));
    assert_int_equal(nrv_run(e), NRV_OK);
    size_t bytes = c->alive - before;
    nrv_exec_free(e);
    assert_int_equal(c->alive, before);
    return bytes;
}

static void memory_of(net *f, int what)
{
    counted c = { 0 };
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .alloc = count, .user = &c });
    nrv_plan *p = planned(s, f, what);
    nrv_exec_free(nrv_exec_new(p, s, NULL)); /* the store has every variable from now on */
    size_t before = c.alive;
    char line[128];
    for (int64_t B = 1; B <= 64; B *= 4) {
        nrv__cost cost;
        nrv__why why;
        assert_int_equal(nrv__cost_of(p, &B, &cost, &why), NRV_OK);
        assert_int_equal(c.alive, before);
        size_t one = cost.workspace + cost.locals + cost.exec;
        assert_int_equal(held(p, s, &c, B, NULL), one);
        nrv_pool *pool = nrv_pool_new(3);
        assert_non_null(pool);
        assert_int_equal(held(p, s, &c, B, pool), one + 2 * cost.each_thread);
        nrv_pool_free(pool);
    }
    char *text = printed(p); /* for 32 */
    snprintf(line, sizeof line, "\nmemory %zu bytes with 1 thread: ", held(p, s, &c, 32, NULL));
    assert_non_null(strstr(text, line));
    free(text);
    nrv_plan_free(p);
    nrv_store_free(s);
    assert_int_equal(c.alive, 0);
}

static void an_exec_has_the_bytes_that_its_plan_says(void **state)
{
    (void)state;
    net *const nets[] = { mlp, cnn, gpt, lstm, lstm_again, stateful };
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        memory_of(nets[i], FORWARD);
        memory_of(nets[i], TRAIN);
    }
}

static void sizes_that_cannot_be_have_no_cost(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_dim N = nrv_size(g, "N", 1, 64), M = nrv_size(g, "M", 64, 64);
    nrv_output(g, "y", nrv_add(nrv_input(g, "a", NRV_F32, NRV_SHAPE(N)), nrv_input(g, "b", NRV_F32, NRV_SHAPE(M))));
    nrv_plan *p = nrv_compile(g, NULL);
    char *text = printed(p); /* for N = 32, M = 64 */
    assert_non_null(strstr(text, "\ncost   unknown: add: "));
    free(text);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* ---- work ---- */
static nrv__work_done work_of(net *f, int what)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_plan *p = planned(s, f, what);
    nrv__cost cost;
    nrv__why why;
    assert_int_equal(nrv__cost_of(p, &(int64_t){ 32 }, &cost, &why), NRV_OK);
    assert_false(cost.endless);
    nrv_plan_free(p);
    nrv_store_free(s);
    return cost.work;
}

static double flops(nrv__work_done w)
{
    return 2.0 * (double)w.macs + (double)w.points;
}

static void products_are_counted(void **state)
{
    (void)state;
    assert_int_equal(work_of(mlp, FORWARD).macs, 32 * (64 * 48 + 48 * 32 + 32 * 10));
    assert_int_equal(work_of(mlp, REVERSE).macs, 32 * (2 * 64 * 48 + 3 * (48 * 32 + 32 * 10)));
    assert_int_equal(work_of(cnn, FORWARD).macs, 32 * (144 * (8 * 27 + 16 * 72) + 16 * 36 * 10));
    assert_int_equal(work_of(cnn, REVERSE).macs, 32 * (144 * (2 * 8 * 27 + 3 * 16 * 72) + 3 * 16 * 36 * 10));
    assert_int_equal(work_of(lstm, FORWARD).macs, 32 * (25 * (12 + 16) * 64 + 16 * 10));
    assert_int_equal(work_of(gpt, FORWARD).macs, 32 * (16 * 32 * (4 * 32 + 2 * 128) + 136 * 4 * (8 + 8) + 32 * 10));
    assert_int_equal(work_of(stateful, FORWARD).macs, 32 * (12 * 16 + 16 * 16 + 16 * 10));
}

static void reverse_costs_at_most_four_times_forward(void **state)
{
    (void)state;
    net *const nets[] = { mlp, cnn, gpt, lstm };
    const int64_t again[] = { 0, 0, 32 * 136 * 32, 0 }; /* attention keeps no scores: their product is done twice */
    for (size_t i = 0; i < sizeof nets / sizeof *nets; i++) {
        nrv__work_done forward = work_of(nets[i], FORWARD), both = work_of(nets[i], REVERSE);
        double times = flops(both) / flops(forward);
        print_message("network %zu: %.2f times, multiply-adds %.2f, others %.2f\n", i, times,
                      (double)both.macs / (double)forward.macs, (double)both.points / (double)forward.points);
        assert_true(times > 2);
        assert_true(times <= 4);
        assert_true(both.macs <= 3 * forward.macs + again[i]);
    }
}

static void computing_again_costs_one_more_forward(void **state)
{
    (void)state;
    nrv__work_done kept = work_of(lstm, REVERSE), again = work_of(lstm_again, REVERSE),
                   forward = work_of(lstm, FORWARD);
    assert_true(again.macs > kept.macs);
    assert_true(again.macs <= kept.macs + forward.macs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exec_has_the_bytes_that_its_plan_says),
        cmocka_unit_test(sizes_that_cannot_be_have_no_cost),
        cmocka_unit_test(products_are_counted),
        cmocka_unit_test(reverse_costs_at_most_four_times_forward),
        cmocka_unit_test(computing_again_costs_one_more_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
