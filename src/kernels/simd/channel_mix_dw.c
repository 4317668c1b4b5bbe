/* channel_mix_dw.c - the gradient of a float32 convolution by the weights where windows are 1x1: in each image the
   product of dy (channels of the result, pixels) and x (channels, pixels) turned, as dots of rows of pixels.

   Neither side has to be turned for that: both are read where they lie, and four rows of dy at a time meet all of x.
   With a stride, what the windows meet of a block of x is copied side by side, a channel a row, of small images
   several. What the next rows of dy are is fetched meanwhile.

   Promises: any stride and groups; bits that do not depend on threads: a sum runs over groups of images that depend on
   shapes only, and these are added in order in phase 1. Does not do: padding, small images without a stride
   (conv_dw.c). */
#include "conv_core.h"

/* 4 x 5 dots at a time leave registers for their factors */
enum {
    OUTER_O = 4,
    OUTER_C = SIMD_PER_TILE == 4 ? 5 : 3,
    OUTER_PIXELS = 1024,
    OUTER_FLOATS = 1 << 16,
    OUTER_SUM = 1024
};

typedef struct outer_plan {
    conv_shape s;
    int64_t pixels, high; /* of an image; rows of a block */
    int64_t blocks;       /* of an image */
    int64_t images;       /* side by side */
    int64_t row;          /* floats of a row of the copy */
    int64_t parts, cuts;  /* groups of images, pieces of the channels of dy */
    int64_t wide;         /* channels of x at a time */
    bool strided;
    bool place, place_x; /* dy and x are read where they lie */
} outer_plan;

static outer_plan outer_plan_of(const nrv__args *a)
{
    outer_plan p = { .s = conv_shape_of(a, &a->in[1], &a->out[0], &a->in[0]) };
    const conv_shape *s = &p.s;
    p.strided = s->stride[0] > 1 || s->stride[1] > 1;
    if (a->n == 0 || s->b == 0 || s->out[0] == 0 || s->out[1] == 0)
        return p;
    p.pixels = s->out[0] * s->out[1];
    const int64_t weights = s->o * s->c * s->g;
    p.parts = simd_min(s->b, 16);
    while (p.parts > 2 && weights * p.parts > CONV_FLOATS * 8)
        p.parts /= 2;
    p.cuts = simd_max(1, simd_min(simd_ceil(8, p.parts * s->g), s->o / (4 * OUTER_O)));
    p.blocks = simd_ceil(p.pixels, OUTER_PIXELS);
    p.images = simd_max(1, simd_min(simd_ceil(s->b, p.parts), OUTER_PIXELS / p.pixels));
    p.high = simd_ceil(s->out[0], p.blocks);
    p.blocks = simd_ceil(s->out[0], p.high);
    p.place = p.images == 1, p.place_x = p.place && !p.strided;
    p.row = simd_ceil(p.images * p.high * s->out[1], SIMD_W) * SIMD_W;
    p.wide = simd_min(s->c, simd_max(4 * OUTER_C, OUTER_FLOATS / p.row));
    return p;
}

/* ---- the tile ---- */

typedef struct outer_tile { /* sum of x[c*row_x + q] y[o*row_y + q] over q < n */
    const float *x, *y;
    int64_t row_x, row_y, n;
    const float *soon, *soon_x; /* of each as many floats are fetched; or NULL */
} outer_tile;

#define OUTER_ZERO(i) simd_f s##i##0 = { 0 }, s##i##1 = { 0 }, s##i##2 = { 0 }, s##i##3 = { 0 }, s##i##4 = { 0 };
#define OUTER_FMA(i)                                                                             \
    if (mo > i) {                                                                                \
        const simd_f v = whole ? simd_load(y + i * row_y) : simd_load_some(y + i * row_y, last); \
        s##i##0 += v * x0;                                                                       \
        if (nc > 1)                                                                              \
            s##i##1 += v * x1;                                                                   \
        if (nc > 2)                                                                              \
            s##i##2 += v * x2;                                                                   \
        if (nc > 3)                                                                              \
            s##i##3 += v * x3;                                                                   \
        if (nc > 4)                                                                              \
            s##i##4 += v * x4;                                                                   \
    }
#define OUTER_GET(i) (whole ? conv_once(x + i * row_x) : simd_load_some(x + i * row_x, last))
#define OUTER_STEP(whole_)                                                                 \
    {                                                                                      \
        const bool whole = whole_;                                                         \
        const simd_f x0 = OUTER_GET(0), x1 = nc > 1 ? OUTER_GET(1) : none;                 \
        const simd_f x2 = nc > 2 ? OUTER_GET(2) : none;                                    \
        const simd_f x3 = nc > 3 ? OUTER_GET(3) : none, x4 = nc > 4 ? OUTER_GET(4) : none; \
        OUTER_FMA(0) OUTER_FMA(1) OUTER_FMA(2) OUTER_FMA(3)                                \
    }
/* five sums as four and one */
#define OUTER_PUT(i)                                                                         \
    if (mo > i) {                                                                            \
        const simd_4 four = simd_sums(s##i##0, s##i##1, s##i##2, s##i##3);                   \
        for (int j = 0; j < 4 && j < nc; j++)                                                \
            to[i * row + j] = add ? to[i * row + j] + four[j] : four[j];                     \
        if (nc > 4)                                                                          \
            to[i * row + 4] = add ? to[i * row + 4] + simd_sum(s##i##4) : simd_sum(s##i##4); \
    }

/* mo and nc are constants wherever this is called */
SIMD_INLINE void outer_tile_any(const outer_tile *t, float *to, int64_t row, bool add, const int mo, const int nc)
{
    const float *x = t->x, *y = t->y, *soon = t->soon ? t->soon : y, *soon_x = t->soon_x ? t->soon_x : y;
    const int64_t row_x = t->row_x, row_y = t->row_y;
    const simd_f none = { 0 };
    const simd_mask last = simd_first(t->n % SIMD_W);
    OUTER_ZERO(0) OUTER_ZERO(1) OUTER_ZERO(2) OUTER_ZERO(3) int64_t n = t->n;
    for (; n >= SIMD_W; n -= SIMD_W, x += SIMD_W, y += SIMD_W, soon += SIMD_W, soon_x += SIMD_W) {
        __builtin_prefetch(soon, 0, 2);
        __builtin_prefetch(soon_x, 0, 2);
        OUTER_STEP(true)
    }
    if (n > 0)
        OUTER_STEP(false)
    OUTER_PUT(0) OUTER_PUT(1) OUTER_PUT(2) OUTER_PUT(3)
}

#define OUTER_CASE(mo, nc)                       \
    case mo * 8 + nc:                            \
        outer_tile_any(t, to, row, add, mo, nc); \
        return;
#define OUTER_CASES(nc) OUTER_CASE(1, nc) OUTER_CASE(2, nc) OUTER_CASE(3, nc) OUTER_CASE(4, nc)

static void outer_tile_run(const outer_tile *t, float *to, int64_t row, bool add, int mo, int nc)
{
    switch (mo * 8 + nc) {
        OUTER_CASES(1)
        OUTER_CASES(2)
        OUTER_CASES(3)
#if CONV_MANY
        OUTER_CASES(4)
        OUTER_CASES(5)
#endif
    }
}

/* ---- phase 0 ---- */

typedef struct outer_room {
    float *x, *y;
} outer_room;

/* rows of `channels` channels of some images, of rows t0 to t1 of what the windows meet; zeros up to whole vectors */
static void outer_copy(const outer_plan *p, float *to, const float *x, int64_t channels, int64_t images, int64_t t0,
                       int64_t t1)
{
    const conv_shape *s = &p->s;
    const int64_t plane = s->in[0] * s->in[1], image = s->c * s->g * plane, n = (t1 - t0) * s->out[1];
    for (int64_t c = 0; c < channels; c++, x += plane, to += p->row) {
        float *end = to;
        for (int64_t b = 0; b < images; b++, end += n) {
            const float *from = x + b * image + t0 * s->stride[0] * s->in[1];
            if (!p->strided)
                conv_copy(end, from, n);
            for (int64_t t = 0; t < t1 - t0 && p->strided; t++)
                conv_pick_over(end + t * s->out[1], from + t * s->stride[0] * s->in[1], s->out[1], s->stride[1]);
        }
        for (float *const whole = to + simd_ceil(images * n, SIMD_W) * SIMD_W; end < whole; end++)
            *end = 0;
    }
}

/* rows of dy of some images side by side */
static void outer_beside(const outer_plan *p, float *to, const float *dy, int64_t rows, int64_t images)
{
    const int64_t image = p->s.o * p->s.g * p->pixels;
    for (int64_t o = 0; o < rows; o++)
        for (int64_t b = 0; b < images; b++)
            conv_copy(to + o * p->row + b * p->pixels, dy + o * p->pixels + b * image, p->pixels);
}

typedef struct outer_block { /* some images, or some rows of one; channels o0 to o1 of dy */
    int64_t b, images, t0, t1, o0, o1;
} outer_block;

static const float *outer_dy(const outer_plan *p, const nrv__args *a, int64_t group, const outer_block *k)
{
    const conv_shape *s = &p->s;
    return (const float *)a->in[0].data + (((k->b * s->g + group) * s->o + k->o0) * s->out[0] + k->t0) * s->out[1];
}

/* what comes after: a stretch of x or dy with each tile */
typedef struct outer_soon {
    const float *from;
    int64_t row, pieces, apart; /* between channels; stretches of a channel, and between these */
    int64_t next, end;          /* a tile for which next < 0 comes too early */
} outer_soon;

static const float *outer_fetch(outer_soon *f)
{
    const int64_t i = f->next++;
    return i < 0 || i >= f->end ? NULL : f->from + i / f->pieces * f->row + i % f->pieces * f->apart;
}

/* x of a block, for the last of so many tiles */
static outer_soon outer_soon_x(const outer_plan *p, const nrv__args *a, int64_t group, const outer_block *k, int64_t c0,
                               int64_t channels, int64_t tiles)
{
    const conv_shape *s = &p->s;
    const int64_t plane = s->in[0] * s->in[1], first = k->t0 * s->stride[0] * s->in[1];
    const float *x = (const float *)a->in[1].data + ((k->b * s->g + group) * s->c + c0) * plane;
    outer_soon f = { .from = x + first, .row = plane, .pieces = k->images, .apart = s->c * s->g * plane };
    if (k->images == 1) {
        const int64_t all = simd_min(plane - first, (k->t1 - k->t0) * s->stride[0] * s->in[1]);
        f.apart = (k->t1 - k->t0) * s->out[1], f.pieces = simd_ceil(all, f.apart);
    }
    f.end = channels * f.pieces, f.next = simd_min(0, f.end - tiles);
    return f;
}

typedef struct outer_job { /* channels c0 to c1 of x with all of dy of a block; dy after it */
    const outer_block *k;
    const float *x, *dy, *after;
    int64_t c0, c1;
    outer_soon soon_x;
    float *part;
    bool add;
} outer_job;

static int64_t outer_count(int64_t rows, int64_t channels)
{
    return simd_ceil(rows, OUTER_O) * simd_ceil(channels, OUTER_C);
}

static void outer_tiles(const outer_plan *p, outer_job *j, float *beside)
{
    const outer_block *k = j->k;
    const int64_t rows = k->o1 - k->o0, high = simd_ceil(rows, OUTER_O), wide = simd_ceil(j->c1 - j->c0, OUTER_C);
    outer_tile t = { .row_x = p->place_x ? p->pixels : p->row, .row_y = p->place ? p->pixels : p->row };
    t.n = k->images * (k->t1 - k->t0) * p->s.out[1];
    for (int64_t i = 0; i < high; i++) {
        const int64_t o = simd_cut(rows, high, i), mo = simd_cut(rows, high, i + 1) - o;
        const float *next = i + 1 < high ? j->dy + (o + mo) * p->pixels : j->after;
        outer_soon soon = { next, p->pixels, k->images, p->s.o * p->s.g * p->pixels, 0, next ? mo * k->images : 0 };
        if (!p->place)
            outer_beside(p, beside, j->dy + o * p->pixels, mo, k->images);
        t.y = p->place ? j->dy + o * p->pixels : beside;
        for (int64_t l = 0; l < wide; l++) {
            const int64_t c = simd_cut(j->c1 - j->c0, wide, l), nc = simd_cut(j->c1 - j->c0, wide, l + 1) - c;
            t.x = j->x + c * t.row_x;
            t.soon = outer_fetch(&soon), t.soon_x = outer_fetch(&j->soon_x);
            outer_tile_run(&t, j->part + (k->o0 + o) * p->s.c + j->c0 + c, p->s.c, j->add, (int)mo, (int)nc);
        }
    }
}

/* unit = (group of images, group of channels, piece of the channels of dy) */
static void outer_unit(const outer_plan *p, const nrv__args *a, int64_t unit, const outer_room *r)
{
    const conv_shape *s = &p->s;
    const int64_t cut = unit % p->cuts, group = unit / p->cuts % s->g, share = unit / p->cuts / s->g;
    const int64_t b1 = simd_cut(s->b, p->parts, share + 1), plane = s->in[0] * s->in[1];
    float *part = (float *)a->shared + share * a->n + group * s->o * s->c;
    outer_block k = { .b = simd_cut(s->b, p->parts, share), .o0 = simd_cut(s->o, p->cuts, cut) };
    k.o1 = simd_cut(s->o, p->cuts, cut + 1);
    bool add = false;
    k.images = simd_min(p->images, b1 - k.b), k.t1 = simd_cut(s->out[0], p->blocks, 1);
    for (int64_t i = 0; k.b < b1; add = true) {
        outer_block next = k;
        i = i + 1 < p->blocks ? i + 1 : 0;
        next.b += i == 0 ? k.images : 0, next.images = simd_min(p->images, b1 - next.b);
        next.t0 = simd_cut(s->out[0], p->blocks, i), next.t1 = simd_cut(s->out[0], p->blocks, i + 1);
        const float *dy = outer_dy(p, a, group, &k), *after = next.b < b1 ? outer_dy(p, a, group, &next) : NULL;
        const float *x = (const float *)a->in[1].data + (k.b * s->g + group) * s->c * plane;
        for (int64_t c0 = 0, c1; c0 < s->c; c0 = c1) {
            c1 = simd_min(s->c, c0 + p->wide);
            const bool more = c1 < s->c;
            const float *here = x + c0 * plane + k.t0 * s->in[1];
            outer_job j = { &k, p->place_x ? here : r->x, dy, more ? dy : after, c0, c1, { 0 }, part, add };
            if (more || after)
                j.soon_x = outer_soon_x(p, a, group, more ? &k : &next, more ? c1 : 0,
                                        simd_min(p->wide, more ? s->c - c1 : s->c), outer_count(k.o1 - k.o0, c1 - c0));
            if (!p->place_x)
                outer_copy(p, r->x, x + c0 * plane, c1 - c0, k.images, k.t0, k.t1);
            outer_tiles(p, &j, r->y);
        }
        k = next;
    }
}

/* ---- the kernel ---- */

static const char *outer_fits(const nrv__args *a)
{
    const char *why = conv_point_declines(a, &a->out[0]);
    if (why)
        return why;
    const outer_plan p = outer_plan_of(a);
    return p.images > 1 && !p.strided ? "small images: what is laid side by side had better be turned, too" : NULL;
}

static int64_t outer_units(const nrv__args *a)
{
    const outer_plan p = outer_plan_of(a);
    return p.parts * p.s.g * p.cuts;
}

static int64_t outer_units2(const nrv__args *a)
{
    return simd_ceil(a->n, OUTER_SUM);
}

static double outer_work(const nrv__args *a)
{
    const outer_plan p = outer_plan_of(a);
    const double pixels = (double)p.s.b * (double)p.pixels / (double)simd_max(1, p.parts * p.cuts);
    return 50 + pixels * (double)(p.s.c * p.s.o) / (simd_fma_rate() * 0.6);
}

static size_t outer_scratch(const nrv__args *a)
{
    const outer_plan p = outer_plan_of(a);
    return (size_t)(((p.place_x ? 0 : p.wide) + (p.place ? 0 : OUTER_O)) * p.row + SIMD_W) * sizeof(float);
}

static size_t outer_shared(const nrv__args *a)
{
    return (size_t)(outer_plan_of(a).parts * a->n) * sizeof(float);
}

static void outer_run(const nrv__args *a)
{
    const outer_plan p = outer_plan_of(a);
    if (a->phase == 1) {
        conv_add_parts(a, p.parts, OUTER_SUM);
        return;
    }
    outer_room r = { .x = a->scratch };
    r.y = r.x + (p.place_x ? 0 : p.wide * p.row + SIMD_W);
    for (int64_t u = a->begin; u < a->end; u++)
        outer_unit(&p, a, u, &r);
}

NRV_KERNEL(channel_mix_dw, .op = "conv_dw", .doc = "windows of 1x1: dots of rows of pixels", .fits = outer_fits,
           .units = outer_units, .units2 = outer_units2, .work = outer_work, .scratch = outer_scratch,
           .shared = outer_shared, .run = outer_run);
