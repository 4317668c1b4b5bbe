/* layer_norm - the last axes of every sample with mean 0 and deviation 1, then scaled and shifted (Ba et al. 2016);
   rms_norm - the same without the mean (Zhang & Sennrich 2019).

   y = (x - mean) / sqrt(var + eps) weight + bias       y = x / sqrt(mean x^2 + eps) weight        weight, bias (n...)
 */
#include "moments.h"
#include <float.h>

extern const nrv__opdef nrv__op_layer_norm, nrv__op_rms_norm, nrv__op_norm_dx, nrv__op_norm_dw, nrv__op_norm_back;

/* ---- both, and their gradients: composites of x, then what there is of weight and bias ---- */
/* x without its mean, if that is wanted, times 1 / sqrt(var + eps); *scale: the latter */
static nrv_tensor layer_norm_standard(nrv_tensor x, const nrv__norm_attr *a, nrv_tensor *scale)
{
    int axes = nrv__axes_but(x, x->rank - (int)a->axes, -1);
    if (a->rms) {
        *scale = nrv__scale_of(nrv_mean(nrv_square(x), axes, 1), a->eps);
        return nrv_mul(x, *scale);
    }
    nrv__moments m = nrv__moments_of(x, axes);
    *scale = nrv__scale_of(m.var, a->eps);
    return NRV_EXPR("x, m, s: (x - m) * s", x, m.mean, *scale);
}

/* h = dy weight, z = standard x:  dx = scale (h - mean h - z mean(h z)), for rms without mean h */
static nrv_tensor layer_norm_dx(nrv_tensor x, nrv_tensor weight, nrv_tensor dy, const nrv__norm_attr *a)
{
    nrv_tensor in[3] = { x, dy, weight }, scale, z = layer_norm_standard(x, a, &scale);
    int axes = nrv__axes_but(x, x->rank - (int)a->axes, -1);
    nrv_tensor h = weight ? nrv_mul(dy, nrv_reshape(weight, nrv__last_axes(x, (int)a->axes))) : dy;
    nrv_tensor t = nrv_mean(nrv_mul(h, z), axes, 1);
    nrv_tensor body = a->rms ? NRV_EXPR("h, z, t, s: s * (h - z * t)", h, z, t, scale)
                             : NRV_EXPR("h, z, t, m, s: s * (h - m - z * t)", h, z, t, nrv_mean(h, axes, 1), scale);
    return body ? nrv__composite(&nrv__op_norm_dx, weight ? 3 : 2, in, a, 1, &body) : NULL;
}

/* (1,n...) the sum of dy z over all samples, and with a bias (2,n...): that of dy behind it */
static nrv_tensor layer_norm_dw(nrv_tensor x, nrv_tensor dy, const nrv__norm_attr *a)
{
    nrv_tensor scale, z = layer_norm_standard(x, a, &scale), part[2];
    nrv_shape s = nrv__last_axes(x, (int)a->axes);
    part[0] = nrv__sum_axes(nrv_mul(dy, z), (INT64_C(1) << (x->rank - a->axes)) - 1, 0);
    part[1] = nrv__sum_axes(dy, (INT64_C(1) << (x->rank - a->axes)) - 1, 0);
    for (int i = 0; i < 2; i++)
        part[i] = nrv_expand(nrv_reshape(part[i], s), 0, 1);
    nrv_tensor body = a->bias ? nrv_concat(2, part, 0) : part[0];
    return body ? nrv__composite(&nrv__op_norm_dw, NRV_N(const nrv_tensor, x, dy), a, 1, &body) : NULL;
}

static nrv_tensor layer_norm_flat(nrv_tensor x)
{
    return x ? nrv_reshape(x, NRV_SHAPE(nrv__dim_product(x->g, x->rank, x->dim))) : NULL;
}

/* both in one flat tensor: dx, then the sums of dy z, then those of dy, whether there is a bias or not */
static nrv_tensor layer_norm_back(nrv_tensor x, nrv_tensor weight, nrv_tensor dy, const nrv__norm_attr *a)
{
    nrv__norm_attr with = *a;
    with.bias = 1;
    const nrv_tensor in[3] = { x, dy, weight };
    const nrv_tensor part[2] = { layer_norm_flat(layer_norm_dx(x, weight, dy, &with)),
                                 layer_norm_flat(layer_norm_dw(x, dy, &with)) };
    nrv_tensor body = nrv_concat(2, part, 0);
    return body ? nrv__composite(&nrv__op_norm_back, weight ? 3 : 2, in, &with, 1, &body) : NULL;
}

/* The sums are put side by side anew: as a piece of the flat tensor they would keep dx, which is large, in memory until
   the weights are updated. */
static nrv_tensor layer_norm_pieces(nrv_tensor x, nrv_tensor flat, const nrv__norm_attr *a, nrv_tensor *dx)
{
    const nrv_dim of_x = nrv__dim_product(x->g, x->rank, x->dim);
    const nrv_dim n = nrv__dim_product(x->g, (int)a->axes, x->dim + x->rank - a->axes);
    *dx = nrv_reshape(nrv_slice(flat, 0, 0, of_x), nrv_shape_of(x));
    nrv_tensor part[2];
    for (int i = 0; i < 2; i++)
        part[i] = nrv_reshape(nrv_slice(flat, 0, i == 0 ? of_x : nrv__dim_add(x->g, of_x, n), n), NRV_SHAPE(1, n));
    return nrv_concat(2, part, 0);
}

static nrv_tensor layer_norm_part(nrv_tensor both, int64_t i, nrv_tensor like)
{
    return nrv_reshape(nrv_slice(both, 0, i, 1), nrv_shape_of(like));
}

static void layer_norm_vjp(nrv_vjp *v)
{
    const nrv__norm_attr *a = v->attr;
    nrv_tensor x = v->x[0], weight = a->weight ? v->x[1] : NULL, both = NULL;
    const bool sums = v->n > 1 && (v->need[1] || v->need[v->n - 1]);
    if (v->need[0] && sums)
        both = layer_norm_pieces(x, layer_norm_back(x, weight, v->dy, a), a, &v->dx[0]);
    else if (v->need[0])
        v->dx[0] = layer_norm_dx(x, weight, v->dy, a);
    else if (sums)
        both = layer_norm_dw(x, v->dy, a);
    if (sums && a->weight)
        v->dx[1] = layer_norm_part(both, 0, v->x[1]);
    if (sums && a->bias)
        v->dx[v->n - 1] = layer_norm_part(both, 1, v->x[v->n - 1]);
}

/* dx = P h, where P is symmetric: by h it is P u. By x, with a = mean(u z), b = mean(h z) and c = mean(u h) - mean u
   mean h - a b, it is P(-s (b u + a h)) - s^2 c z, for rms without the means of u and h */
static void layer_norm_dx_vjp(nrv_vjp *v)
{
    const nrv__norm_attr *a = v->attr;
    nrv_tensor x = v->x[0], dy = v->x[1], weight = v->n > 2 ? v->x[2] : NULL, u = v->dy;
    nrv_tensor w = weight ? nrv_reshape(weight, nrv__last_axes(x, (int)a->axes)) : NULL, h = w ? nrv_mul(dy, w) : dy;
    if (v->need[0]) {
        int axes = nrv__axes_but(x, x->rank - (int)a->axes, -1);
        nrv_tensor scale, z = layer_norm_standard(x, a, &scale), c = nrv_mean(nrv_mul(u, h), axes, 1);
        nrv_tensor uz = nrv_mean(nrv_mul(u, z), axes, 1), hz = nrv_mean(nrv_mul(h, z), axes, 1);
        if (!a->rms)
            c = nrv_sub(c, nrv_mul(nrv_mean(u, axes, 1), nrv_mean(h, axes, 1)));
        nrv_tensor back = NRV_EXPR("s, a, b, u, h: -s * (b * u + a * h)", scale, uz, hz, u, h);
        v->dx[0] = NRV_EXPR("p, s, c, a, b, z: p - s * s * (c - a * b) * z", layer_norm_dx(x, NULL, back, a), scale, c,
                            uz, hz, z);
    }
    if (!v->need[1] && !(weight && v->need[2]))
        return;
    nrv_tensor by_h = layer_norm_dx(x, NULL, u, a);
    if (v->need[1])
        v->dx[1] = w ? nrv_mul(by_h, w) : by_h;
    if (weight && v->need[2])
        v->dx[2] = nrv_reshape(nrv__sum_axes(nrv_mul(by_h, dy), (INT64_C(1) << (x->rank - a->axes)) - 1, 0),
                               nrv_shape_of(weight));
}

/* u: what weights the sums of dy z, and behind it, with a bias, those of dy */
static void layer_norm_dw_vjp(nrv_vjp *v)
{
    const nrv__norm_attr *a = v->attr;
    nrv_tensor x = v->x[0], scale, part[2] = { NULL, NULL };
    const nrv_shape s = nrv__last_axes(x, (int)a->axes);
    for (int i = 0; i < 1 + (a->bias != 0); i++)
        part[i] = nrv_reshape(nrv_slice(v->dy, 0, i, 1), s);
    if (v->need[0])
        v->dx[0] = layer_norm_dx(x, part[0], v->x[1], a);
    if (v->need[1])
        v->dx[1] = nrv__scale_shift(layer_norm_standard(x, a, &scale), part[0], part[1], s);
}

static nrv_tensor layer_norm_sum(nrv_tensor a, nrv_tensor b)
{
    return a && b ? nrv_add(a, b) : a ? a : b;
}

/* as of both, each by its piece of the flat tensor */
static void layer_norm_back_vjp(nrv_vjp *v)
{
    nrv_tensor x = v->x[0], by_dx[3] = { NULL }, by_dw[3] = { NULL };
    const nrv__norm_attr *a = v->attr;
    const nrv_dim of_x = nrv__dim_product(x->g, x->rank, x->dim);
    const nrv_dim n = nrv__dim_product(x->g, (int)a->axes, x->dim + x->rank - a->axes);
    nrv_vjp dx = *v, dw = *v;
    dx.dx = by_dx;
    dw.dx = by_dw;
    dx.dy = nrv_reshape(nrv_slice(v->dy, 0, 0, of_x), nrv_shape_of(x));
    dw.dy = nrv_reshape(nrv_slice(v->dy, 0, of_x, nrv__dim_mul(x->g, 2, n)), NRV_SHAPE(2, n));
    layer_norm_dx_vjp(&dx);
    layer_norm_dw_vjp(&dw);
    for (int i = 0; i < v->n; i++)
        v->dx[i] = layer_norm_sum(by_dx[i], by_dw[i]);
}

static nrv_tensor layer_norm_of(const nrv__opdef *op, nrv_tensor x, nrv_tensor weight, nrv_tensor bias,
                                const nrv__norm_attr *a)
{
    nrv_tensor in[3] = { x }, scale, body;
    int n = 1;
    body = nrv__scale_shift(layer_norm_standard(x, a, &scale), weight, bias, nrv__last_axes(x, (int)a->axes));
    if (weight)
        in[n++] = weight;
    if (bias)
        in[n++] = bias;
    return body ? nrv__composite(op, n, in, a, 1, &body) : NULL;
}

static nrv__norm_attr layer_norm_case(const nrv__case *c)
{
    return (nrv__norm_attr){ .eps = nrv__case_real(c, "eps", 1e-5),
                             .axes = nrv__case_small(c, "axes", 1),
                             .rms = nrv__case_flag(c, "rms", false),
                             .weight = nrv__case_named(c, "w") != NULL,
                             .bias = nrv__case_flag(c, "bias", false) };
}

/* x, dy and perhaps a weight of one real type, dy of x's shape; false: op refuses */
static bool layer_norm_fits(const nrv__opdef *op, const nrv__case *c, const nrv__norm_attr *a)
{
    const nrv_tensor in[2] = { nrv__case_named(c, "x"), nrv__case_named(c, "dy") };
    if (!nrv__op_wants_real(op, 2, in))
        return false;
    bool fits = in[0]->rank == in[1]->rank && a->axes >= 1 && a->axes <= in[0]->rank;
    nrv_dim d;
    for (int i = 0; fits && i < in[0]->rank; i++)
        fits = nrv__dim_same(in[0]->g, in[0]->dim[i], in[1]->dim[i], op->name, &d);
    if (!fits)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "dy has the shape of x", "dy of another shape, or %lld axes",
                               (long long)a->axes);
    return nrv__weight_fits(op, in[0], "weight", nrv__case_named(c, "w"), (int)a->axes,
                            in[0]->dim + in[0]->rank - a->axes);
}

static nrv_tensor layer_norm_dx_make(nrv__case *c)
{
    const nrv__norm_attr a = layer_norm_case(c);
    return layer_norm_fits(&nrv__op_norm_dx, c, &a)
               ? layer_norm_dx(nrv__case_named(c, "x"), nrv__case_named(c, "w"), nrv__case_named(c, "dy"), &a)
               : NULL;
}

static nrv_tensor layer_norm_dw_make(nrv__case *c)
{
    const nrv__norm_attr a = layer_norm_case(c);
    return layer_norm_fits(&nrv__op_norm_dw, c, &a)
               ? layer_norm_dw(nrv__case_named(c, "x"), nrv__case_named(c, "dy"), &a)
               : NULL;
}

static nrv_tensor layer_norm_back_make(nrv__case *c)
{
    const nrv__norm_attr a = layer_norm_case(c);
    return layer_norm_fits(&nrv__op_norm_back, c, &a)
               ? layer_norm_back(nrv__case_named(c, "x"), nrv__case_named(c, "w"), nrv__case_named(c, "dy"), &a)
               : NULL;
}

static nrv_tensor layer_norm_dx_batch(const nrv__batch *b)
{
    nrv_tensor x = nrv__batch_wide(b, 0), dy = nrv__batch_wide(b, 1);
    if (b->y->rank == NRV__MAX_RANK || (b->y->n_in > 2 && b->wide[2]) || !x || !dy)
        return NULL;
    return layer_norm_dx(x, b->y->n_in > 2 ? b->x[2] : NULL, dy, b->y->attr);
}

static nrv_tensor layer_norm_batch(const nrv__batch *b)
{
    const nrv__norm_attr *a = b->y->attr;
    bool shared = true;
    for (int i = 1; i < b->y->n_in; i++)
        shared = shared && !b->wide[i];
    if (b->y->rank == NRV__MAX_RANK || !shared || !b->wide[0])
        return NULL;
    return layer_norm_of(b->y->op, b->x[0], a->weight ? b->x[1] : NULL, a->bias ? b->x[b->y->n_in - 1] : NULL, a);
}

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
    .make = layer_norm_make, .vjp = layer_norm_vjp, .batch = layer_norm_batch, .attr_bytes = sizeof(nrv__norm_attr),
    .ulp = 16, .tolerance_why = "differences from a mean, divided by their deviation",
    .torch = "nn.functional.layer_norm layer_norm nn.LayerNorm", .onnx = "LayerNormalization", .also = "ln",
    .refuse = { "x[3,4], b[3] => layer_norm: bias has to be f32 [4] | in here | input 0: input f32 [3, 4] x | input 1: "
                "input f32 [3] b | hint input 1 is the weight that does not fit",
                "x[3,4], axes=3 => layer_norm: 3 axes of a tensor of rank 2 | in here | input 0: input f32 [3, 4] x | "
                "hint 1 is the last axis, 2 the last two",
                "x[3,4], normalized_shape=5 => layer_norm: axis -1 has not the length 5 | in here | input 0: input f32 "
                "[3, 4] x | hint normalized_shape names the last lengths of x" },
    .test = { "x[3,5] in -2..2, w[5], b[5]", "x[2,3,4], normalized_shape=3 4, w[3,4], eps=0.01", "x[7]",
              "x[2,33] in 1..3, b[33]", "x[5,270], w[270], b[270]", "x[0,4], w[4], b[4]" });

NRV_OP(rms_norm, .sig = "real x[...,n...], real weight[n...] -> y[...,n...]",
       .doc = "The last axes divided by the root of their mean square, then scaled; weight may be left out.",
       .make = rms_norm_make, .vjp = layer_norm_vjp, .batch = layer_norm_batch, .attr_bytes = sizeof(nrv__norm_attr),
       .ulp = 16, .tolerance_why = "a mean of squares, its root, a quotient",
       .torch = "nn.functional.rms_norm nn.RMSNorm", .onnx = "RMSNormalization",
       .refuse = { "x[3,4], w[3] => rms_norm: weight has to be f32 [4] | in here | input 0: input f32 [3, 4] x | input "
                   "1: input f32 [3] w | hint input 1 is the weight that does not fit",
                   "x:i32[3,4] => rms_norm: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3, "
                   "4] x | hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5] in 0.5..2, w[5]", "x[2,3,4], normalized_shape=3 4, eps=0.01", "x[0,4]" });

#define NORM_SLOPE                                   \
    .attr_bytes = sizeof(nrv__norm_attr), .ulp = 32, \
    .tolerance_why = "means of products with differences from a mean, divided by their deviation, then summed"
NRV_OP(norm_dx, .sig = "real x[...,n...], real dy[...,n...], real w[n...] -> dx[...,n...]",
       .doc = "The gradient of layer_norm, with rms=1 of rms_norm, by x; w may be left out.",
       .make = layer_norm_dx_make, .vjp = layer_norm_dx_vjp, .batch = layer_norm_dx_batch, NORM_SLOPE,
       .refuse = { "x[3,4], dy[3,5] => norm_dx: dy of another shape, or 1 axes | in here | input 0: input f32 [3, 4] x "
                   "| input "
                   "1: input f32 [3, 5] dy | hint dy has the shape of x",
                   "x[3,4], dy[4] => norm_dx: dy of another shape, or 1 axes | in here | input 0: input f32 [3, 4] x | "
                   "input "
                   "1: input f32 [4] dy | hint dy has the shape of x" },
       .test = { "x[3,5] in -2..2, dy[3,5], w[5]", "x[2,3,4], dy[2,3,4], axes=2, w[3,4], eps=0.01",
                 "x[5,33] in 1..3, dy[5,33]", "x[4,37], dy[4,37], w[37], rms=1", "x[0,4], dy[0,4], w[4]" });
NRV_OP(norm_dw, .sig = "real x[...,n...], real dy[...,n...] -> dw[1,n...]",
       .doc = "The gradient of layer_norm, with rms=1 of rms_norm, by its weight; with bias=1 that by the bias behind "
              "it, (2,n...).",
       .make = layer_norm_dw_make, .vjp = layer_norm_dw_vjp, NORM_SLOPE,
       .refuse = { "x[3,4], dy[3,4], axes=3 => norm_dw: dy of another shape, or 3 axes | in here | input 0: input f32 "
                   "[3, 4] "
                   "x | input 1: input f32 [3, 4] dy | hint dy has the shape of x",
                   "x:i32[3,4], dy:i32[3,4] => norm_dw: input 0 is i32, a real type is wanted | in here | input 0: "
                   "input i32 [3, 4] x | input 1: input i32 [3, 4] dy | hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5] in -2..2, dy[3,5], bias=1", "x[2,3,4], dy[2,3,4], axes=2, eps=0.01",
                 "x[70,33] in 1..3, dy[70,33], bias=1", "x[9,37], dy[9,37], rms=1", "x[0,4], dy[0,4], bias=1",
                 "x[4], dy[4]" });

NRV_OP(norm_back, .sig = "real x[...,n...], real dy[...,n...], real w[n...] -> d[m]",
       .doc = "The gradients of layer_norm, with rms=1 of rms_norm, by x, weight and bias, one after the other in one "
              "flat tensor; w may be left out.",
       .make = layer_norm_back_make, .vjp = layer_norm_back_vjp, NORM_SLOPE,
       .refuse = { "x[3,4], dy[3,5] => norm_back: dy of another shape, or 1 axes | in here | input 0: input f32 [3, 4] "
                   "x | input 1: input f32 [3, 5] dy | hint dy has the shape of x",
                   "x[3,4], dy[3,4], w[3] => norm_back: weight has to be f32 [4] | in here | input 0: input f32 [3, 4] "
                   "x | input 1: input f32 [3] w | hint input 1 is the weight that does not fit" },
       .test = { "x[3,5] in -2..2, dy[3,5], w[5]", "x[2,3,4], dy[2,3,4], axes=2, w[3,4], eps=0.01",
                 "x[70,33] in 1..3, dy[70,33]", "x[9,37], dy[9,37], w[37], rms=1", "x[0,4], dy[0,4], w[4]",
                 "x[5,270], dy[5,270], w[270]", "x[4], dy[4]" });

/* x (...,n...) -> (...,n...): the last `axes` axes with mean 0 and deviation 1 (biased), eps under the root, times
   weight, plus bias, both (n...); NULL: without. (Ba et al. 2016) */
NRV_API nrv_tensor nrv_layer_norm_by(nrv_tensor x, int axes, nrv_tensor weight, nrv_tensor bias, double eps)
{
    if (!layer_norm_wants(&nrv__op_layer_norm, x, axes, weight, bias))
        return NULL;
    const nrv__norm_attr a = { .eps = eps, .axes = axes, .weight = weight != NULL, .bias = bias != NULL };
    return layer_norm_of(&nrv__op_layer_norm, x, weight, bias, &a);
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
    const nrv__norm_attr a = { .eps = nrv__or(eps, tiny), .axes = axes, .rms = 1, .weight = weight != NULL };
    return layer_norm_of(&nrv__op_rms_norm, x, weight, NULL, &a);
}
