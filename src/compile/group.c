/* group.c - element-wise chains of one shape into groups, each to become one tile program.

   A node joins the groups of its inputs while they are open; a group closes when anything outside reads it. So nothing
   outside ever stands between two members, and no cycle can arise. */
#include "passes.h"
#include <string.h>

#ifdef NRV__TINY
enum { GROUP_MOST = 3 };
#else
enum { GROUP_MOST = 48 };
#endif

typedef struct group_state {
    int32_t *up, *size; /* union-find over groups */
    bool *closed;
    nrv_tensor *shape;
} group_state;

static int32_t group_find(const group_state *s, int32_t i)
{
    while (s->up[i] != i)
        i = s->up[i] = s->up[s->up[i]];
    return i;
}

static bool group_same_shape(nrv_tensor a, nrv_tensor b)
{
    return a->rank == b->rank && (!a->rank || !memcmp(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim));
}

/* the group of n's input k, if n may join it */
static int32_t group_open(const nrv__compiler *c, const group_state *s, nrv_tensor n, int k)
{
    int32_t g = n->in[k]->mark >= 0 ? c->group[n->in[k]->mark] : -1;
    if (g < 0)
        return -1;
    g = group_find(s, g);
    return !s->closed[g] && group_same_shape(s->shape[g], n) ? g : -1;
}

static int32_t group_place(nrv__compiler *c, group_state *s, nrv_tensor n)
{
    int32_t mine = c->n_group++;
    s->up[mine] = mine;
    s->size[mine] = 1;
    s->shape[mine] = n;
    for (int k = 0; k < n->n_in && !nrv__without(c, "group"); k++) {
        int32_t g = group_open(c, s, n, k);
        if (g < 0 || g == mine || s->size[g] + s->size[mine] > GROUP_MOST)
            continue;
        s->up[mine] = g;
        s->size[g] += s->size[mine];
        mine = g;
    }
    return mine;
}

bool nrv__pass_group(nrv__compiler *c)
{
    size_t n = c->n_order + 1;
    group_state s = { nrv__tmp(c, n, sizeof(int32_t)), nrv__tmp(c, n, sizeof(int32_t)), nrv__tmp(c, n, sizeof(bool)),
                      nrv__tmp(c, n, sizeof(nrv_tensor)) };
    c->group = nrv__tmp(c, n, sizeof *c->group);
    if (!s.up || !s.size || !s.closed || !s.shape || !c->group)
        return false;
    for (size_t i = 0; i < c->g->n_node; i++)
        c->g->node[i]->mark = -1;
    for (size_t i = 0; i < c->n_order; i++) {
        nrv_tensor y = c->order[i];
        int32_t mine = y->op->flags & NRV_POINTWISE ? group_place(c, &s, y) : -1;
        for (int k = 0; k < y->n_in; k++) { /* whoever is read from outside is complete */
            int32_t g = y->in[k]->mark >= 0 ? c->group[y->in[k]->mark] : -1;
            if (g >= 0 && group_find(&s, g) != mine)
                s.closed[group_find(&s, g)] = true;
        }
        c->group[i] = mine;
        y->mark = (int32_t)i;
    }
    for (size_t i = 0; i < c->n_order; i++)
        if (c->group[i] >= 0)
            c->group[i] = group_find(&s, c->group[i]);
    return true;
}
