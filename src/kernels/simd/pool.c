/* pool.c - max pooling of float32 images (B,C,H,W) over two axes, and its gradient.

   Promises: padding counts as -inf, a NaN wins; the gradient goes to the first maximum of a window, row by row (the
   first NaN, if there is one). Windows of 2x2 with stride 2 and no padding have a path that vectorises. Does not do:
   one or three axes; average pooling. */
#include "simd.h"

typedef struct pool_shape {
    int64_t planes, in[2], out[2], k[2], stride[2], pad[2], dilation[2];
    bool pairs; /* 2x2, stride 2, nothing else */
} pool_shape;

typedef struct pool_range { /* the part of a window that lies inside: begin, begin + step... < end */
    int64_t begin, end, step;
} pool_range;

static pool_shape pool_shape_of(const nrv__args *a, const nrv__view *x, const nrv__view *y)
{
    const nrv__window_attr *t = a->attr;
    pool_shape s = { .planes = x->dim[0] * x->dim[1], .pairs = true };
    for (int i = 0; i < 2; i++) {
        s.in[i] = x->dim[i + 2], s.out[i] = y->dim[i + 2], s.k[i] = t->kernel[i];
        s.stride[i] = t->stride[i], s.pad[i] = t->pad[i], s.dilation[i] = t->dilation[i];
        s.pairs = s.pairs && s.k[i] == 2 && s.stride[i] == 2 && s.pad[i] == 0 && s.dilation[i] == 1;
        s.pairs = s.pairs && 2 * s.out[i] <= s.in[i];
    }
    return s;
}

static pool_range pool_range_of(const pool_shape *s, int axis, int64_t at)
{
    pool_range r = { .begin = at * s->stride[axis] - s->pad[axis], .step = s->dilation[axis] };
    r.end = simd_min(s->in[axis], r.begin + (s->k[axis] - 1) * r.step + 1);
    if (r.begin < 0)
        r.begin += simd_ceil(-r.begin, r.step) * r.step;
    return r;
}

/* yes if x beats best, otherwise no. Selections of floats, because these vectorise and a bool does not */
SIMD_INLINE float pool_beats(float x, float best, float yes, float no)
{
    const float unless_nan = x <= best ? no : yes;
    return best != best ? no : unless_nan;
}

SIMD_INLINE bool pool_better(float x, float best)
{
    return !(x <= best) && best == best;
}

SIMD_INLINE float pool_max(float best, float x)
{
    return pool_beats(x, best, x, best);
}

/* where the maximum of a window lies in its plane; -1 if the window is all padding */
static int64_t pool_first(const pool_shape *s, const float *x, const pool_range *ry, const pool_range *rx)
{
    int64_t at = -1;
    for (int64_t y = ry->begin; y < ry->end; y += ry->step)
        for (int64_t i = y * s->in[1] + rx->begin; i < y * s->in[1] + rx->end; i += rx->step)
            if (at < 0 || pool_better(x[i], x[at]))
                at = i;
    return at;
}

static void pool_plane(const pool_shape *s, const float *x, float *y)
{
    for (int64_t t = 0; t < s->out[0]; t++) {
        const pool_range ry = pool_range_of(s, 0, t);
        for (int64_t u = 0; u < s->out[1]; u++) {
            const pool_range rx = pool_range_of(s, 1, u);
            const int64_t at = pool_first(s, x, &ry, &rx);
            *y++ = at < 0 ? -__builtin_inff() : x[at];
        }
    }
}

static void pool_pairs(const pool_shape *s, const float *x, float *restrict y)
{
    for (int64_t t = 0; t < s->out[0]; t++, y += s->out[1]) {
        const float *a = x + 2 * t * s->in[1], *b = a + s->in[1];
        for (int64_t u = 0; u < s->out[1]; u++)
            y[u] = pool_max(pool_max(pool_max(a[2 * u], a[2 * u + 1]), b[2 * u]), b[2 * u + 1]);
    }
}

static void pool_back(const pool_shape *s, const float *x, const float *dy, float *dx)
{
    memset(dx, 0, (size_t)(s->in[0] * s->in[1]) * sizeof *dx);
    for (int64_t t = 0; t < s->out[0]; t++) {
        const pool_range ry = pool_range_of(s, 0, t);
        for (int64_t u = 0; u < s->out[1]; u++) {
            const pool_range rx = pool_range_of(s, 1, u);
            const int64_t at = pool_first(s, x, &ry, &rx);
            if (at >= 0)
                dx[at] += dy[t * s->out[1] + u];
        }
    }
}

/* two rows of dx: every element is written once, so nothing needs clearing but what no window covers */
static void pool_pairs_row(const float *restrict a, const float *restrict b, const float *restrict dy,
                           float *restrict da, float *restrict db, int64_t n)
{
    for (int64_t u = 0; u < n; u++) {
        const float g = dy[u], x0 = a[2 * u], x1 = a[2 * u + 1], x2 = b[2 * u], x3 = b[2 * u + 1];
        const float m1 = pool_max(x0, x1), m2 = pool_max(m1, x2);
        const float first = pool_beats(x3, m2, 3, pool_beats(x2, m1, 2, pool_beats(x1, x0, 1, 0)));
        da[2 * u] = first == 0 ? g : 0;
        da[2 * u + 1] = first == 1 ? g : 0;
        db[2 * u] = first == 2 ? g : 0;
        db[2 * u + 1] = first == 3 ? g : 0;
    }
}

static void pool_pairs_back(const pool_shape *s, const float *x, const float *dy, float *dx)
{
    const int64_t w = s->in[1], used = 2 * s->out[1];
    for (int64_t t = 0; t < s->out[0]; t++) {
        float *da = dx + 2 * t * w, *db = da + w;
        pool_pairs_row(x + 2 * t * w, x + (2 * t + 1) * w, dy + t * s->out[1], da, db, s->out[1]);
        for (int64_t i = used; i < w; i++)
            da[i] = db[i] = 0;
    }
    const int64_t done = 2 * s->out[0] * w;
    memset(dx + done, 0, (size_t)(s->in[0] * w - done) * sizeof *dx);
}

static const char *pool_fits(const nrv__args *a)
{
    const nrv__window_attr *t = a->attr;
    if (!simd_f32(a))
        return "only float32";
    return t->axes != 2 ? "only two axes" : NULL;
}

static int64_t pool_units(const nrv__args *a)
{
    return a->in[0].dim[0] * a->in[0].dim[1];
}

static double pool_cost(const nrv__args *a)
{
    const nrv__window_attr *t = a->attr;
    const nrv__view *x = &a->in[0];
    const double windows = (double)(x->dim[2] * x->dim[3]) / (double)(t->stride[0] * t->stride[1]);
    return 10 + windows * (double)(t->kernel[0] * t->kernel[1]) * (t->kernel[0] == 2 ? 0.3 : 1.5);
}

static void pool_run(const nrv__args *a)
{
    const pool_shape s = pool_shape_of(a, &a->in[0], &a->out[0]);
    for (int64_t u = a->begin; u < a->end; u++) {
        const float *x = (const float *)a->in[0].data + u * s.in[0] * s.in[1];
        float *y = (float *)a->out[0].data + u * s.out[0] * s.out[1];
        if (s.pairs)
            pool_pairs(&s, x, y);
        else
            pool_plane(&s, x, y);
    }
}

static void pool_dx_run(const nrv__args *a)
{
    const pool_shape s = pool_shape_of(a, &a->in[0], &a->in[1]);
    for (int64_t u = a->begin; u < a->end; u++) {
        const float *x = (const float *)a->in[0].data + u * s.in[0] * s.in[1];
        const float *dy = (const float *)a->in[1].data + u * s.out[0] * s.out[1];
        float *dx = (float *)a->out[0].data + u * s.in[0] * s.in[1];
        if (s.pairs)
            pool_pairs_back(&s, x, dy, dx);
        else
            pool_back(&s, x, dy, dx);
    }
}

NRV_KERNEL(max_pool, .op = "max_pool", .doc = "float32 maximum over windows of two axes", .fits = pool_fits,
           .units = pool_units, .work = pool_cost, .run = pool_run);

NRV_KERNEL(max_pool_dx, .op = "max_pool_dx", .doc = "gradient of max_pool: to the first maximum of each window",
           .fits = pool_fits, .units = pool_units, .work = pool_cost, .run = pool_dx_run);
