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
   causal: nothing later is seen; keys that are added are not later. batch_first: (B,T,E). each_head: the weights of
   each head, not their mean. dropout: of the weights, in training; drawn as "dropout" in the open scope. add_zero_attn:
   one more key and value of zeros. For nrv_multi_head_attention: no_bias; bias_kv: with bias_k and bias_v. */
typedef struct {
    nrv_tensor key_padding_mask, attn_mask;
    int causal, batch_first, each_head, add_zero_attn, no_bias, bias_kv;
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
   attention; its draws are named in the open scope. no_norm: stacks end without a norm of their own. Of both halves
   together, what is said above is the decoder's: from_mask (L,L) and from_key_padding_mask (B,L) are the encoder's, and
   decoder_layers, where it is not 0, is how many the decoder has. */
typedef struct {
    int norm_first, batch_first, causal, no_norm, decoder_layers;
    double dropout, eps;
    nrv_tensor (*activation)(nrv_tensor x);
    nrv_tensor mask, key_padding_mask, memory_mask, memory_key_padding_mask, from_mask, from_key_padding_mask;
    int64_t reserved[4];
} nrv_transformer_opt;
/* layers of an encoder or a decoder, and the norm behind the last; norm_weight NULL: none. */
typedef struct {
    int layers;
    const nrv_transformer_weights *layer;
    nrv_tensor norm_weight, norm_bias;
} nrv_transformer_stack;
/* Room around an image: as much as the numbers say; what keeps the length, at stride 1, of an odd number one more
   behind; none; as much as lets every overlap count; as much, but in front alone, so that nothing sees what comes. */
enum { NRV_PAD_GIVEN, NRV_PAD_SAME, NRV_PAD_VALID, NRV_PAD_FULL, NRV_PAD_CAUSAL };
/* What lies in it: a number (0 where no other is named); the image mirrored at its last element, which is not
   repeated; its last element; its other end. */
enum { NRV_EDGE_CONSTANT, NRV_EDGE_REFLECT, NRV_EDGE_REPLICATE, NRV_EDGE_CIRCULAR };
/* Zero is the default: stride 1, no padding, dilation 1, one group, zeros around. A number stands for all axes; where
   axes differ, the arrays have one for each, and 0 is the number's. no_bias: of layers. output_pad: of the transposed.
 */
typedef struct {
    int stride, pad, dilation, groups, no_bias;
    int strides[3], pads[3], dilations[3];
    int padding, edge; /* NRV_PAD_..., NRV_EDGE_... */
    int output_pad, output_pads[3];
    int64_t reserved[4];
} nrv_conv_opt;
/* fftconvolve: all na + nb - 1; the na in their middle; those where b lies inside a (or a inside b) */
typedef enum { NRV_CONVOLVE_FULL, NRV_CONVOLVE_SAME, NRV_CONVOLVE_VALID } nrv_convolve_mode;
/* fft: which direction divides by the length n: the one back; both, by sqrt(n); the one forward. */
typedef enum { NRV_FFT_BACKWARD, NRV_FFT_ORTHO, NRV_FFT_FORWARD } nrv_fft_norm;
/* n: how many numbers, cut or with zeros behind; of irfft and hfft, how many come out. 0: as many as there are. */
typedef struct {
    nrv_dim n;
    nrv_fft_norm norm;
    int64_t reserved[4];
} nrv_fft_opt;
/* fftn: s, a length for each axis, as n of nrv_fft_opt (of the last of irfftn and hfftn: how many come out); 0 or -1:
   as many as there are. NULL: all of them. */
typedef struct {
    const nrv_dim *s;
    nrv_fft_norm norm;
    int64_t reserved[4];
} nrv_fftn_opt;
/* stft, istft: hop 0: n_fft / 4. win 0: n_fft. window (win), NULL: ones; shorter than n_fft it stands in the middle.
   at_start: pieces begin at 0, else their middle is there, and the signal goes on at its ends as pad_mode says:
   "reflect" (NULL), "constant", "replicate", "circular". normalized: times 1/sqrt(n_fft). two_sided: all n_fft
   frequencies, not n_fft/2 + 1. length, of istft: of the signal; 0: as far as the pieces reach. */
typedef struct {
    int64_t hop, win, length;
    nrv_tensor window;
    int at_start, normalized, two_sided;
    const char *pad_mode;
    int64_t reserved[4];
} nrv_stft_opt;
/* dwt: Haar's, and Daubechies' of 4, 6 and 8 numbers, with 2, 3 and 4 vanishing moments */
typedef enum { NRV_WAVELET_HAAR = 1, NRV_WAVELET_D4, NRV_WAVELET_D6, NRV_WAVELET_D8 } nrv_wavelet;
/* nrv_formula: n tensors x that go by a name: the text ends there, as at inputs and parameters, which go by their own.
   as_is: nothing is simplified. operations: how many the text has. */
typedef struct {
    int n;
    const nrv_tensor *x;
    const char *const *name;
    int as_is;
    int64_t *operations;
    int64_t reserved[4];
} nrv_formula_opt;
enum { NRV_SAMPLE_LINEAR, NRV_SAMPLE_NEAREST, NRV_SAMPLE_CUBIC };
enum { NRV_OUTSIDE_ZEROS, NRV_OUTSIDE_BORDER, NRV_OUTSIDE_REFLECTION };
typedef struct {
    int mode, outside, align_corners;
    int64_t reserved[4];
} nrv_grid_sample_opt;
enum { NRV_NEAREST, NRV_NEAREST_EXACT, NRV_LINEAR, NRV_CUBIC, NRV_AREA };
/* scale: where places come from is said by these, not by the lengths (as PyTorch does with scale_factor); 0: by the
   lengths */
typedef struct {
    int mode, align_corners, antialias;
    double scale[3];
    int64_t reserved[4];
} nrv_interpolate_opt;
/* scale: from boxes to pixels, 0 is 1; samples: of each cell along an axis, 0 as many as it is wide */
typedef struct {
    double scale;
    int samples, aligned;
    int64_t reserved[4];
} nrv_roi_align_opt;
/* histogram: from least to most of each axis, n_range of them; 0: from the smallest to the largest element. weight: of
   each element or point, NULL: 1. density: over their sum and the size of the bin. */
typedef struct {
    int n_range, density;
    const double *least, *most;
    nrv_tensor weight;
    int64_t reserved[4];
} nrv_histogram_opt;
/* zero is the default. padding: 1 + the index of the row that gets no gradient (and, in bags, does not count); 0: none.
   last: offsets end with the number of indexes, as include_last_offset says. mode: "mean" (NULL, too), "sum" or "max"
 */
typedef struct {
    nrv_dim padding;
    double max_norm, norm; /* norm: which one, 0: 2 */
    int by_frequency, last;
    const char *mode;
    nrv_tensor weights; /* of each index in a bag, for sums */
    int64_t reserved[4];
} nrv_lookup_opt;
/* axis: rows and columns; both 0: the last two. keep: they stay with length 1. */
typedef struct {
    int axis[2], keep;
    int64_t reserved[4];
} nrv_matrix_norm_opt;
/* What counts as zero: singular values up to max(atol, rtol times the largest). 0: PyTorch's default, see nrv_pinv; a
   negative number means zero. */
typedef struct {
    double atol, rtol;
    int64_t reserved[4];
} nrv_rank_opt;
/* fast: by QR, for a of full rank; rtol: as nrv_rank_opt has it */
typedef struct {
    int fast;
    double rtol;
    int64_t reserved[4];
} nrv_lstsq_opt;
/* right: x Q; transpose: Q^T. */
typedef struct {
    int right, transpose;
    int64_t reserved[4];
} nrv_ormqr_opt;
/* right: x a = b. vector: b is one vector (...,n) for each matrix; else it is one if it has one axis, or a's without
   the last. */
typedef struct {
    int right, vector;
    int64_t reserved[4];
} nrv_solve_opt;
/* upper: the triangle of a that is read; transpose: a^T x = b; unit: the diagonal counts as ones; right: x a = b. */
typedef struct {
    int upper, transpose, unit, right;
    int64_t reserved[4];
} nrv_solve_triangular_opt;
/* adaptive_log_softmax: head (S+K,n) of the S most frequent classes and K clusters, its bias (S+K) or NULL; cluster i
   has down[i] (h,n) and up[i] (c,h), its c classes follow those of the one before. */
typedef struct {
    nrv_tensor head_weight, head_bias;
    int clusters;
    const nrv_tensor *down, *up;
    int64_t reserved[2];
} nrv_adaptive_weights;
/* losses: what becomes of the elements. BATCHMEAN: their sum by the length of axis 0 */
typedef enum { NRV_LOSS_MEAN, NRV_LOSS_SUM, NRV_LOSS_NONE, NRV_LOSS_BATCHMEAN } nrv_reduction;
/* losses of elements. weight: multiplies them, stretched over them; NULL: 1. A mean divides by their number alone. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    int64_t reserved[4];
} nrv_loss_opt;
/* losses of classes. weight (C): of each class; a mean divides by the sum of the weights that it met. axis: of the
   classes; 0: axis 1, or the only one, as PyTorch. ignore: a label that counts nowhere; NULL: -100. smoothing: how much
   of the label's weight goes to all classes alike. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    int axis;
    const int64_t *ignore;
    double smoothing;
    int64_t reserved[4];
} nrv_classes_opt;
/* bce_logits: pos_weight, stretched over the elements: how often those with a target of 1 count; NULL: once */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight, pos_weight;
    int64_t reserved[4];
} nrv_bce_logits_opt;
/* ctc: blank: the class between labels. zero_infinity: impossible alignments give 0 in place of infinity. longest: at
   most so many labels in a row of concatenated targets; 0: all of them may be one row's. */
typedef struct {
    nrv_reduction reduction;
    int64_t blank, longest;
    int zero_infinity;
    int64_t reserved[4];
} nrv_ctc_opt;
/* dice, generalised_dice, tversky: smooth: added above and below the line; 0: 1e-5, negative: none. weight: of the
   elements: (N,C) of samples and classes, or what stretches over them. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    double smooth;
    int64_t reserved[4];
} nrv_dice_opt;
/* focal losses: gamma: 0: 2, negative: 0. alpha: of sigmoid_focal, how much targets of 1 count, 1 - alpha those of 0;
   0: both count 1. weight: of sigmoid_focal, stretched over the elements; of softmax_focal, (C). axis, ignore: of
   softmax_focal, as nrv_classes_opt; here a mean divides by the number of rows that count. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    double gamma, alpha;
    int axis;
    const int64_t *ignore;
    int64_t reserved[4];
} nrv_focal_opt;
/* gaussian_nll: full: the constant ln(2 pi) / 2 is added. eps: the least variance; 0: 1e-6, negative: none. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    int full;
    double eps;
    int64_t reserved[4];
} nrv_gaussian_nll_opt;
/* kl_div: log_target: the target is a logarithm, too */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    int log_target;
    int64_t reserved[4];
} nrv_kl_div_opt;
/* multi_margin: weight (C): of each class. power: 1 or 2; 0: 1. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    int power;
    int64_t reserved[4];
} nrv_multi_margin_opt;
/* poisson_nll: rate: x is the rate and not its logarithm (PyTorch's log_input=False). full: Stirling's ln t! is added
   where t > 1. eps: under the logarithm of a rate; 0: 1e-8, negative: none. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    int rate, full;
    double eps;
    int64_t reserved[4];
} nrv_poisson_nll_opt;
/* triplet_margin: norm: of the distance, INFINITY too; 0: 2. eps: added to every difference; 0: 1e-6, negative: none.
   swap: the negative's distance is the smaller of those to the anchor and to the positive (Balntas et al. 2016).
   distance: a function of one's own, (...,D) and (...,D) -> (...); NULL: as above. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    double norm, eps;
    int swap;
    nrv_tensor (*distance)(void *user, nrv_tensor u, nrv_tensor v);
    void *user;
    int64_t reserved[4];
} nrv_triplet_margin_opt;
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
typedef struct {
    double beta;      /* 0: 1                                                                     */
    double threshold; /* x itself where beta x is above it; 0: 20                                 */
    int64_t reserved[4];
} nrv_softplus_opt;
/* A number stands for all axes; where axes differ, the arrays have one for each, and 0 is the number's. Zero is the
   default: stride as the kernel, no padding, dilation 1, lengths rounded down. axes: how many the window slides over;
   0: all behind (B,C), and one more than that means that x is one image, (C,H,W). leave_pad_out: only elements of the
   image count in a mean; divisor: divides instead of a count. */
typedef struct {
    int kernel, stride, pad, dilation, axes, ceil_mode, leave_pad_out, divisor;
    int kernels[3], strides[3], pads[3], dilations[3];
    int64_t reserved[4];
} nrv_pool_opt;
/* for the axis of reductions: several, NRV_AXES(0, -1), or all of them; weight_norm: one length for the whole weight */
#define NRV_AXES(...) nrv_axes((int)(sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int)), (const int[]){ __VA_ARGS__ })
enum { NRV_ALL = (1 << 30) + (1 << 29) };
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
/* Layers of a transformer's encoder: x (T,B,E), with batch_first (B,T,E), or (T,E) -> as x, each as
   nrv_transformer_encoder_layer_by, and the norm of w behind the last. As PyTorch's TransformerEncoder. (Vaswani et al.
   2017) */
nrv_tensor nrv_transformer_encoder_by(nrv_tensor x, int heads, const nrv_transformer_stack *w,
                                              const nrv_transformer_opt *opt);
/* Layers of a transformer's decoder: x (T,B,E), memory (L,B,E), with batch_first (B,T,E)..., or both without B -> as x,
   each as nrv_transformer_decoder_layer_by, and the norm of w behind the last. As PyTorch's TransformerDecoder.
   (Vaswani et al. 2017) */
nrv_tensor nrv_transformer_decoder_by(nrv_tensor x, nrv_tensor memory, int heads,
                                              const nrv_transformer_stack *w, const nrv_transformer_opt *opt);
/* An encoder of from (L,B,E) and a decoder of to (T,B,E) that looks at its answer -> as to; with batch_first (B,L,E)
   and (B,T,E), or both without B. opt as nrv_transformer says it. As PyTorch's Transformer. (Vaswani et al. 2017) */
nrv_tensor nrv_transformer_by(nrv_tensor from, nrv_tensor to, int heads, const nrv_transformer_stack *encoder,
                                      const nrv_transformer_stack *decoder, const nrv_transformer_opt *opt);
/* Where the largest so far stands along an axis, i32. x and y (...) */
nrv_tensor nrv_cumargmax(nrv_tensor x, int axis);
/* Where the smallest so far stands along an axis, i32. x and y (...) */
nrv_tensor nrv_cumargmin(nrv_tensor x, int axis);
/* The largest so far along an axis; nrv_cumargmax says where. x and y (...) */
nrv_tensor nrv_cummax(nrv_tensor x, int axis);
/* The smallest so far along an axis; nrv_cumargmin says where. x and y (...) */
nrv_tensor nrv_cummin(nrv_tensor x, int axis);
/* Running product along an axis, each including its own element. x and y (...) */
nrv_tensor nrv_cumprod(nrv_tensor x, int axis);
/* Running sum along an axis, each including its own element; reverse = 1: from the end. x and y (...) */
nrv_tensor nrv_cumsum(nrv_tensor x, int axis, int reverse);
/* y[t] = x[t+1] - x[t] along an axis, n times over; with nothing left it is empty. (...,d,...) -> (...,d-n,...) */
nrv_tensor nrv_diff(nrv_tensor x, int n, int axis);
/* Slopes of y along an axis, at x (n), or `step` apart where x is NULL; edge 1 or 2: the order of the ends, which need
   one element more than that. (...,n,...) -> (...,n,...) */
nrv_tensor nrv_gradient(nrv_tensor y, nrv_tensor x, double step, int axis, int edge);
/* softmax((x + g) / tau) along an axis, g drawn anew in every run under this name; hard = 1: one-hot where that is
   largest, with its gradient. x and y (...) */
nrv_tensor nrv_gumbel_softmax(nrv_tensor x, const char *name, double tau, int hard, int axis);
/* h[t] = a[t] h[t-1] + b[t] along an axis of a and b, h[0] = b[0]; reverse = 1: h[t] = a[t] h[t+1] + b[t] from the end.
   a, b and h (...) */
nrv_tensor nrv_linear_scan(nrv_tensor a, nrv_tensor b, int axis, int reverse);
/* x - log sum e^x along an axis, without overflow. x and y (...) */
nrv_tensor nrv_log_softmax(nrv_tensor x, int axis);
/* ln of the running sum of e^x along an axis, without overflow. x and y (...) */
nrv_tensor nrv_logcumsumexp(nrv_tensor x, int axis);
/* e^x / sum e^x along an axis, without overflow. x and y (...) */
nrv_tensor nrv_softmax(nrv_tensor x, int axis);
/* x (C,H,W) or (B,C,H,W) -> as x: softmax over C at each place. */
nrv_tensor nrv_softmax2d(nrv_tensor x);
/* e^-x / sum e^-x along an axis, without overflow. x and y (...) */
nrv_tensor nrv_softmin(nrv_tensor x, int axis);
/* Area under y along an axis, by trapezoids: points at x (as y, or (n) for all), or dx apart where x is NULL.
   (...,n,...) -> (...,...) */
nrv_tensor nrv_trapezoid(nrv_tensor y, nrv_tensor x, double dx, int axis);
/* nrv_trapezoid up to each point but the first. (...,n,...) -> (...,n-1,...) */
nrv_tensor nrv_cumulative_trapezoid(nrv_tensor y, nrv_tensor x, double dx, int axis);
/* x (T,B,C), w (K,C,O), b (O) or NULL -> (T + 2 pad - K + 1, B, O): nrv_conv with time in front. */
nrv_tensor nrv_conv_tbc(nrv_tensor x, nrv_tensor w, nrv_tensor b, int pad);
/* x (B,C,S...) or (C,S...), w (C,O/groups,K...), b (O) or NULL -> (B,O,P...) over one to three axes,
   P = (S-1) stride - 2 pad + dilation (K-1) + 1 + output_pad. Of the options' padding only numbers make sense. */
nrv_tensor nrv_conv_transpose_with(nrv_tensor x, nrv_tensor w, nrv_tensor b, const nrv_conv_opt *opt);
/* nrv_conv_transpose_with stride 1, no padding and one group. */
nrv_tensor nrv_conv_transpose(nrv_tensor x, nrv_tensor w, nrv_tensor b);
/* x (B,C,S...) or (C,S...), w (O,C/groups,K...), b (O) or NULL -> (B,O,P...): filters that slide over one to three
   axes, P = floor((S + room - dilation (K-1) - 1) / stride) + 1. Cross-correlation, as PyTorch: nothing is mirrored. */
nrv_tensor nrv_conv_with(nrv_tensor x, nrv_tensor w, nrv_tensor b, const nrv_conv_opt *opt);
/* nrv_conv_with stride 1, no padding and one group. */
nrv_tensor nrv_conv(nrv_tensor x, nrv_tensor w, nrv_tensor b);
/* Complex numbers of real and imaginary parts, which broadcast; im NULL: zeros. (...) and (...) -> (...,2) */
nrv_tensor nrv_complex(nrv_tensor re, nrv_tensor im);
/* The real parts. x (...,2) -> (...) */
nrv_tensor nrv_real(nrv_tensor x);
/* The imaginary parts. x (...,2) -> (...) */
nrv_tensor nrv_imag(nrv_tensor x);
/* The conjugate: (a, b) -> (a, -b). x and y (...,2) */
nrv_tensor nrv_conj(nrv_tensor x);
/* The product of complex numbers. a and b (...,2), broadcast but for the pair -> (...,2) */
nrv_tensor nrv_complex_mul(nrv_tensor a, nrv_tensor b);
/* sqrt(a^2 + b^2) of (a, b), without overflow on the way; the gradient at 0 is 0. x (...,2) -> (...) */
nrv_tensor nrv_complex_abs(nrv_tensor x);
/* The angle in radians, -pi..pi; 0 for 0, where the gradient is 0. x (...,2) -> (...) */
nrv_tensor nrv_complex_angle(nrv_tensor x);
/* (r cos t, r sin t). r and t (...), broadcast -> (...,2). The gradient by r is that of the formula also where r is 0
   or negative, where PyTorch takes the sign of the result. */
nrv_tensor nrv_polar(nrv_tensor r, nrv_tensor t);
/* a (...,n) and b (...,m) of one rank, along axis -> (...,n+m-1), or fewer by mode: sum_j a[j] b[k - j]. */
nrv_tensor nrv_fftconvolve(nrv_tensor a, nrv_tensor b, int axis, nrv_convolve_mode mode);
/* x (...,n) -> (...,n): 2 sum_j x[j] cos(pi k (2j + 1) / 2n); ortho: an orthogonal matrix. */
nrv_tensor nrv_dct(nrv_tensor x, int ortho);
/* The inverse of nrv_dct. x (...,n) -> (...,n) */
nrv_tensor nrv_idct(nrv_tensor x, int ortho);
/* x (...,n,2), complex numbers, along one of their axes (-1: the last before the pair) -> the same shape, or with
   o->n in the axis's place. y[k] = sum_j x[j] e^(-2 pi i j k / n); the norm NRV_FFT_FORWARD divides by n, NRV_FFT_ORTHO
   by its root. Any n from 1 on: mixed radix, and Bluestein's chirp where a prime is large (Cooley & Tukey 1965). */
nrv_tensor nrv_fft_with(nrv_tensor x, int axis, const nrv_fft_opt *o);
/* As nrv_fft_with, without padding or cutting, without a factor. */
nrv_tensor nrv_fft(nrv_tensor x, int axis);
/* The inverse of nrv_fft_with of the same norm: y[j] = sum_k x[k] e^(2 pi i j k / n) / n; by sqrt(n) with
   NRV_FFT_ORTHO, by nothing with NRV_FFT_FORWARD. */
nrv_tensor nrv_ifft_with(nrv_tensor x, int axis, const nrv_fft_opt *o);
/* The inverse of nrv_fft. x (...,n,2) -> (...,n,2) */
nrv_tensor nrv_ifft(nrv_tensor x, int axis);
/* x (...,2), complex numbers: nrv_fft along n of their axes, one after the other; n 0: along all. */
nrv_tensor nrv_fftn(nrv_tensor x, int n, const int *axes, const nrv_fftn_opt *o);
/* nrv_fftn along the last two axes of the complex numbers. */
nrv_tensor nrv_fft2(nrv_tensor x, const nrv_fftn_opt *o);
/* The inverse of nrv_fftn. */
nrv_tensor nrv_ifftn(nrv_tensor x, int n, const int *axes, const nrv_fftn_opt *o);
/* nrv_ifftn along the last two axes of the complex numbers. */
nrv_tensor nrv_ifft2(nrv_tensor x, const nrv_fftn_opt *o);
/* x (...) real: nrv_rfft along the last of n axes, then nrv_fft along the others; n 0: along all. -> (...,2) */
nrv_tensor nrv_rfftn(nrv_tensor x, int n, const int *axes, const nrv_fftn_opt *o);
/* nrv_rfftn along the last two axes. */
nrv_tensor nrv_rfft2(nrv_tensor x, const nrv_fftn_opt *o);
/* The inverse of nrv_rfftn: nrv_ifft along the axes but the last, along that nrv_irfft. x (...,2) -> (...) real */
nrv_tensor nrv_irfftn(nrv_tensor x, int n, const int *axes, const nrv_fftn_opt *o);
/* nrv_irfftn along the last two axes of the complex numbers. */
nrv_tensor nrv_irfft2(nrv_tensor x, const nrv_fftn_opt *o);
/* x (...,2): nrv_fft along the axes but the last of n, along that nrv_hfft; n 0: along all. -> (...) real */
nrv_tensor nrv_hfftn(nrv_tensor x, int n, const int *axes, const nrv_fftn_opt *o);
/* nrv_hfftn along the last two axes of the complex numbers. */
nrv_tensor nrv_hfft2(nrv_tensor x, const nrv_fftn_opt *o);
/* The inverse of nrv_hfftn. x (...) real -> (...,2) */
nrv_tensor nrv_ihfftn(nrv_tensor x, int n, const int *axes, const nrv_fftn_opt *o);
/* nrv_ihfftn along the last two axes. */
nrv_tensor nrv_ihfft2(nrv_tensor x, const nrv_fftn_opt *o);
/* x (...,n) real, along axis -> (...,n/2+1,2): the first of its spectrum, of which the rest is the mirror image. */
nrv_tensor nrv_rfft_with(nrv_tensor x, int axis, const nrv_fft_opt *o);
/* x (...,n) real, along axis -> (...,n/2+1,2) */
nrv_tensor nrv_rfft(nrv_tensor x, int axis);
/* x (...,m,2), half of a spectrum, along its complex axis -> (...,n) real; n is 2 (m - 1) unless o->n says. */
nrv_tensor nrv_irfft_with(nrv_tensor x, int axis, const nrv_fft_opt *o);
/* The inverse of nrv_rfft of an even length. x (...,m,2) -> (...,2(m-1)) */
nrv_tensor nrv_irfft(nrv_tensor x, int axis);
/* x (...,m,2), half of something conjugate-symmetric -> (...,n): its spectrum, which is real; n as in nrv_irfft_with.
 */
nrv_tensor nrv_hfft_with(nrv_tensor x, int axis, const nrv_fft_opt *o);
/* x (...,m,2), half of something conjugate-symmetric -> (...,2(m-1)) */
nrv_tensor nrv_hfft(nrv_tensor x, int axis);
/* The inverse of nrv_hfft_with. x (...,n) -> (...,n/2+1,2) */
nrv_tensor nrv_ihfft_with(nrv_tensor x, int axis, const nrv_fft_opt *o);
/* The inverse of nrv_hfft. x (...,n) -> (...,n/2+1,2) */
nrv_tensor nrv_ihfft(nrv_tensor x, int axis);
/* The halves of n axes exchanged, so that frequency 0 stands in the middle; n 0: of all axes, as x stands. x, y (...)
 */
nrv_tensor nrv_fftshift(nrv_tensor x, int n, const int *axes);
/* The inverse of nrv_fftshift: of an odd length it is another. x and y (...) */
nrv_tensor nrv_ifftshift(nrv_tensor x, int n, const int *axes);
/* (n): the frequencies of nrv_fft of n samples, d apart: 0, 1, ..., -2, -1, over n d. */
nrv_tensor nrv_fftfreq(nrv_graph *g, nrv_dtype t, nrv_dim n, double d);
/* (n/2+1): the frequencies of nrv_rfft of n samples, d apart: 0, 1, ... over n d. */
nrv_tensor nrv_rfftfreq(nrv_graph *g, nrv_dtype t, nrv_dim n, double d);
/* x (...,L) -> (...,F,T,2): the spectra of T pieces of n_fft numbers. o NULL: PyTorch's defaults. */
nrv_tensor nrv_stft(nrv_tensor x, int64_t n_fft, const nrv_stft_opt *o);
/* The inverse of nrv_stft with the same options. x (...,F,T,2) -> (...,L) */
nrv_tensor nrv_istft(nrv_tensor x, int64_t n_fft, const nrv_stft_opt *o);
/* x (...,2m) -> (...,2,m): smoothed numbers, then details. */
nrv_tensor nrv_dwt(nrv_tensor x, nrv_wavelet w);
/* The inverse of nrv_dwt. x (...,2,m) -> (...,2m) */
nrv_tensor nrv_idwt(nrv_tensor x, nrv_wavelet w);
/* (n) of type t: 0.5 - 0.5 cos 2 pi k / n, as a spectrum wants it; symmetric: / (n - 1), as a filter does. */
nrv_tensor nrv_hann_window(nrv_graph *g, nrv_dtype t, int64_t n, int symmetric);
/* (n) of type t: alpha - beta cos 2 pi k / n; PyTorch's are 0.54 and 0.46. */
nrv_tensor nrv_hamming_window(nrv_graph *g, nrv_dtype t, int64_t n, int symmetric, double alpha, double beta);
/* (n) of type t: 0.42 - 0.5 cos 2 pi k / n + 0.08 cos 4 pi k / n. */
nrv_tensor nrv_blackman_window(nrv_graph *g, nrv_dtype t, int64_t n, int symmetric);
/* (n) of type t: a triangle, 1 - |2 k / n - 1|. */
nrv_tensor nrv_bartlett_window(nrv_graph *g, nrv_dtype t, int64_t n, int symmetric);
/* (n) of type t: I0(beta sqrt(1 - (2 k / n - 1)^2)) / I0(beta); PyTorch's beta is 12 (Kaiser & Schafer 1980). */
nrv_tensor nrv_kaiser_window(nrv_graph *g, nrv_dtype t, int64_t n, int symmetric, double beta);
/* y as the text that nrv_expr reads, "x, y: 2*x + exp(-y)": names first, those of o->name, then inputs and parameters
   by theirs, sorted. Simplified: numbers are folded, like terms and factors meet, fractions are put together, where
   that is shorter; where the graph is NaN - 0/0, the root of what is negative - the text may have a value. y is made of
   element-wise ops. As snprintf: at most room bytes go to `to`, a 0 behind them; the answer is the length of the whole.
   0: an error, which is the graph's. */
size_t nrv_formula(nrv_tensor y, const nrv_formula_opt *o, char *to, size_t room);
/* theta (B,2,3) and to (H,W), or (B,3,4) and (D,H,W), n lengths -> (B,to...,n): coordinates in -1..1, x first, for
   nrv_grid_sample. */
nrv_tensor nrv_affine_grid(nrv_tensor theta, int n, const nrv_dim *to, int align_corners);
/* a (...,N,4), b (...,M,4), boxes as (x1,y1,x2,y2) -> (...,N,M): intersection over union of every pair. */
nrv_tensor nrv_box_iou(nrv_tensor a, nrv_tensor b);
/* As nrv_box_iou, less what of the smallest box around both belongs to neither: -1..1. */
nrv_tensor nrv_box_giou(nrv_tensor a, nrv_tensor b);
/* x (B,C,H,W) and grid (B,h,w,2) -> (B,C,h,w), or with one more axis each: x at the places that grid names, in -1..1
   and the last axis first. opt: NULL is linear, zeros outside, no align_corners. */
nrv_tensor nrv_grid_sample(nrv_tensor x, nrv_tensor grid, const nrv_grid_sample_opt *opt);
/* x (B,C,S...) -> (B,C,to...), n lengths of one to three axes; opt: mode and more, NULL: nearest. */
nrv_tensor nrv_interpolate_with(nrv_tensor x, int n, const nrv_dim *to, const nrv_interpolate_opt *opt);
/* x (B,C,S...) -> (B,C,to...), n lengths: by NRV_NEAREST, NRV_NEAREST_EXACT, NRV_LINEAR (bilinear, trilinear),
   NRV_CUBIC or NRV_AREA. */
nrv_tensor nrv_interpolate(nrv_tensor x, int n, const nrv_dim *to, int mode);
/* boxes (...,K,4) as x1, y1, x2, y2, scores (...,K) -> i64 (...,K): the numbers of the boxes that are kept, the best
   first, then -1; *count, unless NULL, is i64 (...): how many. A box goes if it overlaps a better one that is kept by
   more than threshold (intersection over union). For classes apart, move the boxes of each by more than an image. */
nrv_tensor nrv_nms(nrv_tensor boxes, nrv_tensor scores, double threshold, nrv_tensor *count);
/* (...,C r r,H,W) -> (...,C,H r,W r): every r x r channels become as many pixels. */
nrv_tensor nrv_pixel_shuffle(nrv_tensor x, int r);
/* (...,C,H r,W r) -> (...,C r r,H,W): every r x r pixels become as many channels, as nrv_pixel_shuffle had them. */
nrv_tensor nrv_pixel_unshuffle(nrv_tensor x, int r);
/* (B,C,...) -> (B,C,...): channels in `groups` runs, taken one of each in turn. */
nrv_tensor nrv_channel_shuffle(nrv_tensor x, int groups);
/* x (B,C,H,W), boxes (K,5) of x's type: which image, x1, y1, x2, y2 -> (K,C,h,w). An image that is not there is an
   error of the run. opt: NULL is scale 1, samples as many as a cell is wide, not aligned. */
nrv_tensor nrv_roi_align(nrv_tensor x, nrv_tensor boxes, int h, int w, const nrv_roi_align_opt *opt);
/* x (B,C,H,W), boxes (K,5) of x's type: which image, x1, y1, x2, y2, times scale in pixels -> (K,C,h,w): the largest of
   each cell. An image that is not there is an error of the run. */
nrv_tensor nrv_roi_pool(nrv_tensor x, nrv_tensor boxes, int h, int w, double scale);
/* x (a...,n,b...) with src (a...,m,b...) in the places of axis that index (a...,m,b...) of i32 or i64 names: PyTorch's
   scatter. Along the other axes the index may be shorter than x, and src may be longer than the index everywhere. Of
   several elements for one place the last counts, and it alone gets the gradient. An index outside 0..n-1 is an error
   of the run. */
nrv_tensor nrv_put_along(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src);
/* x (a...,n,b...) plus src (a...,m,b...), each element of which is added where index (a...,m,b...) of i32 or i64 says
   along axis: PyTorch's scatter_add. Lengths as for nrv_put_along. An index outside 0..n-1 is an error of the run. */
nrv_tensor nrv_add_along(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src);
/* x (a...,n,b...) with the elements of src (a...,m,b...) reduced into the places of axis that index (a...,m,b...) of
   i32 or i64 names: reduce is "sum", "prod", "mean", "amax" or "amin", PyTorch's scatter_reduce. Where include_self is
   0, x's own element counts only where nothing comes. Several that are the largest share the gradient evenly; NaN wins.
   All but sums need a real type. An index outside 0..n-1 is an error of the run. */
nrv_tensor nrv_reduce_along(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src, const char *reduce,
                                    int include_self);
/* x (...,n,...) -> i32 (...,n,...): the indexes of x along axis in ascending order of what stands there, descending
   where that is not 0. Equal elements keep their order, -0 equals 0, and NaN counts as the largest, as PyTorch's stable
   argsort. No gradient: an index is piecewise constant. */
nrv_tensor nrv_argsort(nrv_tensor x, int axis, int descending);
/* x (...,n,...) -> its elements along axis in ascending order, descending where that is not 0; *index, where index is
   not NULL, i32 (...,n,...), says where they stood. Equal elements keep their order; NaN counts as the largest. */
nrv_tensor nrv_sort(nrv_tensor x, int axis, int descending, nrv_tensor *index);
/* x (n,...) -> its elements along axis 0 in ascending order, NaN last. */
nrv_tensor nrv_msort(nrv_tensor x);
/* x (...,n,...) -> (...,k,...): the k largest elements of axis in descending order, or the k smallest in ascending
   order where `smallest` is not 0; *index, where index is not NULL, i32, says where they stood. Of equals the first
   count; NaN counts as the largest. k is a number or a named size. */
nrv_tensor nrv_topk(nrv_tensor x, nrv_dim k, int axis, int smallest, nrv_tensor *index);
/* x (...,n,...) -> (...,...), or with keep = 1 (...,1,...): the k-th smallest element of axis, k from 1; *index, where
   index is not NULL, i32, says where it stood. Of equals the first count; NaN counts as the largest. */
nrv_tensor nrv_kthvalue(nrv_tensor x, int64_t k, int axis, int keep, nrv_tensor *index);
/* x (...,n,m) -> i32 (...,n): in which order its n rows ascend, the first element counting most. Equal rows keep their
   order, NaN counts as the largest. */
nrv_tensor nrv_argsort_rows(nrv_tensor x);
/* keys (m,n) -> i32 (n): in which order the n things ascend, the last key counting most; NumPy's lexsort. */
nrv_tensor nrv_lexsort(nrv_tensor keys);
/* Lines of x along axis, by index (i...) of i32 or i64: (a...,n,b...) -> (a...,i...,b...), like numpy's take. An index
   outside 0..n-1 is an error of the run. Its gradient is nrv_scatter_add. A row of an embedding is
   nrv_gather(table, ids, 0). */
nrv_tensor nrv_gather(nrv_tensor x, nrv_tensor index, int axis);
/* x (...) of n elements -> (bins) of its type; *edges (bins + 1), where it is not NULL. As PyTorch's histogram. */
nrv_tensor nrv_histogram(nrv_tensor x, int64_t bins, const nrv_histogram_opt *opt, nrv_tensor *edges);
/* The same between given edges (bins + 1), which ascend. */
nrv_tensor nrv_histogram_between(nrv_tensor x, nrv_tensor edges, const nrv_histogram_opt *opt);
/* x (N,D), points of D coordinates -> (bins[0],...,bins[D-1]) of its type; axes is D, at most 8, and edges, where it is
   not NULL, takes D tensors (bins[i] + 1). As PyTorch's histogramdd. */
nrv_tensor nrv_histogramdd(nrv_tensor x, int axes, const int64_t *bins, const nrv_histogram_opt *opt,
                                   nrv_tensor *edges);
/* (n): 0, 1, 2, ... of type t; of i32 at most 2^31 - 1. */
nrv_tensor nrv_iota(nrv_graph *g, nrv_dtype t, nrv_dim n);
/* ids (...) of i32 or i64 and table (n,width) -> (...,width): PyTorch's embedding. opt: NULL for its defaults. An index
   outside 0..n-1 is an error of the run. */
nrv_tensor nrv_lookup(nrv_tensor ids, nrv_tensor table, const nrv_lookup_opt *opt);
/* ids (m) with offsets (B) of i32 or i64, or ids (B,m) without (NULL), and table (n,width) -> (B,width): the mean, sum
   or largest of the rows in each bag, 0 where there is none: PyTorch's embedding_bag. opt: NULL for its defaults. An
   index outside 0..n-1, or a first offset that is not 0, is an error of the run. */
nrv_tensor nrv_lookup_bag(nrv_tensor ids, nrv_tensor table, nrv_tensor offsets, const nrv_lookup_opt *opt);
/* lengths (B) of i32 or i64 -> bool (T,B), true where t < lengths[b]: which elements of sequences, padded to T and with
   time in front, are there. */
nrv_tensor nrv_mask_of_lengths(nrv_tensor lengths, nrv_dim T);
/* x (...) with the scalar value, of x's type, where mask (...) is true; both are stretched to one shape. */
nrv_tensor nrv_masked_fill(nrv_tensor x, nrv_tensor mask, nrv_tensor value);
/* The elements of x (...) where mask (...) is true, in their order -> (n), n being the number of all elements, with
   zeros behind; *count, where count is not NULL, i64, says how many there are. Both are stretched to one shape. */
nrv_tensor nrv_masked_select(nrv_tensor x, nrv_tensor mask, nrv_tensor *count);
/* x (...) with the elements of src, in their order, where mask (...) is true; x and mask are stretched to one shape,
   src has any. Too few elements are an error of the run. */
nrv_tensor nrv_masked_scatter(nrv_tensor x, nrv_tensor mask, nrv_tensor src);
/* i64 (n,rank): the coordinates of the elements of x that are not 0, in their order, n being the number of all
   elements, with rows of zeros behind; *count, where count is not NULL, i64, says how many there are. */
nrv_tensor nrv_nonzero(nrv_tensor x, nrv_tensor *count);
/* index (...) of i32 or i64 -> (...,n) of type t: 1 where the index is, 0 elsewhere. An index outside 0..n-1 is an
   error of the run. */
nrv_tensor nrv_one_hot(nrv_tensor index, nrv_dim n, nrv_dtype t);
/* index (m) of i32 or i64 and weights (m) or NULL -> (n): how often each of 0..n-1 occurs, i64, or the sum of its
   weights, in their type. A number outside 0..n-1 is an error of the run. */
nrv_tensor nrv_bincount(nrv_tensor index, nrv_tensor weights, nrv_dim n);
/* x (...) -> (bins) of its type: how many elements lie in each of `bins` equal intervals from min to max, the last with
   its end; NaN and what lies outside is left out. Where min = max, those of x; where these are equal, 1 less and more.
 */
nrv_tensor nrv_histc(nrv_tensor x, int64_t bins, double min, double max);
/* x (a...,n,b...) with alpha times src (a...,m,b...) added to the lines of axis that index (m) of i32 or i64 names. An
   index outside 0..n-1 is an error of the run. */
nrv_tensor nrv_index_add(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src, double alpha);
/* x (a...,n,b...) with the lines of src (a...,m,b...) reduced into those of axis that index (m) of i32 or i64 names, as
   nrv_reduce_along does; PyTorch's index_reduce. */
nrv_tensor nrv_index_reduce(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src, const char *reduce,
                                    int include_self);
/* x (a...,n,b...) with the lines of src (a...,m,b...) in the place of those of axis that index (m) of i32 or i64 names;
   of several for one place the last. An index outside 0..n-1 is an error of the run. */
nrv_tensor nrv_index_copy(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src);
/* x (a...,n,b...) with the scalar value, of x's type, in the lines of axis that index (m) of i32 or i64 names. An index
   outside 0..n-1 is an error of the run. */
nrv_tensor nrv_index_fill(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor value);
/* x with values at the places that n indexes, of i32 or i64, of its first n axes name together: x[i,j,...] = values, or
   += where accumulate is not 0. The indexes are stretched to one shape, the values to that and the axes left. A
   negative index counts from the end, one out of range is an error of the run. */
nrv_tensor nrv_index_put(nrv_tensor x, int n, const nrv_tensor *index, nrv_tensor values, int accumulate);
/* Elements of the flat x by index (...) of i32 or i64, in the index's shape; a negative one counts from the end, one
   out of range is an error of the run. PyTorch's take. */
nrv_tensor nrv_take_flat(nrv_tensor x, nrv_tensor index);
/* x with src, as many elements as index of i32 or i64 has, at places of the flat x, or added to them where accumulate
   is not 0; a negative one counts from the end, one out of range is an error of the run. PyTorch's put. */
nrv_tensor nrv_put_flat(nrv_tensor x, nrv_tensor index, nrv_tensor src, int accumulate);
/* from (a...,n,b...) and start, i32 or i64, a scalar or with the first axes of from -> (a...,length,b...): a run of
   axis that begins at start. Where it would begin before 0 or pass the end, the run of the plan is an error. Its
   gradient is nrv_write into zeros; a start that is a constant or a size is nrv_slice's business. */
nrv_tensor nrv_read(nrv_tensor from, int axis, nrv_tensor start, nrv_dim length);
/* x (a...,i...,b...) and index (i...) of i32 or i64 -> (a...,count,b...): every line of x is added to the one that its
   index names; the others are 0. axis is the one of length count in the result, so that it takes the place of the
   index's axes, as nrv_gather puts them in its place: each is the other's gradient. An index outside 0..count-1 is an
   error of the run. Sums do not depend on the number of threads. */
nrv_tensor nrv_scatter_add(nrv_tensor x, nrv_tensor index, int axis, nrv_dim count);
/* i32, where values would have to be put into a sorted row: how many of it are smaller or, where right is not 0, not
   larger. sorted (n) serves values of any shape, sorted (a...,n) values (a...,m). NaN counts as the largest. */
nrv_tensor nrv_searchsorted(nrv_tensor sorted, nrv_tensor values, int right);
/* x (...) and sorted boundaries (n) -> i32 (...): how many boundaries are smaller or, where right is not 0, not larger.
 */
nrv_tensor nrv_bucketize(nrv_tensor x, nrv_tensor boundaries, int right);
/* x (...) and others of any shape -> bool (...): whether an element of x is one of them, whether it is none where
   invert is not 0. NaN is none. */
nrv_tensor nrv_isin(nrv_tensor x, nrv_tensor among, int invert);
/* x (E,...) and segment (E) of i32 or i64, in any order -> (count,...): the largest of the rows of each segment, 0
   where there is none. NaN wins; the first of equals gets the gradient. A number outside 0..count-1 is an error of the
   run. */
nrv_tensor nrv_segment_max(nrv_tensor x, nrv_tensor segment, nrv_dim count);
/* x (E,...) and segment (E) of i32 or i64, in any order -> (count,...): the mean of the rows of each segment, 0 where
   there is none. A number outside 0..count-1 is an error of the run. */
nrv_tensor nrv_segment_mean(nrv_tensor x, nrv_tensor segment, nrv_dim count);
/* x (E,...) and segment (E) of i32 or i64, in any order -> (count,...): the product of the rows of each segment, 1
   where there is none. A number outside 0..count-1 is an error of the run. */
nrv_tensor nrv_segment_prod(nrv_tensor x, nrv_tensor segment, nrv_dim count);
/* x (a...,n,b...) and lengths (a...,count) of i32 or i64 -> (a...,count,b...): the first lengths[0] along axis become
   one, then the next lengths[1]... reduce is "sum", "mean", "max", "min" or "prod"; initial is what each begins with,
   NAN: nothing. Elements behind the last segment are an error of the run; lengths that go beyond n count what is there.
   As PyTorch's segment_reduce. */
nrv_tensor nrv_segment_reduce(nrv_tensor x, const char *reduce, nrv_tensor lengths, int axis, double initial);
/* x (E,...) and segment (E) of i32 or i64, in any order -> (E,...): softmax among the rows of each of `count` segments.
   A number outside 0..count-1 is an error of the run. Attention over a graph's edges (Velickovic et al. 2018). */
nrv_tensor nrv_segment_softmax(nrv_tensor x, nrv_tensor segment, nrv_dim count);
/* x (E,...) and segment (E) of i32 or i64, in any order -> (count,...): the sum of the rows of each segment, 0 where
   there is none. A number outside 0..count-1 is an error of the run. So the messages of edges
   meet at the nodes of a graph. */
nrv_tensor nrv_segment_sum(nrv_tensor x, nrv_tensor segment, nrv_dim count);
/* x (...,n), index (...) i32 or i64 -> (...): one element of each row. */
nrv_tensor nrv_take(nrv_tensor x, nrv_tensor index);
/* x (a...,n,b...) and index (a...,m,b...) of i32 or i64 -> (a...,m,b...): along axis, for each place of the result, the
   element of x that the index names there. Along the other axes the index may be shorter than x. An index outside
   0..n-1 is an error of the run. This is PyTorch's gather; nrv_gather takes whole lines. */
nrv_tensor nrv_take_along(nrv_tensor x, nrv_tensor index, int axis);
/* nrv_take_along where a length of 1 beside the axis is stretched to the other's, in x and in index; PyTorch's
   take_along_dim, NumPy's take_along_axis. */
nrv_tensor nrv_take_along_dim(nrv_tensor x, nrv_tensor index, int axis);
/* The different elements of x (...) in ascending order -> (n), n being the number of all elements, with zeros behind.
   Where they are not NULL: *inverse (...), i64, where each element of x is among them; *counts (n), i64, how often each
   occurs; *number, i64, how many there are. NaN differs from NaN. */
nrv_tensor nrv_unique(nrv_tensor x, nrv_tensor *inverse, nrv_tensor *counts, nrv_tensor *number);
/* The different lines of x (a...,n,b...) along axis -> (a...,n,b...), in ascending order, their first element counting
   most, lines of zeros behind; *inverse (n), *counts (n) and *number as for nrv_unique. NRV_ALL: nrv_unique. */
nrv_tensor nrv_unique_along(nrv_tensor x, int axis, nrv_tensor *inverse, nrv_tensor *counts, nrv_tensor *number);
/* The elements of x (...) without those that equal the one before -> (n), n being the number of all elements, with
   zeros behind. *inverse, *counts and *number as for nrv_unique. */
nrv_tensor nrv_unique_consecutive(nrv_tensor x, nrv_tensor *inverse, nrv_tensor *counts, nrv_tensor *number);
/* The lines of x (a...,n,b...) along axis without those that equal the one before -> (a...,n,b...), lines of zeros
   behind; *inverse (n), *counts (n) and *number as for nrv_unique. NRV_ALL: nrv_unique_consecutive. */
nrv_tensor nrv_unique_consecutive_along(nrv_tensor x, int axis, nrv_tensor *inverse, nrv_tensor *counts,
                                                nrv_tensor *number);
/* x (a,n,b) with src (a,b) in the place of element i of axis; i < 0 counts from the end. */
nrv_tensor nrv_select_scatter(nrv_tensor x, nrv_tensor src, int axis, int64_t i);
/* x (a,n,b) with src (a,m,b) in the place of the elements of axis from start up to end in steps, as Python's
   x[start:end: step] = src: negative places count from the end, those beyond the ends stop there. The axis has a length
   that is a number. */
nrv_tensor nrv_slice_scatter(nrv_tensor x, nrv_tensor src, int axis, int64_t start, int64_t end, int64_t step);
/* x with src in the place of the diagonal that nrv_diagonal(x, offset, a, b) reads. */
nrv_tensor nrv_diagonal_scatter(nrv_tensor x, nrv_tensor src, int64_t offset, int a, int b);
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
/* x (...,n) of f32 or f64, w (m,n) of i8, scale (m) and b (m) or NULL of x's type -> (...,m): x (w scale)^T + b, each
   row of x rounded to bytes by a scale of its own; a quarter of the weights' memory, and the fastest product where the
   processor has VNNI. w and scale of trained weights: nrv_quantise with scale = max |row| / 127. */
nrv_tensor nrv_quantised_linear(nrv_tensor x, nrv_tensor w, nrv_tensor scale, nrv_tensor b);
/* a (...,n,n) -> as nrv_cholesky; *info, where it is not NULL, i32 (...): the order of the first leading part of a that
   is not positive definite, or 0. */
nrv_tensor nrv_cholesky_ex(nrv_tensor a, int upper, nrv_tensor *info);
/* a (...,m,n) -> as nrv_lu_factor; *info, where it is not NULL, i32 (...): where the first zero on the diagonal of U
   stands, counted from 1, or 0. */
nrv_tensor nrv_lu_factor_ex(nrv_tensor a, nrv_tensor *pivots, nrv_tensor *info);
/* a (...,n,n) -> as nrv_inv; *info, where it is not NULL, i32 (...): where the first zero pivot was, counted from 1, or
   0. */
nrv_tensor nrv_inv_ex(nrv_tensor a, nrv_tensor *info);
/* a (...,n,n) and b -> as nrv_solve_with; *info, where it is not NULL, i32 of a's batch axes: where the first zero
   pivot was, counted from 1, or 0. */
nrv_tensor nrv_solve_ex(nrv_tensor a, nrv_tensor b, const nrv_solve_opt *o, nrv_tensor *info);
/* a (...,n,n), symmetric and positive definite -> L (...,n,n) with L L^T = a; upper = 1: its transpose. The symmetric
   part of a is what counts. Not positive definite: NaN from the first column that fails on. */
nrv_tensor nrv_cholesky(nrv_tensor a, int upper);
/* b (...,n,k) and L (...,n,n) of a Cholesky factorisation -> the x (...,n,k) with L L^T x = b; upper = 1: L^T is given
 */
nrv_tensor nrv_cholesky_solve(nrv_tensor b, nrv_tensor l, int upper);
/* L (...,n,n) of a Cholesky factorisation -> the inverse of L L^T; upper = 1: L^T is given */
nrv_tensor nrv_cholesky_inverse(nrv_tensor l, int upper);
/* row, col (E) of i32 or i64, value (E), x (n,...) -> (rows,...): the sparse (rows,n) matrix with these entries, in any
   order, times x; entries that meet add up. Gradients by value and x cost as much: E lines of x. A row outside
   0..rows-1 or a column outside 0..n-1 is an error of the run. */
nrv_tensor nrv_coo_matmul(nrv_tensor row, nrv_tensor col, nrv_tensor value, nrv_tensor x, nrv_dim rows);
/* a (...,3,...), b (...,3,...) -> the vector product along axis, which has length 3 in both */
nrv_tensor nrv_cross(nrv_tensor a, nrv_tensor b, int axis);
/* rowptr (rows+1) and col (E) of i32 or i64, value (E), x (n,...) -> (rows,...): the sparse (rows,n) matrix whose row r
   stores value[rowptr[r]] to value[rowptr[r+1] - 1] in these columns, times x. Gradients by value and x cost as much: E
   lines of x. Row pointers that do not begin with 0, fall, or do not end with E, and columns outside 0..n-1, are errors
   of the run. The same sums for any number of threads. */
nrv_tensor nrv_csr_matmul(nrv_tensor rowptr, nrv_tensor col, nrv_tensor value, nrv_tensor x);
/* a (...,n,n) -> its determinant (...) */
nrv_tensor nrv_det(nrv_tensor a);
/* a (...,n,n) -> the matrix of its cofactors (...,n,n): the gradient of the determinant, singular or not */
nrv_tensor nrv_cofactor(nrv_tensor a);
/* a (...,n,n) -> the sign of its determinant (...) and *logabs (...), the logarithm of its magnitude. logabs may be
   NULL. */
nrv_tensor nrv_slogdet(nrv_tensor a, nrv_tensor *logabs);
/* a (...,n,n) -> the logarithm of its determinant (...) */
nrv_tensor nrv_logdet(nrv_tensor a);
/* a (...,n,n) -> its eigenvalues (...,n,2), real and imaginary part, by ascending real part; *vectors (...,n,n,2),
   columns of length 1. vectors may be NULL. */
nrv_tensor nrv_eig(nrv_tensor a, nrv_tensor *vectors);
/* a (...,n,n) -> its eigenvalues (...,n,2), real and imaginary part, by ascending real part */
nrv_tensor nrv_eigvals(nrv_tensor a);
/* a (...,n,n) -> its eigenvalues (...,n), ascending; *vectors (...,n,n) as columns, orthonormal. The symmetric part of
   a is what counts. vectors may be NULL. */
nrv_tensor nrv_eigh(nrv_tensor a, nrv_tensor *vectors);
/* a (...,n,n) -> the eigenvalues of its symmetric part, ascending (...,n) */
nrv_tensor nrv_eigvalsh(nrv_tensor a);
/* Sums of products by labels: nrv_einsum("ij,jk->ik", NRV_N(const nrv_tensor, a, b)). A semicolon is a comma, too. Up
   to 16 operands, of one real type. */
nrv_tensor nrv_einsum(const char *equation, int n, const nrv_tensor *x);
/* Sums over n axes: axes_a[i] of a goes with axes_b[i] of b; NULL: a's last n axes with b's first n. What is left of a,
   then of b. */
nrv_tensor nrv_tensordot(nrv_tensor a, nrv_tensor b, int n, const int *axes_a, const int *axes_b);
/* a (m...), b (n...) -> (m n...): each element of a by all of b; the shorter rank gets ones in front */
nrv_tensor nrv_kron(nrv_tensor a, nrv_tensor b);
/* a (...,n,n), symmetric -> L and D (...,n,n); *pivots, where it is not NULL, i32 (...,n). What they hold is in the
   operation's page; nrv_ldl_solve takes both. As LAPACK's sytrf. No gradient, as in PyTorch. (Bunch & Kaufman 1977) */
nrv_tensor nrv_ldl_factor(nrv_tensor a, nrv_tensor *pivots);
/* The same; *info, where it is not NULL, i32 (...): where the first zero of D stands, counted from 1, or 0. */
nrv_tensor nrv_ldl_factor_ex(nrv_tensor a, nrv_tensor *pivots, nrv_tensor *info);
/* ld (...,n,n) and pivots (...,n) from nrv_ldl_factor, b (...,n,k) -> the x (...,n,k) with a x = b. No gradient, as in
   PyTorch. */
nrv_tensor nrv_ldl_solve(nrv_tensor ld, nrv_tensor pivots, nrv_tensor b);
/* a (...,m,n) -> L below the diagonal and U on and above it, (...,m,n); *pivots (...,k) of i32, k = min(m,n), counted
   from 1: row i changed places with row pivots[i]. pivots may be NULL. */
nrv_tensor nrv_lu_factor(nrv_tensor a, nrv_tensor *pivots);
/* a (...,m,n) -> P (...,m,m), with *l (...,m,k) and *u (...,k,n), k = min(m,n), such that a = P L U */
nrv_tensor nrv_lu(nrv_tensor a, nrv_tensor *l, nrv_tensor *u);
/* lu (...,n,n) and pivots (...,n) from nrv_lu_factor, b (...,n,k) -> the x (...,n,k) with a x = b */
nrv_tensor nrv_lu_solve(nrv_tensor lu, nrv_tensor pivots, nrv_tensor b);
/* lu (...,m,n) and pivots (...,k) from nrv_lu_factor -> P (...,m,m), with *l (...,m,k) and *u (...,k,n), such that
   a = P L U; l and u may be NULL. */
nrv_tensor nrv_lu_unpack(nrv_tensor lu, nrv_tensor pivots, nrv_tensor *l, nrv_tensor *u);
/* (...,m,k) x (...,k,n) -> (...,m,n) */
nrv_tensor nrv_matmul(nrv_tensor a, nrv_tensor b);
/* a (...,m,k), b (...,k,n) of i8 or u8 -> (...,m,n) of i32. Bytes with a zero other than 0: a product, less what the
   zeros add. As ONNX's MatMulInteger. */
nrv_tensor nrv_matmul_integer(nrv_tensor a, nrv_tensor b);
/* a (...,n,n) -> e^a (...,n,n), the matrix exponential */
nrv_tensor nrv_matrix_exp(nrv_tensor a);
/* a (...,m,n) -> (...): ord is "fro" (also NULL), "nuc", "1", "-1", "2", "-2", "inf" or "-inf" */
nrv_tensor nrv_matrix_norm(nrv_tensor a, const char *ord);
/* The same of any two axes. */
nrv_tensor nrv_matrix_norm_with(nrv_tensor a, const char *ord, const nrv_matrix_norm_opt *o);
/* The Frobenius norm of each matrix a (...,m,n) -> (...), as nrv_matrix_norm's "fro". */
nrv_tensor nrv_frobenius_norm(nrv_tensor a);
/* The sum of the singular values of each matrix a (...,m,n) -> (...), as nrv_matrix_norm's "nuc". */
nrv_tensor nrv_nuclear_norm(nrv_tensor a);
/* a (...,m,n) -> its condition (...); p as in nrv_matrix_norm, NULL: "2" */
nrv_tensor nrv_cond(nrv_tensor a, const char *p);
/* a (...,m,m) -> a^n (...,m,m); n < 0: the power of the inverse */
nrv_tensor nrv_matrix_power(nrv_tensor a, int64_t n);
/* x[0] x[1] ... x[n-1], matrices; the first may be a vector (k), the last one, too */
nrv_tensor nrv_multi_dot(int n, const nrv_tensor *x);
/* a (...,m,n) -> its pseudoinverse (...,n,m). Singular values up to max(m,n) times the type's epsilon times the largest
   count as zero. */
nrv_tensor nrv_pinv(nrv_tensor a);
/* The same with bounds of your own. */
nrv_tensor nrv_pinv_with(nrv_tensor a, const nrv_rank_opt *o);
/* a (...,m,n) -> its rank (...) of i64: the singular values that do not count as zero. o may be NULL. */
nrv_tensor nrv_matrix_rank(nrv_tensor a, const nrv_rank_opt *o);
/* a (...,m,n), b (...,m,k) or (...,m) -> the shortest x (...,n,k) or (...,n) with the least |a x - b| */
nrv_tensor nrv_lstsq(nrv_tensor a, nrv_tensor b);
/* The same with options; NULL: none. */
nrv_tensor nrv_lstsq_with(nrv_tensor a, nrv_tensor b, const nrv_lstsq_opt *o);
/* a (m,k), b (k,n) -> (m,n) */
nrv_tensor nrv_mm(nrv_tensor a, nrv_tensor b);
/* a (B,m,k), b (B,k,n) -> (B,m,n) */
nrv_tensor nrv_bmm(nrv_tensor a, nrv_tensor b);
/* a (m,k), b (k) -> (m) */
nrv_tensor nrv_mv(nrv_tensor a, nrv_tensor b);
/* a (k), b (k) -> the sum of their products */
nrv_tensor nrv_dot(nrv_tensor a, nrv_tensor b);
/* a (...,k,...), b (...,k,...) -> the sums of their products along axis, which is counted in the result of the product
 */
nrv_tensor nrv_vecdot(nrv_tensor a, nrv_tensor b, int axis);
/* a (m...,k), b (n...,k) -> (m...,n...): sums over the last axis of both. A scalar multiplies the other. */
nrv_tensor nrv_inner(nrv_tensor a, nrv_tensor b);
/* a (m), b (n) -> (m,n): every product */
nrv_tensor nrv_outer(nrv_tensor a, nrv_tensor b);
/* beta c + alpha a b: c stretches to (m,n), a (m,k), b (k,n) */
nrv_tensor nrv_addmm(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha);
/* beta c + alpha a b: c stretches to (m), a (m,k), b (k) */
nrv_tensor nrv_addmv(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha);
/* beta c + alpha a b^T: c stretches to (m,n), a (m), b (n) */
nrv_tensor nrv_addr(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha);
/* beta c + alpha a b: c stretches to (B,m,n), a (B,m,k), b (B,k,n) */
nrv_tensor nrv_baddbmm(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha);
/* beta c + alpha times the sum over the batch of a b: c stretches to (m,n), a (B,m,k), b (B,k,n) */
nrv_tensor nrv_addbmm(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha);
/* v (...,m,n), tau (...,k), k <= n <= m -> the first n columns of H1 H2 ... Hk: what geqrf of LAPACK leaves to orgqr */
nrv_tensor nrv_householder_product(nrv_tensor v, nrv_tensor tau);
/* a (...,m,n) -> Q (...,m,k) and *r = R (...,k,n), k = min(m,n); whole = 1: Q (...,m,m) and R (...,m,n). r may be NULL.
   Signs are LAPACK's. */
nrv_tensor nrv_qr(nrv_tensor a, int whole, nrv_tensor *r);
/* a (...,m,n) -> R and below it the vectors of the reflections (...,m,n), and *tau (...,k), k = min(m,n); for
   nrv_householder_product and nrv_ormqr. tau may be NULL. */
nrv_tensor nrv_geqrf(nrv_tensor a, nrv_tensor *tau);
/* v (...,m,k), tau (...,k), x (...,m,n) -> Q x (...,m,n), Q = H1 H2 ... Hk as in nrv_householder_product; o may be NULL
 */
nrv_tensor nrv_ormqr(nrv_tensor v, nrv_tensor tau, nrv_tensor x, const nrv_ormqr_opt *o);
/* The x with a x = b: a (...,n,n), b (...,n,k) or a vector for each matrix (...,n) -> x of b's shape. A singular a
   gives inf or NaN. */
nrv_tensor nrv_solve(nrv_tensor a, nrv_tensor b);
/* The same with all options; NULL: none. */
nrv_tensor nrv_solve_with(nrv_tensor a, nrv_tensor b, const nrv_solve_opt *o);
/* a (...,n,n) -> its inverse (...,n,n). A singular a gives inf or NaN. */
nrv_tensor nrv_inv(nrv_tensor a);
/* a (p...,q...) -> (q...,p...): the inverse of the map from the last axes to the first ind ones */
nrv_tensor nrv_tensorinv(nrv_tensor a, int ind);
/* a (p...,q...), b (p...) -> the x (q...) with a x = b, summed over all of x's axes */
nrv_tensor nrv_tensorsolve(nrv_tensor a, nrv_tensor b);
/* The x (...,n,k) with a x = b, for a (...,n,n) triangular and b (...,n,k); upper = 1: a's upper triangle is read, else
   its lower one. A zero on the diagonal gives inf or NaN. */
nrv_tensor nrv_solve_triangular(nrv_tensor a, nrv_tensor b, int upper);
/* The same with all options; NULL: the lower triangle, a x = b. */
nrv_tensor nrv_solve_triangular_with(nrv_tensor a, nrv_tensor b, const nrv_solve_triangular_opt *o);
/* a (...,m,n) -> U (...,m,k), *s (...,k) descending, *vt (...,k,n), k = min(m,n), such that a = U diag(s) V^T; whole =
   1: U (...,m,m) and V^T (...,n,n). s and vt may be NULL. */
nrv_tensor nrv_svd(nrv_tensor a, int whole, nrv_tensor *s, nrv_tensor *vt);
/* a (...,m,n) -> its singular values, descending (...,min(m,n)) */
nrv_tensor nrv_svdvals(nrv_tensor a);
/* x (...,m) -> (...,m,n): x^0, x^1 ... x^(n-1) of each element; increasing = 0: the other way round */
nrv_tensor nrv_vander(nrv_tensor x, int64_t n, int increasing);
/* x (...,n) -> (...,C): log-probabilities of all classes, those of the head first. (Grave et al. 2017) */
nrv_tensor nrv_adaptive_log_softmax_by(nrv_tensor x, const nrv_adaptive_weights *w);
/* x (...,n), target (...) of i32 or i64 -> (...): the log-probability of each target; *loss, where it is not NULL:
   minus their mean. As PyTorch's AdaptiveLogSoftmaxWithLoss. (Grave et al. 2017) */
nrv_tensor nrv_adaptive_log_softmax_loss(nrv_tensor x, nrv_tensor target, const nrv_adaptive_weights *w,
                                                 nrv_tensor *loss);
/* x (...,n) -> i64 (...): the most probable class of each row, of equals the first. */
nrv_tensor nrv_adaptive_predict(nrv_tensor x, const nrv_adaptive_weights *w);
/* Mean of -(t ln p + (1 - t) ln(1 - p)), each logarithm at least -100, as PyTorch. */
nrv_tensor nrv_bce(nrv_tensor p, nrv_tensor target);
/* Binary cross-entropy of a probability, weighted and reduced. */
nrv_tensor nrv_bce_with(nrv_tensor p, nrv_tensor target, const nrv_loss_opt *o);
/* Mean of (1 - t) x + softplus(-x): binary cross-entropy of sigmoid(x) with target t in 0..1, without overflow. */
nrv_tensor nrv_bce_logits(nrv_tensor logits, nrv_tensor target);
/* Binary cross-entropy of a logit, weighted and reduced. */
nrv_tensor nrv_bce_logits_with(nrv_tensor logits, nrv_tensor target, const nrv_bce_logits_opt *opt);
/* a and b (...,D), target (...) 1 for pairs that belong together, 0 for others -> the loss of pairs, reduced; o may be
   NULL. */
nrv_tensor nrv_contrastive(nrv_tensor a, nrv_tensor b, nrv_tensor target, double margin, const nrv_loss_opt *o);
/* Mean of 1 - cos where target is 1, of max(0, cos - margin) where it is -1. a and b (...,D), target (...) */
nrv_tensor nrv_cosine_embedding(nrv_tensor a, nrv_tensor b, nrv_tensor target, double margin);
/* The loss of an angle, weighted and reduced. */
nrv_tensor nrv_cosine_embedding_with(nrv_tensor a, nrv_tensor b, nrv_tensor target, double margin,
                                             const nrv_loss_opt *o);
/* logits (...,C), labels (...) i32 or i64 -> scalar: mean of -log softmax(logits)[label]. */
nrv_tensor nrv_cross_entropy(nrv_tensor logits, nrv_tensor labels);
/* logits (N,C,...), labels (N,...) i32 or i64, or of the logits' type and shape: how likely each class is. As PyTorch:
   the classes are axis 1 unless .axis says otherwise (-1 is where nrv_cross_entropy has them), a label of -100 counts
   nowhere unless .ignore names another. The mean of none is NaN. */
nrv_tensor nrv_cross_entropy_with(nrv_tensor logits, nrv_tensor labels, const nrv_classes_opt *opt);
/* logits (...,n), labels (...) of i32 or i64, mask (...) bool -> scalar: mean of -log softmax(logits)[label] over the
   rows whose mask is true, 0 if there is none. Labels of other rows are not looked at. */
nrv_tensor nrv_cross_entropy_masked(nrv_tensor logits, nrv_tensor labels, nrv_tensor mask);
/* x (T,N,C) log-probabilities, labels (N,S) i32 or i64, lengths (N) of both -> scalar: mean of the loss by the number
   of labels, with blank 0. */
nrv_tensor nrv_ctc(nrv_tensor x, nrv_tensor labels, nrv_tensor input_lengths, nrv_tensor label_lengths);
/* x (T,N,C) log-probabilities, labels (N,S) or all of them one row behind the other, lengths (N) of both; or without N.
   Each element is a row's loss; the mean divides it by the number of its labels first. */
nrv_tensor nrv_ctc_with(nrv_tensor x, nrv_tensor labels, nrv_tensor input_lengths, nrv_tensor label_lengths,
                                const nrv_ctc_opt *opt);
/* p (N,C,...) probabilities, target alike -> scalar: mean of 1 - 2 |p t| / (|p| + |t|). */
nrv_tensor nrv_dice(nrv_tensor p, nrv_tensor target, const nrv_dice_opt *o);
/* p (N,C,...) probabilities, target alike -> scalar: mean of 1 - tp / (tp + alpha fp + beta fn). */
nrv_tensor nrv_tversky(nrv_tensor p, nrv_tensor target, double alpha, double beta, const nrv_dice_opt *o);
/* p (N,C,...) probabilities, target alike -> scalar: mean over samples of Dice's loss of all classes at once, small
   regions counting as much as large ones. */
nrv_tensor nrv_generalised_dice(nrv_tensor p, nrv_tensor target, const nrv_dice_opt *o);
/* x and target (...), target in 0..1 -> scalar: mean of (1 - p_t)^gamma (-ln p_t), p_t of sigmoid(x). */
nrv_tensor nrv_sigmoid_focal(nrv_tensor x, nrv_tensor target, const nrv_focal_opt *opt);
/* x (N,C,...) logits, labels (N,...) i32 or i64 -> scalar: mean of (1 - p)^gamma (-ln p), p = softmax(x)[label]. */
nrv_tensor nrv_softmax_focal(nrv_tensor x, nrv_tensor labels, const nrv_focal_opt *opt);
/* N(mean, e^log_var) from N(other_mean, e^other_log_var), or from N(0, 1) where these two are NULL; (...) each. A
   variational autoencoder wants NRV_LOSS_BATCHMEAN: the sum over latents, the mean over samples. o may be NULL. */
nrv_tensor nrv_gaussian_kl(nrv_tensor mean, nrv_tensor log_var, nrv_tensor other_mean, nrv_tensor other_log_var,
                                   const nrv_loss_opt *o);
/* Mean of (ln v + (x - t)^2 / v) / 2. x and target (...), var likewise, or (...,1), or one for each row. */
nrv_tensor nrv_gaussian_nll(nrv_tensor x, nrv_tensor target, nrv_tensor var);
/* Negative log-likelihood under a mean and a variance, weighted and reduced. */
nrv_tensor nrv_gaussian_nll_with(nrv_tensor x, nrv_tensor target, nrv_tensor var,
                                         const nrv_gaussian_nll_opt *opt);
/* Mean of max(0, 1 - t x). x and target (...), which is 1 or -1. */
nrv_tensor nrv_hinge(nrv_tensor x, nrv_tensor target);
/* The hinge, weighted and reduced. */
nrv_tensor nrv_hinge_with(nrv_tensor x, nrv_tensor target, const nrv_loss_opt *o);
/* Mean of max(0, 1 - t x)^2. x and target (...), which is 1 or -1. */
nrv_tensor nrv_squared_hinge(nrv_tensor x, nrv_tensor target);
/* The squared hinge, weighted and reduced. */
nrv_tensor nrv_squared_hinge_with(nrv_tensor x, nrv_tensor target, const nrv_loss_opt *o);
/* Mean of x where target is 1, of max(0, margin - x) where it is -1. x and target (...) */
nrv_tensor nrv_hinge_embedding(nrv_tensor x, nrv_tensor target, double margin);
/* The hinge of a distance, weighted and reduced. */
nrv_tensor nrv_hinge_embedding_with(nrv_tensor x, nrv_tensor target, double margin, const nrv_loss_opt *o);
/* Mean of 0.5 d^2 where |d| < delta, else delta (|d| - 0.5 delta). One may stretch over the other. */
nrv_tensor nrv_huber(nrv_tensor a, nrv_tensor b, double delta);
/* Huber's loss, weighted and reduced. */
nrv_tensor nrv_huber_with(nrv_tensor a, nrv_tensor b, double delta, const nrv_loss_opt *o);
/* queries (N,D) and keys (M,D), M >= N -> scalar: how badly row i of q finds row i of k among all keys, reduced over
   rows; o may be NULL. */
nrv_tensor nrv_info_nce(nrv_tensor q, nrv_tensor k, double temperature, const nrv_loss_opt *o);
/* a and b (N,D): two views of N samples -> scalar: how badly each of the 2 N finds its other view, reduced over them,
   a's first; o may be NULL. */
nrv_tensor nrv_nt_xent(nrv_tensor a, nrv_tensor b, double temperature, const nrv_loss_opt *o);
/* x (N,D), labels (N) i32 or i64 -> scalar: how badly each row finds the others of its label, reduced over rows; o may
   be NULL. */
nrv_tensor nrv_supervised_contrastive(nrv_tensor x, nrv_tensor labels, double temperature,
                                              const nrv_loss_opt *o);
/* x log-probabilities, target probabilities, (B,...) -> scalar: sum of t (ln t - x) by B, which is the divergence of
   Kullback and Leibler where each row is a distribution. */
nrv_tensor nrv_kl_div(nrv_tensor x, nrv_tensor target);
/* The elements t (ln t - x), weighted and reduced; zero is PyTorch's mean over all elements, which is no divergence. */
nrv_tensor nrv_kl_div_with(nrv_tensor x, nrv_tensor target, const nrv_kl_div_opt *opt);
/* Mean of |a - b|. One may stretch over the other. */
nrv_tensor nrv_l1(nrv_tensor a, nrv_tensor b);
/* |a - b|, weighted and reduced. */
nrv_tensor nrv_l1_with(nrv_tensor a, nrv_tensor b, const nrv_loss_opt *o);
/* Mean of ln cosh(a - b). One may stretch over the other. */
nrv_tensor nrv_log_cosh(nrv_tensor a, nrv_tensor b);
/* ln cosh(a - b), weighted and reduced. */
nrv_tensor nrv_log_cosh_with(nrv_tensor a, nrv_tensor b, const nrv_loss_opt *o);
/* Mean of max(0, margin - t (a - b)). a, b and target (...): 1 where a is to be larger, -1 where b is. */
nrv_tensor nrv_margin_ranking(nrv_tensor a, nrv_tensor b, nrv_tensor target, double margin);
/* The hinge of a difference, weighted and reduced. */
nrv_tensor nrv_margin_ranking_with(nrv_tensor a, nrv_tensor b, nrv_tensor target, double margin,
                                           const nrv_loss_opt *o);
/* a (...,K) logits of the parts, m (...,K,D) means, s (...,K,D) or (...,K,1) logarithms of deviations, target (...,D)
   -> scalar: negative log-likelihood, reduced; o may be NULL. */
nrv_tensor nrv_mixture_nll(nrv_tensor a, nrv_tensor m, nrv_tensor s, nrv_tensor target, const nrv_loss_opt *o);
/* Mean of (a - b)^2. One may stretch over the other. */
nrv_tensor nrv_mse(nrv_tensor a, nrv_tensor b);
/* (a - b)^2, weighted and reduced. */
nrv_tensor nrv_mse_with(nrv_tensor a, nrv_tensor b, const nrv_loss_opt *o);
/* x (N,C) or (C), labels (N) or () -> scalar: mean of the sum of max(0, margin - x[label] + x[j]) by C, j not the
 * label.
 */
nrv_tensor nrv_multi_margin(nrv_tensor x, nrv_tensor labels, double margin);
/* The hinge between classes, weighted and reduced; the mean is over rows, whatever they weigh. */
nrv_tensor nrv_multi_margin_with(nrv_tensor x, nrv_tensor labels, double margin,
                                         const nrv_multi_margin_opt *opt);
/* x and t (N,C) or (C), t i32 or i64 -> scalar: mean over rows of the sum of max(0, 1 - x[t[j]] + x[i]) by C. */
nrv_tensor nrv_multilabel_margin(nrv_tensor x, nrv_tensor target);
/* The hinge between sets of classes, weighted and reduced. */
nrv_tensor nrv_multilabel_margin_with(nrv_tensor x, nrv_tensor target, const nrv_loss_opt *o);
/* Mean of t softplus(-x) + (1 - t) softplus(x): several classes may be true. x and target (...,C), target in 0..1 */
nrv_tensor nrv_multilabel_soft_margin(nrv_tensor x, nrv_tensor target);
/* The same, reduced; its elements are rows (...), weight (C) or (...,C) is of classes. */
nrv_tensor nrv_multilabel_soft_margin_with(nrv_tensor x, nrv_tensor target, const nrv_loss_opt *o);
/* x (...,C) log-probabilities, labels (...) i32 or i64 -> scalar: mean of -x[label]. */
nrv_tensor nrv_nll(nrv_tensor x, nrv_tensor labels);
/* x (N,C,...) log-probabilities, labels (N,...) i32 or i64. As PyTorch: the classes are axis 1 unless .axis says
   otherwise, a label of -100 counts nowhere unless .ignore names another. The mean of none is NaN. */
nrv_tensor nrv_nll_with(nrv_tensor x, nrv_tensor labels, const nrv_classes_opt *opt);
/* Mean of q (t - x) where t > x, of (1 - q) (x - t) elsewhere; q in 0..1. x learns the q-th quantile of t. */
nrv_tensor nrv_pinball(nrv_tensor x, nrv_tensor target, double q);
/* The quantile's loss, weighted and reduced. */
nrv_tensor nrv_pinball_with(nrv_tensor x, nrv_tensor target, double q, const nrv_loss_opt *o);
/* Mean of e^x - t x: x is the logarithm of the rate, t the count. One may stretch over the other. */
nrv_tensor nrv_poisson_nll(nrv_tensor x, nrv_tensor target);
/* Negative log-likelihood of counts, weighted and reduced. */
nrv_tensor nrv_poisson_nll_with(nrv_tensor x, nrv_tensor target, const nrv_poisson_nll_opt *opt);
/* Mean of d^2 / (2 beta) where |d| < beta, else |d| - beta / 2. One may stretch over the other. */
nrv_tensor nrv_smooth_l1(nrv_tensor a, nrv_tensor b, double beta);
/* The smooth absolute error, weighted and reduced; beta 0: the absolute error. */
nrv_tensor nrv_smooth_l1_with(nrv_tensor a, nrv_tensor b, double beta, const nrv_loss_opt *o);
/* Mean of ln(1 + e^(-t x)). x and target (...), which is 1 or -1. */
nrv_tensor nrv_soft_margin(nrv_tensor x, nrv_tensor target);
/* The logistic loss of a sign, weighted and reduced. */
nrv_tensor nrv_soft_margin_with(nrv_tensor x, nrv_tensor target, const nrv_loss_opt *o);
/* Mean of max(0, margin + |a - p| - |a - n|). a, p and n (...,D): the anchor, what belongs to it, what does not. */
nrv_tensor nrv_triplet_margin(nrv_tensor a, nrv_tensor p, nrv_tensor n, double margin);
/* The loss of a triplet, weighted and reduced. */
nrv_tensor nrv_triplet_margin_with(nrv_tensor a, nrv_tensor p, nrv_tensor n, double margin,
                                           const nrv_triplet_margin_opt *opt);
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
   eps 0: the distance from 1 to the next number of x's type, below 0: none. (Zhang & Sennrich 2019) */
nrv_tensor nrv_rms_norm_by(nrv_tensor x, int axes, nrv_tensor weight, double eps);
/* x (B,C,...) -> (B,C,...): x / (k + alpha m)^beta; m is the mean of x^2 over `size` channels: size / 2 before each and
   (size - 1) / 2 behind it, 0 beyond the edge. PyTorch's defaults: alpha 1e-4, beta 0.75, k 1. (Krizhevsky et al. 2012)
 */
nrv_tensor nrv_local_response_norm(nrv_tensor x, int64_t size, double alpha, double beta, double k);
/* x (...) -> (...): x / max(|x|_p, eps) along axis. As a rule p is 2 and eps 1e-12; -INFINITY to INFINITY are possible.
 */
nrv_tensor nrv_normalize(nrv_tensor x, double p, int axis, double eps);
/* x (...) -> (...): every slice at one place of axis whose norm of order p, over all other axes, is above maxnorm is
   multiplied by maxnorm / (norm + 1e-7), as PyTorch; the others stay. */
nrv_tensor nrv_renorm(nrv_tensor x, double p, int axis, double maxnorm);
/* v (...), g (1,...,n,...,1) -> w (...): v g / |v|, the norm over all axes but `axis`, whose length n g has; axis
   NRV_ALL: over all of v, g a scalar. As PyTorch's nn.utils.weight_norm. (Salimans & Kingma 2016) */
nrv_tensor nrv_weight_norm(nrv_tensor v, nrv_tensor g, int axis);
/* v (...,n,...) -> (1,...,n,...,1): the norm of order p over all axes but `axis`; NRV_ALL: of all of v, a scalar. As
   PyTorch's norm_except_dim, whose dim = -1 is NRV_ALL. */
nrv_tensor nrv_norm_except_dim(nrv_tensor v, double p, int axis);
/* w (n,...), u (n), v (m), m all other lengths, or NULL -> w / sigma; *u2 and *v2, if asked for: what u and v become.
   As often as `iterations`, v = W^T u and u = W v, each made a unit; sigma = u W v, with u and v as constants. None
   (evaluation): u and v stay. As PyTorch's nn.utils.spectral_norm. (Miyato et al. 2018) */
nrv_tensor nrv_spectral_norm(nrv_tensor w, nrv_tensor u, nrv_tensor v, int64_t iterations, double eps,
                                     nrv_tensor *u2, nrv_tensor *v2);
/* Absolute value; its gradient at 0 is 0. x and y (...) */
nrv_tensor nrv_abs(nrv_tensor x);
/* Inverse cosine; NaN outside -1..1. x and y (...) */
nrv_tensor nrv_acos(nrv_tensor x);
/* Inverse hyperbolic cosine; NaN below 1. x and y (...) */
nrv_tensor nrv_acosh(nrv_tensor x);
/* Sum. a, b and y broadcast together. */
nrv_tensor nrv_add(nrv_tensor a, nrv_tensor b);
/* add with the number c. x and y (...) */
nrv_tensor nrv_add_c(nrv_tensor x, double c);
/* x + value a b. x, a, b and y broadcast together. */
nrv_tensor nrv_addcmul(nrv_tensor x, nrv_tensor a, nrv_tensor b, double value);
/* x + value a / b. x, a, b and y broadcast together. */
nrv_tensor nrv_addcdiv(nrv_tensor x, nrv_tensor a, nrv_tensor b, double value);
/* The solution of y'' = x y that vanishes on the right (Airy). x and y (...) */
nrv_tensor nrv_airy_ai(nrv_tensor x);
/* The slope of airy_ai; NaN infinitely far on the left, where it swings ever further. x and y (...) */
nrv_tensor nrv_airy_ai_slope(nrv_tensor x);
/* The angle of a real number in the complex plane: pi below 0, else 0; NaN stays. No gradient. x and y (...) */
nrv_tensor nrv_angle(nrv_tensor x);
/* Inverse sine; NaN outside -1..1. x and y (...) */
nrv_tensor nrv_asin(nrv_tensor x);
/* Inverse hyperbolic sine. x and y (...) */
nrv_tensor nrv_asinh(nrv_tensor x);
/* Inverse tangent. x and y (...) */
nrv_tensor nrv_atan(nrv_tensor x);
/* The angle of a / b in its quadrant, -pi..pi. a, b and y broadcast together. */
nrv_tensor nrv_atan2(nrv_tensor a, nrv_tensor b);
/* Inverse hyperbolic tangent; infinite at -1 and 1, NaN beyond. x and y (...) */
nrv_tensor nrv_atanh(nrv_tensor x);
/* Bessel function of the first kind, order 0; even, 0 infinitely far out. x and y (...) */
nrv_tensor nrv_bessel_j0(nrv_tensor x);
/* Bessel function of the first kind, order 1; odd, 0 infinitely far out. x and y (...) */
nrv_tensor nrv_bessel_j1(nrv_tensor x);
/* Bessel function of the second kind, order 0; -inf at 0, NaN below. x and y (...) */
nrv_tensor nrv_bessel_y0(nrv_tensor x);
/* Bessel function of the second kind, order 1; -inf at 0, NaN below. x and y (...) */
nrv_tensor nrv_bessel_y1(nrv_tensor x);
/* Modified Bessel function of the second kind, order 0; inf at 0, NaN below. x and y (...) */
nrv_tensor nrv_modified_bessel_k0(nrv_tensor x);
/* Modified Bessel function of the second kind, order 1; inf at 0, NaN below. x and y (...) */
nrv_tensor nrv_modified_bessel_k1(nrv_tensor x);
/* e^x times the modified Bessel function of the second kind, order 0; inf at 0, NaN below. x and y (...) */
nrv_tensor nrv_scaled_modified_bessel_k0(nrv_tensor x);
/* e^x times the modified Bessel function of the second kind, order 1; inf at 0, NaN below. x and y (...) */
nrv_tensor nrv_scaled_modified_bessel_k1(nrv_tensor x);
/* sin(x) / x, the spherical Bessel function of order 0; 1 at 0, 0 infinitely far out. x and y (...) */
nrv_tensor nrv_spherical_bessel_j0(nrv_tensor x);
/* And of each bit of whole numbers or bools. a, b and y broadcast together. */
nrv_tensor nrv_bitwise_and(nrv_tensor a, nrv_tensor b);
/* Or of each bit of whole numbers or bools. a, b and y broadcast together. */
nrv_tensor nrv_bitwise_or(nrv_tensor a, nrv_tensor b);
/* Exclusive or of each bit of whole numbers or bools. a, b and y broadcast together. */
nrv_tensor nrv_bitwise_xor(nrv_tensor a, nrv_tensor b);
/* a's bits moved b places up. a, b and y broadcast together. */
nrv_tensor nrv_bitwise_left_shift(nrv_tensor a, nrv_tensor b);
/* a's bits moved b places down. a, b and y broadcast together. */
nrv_tensor nrv_bitwise_right_shift(nrv_tensor a, nrv_tensor b);
/* Every bit turned: -1 - x of a signed integer, 255 - x of u8, not x of bool. x and y (...) */
nrv_tensor nrv_bitwise_not(nrv_tensor x);
/* x in type t. x and y (...). Rounds once, to the nearest; integers saturate, NaN becomes 0 (docs/why/types.md). */
nrv_tensor nrv_cast(nrv_tensor x, nrv_dtype t);
/* Cube root, of negative numbers, too; infinite gradient at 0. x and y (...) */
nrv_tensor nrv_cbrt(nrv_tensor x);
/* The smallest whole number that is not below x. x and y (...) */
nrv_tensor nrv_ceil(nrv_tensor x);
/* x where it is positive, alpha * (e^(x/alpha) - 1) elsewhere (Barron 2017). alpha 0 is refused. x and y (...) */
nrv_tensor nrv_celu(nrv_tensor x, double alpha);
/* x kept in lo..hi (-INFINITY, INFINITY: no end there); where lo > hi it is hi. NaN stays. The gradient passes where lo
   <= x <= hi. x and y (...) */
nrv_tensor nrv_clamp(nrv_tensor x, double lo, double hi);
/* The same with tensors, which broadcast with x; NULL: no end there. Where x is beyond an end, that has the gradient.
 */
nrv_tensor nrv_clamp_between(nrv_tensor x, nrv_tensor lo, nrv_tensor hi);
/* |a| with the sign of b. a, b and y broadcast together. */
nrv_tensor nrv_copysign(nrv_tensor a, nrv_tensor b);
/* Cosine of radians. x and y (...) */
nrv_tensor nrv_cos(nrv_tensor x);
/* Hyperbolic cosine. x and y (...) */
nrv_tensor nrv_cosh(nrv_tensor x);
/* Degrees to radians. x and y (...) */
nrv_tensor nrv_deg2rad(nrv_tensor x);
/* Logarithmic derivative of the gamma function; -inf at 0, NaN at -1, -2..., as PyTorch. x and y (...) */
nrv_tensor nrv_digamma(nrv_tensor x);
/* Quotient of reals. a, b and y broadcast together. */
nrv_tensor nrv_div(nrv_tensor a, nrv_tensor b);
/* The quotient rounded down. a, b and y broadcast together. */
nrv_tensor nrv_floor_divide(nrv_tensor a, nrv_tensor b);
/* The quotient rounded towards 0. a, b and y broadcast together. */
nrv_tensor nrv_trunc_divide(nrv_tensor a, nrv_tensor b);
/* x where it is positive, alpha * (e^x - 1) elsewhere; the gradient at 0 is alpha (Clevert et al. 2016). x and y
   (...) */
nrv_tensor nrv_elu(nrv_tensor x, double alpha);
/* Entropy of one part: -x ln x, 0 at 0, -inf below. x and y (...) */
nrv_tensor nrv_entr(nrv_tensor x);
/* True where a = b. a, b and y broadcast together. */
nrv_tensor nrv_equal(nrv_tensor a, nrv_tensor b);
/* Error function. x and y (...) */
nrv_tensor nrv_erf(nrv_tensor x);
/* 1 - erf(x), exact where that would cancel. x and y (...) */
nrv_tensor nrv_erfc(nrv_tensor x);
/* erfc scaled by e^(x^2): it neither underflows nor cancels above 0. x and y (...) */
nrv_tensor nrv_erfcx(nrv_tensor x);
/* Inverse of erf; infinite at -1 and 1, NaN beyond. x and y (...) */
nrv_tensor nrv_erfinv(nrv_tensor x);
/* Exponential. x and y (...) */
nrv_tensor nrv_exp(nrv_tensor x);
/* Power of 2. x and y (...) */
nrv_tensor nrv_exp2(nrv_tensor x);
/* e^x - 1, without cancellation near 0. x and y (...) */
nrv_tensor nrv_expm1(nrv_tensor x);
/* The largest whole number that is not above x. x and y (...) */
nrv_tensor nrv_floor(nrv_tensor x);
/* The larger of a and b; NaN only where both are. a, b and y broadcast together. */
nrv_tensor nrv_fmax(nrv_tensor a, nrv_tensor b);
/* The smaller of a and b; NaN only where both are. a, b and y broadcast together. */
nrv_tensor nrv_fmin(nrv_tensor a, nrv_tensor b);
/* a - b trunc(a / b), exactly: what is left of a division, with the sign of a. a, b and y broadcast together. */
nrv_tensor nrv_fmod(nrv_tensor a, nrv_tensor b);
/* a - b floor(a / b): what is left of a division, with the sign of b. a, b and y broadcast together. */
nrv_tensor nrv_remainder(nrv_tensor a, nrv_tensor b);
/* The fraction of x, with its sign: x - trunc(x). x and y (...) */
nrv_tensor nrv_frac(nrv_tensor x);
/* x (...) -> m (...), 1/2 <= |m| < 1, with x = m 2^e; *e, where e is not NULL, i32 (...). Of 0, infinities and NaN m is
   x and e is 0. The gradient of m is 2^-e. */
nrv_tensor nrv_frexp(nrv_tensor x, nrv_tensor *e);
/* The part of the gamma integral of a below x (regularised lower incomplete gamma function), without a gradient to a,
   which may be real or whole. a, x and y broadcast together. */
nrv_tensor nrv_gammainc(nrv_tensor a, nrv_tensor x);
/* The part of the gamma integral of a above x: 1 - nrv_gammainc, right where that is near 1. */
nrv_tensor nrv_gammaincc(nrv_tensor a, nrv_tensor x);
/* Greatest common divisor of whole numbers, >= 0. a, b and y broadcast together. */
nrv_tensor nrv_gcd(nrv_tensor a, nrv_tensor b);
/* Least common multiple of whole numbers, >= 0. a, b and y broadcast together. */
nrv_tensor nrv_lcm(nrv_tensor a, nrv_tensor b);
/* Gaussian error linear unit, the exact form with erf (Hendrycks & Gimpel 2016). x and y (...) */
nrv_tensor nrv_gelu(nrv_tensor x);
/* Gaussian error linear unit, the approximation by tanh (Hendrycks & Gimpel 2016). x and y (...) */
nrv_tensor nrv_gelu_tanh(nrv_tensor x);
/* The first half of x along axis times the logistic function of the second (Dauphin et al. 2017). PyTorch's axis is -1.
 */
nrv_tensor nrv_glu(nrv_tensor x, int axis);
/* True where a > b. a, b and y broadcast together. */
nrv_tensor nrv_greater(nrv_tensor a, nrv_tensor b);
/* True where a >= b. a, b and y broadcast together. */
nrv_tensor nrv_greater_equal(nrv_tensor a, nrv_tensor b);
/* x where it is further than lambd from 0, else 0. x and y (...) */
nrv_tensor nrv_hardshrink(nrv_tensor x, double lambd);
/* Straight line in place of the logistic function; the gradient is 0 at -3 and 3 (Courbariaux et al. 2015). x and y
   (...) */
nrv_tensor nrv_hardsigmoid(nrv_tensor x);
/* x times its hardsigmoid; the gradient at -3 and 3 is that of the middle (Howard et al. 2019). x and y (...) */
nrv_tensor nrv_hardswish(nrv_tensor x);
/* x kept in lo..hi, -1..1 in the text form; the gradient is 0 at both ends, as PyTorch (nrv_clamp has 1 there). x and
   y (...) */
nrv_tensor nrv_hardtanh(nrv_tensor x, double lo, double hi);
/* 0 where x < 0, at_zero where it is 0, 1 where it is positive. x, at_zero and y broadcast together. */
nrv_tensor nrv_heaviside(nrv_tensor x, nrv_tensor at_zero);
/* Square root of a^2 + b^2 of reals, without overflow on the way. a, b and y broadcast together. */
nrv_tensor nrv_hypot(nrv_tensor a, nrv_tensor b);
/* Modified Bessel function of order 0. x and y (...) */
nrv_tensor nrv_i0(nrv_tensor x);
/* Modified Bessel function of order 0, scaled by e^-|x|. x and y (...) */
nrv_tensor nrv_i0e(nrv_tensor x);
/* Modified Bessel function of order 1; its gradient at 0 is 1/2. x and y (...) */
nrv_tensor nrv_i1(nrv_tensor x);
/* Modified Bessel function of order 1, scaled by e^-|x|; its gradient at 0 is 1/2. x and y (...) */
nrv_tensor nrv_i1e(nrv_tensor x);
/* bool: |a - b| <= atol + rtol |b|. PyTorch's are rtol 1e-5 and atol 1e-8. a, b and y broadcast together. */
nrv_tensor nrv_isclose(nrv_tensor a, nrv_tensor b, double rtol, double atol, int equal_nan);
/* bool scalar: nrv_isclose everywhere. */
nrv_tensor nrv_allclose(nrv_tensor a, nrv_tensor b, double rtol, double atol, int equal_nan);
/* bool scalar: a = b everywhere. Shapes must be alike. */
nrv_tensor nrv_array_equal(nrv_tensor a, nrv_tensor b);
/* True where x is neither infinite nor NaN. x and y (...) */
nrv_tensor nrv_isfinite(nrv_tensor x);
/* True where x is infinite. x and y (...) */
nrv_tensor nrv_isinf(nrv_tensor x);
/* True where x is NaN. x and y (...) */
nrv_tensor nrv_isnan(nrv_tensor x);
/* True where x is -inf. x and y (...) */
nrv_tensor nrv_isneginf(nrv_tensor x);
/* True where x is inf. x and y (...) */
nrv_tensor nrv_isposinf(nrv_tensor x);
/* True for every number of x, for all are real. x and y (...) */
nrv_tensor nrv_isreal(nrv_tensor x);
/* a 2^n, n real or whole. a, n and y broadcast together. */
nrv_tensor nrv_ldexp(nrv_tensor a, nrv_tensor n);
/* x where it is positive, slope * x elsewhere. x and y (...) */
nrv_tensor nrv_leaky_relu(nrv_tensor x, double slope);
/* a + weight (b - a). a, b, weight and y broadcast together. */
nrv_tensor nrv_lerp(nrv_tensor a, nrv_tensor b, nrv_tensor weight);
/* True where a < b. a, b and y broadcast together. */
nrv_tensor nrv_less(nrv_tensor a, nrv_tensor b);
/* True where a <= b. a, b and y broadcast together. */
nrv_tensor nrv_less_equal(nrv_tensor a, nrv_tensor b);
/* Logarithm of the absolute value of the gamma function; infinite at 0, -1, -2... x and y (...) */
nrv_tensor nrv_lgamma(nrv_tensor x);
/* Natural logarithm; -inf at 0, NaN below. x and y (...) */
nrv_tensor nrv_log(nrv_tensor x);
/* Logarithm to base 10; -inf at 0, NaN below. x and y (...) */
nrv_tensor nrv_log10(nrv_tensor x);
/* ln(1 + x), without cancellation near 0; -inf at -1, NaN below. x and y (...) */
nrv_tensor nrv_log1p(nrv_tensor x);
/* Logarithm to base 2; -inf at 0, NaN below. x and y (...) */
nrv_tensor nrv_log2(nrv_tensor x);
/* Logarithm of the normal distribution, without underflow far below 0. x and y (...) */
nrv_tensor nrv_log_ndtr(nrv_tensor x);
/* ln(e^a + e^b) without overflow. a, b and y broadcast together. */
nrv_tensor nrv_logaddexp(nrv_tensor a, nrv_tensor b);
/* log2(2^a + 2^b) without overflow. a, b and y broadcast together. */
nrv_tensor nrv_logaddexp2(nrv_tensor a, nrv_tensor b);
/* bool: a and b. a, b and y broadcast together. */
nrv_tensor nrv_logical_and(nrv_tensor a, nrv_tensor b);
/* bool: a or b. a, b and y broadcast together. */
nrv_tensor nrv_logical_or(nrv_tensor a, nrv_tensor b);
/* bool: either a or b. a, b and y broadcast together. */
nrv_tensor nrv_logical_xor(nrv_tensor a, nrv_tensor b);
/* True where x is 0 or false. x and y (...) */
nrv_tensor nrv_logical_not(nrv_tensor x);
/* Inverse of the logistic function; infinite at 0 and 1, NaN beyond: nrv_clamp(x, eps, 1 - eps) first, as PyTorch does
   where it is given eps. x and y (...) */
nrv_tensor nrv_logit(nrv_tensor x);
/* Logarithm of the logistic function, without underflow. x and y (...) */
nrv_tensor nrv_logsigmoid(nrv_tensor x);
/* Element-wise maximum; NaN wins; equal values share the gradient. a, b and y broadcast together. */
nrv_tensor nrv_max(nrv_tensor a, nrv_tensor b);
/* Element-wise minimum; NaN wins; equal values share the gradient. a, b and y broadcast together. */
nrv_tensor nrv_min(nrv_tensor a, nrv_tensor b);
/* x tanh(ln(1 + e^x)) (Misra 2019). x and y (...) */
nrv_tensor nrv_mish(nrv_tensor x);
/* Product. a, b and y broadcast together. */
nrv_tensor nrv_mul(nrv_tensor a, nrv_tensor b);
/* mul with the number c. x and y (...) */
nrv_tensor nrv_mul_c(nrv_tensor x, double c);
/* Logarithm of the multivariate gamma function of p dimensions. x and y (...) */
nrv_tensor nrv_mvlgamma(nrv_tensor x, int p);
/* x with nan for NaN, posinf and neginf for infinities (given as NaN: the largest and the least number of the type);
   what was replaced has no gradient. x and y (...) */
nrv_tensor nrv_nan_to_num(nrv_tensor x, double nan, double posinf, double neginf);
/* The normal distribution: how much of it lies below x. x and y (...) */
nrv_tensor nrv_ndtr(nrv_tensor x);
/* Inverse of ndtr, the quantile of the normal distribution; infinite at 0 and 1, NaN beyond. x and y (...) */
nrv_tensor nrv_ndtri(nrv_tensor x);
/* The negative. x and y (...) */
nrv_tensor nrv_neg(nrv_tensor x);
/* The next number after a towards b. a, b and y broadcast together. */
nrv_tensor nrv_nextafter(nrv_tensor a, nrv_tensor b);
/* True where a and b differ. a, b and y broadcast together. */
nrv_tensor nrv_not_equal(nrv_tensor a, nrv_tensor b);
/* The n-th derivative of digamma, n from 0 (digamma itself) to 100; infinite at 0, -1, -2... x and y (...) */
nrv_tensor nrv_polygamma(int n, nrv_tensor x);
/* Chebyshev's polynomial of the first kind: 1, x, 2x^2 - 1, ...; of an angle's cosine that of n times the angle; of
 * degree n, 0 for n below 0. x and y (...) */
nrv_tensor nrv_chebyshev_polynomial_t(nrv_tensor x, int n);
/* Chebyshev's polynomial of the second kind: 1, 2x, 4x^2 - 1, ...; of degree n, 0 for n below 0. x and y (...) */
nrv_tensor nrv_chebyshev_polynomial_u(nrv_tensor x, int n);
/* Chebyshev's polynomial of the third kind: 1, 2x - 1, ...; of degree n, 0 for n below 0. x and y (...) */
nrv_tensor nrv_chebyshev_polynomial_v(nrv_tensor x, int n);
/* Chebyshev's polynomial of the fourth kind: 1, 2x + 1, ...; of degree n, 0 for n below 0. x and y (...) */
nrv_tensor nrv_chebyshev_polynomial_w(nrv_tensor x, int n);
/* Chebyshev's polynomial of the first kind, of 2x - 1; of degree n, 0 for n below 0. x and y (...) */
nrv_tensor nrv_shifted_chebyshev_polynomial_t(nrv_tensor x, int n);
/* Chebyshev's polynomial of the second kind, of 2x - 1; of degree n, 0 for n below 0. x and y (...) */
nrv_tensor nrv_shifted_chebyshev_polynomial_u(nrv_tensor x, int n);
/* Chebyshev's polynomial of the third kind, of 2x - 1; of degree n, 0 for n below 0. x and y (...) */
nrv_tensor nrv_shifted_chebyshev_polynomial_v(nrv_tensor x, int n);
/* Chebyshev's polynomial of the fourth kind, of 2x - 1; of degree n, 0 for n below 0. x and y (...) */
nrv_tensor nrv_shifted_chebyshev_polynomial_w(nrv_tensor x, int n);
/* Hermite's polynomial, the physicists' 1, 2x, 4x^2 - 2, ...; of degree n, 0 for n below 0. x and y (...) */
nrv_tensor nrv_hermite_polynomial_h(nrv_tensor x, int n);
/* Hermite's polynomial, the probabilists' 1, x, x^2 - 1, ...; of degree n, 0 for n below 0. x and y (...) */
nrv_tensor nrv_hermite_polynomial_he(nrv_tensor x, int n);
/* Laguerre's polynomial: 1, 1 - x, (x^2 - 4x + 2) / 2, ...; of degree n, 0 for n below 0. x and y (...) */
nrv_tensor nrv_laguerre_polynomial_l(nrv_tensor x, int n);
/* Legendre's polynomial: 1, x, (3x^2 - 1) / 2, ...; of degree n, 0 for n below 0. x and y (...) */
nrv_tensor nrv_legendre_polynomial_p(nrv_tensor x, int n);
/* +x, which is x. */
nrv_tensor nrv_positive(nrv_tensor x);
/* Power of reals, as C: 0^0 = 1; NaN for a negative base with a fractional exponent. The gradient by a is 0 where b is
 * 0, by b is 0 where a is 0. a, b and y broadcast together. */
nrv_tensor nrv_pow(nrv_tensor a, nrv_tensor b);
/* Power in float64 of numbers of any type. a, b and y broadcast together. */
nrv_tensor nrv_float_power(nrv_tensor a, nrv_tensor b);
/* x where it is positive, a * x elsewhere; a is one number (() or (1)) or one for each channel (C). x and y (B,C,...);
   the gradient at 0 is a (He et al. 2015). */
nrv_tensor nrv_prelu(nrv_tensor x, nrv_tensor a);
/* x (...) real -> (...) i8 or u8: round(x / scale) + zero, clamped. scale and zero (NULL: 0): scalars; (C), for the
   axis; or of x's rank, each length a divisor of x's, where a group shares one. */
nrv_tensor nrv_quantise(nrv_tensor x, nrv_tensor scale, nrv_tensor zero, int axis, nrv_dtype t);
/* (q - zero) scale. q (...) of integers; scale and zero as in nrv_quantise -> (...) of the scale's type. So weights are
   kept in a byte each: nrv_matmul(x, nrv_dequantise(w, scale, NULL, 1)). */
nrv_tensor nrv_dequantise(nrv_tensor q, nrv_tensor scale, nrv_tensor zero, int axis);
/* x (...) of NRV_F32 or NRV_F64, scale and zero as in nrv_quantise -> (...): the nearest of what the whole numbers from
   least to most stand for. Gradient: dy where nothing was clamped. As PyTorch's fake_quantize_per_tensor_affine. */
nrv_tensor nrv_fake_quantise(nrv_tensor x, nrv_tensor scale, nrv_tensor zero, int axis, int64_t least,
                                     int64_t most);
/* Radians to degrees. x and y (...) */
nrv_tensor nrv_rad2deg(nrv_tensor x);
/* One over x. x and y (...) */
nrv_tensor nrv_reciprocal(nrv_tensor x);
/* Rectifier: x where it is positive, else 0; NaN stays; the gradient at 0 is 0 (Nair & Hinton 2010). x and y (...) */
nrv_tensor nrv_relu(nrv_tensor x);
/* Rectifier that ends at 6; the gradient is 0 at 0 and at 6, as PyTorch (Krizhevsky 2010). x and y (...) */
nrv_tensor nrv_relu6(nrv_tensor x);
/* The nearest whole number; of two that are as near, the even one. x and y (...) */
nrv_tensor nrv_rint(nrv_tensor x);
/* Rounded to so many decimals, ties to even; below 0: to tens, hundreds... The slope is 0. x and y (...) */
nrv_tensor nrv_round(nrv_tensor x, int decimals);
/* x where it is positive, slope * x elsewhere (Xu et al. 2015). name NULL, for evaluation: the slope is the mean of
   lower and upper. Else it is drawn for each element, keyed by scope and name. PyTorch's bounds are 1/8 and 1/3. x and
   y (...)
 */
nrv_tensor nrv_rrelu(nrv_tensor x, const char *name, double lower, double upper);
/* One over the square root; infinite at 0, NaN below. x and y (...) */
nrv_tensor nrv_rsqrt(nrv_tensor x);
/* a where c (bool) is true, b elsewhere. All broadcast together. */
nrv_tensor nrv_select(nrv_tensor c, nrv_tensor a, nrv_tensor b);
/* Scaled exponential linear unit, which keeps mean 0 and variance 1 (Klambauer et al. 2017). x and y (...) */
nrv_tensor nrv_selu(nrv_tensor x);
/* Logistic function. x and y (...) */
nrv_tensor nrv_sigmoid(nrv_tensor x);
/* Sign: -1, 0 or 1; NaN stays NaN. x and y (...) */
nrv_tensor nrv_sign(nrv_tensor x);
/* True where the sign is minus, of -0 and of NaN, too. x and y (...) */
nrv_tensor nrv_signbit(nrv_tensor x);
/* Sigmoid-weighted linear unit, also called swish (Elfwing et al. 2018). x and y (...) */
nrv_tensor nrv_silu(nrv_tensor x);
/* Sine of radians. x and y (...) */
nrv_tensor nrv_sin(nrv_tensor x);
/* sin(pi x) / (pi x), 1 at 0, exactly 0 at other whole numbers. x and y (...) */
nrv_tensor nrv_sinc(nrv_tensor x);
/* Hyperbolic sine. x and y (...) */
nrv_tensor nrv_sinh(nrv_tensor x);
/* Smooth rectifier. x and y (...) */
nrv_tensor nrv_softplus(nrv_tensor x);
/* ln(1 + e^(beta x)) / beta, and x itself where beta x is above threshold, as PyTorch. o may be NULL. x and y (...) */
nrv_tensor nrv_softplus_with(nrv_tensor x, const nrv_softplus_opt *o);
/* x moved towards 0 by lambd, and no further; NaN stays (Donoho 1995). x and y (...) */
nrv_tensor nrv_softshrink(nrv_tensor x, double lambd);
/* x / (1 + |x|) (Bergstra et al. 2009). x and y (...) */
nrv_tensor nrv_softsign(nrv_tensor x);
/* Square root; NaN below 0, infinite gradient at 0. x and y (...) */
nrv_tensor nrv_sqrt(nrv_tensor x);
/* The square. x and y (...) */
nrv_tensor nrv_square(nrv_tensor x);
/* Difference. a, b and y broadcast together. */
nrv_tensor nrv_sub(nrv_tensor a, nrv_tensor b);
/* b - a. a, b and y broadcast together. */
nrv_tensor nrv_rsub(nrv_tensor a, nrv_tensor b);
/* Tangent of radians. x and y (...) */
nrv_tensor nrv_tan(nrv_tensor x);
/* Hyperbolic tangent. x and y (...) */
nrv_tensor nrv_tanh(nrv_tensor x);
/* x - tanh x, without cancellation near 0. x and y (...) */
nrv_tensor nrv_tanhshrink(nrv_tensor x);
/* x where it is above threshold, else value. x and y (...) */
nrv_tensor nrv_threshold(nrv_tensor x, double threshold, double value);
/* The whole number next to x on the side of 0. x and y (...) */
nrv_tensor nrv_trunc(nrv_tensor x);
/* a ln b; 0 where a is 0. a, b and y broadcast together. */
nrv_tensor nrv_xlogy(nrv_tensor a, nrv_tensor b);
/* a ln(1 + b), right for small b; 0 where a is 0. a, b and y broadcast together. */
nrv_tensor nrv_xlog1py(nrv_tensor a, nrv_tensor b);
/* The sum over k >= 0 of (q + k)^-s, without a gradient to s, which may be real or whole. s, q and y broadcast
   together. */
nrv_tensor nrv_zeta(nrv_tensor s, nrv_tensor q);
/* Means of runs: x (B,C,S...) or (C,S...) -> (B,C,O...), n lengths O for the last n axes; NRV_SAME keeps one. A length
   that is a named size must be a multiple of its O. */
nrv_tensor nrv_adaptive_avg_pool(nrv_tensor x, int n, const nrv_dim *to);
/* The largest of runs, as nrv_adaptive_avg_pool; and, unless where is NULL, where each stands: i64 (B,C,O...), its
   number among the elements of its channel. NaN wins; the first of equals gets the gradient. */
nrv_tensor nrv_adaptive_max_pool(nrv_tensor x, int n, const nrv_dim *to, nrv_tensor *where);
/* The mean of each window of x (B,C,S...). */
nrv_tensor nrv_avg_pool_with(nrv_tensor x, const nrv_pool_opt *opt);
/* The mean of each k x k window of (B,C,H,W), or of k elements of (B,C,L)...; stride 0 means k. */
nrv_tensor nrv_avg_pool(nrv_tensor x, int k, int stride);
/* The mean of every channel. (B,C,S...) -> (B,C) */
nrv_tensor nrv_avg_pool_global(nrv_tensor x);
/* The largest of every channel. (B,C,S...) -> (B,C) */
nrv_tensor nrv_max_pool_global(nrv_tensor x);
/* x (B,C,S...) or (C,S...), samples (B,C,n) in [0,1), nrv_uniform's -> (B,C,to...): the largest of to[i] windows of
   k[i] along each of the last n axes; where as in nrv_max_pool_with, NULL: not wanted. Samples go to the axes as in
   PyTorch: of two axes the first is the last one's. No gradient to them. */
nrv_tensor nrv_fractional_max_pool(nrv_tensor x, nrv_tensor samples, int n, const int *k, const nrv_dim *to,
                                           nrv_tensor *where);
/* The p-norm of each window of x (B,C,S...), p > 0; padding and dilation as in the other pools. */
nrv_tensor nrv_lp_pool_with(nrv_tensor x, double norm, const nrv_pool_opt *opt);
/* The p-norm of each k x k window of (B,C,H,W), or of k elements of (B,C,L)...; stride 0 means k. */
nrv_tensor nrv_lp_pool(nrv_tensor x, double norm, int k, int stride);
/* The largest of each window of x (B,C,S...), and, unless where is NULL, where it stands: i64 (B,C,O...), its number
   among the elements of its channel, as nrv_max_unpool wants. */
nrv_tensor nrv_max_pool_with(nrv_tensor x, const nrv_pool_opt *opt, nrv_tensor *where);
/* The largest of each k x k window of (B,C,H,W), or of k elements of (B,C,L)...; stride 0 means k. */
nrv_tensor nrv_max_pool(nrv_tensor x, int k, int stride);
/* x and where (B,C,O...) or (C,O...), as nrv_max_pool_with gave them -> (B,C,to...), n lengths: x at its places, 0
   elsewhere. A place outside is an error of the run. */
nrv_tensor nrv_max_unpool(nrv_tensor x, nrv_tensor where, int n, const nrv_dim *to);
/* x (B,C,S...) or, with opt->axes, (C,S...) -> (B, C * taps, places): every window as a column; stride 1 unless opt
   says another. */
nrv_tensor nrv_unfold(nrv_tensor x, const nrv_pool_opt *opt);
/* x (B, C * taps, places) or without B -> (B,C,to...): columns added into an image of these lengths, as many as
   opt->axes says, two if it says nothing; what overlaps is summed. */
nrv_tensor nrv_fold(nrv_tensor x, const nrv_dim *to, const nrv_pool_opt *opt);
/* n and p (...), which broadcast, of one real type -> whole numbers (...) of it: how many of n trials succeed, each
   with probability p (inversion; from 10 expected ones on BTRS, Hoermann 1993); what float32 cannot hold is rounded. n
   is cut to a whole number. n outside 0..2^52 or p outside 0..1, or NaN, stops the run with NRV_EVALUE. Keyed by scope
   and name, new in every run; a name that is missing or was used in this scope is an error. No gradient. */
nrv_tensor nrv_binomial(nrv_tensor n, nrv_tensor p, const char *name);
/* logits (...,V) -> i32 (...): an index for each row, drawn with probability softmax(logits) from its own counter
   (inverse of the distribution function, 53 bits). -inf is never drawn; a row with a NaN or +inf, or of -inf alone,
   stops the run with NRV_EVALUE. Keyed by scope and name, new in every run; a name that is missing or was used in this
   scope is an error. No gradient to the logits. */
nrv_tensor nrv_categorical(nrv_tensor logits, const char *name);
/* alpha (...) -> positive numbers (...) of its type, of the gamma distribution of that shape and scale 1: mean and
   variance alpha (Marsaglia & Tsang 2000). Times a scale, or over a rate, as needed. An alpha that is not positive and
   finite stops the run with NRV_EVALUE. Keyed by scope and name, new in every run; a name that is missing or was used
   in this scope is an error. No gradient to alpha. */
nrv_tensor nrv_gamma(nrv_tensor alpha, const char *name);
/* a and b (...), which broadcast -> (...) in 0..1, of the beta distribution: mean a / (a + b). As nrv_gamma otherwise.
 */
nrv_tensor nrv_beta(nrv_tensor a, nrv_tensor b, const char *name);
/* alpha (...,K) -> (...,K): rows of positive numbers that add to 1, of the Dirichlet distribution: means alpha / sum
   alpha. As nrv_gamma otherwise. */
nrv_tensor nrv_dirichlet(nrv_tensor alpha, const char *name);
/* freedom (...) -> (...): sums of so many squares of normal draws, any positive number. As nrv_gamma otherwise. */
nrv_tensor nrv_chi_square(nrv_tensor freedom, const char *name);
/* Numbers (...) of log-normal law: e^(mean + deviation z), z as nrv_normal; mean and deviation broadcast. The gradient
   goes through both. */
nrv_tensor nrv_log_normal(nrv_tensor mean, nrv_tensor deviation, const char *name);
/* Whole numbers from..to-1 of type i64, all as likely (48 bits: at most 2^40 of them), in the given shape; names as in
   nrv_uniform. */
nrv_tensor nrv_randint(nrv_graph *g, const char *name, int64_t from, int64_t to, nrv_shape shape);
/* Random numbers of density e^-|x| / 2: mean 0, deviation 1.414; otherwise as nrv_uniform. */
nrv_tensor nrv_laplace(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape);
/* Random numbers of density 1 / (pi (1 + x^2)), which have no mean; otherwise as nrv_uniform. */
nrv_tensor nrv_cauchy(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape);
/* p (...) in 0..1 -> whole numbers (...) of its type from 1 on: which of many trials, each of which succeeds with
   probability p, is the first to do so. Beyond 0..1 and for NaN the result is NaN; for 0 infinity. Names as in
   nrv_uniform; no gradient to p. */
nrv_tensor nrv_geometric(nrv_tensor p, const char *name);
/* weight (...,V), not negative, need not add to 1 -> i32 (...,n): n indexes of each row, each drawn with probability
   weight / sum; again: the same index may be drawn again, else not (n at most V; an index of weight 0 comes only when
   the others are used up; Efraimidis & Spirakis 2006). A row that is 0 everywhere, or holds a negative number or NaN,
   stops the run where drawn `again`. Names as in nrv_uniform; no gradient. */
nrv_tensor nrv_multinomial(nrv_tensor weight, nrv_dim n, int again, const char *name);
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
/* mean and k (...), which broadcast, of one real type -> angles (...) from -pi to pi: mean plus draws of density e^(k
   cos x), turned back by whole turns. k, the concentration, is 0 for all angles alike; negative, NaN or beyond 2^1000
   it stops the run with NRV_EVALUE. Keyed by scope and name, new in every run; a name that is missing or was used in
   this scope is an error. The gradient goes to the mean alone. (Best & Fisher 1979) */
nrv_tensor nrv_von_mises(nrv_tensor mean, nrv_tensor k, const char *name);
/* The largest over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_amax(nrv_tensor x, int axis, int keep);
/* The smallest over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_amin(nrv_tensor x, int axis, int keep);
/* The smallest over an axis (or NRV_AXES, NRV_ALL), and the largest into *most; keep = 1 leaves it with length 1.
   (...,n,...) -> (...,...) */
nrv_tensor nrv_aminmax(nrv_tensor x, int axis, int keep, nrv_tensor *most);
/* several axes as one number for the reductions: what NRV_AXES(0, -1) stands for; none: all */
int nrv_axes(int n, const int *axes);
/* x (D,n), or (n) for one variable -> (D,D), or a scalar. times (n) whole or NULL: how often each observation was made;
   weight (n) real or NULL: how much it counts. correction: 1 for samples. */
nrv_tensor nrv_cov(nrv_tensor x, int correction, nrv_tensor times, nrv_tensor weight);
/* x (D,n), or (n) for one variable -> (D,D), or a scalar: Pearson's correlations. */
nrv_tensor nrv_corrcoef(nrv_tensor x);
/* The largest along an axis; keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_max_of(nrv_tensor x, int axis, int keep);
/* The smallest along an axis; keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_min_of(nrv_tensor x, int axis, int keep);
/* Where the largest stands along an axis, i32; NRV_ALL: among all elements in row-major order. (...,n,...) -> (...,...)
 */
nrv_tensor nrv_argmax(nrv_tensor x, int axis);
/* Where the smallest stands along an axis, i32; NRV_ALL: among all elements in row-major order. (...,n,...) ->
 * (...,...)
 */
nrv_tensor nrv_argmin(nrv_tensor x, int axis);
/* ln sum e^x over an axis (or NRV_AXES, NRV_ALL), without overflow; keep = 1 leaves it with length 1.
   (...,n,...) -> (...,...) */
nrv_tensor nrv_logsumexp(nrv_tensor x, int axis, int keep);
/* Mean over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1; of nothing it is NaN.
   (...,n,...) -> (...,...) */
nrv_tensor nrv_mean(nrv_tensor x, int axis, int keep);
/* Mean of all elements, a scalar; of none it is NaN. */
nrv_tensor nrv_mean_all(nrv_tensor x);
/* Mean over an axis (or NRV_AXES, NRV_ALL) of what is not NaN; keep = 1 leaves it with length 1.
   (...,n,...) -> (...,...) */
nrv_tensor nrv_nanmean(nrv_tensor x, int axis, int keep);
/* The middle of an axis in order, the lower of two, a NaN if there is one; *index, unless NULL: i32, where it stands.
   keep = 1 leaves the axis with length 1. NRV_ALL: of all elements, *index is NULL then. (...,n,...) -> (...,...) */
nrv_tensor nrv_median(nrv_tensor x, int axis, int keep, nrv_tensor *index);
/* nrv_median of what is not NaN. */
nrv_tensor nrv_nanmedian(nrv_tensor x, int axis, int keep, nrv_tensor *index);
/* What stands most often in an axis, of equally many the smallest; *index, unless NULL: i32, where it stands last.
   keep = 1 leaves the axis with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_mode(nrv_tensor x, int axis, int keep, nrv_tensor *index);
/* The p-norm over an axis (or NRV_AXES, NRV_ALL), any real p or +-INFINITY; keep = 1 leaves it with length 1.
   (...,n,...) -> (...,...) */
nrv_tensor nrv_norm(nrv_tensor x, double p, int axis, int keep);
/* The p-norm of a - b, a scalar. a and b broadcast together. */
nrv_tensor nrv_dist(nrv_tensor a, nrv_tensor b, double p);
/* Product over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1; of nothing it is 1.
   (...,n,...) -> (...,...) */
nrv_tensor nrv_prod(nrv_tensor x, int axis, int keep);
/* The value below which the part q of an axis (or NRV_AXES, NRV_ALL) lies: q a scalar, or (Q), whose axis comes first.
   how: linear (NULL), lower, higher, midpoint or nearest, between two elements. keep = 1 leaves the axis with length 1.
   (...,n,...) -> (Q,...,...) */
nrv_tensor nrv_quantile(nrv_tensor x, nrv_tensor q, int axis, int keep, const char *how);
/* nrv_quantile of what is not NaN. */
nrv_tensor nrv_nanquantile(nrv_tensor x, nrv_tensor q, int axis, int keep, const char *how);
/* Sum over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1; of nothing it is 0. (...,n,...) ->
 * (...,...)
 */
nrv_tensor nrv_sum(nrv_tensor x, int axis, int keep);
/* Sum of all elements, a scalar. */
nrv_tensor nrv_sum_all(nrv_tensor x);
/* Sum over an axis (or NRV_AXES, NRV_ALL) of what is not NaN; keep = 1 leaves it with length 1. (...,n,...) ->
 * (...,...)
 */
nrv_tensor nrv_nansum(nrv_tensor x, int axis, int keep);
/* Variance over an axis (or NRV_AXES, NRV_ALL): the sum of squared differences from the mean, divided by n - correction
   (1 for samples). keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_var(nrv_tensor x, int axis, int correction, int keep);
/* Standard deviation: the root of nrv_var. */
nrv_tensor nrv_std(nrv_tensor x, int axis, int correction, int keep);
/* nrv_var, and nrv_mean of the same into *mean. */
nrv_tensor nrv_var_mean(nrv_tensor x, int axis, int correction, int keep, nrv_tensor *mean);
/* nrv_std, and nrv_mean of the same into *mean. */
nrv_tensor nrv_std_mean(nrv_tensor x, int axis, int correction, int keep, nrv_tensor *mean);
/* bool: nothing is 0 over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_all(nrv_tensor x, int axis, int keep);
/* bool: something is not 0 over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1.
   (...,n,...) -> (...,...) */
nrv_tensor nrv_any(nrv_tensor x, int axis, int keep);
/* i64: how many are not 0 over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1. (...,n,...) ->
 * (...,...)
 */
nrv_tensor nrv_count_nonzero(nrv_tensor x, int axis, int keep);
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
/* x (...) -> y of that size, of constant lengths: y[i, j...] = x[offset + i stride[0] + j stride[1]...], x counted in
   row-major order; n is how many steps there are, one for each axis. Each is an index of its own: it costs what a
   gather costs. */
nrv_tensor nrv_as_strided(nrv_tensor x, nrv_shape size, int n, const int64_t *stride, int64_t offset);
/* x without axis where its length is 1, else x: (a,1,b) -> (a,b). A named length stays. */
nrv_tensor nrv_squeeze(nrv_tensor x, int axis);
/* x without all its axes of length 1. */
nrv_tensor nrv_squeeze_all(nrv_tensor x);
/* x with a new axis of length 1, which becomes axis: (a,b) at 1 -> (a,1,b). */
nrv_tensor nrv_unsqueeze(nrv_tensor x, int axis);
/* x with n of its axes at other places: axis from[i] becomes axis to[i], the others keep their order. */
nrv_tensor nrv_move_axes(nrv_tensor x, int n, const int *from, const int *to);
/* x with axes a and b in each other's place. */
nrv_tensor nrv_swap_axes(nrv_tensor x, int a, int b);
/* The axes from first to last as one: (a,b,c) from 1 to 2 -> (a,b*c). A scalar becomes (1). */
nrv_tensor nrv_merge_axes(nrv_tensor x, int first, int last);
/* axis as several with the given lengths, one of which may be NRV_SAME: (a,6) at 1 by (2,3) -> (a,2,3). */
nrv_tensor nrv_split_axis(nrv_tensor x, int axis, nrv_shape lengths);
/* x stretched to the shape; only lengths of 1 stretch. */
nrv_tensor nrv_broadcast(nrv_tensor x, nrv_shape shape);
/* A new axis of length n, in which x repeats. (a,b) at axis 1 -> (a,n,b) */
nrv_tensor nrv_expand(nrv_tensor x, int axis, nrv_dim n);
/* n tensors that agree in all lengths but that of axis. */
nrv_tensor nrv_concat(int n, const nrv_tensor *x, int axis);
/* The diagonal of the plane of axes a and b, which become the last axis: (m,n) -> (min(m,n)); offset > 0 lies above the
   main one, < 0 below. Which of two lengths is shorter has to be
   known: numbers, the same named size, or sizes whose ranges say it. */
nrv_tensor nrv_diagonal(nrv_tensor x, int64_t offset, int a, int b);
/* x (...,n) -> square matrices of n + |offset|, with x as their diagonal and zeros elsewhere; they become axes a and b
   of the result, -2 and -1 where nothing else is wanted. */
nrv_tensor nrv_diag_embed(nrv_tensor x, int64_t offset, int a, int b);
/* x (n) -> (n+|d|,n+|d|) with x as its diagonal d, or x (m,n) -> its diagonal d. */
nrv_tensor nrv_diag(nrv_tensor x, int64_t diagonal);
/* All elements of x in their order as diagonal `offset` of a square matrix. */
nrv_tensor nrv_diagflat(nrv_tensor x, int64_t offset);
/* x (m,n) -> the sum of its main diagonal, a scalar. */
nrv_tensor nrv_trace(nrv_tensor x);
/* n matrices (m_i,n_i) -> one of (sum of m_i, sum of n_i), with zeros beside them. A vector is a row, a scalar 1 x 1.
 */
nrv_tensor nrv_block_diag(int n, const nrv_tensor *x);
/* x with the elements of n axes in reverse. */
nrv_tensor nrv_flip(nrv_tensor x, int n, const int *axes);
/* The rows of x (n,...) in reverse. */
nrv_tensor nrv_flipud(nrv_tensor x);
/* The columns of x (m,n,...) in reverse. */
nrv_tensor nrv_fliplr(nrv_tensor x);
/* x turned by k quarters in the plane of two axes, from a towards b: (n,m) at 0 and 1 -> (m,n) for an odd k. */
nrv_tensor nrv_rot90(nrv_tensor x, int64_t k, int a, int b);
/* x with the elements of n axes moved on by shift[i] places (back, where that is negative) and around; PyTorch's roll.
   Where a length is a named size, its shift may not be larger. */
nrv_tensor nrv_roll(nrv_tensor x, int n, const int64_t *shift, const int *axes);
/* The coordinates of a grid: n vectors (n_i) -> y[i] (n_0,n_1,...), whose elements along axis i are x[i]'s. xy: the
   first two axes change places, as pictures have them. y: room for n, all NULL after an error. */
void nrv_meshgrid(int n, const nrv_tensor *x, int xy, nrv_tensor *y);
/* All combinations of an element of each of k vectors: (n_0), (n_1), ... -> (n_0*n_1*..., k), the last running fastest.
   One vector stays a vector. */
nrv_tensor nrv_cartesian_prod(int n, const nrv_tensor *x);
/* All choices of r elements of x (n), in its order, as rows: (n over r, r); with `again` an element may be chosen
   several times. The choices are a constant: at most 2^24 indexes. */
nrv_tensor nrv_combinations(nrv_tensor x, int64_t r, int again);
/* before and after elements of value around one axis of x. */
nrv_tensor nrv_pad(nrv_tensor x, int axis, int64_t before, int64_t after, double value);
/* before and after elements around one axis of x; negative: so many are cut away. edge: NRV_EDGE_CONSTANT and value, or
   what the axis itself has there (NRV_EDGE_REFLECT, _REPLICATE, _CIRCULAR). */
nrv_tensor nrv_pad_edge(nrv_tensor x, int axis, int64_t before, int64_t after, int edge, double value);
/* As PyTorch's nn.functional.pad: n numbers, two for each of the last axes, the last axis first - left, right, top,
   bottom, front, back. edge and value as in nrv_pad_edge. */
nrv_tensor nrv_pad_with(nrv_tensor x, int n, const int64_t *around, int edge, double value);
/* y's axis i is x's axis axes[i]; n is x's rank. */
nrv_tensor nrv_permute(nrv_tensor x, int n, const int *axes);
/* The last two axes change places. (...,a,b) -> (...,b,a) */
nrv_tensor nrv_transpose(nrv_tensor x);
/* (n): start, start + step, ... of type t, up to end, which is left out. At most 2^31 - 1 of them. */
nrv_tensor nrv_arange(nrv_graph *g, nrv_dtype t, double start, double end, double step);
/* start, start + step, ... up to end, which belongs to it where it is met -> (n) of type t; PyTorch's range. */
nrv_tensor nrv_range(nrv_graph *g, nrv_dtype t, double start, double end, double step);
/* (steps) of type t: numbers at equal distances from start to end, both included. */
nrv_tensor nrv_linspace(nrv_graph *g, nrv_dtype t, double start, double end, int64_t steps);
/* (steps) of type t: base to the power of the numbers of nrv_linspace. */
nrv_tensor nrv_logspace(nrv_graph *g, nrv_dtype t, double start, double end, int64_t steps, double base);
/* (n,m) of type t: 1 on the main diagonal, 0 elsewhere. */
nrv_tensor nrv_eye(nrv_graph *g, nrv_dtype t, nrv_dim n, nrv_dim m);
/* One number everywhere, in the shape and type of x, whose values are not read. */
nrv_tensor nrv_full_like(nrv_tensor x, double value);
/* x with its axes split, moved and merged as the pattern says; lengths (n of them) are those of the names in
   parentheses on the left, in order; in each parenthesis one may be NRV_SAME: what is left. */
nrv_tensor nrv_rearrange(nrv_tensor x, const char *pattern, int n, const nrv_dim *lengths);
/* x n_i times along each axis: (a,b) by (2,3) -> (2*a,3*b). More times than axes put new ones in front; fewer leave the
   first as they are. Times are numbers or named sizes. */
nrv_tensor nrv_repeat(nrv_tensor x, int n, const nrv_dim *times);
/* Every element of axis n times in a row: (a,b) at 1 -> (a,n*b). n is a number or a named size. */
nrv_tensor nrv_repeat_interleave(nrv_tensor x, int axis, nrv_dim n);
/* Every element i of axis times[i] times in a row: x (...,n,...), times (n) of i32 or i64 -> (...,length,...). The sum
   of times should be `length`; what is not filled repeats the last element, what is too much is left out. */
nrv_tensor nrv_repeat_each(nrv_tensor x, int axis, nrv_tensor times, nrv_dim length);
/* x's elements in row-major order as the given shape; one length may be NRV_SAME: what is left. */
nrv_tensor nrv_reshape(nrv_tensor x, nrv_shape shape);
/* (B,...) -> (B, product of the rest) */
nrv_tensor nrv_flatten(nrv_tensor x);
/* length elements of axis from start on; NRV_SAME: to the end. */
nrv_tensor nrv_slice(nrv_tensor x, int axis, nrv_dim start, nrv_dim length);
/* n parts of axis, in its order: part[i] has lengths[i] elements. The lengths are numbers or named sizes and add up to
   the axis's. part: room for n, all NULL after an error. */
void nrv_split(nrv_tensor x, int axis, int n, const nrv_dim *lengths, nrv_tensor *part);
/* Parts of `size` elements of axis, the last of which may be shorter; how many there are, 0 after an error. The first
   `most` of them are put into part. */
int nrv_split_evenly(nrv_tensor x, int axis, int64_t size, int most, nrv_tensor *part);
/* axis in n parts or fewer, all as long as the first but the last, which may be shorter; how many there are, 0 after an
   error. The first `most` of them are put into part. */
int nrv_chunk(nrv_tensor x, int axis, int64_t n, int most, nrv_tensor *part);
/* axis in n parts whose lengths differ by at most one, the longer ones first; n, 0 after an error. The first `most` of
   them are put into part. */
int nrv_tensor_split(nrv_tensor x, int axis, int64_t n, int most, nrv_tensor *part);
/* axis cut at n places into n + 1 parts: part[i] reaches from at[i-1] to at[i], as Python's slices do: a negative place
   counts from the end, one beyond the ends stops there, and a part that would end before it begins is empty. part: room
   for n + 1, all NULL after an error. */
void nrv_split_at(nrv_tensor x, int axis, int n, const int64_t *at, nrv_tensor *part);
/* The elements of axis, each without it; how many there are, 0 after an error. The first `most` of them are put into
   part. */
int nrv_unbind(nrv_tensor x, int axis, int most, nrv_tensor *part);
/* Element i of axis, which goes: (a,n,b) -> (a,b). i < 0 counts from the end. */
nrv_tensor nrv_pick(nrv_tensor x, int axis, int64_t i);
/* Every step-th element of axis from start on: (a,n,b) -> (a,(n-start+step-1)/step,b). step is positive, start a number
   or a named size; what comes before the end is nrv_slice's business. */
nrv_tensor nrv_every(nrv_tensor x, int axis, nrv_dim start, int64_t step);
/* x with at least 1, 2 or 3 axes: a scalar becomes a vector of one, a vector a row, a matrix one of depth 1. */
nrv_tensor nrv_at_least(nrv_tensor x, int rank);
/* n tensors of one shape along a new axis: twice (a,b) at 0 -> (2,a,b). */
nrv_tensor nrv_stack(int n, const nrv_tensor *x, int axis);
/* n tensors side by side: along axis 1, vectors and scalars along axis 0. */
nrv_tensor nrv_hstack(int n, const nrv_tensor *x);
/* n tensors one below the other: along axis 0, a vector being a row. */
nrv_tensor nrv_vstack(int n, const nrv_tensor *x);
/* n tensors in depth: along axis 2, a matrix having depth 1 and a vector being a row of it. */
nrv_tensor nrv_dstack(int n, const nrv_tensor *x);
/* n vectors as the columns of a matrix; tensors of a higher rank are joined along axis 1. */
nrv_tensor nrv_column_stack(int n, const nrv_tensor *x);
/* The elements of x (...,m,n) on and below a diagonal, 0 above it; 0: the main one, positive: above. */
nrv_tensor nrv_tril(nrv_tensor x, int64_t diagonal);
/* The elements of x (...,m,n) on and above a diagonal, 0 below it; 0: the main one, positive: above. */
nrv_tensor nrv_triu(nrv_tensor x, int64_t diagonal);
/* i64 (2,K): rows and columns of the elements of a row x col matrix on and below a diagonal, a constant; at most 2^24
   elements are counted. */
nrv_tensor nrv_tril_indices(nrv_graph *g, int64_t row, int64_t col, int64_t offset);
/* i64 (2,K): rows and columns of the elements of a row x col matrix on and above a diagonal, a constant; at most 2^24
   elements are counted. */
nrv_tensor nrv_triu_indices(nrv_graph *g, int64_t row, int64_t col, int64_t offset);
#endif
