/* rewrite.c - how a pass makes another graph of a graph: node by node, inputs before users, into the same graph.

   Promises: what nothing changed is the node it was; a new node is labelled as the one it stands for and stays in that
   one's choice. Does not do: say what becomes of a node - passes do. */
#include "passes.h"

bool nrv__rewrite_begin(nrv__rewrite *r, nrv__compiler *c, bool *live)
{
    size_t most = 0;
    *r = (nrv__rewrite){ .c = c, .n = c->g->n_node, .live = live, .to = nrv__tmp(c, c->g->n_node, sizeof *r->to) };
    for (size_t i = 0; i < r->n; i++) {
        size_t room = (size_t)(c->g->node[i]->n_in + c->g->node[i]->n_out);
        most = room > most ? room : most;
    }
    r->room = nrv__tmp(c, most, sizeof *r->room);
    return live && r->to && r->room;
}

nrv_tensor nrv__rewritten(const nrv__rewrite *r, nrv_tensor old)
{
    return r->to[old->id] ? r->to[old->id] : old;
}

nrv_tensor nrv__rebuilt(const nrv__rewrite *r, nrv_tensor y)
{
    bool block = y->op->flags & NRV_BLOCK, changed = false;
    nrv_tensor *body = r->room + y->n_in;
    for (int k = 0; k < y->n_in; k++) {
        r->room[k] = nrv__rewritten(r, y->in[k]);
        changed = changed || r->room[k] != y->in[k];
    }
    for (int k = 0; block && k < y->n_out; k++) {
        body[k] = nrv__rewritten(r, y->body[k]);
        changed = changed || body[k] != y->body[k];
    }
    return changed ? nrv__rebuild(r->c->g, y, r->room, block && y->body ? body : y->body) : y;
}

bool nrv__rewrite_all(nrv__rewrite *r, nrv_tensor (*node)(void *user, nrv_tensor y), void *user)
{
    nrv_graph *g = r->c->g;
    for (size_t i = 0; i < r->n; i++) {
        nrv_tensor y = g->node[i];
        if (!r->live[i])
            continue;
        g->floor = nrv__floor_of(y->region);
        if (!nrv__label_push(g, y))
            return false;
        r->to[i] = node(user, y);
        nrv__label_pop(g);
        if (!r->to[i] || g->why.status)
            return false;
    }
    for (size_t i = 0; i < r->c->n_root; i++)
        r->c->root[i].value = nrv__rewritten(r, r->c->root[i].value);
    return true;
}
