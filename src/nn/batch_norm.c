/* batch_norm - every channel with mean 0 and deviation 1 over the batch, then scaled and shifted (Ioffe & Szegedy
   2015).

   x (B,C,...)   weight, bias, running_mean, running_var (C)   num_batches_tracked ()   [names, defaults as PyTorch]

   Training: statistics of the batch, biased variance; the running values move by `momentum` towards them, with the
   unbiased variance. Evaluation, NRV_QUIET: nothing is updated, and evaluation normalises by the running values. */
#include "layer.h"
#include "../ops/op.h"

#ifdef NRV_HEADER
/* batch_norm: eps 1e-5, momentum 0.1; layer_norm: eps 1e-5. Zero is the default, a negative number means zero. */
typedef struct {
    double eps, momentum;
    int64_t reserved[4];
} nrv_norm_opt;
#endif

static double batch_norm_number(double given, double otherwise)
{
    return given < 0 ? 0 : given > 0 ? given : otherwise;
}

static nrv_shape batch_norm_channels(nrv_tensor x) /* (C,1,1): what stretches over x */
{
    nrv_shape s = { x->rank - 1, { x->dim[1] } };
    for (int i = 1; i < s.rank; i++)
        s.dim[i] = 1;
    return s;
}

typedef struct batch_norm_state {
    nrv_tensor mean, var, seen;
} batch_norm_state;

/* the running values after this batch */
static void batch_norm_update(nrv_graph *g, const batch_norm_state *s, nrv_tensor mean, nrv_tensor var,
                              nrv_tensor count, double momentum)
{
    nrv_shape c = nrv_shape_of(s->mean);
    nrv_tensor m = nrv__like(mean, momentum), keep = nrv__like(mean, 1 - momentum);
    nrv_tensor unbiased = NRV_EXPR("v, n: v * (n / (n - 1))", nrv_reshape(var, c), count);
    nrv_assign(g, s->mean, NRV_EXPR("r, b, m, k: k * r + m * b", s->mean, nrv_reshape(mean, c), m, keep));
    nrv_assign(g, s->var, NRV_EXPR("r, b, m, k: k * r + m * b", s->var, unbiased, m, keep));
    nrv_assign(g, s->seen, nrv_add_c(s->seen, 1));
}

static bool batch_norm_statistics(nrv_tensor x, const batch_norm_state *s, double momentum, nrv_tensor *mean,
                                  nrv_tensor *var)
{
    nrv_graph *g = x->g;
    bool train;
    nrv_shape c = batch_norm_channels(x);
    if (!nrv__training(g, "batch_norm", &train))
        return false;
    if (!train) {
        *mean = nrv_reshape(s->mean, c);
        *var = nrv_reshape(s->var, c);
        return true;
    }
    nrv_dim n = nrv__dim_mul(g, x->dim[0], nrv__dim_product(g, x->rank - 2, x->dim + 2));
    if (!nrv__dim_at_most(g, 2, n, "batch_norm, values of a channel in training"))
        return nrv__graph_fail(g, NRV_ESHAPE, "train with at least two samples in a batch",
                               "batch_norm: one value for each channel has no variance"),
               false;
    int64_t axes = ((INT64_C(1) << x->rank) - 1) & ~INT64_C(2);
    nrv_tensor count = nrv__cast_like(nrv_dim_value(g, n), x);
    *mean = nrv_reshape(nrv_div(nrv__sum_axes(x, axes, 0), count), c);
    *var = nrv_reshape(nrv_div(nrv__sum_axes(nrv_square(nrv_sub(x, *mean)), axes, 0), count), c);
    if (!(nrv__scope_mode(g) & NRV_QUIET))
        batch_norm_update(g, s, *mean, *var, count, momentum);
    return true;
}

/* (B,C,...): every channel normalised over the batch in training, by its running values in evaluation. name.weight,
   name.bias, name.running_mean, name.running_var (C) and name.num_batches_tracked (). NRV_QUIET leaves the running
   values alone. */
NRV_API nrv_tensor nrv_batch_norm(nrv_tensor x, const char *name, const nrv_norm_opt *opt)
{
    if (!x || x->g->why.status)
        return NULL;
    nrv_graph *g = x->g;
    nrv_tensor mean = NULL, var = NULL, y = NULL;
    if (x->rank < 2)
        return nrv__graph_fail(g, NRV_ESHAPE, "(B,C) or (B,C,H,W)", "batch_norm '%s' of a tensor of rank %d", name,
                               x->rank),
               NULL;
    nrv_push(g, name);
    nrv_shape s = NRV_SHAPE(x->dim[1]), c = batch_norm_channels(x);
    nrv_tensor w = nrv_param(g, "weight", x->type, s, NRV_ONES), b = nrv_param(g, "bias", x->type, s, NRV_ZEROS);
    batch_norm_state run = { nrv_state(g, "running_mean", x->type, s, 0), nrv_state(g, "running_var", x->type, s, 1),
                             nrv_state(g, "num_batches_tracked", NRV_I64, NRV_SCALAR, 0) };
    if (!g->why.status &&
        batch_norm_statistics(x, &run, batch_norm_number(opt ? opt->momentum : 0, 0.1), &mean, &var)) {
        nrv_tensor eps = nrv__like(x, batch_norm_number(opt ? opt->eps : 0, 1e-5));
        nrv_tensor scale = NRV_EXPR("w, v, e: w / sqrt(v + e)", nrv_reshape(w, c), var, eps);
        y = NRV_EXPR("x, m, s, b: (x - m) * s + b", x, mean, scale, nrv_reshape(b, c));
    }
    nrv_pop(g);
    return y;
}

static nrv_tensor batch_norm_make(nrv__case *c)
{
    nrv_norm_opt o = { .eps = nrv__case_real(c, "eps", 0), .momentum = nrv__case_real(c, "momentum", 0) };
    return nrv_batch_norm(c->x[0], c->name, &o);
}

NRV_LAYER(
    batch_norm, .word = "bn", .args = "eps:real=1e-5 momentum:real=0.1",
    .doc = "Every channel with mean 0 and deviation 1 over the batch, then scaled and shifted, as PyTorch's BatchNorm.",
    .torch = "BatchNorm2d", .make = batch_norm_make,
    .test = { "x[4,3,5,5]", "x[6,4]", "x[3,2,7], eps=0.001, momentum=0.3" });
