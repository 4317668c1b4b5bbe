/* adaptive_log_softmax.c - the last layer of a net with very many classes (Grave et al. 2017). It makes the weights;
   src/ops/loss/adaptive_log_softmax.c has the formulas.

   head.weight (S+K,n)   head.bias (S+K)   tail.i.0.weight (n / div^(i+1), n)   tail.i.1.weight (classes of cluster i,
   ...) [names, shapes, defaults as PyTorch's AdaptiveLogSoftmaxWithLoss] */
#include "layer.h"
#include <math.h>

#ifdef NRV_HEADER
/* div: a cluster's vectors are so many times shorter than those of the one before; 0: 4. head_bias: the head has one.
 */
typedef struct {
    double div;
    int head_bias;
    int64_t reserved[4];
} nrv_adaptive_opt;
#endif

enum { ADAPTIVE_CLUSTERS = 32 };

/* ascending, from 1 on, below the number of classes */
static bool adaptive_cutoffs(nrv_tensor x, const char *name, int64_t classes, int n, const int64_t *cutoff, double div)
{
    bool well = cutoff && n >= 1 && n <= ADAPTIVE_CLUSTERS && div >= 1 && x->rank >= 1 && x->dim[x->rank - 1] > 0;
    for (int i = 0; well && i < n; i++)
        well = cutoff[i] > (i ? cutoff[i - 1] : 0) && cutoff[i] < classes;
    if (!well)
        nrv__graph_fail(
            x->g, NRV_EARG,
            "x (...,n) of a constant n; 1 to 32 cutoffs ascend from 1 to less than the number of classes; a "
            "div of 1 or more",
            "adaptive_log_softmax '%s': %d cutoffs of %lld classes, div %g, x of rank %d", name ? name : "", n,
            (long long)classes, div, x->rank);
    return well;
}

static nrv_tensor adaptive_matrix(nrv_graph *g, const char *name, nrv_dtype t, nrv_dim rows, nrv_dim columns)
{
    nrv_push(g, name);
    nrv_tensor w = nrv_param(g, "weight", t, NRV_SHAPE(rows, columns), NRV_KAIMING);
    nrv_pop(g);
    return w;
}

static nrv_adaptive_weights adaptive_params(nrv_tensor x, int64_t classes, int n, const int64_t *cutoff, double div,
                                            int bias, nrv_tensor *down, nrv_tensor *up)
{
    nrv_graph *g = x->g;
    const nrv_dim width = x->dim[x->rank - 1], rows = cutoff[0] + n;
    nrv_push(g, "head");
    nrv_adaptive_weights w = { .clusters = n, .down = down, .up = up };
    w.head_weight = nrv_param(g, "weight", x->type, NRV_SHAPE(rows, width), NRV_KAIMING);
    w.head_bias = bias ? nrv_param(g, "bias", x->type, NRV_SHAPE(rows), NRV_FAN_IN(width)) : NULL;
    nrv_pop(g);
    for (int i = 0; i < n; i++) {
        const int64_t narrow = (int64_t)floor((double)width / pow(div, i + 1));
        const int64_t more = (i + 1 < n ? cutoff[i + 1] : classes) - cutoff[i];
        nrv_push_i(g, "tail", i);
        down[i] = adaptive_matrix(g, "0", x->type, narrow < 1 ? 1 : narrow, width);
        up[i] = adaptive_matrix(g, "1", x->type, more, narrow < 1 ? 1 : narrow);
        nrv_pop(g);
    }
    return w;
}

/* x (...,n) -> (...,classes): log-probabilities. Classes up to cutoff[0] stand in the head, those from cutoff[i] to
   before cutoff[i + 1] in cluster i, the last of which ends with the classes. Parameters as PyTorch's
   AdaptiveLogSoftmaxWithLoss: name.head.weight, name.tail.0.0.weight... *loss, where neither it nor target (...) is
   NULL: minus the mean log-probability of the targets. */
NRV_API nrv_tensor nrv_adaptive_log_softmax(nrv_tensor x, nrv_tensor target, const char *name, int64_t classes,
                                            int cutoffs, const int64_t *cutoff, const nrv_adaptive_opt *opt,
                                            nrv_tensor *loss)
{
    const double div = opt && opt->div != 0 ? opt->div : 4;
    nrv_tensor down[ADAPTIVE_CLUSTERS], up[ADAPTIVE_CLUSTERS];
    if (loss)
        *loss = NULL;
    if (!x || x->g->why.status || !adaptive_cutoffs(x, name, classes, cutoffs, cutoff, div))
        return NULL;
    nrv_push(x->g, name);
    const nrv_adaptive_weights w = adaptive_params(x, classes, cutoffs, cutoff, div, opt && opt->head_bias, down, up);
    nrv_tensor y = x->g->why.status ? NULL : nrv_adaptive_log_softmax_by(x, &w);
    if (loss && target && y && !nrv_adaptive_log_softmax_loss(x, target, &w, loss))
        y = NULL;
    nrv_pop(x->g);
    return y;
}

static nrv_tensor adaptive_log_softmax_layer_make(nrv__case *c)
{
    int64_t cutoff[6] = { 0 };
    const int n = nrv__case_ints(c, "cutoffs", 6, cutoff);
    const nrv_adaptive_opt o = { .div = nrv__case_real(c, "div", 4), .head_bias = nrv__case_flag(c, "bias", false) };
    return nrv_adaptive_log_softmax(c->x[0], NULL, c->name, nrv__case_int(c, "classes", 0), n, cutoff, &o, NULL);
}

NRV_LAYER(adaptive_log_softmax, .word = "adaptive_log_softmax",
          .args = "classes:size cutoffs:int6 div:real=4 bias:flag",
          .doc = "Log-probabilities of very many classes, the rare ones in clusters: cutoffs=100x1000 begins two.",
          .torch = "AdaptiveLogSoftmaxWithLoss", .make = adaptive_log_softmax_layer_make,
          .test = { "x[3,8], classes=9, cutoffs=3x5", "x[2,3,4], classes=4, cutoffs=2, div=2, bias=1" });
