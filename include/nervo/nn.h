/* Made by tools/gen.c from the sources it names; never edited by hand. */
/* Layers and optimisers: every function marked NRV_API in src/nn and src/optim. Included by nervo.h. */
#ifndef NERVO_NN_H
#define NERVO_NN_H
/* div: a cluster's vectors are so many times shorter than those of the one before; 0: 4. head_bias: the head has one.
 */
typedef struct {
    double div;
    int head_bias;
    int64_t reserved[4];
} nrv_adaptive_opt;
/* The norms: eps 1e-5, momentum 0.1; zero is the default, a negative number means zero. axes: the last so many are
   normalised (layer_norm, rms_norm), 0 means 1. affine: with weight and bias, track: with running values; 1 yes, -1 no,
   0 as PyTorch's layer of that name (instance_norm no, the others yes). */
typedef struct {
    double eps, momentum;
    int axes, affine, track;
    int64_t reserved[4];
} nrv_norm_opt;
typedef struct {
    int no_bias, int8;
    const nrv_init *weight, *bias;
    int64_t reserved[4];
} nrv_linear_opt;
/* One layer of a text, as it was traced. word: "conv 16 3x3 pad 1"; name: its path, "2.0"; depth: blocks around it;
   out: what it gives (ask nrv_shape_of); params: trainable numbers it added; macs: multiply-adds for one sample. A
   block comes after its layers and counts only what it adds itself. */
typedef struct {
    const char *word, *name;
    int line, column, depth;
    nrv_tensor out;
    int64_t params, macs;
    int64_t reserved[4];
} nrv_layer_info;
typedef struct {
    void (*seen)(void *user, const nrv_layer_info *layer);
    void *user;
    int64_t reserved[4];
} nrv_layers_opt;
/* Zero is the default: lr 1e-3, beta1 0.9, beta2 0.999, eps 1e-8, decay 0 (adamw: 0.01), name "adam" (adamw: "adamw");
   a negative number means zero. rate: a scalar in the place of lr; when: a bool scalar, and nothing changes where it is
   false. */
typedef struct {
    double lr, beta1, beta2, eps, decay;
    nrv_tensor rate, when;
    const char *name;
    int64_t reserved[4];
} nrv_adam_opt;
/* Zero is the default: lr 0.01 (PyTorch names none), no momentum, no decay, name "sgd". rate: a scalar in the place of
   lr; when: a bool scalar, and nothing changes where it is false. */
typedef struct {
    double lr, momentum, decay;
    int nesterov;
    nrv_tensor rate, when;
    const char *name;
    int64_t reserved[4];
} nrv_sgd_opt;
/* x (...,n) -> (...,classes): log-probabilities. Classes up to cutoff[0] stand in the head, those from cutoff[i] to
   before cutoff[i + 1] in cluster i, the last of which ends with the classes. Parameters as PyTorch's
   AdaptiveLogSoftmaxWithLoss: name.head.weight, name.tail.0.0.weight... *loss, where neither it nor target (...) is
   NULL: minus the mean log-probability of the targets. */
nrv_tensor nrv_adaptive_log_softmax(nrv_tensor x, nrv_tensor target, const char *name, int64_t classes,
                                            int cutoffs, const int64_t *cutoff, const nrv_adaptive_opt *opt,
                                            nrv_tensor *loss);
/* (B,C,...): every channel normalised over the batch in training, by its running values in evaluation. name.weight,
   name.bias, name.running_mean, name.running_var (C) and name.num_batches_tracked (). NRV_QUIET leaves the running
   values alone. */
nrv_tensor nrv_batch_norm(nrv_tensor x, const char *name, const nrv_norm_opt *opt);
/* (B,C,L) -> (B,out,L'): out filters of k, with parameters name.weight (out,C/groups,k), name.bias (out). */
nrv_tensor nrv_conv1d(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt);
/* (B,C,H,W) -> (B,out,H',W'): out filters of k x k, with parameters name.weight (out,C/groups,k,k), name.bias (out). */
nrv_tensor nrv_conv2d(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt);
/* (B,C,D,H,W) -> (B,out,D',H',W'): out filters of k x k x k; name.weight (out,C/groups,k,k,k), name.bias (out). */
nrv_tensor nrv_conv3d(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt);
/* (B,C,L) -> (B,out,L'), L' = (L-1) stride - 2 pad + dilation (k-1) + 1 + output_pad; name.weight (C,out/groups,k),
   name.bias (out). */
nrv_tensor nrv_conv1d_transposed(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt);
/* (B,C,H,W) -> (B,out,H',W'), H' = (H-1) stride - 2 pad + dilation (k-1) + 1 + output_pad; name.weight
   (C,out/groups,k,k), name.bias (out). */
nrv_tensor nrv_conv2d_transposed(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt);
/* (B,C,D,H,W) -> (B,out,D',H',W'), lengths as nrv_conv2d_transposed; name.weight (C,out/groups,k,k,k), name.bias. */
nrv_tensor nrv_conv3d_transposed(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt);
/* A table (n,width) of float32, the parameter name.weight, which starts with mean 0 and deviation 1. Rows of it are
   nrv_gather(table, ids, 0); its transpose is an output layer with tied weights. */
nrv_tensor nrv_embedding(nrv_graph *g, const char *name, nrv_dim n, nrv_dim width);
/* (B,C,...): `groups` runs of channels, each with mean 0 and deviation 1 (biased) in every sample, then times
   name.weight plus name.bias, both (C). */
nrv_tensor nrv_group_norm(nrv_tensor x, const char *name, int groups, const nrv_norm_opt *opt);
/* (B,C,...): every channel of every sample with mean 0 and deviation 1 (biased). affine = 1: then times name.weight
   plus name.bias, both (C). track = 1: running values as nrv_batch_norm has, by which evaluation normalises;
   batches are not counted. As PyTorch's InstanceNorm, both are off as a rule. */
nrv_tensor nrv_instance_norm(nrv_tensor x, const char *name, const nrv_norm_opt *opt);
/* (...,n...): the last axes (opt->axes, 1 as a rule) with mean 0 and deviation 1 (biased), then times name.weight plus
   name.bias, both (n...). */
nrv_tensor nrv_layer_norm(nrv_tensor x, const char *name, const nrv_norm_opt *opt);
/* (...,n...): the last axes (opt->axes, 1 as a rule) divided by the root of their mean square, eps added under it (0:
   the distance from 1 to the next number), then times name.weight (n...). */
nrv_tensor nrv_rms_norm(nrv_tensor x, const char *name, const nrv_norm_opt *opt);
/* x (...,n) -> (...,units): x W^T + b, with parameters name.weight (units,n) and name.bias (units). int8: the weight is
   state of i8, beside name.weight_scale (units), see nrv_quantised_linear; `nervo quantise` makes them of trained ones.
 */
nrv_tensor nrv_linear(nrv_tensor x, const char *name, nrv_dim units, const nrv_linear_opt *opt);
/* a (...,n), b (...,m) -> (...,units): every output weighs all pairs of the two, with parameters name.weight
   (units,n,m) and name.bias (units), as PyTorch's Bilinear. */
nrv_tensor nrv_bilinear(nrv_tensor a, nrv_tensor b, const char *name, nrv_dim units, const nrv_linear_opt *opt);
/* q (T,B,E), k (L,B,K), v (L,B,V) -> (T,B,E), and *weights, if asked for, as nrv_multi_head_attention_by, whose options
   these are; parameters name.in_proj_weight (3E,E), or name.q_, k_ and v_proj_weight where K or V is not E,
   name.in_proj_bias (3E), name.out_proj.weight (E,E) and name.out_proj.bias (E), as PyTorch's MultiheadAttention. */
nrv_tensor nrv_multi_head_attention(nrv_tensor q, nrv_tensor k, nrv_tensor v, const char *name, int heads,
                                            const nrv_mha_opt *opt, nrv_tensor *weights);
/* x where it is positive, else a learnt slope times x: one for all, or one for each channel (axis 1). Parameter: weight
   (slopes), which starts at `start`; PyTorch's is 0.25. */
nrv_tensor nrv_prelu_layer(nrv_tensor x, const char *name, int64_t slopes, double start);
/* A recurrent net over x (T,B,n), with batch_first (B,T,n), or (T,n) -> (T,B,dirs hidden) of the last layer; *h_n, if
   asked for: the last states (layers dirs,B,hidden). Parameters as PyTorch's RNN: name.weight_ih_l0 (hidden,n),
   name.weight_hh_l0, name.bias_ih_l0, name.bias_hh_l0, ..._l0_reverse, ..._l1... */
nrv_tensor nrv_rnn(nrv_tensor x, const char *name, nrv_dim hidden, const nrv_rnn_opt *opt, nrv_tensor *h_n);
/* A long short-term memory over x, as nrv_rnn, of gates in, forget, cell, out: weight_ih_l0 (4 hidden,n)...; *c_n: its
   last cells (layers dirs,B,hidden). opt->proj: h has that length, by name.weight_hr_l0 (proj,hidden). As PyTorch's
   LSTM. */
nrv_tensor nrv_lstm(nrv_tensor x, const char *name, nrv_dim hidden, const nrv_rnn_opt *opt, nrv_tensor *h_n,
                            nrv_tensor *c_n);
/* A gated recurrent unit over x, as nrv_rnn, of gates reset, update, new: weight_ih_l0 (3 hidden,n)... As PyTorch's
 * GRU.
 */
nrv_tensor nrv_gru(nrv_tensor x, const char *name, nrv_dim hidden, const nrv_rnn_opt *opt, nrv_tensor *h_n);
/* One turn of a recurrent net: x (B,n), h (B,H) -> (B,H), tanh(Wi x + bi + Wh h + bh); parameters name.weight_ih (H,n),
   name.weight_hh (H,H), name.bias_ih and name.bias_hh (H), as PyTorch's RNNCell. (Elman 1990) */
nrv_tensor nrv_rnn_cell(nrv_tensor x, const char *name, nrv_tensor h);
/* One turn of a GRU: x (B,n), h (B,H) -> (B,H); parameters name.weight_ih (3H,n), name.weight_hh (3H,H), name.bias_ih
   and name.bias_hh (3H) in the order reset, update, new, as PyTorch's GRUCell. (Cho et al. 2014) */
nrv_tensor nrv_gru_cell(nrv_tensor x, const char *name, nrv_tensor h);
/* One turn of an LSTM: x (B,n), h and c (B,H) -> *h2 and *c2 (B,H), both NULL after an error; parameters name.weight_ih
   (4H,n), name.weight_hh (4H,H), name.bias_ih and name.bias_hh (4H) in the order i, f, g, o, as PyTorch's LSTMCell.
   (Hochreiter & Schmidhuber 1997) */
void nrv_lstm_cell(nrv_tensor x, const char *name, nrv_tensor h, nrv_tensor c, nrv_tensor *h2, nrv_tensor *c2);
/* The layers of a text, in order: "conv 16 3x3 relu | pool 2 | flatten | dense 10". name: their scope, or NULL. */
nrv_tensor nrv_layers(nrv_tensor x, const char *name, const char *text);
/* The same, and .seen hears of every layer: its word, name, shape, parameters, multiply-adds. */
nrv_tensor nrv_layers_with(nrv_tensor x, const char *name, const char *text, const nrv_layers_opt *opt);
/* The shape that the word `input` gives a sample, e.g. 1x28x28; rank 0 if the text has none. why: what is wrong
   with the text. */
nrv_status nrv_layers_input(const char *text, nrv_shape *shape, char *why, size_t why_bytes);
/* One layer of an encoder: x (T,B,E), with batch_first (B,T,E), or (T,E) -> as x; heads divides E, ff is the length
   between the two linear maps. Parameters as PyTorch's TransformerEncoderLayer: name.self_attn.in_proj_weight...,
   name.linear1.weight..., name.norm1.weight... Options: nrv_transformer_opt; dropout is 0 unless given. */
nrv_tensor nrv_transformer_encoder_layer(nrv_tensor x, const char *name, int heads, nrv_dim ff,
                                                 const nrv_transformer_opt *opt);
/* One layer of a decoder: x (T,B,E) and memory (L,B,E) -> as x, as nrv_transformer_encoder_layer. Parameters as
   PyTorch's TransformerDecoderLayer: name.multihead_attn. and name.norm3. besides. */
nrv_tensor nrv_transformer_decoder_layer(nrv_tensor x, nrv_tensor memory, const char *name, int heads,
                                                 nrv_dim ff, const nrv_transformer_opt *opt);
/* layers of an encoder and a norm: name.layers.0. ... and name.norm., as PyTorch's TransformerEncoder with a LayerNorm;
   opt->no_norm: without. */
nrv_tensor nrv_transformer_encoder(nrv_tensor x, const char *name, int layers, int heads, nrv_dim ff,
                                           const nrv_transformer_opt *opt);
/* layers of a decoder and a norm, as nrv_transformer_encoder. */
nrv_tensor nrv_transformer_decoder(nrv_tensor x, nrv_tensor memory, const char *name, int layers, int heads,
                                           nrv_dim ff, const nrv_transformer_opt *opt);
/* An encoder of from (L,B,E) and a decoder of to (T,B,E) that looks at it -> as to: name.encoder. and name.decoder., as
   PyTorch's Transformer. Of opt, from_mask and from_key_padding_mask are the encoder's, the other masks and causal the
   decoder's; as many layers each, unless decoder_layers says otherwise. */
nrv_tensor nrv_transformer(nrv_tensor from, nrv_tensor to, const char *name, int layers, int heads, nrv_dim ff,
                                   const nrv_transformer_opt *opt);
/* The parameters' values after one step of Adam; nrv_assign_all makes them so. */
nrv_list nrv_adam(nrv_list params, nrv_list grads, const nrv_adam_opt *opt);
/* Adam with the decay taken from the weights (0.01 unless .decay says otherwise). */
nrv_list nrv_adamw(nrv_list params, nrv_list grads, const nrv_adam_opt *opt);
/* All gradients times min(1, most / (norm + 1e-6)), where norm is that of all of them as one vector. */
nrv_list nrv_clip_norm(nrv_list grads, double most);
/* For .rate of the optimiser of that name, an f32 scalar: from peak/warmup up to peak over the first `warmup` updates,
   then along half a cosine down to 0 at update `total`, and 0 from there on. It reads the optimiser's own step. */
nrv_tensor nrv_cosine_rate(nrv_graph *g, const char *optimiser, double peak, int64_t warmup, int64_t total);
/* The parameters' values after one step of gradient descent; nrv_assign_all makes them so. */
nrv_list nrv_sgd(nrv_list params, nrv_list grads, const nrv_sgd_opt *opt);
#endif
