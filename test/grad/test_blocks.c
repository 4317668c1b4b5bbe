/* test_blocks.c - a scan is what its turns would be, written out: value, gradient, gradient of the gradient. For any
   number of turns (none, one, a named size), either direction, and whatever is kept for the gradient; evaluated when
   asked for, while traced, and compiled. Each program is written twice, as a loop and as its turns. */
#include "support/loops.h"
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static nrv_tensor cell(const loop_at *at, nrv_tensor x, nrv_tensor h)
{
    return nrv_tanh(nrv_add(nrv_matmul(x, at->w), nrv_matmul(h, at->u)));
}

/* ---- one carry; what is read of the loop ---- */
static nrv_tensor recurrent(const loop_at *at, bool stacked, bool last)
{
    nrv_tensor y = NULL;
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), h = nrv_carry(b, at->h), h1 = cell(at, x, h);
    nrv_next(b, h, h1);
    nrv_end(b);
    if (stacked)
        y = loop_squares(nrv_add(nrv_stacked(b, h1), at->x));
    return last ? loop_plus(y, loop_squares(nrv_add(nrv_last(b, h), at->h))) : y;
}

static nrv_tensor recurrent_turns(const loop_at *at, bool stacked, bool last)
{
    nrv_tensor h = at->h, y = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        h = cell(at, loop_row(at, k), h);
        y = stacked ? nrv_add(y, loop_squares(nrv_add(h, loop_row(at, k)))) : y;
    }
    return last ? nrv_add(y, loop_squares(nrv_add(h, at->h))) : y;
}

static nrv_tensor both_loop(const loop_at *at)
{
    return recurrent(at, true, true);
}

static nrv_tensor both_turns(const loop_at *at)
{
    return recurrent_turns(at, true, true);
}

static nrv_tensor stacked_loop(const loop_at *at)
{
    return recurrent(at, true, false);
}

static nrv_tensor stacked_turns(const loop_at *at)
{
    return recurrent_turns(at, true, false);
}

static nrv_tensor last_loop(const loop_at *at)
{
    return recurrent(at, false, true);
}

static nrv_tensor last_turns(const loop_at *at)
{
    return recurrent_turns(at, false, true);
}

/* ---- carries of other kinds ---- */
static nrv_tensor swapped_loop(const loop_at *at)
{
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), p = nrv_carry(b, at->h), q = nrv_carry(b, nrv_mul_c(at->h, 0.5));
    nrv_next(b, p, q);
    nrv_next(b, q, nrv_add(p, nrv_mul(x, q)));
    nrv_end(b);
    nrv_tensor y = nrv_mul(nrv_last(b, p), nrv_add_c(nrv_last(b, q), 2));
    return nrv_add(nrv_sum_all(y), loop_squares(nrv_mul(nrv_stacked(b, p), at->x)));
}

static nrv_tensor swapped_turns(const loop_at *at)
{
    nrv_tensor p = at->h, q = nrv_mul_c(at->h, 0.5), y = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor x = loop_row(at, k), was = p;
        y = nrv_add(y, loop_squares(nrv_mul(p, x)));
        p = q;
        q = nrv_add(was, nrv_mul(x, q));
    }
    return nrv_add(nrv_sum_all(nrv_mul(p, nrv_add_c(q, 2))), y);
}

/* one carry stays as it is, one becomes a value from outside, one that of the carry beside it */
static nrv_tensor idle_loop(const loop_at *at)
{
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), same = nrv_carry(b, at->h), set = nrv_carry(b, at->h),
               late = nrv_carry(b, at->h);
    nrv_tensor outer = nrv_tanh(nrv_matmul(at->h, at->u)), y = nrv_mul(x, nrv_add(same, nrv_mul(set, late)));
    nrv_next(b, same, same);
    nrv_next(b, set, outer);
    nrv_next(b, late, nrv_matmul(set, at->w));
    nrv_end(b);
    nrv_tensor sum =
        nrv_add(loop_squares(nrv_stacked(b, y)), loop_squares(nrv_add(nrv_last(b, late), nrv_last(b, set))));
    return nrv_add(sum, nrv_sum_all(nrv_mul(nrv_last(b, same), nrv_sum(nrv_stacked(b, same), 0, 0))));
}

static nrv_tensor idle_turns(const loop_at *at)
{
    nrv_tensor outer = nrv_tanh(nrv_matmul(at->h, at->u)), set = at->h, late = at->h, sum = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        sum = nrv_add(sum, loop_squares(nrv_mul(loop_row(at, k), nrv_add(at->h, nrv_mul(set, late)))));
        late = nrv_matmul(set, at->w);
        set = outer;
    }
    sum = nrv_add(sum, loop_squares(nrv_add(late, set)));
    return nrv_add(sum, nrv_mul_c(loop_squares(at->h), (double)at->T));
}

/* an integer that counts and a truth that turns over decide what the real carry becomes */
static nrv_tensor discrete_step(const loop_at *at, nrv_tensor x, nrv_tensor n, nrv_tensor odd, nrv_tensor h)
{
    nrv_tensor grown = nrv_mul(nrv_tanh(nrv_matmul(h, at->w)), nrv_cast(n, NRV_F64));
    return nrv_select(odd, grown, nrv_add(nrv_mul(x, h), x));
}

static nrv_tensor discrete_loop(const loop_at *at)
{
    nrv_tensor no = nrv_fill(at->g, NRV_BOOL, NRV_SCALAR, 0), two = nrv_fill(at->g, NRV_I32, NRV_SCALAR, 2);
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), n = nrv_carry(b, nrv_fill(at->g, NRV_I32, NRV_SCALAR, 1)),
               odd = nrv_carry(b, no), h = nrv_carry(b, at->h);
    nrv_next(b, h, discrete_step(at, x, n, odd, h));
    nrv_next(b, n, nrv_add(n, two));
    nrv_next(b, odd, nrv_equal(odd, no));
    nrv_end(b);
    nrv_tensor count = nrv_cast(nrv_stacked(b, n), NRV_F64);
    nrv_tensor y = nrv_sum(nrv_sum(nrv_mul(nrv_stacked(b, h), at->x), 1, 0), 1, 0);
    nrv_tensor sum = nrv_sum_all(nrv_select(nrv_stacked(b, odd), nrv_mul(y, count), nrv_square(y)));
    return nrv_add(sum, nrv_mul(loop_squares(nrv_last(b, h)), nrv_cast(nrv_last(b, n), NRV_F64)));
}

static nrv_tensor discrete_turns(const loop_at *at)
{
    nrv_tensor h = at->h, sum = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor x = loop_row(at, k), y = nrv_sum_all(nrv_mul(h, x));
        sum = nrv_add(sum, k % 2 ? nrv_mul_c(y, 1 + 2 * (double)k) : nrv_square(y));
        h = k % 2 ? nrv_mul_c(nrv_tanh(nrv_matmul(h, at->w)), 1 + 2 * (double)k) : nrv_add(nrv_mul(x, h), x);
    }
    return nrv_add(sum, nrv_mul_c(loop_squares(h), 1 + 2 * (double)at->T));
}

/* ---- sequences ---- */
/* the same one twice, one made of it, one that is the same value in every turn, the carry before each turn */
static nrv_tensor sequences_loop(const loop_at *at)
{
    nrv_tensor made = nrv_mul(nrv_matmul(at->x, at->w), at->x), outer = nrv_tanh(at->h);
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), again = nrv_each(b, at->x), z = nrv_each(b, made), h = nrv_carry(b, at->h);
    nrv_next(b, h, nrv_add(nrv_mul(x, nrv_mul(again, h)), z));
    nrv_end(b);
    nrv_tensor before = nrv_mul(nrv_stacked(b, h), nrv_stacked(b, outer));
    return nrv_add(loop_squares(nrv_add(before, nrv_stacked(b, z))), nrv_sum_all(nrv_last(b, h)));
}

static nrv_tensor sequences_turns(const loop_at *at)
{
    nrv_tensor h = at->h, outer = nrv_tanh(at->h), y = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor x = loop_row(at, k), z = nrv_mul(nrv_matmul(x, at->w), x);
        y = nrv_add(y, loop_squares(nrv_add(nrv_mul(h, outer), z)));
        h = nrv_add(nrv_mul(nrv_square(x), h), z);
    }
    return nrv_add(y, nrv_sum_all(h));
}

static nrv_tensor turn_loop(const loop_at *at)
{
    nrv_scan_opt opt = at->scan;
    opt.steps = at->steps;
    nrv_block *b = nrv_scan(at->g, &opt);
    nrv_tensor t = nrv_add_c(nrv_cast(nrv_turn(b), NRV_F64), 1), h = nrv_carry(b, at->h);
    nrv_tensor y = nrv_tanh(nrv_add(nrv_matmul(h, at->w), nrv_mul(at->h, t)));
    nrv_next(b, h, y);
    nrv_end(b);
    return nrv_add(loop_squares(nrv_mul(nrv_stacked(b, y), nrv_add_c(at->x, 1))), loop_squares(nrv_last(b, h)));
}

static nrv_tensor turn_turns(const loop_at *at)
{
    nrv_tensor h = at->h, sum = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        double t = (double)(at->scan.reverse ? at->T - 1 - k : k) + 1;
        h = nrv_tanh(nrv_add(nrv_matmul(h, at->w), nrv_mul_c(at->h, t)));
        sum = nrv_add(sum, loop_squares(nrv_mul(h, nrv_add_c(loop_row(at, k), 1))));
    }
    return nrv_add(sum, loop_squares(h));
}

/* ---- a loop along what another loop stacked, the other way ---- */
static nrv_tensor layers_loop(const loop_at *at)
{
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), h = nrv_carry(b, at->h), h1 = cell(at, x, h);
    nrv_next(b, h, h1);
    nrv_end(b);
    nrv_scan_opt back = at->scan;
    back.reverse = !back.reverse;
    nrv_block *c = nrv_scan(at->g, &back);
    nrv_tensor z = nrv_each(c, nrv_stacked(b, h1)), k = nrv_carry(c, nrv_last(b, h));
    nrv_next(c, k, nrv_add(nrv_matmul(nrv_mul(z, k), at->u), nrv_mul_c(k, 0.5)));
    nrv_end(c);
    return nrv_add(loop_squares(nrv_last(c, k)), nrv_sum_all(nrv_mul(nrv_stacked(c, k), at->x)));
}

static nrv_tensor layers_turns(const loop_at *at)
{
    nrv_tensor h = at->h, y = loop_number(at, 0), z[16] = { NULL };
    for (int64_t k = 0; k < at->T; k++)
        z[k] = h = cell(at, loop_row(at, k), h);
    for (int64_t k = at->T; k--;) {
        y = nrv_add(y, nrv_sum_all(nrv_mul(h, loop_row(at, k))));
        h = nrv_add(nrv_matmul(nrv_mul(z[k], h), at->u), nrv_mul_c(h, 0.5));
    }
    return nrv_add(y, loop_squares(h));
}

/* ---- loops in loops ---- */
/* the inner one goes along a turn of the outer, from its carry and with its values; stacks of stacks are read */
static nrv_tensor nested_loop(const loop_at *at)
{
    nrv_block *a = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(a, at->x), c = nrv_carry(a, at->h);
    nrv_block *b = nrv_scan(at->g, &(nrv_scan_opt){ .reverse = !at->scan.reverse, .keep = at->scan.keep });
    nrv_tensor row = nrv_each(b, x), h = nrv_carry(b, c);
    nrv_tensor h1 = nrv_tanh(nrv_add(nrv_matmul(h, at->w), nrv_mul(row, nrv_add(c, h))));
    nrv_next(b, h, h1);
    nrv_end(b);
    nrv_tensor hs = nrv_stacked(b, h1), walked = nrv_stacked(b, row);
    nrv_next(a, c, nrv_add(nrv_last(b, h), nrv_mul(nrv_mean(hs, 0, 0), x)));
    nrv_end(a);
    nrv_tensor all = nrv_stacked(a, hs), rows = nrv_stacked(a, walked), last = nrv_last(a, c);
    return nrv_add(loop_squares(nrv_mul(nrv_mean(all, 2, 0), rows)), nrv_sum_all(nrv_mul(last, at->h)));
}

static nrv_tensor nested_turns(const loop_at *at)
{
    nrv_tensor c = at->h, y = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor x = loop_row(at, k), h = c, sum = NULL;
        for (int i = 0; i < 2; i++) {
            nrv_tensor row = nrv_reshape(nrv_slice(x, 0, at->scan.reverse ? i : 1 - i, 1), NRV_SHAPE(3));
            h = nrv_tanh(nrv_add(nrv_matmul(h, at->w), nrv_mul(row, nrv_add(c, h))));
            y = nrv_add(y, loop_squares(nrv_mul(nrv_mean(h, 0, 0), row)));
            sum = loop_plus(sum, h);
        }
        c = nrv_add(h, nrv_mul(nrv_mul_c(sum, 0.5), x));
    }
    return nrv_add(y, nrv_sum_all(nrv_mul(c, at->h)));
}

/* the inner one goes along the whole sequence, that the outer one does not have */
static nrv_tensor square_loop(const loop_at *at)
{
    nrv_block *a = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(a, at->x);
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor z = nrv_each(b, at->x), s = nrv_carry(b, at->h);
    nrv_tensor pair = nrv_tanh(nrv_mul(x, nrv_matmul(z, at->w))), total = nrv_sum_all(pair);
    nrv_next(b, s, nrv_add(nrv_mul_c(s, 0.5), pair));
    nrv_end(b);
    nrv_tensor all = nrv_last(b, s), pairs = nrv_stacked(b, total);
    nrv_end(a);
    nrv_tensor y = loop_squares(nrv_mul(nrv_stacked(a, all), at->x));
    return nrv_add(y, loop_squares(nrv_stacked(a, pairs)));
}

static nrv_tensor square_turns(const loop_at *at)
{
    nrv_tensor y = loop_number(at, 0);
    for (int64_t i = 0; i < at->T; i++) {
        nrv_tensor s = at->h, x = loop_row(at, i);
        for (int64_t k = 0; k < at->T; k++) {
            nrv_tensor pair = nrv_tanh(nrv_mul(x, nrv_matmul(loop_row(at, k), at->w)));
            s = nrv_add(nrv_mul_c(s, 0.5), pair);
            y = nrv_add(y, nrv_square(nrv_sum_all(pair)));
        }
        y = nrv_add(y, loop_squares(nrv_mul(s, x)));
    }
    return y;
}

/* ---- maps and gradients inside ---- */
static nrv_tensor sample_loss(const loop_at *at, nrv_tensor x)
{
    return nrv_mean_all(nrv_square(nrv_sub(nrv_tanh(nrv_matmul(x, at->w)), at->h)));
}

static nrv_tensor samples_loop(const loop_at *at)
{
    nrv_tensor by[2] = { at->w, at->h }, d[2];
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_grad(sample_loss(at, nrv_each(b, at->x)), NULL, 2, by, d);
    nrv_end(b);
    nrv_tensor w = nrv_stacked(b, d[0]), h = nrv_stacked(b, d[1]); /* (T,3,3), (T,2,3) */
    return nrv_add(loop_squares(nrv_matmul(h, w)), nrv_sum_all(nrv_mul(h, at->x)));
}

static nrv_tensor samples_turns(const loop_at *at)
{
    nrv_tensor by[2] = { at->w, at->h }, d[2], y = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor x = loop_row(at, k);
        nrv_grad(sample_loss(at, x), NULL, 2, by, d);
        y = nrv_add(y, nrv_add(loop_squares(nrv_matmul(d[1], d[0])), nrv_sum_all(nrv_mul(d[1], x))));
    }
    return y;
}

/* descent by the gradient of each turn: what a loop carries is independent inside */
static nrv_tensor descent_loop(const loop_at *at)
{
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), h = nrv_carry(b, at->h), dh;
    nrv_grad(loop_squares(nrv_sub(nrv_tanh(nrv_matmul(h, at->w)), x)), NULL, 1, &h, &dh);
    nrv_next(b, h, nrv_sub(h, nrv_mul_c(dh, 0.1)));
    nrv_end(b);
    return nrv_add(loop_squares(nrv_last(b, h)), nrv_sum_all(nrv_mul(nrv_stacked(b, dh), at->x)));
}

static nrv_tensor descent_turns(const loop_at *at)
{
    nrv_tensor h = at->h, dh, y = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor x = loop_row(at, k);
        nrv_grad(loop_squares(nrv_sub(nrv_tanh(nrv_matmul(h, at->w)), x)), NULL, 1, &h, &dh);
        h = nrv_sub(h, nrv_mul_c(dh, 0.1));
        y = nrv_add(y, nrv_sum_all(nrv_mul(dh, x)));
    }
    return nrv_add(y, loop_squares(h));
}

/* ---- parameters and normalisation: the weights are those of one turn ---- */
static nrv_tensor layer(const loop_at *at, nrv_tensor x, nrv_tensor h)
{
    nrv_enter(at->g, &(nrv_scope){ .name = "cell", .mode = NRV_SHARED });
    nrv_tensor y = nrv_layer_norm(nrv_linear(nrv_mul(x, h), "fc", 3, NULL), "norm", NULL);
    nrv_pop(at->g);
    return nrv_tanh(y);
}

static nrv_tensor layers_inside_loop(const loop_at *at)
{
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), h = nrv_carry(b, at->h), y = layer(at, x, h);
    nrv_next(b, h, y);
    nrv_end(b);
    return nrv_add(loop_squares(nrv_add(nrv_stacked(b, y), at->x)), nrv_sum_all(nrv_last(b, h)));
}

static nrv_tensor layers_inside_turns(const loop_at *at)
{
    nrv_tensor h = at->h, y = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor x = loop_row(at, k);
        h = layer(at, x, h);
        y = nrv_add(y, loop_squares(nrv_add(h, x)));
    }
    if (!at->T) /* the weights are met all the same */
        layer(at, at->h, at->h);
    return nrv_add(y, nrv_sum_all(h));
}

/* ---- draws: another in every turn, the same again for the gradient. The turns take what a loop drew ---- */
static nrv_tensor drawn(const loop_at *at)
{
    nrv_tensor noise = nrv_normal(at->g, "noise", NRV_F64, NRV_SHAPE(2, 3));
    return nrv_add(nrv_bernoulli(nrv_fill(at->g, NRV_F64, NRV_SHAPE(2, 3), 0.5), "mask"), nrv_mul_c(noise, 0.1));
}

static nrv_tensor draws_loop(const loop_at *at)
{
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), h = nrv_carry(b, at->h), y = nrv_mul(cell(at, x, h), drawn(at));
    nrv_next(b, h, nrv_dropout(y, "drop", 0.3));
    nrv_end(b);
    return nrv_add(loop_squares(nrv_add(nrv_stacked(b, y), at->x)), nrv_sum_all(nrv_last(b, h)));
}

static nrv_tensor draws_turns(const loop_at *at)
{
    if (!at->T)
        return nrv_sum_all(at->h);
    nrv_block *b = nrv_scan(at->g, &(nrv_scan_opt){ .steps = at->T, .reverse = at->scan.reverse });
    nrv_tensor one = nrv_fill(at->g, NRV_F64, NRV_SHAPE(2, 3), 1), mask = drawn(at),
               kept = nrv_dropout(one, "drop", 0.3);
    nrv_end(b);
    nrv_tensor masks = nrv_stacked(b, mask), drops = nrv_stacked(b, kept), h = at->h, y = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        loop_at drew = *at, dropped = *at;
        drew.x = masks;
        dropped.x = drops;
        h = nrv_mul(cell(at, loop_row(at, k), h), loop_row(&drew, k));
        y = nrv_add(y, loop_squares(nrv_add(h, loop_row(at, k))));
        h = nrv_mul(h, loop_row(&dropped, k));
    }
    return nrv_add(y, nrv_sum_all(h));
}

/* ---- the tests ---- */
static const loop_pair blocks_pairs[] = {
    { "all turns and the last", both_loop, both_turns, false },
    { "all turns", stacked_loop, stacked_turns, false },
    { "the last turn", last_loop, last_turns, false },
    { "carries that swap", swapped_loop, swapped_turns, false },
    { "carries that stay, are set and come late", idle_loop, idle_turns, false },
    { "carries of integers and truths", discrete_loop, discrete_turns, false },
    { "sequences read twice, outer values stacked", sequences_loop, sequences_turns, false },
    { "the turn's number, steps alone", turn_loop, turn_turns, true },
    { "a loop along a loop's stack", layers_loop, layers_turns, false },
    { "a loop in a loop", nested_loop, nested_turns, false },
    { "every pair of turns", square_loop, square_turns, false },
    { "gradients of each sample", samples_loop, samples_turns, false },
    { "gradients inside, carried on", descent_loop, descent_turns, false },
    { "layers inside", layers_inside_loop, layers_inside_turns, false },
    { "draws inside", draws_loop, draws_turns, false },
};
enum { BLOCKS_PAIRS = sizeof blocks_pairs / sizeof *blocks_pairs };

static void evaluated_as_its_turns(void **state)
{
    static const int64_t T[] = { 5, 1, 0, 4 };
    const loop_pair *p = *state;
    for (int i = 0; i < 4; i++)
        for (int reverse = 0; reverse < 2; reverse++)
            for (int keep = 0; keep < 4; keep++)
                if (T[i] || !p->stretched)
                    loop_compare(
                        p, &(loop_how){ .T = T[i], .reverse = reverse, .keep = keep == 3 ? 9 : keep, .order = 2 });
}

static void traced_as_its_turns(void **state)
{
    const loop_pair *p = *state;
    for (int keep = 0; keep < 3; keep++)
        loop_compare(p, &(loop_how){ .way = LOOP_EAGER, .T = 5, .reverse = keep & 1, .keep = keep, .order = 2 });
}

static void compiled_as_its_turns(void **state)
{
    const loop_pair *p = *state;
    for (int keep = 0; keep < 4; keep++)
        for (int reverse = 0; reverse < 2; reverse++)
            loop_compare(p, &(loop_how){ .way = LOOP_COMPILED, .T = 5, .reverse = reverse, .keep = keep, .order = 2 });
}

static void any_named_number_of_turns(void **state)
{
    static const int64_t T[] = { 0, 1, 2, 5, 6 };
    const loop_pair *p = *state;
    for (int i = 0; i < 5; i++)
        for (int keep = 0; keep < 4; keep++)
            for (int compiled = 0; compiled < 2; compiled++)
                loop_compare(p, &(loop_how){ .way = compiled ? LOOP_COMPILED : LOOP_ASKED,
                                             .T = T[i],
                                             .reverse = i & 1,
                                             .keep = keep,
                                             .order = 1,
                                             .named = true });
}

static void third_gradient_as_its_turns(void **state)
{
    const loop_pair *p = *state;
    loop_compare(p, &(loop_how){ .way = LOOP_COMPILED, .T = 3, .order = 3 });
}

static void gradient_is_the_slope(void **state)
{
    const loop_pair *p = *state;
    for (int keep = 0; keep < 3; keep++)
        loop_is_slope(p->name, p->loop, &(loop_how){ .T = 4, .order = 2, .keep = keep }, 1e-6);
}

/* the gradient of a loop in a loop that keeps every other turn, in a branch: its stacks would have nine axes */
static double deep_gradient(int keep)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_TRAIN);
    nrv_tensor t = nrv_fill(g, NRV_F64, NRV_SCALAR, 0.3), x = nrv_sin(nrv_mul(t, nrv_iota(g, NRV_F64, 6)));
    nrv_block *branch = nrv_if(g, nrv_less(t, nrv_fill(g, NRV_F64, NRV_SCALAR, 0)));
    nrv_else(branch);
    nrv_block *outer = nrv_scan(g, &(nrv_scan_opt){ .keep = keep });
    nrv_tensor row = nrv_each(outer, nrv_reshape(x, NRV_SHAPE(3, 2)));
    nrv_block *inner = nrv_scan(g, &(nrv_scan_opt){ .keep = keep });
    nrv_tensor one = nrv_each(inner, nrv_broadcast(nrv_reshape(row, NRV_SHAPE(1, 2)), NRV_SHAPE(3, 2)));
    nrv_tensor y = nrv_tanh(nrv_broadcast(nrv_reshape(one, NRV_SHAPE(1, 1, 1, 2)), NRV_SHAPE(2, 2, 2, 2)));
    nrv_end(inner);
    nrv_tensor all = nrv_stacked(inner, y);
    nrv_end(outer);
    nrv_tensor sum = nrv_sum_all(nrv_square(nrv_stacked(outer, all)));
    nrv_end(branch);
    nrv_tensor dt = NULL;
    nrv_grad(nrv_either(branch, nrv_fill(g, NRV_F64, NRV_SCALAR, 0), sum), NULL, 1, &t, &dt);
    double slope = NAN;
    if (nrv_eval(dt, &slope, sizeof slope))
        fail_msg("keep %d: %s", keep, nrv_graph_why(g));
    nrv_graph_free(g);
    nrv_store_free(s);
    return slope;
}

static void stacks_of_too_many_axes_are_computed_again(void **state)
{
    (void)state;
    assert_true(fabs(deep_gradient(2) - deep_gradient(0)) <= 1e-12 * fabs(deep_gradient(0)));
}

static int blocks_group(const char *name, void (*test)(void **state))
{
    return loop_group(name, blocks_pairs, BLOCKS_PAIRS, test);
}

int main(void)
{
    const struct CMUnitTest deep[] = { cmocka_unit_test(stacks_of_too_many_axes_are_computed_again) };
    return cmocka_run_group_tests(deep, NULL, NULL) + blocks_group("evaluated", evaluated_as_its_turns) +
           blocks_group("traced", traced_as_its_turns) + blocks_group("compiled", compiled_as_its_turns) +
           blocks_group("named", any_named_number_of_turns) + blocks_group("third", third_gradient_as_its_turns) +
           blocks_group("slope", gradient_is_the_slope) + blocks_group("again", loop_again) +
           blocks_group("forward", loop_forward);
}
