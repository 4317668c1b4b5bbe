/* layer_norm - the last axes of every sample with mean 0 and deviation 1, then scaled and shifted (Ba et al. 2016);
   rms_norm - the same without the mean (Zhang & Sennrich 2019).

   y = (x - mean) / sqrt(var + eps) weight + bias       y = x / sqrt(mean x^2 + eps) weight        weight, bias (n...)
 */
#include "moments.h"
#include <float.h>

extern const nrv__opdef nrv__op_layer_norm, nrv__op_rms_norm;

static bool layer_norm_wants(const nrv__opdef *op, nrv_tensor x, int axes, nrv_tensor weight, nrv_tensor bias)
{
    if (!nrv__norm_wants(op, x, 1, "(...,n)"))
        return false;
    if (axes < 1 || axes > x->rank)
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "1 is the last axis, 2 the last two",
                               "%d axes of a tensor of rank %d", axes, x->rank);
    const nrv_dim *n = x->dim + x->rank - axes;
    return nrv__weight_fits(op, x, "weight", weight, axes, n) && nrv__weight_fits(op, x, "bias", bias, axes, n);
}

/* how many axes normalized_shape names, which have to be the last ones of x; 0: op refuses */
static int layer_norm_axes(const nrv__opdef *op, const nrv__case *c, nrv_tensor x)
{
    int64_t n[NRV__MAX_RANK];
    int axes = nrv__case_ints(c, "normalized_shape", NRV__MAX_RANK, n);
    if (!axes || !x)
        return nrv__case_small(c, "axes", 1);
    for (int i = 0; i < axes && axes <= x->rank; i++)
        if (x->dim[x->rank - axes + i] != n[i])
            return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "normalized_shape names the last lengths of x",
                                   "axis %d has not the length %lld", i - axes, (long long)n[i]),
                   0;
    return axes;
}

static nrv_tensor layer_norm_make(nrv__case *c)
{
    nrv_tensor x = nrv__case_named(c, "x input");
    int axes = layer_norm_axes(&nrv__op_layer_norm, c, x);
    return nrv_layer_norm_by(x, axes, nrv__case_named(c, "w weight"), nrv__case_named(c, "b bias"),
                             nrv__case_real(c, "eps", 1e-5));
}

static nrv_tensor rms_norm_make(nrv__case *c)
{
    nrv_tensor x = nrv__case_named(c, "x input");
    int axes = layer_norm_axes(&nrv__op_rms_norm, c, x);
    return nrv_rms_norm_by(x, axes, nrv__case_named(c, "w weight"), nrv__case_real(c, "eps", 0));
}

NRV_OP(
    layer_norm, .sig = "real x[...,n...], real weight[n...], real bias[n...] -> y[...,n...]",
    .doc = "The last axes with mean 0 and deviation 1 (biased), then scaled and shifted; weight and bias may be left "
           "out.",
    .flags = NRV_MACRO, .make = layer_norm_make, .ulp = 16,
    .tolerance_why = "differences from a mean, divided by their deviation",
    .torch = "nn.functional.layer_norm layer_norm nn.LayerNorm", .onnx = "LayerNormalization", .also = "ln",
    .refuse = { "x[3,4], b[3] => layer_norm: bias has to be f32 [4] | in here | input 0: input f32 [3, 4] x | input 1: "
                "input f32 [3] b | hint input 1 is the weight that does not fit",
                "x[3,4], axes=3 => layer_norm: 3 axes of a tensor of rank 2 | in here | input 0: input f32 [3, 4] x | "
                "hint 1 is the last axis, 2 the last two",
                "x[3,4], normalized_shape=5 => layer_norm: axis -1 has not the length 5 | in here | input 0: input f32 "
                "[3, 4] x | hint normalized_shape names the last lengths of x" },
    .test = { "x[3,5] in -2..2, w[5], b[5]", "x[2,3,4], normalized_shape=3 4, w[3,4], eps=0.01", "x[7]",
              "x[2,33] in 1..3, b[33]", "x[0,4], w[4], b[4]" });

NRV_OP(rms_norm, .sig = "real x[...,n...], real weight[n...] -> y[...,n...]",
       .doc = "The last axes divided by the root of their mean square, then scaled; weight may be left out.",
       .flags = NRV_MACRO, .make = rms_norm_make, .ulp = 16, .tolerance_why = "a mean of squares, its root, a quotient",
       .torch = "nn.functional.rms_norm nn.RMSNorm", .onnx = "RMSNormalization",
       .refuse = { "x[3,4], w[3] => rms_norm: weight has to be f32 [4] | in here | input 0: input f32 [3, 4] x | input "
                   "1: input f32 [3] w | hint input 1 is the weight that does not fit",
                   "x:i32[3,4] => rms_norm: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3, "
                   "4] x | hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5] in 0.5..2, w[5]", "x[2,3,4], normalized_shape=3 4, eps=0.01", "x[0,4]" });

/* x (...,n...) -> (...,n...): the last `axes` axes with mean 0 and deviation 1 (biased), eps under the root, times
   weight, plus bias, both (n...); NULL: without. (Ba et al. 2016) */
NRV_API nrv_tensor nrv_layer_norm_by(nrv_tensor x, int axes, nrv_tensor weight, nrv_tensor bias, double eps)
{
    if (!layer_norm_wants(&nrv__op_layer_norm, x, axes, weight, bias))
        return NULL;
    nrv__moments m = nrv__moments_of(x, nrv__axes_but(x, x->rank - axes, -1));
    return nrv__scale_shift(nrv__standard(x, m.mean, m.var, eps), weight, bias, nrv__last_axes(x, axes));
}

/* x (...,n...) -> (...,n...): the last `axes` axes divided by sqrt(mean x^2 + eps), times weight (n...), NULL: without.
   eps 0: the distance from 1 to the next number of x's type, below 0: none. (Zhang & Sennrich 2019) */
NRV_API nrv_tensor nrv_rms_norm_by(nrv_tensor x, int axes, nrv_tensor weight, double eps)
{
    if (!layer_norm_wants(&nrv__op_rms_norm, x, axes, weight, NULL))
        return NULL;
    double tiny = x->type == NRV_F64   ? DBL_EPSILON
                  : x->type == NRV_F32 ? (double)FLT_EPSILON
                  : x->type == NRV_F16 ? 0x1p-10
                                       : 0x1p-7;
    nrv_tensor mean = nrv_mean(nrv_square(x), nrv__axes_but(x, x->rank - axes, -1), 1);
    nrv_tensor y = nrv_mul(x, nrv__scale_of(mean, nrv__or(eps, tiny)));
    return nrv__scale_shift(y, weight, NULL, nrv__last_axes(x, axes));
}
