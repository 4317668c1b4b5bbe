/* quantise, dequantise, fake_quantise - reals as small integers: by a scale and a zero, of the whole tensor, of each
   channel, or of each group of numbers.

   q = clamp(round(x / scale) + zero)    x' = (q - zero) scale    fake: x' of x, and dx = dy where q was not clamped
   (straight through; Bengio et al. 2013, Jacob et al. 2018) */
#include "../op.h"

enum { QUANTISE_MOST = 1 << 22 }; /* float32 has all whole numbers around these, and their halves */

/* scale or zero, as it is said of the whole, of the channels of an axis, or of groups, in a shape that meets x's; NULL:
   it fits none of these */
static nrv_tensor quantise_spread(nrv_tensor s, nrv_tensor x, int axis)
{
    if (!s || !s->rank)
        return s;
    if (s->rank == 1 && x->rank > 1) {
        nrv_shape one = { .rank = x->rank };
        for (int i = 0; i < x->rank; i++)
            one.dim[i] = 1;
        one.dim[axis] = s->dim[0];
        s = nrv_reshape(s, one);
    }
    for (int i = 0; s && i < x->rank; i++) {
        nrv_dim each = 0;
        if (s->rank != x->rank)
            return NULL;
        if (s->dim[i] == 1 || s->dim[i] == x->dim[i])
            continue;
        if (x->rank == NRV__MAX_RANK || !nrv__dim_divides(x->g, x->dim[i], s->dim[i], &each))
            return NULL;
        nrv_shape whole = nrv_shape_of(s);
        whole.dim[i] = x->dim[i];
        s = nrv_reshape(nrv_expand(s, i + 1, each), whole);
    }
    return s;
}

typedef struct quantise_way {
    nrv_tensor scale, zero; /* of one real type, in shapes that meet x's */
} quantise_way;

static bool quantise_way_of(const nrv__opdef *op, nrv_tensor x, nrv_tensor scale, nrv_tensor zero, int axis,
                            quantise_way *w)
{
    const nrv_tensor in[3] = { x, scale, zero };
    const int n = zero ? 3 : 2;
    if (!nrv__op_wants(op, n, in) || (x->rank && !nrv__axis(x, &axis, op->name)))
        return false;
    if (!nrv__dtype_real(scale->type))
        nrv__op_refuses(op, n, in, NRV_EDTYPE, "nrv_cast it to NRV_F32", "the scale is %s, a real type is wanted",
                        nrv__dtype_name(scale->type));
    else if (zero && zero->type == NRV_BOOL)
        nrv__op_refuses(op, n, in, NRV_EDTYPE, "nrv_cast it to NRV_I32", "the zero is bool, a number is wanted");
    if (x->g->why.status)
        return false;
    w->scale = quantise_spread(scale, x, axis);
    w->zero = zero ? quantise_spread(nrv_cast(zero, scale->type), x, axis) : nrv__like(scale, 0);
    if ((!w->scale || !w->zero) && !x->g->why.status)
        nrv__op_refuses(op, n, in, NRV_ESHAPE,
                        "a scalar; (C) for the axis; or x's rank, each length a divisor of x's, for groups",
                        "scale or zero does not fit the shape of x");
    return !x->g->why.status;
}

/* whole numbers between lo and hi, zero not yet added; *inside: where nothing was clamped */
static nrv_tensor quantise_round(nrv_tensor x, const quantise_way *w, double lo, double hi, nrv_tensor *inside)
{
    nrv_tensor least = nrv_sub(nrv__like(x, lo), w->zero), most = nrv_sub(nrv__like(x, hi), w->zero);
    nrv_tensor near = nrv_mul(x, nrv_reciprocal(w->scale));
    near = NRV_EXPR("x, a, b: min(max(x, a - 1), b + 1)", near, least, most);
    near = nrv_rint(near);
    nrv_tensor q = nrv_min(nrv_max(near, least), most);
    *inside = nrv_equal(q, near);
    return q;
}

/* the scale's type is what x is computed in */
static bool quantise_real(const nrv__opdef *op, nrv_tensor x, nrv_tensor scale)
{
    const nrv_tensor in[2] = { x, scale };
    if (!nrv__op_wants_real(op, 2, in))
        return false;
    if (x->type != NRV_F32 && x->type != NRV_F64)
        nrv__op_refuses(op, 2, in, NRV_EDTYPE, "nrv_cast x and the scale to NRV_F32",
                        "x is %s, which has too few digits to round in", nrv__dtype_name(x->type));
    return !x->g->why.status;
}

static nrv_tensor quantise_scale_of(const nrv__case *c, nrv_tensor like)
{
    nrv_tensor s = nrv__case_named(c, "scale");
    return s ? s : nrv__like(like, nrv__case_real(c, "scale", 1));
}

static nrv_tensor quantise_zero_of(const nrv__case *c, nrv_tensor scale)
{
    nrv_tensor z = nrv__case_named(c, "zero zero_point");
    const char *name = nrv__case_text(c, "zero_point") ? "zero_point" : "zero";
    return z ? z : nrv__case_text(c, name) ? nrv__like(scale, nrv__case_real(c, name, 0)) : NULL;
}

static nrv_tensor quantise_make(nrv__case *c)
{
    nrv_tensor scale = quantise_scale_of(c, c->x[0]);
    return nrv_quantise(c->x[0], scale, quantise_zero_of(c, scale), nrv__case_small(c, "axis", 0),
                        nrv__case_type(c, "type", NRV_I8));
}

static nrv_tensor quantise_back_make(nrv__case *c)
{
    nrv_tensor scale = nrv__case_named(c, "scale");
    scale = scale ? scale : nrv_fill(c->g, NRV_F64, NRV_SCALAR, nrv__case_real(c, "scale", 1));
    return nrv_dequantise(c->x[0], scale, quantise_zero_of(c, scale), nrv__case_small(c, "axis", 0));
}

static nrv_tensor quantise_fake_make(nrv__case *c)
{
    nrv_tensor scale = quantise_scale_of(c, c->x[0]);
    return nrv_fake_quantise(c->x[0], scale, quantise_zero_of(c, scale), nrv__case_small(c, "axis", 0),
                             nrv__case_int(c, "quant_min", nrv__case_int(c, "least", -128)),
                             nrv__case_int(c, "quant_max", nrv__case_int(c, "most", 127)));
}

NRV_OP(
    quantise, .sig = "real x[...], real scale[...], number zero[...] -> y[...]",
    .doc = "round(x / scale) + zero as i8 or u8, ties to even, clamped to what the type holds; NaN gives 0. scale and "
           "zero are a number, (C) for an axis, or of x's rank with divisors of its lengths, for groups.",
    .make = quantise_make, .flags = NRV_MACRO,
    .no_grad = "its result are integers; nrv_fake_quantise lets the gradient through",
    .torch = "quantize_per_tensor quantize_per_channel", .onnx = "QuantizeLinear", .also = "quantize",
    .refuse = { "x[3], type=i32 => quantise: to i32, i8 or u8 is wanted | in here | input 0: input f32 [3] x | input "
                "1: fill f32 [] here | hint NRV_I8 or NRV_U8",
                "x[4,6], scale[4,4] => quantise: scale or zero does not fit the shape of x | in here | input 0: input "
                "f32 [4, 6] x | input 1: input f32 [4, 4] scale | hint a scalar; (C) for the axis; or x's rank, each "
                "length a divisor of x's, for groups" },
    .test = { "x[3,5] in -4..4, scale=0.125", "x[3,5] in -4..4, scale[3] in 0.1..0.2, zero:i32[3] in -5..5, axis=0",
              "x[2,6] in -4..4, scale[2,3] in 0.1..0.2, type=u8, zero=7", "x[], scale=2", "x[0], scale=2" });
NRV_OP(
    dequantise, .sig = "number q[...], real scale[...], number zero[...] -> y[...]",
    .doc = "(q - zero) scale, in the scale's type, q being integers as quantise gives them. scale and zero as there.",
    .make = quantise_back_make, .flags = NRV_MACRO, .torch = "dequantize", .onnx = "DequantizeLinear",
    .also = "dequantize",
    .refuse = { "q[3], scale[] => dequantise: q is f32, an integer is wanted | in here | input 0: input f32 [3] q | "
                "input 1: input f32 [] scale | hint it undoes nrv_quantise; nrv_mul scales reals",
                "q:i8[3], scale:i32[] => dequantise: the scale is i32, a real type is wanted | in here | input 0: "
                "input i8 [3] q | input 1: input i32 [] scale | hint nrv_cast it to NRV_F32" },
    .test = { "q:i8[3,5] in -9..9, scale[] in 0.5..1",
              "q:u8[3,5] in 0..200, scale[5] in 0.1..0.2, zero:u8[5] in "
              "90..110, axis=-1",
              "q:i8[4,6] in -9..9, scale[4,2] in 0.1..0.2", "q:i32[0], scale[] in 1..2" });
NRV_OP(
    fake_quantise, .sig = "real x[...], real scale[...], number zero[...] -> y[...]",
    .doc = "What quantising to whole numbers from least to most and back would make of x, in reals, for training. The "
           "gradient goes straight through where nothing is clamped, and is 0 elsewhere; none to scale and zero. scale "
           "and zero as in quantise.",
    .make = quantise_fake_make, .flags = NRV_MACRO, .not_slope = "it goes straight through the steps",
    .torch = "fake_quantize_per_tensor_affine fake_quantize_per_channel_affine", .also = "fake_quantize", .ulp = 4,
    .tolerance_why = "a scale's reciprocal and two products",
    .refuse = { "x[3], least=5, most=2 => fake_quantise: from 5 to 2 | in here | input 0: input f32 [3] x | input 1: "
                "fill f32 [] here | hint least < most, both within 2^22",
                "x:i32[3], scale[] => fake_quantise: input 0 is i32, a real type is wanted | in here | input 0: input "
                "i32 [3] x | input 1: input f32 [] scale | hint nrv_cast it to NRV_F32" },
    .test = { "x[3,5] in -4..4, scale=0.125", "x[3,5] in -4..4, scale[5] in 0.125..0.25, zero:i32[5] in -5..5, axis=1",
              "x[2,6] in -4..4, scale=0.25, least=0, most=15, zero=7", "x[0], scale=2" });

/* x (...) real -> (...) i8 or u8: round(x / scale) + zero, clamped. scale and zero (NULL: 0): scalars; (C), for the
   axis; or of x's rank, each length a divisor of x's, where a group shares one. */
NRV_API nrv_tensor nrv_quantise(nrv_tensor x, nrv_tensor scale, nrv_tensor zero, int axis, nrv_dtype t)
{
    quantise_way w;
    nrv_tensor inside;
    const bool sign = t == NRV_I8;
    if (!quantise_real(&nrv__op_quantise, x, scale))
        return NULL;
    if (t != NRV_I8 && t != NRV_U8)
        return nrv__op_refuses(&nrv__op_quantise, 2, (const nrv_tensor[]){ x, scale }, NRV_EDTYPE, "NRV_I8 or NRV_U8",
                               "to %s, i8 or u8 is wanted", nrv__dtype_name(t));
    if (!quantise_way_of(&nrv__op_quantise, x, scale, zero, axis, &w))
        return NULL;
    nrv_tensor q = quantise_round(nrv_stop(x), &w, sign ? -128 : 0, sign ? 127 : 255, &inside);
    return nrv_cast(nrv_add(q, w.zero), t);
}

/* (q - zero) scale. q (...) of integers; scale and zero as in nrv_quantise -> (...) of the scale's type. So weights are
   kept in a byte each: nrv_matmul(x, nrv_dequantise(w, scale, NULL, 1)). */
NRV_API nrv_tensor nrv_dequantise(nrv_tensor q, nrv_tensor scale, nrv_tensor zero, int axis)
{
    quantise_way w;
    if (!nrv__op_wants(&nrv__op_dequantise, 2, (const nrv_tensor[]){ q, scale }))
        return NULL;
    if (!nrv__dtype_whole(q->type))
        return nrv__op_refuses(&nrv__op_dequantise, 2, (const nrv_tensor[]){ q, scale }, NRV_EDTYPE,
                               "it undoes nrv_quantise; nrv_mul scales reals", "q is %s, an integer is wanted",
                               nrv__dtype_name(q->type));
    if (!quantise_way_of(&nrv__op_dequantise, q, scale, zero, axis, &w))
        return NULL;
    nrv_tensor x = nrv_cast(q, scale->type);
    return nrv_mul(zero ? nrv_sub(x, w.zero) : x, w.scale);
}

/* x (...) of NRV_F32 or NRV_F64, scale and zero as in nrv_quantise -> (...): the nearest of what the whole numbers from
   least to most stand for. Gradient: dy where nothing was clamped. As PyTorch's fake_quantize_per_tensor_affine. */
NRV_API nrv_tensor nrv_fake_quantise(nrv_tensor x, nrv_tensor scale, nrv_tensor zero, int axis, int64_t least,
                                     int64_t most)
{
    quantise_way w;
    nrv_tensor inside;
    if (!quantise_real(&nrv__op_fake_quantise, x, scale))
        return NULL;
    if (least >= most || least < -QUANTISE_MOST || most > QUANTISE_MOST)
        return nrv__op_refuses(&nrv__op_fake_quantise, 2, (const nrv_tensor[]){ x, scale }, NRV_EARG,
                               "least < most, both within 2^22", "from %lld to %lld", (long long)least,
                               (long long)most);
    if (!quantise_way_of(&nrv__op_fake_quantise, x, scale, zero, axis, &w))
        return NULL;
    nrv_tensor q = quantise_round(x, &w, (double)least, (double)most, &inside);
    return nrv_surrogate(nrv_mul(q, w.scale), nrv_select(inside, x, nrv__like(x, 0)));
}
