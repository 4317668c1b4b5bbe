/* turns.c - loops done otherwise: what does not wait for the turn before is done for all turns at once.

   hoist   inside a scan, what depends on sequences, the turn and outer values alone, and takes a step of its own, is
           done before the loop for all turns, and each turn reads its row (the input projection of a recurrent net)
   sink    a carry that only adds up products a_t b_t, or sums over what is stacked already, leaves the loop: one
           product over all turns after it (the gradient of a weight)
   late    what the inside computes to be stacked and nothing else, from what is stacked anyway, is done after the loop
   map     where nothing is left that waits, there is no loop

   A turn that is large already stays: a loop is how a program says "in pieces".

   Promises: the same values, but for the order in which a sunk carry adds up. An op without a rule for batching stays
   where it is, and what depends on it.
   Does not do: batch loops in loops, or choices; a map over those stays a loop. */
#include "passes.h"
#include <string.h>

enum { TURNS_ROUNDS = 2 * NRV__BLOCKS_DEEP, TURNS_DEEP = 8 };
enum { TURNS_LARGE = 1 << 18 }; /* elements: a turn that makes as many gains nothing, and all turns of it are memory */

typedef struct turns_pass {
    nrv__compiler *c;
    nrv_graph *g;
    nrv__rewrite r;
    bool *free, *heavy; /* arrays are by id */
    bool *all;          /* holds all turns of a loop that stands beside it, or is made of what does */
    bool *kept;         /* stacks that the plan has anyway */
    int32_t *uses;
    nrv_tensor *wide; /* all turns of it, outside of its loop */
    nrv_tensor *adds; /* of a carry: what it adds up; NULL: it does something else */
    uint8_t *way;     /* by block: what is done to it */
    bool changed;
} turns_pass;
enum { TURNS_HOIST = 1, TURNS_MAP = 2 };

static nrv_block *turns_scan(nrv_tensor n)
{
    nrv_block *b = n->region ? n->region->block : NULL;
    return b && b->kind == NRV__SCAN ? b : NULL;
}

/* ---- what could be done ---- */
static bool turns_is(nrv_tensor n, const char *op)
{
    return !strcmp(n->op->name, op);
}

/* at the lengths that kernels are first chosen for */
static bool turns_large(const turns_pass *p, nrv_tensor n)
{
    int64_t elements = 1;
    for (int i = 0; i < n->rank; i++)
        if (!nrv__mul(elements, nrv__dim_at(n->dim[i], p->c->nominal), &elements))
            return true;
    return elements > TURNS_LARGE;
}

/* depends on no carry of its scan, and all turns of it can be computed at once */
static bool turns_free(const turns_pass *p, nrv_tensor n)
{
    if (!turns_scan(n) || n->op == &nrv__op_carry || n->rank == NRV__MAX_RANK)
        return false;
    if (n->op->flags & NRV_INSIDE)
        return true;
    if (turns_large(p, n))
        return false;
    if (n->op->flags & NRV_BLOCK || (!(n->op->flags & NRV_POINTWISE) && !n->op->batch))
        return false;
    for (int i = 0; i < n->n_in; i++)
        if (n->in[i]->region == n->region && !p->free[n->in[i]->id])
            return false;
    return true;
}

/* takes a step of its own in every turn, or needs one that does */
static bool turns_heavy(const turns_pass *p, nrv_tensor n)
{
    bool heavy = !(n->op->flags & (NRV_POINTWISE | NRV_VIEW | NRV_LEAF | NRV_RANDOM | NRV_INSIDE));
    for (int i = 0; i < n->n_in && !heavy; i++)
        heavy = n->in[i]->region == n->region && p->heavy[n->in[i]->id];
    return heavy;
}

static void turns_count(turns_pass *p)
{
    for (size_t i = 0; i < p->r.n; i++) {
        nrv_tensor n = p->g->node[i];
        if (!p->r.live[i])
            continue;
        for (int k = 0; k < n->n_in && !nrv__is_block(n); k++) /* what a block reads is counted inside */
            p->uses[n->in[k]->id]++;
        for (int k = 0; k < n->n_out && n->op->flags & NRV_BLOCK; k++)
            p->uses[n->body[k]->id]++;
        p->free[i] = turns_free(p, n);
        p->heavy[i] = p->free[i] && turns_heavy(p, n);
        p->all[i] = n->op == &nrv__op_stacked;
        for (int k = 0; k < n->n_in && !p->all[i]; k++)
            p->all[i] = n->in[k]->region == n->region && p->all[n->in[k]->id];
    }
    for (size_t i = 0; i < p->c->n_root; i++)
        p->uses[p->c->root[i].value->id]++;
}

/* e, where the carry becomes carry + e and nothing else is done with either */
static nrv_tensor turns_added(const turns_pass *p, nrv_tensor carry, nrv_tensor next)
{
    if (!turns_is(next, "add") || next->region != carry->region || p->uses[next->id] != 1 || p->uses[carry->id] > 2)
        return NULL;
    nrv_tensor e = next->in[0] == carry ? next->in[1] : next->in[1] == carry ? next->in[0] : NULL;
    bool same = e && e != carry && e->rank == carry->rank && e->region == carry->region;
    for (int i = 0; same && i < e->rank; i++)
        same = e->dim[i] == carry->dim[i];
    return same ? e : NULL;
}

/* A sum over turns of e is one product, or one sum of what is stacked anyway. A product over all turns of a loop inside
   stays: to stack its operands again would take the memory that computing again is there to save. */
static bool turns_sinks(const turns_pass *p, nrv_tensor e, int deep)
{
    nrv_tensor a = e->in ? e->in[0] : NULL;
    if (e->region == NULL || turns_scan(e) == NULL || deep > TURNS_DEEP || e->n_in == 0)
        return false;
    if (turns_is(e, "matmul"))
        return e->rank == 2 && a->rank == 2 && e->in[1]->rank == 2 && a->region == e->region &&
               e->in[1]->region == e->region && a->rank < NRV__MAX_RANK && !p->all[e->id];
    if (turns_is(e, "sum"))
        return a->region == e->region && p->kept[a->id] && a->rank < NRV__MAX_RANK;
    if (turns_is(e, "reshape"))
        return a->region == e->region && turns_sinks(p, a, deep + 1);
    return turns_is(e, "add") && a->region == e->region && e->in[1]->region == e->region &&
           turns_sinks(p, a, deep + 1) && turns_sinks(p, e->in[1], deep + 1);
}

static nrv_tensor turns_transposed(nrv_tensor x)
{
    bool swap = turns_is(x, "permute") && x->rank == 2;
    return swap ? x->in[0] : NULL;
}

/* the operands that a sunk e stacks */
static void turns_keep(turns_pass *p, nrv_tensor e)
{
    if (turns_is(e, "matmul")) {
        nrv_tensor t = turns_transposed(e->in[0]);
        p->kept[(t ? t : e->in[0])->id] = p->kept[e->in[1]->id] = true;
    } else if (turns_is(e, "reshape") || turns_is(e, "add")) {
        for (int k = 0; k < e->n_in && turns_sinks(p, e->in[k], 0); k++)
            turns_keep(p, e->in[k]);
    }
}

static void turns_carries(turns_pass *p, nrv_tensor scan)
{
    const nrv_block *b = nrv__block_of(scan);
    const nrv__region *r = &b->inside[0];
    bool only_adds = true;
    for (size_t i = 0; i < r->n_node; i++) {
        nrv_tensor x = r->node[i];
        if ((size_t)x->id >= p->r.n || !p->r.live[x->id] || x->op != &nrv__op_carry)
            continue;
        nrv_tensor e = turns_added(p, x, nrv__next_of(scan, nrv__carry_index(x)));
        p->adds[x->id] = e;
        only_adds = only_adds && e && p->free[e->id];
        if (e)
            p->heavy[e->id] = false; /* adding up takes less memory than all turns of it */
        if (e && turns_sinks(p, e, 0))
            turns_keep(p, e);
    }
    p->way[b->id] = only_adds ? TURNS_MAP : TURNS_HOIST;
}

static void turns_plan(turns_pass *p)
{
    for (size_t i = 0; i < p->r.n; i++) {
        nrv_tensor n = p->g->node[i];
        if (p->r.live[i] && n->op == &nrv__op_scan)
            turns_carries(p, n);
    }
    for (size_t i = 0; i < p->r.n; i++) { /* a map, if all that is read of it is free, too */
        nrv_tensor n = p->g->node[i];
        if (!p->r.live[i] || n->op != &nrv__op_stacked)
            continue;
        if (!p->free[n->body[0]->id])
            p->way[nrv__block_read(n)->id] = TURNS_HOIST;
        p->kept[n->body[0]->id] = true;
    }
}

/* ---- doing it ---- */
/* old, a free node of a scan's inside, for all turns */
static nrv_tensor turns_wide(const turns_pass *p, nrv_tensor old)
{
    nrv_block *b = turns_scan(old);
    if (old->op == &nrv__op_each)
        return nrv__rewritten(&p->r, old->in[0]);
    if (old->op == &nrv__op_turn)
        return nrv_iota(p->g, NRV_I64, b->steps);
    nrv_tensor few[8], *x = old->n_in <= 8 ? few : nrv__tmp(p->c, (size_t)old->n_in, sizeof *x);
    bool few_wide[8], *wide = old->n_in <= 8 ? few_wide : nrv__tmp(p->c, (size_t)old->n_in, sizeof *wide), any = false;
    for (int i = 0; x && wide && i < old->n_in; i++) {
        wide[i] = old->in[i]->region == old->region;
        x[i] = wide[i] ? p->wide[old->in[i]->id] : nrv__rewritten(&p->r, old->in[i]);
        any = any || wide[i];
        if (!x[i])
            return NULL;
    }
    if (!x || !wide || !any)
        return NULL;
    const nrv__batch batch = { p->g, old, x, wide, b->steps };
    return old->op->flags & NRV_POINTWISE ? nrv__batch_point(&batch) : old->op->batch(&batch);
}

/* every turn of x, a value that the (new) scan's inside has or reads */
static nrv_tensor turns_all(const turns_pass *p, nrv_tensor scan, nrv_tensor x)
{
    nrv_tensor in = nrv__rewritten(&p->r, x);
    if (p->wide[x->id])
        return p->wide[x->id];
    nrv_shape s = nrv__shape_of_turns(in, nrv__block_of(scan)->steps);
    if (in->region != &nrv__block_of(scan)->inside[0])
        return nrv_broadcast(in, s);
    return nrv__block_node(p->g, &nrv__op_stacked, 1, &scan, NULL, -1, 1, &in, in->type, s);
}

/* the sum of e over all turns, e as turns_sinks says */
static nrv_tensor turns_sunk(const turns_pass *p, nrv_tensor scan, nrv_tensor e)
{
    if (turns_is(e, "matmul")) {
        nrv_tensor t = turns_transposed(e->in[0]), a;
        if (t) {
            a = nrv_transpose(nrv__merge_turns(turns_all(p, scan, t)));
        } else { /* (T,n,k) -> (n,T*k) */
            a = nrv_permute(turns_all(p, scan, e->in[0]), 3, (const int[]){ 1, 0, 2 });
            a = a ? nrv_reshape(a, NRV_SHAPE(a->dim[0], nrv__dim_mul(p->g, a->dim[1], a->dim[2]))) : NULL;
        }
        return nrv_matmul(a, nrv__merge_turns(turns_all(p, scan, e->in[1])));
    }
    if (turns_is(e, "sum")) {
        const nrv__reduce_attr *r = e->attr;
        nrv_tensor y = nrv__sum_axes(turns_all(p, scan, e->in[0]), r->axes << 1 | 1, 0);
        return y ? nrv_reshape(y, nrv_shape_of(e)) : NULL;
    }
    if (turns_is(e, "reshape")) {
        nrv_tensor y = turns_sunk(p, scan, e->in[0]);
        return y ? nrv_reshape(y, nrv_shape_of(e)) : NULL;
    }
    return nrv_add(turns_sunk(p, scan, e->in[0]), turns_sunk(p, scan, e->in[1]));
}

/* what a carry that only adds became, without the loop; NULL: it stays */
static nrv_tensor turns_total(const turns_pass *p, nrv_tensor part, nrv_tensor scan)
{
    nrv_tensor carry = part->body[0], e = p->adds[carry->id], sum = NULL;
    bool map = p->way[nrv__block_read(part)->id] == TURNS_MAP;
    if (!e)
        return NULL;
    if (turns_sinks(p, e, 0))
        sum = turns_sunk(p, scan, e);
    else if (map && p->wide[e->id])
        sum = nrv_sum(p->wide[e->id], 0, 0);
    nrv_tensor first = nrv__rewritten(&p->r, carry->in[0]);
    bool zero = first->op == &nrv__op_fill && ((const nrv__scalar_attr *)first->attr)->value == 0;
    return !sum || zero ? sum : nrv_add(first, sum);
}

/* all turns of v, computed after the loop from what is stacked anyway; NULL: not so */
static nrv_tensor turns_late(const turns_pass *p, nrv_tensor scan, nrv_tensor v, int deep)
{
    nrv_tensor x[4];
    bool wide[4], any = false;
    if (deep && (p->wide[v->id] || p->kept[v->id]))
        return turns_all(p, scan, v);
    if (deep == TURNS_DEEP || p->uses[v->id] != 1 || !v->op->batch || v->n_in > 4 || v->op->flags & NRV_RANDOM)
        return NULL;
    for (int i = 0; i < v->n_in; i++) {
        wide[i] = v->in[i]->region == v->region;
        x[i] = wide[i] ? turns_late(p, scan, v->in[i], deep + 1) : nrv__rewritten(&p->r, v->in[i]);
        any = any || wide[i];
        if (!x[i])
            return NULL;
    }
    const nrv__batch batch = { p->g, v, x, wide, nrv__block_of(scan)->steps };
    return any ? v->op->batch(&batch) : NULL;
}

static nrv_tensor turns_node(void *user, nrv_tensor y)
{
    turns_pass *p = user;
    nrv_graph *g = p->g;
    nrv_block *b = turns_scan(y);
    nrv_tensor now = nrv__rebuilt(&p->r, y), other = NULL;
    if (now && y->op == &nrv__op_stacked)
        other = p->wide[y->body[0]->id] ? p->wide[y->body[0]->id] : turns_late(p, now->in[0], y->body[0], 0);
    else if (now && y->op == &nrv__op_last && nrv__block_read(y)->kind == NRV__SCAN)
        other = turns_total(p, y, now->in[0]);
    if (now && b && p->free[y->id]) {
        g->floor = nrv__floor_of(b->inside[0].up);
        p->wide[y->id] = turns_wide(p, y);
        if (p->wide[y->id] && p->heavy[y->id] && p->way[b->id] == TURNS_HOIST)
            other = nrv__block_node(g, &nrv__op_each, 1, &p->wide[y->id], &(nrv__inside_attr){ b->id, 0 }, -1, 0, NULL,
                                    y->type, nrv_shape_of(y));
    }
    p->changed = p->changed || other;
    return other ? other : now;
}

static bool turns_round(turns_pass *p)
{
    nrv_graph *g = p->g;
    size_t n = g->n_node;
    p->free = nrv__tmp(p->c, n, sizeof *p->free);
    p->heavy = nrv__tmp(p->c, n, sizeof *p->heavy);
    p->kept = nrv__tmp(p->c, n, sizeof *p->kept);
    p->all = nrv__tmp(p->c, n, sizeof *p->all);
    p->uses = nrv__tmp(p->c, n, sizeof *p->uses);
    p->wide = nrv__tmp(p->c, n, sizeof *p->wide);
    p->adds = nrv__tmp(p->c, n, sizeof *p->adds);
    p->way = nrv__tmp(p->c, g->n_block, sizeof *p->way);
    if (!nrv__rewrite_begin(&p->r, p->c, nrv__live(p->c, nrv__kept_all)) || !nrv__nominal(p->c) || !p->free ||
        !p->heavy || !p->kept || !p->all || !p->uses || !p->wide || !p->adds || !p->way)
        return false;
    turns_count(p);
    turns_plan(p);
    return nrv__rewrite_all(&p->r, turns_node, p);
}

bool nrv__pass_turns(nrv__compiler *c)
{
    bool loops = false;
    for (size_t i = 0; i < c->g->n_block && !nrv__without(c, "turns"); i++)
        loops = loops || c->g->block[i]->kind == NRV__SCAN;
    turns_pass p = { .c = c, .g = c->g, .changed = loops };
    for (int round = 0; p.changed && round < TURNS_ROUNDS; round++) {
        p.changed = false;
        if (!turns_round(&p))
            return false;
    }
    return true;
}
