/* jvp.c - derivatives forward, as a gradient of gradients: the gradient of y by x is a linear function of the cotangent
   u of y; its gradient by u, along dx, is the change of y along dx (Townsend 2017).

   Promises: no op needs a second rule. Does not do: save the reverse walk - what only it needs, the plan leaves out. */
#include "walk.h"

/* Changes of y along changes of x: dy[k] = sum over i of (dy[k]/dx[i]) dx[i]. dx[i] has x[i]'s shape and type, NULL:
   x[i] does not move. y real, of x's graph; dy is written, NULL after an error. Differentiable to any order. */
NRV_API void nrv_jvp(int n, const nrv_tensor *x, const nrv_tensor *dx, int m, const nrv_tensor *y, nrv_tensor *dy)
{
    for (int k = 0; k < m && dy; k++)
        dy[k] = NULL;
    bool all = m > 0 && y && dy && (n < 1 || (x && dx));
    for (int k = 0; all && k < m; k++)
        all = y[k] != NULL;
    for (int i = 0; all && i < n; i++)
        all = x[i] != NULL;
    nrv_graph *g = all ? y[0]->g : NULL;
    if (!g || g->why.status)
        return;
    nrv_tensor *u = nrv__arena_get(&g->arena, ((size_t)m + (size_t)n + 1) * sizeof *u), *v = u + m, sum = NULL;
    if (!u) {
        nrv__graph_fail(g, NRV_ENOMEM, NULL, "no memory for a derivative");
        return;
    }
    for (int k = 0; k < m; k++)
        u[k] = y[k] && nrv__dtype_real(y[k]->type) ? nrv__cotangent(y[k]) : NULL;
    nrv__vjp(g, m, y, u, n, x, v);
    for (int i = 0; i < n && !g->why.status; i++) {
        if (!dx[i] || v[i]->op == &nrv__op_fill)
            continue;
        bool same = dx[i]->g == g && dx[i]->rank == x[i]->rank && dx[i]->type == x[i]->type;
        nrv_dim d;
        for (int k = 0; same && k < x[i]->rank; k++)
            same = nrv__dim_same(g, dx[i]->dim[k], x[i]->dim[k], "jvp", &d);
        if (!same) {
            nrv__graph_fail(g, NRV_ESHAPE, "dx has x's shape and type", "jvp: x %d and its change differ", i);
            return;
        }
        nrv_tensor along = nrv_sum_all(nrv_mul(v[i], dx[i]));
        sum = sum ? nrv_add(sum, nrv__cast_like(along, sum)) : along;
    }
    if (sum)
        nrv_grad(sum, NULL, m, u, dy);
    for (int k = 0; k < m && !sum && !g->why.status; k++)
        dy[k] = nrv_fill(g, y[k]->type, nrv_shape_of(y[k]), 0);
}
