/* test_again.c - what the gradient computes again is what it would have kept: for every case of every op, in a scope of
   its own and in one of two on top of each other, first and second order, evaluated and compiled. */
#include "support/each_op.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AGAIN_OUT = 1 + 2 * CASE_INPUTS };

typedef struct again_case {
    nrv_store *s;
    nrv_graph *g;
    nrv_tensor out[AGAIN_OUT]; /* the scalar, gradients by the real inputs, gradients of their squares */
    double *v[AGAIN_OUT];
    int64_t n[AGAIN_OUT];
    int n_out;
} again_case;

static nrv_tensor again_squares(nrv_tensor x)
{
    return nrv_sum_all(nrv_square(x));
}

/* the op, and its square on top */
static nrv_tensor again_trace(again_case *k, const op_case *c, const nrv_tensor *x, int scopes)
{
    const unsigned first = scopes > 1 ? NRV_RECOMPUTE : 0, all = scopes == 1 ? NRV_RECOMPUTE : 0;
    nrv_enter(k->g, &(nrv_scope){ .name = "all", .mode = all });
    nrv_enter(k->g, &(nrv_scope){ .name = "op", .mode = first });
    nrv_tensor y = case_make(c, k->g, x);
    nrv_pop(k->g);
    bool real = y && nrv__dtype_real(y->type);
    nrv_enter(k->g, &(nrv_scope){ .name = "square", .mode = first });
    nrv_tensor z = real ? nrv_tanh(nrv_mul(y, y)) : y;
    nrv_pop(k->g);
    nrv_pop(k->g);
    return real ? again_squares(nrv_add(z, y)) : NULL;
}

/* false: nothing to differentiate */
static bool again_open(again_case *k, const op_case *c, int scopes)
{
    nrv_tensor x[CASE_INPUTS], real[CASE_INPUTS], sum = NULL;
    int n = 0;
    *k = (again_case){ .s = nrv_store_new(&(nrv_store_opt){ .seed = 8 }) };
    k->g = nrv_graph_new(k->s, 0);
    for (int i = 0; i < c->n_x; i++) {
        nrv_shape shape = { c->x[i].rank, { 0 } };
        memcpy(shape.dim, c->x[i].dim, sizeof shape.dim);
        x[i] = nrv_input(k->g, c->x[i].name, c->x[i].type, shape);
        case_feed(x[i], c->x[i].value, c->x[i].n);
        if (nrv__dtype_real(c->x[i].type))
            real[n++] = x[i];
    }
    for (int i = 0; i < c->n_x; i++) /* what a scope starts from is mostly computed */
        x[i] = nrv__dtype_real(c->x[i].type) ? nrv_mul_c(x[i], 1) : x[i];
    nrv_tensor y = again_trace(k, c, x, scopes);
    if (nrv_graph_why(k->g))
        case_fails(c, "%s", nrv_graph_why(k->g));
    if (!y || !n)
        return false;
    k->out[0] = y;
    nrv_grad(y, NULL, n, real, k->out + 1);
    for (int i = 0; i < n; i++)
        sum = sum ? nrv_add(sum, again_squares(k->out[1 + i])) : again_squares(k->out[1 + i]);
    nrv_grad(sum, NULL, n, real, k->out + 1 + n);
    k->n_out = 1 + 2 * n;
    return true;
}

static void again_evaluate(again_case *k, const op_case *c)
{
    for (int i = 0; i < k->n_out; i++) {
        k->v[i] = case_value(k->out[i], &k->n[i]);
        if (!k->v[i])
            case_fails(c, "no value: %s", nrv_graph_why(k->g));
    }
}

static void again_run(again_case *k, const op_case *c)
{
    char name[16];
    for (int i = 0; i < k->n_out; i++) {
        snprintf(name, sizeof name, "o%d", i);
        nrv_output(k->g, name, k->out[i]);
        k->n[i] = case_elements(k->out[i]);
        k->v[i] = malloc((size_t)(k->n[i] + 1) * sizeof *k->v[i]);
        assert_non_null(k->v[i]);
    }
    nrv_plan *p = nrv_compile(k->g, NULL);
    nrv_exec *e = nrv_exec_new(p, k->s, NULL);
    for (size_t i = 0; i < k->g->n_node; i++)
        if (k->g->node[i]->op == &nrv__op_input)
            nrv_bind_in(e, k->g->node[i]->name, k->g->node[i]->value,
                        (size_t)case_elements(k->g->node[i]) * nrv__dtype_size(k->g->node[i]->type));
    for (int i = 0; i < k->n_out; i++) {
        snprintf(name, sizeof name, "o%d", i);
        nrv_bind_out(e, name, k->v[i], (size_t)k->n[i] * sizeof *k->v[i]);
    }
    if (nrv_run(e))
        case_fails(c, "%s", nrv_why(e));
    nrv_exec_free(e);
    nrv_plan_free(p);
}

static void again_close(again_case *k)
{
    for (int i = 0; i < k->n_out; i++)
        free(k->v[i]);
    nrv_graph_free(k->g);
    nrv_store_free(k->s);
}

static void again_same(const op_case *c, const again_case *kept, const again_case *again, const char *how)
{
    for (int i = 0; i < kept->n_out; i++) {
        double most = 1e-11 * fmax(1e-3, case_scale(kept->v[i], kept->n[i]));
        assert_int_equal(kept->n[i], again->n[i]);
        for (int64_t e = 0; e < kept->n[i]; e++) {
            double a = again->v[i][e], b = kept->v[i][e];
            if (!(a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= most))
                case_fails(c, "%s: output %d[%lld] is %.17g, kept it is %.17g", how, i, (long long)e, a, b);
        }
    }
}

static void again_is_kept(void **state)
{
    static const char *const how[] = { "evaluated, one scope", "compiled, one scope", "evaluated, two scopes",
                                       "compiled, two scopes" };
    op_case c;
    for (int i = 0; each_case(*state, i, NRV_F64, &c); i++) {
        again_case kept, again;
        if (again_open(&kept, &c, 0)) {
            again_evaluate(&kept, &c);
            for (int way = 0; way < 4; way++) {
                assert_true(again_open(&again, &c, 1 + way / 2));
                if (way % 2)
                    again_run(&again, &c);
                else
                    again_evaluate(&again, &c);
                again_same(&c, &kept, &again, how[way]);
                again_close(&again);
            }
        }
        again_close(&kept);
        case_free(&c);
    }
}

/* ten in a row: kept, the gradient reads them; computed again, it makes ten more */
static void a_scope_is_computed_again(void **state)
{
    (void)state;
    for (int again = 0; again < 2; again++) {
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, 0);
        nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(3)), y = x, d;
        nrv_enter(g, &(nrv_scope){ .name = "net", .mode = again ? NRV_RECOMPUTE : 0 });
        for (int i = 0; i < 10; i++)
            y = nrv_tanh(y);
        nrv_pop(g);
        nrv_grad(again_squares(y), NULL, 1, &x, &d);
        assert_null(nrv_graph_why(g));
        int n = 0;
        for (size_t i = 0; i < g->n_node; i++)
            n += !strcmp(g->node[i]->op->name, "tanh");
        assert_true(again ? n > 10 && n <= 20 : n == 10);
        nrv_graph_free(g);
        nrv_store_free(s);
    }
}

/* more of them than a copy has room for without asking: y = [tanh x, tanh 2x, ...], and the slope of sum y^2 */
static void a_node_of_many_inputs_is_computed_again(void **state)
{
    (void)state;
    enum { MANY = 40 };
    const float at[3] = { -0.25f, 0.125f, 0.5f };
    float slope[3];
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(3)), part[MANY], d;
    nrv_enter(g, &(nrv_scope){ .name = "net", .mode = NRV_RECOMPUTE });
    for (int i = 0; i < MANY; i++)
        part[i] = nrv_tanh(nrv_mul_c(x, i + 1));
    nrv_tensor y = nrv_concat(MANY, part, 0);
    nrv_pop(g);
    nrv_grad(again_squares(y), NULL, 1, &x, &d);
    nrv_output(g, "d", d);
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_bind_in(e, "x", at, sizeof at);
    nrv_bind_out(e, "d", slope, sizeof slope);
    assert_int_equal(nrv_run(e), NRV_OK);
    for (int k = 0; k < 3; k++) {
        double want = 0;
        for (int i = 1; i <= MANY; i++)
            want += 2 * tanh(i * (double)at[k]) * (1 - tanh(i * (double)at[k]) * tanh(i * (double)at[k])) * i;
        assert_true(fabs(slope[k] - want) <= 1e-4 * (1 + fabs(want)));
    }
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_scope_is_computed_again),
                                        cmocka_unit_test(a_node_of_many_inputs_is_computed_again) };
    return cmocka_run_group_tests(tests, NULL, NULL) + each_op("again", again_is_kept);
}
