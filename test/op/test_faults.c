/* test_faults.c - values that make no sense are refused in the name of what was called. Every node that may refuse one,
   of every case of every op and of its gradients, belongs to that op, whatever it is made of. And for each case whole
   numbers far out of range are put in the place of the last of each input: where one is refused, the message names op,
   number, place and remedy, and is word for word the same evaluated, compiled, and compiled in a loop (where only the
   position may count the turns, too); an op that refuses values has such a call among those of its record.
   And what a case says its whole numbers lie in is taken, from end to end.
   Does not do: want any value to be refused - what is ignored or clipped is the op's affair; test_refusals.c has the
   calls of the records, whole. */
#include "support/each_op.h"
#include <stdlib.h>
#include <string.h>

enum { FAULTS_TURNS = 2, FAULTS_ROOM = 1024 };

static void all_of_it_is_the_op(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    for (int i = 0; each_case(op, i, NRV_F64, &c); i++) {
        case_graph t = case_trace(&c, 0);
        nrv_tensor x[CASE_INPUTS], dx[CASE_INPUTS];
        int n = 0;
        for (int k = 0; k < c.n_x; k++)
            if (nrv__dtype_real(c.x[k].type))
                x[n++] = t.x[k];
        if (t.y && n && nrv__dtype_real(t.y->type) && !op->no_grad)
            nrv_grad(nrv_sum_all(t.y), NULL, n, x, dx);
        for (size_t k = 0; t.g && k < t.g->n_node; k++) {
            nrv_tensor node = t.g->node[k];
            if (node->op->flags & NRV_FAILS && node->by != op)
                case_fails(&c, "%s would refuse values in the name of %s: NRV_CALLED(%s, x) is missing", node->op->name,
                           node->by->name, op->name);
        }
        assert_int_equal(t.g->calls.deep, 0);
        case_graph_free(&t);
        case_free(&c);
    }
}

/* ---- one call, three ways ---- */
typedef enum { FAULTS_EAGER, FAULTS_COMPILED, FAULTS_LOOP, FAULTS_WAYS } faults_way;
static const char *const faults_ways[FAULTS_WAYS] = { "evaluated", "compiled", "in a loop" };

/* the case's inputs, or those of turns that are all alike */
static nrv_tensor faults_input(nrv_graph *g, const case_input *x, int64_t turns)
{
    nrv_shape s = { 0, { 0 } };
    if (turns > 1)
        s.dim[s.rank++] = turns;
    memcpy(s.dim + s.rank, x->dim, (size_t)x->rank * sizeof *x->dim);
    s.rank += x->rank;
    return nrv_input(g, x->name, x->type, s);
}

static void faults_run(const op_case *c, nrv_graph *g, nrv_store *s, int64_t turns, char why[FAULTS_ROOM])
{
    nrv_plan *p = nrv_compile(g, NULL);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    void *data[CASE_INPUTS] = { NULL };
    for (int i = 0; i < c->n_x; i++) {
        const case_input *x = &c->x[i];
        const size_t bytes = (size_t)x->n * nrv__dtype_size(x->type);
        data[i] = malloc((size_t)turns * bytes + 1);
        assert_non_null(data[i]);
        for (int64_t t = 0; t < turns; t++)
            nrv__from_double((char *)data[i] + (size_t)t * bytes, x->type, x->value, x->n);
        nrv_bind_in(e, x->name, data[i], (size_t)turns * bytes);
    }
    snprintf(why, FAULTS_ROOM, "%s", nrv_run(e) ? nrv_why(e) : "");
    nrv_exec_free(e);
    nrv_plan_free(p);
    for (int i = 0; i < c->n_x; i++)
        free(data[i]);
}

/* why: what the call says where it is refused, "" where it is not; false: it cannot be asked in that way */
static bool faults_said(const op_case *c, faults_way way, char why[FAULTS_ROOM])
{
    const int64_t turns = way == FAULTS_LOOP ? FAULTS_TURNS : 1;
    for (int i = 0; i < c->n_x && turns > 1; i++)
        if (c->x[i].rank == NRV__MAX_RANK) /* no room for the turns */
            return false;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_tensor x[CASE_INPUTS], y;
    nrv_block *b = turns > 1 ? nrv_scan(g, NULL) : NULL;
    for (int i = 0; i < c->n_x; i++) {
        x[i] = faults_input(g, &c->x[i], turns);
        if (way == FAULTS_EAGER)
            case_feed(x[i], c->x[i].value, c->x[i].n);
        x[i] = b ? nrv_each(b, x[i]) : x[i];
    }
    nrv_push(g, "here");
    y = case_make(c, g, x);
    nrv_pop(g);
    if (b) {
        y = nrv_stacked(b, y);
        nrv_end(b);
    }
    bool asked = !nrv_graph_why(g) || way == FAULTS_EAGER;
    if (asked && way != FAULTS_EAGER) {
        nrv_output(g, "y", y);
        faults_run(c, g, s, turns, why);
    } else if (asked) {
        int64_t n;
        free(case_value(y, &n));
        snprintf(why, FAULTS_ROOM, "%s", nrv_graph_why(g) ? nrv_graph_why(g) : "");
    }
    nrv_graph_free(g);
    nrv_store_free(s);
    return asked;
}

/* positions count the turns, too, where those are taken at once */
static void faults_placeless(char *why)
{
    char *at = strstr(why, " at position ");
    if (at) {
        at += strlen(" at position ");
        memmove(at, at + strspn(at, "0123456789"), strlen(at + strspn(at, "0123456789")) + 1);
    }
}

/* is it refused? */
static bool faults_ask(const op_case *c, double value)
{
    char why[FAULTS_WAYS][FAULTS_ROOM], start[128], number[32];
    snprintf(start, sizeof start, "%s: ", c->op->name);
    snprintf(number, sizeof number, " %.0f", value);
    faults_said(c, FAULTS_EAGER, why[FAULTS_EAGER]);
    const char *said = why[FAULTS_EAGER];
    if (!*said)
        return false;
    if (strncmp(said, start, strlen(start)) != 0 || !strstr(said, number) || !strstr(said, "\n  in    here") ||
        !strstr(said, "\n  hint  "))
        case_fails(c, "%.0f is refused without op, number, place or remedy: %s", value, said);
    for (faults_way way = FAULTS_COMPILED; way < FAULTS_WAYS; way++) {
        if (!faults_said(c, way, why[way]))
            continue;
        if (way == FAULTS_LOOP) {
            faults_placeless(why[way]);
            faults_placeless(why[FAULTS_EAGER]);
        }
        if (strcmp(why[way], said) != 0)
            case_fails(c, "%s says otherwise\n%s\n--- than evaluated\n%s", faults_ways[way], why[way], said);
    }
    return true;
}

/* does the record list a call that is refused when it sees the values? Traced, it is taken. */
static bool faults_listed(const nrv__opdef *op)
{
    bool listed = false;
    char text[1024];
    op_case c;
    for (size_t i = 0; i < sizeof op->refuse / sizeof *op->refuse && op->refuse[i] && !listed; i++) {
        const char *arrow = strstr(op->refuse[i], " => ");
        assert_true(arrow && arrow - op->refuse[i] < (ptrdiff_t)sizeof text);
        snprintf(text, sizeof text, "%.*s", (int)(arrow - op->refuse[i]), op->refuse[i]);
        assert_true(case_read(&c, op, text, NRV_F32));
        case_graph t = case_trace(&c, 0);
        listed = t.y && !nrv_graph_why(t.g);
        case_graph_free(&t);
        case_free(&c);
    }
    return listed;
}

/* a range of whole numbers keeps its word at both ends, not only at what was drawn */
static void ranges_hold_at_their_ends(void **state)
{
    const nrv__opdef *op = *state;
    char why[FAULTS_ROOM];
    op_case c;
    for (int i = 0; each_case(op, i, NRV_F32, &c); i++) {
        for (int k = 0; k < 2 * c.n_x; k++) {
            case_input *x = &c.x[k / 2];
            if (!x->n || (x->type != NRV_I32 && x->type != NRV_I64) || x->lo >= x->hi)
                continue;
            const double was = x->value[x->n - 1];
            x->value[x->n - 1] = k % 2 ? x->hi : x->lo;
            faults_said(&c, FAULTS_EAGER, why);
            if (*why)
                case_fails(&c, "%s of %.0f..%.0f is refused: %s", x->name, x->lo, x->hi, why);
            x->value[x->n - 1] = was;
        }
        case_free(&c);
    }
}

static void refused_in_its_own_words(void **state)
{
    static const double far[] = { 100003, -100003 };
    const nrv__opdef *op = *state;
    bool refused = false;
    op_case c;
    for (int i = 0; each_case(op, i, NRV_F32, &c); i++) {
        for (int k = 0; k < 2 * c.n_x; k++) {
            case_input *x = &c.x[k / 2];
            if (!x->n || (x->type != NRV_I32 && x->type != NRV_I64))
                continue;
            const double was = x->value[x->n - 1];
            x->value[x->n - 1] = far[k % 2];
            refused = faults_ask(&c, far[k % 2]) || refused;
            x->value[x->n - 1] = was;
        }
        case_free(&c);
    }
    if (refused && !faults_listed(op))
        fail_msg("%s refuses values, and no call of its record says in which words", op->name);
}

/* ---- what has no record ---- */
static void faults_alpha(nrv_tensor (*draw)(nrv_tensor alpha, const char *name), const char *want)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_push(g, "here");
    nrv_tensor y = draw(nrv_fill(g, NRV_F32, NRV_SHAPE(3), -2), "d");
    nrv_pop(g);
    assert_int_equal(nrv_eval(y, NULL, 0), NRV_EVALUE);
    assert_string_equal(nrv_graph_why(g), want);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static nrv_tensor faults_beta(nrv_tensor alpha, const char *name)
{
    return nrv_beta(alpha, alpha, name);
}

static void draws_refuse_in_their_own_words(void **state)
{
#define FAULTS_SHAPE(who, shape, hint)                                                                 \
    who ": shape " shape " at position 0; it must be positive and finite\n  in    here\n  hint  " hint \
        "nrv_softplus makes any number positive"
    (void)state;
    faults_alpha(nrv_gamma, FAULTS_SHAPE("gamma", "-2", ""));
    faults_alpha(faults_beta, FAULTS_SHAPE("beta", "-2", ""));
    faults_alpha(nrv_dirichlet, FAULTS_SHAPE("dirichlet", "-2", ""));
    faults_alpha(nrv_chi_square, FAULTS_SHAPE("chi_square", "-1", "a shape is half the degrees of freedom; "));
}

/* one node that two calls made belongs to one of them, whichever came first */
static void nor_does_it_depend_on_the_order(void **state)
{
    char why[2][FAULTS_ROOM];
    (void)state;
    for (int first = 0; first < 2; first++) {
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, 0);
        nrv_tensor table = nrv_input(g, "table", NRV_F32, NRV_SHAPE(3, 2)), y = NULL;
        nrv_tensor ids = nrv_fill(g, NRV_I32, NRV_SHAPE(2), 7);
        for (int k = 0; k < 2; k++) {
            nrv_tensor one = k == first ? nrv_lookup(ids, table, NULL) : nrv_gather(table, ids, 0);
            y = y ? nrv_add(y, one) : one;
        }
        nrv_feed(table, (const float[6]){ 0 }, 6 * sizeof(float));
        assert_int_equal(nrv_eval(y, NULL, 0), NRV_EVALUE);
        snprintf(why[first], FAULTS_ROOM, "%s", nrv_graph_why(g));
        nrv_graph_free(g);
        nrv_store_free(s);
    }
    assert_string_equal(why[0], why[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(draws_refuse_in_their_own_words),
                                        cmocka_unit_test(nor_does_it_depend_on_the_order) };
    return each_op("all of it is the op", all_of_it_is_the_op) +
           each_op("refused in its own words", refused_in_its_own_words) +
           each_op("ranges hold at their ends", ranges_hold_at_their_ends) + cmocka_run_group_tests(tests, NULL, NULL);
}
