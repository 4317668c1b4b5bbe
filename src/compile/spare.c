/* spare.c - what is cheap to compute again is not kept over the worst moment.

   At some step a plan needs the most memory: in training when the forward pass is done and all that the gradients read
   is kept. Some of that follows element by element from what is kept anyway: what comes behind a normalisation, for
   one, from the convolution before it. So the latest readers of such a value get a copy of its own, computed just
   before the first of them. Chosen are those that cost the least for what they free, as long as all of them together
   add but a fiftieth to the work, a byte counted as as many operations as pass while memory delivers it.

   Promises: the same operations on the same numbers, at any number of threads, though a copy may differ in the last
   bit where its neighbours make it another fused instruction; nothing where no product or convolution pays for it.
   Does not do: draws; what a loop or a choice reads; what is read through views; the insides of blocks; to count what
   a copy waits for and what then has memory that was inside of a program before. */
#include "passes.h"

#ifdef NRV__TINY
enum { SPARE_CHAIN = 4 }; /* nodes */
static const double spare_more = 1e18;
#else
enum { SPARE_CHAIN = 16 };
static const double spare_more = .02; /* of a plan's work that may be added */
#endif
static const double spare_byte = 12;  /* operations in the time of a byte: 118 GFLOP/s a core, 10 GB/s */
static const double spare_each = 1;   /* for a byte of a node, beside reading and writing */
static const double spare_least = 64; /* of the worst moment, the part that is worth a copy */

typedef struct spare_value { /* by id */
    int32_t at, last;        /* where it is computed in order, and where it is read last; -1: nowhere */
    nrv_tensor late;         /* the first reader behind the worst moment */
    bool read;               /* ... before that one, too */
    bool stays, kept;        /* no copy of it can be read; copies are made from it */
    bool stored, again;      /* it has memory; it is chosen */
    nrv_tensor was, copy;    /* what it became, for readers before the worst moment and behind it */
} spare_value;

typedef struct spare_chain {
    nrv_tensor node[SPARE_CHAIN], from[SPARE_CHAIN]; /* computed again; from what is kept */
    int n, n_from;
    double cost;
} spare_chain;

typedef struct spare_pick {
    nrv_tensor x;
    double cost; /* for each byte that it frees */
} spare_pick;

typedef struct spare_pass {
    nrv__compiler *c;
    spare_value *of;
    int32_t worst;
    double live, work; /* bytes at the worst moment; operations that may be added */
    nrv__rewrite r;
} spare_pass;

static double spare_bytes(const spare_pass *p, nrv_tensor x)
{
    return x->op->flags & NRV_LEAF || nrv__immediate(x) ? 0 : nrv__nominal_bytes(p->c, x);
}

static bool spare_cheap(nrv_tensor x)
{
    return (x->op->flags & NRV_POINTWISE) && !(x->op->flags & (NRV_RANDOM | NRV_FAILS));
}

/* ---- who lives when ---- */
/* a tile program is there when the last of its nodes is, and of those what is read outside of it has memory */
static bool spare_live(spare_pass *p)
{
    nrv__area *a = &p->c->outside;
    if (!nrv__pass_group(p->c, a))
        return false;
    int32_t *done = nrv__tmp(p->c, (size_t)a->n_group + 1, sizeof *done);
    for (size_t i = 0; i < a->n_order && done; i++)
        if (a->group[i] >= 0)
            done[a->group[i]] = (int32_t)i;
    for (size_t i = 0; i < a->n_order && done; i++) {
        nrv_tensor y = a->order[i];
        const nrv_tensor *in;
        int32_t group = a->group[i], at = group >= 0 ? done[group] : (int32_t)i;
        p->of[y->id].at = at;
        p->of[y->id].stored = group < 0;
        for (int k = nrv__reads(p->c, y, &in); k--;) {
            nrv_tensor x = nrv__viewed(in[k]);
            p->of[x->id].last = at > p->of[x->id].last ? at : p->of[x->id].last;
            p->of[x->id].stored = p->of[x->id].stored || group < 0 || group != a->group[x->mark];
        }
    }
    for (size_t i = 0; i < p->c->n_root; i++) {
        spare_value *v = &p->of[nrv__viewed(p->c->root[i].value)->id];
        v->last = (int32_t)a->n_order;
        v->stored = v->stays = true;
    }
    return done != NULL;
}

static bool spare_worst(spare_pass *p)
{
    const nrv__area *a = &p->c->outside;
    double *change = nrv__tmp(p->c, a->n_order + 2, sizeof *change), live = 0;
    for (size_t i = 0; i < a->n_order && change; i++) {
        nrv_tensor x = a->order[i];
        if (x->op->flags & NRV_VIEW || !p->of[x->id].stored || p->of[x->id].last < 0)
            continue;
        change[p->of[x->id].at] += spare_bytes(p, x);
        change[p->of[x->id].last + 1] -= spare_bytes(p, x);
    }
    for (size_t i = 0; i < a->n_order && change; i++) {
        live += change[i];
        if (live > p->live) {
            p->live = live;
            p->worst = (int32_t)i;
        }
    }
    return change != NULL;
}

/* readers before the worst moment, and the first behind it: the first by id, which depends on no other one */
static void spare_readers(spare_pass *p)
{
    const nrv__area *a = &p->c->outside;
    for (size_t i = 0; i < a->n_order; i++) {
        nrv_tensor y = a->order[i];
        const nrv_tensor *in;
        for (int k = nrv__reads(p->c, y, &in); k--;) {
            spare_value *v = &p->of[nrv__viewed(in[k])->id];
            if (p->of[y->id].at <= p->worst)
                v->read = true;
            else if (nrv__is_block(y) || nrv__block_read(y) || y->op->flags & NRV_VIEW || nrv__viewed(in[k]) != in[k])
                v->stays = true;
            else if (!v->late || y->id < v->late->id)
                v->late = y;
        }
    }
}

/* what y reads last of what is known behind the worst moment only: a copy waits for that; NULL: there is nothing */
static nrv_tensor spare_after(const spare_pass *p, nrv_tensor y, nrv_tensor but)
{
    nrv_tensor after = NULL;
    int32_t latest = p->worst;
    for (int k = 0; k < y->n_in; k++) {
        int32_t at = p->of[nrv__viewed(y->in[k])->id].at;
        if (y->in[k] != but && at > latest) {
            latest = at;
            after = y->in[k];
        }
    }
    return after;
}

/* ---- what a copy takes ---- */
static bool spare_add(nrv_tensor *to, int *n, nrv_tensor x)
{
    for (int i = 0; i < *n; i++)
        if (to[i] == x)
            return true;
    if (*n == SPARE_CHAIN)
        return false;
    to[(*n)++] = x;
    return true;
}

static bool spare_kept(const spare_pass *p, nrv_tensor v, nrv_tensor x)
{
    const spare_value *b = &p->of[nrv__viewed(x)->id];
    return x != v && !b->again &&
           (spare_bytes(p, nrv__viewed(x)) * spare_least <= spare_bytes(p, v) ||
            b->last >= p->of[p->of[v->id].late->id].at);
}

static bool spare_earlier(const void *a, const void *b)
{
    const nrv_tensor *x = a, *y = b;
    return (*x)->id < (*y)->id;
}

static bool spare_chain_of(const spare_pass *p, nrv_tensor v, spare_chain *s)
{
    *s = (spare_chain){ .node = { v }, .n = 1, .cost = spare_byte * spare_bytes(p, v) };
    for (int i = 0; i < s->n; i++) {
        s->cost += spare_each * nrv__nominal_bytes(p->c, s->node[i]);
        for (int k = 0; k < s->node[i]->n_in; k++) {
            nrv_tensor x = s->node[i]->in[k];
            bool kept = spare_kept(p, v, x);
            if (!(kept ? spare_add(s->from, &s->n_from, x) : spare_cheap(x) && spare_add(s->node, &s->n, x)))
                return false;
        }
    }
    for (int i = 0; i < s->n_from; i++)
        s->cost += spare_byte * spare_bytes(p, s->from[i]);
    nrv__sort(s->node, (size_t)s->n, sizeof *s->node, spare_earlier);
    return true;
}

static bool spare_possible(const spare_pass *p, nrv_tensor v)
{
    const spare_value *of = &p->of[v->id];
    return spare_cheap(v) && of->stored && of->at <= p->worst && of->read && of->late && !of->stays && !of->kept &&
           spare_bytes(p, v) * spare_least >= p->live && spare_after(p, of->late, v);
}

static bool spare_before(const void *a, const void *b)
{
    const spare_pick *x = a, *y = b;
    return x->cost != y->cost ? x->cost < y->cost : x->x->id < y->x->id;
}

/* false: nothing is worth it */
static bool spare_choose(spare_pass *p)
{
    const nrv__area *a = &p->c->outside;
    spare_pick *pick = nrv__tmp(p->c, a->n_order + 1, sizeof *pick);
    spare_chain s;
    size_t n = 0, chosen = 0;
    for (size_t i = 0; i < a->n_order && pick; i++)
        if (spare_possible(p, a->order[i]) && spare_chain_of(p, a->order[i], &s) && s.cost <= p->work)
            pick[n++] = (spare_pick){ a->order[i], s.cost / spare_bytes(p, a->order[i]) };
    if (pick)
        nrv__sort(pick, n, sizeof *pick, spare_before);
    for (size_t i = 0; i < n; i++) {
        if (!spare_possible(p, pick[i].x) || !spare_chain_of(p, pick[i].x, &s) || s.cost > p->work)
            continue;
        p->work -= s.cost;
        p->of[pick[i].x->id].again = true;
        for (int k = 0; k < s.n_from; k++)
            p->of[nrv__viewed(s.from[k])->id].kept = true;
        chosen++;
    }
    return chosen > 0;
}

/* ---- the graph with the copies ---- */
static nrv_tensor spare_copy(spare_pass *p, nrv_tensor v, nrv_tensor y)
{
    spare_chain s;
    nrv_tensor was[2 * SPARE_CHAIN], after = nrv__rewritten(&p->r, spare_after(p, y, v)), *to = p->r.to;
    bool ok = spare_chain_of(p, v, &s);
    for (int i = 0; i < s.n_from; i++) {
        nrv_tensor x = s.from[i];
        was[i] = to[x->id];
        if (!nrv__immediate(x))
            to[x->id] = nrv__again(nrv__rewritten(&p->r, x), after);
    }
    for (int i = 0; i < s.n; i++) {
        was[s.n_from + i] = to[s.node[i]->id];
        ok = ok && nrv__label_push(p->c->g, s.node[i]);
        if (!ok)
            continue;
        to[s.node[i]->id] = nrv__rebuilt(&p->r, s.node[i]);
        nrv__label_pop(p->c->g);
    }
    nrv_tensor copy = ok ? to[v->id] : NULL;
    for (int i = 0; i < s.n_from; i++)
        to[s.from[i]->id] = was[i];
    for (int i = 0; i < s.n; i++)
        to[s.node[i]->id] = was[s.n_from + i];
    return copy;
}

static nrv_tensor spare_node(void *user, nrv_tensor y)
{
    spare_pass *p = user;
    /* a block may be given what nothing inside reads: that is no reader */
    bool late = p->of[y->id].at > p->worst && !nrv__is_block(y) && !nrv__block_read(y);
    for (int k = 0; k < y->n_in && late; k++) {
        spare_value *v = &p->of[y->in[k]->id];
        if (v->again && !v->copy) {
            v->was = p->r.to[y->in[k]->id];
            v->copy = spare_copy(p, y->in[k], y);
        }
        if (v->again)
            p->r.to[y->in[k]->id] = v->copy;
    }
    nrv_tensor z = nrv__rebuilt(&p->r, y);
    for (int k = 0; k < y->n_in && late; k++)
        if (p->of[y->in[k]->id].again)
            p->r.to[y->in[k]->id] = p->of[y->in[k]->id].was;
    return z;
}

bool nrv__pass_spare(nrv__compiler *c)
{
    spare_pass p = { .c = c, .of = nrv__tmp(c, c->g->n_node, sizeof *p.of) };
    if (nrv__without(c, "spare"))
        return true;
    if (!p.of)
        return false;
    for (size_t i = 0; i < c->g->n_node; i++)
        p.of[i].at = p.of[i].last = -1;
    for (size_t i = 0; i < c->outside.n_order; i++)
        if (c->outside.order[i]->op->macs)
            p.work += spare_more * 2 * (double)nrv__macs(c->outside.order[i], c->nominal);
    if (p.work <= 0)
        return true;
    if (!spare_live(&p) || !spare_worst(&p))
        return false;
    spare_readers(&p);
    if (!spare_choose(&p))
        return !c->plan->why.status;
    c->outside = (nrv__area){ 0 };
    c->n_inner = 0;
    return nrv__rewrite_begin(&p.r, c, nrv__live(c, nrv__kept_all)) && nrv__rewrite_all(&p.r, spare_node, &p) &&
           nrv__nominal(c) && nrv__pass_order(c) && nrv__pass_early(c);
}
