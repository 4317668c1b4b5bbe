/* clip_norm - gradients made shorter together (Pascanu et al. 2013), as PyTorch's clip_grad_norm_. */
#include "update.h"

/* All gradients times min(1, most / (norm + 1e-6)), where norm is that of all of them as one vector. */
NRV_API nrv_list nrv_clip_norm(nrv_list grads, double most)
{
    if (!grads || grads->g->why.status)
        return NULL;
    nrv_graph *g = grads->g;
    if (!(most >= 0))
        return nrv__graph_fail(g, NRV_EARG, "1 is usual", "nrv_clip_norm: %g is no length", most), NULL;
    if (!grads->n)
        return grads;
    nrv_tensor sum = NULL, *x = nrv__arena_get(&g->arena, (size_t)grads->n * sizeof *x);
    if (!x)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory for a list"), NULL;
    for (int i = 0; i < grads->n; i++) {
        nrv_tensor d = grads->at[i].value, part = nrv__update_reached(d) ? nrv_sum_all(nrv_square(d)) : NULL;
        if (part)
            sum = sum ? nrv_add(sum, nrv__cast_like(part, sum)) : part;
    }
    if (!sum)
        return g->why.status ? NULL : grads;
    nrv_tensor scale = NRV_EXPR("s, m, e: min(1, m / (sqrt(s) + e))", sum, nrv__like(sum, most), nrv__like(sum, 1e-6));
    for (int i = 0; i < grads->n; i++)
        x[i] = nrv__update_reached(grads->at[i].value)
                   ? nrv_mul(grads->at[i].value, nrv__cast_like(scale, grads->at[i].value))
                   : grads->at[i].value;
    return nrv_list_of(grads, x);
}
