/* copy.c - the inside of a block again, somewhere else: for gradients that compute it a second time, and for loops that
   keep only every k-th carry.

   Promises: a copy computes what the original does, draws included (they are keyed by name and turn); nothing is copied
   that something else stands for already. Recursion is as deep as blocks nest, NRV__BLOCKS_DEEP at most.
   Does not do: decide what to copy. */
#include "record.h"
#include <string.h>

nrv_tensor *nrv__slots(nrv_graph *g, const nrv__region *r)
{
    nrv_tensor *to = nrv__arena_get(&g->arena, (r->n_node + 1) * sizeof *to);
    if (to)
        memset(to, 0, (r->n_node + 1) * sizeof *to);
    else
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for a copy of a block");
    return to;
}

nrv_tensor nrv__stands_for(const nrv__stand *s, nrv_tensor x)
{
    for (; s; s = s->up)
        if (x->region == s->region)
            return (size_t)x->slot < s->n && s->to[x->slot] ? s->to[x->slot] : x;
    return x;
}

const nrv__copies *nrv__copies_of(const nrv__stand *s, const nrv_block *of)
{
    for (; s; s = s->up)
        for (const nrv__copies *c = s->copied; c; c = c->before)
            if (c->of == of)
                return c;
    return NULL;
}

/* stacked, last, either: read of the copy what x reads of the original */
static nrv_tensor copy_read(const nrv__stand *s, nrv_tensor x)
{
    const nrv__copies *c = nrv__copies_of(s, nrv__block_read(x));
    nrv_tensor v[2] = { NULL, NULL };
    if (!c) /* the block itself is as it was */
        return x;
    for (int k = 0; k < x->n_out; k++) {
        int branch = x->op == &nrv__op_either ? k : 0;
        nrv__stand in = { &c->of->inside[branch], c->to[branch], 0, c->n[branch], s, NULL };
        v[k] = nrv__stands_for(&in, x->body[k]);
    }
    return x->op == &nrv__op_stacked ? nrv_stacked(c->block, v[0])
           : x->op == &nrv__op_last  ? nrv_last(c->block, v[0])
                                     : nrv_either(c->block, v[0], v[1]);
}

static nrv_tensor copy_op(nrv_graph *g, const nrv__stand *s, nrv_tensor x)
{
    size_t n = (size_t)(x->n_in + x->n_out);
    nrv_tensor few[16], *in = n <= 16 ? few : nrv__arena_get(&g->arena, n * sizeof *in);
    if (!in)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for a copy of a block"), NULL;
    nrv_tensor *body = in + x->n_in;
    for (int i = 0; i < x->n_in; i++)
        in[i] = nrv__stands_for(s, x->in[i]);
    for (int i = 0; x->body && i < x->n_out; i++)
        body[i] = nrv__stands_for(s, x->body[i]);
    return nrv__rebuild(g, x, in, x->body ? body : NULL);
}

bool nrv__copy_region(nrv_graph *g, nrv__stand *s, const bool *want)
{
    for (size_t i = s->first; i < s->n && !g->why.status; i++) {
        nrv_tensor x = s->region ? s->region->node[i] : g->node[i]; /* both grow meanwhile */
        nrv_block *b = nrv__block_of(x);
        if (s->to[i] || (want && !want[i]) || x->op->flags & NRV_INSIDE || !nrv__label_push(g, x))
            continue;
        if (b)
            s->to[i] = nrv__copy_block(g, s, b) ? s->copied->block->node : NULL;
        else
            s->to[i] = nrv__block_read(x) ? copy_read(s, x) : copy_op(g, s, x);
        nrv__label_pop(g);
    }
    return !g->why.status;
}

/* what a loop gives its inside, for the copy */
static void copy_given(nrv_block *to, nrv__stand *s)
{
    for (size_t i = 0; i < s->n; i++) {
        nrv_tensor x = s->region->node[i];
        if (x->op == &nrv__op_each)
            s->to[i] = nrv_each(to, nrv__stands_for(s->up, x->in[0]));
        else if (x->op == &nrv__op_turn)
            s->to[i] = nrv_turn(to);
        else if (x->op == &nrv__op_carry)
            s->to[i] = nrv_carry(to, nrv__stands_for(s->up, x->in[0]));
    }
}

static nrv_block *copy_begin(nrv_graph *g, nrv__stand *up, const nrv_block *of)
{
    nrv_block *b = of->kind == NRV__IF      ? nrv_if(g, nrv__stands_for(up, of->yes))
                   : of->kind == NRV__WHILE ? nrv_while(g, of->steps)
                                            : nrv_scan(g, NULL);
    if (b && of->kind == NRV__SCAN) {
        b->steps = of->steps;
        b->reverse = of->reverse;
        b->keep = of->keep;
    }
    return b;
}

bool nrv__copy_block(nrv_graph *g, nrv__stand *up, nrv_block *of)
{
    nrv__copies *c = nrv__arena_get(&g->arena, sizeof *c);
    nrv_block *b = c ? copy_begin(g, up, of) : NULL;
    if (!b) {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for a copy of a block");
        return false;
    }
    *c = (nrv__copies){ .of = of, .block = b, .before = up->copied };
    for (int k = 0; k < (of->kind == NRV__IF ? 2 : 1); k++) {
        c->n[k] = of->inside[k].n_node;
        c->to[k] = nrv__slots(g, &of->inside[k]);
        if (!c->to[k])
            return false;
        nrv__stand s = { &of->inside[k], c->to[k], 0, c->n[k], up, NULL };
        if (k)
            nrv_else(b);
        copy_given(b, &s);
        if (!nrv__copy_region(g, &s, NULL))
            return false;
        for (size_t i = 0; i < of->n_carry; i++)
            nrv_next(b, nrv__stands_for(&s, of->carry[i].at), nrv__stands_for(&s, of->carry[i].next));
        if (of->stop)
            nrv_until(b, nrv__stands_for(&s, of->stop));
        c->inside[k] = s.copied;
    }
    nrv_end(b);
    up->copied = c;
    return !g->why.status;
}

/* ---- keep > 1: q = floor(T/k) segments of k turns, of which only the first carry is kept, and what is left of T ----
 */
/* the inside of b in the open loop `in`, whose carries begin with first[]; positions begin at `from` */
static bool split_copy(nrv_block *b, nrv_block *in, nrv_tensor *to, const nrv_tensor *first, nrv_tensor from,
                       nrv_tensor (*xs)(nrv_block *b, nrv_tensor xs))
{
    nrv_graph *g = b->g;
    nrv__stand s = { &b->inside[0], to, 0, b->inside[0].n_node, NULL, NULL };
    for (size_t i = 0; i < s.n; i++) {
        nrv_tensor x = s.region->node[i];
        if (x->op == &nrv__op_each)
            to[i] = nrv_each(in, xs(b, x->in[0]));
        else if (x->op == &nrv__op_turn)
            to[i] = nrv_add(from, nrv_turn(in));
        else if (x->op == &nrv__op_carry)
            to[i] = nrv_carry(in, first[nrv__carry_index(x)]);
    }
    if (!nrv__copy_region(g, &s, NULL))
        return false;
    for (size_t i = 0; i < b->n_carry; i++)
        nrv_next(in, in->carry[i].at, nrv__stands_for(&s, b->carry[i].next));
    nrv_end(in);
    return !g->why.status;
}

static nrv_dim split_whole(nrv_block *b)
{
    return nrv__dim_mul(b->g, nrv__dim_floor(b->g, b->steps, b->keep), b->keep);
}

static nrv_tensor split_of_segment(nrv_block *b, nrv_tensor xs)
{
    if (xs->rank == NRV__MAX_RANK)
        return nrv__graph_fail(b->g, NRV_ESHAPE, "keep 0 or 1, or fewer axes", "scan: rank %d with keep %d", xs->rank,
                               b->keep),
               NULL;
    nrv_shape s = nrv__shape_of_turns(xs, nrv__dim_floor(b->g, b->steps, b->keep));
    s.dim[1] = b->keep;
    return nrv_each(b->segments, nrv_reshape(nrv_slice(xs, 0, 0, split_whole(b)), s));
}

static nrv_tensor split_of_tail(nrv_block *b, nrv_tensor xs)
{
    nrv_dim whole = split_whole(b);
    return nrv_slice(xs, 0, whole, nrv__dim_sub(b->g, b->steps, whole));
}

static bool split_segments(nrv_block *b, nrv_tensor *at)
{
    nrv_graph *g = b->g;
    b->segments = nrv_scan(g, &(nrv_scan_opt){ .reverse = b->reverse, .keep = 1 });
    if (!b->segments)
        return false;
    b->segments->steps = nrv__dim_floor(g, b->steps, b->keep);
    for (size_t i = 0; i < b->n_carry; i++)
        at[i] = nrv_carry(b->segments, at[i]);
    nrv_tensor from = nrv_mul(nrv_turn(b->segments), nrv_dim_value(g, b->keep));
    b->inner = nrv_scan(g, &(nrv_scan_opt){ .steps = b->keep, .reverse = b->reverse });
    if (!b->inner || !split_copy(b, b->inner, b->to_inner, at, from, split_of_segment))
        return false;
    for (size_t i = 0; i < b->n_carry; i++)
        nrv_next(b->segments, at[i], nrv_last(b->inner, b->inner->carry[i].at));
    nrv_end(b->segments);
    for (size_t i = 0; i < b->n_carry; i++)
        at[i] = nrv_last(b->segments, b->segments->carry[i].at);
    return !g->why.status;
}

static bool split_tail(nrv_block *b, nrv_tensor *at)
{
    nrv_graph *g = b->g;
    nrv_dim whole = split_whole(b), rest = nrv__dim_sub(g, b->steps, whole);
    if (rest == 0)
        return !g->why.status;
    b->tail = nrv_scan(g, &(nrv_scan_opt){ .reverse = b->reverse });
    if (!b->tail)
        return false;
    b->tail->steps = rest;
    if (!split_copy(b, b->tail, b->to_tail, at, nrv_dim_value(g, whole), split_of_tail))
        return false;
    for (size_t i = 0; i < b->n_carry; i++)
        at[i] = nrv_last(b->tail, b->tail->carry[i].at);
    return !g->why.status;
}

void nrv__block_split(nrv_block *b)
{
    nrv_graph *g = b->g;
    nrv_tensor *at = nrv__arena_get(&g->arena, (b->n_carry + 1) * sizeof *at);
    b->to_inner = nrv__slots(g, &b->inside[0]);
    b->to_tail = nrv__slots(g, &b->inside[0]);
    if (!at || !b->to_inner || !b->to_tail) {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for a block");
        return;
    }
    for (size_t i = 0; i < b->n_carry; i++)
        at[i] = b->carry[i].at->in[0];
    if (b->reverse) /* what is left lies at the end */
        split_tail(b, at);
    split_segments(b, at);
    if (!b->reverse)
        split_tail(b, at);
}

nrv_tensor nrv__split_stacked(nrv_block *b, nrv_tensor inner)
{
    nrv_graph *g = b->g;
    if (inner->rank + 2 > NRV__MAX_RANK)
        return nrv__graph_fail(g, NRV_ESHAPE, "keep 0 or 1, or fewer axes", "stacked: rank %d with keep %d",
                               inner->rank, b->keep),
               NULL;
    bool sealed = g->sealed; /* the segments are closed, and may stack what they hold all the same */
    g->sealed = true;
    nrv_tensor whole = nrv_stacked(b->segments, nrv_stacked(b->inner, b->to_inner[inner->slot]));
    g->sealed = sealed;
    whole = nrv__merge_turns(whole);
    if (!b->tail || g->why.status)
        return whole;
    return nrv_concat(2, (const nrv_tensor[]){ whole, nrv_stacked(b->tail, b->to_tail[inner->slot]) }, 0);
}

nrv_tensor nrv__split_last(nrv_block *b, nrv_tensor carry)
{
    int64_t i = nrv__carry_index(carry);
    nrv_block *end = b->tail && !b->reverse ? b->tail : b->segments;
    return nrv_last(end, end->carry[i].at);
}
