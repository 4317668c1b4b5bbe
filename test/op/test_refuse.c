/* test_refuse.c - inputs and arguments that make no sense: an op may take them or refuse them, never crash. What it
   takes can be evaluated and differentiated; what it refuses gives NULL, a status, and a message with an op's name and
   a hint. */
#include "support/each_op.h"
#include <stdlib.h>
#include <string.h>

static const char *const refuse_inputs[] = { "rank 0", "rank 1", "rank 8", "no elements", "length 1000003", "i32",
                                             "bool",   "u8",     "f16",    "f32",         "other graph" };
enum { REFUSE_INPUTS = sizeof refuse_inputs / sizeof *refuse_inputs };
static const char *const refuse_numbers[] = {
    "99", "-99", "0", "-1", "2147483647", "-2147483648", "9223372036854775807", "x", "1x1x1x1x1x1x1x1x1", "nan"
};
enum { REFUSE_NUMBERS = sizeof refuse_numbers / sizeof *refuse_numbers };

static bool refuse_names_op(const char *text)
{
    if (!strncmp(text, "expr: ", 6) || !strncmp(text, "formula ", 8))
        return true; /* an op made of a formula */
    for (const nrv__opdef *const *op = nrv__ops; *op; op++) {
        size_t n = strlen((*op)->name);
        for (const char *at = strstr(text, (*op)->name); at; at = strstr(at + 1, (*op)->name))
            if ((at == text || strchr(" \n'", at[-1])) && strchr(": \n'", at[n]))
                return true;
    }
    return false;
}

/* some value has too many elements to be evaluated here: what an argument made large may be on the way to a small one
 */
static bool refuse_is_large(const nrv_graph *g)
{
    for (size_t i = 0; i < g->n_node; i++) {
        double n = 1;
        for (int k = 0; k < g->node[i]->rank; k++)
            n *= (double)g->node[i]->dim[k];
        if (n > 1 << 14)
            return true;
    }
    return false;
}

static void refuse_use(const op_case *c, nrv_tensor y, nrv_tensor *x, int n)
{
    int64_t count = 0;
    if (refuse_is_large(y->g))
        return;
    free(case_value(y, &count));
    if (!nrv__dtype_real(y->type) || nrv_graph_why(y->g))
        return;
    nrv_tensor dx[CASE_INPUTS], real[CASE_INPUTS];
    int k = 0;
    for (int i = 0; i < n; i++)
        if (nrv__dtype_real(x[i]->type))
            real[k++] = x[i];
    nrv_grad(nrv_sum_all(y), NULL, k, real, dx);
    if (nrv_graph_why(y->g))
        case_fails(c, "it was taken, but its gradient fails: %s", nrv_graph_why(y->g));
    for (int i = 0; i < k; i++)
        free(case_value(dx[i], &count));
}

/* judges what came out; x are inputs of t's graph unless one was meant to be wrong */
static void refuse_judge(const op_case *c, nrv_graph *g, nrv_tensor y, nrv_tensor *x, const char *what,
                         const char *with)
{
    const char *why = nrv_graph_why(g);
    if (!y && !why)
        case_fails(c, "%s = %s: NULL without a reason", what, with);
    if (y && why)
        case_fails(c, "%s = %s: a result in spite of %s", what, with, why);
    bool length = why && strstr(why, "length"); /* a length that is none is refused before any op sees it */
    if (!y && !length && !refuse_names_op(why))
        case_fails(c, "%s = %s: no op is named in: %s", what, with, why);
    if (!y && !strstr(why, "hint"))
        case_fails(c, "%s = %s: no hint in: %s", what, with, why);
    if (y)
        refuse_use(c, y, x, c->n_x);
}

static nrv_tensor refuse_input(nrv_graph *g, nrv_graph *other, int kind, nrv_tensor was)
{
    static const nrv_dtype type[] = { NRV_I32, NRV_BOOL, NRV_U8, NRV_F16, NRV_F32 };
    nrv_shape s = nrv_shape_of(was), odd[] = { { 0, { 0 } }, { 1, { 3 } }, { 8, { 2, 1, 1, 1, 1, 1, 1, 3 } } };
    nrv_dtype t = kind >= 5 && kind < 10 ? type[kind - 5] : was->type;
    if (kind < 3)
        s = odd[kind];
    else if (kind == 3 && s.rank)
        s.dim[s.rank - 1] = 0;
    else if (kind == 4 && s.rank)
        s.dim[s.rank - 1] = 1000003;
    return nrv_fill(kind == 10 ? other : g, t, s, 1);
}

static void odd_inputs(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    for (int i = 0; each_case(op, i, NRV_F64, &c); i++) {
        for (int k = 0; k < c.n_x * REFUSE_INPUTS; k++) {
            case_graph t = case_trace(&c, 0), other = case_trace(&c, 0);
            int at = k / REFUSE_INPUTS, kind = k % REFUSE_INPUTS;
            t.x[at] = refuse_input(t.g, other.g, kind, t.x[at]);
            if (t.x[at]->g == t.g || c.n_x > 1) { /* the error is on one of the two graphs */
                nrv_tensor y = case_make(&c, t.g, t.x);
                refuse_judge(&c, nrv_graph_why(other.g) ? other.g : t.g, y, t.x, c.x[at].name, refuse_inputs[kind]);
            }
            case_graph_free(&other);
            case_graph_free(&t);
        }
        case_free(&c);
    }
}

static void all_odd_together(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    for (int i = 0; each_case(op, i, NRV_F64, &c); i++) {
        for (int kind = 0; c.n_x && kind < REFUSE_INPUTS - 1; kind++) {
            case_graph t = case_trace(&c, 0);
            for (int k = 0; k < c.n_x; k++)
                t.x[k] = refuse_input(t.g, NULL, kind, t.x[k]);
            refuse_judge(&c, t.g, case_make(&c, t.g, t.x), t.x, "all inputs", refuse_inputs[kind]);
            case_graph_free(&t);
        }
        case_free(&c);
    }
}

static void odd_arguments(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    for (int i = 0; each_case(op, i, NRV_F64, &c); i++) {
        for (int k = 0; k < c.n_arg * REFUSE_NUMBERS; k++) {
            nrv__arg was = c.arg[k / REFUSE_NUMBERS];
            c.arg[k / REFUSE_NUMBERS].text = refuse_numbers[k % REFUSE_NUMBERS];
            case_graph t = case_trace(&c, 0);
            refuse_judge(&c, t.g, t.y, t.x, was.name, refuse_numbers[k % REFUSE_NUMBERS]);
            case_graph_free(&t);
            c.arg[k / REFUSE_NUMBERS] = was;
        }
        case_free(&c);
    }
}

static void null_gives_null(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    for (int i = 0; !op->make && each_case(op, i, NRV_F64, &c); i++) {
        for (int k = 0; k < c.n_x; k++) {
            case_graph t = case_trace(&c, 0);
            t.x[k] = NULL;
            assert_null(case_make(&c, t.g, t.x));
            case_graph_free(&t);
        }
        case_free(&c);
    }
}

int main(void)
{
    return each_op("odd inputs", odd_inputs) + each_op("all odd", all_odd_together) +
           each_op("odd arguments", odd_arguments) + each_op("NULL", null_gives_null);
}
