/* test_compiled.c - what a plan computes is what eager evaluation computes, for every case of every op and its
   gradient: in float and double, on every tier of kernels that this machine has, without each kernel in turn, on 1, 2
   and 3 threads (the same bits), and with the leading length named (one plan for 1, 2 and 7).

   y keeps the tolerance that its op's record states: 2 ulp in float, 1e-12 in double, where it states nothing.
   Gradients are programs of many ops: theirs is the sum of what the records of all traced ops state, of the largest
   value met on the way, since a difference keeps the rounding of its terms. */
#include "support/each_op.h"
#include <math.h>

enum { COMPILED_OUT = CASE_INPUTS + 1 };

typedef struct compiled {
    op_case c;
    case_graph t;
    double *w;
    int64_t n_w;
    nrv_tensor dw, out[COMPILED_OUT];
    int n_out;
    double *eager[COMPILED_OUT], tolerance[COMPILED_OUT];
} compiled;

static const char *compiled_name(int i)
{
    static char names[COMPILED_OUT][16] = { "y" };
    if (i)
        snprintf(names[i], sizeof names[i], "dx%d", i - 1);
    return names[i];
}

/* y, and the gradient of sum(w * y) by every real input */
static void compiled_trace(compiled *k)
{
    nrv_tensor x[CASE_INPUTS], dx[CASE_INPUTS];
    int n = 0;
    if (!k->t.y)
        return;
    k->out[k->n_out++] = k->t.y;
    for (int i = 0; i < k->c.n_x; i++)
        if (nrv__dtype_real(k->c.x[i].type))
            x[n++] = k->t.x[i];
    if (nrv__dtype_real(k->t.y->type) && n) {
        k->dw = nrv_input(k->t.g, "w_", k->t.y->type, nrv_shape_of(k->t.y));
        nrv_grad(nrv_sum_all(nrv_mul(k->dw, k->t.y)), NULL, n, x, dx);
        for (int i = 0; i < n; i++)
            k->out[k->n_out++] = dx[i];
    }
    for (int i = 0; i < k->n_out; i++)
        nrv_output(k->t.g, compiled_name(i), k->out[i]);
}

static void compiled_weights(compiled *k, int64_t n)
{
    k->n_w = n;
    k->w = malloc((size_t)(n + 1) * sizeof *k->w);
    assert_non_null(k->w);
    case_draw(k->c.text, 11, -1.5, 1.5, n, k->w);
}

static double compiled_tolerance(const nrv_graph *g, nrv_dtype real)
{
    double ulps = 0, rel = 0, scale = 0;
    for (size_t i = 0; i < g->n_node; i++) {
        const struct nrv_node *n = g->node[i];
        if (!n->value || !nrv__dtype_real(n->type))
            continue;
        for (int64_t e = 0, count = case_elements(g->node[i]); e < count; e++) {
            double v;
            nrv__to_double(&v, (const char *)n->value + (size_t)e * nrv__dtype_size(n->type), n->type, 1);
            scale = isfinite(v) && fabs(v) > scale ? fabs(v) : scale;
        }
        if (!n->body && !(n->op->flags & (NRV_LEAF | NRV_VIEW))) {
            ulps += n->op->ulp > 0 ? n->op->ulp : 2;
            rel += n->op->rel > 0 ? n->op->rel : 1e-12;
        } else if (n->body) {
            ulps += n->op->ulp;
            rel += n->op->rel;
        }
    }
    return real == NRV_F64 ? rel * scale : scale > 0 ? ulps * ldexp(1, ilogb(scale) - 23) : 0;
}

/* y itself is held to what its op's record says */
static double compiled_recorded(const nrv__opdef *op, nrv_dtype real, double scale)
{
    if (real == NRV_F64 && isfinite(scale))
        return (op->rel > 0 ? op->rel : 1e-12) * scale;
    return scale > 0 && isfinite(scale) ? (op->ulp > 0 ? op->ulp : 2) * ldexp(1, ilogb(scale) - 23) : 0;
}

static bool compiled_open(compiled *k, const nrv__opdef *op, int i, nrv_dtype real)
{
    memset(k, 0, sizeof *k);
    if (!each_case(op, i, real, &k->c))
        return false;
    k->t = case_trace(&k->c, 0);
    compiled_trace(k);
    if (nrv_graph_why(k->t.g))
        case_fails(&k->c, "%s", nrv_graph_why(k->t.g));
    if (k->dw) {
        compiled_weights(k, case_elements(k->dw));
        case_feed(k->dw, k->w, k->n_w);
    }
    for (int o = 0; o < k->n_out; o++) {
        int64_t n;
        k->eager[o] = case_value(k->out[o], &n);
        if (!k->eager[o])
            case_fails(&k->c, "%s", nrv_graph_why(k->t.g));
    }
    for (int o = 0; o < k->n_out; o++)
        k->tolerance[o] = o ? compiled_tolerance(k->t.g, real)
                            : compiled_recorded(op, real, case_scale(k->eager[0], case_elements(k->t.y)));
    return true;
}

static void compiled_close(compiled *k)
{
    for (int i = 0; i < k->n_out; i++)
        free(k->eager[i]);
    free(k->w);
    case_graph_free(&k->t);
    case_free(&k->c);
}

/* ---- a run: every output as doubles ---------------------------------------------------------------------------------
 */
typedef struct compiled_run {
    nrv_status status;
    char why[400];
    double *out[COMPILED_OUT];
    int64_t n[COMPILED_OUT];
} compiled_run;

static void compiled_bind(nrv_exec *e, const char *name, nrv_dtype type, const double *value, int64_t n, void **memory)
{
    size_t bytes = (size_t)n * nrv__dtype_size(type);
    *memory = malloc(bytes + 1);
    assert_non_null(*memory);
    nrv__from_double(*memory, type, value, n);
    nrv_bind_in(e, name, *memory, bytes);
}

static compiled_run compiled_go(const compiled *k, const nrv_plan *p, nrv_pool *pool, int64_t lead)
{
    compiled_run r = { .status = NRV_OK };
    void *memory[CASE_INPUTS + 1] = { NULL };
    nrv_exec *e = nrv_exec_new(p, k->t.s, &(nrv_exec_opt){ .pool = pool });
    if (lead)
        nrv_set_size(e, "lead_", lead);
    for (int i = 0; i < k->c.n_x; i++)
        compiled_bind(e, k->c.x[i].name, k->c.x[i].type, k->c.x[i].value, k->c.x[i].n, &memory[i]);
    if (k->w)
        compiled_bind(e, "w_", k->t.y->type, k->w, k->n_w, &memory[CASE_INPUTS]);
    r.status = nrv_run(e);
    snprintf(r.why, sizeof r.why, "%s", nrv_why(e) ? nrv_why(e) : "");
    for (int i = 0; i < k->n_out && !r.status; i++) {
        size_t bytes = 0;
        nrv_dtype type = k->out[i]->type;
        const void *value = nrv_value(e, compiled_name(i), &bytes);
        r.n[i] = (int64_t)(bytes / nrv__dtype_size(type));
        r.out[i] = malloc((size_t)(r.n[i] + 1) * sizeof(double));
        assert_true(value != NULL && r.out[i] != NULL);
        nrv__to_double(r.out[i], value, type, r.n[i]);
    }
    nrv_exec_free(e);
    for (int i = 0; i <= CASE_INPUTS; i++)
        free(memory[i]);
    return r;
}

static void compiled_run_free(compiled_run *r)
{
    for (int i = 0; i < COMPILED_OUT; i++)
        free(r->out[i]);
}

static void compiled_compare(const compiled *k, const compiled_run *r, double *const *want, const double *tolerance,
                             const char *how)
{
    if (r->status)
        case_fails(&k->c, "%s: %s", how, r->why);
    for (int o = 0; o < k->n_out; o++) {
        double slack = tolerance && nrv__dtype_real(k->out[o]->type) ? tolerance[o] : 0;
        for (int64_t i = 0; i < r->n[o]; i++) {
            double a = r->out[o][i], b = want[o][i];
            if (!(a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= slack))
                case_fails(&k->c, "%s: %s[%lld] is %.9g, it should be %.9g, at most %.3g apart", how, compiled_name(o),
                           (long long)i, a, b, slack);
        }
    }
}

static void compiled_one_way(const compiled *k, const nrv_compile_opt *opt, const char *how)
{
    nrv_plan *p = nrv_compile(k->t.g, opt);
    compiled_run r = compiled_go(k, p, NULL, 0);
    for (int o = 0; o < k->n_out && !r.status; o++)
        assert_int_equal(r.n[o], case_elements(k->out[o]));
    compiled_compare(k, &r, k->eager, k->tolerance, how);
    compiled_run_free(&r);
    nrv_plan_free(p);
}

/* a value on the way may be one although the result is not: inf - inf, a remainder by 0 */
static bool compiled_meets_nan(const compiled *k)
{
    for (size_t i = 0; i < k->t.g->n_node; i++) {
        nrv_tensor x = k->t.g->node[i];
        int64_t n = x->value && nrv__dtype_real(x->type) ? case_elements(x) : 0;
        for (int64_t e = 0; e < n; e++) {
            double v;
            nrv__to_double(&v, (const char *)x->value + (size_t)e * nrv__dtype_size(x->type), x->type, 1);
            if (isnan(v))
                return true;
        }
    }
    return false;
}

static void every_tier_is_eager(void **state)
{
    compiled k;
    for (int t = 0; t < 2; t++)
        for (int i = 0; compiled_open(&k, *state, i, t ? NRV_F64 : NRV_F32); i++) {
            char tiers[128];
            snprintf(tiers, sizeof tiers, "%s", nrv_tiers());
            for (char *at = strtok(tiers, " "); at; at = strtok(NULL, " "))
                compiled_one_way(&k, &(nrv_compile_opt){ .cpu = at }, at);
            compiled_one_way(&k, &(nrv_compile_opt){ .strict = 1 }, "strict");
            if (!compiled_meets_nan(&k))
                compiled_one_way(&k, &(nrv_compile_opt){ .check_nan = 1 }, "check_nan");
            compiled_close(&k);
        }
}

static bool compiled_has(const nrv_graph *g, const char *op)
{
    bool has = false;
    for (size_t i = 0; i < g->n_node; i++)
        has = has || !strcmp(g->node[i]->op->name, op);
    return has;
}

static void without_each_kernel(void **state)
{
    compiled k;
    for (int i = 0; compiled_open(&k, *state, i, NRV_F32); i++) {
        for (const nrv__kernel *const *one = nrv__kernels; *one; one++) {
            bool met = !compiled_has(k.t.g, (*one)->op);
            for (const nrv__kernel *const *b = nrv__kernels; b < one; b++)
                met = met || !strcmp((*b)->name, (*one)->name); /* once for all tiers */
            if (!met) {
                char how[80];
                snprintf(how, sizeof how, "without %s", (*one)->name);
                compiled_one_way(&k, &(nrv_compile_opt){ .without = (*one)->name }, how);
            }
        }
        static const char *const passes[] = { "group", "simplify", "take_over", "once", "early", "spare", "*" };
        for (size_t p = 0; p < sizeof passes / sizeof *passes; p++)
            compiled_one_way(&k, &(nrv_compile_opt){ .without = passes[p] }, passes[p]);
        compiled_close(&k);
    }
}

static nrv_pool *compiled_pool[2];

static void threads_do_not_change_bits(void **state)
{
    compiled k;
    for (int i = 0; compiled_open(&k, *state, i, NRV_F32); i++) {
        nrv_plan *p = nrv_compile(k.t.g, NULL);
        compiled_run one = compiled_go(&k, p, NULL, 0);
        for (int t = 0; t < 2; t++) {
            compiled_run more = compiled_go(&k, p, compiled_pool[t], 0);
            compiled_compare(&k, &more, one.out, NULL, t ? "3 threads" : "2 threads");
            compiled_run_free(&more);
        }
        compiled_run_free(&one);
        nrv_plan_free(p);
        compiled_close(&k);
    }
}

/* the program of k with its leading length named; NULL where its arguments fix that length */
static nrv_plan *compiled_named(const compiled *k)
{
    compiled named = { .c = k->c };
    named.t.s = k->t.s;
    named.t.g = nrv_graph_new(k->t.s, 0);
    nrv_dim lead = nrv_size(named.t.g, "lead_", 1, 64);
    for (int i = 0; i < k->c.n_x; i++) {
        nrv_shape shape = { k->c.x[i].rank, { 0 } };
        memcpy(shape.dim, k->c.x[i].dim, sizeof shape.dim);
        if (shape.rank && shape.dim[0] == k->c.x[0].dim[0])
            shape.dim[0] = lead;
        named.t.x[i] = nrv_input(named.t.g, k->c.x[i].name, k->c.x[i].type, shape);
    }
    named.t.y = case_make(&named.c, named.t.g, named.t.x);
    compiled_trace(&named);
    bool fits = !nrv_graph_why(named.t.g) && !named.t.g->n_check;
    nrv_plan *p = fits ? nrv_compile(named.t.g, NULL) : NULL;
    nrv_graph_free(named.t.g);
    return p;
}

static void compiled_named_at(const compiled *k, const nrv_plan *plan, const nrv__opdef *op, int64_t lead)
{
    compiled at = { .c = { 0 } };
    assert_true(case_read(&at.c, op, k->c.text, NRV_F32));
    if (case_lead(&at.c, lead)) {
        at.t = case_trace(&at.c, 0);
        compiled_trace(&at);
        if (nrv_graph_why(at.t.g))
            case_fails(&at.c, "at length %lld: %s", (long long)lead, nrv_graph_why(at.t.g));
        if (at.dw)
            compiled_weights(&at, case_elements(at.dw));
        nrv_plan *fixed = nrv_compile(at.t.g, NULL);
        compiled_run a = compiled_go(&at, fixed, NULL, 0), b = compiled_go(&at, plan, NULL, lead);
        bool refused = a.status == NRV_EVALUE && b.status == NRV_EVALUE; /* the values drawn do not suit this length */
        if (refused)
            assert_string_equal(a.why, b.why);
        else if (a.status)
            case_fails(&at.c, "at length %lld: %s", (long long)lead, a.why);
        for (int o = 0; o < at.n_out && !b.status; o++)
            assert_int_equal(a.n[o], b.n[o]);
        if (!refused)
            compiled_compare(&at, &b, a.out, k->tolerance, "with a named length");
        compiled_run_free(&a);
        compiled_run_free(&b);
        nrv_plan_free(fixed);
        free(at.w);
        case_graph_free(&at.t);
    }
    case_free(&at.c);
}

static void one_plan_for_every_length(void **state)
{
    static const int64_t lead[] = { 1, 2, 7 };
    compiled k;
    for (int i = 0; compiled_open(&k, *state, i, NRV_F32); i++) {
        nrv_plan *p = k.c.n_x && k.c.x[0].rank && k.c.x[0].dim[0] > 1 ? compiled_named(&k) : NULL;
        for (int n = 0; n < 3 && p; n++)
            compiled_named_at(&k, p, *state, lead[n]);
        nrv_plan_free(p);
        compiled_close(&k);
    }
}

int main(void)
{
    compiled_pool[0] = nrv_pool_new(2);
    compiled_pool[1] = nrv_pool_new(3);
    int failed = each_op("tiers", every_tier_is_eager) + each_op("without", without_each_kernel) +
                 each_op("threads", threads_do_not_change_bits) + each_op("named", one_plan_for_every_length);
    nrv_pool_free(compiled_pool[0]);
    nrv_pool_free(compiled_pool[1]);
    return failed;
}
