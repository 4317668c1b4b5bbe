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
/* Lines of x along axis, by index (i...) of i32 or i64: (a...,n,b...) -> (a...,i...,b...), like numpy's take. An index
   outside 0..n-1 is an error of the run. Its gradient is nrv_scatter_add. A row of an embedding is
   nrv_gather(table, ids, 0). */
nrv_tensor nrv_gather(nrv_tensor x, nrv_tensor index, int axis);
/* (n): 0, 1, 2, ... of type t. */
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
   main one, < 0 below. Lengths are numbers, or both the same named size. */
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
/* y's axis i is x's axis axes[i]; n is x's rank. */
nrv_tensor nrv_permute(nrv_tensor x, int n, const int *axes);
/* The last two axes change places. (...,a,b) -> (...,b,a) */
nrv_tensor nrv_transpose(nrv_tensor x);
/* (n): start, start + step, ... of type t, up to end, which is left out. At most 2^31 - 1 of them. */
nrv_tensor nrv_arange(nrv_graph *g, nrv_dtype t, double start, double end, double step);
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
