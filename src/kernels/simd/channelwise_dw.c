/* channelwise_dw.c - the gradient of a depthwise convolution of float32 images by its weights, for windows of 3x3: for
   every filter nine dot products of planes, moved against each other.

   Both planes are read where they lie. The nine sums are in registers and some rows of dy beside them, so that a row of
   the image is loaded once for all it meets.

   Promises: any padding, any gaps between columns, strides of one and two; bits that do not depend on threads: sums of
   rows are added plane by plane in groups of images that depend on shapes only, and the groups in order in phase 1.
   Does not do: other windows, groups that share a channel (conv_dw.c). What lies beside the image is left out above and
   below, and multiplied by zero left and right: next to an infinite dy that is NaN. */
#include "channelwise.h"

enum { DWISE_UNITS = 16 };

typedef struct dwise_plan {
    conv_shape s;
    int64_t filters, parts; /* of all groups; groups of images */
} dwise_plan;

static dwise_plan dwise_plan_of(const nrv__args *a)
{
    dwise_plan p = { .s = conv_shape_of(a, &a->in[1], &a->out[0], &a->in[0]) };
    const conv_shape *s = &p.s;
    p.filters = s->g * s->o;
    p.parts = simd_max(1, simd_min(s->b, simd_ceil(DWISE_UNITS, simd_max(1, p.filters))));
    return p;
}

/* some rows of two planes that are multiplied */
typedef struct dwise_tile {
    const float *x, *y;    /* the row that the first tap of the first row meets, or would meet; the first row of dy */
    int64_t first, height; /* which row that is of how many */
    int64_t width, cols;   /* of x, of dy */
    int64_t at[3];         /* columns of the taps */
    simd_f *sums;
} dwise_tile;

/* lanes of dy and of a tap's factors; lanes without a dy are left out of both */
SIMD_INLINE depth_mask dwise_mask(int64_t at, int64_t width, int64_t left, const int64_t jump)
{
    return depth_mask_of(at, simd_min(width, at + left * jump), jump);
}

#define DWISE_ROW(r)      (edge ? simd_load_span(dy + (r) * cols, lanes) : conv_once(dy + (r) * cols))
#define DWISE_DY(r, i, k) const simd_f y##r = rows > (r) ? DWISE_ROW(r) : none;
#define DWISE_FMA(r, i, k)                   \
    if (rows > (r) && (i) - (r) * jump == 0) \
        c0##k += x * y##r;                   \
    if (rows > (r) && (i) - (r) * jump == 1) \
        c1##k += x * y##r;                   \
    if (rows > (r) && (i) - (r) * jump == 2) \
        c2##k += x * y##r;
#define DWISE_TAP(i, k)                                             \
    {                                                               \
        const simd_f x = depth_load(row, at##k, &m##k, jump, edge); \
        DEPTH_R(DWISE_FMA, i, k)                                    \
    }
#define DWISE_THREE(m, n, i) m(n, i, 0) m(n + 1, i, 1) m(n + 2, i, 2)
#define DWISE_NINE(m)        DWISE_THREE(m, 0, 0) DWISE_THREE(m, 3, 1) DWISE_THREE(m, 6, 2)
#define DWISE_ZERO(n, i, k)  simd_f c##i##k = { 0 };
#define DWISE_PUT(n, i, k)   t->sums[n] += c##i##k;

/* 3x3; rows, jump and edge are constants */
SIMD_INLINE void dwise_nine(const dwise_tile *t, depth_span s, const int rows, const int jump, const bool edge)
{
    const simd_f none = { 0 };
    const int64_t width = t->width, cols = t->cols;
    const uint64_t first = (uint64_t)t->first, height = (uint64_t)t->height;
    const int64_t e0 = t->at[0], e1 = t->at[1], e2 = t->at[2];
    DWISE_NINE(DWISE_ZERO)
    for (; s.u < s.end; s.u += SIMD_W) {
        const int64_t at0 = s.u * jump + e0, at1 = s.u * jump + e1, at2 = s.u * jump + e2, left = cols - s.u;
        const depth_mask m0 = dwise_mask(at0, width, left, jump), m1 = dwise_mask(at1, width, left, jump);
        const depth_mask m2 = dwise_mask(at2, width, left, jump);
        const simd_span lanes = simd_span_of(0, left);
        const float *row = t->x, *dy = t->y + s.u;
        DEPTH_R(DWISE_DY, 0, 0)
        DEPTH_LINES(DWISE_TAP)
    }
    DWISE_NINE(DWISE_PUT)
}

static void dwise_nine_run(const dwise_tile *t, depth_span s, int64_t rows, int64_t jump, bool edge)
{
    switch (rows * 4 + (jump == 2) * 2 + edge) {
        DEPTH_CASES(dwise_nine)
    }
}

static bool dwise_edge(const dwise_tile *t, int64_t u, int64_t jump)
{
    return u + SIMD_W > t->cols || u * jump + t->at[0] < 0 || u * jump + t->at[2] + jump * SIMD_W > t->width;
}

/* some rows, all columns: vectors that are all at the edge or all not, one group after the other */
static void dwise_rows(const dwise_tile *t, int64_t rows, int64_t jump)
{
    for (depth_span s = { 0, 0 }; s.u < t->cols; s.u = s.end) {
        const bool edge = dwise_edge(t, s.u, jump);
        for (s.end = s.u + SIMD_W; s.end < t->cols && dwise_edge(t, s.end, jump) == edge;)
            s.end += SIMD_W;
        dwise_nine_run(t, s, rows, jump, edge);
    }
}

static void dwise_plane(const dwise_plan *p, const float *x, const float *dy, simd_f *sums)
{
    const conv_shape *s = &p->s;
    dwise_tile t = { .height = s->in[0], .width = s->in[1], .cols = s->out[1], .sums = sums };
    for (int i = 0; i < 3; i++)
        t.at[i] = i * s->dilation[1] - s->pad[1];
    const int64_t pieces = simd_ceil(s->out[0], DEPTH_ROWS), each = s->out[0] / simd_max(1, pieces);
    for (int64_t at = 0, left = pieces, rows; left > 0; left--, at += rows) {
        rows = each + (s->out[0] - at > left * each);
        t.first = at * s->stride[0] - s->pad[0];
        t.x = x + t.first * t.width, t.y = dy + at * t.cols;
        dwise_rows(&t, rows, s->stride[0]);
    }
}

/* unit = (group of images, filter) */
static void dwise_unit(const dwise_plan *p, const nrv__args *a, int64_t unit)
{
    const conv_shape *s = &p->s;
    const int64_t filter = unit % p->filters, part = unit / p->filters, channel = filter / s->o;
    const int64_t in = s->in[0] * s->in[1], out = s->out[0] * s->out[1];
    simd_f sums[DEPTH_TAPS] = { { 0 } };
    float *to = (float *)a->shared + unit * DEPTH_TAPS;
    for (int64_t b = simd_cut(s->b, p->parts, part); b < simd_cut(s->b, p->parts, part + 1); b++) {
        const float *x = (const float *)a->in[1].data + (b * s->g + channel) * in;
        const float *dy = (const float *)a->in[0].data + (b * p->filters + filter) * out;
        dwise_plane(p, x, dy, sums);
    }
    for (int64_t k = 0; k < DEPTH_TAPS; k++)
        to[k] = simd_sum(sums[k]);
}

static const char *dwise_declines(const nrv__args *a)
{
    return depth_refuses(a, &a->out[0]);
}

static int64_t dwise_units(const nrv__args *a)
{
    const dwise_plan p = dwise_plan_of(a);
    return a->n == 0 ? 0 : p.parts * p.filters;
}

static int64_t dwise_units2(const nrv__args *a)
{
    return a->n == 0 ? 0 : 1;
}

static double dwise_work(const nrv__args *a)
{
    const dwise_plan p = dwise_plan_of(a);
    const double images = (double)p.s.b / (double)p.parts, out = (double)(p.s.out[0] * p.s.out[1]);
    const double bytes = 4 * (out + (double)(p.s.in[0] * p.s.in[1]));
    return 20 + images * (out * (double)DEPTH_TAPS / (simd_fma_rate() * 0.6) + bytes / 30);
}

static size_t dwise_shared(const nrv__args *a)
{
    return (size_t)(dwise_plan_of(a).parts * a->n) * sizeof(float);
}

static void dwise_run(const nrv__args *a)
{
    const dwise_plan p = dwise_plan_of(a);
    if (a->phase == 1) {
        conv_add_parts(a, p.parts, a->n);
        return;
    }
    for (int64_t u = a->begin; u < a->end; u++)
        dwise_unit(&p, a, u);
}

NRV_KERNEL(channelwise_dw, .op = "conv_dw", .doc = "depthwise gradient by the weights: planes moved against each other",
           .fits = dwise_declines, .units = dwise_units, .units2 = dwise_units2, .work = dwise_work,
           .shared = dwise_shared, .run = dwise_run);
