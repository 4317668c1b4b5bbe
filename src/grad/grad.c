/* grad.c - reverse mode as graph -> graph.

   Promises: visits only what lies between y and the targets, without recursion (blocks in blocks aside, which nest
   NRV__BLOCKS_DEEP deep at most); contributions are added in the order of a depth-first walk from y, never of creation;
   zero gradients are absent inside the walk and literal zeros outside.
   Does not do: know any op - each brings its rule, and a composite without one takes its body's. Blocks: loops.c. */
#include "walk.h"
#include <string.h>

/* ---- which nodes: between the roots and the targets ---- */
static void grad_mark(nrv_graph *g, bool *need, size_t i);

/* what a carry becomes may need a gradient because of the carry of the turn before */
static void grad_mark_loop(nrv_graph *g, bool *need, nrv_tensor loop)
{
    const nrv_block *b = nrv__block_of(loop);
    const nrv__region *r = &b->inside[0];
    for (bool more = r->n_node > 0; more;) {
        more = false;
        for (size_t k = 0; k < b->n_carry; k++) {
            bool *at = &need[b->carry[k].at->id];
            more = more || (!*at && need[b->carry[k].next->id]);
            *at = *at || need[b->carry[k].next->id];
        }
        for (int32_t i = r->node[0]->id; more && i < loop->id; i++)
            grad_mark(g, need, (size_t)i);
    }
}

static void grad_mark(nrv_graph *g, bool *need, size_t i)
{
    nrv_tensor n = g->node[i];
    bool inside = n->op->flags & NRV_INSIDE, block = n->op->flags & NRV_BLOCK;
    if (!nrv__dtype_real(n->type) && !block)
        return;
    if (inside ? nrv__block_of(n)->open : n->op->no_grad && !block)
        return;
    if (n->op == &nrv__op_scan || n->op == &nrv__op_while)
        grad_mark_loop(g, need, n);
    for (int k = 0; k < n->n_in; k++)
        need[i] = need[i] || need[n->in[k]->id];
    for (int k = 0; block && nrv__block_read(n) && k < n->n_out; k++)
        need[i] = need[i] || need[n->body[k]->id];
}

static bool *grad_need(nrv_graph *g, int n, const nrv_tensor *x)
{
    bool *need = nrv__alloc(&g->mem, NULL, 0, g->n_node + 1);
    if (!need)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a gradient over %zu nodes", g->n_node), NULL;
    memset(need, 0, g->n_node + 1);
    for (int i = 0; i < n; i++)
        need[x[i]->id] = true;
    for (size_t i = 0; i < g->n_node; i++)
        grad_mark(g, need, i);
    return need;
}

bool nrv__reverse_need(const nrv__reverse *w, nrv_tensor x)
{
    return (size_t)x->id < w->n_need && w->need[x->id];
}

int64_t nrv__reverse_index(const nrv__reverse *w, nrv_tensor x)
{
    if (w->region)
        return x->region == w->region && (size_t)x->slot < w->n ? x->slot : -1;
    return (size_t)x->id < w->n && (!x->region || nrv__region_open(x->region)) ? x->id : -1;
}

/* ---- in which order ---- */
static bool grad_through_body(const nrv__reverse *w, nrv_tensor n)
{
    return nrv__is_composite(n) && (!n->op->vjp || w->g->body_grad);
}

/* the k-th node that a gradient goes to; NULL: there are no more */
static nrv_tensor grad_child(const nrv__reverse *w, nrv_tensor n, int k)
{
    if ((w->target && w->target[n->id]) || n->op->flags & NRV_INSIDE)
        return NULL;
    if (grad_through_body(w, n))
        return k == 0 ? n->body[0] : NULL;
    return k < n->n_in ? n->in[k] : NULL;
}

void nrv__reverse_visit(nrv__reverse *w, nrv_tensor root)
{
    size_t n = 0;
    int64_t at = nrv__reverse_index(w, root);
    if (at < 0 || w->seen[at] || !nrv__reverse_need(w, root))
        return;
    w->stack[n++] = root;
    w->seen[at] = true;
    while (n) {
        nrv_tensor now = w->stack[n - 1], down = NULL, c = now;
        int32_t *child = &w->child[nrv__reverse_index(w, now)];
        while (c && !down) {
            c = grad_child(w, now, (*child)++);
            int64_t i = c && nrv__reverse_need(w, c) ? nrv__reverse_index(w, c) : -1;
            down = i >= 0 && !w->seen[i] ? c : NULL;
        }
        if (down) {
            w->seen[nrv__reverse_index(w, down)] = true;
            w->stack[n++] = down;
        } else {
            w->order[w->n_order++] = now;
            n--;
        }
    }
}

/* ---- the walk ---- */
static nrv_tensor *grad_outer(nrv__reverse *w, nrv_tensor x)
{
    int lo = 0, hi = w->n_outer;
    while (lo < hi) {
        int mid = lo + (hi - lo) / 2;
        if (w->outer[mid]->id < x->id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < w->n_outer && w->outer[lo] == x ? &w->outer_sum[lo] : NULL;
}

void nrv__reverse_add(nrv__reverse *w, nrv_tensor to, nrv_tensor d)
{
    int64_t at = nrv__reverse_index(w, to);
    nrv_tensor *sum = at >= 0 ? &w->sum[at] : grad_outer(w, to);
    nrv_tensor joined = d && sum && *sum ? nrv__joined(*sum, d) : NULL;
    if (d && sum)
        *sum = joined ? joined : *sum ? nrv_add(*sum, d) : d;
}

enum { GRAD_FEW = 16 };

static void grad_rule(nrv__reverse *w, nrv_tensor n, nrv_tensor dy)
{
    bool few_need[GRAD_FEW] = { false }, *need = few_need;
    nrv_tensor few[2 * GRAD_FEW] = { NULL }, *dx = few;
    if (n->n_in > GRAD_FEW) {
        need = nrv__arena_get(&w->g->arena, (size_t)n->n_in * sizeof *need);
        dx = nrv__arena_get(&w->g->arena, 2 * (size_t)n->n_in * sizeof *dx);
        if (!need || !dx) {
            nrv__graph_fail(w->g, NRV_ENOMEM, NULL, "no memory for a gradient");
            return;
        }
        memset(dx, 0, 2 * (size_t)n->n_in * sizeof *dx);
    }
    nrv_tensor *x = dx + n->n_in;
    for (int i = 0; i < n->n_in; i++) {
        need[i] = nrv__reverse_need(w, n->in[i]);
        x[i] = nrv__stands_for(w->here, n->in[i]);
    }
    nrv_vjp v = { w->g, nrv__stands_for(w->here, n), dy, x, n->n_in, need, dx, n->attr, n->size };
    n->op->vjp(&v);
    for (int i = 0; i < n->n_in && !w->g->why.status; i++)
        if (need[i] && dx[i])
            nrv__reverse_add(w, n->in[i], nrv__sum_to(dx[i], n->in[i]));
}

static void grad_read(nrv__reverse *w, nrv_tensor n)
{
    int64_t block = nrv__reverse_index(w, n->in[0]), at = nrv__reverse_index(w, n);
    w->more[at] = w->part[block];
    w->part[block] = (int32_t)at + 1;
}

void nrv__reverse_run(nrv__reverse *w)
{
    for (size_t i = w->n_order; i-- && !w->g->why.status;) {
        nrv_tensor n = w->order[i];
        int64_t at = nrv__reverse_index(w, n);
        nrv_tensor dy = w->sum[at];
        bool block = nrv__is_block(n);
        if ((block ? !w->part[at] : !dy) || (w->target && w->target[n->id]) || n->op->flags & NRV_INSIDE)
            continue;
        if (!nrv__label_push(w->g, n))
            return;
        const nrv__stand *here = w->here;
        w->here = nrv__anew(w, n, dy ? dy : w->sum[w->part[at] - 1]);
        if (block)
            nrv__reverse_block(w, n);
        else if (nrv__block_read(n))
            grad_read(w, n);
        else if (grad_through_body(w, n))
            nrv__reverse_add(w, n->body[0], dy);
        else if (n->op->vjp)
            grad_rule(w, n, dy);
        w->here = here;
        nrv__label_pop(w->g);
    }
}

/* ---- memory ---- */
static size_t grad_bytes(const nrv__reverse *w)
{
    return (w->n + 1) * (3 * sizeof(nrv_tensor) + 3 * sizeof(int32_t) + sizeof(bool)) +
           (size_t)w->n_outer * sizeof(nrv_tensor);
}

bool nrv__reverse_begin(nrv__reverse *w)
{
    nrv_tensor *room = nrv__alloc(&w->g->mem, NULL, 0, grad_bytes(w));
    if (!room)
        return nrv__graph_fail(w->g, NRV_ENOMEM, NULL, "no memory for a gradient over %zu nodes", w->n), false;
    memset(room, 0, grad_bytes(w));
    w->sum = room;
    w->order = w->sum + w->n + 1;
    w->stack = w->order + w->n + 1;
    w->outer_sum = w->stack + w->n + 1;
    w->child = (int32_t *)(void *)(w->outer_sum + w->n_outer);
    w->part = w->child + w->n + 1;
    w->more = w->part + w->n + 1;
    w->seen = (bool *)(w->more + w->n + 1);
    return true;
}

void nrv__reverse_free(nrv__reverse *w)
{
    nrv__alloc(&w->g->mem, w->sum, w->sum ? grad_bytes(w) : 0, 0);
}

/* ---- the whole graph ---- */
static void grad_all(nrv_graph *g, int n_y, const nrv_tensor *y, const nrv_tensor *dy, int n_x, const nrv_tensor *x,
                     nrv_tensor *dx, const bool *need, const bool *target)
{
    nrv__reverse w = { .g = g, .need = need, .n_need = g->n_node, .n = g->n_node, .target = target };
    if (nrv__reverse_begin(&w) && nrv__anew_begin(&w)) {
        for (int i = 0; i < n_y; i++)
            nrv__reverse_visit(&w, y[i]);
        for (int i = 0; i < n_y; i++)
            nrv__reverse_add(&w, y[i], dy[i]);
        nrv__reverse_run(&w);
    }
    for (int i = 0; i < n_x && !g->why.status; i++) {
        nrv_tensor sum = w.sum[x[i]->id];
        dx[i] = sum ? sum : nrv_fill(g, x[i]->type, nrv_shape_of(x[i]), 0);
    }
    nrv__reverse_free(&w);
}

void nrv__reverse_partial(nrv_graph *g, int n_y, const nrv_tensor *y, const nrv_tensor *dy, int n_x,
                          const nrv_tensor *x, nrv_tensor *dx)
{
    bool *need = grad_need(g, n_x, x), *target = nrv__alloc(&g->mem, NULL, 0, g->n_node + 1);
    size_t n = g->n_node;
    if (need && target) {
        memset(target, 0, n + 1);
        for (int i = 0; i < n_x; i++)
            target[x[i]->id] = true;
        grad_all(g, n_y, y, dy, n_x, x, dx, need, target);
    } else {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a gradient over %zu nodes", n);
    }
    nrv__alloc(&g->mem, need, need ? n + 1 : 0, 0);
    nrv__alloc(&g->mem, target, target ? n + 1 : 0, 0);
}

static nrv_tensor grad_seed(nrv_tensor y, nrv_tensor dy)
{
    nrv_graph *g = y->g;
    if (!nrv__dtype_real(y->type))
        return nrv__graph_fail(g, NRV_ENOGRAD, "differentiate a real value", "grad of a tensor of type %s",
                               nrv__dtype_name(y->type)),
               NULL;
    if (!dy && nrv__dim_product(g, y->rank, y->dim) != 1)
        return nrv__graph_fail(g, NRV_ENOGRAD, "reduce it (nrv_mean_all, nrv_sum_all), or give dy",
                               "grad of a tensor that is no scalar"),
               NULL;
    if (!dy)
        return nrv_fill(g, y->type, nrv_shape_of(y), 1);
    if (nrv__alike(y, dy, "grad"))
        return dy;
    nrv__differ("grad", "y", y, "dy", dy, "dy has y's shape and type, and is of its graph");
    return NULL;
}

/* a value that exists where the gradient is traced */
static bool grad_is_here(nrv_graph *g, nrv_tensor x, const char *what, int i)
{
    const char *wrong = !x                                          ? "NULL"
                        : x->g != g                                 ? "of another graph"
                        : !nrv__dtype_real(x->type)                 ? "not real"
                        : x->region && !nrv__region_open(x->region) ? "of the inside of a block that is closed"
                        : nrv__is_block(x)                          ? "no value"
                                                                    : NULL;
    if (wrong)
        nrv__graph_fail(g, NRV_ENOGRAD, "real tensors of y's graph; nrv_stacked and nrv_last give a loop's",
                        "grad: %s %d is %s", what, i, wrong);
    return !wrong;
}

void nrv__vjp(nrv_graph *g, int n_y, const nrv_tensor *y, const nrv_tensor *dy, int n_x, const nrv_tensor *x,
              nrv_tensor *dx)
{
    bool here = !g->why.status;
    for (int i = 0; i < n_x; i++) {
        dx[i] = NULL;
        here = here && grad_is_here(g, x[i], "target", i);
    }
    for (int i = 0; i < n_y; i++)
        here = here && grad_is_here(g, y[i], "y", i) && dy[i];
    size_t nodes = g->n_node;
    bool *need = here ? grad_need(g, n_x, x) : NULL;
    if (need)
        grad_all(g, n_y, y, dy, n_x, x, dx, need, NULL);
    for (int i = 0; i < n_x && g->why.status; i++)
        dx[i] = NULL;
    nrv__alloc(&g->mem, need, need ? nodes + 1 : 0, 0);
}

NRV_API void nrv_grad(nrv_tensor y, nrv_tensor dy, int n, const nrv_tensor *x, nrv_tensor *dx)
{
    for (int i = 0; i < n && dx; i++)
        dx[i] = NULL;
    if (n > 0 && (!x || !dx)) {
        if (y)
            nrv__graph_fail(y->g, NRV_EARG, "n tensors, and room for n gradients", "grad: %s is NULL", x ? "dx" : "x");
        return;
    }
    nrv_tensor seed = y && !y->g->why.status ? grad_seed(y, dy) : NULL;
    if (seed)
        nrv__vjp(y->g, 1, &y, &seed, n, x, dx);
}
