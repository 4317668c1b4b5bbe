/* conv_dw_dots.c - the gradient of a two-dimensional float32 convolution by the weights, as dot products over pixels.

   Promises: any stride, padding, dilation and groups; bits that do not depend on threads: a sum over images runs over
   groups of images that depend on shapes only, and these are added in order. Does not do: other than two axes. Padding
   is 0 * value where a value next to it is infinite: then dw is NaN. */
#include "conv_core.h"

/* 4 x 5 dot products at a time leave registers for the factors; with 4 x 6 gcc reads them from memory again and again
 */
enum { CONV_DOT_O = 4, CONV_DOT_K = SIMD_PER_TILE == 4 ? 5 : 3, CONV_PART = 1024 };

/* dw[o][k] = sum over images and positions of dy[o] x[k]: dot products of long rows, both laid out as in forward */
typedef struct conv_sum {
    conv_shape s;
    conv_grid g;
    int64_t parts, cuts;  /* groups of images; pieces that the channels of dy are cut into */
    int64_t batch, image; /* images copied at a time; floats of one */
    int64_t width, k;     /* of a row of dy; weights per o */
} conv_sum;

static conv_sum conv_sum_of(const nrv__args *a)
{
    conv_sum p = { .s = conv_shape_of(a, &a->in[1], &a->out[0], &a->in[0]) };
    const conv_shape *s = &p.s;
    p.g.channels = s->c;
    for (int i = 0; i < 2; i++) {
        p.g.size[i] = s->in[i], p.g.step[i] = s->stride[i], p.g.grid[i] = s->out[i];
        p.g.origin[i] = -s->pad[i], p.g.reach[i] = (s->k[i] - 1) * s->dilation[i];
    }
    conv_grid_close(&p.g);
    p.width = simd_ceil(conv_span(&p.g), SIMD_W) * SIMD_W;
    p.k = s->c * s->k[0] * s->k[1];
    const double bytes = (double)p.k * (double)(s->o * s->g) * 4;
    p.parts = simd_min(16, simd_max(simd_min(s->b, 4), s->b / 8));
    while (p.parts > 2 && bytes * (double)p.parts > 16e6)
        p.parts /= 2;
    p.cuts = p.parts * s->g < 8 ? simd_max(1, simd_min(8, s->o / CONV_DOT_O)) : 1;
    p.image = simd_ceil(s->o, p.cuts) * p.width + conv_image(&p.g);
    p.batch = simd_max(1, simd_min(simd_ceil(s->b, simd_max(1, p.parts)), CONV_FLOATS / simd_max(1, p.image)));
    if (a->n == 0 || p.width == 0)
        p.parts = 0;
    return p;
}

#define CONV_DOT_ZERO(i) simd_f c##i##0 = { 0 }, c##i##1 = { 0 }, c##i##2 = { 0 }, c##i##3 = { 0 }, c##i##4 = { 0 };
#define CONV_DOT_ADD(i)                                   \
    if (mo > i) {                                         \
        const simd_f v = simd_load(y + i * t->width + q); \
        c##i##0 += v * x0;                                \
        if (nk > 1)                                       \
            c##i##1 += v * x1;                            \
        if (nk > 2)                                       \
            c##i##2 += v * x2;                            \
        if (nk > 3)                                       \
            c##i##3 += v * x3;                            \
        if (nk > 4)                                       \
            c##i##4 += v * x4;                            \
    }
#define CONV_DOT_PUT(i)                     \
    if (mo > i) {                           \
        simd_f *to = sums + i * CONV_DOT_K; \
        to[0] = c##i##0;                    \
        if (nk > 1)                         \
            to[1] = c##i##1;                \
        if (nk > 2)                         \
            to[2] = c##i##2;                \
        if (nk > 3)                         \
            to[3] = c##i##3;                \
        if (nk > 4)                         \
            to[4] = c##i##4;                \
    }

typedef struct conv_dots {
    const float *x, *y;
    const int64_t *at;
    int64_t width, images, step_x, step_y;
} conv_dots;

SIMD_INLINE void conv_dots_any(const conv_dots *t, simd_f *sums, const int mo, const int nk)
{
    const int64_t *at = t->at;
    const simd_f none = { 0 };
    CONV_DOT_ZERO(0) CONV_DOT_ZERO(1) CONV_DOT_ZERO(2) CONV_DOT_ZERO(3) for (int64_t b = 0; b < t->images; b++)
    {
        const float *x = t->x + b * t->step_x, *y = t->y + b * t->step_y;
        const float *p0 = x + at[0], *p1 = nk > 1 ? x + at[1] : x, *p2 = nk > 2 ? x + at[2] : x;
        const float *p3 = nk > 3 ? x + at[3] : x, *p4 = nk > 4 ? x + at[4] : x;
        for (int64_t q = 0; q < t->width; q += SIMD_W) {
            const simd_f x0 = conv_once(p0 + q), x1 = nk > 1 ? conv_once(p1 + q) : none;
            const simd_f x2 = nk > 2 ? conv_once(p2 + q) : none, x3 = nk > 3 ? conv_once(p3 + q) : none;
            const simd_f x4 = nk > 4 ? conv_once(p4 + q) : none;
            CONV_DOT_ADD(0) CONV_DOT_ADD(1) CONV_DOT_ADD(2) CONV_DOT_ADD(3)
        }
    }
    CONV_DOT_PUT(0) CONV_DOT_PUT(1) CONV_DOT_PUT(2) CONV_DOT_PUT(3)
}

#define CONV_DOT_CASE(mo, nk)           \
    case mo * 8 + nk:                   \
        conv_dots_any(t, sums, mo, nk); \
        return;
#define CONV_DOT_CASES(nk) CONV_DOT_CASE(1, nk) CONV_DOT_CASE(2, nk) CONV_DOT_CASE(3, nk) CONV_DOT_CASE(4, nk)

static void conv_dots_some(const conv_dots *t, simd_f *sums, int mo, int nk)
{
    switch (mo * 8 + nk) {
        CONV_DOT_CASES(1)
        CONV_DOT_CASES(2)
        CONV_DOT_CASES(3)
#if defined(__AVX512F__) || defined(__aarch64__)
        CONV_DOT_CASES(4)
        CONV_DOT_CASES(5)
#endif
    }
}

/* rows of dy with the pitch of the copied image, zeros where a column is dropped */
static void conv_sum_dy(float *to, const conv_sum *p, const float *dy, int64_t rows)
{
    const int64_t t = p->s.out[0], u = p->s.out[1];
    for (int64_t o = 0; o < rows; o++, to += p->width) {
        for (int64_t r = 0; r < t; r++, dy += u) {
            const int64_t end = r + 1 < t ? p->g.pitch : p->width - r * p->g.pitch;
            float *row = to + r * p->g.pitch;
            for (int64_t i = 0; i < u; i++)
                row[i] = dy[i];
            for (int64_t i = u; i < end; i++)
                row[i] = 0;
        }
    }
}

/* the sum of each of n vectors (n rounded up to a multiple of 4), four at a time */
static void conv_flatten(float *to, const simd_f *sums, int n)
{
    float fours[16], turned[16];
    for (int i = 0; i < n; i += 4) {
        for (int j = 0; j < 4; j++) {
            const float *from = (const float *)&sums[i + j];
            simd_4 s = *(const simd_4_at *)from;
            for (int l = 4; l < SIMD_W; l += 4)
                s += *(const simd_4_at *)(from + l);
            *(simd_4_at *)(fours + j * 4) = s;
        }
        simd_turn4(turned, 4, fours, 4);
        for (int j = 0; j < 4; j++)
            to[i + j] = (turned[j] + turned[4 + j]) + (turned[8 + j] + turned[12 + j]);
    }
}

/* part (rows of o, k) += what these images give */
static void conv_sum_tiles(const conv_sum *p, conv_dots *t, const float *y, const int64_t *at, int64_t rows,
                           float *part)
{
    const int64_t high = simd_ceil(rows, CONV_DOT_O), wide = simd_ceil(p->k, CONV_DOT_K);
    simd_f sums[CONV_DOT_O * CONV_DOT_K + 3];
    float flat[CONV_DOT_O * CONV_DOT_K + 3];
    memset(sums, 0, sizeof sums);
    for (int64_t i = 0; i < high; i++)
        for (int64_t j = 0; j < wide; j++) {
            const int64_t o = simd_cut(rows, high, i), k = simd_cut(p->k, wide, j);
            const int mo = (int)(simd_cut(rows, high, i + 1) - o), nk = (int)(simd_cut(p->k, wide, j + 1) - k);
            t->y = y + o * p->width, t->at = at + k;
            conv_dots_some(t, sums, mo, nk);
            conv_flatten(flat, sums, mo * CONV_DOT_K);
            for (int l = 0; l < mo; l++)
                for (int m = 0; m < nk; m++)
                    part[(o + l) * p->k + k + m] += flat[l * CONV_DOT_K + m];
        }
}

/* unit = (group of images, group of channels, piece of o) */
static void conv_sum_unit(const conv_sum *p, const nrv__args *a, int64_t unit)
{
    const conv_shape *s = &p->s;
    const int64_t cut = unit % p->cuts, group = unit / p->cuts % s->g, share = unit / p->cuts / s->g;
    const int64_t o0 = simd_cut(s->o, p->cuts, cut), rows = simd_cut(s->o, p->cuts, cut + 1) - o0;
    const int64_t b0 = simd_cut(s->b, p->parts, share), b1 = simd_cut(s->b, p->parts, share + 1);
    const int64_t plane_x = s->in[0] * s->in[1], plane_y = s->out[0] * s->out[1];
    float *part = (float *)a->shared + share * s->g * s->o * p->k + (group * s->o + o0) * p->k;
    int64_t *at = a->scratch;
    conv_at *taps = (conv_at *)(void *)(at + p->k);
    int64_t n = 0;
    for (int64_t ky = 0; ky < s->k[0]; ky++)
        for (int64_t kx = 0; kx < s->k[1]; kx++, n++)
            taps[n] = (conv_at){ n, ky * s->dilation[0], kx * s->dilation[1] };
    conv_table(at, &p->g, taps, n);
    float *x = (float *)(((uintptr_t)(taps + n) + 63) / 64 * 64), *y = x + p->batch * conv_image(&p->g);
    conv_dots t = { .x = x, .width = p->width, .step_x = conv_image(&p->g), .step_y = rows * p->width };
    memset(part, 0, (size_t)(rows * p->k) * sizeof *part);
    conv_clear(x, &p->g, simd_min(p->batch, b1 - b0));
    for (int64_t b = b0; b < b1; b += p->batch) {
        t.images = simd_min(p->batch, b1 - b);
        for (int64_t i = 0; i < t.images; i++) {
            const int64_t image = (b + i) * s->g + group;
            conv_fill(x + i * t.step_x, &p->g, (const float *)a->in[1].data + image * s->c * plane_x);
            conv_sum_dy(y + i * t.step_y, p, (const float *)a->in[0].data + (image * s->o + o0) * plane_y, rows);
        }
        conv_sum_tiles(p, &t, y, at, rows, part);
    }
}

static int64_t conv_dots_units(const nrv__args *a)
{
    const conv_sum p = conv_sum_of(a);
    return p.parts * p.s.g * p.cuts;
}

static int64_t conv_dots_units2(const nrv__args *a)
{
    return simd_ceil(a->n, CONV_PART);
}

static double conv_dots_work(const nrv__args *a)
{
    const conv_sum p = conv_sum_of(a);
    const double images = (double)p.s.b / (double)simd_max(1, p.parts);
    return 50 + images * (double)(p.width * p.k * p.s.o) / (double)p.cuts / (simd_fma_rate() * 0.6);
}

static size_t conv_dots_scratch(const nrv__args *a)
{
    const conv_sum p = conv_sum_of(a);
    const size_t tables = (size_t)p.k * sizeof(int64_t) + (size_t)(p.s.k[0] * p.s.k[1]) * sizeof(conv_at) + 64;
    return p.parts == 0 ? 0 : tables + (size_t)(p.batch * p.image) * sizeof(float);
}

static size_t conv_dots_shared(const nrv__args *a)
{
    return (size_t)(conv_sum_of(a).parts * a->n) * sizeof(float);
}

static void conv_dots_run(const nrv__args *a)
{
    const conv_sum p = conv_sum_of(a);
    if (a->phase == 1) {
        conv_add_parts(a, p.parts, CONV_PART);
        return;
    }
    for (int64_t u = a->begin; u < a->end; u++)
        conv_sum_unit(&p, a, u);
}

NRV_KERNEL(conv_dw_dots, .op = "conv_dw", .doc = "gradient by the weights: dot products over a padded copy in cache",
           .fits = conv_declines, .units = conv_dots_units, .units2 = conv_dots_units2, .work = conv_dots_work,
           .scratch = conv_dots_scratch, .shared = conv_dots_shared, .run = conv_dots_run);
