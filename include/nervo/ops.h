/* Made by tools/gen.c from the sources it names; never edited by hand. */
/* The operations: every function marked NRV_API in src/ops. Included by nervo.h. */
#ifndef NERVO_OPS_H
#define NERVO_OPS_H
/* attention: causal, query t sees keys 0 to t + offset. offset: an i64 scalar, the position of query 0 among the keys;
   NULL: 0, also where T and L differ (as PyTorch). mask: bool, true = may be seen, stretched over (...,T,L). scale: 0
   is 1/sqrt(D), a negative number means zero. */
typedef struct {
    int causal;
    nrv_tensor mask, offset;
    double scale;
    int64_t reserved[4];
} nrv_attention_opt;
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
/* How well keys suit queries decides what each query gets of the values. q (...,T,D), k (...,L,D), v (...,L,Dv) ->
   (...,T,Dv); leading axes stretch. A query that may see no key gives zeros, with no gradient. (Vaswani et al. 2017) */
nrv_tensor nrv_attention(nrv_tensor q, nrv_tensor k, nrv_tensor v, const nrv_attention_opt *opt);
/* x (...,T,D), position (T) or (...,T), whole or real: features i and i + D/2 turned by position base^(-2i/D), as
   GPT-NeoX and Llama do; D is even, base 10000 as a rule. Positions stretch over x's leading axes from the right: for x
   (B,heads,T,D), give each sample its own as (B,1,T). (RoFormer; Su et al. 2021) */
nrv_tensor nrv_rotary(nrv_tensor x, nrv_tensor position, double base);
/* x - log sum e^x along an axis, without overflow. x and y (...) */
nrv_tensor nrv_log_softmax(nrv_tensor x, int axis);
/* e^x / sum e^x along an axis, without overflow. x and y (...) */
nrv_tensor nrv_softmax(nrv_tensor x, int axis);
/* y as the text that nrv_expr reads, "x, y: 2*x + exp(-y)": names first, those of o->name, then inputs and parameters
   by theirs, sorted. Simplified: numbers are folded, like terms and factors meet, fractions are put together, where
   that is shorter; where the graph is 0/0 the text may have a value. y is made of element-wise ops. As snprintf: at
   most room bytes go to `to`, a 0 behind them; the answer is the length of the whole. 0: an error, which is the
   graph's. */
size_t nrv_formula(nrv_tensor y, const nrv_formula_opt *o, char *to, size_t room);
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
