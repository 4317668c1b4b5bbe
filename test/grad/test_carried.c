/* test_carried.c - what loops carry on: values that are read after their successors were computed, buffers that are
   written to, weights that descend inside (and the gradient of the whole descent), several readings and several
   gradients of one loop. As loops and as their turns, as in test_blocks.c. */
#include "support/loops.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* ---- every carry is read after the others changed, some twice, one stacked before and one after ---- */
static nrv_tensor exchange_loop(const loop_at *at)
{
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), p = nrv_carry(b, at->h), q = nrv_carry(b, nrv_neg(at->h)),
               r = nrv_carry(b, at->h);
    nrv_tensor p1 = nrv_tanh(nrv_matmul(q, at->w)), q1 = nrv_add(nrv_mul(p, x), p1),
               r1 = nrv_sub(nrv_exp(q), nrv_mul(r, p));
    nrv_next(b, r, r1);
    nrv_next(b, p, p1);
    nrv_next(b, q, q1);
    nrv_end(b);
    nrv_tensor y = nrv_add(nrv_mul(nrv_stacked(b, p), nrv_stacked(b, r1)), nrv_mul(nrv_stacked(b, q1), at->x));
    return nrv_add(loop_squares(y), nrv_sum_all(nrv_mul(nrv_last(b, p), nrv_mul(nrv_last(b, q), nrv_last(b, r)))));
}

static nrv_tensor exchange_turns(const loop_at *at)
{
    nrv_tensor p = at->h, q = nrv_neg(at->h), r = at->h, y = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor x = loop_row(at, k), p1 = nrv_tanh(nrv_matmul(q, at->w)), q1 = nrv_add(nrv_mul(p, x), p1);
        nrv_tensor r1 = nrv_sub(nrv_exp(q), nrv_mul(r, p));
        y = nrv_add(y, loop_squares(nrv_add(nrv_mul(p, r1), nrv_mul(q1, x))));
        p = p1, q = q1, r = r1;
    }
    return nrv_add(y, nrv_sum_all(nrv_mul(p, nrv_mul(q, r))));
}

/* ---- a buffer of three lines, written in turn, read before and after ---- */
static nrv_tensor place(const loop_at *at, nrv_tensor n)
{
    nrv_tensor three = nrv_fill(at->g, NRV_I64, NRV_SCALAR, 3), two = nrv_fill(at->g, NRV_I64, NRV_SCALAR, 2);
    return nrv_select(nrv_less(n, three), n, two);
}

static nrv_tensor buffer_step(const loop_at *at, nrv_tensor x, nrv_tensor into, nrv_tensor n, nrv_tensor *y)
{
    nrv_tensor line = nrv_matmul(nrv_mean(x, 0, 1), at->u);
    nrv_tensor after = nrv_write(into, 0, place(at, n), line);
    nrv_tensor seen = nrv_softmax(nrv_matmul(x, nrv_transpose(after)), 1);
    *y = nrv_add(nrv_matmul(seen, after), nrv_matmul(x, nrv_mul(into, at->w)));
    return after;
}

static nrv_tensor buffer_loop(const loop_at *at)
{
    nrv_tensor one = nrv_fill(at->g, NRV_I64, NRV_SCALAR, 1), y;
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), into = nrv_carry(b, at->w),
               n = nrv_carry(b, nrv_fill(at->g, NRV_I64, NRV_SCALAR, 0));
    nrv_next(b, into, buffer_step(at, x, into, n, &y));
    nrv_next(b, n, nrv_add(n, one));
    nrv_end(b);
    return nrv_add(loop_squares(nrv_add(nrv_stacked(b, y), at->x)), loop_squares(nrv_last(b, into)));
}

static nrv_tensor buffer_turns(const loop_at *at)
{
    nrv_tensor into = at->w, y, sum = loop_number(at, 0);
    for (int64_t k = 0; k < at->T; k++) {
        into = buffer_step(at, loop_row(at, k), into, nrv_fill(at->g, NRV_I64, NRV_SCALAR, (double)k), &y);
        sum = nrv_add(sum, loop_squares(nrv_add(y, loop_row(at, k))));
    }
    return nrv_add(sum, loop_squares(into));
}

/* ---- weights that descend inside: each turn reads the carried ones in the place of the parameters ---- */
static nrv_tensor model(const loop_at *at, nrv_list with, nrv_tensor x)
{
    nrv_enter(at->g, &(nrv_scope){ .name = "net", .mode = NRV_SHARED, .with = with });
    nrv_tensor y = nrv_linear(nrv_tanh(nrv_linear(x, "a", 3, NULL)), "b", 3, NULL);
    nrv_pop(at->g);
    return nrv_mean_all(nrv_square(nrv_sub(y, at->h)));
}

static nrv_tensor learn_loop(const loop_at *at)
{
    nrv_tensor before = model(at, NULL, at->h), carry[8];
    nrv_list p = nrv_params(at->g, "net.*");
    int n = nrv_list_len(p);
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x);
    for (int i = 0; i < n; i++)
        carry[i] = nrv_carry(b, nrv_list_at(p, i));
    nrv_list now = nrv_list_of(p, carry);
    nrv_tensor loss = model(at, now, x);
    nrv_list next = NRV_MAP("p, g: p - 0.3 * g", now, nrv_grads(loss, now));
    for (int i = 0; i < n; i++)
        nrv_next(b, carry[i], nrv_list_at(next, i));
    nrv_end(b);
    for (int i = 0; i < n; i++)
        carry[i] = nrv_last(b, carry[i]);
    nrv_tensor after = model(at, nrv_list_of(p, carry), nrv_mul(at->h, at->h));
    return nrv_add(nrv_add(before, after), nrv_sum_all(nrv_stacked(b, loss)));
}

static nrv_tensor learn_turns(const loop_at *at)
{
    nrv_tensor y = model(at, NULL, at->h);
    nrv_list now = nrv_params(at->g, "net.*");
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor loss = model(at, now, loop_row(at, k));
        now = NRV_MAP("p, g: p - 0.3 * g", now, nrv_grads(loss, now));
        y = nrv_add(y, loss);
    }
    return nrv_add(y, model(at, now, nrv_mul(at->h, at->h)));
}

/* ---- gradients by what a loop gave, of what was stopped in it, two of one loop ---- */
static nrv_tensor step(const loop_at *at, nrv_tensor x, nrv_tensor h)
{
    nrv_tensor y = nrv_tanh(nrv_add(nrv_matmul(h, at->w), x));
    return nrv_add(nrv_mul(y, nrv_stop(nrv_sin(h))), nrv_surrogate(nrv_sign(y), nrv_mul(y, y)));
}

static nrv_tensor parts_loop(const loop_at *at)
{
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, at->x), h = nrv_carry(b, at->h), h1 = step(at, x, h);
    nrv_next(b, h, h1);
    nrv_end(b);
    nrv_tensor all = nrv_stacked(b, h1), last = nrv_last(b, h), by[2] = { all, last }, d[2], e[1], f[1];
    nrv_tensor y = nrv_add(loop_squares(nrv_mul(all, at->x)), nrv_sum_all(nrv_mul(last, nrv_mul(last, last))));
    nrv_grad(y, NULL, 2, by, d);
    nrv_grad(all, at->x, 1, &at->h, e);
    nrv_grad(last, nrv_square(at->h), 1, &at->w, f);
    nrv_tensor sum = nrv_add(nrv_sum_all(nrv_mul(d[0], all)), loop_squares(nrv_add(d[1], e[0])));
    return nrv_add(sum, loop_squares(f[0]));
}

static nrv_tensor parts_turns(const loop_at *at)
{
    nrv_tensor h = at->h, sum = loop_number(at, 0), by_h = NULL, e[1], f[1];
    for (int64_t k = 0; k < at->T; k++) {
        nrv_tensor x = loop_row(at, k);
        h = step(at, x, h);
        nrv_grad(h, x, 1, &at->h, e);
        by_h = loop_plus(by_h, e[0]);
        sum = nrv_add(sum, nrv_mul_c(loop_squares(nrv_mul(h, x)), 2));
    }
    nrv_grad(h, nrv_square(at->h), 1, &at->w, f);
    by_h = loop_plus(by_h, nrv_mul_c(nrv_mul(h, h), 3));
    return nrv_add(nrv_add(sum, loop_squares(by_h)), loop_squares(f[0]));
}

/* ---- neighbours in a sequence: as many turns as a length that is calculated; nothing in the batch ---- */
static nrv_tensor pairs_loop(const loop_at *at)
{
    nrv_dim n = nrv_dim_calc(at->g, at->steps, '-', 1);
    nrv_block *b = nrv_scan(at->g, &at->scan);
    nrv_tensor x = nrv_each(b, nrv_slice(at->x, 0, 0, n)), z = nrv_each(b, nrv_slice(at->x, 0, 1, n));
    nrv_tensor h = nrv_carry(b, at->h), none = nrv_carry(b, nrv_slice(at->h, 0, 1, 0)); /* (0,3) */
    nrv_tensor h1 = nrv_tanh(nrv_add(nrv_matmul(nrv_mul(x, z), at->w), nrv_mul(h, z))), void1 = nrv_matmul(none, at->u);
    nrv_next(b, h, h1);
    nrv_next(b, none, void1);
    nrv_end(b);
    nrv_tensor empty = nrv_add(nrv_sum_all(nrv_last(b, none)), nrv_sum_all(nrv_stacked(b, void1)));
    return nrv_add(nrv_add(loop_squares(nrv_last(b, h)), nrv_sum_all(nrv_stacked(b, h1))), empty);
}

static nrv_tensor pairs_turns(const loop_at *at)
{
    nrv_tensor h = at->h, y = loop_number(at, 0), zero = nrv_mul_c(nrv_sum_all(at->u), 0);
    loop_at less = *at;
    less.T--;
    for (int64_t k = 0; k < less.T; k++) {
        loop_at front = less, back = less;
        front.x = nrv_slice(at->x, 0, 0, less.T);
        back.x = nrv_slice(at->x, 0, 1, less.T);
        nrv_tensor x = loop_row(&front, k), z = loop_row(&back, k);
        h = nrv_tanh(nrv_add(nrv_matmul(nrv_mul(x, z), at->w), nrv_mul(h, z)));
        y = nrv_add(y, nrv_sum_all(h));
    }
    return nrv_add(nrv_add(loop_squares(h), y), zero);
}

/* ---- the tests ---- */
static const loop_pair carried_pairs[] = {
    { "carries read after they changed", exchange_loop, exchange_turns, false },
    { "a buffer that is written to", buffer_loop, buffer_turns, false },
    { "weights that descend inside", learn_loop, learn_turns, false },
    { "gradients of parts", parts_loop, parts_turns, false },
    { "neighbours", pairs_loop, pairs_turns, true },
};
enum { CARRIED_PAIRS = sizeof carried_pairs / sizeof *carried_pairs };

static void as_their_turns(void **state)
{
    static const int64_t T[] = { 5, 1, 4, 0 };
    static const loop_way way[] = { LOOP_ASKED, LOOP_EAGER, LOOP_COMPILED };
    const loop_pair *p = *state;
    for (int w = 0; w < 3; w++)
        for (int i = 0; i < 4; i++)
            for (int keep = 0; keep < 4; keep++)
                if (T[i] || !p->stretched)
                    loop_compare(
                        p, &(loop_how){ .way = way[w], .T = T[i], .reverse = keep & 1, .keep = keep, .order = 2 });
}

static void without_passes(void **state)
{
    static const char *const without[] = { "turns", "take_over", "simplify", "group", "*" };
    const loop_pair *p = *state;
    for (int i = 0; i < 5; i++)
        loop_compare(p, &(loop_how){ .way = LOOP_COMPILED, .T = 5, .order = 2, .without = without[i] });
}

static void any_named_number_of_turns(void **state)
{
    static const int64_t T[] = { 1, 2, 5, 6 };
    const loop_pair *p = *state;
    for (int i = 0; i < 4; i++)
        for (int keep = 0; keep < 3; keep++)
            loop_compare(p, &(loop_how){ .way = LOOP_COMPILED, .T = T[i], .keep = keep, .order = 1, .named = true });
}

static int carried_group(const char *name, void (*test)(void **state))
{
    return loop_group(name, carried_pairs, CARRIED_PAIRS, test);
}

int main(void)
{
    return carried_group("turns", as_their_turns) + carried_group("without", without_passes) +
           carried_group("again", loop_again) + carried_group("named", any_named_number_of_turns) +
           carried_group("forward", loop_forward);
}
