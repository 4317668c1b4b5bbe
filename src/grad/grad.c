/* grad.c - reverse mode as graph -> graph.

   Promises: visits only what lies between y and the targets, without recursion; contributions are added in the order of
   a depth-first walk from y, never of creation; zero gradients are absent inside the walk and literal zeros outside.
   Does not do: know any op - each brings its rule, and a composite without one takes its body's. */
#include "../ops/op.h"
#include <string.h>

typedef struct grad_walk {
    nrv_graph *g;
    size_t n;        /* nodes when the walk began */
    bool *need;      /* lies between y and a target */
    nrv_tensor *sum; /* gradient so far */
    nrv_tensor *order, *stack;
    int32_t *next; /* child to visit next */
    bool *seen;
    size_t n_order;
} grad_walk;

static bool grad_through_body(const grad_walk *w, nrv_tensor n)
{
    return n->body && (!n->op->vjp || w->g->body_grad);
}

/* the nodes a gradient goes to */
static int grad_children(const grad_walk *w, nrv_tensor n, const nrv_tensor **child)
{
    *child = grad_through_body(w, n) ? n->body : n->in;
    return grad_through_body(w, n) ? 1 : n->n_in;
}

static void grad_mark(grad_walk *w, int n, const nrv_tensor *x)
{
    for (int i = 0; i < n; i++)
        w->need[x[i]->id] = true;
    for (size_t i = 0; i < w->n; i++) {
        nrv_tensor node = w->g->node[i];
        for (int k = 0; k < node->n_in && !node->op->no_grad; k++)
            w->need[i] = w->need[i] || w->need[node->in[k]->id];
    }
}

static void grad_visit(grad_walk *w, nrv_tensor y)
{
    size_t n = 0;
    w->stack[n++] = y;
    w->seen[y->id] = true;
    while (n) {
        nrv_tensor at = w->stack[n - 1], down = NULL;
        const nrv_tensor *child;
        int count = grad_children(w, at, &child);
        while (w->next[at->id] < count && !down) {
            nrv_tensor c = child[w->next[at->id]++];
            down = w->need[c->id] && !w->seen[c->id] ? c : NULL;
        }
        if (down) {
            w->seen[down->id] = true;
            w->stack[n++] = down;
        } else {
            w->order[w->n_order++] = at;
            n--;
        }
    }
}

static void grad_add(grad_walk *w, nrv_tensor to, nrv_tensor d)
{
    nrv_tensor *sum = &w->sum[to->id];
    *sum = *sum ? nrv_add(*sum, d) : d;
}

enum { GRAD_FEW = 16 };

static void grad_rule(grad_walk *w, nrv_tensor n, nrv_tensor dy)
{
    bool few_need[GRAD_FEW] = { false }, *need = few_need;
    nrv_tensor few_dx[GRAD_FEW] = { NULL }, *dx = few_dx;
    if (n->n_in > GRAD_FEW) {
        need = nrv__arena_get(&w->g->arena, (size_t)n->n_in * sizeof *need);
        dx = nrv__arena_get(&w->g->arena, (size_t)n->n_in * sizeof *dx);
        if (!need || !dx) {
            nrv__graph_fail(w->g, NRV_ENOMEM, NULL, "no memory for a gradient");
            return;
        }
    }
    for (int i = 0; i < n->n_in; i++)
        need[i] = w->need[n->in[i]->id];
    nrv_vjp v = { w->g, n, dy, n->in, n->n_in, need, dx, n->attr, n->size };
    n->op->vjp(&v);
    for (int i = 0; i < n->n_in && !w->g->why.status; i++)
        if (need[i] && dx[i])
            grad_add(w, n->in[i], nrv__sum_to(dx[i], n->in[i]));
}

static void grad_run(grad_walk *w)
{
    for (size_t i = w->n_order; i-- && !w->g->why.status;) {
        nrv_tensor n = w->order[i], dy = w->sum[n->id];
        if (!dy || !w->need[n->id] || !nrv__label_push(w->g, n->scope))
            continue;
        if (grad_through_body(w, n))
            grad_add(w, n->body[0], dy);
        else if (n->op->vjp)
            grad_rule(w, n, dy);
        nrv__label_pop(w->g);
    }
}

static void *grad_memory(grad_walk *w, size_t size)
{
    void *p = nrv__alloc(&w->g->mem, NULL, 0, (w->n + 1) * size);
    if (p)
        memset(p, 0, (w->n + 1) * size);
    else
        nrv__graph_fail(w->g, NRV_ENOMEM, NULL, "no memory for a gradient over %zu nodes", w->n);
    return p;
}

static void grad_free(grad_walk *w, void *p, size_t size)
{
    nrv__alloc(&w->g->mem, p, (w->n + 1) * size, 0);
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
    bool same = dy->g == g && dy->rank == y->rank && dy->type == y->type;
    nrv_dim d;
    for (int i = 0; same && i < y->rank; i++)
        same = nrv__dim_same(g, dy->dim[i], y->dim[i], "grad", &d);
    return same
               ? dy
               : (nrv__graph_fail(g, NRV_ESHAPE, "dy has y's shape and type", "grad: y and dy differ in shape or type"),
                  NULL);
}

NRV_API void nrv_grad(nrv_tensor y, nrv_tensor dy, int n, const nrv_tensor *x, nrv_tensor *dx)
{
    for (int i = 0; i < n; i++)
        dx[i] = NULL;
    if (!y || y->g->why.status)
        return;
    nrv_graph *g = y->g;
    for (int i = 0; i < n; i++)
        if (!x[i] || x[i]->g != g || !nrv__dtype_real(x[i]->type)) {
            nrv__graph_fail(g, NRV_ENOGRAD, "real tensors of y's graph", "grad: target %d is %s", i,
                            !x[i]          ? "NULL"
                            : x[i]->g != g ? "of another graph"
                                           : "not real");
            return;
        }
    nrv_tensor seed = grad_seed(y, dy);
    if (!seed)
        return;
    grad_walk w = { .g = g, .n = g->n_node };
    w.need = grad_memory(&w, sizeof *w.need);
    w.seen = grad_memory(&w, sizeof *w.seen);
    w.sum = grad_memory(&w, sizeof *w.sum);
    w.order = grad_memory(&w, sizeof *w.order);
    w.stack = grad_memory(&w, sizeof *w.stack);
    w.next = grad_memory(&w, sizeof *w.next);
    if (!g->why.status) {
        grad_mark(&w, n, x);
        grad_visit(&w, y);
        w.sum[y->id] = seed;
        grad_run(&w);
    }
    for (int i = 0; i < n && !g->why.status; i++)
        dx[i] = w.sum[x[i]->id] ? w.sum[x[i]->id] : nrv_fill(g, x[i]->type, nrv_shape_of(x[i]), 0);
    for (int i = 0; i < n && g->why.status; i++)
        dx[i] = NULL;
    grad_free(&w, w.need, sizeof *w.need);
    grad_free(&w, w.seen, sizeof *w.seen);
    grad_free(&w, w.sum, sizeof *w.sum);
    grad_free(&w, w.order, sizeof *w.order);
    grad_free(&w, w.stack, sizeof *w.stack);
    grad_free(&w, w.next, sizeof *w.next);
}
