/* eager.c - evaluates nodes one by one, now, by their references: to look inside, to debug, and as the oracle of every
   plan.

   Promises: the same numbers as the definition says; values live in the graph's arena and are computed once.
   Does not do: speed. Every intermediate stays until nrv_graph_reset. */
#include "../base/fault.h"
#include "../graph/store.h"
#include "ref.h"
#include <string.h>

typedef struct eager_sizes { /* every length as a number */
    int64_t *named, *atoms, *polys;
    size_t bytes;
} eager_sizes;

static nrv_status eager_sizes_get(nrv_graph *g, eager_sizes *s)
{
    const nrv__dims *d = &g->dims;
    s->bytes = (d->n_size + d->n_atom + d->n_poly + 1) * sizeof(int64_t);
    s->named = nrv__alloc(&g->mem, NULL, 0, s->bytes);
    if (!s->named)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for the lengths");
    s->atoms = s->named + d->n_size;
    s->polys = s->atoms + d->n_atom;
    for (size_t i = 0; i < d->n_size; i++)
        s->named[i] = d->size[i].fed;
    size_t bad = 0;
    if (!nrv__dims_eval(d, s->named, s->atoms, s->polys, &bad))
        return nrv__graph_fail(g, NRV_ESHAPE, "smaller sizes", "the length %s overflows", d->poly[bad].text);
    nrv__dims_forget(d, s->named, s->atoms, s->polys);
    return nrv__dims_check(d, g->check, g->n_check, s->polys, &g->why);
}

static bool eager_view(const eager_sizes *s, nrv_tensor n, nrv__view *v)
{
    *v = (nrv__view){ .data = n->value, .rank = n->rank, .type = n->type };
    for (int i = 0; i < n->rank; i++) {
        v->dim[i] = nrv__dim_at(n->dim[i], s->polys);
        if (v->dim[i] < 0)
            return false;
    }
    nrv__contiguous(v);
    return true;
}

static nrv_status eager_bytes(nrv_graph *g, const nrv__view *v, size_t *bytes)
{
    int64_t n = (int64_t)nrv__dtype_size(v->type);
    for (int i = 0; i < v->rank; i++)
        if (!nrv__mul(n, v->dim[i] ? v->dim[i] : 1, &n)) /* strides are products, whatever else is 0 */
            return nrv__graph_fail(g, NRV_ESHAPE, "smaller sizes", "a tensor has more elements than can be counted");
    *bytes = nrv__elements(v) ? (size_t)n : 0;
    return NRV_OK;
}

/* what one evaluation works with */
typedef struct eager_run {
    nrv_graph *g;
    eager_sizes s;
    nrv__arena *arena; /* of the values: the graph's, or that of one turn of a loop */
    nrv__alive alive;
    size_t n;              /* nodes that alive knows */
    int32_t *first, *next; /* by block, by node: what is wanted of a block, in order; -1 ends */
} eager_run;

static nrv_status eager_leaf(eager_run *e, nrv_tensor n)
{
    nrv_graph *g = e->g;
    nrv__view v;
    size_t bytes = 0;
    if (n->op == &nrv__op_param) {
        n->value = nrv__store_find(g->store, n->name)->data;
        return NRV_OK;
    }
    if (n->op == &nrv__op_input)
        return nrv__graph_fail(g, NRV_EARG, "nrv_feed(x, data, bytes) first", "input '%s' has no value yet", n->name);
    if (!eager_view(&e->s, n, &v))
        return nrv__graph_fail(g, NRV_ESHAPE, "feed an input that shows the named sizes", "'%s' has an unknown length",
                               n->op->name);
    if (eager_bytes(g, &v, &bytes) != NRV_OK)
        return g->why.status;
    char *value = nrv__arena_get(&g->arena, bytes + 1);
    if (!value)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a value of %zu bytes", bytes);
    if (n->op == &nrv__op_run_counter) {
        double run = (double)(g->store->commits & ((UINT64_C(1) << 53) - 1));
        nrv__from_double(value, n->type, &run, 1);
    } else if (n->op == &nrv__op_local) {
        for (int64_t i = 0; i < nrv__elements(&v); i++)
            nrv__from_double(value + (size_t)i * nrv__dtype_size(n->type), n->type,
                             &((const nrv__scalar_attr *)n->attr)->value, 1);
    } else {
        return nrv__graph_fail(g, NRV_EARG, NULL, "'%s' has no value", n->op->name);
    }
    n->value = value;
    return NRV_OK;
}

static nrv_status eager_op(eager_run *e, nrv_tensor n, nrv__view *in)
{
    nrv_graph *g = e->g;
    nrv__view out;
    nrv__fault fault;
    int64_t size[NRV__MAX_RANK];
    size_t bytes = 0;
    memset(&fault, 0, sizeof fault);
    if (!eager_view(&e->s, n, &out))
        return nrv__graph_fail(g, NRV_ESHAPE, "feed an input that shows the named sizes",
                               "%s: a length is unknown or negative", n->op->name);
    for (int i = 0; i < n->n_in; i++)
        if (!eager_view(&e->s, n->in[i], &in[i]))
            return nrv__graph_fail(g, NRV_ESHAPE, "feed an input that shows the named sizes",
                                   "%s: a length is unknown or negative", n->op->name);
    for (int i = 0; i < n->n_size; i++)
        size[i] = nrv__dim_at(n->size[i], e->s.polys);
    if (eager_bytes(g, &out, &bytes) != NRV_OK)
        return g->why.status;
    nrv__args a = { .in = in,
                    .out = &out,
                    .n_in = n->n_in,
                    .n_out = 1,
                    .n = nrv__elements(&out),
                    .attr = n->attr,
                    .size = size,
                    .end = 1,
                    .fault = &fault };
    size_t scratch = nrv__ref_scratch(n->op, &a);
    void *value = nrv__arena_get(e->arena, bytes + 1);
    a.scratch = value && scratch != SIZE_MAX ? nrv__alloc(&g->mem, NULL, 0, scratch) : NULL;
    if (!a.scratch)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "%s: no memory for a value of %zu bytes", n->op->name, bytes);
    out.data = value;
    nrv__ref_run(n->op, &a);
    nrv__alloc(&g->mem, a.scratch, scratch, 0);
    if (nrv__fault_status(&fault)) {
        char shown[NRV__PATH_SHOWN];
        const char *path = nrv__path_show(n->scope, shown);
        return nrv__fault_tell(&fault, &g->why, n->by->name, path, n->by->values);
    }
    n->value = value;
    return NRV_OK;
}

static nrv_status eager_block(eager_run *e, nrv_tensor part);

static nrv_status eager_one(eager_run *e, nrv_tensor n)
{
    nrv_graph *g = e->g;
    if (nrv__is_composite(n)) {
        n->value = n->body[0]->value;
        return NRV_OK;
    }
    if (n->op->flags & NRV_BLOCK)
        return nrv__block_read(n) ? eager_block(e, n) : NRV_OK;
    if (!n->op->ref)
        return eager_leaf(e, n);
    nrv__view *in = nrv__alloc(&g->mem, NULL, 0, (size_t)(n->n_in + 1) * sizeof *in);
    if (!in)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for %d inputs", n->n_in);
    nrv_status st = eager_op(e, n, in);
    nrv__alloc(&g->mem, in, (size_t)(n->n_in + 1) * sizeof *in, 0);
    return st;
}

static bool eager_wanted(const eager_run *e, nrv_tensor n)
{
    return (size_t)n->id < e->n && e->alive.live[n->id] && !n->value;
}

/* ---- blocks ---- */
typedef struct eager_inside { /* a block that runs */
    eager_run *e;
    nrv_tensor node; /* the scan, while or if */
    const nrv_block *b;
    nrv_tensor *part; /* what is read of it, in the arena of the block around it */
    size_t n_part;
    bool *first; /* by slot: what a while's condition needs; NULL for others */
    char *carry; /* carries, and behind them what they become */
    size_t carry_bytes;
} eager_inside;

static size_t eager_size(const eager_run *e, nrv_tensor n)
{
    nrv__view v;
    return eager_view(&e->s, n, &v) ? (size_t)nrv__elements(&v) * nrv__dtype_size(n->type) : 0;
}

/* the nodes of one region that are wanted, inputs before users; which: those whose mark in `first` is so */
static nrv_status eager_region(eager_run *e, const nrv__region *r, const bool *first, bool which)
{
    nrv_status st = NRV_OK;
    for (size_t i = 0; i < r->n_node && !st; i++)
        if (eager_wanted(e, r->node[i]) && (!first || first[i] == which))
            st = eager_one(e, r->node[i]);
    return st;
}

static void eager_clear(const nrv__region *r)
{
    for (size_t i = 0; i < r->n_node; i++)
        r->node[i]->value = NULL;
}

/* room for a carry, so that the next one is aligned, too */
static size_t eager_carry_room(const eager_inside *in, size_t index)
{
    return (eager_size(in->e, in->b->carry[index].at) + 15) & ~(size_t)15;
}

static char *eager_carry_at(const eager_inside *in, size_t index, bool next)
{
    size_t at = 0;
    for (size_t i = 0; i < index; i++)
        at += eager_carry_room(in, i);
    return in->carry + at + (next ? in->carry_bytes : 0);
}

static void eager_give(const eager_inside *in, int64_t *turn)
{
    const nrv__region *r = &in->b->inside[0];
    for (size_t i = 0; i < r->n_node; i++) {
        nrv_tensor n = r->node[i];
        if (!eager_wanted(in->e, n))
            continue;
        if (n->op == &nrv__op_each)
            n->value = (char *)n->in[0]->value + (size_t)*turn * eager_size(in->e, n);
        else if (n->op == &nrv__op_turn)
            n->value = turn;
        else if (n->op == &nrv__op_carry)
            n->value = eager_carry_at(in, (size_t)nrv__carry_index(n), false);
    }
}

static void eager_take(const eager_inside *in, int64_t turn)
{
    for (size_t i = 0; i < in->n_part; i++)
        if (in->part[i]->op == &nrv__op_stacked) {
            size_t bytes = eager_size(in->e, in->part[i]->body[0]);
            if (bytes)
                memcpy((char *)in->part[i]->value + (size_t)turn * bytes, in->part[i]->body[0]->value, bytes);
        }
    for (size_t i = 0; i < in->b->n_carry; i++)
        if (in->e->alive.live[in->b->carry[i].at->id])
            memcpy(eager_carry_at(in, i, true), nrv__next_of(in->node, (int64_t)i)->value,
                   eager_size(in->e, in->b->carry[i].at));
    memcpy(in->carry, in->carry + in->carry_bytes, in->carry_bytes);
}

/* one turn; *stop: a while has ended */
static nrv_status eager_turn(eager_inside *in, int64_t turn, bool *stop)
{
    eager_run *e = in->e;
    const nrv__region *r = &in->b->inside[0];
    nrv__arena *before = e->arena, tmp = { .mem = e->g->mem };
    e->arena = &tmp;
    eager_give(in, &turn);
    nrv_status st = in->first ? eager_region(e, r, in->first, true) : NRV_OK;
    *stop = !st && in->first && *(const unsigned char *)in->node->body[0]->value;
    if (!st && !*stop)
        st = eager_region(e, r, in->first, false);
    if (!st && !*stop)
        eager_take(in, turn);
    eager_clear(r);
    nrv__arena_free(&tmp);
    e->arena = before;
    return st;
}

/* what must be known to say whether a while goes on */
static nrv_status eager_condition(eager_inside *in)
{
    nrv_graph *g = in->e->g;
    const nrv__region *r = &in->b->inside[0];
    size_t blocks = (g->n_block + 1) * sizeof(nrv_tensor), bytes = g->n_node + 1 + blocks;
    char *room = nrv__alloc(&g->mem, NULL, 0, bytes);
    in->first = nrv__arena_get(in->e->arena, r->n_node + 1);
    if (!room || !in->first)
        return nrv__alloc(&g->mem, room, room ? bytes : 0, 0),
               nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a loop");
    memset(room, 0, bytes);
    nrv__alive a = { .g = g, .loop = (nrv_tensor *)(void *)room, .live = (bool *)(room + blocks) };
    nrv_status st = nrv__alive_from(&a, 1, &in->node->body[0]);
    for (size_t i = 0; i < r->n_node; i++)
        in->first[i] = a.live[r->node[i]->id];
    nrv__alloc(&g->mem, room, bytes, 0);
    return st;
}

static nrv_status eager_loop(eager_inside *in)
{
    eager_run *e = in->e;
    const nrv_block *b = in->b;
    for (size_t i = 0; i < b->n_carry; i++)
        in->carry_bytes += eager_carry_room(in, i);
    in->carry = nrv__arena_get(e->arena, 2 * in->carry_bytes + 1);
    if (!in->carry)
        return nrv__graph_fail(e->g, NRV_ENOMEM, NULL, "no memory for the carries of a loop");
    memset(in->carry, 0, 2 * in->carry_bytes);
    nrv_tensor now = NULL;
    for (size_t i = 0; i < b->inside[0].n_node; i++) {
        now = b->inside[0].node[i];
        if (now->op == &nrv__op_carry && e->alive.live[now->id])
            memcpy(eager_carry_at(in, (size_t)nrv__carry_index(now), false), now->in[0]->value, eager_size(e, now));
    }
    int64_t turns = nrv__dim_at(b->steps, e->s.polys);
    nrv_status st = b->kind == NRV__WHILE ? eager_condition(in) : NRV_OK;
    bool stop = false, endless = b->kind == NRV__WHILE && !turns;
    for (int64_t t = 0; (endless || t < turns) && !st && !stop; t++)
        st = eager_turn(in, b->reverse ? turns - 1 - t : t, &stop);
    for (size_t i = 0; i < in->n_part && !st; i++)
        if (in->part[i]->op == &nrv__op_last)
            memcpy(in->part[i]->value, eager_carry_at(in, (size_t)nrv__carry_index(in->part[i]->body[0]), false),
                   eager_size(e, in->part[i]));
    return st;
}

static nrv_status eager_choice(eager_inside *in)
{
    eager_run *e = in->e;
    int branch = *(const unsigned char *)in->node->body[0]->value ? 0 : 1;
    nrv_status st = eager_region(e, &in->b->inside[branch], NULL, false);
    for (size_t i = 0; i < in->n_part && !st; i++)
        if (eager_size(e, in->part[i]))
            memcpy(in->part[i]->value, in->part[i]->body[branch]->value, eager_size(e, in->part[i]));
    eager_clear(&in->b->inside[branch]);
    return st;
}

/* a zero in the place of a branch may be younger than other things that are read of the block: their turn comes */
static bool eager_branches_known(nrv_tensor part)
{
    bool known = true;
    for (int k = 0; part->op == &nrv__op_either && k < part->n_out; k++)
        known = known && (part->body[k]->value || part->body[k]->region == &nrv__block_read(part)->inside[k]);
    return known;
}

/* everything that is wanted of the block that `part` reads, in one go */
static nrv_status eager_block(eager_run *e, nrv_tensor part)
{
    nrv_graph *g = e->g;
    eager_inside in = { .e = e, .node = part->in[0], .b = nrv__block_read(part) };
    size_t n = 0;
    for (int32_t i = e->first[in.b->id]; i >= 0; i = e->next[i])
        n++;
    in.part = nrv__arena_get(e->arena, n * sizeof *in.part);
    if (!in.part)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a block");
    for (int32_t i = e->first[in.b->id]; i >= 0; i = e->next[i]) {
        nrv__view v;
        size_t bytes = 0;
        nrv_tensor p = g->node[i];
        bool near = i >= part->id && (!part->region || p->region == part->region);
        if (!near || !eager_wanted(e, p) || p->in[0] != in.node || !eager_branches_known(p))
            continue;
        if (!eager_view(&e->s, p, &v))
            return nrv__graph_fail(g, NRV_ESHAPE, "feed an input that shows the named sizes",
                                   "a loop has an unknown number of turns, or its values unknown lengths");
        if (eager_bytes(g, &v, &bytes) || !(p->value = nrv__arena_get(e->arena, bytes + 1)))
            return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for %zu bytes of a loop's values", bytes);
        memset(p->value, 0, bytes);
        in.part[in.n_part++] = p;
    }
    return in.b->kind == NRV__IF ? eager_choice(&in) : eager_loop(&in);
}

/* marks what x still needs; inputs come before users because ids say so */
static nrv_status eager_alive(eager_run *e, nrv_tensor x, char **room, size_t *bytes)
{
    nrv_graph *g = e->g;
    size_t n = g->n_node, blocks = g->n_block + 1;
    *bytes = blocks * (sizeof(nrv_tensor) + sizeof *e->first) + n * sizeof *e->next + n + 1;
    *room = nrv__alloc(&g->mem, NULL, 0, *bytes);
    if (!*room)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory to look at %zu nodes", n);
    memset(*room, 0, *bytes);
    e->n = n;
    e->alive = (nrv__alive){ .g = g, .eager = true, .loop = (nrv_tensor *)(void *)*room };
    e->first = (int32_t *)(void *)(e->alive.loop + blocks);
    e->next = e->first + blocks;
    e->alive.live = (bool *)(e->next + n);
    nrv_status st = nrv__alive_from(&e->alive, 1, &x);
    memset(e->first, -1, blocks * sizeof *e->first);
    for (size_t i = n; i-- > 0 && !st;) {
        const nrv_block *b = e->alive.live[i] ? nrv__block_read(g->node[i]) : NULL;
        if (!b)
            continue;
        e->next[i] = e->first[b->id];
        e->first[b->id] = (int32_t)i;
    }
    return st;
}

/* all that it needs is there, as it is while one traces: no need to look at the whole graph */
static bool eager_near(nrv_tensor x)
{
    if (x->op->flags & NRV_BLOCK)
        return false;
    if (nrv__is_composite(x))
        return x->body[0]->value != NULL;
    for (int i = 0; i < x->n_in; i++)
        if (!x->in[i]->value)
            return false;
    return true;
}

static nrv_status eager_all(eager_run *e, nrv_tensor x)
{
    char *room = NULL;
    size_t bytes = 0;
    nrv_status st = eager_alive(e, x, &room, &bytes);
    for (int32_t i = 0; i <= x->id && !st; i++)
        if (e->alive.live[i] && !e->g->node[i]->region && !e->g->node[i]->value)
            st = eager_one(e, e->g->node[i]);
    nrv__alloc(&e->g->mem, room, room ? bytes : 0, 0);
    return st;
}

static nrv_status eager_copy_out(eager_run *e, nrv_tensor x, void *out, size_t bytes)
{
    nrv__view v;
    size_t have = 0;
    if (!eager_view(&e->s, x, &v))
        return nrv__graph_fail(e->g, NRV_ESHAPE, NULL, "a length is unknown");
    if (eager_bytes(e->g, &v, &have))
        return e->g->why.status;
    if (have != bytes)
        return nrv__graph_fail(e->g, NRV_EARG, "nrv_shape_of says its shape",
                               "the value takes %zu bytes, the buffer has %zu", have, bytes);
    if (have)
        memcpy(out, x->value, have);
    return NRV_OK;
}

NRV_API nrv_status nrv_eval(nrv_tensor x, void *out, size_t bytes)
{
    if (!x)
        return NRV_EARG;
    nrv_graph *g = x->g;
    if (g->why.status)
        return g->why.status;
    if (x->region || nrv__is_block(x))
        return nrv__graph_fail(g, NRV_EARG, "nrv_stacked, nrv_last or nrv_either read it after nrv_end",
                               "eval: a value of the inside of a block is another one in every turn");
    eager_run e = { .g = g, .arena = &g->arena };
    nrv_status st = eager_sizes_get(g, &e.s);
    if (!st && !x->value)
        st = eager_near(x) ? eager_one(&e, x) : eager_all(&e, x);
    if (!st && out)
        st = eager_copy_out(&e, x, out, bytes);
    nrv__alloc(&g->mem, e.s.named, e.s.bytes, 0);
    return st;
}

/* a length is one named size and nothing else */
static nrv__size *eager_plain_size(nrv_graph *g, nrv_dim d)
{
    const nrv__poly *p = &g->dims.poly[nrv__dim_index(d)];
    bool plain = p->n_term == 1 && p->term[0].factor == 1 && p->term[0].n_atom == 1;
    int32_t size = plain ? g->dims.atom[p->term[0].atom[0]].size : -1;
    return size >= 0 ? &g->dims.size[size] : NULL;
}

/* what the number of bytes says about the one size that is still unknown */
static nrv_status eager_learn(nrv_tensor x, size_t bytes)
{
    nrv_graph *g = x->g;
    nrv__size *unknown = NULL;
    int64_t known = (int64_t)nrv__dtype_size(x->type);
    for (int i = 0; i < x->rank; i++) {
        nrv__size *s = x->dim[i] >= 0 ? NULL : eager_plain_size(g, x->dim[i]);
        if (x->dim[i] < 0 && !s)
            continue;
        if (s && s->fed < 0 && !unknown)
            unknown = s;
        else if (s == unknown && s)
            return nrv__graph_fail(g, NRV_EARG, "feed another input first",
                                   "input '%s': the bytes do not say what '%s' is", x->name, s->name);
        else if (!nrv__mul(known, s ? s->fed : x->dim[i], &known))
            return nrv__graph_fail(g, NRV_ESHAPE, "smaller sizes", "input '%s' has more elements than can be counted",
                                   x->name);
    }
    if (!unknown || known <= 0 || bytes % (size_t)known)
        return NRV_OK;
    int64_t n = (int64_t)(bytes / (size_t)known);
    if (n < unknown->lo || n > unknown->hi)
        return nrv__graph_fail(g, NRV_ESHAPE, "feed another number of elements",
                               "size '%s' is %lld, it was declared %lld..%lld", unknown->name, (long long)n,
                               (long long)unknown->lo, (long long)unknown->hi);
    unknown->fed = n;
    return NRV_OK;
}

/* an input that is fed again: what was computed from it is not true any more */
static void eager_forget(nrv_tensor x)
{
    for (size_t i = (size_t)x->id; x->value && i < x->g->n_node; i++)
        if (x->g->node[i]->op != &nrv__op_input && x->g->node[i]->op != &nrv__op_constant)
            x->g->node[i]->value = NULL;
}

NRV_API void nrv_feed(nrv_tensor x, const void *data, size_t bytes)
{
    if (!x || x->g->why.status)
        return;
    nrv_graph *g = x->g;
    if (x->op != &nrv__op_input || (!data && bytes)) {
        nrv__graph_fail(g, NRV_EARG, "feed what nrv_input gave", "a '%s' cannot be fed", x->op->name);
        return;
    }
    if (eager_learn(x, bytes))
        return;
    eager_forget(x);
    g->n_unfed -= !x->value;
    eager_sizes s = { 0 };
    nrv__view v;
    size_t want = 0;
    if (!eager_sizes_get(g, &s)) {
        if (!eager_view(&s, x, &v))
            nrv__graph_fail(g, NRV_ESHAPE, "feed an input whose lengths are plain sizes first",
                            "input '%s' has an unknown length", x->name);
        else if (!eager_bytes(g, &v, &want) && want != bytes)
            nrv__graph_fail(g, NRV_EARG, "the whole tensor at once", "input '%s' takes %zu bytes, %zu were fed",
                            x->name, want, bytes);
        else if (!g->why.status && !(x->value = nrv__arena_get(&g->arena, bytes + 1)))
            nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for input '%s'", x->name);
        else if (!g->why.status && bytes)
            memcpy(x->value, data, bytes);
    }
    nrv__alloc(&g->mem, s.named, s.bytes, 0);
}
