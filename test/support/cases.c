/* cases.c - see cases.h. */
#include "cases.h"
#include "../../src/base/philox.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool case_fail(op_case *c, const char *what, const char *at)
{
    snprintf(c->wrong, sizeof c->wrong, "%s at \"%.60s\"", what, at);
    return false;
}

static uint32_t case_bits(uint64_t key, uint64_t i)
{
    uint32_t out[4];
    nrv__philox((const uint32_t[]){ (uint32_t)i, (uint32_t)(i >> 32), 7, 7 },
                (const uint32_t[]){ (uint32_t)key, (uint32_t)(key >> 32) }, out);
    return out[0];
}

/* one value in each of n equal parts of lo..hi, in random order: no ties, and none nearer to 0 than a tenth of a part
 */
void case_draw(const char *text, uint64_t which, double lo, double hi, int64_t n, double *to)
{
    uint64_t key = nrv__hash_text(which, text);
    double part = (hi - lo) / (double)(n ? n : 1);
    for (int64_t i = 0; i < n; i++)
        to[i] = (double)i;
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t k = case_bits(key, (uint64_t)i) % (i + 1);
        double t = to[i];
        to[i] = to[k], to[k] = t;
    }
    for (int64_t i = 0; i < n; i++) {
        double u = (double)case_bits(key, (uint64_t)(n + i)) / 4294967296.0, v = lo + part * (to[i] + 0.25 + 0.5 * u);
        if (fabs(v) < 0.1 * part)
            v = v < 0 ? -0.1 * part : 0.1 * part;
        to[i] = (double)(float)v;
    }
}

static void case_draw_input(const op_case *c, case_input *x)
{
    double lo = x->lo, hi = x->hi;
    uint64_t which = nrv__hash_text(1, x->name), key = nrv__hash_text(which, c->text);
    if (nrv__dtype_real(x->type)) {
        case_draw(c->text, which, lo, hi, x->n, x->value);
        return;
    }
    for (int64_t i = 0; i < x->n; i++) {
        uint32_t bits = case_bits(key, (uint64_t)i);
        x->value[i] = x->type == NRV_BOOL ? (double)(bits & 1) : lo + (double)(bits % ((uint32_t)(hi - lo) + 1));
    }
}

static char *case_skip(char *at)
{
    while (*at == ' ')
        at++;
    return at;
}

static bool case_lengths(op_case *c, case_input *x, char **at)
{
    char *p = case_skip(*at + 1);
    for (x->rank = 0; *p != ']' && x->rank < NRV__MAX_RANK; x->rank++) {
        char *end;
        x->dim[x->rank] = strtoll(p, &end, 10);
        if (end == p || x->dim[x->rank] < 0)
            return case_fail(c, "a length is wanted", p);
        p = case_skip(end);
        if (*p == ',')
            p = case_skip(p + 1);
    }
    if (*p != ']')
        return case_fail(c, "a ']' is missing", p);
    *at = p + 1;
    return true;
}

/* at stands behind the '{' */
static bool case_values(op_case *c, case_input *x, char *at, bool lengths)
{
    int64_t n = 1;
    for (const char *p = at; *p && *p != '}'; p++)
        n += *p == ',';
    if (!lengths)
        x->rank = 1, x->dim[0] = n;
    else if (x->n != n)
        return case_fail(c, "lengths and values differ in number", at);
    x->n = n;
    x->value = malloc((size_t)n * sizeof *x->value);
    for (int64_t i = 0; i < n && x->value; i++) {
        char *end;
        x->value[i] = strtod(at, &end);
        char *stop = case_skip(end);
        if (end == at || *stop != (i + 1 < n ? ',' : '}'))
            return case_fail(c, "a value is wanted", at);
        at = stop + 1;
    }
    return x->value && !*case_skip(at) ? true : case_fail(c, "something is left", at);
}

static bool case_range(op_case *c, case_input *x, char *at)
{
    double lo = -1, hi = 1;
    char *dots = strstr(at, "..");
    if (!strncmp(at, "in ", 3)) {
        char *from = case_skip(at + 3);
        size_t tail = dots ? strlen(dots + 2) : 0;
        while (tail && dots[1 + tail] == ' ')
            tail--;
        if (!dots || !nrv__parse_number(from, (size_t)(dots - from), &lo) || !nrv__parse_number(dots + 2, tail, &hi) ||
            hi < lo)
            return case_fail(c, "a range is wanted, as in -1..1", at);
    } else if (*at) {
        return case_fail(c, "\"in lo..hi\" or nothing is wanted", at);
    }
    x->value = malloc((size_t)(x->n ? x->n : 1) * sizeof *x->value);
    if (!x->value)
        return case_fail(c, "no memory", at);
    x->lo = lo, x->hi = hi;
    case_draw_input(c, x);
    return true;
}

static bool case_read_input(op_case *c, char *at)
{
    case_input *x = &c->x[c->n_x];
    if (c->n_x == CASE_INPUTS)
        return case_fail(c, "too many inputs", at);
    *x = (case_input){ .name = at, .type = c->real, .n = 1 };
    c->n_x++;
    at += strcspn(at, ":[{");
    if (*at == ':') {
        *at++ = 0;
        size_t n = strcspn(at, "[{");
        x->type = 0;
        for (int k = NRV_F32; nrv__dtype_size((nrv_dtype)k); k++)
            if (strlen(nrv__dtype_name((nrv_dtype)k)) == n && !strncmp(nrv__dtype_name((nrv_dtype)k), at, n))
                x->type = (nrv_dtype)k;
        if (!x->type)
            return case_fail(c, "no such type", at);
        at += n;
    }
    bool lengths = *at == '[', values = *at == '{';
    if (!lengths && !values)
        return case_fail(c, "lengths or values are wanted", at);
    *at = 0; /* the name ends here */
    if (lengths && !case_lengths(c, x, &at))
        return false;
    for (int i = 0; i < x->rank; i++)
        if (!nrv__mul(x->n, x->dim[i], &x->n))
            return case_fail(c, "too large", at);
    if (x->n > 1 << 24)
        return case_fail(c, "too large", at);
    at = lengths ? case_skip(at) : at;
    values = values || *at == '{';
    return values ? case_values(c, x, at + 1, lengths) : case_range(c, x, at);
}

static bool case_read_part(op_case *c, char *at)
{
    at = case_skip(at);
    size_t name = strcspn(at, "=[:{");
    if (at[name] == '=' && c->n_arg < CASE_ARGS) {
        at[name] = 0;
        c->arg[c->n_arg++] = (nrv__arg){ at, at + name + 1 };
        return true;
    }
    return at[name] && at[name] != '=' ? case_read_input(c, at) : case_fail(c, "neither an input nor an argument", at);
}

/* does it begin with the name of a type that is not real? */
static bool case_names_other_type(const char *text)
{
    const size_t n = strcspn(text, " ");
    for (int k = NRV_F32; nrv__dtype_size((nrv_dtype)k); k++) {
        const char *name = nrv__dtype_name((nrv_dtype)k);
        if (!nrv__dtype_real((nrv_dtype)k) && strlen(name) == n && !strncmp(text, name, n))
            return true;
    }
    return false;
}

bool case_one_number(const nrv__opdef *op)
{
    const char *arrow = op->sig ? strstr(op->sig, " -> ") : NULL;
    if (!(op->flags & NRV_POINTWISE) || !arrow || case_names_other_type(arrow + strlen(" -> ")))
        return false;
    bool real = !strncmp(op->sig, "real ", 5) || !strncmp(op->sig, "number ", 7);
    const char *comma = strstr(op->sig, ", ");
    return real && !(comma && comma < arrow);
}

bool case_read(op_case *c, const nrv__opdef *op, const char *text, nrv_dtype real)
{
    *c = (op_case){ .op = op, .text = text, .real = real };
    size_t n = strlen(text);
    c->copy = malloc(n + 1);
    if (!c->copy)
        return case_fail(c, "no memory", text);
    memcpy(c->copy, text, n + 1);
    int open = 0;
    char *from = c->copy;
    for (char *p = c->copy; p <= c->copy + n; p++) {
        open += (*p == '[' || *p == '{') - (*p == ']' || *p == '}');
        if (*p && (*p != ',' || open))
            continue;
        bool last = !*p;
        *p = 0;
        if (*case_skip(from) && !case_read_part(c, from))
            return false;
        from = p + 1;
        if (last)
            break;
    }
    return open ? case_fail(c, "a bracket is missing", text) : true;
}

bool case_lead(op_case *c, int64_t n)
{
    int64_t lead = c->n_x && c->x[0].rank ? c->x[0].dim[0] : 0;
    for (int i = 0; i < c->n_x && lead > 1; i++) {
        case_input *x = &c->x[i];
        if (!x->rank || x->dim[0] != lead)
            continue;
        double *value = x->lo < x->hi ? realloc(x->value, (size_t)(x->n / lead * n + 1) * sizeof *value) : NULL;
        if (!value)
            return false;
        x->value = value;
        x->n = x->n / lead * n;
        x->dim[0] = n;
        case_draw_input(c, x);
    }
    return lead > 1;
}

void case_free(op_case *c)
{
    for (int i = 0; i < c->n_x; i++)
        free(c->x[i].value);
    free(c->copy);
}

void case_feed(nrv_tensor x, const double *value, int64_t n)
{
    if (!x)
        return;
    size_t size = nrv__dtype_size(x->type);
    void *data = malloc((size_t)n * size + 1);
    if (data) {
        nrv__from_double(data, x->type, value, n);
        nrv_feed(x, data, (size_t)n * size);
    }
    free(data);
}

nrv_tensor case_input_like(case_graph *t, const op_case *c, const char *name, nrv_tensor like, uint64_t which,
                           double **value)
{
    int64_t n = case_elements(like);
    *value = malloc(((size_t)n + 1) * sizeof **value);
    if (!*value)
        return NULL;
    case_draw(c->text, which, -1.5, 1.5, n, *value);
    nrv_tensor x = nrv_input(t->g, name, like->type, nrv_shape_of(like));
    case_feed(x, *value, n);
    return x;
}

nrv_tensor case_make(const op_case *c, nrv_graph *g, const nrv_tensor *x)
{
    nrv__case made = { .g = g, .name = "case", .n_x = c->n_x, .n_arg = c->n_arg };
    for (int i = 0; i < c->n_x; i++) {
        made.x[i] = x[i];
        made.x_name[i] = c->x[i].name;
    }
    memcpy(made.arg, c->arg, sizeof made.arg);
    return c->op->make ? c->op->make(&made) : nrv__op(c->op, c->n_x, x);
}

case_graph case_trace_inputs(const op_case *c, unsigned mode)
{
    case_graph t = { .s = nrv_store_new(NULL) };
    t.g = nrv_graph_new(t.s, mode);
    for (int i = 0; i < c->n_x; i++) {
        nrv_shape shape = { c->x[i].rank, { 0 } };
        memcpy(shape.dim, c->x[i].dim, sizeof shape.dim);
        t.x[i] = nrv_input(t.g, c->x[i].name, c->x[i].type, shape);
        case_feed(t.x[i], c->x[i].value, c->x[i].n);
    }
    return t;
}

case_graph case_trace(const op_case *c, unsigned mode)
{
    case_graph t = case_trace_inputs(c, mode);
    if (t.g && !nrv_graph_why(t.g))
        t.y = case_make(c, t.g, t.x);
    return t;
}

void case_graph_free(case_graph *t)
{
    nrv_graph_free(t->g);
    nrv_store_free(t->s);
}

void case_forget(nrv_graph *g)
{
    for (size_t i = 0; i < g->n_node; i++)
        if (g->node[i]->op != &nrv__op_input && g->node[i]->op != &nrv__op_constant)
            g->node[i]->value = NULL;
}

int64_t case_elements(nrv_tensor x)
{
    int64_t n = 1;
    for (int i = 0; i < x->rank; i++)
        if (!nrv__mul(n, x->dim[i], &n))
            return INT64_MAX; /* an argument made it so; nobody evaluates it */
    return n;
}

double *case_value(nrv_tensor y, int64_t *n)
{
    if (!y)
        return NULL;
    *n = case_elements(y);
    size_t bytes = (size_t)*n * nrv__dtype_size(y->type);
    void *raw = malloc(bytes + 1);
    double *value = malloc(((size_t)*n + 1) * sizeof *value);
    if (!raw || !value || nrv_eval(y, raw, bytes) != NRV_OK) {
        free(raw);
        free(value);
        return NULL;
    }
    nrv__to_double(value, raw, y->type, *n);
    free(raw);
    return value;
}

double case_scale(const double *a, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++)
        if (fabs(a[i]) > most)
            most = fabs(a[i]);
    return most;
}

static void case_print_values(const case_input *x, FILE *to)
{
    enum { MOST = 64 };
    for (int64_t i = 0; i < x->n && i < MOST; i++)
        fprintf(to, "%s%.9g", i ? ", " : "", x->value[i]);
    if (x->n > MOST)
        fprintf(to, ", ...%lld in all", (long long)x->n);
}

const char *case_type_name(nrv_dtype t)
{
    static const char *const name[] = { "",        "NRV_F32", "NRV_F64", "NRV_F16",  "NRV_BF16",
                                        "NRV_I32", "NRV_I64", "NRV_U8",  "NRV_BOOL", "NRV_I8" };
    return name[t];
}

void case_reproduce(const op_case *c, FILE *to)
{
    fprintf(to, "    /* %s: \"%s\", %s */\n", c->op->name, c->text, nrv__dtype_name(c->real));
    fprintf(to, "    nrv_store *s = nrv_store_new(NULL);\n    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);\n");
    for (int i = 0; i < c->n_x; i++) {
        const case_input *x = &c->x[i];
        fprintf(to, "    nrv_tensor %s = nrv_input(g, \"%s\", %s, %s", x->name, x->name, case_type_name(x->type),
                x->rank ? "NRV_SHAPE(" : "NRV_SCALAR");
        for (int k = 0; k < x->rank; k++)
            fprintf(to, "%s%lld%s", k ? ", " : "", (long long)x->dim[k], k + 1 == x->rank ? ")" : "");
        fprintf(to, ");\n    nrv_feed(%s, (T[]){ ", x->name);
        case_print_values(x, to);
        fprintf(to, " }, %lld * sizeof(T));\n", (long long)x->n);
    }
    fprintf(to, "    nrv_tensor y = nrv_%s(", c->op->name);
    for (int i = 0; i < c->n_x; i++)
        fprintf(to, "%s%s", i ? ", " : "", c->x[i].name);
    for (int i = 0; i < c->n_arg; i++)
        fprintf(to, "%s%s = %s", i || c->n_x ? ", " : "", c->arg[i].name, c->arg[i].text);
    fprintf(to, ");\n    nrv_eval(y, out, sizeof out);\n");
}
