/* live.c - what must be computed for some roots, blocks looked into: of a loop only what is read of it, and the carries
   that this needs.

   Promises: no recursion; every edge is looked at once.
   Does not do: order anything. */
#include "record.h"

typedef struct live_walk {
    nrv__alive *a;
    nrv_tensor *stack; /* every node at most once */
    size_t n;
} live_walk;

static void live_add(live_walk *w, nrv_tensor x)
{
    if (w->a->live[x->id])
        return;
    w->a->live[x->id] = true;
    w->stack[w->n++] = x;
}

static void live_children(live_walk *w, nrv_tensor n)
{
    nrv__alive *a = w->a;
    if (n->op == &nrv__op_carry) {
        nrv_tensor loop = a->loop[nrv__block_of(n)->id];
        if (loop) /* else the roots are of the inside: one turn */
            live_add(w, nrv__next_of(loop, nrv__carry_index(n)));
    } else if (nrv__block_read(n)) {
        a->loop[nrv__block_read(n)->id] = n->in[0];
        for (int i = 0; i < n->n_out; i++)
            live_add(w, n->body[i]);
    } else if (n->op == &nrv__op_while || n->op == &nrv__op_if) {
        live_add(w, n->body[0]);
    }
    if (nrv__is_composite(n) && !(a->whole && a->whole(a->user, n))) {
        live_add(w, n->body[0]);
        return;
    }
    for (int i = 0; i < n->n_in && !nrv__is_block(n); i++) /* what a block reads is found from its inside */
        live_add(w, n->in[i]);
}

nrv_status nrv__alive_from(nrv__alive *a, int n, const nrv_tensor *root)
{
    nrv_graph *g = a->g;
    size_t bytes = (g->n_node + 1) * sizeof(nrv_tensor);
    live_walk w = { a, nrv__alloc(&g->mem, NULL, 0, bytes), 0 };
    if (!w.stack)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory to look at %zu nodes", g->n_node);
    for (int i = 0; i < n; i++)
        live_add(&w, root[i]);
    while (w.n) {
        nrv_tensor x = w.stack[--w.n];
        if (!(a->eager && x->value))
            live_children(&w, x);
    }
    nrv__alloc(&g->mem, w.stack, bytes, 0);
    return NRV_OK;
}
