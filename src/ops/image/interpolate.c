/* interpolate - an image in another size, one axis after the other: every place is a weighted sum of a few of its old
   ones, y[o] = sum over t of weight[o,t] x[at[o,t]]; where they lie and what they weigh are constants.

   Source of place o: s = (o + 1/2) n/m - 1/2, with align_corners o (n-1)/(m-1), for nearest o n/m rounded down (exact:
   (o + 1/2) n/m). linear: two places, from s >= 0; cubic: four (Keys 1981, a = -3/4), the outermost repeated.
   antialias: as many as a place covers, with weights normalised (a = -1/2 for cubic), as PIL. area: means, as
   nrv_adaptive_avg_pool. All as PyTorch 1.13; a NaN or infinity reaches all places that read it, with weight 0, too. */
#include "../op.h"
#include <math.h>
#include <string.h>

#ifdef NRV_HEADER
enum { NRV_NEAREST, NRV_NEAREST_EXACT, NRV_LINEAR, NRV_CUBIC, NRV_AREA };
/* scale: where places come from is said by these, not by the lengths (as PyTorch does with scale_factor); 0: by the
   lengths */
typedef struct {
    int mode, align_corners, antialias;
    double scale[3];
    int64_t reserved[4];
} nrv_interpolate_opt;
#endif

extern const nrv__opdef nrv__op_interpolate;

typedef struct interpolate_axis {
    int64_t n, m, taps; /* old and new length, places that are summed */
    double step;        /* old places from one new one to the next */
    int mode;
    bool align, smooth;
} interpolate_axis;

static double interpolate_kernel(double d, double a)
{
    d = fabs(d);
    return d < 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : d < 2 ? ((d - 5) * d + 8) * d * a - 4 * a : 0;
}

static double interpolate_source(const interpolate_axis *p, int64_t o)
{
    return p->align ? p->step * (double)o : p->step * ((double)o + 0.5) - 0.5;
}

/* in double, so that no step, however large, leaves an integer's range; NaN is 0 */
static int32_t interpolate_inside(const interpolate_axis *p, double at)
{
    return (int32_t)fmin(fmax(at, 0), (double)(p->n - 1));
}

/* in float, as PyTorch rounds */
static void interpolate_nearest(const interpolate_axis *p, int64_t o, int32_t *at)
{
    double s = p->step * ((double)o + (p->mode == NRV_NEAREST_EXACT ? 0.5 : 0));
    *at = interpolate_inside(p, floorf((float)s));
}

static void interpolate_linear(const interpolate_axis *p, int64_t o, int32_t *at, double *w)
{
    double s = interpolate_source(p, o);
    s = s < 0 ? 0 : s;
    int32_t low = interpolate_inside(p, s);
    w[1] = fmin(s - low, 1);
    w[0] = 1 - w[1];
    at[0] = low;
    at[1] = interpolate_inside(p, low + 1.0);
}

static void interpolate_cubic(const interpolate_axis *p, int64_t o, int32_t *at, double *w)
{
    double s = interpolate_source(p, o), low = floor(s);
    for (int i = 0; i < 4; i++) {
        at[i] = interpolate_inside(p, low - 1 + i);
        w[i] = interpolate_kernel(s - low + 1 - i, -0.75);
    }
}

static double interpolate_support(const interpolate_axis *p)
{
    return (p->mode == NRV_CUBIC ? 2 : 1) * fmax(p->step, 1);
}

static void interpolate_smooth(const interpolate_axis *p, int64_t o, int32_t *at, double *w)
{
    double centre = p->step * ((double)o + 0.5), reach = interpolate_support(p), sum = 0, narrow = 1 / fmax(p->step, 1);
    int64_t first = (int64_t)fmin(fmax(centre - reach + 0.5, 0), (double)p->n);
    int64_t end = (int64_t)fmin(centre + reach + 0.5, (double)p->n);
    for (int64_t i = 0; i < p->taps; i++) {
        double d = ((double)(first + i) - centre + 0.5) * narrow;
        double value = p->mode == NRV_CUBIC ? interpolate_kernel(d, -0.5) : fmax(0, 1 - fabs(d));
        at[i] = interpolate_inside(p, (double)(first + i));
        w[i] = first + i < end ? value : 0;
        sum += w[i];
    }
    for (int64_t i = 0; i < p->taps && sum != 0; i++)
        w[i] /= sum;
}

static void interpolate_place(const interpolate_axis *p, int64_t o, int32_t *at, double *w)
{
    if (p->mode < NRV_LINEAR)
        interpolate_nearest(p, o, at);
    else if (p->smooth)
        interpolate_smooth(p, o, at, w);
    else if (p->mode == NRV_LINEAR)
        interpolate_linear(p, o, at, w);
    else
        interpolate_cubic(p, o, at, w);
}

/* x with this axis in its new length: lines by index, weighed and summed */
static nrv_tensor interpolate_sum(nrv_tensor x, int axis, const interpolate_axis *p, int32_t *at, double *w)
{
    for (int64_t o = 0; o < p->m; o++)
        interpolate_place(p, o, at + o * p->taps, w + o * p->taps);
    if (p->mode < NRV_LINEAR)
        return nrv_gather(x, nrv_constant(x->g, NRV_I32, NRV_SHAPE(p->m), at), axis);
    nrv_tensor lines = nrv_gather(x, nrv_constant(x->g, NRV_I32, NRV_SHAPE(p->m, p->taps), at), axis);
    nrv_shape s = { x->rank - axis + 1, { p->m, p->taps, 1, 1 } };
    nrv_tensor weight = nrv_cast(nrv_constant(x->g, NRV_F64, s, w), x->type);
    return nrv_sum(nrv_mul(lines, weight), axis + 1, 0);
}

static nrv_tensor interpolate_along(nrv_tensor x, int axis, const interpolate_axis *p)
{
    int64_t size, bytes;
    if (!nrv__mul(p->m, p->taps, &size) || !nrv__mul(size, (int64_t)(sizeof(int32_t) + sizeof(double)), &bytes) ||
        bytes > INT32_MAX)
        return nrv__op_refuses(&nrv__op_interpolate, 1, &x, NRV_EARG, "a smaller size",
                               "%lld places of %lld along axis %d", (long long)p->m, (long long)p->taps, axis);
    double *w = nrv__alloc(&x->g->mem, NULL, 0, (size_t)bytes);
    if (!w)
        return nrv__graph_fail(x->g, NRV_ENOMEM, NULL, "interpolate: no memory"), NULL;
    nrv_tensor y = interpolate_sum(x, axis, p, (int32_t *)(w + size), w);
    nrv__alloc(&x->g->mem, w, (size_t)bytes, 0);
    return y;
}

static interpolate_axis interpolate_axis_of(int64_t n, int64_t m, const nrv_interpolate_opt *o, double scale)
{
    interpolate_axis p = { .n = n, .m = m, .taps = 1, .mode = o->mode };
    p.smooth = o->antialias && o->mode >= NRV_LINEAR;
    p.align = o->align_corners && o->mode >= NRV_LINEAR;
    p.step = p.align ? (m > 1 ? (double)(n - 1) / (double)(m - 1) : 0) : scale > 0 ? 1 / scale : (double)n / (double)m;
    if (o->mode < NRV_LINEAR)
        p.step = (double)(float)p.step;
    else if (p.smooth)
        p.taps = 2 * (int64_t)fmin(ceil(interpolate_support(&p)), (double)n) + 1;
    else
        p.taps = o->mode == NRV_CUBIC ? 4 : 2;
    return p;
}

static const struct interpolate_word {
    const char *word;
    int mode;
} interpolate_words[] = { { "nearest", NRV_NEAREST },  { "nearest-exact", NRV_NEAREST_EXACT },
                          { "linear", NRV_LINEAR },    { "bicubic", NRV_CUBIC },
                          { "area", NRV_AREA },        { "bilinear", NRV_LINEAR },
                          { "trilinear", NRV_LINEAR }, { "cubic", NRV_CUBIC } };

static int interpolate_mode(const char *word)
{
    for (size_t i = 0; i < sizeof interpolate_words / sizeof *interpolate_words; i++)
        if (!strcmp(word, interpolate_words[i].word))
            return interpolate_words[i].mode;
    return -1;
}

static const char *interpolate_name(int mode)
{
    return mode < NRV_NEAREST || mode > NRV_AREA ? "of no known name" : interpolate_words[mode].word;
}

static bool interpolate_wants(nrv_tensor x, int n, const nrv_dim *to, const nrv_interpolate_opt *o)
{
    const nrv__opdef *op = &nrv__op_interpolate;
    if (!nrv__op_wants_real(op, 1, &x))
        return false;
    if (n < 1 || n > 3 || x->rank != n + 2 || !to)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "(B,C) and then one to three axes, and a length for each",
                               "%d lengths%s for a tensor of rank %d", n, to ? "" : " at NULL", x->rank) != NULL;
    if (o->mode < NRV_NEAREST || o->mode > NRV_AREA || (o->mode == NRV_CUBIC && n != 2))
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "nearest, nearest-exact, linear, area; cubic over two axes",
                               "mode %s over %d axes", interpolate_name(o->mode), n) != NULL;
    if ((o->align_corners && (o->mode < NRV_LINEAR || o->mode == NRV_AREA)) ||
        (o->antialias && (n != 2 || (o->mode != NRV_LINEAR && o->mode != NRV_CUBIC))))
        return nrv__op_refuses(op, 1, &x, NRV_EARG,
                               "align_corners goes with linear and cubic, antialias with these over two axes",
                               "%s does not go with mode %s over %d axes", o->antialias ? "antialias" : "align_corners",
                               interpolate_name(o->mode), n) != NULL;
    for (int i = 0; i < n; i++)
        if (x->dim[2 + i] < 1 || x->dim[2 + i] > INT32_MAX || to[i] < 1 || to[i] > 1 << 24)
            return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "lengths are numbers from 1, no names",
                                   "axis %d cannot become %lld long", 2 + i, (long long)to[i]) != NULL;
    return true;
}

/* x (B,C,S...) -> (B,C,to...), n lengths of one to three axes; opt: mode and more, NULL: nearest. */
NRV_API nrv_tensor nrv_interpolate_with(nrv_tensor x, int n, const nrv_dim *to, const nrv_interpolate_opt *opt)
{
    NRV_CALLED(&nrv__op_interpolate, x);
    nrv_interpolate_opt o = opt ? *opt : (nrv_interpolate_opt){ 0 };
    if (!interpolate_wants(x, n, to, &o))
        return NULL;
    if (o.mode == NRV_AREA)
        return nrv_adaptive_avg_pool(x, n, to);
    for (int i = 0; i < n && x; i++) {
        interpolate_axis p = interpolate_axis_of(x->dim[2 + i], to[i], &o, o.scale[i]);
        if (p.n != p.m || (!p.align && o.scale[i] > 0 && o.scale[i] != 1))
            x = interpolate_along(x, 2 + i, &p);
    }
    return x;
}

/* x (B,C,S...) -> (B,C,to...), n lengths: by NRV_NEAREST, NRV_NEAREST_EXACT, NRV_LINEAR (bilinear, trilinear),
   NRV_CUBIC or NRV_AREA. */
NRV_API nrv_tensor nrv_interpolate(nrv_tensor x, int n, const nrv_dim *to, int mode)
{
    return nrv_interpolate_with(x, n, to, &(nrv_interpolate_opt){ .mode = mode });
}

/* up to n numbers, one stands for all */
static void interpolate_reals(const nrv__case *c, const char *name, int n, double *to)
{
    int k = nrv__case_reals(c, name, n, to);
    for (int i = k; k == 1 && i < n; i++)
        to[i] = to[0];
}

static nrv_tensor interpolate_make(nrv__case *c)
{
    nrv_tensor x = c->x[0];
    const char *mode = nrv__case_text(c, "mode");
    nrv_interpolate_opt o = { .mode = mode ? interpolate_mode(mode) : NRV_NEAREST,
                              .align_corners = nrv__case_small(c, "align_corners", 0),
                              .antialias = nrv__case_small(c, "antialias", 0) };
    int n = x && x->rank > 2 && x->rank < 6 ? x->rank - 2 : 0;
    double size[3] = { 0 }, scale[3] = { 0 };
    nrv_dim to[3] = { 0 };
    interpolate_reals(c, "size", n, size);
    interpolate_reals(c, "scale_factor", n, scale);
    for (int i = 0; i < n; i++) {
        double length = scale[i] > 0 ? floor((double)x->dim[2 + i] * scale[i]) : size[i];
        to[i] = length > 0 && length < 1e9 ? (nrv_dim)length : 0;
        o.scale[i] = nrv__case_int(c, "recompute_scale_factor", 0) ? 0 : scale[i];
    }
    return nrv_interpolate_with(x, n, to, &o);
}

NRV_OP(interpolate, .sig = "real x[B,C,S...] -> y[B,C,O...]",
       .doc = "An image in another size: nearest, nearest-exact, linear (bilinear, trilinear), bicubic or area, with "
              "align_corners and antialias, as PyTorch.",
       .flags = NRV_MACRO, .make = interpolate_make, .ulp = 32,
       .tolerance_why = "weighted sums for each axis, each rounded; cubic weights are negative, too",
       .torch = "nn.functional.interpolate nn.functional.upsample nn.functional.upsample_nearest nn.Upsample "
                "nn.UpsamplingNearest2d "
                "nn.UpsamplingBilinear2d",
       .onnx = "Resize Upsample",
       .refuse = { "x[1,2,4,5], size=0 3 => interpolate: axis 2 cannot become 0 long | in here | input 0: "
                   "input f32 [1, 2, 4, 5] x | hint lengths are numbers from 1, no names",
                   "x[1,2,4], size=3, mode=bicubic => interpolate: mode bicubic over 1 axes | in here | input "
                   "0: input f32 [1, 2, 4] x | hint nearest, nearest-exact, linear, area; cubic over two axes",
                   "x[1,2,4,5], size=3 3, align_corners=true => interpolate: align_corners does not go with "
                   "mode nearest over 2 axes | in here | input 0: input f32 [1, 2, 4, 5] x | hint "
                   "align_corners goes with linear and cubic, antialias with these over two axes",
                   "x[1,2,4,5], size=3 3, mode=fancy => interpolate: mode of no known name over 2 axes | in "
                   "here | input 0: input f32 [1, 2, 4, 5] x | hint nearest, nearest-exact, linear, area; "
                   "cubic over two axes",
                   "x[4,5], size=3 => interpolate: 0 lengths for a tensor of rank 2 | in here | input 0: "
                   "input f32 [4, 5] x | hint (B,C) and then one to three axes, and a length for each" },
       .test = { "x[1,2,4,5], size=8 10", "x[1,2,4,5], size=7 8, mode=bilinear", "x[2,1,6,6], size=4 3, mode=bilinear",
                 "x[1,2,4,4], size=8 8, mode=bicubic", "x[1,2,5,4], size=3 7, mode=bilinear, align_corners=true",
                 "x[2,2,5], scale_factor=1.7, mode=linear", "x[1,1,3,4,2], size=5 2 4, mode=trilinear",
                 "x[1,2,7,9], size=3 4, mode=bicubic, antialias=true",
                 "x[1,2,7,9], size=3 12, mode=bilinear, antialias=1", "x[2,1,5,6], size=3 4, mode=area",
                 "x[1,1,5,7], scale_factor=0.6, mode=nearest-exact", "x[0,1,3], size=5, mode=linear" });
