/* test_turns.c - what a plan does for all turns of a loop at once: maps of ops that say how they are batched are no
   loops; in a recurrent net the product with the inputs stands before the loop, and in its gradient those that sum up
   to the weights' stand behind it. */
#include "support/each_op.h"
#include "support/printed.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { TURNS = 4 };

/* steps of that op in the plan: outside of blocks, or inside of some */
static int turns_count(const char *plan, const char *op, bool inside)
{
    int n = 0;
    for (const char *line = plan; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        size_t at = strspn(line, " "), digits = strspn(line + at, "0123456789"), length = strlen(op);
        const char *name = line + at + digits + 2;
        if (digits && !strncmp(line + at + digits, "  ", 2) && !strncmp(name, op, length) && name[length] == ' ')
            n += (at > 3) == inside;
        if (!*line)
            break;
    }
    return n;
}

static char *turns_plan(nrv_graph *g)
{
    nrv_plan *p = nrv_compile(g, NULL);
    char *text = printed(p);
    nrv_plan_free(p);
    return text;
}

/* input k with a name of its own, (TURNS,...) where it is wide */
static nrv_tensor turns_input(nrv_graph *g, const op_case *c, int k, bool wide, const char *before)
{
    char name[80];
    nrv_shape shape = { c->x[k].rank, { 0 } };
    memcpy(shape.dim + wide, c->x[k].dim, (size_t)c->x[k].rank * sizeof *shape.dim);
    shape.dim[0] = wide ? TURNS : shape.dim[0];
    shape.rank += wide;
    snprintf(name, sizeof name, "%s%s", before, c->x[k].name);
    return nrv_input(g, name, c->x[k].type, shape);
}

/* does the op say how this is done at once? */
static bool turns_batched(nrv_graph *g, const op_case *c, unsigned mask)
{
    bool wide[CASE_INPUTS] = { false };
    nrv_tensor one[CASE_INPUTS], all[CASE_INPUTS];
    for (int k = 0; k < c->n_x; k++) {
        wide[k] = mask >> k & 1;
        if (c->x[k].rank + 2 >= NRV__MAX_RANK)
            return false;
        one[k] = turns_input(g, c, k, false, "one_");
        all[k] = turns_input(g, c, k, wide[k], "all_");
    }
    nrv_tensor y = case_make(c, g, one);
    bool its = y && y->op == c->op && y->n_in == c->n_x && y->rank + 2 < NRV__MAX_RANK;
    for (size_t i = 0; i < g->n_node; i++) /* with one axis more there are too many inside of it */
        its = its && g->node[i]->rank < NRV__MAX_RANK;
    return its && c->op->batch(&(nrv__batch){ g, y, all, wide, TURNS });
}

/* inputs of the mask differ from turn to turn */
static void turns_map(const op_case *c, unsigned mask)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0), *apart = nrv_graph_new(s, 0);
    nrv_tensor at[CASE_INPUTS];
    bool batched = turns_batched(apart, c, mask);
    if (batched) {
        nrv_block *b = nrv_scan(g, &(nrv_scan_opt){ .steps = TURNS });
        for (int k = 0; k < c->n_x; k++) {
            at[k] = turns_input(g, c, k, mask >> k & 1, "");
            at[k] = mask >> k & 1 ? nrv_each(b, at[k]) : at[k];
        }
        nrv_tensor y = case_make(c, g, at);
        nrv_end(b);
        nrv_output(g, "y", nrv_stacked(b, y));
        char *t = turns_plan(g);
        if (nrv_graph_why(g) || turns_count(t, "scan", false))
            case_fails(c, "inputs %x wide: %s", mask, nrv_graph_why(g) ? nrv_graph_why(g) : "a loop is left");
        free(t);
    }
    nrv_graph_free(apart);
    nrv_graph_free(g);
    nrv_store_free(s);
}

static void a_map_of_batched_ops_is_no_loop(void **state)
{
    const nrv__opdef *op = *state;
    op_case c;
    for (int i = 0; op->batch && each_case(op, i, NRV_F32, &c); i++) {
        if (c.n_x) {
            turns_map(&c, 1);
            turns_map(&c, (1u << c.n_x) - 1);
        }
        case_free(&c);
    }
}

static void a_recurrent_net_multiplies_outside(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(20, 8, 16)), w = nrv_input(g, "w", NRV_F32, NRV_SHAPE(16, 32));
    nrv_tensor u = nrv_input(g, "u", NRV_F32, NRV_SHAPE(32, 32)), by[2] = { w, u }, d[2];
    nrv_block *b = nrv_scan(g, NULL);
    nrv_tensor xt = nrv_each(b, x), h = nrv_carry(b, nrv_fill(g, NRV_F32, NRV_SHAPE(8, 32), 0));
    nrv_next(b, h, nrv_tanh(nrv_add(nrv_matmul(xt, w), nrv_matmul(h, u))));
    nrv_end(b);
    nrv_tensor y = nrv_sum_all(nrv_square(nrv_last(b, h)));
    nrv_output(g, "y", y);
    char *t = turns_plan(g);
    assert_int_equal(turns_count(t, "scan", false), 1);
    assert_int_equal(turns_count(t, "matmul", false), 1); /* x w */
    assert_int_equal(turns_count(t, "matmul", true), 1);  /* h u */
    free(t);
    nrv_grad(y, NULL, 2, by, d);
    nrv_output(g, "dw", d[0]);
    nrv_output(g, "du", d[1]);
    t = turns_plan(g);
    assert_int_equal(turns_count(t, "scan", false), 2);
    assert_int_equal(turns_count(t, "matmul", false), 3); /* x w, and one for each weight */
    assert_int_equal(turns_count(t, "matmul", true), 2);  /* h u, and back */
    free(t);
    nrv_graph_free(g);
    nrv_store_free(s);
}

/* what a turn of an LSTM is: a product and one program; its weights are turned once, before the loop */
static void an_lstm_is_a_product_and_a_program_a_turn(void **state)
{
    (void)state;
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, 0);
    nrv_tensor x = nrv_input(g, "x", NRV_F32, NRV_SHAPE(20, 8, 16));
    nrv_output(g, "y", nrv_lstm(x, "r", 32, NULL, NULL, NULL));
    char *t = turns_plan(g);
    assert_int_equal(turns_count(t, "scan", false), 1);
    assert_int_equal(turns_count(t, "matmul", false), 1);
    assert_int_equal(turns_count(t, "copy", false), 1);
    assert_int_equal(turns_count(t, "matmul", true), 1);
#ifndef NRV__TINY /* there, a program has three operations at most */
    assert_int_equal(turns_count(t, "tiles", true), 1);
#endif
    assert_int_equal(turns_count(t, "copy", true), 0);
    free(t);
    nrv_graph_free(g);
    nrv_store_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(an_lstm_is_a_product_and_a_program_a_turn),
                                        cmocka_unit_test(a_recurrent_net_multiplies_outside) };
    return each_op("maps", a_map_of_batched_ops_is_no_loop) + cmocka_run_group_tests(tests, NULL, NULL);
}
