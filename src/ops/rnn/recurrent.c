/* recurrent.c - recurrent nets over whole sequences, on given weights: rnn, lstm, gru, of one or several layers, in one
   or both directions. The turns are a scan of the cells in cells.c; what x gives them is one product before it.

   x (T,B,n)   h0 (layers dirs,B,H)   y (T,B,dirs H)   h_n (layers dirs,B,H)   lstm: c0, c_n; H of h is P if projected

   Names, orders and layouts as PyTorch's RNN, LSTM and GRU: layer 0 forward, layer 0 reverse, layer 1 forward...
   lengths (packed sequences): what stands behind the end of a sequence changes nothing, y is 0 there, h_n is of the
   last turn that is there, and the reverse direction begins at it. */
#include "cells.h"
#include <stdio.h>
#include <string.h>

#ifdef NRV_HEADER
/* recurrent layers: layers 0 means 1. bidirectional: y is both directions side by side. batch_first: x and y (B,T,...).
   relu: of nrv_rnn, instead of tanh. h0, c0: first states, NULL: zeros. lengths (B) of i32 or i64: of each sequence,
   NULL: all T. dropout: between layers, in training; drawn as "dropout_l0"... in the open scope. keep: as
   nrv_scan_opt.keep. For the functions that make the weights: no_bias; proj: lstm, the length that h is projected to,
   0: none. */
typedef struct {
    int layers, bidirectional, batch_first, relu, no_bias, keep;
    double dropout;
    nrv_dim proj;
    nrv_tensor h0, c0, lengths;
    int64_t reserved[4];
} nrv_rnn_opt;
#endif

extern const nrv__opdef nrv__op_rnn, nrv__op_lstm, nrv__op_gru;

typedef struct recurrent_job {
    const nrv__opdef *op;
    nrv__rnn_kind kind;
    const nrv_rnn_weights *w;
    const nrv_rnn_opt *o;
    int layers, dirs;
    nrv_graph *g;
    nrv_tensor x, mask; /* (T,B,n); (T,B,1) or NULL */
    nrv_dim T, B;
    nrv_tensor h[2 * NRV__RNN_LAYERS], c[2 * NRV__RNN_LAYERS]; /* last states, (1,B,H) */
} recurrent_job;

/* first state of a direction, (B,n): a row of all, or zeros */
static nrv_tensor recurrent_first(const recurrent_job *j, nrv_tensor all, int which, nrv_dim n)
{
    nrv_shape s = NRV_SHAPE(j->B, n);
    return all ? nrv_reshape(nrv_slice(all, 0, which, 1), s) : nrv_fill(j->g, j->x->type, s, 0);
}

/* one direction of one layer: (T,B,n) -> (T,B,H) */
static nrv_tensor recurrent_run(recurrent_job *j, nrv_tensor x, int which, bool reverse, nrv_dim H)
{
    const nrv_rnn_weights *w = &j->w[which];
    nrv_dim P = w->weight_hr ? w->weight_hr->dim[0] : H;
    bool lstm = j->kind == NRV__LSTM;
    nrv_tensor maps = nrv__rnn_maps(x, w), h0 = recurrent_first(j, j->o->h0, which, P);
    nrv_tensor c0 = lstm ? recurrent_first(j, j->o->c0, which, H) : NULL;
    nrv_block *b = nrv_scan(j->g, &(nrv_scan_opt){ .steps = j->T, .reverse = reverse, .keep = j->o->keep });
    nrv_tensor h = nrv_carry(b, h0), c = lstm ? nrv_carry(b, c0) : NULL, c2 = c;
    nrv_tensor h2 = nrv__rnn_turn(j->kind, nrv_each(b, maps), w, h, &c2), y = h2;
    if (j->mask) {
        nrv_tensor there = nrv_each(b, j->mask);
        y = nrv_select(there, h2, nrv__like(h2, 0));
        h2 = nrv_select(there, h2, h);
        c2 = lstm ? nrv_select(there, c2, c) : NULL;
    }
    nrv_next(b, h, h2);
    if (lstm)
        nrv_next(b, c, c2);
    nrv_end(b);
    y = nrv_stacked(b, y);
    j->h[which] = nrv_expand(nrv_last(b, h), 0, 1);
    if (lstm)
        j->c[which] = nrv_expand(nrv_last(b, c), 0, 1);
    return y;
}

static bool recurrent_state_fits(const recurrent_job *j, const char *what, nrv_tensor s, nrv_dim n, bool batched)
{
    nrv_dim rows = j->layers * j->dirs, want[3] = { rows, j->B, n }, alone[2] = { rows, n };
    return nrv__weight_fits(j->op, j->x, what, s, batched ? 3 : 2, batched ? want : alone);
}

/* time first, with a batch */
static bool recurrent_begin(recurrent_job *j, nrv_tensor x)
{
    const nrv_rnn_opt *o = j->o;
    if (!nrv__op_wants_real(j->op, 1, &x))
        return false;
    if (x->rank < 2 || x->rank > 3)
        return nrv__op_refuses(j->op, 1, &x, NRV_ESHAPE, "x (T,B,n), with batch_first (B,T,n), or (T,n)",
                               "x has rank %d", x->rank);
    j->g = x->g;
    j->layers = o->layers ? o->layers : 1;
    j->dirs = o->bidirectional ? 2 : 1;
    if (j->layers < 1 || j->layers > NRV__RNN_LAYERS)
        return nrv__op_refuses(j->op, 1, &x, NRV_EARG, "weights for each direction of each layer",
                               "%d layers, 1 to %d are possible", j->layers, NRV__RNN_LAYERS);
    j->x = nrv__time_first(x, o->batch_first);
    if (!j->x)
        return false;
    j->T = j->x->dim[0];
    j->B = j->x->dim[1];
    if (!o->lengths)
        return true;
    if (o->lengths->g != j->g || o->lengths->rank != 1 ||
        !nrv__dim_same(j->g, o->lengths->dim[0], j->B, j->op->name, &j->B))
        return nrv__op_refuses(j->op, 1, &x, NRV_ESHAPE, "lengths (B), one for each sequence",
                               "the lengths do not fit x");
    nrv_tensor mask = nrv_mask_of_lengths(o->lengths, j->T);
    j->mask = mask ? nrv_expand(mask, -1, 1) : NULL;
    return j->mask != NULL;
}

static nrv_tensor recurrent_layer(recurrent_job *j, nrv_tensor x, int layer, bool batched)
{
    nrv_tensor y[2] = { NULL };
    char tail[40];
    nrv_dim H;
    for (int d = 0; d < j->dirs; d++) {
        const nrv_rnn_weights *w = &j->w[layer * j->dirs + d];
        snprintf(tail, sizeof tail, "_l%d%s", layer, d ? "_reverse" : "");
        if (!nrv__rnn_fits(j->op, j->kind, x, w, tail, &H))
            return NULL;
        if (!layer && !d &&
            (!recurrent_state_fits(j, "h0", j->o->h0, w->weight_hr ? w->weight_hr->dim[0] : H, batched) ||
             (j->kind == NRV__LSTM && !recurrent_state_fits(j, "c0", j->o->c0, H, batched))))
            return NULL;
        y[d] = recurrent_run(j, x, layer * j->dirs + d, d != 0, H);
    }
    nrv_tensor both = j->dirs == 2 ? nrv_concat(2, y, 2) : y[0];
    if (layer + 1 == j->layers || j->o->dropout == 0)
        return both;
    snprintf(tail, sizeof tail, "dropout_l%d", layer);
    return nrv_dropout(both, tail, j->o->dropout);
}

static nrv_tensor recurrent_states(const recurrent_job *j, const nrv_tensor *s, bool batched)
{
    nrv_tensor all = nrv_concat(j->layers * j->dirs, s, 0);
    return batched || !all ? all : nrv_reshape(all, NRV_SHAPE(all->dim[0], all->dim[2]));
}

static nrv_tensor recurrent_of(const nrv__opdef *op, nrv__rnn_kind kind, nrv_tensor x, const nrv_rnn_weights *w,
                               const nrv_rnn_opt *opt, nrv_tensor *h_n, nrv_tensor *c_n)
{
    static const nrv_rnn_opt none = { 0 };
    static const nrv_rnn_weights missing = { 0 }; /* the first layer refuses them */
    recurrent_job j = { .op = op, .kind = kind, .w = w ? w : &missing, .o = opt ? opt : &none };
    if (h_n)
        *h_n = NULL;
    if (c_n)
        *c_n = NULL;
    if (!recurrent_begin(&j, x))
        return NULL;
    bool batched = x->rank == 3;
    nrv_tensor y = j.x;
    for (int l = 0; l < j.layers && y; l++)
        y = recurrent_layer(&j, y, l, batched);
    if (!y)
        return NULL;
    if (h_n)
        *h_n = recurrent_states(&j, j.h, batched);
    if (c_n && kind == NRV__LSTM)
        *c_n = recurrent_states(&j, j.c, batched);
    return nrv__time_back(y, x, j.o->batch_first);
}

/* ---- the records ---- */
enum { RECURRENT_SETS = NRV__CASE_INPUTS };

static nrv_tensor recurrent_make(const nrv__opdef *op, nrv__rnn_kind kind, nrv__case *c)
{
    nrv_rnn_weights w[RECURRENT_SETS] = { { 0 } };
    int layers = 0, n = 0;
    char tail[40];
    nrv_rnn_opt o = { .bidirectional =
                          nrv__case_flag(c, "bidirectional", nrv__case_named(c, "weight_ih_l0_reverse") != NULL),
                      .batch_first = nrv__case_batch_first(c),
                      .dropout = nrv__case_real(c, "dropout", 0),
                      .h0 = nrv__case_named(c, "h0 hx h"),
                      .c0 = nrv__case_named(c, "c0 cx c"),
                      .lengths = nrv__case_named(c, "lengths") };
    for (; n + 2 <= RECURRENT_SETS; layers++) {
        snprintf(tail, sizeof tail, "_l%d", layers);
        w[n] = nrv__rnn_weights_of(c, tail);
        if (!w[n++].weight_ih)
            break;
        snprintf(tail, sizeof tail, "_l%d_reverse", layers);
        if (o.bidirectional)
            w[n++] = nrv__rnn_weights_of(c, tail);
    }
    o.layers = nrv__case_small(c, "layers", nrv__case_small(c, "num_layers", layers ? layers : 1));
    if (o.layers > RECURRENT_SETS / 2)
        o.layers = -o.layers; /* refused there */
    c->n_also = kind == NRV__LSTM ? 2 : 1;
    return recurrent_of(op, kind, nrv__case_named(c, "x input"), w, &o, &c->also[0], &c->also[1]);
}

static nrv_tensor recurrent_rnn_make(nrv__case *c)
{
    const char *act = nrv__case_text(c, "nonlinearity");
    return recurrent_make(&nrv__op_rnn, act && !strcmp(act, "relu") ? NRV__RNN_RELU : NRV__RNN_TANH, c);
}

static nrv_tensor recurrent_lstm_make(nrv__case *c)
{
    return recurrent_make(&nrv__op_lstm, NRV__LSTM, c);
}

static nrv_tensor recurrent_gru_make(nrv__case *c)
{
    return recurrent_make(&nrv__op_gru, NRV__GRU, c);
}

NRV_OP(
    rnn,
    .sig =
        "real x[T,B,n], real h0[layers,B,H], real weight_ih_l0[H,n], real weight_hh_l0[H,H], real bias_ih_l0[H], real "
        "bias_hh_l0[H], index lengths[B] -> y[T,B,H], h_n[layers,B,H]",
    .doc = "A plain recurrent net over a sequence: layers, _reverse for the other direction, and lengths as PyTorch's "
           "RNN.",
    .flags = NRV_MACRO, .make = recurrent_rnn_make, .ulp = 16,
    .tolerance_why = "products and activations, turn upon turn", .torch = "rnn_tanh rnn_relu nn.RNN", .onnx = "RNN",
    .refuse = { "x[3,2,4], weight_ih_l0[2,4] => rnn: a weight_l0 is missing | in here | input 0: input f32 [3, 2, 4] x "
                "| hint weight_ih and weight_hh, and both biases or none",
                "x[3,2,4], h0[1,3,2], weight_ih_l0[2,4], weight_hh_l0[2,2] => rnn: h0 has to be f32 [1, 2, 2] | in "
                "here | input 0: input f32 [3, 2, 4] x | input 1: input f32 [1, 3, 2] h0 | hint input 1 is the weight "
                "that does not fit",
                "x[3] => rnn: x has rank 1 | in here | input 0: input f32 [3] x | hint x (T,B,n), with batch_first "
                "(B,T,n), or (T,n)" },
    .test = { "x[3,2,2], h0[1,2,3], weight_ih_l0[3,2], weight_hh_l0[3,3], bias_ih_l0[3], bias_hh_l0[3]",
              "x[2,3,2], weight_ih_l0[2,2], weight_hh_l0[2,2], weight_ih_l0_reverse[2,2], weight_hh_l0_reverse[2,2], "
              "nonlinearity=relu, batch_first=true",
              "x[3,2,2], weight_ih_l0[2,2], weight_hh_l0[2,2], weight_ih_l0_reverse[2,2], weight_hh_l0_reverse[2,2], "
              "lengths:i64[2]{2, 3}" });
NRV_OP(
    lstm,
    .sig =
        "real x[T,B,n], real h0[layers,B,H], real c0[layers,B,H], real weight_ih_l0[4*H,n], real weight_hh_l0[4*H,H], "
        "real bias_ih_l0[4*H], real bias_hh_l0[4*H], index lengths[B] -> y[T,B,H], h_n[layers,B,H], c_n[layers,B,H]",
    .doc =
        "A long short-term memory over a sequence: layers, _reverse for the other direction, weight_hr for a projected "
        "h, and lengths as PyTorch's LSTM.",
    .flags = NRV_MACRO, .make = recurrent_lstm_make, .ulp = 16,
    .tolerance_why = "products and activations, turn upon turn", .torch = "lstm nn.LSTM", .onnx = "LSTM",
    .refuse = { "x[3,2,4], weight_ih_l0[8,4], weight_hh_l0[8,3] => lstm: weight_hh_l0 has to be f32 [8, 2] | in here | "
                "input 0: input f32 [3, 2, 4] x | input 1: input f32 [8, 3] weight_hh_l0 | hint input 1 is the weight "
                "that does not fit",
                "x[3,2,4], weight_ih_l0[8,4], weight_hh_l0[8,2], layers=2 => lstm: a weight_l1 is missing | in here | "
                "input 0: stacked f32 [3, 2, 2] here | hint weight_ih and weight_hh, and both biases or none",
                "x[3,2,4], weight_ih_l0[8,4], weight_hh_l0[8,2], lengths:i64[3]{1, 2, 3} => lstm: the lengths do not "
                "fit x | in here | input 0: input f32 [3, 2, 4] x | hint lengths (B), one for each sequence" },
    .test = {
        "x[3,2,2], h0[1,2,2], c0[1,2,2], weight_ih_l0[8,2], weight_hh_l0[8,2], bias_ih_l0[8], bias_hh_l0[8]",
        "x[2,1,2], weight_ih_l0[8,2], weight_hh_l0[8,1], weight_hr_l0[1,2], weight_ih_l1[8,1], weight_hh_l1[8,1], "
        "weight_hr_l1[1,2]",
        "x[2,2], weight_ih_l0[4,2], weight_hh_l0[4,1]" });
NRV_OP(
    gru,
    .sig = "real x[T,B,n], real h0[layers,B,H], real weight_ih_l0[3*H,n], real weight_hh_l0[3*H,H], real "
           "bias_ih_l0[3*H], real bias_hh_l0[3*H], index lengths[B] -> y[T,B,H], h_n[layers,B,H]",
    .doc = "A gated recurrent unit over a sequence: layers, _reverse for the other direction, and lengths as PyTorch's "
           "GRU.",
    .flags = NRV_MACRO, .make = recurrent_gru_make, .ulp = 16,
    .tolerance_why = "products and activations, turn upon turn", .torch = "gru nn.GRU", .onnx = "GRU",
    .refuse = { "x[3,2,4], weight_ih_l0[8,4], weight_hh_l0[8,2] => gru: weight_ih_l0 does not fall into 3 gates | in "
                "here | input 0: input f32 [3, 2, 4] x | input 1: input f32 [8, 4] weight_ih_l0 | hint weight_ih "
                "(gates H,n)",
                "x[3,2,4], weight_ih_l0[6,3], weight_hh_l0[6,2] => gru: weight_ih_l0 has to be f32 [6, 4] | in here | "
                "input 0: input f32 [3, 2, 4] x | input 1: input f32 [6, 3] weight_ih_l0 | hint input 1 is the weight "
                "that does not fit" },
    .test = {
        "x[3,2,2], h0[1,2,2], weight_ih_l0[6,2], weight_hh_l0[6,2], bias_ih_l0[6], bias_hh_l0[6]",
        "x[3,2,2], weight_ih_l0[3,2], weight_hh_l0[3,1], weight_ih_l1[3,1], weight_hh_l1[3,1], lengths:i32[2]{1, 3}" });

/* x (T,B,n), with batch_first (B,T,n), or (T,n) -> y (T,B,dirs H) of the last layer; *h_n, if asked for: the last
   states (layers dirs,B,H). w: for each layer its forward weights, then, if bidirectional, its reverse ones. (Elman
   1990) */
NRV_API nrv_tensor nrv_rnn_by(nrv_tensor x, const nrv_rnn_weights *w, const nrv_rnn_opt *opt, nrv_tensor *h_n)
{
    return recurrent_of(&nrv__op_rnn, opt && opt->relu ? NRV__RNN_RELU : NRV__RNN_TANH, x, w, opt, h_n, NULL);
}

/* As nrv_rnn_by, of a long short-term memory; *c_n: its last cells (layers dirs,B,H). With weight_hr, h has its length
   P. (Hochreiter & Schmidhuber 1997) */
NRV_API nrv_tensor nrv_lstm_by(nrv_tensor x, const nrv_rnn_weights *w, const nrv_rnn_opt *opt, nrv_tensor *h_n,
                               nrv_tensor *c_n)
{
    return recurrent_of(&nrv__op_lstm, NRV__LSTM, x, w, opt, h_n, c_n);
}

/* As nrv_rnn_by, of a gated recurrent unit. (Cho et al. 2014) */
NRV_API nrv_tensor nrv_gru_by(nrv_tensor x, const nrv_rnn_weights *w, const nrv_rnn_opt *opt, nrv_tensor *h_n)
{
    return recurrent_of(&nrv__op_gru, NRV__GRU, x, w, opt, h_n, NULL);
}
