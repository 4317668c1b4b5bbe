/* test_loops.c - every op may stand in a loop: for each case of each op, and every choice of inputs that differ from
   turn to turn, the loop gives what each turn alone gives, evaluated and compiled (in turns, or all at once where the
   compiler batches them), in loops in loops and in a branch of a choice; so do its gradients, with everything kept and
   with everything computed again. Where a turn is refused, so is the loop. Of more than three inputs not every choice
   is made, but none, all, each alone, and up to twelve all but each. seconds: 30 */
#include "support/each_op.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LOOPS_TURNS = 3, LOOPS_FEW = 3, LOOPS_SOME = 12, LOOPS_OUT = 1 + CASE_INPUTS };

typedef enum { LOOPS_PLAIN, LOOPS_NESTED, LOOPS_CHOSEN } loops_kind;
typedef struct loops_case {
    nrv_store *s;
    nrv_graph *g;
    nrv_tensor x[CASE_INPUTS], w, y[LOOPS_OUT]; /* y and its gradients by the real inputs */
    void *data[CASE_INPUTS + 1];
    size_t bytes[CASE_INPUTS + 1];
    int n_y;
} loops_case;

static const char *loops_name(int i)
{
    static char names[LOOPS_OUT][16] = { "y" };
    if (i)
        snprintf(names[i], sizeof names[i], "dx%d", i - 1);
    return names[i];
}

/* values of every turn, those of the case moved along turn by turn */
static void loops_feed(loops_case *k, int i, const double *value, int64_t n, int64_t turns, nrv_tensor x)
{
    double *v = malloc((size_t)(n * turns + 1) * sizeof *v);
    k->bytes[i] = (size_t)(n * turns) * nrv__dtype_size(x->type);
    k->data[i] = malloc(k->bytes[i] + 1);
    assert_true(v != NULL && k->data[i] != NULL);
    for (int64_t t = 0; t < turns; t++)
        for (int64_t e = 0; e < n; e++)
            v[t * n + e] = value[(e + t) % n];
    nrv__from_double(k->data[i], x->type, v, n * turns);
    nrv_feed(x, k->data[i], k->bytes[i]);
    free(v);
}

static nrv_tensor loops_row(nrv_tensor x, int64_t t)
{
    nrv_shape shape = { x->rank - 1, { 0 } };
    memcpy(shape.dim, x->dim + 1, (size_t)shape.rank * sizeof *shape.dim);
    return nrv_reshape(nrv_slice(x, 0, t, 1), shape);
}

/* layers meet their weights again in every turn */
static nrv_tensor loops_make(loops_case *k, const op_case *c, const nrv_tensor *x, const char *pass)
{
    nrv_enter(k->g, &(nrv_scope){ .pass = pass, .mode = NRV_SHARED });
    nrv_tensor y = case_make(c, k->g, x);
    nrv_pop(k->g);
    return y;
}

/* x (T,...) as (T,1,...), or back */
static nrv_tensor loops_lined(nrv_tensor x, bool back)
{
    nrv_shape s = nrv_shape_of(x);
    if (back)
        memmove(s.dim + 1, s.dim + 2, (size_t)(s.rank - 2) * sizeof *s.dim);
    else
        memmove(s.dim + 2, s.dim + 1, (size_t)(s.rank - 1) * sizeof *s.dim);
    s.dim[1] = back ? s.dim[1] : 1;
    s.rank += back ? -1 : 1;
    return x ? nrv_reshape(x, s) : NULL;
}

static nrv_tensor loops_zeros(nrv_tensor like)
{
    return like ? nrv_fill(like->g, like->type, nrv_shape_of(like), 0) : NULL;
}

/* only where it is not the turn in the middle */
static nrv_tensor loops_chosen(loops_case *k, const op_case *c, nrv_block *b, const nrv_tensor *at)
{
    nrv_block *i = nrv_if(k->g, nrv_not_equal(nrv_turn(b), nrv_fill(k->g, NRV_I64, NRV_SCALAR, 1)));
    nrv_tensor y = loops_make(k, c, at, NULL), none;
    nrv_else(i);
    none = loops_zeros(y);
    nrv_end(i);
    return nrv_either(i, y, none);
}

/* a loop of one turn in every turn, along lines of one */
static nrv_tensor loops_nested(loops_case *k, const op_case *c, uint64_t wide, int keep, const nrv_tensor *line)
{
    nrv_tensor at[CASE_INPUTS];
    nrv_block *in = nrv_scan(k->g, &(nrv_scan_opt){ .keep = keep, .steps = 1 });
    for (int i = 0; i < c->n_x; i++)
        at[i] = wide >> i & 1 ? nrv_each(in, line[i]) : line[i];
    nrv_tensor y = loops_make(k, c, at, NULL);
    nrv_end(in);
    return nrv_stacked(in, y);
}

/* y (T,...) of the op in a loop */
static nrv_tensor loops_scan(loops_case *k, const op_case *c, uint64_t wide, int keep, loops_kind kind)
{
    nrv_tensor at[CASE_INPUTS], y;
    nrv_block *b = nrv_scan(k->g, &(nrv_scan_opt){ .keep = keep, .steps = LOOPS_TURNS });
    for (int i = 0; i < c->n_x; i++)
        at[i] = !(wide >> i & 1) ? k->x[i] : nrv_each(b, kind == LOOPS_NESTED ? loops_lined(k->x[i], false) : k->x[i]);
    y = kind == LOOPS_NESTED   ? loops_nested(k, c, wide, keep, at)
        : kind == LOOPS_CHOSEN ? loops_chosen(k, c, b, at)
                               : loops_make(k, c, at, NULL);
    nrv_end(b);
    y = nrv_stacked(b, y);
    return kind == LOOPS_NESTED ? loops_lined(y, true) : y;
}

/* the same, one turn after the other */
static nrv_tensor loops_turns(loops_case *k, const op_case *c, uint64_t wide, loops_kind kind)
{
    static const char *const pass[LOOPS_TURNS] = { "0", "1", "2" };
    nrv_tensor at[CASE_INPUTS], y[LOOPS_TURNS];
    for (int t = 0; t < LOOPS_TURNS; t++) {
        for (int i = 0; i < c->n_x; i++)
            at[i] = wide >> i & 1 ? loops_row(k->x[i], t) : k->x[i];
        y[t] = loops_make(k, c, at, pass[t]);
        if (!y[t] || y[t]->rank == NRV__MAX_RANK)
            return NULL;
        if (kind == LOOPS_CHOSEN && t == 1)
            y[t] = loops_zeros(y[t]);
        nrv_shape s = nrv_shape_of(y[t]);
        memmove(s.dim + 1, s.dim, (size_t)s.rank * sizeof *s.dim);
        s.dim[0] = 1;
        s.rank++;
        y[t] = nrv_reshape(y[t], s);
    }
    return nrv_concat(LOOPS_TURNS, y, 0);
}

static void loops_gradients(loops_case *k, const op_case *c, nrv_tensor y)
{
    nrv_tensor x[CASE_INPUTS];
    int n = 0, i = c->n_x;
    if (!y || !nrv__dtype_real(y->type))
        return;
    double *w = malloc((size_t)(case_elements(y) + 1) * sizeof *w);
    assert_non_null(w);
    case_draw(c->text, 11, -1.5, 1.5, case_elements(y), w);
    k->w = nrv_input(k->g, "w_", y->type, nrv_shape_of(y));
    loops_feed(k, i, w, case_elements(y), 1, k->w);
    free(w);
    for (i = 0; i < c->n_x; i++)
        if (nrv__dtype_real(c->x[i].type))
            x[n++] = k->x[i];
    nrv_grad(nrv_sum_all(nrv_mul(k->w, y)), NULL, n, x, k->y + 1);
    k->n_y += n;
}

/* the largest rank that a sequence has */
static int loops_deepest(const op_case *c, uint64_t wide)
{
    int most = 0;
    for (int i = 0; i < c->n_x; i++)
        if (wide >> i & 1 && c->x[i].rank + 1 > most)
            most = c->x[i].rank + 1;
    return most;
}

/* keep < 0: turn by turn. false: no loop has sequences or stacks of such a rank */
static bool loops_open(loops_case *k, const op_case *c, uint64_t wide, int keep, loops_kind kind)
{
    *k = (loops_case){ .s = nrv_store_new(NULL), .n_y = 1 };
    k->g = nrv_graph_new(k->s, 0);
    for (int i = 0; i < c->n_x; i++) {
        bool each = wide >> i & 1;
        nrv_shape shape = { c->x[i].rank, { 0 } };
        if (each && shape.rank == NRV__MAX_RANK)
            return false;
        memcpy(shape.dim + each, c->x[i].dim, (size_t)shape.rank * sizeof *shape.dim);
        shape.dim[0] = each ? LOOPS_TURNS : shape.dim[0];
        shape.rank += each;
        k->x[i] = nrv_input(k->g, c->x[i].name, c->x[i].type, shape);
        loops_feed(k, i, c->x[i].value, c->x[i].n, each ? LOOPS_TURNS : 1, k->x[i]);
    }
    k->y[0] = keep < 0 ? loops_turns(k, c, wide, kind) : loops_scan(k, c, wide, keep, kind);
    loops_gradients(k, c, k->y[0]);
    return k->y[0] || nrv_graph_why(k->g);
}

static void loops_close(loops_case *k)
{
    for (int i = 0; i <= CASE_INPUTS; i++)
        free(k->data[i]);
    nrv_graph_free(k->g);
    nrv_store_free(k->s);
}

/* ---- values ---- */
typedef struct loops_got {
    nrv_status status;
    char why[500];
    double *v[LOOPS_OUT];
    int64_t n[LOOPS_OUT];
} loops_got;

static loops_got loops_asked(loops_case *k)
{
    loops_got got = { .status = k->g->why.status };
    for (int i = 0; i < k->n_y && !got.status; i++) {
        got.v[i] = case_value(k->y[i], &got.n[i]);
        got.status = k->g->why.status;
    }
    snprintf(got.why, sizeof got.why, "%s", nrv_graph_why(k->g) ? nrv_graph_why(k->g) : "");
    return got;
}

static loops_got loops_compiled(loops_case *k, const op_case *c, const char *without)
{
    loops_got got = { .status = k->g->why.status };
    for (int i = 0; i < k->n_y; i++)
        nrv_output(k->g, loops_name(i), k->y[i]);
    nrv_plan *p = nrv_compile(k->g, &(nrv_compile_opt){ .without = without });
    nrv_exec *e = nrv_exec_new(p, k->s, NULL);
    for (int i = 0; i < c->n_x; i++)
        nrv_bind_in(e, c->x[i].name, k->data[i], k->bytes[i]);
    if (k->w)
        nrv_bind_in(e, "w_", k->data[c->n_x], k->bytes[c->n_x]);
    got.status = nrv_run(e);
    snprintf(got.why, sizeof got.why, "%s", nrv_why(e) ? nrv_why(e) : "");
    for (int i = 0; i < k->n_y && !got.status; i++) {
        size_t bytes = 0;
        nrv_dtype type = k->y[i]->type;
        const void *value = nrv_value(e, loops_name(i), &bytes);
        got.n[i] = (int64_t)(bytes / nrv__dtype_size(type));
        got.v[i] = malloc((size_t)(got.n[i] + 1) * sizeof(double));
        assert_true(value != NULL && got.v[i] != NULL);
        nrv__to_double(got.v[i], value, type, got.n[i]);
    }
    nrv_exec_free(e);
    nrv_plan_free(p);
    return got;
}

static void loops_free(loops_got *got)
{
    for (int i = 0; i < LOOPS_OUT; i++)
        free(got->v[i]);
}

/* gradients are sums over turns, compiled in another order: held to the largest value of all of them */
static void loops_same(const op_case *c, const loops_got *want, const loops_got *got, uint64_t wide, const char *how)
{
    double scale = 0;
    if (want->status != got->status || (want->status && want->status != NRV_EVALUE))
        case_fails(c, "%s, inputs %llx wide: %s", how, (unsigned long long)wide, *got->why ? got->why : want->why);
    for (int i = 1; i < LOOPS_OUT && want->v[i]; i++)
        scale = fmax(scale, case_scale(want->v[i], want->n[i]));
    for (int i = 0; i < LOOPS_OUT && want->v[i]; i++) {
        double most = 1e-10 * (i ? scale : case_scale(want->v[0], want->n[0]));
        assert_int_equal(want->n[i], got->n[i]);
        for (int64_t e = 0; e < want->n[i]; e++) {
            double a = got->v[i][e], b = want->v[i][e];
            if (!(a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= most))
                case_fails(c, "%s, inputs %llx wide: %s[%lld] is %.15g, turn by turn it is %.15g", how,
                           (unsigned long long)wide, loops_name(i), (long long)e, a, b);
        }
    }
}

static bool loops_draws(const nrv_graph *g)
{
    bool any = false;
    for (size_t i = 0; i < g->n_node; i++)
        any = any || g->node[i]->op == &nrv__op_run_counter;
    return any;
}

/* what the turns give one after the other; true: they draw. *none: no loop has such inputs */
static bool loops_reference(const op_case *c, uint64_t wide, loops_kind kind, loops_got *turns, bool *none)
{
    loops_case k;
    *none = !loops_open(&k, c, wide, -1, kind);
    *turns = *none ? (loops_got){ .status = NRV_OK } : loops_asked(&k);
    bool draws = loops_draws(k.g);
    loops_close(&k);
    return draws;
}

static void loops_choice(const op_case *c, uint64_t wide)
{
    static const struct {
        loops_kind kind;
        int keep;
        bool compiled;
        const char *without, *name;
    } way[] = { { LOOPS_PLAIN, 0, false, NULL, "evaluated" },
                { LOOPS_PLAIN, 1, false, NULL, "evaluated, keep 1" },
                { LOOPS_PLAIN, 2, false, NULL, "evaluated, keep 2" },
                { LOOPS_PLAIN, 0, true, NULL, "compiled" },
                { LOOPS_PLAIN, 0, true, "turns", "compiled, turn by turn" },
                { LOOPS_PLAIN, 1, true, NULL, "compiled, keep 1" },
                { LOOPS_PLAIN, 2, true, "*", "compiled, keep 2, without passes and kernels" },
                { LOOPS_NESTED, 0, false, NULL, "in two loops, evaluated" },
                { LOOPS_NESTED, 0, true, NULL, "in two loops, compiled" },
                { LOOPS_NESTED, 1, true, NULL, "in two loops, compiled, keep 1" },
                { LOOPS_CHOSEN, 0, false, NULL, "in a choice, evaluated" },
                { LOOPS_CHOSEN, 0, true, NULL, "in a choice, compiled" },
                { LOOPS_CHOSEN, 1, true, NULL, "in a choice, compiled, keep 1" } };
    loops_got turns = { .status = NRV_OK };
    bool draws = false, none = true;
    for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
        if (none || way[i].kind != way[i - 1].kind) {
            loops_free(&turns);
            draws = loops_reference(c, wide, way[i].kind, &turns, &none);
        }
        if (none)
            return;
        if ((way[i].keep > 1 || way[i].kind == LOOPS_NESTED) && loops_deepest(c, wide) + 1 >= NRV__MAX_RANK)
            continue;
        loops_case k;
        assert_true(loops_open(&k, c, wide, way[i].keep, way[i].kind));
        loops_got got = way[i].compiled ? loops_compiled(&k, c, way[i].without) : loops_asked(&k);
        loops_close(&k);
        if (draws) { /* each turn of a loop has its own: the others are held to the first */
            loops_free(&turns);
            turns = got;
            draws = false;
            continue;
        }
        loops_same(c, &turns, &got, wide, way[i].name);
        loops_free(&got);
    }
    loops_free(&turns);
}

static void a_loop_is_its_turns(void **state)
{
    op_case c;
    for (int i = 0; each_case(*state, i, NRV_F64, &c); i++) {
        const uint64_t all = (UINT64_C(1) << c.n_x) - 1;
        for (uint64_t wide = 0; wide <= all && c.n_x <= LOOPS_FEW; wide++)
            loops_choice(&c, wide);
        for (int k = -2; k < c.n_x && c.n_x > LOOPS_FEW; k++) { /* none, all, each alone, all but each */
            loops_choice(&c, k == -2 ? 0 : k == -1 ? all : UINT64_C(1) << k);
            if (k >= 0 && c.n_x <= LOOPS_SOME)
                loops_choice(&c, all & ~(UINT64_C(1) << k));
        }
        case_free(&c);
    }
}

int main(void)
{
    return each_op("loops", a_loop_is_its_turns);
}
