/* grid_sample - an image read at any places: y[b,c,p] = x[b,c] at grid[b,p], by the nearest pixel, between two or
   between four along each axis (Jaderberg et al. 2015; cubic: Keys 1981, a = -3/4).

   Coordinates run from -1 to 1, the last axis first: over whole pixels, or with align_corners from the first pixel's
   centre to the last one's. Outside lie zeros, the border's pixels, or the image mirrored (at its edge, or at the last
   centres). As PyTorch 1.13: a half goes to the even pixel; the gradient by a coordinate is 0 on and beyond the border,
   and with nearest. A coordinate that is NaN or infinite gives NaN with bicubic and with zeros around, but nearest then
   reads 0; otherwise NaN is the first pixel, and so is infinity where the image is mirrored. */
#include "../index/lines.h"
#include <math.h>
#include <string.h>

#ifdef NRV_HEADER
enum { NRV_SAMPLE_LINEAR, NRV_SAMPLE_NEAREST, NRV_SAMPLE_CUBIC };
enum { NRV_OUTSIDE_ZEROS, NRV_OUTSIDE_BORDER, NRV_OUTSIDE_REFLECTION };
typedef struct {
    int mode, outside, align_corners;
    int64_t reserved[4];
} nrv_grid_sample_opt;
#endif

extern const nrv__opdef nrv__op_grid_sample;
static const char *const sample_modes[] = { "bilinear", "nearest", "bicubic" };
static const char *const sample_outside[] = { "zeros", "border", "reflection" };

static const char *sample_name(const char *const words[3], int i)
{
    return i < 0 || i > 2 ? "of no known name" : words[i];
}

/* places along one axis: (B,P) each. inside: 1 or 0 */
typedef struct sample_axis {
    int taps;
    double n;
    nrv_tensor at[4], weight[4], inside[4];
} sample_axis;

/* the largest whole number that is not greater; no gradient */
static nrv_tensor sample_floor(nrv_tensor x)
{
    return nrv_floor(nrv_stop(x));
}

/* 0..n-1, with the gradient gone on and beyond both; NaN is 0 */
static nrv_tensor sample_clip(nrv_tensor c, double n)
{
    nrv_tensor zero = nrv__like(c, 0), last = nrv__like(c, n - 1);
    return nrv_select(nrv_greater(c, zero), nrv_select(nrv_less(c, last), c, last), zero);
}

/* mirrored as often as it takes to come into low..high */
static nrv_tensor sample_mirror(nrv_tensor c, double low, double high)
{
    double span = high - low;
    if (!(span > 0))
        return nrv_mul_c(c, 0);
    nrv_tensor away = nrv_abs(nrv_add_c(c, -low)), turns = sample_floor(nrv_mul_c(away, 1 / span));
    nrv_tensor rest = nrv_sub(away, nrv_mul_c(turns, span));
    nrv_tensor odd = nrv_sub(turns, nrv_mul_c(sample_floor(nrv_mul_c(turns, 0.5)), 2));
    return nrv_add_c(nrv_select(nrv_equal(odd, nrv__like(c, 0)), rest, nrv_sub(nrv__like(c, span), rest)), low);
}

static nrv_tensor sample_into(nrv_tensor c, double n, const nrv_grid_sample_opt *o)
{
    if (o->outside == NRV_OUTSIDE_REFLECTION)
        c = o->align_corners ? sample_mirror(c, 0, n - 1) : sample_mirror(c, -0.5, n - 0.5);
    return o->outside == NRV_OUTSIDE_ZEROS ? c : sample_clip(c, n);
}

/* weight of the pixel d away, 0 <= d: near within 1, far within 2 */
static nrv_tensor sample_near(nrv_tensor d)
{
    return NRV_EXPR("d: (1.25 * d - 2.25) * d * d + 1", d);
}

static nrv_tensor sample_far(nrv_tensor d)
{
    return NRV_EXPR("d: ((d - 5) * d + 8) * d * -0.75 + 3", d);
}

static void sample_tap(sample_axis *s, nrv_tensor at, nrv_tensor weight, const nrv_grid_sample_opt *o, bool cubic)
{
    if (cubic)
        at = sample_into(at, s->n, o);
    nrv_tensor first = nrv_greater_equal(at, nrv__like(at, 0));
    nrv_tensor last = nrv_less_equal(at, nrv__like(at, s->n - 1));
    s->inside[s->taps] = at ? nrv_mul(nrv_cast(first, at->type), nrv_cast(last, at->type)) : NULL;
    s->at[s->taps] = nrv_cast(sample_clip(at, s->n), NRV_I64);
    s->weight[s->taps++] = weight;
}

static void sample_places(sample_axis *s, nrv_tensor grid, const nrv_grid_sample_opt *o)
{
    nrv_tensor c = o->align_corners ? nrv_mul_c(nrv_add_c(grid, 1), (s->n - 1) / 2)
                                    : nrv_mul_c(nrv_add_c(nrv_mul_c(nrv_add_c(grid, 1), s->n), -1), 0.5);
    if (o->mode == NRV_SAMPLE_CUBIC) {
        nrv_tensor low = sample_floor(c), t = nrv_sub(c, low), u = nrv_sub(nrv__like(c, 1), t);
        sample_tap(s, nrv_add_c(low, -1), sample_far(nrv_add_c(t, 1)), o, true);
        sample_tap(s, low, sample_near(t), o, true);
        sample_tap(s, nrv_add_c(low, 1), sample_near(u), o, true);
        sample_tap(s, nrv_add_c(low, 2), sample_far(nrv_add_c(u, 1)), o, true);
        return;
    }
    c = sample_into(c, s->n, o);
    if (o->mode == NRV_SAMPLE_NEAREST) {
        sample_tap(s, nrv_rint(nrv_stop(c)), NULL, o, false);
        return;
    }
    nrv_tensor low = sample_floor(c), t = nrv_sub(c, low);
    sample_tap(s, low, nrv_sub(nrv__like(c, 1), t), o, false);
    sample_tap(s, nrv_add_c(low, 1), t, o, false);
}

/* (B,P) of each tap of an axis -> (B,1..,taps,..1,P) */
static nrv_tensor sample_spread(const nrv_tensor *tap, int taps, int axis, int axes)
{
    nrv_tensor part[4];
    for (int i = 0; i < taps; i++) {
        if (!tap[i])
            return NULL;
        nrv_shape s = { axes + 2, { tap[i]->dim[0], 1, 1, 1 } };
        s.dim[axes + 1] = tap[i]->dim[1];
        part[i] = nrv_reshape(tap[i], s);
    }
    return nrv_concat(taps, part, 1 + axis);
}

/* x (B,C,S), axes' places -> (B,C,P) */
static nrv_tensor sample_sum(nrv_tensor x, const sample_axis *s, int axes)
{
    nrv_tensor at = NULL, weight = NULL, inside = NULL;
    int64_t taps = 1;
    for (int i = 0; i < axes; i++) {
        nrv_tensor a = sample_spread(s[i].at, s[i].taps, i, axes);
        nrv_tensor w = s[i].weight[0] ? sample_spread(s[i].weight, s[i].taps, i, axes) : NULL;
        nrv_tensor in = sample_spread(s[i].inside, s[i].taps, i, axes);
        at = at ? nrv_add(nrv_mul(at, nrv_fill(x->g, NRV_I64, NRV_SCALAR, s[i].n)), a) : a;
        weight = weight && w ? nrv_mul(weight, w) : w;
        inside = inside ? nrv_mul(inside, in) : in;
        taps *= s[i].taps;
    }
    if (!at || !inside || x->g->why.status)
        return NULL;
    nrv_dim batch = at->dim[0], places = at->dim[axes + 1];
    nrv_tensor v = nrv__gather(x, nrv_reshape(at, NRV_SHAPE(batch, nrv__dim_mul(x->g, taps, places))), 2, 1);
    v = v ? nrv_reshape(v, NRV_SHAPE(batch, x->dim[1], taps, places)) : NULL;
    nrv_tensor there = nrv_not_equal(inside, nrv__like(inside, 0));
    v = nrv_select(nrv_reshape(there, NRV_SHAPE(batch, 1, taps, places)), v, nrv__like(x, 0));
    v = weight && v ? nrv_mul(v, nrv_reshape(weight, NRV_SHAPE(batch, 1, taps, places))) : v;
    return nrv_sum(v, 2, 0);
}

static bool sample_wants(nrv_tensor x, nrv_tensor grid, const nrv_grid_sample_opt *o)
{
    const nrv__opdef *op = &nrv__op_grid_sample;
    const nrv_tensor in[2] = { x, grid };
    nrv_dim d;
    char have[24];
    if (!nrv__op_wants_real(op, 2, in))
        return false;
    int axes = x->rank - 2;
    if (axes < 2 || axes > 3 || grid->rank != x->rank || grid->dim[grid->rank - 1] != axes ||
        !nrv__dim_same(x->g, x->dim[0], grid->dim[0], op->name, &d))
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE,
                               "x (B,C,H,W) and grid (B,h,w,2), or x (B,C,D,H,W) and (B,d,h,w,3)",
                               "the grid does not fit the image") != NULL;
    if (o->mode < 0 || o->mode > NRV_SAMPLE_CUBIC || o->outside < 0 || o->outside > NRV_OUTSIDE_REFLECTION ||
        (o->mode == NRV_SAMPLE_CUBIC && axes != 2))
        return nrv__op_refuses(op, 2, in, NRV_EARG,
                               "bilinear, nearest, over two axes bicubic; zeros, border, reflection",
                               "mode %s with padding %s over %d axes", sample_name(sample_modes, o->mode),
                               sample_name(sample_outside, o->outside), axes) != NULL;
    for (int i = 0; i < axes; i++)
        if (x->dim[2 + i] < 1)
            return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "a number from 1: pixels lie where it says",
                                   "axis %d of the image has a length of %s", 2 + i,
                                   nrv__dim_text(x->g, x->dim[2 + i], have)) != NULL;
    return true;
}

/* x (B,C,H,W) and grid (B,h,w,2) -> (B,C,h,w), or with one more axis each: x at the places that grid names, in -1..1
   and the last axis first. opt: NULL is linear, zeros outside, no align_corners. */
NRV_API nrv_tensor nrv_grid_sample(nrv_tensor x, nrv_tensor grid, const nrv_grid_sample_opt *opt)
{
    NRV_CALLED(&nrv__op_grid_sample, x);
    nrv_grid_sample_opt o = opt ? *opt : (nrv_grid_sample_opt){ 0 };
    if (!sample_wants(x, grid, &o))
        return NULL;
    int axes = x->rank - 2;
    nrv_graph *g = x->g;
    nrv_dim places = nrv__dim_product(g, axes, grid->dim + 1);
    nrv_tensor flat = nrv_reshape(grid, NRV_SHAPE(grid->dim[0], places, axes));
    sample_axis s[3] = { 0 };
    for (int i = 0; i < axes && flat; i++) {
        s[i].n = (double)x->dim[2 + i];
        sample_places(&s[i], nrv_reshape(nrv_slice(flat, 2, axes - 1 - i, 1), NRV_SHAPE(grid->dim[0], places)), &o);
    }
    nrv_tensor image = nrv_reshape(x, NRV_SHAPE(x->dim[0], x->dim[1], nrv__dim_product(g, axes, x->dim + 2)));
    nrv_shape y = { x->rank, { x->dim[0], x->dim[1] } };
    for (int i = 0; i < axes; i++)
        y.dim[2 + i] = grid->dim[1 + i];
    return nrv_reshape(sample_sum(image, s, axes), y);
}

static int sample_word(const nrv__case *c, const char *name, const char *const words[3])
{
    const char *t = nrv__case_text(c, name);
    for (int i = 0; i < 3; i++)
        if (!t || !strcmp(t, words[i]))
            return i;
    return -1;
}

static nrv_tensor grid_sample_make(nrv__case *c)
{
    nrv_grid_sample_opt o = { .mode = sample_word(c, "mode", sample_modes),
                              .outside = sample_word(c, "padding_mode", sample_outside),
                              .align_corners = nrv__case_small(c, "align_corners", 0) };
    return nrv_grid_sample(c->x[0], c->n_x > 1 ? c->x[1] : NULL, &o);
}

NRV_OP(grid_sample, .sig = "real x[B,C,S...], real grid[B,P...,n] -> y[B,C,P...]",
       .doc = "An image read at any places, -1..1 along each axis, the last axis first: bilinear, nearest or bicubic; "
              "outside zeros, the border or a reflection.",
       .flags = NRV_MACRO, .make = grid_sample_make, .ulp = 512, .rel = 1e-10,
       .tolerance_why = "a place is a small difference of coordinates of the size of the image",
       .torch = "grid_sampler nn.functional.grid_sample", .onnx = "GridSample",
       .refuse = { "x[1,2,4,5], g[1,3,3,3] => grid_sample: the grid does not fit the image | in here | input "
                   "0: input f32 [1, 2, 4, 5] x | input 1: input f32 [1, 3, 3, 3] g | hint x (B,C,H,W) and "
                   "grid (B,h,w,2), or x (B,C,D,H,W) and (B,d,h,w,3)",
                   "x[1,2,3,4,5], g[1,2,3,3,3], mode=bicubic => grid_sample: mode bicubic with padding zeros "
                   "over 3 axes | in here | input 0: input f32 [1, 2, 3, 4, 5] x | input 1: input f32 [1, 2, "
                   "3, 3, 3] g | hint bilinear, nearest, over two axes bicubic; zeros, border, reflection",
                   "x[1,2,4,5], g[1,3,3,2], padding_mode=wrap => grid_sample: mode bilinear with padding of "
                   "no known name over 2 axes | in here | input 0: input f32 [1, 2, 4, 5] x | input 1: input "
                   "f32 [1, 3, 3, 2] g | hint bilinear, nearest, over two axes bicubic; zeros, border, "
                   "reflection",
                   "x[1,2,0,5], g[1,3,3,2] => grid_sample: axis 2 of the image has a length of 0 | in here | "
                   "input 0: input f32 [1, 2, 0, 5] x | input 1: input f32 [1, 3, 3, 2] g | hint a number "
                   "from 1: pixels lie where it says" },
       .test = { "x[1,2,4,5], g[1,3,3,2] in -1.2..1.2", "x[1,2,4,5], g[1,3,3,2] in -1.2..1.2, align_corners=true",
                 "x[2,1,3,4], g[2,2,3,2] in -1.7..1.7, padding_mode=border",
                 "x[1,1,3,4], g[1,2,3,2] in -2..2, padding_mode=reflection, align_corners=true",
                 "x[1,1,3,4], g[1,2,3,2] in -2..2, padding_mode=reflection",
                 "x[1,2,4,5], g[1,3,3,2] in -1.2..1.2, mode=nearest",
                 "x[1,1,4,5], g[1,2,2,2] in -1.2..1.2, mode=bicubic",
                 "x[1,1,4,5], g[1,2,2,2] in -1.9..1.9, mode=bicubic, padding_mode=reflection",
                 "x[1,2,2,3,4], g[1,1,2,3,3] in -1.3..1.3", "x[0,1,2,2], g[0,2,2,2]",
                 "x[1,1,1,3], g[1,2,2,2] in -1.5..1.5, padding_mode=reflection, align_corners=true" });
