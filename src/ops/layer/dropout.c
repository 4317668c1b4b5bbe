/* dropout - in training every number is 0 with probability p, the others are scaled by 1/(1-p) (Srivastava et al.
   2014); dropout_channels - whole channels (Tompson et al. 2015); alpha_dropout, feature_alpha_dropout - what is
   dropped becomes the lowest value of SELU, and mean and deviation stay (Klambauer et al. 2017).

   The draw is keyed by scope and name and new in every run; it is the same for every type of x. In evaluation:
   identity. As ops they take the uniform numbers u that decide, and drop where u < p. */
#include "weights.h"
#include <math.h>

extern const nrv__opdef nrv__op_dropout, nrv__op_dropout_channels, nrv__op_alpha_dropout, nrv__op_feature_alpha_dropout;

static bool dropout_by_channels(const nrv__opdef *op)
{
    return op == &nrv__op_dropout_channels || op == &nrv__op_feature_alpha_dropout;
}

static bool dropout_wants(const nrv__opdef *op, nrv_tensor x, const char *name, double p)
{
    if (!nrv__op_wants_real(op, 1, &x))
        return false;
    if (!(p >= 0 && p <= 1))
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "the part that is dropped: 0.5 drops every second number",
                               "p of '%s' is %g, from 0 to 1 is possible", name ? name : op->name, p);
    return !dropout_by_channels(op) || x->rank >= 2 ||
           nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "(B,C,...)", "rank %d has no channels", x->rank);
}

/* of the numbers that decide */
static nrv_shape dropout_shape(const nrv__opdef *op, nrv_tensor x)
{
    nrv_shape s = nrv_shape_of(x);
    for (int i = 2; i < s.rank && dropout_by_channels(op); i++)
        s.dim[i] = 1;
    return s;
}

static nrv_tensor dropout_of(const nrv__opdef *op, nrv_tensor x, nrv_tensor u, double p)
{
    if (!x || !u)
        return NULL;
    if (op == &nrv__op_dropout || op == &nrv__op_dropout_channels)
        return NRV_EXPR("u, p, x, s: u < p ? 0 : x * s", u, nrv__like(u, p), x, nrv__like(x, 1 / (1 - p)));
    const double low = 1.7580993408473766; /* SELU's scale times its alpha */
    double a = 1 / sqrt((low * low * p + 1) * (1 - p)), b = low * a * p;
    return NRV_EXPR("u, p, x, a, b, c: u < p ? c : x * a + b", u, nrv__like(u, p), x, nrv__like(x, a), nrv__like(x, b),
                    nrv__like(x, b - low * a));
}

/* in training; u NULL: drawn by that name */
static nrv_tensor dropout_trained(const nrv__opdef *op, nrv_tensor x, nrv_tensor u, const char *name, double p)
{
    if (p == 0)
        return x;
    if (p == 1)
        return nrv_fill(x->g, x->type, nrv_shape_of(x), 0);
    return dropout_of(op, x, u ? u : nrv__uniform(x->g, op->name, name, NRV_F32, dropout_shape(op, x)), p);
}

/* x, where the mode is evaluation; name: of the draw */
static nrv_tensor dropout_drawn(const nrv__opdef *op, nrv_tensor x, const char *name, double p)
{
    bool train;
    if (!dropout_wants(op, x, name, p) || !nrv__training(x->g, op->name, &train))
        return NULL;
    return train ? dropout_trained(op, x, NULL, name, p) : x;
}

static nrv_tensor dropout_case(const nrv__opdef *op, nrv__case *c, bool train)
{
    nrv_tensor x = nrv__case_named(c, "x input"), u = nrv__case_named(c, "u");
    double p = nrv__case_real(c, "p", 0.5);
    if (!dropout_wants(op, x, c->name, p))
        return NULL;
    nrv_shape s = dropout_shape(op, x);
    if (!nrv__weight_fits(op, x, "u", u, s.rank, s.dim))
        return NULL;
    return nrv__case_flag(c, "training", train) ? dropout_trained(op, x, u, c->name ? c->name : op->name, p) : x;
}

static nrv_tensor dropout_make(nrv__case *c)
{
    return dropout_case(&nrv__op_dropout, c, true);
}

static nrv_tensor dropout_channels_make(nrv__case *c)
{
    return dropout_case(&nrv__op_dropout_channels, c, true);
}

static nrv_tensor dropout_alpha_make(nrv__case *c)
{
    return dropout_case(&nrv__op_alpha_dropout, c, false);
}

static nrv_tensor dropout_feature_alpha_make(nrv__case *c)
{
    return dropout_case(&nrv__op_feature_alpha_dropout, c, false);
}

#define DROPOUT_OP .sig = "real x[...], real u[...] -> y[...]", .flags = NRV_MACRO
NRV_OP(
    dropout, DROPOUT_OP,
    .doc = "0 where u < p, else x / (1 - p): in training u is drawn, each number in [0, 1); in evaluation x.",
    .make = dropout_make, .torch = "nn.functional.dropout dropout nn.Dropout", .onnx = "Dropout",
    .refuse = { "x[3], p=1.5 => dropout: p of 'case' is 1.5, from 0 to 1 is possible | in here | input 0: input f32 "
                "[3] x | hint "
                "the part that is dropped: 0.5 drops every second number",
                "x[3], u[2] => dropout: u has to be f32 [3] | in here | input 0: input f32 [3] x | input 1: input f32 "
                "[2] u | hint input 1 is the weight that does not fit" },
    .test = { "x[3,5], u[3,5] in 0..1, p=0.4", "x[3,5], u[3,5] in 0..1, p=0.4, training=false",
              "x[4], u[4] in 0..1, p=1", "x[], u[] in 0..0.3", "x[0], u[0]", "x[1027], u[1027] in 0.51..1" });
NRV_OP(dropout_channels, DROPOUT_OP, .doc = "dropout of whole channels: one u for all of (b,c,...).",
       .make = dropout_channels_make,
       .torch = "nn.functional.dropout1d nn.functional.dropout2d nn.functional.dropout3d feature_dropout nn.Dropout1d "
                "nn.Dropout2d nn.Dropout3d",
       .refuse = { "x[3] => dropout_channels: rank 1 has no channels | in here | input 0: input f32 [3] x | hint "
                   "(B,C,...)",
                   "x[3,2], p=-1 => dropout_channels: p of 'case' is -1, from 0 to 1 is possible | in here | input 0: "
                   "input f32 "
                   "[3, 2] x | hint the part that is dropped: 0.5 drops every second number" },
       .test = { "x[3,5,2], u[3,5,1] in 0..1, p=0.4", "x[2,3], u[2,3] in 0..1", "x[2,2,3,2], u[2,2,1,1] in 0..1, p=0.3",
                 "x[2,0,3], u[2,0,1]" });
NRV_OP(
    alpha_dropout, DROPOUT_OP,
    .doc = "Where u < p the lowest value of SELU, then all scaled and shifted so that mean 0 and deviation 1 stay.",
    .make = dropout_alpha_make, .torch = "nn.functional.alpha_dropout alpha_dropout nn.AlphaDropout",
    .refuse = { "x[3], p=2 => alpha_dropout: p of 'case' is 2, from 0 to 1 is possible | in here | input 0: input f32 "
                "[3] x | "
                "hint the part that is dropped: 0.5 drops every second number",
                "x:i32[3] => alpha_dropout: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x "
                "| hint nrv_cast it to NRV_F32" },
    .test = { "x[3,5], u[3,5] in 0..1, p=0.4, training=true", "x[4], u[4] in 0..1, p=1, training=1", "x[0], u[0]" });
NRV_OP(feature_alpha_dropout, DROPOUT_OP, .doc = "alpha_dropout of whole channels: one u for all of (b,c,...).",
       .make = dropout_feature_alpha_make,
       .torch = "nn.functional.feature_alpha_dropout feature_alpha_dropout nn.FeatureAlphaDropout",
       .refuse = { "x[3] => feature_alpha_dropout: rank 1 has no channels | in here | input 0: input f32 [3] x | hint "
                   "(B,C,...)",
                   "x[3,2], p=-1 => feature_alpha_dropout: p of 'case' is -1, from 0 to 1 is possible | in here | "
                   "input 0: input f32 "
                   "[3, 2] x | hint the part that is dropped: 0.5 drops every second number" },
       .test = { "x[3,5,2], u[3,5,1] in 0..1, p=0.4, training=true", "x[2,3], u[2,3] in 0..1, training=true" });

/* Training: each number 0 with probability p, else times 1/(1-p). Evaluation: x. The name keys its random numbers. */
NRV_API nrv_tensor nrv_dropout(nrv_tensor x, const char *name, double p)
{
    return dropout_drawn(&nrv__op_dropout, x, name, p);
}

/* x (B,C,...). Training: each channel of each sample 0 with probability p, else times 1/(1-p). Evaluation: x. PyTorch's
   dropout1d, dropout2d, dropout3d. (Tompson et al. 2015) */
NRV_API nrv_tensor nrv_dropout_channels(nrv_tensor x, const char *name, double p)
{
    return dropout_drawn(&nrv__op_dropout_channels, x, name, p);
}

/* Training: each number becomes SELU's lowest value with probability p, then all are scaled and shifted so that mean 0
   and deviation 1 stay. Evaluation: x. The name keys its random numbers. (Klambauer et al. 2017) */
NRV_API nrv_tensor nrv_alpha_dropout(nrv_tensor x, const char *name, double p)
{
    return dropout_drawn(&nrv__op_alpha_dropout, x, name, p);
}

/* x (B,C,...): nrv_alpha_dropout of whole channels. */
NRV_API nrv_tensor nrv_feature_alpha_dropout(nrv_tensor x, const char *name, double p)
{
    return dropout_drawn(&nrv__op_feature_alpha_dropout, x, name, p);
}
