/* test_netlist.c - networks as data: a small one by hand with every activation, nodes in any order, the same network as
   layers, long chains, training by gradient, and what is said of wires that make no sense, eager and compiled. */
#include "nervo.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct net {
    int64_t cases, inputs, nodes, edges, levels;
    const double *x, *weight, *bias;
    const int32_t *row, *col, *act;
} net;

typedef struct traced {
    nrv_store *s;
    nrv_graph *g;
    nrv_tensor x, weight, bias, y;
} traced;

static traced trace(const net *n)
{
    traced t = { .s = nrv_store_new(NULL) };
    t.g = nrv_graph_new(t.s, NRV_EVAL);
    t.x = nrv_constant(t.g, NRV_F64, NRV_SHAPE(n->cases, n->inputs), n->x);
    t.weight = nrv_constant(t.g, NRV_F64, NRV_SHAPE(n->edges), n->weight);
    t.bias = nrv_constant(t.g, NRV_F64, NRV_SHAPE(n->nodes), n->bias);
    nrv_tensor row = nrv_constant(t.g, NRV_I32, NRV_SHAPE(n->nodes + 1), n->row);
    nrv_tensor col = nrv_constant(t.g, NRV_I32, NRV_SHAPE(n->edges), n->col);
    nrv_tensor act = nrv_constant(t.g, NRV_I32, NRV_SHAPE(n->nodes), n->act);
    t.y = nrv_netlist(t.x, row, col, t.weight, t.bias, act, n->levels);
    return t;
}

static void traced_free(traced *t)
{
    nrv_graph_free(t->g);
    nrv_store_free(t->s);
}

static void gives(const net *n, const double *want)
{
    traced t = trace(n);
    double have[64];
    size_t count = (size_t)(n->cases * n->nodes);
    assert_true(count <= 64);
    assert_int_equal(nrv_eval(t.y, have, count * sizeof *have), NRV_OK);
    for (size_t i = 0; i < count; i++)
        if (!(fabs(have[i] - want[i]) <= 1e-14 * (1 + fabs(want[i]))))
            fail_msg("element %zu is %.15g, should be %.15g", i, have[i], want[i]);
    traced_free(&t);
}

/* node 0 shows input 1; nodes 1..9 activate 0.5 + 2 of it; node 10 sums 1 and 9 */
static void every_activation(void **state)
{
    (void)state;
    static const int32_t row[] = { 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11 }, col[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9 };
    static const int32_t act[] = { NRV_NET_INPUT(1), NRV_NET_LINEAR, NRV_NET_SIGMOID, NRV_NET_STEEP,
                                   NRV_NET_TANH,     NRV_NET_RELU,   NRV_NET_SIN,     NRV_NET_GAUSS,
                                   NRV_NET_ABS,      NRV_NET_STEP,   NRV_NET_LINEAR };
    static const double weight[] = { 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, -3 };
    static const double bias[] = { 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0 };
    static const double x[] = { 7, 0.25, 8, -0.75 };
    double want[22];
    for (int c = 0; c < 2; c++) {
        double *v = want + 11 * c, z = 0.5 + 2 * x[2 * c + 1];
        const double y[11] = { x[2 * c + 1],
                               z,
                               1 / (1 + exp(-z)),
                               1 / (1 + exp(-4.9 * z)),
                               tanh(z),
                               z > 0 ? z : 0,
                               sin(z),
                               exp(-z * z),
                               fabs(z),
                               z > 0,
                               z - 3 * (z > 0) };
        memcpy(v, y, sizeof y);
    }
    gives(&(net){ 2, 2, 11, 11, 3, x, weight, bias, row, col, act }, want);
}

/* the same chain with its nodes numbered forwards and backwards */
static void nodes_in_any_order(void **state)
{
    (void)state;
    static const double x[] = { 2 }, weight[] = { 3, 5 }, bias[] = { 0, 1, 0 };
    gives(&(net){ 1, 1, 3, 2, 3, x, weight, bias, (const int32_t[]){ 0, 0, 1, 2 }, (const int32_t[]){ 0, 1 },
                  (const int32_t[]){ -1, 0, 0 } },
          (const double[]){ 2, 7, 35 });
    gives(&(net){ 1, 1, 3, 2, 3, x, weight, bias, (const int32_t[]){ 0, 1, 2, 2 }, (const int32_t[]){ 1, 2 },
                  (const int32_t[]){ 0, 0, -1 } },
          (const double[]){ 33, 11, 2 });
}

/* a chain of 200,000 nodes, each fed by the one of the next number: no recursion, and time linear in its length */
static void long_chains_are_linear(void **state)
{
    (void)state;
    enum { N = 200000 };
    double *weight = malloc(N * sizeof *weight), *bias = calloc(N, sizeof *bias), x = 1;
    int32_t *row = malloc((N + 1) * sizeof *row), *col = malloc(N * sizeof *col), *act = calloc(N, sizeof *act);
    for (int32_t n = 0; n < N; n++) {
        weight[n] = 1;
        bias[n] = 1;
        row[n] = n;
        col[n] = n + 1;
    }
    row[N] = N - 1;
    act[N - 1] = NRV_NET_INPUT(0);
    traced t = trace(&(net){ 1, 1, N, N - 1, N, &x, weight, bias, row, col, act });
    nrv_tensor first = nrv_slice(t.y, 1, 0, 1), dx[2];
    nrv_grad(nrv_sum_all(first), NULL, 2, (const nrv_tensor[]){ t.x, t.bias }, dx);
    double *d = malloc(N * sizeof *d), y = 0;
    assert_int_equal(nrv_eval(first, &y, sizeof y), NRV_OK);
    assert_true(y == (double)N); /* the input's 1, and a bias of 1 from every other node */
    assert_int_equal(nrv_eval(dx[1], d, N * sizeof *d), NRV_OK);
    for (int n = 0; n < N; n++)
        assert_true(d[n] == (n + 1 < N));
    traced_free(&t);
    free(weight), free(bias), free(row), free(col), free(act), free(d);
}

/* ---- wires that make no sense ---- */
static void stops(const net *n, const char *why)
{
    traced t = trace(n);
    assert_non_null(t.y);
    nrv_output(t.g, "y", t.y);
    nrv_plan *p = nrv_compile(t.g, NULL);
    nrv_exec *e = nrv_exec_new(p, t.s, NULL);
    assert_int_equal(nrv_run(e), NRV_EVALUE);
    if (!strstr(nrv_why(e), why))
        fail_msg("compiled: '%s' does not say '%s'", nrv_why(e), why);
    nrv_exec_free(e);
    nrv_plan_free(p);
    assert_int_equal(nrv_eval(t.y, NULL, 0), NRV_EVALUE);
    if (!strstr(nrv_graph_why(t.g), why))
        fail_msg("eager: '%s' does not say '%s'", nrv_graph_why(t.g), why);
    traced_free(&t);
}

#define I32(...)      \
    (const int32_t[]) \
    {                 \
        __VA_ARGS__   \
    }

static void bad_wires_stop_the_run(void **state)
{
    (void)state;
    static const double x[] = { 1, 2 }, w[] = { 1, 1, 1 }, b[] = { 0, 0, 0 };
    const int32_t *act = I32(-1, 1, 0);
    stops(&(net){ 1, 2, 3, 3, 9, x, w, b, I32(0, 0, 2, 3), I32(0, 2, 1), act }, "netlist: a cycle through node 1; cut");
    stops(&(net){ 1, 2, 3, 3, 9, x, w, b, I32(0, 0, 2, 3), I32(0, 1, 1), act }, "a cycle through node 1");
    stops(&(net){ 1, 2, 3, 3, 9, x, w, b, I32(0, 0, 2, 3), I32(0, 3, 1), act },
          "edge 1 leads from node 3 to node 1; nodes are 0..2");
    stops(&(net){ 1, 2, 3, 3, 9, x, w, b, I32(0, 0, 2, 3), I32(0, 0, -1), act }, "edge 2 leads from node -1 to node 2");
    stops(&(net){ 1, 2, 3, 3, 9, x, w, b, I32(0, 2, 1, 3), I32(1, 2, 1), act }, "row goes down from 2 to 1 at node 1");
    stops(&(net){ 1, 2, 3, 3, 9, x, w, b, I32(1, 1, 2, 3), I32(0, 0, 1), act }, "row[0] is 1");
    stops(&(net){ 1, 2, 3, 3, 9, x, w, b, I32(0, 0, 1, 2), I32(0, 0, 1), act }, "row ends at 2, there are 3 edges");
    stops(&(net){ 1, 2, 3, 3, 9, x, w, b, I32(0, 0, 1, 4), I32(0, 0, 1), act }, "row ends at 4, there are 3 edges");
    stops(&(net){ 1, 2, 3, 3, 2, x, w, b, I32(0, 0, 1, 3), I32(0, 0, 1), act },
          "node 2 is on level 3, levels is 2; raise it");
    stops(&(net){ 1, 2, 3, 3, 9, x, w, b, I32(0, 0, 2, 3), I32(0, 0, 1), I32(-1, 9, 0) },
          "node 1 has act 9; activations are 0..8");
    stops(&(net){ 1, 2, 3, 3, 9, x, w, b, I32(0, 0, 2, 3), I32(0, 0, 1), I32(-3, 1, 0) },
          "node 0 reads input 2 (its act is -3), x has 2");
    stops(&(net){ 1, 2, 3, 3, 9, x, w, b, I32(0, 1, 2, 3), I32(2, 2, 2), I32(-1, 1, 0) },
          "node 0 shows input 0, but an edge leads to it");
}

/* what a user reads, word for word: op, numbers, remedy, and the place */
static void whole_messages(void **state)
{
    (void)state;
    static const double x[] = { 1 }, w[] = { 1, 1 }, b[] = { 0, 0, 0 };
    static const int32_t row[] = { 0, 0, 1, 2 }, act[] = { -1, 1, 0 };
    static const struct {
        int32_t col[2];
        const char *why;
    } bad[] = { { { 2, 1 },
                  "netlist: a cycle through node 1; cut an edge of it, or carry the value from turn to turn of a "
                  "loop\n  in    brain\n  hint  nodes, edges and inputs count from 0, and no edge leads back" },
                { { 0, 7 },
                  "netlist: edge 1 leads from node 7 to node 2; nodes are 0..2, and col has where an edge comes "
                  "from\n  in    brain\n  hint  nodes, edges and inputs count from 0, and no edge leads back" } };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
        nrv_push(g, "brain");
        nrv_tensor rows = nrv_constant(g, NRV_I32, NRV_SHAPE(4), row),
                   acts = nrv_constant(g, NRV_I32, NRV_SHAPE(3), act);
        nrv_tensor xs = nrv_constant(g, NRV_F64, NRV_SHAPE(1, 1), x), ws = nrv_constant(g, NRV_F64, NRV_SHAPE(2), w);
        nrv_tensor bs = nrv_constant(g, NRV_F64, NRV_SHAPE(3), b), cols = nrv_input(g, "col", NRV_I32, NRV_SHAPE(2));
        nrv_output(g, "y", nrv_netlist(xs, rows, cols, ws, bs, acts, 3));
        nrv_pop(g);
        nrv_plan *p = nrv_compile(g, NULL);
        nrv_exec *e = nrv_exec_new(p, s, NULL);
        nrv_bind_in(e, "col", bad[i].col, sizeof bad[i].col);
        assert_int_equal(nrv_run(e), NRV_EVALUE);
        assert_string_equal(nrv_why(e), bad[i].why);
        nrv_exec_free(e);
        nrv_plan_free(p);
        nrv_graph_free(g);
        nrv_store_free(s);
    }
}

static void bad_shapes_are_refused(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    for (int i = 0; i < 6; i++) {
        nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
        nrv_tensor x = nrv_fill(g, NRV_F32, NRV_SHAPE(4, 2), 1), index = nrv_iota(g, NRV_I32, i == 0 ? 3 : 4);
        nrv_tensor w = nrv_fill(g, i == 1 ? NRV_F64 : NRV_F32, NRV_SHAPE(i == 2 ? 4 : 3), 1);
        nrv_tensor b = nrv_fill(g, NRV_F32, i == 3 ? NRV_SHAPE(1, 3) : NRV_SHAPE(3), 0);
        nrv_tensor col = nrv_iota(g, i == 4 ? NRV_I64 : NRV_I32, 3), act = nrv_iota(g, NRV_I32, i == 5 ? 2 : 3);
        assert_null(nrv_netlist(x, index, col, w, b, act, 2));
        assert_non_null(strstr(nrv_graph_why(g), "netlist: "));
        assert_non_null(strstr(nrv_graph_why(g), "hint"));
        nrv_graph_free(g);
    }
    nrv_store_free(s);
}

/* ---- a layered net trained by gradient: the same numbers as nrv_linear and nrv_tanh give, step by step ---- */
enum { IN = 3, HID = 5, CASES = 7 };

static nrv_tensor layered(nrv_graph *g, nrv_tensor x, nrv_tensor w, nrv_tensor b)
{
    int32_t row[IN + HID + 2] = { 0 }, col[IN * HID + HID], act[IN + HID + 1];
    int e = 0;
    for (int n = 0; n < IN + HID + 1; n++) {
        int from = n < IN ? 0 : n < IN + HID ? 0 : IN, to = n < IN ? 0 : n < IN + HID ? IN : IN + HID;
        for (int k = from; k < to; k++)
            col[e++] = k;
        row[n + 1] = e;
        act[n] = n < IN ? NRV_NET_INPUT(n) : n < IN + HID ? NRV_NET_TANH : NRV_NET_LINEAR;
    }
    nrv_tensor v = nrv_netlist(x, nrv_constant(g, NRV_I32, NRV_SHAPE(IN + HID + 2), row),
                               nrv_constant(g, NRV_I32, NRV_SHAPE(e), col), w, b,
                               nrv_constant(g, NRV_I32, NRV_SHAPE(IN + HID + 1), act), 3);
    return nrv_slice(v, 1, IN + HID, 1);
}

static nrv_tensor dense(nrv_tensor x, nrv_tensor w, nrv_tensor b)
{
    nrv_tensor w1 = nrv_reshape(nrv_slice(w, 0, 0, IN * HID), NRV_SHAPE(HID, IN));
    nrv_tensor w2 = nrv_reshape(nrv_slice(w, 0, IN * HID, HID), NRV_SHAPE(1, HID));
    nrv_tensor h = nrv_tanh(nrv_add(nrv_matmul(x, nrv_transpose(w1)), nrv_slice(b, 0, IN, HID)));
    return nrv_add(nrv_matmul(h, nrv_transpose(w2)), nrv_slice(b, 0, IN + HID, 1));
}

static double trained(int as_data, nrv_dtype type, const char *cpu, nrv_pool *pool)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    double data[CASES * IN];
    for (int i = 0; i < CASES * IN; i++)
        data[i] = sin(i * 1.7);
    nrv_tensor x = nrv_cast(nrv_constant(g, NRV_F64, NRV_SHAPE(CASES, IN), data), type);
    nrv_tensor w = nrv_param(g, "w", type, NRV_SHAPE(IN * HID + HID), NRV_FAN_IN(IN));
    nrv_tensor b = nrv_param(g, "b", type, NRV_SHAPE(IN + HID + 1), NRV_ZEROS), target = nrv_sum(nrv_square(x), 1, 1);
    nrv_tensor loss = nrv_mse(as_data ? layered(g, x, w, b) : dense(x, w, b), target);
    nrv_list p = nrv_params(g, "*");
    nrv_list d = nrv_grads(loss, p);
    nrv_assign_all(p, NRV_MAP("p, d: p - 0.1 * d", p, d));
    nrv_output(g, "loss", nrv_cast(loss, NRV_F64));
    nrv_plan *plan = nrv_compile(g, &(nrv_compile_opt){ .cpu = cpu });
    nrv_exec *e = nrv_exec_new(plan, s, &(nrv_exec_opt){ .pool = pool });
    double first = 0, last = 0;
    nrv_bind_out(e, "loss", &last, sizeof last);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(nrv_run(e), NRV_OK);
        first = i ? first : last;
    }
    assert_true(last < 0.3 * first);
    nrv_exec_free(e);
    nrv_plan_free(plan);
    nrv_graph_free(g);
    nrv_store_free(s);
    return last;
}

static void trains_as_layers_do(void **state)
{
    (void)state;
    double want = trained(0, NRV_F64, NULL, NULL);
    assert_true(fabs(trained(1, NRV_F64, NULL, NULL) - want) < 1e-12);
    nrv_pool *pool = nrv_pool_new(3);
    char tiers[64];
    snprintf(tiers, sizeof tiers, "%s", nrv_tiers());
    for (char *cpu = strtok(tiers, " "); cpu; cpu = strtok(NULL, " ")) {
        double alone = trained(1, NRV_F32, cpu, NULL);
        assert_true(fabs(alone - want) < 1e-5);
        assert_true(trained(1, NRV_F32, cpu, pool) == alone);
    }
    nrv_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_activation),       cmocka_unit_test(nodes_in_any_order),
        cmocka_unit_test(long_chains_are_linear), cmocka_unit_test(bad_wires_stop_the_run),
        cmocka_unit_test(whole_messages),         cmocka_unit_test(bad_shapes_are_refused),
        cmocka_unit_test(trains_as_layers_do)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
