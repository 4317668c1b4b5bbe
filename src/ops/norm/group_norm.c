/* group_norm - groups of channels, each with mean 0 and deviation 1 in every sample, then scaled and shifted (Wu & He
   2018); instance_norm - every channel a group of its own (Ulyanov et al. 2016).

   y = (x - mean) / sqrt(var + eps) weight + bias      x, y (B,C,...)      weight, bias (C) */
#include "moments.h"

extern const nrv__opdef nrv__op_group_norm, nrv__op_instance_norm, nrv__op_instance_norm_running;

static nrv_tensor group_norm_make(nrv__case *c)
{
    return nrv_group_norm_by(nrv__case_named(c, "x input"), nrv__case_int(c, "groups", 1),
                             nrv__case_named(c, "w weight"), nrv__case_named(c, "b bias"),
                             nrv__case_real(c, "eps", 1e-5));
}

NRV_OP(
    group_norm, .sig = "real x[B,C,...], real weight[C], real bias[C] -> y[B,C,...]",
    .doc = "Groups of channels with mean 0 and deviation 1 (biased) in every sample, then every channel scaled and "
           "shifted; weight and bias may be left out.",
    .flags = NRV_MACRO, .make = group_norm_make, .ulp = 16,
    .tolerance_why = "differences from a mean, divided by their deviation",
    .torch = "nn.functional.group_norm group_norm nn.GroupNorm", .onnx = "GroupNormalization", .also = "gn",
    .refuse = { "x[3,4], groups=3 => group_norm: 4 channels cannot be divided into 3 groups | in here | input 0: input "
                "f32 [3, 4] x | hint groups divide the channels",
                "x[3,4], groups=2, w[3] => group_norm: weight has to be f32 [4] | in here | input 0: input f32 [3, 4] "
                "x | input 1: input f32 [3] w | hint input 1 is the weight that does not fit" },
    .test = { "x[3,4], groups=2, w[4], b[4]", "x[2,6,2,2] in -2..2, groups=3, w[6], b[6]",
              "x[2,4,5], groups=1, eps=0.01", "x[2,3,2], groups=3, b[3]" });

/* x (B,C,...) -> (B,C,...): `groups` runs of channels, each with mean 0 and deviation 1 (biased) in every sample, eps
   under the root, times weight, plus bias, both (C); NULL: without. (Wu & He 2018) */
NRV_API nrv_tensor nrv_group_norm_by(nrv_tensor x, int64_t groups, nrv_tensor weight, nrv_tensor bias, double eps)
{
    const nrv__opdef *op = &nrv__op_group_norm;
    nrv_dim each = -1;
    char have[24];
    if (!nrv__norm_wants(op, x, 2, "(B,C) or (B,C,H,W)") || !nrv__weight_fits(op, x, "weight", weight, 1, x->dim + 1) ||
        !nrv__weight_fits(op, x, "bias", bias, 1, x->dim + 1))
        return NULL;
    if (groups < 1 || !nrv__dim_divides(x->g, x->dim[1], groups, &each))
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "groups divide the channels",
                               "%s channels cannot be divided into %lld groups", nrv__dim_text(x->g, x->dim[1], have),
                               (long long)groups);
    nrv_dim n = nrv__dim_mul(x->g, each, nrv__dim_product(x->g, x->rank - 2, x->dim + 2));
    nrv_tensor rows = nrv_reshape(x, NRV_SHAPE(x->dim[0], groups, n));
    if (!rows)
        return NULL;
    nrv__moments m = nrv__moments_of(rows, 2);
    nrv_tensor y = nrv_reshape(nrv__standard(rows, m.mean, m.var, eps), nrv_shape_of(x));
    return nrv__scale_shift(y, weight, bias, nrv__channels(x));
}

/* ---- instance_norm ---- */
static nrv_tensor instance_norm_make(nrv__case *c)
{
    nrv_tensor x = nrv__case_named(c, "x input"), mean = nrv__case_named(c, "rm running_mean mean"),
               var = nrv__case_named(c, "rv running_var var");
    bool own = nrv__case_flag(c, "use_input_stats", true);
    if (own && mean) {
        nrv_instance_norm_running(x, mean, var, nrv__case_real(c, "momentum", 0.1), &c->also[0], &c->also[1]);
        c->n_also = 2;
    }
    return nrv_instance_norm_by(x, own ? NULL : mean, own ? NULL : var, nrv__case_named(c, "w weight"),
                                nrv__case_named(c, "b bias"), nrv__case_real(c, "eps", 1e-5));
}

NRV_OP(instance_norm, .sig = "real x[B,C,...], real mean[C], real var[C], real weight[C], real bias[C] -> y[B,C,...]",
       .doc =
           "Every channel of every sample with mean 0 and deviation 1 (biased), or by a mean and a variance that are "
           "given, then scaled and shifted.",
       .flags = NRV_MACRO, .make = instance_norm_make, .ulp = 16,
       .tolerance_why = "differences from a mean, divided by their deviation",
       .torch = "nn.functional.instance_norm instance_norm nn.InstanceNorm1d nn.InstanceNorm2d nn.InstanceNorm3d",
       .onnx = "InstanceNormalization",
       .refuse = { "x[3,4] => instance_norm: x has rank 2, 3 at least is wanted | in here | input 0: input f32 [3, 4] "
                   "x | hint (B,C,L) or (B,C,H,W)",
                   "x[3,4,1] => instance_norm: a channel of one value has no variance | in here | input 0: input f32 "
                   "[3, 4, 1] x | hint normalise over the batch instead" },
       .test = { "x[3,4,5], w[4], b[4]", "x[2,3,2,2] in -2..2, eps=0.01",
                 "x[2,3,4], rm[3], rv[3] in 0.5..2, use_input_stats=false, w[3]" });

static bool instance_norm_moments(const nrv__opdef *op, nrv_tensor x, nrv__moments *m)
{
    nrv_dim n = nrv__dim_product(x->g, x->rank - 2, x->dim + 2);
    if (!nrv__dim_at_most(x->g, 2, n, "instance_norm, values of a channel")) {
        if (!x->g->why.status)
            nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "normalise over the batch instead",
                            "a channel of one value has no variance");
        return false;
    }
    *m = nrv__moments_of(x, nrv__axes_but(x, 2, -1));
    return !x->g->why.status;
}

/* x (B,C,...) -> (B,C,...): every channel of every sample with mean 0 and deviation 1 (biased), eps under the root,
   times weight, plus bias; or (x - mean) / sqrt(var + eps) where these are given. All (C); NULL: without. (Ulyanov et
   al. 2016) */
NRV_API nrv_tensor nrv_instance_norm_by(nrv_tensor x, nrv_tensor mean, nrv_tensor var, nrv_tensor weight,
                                        nrv_tensor bias, double eps)
{
    const nrv__opdef *op = &nrv__op_instance_norm;
    nrv__moments m = { 0 };
    if (!nrv__norm_wants(op, x, 3, "(B,C,L) or (B,C,H,W)") ||
        !nrv__weight_fits(op, x, "weight", weight, 1, x->dim + 1) ||
        !nrv__weight_fits(op, x, "bias", bias, 1, x->dim + 1))
        return NULL;
    if (mean || var)
        return nrv_batch_norm_by(x, mean, var, weight, bias, eps);
    if (!instance_norm_moments(op, x, &m))
        return NULL;
    return nrv__scale_shift(nrv__standard(x, m.mean, m.var, eps), weight, bias, nrv__channels(x));
}

static nrv_tensor instance_norm_running_make(nrv__case *c)
{
    nrv_tensor mean2 = NULL;
    nrv_instance_norm_running(nrv__case_named(c, "x input"), nrv__case_named(c, "rm running_mean mean"),
                              nrv__case_named(c, "rv running_var var"), nrv__case_real(c, "momentum", 0.1), &mean2,
                              &c->also[0]);
    c->n_also = 1;
    return mean2;
}

NRV_OP(
    instance_norm_running, .sig = "real x[B,C,...], real mean[C], real var[C] -> mean2[C], var2[C]",
    .doc = "What running mean and variance become after a batch: a step of momentum towards the mean over the samples "
           "of their means and of their unbiased variances.",
    .flags = NRV_MACRO, .make = instance_norm_running_make, .ulp = 8, .tolerance_why = "sums over a batch",
    .refuse = { "x[3,4,1], rm[4], rv[4] => instance_norm_running: a channel of one value has no variance | in here | "
                "input 0: input f32 [3, 4, 1] x | hint normalise over the batch instead",
                "x[3,4,2], rm[4], rv[3] => instance_norm_running: the variance has to be f32 [4] | in here | input 0: "
                "input f32 [3, 4, 2] x | input 1: input f32 [3] rv | hint input 1 is the weight that does not fit" },
    .test = { "x[3,4,2], rm[4], rv[4] in 0.5..2", "x[2,3,2,2], rm[3], rv[3] in 0.5..2, momentum=0.3" });

/* What running mean and variance (C) become after x (B,C,...): (1 - momentum) of the old, momentum of the mean over the
   samples of their own means and unbiased variances. */
NRV_API void nrv_instance_norm_running(nrv_tensor x, nrv_tensor mean, nrv_tensor var, double momentum,
                                       nrv_tensor *mean2, nrv_tensor *var2)
{
    const nrv__opdef *op = &nrv__op_instance_norm_running;
    nrv__moments m, now = { NULL, NULL };
    if (nrv__running_wants(op, x, 3, "(B,C,L) or (B,C,H,W)", mean, var) && instance_norm_moments(op, x, &m)) {
        now.mean = nrv__running(mean, nrv_mean(m.mean, 0, 0), momentum);
        now.var = nrv__running(var, nrv_mean(nrv_var(x, nrv__axes_but(x, 2, -1), 1, 1), 0, 0), momentum);
    }
    if (mean2)
        *mean2 = now.mean;
    if (var2)
        *var2 = now.var;
}
