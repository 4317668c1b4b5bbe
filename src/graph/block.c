/* block.c - loops and choices while they are traced: what is opened, given, carried, closed and read.

   Promises: every carry has exactly one successor of its shape and type; a block reads outer values only as they are
   outside of it; what cannot be meant is refused with its remedy. Blocks nest NRV__BLOCKS_DEEP deep.
   Does not do: copies of blocks (copy.c), running them (src/run), gradients (src/grad/loops.c). */
#include "record.h"
#include <string.h>

/* ---- regions ---- */
bool nrv__within(const nrv__region *r, const nrv__region *of)
{
    while (r && of && r->depth > of->depth)
        r = r->up;
    return r == of || !of;
}

nrv__region *nrv__deeper(nrv__region *a, nrv__region *b)
{
    return !a || (b && b->depth > a->depth) ? b : a;
}

nrv__region *nrv__floor_of(const nrv__region *r)
{
    return r ? r->floor : NULL;
}

nrv_shape nrv__shape_of_turns(nrv_tensor x, nrv_dim T)
{
    nrv_shape s = { x->rank + 1, { T } };
    memcpy(s.dim + 1, x->dim, (size_t)x->rank * sizeof *s.dim);
    return s;
}

nrv_tensor nrv__merge_turns(nrv_tensor x)
{
    if (!x)
        return NULL;
    nrv_shape s = { x->rank - 1, { nrv__dim_mul(x->g, x->dim[0], x->dim[1]) } };
    memcpy(s.dim + 1, x->dim + 2, (size_t)(x->rank - 2) * sizeof *s.dim);
    return nrv_reshape(x, s);
}

bool nrv__region_open(const nrv__region *r)
{
    return r->block->open && r == &r->block->inside[r->block->branch];
}

nrv_block *nrv__block_of(nrv_tensor n)
{
    if (n->op->flags & NRV_INSIDE)
        return n->g->block[((const nrv__inside_attr *)n->attr)->block];
    if (n->op == &nrv__op_scan || n->op == &nrv__op_while || n->op == &nrv__op_if)
        return n->g->block[((const nrv__block_attr *)n->attr)->block];
    return NULL;
}

nrv_block *nrv__block_read(nrv_tensor n)
{
    bool reads = n->op == &nrv__op_stacked || n->op == &nrv__op_last || n->op == &nrv__op_either;
    return reads ? nrv__block_of(n->in[0]) : NULL;
}

static const char *block_name(const nrv_block *b)
{
    return b->kind == NRV__SCAN ? "scan" : b->kind == NRV__WHILE ? "while" : "if";
}

/* ---- opening ---- */
static nrv_block *block_begin(nrv_graph *g, nrv__block_kind kind)
{
    if (g->n_open == NRV__BLOCKS_DEEP) {
        nrv__graph_fail(g, NRV_EARG, "trees and graphs are data: nrv_gather, nrv_segment_sum, nrv_netlist",
                        "more than %d blocks in each other", NRV__BLOCKS_DEEP);
        return NULL;
    }
    nrv_block *b = nrv__arena_get(&g->arena, sizeof *b);
    if (!b || !nrv__graph_room(g, &g->block, g->n_block, &g->cap_block, sizeof *g->block)) {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for a block");
        return NULL;
    }
    *b = (nrv_block){ .g = g, .kind = kind, .id = (int32_t)g->n_block, .steps = -1, .open = true };
    const nrv_block *around = g->n_open ? g->open[g->n_open - 1] : NULL;
    nrv__region *up = around ? &g->open[g->n_open - 1]->inside[around->branch] : NULL;
    for (int k = 0; k < 2; k++) {
        nrv__region *r = &b->inside[k];
        *r = (nrv__region){ .block = b, .up = up, .floor = nrv__floor_of(up), .depth = up ? up->depth + 1 : 1 };
        if (kind == NRV__IF)
            r->floor = r;
    }
    b->n_scope = g->n_scope;
    g->block[g->n_block++] = b;
    g->open[g->n_open++] = b;
    if (kind == NRV__IF)
        g->floor = &b->inside[0];
    return b;
}

/* A loop over axis 0 of what nrv_each goes along, or of opt->steps turns. NULL after an error: keep < 0, more than
   NRV__BLOCKS_DEEP blocks in each other. Its gradient is a scan. */
NRV_API nrv_block *nrv_scan(nrv_graph *g, const nrv_scan_opt *opt)
{
    if (!g || g->why.status)
        return NULL;
    nrv_dim steps = opt ? opt->steps : 0;
    if (opt && (opt->keep < 0 || !nrv__dim_valid(g, steps))) {
        nrv__graph_fail(g, NRV_EARG, "0 keeps all, 1 every carry, k the carry of every k-th turn", "scan: keep is %d",
                        opt->keep);
        return NULL;
    }
    nrv_block *b = block_begin(g, NRV__SCAN);
    if (b && opt) {
        b->steps = steps ? steps : -1;
        b->reverse = opt->reverse != 0;
        b->keep = opt->keep;
    }
    return b;
}

/* A loop until what nrv_until was told is true, of at most `most` turns; 0: no limit, and no gradient (NRV_ENOGRAD). */
NRV_API nrv_block *nrv_while(nrv_graph *g, int64_t most)
{
    if (!g || g->why.status)
        return NULL;
    if (most < 0)
        return nrv__graph_fail(g, NRV_EARG, "0 is no limit, and no gradient", "while: at most %lld turns",
                               (long long)most),
               NULL;
    nrv_block *b = block_begin(g, NRV__WHILE);
    if (b)
        b->steps = most;
    return b;
}

/* A choice by yes, a bool scalar; NRV_ESHAPE otherwise. Only the branch that is taken is computed. */
NRV_API nrv_block *nrv_if(nrv_graph *g, nrv_tensor yes)
{
    if (!g || g->why.status)
        return NULL;
    if (!yes || yes->g != g || yes->type != NRV_BOOL || yes->rank) {
        nrv__graph_fail(g,
                        !yes || yes->g != g     ? NRV_EARG
                        : yes->type != NRV_BOOL ? NRV_EDTYPE
                                                : NRV_ESHAPE,
                        "compare, and reduce to one answer; nrv_select chooses element by element",
                        "if: its condition is %s of rank %d, a bool scalar is wanted",
                        !yes          ? "NULL"
                        : yes->g != g ? "of another graph"
                                      : nrv__dtype_name(yes->type),
                        yes ? yes->rank : 0);
        return NULL;
    }
    nrv_block *b = block_begin(g, NRV__IF);
    if (b)
        b->yes = yes;
    return b;
}

/* the graph, if b is open and of the right kind */
static nrv_graph *block_inside(nrv_block *b, const char *what, bool scan, bool loop_while, bool choice)
{
    if (!b || b->g->why.status)
        return NULL;
    nrv_graph *g = b->g;
    bool fits = b->kind == NRV__SCAN ? scan : b->kind == NRV__WHILE ? loop_while : choice;
    if (!fits)
        nrv__graph_fail(g, NRV_EARG,
                        "nrv_each, nrv_carry and nrv_turn are of loops, nrv_until of while, nrv_else of if",
                        "%s inside %s", what, block_name(b));
    else if (!b->open)
        nrv__graph_fail(g, NRV_EARG, "it stands between the block's begin and its nrv_end", "%s after nrv_end of %s",
                        what, block_name(b));
    return g->why.status ? NULL : g;
}

/* x as it is outside of b */
static bool block_outer(nrv_block *b, nrv_tensor x, const char *what)
{
    nrv_graph *g = b->g;
    if (!x || x->g != g)
        return nrv__graph_fail(g, NRV_EARG, "was it ever set?", "%s: the tensor is %s", what,
                               x ? "of another graph" : "NULL"),
               false;
    if (nrv__within(x->region, &b->inside[0]) || !nrv__within(b->inside[0].up, x->region))
        return nrv__graph_fail(g, NRV_EARG, "give it what was there before the loop; nrv_next carries values on",
                               "%s: the tensor is a value of the inside of a block", what),
               false;
    return true;
}

static nrv_tensor block_given(nrv_block *b, const nrv__opdef *op, nrv_tensor x, int64_t index, nrv_dtype t,
                              nrv_shape shape)
{
    nrv__inside_attr a = { b->id, index };
    return nrv__block_node(b->g, op, x ? 1 : 0, &x, &a, -1, 0, NULL, t, shape);
}

NRV_API nrv_tensor nrv_each(nrv_block *b, nrv_tensor xs)
{
    nrv_graph *g = block_inside(b, "each", true, false, false);
    if (!g || !block_outer(b, xs, "each"))
        return NULL;
    char have[24], want[24];
    if (xs->rank < 1)
        return nrv__graph_fail(g, NRV_ESHAPE, "a loop goes along axis 0", "each: a scalar has no axis 0"), NULL;
    if (b->steps == -1)
        b->steps = xs->dim[0];
    nrv_dim d;
    if (!nrv__dim_same(g, b->steps, xs->dim[0], "each", &d))
        return nrv__graph_fail(g, NRV_ESHAPE, "all sequences of a scan are as long as it has turns",
                               "each: axis 0 has %s elements, the scan %s turns", nrv__dim_text(g, xs->dim[0], have),
                               nrv__dim_text(g, b->steps, want)),
               NULL;
    nrv_shape s = { xs->rank - 1, { 0 } };
    memcpy(s.dim, xs->dim + 1, (size_t)s.rank * sizeof *s.dim);
    return block_given(b, &nrv__op_each, xs, 0, xs->type, s);
}

NRV_API nrv_tensor nrv_turn(nrv_block *b)
{
    return block_inside(b, "turn", true, true, false) ? block_given(b, &nrv__op_turn, NULL, 0, NRV_I64, NRV_SCALAR)
                                                      : NULL;
}

NRV_API nrv_tensor nrv_carry(nrv_block *b, nrv_tensor first)
{
    nrv_graph *g = block_inside(b, "carry", true, true, false);
    if (!g || !block_outer(b, first, "carry") ||
        !nrv__graph_room(g, &b->carry, b->n_carry, &b->cap_carry, sizeof *b->carry))
        return NULL;
    nrv_tensor c = block_given(b, &nrv__op_carry, first, (int64_t)b->n_carry, first->type, nrv_shape_of(first));
    if (c)
        b->carry[b->n_carry++] = (nrv__carry){ c, NULL };
    return c;
}

static nrv__carry *block_carry(nrv_block *b, nrv_tensor carry)
{
    bool mine = carry && carry->g == b->g && carry->op == &nrv__op_carry && nrv__block_of(carry) == b;
    return mine ? &b->carry[nrv__carry_index(carry)] : NULL;
}

static bool block_value(nrv_block *b, nrv_tensor x, const char *what)
{
    bool mine = x && x->g == b->g && nrv__within(&b->inside[b->branch], x->region);
    if (!mine)
        nrv__graph_fail(b->g, NRV_EARG, "a value of this block, or of what it stands in", "%s: the tensor is %s", what,
                        !x             ? "NULL"
                        : x->g != b->g ? "of another graph"
                                       : "of the inside of another block");
    return mine;
}

NRV_API void nrv_next(nrv_block *b, nrv_tensor carry, nrv_tensor value)
{
    nrv_graph *g = block_inside(b, "next", true, true, false);
    if (!g)
        return;
    nrv__carry *c = block_carry(b, carry);
    if (!c || !block_value(b, value, "next")) {
        nrv__graph_fail(g, NRV_EARG, "what nrv_carry of this block gave",
                        "next: the first tensor is no carry of this %s", block_name(b));
        return;
    }
    if (c->next) {
        nrv__graph_fail(g, NRV_EARG, "one nrv_next for each carry; nrv_select or nrv_if choose",
                        "next: the carry has its next value already");
        return;
    }
    if (!nrv__alike(carry, value, "next")) {
        nrv__differ("next", "the carry", carry, "its next value", value,
                    "a carry keeps its shape and type; its first value decides");
        return;
    }
    c->next = value;
}

NRV_API void nrv_until(nrv_block *b, nrv_tensor stop)
{
    nrv_graph *g = block_inside(b, "until", false, true, false);
    if (!g || !block_value(b, stop, "until"))
        return;
    if (stop->type != NRV_BOOL || stop->rank)
        nrv__graph_fail(g, stop->rank ? NRV_ESHAPE : NRV_EDTYPE, "compare, and reduce to one answer",
                        "until: %s of rank %d, a bool scalar is wanted", nrv__dtype_name(stop->type), stop->rank);
    else if (b->stop)
        nrv__graph_fail(g, NRV_EARG, "join the conditions: nrv_max of bools is or", "until: said twice");
    else
        b->stop = stop;
}

/* What follows is the branch that is taken where the condition is false; once, and before nrv_end. */
NRV_API void nrv_else(nrv_block *b)
{
    nrv_graph *g = block_inside(b, "else", false, false, true);
    if (!g)
        return;
    if (b->branch || g->open[g->n_open - 1] != b) {
        nrv__graph_fail(g, NRV_EARG, "nrv_if, nrv_else, nrv_end; blocks close from the inside",
                        b->branch ? "else: said twice" : "else: a block inside is still open");
        return;
    }
    b->branch = 1;
    g->floor = &b->inside[1];
}

/* ---- closing ---- */
static bool block_before(const void *a, const void *b)
{
    return (*(const nrv_tensor *)a)->id < (*(const nrv_tensor *)b)->id;
}

/* what the inside reads of the outside, once each, by age; -1: out of memory */
static int block_reads(nrv_block *b, nrv_tensor **to)
{
    nrv_graph *g = b->g;
    size_t most = b->n_carry + 2, n = 0;
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < b->inside[k].n_node; i++)
            most += (size_t)b->inside[k].node[i]->n_in;
    nrv_tensor *x = nrv__arena_get(&g->arena, most * sizeof *x);
    if (!x)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for a block"), -1;
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < b->inside[k].n_node; i++)
            for (int j = 0; j < b->inside[k].node[i]->n_in; j++)
                x[n++] = b->inside[k].node[i]->in[j];
    for (size_t i = 0; i < b->n_carry; i++)
        x[n++] = b->carry[i].next;
    if (b->yes)
        x[n++] = b->yes;
    if (b->stop)
        x[n++] = b->stop;
    size_t outer = 0;
    for (size_t i = 0; i < n; i++)
        if (!nrv__within(x[i]->region, &b->inside[0]) &&
            !(b->kind == NRV__IF && nrv__within(x[i]->region, &b->inside[1])))
            x[outer++] = x[i];
    nrv__sort(x, outer, sizeof *x, block_before);
    n = 0;
    for (size_t i = 0; i < outer; i++)
        if (!n || x[n - 1] != x[i])
            x[n++] = x[i];
    *to = x;
    return (int)n;
}

static bool block_complete(nrv_block *b)
{
    nrv_graph *g = b->g;
    if (g->open[g->n_open - 1] != b)
        return nrv__graph_fail(g, NRV_EARG, "blocks close from the inside", "end: a block inside is still open"), false;
    if (g->n_scope != b->n_scope)
        return nrv__graph_fail(g, NRV_EARG, "one nrv_pop for each nrv_push and nrv_enter, on the same side of nrv_end",
                               "end of %s: %s", block_name(b),
                               g->n_scope > b->n_scope ? "a scope that was entered inside is still open"
                                                       : "a scope from outside was closed inside"),
               false;
    for (size_t i = 0; i < b->n_carry; i++)
        if (!b->carry[i].next)
            return nrv__graph_fail(g, NRV_EARG, "nrv_next(block, carry, value)",
                                   "end of %s: carry %zu of %zu has no next value", block_name(b), i, b->n_carry),
                   false;
    if (b->kind == NRV__SCAN && b->steps == -1)
        return nrv__graph_fail(g, NRV_EARG, "give .steps, or walk along something with nrv_each",
                               "end of scan: the number of turns is not known"),
               false;
    if (b->kind == NRV__WHILE && !b->stop)
        return nrv__graph_fail(g, NRV_EARG, "nrv_until(block, stop), with a bool scalar",
                               "end of while: nothing says when to stop"),
               false;
    return true;
}

static void block_node(nrv_block *b)
{
    nrv_graph *g = b->g;
    nrv_tensor *in = NULL, *body = nrv__arena_get(&g->arena, (b->n_carry + 1) * sizeof *body);
    int n = body ? block_reads(b, &in) : -1, n_body = 0;
    if (n < 0) {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for a block");
        return;
    }
    if (b->stop || b->yes)
        body[n_body++] = b->stop ? b->stop : b->yes;
    for (size_t i = 0; i < b->n_carry; i++)
        body[n_body++] = b->carry[i].next;
    nrv__block_attr a = { b->id };
    b->node = nrv__block_node(g,
                              b->kind == NRV__SCAN ? &nrv__op_scan
                              : b->kind == NRV__IF ? &nrv__op_if
                                                   : &nrv__op_while,
                              n, in, &a, b->kind == NRV__SCAN ? b->steps : -1, n_body, body, NRV_BOOL, NRV_SCALAR);
}

/* Closes b, the innermost open block. NRV_EARG: a carry without nrv_next, a while without nrv_until, a number of turns
   that nothing says, a scope left open inside. */
NRV_API void nrv_end(nrv_block *b)
{
    nrv_graph *g = block_inside(b, "end", true, true, true);
    if (!g || !block_complete(b))
        return;
    b->open = false;
    g->n_open--;
    g->floor = nrv__floor_of(b->inside[0].up);
    if (b->kind == NRV__SCAN && b->keep > 1)
        nrv__block_split(b);
    else
        block_node(b);
}

/* ---- reading ---- */
static nrv_graph *block_after(nrv_block *b, nrv_tensor x, nrv__block_kind kind, bool or_while, const char *what)
{
    if (!b || b->g->why.status)
        return NULL;
    nrv_graph *g = b->g;
    if (b->kind != kind && !(or_while && b->kind == NRV__WHILE))
        nrv__graph_fail(g, NRV_EARG,
                        "nrv_stacked reads a scan, nrv_last a loop, nrv_either an if; a while keeps what it carries",
                        "%s of %s", what, block_name(b));
    else if (b->open)
        nrv__graph_fail(g, NRV_EARG, "nrv_end closes it first", "%s: the block is still open", what);
    else if (!x || x->g != g)
        nrv__graph_fail(g, NRV_EARG, "was it ever set?", "%s: the tensor is %s", what, x ? "of another graph" : "NULL");
    return g->why.status ? NULL : g;
}

static nrv_tensor block_read(nrv_block *b, const nrv__opdef *op, int n, const nrv_tensor *x, nrv_dtype t, nrv_shape s)
{
    return b->node ? nrv__block_node(b->g, op, 1, &b->node, NULL, -1, n, x, t, s) : NULL;
}

NRV_API nrv_tensor nrv_stacked(nrv_block *b, nrv_tensor inner)
{
    nrv_graph *g = block_after(b, inner, NRV__SCAN, false, "stacked");
    if (!g)
        return NULL;
    bool inside = inner->region == &b->inside[0];
    if (!inside && !nrv__within(&b->inside[0], inner->region))
        return nrv__graph_fail(g, NRV_EARG, "stack it over the inner loop first, or name a value of this one",
                               "stacked: the tensor is of the inside of another block"),
               NULL;
    if (inner->rank == NRV__MAX_RANK)
        return nrv__graph_fail(g, NRV_ESHAPE, "ranks go up to 8", "stacked: the value has rank %d already",
                               inner->rank),
               NULL;
    nrv_shape s = nrv__shape_of_turns(inner, b->steps);
    if (!inside) {
        nrv_shape one = s;
        one.dim[0] = 1;
        return nrv_broadcast(nrv_reshape(inner, one), s);
    }
    return b->inner ? nrv__split_stacked(b, inner) : block_read(b, &nrv__op_stacked, 1, &inner, inner->type, s);
}

NRV_API nrv_tensor nrv_last(nrv_block *b, nrv_tensor carry)
{
    nrv_graph *g = block_after(b, carry, NRV__SCAN, true, "last");
    if (!g)
        return NULL;
    if (!block_carry(b, carry))
        return nrv__graph_fail(g, NRV_EARG, "what nrv_carry of this block gave; nrv_stacked reads other values",
                               "last: the tensor is no carry of this block"),
               NULL;
    return b->inner ? nrv__split_last(b, carry)
                    : block_read(b, &nrv__op_last, 1, &carry, carry->type, nrv_shape_of(carry));
}

NRV_API nrv_tensor nrv_either(nrv_block *b, nrv_tensor yes, nrv_tensor no)
{
    nrv_graph *g = block_after(b, yes, NRV__IF, false, "either");
    if (!g || !block_after(b, no, NRV__IF, false, "either"))
        return NULL;
    if (!nrv__within(&b->inside[0], yes->region) || !nrv__within(&b->inside[1], no->region))
        return nrv__graph_fail(g, NRV_EARG, "first a value of the branch after nrv_if, then one of that after nrv_else",
                               "either: the tensors are not of this if's branches"),
               NULL;
    if (!nrv__alike(yes, no, "either"))
        return nrv__differ("either", "where yes, it", yes, "where no", no,
                           "what both branches give has one shape and type"),
               NULL;
    if (yes == no)
        return yes;
    nrv_tensor value[2] = { yes, no }, given[2] = { NULL, NULL };
    for (int k = 0; k < 2; k++)
        if (value[k]->region != &b->inside[k]) {
            given[k] = value[k];
            value[k] = nrv_fill(g, yes->type, nrv_shape_of(yes), 0);
        }
    /* what is there anyway is chosen outside: the block need not wait for it */
    if (given[0] && given[1])
        return nrv_select(b->yes, yes, no);
    nrv_tensor y = block_read(b, &nrv__op_either, 2, value, yes->type, nrv_shape_of(yes));
    for (int k = 0; k < 2; k++)
        if (given[k] && given[k] != value[k]) /* a branch that gives zeros does so already */
            y = k ? nrv_select(b->yes, y, given[k]) : nrv_select(b->yes, given[k], y);
    return y;
}
