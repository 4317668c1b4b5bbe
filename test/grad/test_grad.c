/* test_grad.c - for every case of every op: the gradient is the slope, the gradient's gradient is the gradient's slope,
   a composite's own rule agrees with its body's, and what has no gradient passes none.

   The scalar is sum(w * y) with random w, an input like the others: so second order covers what a rule does with dy.
   seconds: 25 */
#include "slope.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct grad_case {
    case_graph t;
    slope first, second;
    double *w, *v[CASE_INPUTS];
    int n_v;
} grad_case;

static void grad_first(grad_case *k, const op_case *c)
{
    nrv_tensor w = case_input_like(&k->t, c, "w_", k->t.y, 11, &k->w);
    slope *s = &k->first;
    *s = (slope){ .c = c, .s = nrv_sum_all(nrv_mul(w, k->t.y)), .tolerance = 1e-6, .order = "gradient" };
    for (int i = 0; i < c->n_x; i++)
        if (nrv__dtype_real(c->x[i].type)) {
            s->other[s->n] = !nrv__op_slope(c->op, i);
            s->x[s->n] = k->t.x[i];
            s->at[s->n++] = c->x[i].value;
        }
    nrv_grad(s->s, NULL, s->n, s->x, s->dx);
    k->second = *s;
    k->second.x[s->n] = w;
    k->second.at[s->n] = k->w;
}

static void grad_second(grad_case *k, const op_case *c)
{
    slope *s = &k->second;
    nrv_tensor sum = NULL;
    for (int i = 0; i < k->first.n; i++) {
        char name[16];
        snprintf(name, sizeof name, "v%d_", i);
        nrv_tensor v = case_input_like(&k->t, c, name, k->first.x[i], (uint64_t)(20 + i), &k->v[k->n_v++]);
        nrv_tensor part = nrv_sum_all(nrv_mul(v, k->first.dx[i]));
        sum = sum ? nrv_add(sum, part) : part;
    }
    s->s = sum;
    s->n = k->first.n + 1;
    s->tolerance = 1e-5;
    s->order = "second gradient";
    nrv_grad(s->s, NULL, s->n, s->x, s->dx);
}

/* false: nothing to differentiate here */
static bool grad_open(grad_case *k, const op_case *c, bool body)
{
    memset(k, 0, sizeof *k);
    k->t = case_trace(c, 0);
    if (!k->t.y)
        case_fails(c, "%s", nrv_graph_why(k->t.g));
    k->t.g->body_grad = body;
    bool real = nrv__dtype_real(k->t.y->type), any = false;
    for (int i = 0; i < c->n_x; i++)
        any = any || nrv__dtype_real(c->x[i].type);
    if (!real || !any)
        return false;
    grad_first(k, c);
    grad_second(k, c);
    if (nrv_graph_why(k->t.g))
        case_fails(c, "%s", nrv_graph_why(k->t.g));
    return true;
}

static void grad_close(grad_case *k)
{
    case_graph_free(&k->t);
    free(k->w);
    for (int i = 0; i < k->n_v; i++)
        free(k->v[i]);
}

static void grad_is_the_slope(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    for (int i = 0; each_case(op, i, NRV_F64, &c); i++) {
        grad_case k;
        if (grad_open(&k, &c, false) && !op->no_grad) {
            slope_check(&k.first);
            slope_check(&k.second);
        }
        grad_close(&k);
        case_free(&c);
    }
}

static void grad_compare(const op_case *c, const slope *own, const slope *body)
{
    for (int k = 0; k < own->n; k++) {
        int64_t n = 0, m = 0;
        double *a = case_value(own->dx[k], &n), *b = case_value(body->dx[k], &m);
        if (!a || !b)
            case_fails(c, "no value: %s", nrv_graph_why(a ? body->s->g : own->s->g));
        assert_int_equal(n, m);
        double scale = fmax(case_scale(a, n), case_scale(b, n));
        for (int64_t i = 0; i < n; i++)
            if (!(fabs(a[i] - b[i]) <= 1e-10 * scale))
                case_fails(c, "%s by %s[%lld]: %.15g by its own rule, %.15g by its body", own->order, own->x[k]->name,
                           (long long)i, a[i], b[i]);
        free(a);
        free(b);
    }
}

static bool grad_has_composites(const nrv_graph *g)
{
    bool any = false;
    for (size_t i = 0; i < g->n_node; i++)
        any = any || (g->node[i]->body && g->node[i]->op->vjp);
    return any;
}

static void own_rule_is_the_bodys(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    for (int i = 0; each_case(op, i, NRV_F64, &c); i++) {
        grad_case own, body;
        bool real = grad_open(&own, &c, false);
        if (real && grad_has_composites(own.t.g) && grad_open(&body, &c, true)) {
            grad_compare(&c, &own.first, &body.first);
            grad_compare(&c, &own.second, &body.second);
            grad_close(&body);
        }
        grad_close(&own);
        case_free(&c);
    }
}

static void no_gradient_is_zero(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    for (int i = 0; op->no_grad && each_case(op, i, NRV_F64, &c); i++) {
        grad_case k;
        if (grad_open(&k, &c, false))
            for (int x = 0; x < k.first.n; x++) {
                int64_t n = 0;
                double *dx = case_value(k.first.dx[x], &n);
                assert_non_null(dx);
                assert_true(case_scale(dx, n) == 0);
                free(dx);
            }
        grad_close(&k);
        case_free(&c);
    }
}

int main(void)
{
    return each_op("gradient", grad_is_the_slope) + each_op("own rule", own_rule_is_the_bodys) +
           each_op("no gradient", no_gradient_is_zero);
}
