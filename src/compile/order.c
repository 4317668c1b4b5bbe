/* order.c - what runs when: a depth-first walk from the outputs (by name) and assignments (by variable), so that
   nothing depends on the order of creation; then what only updates variables is moved to the end, where all readers are
   done. */
#include "passes.h"

typedef struct order_walk {
    nrv__compiler *c;
    bool *seen;
    int32_t *next;
    nrv_tensor *stack;
} order_walk;

static void order_visit(order_walk *w, nrv_tensor root)
{
    size_t n = 0;
    if (w->seen[root->id])
        return;
    w->seen[root->id] = true;
    w->stack[n++] = root;
    while (n) {
        nrv_tensor at = w->stack[n - 1], down = NULL;
        while (w->next[at->id] < at->n_in && !down) {
            nrv_tensor x = at->in[w->next[at->id]++];
            down = w->seen[x->id] ? NULL : x;
        }
        if (down) {
            w->seen[down->id] = true;
            w->stack[n++] = down;
        } else {
            w->c->order[w->c->n_order++] = at;
            n--;
        }
    }
}

/* element-wise, and used by nothing but the update of variables */
static void order_late(nrv__compiler *c, bool *late, bool *early)
{
    for (size_t i = 0; i < c->n_root; i++)
        (c->root[i].var ? late : early)[c->root[i].value->id] = true;
    for (size_t i = c->n_order; i--;) {
        nrv_tensor n = c->order[i];
        bool is_late = late[n->id] && !early[n->id] && (n->op->flags & NRV_POINTWISE);
        late[n->id] = is_late;
        for (int k = 0; k < n->n_in; k++)
            (is_late ? late : early)[n->in[k]->id] = true;
    }
}

bool nrv__pass_order(nrv__compiler *c)
{
    size_t n = c->g->n_node;
    order_walk w = { c, nrv__tmp(c, n, sizeof(bool)), nrv__tmp(c, n, sizeof(int32_t)),
                     nrv__tmp(c, n, sizeof(nrv_tensor)) };
    bool *late = nrv__tmp(c, n, sizeof *late), *early = nrv__tmp(c, n, sizeof *early);
    nrv_tensor *sorted = nrv__tmp(c, n, sizeof *sorted);
    c->order = nrv__tmp(c, n, sizeof *c->order);
    if (!w.seen || !w.next || !w.stack || !late || !early || !sorted || !c->order)
        return false;
    for (size_t i = 0; i < c->n_root; i++)
        order_visit(&w, c->root[i].value);
    order_late(c, late, early);
    size_t k = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < c->n_order; i++)
            if (late[c->order[i]->id] == (pass == 1))
                sorted[k++] = c->order[i];
    c->order = sorted;
    return true;
}
