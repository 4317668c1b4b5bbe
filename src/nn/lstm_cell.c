/* lstm_cell - one turn of a long short-term memory (Hochreiter & Schmidhuber 1997, with Gers' forget gate).

   i f g o = Wi x + bi + Wh h + bh     c' = sigmoid(f) c + sigmoid(i) tanh(g)     h' = sigmoid(o) tanh(c')

   x (B,n)   h, c, h', c' (B,H)   weight_ih (4H,n)   weight_hh (4H,H)   bias_ih, bias_hh (4H)   [as PyTorch's LSTMCell]
 */
#include "recurrent.h"

static bool lstm_cell_check(nrv_tensor x, const char *name, nrv_tensor h, nrv_tensor c, nrv_dim *hidden)
{
    nrv_dim d;
    if (!nrv__cell_check("lstm_cell", x, name, h, hidden))
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
    nrv_dim H;
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
    if (!lstm_cell_check(x, name, h, c, &H))
        return;
    nrv_push(x->g, name);
    nrv_tensor a = nrv_add(nrv__cell_map(x, "ih", 4, H), nrv__cell_map(h, "hh", 4, H));
    nrv_tensor i = nrv__cell_gate(a, 0, H), f = nrv__cell_gate(a, 1, H);
    nrv_tensor u = nrv__cell_gate(a, 2, H), o = nrv__cell_gate(a, 3, H);
    nrv_tensor kept = NRV_EXPR("i, f, u, c: sigmoid(f) * c + sigmoid(i) * tanh(u)", i, f, u, c);
    nrv_tensor y = NRV_EXPR("o, c: sigmoid(o) * tanh(c)", o, kept);
    nrv_pop(x->g);
    *c2 = y ? kept : NULL;
    *h2 = y;
}
