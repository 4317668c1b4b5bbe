/* expr.c - element-wise formulas as text: "x, y: 2*x + exp(-y)".

   The part before the colon names the tensors; then come + - * / ^ and parentheses, numbers, < <= > >= == !=, c ? a :
   b, and any element-wise op of one or two inputs by its name. A number takes the type of what it meets. Promises: the
   same nodes as the calls would make; nesting is limited, so hostile text cannot overflow the stack. */
#include "op.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { EXPR_DEEP = 100, EXPR_NAMES = 64 };

typedef struct expr_value { /* a tensor, or a number that has not met a tensor yet */
    nrv_tensor t;
    double number;
} expr_value;

typedef struct expr_reader {
    nrv_graph *g;
    const char *whole, *at;
    int n, deep;
    const nrv_tensor *x;
    const char *name[EXPR_NAMES];
    size_t name_n[EXPR_NAMES];
} expr_reader;

static expr_value expr_choice(expr_reader *r);
static expr_value expr_unary(expr_reader *r);

static expr_value expr_fail(expr_reader *r, const char *what)
{
    nrv__graph_fail(r->g, NRV_EARG, "as in \"x, y: 2*x + exp(-y)\"", "formula \"%.200s\": %s at \"%.20s\"", r->whole,
                    what, r->at);
    return (expr_value){ NULL, 0 };
}

static void expr_skip(expr_reader *r)
{
    while (isspace((unsigned char)*r->at))
        r->at++;
}

static bool expr_take(expr_reader *r, const char *sign)
{
    size_t n = strlen(sign);
    expr_skip(r);
    if (strncmp(r->at, sign, n) || (n == 1 && strchr("<>=!", *sign) && r->at[1] == '='))
        return false;
    r->at += n;
    return true;
}

static nrv_tensor expr_tensor(expr_reader *r, expr_value v, nrv_tensor like)
{
    if (v.t || r->g->why.status)
        return v.t;
    nrv_dtype type = like ? like->type : 0;
    for (int i = 0; i < r->n && !like; i++)
        if (!type && nrv__dtype_real(r->x[i]->type))
            type = r->x[i]->type;
    return nrv_fill(r->g, type ? type : NRV_F32, NRV_SCALAR, v.number);
}

static double expr_fold(const char *op, double a, double b)
{
    switch (*op) {
    case 'a':
        return a + b;
    case 's':
        return a - b;
    case 'm':
        return a * b;
    default:
        return a / b;
    }
}

static expr_value expr_apply2(expr_reader *r, const char *op, expr_value a, expr_value b)
{
    static const char *const folds[] = { "add", "sub", "mul", "div" };
    for (int i = 0; i < 4 && !a.t && !b.t; i++)
        if (!strcmp(op, folds[i]))
            return (expr_value){ NULL, expr_fold(op, a.number, b.number) };
    nrv_tensor ta = expr_tensor(r, a, b.t), tb = expr_tensor(r, b, ta);
    return (expr_value){ nrv__op(nrv__op_find(op, strlen(op)), 2, (const nrv_tensor[]){ ta, tb }), 0 };
}

/* an op made of others is made with what its arguments are when nobody says */
static nrv_tensor expr_made(nrv_graph *g, const nrv__opdef *op, int n, const nrv_tensor *x)
{
    nrv__case c = { .g = g, .name = op->name, .n_x = n };
    if (!(op->flags & NRV_MACRO))
        return nrv__op(op, n, x);
    memcpy(c.x, x, (size_t)n * sizeof *x);
    return op->make(&c);
}

static expr_value expr_call(expr_reader *r, const char *name, size_t n)
{
    const nrv__opdef *op = nrv__op_find(name, n);
    op = op ? op : nrv__op_known_as(name, n); /* "maximum", "swish" */
    if (!op || !(op->flags & NRV_POINTWISE) || op->attr_bytes)
        return expr_fail(r, "no such element-wise op");
    nrv_tensor x[3] = { NULL };
    int k = 0;
    do {
        expr_value v = expr_choice(r);
        if (r->g->why.status)
            return v;
        if (k == 3)
            return expr_fail(r, "too many arguments");
        x[k] = expr_tensor(r, v, k ? x[k - 1] : NULL);
        k++;
    } while (expr_take(r, ","));
    if (!expr_take(r, ")"))
        return expr_fail(r, "a ')' is missing");
    int want = 1;
    for (const char *s = op->sig; s && *s && strncmp(s, "->", 2); s++)
        want += *s == ',' && s[1] == ' ';
    if (k != want)
        return expr_fail(r, "the wrong number of arguments");
    return (expr_value){ expr_made(r->g, op, k, x), 0 };
}

static size_t expr_number_length(const char *s)
{
    size_t n = strspn(s, "0123456789."), k = n + 1;
    if (s[n] != 'e' && s[n] != 'E')
        return n;
    k += s[k] == '-' || s[k] == '+';
    return isdigit((unsigned char)s[k]) ? k + strspn(s + k, "0123456789") : n;
}

static expr_value expr_atom(expr_reader *r)
{
    expr_skip(r);
    if (expr_take(r, "(")) {
        expr_value v = expr_choice(r);
        if (!r->g->why.status && !expr_take(r, ")"))
            return expr_fail(r, "a ')' is missing");
        return v;
    }
    if (isdigit((unsigned char)*r->at) || *r->at == '.') {
        double number = 0;
        size_t n = expr_number_length(r->at);
        if (!nrv__parse_number(r->at, n, &number))
            return expr_fail(r, "no number");
        r->at += n;
        return (expr_value){ NULL, number };
    }
    const char *name = r->at;
    while (isalnum((unsigned char)*r->at) || *r->at == '_')
        r->at++;
    size_t n = (size_t)(r->at - name);
    if (!n)
        return expr_fail(r, "a value is missing");
    if (expr_take(r, "("))
        return expr_call(r, name, n);
    for (int i = 0; i < r->n; i++)
        if (r->name_n[i] == n && !strncmp(r->name[i], name, n))
            return (expr_value){ r->x[i], 0 };
    r->at = name;
    return expr_fail(r, "an unknown name");
}

/* x^2 is a square; ^ binds closer than a minus before it, and to the right: 2^3^2 is 2^9 */
static expr_value expr_power(expr_reader *r)
{
    expr_value v = expr_atom(r);
    if (r->g->why.status || !expr_take(r, "^"))
        return v;
    if (++r->deep > EXPR_DEEP)
        return expr_fail(r, "nested too deeply");
    expr_value e = expr_unary(r);
    r->deep--;
    if (r->g->why.status || (!e.t && e.number == 1))
        return v;
    if (!e.t && !v.t)
        return (expr_value){ NULL, pow(v.number, e.number) };
    if (!e.t && e.number == 2)
        return (expr_value){ nrv_square(v.t), 0 };
    return expr_apply2(r, "pow", v, e);
}

static expr_value expr_unary(expr_reader *r)
{
    bool minus = false;
    while (expr_take(r, "-"))
        minus = !minus;
    expr_value v = expr_power(r);
    if (!minus || r->g->why.status)
        return v;
    return v.t ? (expr_value){ nrv_neg(v.t), 0 } : (expr_value){ NULL, -v.number };
}

static expr_value expr_product(expr_reader *r)
{
    expr_value v = expr_unary(r);
    while (!r->g->why.status) {
        const char *op = expr_take(r, "*") ? "mul" : expr_take(r, "/") ? "div" : NULL;
        if (!op)
            break;
        v = expr_apply2(r, op, v, expr_unary(r));
    }
    return v;
}

static expr_value expr_sum(expr_reader *r)
{
    expr_value v = expr_product(r);
    while (!r->g->why.status) {
        const char *op = expr_take(r, "+") ? "add" : expr_take(r, "-") ? "sub" : NULL;
        if (!op)
            break;
        v = expr_apply2(r, op, v, expr_product(r));
    }
    return v;
}

static expr_value expr_compare(expr_reader *r)
{
    static const char *const sign[] = { "<=", "less_equal", ">=", "greater_equal", "==", "equal",
                                        "!=", "not_equal",  "<",  "less",          ">",  "greater" };
    expr_value v = expr_sum(r);
    for (int i = 0; i < 12 && !r->g->why.status; i += 2)
        if (expr_take(r, sign[i]))
            return expr_apply2(r, sign[i + 1], v, expr_sum(r));
    return v;
}

static expr_value expr_choice(expr_reader *r)
{
    if (++r->deep > EXPR_DEEP)
        return expr_fail(r, "nested too deeply");
    expr_value c = expr_compare(r);
    if (!r->g->why.status && expr_take(r, "?")) {
        expr_value a = expr_choice(r);
        if (r->g->why.status || !expr_take(r, ":"))
            return expr_fail(r, "a ':' is missing");
        expr_value b = expr_choice(r);
        nrv_tensor ta = expr_tensor(r, a, b.t), tb = expr_tensor(r, b, ta);
        c = (expr_value){ nrv_select(expr_tensor(r, c, NULL), ta, tb), 0 };
    }
    r->deep--;
    return c;
}

static bool expr_names(expr_reader *r, int n)
{
    while (r->n < n && r->n < EXPR_NAMES) {
        expr_skip(r);
        r->name[r->n] = r->at;
        while (isalnum((unsigned char)*r->at) || *r->at == '_')
            r->at++;
        r->name_n[r->n] = (size_t)(r->at - r->name[r->n]);
        if (!r->name_n[r->n++] || (r->n < n && !expr_take(r, ",")))
            return false;
    }
    return r->n == n && expr_take(r, ":");
}

NRV_API nrv_tensor nrv_expr(const char *formula, int n, const nrv_tensor *x)
{
    nrv_graph *g = NULL;
    for (int i = 0; i < n; i++) {
        if (!x || !x[i])
            return NULL;
        if (g && x[i]->g != g)
            return nrv__graph_fail(g, NRV_EARG, "trace both in one graph",
                                   "expr: the inputs of \"%.200s\" come from different graphs", formula ? formula : ""),
                   NULL;
        g = x[i]->g;
    }
    if (!g || g->why.status || !formula)
        return NULL;
    expr_reader r = { .g = g, .whole = formula, .at = formula, .x = x };
    if (!expr_names(&r, n))
        return expr_fail(&r, "the names before ':' and the tensors differ in number").t;
    expr_value v = expr_choice(&r);
    expr_skip(&r);
    if (!g->why.status && *r.at)
        return expr_fail(&r, "something is left").t;
    return expr_tensor(&r, v, NULL);
}
