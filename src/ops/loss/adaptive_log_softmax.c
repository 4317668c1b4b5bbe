/* adaptive_log_softmax.c - a softmax over very many classes, the rare ones in clusters that are reached through one
   entry each of the first softmax (Grave et al. 2017).

   head = log_softmax(x Wh^T + bh): the shortlist, then an entry for each cluster.    A class of cluster i:
   head[shortlist + i] + log_softmax(x A_i^T B_i^T)[class]

   Names, shapes and meaning as PyTorch 1.13's nn.AdaptiveLogSoftmaxWithLoss. Does not do: leave out the clusters that
   no row of a batch is of, since how many rows there are would depend on values; all are computed, through their narrow
   matrices. */
#include "../layer/weights.h"
#include <stdio.h>

extern const nrv__opdef nrv__op_adaptive_log_softmax, nrv__op_adaptive_log_softmax_loss, nrv__op_adaptive_predict;
enum { ADAPTIVE_CASE = 8 };

#ifdef NRV_HEADER
/* adaptive_log_softmax: head (S+K,n) of the S most frequent classes and K clusters, its bias (S+K) or NULL; cluster i
   has down[i] (h,n) and up[i] (c,h), its c classes follow those of the one before. */
typedef struct {
    nrv_tensor head_weight, head_bias;
    int clusters;
    const nrv_tensor *down, *up;
    int64_t reserved[2];
} nrv_adaptive_weights;
#endif

static nrv_tensor adaptive_refuses(const nrv__opdef *op, nrv_tensor x, const char *what)
{
    return nrv__op_refuses(op, 1, &x, NRV_ESHAPE,
                           "x (...,n), head.weight (S+K,n), and for each of K clusters (h,n) and (c,h)", "%s", what);
}

/* false: op refuses */
static bool adaptive_fits(const nrv__opdef *op, nrv_tensor x, const nrv_adaptive_weights *w)
{
    if (!nrv__op_wants_real(op, 1, &x))
        return false;
    if (!w || !w->head_weight || w->clusters < 1 || !w->down || !w->up)
        return adaptive_refuses(op, x, "a head and one cluster at least are wanted"), false;
    if (x->rank < 1 || w->head_weight->rank != 2)
        return adaptive_refuses(op, x, "x has no axis, or the head is no matrix"), false;
    const nrv_dim rows = w->head_weight->dim[0], n = x->dim[x->rank - 1], head[] = { rows, n };
    if (!nrv__weight_fits(op, x, "head.weight", w->head_weight, 2, head) ||
        !nrv__weight_fits(op, x, "head.bias", w->head_bias, 1, &rows))
        return false;
    for (int i = 0; i < w->clusters; i++) {
        if (!w->down[i] || !w->up[i] || w->down[i]->rank != 2 || w->up[i]->rank != 2)
            return adaptive_refuses(op, x, "a cluster is not of two matrices"), false;
        const nrv_dim down[] = { w->down[i]->dim[0], n }, up[] = { w->up[i]->dim[0], down[0] };
        if (!nrv__weight_fits(op, x, "down", w->down[i], 2, down) || !nrv__weight_fits(op, x, "up", w->up[i], 2, up))
            return false;
    }
    return rows < 0 || rows > w->clusters ||
           (adaptive_refuses(op, x, "the head has no class of its own beside an entry for each cluster"), false);
}

static nrv_tensor adaptive_of(const nrv__opdef *op, nrv_tensor x, const nrv_adaptive_weights *w)
{
    if (!adaptive_fits(op, x, w))
        return NULL;
    nrv_tensor head = nrv_log_softmax(nrv__affine(x, w->head_weight, w->head_bias), -1);
    const nrv_dim shortlist = nrv__dim_sub(x->g, w->head_weight->dim[0], w->clusters);
    nrv_tensor y = nrv_slice(head, -1, 0, shortlist);
    for (int i = 0; y && i < w->clusters; i++) {
        nrv_tensor tail = nrv_log_softmax(nrv__affine(nrv__affine(x, w->down[i], NULL), w->up[i], NULL), -1);
        nrv_tensor entry = nrv_slice(head, -1, nrv__dim_add(x->g, shortlist, i), 1);
        y = nrv_concat(NRV_N(const nrv_tensor, y, nrv_add(tail, entry)), -1);
    }
    return y;
}

/* ---- a case: head.weight, head.bias, tail.0.0.weight, tail.0.1.weight... ---- */
typedef struct adaptive_case {
    nrv_tensor down[ADAPTIVE_CASE], up[ADAPTIVE_CASE];
    nrv_adaptive_weights w;
} adaptive_case;

static void adaptive_weights_of(const nrv__case *c, adaptive_case *to)
{
    char name[32];
    *to = (adaptive_case){ .w = { .head_weight = nrv__case_named(c, "head.weight"),
                                  .head_bias = nrv__case_named(c, "head.bias"),
                                  .down = to->down,
                                  .up = to->up } };
    for (int i = 0; i < ADAPTIVE_CASE; i++) {
        snprintf(name, sizeof name, "tail.%d.0.weight", i);
        to->down[i] = nrv__case_named(c, name);
        snprintf(name, sizeof name, "tail.%d.1.weight", i);
        to->up[i] = nrv__case_named(c, name);
        if (!to->down[i])
            return;
        to->w.clusters++;
    }
}

static nrv_tensor adaptive_log_softmax_make(nrv__case *c)
{
    adaptive_case a;
    adaptive_weights_of(c, &a);
    return nrv_adaptive_log_softmax_by(nrv__case_named(c, "x input"), &a.w);
}

static nrv_tensor adaptive_log_softmax_loss_make(nrv__case *c)
{
    adaptive_case a;
    adaptive_weights_of(c, &a);
    c->n_also = 1;
    return nrv_adaptive_log_softmax_loss(nrv__case_named(c, "x input"), nrv__case_named(c, "target labels"), &a.w,
                                         &c->also[0]);
}

static nrv_tensor adaptive_predict_make(nrv__case *c)
{
    adaptive_case a;
    adaptive_weights_of(c, &a);
    return nrv_adaptive_predict(nrv__case_named(c, "x input"), &a.w);
}

#define ADAPTIVE_SIG \
    "real head.weight[S+K,n], real head.bias[S+K], real tail.0.0.weight[h,n], real tail.0.1.weight[c,h], ..."
#define ADAPTIVE_ONE "head.weight[3,4], head.bias[3], tail.0.0.weight[2,4], tail.0.1.weight[3,2]"
#define ADAPTIVE_TWO \
    "head.weight[4,4], tail.0.0.weight[2,4], tail.0.1.weight[3,2], tail.1.0.weight[1,4], tail.1.1.weight[5,1]"

NRV_OP(
    adaptive_log_softmax, .sig = "real x[...,n], " ADAPTIVE_SIG " -> y[...,C]",
    .doc = "Log-probabilities of all classes: the frequent ones by the head, each of the others that of its cluster "
           "plus its own in there.",
    .flags = NRV_MACRO, .make = adaptive_log_softmax_make, .ulp = 16,
    .tolerance_why = "two products and two softmaxes, each rounded", .also = "adaptive_log_prob",
    .refuse = { "x[2,4] => adaptive_log_softmax: a head and one cluster at least are wanted | in here | input 0: input "
                "f32 [2, 4] x | hint x (...,n), head.weight (S+K,n), and for each of K clusters (h,n) and (c,h)",
                "x[2,4], head.weight[3,5], tail.0.0.weight[2,4], tail.0.1.weight[3,2] => adaptive_log_softmax: "
                "head.weight has to be f32 [3, 4] | in here | input 0: input f32 [2, 4] x | input 1: input f32 [3, "
                "5] head.weight | hint input 1 is the weight that does not fit",
                "x[2,4], head.weight[1,4], tail.0.0.weight[2,4], tail.0.1.weight[3,2] => adaptive_log_softmax: the "
                "head has no class of its own beside an entry for each cluster | in here | input 0: input f32 [2, "
                "4] x | hint x (...,n), head.weight (S+K,n), and for each of K clusters (h,n) and (c,h)" },
    .test = { "x[5,4], " ADAPTIVE_ONE, "x[2,3,4], " ADAPTIVE_TWO, "x[4], " ADAPTIVE_ONE, "x[0,4], " ADAPTIVE_TWO });

/* x (...,n) -> (...,C): log-probabilities of all classes, those of the head first. (Grave et al. 2017) */
NRV_API nrv_tensor nrv_adaptive_log_softmax_by(nrv_tensor x, const nrv_adaptive_weights *w)
{
    return adaptive_of(&nrv__op_adaptive_log_softmax, x, w);
}

NRV_OP(adaptive_log_softmax_loss, .sig = "real x[...,n], index target[...], " ADAPTIVE_SIG " -> y[...], loss[]",
       .doc = "The log-probability of each row's class, as adaptive_log_softmax, and the mean of what is lost: minus "
              "them. A class out of range stops the run.",
       .flags = NRV_MACRO, .make = adaptive_log_softmax_loss_make, .ulp = 16,
       .tolerance_why = "two products and two softmaxes, each rounded", .torch = "nn.AdaptiveLogSoftmaxWithLoss",
       .also = "adaptive_log_softmax_with_loss",
       .values = "classes count from 0: those of the head, then those of each cluster",
       .refuse = { "x[2,4], target:i32[3] in 0..2, " ADAPTIVE_ONE
                   " => adaptive_log_softmax_loss: classes of another shape | in here | input 0: input f32 [2, 4] x | "
                   "input 1: input i32 [3] target | hint a class of i32 or i64 for each row of x",
                   "x[2,4], target:i32{1,5}, " ADAPTIVE_ONE
                   " => adaptive_log_softmax_loss: index 5 at position 1; it must lie in 0..4 | in here | hint classes "
                   "count from 0: those of the head, then those of each cluster" },
       .test = { "x[5,4], target:i64[5] in 0..4, " ADAPTIVE_ONE, "x[2,3,4], target:i32[2,3] in 0..9, " ADAPTIVE_TWO,
                 "x[4], target:i64[]{3}, " ADAPTIVE_ONE });

/* x (...,n), target (...) of i32 or i64 -> (...): the log-probability of each target; *loss, where it is not NULL:
   minus their mean. As PyTorch's AdaptiveLogSoftmaxWithLoss. (Grave et al. 2017) */
NRV_API nrv_tensor nrv_adaptive_log_softmax_loss(nrv_tensor x, nrv_tensor target, const nrv_adaptive_weights *w,
                                                 nrv_tensor *loss)
{
    NRV_CALLED(&nrv__op_adaptive_log_softmax_loss, x);
    const nrv__opdef *op = &nrv__op_adaptive_log_softmax_loss;
    const nrv_tensor in[] = { x, target };
    if (loss)
        *loss = NULL;
    if (!nrv__op_wants_index(op, 2, in, 1) || !adaptive_fits(op, x, w))
        return NULL;
    bool fits = target->rank == x->rank - 1;
    nrv_dim d;
    for (int i = 0; fits && i < target->rank; i++)
        fits = nrv__dim_same(x->g, target->dim[i], x->dim[i], op->name, &d);
    if (!fits)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "a class of i32 or i64 for each row of x",
                               "classes of another shape");
    nrv_tensor y = nrv_take(adaptive_of(op, x, w), target);
    if (loss)
        *loss = nrv_neg(nrv_mean_all(y));
    return y;
}

NRV_OP(
    adaptive_predict, .sig = "real x[...,n], " ADAPTIVE_SIG " -> i64 y[...]",
    .doc = "The most probable class of each row, as adaptive_log_softmax says; of equals the first.",
    .flags = NRV_MACRO, .make = adaptive_predict_make,
    .refuse = { "x[2,4] => adaptive_predict: a head and one cluster at least are wanted | in here | input 0: input f32 "
                "[2, 4] x | hint x (...,n), head.weight (S+K,n), and for each of K clusters (h,n) and (c,h)",
                "x[], " ADAPTIVE_ONE " => adaptive_predict: x has no axis, or the head is no matrix | in here | input "
                "0: input f32 [] x | hint x (...,n), head.weight (S+K,n), and for each of K clusters (h,n) and "
                "(c,h)" },
    .test = { "x[5,4], " ADAPTIVE_ONE, "x[2,3,4], " ADAPTIVE_TWO });

/* x (...,n) -> i64 (...): the most probable class of each row, of equals the first. */
NRV_API nrv_tensor nrv_adaptive_predict(nrv_tensor x, const nrv_adaptive_weights *w)
{
    return nrv_argmax(adaptive_of(&nrv__op_adaptive_predict, x, w), -1);
}
