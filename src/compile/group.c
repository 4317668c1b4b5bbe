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
static int32_t group_open(const nrv__area *c, const group_state *s, nrv_tensor n, int k)
{
    int32_t g = c->group[n->in[k]->mark];
    if (g < 0)
        return -1;
    g = group_find(s, g);
    return !s->closed[g] && group_same_shape(s->shape[g], n) ? g : -1;
}

static int32_t group_place(const nrv__compiler *c, nrv__area *a, group_state *s, nrv_tensor n)
{
    int32_t mine = a->n_group++;
    s->up[mine] = mine;
    s->size[mine] = 1;
    s->shape[mine] = n;
    for (int k = 0; k < n->n_in && !nrv__without(c, "group"); k++) {
        int32_t g = group_open(a, s, n, k);
        if (g < 0 || g == mine || s->size[g] + s->size[mine] > GROUP_MOST)
            continue;
        s->up[mine] = g;
        s->size[g] += s->size[mine];
        mine = g;
    }
    return mine;
}

bool nrv__pass_group(nrv__compiler *c, nrv__area *a)
{
    size_t n = a->n_order + 1;
    group_state s = { nrv__tmp(c, n, sizeof(int32_t)), nrv__tmp(c, n, sizeof(int32_t)), nrv__tmp(c, n, sizeof(bool)),
                      nrv__tmp(c, n, sizeof(nrv_tensor)) };
    a->group = nrv__tmp(c, n, sizeof *a->group);
    a->n_group = 0;
    if (!s.up || !s.size || !s.closed || !s.shape || !a->group)
        return false;
    for (size_t i = 0; i < a->n_order; i++) {
        nrv_tensor y = a->order[i];
        const nrv_tensor *in;
        y->mark = (int32_t)i;
        a->group[i] = -1;
        if (i < a->n_given)
            continue;
        int32_t mine = y->op->flags & NRV_POINTWISE ? group_place(c, a, &s, y) : -1;
        for (int k = nrv__reads(c, y, &in); k--;) { /* whoever is read from outside is complete */
            int32_t g = a->group[in[k]->mark];
            if (g >= 0 && group_find(&s, g) != mine)
                s.closed[group_find(&s, g)] = true;
        }
        a->group[i] = mine;
    }
    for (size_t i = 0; i < a->n_order; i++)
        if (a->group[i] >= 0)
            a->group[i] = group_find(&s, a->group[i]);
    return true;
}
