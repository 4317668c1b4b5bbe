/* formula.c - an element-wise graph as text: what nrv_expr reads, written, and simplified on the way (algebra.h).

   Promises: the text goes back through nrv_expr and gives the same values, up to rounding and to where 0/0 hides;
   neither it nor what names stand in front depends on the order in which the graph was made. Nothing recurses; text,
   parts and nesting are bounded, what passes the bounds is an error of the graph. Does not do: axes - sums, products of
   matrices, loops. */
#include "algebra.h"
#include "op.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

#ifdef NRV_HEADER
/* nrv_formula: n tensors x that go by a name: the text ends there, as at inputs and parameters, which go by their own.
   as_is: nothing is simplified. operations: how many the text has. */
typedef struct {
    int n;
    const nrv_tensor *x;
    const char *const *name;
    int as_is;
    int64_t *operations;
    int64_t reserved[4];
} nrv_formula_opt;
#endif

enum { FORMULA_NAMES = 64, FORMULA_DEEP = 90 };

typedef struct formula {
    nrv_graph *g;
    nrv_formula_opt o;
    nrv__algebra a;
    const nrv__sum **value; /* by id */
    bool *want;
    int n_leaf;
    nrv_tensor leaf[FORMULA_NAMES];
    const char *leaf_name[FORMULA_NAMES];
} formula;

static const nrv__sum *formula_fail(formula *f, nrv_tensor n, const char *hint, const char *what)
{
    nrv__graph_fail(f->g, NRV_EARG, hint, "formula: %s%s%s", what, n ? " at " : "", n ? n->op->name : "");
    return NULL;
}

/* ---- as it is: every operation is written, operands in parentheses unless they are names, numbers or calls ---- */
static const char *formula_operand(formula *f, const nrv__sum *v)
{
    const char *text = nrv__algebra_text(&f->a, v);
    double c;
    bool bare = v && (nrv__algebra_is_number(v, &c) ? c >= 0
                                                    : v->n == 1 && v->at->n == 1 && v->at->c == 1 &&
                                                          v->at->at->e == 1 && f->a.base[v->at->at->base].rank < 2);
    if (!text || bare)
        return text;
    nrv__text t = { .mem = f->g->mem };
    nrv__text_add(&t, "(%s)", text);
    return nrv__algebra_keep(&f->a, &t);
}

static int64_t formula_work(int n, const nrv__sum *const *in)
{
    int64_t work = 1;
    for (int i = 0; i < n; i++)
        work += in[i] ? in[i]->work : 0;
    return work;
}

static const nrv__sum *formula_infix(formula *f, const char *sign, const nrv__sum *const *in)
{
    const char *x = formula_operand(f, in[0]), *y = formula_operand(f, in[1]);
    nrv__text t = { .mem = f->g->mem };
    if (!x || !y)
        return NULL;
    nrv__text_add(&t, "%s %s %s", x, sign, y);
    return nrv__algebra_base(&f->a, nrv__algebra_keep(&f->a, &t), 2, formula_work(2, in));
}

/* ---- operations that text cannot take apart ---- */
static const nrv__sum *formula_call(formula *f, nrv_tensor n, const nrv__sum *const *in)
{
    nrv__text t = { .mem = f->g->mem };
    nrv__text_add(&t, "%s(", n->op->name);
    for (int i = 0; i < n->n_in; i++) {
        double c;
        const char *x = nrv__algebra_text(&f->a, in[i]);
        if (x && n->in[i]->type == NRV_BOOL && nrv__algebra_is_number(in[i], &c))
            x = c != 0 ? "0 < 1" : "1 < 0";
        if (!x)
            return nrv__text_free(&t), NULL;
        nrv__text_add(&t, "%s%s", i ? ", " : "", x);
    }
    nrv__text_add(&t, ")");
    return nrv__algebra_base(&f->a, nrv__algebra_keep(&f->a, &t), 1, formula_work(n->n_in, in));
}

static const nrv__sum *formula_choice(formula *f, const nrv__sum *const *in)
{
    double c;
    if (nrv__algebra_is_number(in[0], &c))
        return c != 0 ? in[1] : in[2];
    const char *yes = nrv__algebra_text(&f->a, in[1]), *no = nrv__algebra_text(&f->a, in[2]);
    const char *when = nrv__algebra_text(&f->a, in[0]);
    const bool nested = when && strchr(when, '?'); /* a choice of conditions */
    if (!yes || !no || !when)
        return NULL;
    if (!strcmp(yes, no) && !f->o.as_is)
        return in[1];
    nrv__text t = { .mem = f->g->mem };
    nrv__text_add(&t, "%s%s%s ? %s : %s", nested ? "(" : "", when, nested ? ")" : "", yes, no);
    return nrv__algebra_base(&f->a, nrv__algebra_keep(&f->a, &t), 2, formula_work(3, in));
}

static const struct {
    const char *op, *sign;
} formula_signs[] = {
    { "less", "<" },   { "less_equal", "<=" }, { "greater", ">" }, { "greater_equal", ">=" },
    { "equal", "==" }, { "not_equal", "!=" },  { "add", "+" },     { "sub", "-" },
    { "mul", "*" },    { "div", "/" },
};
enum { FORMULA_COMPARE = 6, FORMULA_SIGNS = sizeof formula_signs / sizeof *formula_signs };

static double formula_compared(int sign, double x, double y)
{
    const bool is[] = { x<y, x <= y, x> y, x >= y, x == y, x != y };
    return is[sign];
}

/* ---- operations that algebra knows ---- */
static const nrv__sum *formula_algebra(formula *f, const char *op, const nrv__sum *const *in, bool *known)
{
    static const struct {
        const char *op;
        double e, c;
    } power[] = {
        { "square", 2, 1 }, { "sqrt", 0.5, 1 }, { "rsqrt", -0.5, 1 }, { "reciprocal", -1, 1 }, { "neg", 1, -1 }
    };
    nrv__algebra *a = &f->a;
    double e;
    for (size_t i = 0; i < sizeof power / sizeof *power; i++)
        if (!strcmp(op, power[i].op))
            return nrv__algebra_times(a, nrv__algebra_number(a, power[i].c), nrv__algebra_power(a, in[0], power[i].e));
    if (!strcmp(op, "add"))
        return nrv__algebra_plus(a, in[0], in[1]);
    if (!strcmp(op, "sub"))
        return nrv__algebra_plus(a, in[0], nrv__algebra_times(a, nrv__algebra_number(a, -1), in[1]));
    if (!strcmp(op, "mul"))
        return nrv__algebra_times(a, in[0], in[1]);
    if (!strcmp(op, "div"))
        return nrv__algebra_times(a, in[0], nrv__algebra_power(a, in[1], -1));
    if (!strcmp(op, "pow") && nrv__algebra_is_number(in[1], &e))
        return nrv__algebra_power(a, in[0], e);
    *known = false;
    return NULL;
}

/* a value that passes through: its type or its shape alone changes; NULL: it is no such op */
static const nrv__sum *formula_passed(formula *f, nrv_tensor n, const nrv__sum *in)
{
    static const char *const same[] = { "broadcast", "reshape", "copy", "again" };
    double c;
    if (!strcmp(n->op->name, "cast") && nrv__dtype_real(n->type)) {
        if (nrv__dtype_real(n->in[0]->type) || nrv__algebra_is_number(in, &c))
            return in;
        if (n->in[0]->type == NRV_BOOL)
            return formula_choice(
                f, (const nrv__sum *const[]){ in, nrv__algebra_number(&f->a, 1), nrv__algebra_number(&f->a, 0) });
    }
    bool one = true;
    for (int i = 0; i < n->in[0]->rank; i++)
        one = one && n->in[0]->dim[i] == 1;
    for (int i = 0; i < 4; i++)
        if (!strcmp(n->op->name, same[i]) && (one || i > 1))
            return in;
    return one && !strcmp(n->op->name, "sum") ? in : NULL;
}

static const nrv__sum *formula_op(formula *f, nrv_tensor n)
{
    const nrv__sum *in[3] = { NULL };
    for (int i = 0; i < n->n_in && i < 3; i++)
        if (!(in[i] = f->value[n->in[i]->id]))
            return NULL;
    const nrv__sum *same = n->n_in ? formula_passed(f, n, in[0]) : NULL;
    if (same || f->g->why.status)
        return same;
    if (!(n->op->flags & NRV_POINTWISE) || n->n_in > 3)
        return formula_fail(f, n, "element-wise ops of scalars, or of tensors of one shape", "it goes along axes");
    if (n->op->attr_bytes)
        return formula_fail(f, n, "say it with other ops", "an op has arguments beside its inputs");
    if (!strcmp(n->op->name, "select"))
        return formula_choice(f, in);
    for (int i = 0; i < FORMULA_SIGNS; i++) {
        double x, y;
        if (strcmp(n->op->name, formula_signs[i].op) != 0 || (i >= FORMULA_COMPARE && !f->o.as_is))
            continue;
        if (i < FORMULA_COMPARE && nrv__algebra_is_number(in[0], &x) && nrv__algebra_is_number(in[1], &y))
            return nrv__algebra_number(&f->a, formula_compared(i, x, y));
        return formula_infix(f, formula_signs[i].sign, in);
    }
    bool known = !f->o.as_is;
    const nrv__sum *v = known ? formula_algebra(f, n->op->name, in, &known) : NULL;
    return known ? v : formula_call(f, n, in);
}

/* ---- leaves ---- */
static bool formula_number(nrv_tensor n, double *value)
{
    if (!strcmp(n->op->name, "fill")) {
        *value = ((const nrv__scalar_attr *)n->attr)->value;
        return true;
    }
    bool one = !strcmp(n->op->name, "constant") && n->value;
    for (int i = 0; i < n->rank; i++)
        one = one && n->dim[i] == 1;
    if (one)
        nrv__to_double(value, n->value, n->type, 1);
    return one;
}

static bool formula_taken(const formula *f, const char *name)
{
    bool taken = false;
    for (int i = 0; i < f->n_leaf; i++)
        taken = taken || (f->leaf_name[i] && !strcmp(f->leaf_name[i], name));
    return taken;
}

/* letters, digits and _ of its name, with a number behind it where that is taken */
static const char *formula_named(formula *f, const char *name)
{
    for (int k = 1; k <= FORMULA_NAMES + 1; k++) {
        nrv__text t = { .mem = f->g->mem };
        nrv__text_add(&t, "%s", isdigit((unsigned char)*name) ? "_" : "");
        for (const char *p = name; *p; p++)
            nrv__text_add(&t, "%c", isalnum((unsigned char)*p) ? *p : '_');
        if (k > 1)
            nrv__text_add(&t, "_%d", k);
        const char *kept = nrv__algebra_keep(&f->a, &t);
        if (!kept || !formula_taken(f, kept))
            return kept;
    }
    return NULL;
}

static bool formula_identifier(const char *s)
{
    bool good = s && *s && !isdigit((unsigned char)*s);
    for (; good && *s; s++)
        good = isalnum((unsigned char)*s) || *s == '_';
    return good;
}

static bool formula_is_named_leaf(nrv_tensor n)
{
    return n->name && (n->op->flags & NRV_LEAF) && strcmp(n->op->name, "constant") != 0;
}

/* what goes by a name: the caller's first, then leaves in the order of their names. False: the error is set */
static bool formula_names(formula *f)
{
    for (int i = 0; i < f->o.n; i++) {
        if (i == FORMULA_NAMES || !f->o.x || !f->o.name || !f->o.x[i] || f->o.x[i]->g != f->g ||
            !formula_identifier(f->o.name[i]) || formula_taken(f, f->o.name[i]))
            return formula_fail(f, NULL,
                                "at most 64, each of this graph, with a name of letters, digits and _ of its own",
                                "a tensor that is to go by a name, or its name, is none") != NULL;
        f->leaf[f->n_leaf] = f->o.x[i];
        f->leaf_name[f->n_leaf++] = f->o.name[i];
    }
    const int first = f->n_leaf;
    for (size_t id = 0; id < f->g->n_node; id++) {
        nrv_tensor n = f->g->node[id];
        bool named = !f->want[id] || !formula_is_named_leaf(n);
        for (int i = 0; i < first; i++)
            named = named || f->leaf[i] == n;
        if (named)
            continue;
        if (f->n_leaf == FORMULA_NAMES)
            return formula_fail(f, NULL, "name values that it goes through", "it has more than 64 names") != NULL;
        int at = f->n_leaf++;
        for (; at > first && strcmp(n->name, f->leaf[at - 1]->name) < 0; at--)
            f->leaf[at] = f->leaf[at - 1];
        f->leaf[at] = n;
    }
    for (int i = first; i < f->n_leaf; i++)
        if (!(f->leaf_name[i] = formula_named(f, f->leaf[i]->name)))
            return false;
    return true;
}

static const nrv__sum *formula_leaf(formula *f, nrv_tensor n)
{
    double value;
    for (int i = 0; i < f->n_leaf; i++)
        if (f->leaf[i] == n)
            return nrv__algebra_base(&f->a, f->leaf_name[i], 0, 0);
    if (formula_number(n, &value))
        return nrv__algebra_number(&f->a, value);
    return n->n_in || n->body ? formula_op(f, n)
                              : formula_fail(f, n, "inputs, parameters and numbers", "a leaf has no name");
}

/* ---- the walk ---- */
static bool formula_is_given(const formula *f, nrv_tensor n)
{
    bool given = false;
    for (int i = 0; i < f->o.n && f->o.x; i++)
        given = given || f->o.x[i] == n;
    return given;
}

/* a composite is what its body says */
static nrv_tensor formula_body(nrv_tensor n)
{
    return nrv__is_composite(n) && !(n->op->flags & NRV_POINTWISE) ? n->body[0] : NULL;
}

/* inputs come before their users, so one way down finds all that is wanted */
static void formula_mark(formula *f, nrv_tensor y)
{
    f->want[y->id] = true;
    for (int32_t id = y->id; id >= 0; id--) {
        nrv_tensor n = f->g->node[id];
        if (!f->want[id] || formula_is_given(f, n))
            continue;
        if (formula_body(n))
            f->want[formula_body(n)->id] = true;
        for (int i = 0; i < n->n_in && !formula_body(n); i++)
            f->want[n->in[i]->id] = true;
    }
}

/* nrv_expr goes down at every ( and behind every ?, and comes back at ) */
static bool formula_too_deep(const char *text)
{
    int from[FORMULA_DEEP + 1], n = 0, deep = 0; /* from: how deep it was before each ( that is open */
    for (; *text; text++) {
        if (*text == ')')
            deep = from[--n];
        else if (*text == '(' || *text == '?') {
            if (deep == FORMULA_DEEP)
                return true;
            if (*text == '(')
                from[n++] = deep;
            deep++;
        }
    }
    return false;
}

static const char *formula_text(formula *f, nrv_tensor y)
{
    formula_mark(f, y);
    if (!formula_names(f))
        return NULL;
    for (int32_t id = 0; id <= y->id; id++) {
        nrv_tensor n = f->g->node[id];
        if (!f->want[id])
            continue;
        nrv_tensor body = formula_is_given(f, n) ? NULL : formula_body(n);
        f->value[id] = body ? f->value[body->id] : formula_leaf(f, n);
        if (!f->value[id] || f->a.why || f->a.arena.broken)
            return NULL;
    }
    const char *text = nrv__algebra_text(&f->a, f->value[y->id]);
    if (!text || formula_too_deep(text))
        return text ? (formula_fail(f, NULL, "name values that it goes through", "nested more than 90 deep"), NULL)
                    : NULL;
    nrv__text t = { .mem = f->g->mem };
    for (int i = 0; i < f->n_leaf; i++)
        nrv__text_add(&t, "%s%s", f->leaf_name[i], i + 1 < f->n_leaf ? ", " : ": ");
    nrv__text_add(&t, "%s", text);
    if (f->o.operations)
        *f->o.operations = f->value[y->id]->work;
    return nrv__algebra_keep(&f->a, &t);
}

/* y as the text that nrv_expr reads, "x, y: 2*x + exp(-y)": names first, those of o->name, then inputs and parameters
   by theirs, sorted. Simplified: numbers are folded, like terms and factors meet, fractions are put together, where
   that is shorter; where the graph is NaN - 0/0, the root of what is negative - the text may have a value. y is made of
   element-wise ops. As snprintf: at most room bytes go to `to`, a 0 behind them; the answer is the length of the whole.
   0: an error, which is the graph's. */
NRV_API size_t nrv_formula(nrv_tensor y, const nrv_formula_opt *o, char *to, size_t room)
{
    if (room && to)
        *to = 0;
    if (!y || y->g->why.status)
        return 0;
    formula f = { .g = y->g, .o = o ? *o : (nrv_formula_opt){ 0 }, .a = { .arena = { .mem = y->g->mem } } };
    f.value = nrv__arena_get(&f.a.arena, y->g->n_node * sizeof *f.value);
    f.want = nrv__arena_get(&f.a.arena, y->g->n_node * sizeof *f.want);
    const char *text = f.value && f.want ? formula_text(&f, y) : NULL;
    size_t n = text ? strlen(text) : 0;
    if (text && to && room) {
        size_t some = n < room ? n : room - 1;
        memcpy(to, text, some);
        to[some] = 0;
    }
    if (!text && f.a.arena.broken)
        nrv__graph_fail(y->g, NRV_ENOMEM, NULL, "formula: out of memory");
    else if (!text && f.a.why)
        formula_fail(&f, NULL, "name values that it goes through: nrv_formula_opt has room for them", f.a.why);
    nrv__algebra_free(&f.a);
    return n;
}
