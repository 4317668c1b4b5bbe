/* conv_dw.c - the gradient of a two-dimensional float32 convolution by the weights, with vectors of channels of dy.

   dy is turned, some hundred pixels at a time, so that its channels lie side by side; x is read where it is, or in a
   padded copy. A tile is two vectors of channels by the taps of some rows of the window, and runs over the pixels.

   Promises: any stride, padding and groups; bits that do not depend on threads: a sum over images runs over groups of
   images that depend on shapes only, and these are added in order in phase 1. Does not do: rows of more than 7 taps,
   or with gaps between the taps; few channels of dy (conv_dw_dots.c). Padding is 0 * value where a value next to it is
   infinite: then dw is NaN. */
#include "conv_core.h"

enum { BANK_PIXELS = 1024, BANK_ROWS = 6, BANK_TAPS = 7 };

typedef struct bank_plan {
    conv_shape s;
    int64_t k, rows, wide;        /* weights per channel of dy; rows of the window; channels of dy, in whole vectors */
    int64_t parts, cuts;          /* groups of images; pieces of the panels */
    int64_t panels, images, high; /* panels of one or two vectors; images, or rows of one image, at a time */
    bool place;
    conv_grid g; /* of what is copied at a time */
} bank_plan;

/* rows of the window that a tile takes */
static int64_t bank_most(int64_t taps)
{
    static const int64_t many[BANK_TAPS + 1] = { 1, 6, 6, 4, 3, 2, 2, 2 },
                                          few[BANK_TAPS + 1] = { 1, 6, 3, 2, 1, 1, 1, 1 };
    return CONV_MANY ? many[taps] : few[taps];
}

static conv_grid bank_grid(const bank_plan *p, int64_t rows)
{
    const conv_shape *s = &p->s;
    conv_grid g = { .channels = s->c };
    for (int i = 0; i < 2; i++) {
        const int64_t n = i == 0 ? rows : s->out[1];
        g.size[i] = s->in[i], g.step[i] = 1, g.origin[i] = -s->pad[i];
        g.grid[i] = (n - 1) * s->stride[i] + (s->k[i] - 1) * s->dilation[i] + 1;
    }
    conv_grid_close(&g);
    if (p->place)
        g.pitch = s->in[1], g.plane = s->in[0] * s->in[1];
    return g;
}

static bank_plan bank_plan_of(const nrv__args *a)
{
    bank_plan p = { .s = conv_shape_of(a, &a->in[1], &a->out[0], &a->in[0]) };
    const conv_shape *s = &p.s;
    const int64_t area = s->out[0] * s->out[1];
    p.rows = s->c * s->k[0], p.k = p.rows * s->k[1];
    p.wide = simd_ceil(s->o, SIMD_W) * SIMD_W, p.panels = simd_ceil(p.wide / SIMD_W, 2);
    if (a->n == 0 || s->b == 0 || area == 0)
        return p;
    p.place = s->pad[0] == 0 && s->pad[1] == 0;
    /* many weights: their sums are the traffic, so the units share channels out instead of images */
    const bool many = p.k * p.wide > CONV_FLOATS / 2;
    p.cuts = many ? simd_min(p.panels, 8) : 1;
    const bool heavy = p.k * p.wide > CONV_FLOATS / 8; /* whose parts take long to add up */
    p.parts = simd_min(s->b, simd_max(1, (heavy ? 8 : 16) / p.cuts));
    const int64_t each = simd_ceil(s->b, p.parts);
    p.high = simd_min(s->out[0], simd_max(1, BANK_PIXELS / s->out[1]));
    p.g = bank_grid(&p, p.high);
    while (!p.place && p.high > 1 && conv_image(&p.g) > 2 * CONV_FLOATS) {
        p.high /= 2;
        p.g = bank_grid(&p, p.high);
    }
    p.images = p.high < s->out[0] ? 1 : simd_max(1, BANK_PIXELS / area);
    p.images = simd_max(1, simd_min(simd_min(p.images, each), p.place ? each : 2 * CONV_FLOATS / conv_image(&p.g)));
    return p;
}

/* ---- the tile ---- */

typedef struct bank_tile {
    const float *y, *x; /* pixel q: y[q * nv * SIMD_W + channel], x[at[q] + row[i] + tap] */
    const int64_t *at, *row;
    int64_t pixels;
    float *to; /* tap t of all rows: to[t * step + channel] */
    int64_t step;
    uintptr_t ahead; /* what a later tile reads, fetched a cache line a pixel */
    int64_t ahead_step;
    bool add;
} bank_tile;

SIMD_INLINE const float *bank_row(const int i, const float *x0, const float *x1, const float *x2, const float *x3,
                                  const float *x4, const float *x5)
{
    return i == 0 ? x0 : i == 1 ? x1 : i == 2 ? x2 : i == 3 ? x3 : i == 4 ? x4 : x5;
}

#define BANK_P(m)    m(0) m(1) m(2) m(3) m(4) m(5) m(6) m(7) m(8) m(9) m(10) m(11) m(12) m(13)
#define BANK_ZERO(p) simd_f d##p = { 0 }, e##p = { 0 };
#define BANK_FMA(p)                                                                              \
    if (rows * taps > p) {                                                                       \
        const simd_f x = simd_all(bank_row((p) / taps, x0, x1, x2, x3, x4, x5)[q + (p) % taps]); \
        d##p += x * y0;                                                                          \
        if (nv > 1)                                                                              \
            e##p += x * y1;                                                                      \
    }
#define BANK_PUT(p)                                                                 \
    if (rows * taps > p) {                                                          \
        float *to = t->to + p * t->step;                                            \
        simd_store(to, t->add ? simd_load(to) + d##p : d##p);                       \
        if (nv > 1)                                                                 \
            simd_store(to + SIMD_W, t->add ? simd_load(to + SIMD_W) + e##p : e##p); \
    }

/* rows, taps and nv are constants wherever this is called */
SIMD_INLINE void bank_tile_any(const bank_tile *t, const int rows, const int taps, const int nv)
{
    const simd_f none = { 0 };
    const uintptr_t ahead = t->ahead;
    const int64_t ahead_step = t->ahead_step;
    const float *y = t->y, *x0 = t->x + t->row[0], *x1 = rows > 1 ? t->x + t->row[1] : x0;
    const float *x2 = rows > 2 ? t->x + t->row[2] : x0, *x3 = rows > 3 ? t->x + t->row[3] : x0;
    const float *x4 = rows > 4 ? t->x + t->row[4] : x0, *x5 = rows > 5 ? t->x + t->row[5] : x0;
    BANK_P(BANK_ZERO)
    for (int64_t i = 0; i < t->pixels; i++, y += nv * SIMD_W) {
        const int64_t q = t->at[i];
        __builtin_prefetch((const char *)(ahead + (uintptr_t)(i * ahead_step)), 0, 2);
        const simd_f y0 = simd_load(y), y1 = nv > 1 ? simd_load(y + SIMD_W) : none;
        BANK_P(BANK_FMA)
    }
    BANK_P(BANK_PUT)
}

#define BANK_CASE(rows, taps)            \
    case rows * 16 + taps * 2:           \
        bank_tile_any(t, rows, taps, 1); \
        return;                          \
    case rows * 16 + taps * 2 + 1:       \
        bank_tile_any(t, rows, taps, 2); \
        return;

static void bank_tile_run(const bank_tile *t, int rows, int taps, int nv)
{
    switch (rows * 16 + taps * 2 + nv - 1) {
        BANK_CASE(1, 1)
        BANK_CASE(2, 1)
        BANK_CASE(3, 1)
        BANK_CASE(4, 1)
        BANK_CASE(5, 1)
        BANK_CASE(6, 1)
        BANK_CASE(1, 2)
        BANK_CASE(2, 2)
        BANK_CASE(3, 2)
        BANK_CASE(1, 3)
        BANK_CASE(2, 3)
        BANK_CASE(1, 4)
        BANK_CASE(1, 5)
        BANK_CASE(1, 6)
        BANK_CASE(1, 7)
#if CONV_MANY
        BANK_CASE(4, 2)
        BANK_CASE(5, 2)
        BANK_CASE(6, 2)
        BANK_CASE(3, 3) BANK_CASE(4, 3) BANK_CASE(2, 4) BANK_CASE(3, 4) BANK_CASE(2, 5) BANK_CASE(2, 6) BANK_CASE(2, 7)
#endif
    }
}

/* ---- phase 0 ---- */

typedef struct bank_room {
    int64_t *at, *row;
    float *y, *x;
    int64_t images, high;  /* what the table is for */
    conv_grid cleared;     /* the copy's padding is zero where this one has it */
    const float *ahead[2]; /* dy and x of the next images, `lines` cache lines of each */
    int64_t lines[2];
} bank_room;

static bank_room bank_room_of(const bank_plan *p, void *scratch)
{
    bank_room r = { .y = scratch };
    r.x = r.y + p->images * p->high * p->s.out[1] * p->wide;
    r.at = (int64_t *)(void *)(r.x + (p->place ? 0 : p->images * conv_image(&p->g) + SIMD_W));
    r.row = r.at + p->images * p->high * p->s.out[1];
    for (int64_t i = 0; i < p->rows; i++)
        r.row[i] = i / p->s.k[0] * p->g.plane + i % p->s.k[0] * p->s.dilation[0] * p->g.pitch;
    return r;
}

static void bank_table(const bank_plan *p, bank_room *r, int64_t images, int64_t high)
{
    if (r->images == images && r->high == high)
        return;
    r->images = images, r->high = high;
    const int64_t image = p->place ? p->g.plane * p->s.c * p->s.g : conv_image(&p->g);
    int64_t *at = r->at;
    for (int64_t b = 0; b < images; b++)
        for (int64_t t = 0; t < high; t++)
            for (int64_t u = 0; u < p->s.out[1]; u++)
                *at++ = b * image + t * p->s.stride[0] * p->g.pitch + u * p->s.stride[1];
}

static int64_t bank_panel(const bank_plan *p, int64_t i) /* its first channel */
{
    return simd_cut(p->wide / SIMD_W, p->panels, i) * SIMD_W;
}

/* (panel, pixel, channel of the panel) */
static void bank_turn(const bank_plan *p, const nrv__args *a, const bank_room *r, int64_t image, int64_t top,
                      const int64_t *panel)
{
    const conv_shape *s = &p->s;
    const int64_t plane = s->out[0] * s->out[1], n = r->high * s->out[1];
    const int64_t start = bank_panel(p, panel[0]), pixels = r->images * n;
    for (int64_t i = panel[0]; i < panel[1]; i++) {
        const int64_t first = bank_panel(p, i), wide = bank_panel(p, i + 1) - first;
        const int64_t have = simd_min(wide, s->o - first);
        for (int64_t b = 0; b < r->images; b++) {
            const float *dy = (const float *)a->in[0].data + ((image + b * s->g) * s->o + first) * plane;
            float *to = r->y + (first - start) * pixels + b * n * wide;
            conv_turn_long(to, wide, dy + top * s->out[1], plane, have, n);
            for (int64_t q = 0; have < wide && q < n; q++)
                for (int64_t c = have; c < wide; c++)
                    to[q * wide + c] = 0;
        }
    }
}

/* what a tile that begins so many pixels after the first one fetches: a cache line a pixel, first of dy, then of x */
static void bank_ahead(const bank_room *r, int64_t done, bank_tile *t)
{
    const int i = done >= r->lines[0];
    const int64_t line = done - (i ? r->lines[0] : 0);
    t->ahead = (uintptr_t)(r->ahead[i] + (line < r->lines[i] ? line * 16 : 0));
    t->ahead_step = line < r->lines[i] ? 64 : 0;
}

/* images `next` and later, before `end`, come next */
static void bank_next(const bank_plan *p, const nrv__args *a, bank_room *r, int64_t group, int64_t next, int64_t end)
{
    const conv_shape *s = &p->s;
    const int64_t each[2] = { s->o * s->out[0] * s->out[1], s->c * s->in[0] * s->in[1] };
    const int64_t images = s->g == 1 ? simd_min(p->images, end - next) : 1;
    for (int i = 0; i < 2; i++) {
        r->ahead[i] = (const float *)a->in[i].data + (simd_min(next, s->b - 1) * s->g + group) * each[i];
        r->lines[i] = next >= end ? 0 : each[i] * images / 16;
    }
}

static void bank_tiles(const bank_plan *p, const bank_room *r, const float *x, float *part, const int64_t *panel,
                       bool add)
{
    const int64_t taps = p->s.k[1], groups = simd_ceil(p->rows, bank_most(taps)), start = bank_panel(p, panel[0]);
    bank_tile t = { .x = x, .at = r->at, .pixels = r->images * r->high * p->s.out[1], .step = p->wide, .add = add };
    for (int64_t i = panel[0]; i < panel[1]; i++) {
        const int64_t first = bank_panel(p, i), nv = (bank_panel(p, i + 1) - first) / SIMD_W;
        t.y = r->y + (first - start) * t.pixels;
        for (int64_t n = 0; n < groups; n++) {
            const int64_t row = simd_cut(p->rows, groups, n), rows = simd_cut(p->rows, groups, n + 1) - row;
            t.row = r->row + row, t.to = part + row * taps * p->wide + first;
            const int64_t done = ((i - panel[0]) * groups + n) * t.pixels;
            bank_ahead(r, done, &t);
            bank_tile_run(&t, (int)rows, (int)taps, (int)nv);
        }
    }
}

/* some images, or some rows of one */
static void bank_block(const bank_plan *p, const nrv__args *a, bank_room *r, int64_t image, int64_t images, int64_t top,
                       int64_t high, const int64_t *panel, float *part, bool add)
{
    const conv_shape *s = &p->s;
    const int64_t plane = s->in[0] * s->in[1] * s->c;
    const float *x = (const float *)a->in[1].data + image * plane;
    conv_grid g = p->g;
    g.origin[0] += top * s->stride[0];
    g.rows -= (p->high - high) * s->stride[0];
    if (!p->place && (r->images < images || !conv_alike(&r->cleared, &g))) {
        r->cleared = g;
        conv_clear(r->x, &g, images);
    }
    bank_table(p, r, images, high);
    bank_turn(p, a, r, image, top, panel);
    for (int64_t b = 0; b < images && !p->place; b++)
        conv_fill(r->x + b * conv_image(&g), &g, x + b * s->g * plane);
    bank_tiles(p, r, p->place ? x + top * s->stride[0] * s->in[1] : r->x, part, panel, add);
}

/* unit = (group of images, group of channels, piece of the panels) */
static void bank_unit(const bank_plan *p, const nrv__args *a, bank_room *r, int64_t unit)
{
    const conv_shape *s = &p->s;
    const int64_t cut = unit % p->cuts, group = unit / p->cuts % s->g, share = unit / p->cuts / s->g;
    const int64_t panel[2] = { simd_cut(p->panels, p->cuts, cut), simd_cut(p->panels, p->cuts, cut + 1) };
    const int64_t b0 = simd_cut(s->b, p->parts, share), b1 = simd_cut(s->b, p->parts, share + 1);
    const int64_t blocks = simd_ceil(s->out[0], p->high);
    /* the next unit's images are those behind this one's */
    const int64_t last = unit + 1 < a->end && p->cuts * s->g == 1 ? s->b : b1;
    float *part = (float *)a->shared + (share * s->g + group) * p->k * p->wide;
    bool add = false;
    for (int64_t b = b0; b < b1; b += p->images)
        for (int64_t i = 0; i < blocks; i++, add = true) {
            const int64_t top = simd_cut(s->out[0], blocks, i), high = simd_cut(s->out[0], blocks, i + 1) - top;
            bank_next(p, a, r, group, i + 1 < blocks ? last : simd_min(b + p->images, b1), last);
            bank_block(p, a, r, b * s->g + group, simd_min(p->images, b1 - b), top, high, panel, part, add);
        }
}

/* ---- phase 1: unit = (group, vector of channels of dy): the parts added in order, and turned ---- */

static void bank_sum(const bank_plan *p, const nrv__args *a, int64_t unit)
{
    const conv_shape *s = &p->s;
    const int64_t vectors = p->wide / SIMD_W, group = unit / vectors, first = unit % vectors * SIMD_W;
    const float *part = (const float *)a->shared + group * p->k * p->wide + first;
    float *sum = a->scratch, *to = (float *)a->out[0].data + (group * s->o + first) * p->k;
    for (int64_t k = 0; k < p->k; k++) {
        simd_f x = { 0 };
        for (int64_t i = 0; i < p->parts; i++)
            x += simd_load(part + (i * s->g * p->k + k) * p->wide);
        simd_store(sum + k * SIMD_W, x);
    }
    conv_turn(to, p->k, sum, SIMD_W, p->k, simd_min(SIMD_W, s->o - first));
}

/* ---- the kernel ---- */

/* lanes without a channel cost more than what dot products lose */
static const char *bank_declines(const nrv__args *a)
{
    const nrv__window_attr *t = a->attr;
    const char *why = conv_declines(a);
    if (why)
        return why;
    const int64_t o = a->out[0].dim[0] / t->groups;
    if (a->out[0].dim[3] > BANK_TAPS || (a->out[0].dim[3] > 1 && t->dilation[1] != 1))
        return "only rows of at most 7 taps, side by side";
    return o < 10 || (o > 16 && o < 20) ? "few channels for vectors of them" : NULL;
}

static int64_t bank_units(const nrv__args *a)
{
    const bank_plan p = bank_plan_of(a);
    return p.parts * p.s.g * p.cuts;
}

static int64_t bank_units2(const nrv__args *a)
{
    const nrv__window_attr *t = a->attr;
    return a->n == 0 ? 0 : t->groups * simd_ceil(a->out[0].dim[0] / t->groups, SIMD_W);
}

static double bank_work(const nrv__args *a)
{
    const bank_plan p = bank_plan_of(a);
    const double pixels = (double)p.s.b * (double)(p.s.out[0] * p.s.out[1]) / (double)simd_max(1, p.parts * p.cuts);
    return 50 + pixels * (double)(p.k * p.s.o) / (simd_fma_rate() * 0.6);
}

static size_t bank_scratch(const nrv__args *a)
{
    const bank_plan p = bank_plan_of(a);
    const int64_t pixels = p.images * p.high * p.s.out[1];
    const int64_t copy = p.place || p.parts == 0 ? 0 : p.images * conv_image(&p.g) + SIMD_W;
    const size_t first = (size_t)(pixels * p.wide + copy) * sizeof(float) + (size_t)(pixels + p.rows) * sizeof(int64_t);
    const size_t second = (size_t)(p.k * SIMD_W) * sizeof(float);
    return first > second ? first : second;
}

static size_t bank_shared(const nrv__args *a)
{
    const bank_plan p = bank_plan_of(a);
    return (size_t)(p.parts * p.s.g * p.k * p.wide) * sizeof(float);
}

static void bank_run(const nrv__args *a)
{
    const bank_plan p = bank_plan_of(a);
    if (a->begin >= a->end)
        return;
    if (a->phase == 1) {
        for (int64_t u = a->begin; u < a->end; u++)
            bank_sum(&p, a, u);
        return;
    }
    bank_room r = bank_room_of(&p, a->scratch);
    for (int64_t u = a->begin; u < a->end; u++)
        bank_unit(&p, a, &r, u);
}

NRV_KERNEL(conv_dw, .op = "conv_dw", .doc = "gradient by the weights: vectors of channels of the result's gradient",
           .fits = bank_declines, .units = bank_units, .units2 = bank_units2, .work = bank_work,
           .scratch = bank_scratch, .shared = bank_shared, .run = bank_run);
