/* test_choices.c - if and while: value and gradients are those of what happens, and nothing of what does not happen is
   computed. Choices in loops, loops in choices, loops that stop when they are done: none, some or all of the turns
   that they may take. Each program is written twice, with blocks and with selections. */
#include "support/loops.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static nrv_tensor positive(nrv_tensor x)
{
    return nrv_less(nrv_fill(nrv_graph_of(x), NRV_F64, NRV_SCALAR, 0), nrv_sum_all(x));
}

/* ---- if ---- */
static nrv_tensor choice_loop(const loop_at *at)
{
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), h = nrv_carry(b, at->h);
    nrv_block *i = nrv_if(at->g, positive(x));
    nrv_tensor yes = nrv_tanh(nrv_matmul(nrv_mul(x, h), at->w)), more = nrv_mul(yes, x);
    nrv_else(i);
    nrv_tensor no = nrv_exp(nrv_mul_c(nrv_matmul(h, at->u), -0.5)), less = nrv_add(no, h);
    nrv_end(i);
    nrv_tensor y = nrv_either(i, yes, no), z = nrv_either(i, more, less);
    nrv_next(b, h, nrv_add(nrv_mul(y, z), nrv_mul_c(h, 0.3)));
    nrv_end(b);
    return nrv_add(loop_squares(nrv_add(nrv_stacked(b, z), at->x)), nrv_sum_all(nrv_last(b, h)));
}

static nrv_tensor choice_turns(const loop_at *at)
{
    nrv_tensor h = at->h, sum = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor x = loop_row(at, k), is = positive(x), yes = nrv_tanh(nrv_matmul(nrv_mul(x, h), at->w));
        nrv_tensor no = nrv_exp(nrv_mul_c(nrv_matmul(h, at->u), -0.5)), y = nrv_select(is, yes, no);
        nrv_tensor z = nrv_select(is, nrv_mul(yes, x), nrv_add(no, h));
        sum = nrv_add(sum, loop_squares(nrv_add(z, x)));
        h = nrv_add(nrv_mul(y, z), nrv_mul_c(h, 0.3));
    }
    return nrv_add(sum, nrv_sum_all(h));
}

/* branches that give what was there before: an outer value, a carry, what is walked along; the same from both */
static nrv_tensor outer_loop(const loop_at *at)
{
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), h = nrv_carry(b, at->h);
    nrv_block *i = nrv_if(at->g, positive(x));
    nrv_tensor yes = nrv_mul(h, nrv_matmul(x, at->w));
    nrv_else(i);
    nrv_end(i);
    nrv_tensor p = nrv_either(i, yes, at->h), q = nrv_either(i, h, x), r = nrv_either(i, yes, h),
               s = nrv_either(i, h, h);
    nrv_next(b, h, nrv_add(nrv_mul(p, q), nrv_add(r, nrv_mul_c(s, 0.1))));
    nrv_end(b);
    return loop_squares(nrv_last(b, h));
}

static nrv_tensor outer_turns(const loop_at *at)
{
    nrv_tensor h = at->h;
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor x = loop_row(at, k), is = positive(x), yes = nrv_mul(h, nrv_matmul(x, at->w));
        nrv_tensor p = nrv_select(is, yes, at->h), q = nrv_select(is, h, x), r = nrv_select(is, yes, h);
        h = nrv_add(nrv_mul(p, q), nrv_add(r, nrv_mul_c(h, 0.1)));
    }
    return loop_squares(h);
}

/* an outer value that nothing but a branch reads: the loop around the choice depends on it all the same */
static nrv_tensor given_loop(const loop_at *at)
{
    nrv_tensor outer = nrv_tanh(nrv_matmul(at->h, at->u));
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), c = nrv_carry(b, at->h);
    nrv_block *i = nrv_if(at->g, positive(x));
    nrv_tensor yes = nrv_mul(x, x);
    nrv_end(i);
    nrv_next(b, c, nrv_mul(c, nrv_either(i, yes, outer)));
    nrv_end(b);
    return nrv_sum_all(nrv_last(b, c));
}

static nrv_tensor given_turns(const loop_at *at)
{
    nrv_tensor c = at->h, outer = nrv_tanh(nrv_matmul(at->h, at->u));
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor x = loop_row(at, k);
        c = nrv_mul(c, nrv_select(positive(x), nrv_mul(x, x), outer));
    }
    return nrv_sum_all(c);
}

/* a choice in a branch of a choice; no loop around them */
static nrv_tensor choices_loop(const loop_at *at)
{
    nrv_block *a = nrv_if(at->g, positive(at->h));
    nrv_tensor p = nrv_matmul(at->h, at->w);
    nrv_block *i = nrv_if(at->g, positive(p));
    nrv_tensor q = nrv_tanh(p);
    nrv_else(i);
    nrv_tensor r = nrv_mul(p, at->h);
    nrv_end(i);
    nrv_tensor inner = nrv_either(i, q, r);
    nrv_else(a);
    nrv_block *j = nrv_if(at->g, positive(at->w));
    nrv_tensor s = nrv_exp(at->h);
    nrv_else(j);
    nrv_tensor t = nrv_matmul(at->h, at->u);
    nrv_end(j);
    nrv_tensor other = nrv_either(j, s, t);
    nrv_end(a);
    return nrv_add(loop_squares(nrv_either(a, inner, other)), nrv_mul_c(nrv_sum_all(at->x), 0));
}

static nrv_tensor choices_turns(const loop_at *at)
{
    nrv_tensor p = nrv_matmul(at->h, at->w);
    nrv_tensor inner = nrv_select(positive(p), nrv_tanh(p), nrv_mul(p, at->h));
    nrv_tensor other = nrv_select(positive(at->w), nrv_exp(at->h), nrv_matmul(at->h, at->u));
    return loop_squares(nrv_select(positive(at->h), inner, other));
}

/* a loop in one branch of a choice in a loop */
static nrv_tensor walked_loop(const loop_at *at)
{
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), h = nrv_carry(b, at->h);
    nrv_block *i = nrv_if(at->g, positive(x));
    nrv_block *in = nrv_scan(at->g, NULL);
    nrv_tensor row = nrv_each(in, x), k = nrv_carry(in, h), k1 = nrv_tanh(nrv_add(nrv_matmul(k, at->w), row));
    nrv_next(in, k, k1);
    nrv_end(in);
    nrv_tensor yes = nrv_mul(nrv_last(in, k), nrv_mean(nrv_stacked(in, k1), 0, 0));
    nrv_else(i);
    nrv_tensor no = nrv_mul(h, x);
    nrv_end(i);
    nrv_next(b, h, nrv_either(i, yes, no));
    nrv_end(b);
    return nrv_add(loop_squares(nrv_last(b, h)), nrv_sum_all(nrv_mul(nrv_stacked(b, h), at->x)));
}

static nrv_tensor walked_turns(const loop_at *at)
{
    nrv_tensor h = at->h, y = loop_number(at, 0);
    for (int64_t t = 0; t < at->T; t++) {
        nrv_tensor x = loop_row(at, t), k = h, sum = NULL;
        for (int i = 0; i < 2; i++) {
            k = nrv_tanh(nrv_add(nrv_matmul(k, at->w), nrv_reshape(nrv_slice(x, 0, i, 1), NRV_SHAPE(3))));
            sum = loop_plus(sum, k);
        }
        y = nrv_add(y, nrv_sum_all(nrv_mul(h, x)));
        h = nrv_select(positive(x), nrv_mul(k, nrv_mul_c(sum, 0.5)), nrv_mul(h, x));
    }
    return nrv_add(loop_squares(h), y);
}

/* ---- while ---- */
static nrv_tensor grown(const loop_at *at, nrv_tensor c)
{
    return nrv_add(nrv_mul_c(c, 1.3), nrv_mul_c(nrv_matmul(c, at->w), 0.2));
}

static nrv_tensor large(nrv_tensor c, double most)
{
    return nrv_greater(loop_squares(c), nrv_fill(nrv_graph_of(c), NRV_F64, NRV_SCALAR, most));
}

/* until it is large: with most = 6 turns; how many it takes is counted */
static nrv_tensor until_loop(const loop_at *at, double limit)
{
    nrv_block *b = nrv_while(at->g, 6);
    nrv_tensor c = nrv_carry(b, at->h), n = nrv_carry(b, nrv_fill(at->g, NRV_I64, NRV_SCALAR, 0)), turn = nrv_turn(b);
    nrv_until(b, large(c, limit));
    nrv_next(b, c, nrv_add(grown(at, c), nrv_mul(nrv_mul_c(at->h, 0.1), nrv_cast(turn, NRV_F64))));
    nrv_next(b, n, nrv_add(n, nrv_fill(at->g, NRV_I64, NRV_SCALAR, 1)));
    nrv_end(b);
    nrv_tensor turns = nrv_cast(nrv_last(b, n), NRV_F64);
    return nrv_mul(nrv_sum_all(nrv_tanh(nrv_matmul(nrv_last(b, c), at->u))), nrv_add_c(turns, 1));
}

static nrv_tensor until_turns(const loop_at *at, double limit)
{
    nrv_tensor c = at->h, n = loop_number(at, 0), go = nrv_fill(at->g, NRV_BOOL, NRV_SCALAR, 1);
    for (int k = 0; k < 6; k++) {
        nrv_tensor next = nrv_add(grown(at, c), nrv_mul_c(at->h, 0.1 * k));
        go = nrv_select(large(c, limit), nrv_fill(at->g, NRV_BOOL, NRV_SCALAR, 0), go);
        c = nrv_select(go, next, c);
        n = nrv_select(go, nrv_add_c(n, 1), n);
    }
    return nrv_mul(nrv_sum_all(nrv_tanh(nrv_matmul(c, at->u))), nrv_add_c(n, 1));
}

static nrv_tensor some_loop(const loop_at *at)
{
    return until_loop(at, 4);
}

static nrv_tensor some_turns(const loop_at *at)
{
    return until_turns(at, 4);
}

static nrv_tensor none_loop(const loop_at *at)
{
    return until_loop(at, 0.001);
}

static nrv_tensor none_turns(const loop_at *at)
{
    return until_turns(at, 0.001);
}

static nrv_tensor most_loop(const loop_at *at)
{
    return until_loop(at, 1e6);
}

static nrv_tensor most_turns(const loop_at *at)
{
    return until_turns(at, 1e6);
}

/* each turn of a scan waits until it is large; another number of turns each time */
static nrv_tensor waits_loop(const loop_at *at)
{
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), h = nrv_carry(b, at->h);
    nrv_block *in = nrv_while(at->g, 4);
    nrv_tensor c = nrv_carry(in, x);
    nrv_until(in, large(c, 3));
    nrv_next(in, c, nrv_add(grown(at, c), nrv_mul_c(h, 0.1)));
    nrv_end(in);
    nrv_tensor y = nrv_tanh(nrv_last(in, c));
    nrv_next(b, h, nrv_mul(nrv_add_c(h, 0.5), y));
    nrv_end(b);
    return nrv_add(loop_squares(nrv_stacked(b, y)), nrv_sum_all(nrv_last(b, h)));
}

static nrv_tensor waits_turns(const loop_at *at)
{
    nrv_tensor h = at->h, sum = loop_number(at, 0);
    for (int64_t t = 0; t < at->T; t++) {
        nrv_tensor c = loop_row(at, t), go = nrv_fill(at->g, NRV_BOOL, NRV_SCALAR, 1), y;
        for (int k = 0; k < 4; k++) {
            go = nrv_select(large(c, 3), nrv_fill(at->g, NRV_BOOL, NRV_SCALAR, 0), go);
            c = nrv_select(go, nrv_add(grown(at, c), nrv_mul_c(h, 0.1)), c);
        }
        y = nrv_tanh(c);
        sum = nrv_add(sum, loop_squares(y));
        h = nrv_mul(nrv_add_c(h, 0.5), y);
    }
    return nrv_add(sum, nrv_sum_all(h));
}

/* a scan in every turn of a while, with a choice in it */
static nrv_tensor scans_loop(const loop_at *at)
{
    nrv_block *b = nrv_while(at->g, 3);
    nrv_tensor c = nrv_carry(b, at->h);
    nrv_until(b, large(c, 4));
    nrv_block *in = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(in, at->x), k = nrv_carry(in, c);
    nrv_block *i = nrv_if(at->g, positive(x));
    nrv_tensor yes = nrv_tanh(nrv_matmul(k, at->w));
    nrv_else(i);
    nrv_tensor no = nrv_add(k, nrv_mul(x, c));
    nrv_end(i);
    nrv_next(in, k, nrv_either(i, yes, no));
    nrv_end(in);
    nrv_next(b, c, nrv_add(nrv_last(in, k), nrv_mul_c(c, 1.5)));
    nrv_end(b);
    return loop_squares(nrv_last(b, c));
}

static nrv_tensor scans_turns(const loop_at *at)
{
    nrv_tensor c = at->h, go = nrv_fill(at->g, NRV_BOOL, NRV_SCALAR, 1);
    for (int t = 0; t < 3; t++) {
        nrv_tensor k = c;
        for (int64_t s = 0; s < at->T; s++) {
            nrv_tensor x = loop_row(at, s);
            k = nrv_select(positive(x), nrv_tanh(nrv_matmul(k, at->w)), nrv_add(k, nrv_mul(x, c)));
        }
        go = nrv_select(large(c, 4), nrv_fill(at->g, NRV_BOOL, NRV_SCALAR, 0), go);
        c = nrv_select(go, nrv_add(k, nrv_mul_c(c, 1.5)), c);
    }
    return loop_squares(c);
}

/* ---- gradients that are taken inside ---- */
static nrv_tensor cubed(const loop_at *at, nrv_tensor c)
{
    return nrv_sub(nrv_mul(c, nrv_square(c)), nrv_add_c(loop_squares(at->h), 0.5));
}

/* Newton's method for a cube root: as many turns as it takes, each with a derivative of its own */
static nrv_tensor newton_loop(const loop_at *at)
{
    nrv_block *b = nrv_while(at->g, 9);
    nrv_tensor c = nrv_carry(b, loop_number(at, 1)), f = cubed(at, c), d;
    nrv_until(b, nrv_less(nrv_abs(f), loop_number(at, 1e-9)));
    nrv_grad(f, NULL, 1, &c, &d);
    nrv_next(b, c, nrv_sub(c, nrv_div(f, d)));
    nrv_end(b);
    return nrv_mul(nrv_last(b, c), nrv_sum_all(at->u));
}

static nrv_tensor newton_turns(const loop_at *at)
{
    nrv_tensor c = loop_number(at, 1), go = nrv_fill(at->g, NRV_BOOL, NRV_SCALAR, 1), d;
    for (int k = 0; k < 9; k++) {
        nrv_tensor f = cubed(at, c), there = nrv_less(nrv_abs(f), loop_number(at, 1e-9));
        nrv_grad(f, NULL, 1, &c, &d);
        go = nrv_select(there, nrv_fill(at->g, NRV_BOOL, NRV_SCALAR, 0), go);
        c = nrv_select(go, nrv_sub(c, nrv_div(f, d)), c);
    }
    return nrv_mul(c, nrv_sum_all(at->u));
}

/* the gradient of a loop, both in a branch */
static nrv_tensor powered_loop(const loop_at *at)
{
    nrv_tensor d;
    nrv_block *i = nrv_if(at->g, positive(nrv_square(at->h)));
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), c = nrv_carry(b, at->h);
    nrv_next(b, c, nrv_mul(nrv_matmul(c, at->w), nrv_add(at->h, x)));
    nrv_end(b);
    nrv_grad(nrv_sum_all(nrv_last(b, c)), NULL, 1, &at->h, &d);
    nrv_end(i);
    return loop_squares(nrv_either(i, d, nrv_exp(at->h)));
}

static nrv_tensor powered_turns(const loop_at *at)
{
    nrv_tensor c = at->h, d;
    for (int64_t k = 0; k < at->T; k++)
        c = nrv_mul(nrv_matmul(c, at->w), nrv_add(at->h, loop_row(at, k)));
    nrv_grad(nrv_sum_all(c), NULL, 1, &at->h, &d);
    return loop_squares(d);
}

/* ---- the tests ---- */
static const loop_pair choice_pairs[] = {
    { "a choice in each turn", choice_loop, choice_turns, false },
    { "branches that give outer values", outer_loop, outer_turns, false },
    { "an outer value that only a branch reads", given_loop, given_turns, false },
    { "choices in choices", choices_loop, choices_turns, false },
    { "a loop in a branch", walked_loop, walked_turns, false },
    { "while: some turns", some_loop, some_turns, false },
    { "while: no turn", none_loop, none_turns, false },
    { "while: as many turns as it may", most_loop, most_turns, false },
    { "while in each turn", waits_loop, waits_turns, false },
    { "Newton's method", newton_loop, newton_turns, false },
    { "the gradient of a loop in a branch", powered_loop, powered_turns, false },
    { "a scan in each turn of a while", scans_loop, scans_turns, false },
};
enum { CHOICE_PAIRS = sizeof choice_pairs / sizeof *choice_pairs };

static void as_with_selections(void **state)
{
    static const int64_t T[] = { 5, 1, 0, 4 };
    static const loop_way way[] = { LOOP_ASKED, LOOP_EAGER, LOOP_COMPILED };
    const loop_pair *p = *state;
    for (int w = 0; w < 3; w++)
        for (int i = 0; i < 4; i++)
            for (int keep = 0; keep < 3; keep++)
                loop_compare(p, &(loop_how){ .way = way[w], .T = T[i], .reverse = i & 1, .keep = keep, .order = 2 });
}

static void third_gradient_as_with_selections(void **state)
{
    const loop_pair *p = *state;
    loop_compare(p, &(loop_how){ .way = LOOP_COMPILED, .T = 2, .order = 3 });
}

static void gradient_is_the_slope(void **state)
{
    const loop_pair *p = *state;
    loop_is_slope(p->name, p->loop, &(loop_how){ .T = 4, .order = 2 }, 1e-6);
}

/* ---- what does not happen ---- */
/* logarithms of negative numbers, divisions by zero: the branch that is not taken leaves no trace, also in gradients */
static nrv_tensor guarded(const loop_at *at)
{
    nrv_tensor y = NULL;
    for (int k = 0; k < 2; k++) {
        nrv_tensor x = k ? nrv_neg(nrv_square(at->h)) : nrv_square(at->h);
        nrv_block *i = nrv_if(at->g, positive(x));
        nrv_tensor yes = nrv_log(x);
        nrv_else(i);
        nrv_tensor no = nrv_div(at->h, nrv_add(x, nrv_square(at->h)));
        nrv_end(i);
        y = k ? y : loop_squares(nrv_either(i, yes, no));
        y = k ? nrv_add(y, loop_squares(nrv_either(i, yes, nrv_mul(at->h, at->h)))) : y;
    }
    return y;
}

static nrv_tensor guarded_taken(const loop_at *at)
{
    return nrv_add(loop_squares(nrv_log(nrv_square(at->h))), loop_squares(nrv_mul(at->h, at->h)));
}

static void the_other_branch_leaves_no_trace(void **state)
{
    (void)state;
    const loop_pair p = { "guarded", guarded, guarded_taken, false };
    static const loop_way way[] = { LOOP_ASKED, LOOP_EAGER, LOOP_COMPILED };
    for (int w = 0; w < 3; w++)
        loop_compare(&p, &(loop_how){ .way = way[w], .T = 2, .order = 2 });
}

/* values out of range are refused only where they are used */
static void the_other_branch_cannot_fail(void **state)
{
    (void)state;
    for (int yes = 0; yes < 2; yes++)
        for (int compiled = 0; compiled < 2; compiled++) {
            nrv_store *s = nrv_store_new(NULL);
            nrv_graph *g = nrv_graph_new(s, 0);
            nrv_tensor at = nrv_constant(g, NRV_I32, NRV_SCALAR, ((int32_t[]){ 7 }));
            nrv_tensor x = nrv_constant(g, NRV_F32, NRV_SHAPE(3), ((float[]){ 1, 2, 3 }));
            nrv_block *i = nrv_if(g, nrv_fill(g, NRV_BOOL, NRV_SCALAR, yes));
            nrv_tensor far = nrv_gather(x, at, 0);
            nrv_else(i);
            nrv_tensor near = nrv_sum_all(x);
            nrv_end(i);
            nrv_tensor y = nrv_either(i, far, near);
            float value = 0;
            nrv_status st;
            if (compiled) {
                nrv_output(g, "y", y);
                nrv_plan *p = nrv_compile(g, NULL);
                nrv_exec *e = nrv_exec_new(p, s, NULL);
                nrv_bind_out(e, "y", &value, sizeof value);
                st = nrv_run(e);
                nrv_exec_free(e);
                nrv_plan_free(p);
            } else {
                st = nrv_eval(y, &value, sizeof value);
            }
            assert_int_equal(st, yes ? NRV_EVALUE : NRV_OK);
            assert_true(yes || value == 6);
            nrv_graph_free(g);
            nrv_store_free(s);
        }
}

/* without a limit it runs as long as it must; a value is all that it has */
static void without_a_limit(void **state)
{
    (void)state;
    for (int compiled = 0; compiled < 2; compiled++) {
        nrv_store *s = nrv_store_new(NULL);
        nrv_graph *g = nrv_graph_new(s, 0);
        nrv_tensor one = nrv_fill(g, NRV_I64, NRV_SCALAR, 1);
        nrv_block *b = nrv_while(g, 0);
        nrv_tensor n = nrv_carry(b, one), sum = nrv_carry(b, nrv_fill(g, NRV_I64, NRV_SCALAR, 0));
        nrv_until(b, nrv_greater(n, nrv_fill(g, NRV_I64, NRV_SCALAR, 3000)));
        nrv_next(b, sum, nrv_add(sum, n));
        nrv_next(b, n, nrv_add(n, one));
        nrv_end(b);
        int64_t value = 0;
        if (compiled) {
            nrv_output(g, "sum", nrv_last(b, sum));
            nrv_plan *p = nrv_compile(g, NULL);
            nrv_exec *e = nrv_exec_new(p, s, NULL);
            nrv_bind_out(e, "sum", &value, sizeof value);
            assert_int_equal(nrv_run(e), NRV_OK);
            nrv_exec_free(e);
            nrv_plan_free(p);
        } else {
            assert_int_equal(nrv_eval(nrv_last(b, sum), &value, sizeof value), NRV_OK);
        }
        assert_int_equal(value, 3000 * 3001 / 2);
        nrv_graph_free(g);
        nrv_store_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_other_branch_leaves_no_trace),
        cmocka_unit_test(the_other_branch_cannot_fail),
        cmocka_unit_test(without_a_limit),
    };
    return loop_group("selections", choice_pairs, CHOICE_PAIRS, as_with_selections) +
           loop_group("third", choice_pairs, CHOICE_PAIRS, third_gradient_as_with_selections) +
           loop_group("slope", choice_pairs, CHOICE_PAIRS, gradient_is_the_slope) +
           loop_group("again", choice_pairs, CHOICE_PAIRS, loop_again) +
           loop_group("forward", choice_pairs, CHOICE_PAIRS, loop_forward) + cmocka_run_group_tests(tests, NULL, NULL);
}
