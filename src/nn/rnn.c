/* rnn.c - recurrent layers over whole sequences: rnn, lstm, gru. They make the weights; src/ops/rnn/recurrent.c has the
   rest.

   x (T,B,n)   y (T,B,dirs H)   weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, weight_hr_l0, ..._reverse, ..._l1...
   [names, shapes and defaults as PyTorch's RNN, LSTM and GRU] */
#include "recurrent.h"
#include <stdio.h>
#include <string.h>

/* dirs * layers of them, of the graph's arena; NULL: the error is set */
static nrv_rnn_weights *rnn_weights(nrv_tensor x, const char *layer, const char *name, nrv_dim H, int gates,
                                    const nrv_rnn_opt *o)
{
    if (!x || x->g->why.status)
        return NULL;
    nrv_graph *g = x->g;
    int layers = o->layers ? o->layers : 1, dirs = o->bidirectional ? 2 : 1;
    char tail[40];
    const char *what = x->rank < 2 || x->rank > 3               ? "x is no sequence"
                       : layers < 1 || layers > NRV__RNN_LAYERS ? "the number of layers is not 1 to 256"
                       : o->proj != 0 && gates != 4             ? "only an lstm projects h"
                                                                : NULL;
    if (what)
        return nrv__graph_fail(g, NRV_ESHAPE, "x (T,B,n), with batch_first (B,T,n), or (T,n)", "%s '%s': %s", layer,
                               name, what),
               NULL;
    nrv_rnn_weights *w = nrv__arena_get(&g->arena, (size_t)(layers * dirs) * sizeof *w);
    if (!w)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "out of memory while tracing"), NULL;
    nrv_dim rows = nrv__dim_mul(g, H, gates), n = x->dim[x->rank - 1];
    for (int l = 0; l < layers; l++) {
        for (int d = 0; d < dirs; d++) {
            snprintf(tail, sizeof tail, "_l%d%s", l, d ? "_reverse" : "");
            w[l * dirs + d] = nrv__rnn_params(g, x->type, tail, rows, n, H, o->proj, !o->no_bias);
        }
        n = nrv__dim_mul(g, o->proj ? o->proj : H, dirs);
    }
    return g->why.status ? NULL : w;
}

/* A recurrent net over x (T,B,n), with batch_first (B,T,n), or (T,n) -> (T,B,dirs hidden) of the last layer; *h_n, if
   asked for: the last states (layers dirs,B,hidden). Parameters as PyTorch's RNN: name.weight_ih_l0 (hidden,n),
   name.weight_hh_l0, name.bias_ih_l0, name.bias_hh_l0, ..._l0_reverse, ..._l1... */
NRV_API nrv_tensor nrv_rnn(nrv_tensor x, const char *name, nrv_dim hidden, const nrv_rnn_opt *opt, nrv_tensor *h_n)
{
    const nrv_rnn_opt none = { 0 }, *o = opt ? opt : &none;
    nrv_graph *g = nrv_graph_of(x);
    nrv_push(g, name);
    nrv_rnn_weights *w = rnn_weights(x, "rnn", name, hidden, 1, o);
    nrv_tensor y = nrv_rnn_by(w ? x : NULL, w, o, h_n); /* h_n is NULL after an error */
    nrv_pop(g);
    return y;
}

/* A long short-term memory over x, as nrv_rnn, of gates in, forget, cell, out: weight_ih_l0 (4 hidden,n)...; *c_n: its
   last cells (layers dirs,B,hidden). opt->proj: h has that length, by name.weight_hr_l0 (proj,hidden). As PyTorch's
   LSTM. */
NRV_API nrv_tensor nrv_lstm(nrv_tensor x, const char *name, nrv_dim hidden, const nrv_rnn_opt *opt, nrv_tensor *h_n,
                            nrv_tensor *c_n)
{
    const nrv_rnn_opt none = { 0 }, *o = opt ? opt : &none;
    nrv_graph *g = nrv_graph_of(x);
    nrv_push(g, name);
    nrv_rnn_weights *w = rnn_weights(x, "lstm", name, hidden, 4, o);
    nrv_tensor y = nrv_lstm_by(w ? x : NULL, w, o, h_n, c_n); /* h_n and c_n are NULL after an error */
    nrv_pop(g);
    return y;
}

/* A gated recurrent unit over x, as nrv_rnn, of gates reset, update, new: weight_ih_l0 (3 hidden,n)... As PyTorch's
 * GRU.
 */
NRV_API nrv_tensor nrv_gru(nrv_tensor x, const char *name, nrv_dim hidden, const nrv_rnn_opt *opt, nrv_tensor *h_n)
{
    const nrv_rnn_opt none = { 0 }, *o = opt ? opt : &none;
    nrv_graph *g = nrv_graph_of(x);
    nrv_push(g, name);
    nrv_rnn_weights *w = rnn_weights(x, "gru", name, hidden, 3, o);
    nrv_tensor y = nrv_gru_by(w ? x : NULL, w, o, h_n);
    nrv_pop(g);
    return y;
}

/* ---- as words: x (B,T,n) -> (B,T,dirs hidden) ---- */
static nrv_rnn_opt rnn_options(const nrv__case *c)
{
    return (nrv_rnn_opt){ .layers = nrv__case_small(c, "layers", 1),
                          .bidirectional = nrv__case_flag(c, "bidirectional", false),
                          .batch_first = 1,
                          .relu = nrv__case_flag(c, "relu", false),
                          .no_bias = nrv__case_flag(c, "no_bias", false),
                          .dropout = nrv__case_real(c, "dropout", 0),
                          .proj = nrv__case_int(c, "proj", 0) };
}

static nrv_tensor rnn_layer_make(nrv__case *c)
{
    nrv_rnn_opt o = rnn_options(c);
    return nrv_rnn(c->x[0], c->name, nrv__case_int(c, "hidden", 1), &o, NULL);
}

static nrv_tensor rnn_layer_lstm_make(nrv__case *c)
{
    nrv_rnn_opt o = rnn_options(c);
    return nrv_lstm(c->x[0], c->name, nrv__case_int(c, "hidden", 1), &o, NULL, NULL);
}

static nrv_tensor rnn_layer_gru_make(nrv__case *c)
{
    nrv_rnn_opt o = rnn_options(c);
    return nrv_gru(c->x[0], c->name, nrv__case_int(c, "hidden", 1), &o, NULL);
}

NRV_LAYER(
    rnn, .word = "rnn", .args = "hidden:size layers:size=1 dropout:real=0 bidirectional:flag no_bias:flag relu:flag",
    .doc = "A recurrent net along axis 1 of (B,T,n); what comes out is its state at every turn, as PyTorch's RNN.",
    .torch = "RNN", .make = rnn_layer_make,
    .test = { "x[2,3,4], hidden=3", "x[2,3,2], hidden=2, layers=2, bidirectional=1, relu=1, no_bias=1" });
NRV_LAYER(
    lstm, .word = "lstm", .args = "hidden:size layers:size=1 dropout:real=0 bidirectional:flag no_bias:flag proj:int=0",
    .doc = "A long short-term memory along axis 1 of (B,T,n); what comes out is its state at every turn, as PyTorch's "
           "LSTM.",
    .torch = "LSTM", .make = rnn_layer_lstm_make,
    .test = { "x[2,3,4], hidden=2", "x[2,3,2], hidden=2, layers=2, dropout=0.3, proj=1" });
NRV_LAYER(gru, .word = "gru", .args = "hidden:size layers:size=1 dropout:real=0 bidirectional:flag no_bias:flag",
          .doc =
              "A gated recurrent unit along axis 1 of (B,T,n); what comes out is its state at every turn, as PyTorch's "
              "GRU.",
          .torch = "GRU", .make = rnn_layer_gru_make,
          .test = { "x[2,3,4], hidden=2", "x[2,3,2], hidden=2, layers=2, bidirectional=1, no_bias=1" });
