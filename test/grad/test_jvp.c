/* test_jvp.c - derivatives forward, for every case of every op: what a change of all inputs at once does to y is the
   slope along it, is the gradient transposed - <w, jvp(v)> = <vjp(w), v> -, can itself be differentiated, and is the
   same when compiled. */
#include "slope.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct jvp_case {
    case_graph t;
    nrv_tensor w, x[CASE_INPUTS], v[CASE_INPUTS], dx[CASE_INPUTS], dy;
    double *at[CASE_INPUTS], *w_at, *v_at[CASE_INPUTS];
    int n;
} jvp_case;

/* values that a case gives may be marks, where nothing is smooth: others move, if there are any */
static bool jvp_stays(const op_case *c, int i)
{
    bool others = false;
    for (int k = 0; k < c->n_x; k++)
        others = others || (nrv__dtype_real(c->x[k].type) && c->x[k].lo < c->x[k].hi);
    return others && c->x[i].lo >= c->x[i].hi;
}

/* false: nothing to differentiate */
static bool jvp_open(jvp_case *k, const op_case *c)
{
    memset(k, 0, sizeof *k);
    k->t = case_trace(c, 0);
    if (!k->t.y)
        case_fails(c, "%s", nrv_graph_why(k->t.g));
    for (int i = 0; i < c->n_x && nrv__dtype_real(k->t.y->type); i++) {
        char name[16];
        if (!nrv__dtype_real(c->x[i].type))
            continue;
        snprintf(name, sizeof name, "v%d_", i);
        k->x[k->n] = k->t.x[i];
        k->at[k->n] = c->x[i].value;
        k->v[k->n] = case_input_like(&k->t, c, name, k->t.x[i], (uint64_t)(20 + i), &k->v_at[k->n]);
        if ((jvp_stays(c, i) || !nrv__op_slope(c->op, i)) && k->v_at[k->n]) {
            memset(k->v_at[k->n], 0, (size_t)c->x[i].n * sizeof *k->v_at[0]);
            case_feed(k->v[k->n], k->v_at[k->n], c->x[i].n);
        }
        k->n++;
    }
    if (!k->n)
        return false;
    k->w = case_input_like(&k->t, c, "w_", k->t.y, 11, &k->w_at);
    nrv_jvp(k->n, k->x, k->v, 1, &k->t.y, &k->dy);
    nrv_grad(k->t.y, k->w, k->n, k->x, k->dx);
    if (nrv_graph_why(k->t.g))
        case_fails(c, "%s", nrv_graph_why(k->t.g));
    return true;
}

static void jvp_close(jvp_case *k)
{
    case_graph_free(&k->t);
    free(k->w_at);
    for (int i = 0; i < k->n; i++)
        free(k->v_at[i]);
}

static double jvp_dot(const op_case *c, nrv_tensor a, const double *b, double *mass)
{
    int64_t n = 0;
    double *v = case_value(a, &n), sum = 0;
    if (!v)
        case_fails(c, "no value: %s", nrv_graph_why(a ? a->g : NULL));
    for (int64_t i = 0; i < n; i++) {
        sum += v[i] * b[i];
        *mass += fabs(v[i] * b[i]);
    }
    free(v);
    return sum;
}

/* <w, y> with all inputs moved along v */
static double jvp_moved(const jvp_case *k, const op_case *c, double step)
{
    double mass = 0;
    for (int i = 0; i < k->n; i++) {
        int64_t n = case_elements(k->x[i]);
        double *to = malloc(((size_t)n + 1) * sizeof *to);
        assert_non_null(to);
        for (int64_t e = 0; e < n; e++)
            to[e] = k->at[i][e] + step * k->v_at[i][e];
        case_feed(k->x[i], to, n);
        free(to);
    }
    case_forget(k->t.g);
    return jvp_dot(c, k->t.y, k->w_at, &mass);
}

static void forward_is_the_gradient_transposed(void **state)
{
    op_case c;
    for (int i = 0; each_case(*state, i, NRV_F64, &c); i++) {
        jvp_case k;
        if (jvp_open(&k, &c)) {
            double mass = 1e-6, forward = jvp_dot(&c, k.dy, k.w_at, &mass), reverse = 0;
            assert_int_equal(k.dy->rank, k.t.y->rank);
            assert_int_equal(k.dy->type, k.t.y->type);
            for (int x = 0; x < k.n; x++)
                reverse += jvp_dot(&c, k.dx[x], k.v_at[x], &mass);
            if (!(fabs(forward - reverse) <= 1e-12 * mass))
                case_fails(&c, "<w, jvp(v)> is %.17g, <vjp(w), v> is %.17g", forward, reverse);
        }
        jvp_close(&k);
        case_free(&c);
    }
}

static void forward_is_the_slope(void **state)
{
    const nrv__opdef *op = *state;
    const double h = 1e-4;
    op_case c;
    for (int i = 0; each_case(op, i, NRV_F64, &c); i++) {
        jvp_case k;
        if (jvp_open(&k, &c) && !op->no_grad) {
            double mass = 1e-5, forward = jvp_dot(&c, k.dy, k.w_at, &mass);
            double far = jvp_moved(&k, &c, 2 * h) - jvp_moved(&k, &c, -2 * h);
            double near = jvp_moved(&k, &c, h) - jvp_moved(&k, &c, -h), along = (8 * near - far) / (12 * h);
            mass += 1e-5 * fabs(jvp_moved(&k, &c, 0));
            if (!(fabs(forward - along) <= 1e-6 * mass))
                case_fails(&c, "forward along a random direction it is %.12g, the slope is %.12g", forward, along);
        }
        jvp_close(&k);
        case_free(&c);
    }
}

/* Hessian by vector, both ways round: forward over reverse, and reverse over forward, of <w, y> */
static void forward_over_reverse_is_reverse_over_forward(void **state)
{
    op_case c;
    for (int i = 0; each_case(*state, i, NRV_F64, &c); i++) {
        jvp_case k;
        nrv_tensor forward[CASE_INPUTS], reverse[CASE_INPUTS];
        if (jvp_open(&k, &c)) {
            nrv_jvp(k.n, k.x, k.v, k.n, k.dx, forward);
            nrv_grad(nrv_sum_all(nrv_mul(k.w, k.dy)), NULL, k.n, k.x, reverse);
            for (int x = 0; x < k.n; x++) {
                int64_t n = 0;
                double *a = case_value(forward[x], &n), *b = case_value(reverse[x], &n);
                if (!a || !b)
                    case_fails(&c, "no value: %s", nrv_graph_why(k.t.g));
                double most = 1e-10 * fmax(1e-3, fmax(case_scale(a, n), case_scale(b, n)));
                for (int64_t e = 0; e < n; e++)
                    if (!(fabs(a[e] - b[e]) <= most))
                        case_fails(&c, "Hessian by vector at %s[%lld]: %.15g forward over reverse, %.15g the other way",
                                   k.x[x]->name, (long long)e, a[e], b[e]);
                free(a);
                free(b);
            }
        }
        jvp_close(&k);
        case_free(&c);
    }
}

static void compiled_is_evaluated(void **state)
{
    op_case c;
    for (int i = 0; each_case(*state, i, NRV_F64, &c); i++) {
        jvp_case k;
        if (jvp_open(&k, &c)) {
            int64_t n = 0;
            double *want = case_value(k.dy, &n);
            size_t bytes = 0;
            nrv_output(k.t.g, "dy", k.dy);
            nrv_plan *p = nrv_compile(k.t.g, NULL);
            nrv_exec *e = nrv_exec_new(p, k.t.s, NULL);
            for (size_t o = 0; o < k.t.g->n_node; o++) {
                const struct nrv_node *x = k.t.g->node[o];
                if (x->op == &nrv__op_input)
                    nrv_bind_in(e, x->name, x->value, (size_t)case_elements(k.t.g->node[o]) * nrv__dtype_size(x->type));
            }
            if (!want || nrv_run(e))
                case_fails(&c, "%s", nrv_why(e) ? nrv_why(e) : nrv_graph_why(k.t.g));
            const double *got = nrv_value(e, "dy", &bytes);
            assert_int_equal(bytes, (size_t)n * sizeof *got);
            for (int64_t o = 0; o < n; o++)
                if (!(fabs(got[o] - want[o]) <= 1e-10 * fmax(1e-3, case_scale(want, n))))
                    case_fails(&c, "forward, compiled: [%lld] is %.15g, should be %.15g", (long long)o, got[o],
                               want[o]);
            nrv_exec_free(e);
            nrv_plan_free(p);
            free(want);
        }
        jvp_close(&k);
        case_free(&c);
    }
}

/* values that are one node are several values all the same; what does not fit is refused by its own name */
static void equal_values_and_refusals(void **state)
{
    (void)state;
    static const double at[] = { 3, 4 };
    double got[2];
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_tensor x = nrv_input(g, "x", NRV_F64, NRV_SHAPE(2)), one = nrv_fill(g, NRV_F64, NRV_SHAPE(2), 1), dy[2];
    nrv_tensor y[] = { nrv_mul(x, x), nrv_mul(x, x) }, unread = nrv_input(g, "unread", NRV_F64, NRV_SHAPE(3));
    nrv_feed(x, at, sizeof at);
    nrv_jvp(1, &x, &one, 2, y, dy);
    for (int k = 0; k < 2; k++) {
        assert_int_equal(nrv_eval(dy[k], got, sizeof got), NRV_OK);
        assert_true(got[0] == 6 && got[1] == 8);
    }
    nrv_jvp(1, &unread, &one, 1, y, dy);
    assert_string_equal(nrv_graph_why(g),
                        "jvp: x 0 and its change differ\n  hint  dx has x's shape and type, or is NULL: "
                        "x does not move");
    assert_null(dy[0]);
    nrv_graph_reset(g);
    x = nrv_input(g, "x", NRV_F64, NRV_SHAPE(2));
    y[0] = nrv_less(x, x);
    nrv_jvp(1, &x, &x, 1, y, dy);
    assert_string_equal(nrv_graph_why(g), "jvp: y 0 is bool\n  hint  differentiate real values");
    nrv_graph_free(g);
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest test[] = { cmocka_unit_test(equal_values_and_refusals) };
    return cmocka_run_group_tests(test, NULL, NULL) + each_op("transposed", forward_is_the_gradient_transposed) +
           each_op("slope", forward_is_the_slope) + each_op("both ways", forward_over_reverse_is_reverse_over_forward) +
           each_op("compiled", compiled_is_evaluated);
}
