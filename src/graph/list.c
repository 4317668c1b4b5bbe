/* list.c - a tensor for each of some parameters. Lists are sorted by name and meet by parameter, so they need no common
   order and one may hold more than the other. Does not do: know what a parameter is for. */
#include "record.h"
#include "store.h"
#include <string.h>

static bool list_by_name(const void *a, const void *b)
{
    return strcmp(((const nrv__entry *)a)->name, ((const nrv__entry *)b)->name) < 0;
}

nrv_list nrv__list_new(nrv_graph *g, int n, nrv__entry *at)
{
    nrv_list l = nrv__arena_get(&g->arena, sizeof *l);
    if (!l)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a list"), NULL;
    nrv__sort(at, (size_t)n, sizeof *at, list_by_name);
    *l = (struct nrv_seq){ g, n, at };
    return l;
}

static nrv__entry *list_room(nrv_graph *g, size_t n)
{
    nrv__entry *at = nrv__arena_get(&g->arena, (n + 1) * sizeof *at);
    if (!at)
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a list");
    return at;
}

nrv_tensor nrv__list_find(nrv_list l, const char *name)
{
    int lo = 0, hi = l->n;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2, c = strcmp(l->at[mid].name, name);
        if (c == 0)
            return l->at[mid].value;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

NRV_API nrv_list nrv_params(nrv_graph *g, const char *names)
{
    if (!g || g->why.status)
        return NULL;
    nrv__entry *at = list_room(g, g->n_var);
    int n = 0;
    for (size_t i = 0; at && i < g->n_var; i++) {
        nrv_tensor p = g->var[i].node;
        if (g->var[i].trainable && nrv__match(names ? names : "*", p->name))
            at[n++] = (nrv__entry){ p->name, p, p };
    }
    return at ? nrv__list_new(g, n, at) : NULL;
}

NRV_API nrv_list nrv_stored(nrv_graph *g, const char *names)
{
    if (!g || g->why.status)
        return NULL;
    const nrv_store *s = g->store;
    nrv__entry *at = list_room(g, s->n_entry);
    int n = 0;
    for (size_t i = 0; at && i < s->n_entry; i++) {
        const nrv__stored *e = s->entry[i];
        if (e->kind != NRV__PARAM || !nrv__match(names ? names : "*", e->name))
            continue;
        nrv_shape shape = { e->rank, { 0 } };
        for (int k = 0; k < e->rank; k++)
            shape.dim[k] = e->dim[k];
        nrv_tensor p = nrv__variable(g, e->name, e->type, shape, (nrv__start){ { 0, 0, 0 }, NULL }, NRV__PARAM);
        if (!p)
            return NULL;
        at[n++] = (nrv__entry){ p->name, p, p };
    }
    return at ? nrv__list_new(g, n, at) : NULL;
}

NRV_API nrv_list nrv_grads(nrv_tensor loss, nrv_list params)
{
    if (!loss || !params)
        return NULL;
    nrv_graph *g = loss->g;
    if (!g->why.status && params->g != g)
        nrv__graph_fail(g, NRV_EARG, "trace both in one graph", "grads: the parameters are of another graph");
    if (g->why.status)
        return NULL;
    nrv__entry *at = list_room(g, (size_t)params->n);
    nrv_tensor *x = nrv__arena_get(&g->arena, (size_t)(params->n + 1) * sizeof *x);
    nrv_tensor *dx = nrv__arena_get(&g->arena, (size_t)(params->n + 1) * sizeof *dx);
    if (!at || !x || !dx)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a list"), NULL;
    for (int i = 0; i < params->n; i++)
        x[i] = params->at[i].value;
    nrv_grad(loss, NULL, params->n, x, dx);
    if (g->why.status)
        return NULL;
    for (int i = 0; i < params->n; i++)
        at[i] = (nrv__entry){ params->at[i].name, params->at[i].param, dx[i] };
    return nrv__list_new(g, params->n, at);
}

NRV_API nrv_list nrv_list_of(nrv_list like, const nrv_tensor *x)
{
    if (!like || !x || like->g->why.status)
        return NULL;
    nrv__entry *at = list_room(like->g, (size_t)like->n);
    for (int i = 0; at && i < like->n; i++) {
        if (!x[i] || x[i]->g != like->g)
            return nrv__graph_fail(like->g, NRV_EARG, "one value for each entry", "list: value %d ('%s') is %s", i,
                                   like->at[i].name, x[i] ? "of another graph" : "NULL"),
                   NULL;
        at[i] = (nrv__entry){ like->at[i].name, like->at[i].param, x[i] };
    }
    return at ? nrv__list_new(like->g, like->n, at) : NULL;
}

NRV_API int nrv_list_len(nrv_list l)
{
    return l ? l->n : 0;
}

NRV_API nrv_tensor nrv_list_at(nrv_list l, int i)
{
    if (!l)
        return NULL;
    if (i < 0 || i >= l->n)
        return nrv__graph_fail(l->g, NRV_EARG, "from 0 to nrv_list_len - 1", "list: entry %d of %d", i, l->n), NULL;
    return l->at[i].value;
}

enum { LIST_MOST = 8 };

NRV_API nrv_list nrv_map(const char *formula, int n, const nrv_list *l)
{
    nrv_graph *g = NULL;
    for (int i = 0; i < n; i++) {
        if (!l || !l[i])
            return NULL;
        g = l[0]->g;
    }
    if (!g || g->why.status)
        return NULL;
    if (n > LIST_MOST)
        return nrv__graph_fail(g, NRV_EARG, "map in two steps", "nrv_map over %d lists; at most %d", n, LIST_MOST),
               NULL;
    nrv__entry *at = list_room(g, (size_t)l[0]->n);
    for (int i = 0; at && i < l[0]->n; i++) {
        nrv_tensor x[LIST_MOST];
        for (int k = 0; k < n; k++)
            if (!(x[k] = nrv__list_find(l[k], l[0]->at[i].name)))
                return nrv__graph_fail(g, NRV_ENAME, "take the longer list later in the formula",
                                       "nrv_map: list %d holds nothing for '%s'", k, l[0]->at[i].name),
                       NULL;
        at[i] = (nrv__entry){ l[0]->at[i].name, l[0]->at[i].param, nrv_expr(formula, n, x) };
        if (!at[i].value)
            return NULL;
    }
    return at ? nrv__list_new(g, l[0]->n, at) : NULL;
}

NRV_API nrv_list nrv_states(nrv_list like, const char *prefix, const double *fill)
{
    if (!like || !prefix || like->g->why.status)
        return NULL;
    nrv_graph *g = like->g;
    nrv__entry *at = list_room(g, (size_t)like->n);
    for (int i = 0; at && i < like->n; i++) {
        nrv_tensor p = like->at[i].param;
        size_t a = strlen(prefix), b = strlen(p->name);
        char *name = nrv__arena_get(&g->arena, a + b + 1);
        if (!name)
            return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a name"), NULL;
        memcpy(name, prefix, a);
        memcpy(name + a, p->name, b);
        nrv__start start = fill ? (nrv__start){ { 6, *fill, 0 }, NULL } : (nrv__start){ { 0, 0, 0 }, p->name };
        nrv_tensor s = nrv__variable(g, name, p->type, nrv_shape_of(p), start, NRV__STATE);
        if (!s)
            return NULL;
        at[i] = (nrv__entry){ like->at[i].name, p, s };
    }
    return at ? nrv__list_new(g, like->n, at) : NULL;
}

NRV_API void nrv_assign_all(nrv_list vars, nrv_list values)
{
    if (!vars || !values)
        return;
    for (int i = 0; i < vars->n; i++) {
        nrv_tensor v = nrv__list_find(values, vars->at[i].name);
        if (!v) {
            nrv__graph_fail(vars->g, NRV_ENAME, "make both from the same nrv_params", "assign: no value for '%s'",
                            vars->at[i].name);
            return;
        }
        nrv_assign(vars->g, vars->at[i].value, v);
    }
}

NRV_API nrv_tensor nrv_pack(nrv_list l)
{
    if (!l || l->g->why.status)
        return NULL;
    nrv_tensor *flat = nrv__arena_get(&l->g->arena, (size_t)(l->n + 1) * sizeof *flat);
    if (!flat)
        return nrv__graph_fail(l->g, NRV_ENOMEM, NULL, "no memory for a list"), NULL;
    for (int i = 0; i < l->n; i++)
        flat[i] = nrv_reshape(l->at[i].value, NRV_SHAPE(NRV_SAME));
    if (!l->n)
        return nrv__graph_fail(l->g, NRV_EARG, "which parameters were meant?", "nrv_pack of an empty list"), NULL;
    return nrv_concat(l->n, flat, 0);
}

NRV_API nrv_list nrv_unpack(nrv_tensor flat, nrv_list like)
{
    if (!flat || !like || flat->g->why.status)
        return NULL;
    nrv_graph *g = flat->g;
    nrv__entry *at = list_room(g, (size_t)like->n);
    nrv_dim start = 0;
    for (int i = 0; at && i < like->n; i++) {
        nrv_tensor v = like->at[i].value;
        nrv_dim n = nrv__dim_product(g, v->rank, v->dim);
        at[i] = (nrv__entry){ like->at[i].name, like->at[i].param,
                              nrv_reshape(nrv_slice(flat, 0, start, n), nrv_shape_of(v)) };
        if (!at[i].value)
            return NULL;
        start = nrv__dim_add(g, start, n);
    }
    nrv_dim whole;
    if (at && (flat->rank != 1 || !nrv__dim_same(g, flat->dim[0], start, "unpack", &whole)))
        return nrv__graph_fail(g, NRV_ESHAPE, "pack and unpack with the same list",
                               "unpack: the flat tensor and the list differ in length"),
               NULL;
    return at ? nrv__list_new(g, like->n, at) : NULL;
}
