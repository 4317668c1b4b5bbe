/* test_blocks.c - what cannot be meant with blocks is refused: the whole message is held to, with the op, the numbers,
   the place and the remedy; and nothing crashes afterwards, whatever is called. */
#include "nervo.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct wrong_at {
    nrv_graph *g;
    nrv_tensor x, h, n; /* f32 [5, 3], f32 [3], i32 [] */
} wrong_at;
typedef struct wrong {
    const char *name;
    void (*does)(const wrong_at *at);
    nrv_status status;
    const char *why;
} wrong;

static nrv_tensor yes(const wrong_at *at)
{
    return nrv_fill(at->g, NRV_BOOL, NRV_SCALAR, 1);
}

/* a loop along x that carries h, still open */
static nrv_block *open_scan(const wrong_at *at, nrv_tensor *x, nrv_tensor *h)
{
    nrv_block *b = nrv_scan(at->g, NULL);
    *x = nrv_each(b, at->x);
    *h = nrv_carry(b, at->h);
    return b;
}

static nrv_block *closed_scan(const wrong_at *at, nrv_tensor *y, nrv_tensor *h)
{
    nrv_tensor x;
    nrv_block *b = open_scan(at, &x, h);
    *y = nrv_mul(x, *h);
    nrv_next(b, *h, *y);
    nrv_end(b);
    return b;
}

/* ---- each ---- */
static void each_scalar(const wrong_at *at)
{
    nrv_each(nrv_scan(at->g, NULL), at->n);
}

static void each_lengths(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_each(open_scan(at, &x, &h), nrv_slice(at->x, 0, 0, 4));
}

static void each_steps(const wrong_at *at)
{
    nrv_each(nrv_scan(at->g, &(nrv_scan_opt){ .steps = 7 }), at->x);
}

static void each_in_while(const wrong_at *at)
{
    nrv_each(nrv_while(at->g, 3), at->x);
}

static void each_in_if(const wrong_at *at)
{
    nrv_each(nrv_if(at->g, yes(at)), at->x);
}

static void each_late(const wrong_at *at)
{
    nrv_tensor y, h;
    nrv_each(closed_scan(at, &y, &h), at->x);
}

static void each_null(const wrong_at *at)
{
    nrv_each(nrv_scan(at->g, NULL), NULL);
}

static void each_inside(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_each(b, x);
}

static void each_sibling(const wrong_at *at)
{
    nrv_tensor y, h;
    closed_scan(at, &y, &h);
    nrv_each(nrv_scan(at->g, NULL), y);
}

/* ---- carry and next ---- */
static void carry_null(const wrong_at *at)
{
    nrv_carry(nrv_scan(at->g, NULL), NULL);
}

static void carry_inside(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_carry(b, nrv_mul(x, h));
}

static void carry_in_if(const wrong_at *at)
{
    nrv_carry(nrv_if(at->g, yes(at)), at->h);
}

static void next_shape(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_next(b, h, nrv_concat(2, (nrv_tensor[]){ x, h }, 0));
}

static void next_rank(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_next(b, h, nrv_sum_all(x));
}

static void next_type(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_next(b, h, nrv_cast(x, NRV_F64));
}

static void next_twice(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_next(b, h, x);
    nrv_next(b, h, h);
}

static void next_missing(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_tensor k = nrv_carry(b, at->n);
    nrv_next(b, h, x);
    nrv_end(b);
    assert_true(!nrv_last(b, k));
}

static void next_of_another(const wrong_at *at)
{
    nrv_tensor x, h;
    open_scan(at, &x, &h);
    nrv_block *in = nrv_scan(at->g, &(nrv_scan_opt){ .steps = 2 });
    nrv_next(in, h, x);
}

static void next_of_none(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_next(b, x, h);
}

static void next_null(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_next(b, h, NULL);
}

static void next_from_another(const wrong_at *at)
{
    nrv_tensor y, k, x, h;
    closed_scan(at, &y, &k);
    nrv_block *b = open_scan(at, &x, &h);
    nrv_next(b, h, y);
}

static void next_in_if(const wrong_at *at)
{
    nrv_tensor x, h;
    open_scan(at, &x, &h);
    nrv_block *i = nrv_if(at->g, yes(at));
    nrv_next(i, h, x);
}

/* ---- while, if ---- */
static void until_scan(const wrong_at *at)
{
    nrv_until(nrv_scan(at->g, NULL), yes(at));
}

static void until_type(const wrong_at *at)
{
    nrv_until(nrv_while(at->g, 3), at->n);
}

static void until_rank(const wrong_at *at)
{
    nrv_until(nrv_while(at->g, 3), nrv_equal(at->h, at->h));
}

static void until_twice(const wrong_at *at)
{
    nrv_block *b = nrv_while(at->g, 3);
    nrv_until(b, yes(at));
    nrv_until(b, yes(at));
}

static void until_missing(const wrong_at *at)
{
    nrv_end(nrv_while(at->g, 3));
}

static void while_bound(const wrong_at *at)
{
    nrv_while(at->g, -2);
}

static void while_gradient(const wrong_at *at)
{
    nrv_block *b = nrv_while(at->g, 0);
    nrv_tensor h = nrv_carry(b, at->h), d;
    nrv_until(b, nrv_less(nrv_sum_all(h), nrv_fill(at->g, NRV_F32, NRV_SCALAR, 1)));
    nrv_next(b, h, nrv_mul_c(h, 0.5));
    nrv_end(b);
    nrv_grad(nrv_sum_all(nrv_last(b, h)), NULL, 1, &at->h, &d);
}

static void if_type(const wrong_at *at)
{
    nrv_if(at->g, at->n);
}

static void if_rank(const wrong_at *at)
{
    nrv_if(at->g, nrv_equal(at->x, at->x));
}

static void if_null(const wrong_at *at)
{
    nrv_if(at->g, NULL);
}

static void else_twice(const wrong_at *at)
{
    nrv_block *i = nrv_if(at->g, yes(at));
    nrv_else(i);
    nrv_else(i);
}

static void else_scan(const wrong_at *at)
{
    nrv_else(nrv_scan(at->g, NULL));
}

static void else_around(const wrong_at *at)
{
    nrv_block *i = nrv_if(at->g, yes(at));
    nrv_scan(at->g, NULL);
    nrv_else(i);
}

static void either_swapped(const wrong_at *at)
{
    nrv_block *i = nrv_if(at->g, yes(at));
    nrv_tensor a = nrv_exp(at->h);
    nrv_else(i);
    nrv_tensor b = nrv_tanh(at->h);
    nrv_end(i);
    nrv_either(i, b, a);
}

static void either_shapes(const wrong_at *at)
{
    nrv_block *i = nrv_if(at->g, yes(at));
    nrv_tensor a = nrv_exp(at->h);
    nrv_end(i);
    nrv_either(i, a, nrv_slice(at->h, 0, 0, 2));
}

static void either_types(const wrong_at *at)
{
    nrv_block *i = nrv_if(at->g, yes(at));
    nrv_tensor a = nrv_exp(at->h);
    nrv_end(i);
    nrv_either(i, a, at->n);
}

static void either_early(const wrong_at *at)
{
    nrv_block *i = nrv_if(at->g, yes(at));
    nrv_either(i, nrv_exp(at->h), at->h);
}

static void either_scan(const wrong_at *at)
{
    nrv_tensor y, h;
    nrv_either(closed_scan(at, &y, &h), at->h, at->h);
}

static void branch_outside(const wrong_at *at)
{
    nrv_block *i = nrv_if(at->g, yes(at));
    nrv_tensor a = nrv_exp(at->h);
    nrv_end(i);
    nrv_add(a, at->h);
}

static void branch_in_branch(const wrong_at *at)
{
    nrv_block *i = nrv_if(at->g, yes(at));
    nrv_tensor a = nrv_exp(at->h);
    nrv_else(i);
    nrv_add(a, at->h);
}

/* ---- reading ---- */
static void stacked_while(const wrong_at *at)
{
    nrv_block *b = nrv_while(at->g, 3);
    nrv_tensor h = nrv_carry(b, at->h);
    nrv_until(b, yes(at));
    nrv_next(b, h, h);
    nrv_end(b);
    nrv_stacked(b, h);
}

static void stacked_early(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_stacked(b, x);
}

static void stacked_sibling(const wrong_at *at)
{
    nrv_tensor y, h, z, k;
    closed_scan(at, &y, &h);
    nrv_stacked(closed_scan(at, &z, &k), y);
}

static void stacked_inner(const wrong_at *at)
{
    nrv_tensor y, h;
    nrv_block *b = nrv_scan(at->g, &(nrv_scan_opt){ .steps = 2 });
    nrv_tensor k = nrv_carry(b, at->h);
    nrv_block *in = nrv_scan(at->g, &(nrv_scan_opt){ .steps = 2 });
    h = nrv_carry(in, k);
    y = nrv_exp(h);
    nrv_next(in, h, y);
    nrv_end(in);
    nrv_next(b, k, nrv_last(in, h));
    nrv_end(b);
    nrv_stacked(b, y);
}

static void stacked_null(const wrong_at *at)
{
    nrv_tensor y, h;
    nrv_stacked(closed_scan(at, &y, &h), NULL);
}

static void stacked_deep(const wrong_at *at)
{
    nrv_block *b = nrv_scan(at->g, &(nrv_scan_opt){ .steps = 2 });
    nrv_tensor c = nrv_carry(b, nrv_fill(at->g, NRV_F32, NRV_SHAPE(1, 1, 1, 1, 1, 1, 1, 1), 0)), y = nrv_exp(c);
    nrv_next(b, c, y);
    nrv_end(b);
    nrv_stacked(b, y);
}

static void last_of_none(const wrong_at *at)
{
    nrv_tensor y, h;
    nrv_block *b = closed_scan(at, &y, &h);
    nrv_last(b, y);
}

static void last_sibling(const wrong_at *at)
{
    nrv_tensor y, h, z, k;
    closed_scan(at, &y, &h);
    nrv_block *b = nrv_scan(at->g, &(nrv_scan_opt){ .reverse = 1 });
    z = nrv_each(b, at->x);
    k = nrv_carry(b, at->h);
    nrv_next(b, k, z);
    nrv_end(b);
    nrv_last(b, h);
}

static void last_if(const wrong_at *at)
{
    nrv_block *i = nrv_if(at->g, yes(at));
    nrv_end(i);
    nrv_last(i, at->h);
}

static void closed_outside(const wrong_at *at)
{
    nrv_tensor y, h;
    closed_scan(at, &y, &h);
    nrv_push(at->g, "decoder");
    nrv_matmul(at->x, y);
}

static void siblings_mixed(const wrong_at *at)
{
    nrv_tensor y, h, x, k;
    closed_scan(at, &y, &h);
    open_scan(at, &x, &k);
    nrv_mul(x, y);
}

static void eval_inside(const wrong_at *at)
{
    nrv_tensor x, h;
    open_scan(at, &x, &h);
    nrv_eval(nrv_mul(x, h), NULL, 0);
}

/* ---- opening and closing ---- */
static void end_order(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_next(b, h, x);
    nrv_scan(at->g, &(nrv_scan_opt){ .steps = 2 });
    nrv_end(b);
}

static void end_twice(const wrong_at *at)
{
    nrv_tensor y, h;
    nrv_end(closed_scan(at, &y, &h));
}

static void end_scope(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_push(at->g, "cell");
    nrv_next(b, h, x);
    nrv_end(b);
}

static void end_scope_closed(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_push(at->g, "cell");
    nrv_block *b = open_scan(at, &x, &h);
    nrv_pop(at->g);
    nrv_next(b, h, x);
    nrv_end(b);
}

static void steps_unknown(const wrong_at *at)
{
    nrv_block *b = nrv_scan(at->g, NULL);
    nrv_tensor h = nrv_carry(b, at->h);
    nrv_next(b, h, nrv_exp(h));
    nrv_end(b);
}

static void steps_negative(const wrong_at *at)
{
    nrv_scan(at->g, &(nrv_scan_opt){ .steps = -3 });
}

static void keep_negative(const wrong_at *at)
{
    nrv_scan(at->g, &(nrv_scan_opt){ .keep = -1 });
}

static void too_deep(const wrong_at *at)
{
    for (int i = 0; i < 33; i++)
        nrv_scan(at->g, &(nrv_scan_opt){ .steps = 2 });
}

/* ---- effects inside ---- */
static void assign_inside(const wrong_at *at)
{
    nrv_tensor x, h, v = nrv_state(at->g, "seen", NRV_F32, NRV_SHAPE(3), 0);
    open_scan(at, &x, &h);
    nrv_assign(at->g, v, nrv_add(v, x));
}

static void assign_constant_inside(const wrong_at *at)
{
    nrv_tensor x, h, v = nrv_state(at->g, "seen", NRV_F32, NRV_SHAPE(3), 0);
    open_scan(at, &x, &h);
    nrv_assign(at->g, v, at->h);
}

static void output_inside(const wrong_at *at)
{
    nrv_tensor x, h;
    open_scan(at, &x, &h);
    nrv_output(at->g, "y", nrv_mul(x, h));
}

static void output_closed(const wrong_at *at)
{
    nrv_tensor y, h;
    closed_scan(at, &y, &h);
    nrv_output(at->g, "y", y);
}

static void norm_inside(const wrong_at *at)
{
    nrv_tensor x, h;
    nrv_block *b = open_scan(at, &x, &h);
    nrv_enter(at->g, &(nrv_scope){ .name = "net", .mode = NRV_TRAIN });
    nrv_next(b, h, nrv_reshape(nrv_batch_norm(nrv_reshape(x, NRV_SHAPE(3, 1)), "norm", NULL), NRV_SHAPE(3)));
}

static void draw_unnamed(const wrong_at *at)
{
    nrv_tensor x, h;
    open_scan(at, &x, &h);
    nrv_push(at->g, "cell");
    nrv_uniform(at->g, NULL, NRV_F32, NRV_SHAPE(3));
}

static void draw_twice(const wrong_at *at)
{
    nrv_tensor x, h;
    open_scan(at, &x, &h);
    nrv_uniform(at->g, "u", NRV_F32, NRV_SHAPE(3));
    nrv_normal(at->g, "u", NRV_F32, NRV_SHAPE(3));
}

static void grad_of_closed(const wrong_at *at)
{
    nrv_tensor y, h, d;
    nrv_block *b = closed_scan(at, &y, &h);
    nrv_grad(nrv_sum_all(nrv_last(b, h)), NULL, 1, &y, &d);
}

static void grad_from_closed(const wrong_at *at)
{
    nrv_tensor y, h, d;
    closed_scan(at, &y, &h);
    nrv_grad(y, at->h, 1, &at->h, &d);
}

static void jvp_shape(const wrong_at *at)
{
    nrv_tensor y = nrv_exp(at->h), d;
    nrv_jvp(1, &at->h, &at->x, 1, &y, &d);
}

static void jvp_whole(const wrong_at *at)
{
    nrv_tensor d;
    nrv_jvp(1, &at->h, &at->h, 1, &at->n, &d);
}

#define WRONG(does, status, why) { #does, does, status, why }
static const wrong wrongs[] = {
    WRONG(each_scalar, NRV_ESHAPE, "each: a scalar has no axis 0\n  hint  a loop goes along axis 0"),
    WRONG(each_lengths, NRV_ESHAPE,
          "each: axis 0 has 4 elements, the scan 5 turns\n  hint  all sequences of a scan are as long as it has turns"),
    WRONG(each_steps, NRV_ESHAPE,
          "each: axis 0 has 5 elements, the scan 7 turns\n  hint  all sequences of a scan are as long as it has turns"),
    WRONG(
        each_in_while, NRV_EARG,
        "each inside while\n  hint  nrv_each, nrv_carry and nrv_turn are of loops, nrv_until of while, nrv_else of if"),
    WRONG(each_in_if, NRV_EARG,
          "each inside if\n  hint  nrv_each, nrv_carry and nrv_turn are of loops, nrv_until of while, nrv_else of if"),
    WRONG(each_late, NRV_EARG,
          "each after nrv_end of scan\n  hint  it stands between the block's begin and its nrv_end"),
    WRONG(each_null, NRV_EARG, "each: the tensor is NULL\n  hint  was it ever set?"),
    WRONG(each_inside, NRV_EARG,
          "each: the tensor is a value of the inside of a block\n  hint  give it what was there before the loop; "
          "nrv_next carries values on"),
    WRONG(each_sibling, NRV_EARG,
          "each: the tensor is a value of the inside of a block\n  hint  give it what was there before the loop; "
          "nrv_next carries values on"),
    WRONG(carry_null, NRV_EARG, "carry: the tensor is NULL\n  hint  was it ever set?"),
    WRONG(carry_inside, NRV_EARG,
          "carry: the tensor is a value of the inside of a block\n  hint  give it what was there before the loop; "
          "nrv_next carries values on"),
    WRONG(carry_in_if, NRV_EARG,
          "carry inside if\n  hint  nrv_each, nrv_carry and nrv_turn are of loops, nrv_until of while, nrv_else of if"),
    WRONG(next_shape, NRV_ESHAPE,
          "next: the carry is f32 [3], its next value f32 [6]\n  hint  a carry keeps its shape and type; its first "
          "value decides"),
    WRONG(next_rank, NRV_ESHAPE,
          "next: the carry is f32 [3], its next value f32 []\n  hint  a carry keeps its shape and type; its first "
          "value decides"),
    WRONG(next_type, NRV_ESHAPE,
          "next: the carry is f32 [3], its next value f64 [3]\n  hint  a carry keeps its shape and type; its first "
          "value decides"),
    WRONG(
        next_twice, NRV_EARG,
        "next: the carry has its next value already\n  hint  one nrv_next for each carry; nrv_select or nrv_if choose"),
    WRONG(next_missing, NRV_EARG, "end of scan: carry 1 of 2 has no next value\n  hint  nrv_next(block, carry, value)"),
    WRONG(next_of_another, NRV_EARG,
          "next: the first tensor is no carry of this scan\n  hint  what nrv_carry of this block gave"),
    WRONG(next_of_none, NRV_EARG,
          "next: the first tensor is no carry of this scan\n  hint  what nrv_carry of this block gave"),
    WRONG(next_null, NRV_EARG, "next: the tensor is NULL\n  hint  a value of this block, or of what it stands in"),
    WRONG(next_from_another, NRV_EARG,
          "next: the tensor is of the inside of another block\n  hint  a value of this block, or of what it stands in"),
    WRONG(next_in_if, NRV_EARG,
          "next inside if\n  hint  nrv_each, nrv_carry and nrv_turn are of loops, nrv_until of while, nrv_else of if"),
    WRONG(
        until_scan, NRV_EARG,
        "until inside scan\n  hint  nrv_each, nrv_carry and nrv_turn are of loops, nrv_until of while, nrv_else of if"),
    WRONG(until_type, NRV_EDTYPE,
          "until: i32 of rank 0, a bool scalar is wanted\n  hint  compare, and reduce to one answer"),
    WRONG(until_rank, NRV_ESHAPE,
          "until: bool of rank 1, a bool scalar is wanted\n  hint  compare, and reduce to one answer"),
    WRONG(until_twice, NRV_EARG, "until: said twice\n  hint  join the conditions: nrv_max of bools is or"),
    WRONG(until_missing, NRV_EARG,
          "end of while: nothing says when to stop\n  hint  nrv_until(block, stop), with a bool scalar"),
    WRONG(while_bound, NRV_EARG, "while: at most -2 turns\n  hint  0 is no limit, and no gradient"),
    WRONG(while_gradient, NRV_ENOGRAD,
          "grad of a while without a bound\n  hint  nrv_while(g, most): the gradient keeps a carry for each turn"),
    WRONG(if_type, NRV_EDTYPE,
          "if: its condition is i32 of rank 0, a bool scalar is wanted\n  hint  compare, and reduce to one answer; "
          "nrv_select chooses element by element"),
    WRONG(if_rank, NRV_ESHAPE,
          "if: its condition is bool of rank 2, a bool scalar is wanted\n  hint  compare, and reduce to one answer; "
          "nrv_select chooses element by element"),
    WRONG(if_null, NRV_EARG,
          "if: its condition is NULL of rank 0, a bool scalar is wanted\n  hint  compare, and reduce to one answer; "
          "nrv_select chooses element by element"),
    WRONG(else_twice, NRV_EARG, "else: said twice\n  hint  nrv_if, nrv_else, nrv_end; blocks close from the inside"),
    WRONG(
        else_scan, NRV_EARG,
        "else inside scan\n  hint  nrv_each, nrv_carry and nrv_turn are of loops, nrv_until of while, nrv_else of if"),
    WRONG(else_around, NRV_EARG,
          "else: a block inside is still open\n  hint  nrv_if, nrv_else, nrv_end; blocks close from the inside"),
    WRONG(either_swapped, NRV_EARG,
          "either: the tensors are not of this if's branches\n  hint  first a value of the branch after nrv_if, then "
          "one of that after nrv_else"),
    WRONG(either_shapes, NRV_ESHAPE,
          "either: where yes, it is f32 [3], where no f32 [2]\n  hint  what both branches give has one shape and type"),
    WRONG(either_types, NRV_ESHAPE,
          "either: where yes, it is f32 [3], where no i32 []\n  hint  what both branches give has one shape and type"),
    WRONG(either_early, NRV_EARG, "either: the block is still open\n  hint  nrv_end closes it first"),
    WRONG(either_scan, NRV_EARG,
          "either of scan\n  hint  nrv_stacked reads a scan, nrv_last a loop, nrv_either an if; a while keeps what it "
          "carries"),
    WRONG(branch_outside, NRV_EARG,
          "add: an input is a value of the inside of a block that is closed\n  hint  after nrv_end, nrv_stacked, "
          "nrv_last or nrv_either give a block's values"),
    WRONG(branch_in_branch, NRV_EARG,
          "add: its inputs lie in different blocks\n  hint  after nrv_end, nrv_stacked, nrv_last or nrv_either give a "
          "block's values"),
    WRONG(stacked_while, NRV_EARG,
          "stacked of while\n  hint  nrv_stacked reads a scan, nrv_last a loop, nrv_either an if; a while keeps what "
          "it carries"),
    WRONG(stacked_early, NRV_EARG, "stacked: the block is still open\n  hint  nrv_end closes it first"),
    WRONG(stacked_sibling, NRV_EARG,
          "stacked: the tensor is of the inside of another block\n  hint  stack it over the inner loop first, or name "
          "a value of this one"),
    WRONG(stacked_inner, NRV_EARG,
          "stacked: the tensor is of the inside of another block\n  hint  stack it over the inner loop first, or name "
          "a value of this one"),
    WRONG(stacked_null, NRV_EARG, "stacked: the tensor is NULL\n  hint  was it ever set?"),
    WRONG(stacked_deep, NRV_ESHAPE, "stacked: the value has rank 8 already\n  hint  ranks go up to 8"),
    WRONG(last_of_none, NRV_EARG,
          "last: the tensor is no carry of this block\n  hint  what nrv_carry of this block gave; nrv_stacked reads "
          "other values"),
    WRONG(last_sibling, NRV_EARG,
          "last: the tensor is no carry of this block\n  hint  what nrv_carry of this block gave; nrv_stacked reads "
          "other values"),
    WRONG(last_if, NRV_EARG,
          "last of if\n  hint  nrv_stacked reads a scan, nrv_last a loop, nrv_either an if; a while keeps what it "
          "carries"),
    WRONG(closed_outside, NRV_EARG,
          "reshape: an input is a value of the inside of a block that is closed\n  in    decoder\n  hint  after "
          "nrv_end, nrv_stacked, nrv_last or nrv_either give a block's values"),
    WRONG(siblings_mixed, NRV_EARG,
          "mul: its inputs lie in different blocks\n  hint  after nrv_end, nrv_stacked, nrv_last or nrv_either give a "
          "block's values"),
    WRONG(eval_inside, NRV_EARG,
          "eval: a value of the inside of a block is another one in every turn\n  hint  nrv_stacked, nrv_last or "
          "nrv_either read it after nrv_end"),
    WRONG(end_order, NRV_EARG, "end: a block inside is still open\n  hint  blocks close from the inside"),
    WRONG(end_twice, NRV_EARG,
          "end after nrv_end of scan\n  hint  it stands between the block's begin and its nrv_end"),
    WRONG(end_scope, NRV_EARG,
          "end of scan: a scope that was entered inside is still open\n  in    cell\n  hint  one nrv_pop for each "
          "nrv_push and nrv_enter, on the same side of nrv_end"),
    WRONG(end_scope_closed, NRV_EARG,
          "end of scan: a scope from outside was closed inside\n  hint  one nrv_pop for each nrv_push and nrv_enter, "
          "on the same side of nrv_end"),
    WRONG(steps_unknown, NRV_EARG,
          "end of scan: the number of turns is not known\n  hint  give .steps, or walk along something with nrv_each"),
    WRONG(steps_negative, NRV_ESHAPE,
          "-3 is neither a length nor the handle of a size of this graph\n  hint  calculate with nrv_dim_calc(g, a, "
          "'+', b); a handle belongs to one graph"),
    WRONG(keep_negative, NRV_EARG,
          "scan: keep is -1\n  hint  0 keeps all, 1 every carry, k the carry of every k-th turn"),
    WRONG(too_deep, NRV_EARG,
          "more than 32 blocks in each other\n  hint  trees and graphs are data: nrv_gather, nrv_segment_sum, "
          "nrv_netlist"),
    WRONG(assign_inside, NRV_EARG,
          "assign: 'seen' is assigned inside a block\n  hint  carry the value out of the block and assign it there; "
          "NRV_QUIET keeps layers from updating their statistics"),
    WRONG(assign_constant_inside, NRV_EARG,
          "assign: 'seen' is assigned inside a block\n  hint  carry the value out of the block and assign it there; "
          "NRV_QUIET keeps layers from updating their statistics"),
    WRONG(output_inside, NRV_EARG,
          "output 'y': the tensor is of the inside of a block\n  hint  after nrv_end, nrv_stacked, nrv_last or "
          "nrv_either give a block's values"),
    WRONG(output_closed, NRV_EARG,
          "output 'y': the tensor is of the inside of a block\n  hint  after nrv_end, nrv_stacked, nrv_last or "
          "nrv_either give a block's values"),
    WRONG(norm_inside, NRV_EARG,
          "assign: 'net.norm.running_mean' is assigned inside a block\n  in    net.norm\n  hint  carry the value out "
          "of the block and assign it there; NRV_QUIET keeps layers from updating their statistics"),
    WRONG(draw_unnamed, NRV_ENAME,
          "uniform: a random op without a name\n  in    cell\n  hint  give every random op a name of its own in its "
          "scope"),
    WRONG(draw_twice, NRV_ENAME,
          "two random ops named 'u' in one scope would draw the same numbers\n  hint  name the second one differently, "
          "or give the second pass over shared weights its own .pass"),
    WRONG(grad_of_closed, NRV_ENOGRAD,
          "grad: target 0 is of the inside of a block that is closed\n  hint  real tensors of y's graph; nrv_stacked "
          "and nrv_last give a loop's"),
    WRONG(grad_from_closed, NRV_ENOGRAD,
          "grad: y 0 is of the inside of a block that is closed\n  hint  real tensors of y's graph; nrv_stacked and "
          "nrv_last give a loop's"),
    WRONG(jvp_shape, NRV_ESHAPE,
          "jvp: x 0 and its change differ\n  hint  dx has x's shape and type, or is NULL: x does not move"),
    WRONG(jvp_whole, NRV_ENOGRAD, "jvp: y 0 is i32\n  hint  differentiate real values"),
};
enum { WRONGS = sizeof wrongs / sizeof *wrongs };

/* a broken graph takes every call */
static void use_broken(const wrong_at *at)
{
    nrv_block *b = nrv_scan(at->g, NULL);
    nrv_tensor x = nrv_each(b, at->x), h = nrv_carry(b, at->h), d = NULL;
    assert_true(!b && !x && !h);
    nrv_next(b, h, x);
    nrv_until(b, h);
    nrv_else(b);
    nrv_end(b);
    assert_true(!nrv_turn(b) && !nrv_stacked(b, x) && !nrv_last(b, h) && !nrv_either(b, x, h));
    assert_true(!nrv_while(at->g, 1) && !nrv_if(at->g, h));
    nrv_grad(at->h, at->h, 1, &at->h, &d);
    assert_null(d);
    nrv_output(at->g, "late", at->h);
}

static nrv_status why_of(const wrong_at *at, nrv_store *s, char *why, size_t n)
{
    nrv_plan *p = nrv_compile(at->g, NULL);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_status st = nrv_run(e);
    snprintf(why, n, "%s", nrv_why(e) ? nrv_why(e) : "");
    nrv_exec_free(e);
    nrv_plan_free(p);
    return st;
}

static void is_refused(void **state)
{
    const wrong *w = *state;
    for (int eager = 0; eager < 2; eager++) {
        char why[1000];
        nrv_store *s = nrv_store_new(NULL);
        wrong_at at = { .g = nrv_graph_new(s, eager ? (unsigned)NRV_EAGER : 0) };
        at.x = nrv_fill(at.g, NRV_F32, NRV_SHAPE(5, 3), 1);
        at.h = nrv_fill(at.g, NRV_F32, NRV_SHAPE(3), 2);
        at.n = nrv_fill(at.g, NRV_I32, NRV_SCALAR, 3);
        w->does(&at);
        assert_string_equal(nrv_graph_why(at.g) ? nrv_graph_why(at.g) : "taken", w->why);
        use_broken(&at);
        assert_string_equal(nrv_graph_why(at.g), w->why);
        assert_int_equal(why_of(&at, s, why, sizeof why), w->status);
        nrv_graph_free(at.g);
        nrv_store_free(s);
    }
}

/* ---- lengths that are known late ---- */
typedef struct late {
    nrv_store *s;
    nrv_graph *g;
    nrv_tensor y;
} late;

/* a loop along x (T,2) and z (S,2), or with .steps 4 along x alone */
static late late_open(bool steps)
{
    late k = { .s = nrv_store_new(NULL) };
    k.g = nrv_graph_new(k.s, 0);
    nrv_push(k.g, "pairs");
    nrv_dim T = nrv_size(k.g, "T", 0, 9), S = nrv_size(k.g, "S", 0, 9);
    nrv_tensor x = nrv_input(k.g, "x", NRV_F32, NRV_SHAPE(T, 2)), z = nrv_input(k.g, "z", NRV_F32, NRV_SHAPE(S, 2));
    nrv_block *b = nrv_scan(k.g, &(nrv_scan_opt){ .steps = steps ? 4 : 0 });
    nrv_tensor y = nrv_mul(nrv_each(b, x), steps ? nrv_sum(z, 0, 0) : nrv_each(b, z));
    nrv_end(b);
    k.y = nrv_stacked(b, y);
    nrv_pop(k.g);
    return k;
}

static void late_check(bool steps, int64_t T, int64_t S, const char *want)
{
    static const float data[18] = { 1, 2, 3 };
    late k = late_open(steps);
    nrv_output(k.g, "y", k.y);
    nrv_plan *p = nrv_compile(k.g, NULL);
    nrv_exec *e = nrv_exec_new(p, k.s, NULL);
    nrv_set_size(e, "T", T);
    nrv_set_size(e, "S", S);
    nrv_bind_in(e, "x", data, (size_t)T * 2 * sizeof *data);
    nrv_bind_in(e, "z", data, (size_t)S * 2 * sizeof *data);
    nrv_status st = nrv_prepare(e);
    assert_string_equal(nrv_why(e) ? nrv_why(e) : "", want);
    assert_int_equal(st, *want ? NRV_ESHAPE : NRV_OK);
    assert_int_equal(nrv_run(e), st);
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(k.g);
    nrv_store_free(k.s);
}

static void named_lengths_are_checked_before_a_run(void **state)
{
    (void)state;
    late_check(false, 3, 3, "");
    late_check(false, 0, 0, "");
    late_check(true, 4, 2, "");
    late_check(false, 3, 5, "each: S = 5 must be equal to T = 3\n  in    pairs");
    late_check(true, 3, 5, "each: 4 = 4 must be equal to T = 3\n  in    pairs");
}

int main(void)
{
    const struct CMUnitTest later[] = { cmocka_unit_test(named_lengths_are_checked_before_a_run) };
    struct CMUnitTest tests[WRONGS] = { { NULL, NULL, NULL, NULL, NULL } };
    for (int i = 0; i < WRONGS; i++) {
        const void *w = &wrongs[i];
        tests[i].name = wrongs[i].name;
        tests[i].test_func = is_refused;
        memcpy(&tests[i].initial_state, &w, sizeof w);
    }
    return _cmocka_run_group_tests("refused", tests, WRONGS, NULL, NULL) + cmocka_run_group_tests(later, NULL, NULL);
}
