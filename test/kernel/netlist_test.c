/* netlist_test.c - the kernels of netlist on random wires, with nodes numbered anyhow, against loops that know no
   order: they repeat until nothing changes. */
#include "kernel_test.h"

typedef struct nt_net {
    int64_t nodes, edges, cases;
    kt_tensor row, col, act, order, weight, u, s;
} nt_net;

static int64_t nt_pick(int64_t n)
{
    return (int64_t)((kt_random() + 1) / 2 * (double)n * 0.999999);
}

static kt_tensor nt_ints(int rank, const int64_t *dim)
{
    kt_tensor t = kt_new(NRV_I32, 1, rank, dim);
    memset(t.v.data, 0, t.bytes);
    return t;
}

/* a node takes edges from nodes that stand before it in a random order */
static nt_net nt_random(int64_t nodes, int64_t cases)
{
    nt_net t = { .nodes = nodes, .cases = cases };
    t.row = nt_ints(KT_DIMS(nodes + 1));
    t.act = nt_ints(KT_DIMS(nodes));
    t.order = nt_ints(KT_DIMS(2, nodes));
    int32_t *row = t.row.v.data, *act = t.act.v.data, *order = t.order.v.data;
    int64_t *place = calloc((size_t)nodes + 1, sizeof *place);
    assert_non_null(place);
    for (int64_t i = 0; i < nodes; i++)
        order[i] = (int32_t)i;
    for (int64_t i = nodes - 1; i > 0; i--) {
        const int64_t k = nt_pick(i + 1);
        const int32_t o = order[i];
        order[i] = order[k], order[k] = o;
    }
    for (int64_t i = 0; i < nodes; i++)
        place[order[i]] = i;
    for (int64_t n = 0; n < nodes; n++) {
        row[n + 1] = row[n] + (int32_t)(place[n] ? nt_pick(5) : 0);
        act[n] = (int32_t)nt_pick(9);
    }
    t.edges = row[nodes];
    t.col = nt_ints(KT_DIMS(t.edges));
    for (int64_t n = 0; n < nodes; n++)
        for (int64_t e = row[n]; e < row[n + 1]; e++)
            ((int32_t *)t.col.v.data)[e] = order[nt_pick(place[n])];
    free(place);
    t.weight = kt_floats(3, KT_DIMS(t.edges));
    t.u = kt_floats(2, KT_DIMS(cases, nodes));
    t.s = kt_floats(1, KT_DIMS(cases, nodes));
    return t;
}

static void nt_free(nt_net *t)
{
    kt_free(&t->row), kt_free(&t->col), kt_free(&t->act), kt_free(&t->order);
    kt_free(&t->weight), kt_free(&t->u), kt_free(&t->s);
}

static double nt_act(double z, int act)
{
    const double of[] = { z,           1 / (1 + exp(-z)), 1 / (1 + exp(-4.9 * z)),
                          tanh(z),     z > 0 ? z : 0,     sin(z),
                          exp(-z * z), fabs(z),           z > 0 };
    return of[act];
}

/* one case, in place: what W f or W^T f is */
static void nt_product(const nt_net *t, const double *f, double *g, bool back)
{
    const int32_t *row = t->row.v.data, *col = t->col.v.data;
    const float *weight = t->weight.v.data;
    memset(g, 0, (size_t)t->nodes * sizeof *g);
    for (int64_t n = 0; n < t->nodes; n++)
        for (int64_t e = row[n]; e < row[n + 1]; e++)
            g[back ? col[e] : n] += (double)weight[e] * f[back ? n : col[e]];
}

enum { NT_VALUES, NT_SWEEP, NT_PRODUCT };

static void nt_define(const nt_net *t, int what, bool back, double *y)
{
    const int32_t *act = t->act.v.data;
    double *sum = calloc((size_t)t->nodes + 1, sizeof *sum);
    assert_non_null(sum);
    for (int64_t c = 0; c < t->cases; c++, y += t->nodes) {
        const float *u = (const float *)t->u.v.data + c * t->nodes, *s = (const float *)t->s.v.data + c * t->nodes;
        for (int64_t n = 0; n < t->nodes; n++)
            y[n] = what == NT_VALUES ? 0 : (double)u[n];
        for (int64_t turn = 0; turn <= t->nodes; turn++) {
            nt_product(t, y, sum, back);
            for (int64_t n = 0; n < t->nodes; n++)
                y[n] = what == NT_VALUES  ? nt_act((double)u[n] + sum[n], act[n])
                       : what == NT_SWEEP ? (double)u[n] + (double)s[n] * sum[n]
                                          : sum[n];
            if (what == NT_PRODUCT)
                break;
        }
    }
    free(sum);
}

static double nt_most(const double *x, int64_t n)
{
    double most = 1;
    for (int64_t i = 0; i < n; i++)
        most = fabs(x[i]) > most ? fabs(x[i]) : most;
    return most;
}

static void nt_check(const nt_net *t, const char *name, int what, bool back)
{
    const nrv__view values[] = { t->u.v, t->row.v, t->col.v, t->weight.v, t->act.v, t->order.v };
    const nrv__view sweep[] = { t->u.v, t->s.v, t->row.v, t->col.v, t->weight.v, t->order.v };
    const nrv__netlist_attr attr = { back };
    kt_tensor y = kt_new(NRV_F32, 5, 2, (const int64_t[]){ t->cases, t->nodes });
    const int64_t n = kt_count(&y.v);
    double *want = calloc((size_t)n + 1, sizeof *want), *size = calloc((size_t)n + 1, sizeof *size);
    assert_non_null(want);
    assert_non_null(size);
    nt_define(t, what, back, want);
    for (int64_t i = 0; i < n; i++)
        size[i] = nt_most(want, n);
    int found = 0;
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next(name, &i)) != NULL; found++) {
        const nrv__args a = { .in = what == NT_SWEEP ? sweep : values,
                              .n_in = what == NT_PRODUCT ? 4 : 6,
                              .attr = &attr };
        assert_true(kt_run(k, a, &y));
        kt_near(k, name, y.v.data, want, size, n, 1e-4);
    }
    assert_true(found > 0);
    free(want), free(size);
    kt_free(&y);
}

static void nt_edges_check(const nt_net *t)
{
    const nrv__view in[] = { t->u.v, t->s.v, t->row.v, t->col.v };
    const int32_t *row = t->row.v.data, *col = t->col.v.data;
    const float *a = t->u.v.data, *b = t->s.v.data;
    kt_tensor y = kt_new(NRV_F32, 5, 1, &t->edges);
    double *want = calloc((size_t)t->edges + 1, sizeof *want), *size = calloc((size_t)t->edges + 1, sizeof *size);
    assert_non_null(want);
    assert_non_null(size);
    for (int64_t c = 0; c < t->cases; c++)
        for (int64_t n = 0; n < t->nodes; n++)
            for (int64_t e = row[n]; e < row[n + 1]; e++) {
                const double d = (double)a[c * t->nodes + n] * (double)b[c * t->nodes + col[e]];
                want[e] += d;
                size[e] += fabs(d);
            }
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next("netlist_edges", &i)) != NULL;)
        if (kt_run(k, (nrv__args){ .in = in, .n_in = 4 }, &y))
            kt_near(k, "netlist_edges", y.v.data, want, size, t->edges, 1e-5);
        else
            assert_int_equal(t->cases, 0);
    free(want), free(size);
    kt_free(&y);
}

static void nt_any(void **state)
{
    (void)state;
    for (int i = 0; i < 120; i++) {
        nt_net t = nt_random(1 + nt_pick(i < 100 ? 30 : 200), nt_pick(40));
        nt_check(&t, "netlist_values", NT_VALUES, false);
        for (int back = 0; back < 2; back++) {
            nt_check(&t, "netlist_sweep", NT_SWEEP, back != 0);
            nt_check(&t, "netlist_product", NT_PRODUCT, back != 0);
        }
        nt_edges_check(&t);
        nt_free(&t);
    }
}

/* a kernel that meets wires which netlist_order would have refused neither reads nor writes beyond its memory */
static void nt_wild(void **state)
{
    (void)state;
    const char *const names[] = { "netlist_values", "netlist_product", "netlist_sweep" };
    for (int i = 0; i < 60; i++) {
        nt_net t = nt_random(1 + nt_pick(30), 1 + nt_pick(20));
        int32_t *row = t.row.v.data, *col = t.col.v.data, *order = t.order.v.data;
        for (int64_t n = 0; n <= t.nodes; n++)
            row[n] += nt_pick(5) == 0 ? (int32_t)(kt_random() * 2e9) : 0;
        for (int64_t e = 0; e < t.edges; e++)
            col[e] = nt_pick(5) == 0 ? (int32_t)(kt_random() * 2e9) : col[e];
        order[0] = -7;
        const nrv__view values[] = { t.u.v, t.row.v, t.col.v, t.weight.v, t.act.v, t.order.v };
        const nrv__view sweep[] = { t.u.v, t.s.v, t.row.v, t.col.v, t.weight.v, t.order.v };
        const nrv__netlist_attr attr = { i % 2 };
        kt_tensor y = kt_new(NRV_F32, 5, 2, t.u.v.dim);
        const nrv__kernel *k;
        for (int which = 0; which < 3; which++)
            for (int at = 0; (k = kt_next(names[which], &at)) != NULL;)
                assert_true(kt_run(
                    k, (nrv__args){ .in = which == 2 ? sweep : values, .n_in = which == 1 ? 4 : 6, .attr = &attr },
                    &y));
        kt_free(&y);
        nt_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nt_any), cmocka_unit_test(nt_wild) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
