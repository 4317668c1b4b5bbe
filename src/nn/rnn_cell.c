/* rnn_cell - one turn of a plain recurrent net, and what the cells share.    h' = tanh(Wi x + bi + Wh h + bh)

   x (B,n)   h, h' (B,H)   weight_ih (H,n)   weight_hh (H,H)   bias_ih, bias_hh (H)   [as PyTorch's RNNCell; Elman 1990]
 */
#include "recurrent.h"
#include <stdio.h>

bool nrv__cell_check(const char *cell, nrv_tensor x, const char *name, nrv_tensor h, nrv_dim *hidden)
{
    nrv_graph *g = x ? x->g : h ? h->g : NULL;
    nrv_dim d;
    if (!g || g->why.status)
        return false;
    const char *what = !x || !h || !name                                   ? "x, name or h is NULL"
                       : h->g != g                                         ? "x and h are of different graphs"
                       : x->rank != 2 || h->rank != 2                      ? "x or h is no matrix"
                       : !nrv__dtype_real(x->type)                         ? "x is not real"
                       : x->type != h->type                                ? "the types of x and h differ"
                       : !nrv__dim_same(g, x->dim[0], h->dim[0], cell, &d) ? "x and h differ in their first length"
                                                                           : NULL;
    if (what)
        return nrv__graph_fail(g, NRV_ESHAPE, "x (B,n) and h (B,H) of one real type", "%s '%s': %s", cell,
                               name ? name : "", what),
               false;
    *hidden = h->dim[1];
    return true;
}

nrv_tensor nrv__cell_map(nrv_tensor x, const char *which, int gates, nrv_dim hidden)
{
    nrv_graph *g = nrv_graph_of(x);
    nrv_dim rows = nrv_dim_calc(g, hidden, '*', gates);
    char weight[16], bias[16];
    snprintf(weight, sizeof weight, "weight_%s", which);
    snprintf(bias, sizeof bias, "bias_%s", which);
    nrv_tensor w = nrv_param(g, weight, nrv_dtype_of(x), NRV_SHAPE(rows, nrv_dim_of(x, -1)), NRV_FAN_IN(hidden));
    nrv_tensor b = nrv_param(g, bias, nrv_dtype_of(x), NRV_SHAPE(rows), NRV_FAN_IN(hidden));
    return nrv_add(nrv_matmul(x, nrv_transpose(w)), b);
}

nrv_tensor nrv__cell_gate(nrv_tensor maps, int gate, nrv_dim hidden)
{
    return nrv_slice(maps, -1, nrv_dim_calc(nrv_graph_of(maps), hidden, '*', gate), hidden);
}

/* One turn of a recurrent net: x (B,n), h (B,H) -> (B,H), tanh(Wi x + bi + Wh h + bh); parameters name.weight_ih (H,n),
   name.weight_hh (H,H), name.bias_ih and name.bias_hh (H), as PyTorch's RNNCell. (Elman 1990) */
NRV_API nrv_tensor nrv_rnn_cell(nrv_tensor x, const char *name, nrv_tensor h)
{
    nrv_dim H;
    if (!nrv__cell_check("rnn_cell", x, name, h, &H))
        return NULL;
    nrv_push(x->g, name);
    nrv_tensor y = nrv_tanh(nrv_add(nrv__cell_map(x, "ih", 1, H), nrv__cell_map(h, "hh", 1, H)));
    nrv_pop(x->g);
    return y;
}
