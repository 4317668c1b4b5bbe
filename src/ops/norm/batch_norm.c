/* batch_norm - every channel with mean 0 and deviation 1, then scaled and shifted (Ioffe & Szegedy 2015).

   y = (x - mean) / sqrt(var + eps) weight + bias      x, y (B,C,...)      mean, var, weight, bias (C)

   Promises: without mean and var it takes those of the batch, the variance biased; what a running mean and variance
   become after a batch is an op of its own, whose variance is unbiased. All as PyTorch 1.13. */
#include "moments.h"

extern const nrv__opdef nrv__op_batch_norm, nrv__op_batch_norm_running;

typedef struct batch_norm_attr { /* x, then what there is of mean and var, weight, bias */
    double eps;
    int64_t given, weight, bias;
} batch_norm_attr;

/* over everything but the channels, of which each has two values at least; false: op refuses */
static bool batch_norm_moments(const nrv__opdef *op, nrv_tensor x, nrv__moments *m)
{
    nrv_graph *g = x->g;
    const nrv_dim n = nrv__channel_length(x);
    if (g->why.status || !nrv__dim_at_most(g, 2, n, "batch_norm, values of a channel in training")) {
        if (!g->why.status)
            nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "train with at least two samples in a batch",
                            "one value for each channel has no variance");
        return false;
    }
    nrv_tensor both = nrv__channel_moments(x);
    const nrv_shape c = nrv__channels(x);
    *m = (nrv__moments){ nrv__channel_row(both, 0, c), nrv__channel_row(both, 1, c) };
    return !g->why.status;
}

/* along = sum dy (x - mean), scale = weight / sqrt(var + eps):
   dx = dy scale, and where the moments are those of x less what they lose by its moving them */
static void batch_norm_vjp(nrv_vjp *v)
{
    const batch_norm_attr *a = v->attr;
    nrv_tensor x = v->x[0], weight = a->weight ? v->x[1 + 2 * a->given] : NULL;
    const nrv_shape c = nrv__channels(x), flat = NRV_SHAPE(x->dim[1]);
    nrv_tensor both = a->given ? NULL : nrv__channel_moments(x);
    nrv_tensor mean = a->given ? v->x[1] : nrv__channel_row(both, 0, flat);
    nrv_tensor root = nrv__scale_of(a->given ? v->x[2] : nrv__channel_row(both, 1, flat), a->eps);
    nrv_tensor scale = weight ? nrv_mul(root, weight) : root, sums = nrv__channel_sums(x, mean, v->dy);
    nrv_tensor along = nrv__channel_row(sums, 0, flat), plain = nrv__channel_row(sums, 1, flat);
    if (a->bias)
        v->dx[v->n - 1] = plain;
    if (weight)
        v->dx[1 + 2 * a->given] = nrv_mul(along, root);
    if (a->given) {
        v->dx[0] = nrv_mul(v->dy, nrv_reshape(scale, c));
        v->dx[1] = nrv_neg(nrv_mul(plain, scale));
        v->dx[2] = NRV_EXPR("t, s, r: t * s * r * r / -2", along, scale, root);
        return;
    }
    /* nothing but m - x, which forward has not, comes before the sums: a product of dy would be kept for after them */
    nrv_tensor n = nrv__channel_count(x), tilt = NRV_EXPR("t, r, n: t * r * r / n", along, root, n);
    v->dx[0] = NRV_EXPR("d, x, m, t, h, s: ((m - x) * t + d - h) * s", v->dy, x, nrv_reshape(mean, c),
                        nrv_reshape(tilt, c), nrv_reshape(nrv_div(plain, n), c), nrv_reshape(scale, c));
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
       .make = batch_norm_make, .vjp = batch_norm_vjp, .attr_bytes = sizeof(batch_norm_attr), .ulp = 16,
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
    const nrv_shape c = nrv__channels(x);
    if (mean)
        m = (nrv__moments){ nrv_reshape(mean, c), nrv_reshape(var, c) };
    else if (!batch_norm_moments(op, x, &m))
        return NULL;
    const batch_norm_attr a = { .eps = eps, .given = mean != NULL, .weight = weight != NULL, .bias = bias != NULL };
    nrv_tensor in[5] = { x }, scale = nrv__scale_of(m.var, eps);
    int n = 1;
    if (mean)
        in[n++] = mean, in[n++] = var;
    if (weight)
        in[n++] = weight, scale = nrv_mul(scale, nrv_reshape(weight, c));
    if (bias)
        in[n++] = bias;
    nrv_tensor body = nrv__scale_shift(NRV_EXPR("x, m, s: (x - m) * s", x, m.mean, scale), NULL, bias, c);
    return body ? nrv__composite(op, n, in, &a, 1, &body) : NULL;
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
        now.var = nrv__running(var, NRV_EXPR("v, n: v * n / (n - 1)", m.var, nrv__channel_count(x)), momentum);
    }
    if (mean2)
        *mean2 = now.mean;
    if (var2)
        *var2 = now.var;
}
