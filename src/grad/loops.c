/* loops.c - the gradient of a block is a block.

   scan   a scan the other way: it carries the gradients of the carries, and adds up those of the constants. What the
          inside computed is kept, a stack for each value that a rule reads; draws and views are computed again, and
   with keep = 1 everything is, from the stacked carries. while  at most that many turns of a scan, each of which does
   something only while the loop is alive. if     an if with the same condition; each branch computes what it needs
   again.

   Promises: so nesting and any order of derivative follow. Unread and unneeded gradients are never made.
   Does not do: free memory of stacks - plans keep only what is read. */
#include "walk.h"
#include <string.h>

static nrv_tensor loops_zeros(nrv_tensor like)
{
    return nrv_fill(like->g, like->type, nrv_shape_of(like), 0);
}

/* the gradient that thing number i (from 1) read of a block has; i becomes the next one's */
static nrv_tensor loops_read(const nrv__reverse *w, int32_t *i, nrv_tensor *dy)
{
    nrv_tensor part = w->region ? w->region->node[*i - 1] : w->g->node[*i - 1];
    *dy = w->sum[*i - 1];
    *i = w->more[*i - 1];
    return part;
}

/* ---- values of the inside, where its gradient is made ---- */
/* all turns of u read of b, a block that is closed, where b stands */
static nrv_tensor loops_all(nrv_block *b, nrv_tensor u)
{
    nrv_graph *g = b->g;
    if (!u || !b->node)
        return NULL;
    if (u->rank == NRV__MAX_RANK)
        return nrv__graph_fail(g, NRV_ESHAPE,
                               ".keep = 1 in an outer loop: what is inside is computed again, not stacked",
                               "grad of loops in loops: a stack of what has rank %d already", u->rank),
               NULL;
    const bool sealed = g->sealed;
    nrv__region *floor = g->floor;
    g->sealed = true;
    g->floor = nrv__floor_of(b->node->region);
    nrv_tensor all = nrv_stacked(b, u);
    g->sealed = sealed;
    g->floor = floor;
    return all;
}

/* what u is in a copy of its block; a stack that was added since is read of the copy, too */
static nrv_tensor loops_copied(const nrv__copies *c, nrv_tensor u)
{
    if ((size_t)u->slot < c->n[0] && c->to[0][u->slot])
        return c->to[0][u->slot];
    for (const nrv__copies *in = c->inside[0]; in; in = in->before)
        if (in->of == nrv__block_read(u))
            return loops_all(in->block, loops_copied(in, u->body[0]));
    return NULL;
}

/* all turns of u, a value of the inside of scan n, where w makes its graph */
static nrv_tensor loops_stack(nrv__reverse *w, nrv_tensor n, nrv_tensor u)
{
    nrv_graph *g = w->g;
    nrv_block *b = nrv__block_of(n);
    const nrv__copies *copy = nrv__copies_of(w->here, b);
    const bool asleep = g->asleep;
    g->asleep = true;
    nrv_tensor all = copy ? loops_all(copy->block, loops_copied(copy, u)) : loops_all(b, u);
    if (!copy && all && w->block && all->region == w->region)
        all = nrv_each(w->made, loops_stack(w->up, w->block, all));
    g->asleep = asleep;
    return all;
}

/* x, if it is of the first n of region r */
static void loops_want(const nrv__region *r, size_t n, bool *want, nrv_tensor x)
{
    if (x->region == r && (size_t)x->slot < n)
        want[x->slot] = true;
}

static void loops_want_read(const nrv__region *r, size_t n, bool *want, nrv_tensor by)
{
    for (int k = 0; k < by->n_in; k++)
        loops_want(r, n, want, by->in[k]);
    for (int k = 0; by->body && k < by->n_out; k++)
        loops_want(r, n, want, by->body[k]);
}

/* deep inside of loops a stack would have more axes than there are */
static bool loops_again(nrv_tensor x, bool all)
{
    return all || x->op->flags & (NRV_RANDOM | NRV_VIEW) || x->rank + x->region->depth > NRV__MAX_RANK;
}

/* what the rules may read, and what that is computed from where it is computed again. Blocks have their own gradient,
   and what is read of them is a stack; only where that would have too many axes, the block is computed again */
static bool *loops_wanted(nrv__reverse *w, bool all)
{
    bool *want = nrv__arena_get(&w->g->arena, 2 * w->n + 1), *block = want + w->n;
    if (!want)
        return nrv__graph_fail(w->g, NRV_ENOMEM, NULL, "no memory for the gradient of a block"), NULL;
    memset(want, 0, 2 * w->n + 1);
    for (size_t i = 0; i < w->n_order; i++) {
        nrv_tensor x = w->order[i];
        want[x->slot] = true;
        for (int k = 0; k < x->n_in; k++)
            loops_want(w->region, w->n, want, x->in[k]);
    }
    for (size_t i = w->n; i--;) {
        nrv_tensor x = w->region->node[i];
        if (nrv__is_block(x) && !all)
            want[i] = block[i];
        if (!want[i] || x->op->flags & NRV_INSIDE || !(block[i] || loops_again(x, all)))
            continue;
        loops_want_read(w->region, w->n, want, x);
        if (nrv__block_read(x))
            loops_want(w->region, w->n, block, nrv__block_read(x)->node);
    }
    return want;
}

/* one value of the scan's inside, in the turn of w->made */
static nrv_tensor loops_value(nrv__reverse *w, nrv_tensor x)
{
    if (x->op == &nrv__op_each)
        return nrv_each(w->made, nrv__stands_for(w->up->here, x->in[0]));
    if (x->op == &nrv__op_turn)
        return nrv_turn(w->made);
    nrv_tensor all = loops_stack(w->up, w->block, x);
    return all ? nrv_each(w->made, all) : NULL;
}

static bool loops_stands(nrv__reverse *w, nrv__stand *s, bool all)
{
    nrv_graph *g = w->g;
    bool *want = loops_wanted(w, all), asleep = g->asleep;
    for (size_t i = 0; want && i < w->n && !g->why.status; i++) {
        nrv_tensor x = w->region->node[i];
        if (!want[i] || (!(x->op->flags & NRV_INSIDE) && (loops_again(x, all) || nrv__is_block(x))))
            continue;
        s->to[i] = loops_value(w, x);
        want[i] = false;
    }
    bool ok = want && nrv__copy_region(g, s, want);
    g->asleep = asleep;
    return ok;
}

static bool loops_begin(nrv__reverse *w, nrv__reverse *up, nrv_tensor n, int branch)
{
    nrv_block *b = nrv__block_of(n);
    *w = (nrv__reverse){ .g = up->g,
                         .need = up->need,
                         .n_need = up->n_need,
                         .region = &b->inside[branch],
                         .n = b->inside[branch].n_node,
                         .up = up,
                         .block = n,
                         .outer = n->in,
                         .n_outer = n->n_in };
    return nrv__reverse_begin(w);
}

/* ---- scan ---- */
typedef struct loops_carries {
    nrv_tensor *last; /* the gradient of what a carry became, or NULL */
    nrv_tensor *at;   /* its carry in the loop that is made, or NULL */
    bool *taken;      /* its gradient is wanted and not zero */
} loops_carries;

/* from what is read of the scan, through the carries, to all that has a gradient */
static bool loops_roots(nrv__reverse *w, loops_carries *c)
{
    const nrv_block *b = nrv__block_of(w->block);
    c->last = nrv__arena_get(&w->g->arena, (b->n_carry + 1) * sizeof *c->last);
    c->at = nrv__arena_get(&w->g->arena, (b->n_carry + 1) * sizeof *c->at);
    c->taken = nrv__arena_get(&w->g->arena, b->n_carry + 1);
    if (!c->last || !c->at || !c->taken)
        return nrv__graph_fail(w->g, NRV_ENOMEM, NULL, "no memory for the gradient of a loop"), false;
    memset(c->last, 0, (b->n_carry + 1) * sizeof *c->last);
    memset(c->at, 0, (b->n_carry + 1) * sizeof *c->at);
    memset(c->taken, 0, b->n_carry + 1);
    nrv_tensor dy;
    for (int32_t i = w->up->part[nrv__reverse_index(w->up, w->block)]; i;) {
        nrv_tensor part = loops_read(w->up, &i, &dy), x = part->body[0];
        if (part->op == &nrv__op_last)
            c->last[nrv__carry_index(x)] = dy;
        else
            nrv__reverse_visit(w, x);
    }
    for (bool more = true; more;) {
        more = false;
        for (size_t k = 0; k < b->n_carry; k++) {
            nrv_tensor at = b->carry[k].at;
            bool reached = c->last[k] || w->seen[at->slot];
            if (c->taken[k] || !reached || !nrv__reverse_need(w, at))
                continue;
            c->taken[k] = more = true;
            nrv__reverse_visit(w, b->carry[k].next);
        }
    }
    return true;
}

static void loops_seed(nrv__reverse *w, const loops_carries *c)
{
    const nrv_block *b = nrv__block_of(w->block);
    nrv_tensor dy;
    for (int32_t i = w->up->part[nrv__reverse_index(w->up, w->block)]; i;) {
        nrv_tensor part = loops_read(w->up, &i, &dy);
        if (part->op == &nrv__op_stacked)
            nrv__reverse_add(w, part->body[0], nrv_each(w->made, dy));
    }
    for (size_t k = 0; k < b->n_carry; k++)
        if (c->taken[k])
            nrv__reverse_add(w, b->carry[k].next, c->at[k]);
}

/* the loop's own nexts, and carries that add up the gradients of constants */
static nrv_tensor *loops_close(nrv__reverse *w, const loops_carries *c)
{
    const nrv_block *b = nrv__block_of(w->block);
    nrv_tensor *total = nrv__arena_get(&w->g->arena, ((size_t)w->n_outer + 1) * sizeof *total);
    if (!total)
        return nrv__graph_fail(w->g, NRV_ENOMEM, NULL, "no memory for the gradient of a loop"), NULL;
    for (size_t k = 0; k < b->n_carry; k++) {
        nrv_tensor at = b->carry[k].at;
        if (c->taken[k])
            nrv_next(w->made, c->at[k], w->sum[at->slot] ? w->sum[at->slot] : loops_zeros(at));
    }
    for (int i = 0; i < w->n_outer; i++) {
        total[i] =
            w->outer_sum[i] && nrv__reverse_need(w, w->outer[i]) ? nrv_carry(w->made, loops_zeros(w->outer[i])) : NULL;
        if (total[i])
            nrv_next(w->made, total[i], nrv_add(total[i], w->outer_sum[i]));
    }
    nrv_end(w->made);
    return total;
}

static void loops_deliver(nrv__reverse *w, const loops_carries *c, const nrv_tensor *total)
{
    const nrv_block *b = nrv__block_of(w->block);
    for (size_t k = 0; k < b->n_carry; k++)
        if (c->taken[k])
            nrv__reverse_add(w->up, b->carry[k].at->in[0], nrv_last(w->made, c->at[k]));
    for (size_t i = 0; i < w->n; i++) {
        nrv_tensor x = w->region->node[i];
        if (x->op == &nrv__op_each && w->sum[i])
            nrv__reverse_add(w->up, x->in[0], nrv_stacked(w->made, w->sum[i]));
    }
    for (int i = 0; i < w->n_outer; i++)
        if (total[i])
            nrv__reverse_add(w->up, w->outer[i], nrv_last(w->made, total[i]));
}

static void loops_scan(nrv__reverse *up, nrv_tensor n)
{
    nrv_graph *g = up->g;
    nrv_block *b = nrv__block_of(n);
    nrv__reverse w;
    loops_carries c;
    if (!loops_begin(&w, up, n, 0))
        return;
    bool all = b->keep == 1;
    nrv__stand s = { w.region, nrv__slots(g, w.region), 0, w.n, up->here, NULL };
    if (s.to && loops_roots(&w, &c) && (w.made = nrv_scan(g, &(nrv_scan_opt){ .reverse = !b->reverse, .keep = all }))) {
        w.made->steps = b->steps;
        w.here = &s;
        for (size_t k = 0; k < b->n_carry; k++)
            if (c.taken[k])
                c.at[k] = nrv_carry(w.made, c.last[k] ? c.last[k] : loops_zeros(b->carry[k].at));
        if (loops_stands(&w, &s, all)) {
            loops_seed(&w, &c);
            nrv__reverse_run(&w);
            nrv_tensor *total = loops_close(&w, &c);
            if (total && !g->why.status)
                loops_deliver(&w, &c, total);
        }
    }
    nrv__reverse_free(&w);
}

/* ---- if ---- */
/* the gradients of one branch, inside the same branch of `made`; false: an error */
static bool loops_branch(nrv__reverse *up, nrv_tensor n, int branch, nrv_block *made, nrv_tensor *total)
{
    nrv_graph *g = up->g;
    nrv__reverse w;
    nrv_tensor dy;
    int32_t first = up->part[nrv__reverse_index(up, n)];
    if (!loops_begin(&w, up, n, branch))
        return false;
    nrv__stand s = { w.region, nrv__slots(g, w.region), 0, w.n, up->here, NULL };
    for (int32_t i = first; i;)
        nrv__reverse_visit(&w, loops_read(up, &i, &dy)->body[branch]);
    w.made = made;
    w.here = &s;
    bool *want = s.to ? loops_wanted(&w, true) : NULL;
    if (want && nrv__copy_region(g, &s, want)) {
        for (int32_t i = first; i;) {
            nrv_tensor part = loops_read(up, &i, &dy);
            if (nrv__reverse_index(&w, part->body[branch]) >= 0)
                nrv__reverse_add(&w, part->body[branch], dy);
        }
        nrv__reverse_run(&w);
        memcpy(total, w.outer_sum, (size_t)w.n_outer * sizeof *total);
    }
    nrv__reverse_free(&w);
    return !g->why.status;
}

static void loops_if(nrv__reverse *up, nrv_tensor n)
{
    nrv_graph *g = up->g;
    size_t each = (size_t)n->n_in + 1;
    nrv_tensor *total = nrv__arena_get(&g->arena, 2 * each * sizeof *total);
    nrv_block *made = total ? nrv_if(g, nrv__stands_for(up->here, n->body[0])) : NULL;
    if (!made) {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for the gradient of a choice");
        return;
    }
    memset(total, 0, 2 * each * sizeof *total);
    if (!loops_branch(up, n, 0, made, total))
        return;
    nrv_else(made);
    if (!loops_branch(up, n, 1, made, total + each))
        return;
    nrv_end(made);
    for (int i = 0; i < n->n_in; i++) {
        nrv_tensor yes = total[i], no = total[each + (size_t)i], x = n->in[i];
        if ((yes || no) && nrv__reverse_need(up, x))
            nrv__reverse_add(up, x, nrv_either(made, yes ? yes : loops_zeros(x), no ? no : loops_zeros(x)));
    }
}

/* ---- while ---- */
typedef struct loops_alive { /* the scan that does what the while does */
    nrv_block *scan;
    nrv_tensor *at; /* its carries */
} loops_alive;

static bool loops_while_body(nrv__reverse *up, nrv_block *b, loops_alive *a)
{
    nrv_graph *g = up->g;
    const nrv__region *r = &b->inside[0];
    nrv__stand s = { r, nrv__slots(g, r), 0, r->n_node, up->here, NULL };
    bool *want = nrv__arena_get(&g->arena, r->n_node + 1);
    a->scan = s.to && want ? nrv_scan(g, &(nrv_scan_opt){ .steps = b->steps, .keep = 1 }) : NULL;
    if (!a->scan)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for the gradient of a loop"), false;
    nrv_tensor live = nrv_carry(a->scan, nrv_fill(g, NRV_BOOL, NRV_SCALAR, 1));
    for (size_t i = 0; i < s.n; i++) {
        nrv_tensor x = r->node[i];
        want[i] = x == b->stop;
        if (x->op == &nrv__op_turn)
            s.to[i] = nrv_turn(a->scan);
        else if (x->op == &nrv__op_carry)
            s.to[i] = a->at[nrv__carry_index(x)] = nrv_carry(a->scan, nrv__stands_for(up->here, x->in[0]));
    }
    for (size_t i = s.n; i--;)
        if (want[i])
            loops_want_read(r, s.n, want, r->node[i]);
    if (!nrv__copy_region(g, &s, want))
        return false;
    nrv_tensor no = nrv_fill(g, NRV_BOOL, NRV_SCALAR, 0);
    nrv_tensor alive = nrv_select(nrv__stands_for(&s, b->stop), no, live);
    nrv_block *go = nrv_if(g, alive);
    if (!go || !nrv__copy_region(g, &s, NULL))
        return false;
    nrv_else(go);
    nrv_end(go);
    for (size_t k = 0; k < b->n_carry; k++)
        nrv_next(a->scan, a->at[k], nrv_either(go, nrv__stands_for(&s, b->carry[k].next), a->at[k]));
    nrv_next(a->scan, live, alive);
    nrv_end(a->scan);
    return !g->why.status;
}

static void loops_while(nrv__reverse *up, nrv_tensor n)
{
    nrv_graph *g = up->g;
    nrv_block *b = nrv__block_of(n);
    if (!b->steps) {
        nrv__graph_fail(g, NRV_ENOGRAD, "nrv_while(g, most): the gradient keeps a carry for each turn",
                        "grad of a while without a bound");
        return;
    }
    size_t room = b->n_carry + (size_t)n->n_in + 1;
    nrv_tensor *at = nrv__arena_get(&g->arena, 5 * room * sizeof *at);
    if (!at) {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for the gradient of a loop");
        return;
    }
    loops_alive a = { NULL, at };
    nrv_tensor *y = at + room, *dy = y + room, *x = dy + room, *dx = x + room;
    int n_y = 0, n_x = 0;
    if (!loops_while_body(up, b, &a))
        return;
    for (int32_t i = up->part[nrv__reverse_index(up, n)]; i; n_y++) {
        nrv_tensor part = loops_read(up, &i, &dy[n_y]);
        y[n_y] = nrv_last(a.scan, at[nrv__carry_index(part->body[0])]);
    }
    for (int i = 0; i < n->n_in; i++)
        if (nrv__reverse_need(up, n->in[i]) && nrv__dtype_real(n->in[i]->type))
            x[n_x++] = nrv__stands_for(up->here, n->in[i]);
    if (!g->why.status)
        nrv__reverse_partial(g, n_y, y, dy, n_x, x, dx);
    n_x = 0;
    for (int i = 0; i < n->n_in && !g->why.status; i++)
        if (nrv__reverse_need(up, n->in[i]) && nrv__dtype_real(n->in[i]->type))
            nrv__reverse_add(up, n->in[i], dx[n_x++]);
}

void nrv__reverse_block(nrv__reverse *w, nrv_tensor block)
{
    switch (nrv__block_of(block)->kind) {
    case NRV__SCAN:
        loops_scan(w, block);
        break;
    case NRV__WHILE:
        loops_while(w, block);
        break;
    case NRV__IF:
        loops_if(w, block);
        break;
    }
}
