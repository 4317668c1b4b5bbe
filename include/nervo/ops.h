/* Made by tools/gen.c from the sources it names; never edited by hand. */
/* The operations: every function marked NRV_API in src/ops. Included by nervo.h. */
#ifndef NERVO_OPS_H
#define NERVO_OPS_H
/* attention: causal, query t sees keys 0 to t + offset. offset: an i64 scalar, the position of query 0 among the keys;
   NULL: 0, also where T and L differ (as PyTorch). mask: bool, true = may be seen; bias: added to scale q k^T,
   -INFINITY = may not; both stretched over (...,T,L). scale: 0 is 1/sqrt(D), a negative number means zero. grouped:
   axis -3 counts heads, and each of k and v serves as many heads of q as there are for one of theirs (Ainslie et al.
   2023). */
typedef struct {
    int causal;
    nrv_tensor mask, offset;
    double scale;
    nrv_tensor bias;
    int grouped;
    int64_t reserved[4];
} nrv_attention_opt;
/* multi_head_attention: the weights, by PyTorch's names. in_proj_weight (3E,E), or q_, k_ and v_proj_weight; the biases
   in_proj_bias (3E), out_proj_bias (E), and bias_k, bias_v (1,1,E), one more key and value, may be NULL. */
typedef struct {
    nrv_tensor in_proj_weight, in_proj_bias, out_proj_weight, out_proj_bias;
    nrv_tensor q_proj_weight, k_proj_weight, v_proj_weight, bias_k, bias_v;
} nrv_mha_weights;
/* key_padding_mask (B,L), attn_mask (T,L) or (B*heads,T,L): bool, true = may not be seen, or real, added to the scores.
   causal: nothing later is seen. batch_first: (B,T,E). each_head: the weights of each head, not their mean. dropout: of
   the weights, in training; drawn as "dropout" in the open scope. add_zero_attn: one more key and value of zeros. */
typedef struct {
    nrv_tensor key_padding_mask, attn_mask;
    int causal, batch_first, each_head, add_zero_attn;
    double dropout;
    int64_t reserved[4];
} nrv_mha_opt;
/* transformer layers: the weights, by PyTorch's names; multihead_attn and norm3 are the decoder's. */
typedef struct {
    nrv_mha_weights self_attn, multihead_attn;
    nrv_tensor linear1_weight, linear1_bias, linear2_weight, linear2_bias;
    nrv_tensor norm1_weight, norm1_bias, norm2_weight, norm2_bias, norm3_weight, norm3_bias;
} nrv_transformer_weights;
/* mask (T,T) and key_padding_mask (B,T) of the sequence, memory_mask (T,L) and memory_key_padding_mask (B,L) of the
   decoder's memory: bool, true = may not be seen, or real, added. causal: nothing later is seen. activation: NULL is
   nrv_relu. eps of the norms: 1e-5. dropout: in training, behind each part and the activation, and of the weights of
   attention; its draws are named in the open scope. no_norm: stacks end without a norm of their own. */
typedef struct {
    int norm_first, batch_first, causal, no_norm;
    double dropout, eps;
    nrv_tensor (*activation)(nrv_tensor x);
    nrv_tensor mask, key_padding_mask, memory_mask, memory_key_padding_mask;
    int64_t reserved[4];
} nrv_transformer_opt;
/* netlist: what a node does with its sum z; or NRV_NET_INPUT(k), and it shows input k, without a bias or edges */
enum {
    NRV_NET_LINEAR,  /* z */
    NRV_NET_SIGMOID, /* 1 / (1 + e^-z) */
    NRV_NET_STEEP,   /* 1 / (1 + e^-4.9z), NEAT's own */
    NRV_NET_TANH,
    NRV_NET_RELU,
    NRV_NET_SIN,
    NRV_NET_GAUSS, /* e^-z^2 */
    NRV_NET_ABS,
    NRV_NET_STEP /* 1 where z > 0, else 0; its gradient is 0 */
};
#define NRV_NET_INPUT(k) (-1 - (k))
/* weight_norm: one length for the whole weight instead of one for each slice along an axis */
#define NRV_ALL INT32_MIN
/* recurrent cells and layers: the weights of one direction of one layer, G gates (rnn 1, gru 3, lstm 4): weight_ih
   (GH,n), weight_hh (GH,H), bias_ih and bias_hh (GH) or both NULL; weight_hr (P,H), of an lstm whose h is projected, or
   NULL: then h (P) and weight_hh (GH,P). */
typedef struct {
    nrv_tensor weight_ih, weight_hh, bias_ih, bias_hh, weight_hr;
} nrv_rnn_weights;
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
/* How well keys suit queries decides what each query gets of the values. q (...,T,D), k (...,L,D), v (...,L,Dv) ->
   (...,T,Dv); leading axes stretch. A query that may see no key gives zeros, with no gradient. (Vaswani et al. 2017) */
nrv_tensor nrv_attention(nrv_tensor q, nrv_tensor k, nrv_tensor v, const nrv_attention_opt *opt);
/* The weights of nrv_attention with the same options: q (...,T,D), k (...,L,D) -> (...,T,L), each row sums to 1, or to
   0 where a query may see no key. To drop some of them: nrv_matmul(nrv_dropout(weights, ...), v). */
nrv_tensor nrv_attention_weights(nrv_tensor q, nrv_tensor k, const nrv_attention_opt *opt);
/* q (T,B,E), k (L,B,K), v (L,B,V) -> (T,B,E); with batch_first (B,T,E)..., or all without B. weights, where it is not
   NULL: what each query gave each key, (B,T,L), the mean over the heads, or (B,heads,T,L). E is a multiple of heads. As
   PyTorch's multi_head_attention_forward; masks true where something may NOT be seen. (Vaswani et al. 2017) */
nrv_tensor nrv_multi_head_attention_by(nrv_tensor q, nrv_tensor k, nrv_tensor v, int heads,
                                               const nrv_mha_weights *w, const nrv_mha_opt *opt, nrv_tensor *weights);
/* position (...), whole or real -> (...,D) of real type t: sin and cos of position base^(-2i/D) at 2i and 2i + 1; D is
   even, base 10000 as a rule. nrv_iota counts positions. (Vaswani et al. 2017) */
nrv_tensor nrv_sinusoidal_positions(nrv_tensor position, nrv_dtype t, nrv_dim D, double base);
/* Slopes times distances, (heads,T,L) of type t: -slope |l - (t + offset)|, for nrv_attention_opt.bias; offset, an i64
   scalar, is where query 0 stands among the keys, NULL: at the first. (Press et al. 2022) */
nrv_tensor nrv_alibi(nrv_graph *g, nrv_dtype t, int heads, nrv_dim T, nrv_dim L, nrv_tensor offset);
/* q (...,T,D), table (2K+1,D) -> (...,T,L): the product of query t with the vector of the distance l - t, at most K
   either way. Added to q k^T, it makes attention know distances: nrv_attention_opt.bias, scaled by hand. (Shaw et al.
   2018) */
nrv_tensor nrv_relative_scores(nrv_tensor q, nrv_tensor table, nrv_dim L);
/* p (...,T,L), table (2K+1,D) -> (...,T,D): the sum over l of p[t,l] times the vector of the distance l - t, at most K
   either way; added to p v. (Shaw et al. 2018) */
nrv_tensor nrv_relative_values(nrv_tensor p, nrv_tensor table);
/* distance (...) of i32 or i64, key minus query -> (...) i32, 0 to buckets - 1: half of them for keys behind the query,
   where both ways count, else none. Of each half, half for a distance each, and half on a logarithmic scale up to
   max_distance. T5: 32, 128. nrv_gather of a table by them is a bias of attention. (Raffel et al. 2020) */
nrv_tensor nrv_relative_buckets(nrv_tensor distance, int buckets, int max_distance, int both);
/* x (...,T,D), position (T) or (...,T), whole or real: features i and i + D/2 turned by position base^(-2i/D), as
   GPT-NeoX and Llama do; D is even, base 10000 as a rule. Positions stretch over x's leading axes from the right: for x
   (B,heads,T,D), give each sample its own as (B,1,T). (RoFormer; Su et al. 2021) */
nrv_tensor nrv_rotary(nrv_tensor x, nrv_tensor position, double base);
/* One layer of a transformer's encoder: x (T,B,E), or (B,T,E) with batch_first, or (T,E) -> as x. self_attn as
   nrv_multi_head_attention_by, linear1.weight (F,E), linear2.weight (E,F), norm1, norm2 (E); biases may be NULL. As
   PyTorch's TransformerEncoderLayer. (Vaswani et al. 2017) */
nrv_tensor nrv_transformer_encoder_layer_by(nrv_tensor x, int heads, const nrv_transformer_weights *w,
                                                    const nrv_transformer_opt *opt);
/* One layer of a transformer's decoder: x (T,B,E), memory (L,B,E), with batch_first (B,T,E)..., or both without B -> as
   x. As PyTorch's TransformerDecoderLayer, whose weights are multihead_attn and norm3 more than the encoder's; causal
   is the usual mask of x. (Vaswani et al. 2017) */
nrv_tensor nrv_transformer_decoder_layer_by(nrv_tensor x, nrv_tensor memory, int heads,
                                                    const nrv_transformer_weights *w, const nrv_transformer_opt *opt);
/* x - log sum e^x along an axis, without overflow. x and y (...) */
nrv_tensor nrv_log_softmax(nrv_tensor x, int axis);
/* e^x / sum e^x along an axis, without overflow. x and y (...) */
nrv_tensor nrv_softmax(nrv_tensor x, int axis);
/* Lines of x along axis, by index (i...) of i32 or i64: (a...,n,b...) -> (a...,i...,b...), like numpy's take. An index
   outside 0..n-1 is an error of the run. Its gradient is nrv_scatter_add. A row of an embedding is
   nrv_gather(table, ids, 0). */
nrv_tensor nrv_gather(nrv_tensor x, nrv_tensor index, int axis);
/* (n): 0, 1, 2, ... of type t. */
nrv_tensor nrv_iota(nrv_graph *g, nrv_dtype t, nrv_dim n);
/* lengths (B) of i32 or i64 -> bool (T,B), true where t < lengths[b]: which elements of sequences, padded to T and with
   time in front, are there. */
nrv_tensor nrv_mask_of_lengths(nrv_tensor lengths, nrv_dim T);
/* from (a...,n,b...) and start, i32 or i64, a scalar or with the first axes of from -> (a...,length,b...): a run of
   axis that begins at start. Where it would begin before 0 or pass the end, the run of the plan is an error. Its
   gradient is nrv_write into zeros; a start that is a constant or a size is nrv_slice's business. */
nrv_tensor nrv_read(nrv_tensor from, int axis, nrv_tensor start, nrv_dim length);
/* x (a...,i...,b...) and index (i...) of i32 or i64 -> (a...,count,b...): every line of x is added to the one that its
   index names; the others are 0. axis is the one of length count in the result, so that it takes the place of the
   index's axes, as nrv_gather puts them in its place: each is the other's gradient. An index outside 0..count-1 is an
   error of the run. Sums do not depend on the number of threads. */
nrv_tensor nrv_scatter_add(nrv_tensor x, nrv_tensor index, int axis, nrv_dim count);
/* x (E,...) and segment (E) of i32 or i64, in any order -> (count,...): the largest of the rows of each segment, 0
   where there is none. NaN wins; the first of equals gets the gradient. A number outside 0..count-1 is an error of the
   run. */
nrv_tensor nrv_segment_max(nrv_tensor x, nrv_tensor segment, nrv_dim count);
/* x (E,...) and segment (E) of i32 or i64, in any order -> (count,...): the mean of the rows of each segment, 0 where
   there is none. A number outside 0..count-1 is an error of the run. */
nrv_tensor nrv_segment_mean(nrv_tensor x, nrv_tensor segment, nrv_dim count);
/* x (E,...) and segment (E) of i32 or i64, in any order -> (E,...): softmax among the rows of each of `count` segments.
   A number outside 0..count-1 is an error of the run. Attention over a graph's edges (Velickovic et al. 2018). */
nrv_tensor nrv_segment_softmax(nrv_tensor x, nrv_tensor segment, nrv_dim count);
/* x (E,...) and segment (E) of i32 or i64, in any order -> (count,...): the sum of the rows of each segment, 0 where
   there is none. A number outside 0..count-1 is an error of the run. So the messages of edges
   meet at the nodes of a graph. */
nrv_tensor nrv_segment_sum(nrv_tensor x, nrv_tensor segment, nrv_dim count);
/* x (...,n), index (...) i32 or i64 -> (...): one element of each row. */
nrv_tensor nrv_take(nrv_tensor x, nrv_tensor index);
/* into (a...,n,b...), start, i32 or i64, a scalar or with the first axes of into, and part (a...,m,b...) ->
   (a...,n,b...): into with part in the place of the m elements of axis that begin at start. Where these would begin
   before 0 or pass the end, the run is an error. This is how a cache of keys grows. Gradients: dy where into was left,
   and nrv_read of dy. */
nrv_tensor nrv_write(nrv_tensor into, int axis, nrv_tensor start, nrv_tensor part);
/* a, b (...,n), broadcasting -> (...), with keep (...,1): the norm of order p of a - b + eps. p 2, eps 1e-6 as a rule.
 */
nrv_tensor nrv_pairwise_distance(nrv_tensor a, nrv_tensor b, double p, double eps, int keep);
/* a (...,P,n), b (...,R,n), leading axes broadcasting -> (...,P,R): the norm of order p of every difference of rows. */
nrv_tensor nrv_cdist(nrv_tensor a, nrv_tensor b, double p);
/* x (N,n), N known -> (N (N - 1) / 2): the norm of order p of the difference of every pair of rows, in the order (0,1),
   (0,2), ... (1,2), ... */
nrv_tensor nrv_pdist(nrv_tensor x, double p);
/* a, b (...), broadcasting -> (...) without axis: sum of a b along it, divided by both lengths, which count as eps at
   least (1e-8 as a rule). */
nrv_tensor nrv_cosine_similarity(nrv_tensor a, nrv_tensor b, int axis, double eps);
/* Training: each number 0 with probability p, else times 1/(1-p). Evaluation: x. The name keys its random numbers. */
nrv_tensor nrv_dropout(nrv_tensor x, const char *name, double p);
/* x (B,C,...). Training: each channel of each sample 0 with probability p, else times 1/(1-p). Evaluation: x. PyTorch's
   dropout1d, dropout2d, dropout3d. (Tompson et al. 2015) */
nrv_tensor nrv_dropout_channels(nrv_tensor x, const char *name, double p);
/* Training: each number becomes SELU's lowest value with probability p, then all are scaled and shifted so that mean 0
   and deviation 1 stay. Evaluation: x. The name keys its random numbers. (Klambauer et al. 2017) */
nrv_tensor nrv_alpha_dropout(nrv_tensor x, const char *name, double p);
/* x (B,C,...): nrv_alpha_dropout of whole channels. */
nrv_tensor nrv_feature_alpha_dropout(nrv_tensor x, const char *name, double p);
/* x (...,n), w (m,n), b (m) or NULL -> (...,m): x w^T + b; w (n): one output without an axis. */
nrv_tensor nrv_linear_by(nrv_tensor x, nrv_tensor w, nrv_tensor b);
/* a (...,n), b (...,m), w (k,n,m), c (k) or NULL -> (...,k): sum over i, j of a[i] w[k,i,j] b[j], plus c[k]. */
nrv_tensor nrv_bilinear_by(nrv_tensor a, nrv_tensor b, nrv_tensor w, nrv_tensor c);
/* x itself. x and y (...) */
nrv_tensor nrv_identity(nrv_tensor x);
/* row, col (E) of i32 or i64, value (E), x (n,...) -> (rows,...): the sparse (rows,n) matrix with these entries, in any
   order, times x; entries that meet add up. Gradients by value and x cost as much: E lines of x. A row outside
   0..rows-1 or a column outside 0..n-1 is an error of the run. */
nrv_tensor nrv_coo_matmul(nrv_tensor row, nrv_tensor col, nrv_tensor value, nrv_tensor x, nrv_dim rows);
/* rowptr (rows+1) and col (E) of i32 or i64, value (E), x (n,...) -> (rows,...): the sparse (rows,n) matrix whose row r
   stores value[rowptr[r]] to value[rowptr[r+1] - 1] in these columns, times x. Gradients by value and x cost as much: E
   lines of x. Row pointers that do not begin with 0, fall, or do not end with E, and columns outside 0..n-1, are errors
   of the run. The same sums for any number of threads. */
nrv_tensor nrv_csr_matmul(nrv_tensor rowptr, nrv_tensor col, nrv_tensor value, nrv_tensor x);
/* (...,m,k) x (...,k,n) -> (...,m,n) */
nrv_tensor nrv_matmul(nrv_tensor a, nrv_tensor b);
/* Mean of -(t ln p + (1 - t) ln(1 - p)), each logarithm at least -100, as PyTorch. */
nrv_tensor nrv_bce(nrv_tensor p, nrv_tensor target);
/* Mean of softplus(x) - x t: binary cross-entropy of sigmoid(x) with target t in 0..1, without overflow. */
nrv_tensor nrv_bce_logits(nrv_tensor logits, nrv_tensor target);
/* logits (...,n), labels (...) i32 or i64 -> scalar: mean of -log softmax(logits)[label]. */
nrv_tensor nrv_cross_entropy(nrv_tensor logits, nrv_tensor labels);
/* logits (...,n), labels (...) of i32 or i64, mask (...) bool -> scalar: mean of -log softmax(logits)[label] over the
   rows whose mask is true, 0 if there is none. Labels of other rows are not looked at. */
nrv_tensor nrv_cross_entropy_masked(nrv_tensor logits, nrv_tensor labels, nrv_tensor mask);
/* Mean of 0.5 d^2 where |d| <= delta, else delta (|d| - 0.5 delta). */
nrv_tensor nrv_huber(nrv_tensor a, nrv_tensor b, double delta);
/* Mean over everything of (a - b)^2. */
nrv_tensor nrv_mse(nrv_tensor a, nrv_tensor b);
/* A network as data, for each case: x (C,I), row (N+1), col (E), weight (E), bias (N), act (N) -> (C,N), the value of
   every node. Edges row[n] to row[n+1] lead into node n, edge e from node col[e]; act[n] is an activation (NRV_NET_*)
   or NRV_NET_INPUT(k), a node that shows input k. The order of the nodes is free. levels: at most so many nodes stand
   in one chain. A population is one netlist of unconnected parts; a gradient goes to x, weight and bias.
   Stops the run: a cycle, more levels, an edge from no node, rows that go down, an unknown act. */
nrv_tensor nrv_netlist(nrv_tensor x, nrv_tensor row, nrv_tensor col, nrv_tensor weight, nrv_tensor bias,
                               nrv_tensor act, nrv_dim levels);
/* x (B,C,...) -> (B,C,...): (x - mean) / sqrt(var + eps), times weight, plus bias, all (C). mean and var NULL: those of
   the batch (biased), of which a channel needs two values at least; weight, bias NULL: without. (Ioffe & Szegedy 2015)
 */
nrv_tensor nrv_batch_norm_by(nrv_tensor x, nrv_tensor mean, nrv_tensor var, nrv_tensor weight, nrv_tensor bias,
                                     double eps);
/* What running mean and variance (C) become after the batch x (B,C,...): (1 - momentum) of the old, momentum of the
   batch's mean and unbiased variance. */
void nrv_batch_norm_running(nrv_tensor x, nrv_tensor mean, nrv_tensor var, double momentum, nrv_tensor *mean2,
                                    nrv_tensor *var2);
/* x (B,C,...) -> (B,C,...): `groups` runs of channels, each with mean 0 and deviation 1 (biased) in every sample, eps
   under the root, times weight, plus bias, both (C); NULL: without. (Wu & He 2018) */
nrv_tensor nrv_group_norm_by(nrv_tensor x, int64_t groups, nrv_tensor weight, nrv_tensor bias, double eps);
/* x (B,C,...) -> (B,C,...): every channel of every sample with mean 0 and deviation 1 (biased), eps under the root,
   times weight, plus bias; or (x - mean) / sqrt(var + eps) where these are given. All (C); NULL: without. (Ulyanov et
   al. 2016) */
nrv_tensor nrv_instance_norm_by(nrv_tensor x, nrv_tensor mean, nrv_tensor var, nrv_tensor weight,
                                        nrv_tensor bias, double eps);
/* What running mean and variance (C) become after x (B,C,...): (1 - momentum) of the old, momentum of the mean over the
   samples of their own means and unbiased variances. */
void nrv_instance_norm_running(nrv_tensor x, nrv_tensor mean, nrv_tensor var, double momentum,
                                       nrv_tensor *mean2, nrv_tensor *var2);
/* x (...,n...) -> (...,n...): the last `axes` axes with mean 0 and deviation 1 (biased), eps under the root, times
   weight, plus bias, both (n...); NULL: without. (Ba et al. 2016) */
nrv_tensor nrv_layer_norm_by(nrv_tensor x, int axes, nrv_tensor weight, nrv_tensor bias, double eps);
/* x (...,n...) -> (...,n...): the last `axes` axes divided by sqrt(mean x^2 + eps), times weight (n...), NULL: without.
   eps 0: the distance from 1 to the next number of x's type. (Zhang & Sennrich 2019) */
nrv_tensor nrv_rms_norm_by(nrv_tensor x, int axes, nrv_tensor weight, double eps);
/* x (B,C,...) -> (B,C,...): x / (k + alpha m)^beta; m is the mean of x^2 over `size` channels: size / 2 before each and
   (size - 1) / 2 behind it, 0 beyond the edge. PyTorch's defaults: alpha 1e-4, beta 0.75, k 1. (Krizhevsky et al. 2012)
 */
nrv_tensor nrv_local_response_norm(nrv_tensor x, int64_t size, double alpha, double beta, double k);
/* x (...) -> (...): x / max(|x|_p, eps) along axis. p from 0 to INFINITY, 2 and eps 1e-12 as a rule. */
nrv_tensor nrv_normalize(nrv_tensor x, double p, int axis, double eps);
/* x (...) -> (...): every slice at one place of axis whose norm of order p, over all other axes, is above maxnorm is
   multiplied by maxnorm / (norm + 1e-7), as PyTorch; the others stay. */
nrv_tensor nrv_renorm(nrv_tensor x, double p, int axis, double maxnorm);
/* v (...), g (1,...,n,...,1) -> w (...): v g / |v|, the norm over all axes but `axis`, whose length n g has; axis
   NRV_ALL: over all of v, g a scalar. As PyTorch's nn.utils.weight_norm. (Salimans & Kingma 2016) */
nrv_tensor nrv_weight_norm(nrv_tensor v, nrv_tensor g, int axis);
/* w (n,...), u (n), v (m), m all other lengths, or NULL -> w / sigma; *u2 and *v2: what u and v become. As often as
   `iterations`, v = W^T u and u = W v, each made a unit; sigma = u W v, with u and v as constants. None (evaluation):
   u and v stay. As PyTorch's nn.utils.spectral_norm. (Miyato et al. 2018) */
nrv_tensor nrv_spectral_norm(nrv_tensor w, nrv_tensor u, nrv_tensor v, int64_t iterations, double eps,
                                     nrv_tensor *u2, nrv_tensor *v2);
/* Absolute value; its gradient at 0 is 0. x and y (...) */
nrv_tensor nrv_abs(nrv_tensor x);
/* Sum. a, b and y broadcast together. */
nrv_tensor nrv_add(nrv_tensor a, nrv_tensor b);
/* add with the number c. x and y (...) */
nrv_tensor nrv_add_c(nrv_tensor x, double c);
/* x in type t. x and y (...) */
nrv_tensor nrv_cast(nrv_tensor x, nrv_dtype t);
/* Cosine of radians. x and y (...) */
nrv_tensor nrv_cos(nrv_tensor x);
/* Quotient of reals. a, b and y broadcast together. */
nrv_tensor nrv_div(nrv_tensor a, nrv_tensor b);
/* True where a = b. a, b and y broadcast together. */
nrv_tensor nrv_equal(nrv_tensor a, nrv_tensor b);
/* Error function. x and y (...) */
nrv_tensor nrv_erf(nrv_tensor x);
/* Exponential. x and y (...) */
nrv_tensor nrv_exp(nrv_tensor x);
/* Gaussian error linear unit, the exact form with erf (Hendrycks & Gimpel 2016). x and y (...) */
nrv_tensor nrv_gelu(nrv_tensor x);
/* True where a > b. a, b and y broadcast together. */
nrv_tensor nrv_greater(nrv_tensor a, nrv_tensor b);
/* True where a >= b. a, b and y broadcast together. */
nrv_tensor nrv_greater_equal(nrv_tensor a, nrv_tensor b);
/* x where it is positive, slope * x elsewhere. x and y (...) */
nrv_tensor nrv_leaky_relu(nrv_tensor x, double slope);
/* True where a < b. a, b and y broadcast together. */
nrv_tensor nrv_less(nrv_tensor a, nrv_tensor b);
/* True where a <= b. a, b and y broadcast together. */
nrv_tensor nrv_less_equal(nrv_tensor a, nrv_tensor b);
/* Natural logarithm; -inf at 0, NaN below. x and y (...) */
nrv_tensor nrv_log(nrv_tensor x);
/* Element-wise maximum; NaN wins; equal values share the gradient. a, b and y broadcast together. */
nrv_tensor nrv_max(nrv_tensor a, nrv_tensor b);
/* Element-wise minimum; NaN wins; equal values share the gradient. a, b and y broadcast together. */
nrv_tensor nrv_min(nrv_tensor a, nrv_tensor b);
/* Product. a, b and y broadcast together. */
nrv_tensor nrv_mul(nrv_tensor a, nrv_tensor b);
/* mul with the number c. x and y (...) */
nrv_tensor nrv_mul_c(nrv_tensor x, double c);
/* The negative. x and y (...) */
nrv_tensor nrv_neg(nrv_tensor x);
/* True where a and b differ. a, b and y broadcast together. */
nrv_tensor nrv_not_equal(nrv_tensor a, nrv_tensor b);
/* Power of reals, as C: 0^0 = 1; NaN for a negative base with a fractional exponent. The gradient by a is 0 where b is
 * 0, by b is 0 where a is 0. a, b and y broadcast together. */
nrv_tensor nrv_pow(nrv_tensor a, nrv_tensor b);
/* One over x. x and y (...) */
nrv_tensor nrv_reciprocal(nrv_tensor x);
/* Rectifier: x where it is positive, else 0; NaN stays; the gradient at 0 is 0 (Nair & Hinton 2010). x and y (...) */
nrv_tensor nrv_relu(nrv_tensor x);
/* a where c (bool) is true, b elsewhere. All broadcast together. */
nrv_tensor nrv_select(nrv_tensor c, nrv_tensor a, nrv_tensor b);
/* Logistic function. x and y (...) */
nrv_tensor nrv_sigmoid(nrv_tensor x);
/* Sign: -1, 0 or 1; NaN stays NaN. x and y (...) */
nrv_tensor nrv_sign(nrv_tensor x);
/* Sigmoid-weighted linear unit, also called swish (Elfwing et al. 2018). x and y (...) */
nrv_tensor nrv_silu(nrv_tensor x);
/* Sine of radians. x and y (...) */
nrv_tensor nrv_sin(nrv_tensor x);
/* Smooth rectifier. x and y (...) */
nrv_tensor nrv_softplus(nrv_tensor x);
/* Square root; NaN below 0, infinite gradient at 0. x and y (...) */
nrv_tensor nrv_sqrt(nrv_tensor x);
/* The square. x and y (...) */
nrv_tensor nrv_square(nrv_tensor x);
/* Difference. a, b and y broadcast together. */
nrv_tensor nrv_sub(nrv_tensor a, nrv_tensor b);
/* Hyperbolic tangent. x and y (...) */
nrv_tensor nrv_tanh(nrv_tensor x);
/* The mean of each k x k window of (B,C,H,W); stride 0 means k. */
nrv_tensor nrv_avg_pool(nrv_tensor x, int k, int stride);
/* The mean of every channel. (B,C,S...) -> (B,C) */
nrv_tensor nrv_avg_pool_global(nrv_tensor x);
/* The largest of each k x k window of (B,C,H,W); stride 0 means k. */
nrv_tensor nrv_max_pool(nrv_tensor x, int k, int stride);
/* logits (...,V) -> i32 (...): an index for each row, drawn with probability softmax(logits) from its own counter
   (inverse of the distribution function, 53 bits). -inf is never drawn; a row with a NaN or +inf, or of -inf alone,
   stops the run with NRV_EVALUE. Keyed by scope and name, new in every run; a name that is missing or was used in this
   scope is an error. No gradient to the logits. */
nrv_tensor nrv_categorical(nrv_tensor logits, const char *name);
/* i64 (n): the numbers 0..n-1 in random order, n a number or a named size; nrv_gather and nrv_take shuffle by it. Keyed
   by scope and name, new in every run; a name that is missing or was used in this scope is an error. No gradient. */
nrv_tensor nrv_permutation(nrv_graph *g, const char *name, nrv_dim n);
/* rate (...) -> whole numbers (...) of its type, of the Poisson distribution with that mean (inversion; from 10 on
   PTRS, Hoermann 1993); what float32 cannot hold is rounded. A rate that is negative, NaN or above 2^52 stops the run
   with NRV_EVALUE. Keyed by scope and name, new in every run; a name that is missing or was used in this scope is an
   error. No gradient to the rate. */
nrv_tensor nrv_poisson(nrv_tensor rate, const char *name);
/* Random numbers in [0, 1), keyed by scope and name, new in every run. t: NRV_F32 or NRV_F64; both have 24 bits. A name
   that is missing or was used in this scope is an error. No gradient. */
nrv_tensor nrv_uniform(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape);
/* Random numbers of mean 0 and deviation 1 (Box & Muller 1958), at most 5.8 in size; otherwise as nrv_uniform. */
nrv_tensor nrv_normal(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape);
/* Random numbers >= 0 of density e^-x: mean 1, deviation 1, at most 16.7; otherwise as nrv_uniform. */
nrv_tensor nrv_exponential(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape);
/* Random numbers -log(e), e as nrv_exponential (Gumbel 1935): mean 0.577, deviation 1.283, in -2.9..17.4; the largest
   of logits + these is a categorical draw, which the gradient of a softmax in its place relaxes (Jang et al. 2017).
   Otherwise as nrv_uniform. */
nrv_tensor nrv_gumbel(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape);
/* 1 with probability p, else 0, in p's shape and type; p > 1 is 1, p < 0 or NaN is 0. No gradient to p: the draw is a
   step, whose slope is 0; nrv_surrogate gives it one. Names as in nrv_uniform. */
nrv_tensor nrv_bernoulli(nrv_tensor p, const char *name);
/* The largest along an axis; keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_max_of(nrv_tensor x, int axis, int keep);
/* The smallest along an axis; keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_min_of(nrv_tensor x, int axis, int keep);
/* Where the largest stands along an axis, i32. (...,n,...) -> (...,...) */
nrv_tensor nrv_argmax(nrv_tensor x, int axis);
/* Where the smallest stands along an axis, i32. (...,n,...) -> (...,...) */
nrv_tensor nrv_argmin(nrv_tensor x, int axis);
/* Mean over an axis; keep = 1 leaves it with length 1; of nothing it is NaN. (...,n,...) -> (...,...) */
nrv_tensor nrv_mean(nrv_tensor x, int axis, int keep);
/* Mean of all elements, a scalar; of none it is NaN. */
nrv_tensor nrv_mean_all(nrv_tensor x);
/* Sum over an axis; keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_sum(nrv_tensor x, int axis, int keep);
/* Sum of all elements, a scalar. */
nrv_tensor nrv_sum_all(nrv_tensor x);
/* One turn of a recurrent net: x (B,n), h (B,H), or both without B -> (B,H). relu: not tanh. (Elman 1990) */
nrv_tensor nrv_rnn_cell_by(nrv_tensor x, nrv_tensor h, const nrv_rnn_weights *w, int relu);
/* One turn of a GRU: x (B,n), h (B,H), or both without B -> (B,H). (Cho et al. 2014) */
nrv_tensor nrv_gru_cell_by(nrv_tensor x, nrv_tensor h, const nrv_rnn_weights *w);
/* One turn of an LSTM: x (B,n), h and c (B,H), or all without B -> *h2 and *c2 (B,H). (Hochreiter & Schmidhuber 1997)
 */
void nrv_lstm_cell_by(nrv_tensor x, nrv_tensor h, nrv_tensor c, const nrv_rnn_weights *w, nrv_tensor *h2,
                              nrv_tensor *c2);
/* x (T,B,n), with batch_first (B,T,n), or (T,n) -> y (T,B,dirs H) of the last layer; *h_n, if asked for: the last
   states (layers dirs,B,H). w: for each layer its forward weights, then, if bidirectional, its reverse ones. (Elman
   1990) */
nrv_tensor nrv_rnn_by(nrv_tensor x, const nrv_rnn_weights *w, const nrv_rnn_opt *opt, nrv_tensor *h_n);
/* As nrv_rnn_by, of a long short-term memory; *c_n: its last cells (layers dirs,B,H). With weight_hr, h has its length
   P. (Hochreiter & Schmidhuber 1997) */
nrv_tensor nrv_lstm_by(nrv_tensor x, const nrv_rnn_weights *w, const nrv_rnn_opt *opt, nrv_tensor *h_n,
                               nrv_tensor *c_n);
/* As nrv_rnn_by, of a gated recurrent unit. (Cho et al. 2014) */
nrv_tensor nrv_gru_by(nrv_tensor x, const nrv_rnn_weights *w, const nrv_rnn_opt *opt, nrv_tensor *h_n);
/* x stretched to the shape; only lengths of 1 stretch. */
nrv_tensor nrv_broadcast(nrv_tensor x, nrv_shape shape);
/* A new axis of length n, in which x repeats. (a,b) at axis 1 -> (a,n,b) */
nrv_tensor nrv_expand(nrv_tensor x, int axis, nrv_dim n);
/* n tensors that agree in all lengths but that of axis. */
nrv_tensor nrv_concat(int n, const nrv_tensor *x, int axis);
/* before and after elements of value around one axis of x. */
nrv_tensor nrv_pad(nrv_tensor x, int axis, int64_t before, int64_t after, double value);
/* y's axis i is x's axis axes[i]; n is x's rank. */
nrv_tensor nrv_permute(nrv_tensor x, int n, const int *axes);
/* The last two axes change places. (...,a,b) -> (...,b,a) */
nrv_tensor nrv_transpose(nrv_tensor x);
/* x with its axes split, moved and merged as the pattern says; lengths (n of them) are those of the names in
   parentheses on the left, in order; in each parenthesis one may be NRV_SAME: what is left. */
nrv_tensor nrv_rearrange(nrv_tensor x, const char *pattern, int n, const nrv_dim *lengths);
/* x's elements in row-major order as the given shape; one length may be NRV_SAME: what is left. */
nrv_tensor nrv_reshape(nrv_tensor x, nrv_shape shape);
/* (B,...) -> (B, product of the rest) */
nrv_tensor nrv_flatten(nrv_tensor x);
/* length elements of axis from start on; NRV_SAME: to the end. */
nrv_tensor nrv_slice(nrv_tensor x, int axis, nrv_dim start, nrv_dim length);
#endif
