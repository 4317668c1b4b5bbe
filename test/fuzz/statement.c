/* statement.c - one statement of a random graph: an op of the registry on values that are there, as a case of its
   record wants them; a formula that a rule of simplify is about; or a block (block.c). See random_graph.h. */
#include "maker.h"
#include "planted.h"
#include "../../src/compile/passes.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRIES = 2048, FEW = 64 };

typedef struct entry { /* a case that programs may hold, in both types */
    op_case c[2];
    call k;
    bool any_shape; /* element-wise */
    uint32_t steps; /* bit i: as real input i changes the value jumps, or is none where all elements are one */
    bool hidden;    /* it has a slope, and no gradient, or another */
} entry;

static entry entries[ENTRIES];
static int n_entry;

/* ---- the registry ---- */
static bool usable_input(const entry *e, const case_input *x)
{
    bool given = x->lo >= x->hi, real = nrv__dtype_real(x->type);
    for (int64_t i = 0; i < x->n && given; i++)
        if (fabs(x->value[i]) > 100)
            return false;
    return x->n > 0 && (x->n <= MAKER_MOST || e->any_shape) && x->rank < 6 && !(real && x->hi > 100) &&
           !(given && e->any_shape);
}

static void real_arguments(op_case *c) /* what names a real type names the other one; draws name that under test */
{
    bool named = false;
    for (int i = 0; i < c->n_arg; i++) {
        bool type = !strcmp(c->arg[i].name, "type");
        named = named || type;
        if (type && c->arg[i].text[0] == 'f')
            c->arg[i].text = nrv__dtype_name(c->n_x == 0 ? c->real : c->real == NRV_F64 ? NRV_F32 : NRV_F64);
    }
    if (!named && c->op->flags & NRV_RANDOM && c->n_x == 0 && c->n_arg < CASE_ARGS &&
        strcmp(c->op->name, "permutation"))
        c->arg[c->n_arg++] = (nrv__arg){ "type", nrv__dtype_name(c->real) };
}

/* what the case itself gives: some show infinities, NaNs, shifts out of sight */
static bool stays_small(const op_case *c)
{
    case_graph t = case_trace(c, NRV_TRAIN);
    int64_t n = 0;
    double *y = case_value(t.y, &n);
    bool small = y != NULL;
    for (int64_t i = 0; small && i < n; i++)
        small = fabs(y[i]) < 1e5;
    free(y);
    case_graph_free(&t);
    return small;
}

static bool usable(entry *e)
{
    const nrv__opdef *op = e->c[0].op;
    e->any_shape = op->flags & NRV_POINTWISE && e->c[0].n_x;
    for (int i = 0; i < e->c[0].n_x; i++)
        e->any_shape = e->any_shape && e->c[0].x[i].lo < e->c[0].x[i].hi;
    for (int i = 0; i < e->c[0].n_x; i++)
        if (!usable_input(e, &e->c[0].x[i]))
            return false;
    bool called = e->k.declared || ((op->vjp || op->batch) && e->c[0].n_x); /* or inside: gradients hold it */
    return called && stays_small(&e->c[0]);
}

static bool all_zero(nrv_tensor x)
{
    int64_t n = 0;
    double *v = case_value(x, &n);
    bool zero = v != NULL;
    for (int64_t i = 0; zero && i < n; i++)
        zero = v[i] == 0;
    free(v);
    return zero;
}

/* the op's result where input i holds low and high in turn, every low one a little further up than the one before */
static double *value_of_two(const op_case *c, int i, double low, double high, double apart, int64_t *n)
{
    case_graph t = case_trace(c, NRV_TRAIN);
    double *x = malloc(((size_t)c->x[i].n + 1) * sizeof *x);
    for (int64_t k = 0; x && k < c->x[i].n; k++)
        x[k] = k % 2 ? high : low + (double)k * apart;
    if (x)
        case_feed(t.x[i], x, c->x[i].n);
    double *y = case_value(t.y, n);
    free(x);
    case_graph_free(&t);
    return y;
}

/* a norm of nothing, a correlation with what never changes: there is none */
static bool flat_is_finite(const op_case *c, int i)
{
    const double flat = (c->x[i].lo + c->x[i].hi) / 2;
    int64_t n = 0;
    double *y = value_of_two(c, i, flat, flat, 0, &n);
    bool finite = y != NULL;
    for (int64_t k = 0; finite && k < n; k++)
        finite = isfinite(y[k]);
    free(y);
    return finite;
}

/* what counts equals makes much of the least difference */
static bool counts_equals(const op_case *c, int i)
{
    const double third = (c->x[i].hi - c->x[i].lo) / 3, low = c->x[i].lo + third;
    int64_t n = 0, m = 0;
    double *equal = value_of_two(c, i, low, low + third, 0, &n), *near = value_of_two(c, i, low, low + third, 1e-9, &m);
    bool counts = false;
    for (int64_t k = 0; equal && near && k < n && k < m; k++)
        counts = counts || fabs(equal[k] - near[k]) > 1e-3 * third;
    free(equal);
    free(near);
    return counts;
}

static uint32_t steps_of(const op_case *c)
{
    case_graph t = case_trace(c, NRV_TRAIN);
    uint32_t steps = 0;
    for (int i = 0; t.y && i < c->n_x; i++) {
        if (!nrv__dtype_real(c->x[i].type))
            continue;
        nrv_tensor dx = NULL;
        if (nrv__dtype_real(t.y->type) && !c->op->no_grad) {
            nrv_tensor wave = nrv_sin(nrv_iota(t.g, t.y->type, case_elements(t.y)));
            nrv_tensor flat = nrv_reshape(t.y, NRV_SHAPE(NRV_SAME));
            nrv_grad(nrv_sum_all(nrv_mul(flat, wave)), NULL, 1, &t.x[i], &dx);
        }
        bool step = !dx || all_zero(dx) || !flat_is_finite(c, i) || counts_equals(c, i);
        steps |= step ? UINT32_C(1) << i : 0;
    }
    case_graph_free(&t);
    return steps;
}

/* where the gradient is that of another function, which is given here as well, it is the same function */
static bool two_alike(const nrv__opdef *op)
{
    return !strcmp(op->name, "surrogate");
}

/* the value where one real input has moved by a millionth part, which no step is likely to lie in */
static double *moved_value(case_graph *t, const op_case *c, int i, int64_t *n)
{
    double *x = malloc(((size_t)c->x[i].n + 1) * sizeof *x);
    for (int64_t k = 0; x && k < c->x[i].n; k++)
        x[k] = c->x[i].value[k] * (1 + 1e-6) + 1e-7;
    if (x)
        case_feed(t->x[i], x, c->x[i].n);
    free(x);
    return case_value(t->y, n);
}

/* what says that it has no gradient is a step, which moves by much or not at all, or keeps its slope for itself */
static bool slope_is_hidden(const op_case *c)
{
    if (c->op->not_slope || !c->op->no_grad)
        return c->op->not_slope && !c->op->not_slope_in && !two_alike(c->op);
    bool hidden = false;
    for (int i = 0; i < c->n_x && !hidden; i++) {
        if (!nrv__dtype_real(c->x[i].type))
            continue;
        case_graph t = case_trace(c, NRV_TRAIN), to = case_trace(c, NRV_TRAIN);
        int64_t n = 0;
        double *y = case_value(t.y, &n), *y1 = moved_value(&to, c, i, &n);
        for (int64_t k = 0; y && y1 && nrv__dtype_real(t.y->type) && k < n; k++)
            hidden = hidden || (y1[k] != y[k] && fabs(y1[k] - y[k]) < 1e-3 * fmax(1, fabs(y[k])));
        free(y), free(y1);
        case_graph_free(&t), case_graph_free(&to);
    }
    return hidden;
}

bool statement_begin(const char *header)
{
    for (const nrv__opdef *const *op = nrv__ops; *op; op++)
        for (size_t i = 0; i < sizeof(*op)->test / sizeof *(*op)->test && (*op)->test[i]; i++) {
            entry *e = &entries[n_entry];
            bool leaf = (*op)->flags & (NRV_LEAF | NRV_BLOCK | NRV_INSIDE);
            if (leaf || n_entry == ENTRIES)
                continue;
            for (int t = 0; t < 2; t++) {
                if (!case_read(&e->c[t], *op, (*op)->test[i], t ? NRV_F32 : NRV_F64))
                    return false;
                real_arguments(&e->c[t]);
            }
            e->k = call_of(header, (*op)->name);
            if (usable(e)) {
                e->steps = steps_of(&e->c[0]);
                e->hidden = slope_is_hidden(&e->c[0]);
                n_entry++;
                continue;
            }
            case_free(&e->c[0]);
            case_free(&e->c[1]);
        }
    return n_entry > 0;
}

bool random_uses(const nrv__opdef *op)
{
    for (int i = 0; i < n_entry; i++)
        if (entries[i].c[0].op == op)
            return true;
    return false;
}

/* ops alike, however many cases they have */
static const entry *entry_of(dice *d, const nrv__opdef *op)
{
    int n = 0, first = 0, ops = 0;
    for (int i = 0; i < n_entry; i++)
        ops += i == 0 || entries[i].c[0].op != entries[i - 1].c[0].op;
    int which = op ? -1 : (int)dice_roll(d, (uint32_t)ops);
    for (int i = 0, at = -1; i < n_entry; i++) {
        at += i == 0 || entries[i].c[0].op != entries[i - 1].c[0].op;
        if (op ? entries[i].c[0].op == op : at == which) {
            first = n ? first : i;
            n++;
        }
    }
    return n ? &entries[first + (int)dice_roll(d, (uint32_t)n)] : NULL;
}

/* ---- what an op gets ---- */
static term constant(maker *m, dice *d, const case_input *x, int rank, const int64_t *dim)
{
    static const char *const type[] = { "",        "float",   "double",  "",        "",
                                        "int32_t", "int64_t", "uint8_t", "uint8_t", "int8_t" };
    double v[MAKER_MOST];
    char memory[MAKER_MOST * 8];
    nrv_shape shape = { rank, { 0 } };
    int64_t n = 1;
    for (int i = 0; i < rank; i++)
        n *= shape.dim[i] = dim[i];
    const char *list = "";
    for (int64_t i = 0; i < n; i++) {
        bool given = x->lo >= x->hi;
        v[i] = given                 ? x->value[i]
               : x->type == NRV_BOOL ? (double)dice_roll(d, 2)
                                     : x->lo + (double)dice_roll(d, (uint32_t)(x->hi - x->lo) + 1);
        list = say(m, "%s%s%.9g", list, i ? ", " : "", v[i]);
    }
    nrv__from_double(memory, x->type, v, n);
    term c = { nrv_constant(m->r->g, x->type, shape, memory),
               say(m, "nrv_constant(g, %s, %s, (const %s[]){ %s })", case_type_name(x->type), maker_shape(m, rank, dim),
                   type[x->type], list) };
    return m->in && dice_percent(d, 30) ? term_each(m, c) : c;
}

/* what is a step jumps between elements that are alike but for rounding: these lie apart */
static term operand(maker *m, dice *d, bool step, const case_input *x, int rank, const int64_t *dim)
{
    const bool apart = step && rank;
    bool given = x->lo >= x->hi;
    if (!given && nrv__dtype_real(x->type))
        return maker_operand(m, d, rank, dim, x->lo, x->hi, apart);
    if (!given && x->type == NRV_BOOL && dice_percent(d, 50))
        return term_two(m, "greater", nrv_greater, maker_operand(m, d, rank, dim, -1, 1, true),
                        term_fill(m, m->r->real, 0.1));
    if (!given && x->type != NRV_BOOL && x->lo >= 0 && x->hi < 64 && dice_percent(d, 60)) { /* an index */
        term at = term_one(m, "tanh", nrv_tanh, maker_operand(m, d, rank, dim, -1, 1, true));
        at = term_c(m, "mul_c", nrv_mul_c, at, 0.49 * (x->hi - x->lo + 1));
        return term_cast(m, term_c(m, "add_c", nrv_add_c, at, (x->lo + x->hi + 1) / 2), x->type);
    }
    term given_values = constant(m, d, x, rank, dim);
    bool finite = nrv__dtype_real(x->type);
    for (int64_t i = 0; i < x->n && finite; i++)
        finite = isfinite(x->value[i]);
    if (!finite || dice_percent(d, 30))
        return given_values;
    /* a little less of them, so that they vary; what is 0 stays, and what lies in 0..1 */
    return term_two(m, "mul", nrv_mul, given_values, maker_operand(m, d, rank, dim, 0.92, 1, true));
}

/* shapes of the inputs: the case's, or for what is element-wise that of a value, and what broadcasts to it */
static void shapes(maker *m, dice *d, const entry *e, int *rank, int64_t dim[][NRV__MAX_RANK])
{
    const op_case *c = &e->c[0];
    bool own = true;
    for (int i = 0; i < c->n_x; i++) {
        rank[i] = c->x[i].rank;
        memcpy(dim[i], c->x[i].dim, sizeof dim[i]);
        own = own && c->x[i].n <= FEW;
    }
    if (!e->any_shape || (own && dice_percent(d, 30)))
        return;
    const value *v = &m->v[maker_pick(m, d)];
    if (case_elements(v->x.t) > FEW && !own)
        v = &m->v[0]; /* an input: few elements */
    for (int i = 0; i < c->n_x; i++) {
        int less = i && !two_alike(c->op) && v->x.t->rank && dice_percent(d, 15) ? 1 : 0;
        rank[i] = v->x.t->rank - less;
        for (int k = 0; k < rank[i]; k++) {
            bool one = i && !two_alike(c->op) && dice_percent(d, 15);
            dim[i][k] = one ? 1 : v->x.t->dim[k + less];
        }
    }
}

static const char *inside_call(maker *m, const op_case *c, const term *x, const char *draw)
{
    const char *in = "", *names = "", *args = "";
    for (int i = 0; i < c->n_x; i++) {
        in = say(m, "%s%s%s", in, i ? ", " : "", x[i].c);
        names = say(m, "%s%s\"%s\"", names, i ? ", " : "", c->x[i].name);
    }
    for (int i = 0; i < c->n_arg; i++)
        args = say(m, "%s%s{ \"%s\", \"%s\" }", args, i ? ", " : "", c->arg[i].name, c->arg[i].text);
    if (!c->op->make)
        return say(m, "nrv__op(nrv__op_find(\"%s\", %zu), NRV_N(const nrv_tensor, %s))", c->op->name,
                   strlen(c->op->name), in);
    return say(m,
               "nrv__op_find(\"%s\", %zu)->make(&(nrv__case){ .g = g, .name = \"%s\", .n_x = %d, .x = { %s }, "
               ".x_name = { %s }, .n_arg = %d%s%s%s })",
               c->op->name, strlen(c->op->name), draw, c->n_x, in, names, c->n_arg, *args ? ", .arg = { " : "", args,
               *args ? " }" : "");
}

/* fewer digits would hide slopes: of a cast, the value stays x's, and the gradient goes through the other type */
static term other_type(maker *m, const nrv__opdef *op, term x, term y)
{
    y = term_cast(m, y, m->r->real);
    if (strcmp(op->name, "cast") || x.t->type != m->r->real) {
        m->r->met |= RANDOM_STOP;
        return y;
    }
    m->r->met |= RANDOM_ROUNDED;
    return term_two(m, "surrogate", nrv_surrogate, x, y);
}

static void statement_op(maker *m, dice *d, const entry *e)
{
    const op_case *c = &e->c[m->r->real == NRV_F32];
    int rank[CASE_INPUTS];
    int64_t dim[CASE_INPUTS][NRV__MAX_RANK];
    term x[CASE_INPUTS];
    nrv_tensor t[CASE_INPUTS];
    const char *names[CASE_INPUTS];
    static char text[MAKER_ROOM / 4];
    shapes(m, d, e, rank, dim);
    for (int i = 0; i < c->n_x; i++) {
        if (two_alike(c->op) && i)
            x[i] = x[0];
        else if (e->hidden || nrv__op_slope(c->op, i) || two_alike(c->op))
            x[i] = operand(m, d, e->steps >> i & 1, &c->x[i], rank[i], dim[i]);
        else /* so that the others can be held against their slopes */
            x[i] = constant(m, d, &c->x[i], rank[i], dim[i]);
        t[i] = x[i].t;
        names[i] = x[i].c;
    }
    const char *draw = say(m, "d%d", m->n_draw++);
    nrv__case made = { .g = m->r->g, .name = draw, .n_x = c->n_x, .n_arg = c->n_arg };
    memcpy(made.x, t, (size_t)c->n_x * sizeof *t);
    memcpy(made.arg, c->arg, sizeof made.arg);
    for (int i = 0; i < c->n_x; i++)
        made.x_name[i] = c->x[i].name;
    term y = { c->op->make ? c->op->make(&made) : nrv__op(c->op, c->n_x, t), NULL };
    bool drawn = c->op->flags & NRV_RANDOM; /* `make` has a key of its own, not the name's */
    y.c = !drawn && call_print(&e->k, c, names, draw, text, sizeof text) ? say(m, "%s", text)
                                                                         : inside_call(m, c, x, draw);
    m->r->met |= e->hidden ? RANDOM_STOP : 0;
    if (y.t && nrv__dtype_real(y.t->type) && y.t->type != m->r->real)
        y = other_type(m, c->op, x[0], y);
    maker_push(m, y, c->op->name);
}

/* ---- what the rules of simplify are about ---- */
static term two_of(maker *m, dice *d, int64_t a, int64_t b)
{
    return maker_operand(m, d, 2, (const int64_t[]){ a, b }, -1, 1, false);
}

static term turned(maker *m, term x)
{
    return term_one(m, "transpose", nrv_transpose, x);
}

static void statement_rule(maker *m, dice *d, const nrv__rule *r)
{
    int64_t a = 1 + dice_roll(d, 4), b = 1 + dice_roll(d, 4);
    term x = two_of(m, d, a, b), y = two_of(m, d, a, b);
    if (r->from) {
        m->r->met |= strstr(r->from, "stop") ? RANDOM_STOP : 0;
        maker_push(m,
                   (term){ nrv_expr(r->from, 2, (const nrv_tensor[]){ x.t, y.t }),
                           say(m, "NRV_EXPR(\"%s\", %s, %s)", r->from, x.c, y.c) },
                   r->name);
        return;
    }
    term z = term_two(m, "mul", nrv_mul, x, y);
    switch (dice_roll(d, 3)) {
    case 0:
        z = term_shaped(m, term_shaped(m, z, 1, (const int64_t[]){ a * b }), 3, (const int64_t[]){ b, 1, a });
        break;
    case 1:
        z = turned(m, turned(m, z));
        break;
    default:
        z = turned(m, term_two(m, "matmul", nrv_matmul, z, turned(m, y)));
        break;
    }
    maker_push(m, z, r->name);
}

static const nrv__rule *some_rule(dice *d)
{
    int n = 0;
    while (nrv__rules[n].name)
        n++;
    for (const nrv__rule *r = nrv__rules; r->name && planted_rule(); r++)
        if (!strcmp(r->name, planted_rule()) && dice_percent(d, 80))
            return r;
    return &nrv__rules[dice_roll(d, (uint32_t)n)];
}

void statement(maker *m, uint64_t key, bool block)
{
    dice d = { key, 0 };
    if (maker_left_out(m, key))
        return;
    if (block || (m->nest < 3 && dice_percent(&d, 12))) {
        statement_block(m, &d, key);
        return;
    }
    if (dice_percent(&d, planted_rule() ? 30 : 5)) {
        statement_rule(m, &d, some_rule(&d));
        return;
    }
    const nrv__opdef *op = planted_op() && dice_percent(&d, 25) ? planted_op() : NULL;
    const entry *e = entry_of(&d, op);
    if (e)
        statement_op(m, &d, e);
}
