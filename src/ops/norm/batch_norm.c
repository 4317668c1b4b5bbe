/* batch_norm - every channel with mean 0 and deviation 1, then scaled and shifted (Ioffe & Szegedy 2015).

   y = (x - mean) / sqrt(var + eps) weight + bias      x, y (B,C,...)      mean, var, weight, bias (C)

   Promises: without mean and var it takes those of the batch, the variance biased; what a running mean and variance
   become after a batch is an op of its own, whose variance is unbiased. All as PyTorch 1.13. */
#include "moments.h"

extern const nrv__opdef nrv__op_batch_norm, nrv__op_batch_norm_running;

/* over everything but the channels; false: op refuses */
static bool batch_norm_moments(const nrv__opdef *op, nrv_tensor x, nrv__moments *m)
{
    nrv_graph *g = x->g;
    nrv_dim n = nrv__dim_mul(g, x->dim[0], nrv__dim_product(g, x->rank - 2, x->dim + 2));
    if (!nrv__dim_at_most(g, 2, n, "batch_norm, values of a channel in training")) {
        if (!g->why.status)
            nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "train with at least two samples in a batch",
                            "one value for each channel has no variance");
        return false;
    }
    *m = nrv__moments_of(x, nrv__axes_but(x, 0, 1));
    return !g->why.status;
}

static nrv_tensor batch_norm_make(nrv__case *c)
{
    nrv_tensor x = nrv__case_named(c, "x input"), mean = nrv__case_named(c, "rm running_mean mean"),
               var = nrv__case_named(c, "rv running_var var");
    bool train = nrv__case_flag(c, "training", !mean);
    if (train && mean) { /* after the batch, as PyTorch leaves them */
        nrv_batch_norm_running(x, mean, var, nrv__case_real(c, "momentum", 0.1), &c->also[0], &c->also[1]);
        c->n_also = 2;
    }
    return nrv_batch_norm_by(x, train ? NULL : mean, train ? NULL : var, nrv__case_named(c, "w weight"),
                             nrv__case_named(c, "b bias"), nrv__case_real(c, "eps", 1e-5));
}

NRV_OP(batch_norm, .sig = "real x[B,C,...], real mean[C], real var[C], real weight[C], real bias[C] -> y[B,C,...]",
       .doc = "Every channel by a mean and a variance, those of the batch where none are given, then scaled and "
              "shifted. Mean and variance come together; weight and bias may be left out.",
       .flags = NRV_MACRO, .make = batch_norm_make, .ulp = 16,
       .tolerance_why = "differences from a mean, divided by their deviation",
       .torch = "nn.functional.batch_norm batch_norm nn.BatchNorm1d nn.BatchNorm2d nn.BatchNorm3d",
       .onnx = "BatchNormalization", .also = "bn",
       .refuse = { "x[3,4], w[3], b[4] => batch_norm: weight has to be f32 [4] | in here | input 0: input f32 [3, 4] x "
                   "| input 1: input f32 [3] w | hint input 1 is the weight that does not fit",
                   "x[1,4] => batch_norm: one value for each channel has no variance | in here | input 0: input f32 "
                   "[1, 4] x | hint train with at least two samples in a batch",
                   "x[4] => batch_norm: x has rank 1, 2 at least is wanted | in here | input 0: input f32 [4] x | hint "
                   "(B,C) or (B,C,H,W)" },
       .test = { "x[3,4], w[4], b[4], training=true", "x[2,3,2,2] in -2..2, w[3], b[3], rm[3], rv[3] in 0.5..2",
                 "x[2,3,4], rm[3], rv[3] in 0.5..2, eps=0.01", "x[2,3,2], w[3]" });

/* x (B,C,...) -> (B,C,...): (x - mean) / sqrt(var + eps), times weight, plus bias, all (C). mean and var NULL: those of
   the batch (biased), of which a channel needs two values at least; weight, bias NULL: without. (Ioffe & Szegedy 2015)
 */
NRV_API nrv_tensor nrv_batch_norm_by(nrv_tensor x, nrv_tensor mean, nrv_tensor var, nrv_tensor weight, nrv_tensor bias,
                                     double eps)
{
    const nrv__opdef *op = &nrv__op_batch_norm;
    nrv__moments m = { 0 };
    if (!nrv__norm_wants(op, x, 2, "(B,C) or (B,C,H,W)"))
        return NULL;
    if (!mean != !var)
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "give both, or none for those of the batch",
                               "%s is given and %s is not", mean ? "the mean" : "the variance",
                               mean ? "the variance" : "the mean");
    nrv_dim C = x->dim[1];
    if (!nrv__weight_fits(op, x, "the mean", mean, 1, &C) || !nrv__weight_fits(op, x, "the variance", var, 1, &C) ||
        !nrv__weight_fits(op, x, "weight", weight, 1, &C) || !nrv__weight_fits(op, x, "bias", bias, 1, &C))
        return NULL;
    nrv_shape c = nrv__channels(x);
    if (mean)
        m = (nrv__moments){ nrv_reshape(mean, c), nrv_reshape(var, c) };
    else if (!batch_norm_moments(op, x, &m))
        return NULL;
    nrv_tensor scale = nrv__scale_of(m.var, eps);
    if (weight)
        scale = nrv_mul(scale, nrv_reshape(weight, c));
    return nrv__scale_shift(NRV_EXPR("x, m, s: (x - m) * s", x, m.mean, scale), NULL, bias, c);
}

static nrv_tensor batch_norm_running_make(nrv__case *c)
{
    nrv_tensor mean2 = NULL;
    nrv_batch_norm_running(nrv__case_named(c, "x input"), nrv__case_named(c, "rm running_mean mean"),
                           nrv__case_named(c, "rv running_var var"), nrv__case_real(c, "momentum", 0.1), &mean2,
                           &c->also[0]);
    c->n_also = 1;
    return mean2;
}

NRV_OP(batch_norm_running, .sig = "real x[B,C,...], real mean[C], real var[C] -> mean2[C], var2[C]",
       .doc =
           "What running mean and variance become after a batch: a step of momentum towards the batch's mean and its "
           "unbiased variance.",
       .flags = NRV_MACRO, .make = batch_norm_running_make, .ulp = 8, .tolerance_why = "sums over a batch",
       .refuse = { "x[3,4], rm[3], rv[3] => batch_norm_running: the mean has to be f32 [4] | in here | input 0: input "
                   "f32 [3, 4] x | input 1: input f32 [3] rm | hint input 1 is the weight that does not fit",
                   "x[1,2], rm[2], rv[2] => batch_norm_running: one value for each channel has no variance | in here | "
                   "input 0: input f32 [1, 2] x | hint train with at least two samples in a batch" },
       .test = { "x[3,4], rm[4], rv[4] in 0.5..2", "x[2,3,2,2], rm[3], rv[3] in 0.5..2, momentum=0.3" });

/* What running mean and variance (C) become after the batch x (B,C,...): (1 - momentum) of the old, momentum of the
   batch's mean and unbiased variance. */
NRV_API void nrv_batch_norm_running(nrv_tensor x, nrv_tensor mean, nrv_tensor var, double momentum, nrv_tensor *mean2,
                                    nrv_tensor *var2)
{
    const nrv__opdef *op = &nrv__op_batch_norm_running;
    nrv__moments m, now = { NULL, NULL };
    if (nrv__running_wants(op, x, 2, "(B,C) or (B,C,H,W)", mean, var) && batch_norm_moments(op, x, &m)) {
        now.mean = nrv__running(mean, m.mean, momentum);
        now.var = nrv__running(var, nrv_var(x, nrv__axes_but(x, 0, 1), 1, 0), momentum);
    }
    if (mean2)
        *mean2 = now.mean;
    if (var2)
        *var2 = now.var;
}
