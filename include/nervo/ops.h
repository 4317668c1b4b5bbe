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
/* Absolute value; its gradient at 0 is 0. x and y (...) */
nrv_tensor nrv_abs(nrv_tensor x);
/* Sum. a, b and y broadcast together. */
nrv_tensor nrv_add(nrv_tensor a, nrv_tensor b);
/* add with the number c. x and y (...) */
nrv_tensor nrv_add_c(nrv_tensor x, double c);
/* How well keys suit queries decides what each query gets of the values. q (...,T,D), k (...,L,D), v (...,L,Dv) ->
   (...,T,Dv); leading axes stretch. A query that may see no key gives zeros, with no gradient. (Vaswani et al. 2017) */
nrv_tensor nrv_attention(nrv_tensor q, nrv_tensor k, nrv_tensor v, const nrv_attention_opt *opt);
/* The mean of each k x k window of (B,C,H,W); stride 0 means k. */
nrv_tensor nrv_avg_pool(nrv_tensor x, int k, int stride);
/* The mean of every channel. (B,C,S...) -> (B,C) */
nrv_tensor nrv_avg_pool_global(nrv_tensor x);
/* Mean of -(t ln p + (1 - t) ln(1 - p)), each logarithm at least -100, as PyTorch. */
nrv_tensor nrv_bce(nrv_tensor p, nrv_tensor target);
/* Mean of softplus(x) - x t: binary cross-entropy of sigmoid(x) with target t in 0..1, without overflow. */
nrv_tensor nrv_bce_logits(nrv_tensor logits, nrv_tensor target);
/* x stretched to the shape; only lengths of 1 stretch. */
nrv_tensor nrv_broadcast(nrv_tensor x, nrv_shape shape);
/* A new axis of length n, in which x repeats. (a,b) at axis 1 -> (a,n,b) */
nrv_tensor nrv_expand(nrv_tensor x, int axis, nrv_dim n);
/* x in type t. x and y (...) */
nrv_tensor nrv_cast(nrv_tensor x, nrv_dtype t);
/* n tensors that agree in all lengths but that of axis. */
nrv_tensor nrv_concat(int n, const nrv_tensor *x, int axis);
/* Cosine of radians. x and y (...) */
nrv_tensor nrv_cos(nrv_tensor x);
/* logits (...,n), labels (...) i32 or i64 -> scalar: mean of -log softmax(logits)[label]. */
nrv_tensor nrv_cross_entropy(nrv_tensor logits, nrv_tensor labels);
/* Quotient of reals. a, b and y broadcast together. */
nrv_tensor nrv_div(nrv_tensor a, nrv_tensor b);
/* True where a = b. a, b and y broadcast together. */
nrv_tensor nrv_equal(nrv_tensor a, nrv_tensor b);
/* Error function. x and y (...) */
nrv_tensor nrv_erf(nrv_tensor x);
/* Exponential. x and y (...) */
nrv_tensor nrv_exp(nrv_tensor x);
/* The largest along an axis; keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_max_of(nrv_tensor x, int axis, int keep);
/* The smallest along an axis; keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_min_of(nrv_tensor x, int axis, int keep);
/* Where the largest stands along an axis, i32. (...,n,...) -> (...,...) */
nrv_tensor nrv_argmax(nrv_tensor x, int axis);
/* Where the smallest stands along an axis, i32. (...,n,...) -> (...,...) */
nrv_tensor nrv_argmin(nrv_tensor x, int axis);
/* Gaussian error linear unit, the exact form with erf (Hendrycks & Gimpel 2016). x and y (...) */
nrv_tensor nrv_gelu(nrv_tensor x);
/* True where a > b. a, b and y broadcast together. */
nrv_tensor nrv_greater(nrv_tensor a, nrv_tensor b);
/* True where a >= b. a, b and y broadcast together. */
nrv_tensor nrv_greater_equal(nrv_tensor a, nrv_tensor b);
/* Mean of 0.5 d^2 where |d| <= delta, else delta (|d| - 0.5 delta). */
nrv_tensor nrv_huber(nrv_tensor a, nrv_tensor b, double delta);
/* (n): 0, 1, 2, ... of type t. */
nrv_tensor nrv_iota(nrv_graph *g, nrv_dtype t, nrv_dim n);
/* x where it is positive, slope * x elsewhere. x and y (...) */
nrv_tensor nrv_leaky_relu(nrv_tensor x, double slope);
/* True where a < b. a, b and y broadcast together. */
nrv_tensor nrv_less(nrv_tensor a, nrv_tensor b);
/* True where a <= b. a, b and y broadcast together. */
nrv_tensor nrv_less_equal(nrv_tensor a, nrv_tensor b);
/* Natural logarithm; -inf at 0, NaN below. x and y (...) */
nrv_tensor nrv_log(nrv_tensor x);
/* x - log sum e^x along an axis, without overflow. x and y (...) */
nrv_tensor nrv_log_softmax(nrv_tensor x, int axis);
/* (...,m,k) x (...,k,n) -> (...,m,n) */
nrv_tensor nrv_matmul(nrv_tensor a, nrv_tensor b);
/* Element-wise maximum; NaN wins; equal values share the gradient. a, b and y broadcast together. */
nrv_tensor nrv_max(nrv_tensor a, nrv_tensor b);
/* The largest of each k x k window of (B,C,H,W); stride 0 means k. */
nrv_tensor nrv_max_pool(nrv_tensor x, int k, int stride);
/* Mean over an axis; keep = 1 leaves it with length 1; of nothing it is NaN. (...,n,...) -> (...,...) */
nrv_tensor nrv_mean(nrv_tensor x, int axis, int keep);
/* Mean of all elements, a scalar; of none it is NaN. */
nrv_tensor nrv_mean_all(nrv_tensor x);
/* Element-wise minimum; NaN wins; equal values share the gradient. a, b and y broadcast together. */
nrv_tensor nrv_min(nrv_tensor a, nrv_tensor b);
/* Mean over everything of (a - b)^2. */
nrv_tensor nrv_mse(nrv_tensor a, nrv_tensor b);
/* Product. a, b and y broadcast together. */
nrv_tensor nrv_mul(nrv_tensor a, nrv_tensor b);
/* mul with the number c. x and y (...) */
nrv_tensor nrv_mul_c(nrv_tensor x, double c);
/* The negative. x and y (...) */
nrv_tensor nrv_neg(nrv_tensor x);
/* A network as data, for each case: x (C,I), row (N+1), col (E), weight (E), bias (N), act (N) -> (C,N), the value of
   every node. Edges row[n] to row[n+1] lead into node n, edge e from node col[e]; act[n] is an activation (NRV_NET_*)
   or NRV_NET_INPUT(k), a node that shows input k. The order of the nodes is free. levels: at most so many nodes stand
   in one chain. A population is one netlist of unconnected parts; a gradient goes to x, weight and bias.
   Stops the run: a cycle, more levels, an edge from no node, rows that go down, an unknown act. */
nrv_tensor nrv_netlist(nrv_tensor x, nrv_tensor row, nrv_tensor col, nrv_tensor weight, nrv_tensor bias,
                               nrv_tensor act, nrv_dim levels);
/* True where a and b differ. a, b and y broadcast together. */
nrv_tensor nrv_not_equal(nrv_tensor a, nrv_tensor b);
/* before and after elements of value around one axis of x. */
nrv_tensor nrv_pad(nrv_tensor x, int axis, int64_t before, int64_t after, double value);
/* y's axis i is x's axis axes[i]; n is x's rank. */
nrv_tensor nrv_permute(nrv_tensor x, int n, const int *axes);
/* The last two axes change places. (...,a,b) -> (...,b,a) */
nrv_tensor nrv_transpose(nrv_tensor x);
/* Power of reals, as C: 0^0 = 1; NaN for a negative base with a fractional exponent. The gradient by a is 0 where b is
 * 0, by b is 0 where a is 0. a, b and y broadcast together. */
nrv_tensor nrv_pow(nrv_tensor a, nrv_tensor b);
/* x with its axes split, moved and merged as the pattern says; lengths (n of them) are those of the names in
   parentheses on the left, in order; in each parenthesis one may be NRV_SAME: what is left. */
nrv_tensor nrv_rearrange(nrv_tensor x, const char *pattern, int n, const nrv_dim *lengths);
/* One over x. x and y (...) */
nrv_tensor nrv_reciprocal(nrv_tensor x);
/* Rectifier: x where it is positive, else 0; NaN stays; the gradient at 0 is 0 (Nair & Hinton 2010). x and y (...) */
nrv_tensor nrv_relu(nrv_tensor x);
/* x's elements in row-major order as the given shape; one length may be NRV_SAME: what is left. */
nrv_tensor nrv_reshape(nrv_tensor x, nrv_shape shape);
/* (B,...) -> (B, product of the rest) */
nrv_tensor nrv_flatten(nrv_tensor x);
/* x (...,T,D), position (T) or (...,T), whole or real: features i and i + D/2 turned by position base^(-2i/D), as
   GPT-NeoX and Llama do; D is even, base 10000 as a rule. Positions stretch over x's leading axes from the right: for x
   (B,heads,T,D), give each sample its own as (B,1,T). (RoFormer; Su et al. 2021) */
nrv_tensor nrv_rotary(nrv_tensor x, nrv_tensor position, double base);
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
/* length elements of axis from start on; NRV_SAME: to the end. */
nrv_tensor nrv_slice(nrv_tensor x, int axis, nrv_dim start, nrv_dim length);
/* e^x / sum e^x along an axis, without overflow. x and y (...) */
nrv_tensor nrv_softmax(nrv_tensor x, int axis);
/* Smooth rectifier. x and y (...) */
nrv_tensor nrv_softplus(nrv_tensor x);
/* Square root; NaN below 0, infinite gradient at 0. x and y (...) */
nrv_tensor nrv_sqrt(nrv_tensor x);
/* The square. x and y (...) */
nrv_tensor nrv_square(nrv_tensor x);
/* Difference. a, b and y broadcast together. */
nrv_tensor nrv_sub(nrv_tensor a, nrv_tensor b);
/* Sum over an axis; keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
nrv_tensor nrv_sum(nrv_tensor x, int axis, int keep);
/* Sum of all elements, a scalar. */
nrv_tensor nrv_sum_all(nrv_tensor x);
/* x (...,n), index (...) i32 or i64 -> (...): one element of each row. */
nrv_tensor nrv_take(nrv_tensor x, nrv_tensor index);
/* Hyperbolic tangent. x and y (...) */
nrv_tensor nrv_tanh(nrv_tensor x);
/* Random numbers in [0, 1), keyed by scope and name, new in every run. */
nrv_tensor nrv_uniform(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape);
/* Random numbers of mean 0 and deviation 1 (Box & Muller 1958), keyed by scope and name, new in every run. */
nrv_tensor nrv_normal(nrv_graph *g, const char *name, nrv_dtype t, nrv_shape shape);
/* 1 with probability p, else 0, in p's shape and type; no gradient. */
nrv_tensor nrv_bernoulli(nrv_tensor p, const char *name);
#endif
