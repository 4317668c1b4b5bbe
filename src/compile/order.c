/* order.c - what runs when, outside and inside of blocks: a depth-first walk from the outputs (by name) and assignments
   (by variable), so that nothing depends on the order of creation; then what only updates variables is moved to the
   end, where all readers are done.

   The inside of a block reads the outside through what its step is given. Views of outer values are made again inside,
   where they cost nothing, unless a kernel there would copy what it sees through them in every turn; numbers are
   written into its programs. */
#include "passes.h"
#include <string.h>

typedef struct order_walk {
    nrv__compiler *c;
    nrv__inner *inner; /* the block that is looked at, NULL: outside */
    int32_t *seen;     /* by id: the last walk that saw it */
    int32_t *given;    /* by id: the last block that is given it */
    int32_t *next;
    nrv_tensor *stack;
    int32_t walk;
} order_walk;

bool nrv__immediate(nrv_tensor x)
{
    return x->op == &nrv__op_fill || x->op == &nrv__op_dim_value;
}

int nrv__reads(const nrv__compiler *c, nrv_tensor n, const nrv_tensor **in)
{
    if (nrv__is_block(n)) {
        const nrv__inner *b = &c->inner[c->inner_of[nrv__block_of(n)->id]];
        *in = b->given;
        return (int)b->n_given;
    }
    *in = n->in;
    return n->op->flags & NRV_INSIDE ? 0 : n->n_in;
}

static int32_t order_number(const order_walk *w)
{
    return w->inner ? (int32_t)(w->inner - w->c->inner) + 1 : 0;
}

static void order_visit(order_walk *w, nrv__area *a, nrv_tensor root)
{
    size_t n = 0;
    int32_t number = order_number(w);
    if (w->seen[root->id] == w->walk || (number && w->given[root->id] == number))
        return;
    w->seen[root->id] = w->walk;
    w->next[root->id] = 0;
    w->stack[n++] = root;
    while (n) {
        nrv_tensor at = w->stack[n - 1], down = NULL;
        const nrv_tensor *in;
        int n_in = nrv__reads(w->c, at, &in);
        while (w->next[at->id] < n_in && !down) {
            nrv_tensor x = in[w->next[at->id]++];
            bool known = w->seen[x->id] == w->walk || (number && w->given[x->id] == number);
            down = known ? NULL : x;
        }
        if (down) {
            w->seen[down->id] = w->walk;
            w->next[down->id] = 0;
            w->stack[n++] = down;
        } else {
            a->order[a->n_order++] = at;
            n--;
        }
    }
}

/* element-wise, and used by nothing but the update of variables */
static void order_late(nrv__compiler *c, bool *late, bool *early)
{
    for (size_t i = 0; i < c->n_root; i++)
        (c->root[i].var ? late : early)[c->root[i].value->id] = true;
    for (size_t i = c->outside.n_order; i--;) {
        nrv_tensor n = c->outside.order[i];
        const nrv_tensor *in;
        bool is_late = late[n->id] && !early[n->id] && (n->op->flags & NRV_POINTWISE);
        late[n->id] = is_late;
        for (int k = nrv__reads(c, n, &in); k--;)
            (is_late ? late : early)[in[k]->id] = true;
    }
}

/* ---- blocks ---- */
static bool order_deeper(const void *a, const void *b)
{
    const nrv__inner *x = a, *y = b;
    int32_t dx = nrv__block_of(x->node)->inside[0].depth, dy = nrv__block_of(y->node)->inside[0].depth;
    return dx != dy ? dx > dy : x->node->id < y->node->id;
}

/* the blocks that are run and what is read of them */
static bool order_blocks(nrv__compiler *c, const bool *live)
{
    nrv_graph *g = c->g;
    size_t reads = 0;
    for (size_t i = 0; i < g->n_node; i++)
        c->n_inner += live[i] && nrv__block_read(g->node[i]) != NULL; /* at most */
    c->inner = nrv__tmp(c, c->n_inner, sizeof *c->inner);
    c->inner_of = nrv__tmp(c, g->n_block, sizeof *c->inner_of);
    nrv_tensor *room = nrv__tmp(c, c->n_inner, sizeof *room);
    if (!c->inner || !c->inner_of || !room)
        return false;
    memset(c->inner_of, -1, g->n_block * sizeof *c->inner_of);
    c->n_inner = 0;
    for (size_t i = 0; i < g->n_node; i++) {
        nrv_tensor n = g->node[i];
        if (!live[i] || !nrv__block_read(n))
            continue;
        int32_t *at = &c->inner_of[nrv__block_read(n)->id];
        if (*at < 0) {
            *at = (int32_t)c->n_inner++;
            c->inner[*at].node = n->in[0];
        }
        c->inner[*at].n_read++;
    }
    for (size_t i = 0; i < c->n_inner; i++) {
        c->inner[i].read = room + reads;
        reads += c->inner[i].n_read;
        c->inner[i].n_read = 0;
    }
    for (size_t i = 0; i < g->n_node; i++)
        if (live[i] && nrv__block_read(g->node[i])) {
            nrv__inner *in = &c->inner[c->inner_of[nrv__block_read(g->node[i])->id]];
            in->read[in->n_read++] = g->node[i];
        }
    nrv__sort(c->inner, c->n_inner, sizeof *c->inner, order_deeper);
    for (size_t i = 0; i < c->n_inner; i++)
        c->inner_of[nrv__block_of(c->inner[i].node)->id] = (int32_t)i;
    return true;
}

static bool order_inside(const order_walk *w, nrv_tensor x)
{
    const nrv_block *b = nrv__block_of(w->inner->node);
    return x->region &&
           (nrv__within(x->region, &b->inside[0]) || (b->kind == NRV__IF && nrv__within(x->region, &b->inside[1])));
}

/* as it is: memory that the step reads */
static void order_give_whole(order_walk *w, nrv_tensor x)
{
    if (w->given[x->id] == order_number(w))
        return;
    w->given[x->id] = order_number(w);
    w->inner->given[w->inner->n_given++] = x;
}

static void order_give(order_walk *w, nrv_tensor x)
{
    while (!order_inside(w, x) && x->op->flags & NRV_VIEW && !(x->op->flags & NRV_FLAT))
        x = x->in[0];
    if (!order_inside(w, x) && !nrv__immediate(x))
        order_give_whole(w, x);
}

static size_t order_most_given(const order_walk *w, const bool *live)
{
    const nrv_block *b = nrv__block_of(w->inner->node);
    size_t n = (size_t)w->inner->node->n_out + 2 * w->inner->n_read + 1;
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < b->inside[k].n_node; i++) {
            nrv_tensor x = b->inside[k].node[i];
            const nrv_tensor *in;
            if (live[x->id])
                n += (size_t)nrv__reads(w->c, x, &in) + (size_t)x->n_in;
        }
    return n;
}

/* what the inside of w->inner reads of the outside; of blocks inside it this is known already */
static bool order_given(order_walk *w, const bool *live)
{
    nrv__inner *in = w->inner;
    const nrv_block *b = nrv__block_of(in->node);
    in->given = nrv__tmp(w->c, order_most_given(w, live), sizeof *in->given);
    if (!in->given)
        return false;
    if (b->kind == NRV__IF)
        order_give_whole(w, in->node->body[0]);
    else if (b->kind == NRV__WHILE)
        order_give(w, in->node->body[0]);
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < b->inside[k].n_node; i++) {
            nrv_tensor x = b->inside[k].node[i];
            const nrv_tensor *reads;
            if (!live[x->id])
                continue;
            for (int j = 0; j < x->n_in && x->op->flags & NRV_INSIDE; j++)
                order_give_whole(w, x->in[j]);
            int n = nrv__reads(w->c, x, &reads);
            unsigned repacks = b->kind == NRV__IF || nrv__is_block(x) ? 0 : nrv__repacks(w->c, x);
            for (int j = 0; j < n; j++)
                if (j < 8 && repacks >> j & 1 && reads[j]->op->flags & NRV_VIEW && !order_inside(w, reads[j]))
                    order_give_whole(w, reads[j]);
                else
                    order_give(w, reads[j]);
            if (x->op == &nrv__op_carry)
                order_give(w, nrv__next_of(in->node, nrv__carry_index(x)));
        }
    for (size_t i = 0; i < in->n_read; i++)
        for (int k = 0; k < in->read[i]->n_out; k++)
            order_give(w, in->read[i]->body[k]);
    return true;
}

/* how many nodes of the outside x brings along: views, a number */
static size_t order_brings(const order_walk *w, nrv_tensor x)
{
    size_t n = 0;
    for (; !order_inside(w, x) && w->given[x->id] != order_number(w); n++) {
        if (!(x->op->flags & NRV_VIEW))
            return n + 1;
        x = x->in[0];
    }
    return n;
}

static size_t order_most(const order_walk *w, int branch, const bool *live)
{
    const nrv__inner *in = w->inner;
    const nrv__region *r = &nrv__block_of(in->node)->inside[branch];
    size_t most = in->n_given;
    for (size_t i = 0; i < r->n_node; i++) {
        const nrv_tensor *reads;
        if (!live[r->node[i]->id])
            continue;
        most++;
        for (int j = nrv__reads(w->c, r->node[i], &reads); j--;)
            most += order_brings(w, reads[j]);
    }
    for (int k = 0; k < in->node->n_out; k++)
        most += order_brings(w, in->node->body[k]);
    for (size_t i = 0; i < in->n_read; i++)
        for (int k = 0; k < in->read[i]->n_out; k++)
            most += order_brings(w, in->read[i]->body[k]);
    return most;
}

static bool order_begin(order_walk *w, nrv__area *a, size_t most)
{
    a->order = nrv__tmp(w->c, most + 1, sizeof *a->order);
    w->walk++;
    return a->order != NULL;
}

static bool order_area(order_walk *w, int branch, const bool *live)
{
    nrv__inner *in = w->inner;
    nrv__area *a = &in->area[branch];
    const nrv_block *b = nrv__block_of(in->node);
    if (!order_begin(w, a, order_most(w, branch, live)))
        return false;
    for (size_t i = 0; i < in->n_given; i++)
        a->order[a->n_order++] = in->given[i];
    a->n_given = in->n_given;
    if (b->kind == NRV__WHILE)
        order_visit(w, a, in->node->body[0]);
    for (size_t i = 0; i < b->inside[0].n_node && b->kind != NRV__IF; i++) {
        nrv_tensor x = b->inside[0].node[i];
        if (x->op == &nrv__op_carry && live[x->id]) {
            order_visit(w, a, x);
            order_visit(w, a, nrv__next_of(in->node, nrv__carry_index(x)));
        }
    }
    for (size_t i = 0; i < in->n_read; i++)
        order_visit(w, a, in->read[i]->body[b->kind == NRV__IF ? branch : 0]);
    return true;
}

static bool order_outside(order_walk *w)
{
    nrv__compiler *c = w->c;
    size_t n = c->g->n_node;
    bool *late = nrv__tmp(c, n, sizeof *late), *early = nrv__tmp(c, n, sizeof *early);
    nrv_tensor *sorted = nrv__tmp(c, n, sizeof *sorted);
    w->inner = NULL;
    if (!late || !early || !sorted || !order_begin(w, &c->outside, n))
        return false;
    for (size_t i = 0; i < c->n_root; i++)
        order_visit(w, &c->outside, c->root[i].value);
    order_late(c, late, early);
    size_t k = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < c->outside.n_order; i++)
            if (late[c->outside.order[i]->id] == (pass == 1))
                sorted[k++] = c->outside.order[i];
    c->outside.order = sorted;
    return true;
}

bool nrv__pass_order(nrv__compiler *c)
{
    size_t n = c->g->n_node;
    order_walk w = { c,
                     NULL,
                     nrv__tmp(c, n, sizeof(int32_t)),
                     nrv__tmp(c, n, sizeof(int32_t)),
                     nrv__tmp(c, n, sizeof(int32_t)),
                     nrv__tmp(c, n, sizeof(nrv_tensor)),
                     0 };
    bool *live = nrv__live(c, nrv__kept_all);
    if (!w.seen || !w.given || !w.next || !w.stack || !live || !order_blocks(c, live))
        return false;
    for (size_t i = 0; i < c->n_inner; i++) {
        w.inner = &c->inner[i];
        if (!order_given(&w, live))
            return false;
        for (int k = 0; k < (w.inner->node->op == &nrv__op_if ? 2 : 1); k++)
            if (!order_area(&w, k, live))
                return false;
    }
    return order_outside(&w);
}
