/* jvp.c - derivatives forward, as a gradient of gradients: the gradient of y by x is a linear function of the cotangent
   u of y; its gradient by u, along dx, is the change of y along dx (Townsend 2017).

   Promises: no op needs a second rule. Does not do: save the reverse walk - what only it needs, the plan leaves out. */
#include "walk.h"

static bool jvp_fits(nrv_graph *g, int n, const nrv_tensor *x, const nrv_tensor *dx, int m, const nrv_tensor *y)
{
    for (int k = 0; k < m; k++)
        if (!y[k] || !nrv__dtype_real(y[k]->type))
            return nrv__graph_fail(g, NRV_ENOGRAD, "differentiate real values", "jvp: y %d is %s", k,
                                   y[k] ? nrv__dtype_name(y[k]->type) : "NULL"),
                   false;
    for (int i = 0; i < n; i++) {
        if (!x[i] || (dx[i] && !nrv__alike(x[i], dx[i], "jvp")))
            return nrv__graph_fail(g, NRV_ESHAPE, "dx has x's shape and type, or is NULL: x does not move",
                                   "jvp: x %d %s", i, x[i] ? "and its change differ" : "is NULL"),
                   false;
    }
    return true;
}

/* Changes of y along changes of x: dy[k] = sum over i of (dy[k]/dx[i]) dx[i]. dx[i] has x[i]'s shape and type, NULL:
   x[i] does not move. y real, of x's graph; dy is written, NULL after an error. Differentiable to any order. */
NRV_API void nrv_jvp(int n, const nrv_tensor *x, const nrv_tensor *dx, int m, const nrv_tensor *y, nrv_tensor *dy)
{
    for (int k = 0; k < m && dy; k++)
        dy[k] = NULL;
    nrv_graph *g = m > 0 && y && y[0] ? y[0]->g : NULL;
    if (!g || g->why.status)
        return;
    if (!dy || (n > 0 && (!x || !dx))) {
        nrv__graph_fail(g, NRV_EARG, "n tensors with n changes, m values with room for m changes", "jvp: %s is NULL",
                        !dy ? "dy"
                        : x ? "dx"
                            : "x");
        return;
    }
    if (!jvp_fits(g, n, x, dx, m, y))
        return;
    nrv_tensor *u = nrv__arena_get(&g->arena, ((size_t)m + (size_t)n + 1) * sizeof *u), *v = u + m, sum = NULL;
    if (!u) {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a derivative");
        return;
    }
    for (int k = 0; k < m; k++)
        u[k] = nrv__cotangent(y[k], k);
    nrv__vjp(g, m, y, u, n, x, v);
    for (int i = 0; i < n && !g->why.status; i++) {
        if (!dx[i] || v[i]->op == &nrv__op_fill)
            continue;
        nrv_tensor along = nrv_sum_all(nrv_mul(v[i], dx[i]));
        sum = sum ? nrv_add(sum, nrv__cast_like(along, sum)) : along;
    }
    if (sum)
        nrv_grad(sum, NULL, m, u, dy);
    for (int k = 0; k < m && !sum && !g->why.status; k++)
        dy[k] = nrv_fill(g, y[k]->type, nrv_shape_of(y[k]), 0);
}
