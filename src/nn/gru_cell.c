/* gru_cell - one turn of a gated recurrent unit (Cho et al. 2014).

   r z = sigmoid(Wi x + bi + Wh h + bh)     m = tanh(Wi x + bi + r (Wh h + bh))     h' = (1 - z) m + z h

   x (B,n)   h, h' (B,H)   weight_ih (3H,n)   weight_hh (3H,H)   bias_ih, bias_hh (3H), in the order r, z, m
   [as PyTorch's GRUCell: r acts behind the product] */
#include "recurrent.h"

/* One turn of a GRU: x (B,n), h (B,H) -> (B,H); parameters name.weight_ih (3H,n), name.weight_hh (3H,H), name.bias_ih
   and name.bias_hh (3H) in the order reset, update, new, as PyTorch's GRUCell. (Cho et al. 2014) */
NRV_API nrv_tensor nrv_gru_cell(nrv_tensor x, const char *name, nrv_tensor h)
{
    nrv_dim H;
    if (!nrv__cell_check("gru_cell", x, name, h, &H))
        return NULL;
    nrv_push(x->g, name);
    nrv_tensor a = nrv__cell_map(x, "ih", 3, H), b = nrv__cell_map(h, "hh", 3, H);
    nrv_tensor r = nrv_sigmoid(nrv_add(nrv__cell_gate(a, 0, H), nrv__cell_gate(b, 0, H)));
    nrv_tensor z = nrv_sigmoid(nrv_add(nrv__cell_gate(a, 1, H), nrv__cell_gate(b, 1, H)));
    nrv_tensor m = NRV_EXPR("a, r, b: tanh(a + r * b)", nrv__cell_gate(a, 2, H), r, nrv__cell_gate(b, 2, H));
    nrv_tensor y = NRV_EXPR("m, z, h: (1 - z) * m + z * h", m, z, h);
    nrv_pop(x->g);
    return y;
}
