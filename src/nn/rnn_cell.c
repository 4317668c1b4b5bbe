/* rnn_cell.c - one turn of a recurrent net: rnn_cell (Elman 1990), lstm_cell (Hochreiter & Schmidhuber 1997), gru_cell
   (Cho et al. 2014). They make the weights; src/ops/rnn/cells.c has the formulas.

   x (B,n)   h, h' (B,H)   weight_ih (G H,n)   weight_hh (G H,H)   bias_ih, bias_hh (G H)   [as PyTorch's cells] */
#include "recurrent.h"
#include <stdio.h>

nrv_rnn_weights nrv__rnn_params(nrv_graph *g, nrv_dtype t, const char *tail, nrv_dim rows, nrv_dim n, nrv_dim H,
                                nrv_dim P, bool bias)
{
    const nrv_shape shape[5] = { NRV_SHAPE(rows, n), NRV_SHAPE(rows, P ? P : H), NRV_SHAPE(rows), NRV_SHAPE(rows),
                                 NRV_SHAPE(P, H) };
    nrv_tensor w[5] = { NULL };
    char name[48];
    for (int i = 0; i < 5; i++) {
        bool has = i == 4 ? P != 0 : i < 2 || bias;
        snprintf(name, sizeof name, "%s%s", nrv__rnn_names[i], tail);
        w[i] = has ? nrv_param(g, name, t, shape[i], NRV_FAN_IN(H)) : NULL;
    }
    return (nrv_rnn_weights){ w[0], w[1], w[2], w[3], w[4] };
}

/* x (B,n) and h (B,H) of one type; says what is wrong with them */
static bool cell_check(const char *cell, nrv_tensor x, const char *name, nrv_tensor h)
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
        nrv__graph_fail(g, NRV_ESHAPE, "x (B,n) and h (B,H) of one real type", "%s '%s': %s", cell, name ? name : "",
                        what);
    return !what;
}

static nrv_rnn_weights cell_params(nrv_tensor x, nrv_tensor h, int gates)
{
    nrv_dim H = h->dim[1];
    return nrv__rnn_params(x->g, x->type, "", nrv__dim_mul(x->g, H, gates), x->dim[1], H, 0, true);
}

/* One turn of a recurrent net: x (B,n), h (B,H) -> (B,H), tanh(Wi x + bi + Wh h + bh); parameters name.weight_ih (H,n),
   name.weight_hh (H,H), name.bias_ih and name.bias_hh (H), as PyTorch's RNNCell. (Elman 1990) */
NRV_API nrv_tensor nrv_rnn_cell(nrv_tensor x, const char *name, nrv_tensor h)
{
    if (!cell_check("rnn_cell", x, name, h))
        return NULL;
    nrv_push(x->g, name);
    nrv_rnn_weights w = cell_params(x, h, 1);
    nrv_tensor y = x->g->why.status ? NULL : nrv_rnn_cell_by(x, h, &w, 0);
    nrv_pop(x->g);
    return y;
}

/* One turn of a GRU: x (B,n), h (B,H) -> (B,H); parameters name.weight_ih (3H,n), name.weight_hh (3H,H), name.bias_ih
   and name.bias_hh (3H) in the order reset, update, new, as PyTorch's GRUCell. (Cho et al. 2014) */
NRV_API nrv_tensor nrv_gru_cell(nrv_tensor x, const char *name, nrv_tensor h)
{
    if (!cell_check("gru_cell", x, name, h))
        return NULL;
    nrv_push(x->g, name);
    nrv_rnn_weights w = cell_params(x, h, 3);
    nrv_tensor y = x->g->why.status ? NULL : nrv_gru_cell_by(x, h, &w);
    nrv_pop(x->g);
    return y;
}

static bool cell_check_lstm(nrv_tensor x, const char *name, nrv_tensor h, nrv_tensor c)
{
    nrv_dim d;
    if (!cell_check("lstm_cell", x, name, h))
        return false;
    bool alike = c && c->g == x->g && c->rank == 2 && c->type == h->type;
    for (int k = 0; alike && k < 2; k++)
        alike = nrv__dim_same(x->g, c->dim[k], h->dim[k], "lstm_cell", &d);
    if (!alike)
        nrv__graph_fail(x->g, NRV_ESHAPE, "h and c are both (B,H)", "lstm_cell '%s': c has not the shape and type of h",
                        name);
    return alike;
}

/* One turn of an LSTM: x (B,n), h and c (B,H) -> *h2 and *c2 (B,H), both NULL after an error; parameters name.weight_ih
   (4H,n), name.weight_hh (4H,H), name.bias_ih and name.bias_hh (4H) in the order i, f, g, o, as PyTorch's LSTMCell.
   (Hochreiter & Schmidhuber 1997) */
NRV_API void nrv_lstm_cell(nrv_tensor x, const char *name, nrv_tensor h, nrv_tensor c, nrv_tensor *h2, nrv_tensor *c2)
{
    if (h2)
        *h2 = NULL;
    if (c2)
        *c2 = NULL;
    if (!h2 || !c2) {
        if (x)
            nrv__graph_fail(x->g, NRV_EARG, "the addresses of two tensors", "lstm_cell: no place for %s",
                            h2 ? "c2" : "h2");
        return;
    }
    if (!cell_check_lstm(x, name, h, c))
        return;
    nrv_push(x->g, name);
    nrv_rnn_weights w = cell_params(x, h, 4);
    if (!x->g->why.status)
        nrv_lstm_cell_by(x, h, c, &w, h2, c2);
    nrv_pop(x->g);
}
