/* cells.c - one turn of a recurrent net, on given weights: rnn_cell (Elman 1990), lstm_cell (Hochreiter & Schmidhuber
   1997, with Gers' forget gate), gru_cell (Cho et al. 2014).

   rnn    h' = tanh(Wi x + bi + Wh h + bh), or relu
   lstm   i f g o = Wi x + bi + Wh h + bh     c' = sigmoid(f) c + sigmoid(i) tanh(g)     h' = sigmoid(o) tanh(c')
   gru    r z = sigmoid(Wi x + bi + Wh h + bh)     m = tanh(Wi x + bi + r (Wh h + bh))     h' = (1 - z) m + z h

   Order of the gates, names and shapes as PyTorch; in the gru, r acts behind the product. */
#include "cells.h"
#include <stdio.h>
#include <string.h>

#ifdef NRV_HEADER
/* recurrent cells and layers: the weights of one direction of one layer, G gates (rnn 1, gru 3, lstm 4): weight_ih
   (GH,n), weight_hh (GH,H), bias_ih and bias_hh (GH) or both NULL; weight_hr (P,H), of an lstm whose h is projected, or
   NULL: then h (P) and weight_hh (GH,P). */
typedef struct {
    nrv_tensor weight_ih, weight_hh, bias_ih, bias_hh, weight_hr;
} nrv_rnn_weights;
#endif

const char *const nrv__rnn_names[5] = { "weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr" };

int nrv__rnn_gates(nrv__rnn_kind kind)
{
    return kind == NRV__LSTM ? 4 : kind == NRV__GRU ? 3 : 1;
}

/* Without its bias, which every gate adds for itself: the product alone leaves the loop, and what is added to it then
   costs no walk over all turns */
nrv_tensor nrv__rnn_maps(nrv_tensor x, const nrv_rnn_weights *w)
{
    return nrv__affine(x, w->weight_ih, NULL);
}

static nrv_tensor cells_part(nrv_tensor x, int gate, int gates)
{
    if (!x)
        return NULL;
    nrv_dim H = nrv__dim_floor(x->g, x->dim[x->rank - 1], gates);
    return nrv_slice(x, -1, nrv__dim_mul(x->g, H, gate), H);
}

/* a gate's part of a product, and of its bias, where there is one: sliced first, so that the gates are one program */
static nrv_tensor cells_gate(nrv_tensor maps, nrv_tensor bias, int gate, int gates)
{
    nrv_tensor x = cells_part(maps, gate, gates);
    return bias ? nrv_add(x, cells_part(bias, gate, gates)) : x;
}

/* maps + own, and both biases as one */
static nrv_tensor cells_sum(nrv_tensor maps, nrv_tensor own, nrv_tensor bias, int gate, int gates)
{
    return nrv_add(cells_gate(maps, bias, gate, gates), cells_part(own, gate, gates));
}

static nrv_tensor cells_lstm(nrv_tensor maps, nrv_tensor own, nrv_tensor bias, const nrv_rnn_weights *w, nrv_tensor *c)
{
    nrv_tensor i = cells_sum(maps, own, bias, 0, 4), f = cells_sum(maps, own, bias, 1, 4);
    nrv_tensor u = cells_sum(maps, own, bias, 2, 4), o = cells_sum(maps, own, bias, 3, 4);
    *c = NRV_EXPR("i, f, u, c: sigmoid(f) * c + sigmoid(i) * tanh(u)", i, f, u, *c);
    nrv_tensor h = NRV_EXPR("o, c: sigmoid(o) * tanh(c)", o, *c);
    return w->weight_hr ? nrv__affine(h, w->weight_hr, NULL) : h;
}

static nrv_tensor cells_gru(nrv_tensor maps, nrv_tensor own, nrv_tensor bias, const nrv_rnn_weights *w, nrv_tensor h)
{
    nrv_tensor r = nrv_sigmoid(cells_sum(maps, own, bias, 0, 3)), z = nrv_sigmoid(cells_sum(maps, own, bias, 1, 3));
    nrv_tensor m =
        NRV_EXPR("a, r, b: tanh(a + r * b)", cells_gate(maps, w->bias_ih, 2, 3), r, cells_gate(own, w->bias_hh, 2, 3));
    return NRV_EXPR("m, z, h: (1 - z) * m + z * h", m, z, h);
}

nrv_tensor nrv__rnn_turn(nrv__rnn_kind kind, nrv_tensor maps, const nrv_rnn_weights *w, nrv_tensor h, nrv_tensor *c)
{
    nrv_tensor own = nrv__affine(h, w->weight_hh, NULL);
    nrv_tensor bias = w->bias_ih ? nrv_add(w->bias_ih, w->bias_hh) : NULL;
    if (kind == NRV__GRU)
        return cells_gru(maps, own, bias, w, h);
    if (kind == NRV__LSTM)
        return cells_lstm(maps, own, bias, w, c);
    nrv_tensor a = cells_sum(maps, own, bias, 0, 1);
    return kind == NRV__RNN_RELU ? nrv_relu(a) : nrv_tanh(a);
}

bool nrv__rnn_fits(const nrv__opdef *op, nrv__rnn_kind kind, nrv_tensor x, const nrv_rnn_weights *w, const char *tail,
                   nrv_dim *H)
{
    nrv_tensor given[5] = { w->weight_ih, w->weight_hh, w->bias_ih, w->bias_hh, w->weight_hr };
    nrv_graph *g = x->g;
    int gates = nrv__rnn_gates(kind);
    char name[64];
    if (!given[0] || !given[1] || !given[2] != !given[3])
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "weight_ih and weight_hh, and both biases or none",
                               "a weight%s is missing", tail);
    if (!nrv__op_wants(op, 2, (nrv_tensor[]){ x, given[0] })) /* its lengths are asked for before it is checked */
        return false;
    if (given[4] && kind != NRV__LSTM)
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "weight_hr is of an lstm", "h cannot be projected here");
    if (given[0]->rank != 2 || given[1]->rank != 2 || !nrv__dim_divides(g, given[0]->dim[0], gates, H))
        return nrv__op_refuses(op, 2, (nrv_tensor[]){ x, given[0] }, NRV_ESHAPE, "weight_ih (gates H,n)",
                               "weight_ih%s does not fall into %d gates", tail, gates);
    nrv_dim rows = given[0]->dim[0], P = given[4] && given[4]->rank == 2 ? given[4]->dim[0] : *H;
    nrv_dim want[5][2] = { { rows, x->dim[x->rank - 1] }, { rows, P }, { rows }, { rows }, { P, *H } };
    for (int i = 0; i < 5; i++) {
        snprintf(name, sizeof name, "%s%s", nrv__rnn_names[i], tail);
        if (!nrv__weight_fits(op, x, name, given[i], i == 2 || i == 3 ? 1 : 2, want[i]))
            return false;
    }
    return true;
}

nrv_rnn_weights nrv__rnn_weights_of(const nrv__case *c, const char *tail)
{
    nrv_tensor t[5];
    char name[64];
    for (int i = 0; i < 5; i++) {
        snprintf(name, sizeof name, "%s%s", nrv__rnn_names[i], tail);
        t[i] = nrv__case_named(c, name);
    }
    return (nrv_rnn_weights){ t[0], t[1], t[2], t[3], t[4] };
}

/* ---- the cells as ops ---- */
/* x (B,n), h (B,H), c too where it is not NULL; or without B */
static bool cells_begin(const nrv__opdef *op, nrv__rnn_kind kind, nrv_tensor x, nrv_tensor h, nrv_tensor c,
                        const nrv_rnn_weights *w)
{
    nrv_tensor in[3] = { x, h, c };
    nrv_dim H, d;
    int n = kind == NRV__LSTM ? 3 : 2;
    if (!nrv__op_wants_real(op, 1, in))
        return false;
    if (x->rank < 1 || x->rank > 2)
        return nrv__op_refuses(op, 1, in, NRV_ESHAPE, "x (B,n), h (B,H), c (B,H), or all without B", "x of rank %d",
                               x->rank);
    if (!nrv__rnn_fits(op, kind, x, w, "", &H) || !nrv__op_wants_real(op, n, in))
        return false;
    if (h->rank != x->rank || (c && c->rank != x->rank))
        return nrv__op_refuses(op, n, in, NRV_ESHAPE, "x (B,n), h (B,H), c (B,H), or all without B",
                               "x of rank %d, h of rank %d", x->rank, h->rank);
    nrv_dim P = w->weight_hr ? w->weight_hr->dim[0] : H;
    bool fits = nrv__dim_same(x->g, h->dim[h->rank - 1], P, op->name, &d) &&
                (x->rank == 1 || nrv__dim_same(x->g, h->dim[0], x->dim[0], op->name, &d)) &&
                (!c || (nrv__dim_same(x->g, c->dim[c->rank - 1], H, op->name, &d) &&
                        (x->rank == 1 || nrv__dim_same(x->g, c->dim[0], x->dim[0], op->name, &d))));
    return fits || nrv__op_refuses(op, n, in, NRV_ESHAPE, "x (B,n), h (B,H), c (B,H), or all without B",
                                   "x, h%s and the weights do not fit each other", c ? ", c" : "");
}

static nrv_tensor cells_batch(nrv_tensor x)
{
    return x && x->rank == 1 ? nrv_expand(x, 0, 1) : x;
}

static nrv_tensor cells_back(nrv_tensor y, nrv_tensor like)
{
    return y && like->rank == 1 ? nrv_reshape(y, NRV_SHAPE(y->dim[1])) : y;
}

/* *c, of an LSTM, becomes that of the next turn */
static nrv_tensor cells_one(const nrv__opdef *op, nrv__rnn_kind kind, nrv_tensor x, nrv_tensor h, nrv_tensor *c,
                            const nrv_rnn_weights *w)
{
    static const nrv_rnn_weights none = { 0 };
    if (!cells_begin(op, kind, x, h, *c, w ? w : &none))
        return NULL;
    *c = cells_batch(*c);
    nrv_tensor y = cells_back(nrv__rnn_turn(kind, nrv__rnn_maps(cells_batch(x), w), w, cells_batch(h), c), x);
    *c = cells_back(*c, x);
    return y;
}

static nrv_tensor cells_state(const nrv__case *c, const char *names, nrv_tensor x, nrv_tensor w)
{
    nrv_tensor h = nrv__case_named(c, names);
    if (h || !x || !w || w->rank != 2 || x->g->why.status)
        return h;
    nrv_shape s = x->rank == 2 ? NRV_SHAPE(x->dim[0], w->dim[1]) : NRV_SHAPE(w->dim[1]);
    return nrv_fill(x->g, x->type, s, 0);
}

static nrv_tensor rnn_cell_make(nrv__case *c)
{
    nrv_tensor x = nrv__case_named(c, "x input");
    nrv_rnn_weights w = nrv__rnn_weights_of(c, "");
    const char *act = nrv__case_text(c, "nonlinearity");
    return nrv_rnn_cell_by(x, cells_state(c, "h hx h0", x, w.weight_hh), &w, act && !strcmp(act, "relu"));
}

static nrv_tensor gru_cell_make(nrv__case *c)
{
    nrv_tensor x = nrv__case_named(c, "x input");
    nrv_rnn_weights w = nrv__rnn_weights_of(c, "");
    return nrv_gru_cell_by(x, cells_state(c, "h hx h0", x, w.weight_hh), &w);
}

static nrv_tensor lstm_cell_make(nrv__case *c)
{
    nrv_tensor x = nrv__case_named(c, "x input"), h2 = NULL;
    nrv_rnn_weights w = nrv__rnn_weights_of(c, "");
    nrv_lstm_cell_by(x, cells_state(c, "h hx h0", x, w.weight_hh), cells_state(c, "c cx c0", x, w.weight_hh), &w, &h2,
                     &c->also[0]);
    c->n_also = 1;
    return h2;
}

extern const nrv__opdef nrv__op_rnn_cell, nrv__op_gru_cell, nrv__op_lstm_cell;

NRV_OP(rnn_cell,
       .sig = "real x[B,n], real h[B,H], real weight_ih[H,n], real weight_hh[H,H], real bias_ih[H], real bias_hh[H] -> "
              "h2[B,H]",
       .doc = "One turn of a plain recurrent net: tanh, or relu, of Wi x + bi + Wh h + bh.", .flags = NRV_MACRO,
       .make = rnn_cell_make, .ulp = 16, .tolerance_why = "two products and an activation",
       .torch = "rnn_tanh_cell rnn_relu_cell nn.RNNCell",
       .refuse = { "x[2,3], h[2,4], weight_ih[4,3], weight_hh[4,3] => rnn_cell: weight_hh has to be f32 [4, 4] | in "
                   "here | input 0: input f32 [2, 3] x | input 1: input f32 [4, 3] weight_hh | hint input 1 is the "
                   "weight that does not fit",
                   "x[2,3], h[3,4], weight_ih[4,3], weight_hh[4,4] => rnn_cell: x, h and the weights do not fit each "
                   "other | in here | input 0: input f32 [2, 3] x | input 1: input f32 [3, 4] h | hint x (B,n), h "
                   "(B,H), c (B,H), or all without B" },
       .test = { "x[2,3], h[2,4], weight_ih[4,3], weight_hh[4,4], bias_ih[4], bias_hh[4]",
                 "x[3], h[2], weight_ih[2,3], weight_hh[2,2], nonlinearity=relu" });
NRV_OP(gru_cell,
       .sig = "real x[B,n], real h[B,H], real weight_ih[3*H,n], real weight_hh[3*H,H], real bias_ih[3*H], real "
              "bias_hh[3*H] -> h2[B,H]",
       .doc = "One turn of a gated recurrent unit; gates in the order reset, update, new.", .flags = NRV_MACRO,
       .make = gru_cell_make, .ulp = 32, .tolerance_why = "two products and three activations",
       .torch = "gru_cell nn.GRUCell",
       .refuse = { "x[2,3], h[2,4], weight_ih[10,3], weight_hh[10,4] => gru_cell: weight_ih does not fall into 3 gates "
                   "| in here | input 0: input f32 [2, 3] x | input 1: input f32 [10, 3] weight_ih | hint weight_ih "
                   "(gates H,n)",
                   "x[2,3], h[2,4], weight_ih[12,3] => gru_cell: a weight is missing | in here | input 0: input f32 "
                   "[2, 3] x | hint weight_ih and weight_hh, and both biases or none" },
       .test = { "x[2,3], h[2,2], weight_ih[6,3], weight_hh[6,2], bias_ih[6], bias_hh[6]",
                 "x[3], weight_ih[6,3], weight_hh[6,2]" });
NRV_OP(lstm_cell,
       .sig = "real x[B,n], real h[B,H], real c[B,H], real weight_ih[4*H,n], real weight_hh[4*H,H], real bias_ih[4*H], "
              "real bias_hh[4*H] -> h2[B,H], c2[B,H]",
       .doc = "One turn of a long short-term memory; gates in the order in, forget, cell, out.", .flags = NRV_MACRO,
       .make = lstm_cell_make, .ulp = 32, .tolerance_why = "two products and five activations",
       .torch = "lstm_cell nn.LSTMCell",
       .refuse = { "x[2,3], h[2,4], c[2,3], weight_ih[16,3], weight_hh[16,4] => lstm_cell: x, h, c and the weights do "
                   "not fit each other | in here | input 0: input f32 [2, 3] x | input 1: input f32 [2, 4] h | input "
                   "2: input f32 [2, 3] c | hint x (B,n), h (B,H), c (B,H), or all without B",
                   "x[2,3], h[2,4], c[2,4], weight_ih[16,3], weight_hh[16,4], bias_ih[16] => lstm_cell: a weight is "
                   "missing | in here | input 0: input f32 [2, 3] x | hint weight_ih and weight_hh, and both biases or "
                   "none" },
       .test = { "x[2,3], h[2,2], c[2,2], weight_ih[8,3], weight_hh[8,2], bias_ih[8], bias_hh[8]",
                 "x[3], weight_ih[8,3], weight_hh[8,2]" });

/* One turn of a recurrent net: x (B,n), h (B,H), or both without B -> (B,H). relu: not tanh. (Elman 1990) */
NRV_API nrv_tensor nrv_rnn_cell_by(nrv_tensor x, nrv_tensor h, const nrv_rnn_weights *w, int relu)
{
    nrv_tensor none = NULL;
    return cells_one(&nrv__op_rnn_cell, relu ? NRV__RNN_RELU : NRV__RNN_TANH, x, h, &none, w);
}

/* One turn of a GRU: x (B,n), h (B,H), or both without B -> (B,H). (Cho et al. 2014) */
NRV_API nrv_tensor nrv_gru_cell_by(nrv_tensor x, nrv_tensor h, const nrv_rnn_weights *w)
{
    nrv_tensor none = NULL;
    return cells_one(&nrv__op_gru_cell, NRV__GRU, x, h, &none, w);
}

/* One turn of an LSTM: x (B,n), h and c (B,H), or all without B -> *h2 and *c2 (B,H). (Hochreiter & Schmidhuber 1997)
 */
NRV_API void nrv_lstm_cell_by(nrv_tensor x, nrv_tensor h, nrv_tensor c, const nrv_rnn_weights *w, nrv_tensor *h2,
                              nrv_tensor *c2)
{
    nrv_tensor y = cells_one(&nrv__op_lstm_cell, NRV__LSTM, x, h, &c, w);
    if (h2)
        *h2 = y;
    if (c2)
        *c2 = y ? c : NULL;
}
