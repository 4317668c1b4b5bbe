/* channel_mix.c - convolution of float32 images (B,C,H,W) by windows of 1x1, and its gradient by the image: in each
   image a product of the weights with the channels, whose columns are pixels.

   Every panel of rows of the weights runs over a block of pixels, so that a channel of the result is written in long
   runs; what the next block reads is fetched by the last tiles of this one. The image is read where it lies, but for
   what the windows of a stride meet: that is copied in strips as wide as a tile, all channels of a strip one behind the
   other. A result that is larger than caches goes around them: stores that fetch what they overwrite move it twice.
   Backward with a stride each row of the block is spread over those of the result, with zeros between.

   Promises: any stride and groups; an element is one chain of multiply-adds over the channels in order, so bits depend
   on nothing else; weights are read where they lie. Does not do: padding, fewer than 8 channels written, few pixels
   (conv.c). */
#include "conv_core.h"
#include "gemm_core.h"

/* MIX_FAR: a result of so many bytes would push itself out of the last cache that cores share before anyone reads it */
enum { MIX_FLOATS = 1 << 16, MIX_PIXELS = 1024, MIX_FAR = 1 << 24 };

typedef struct mix_plan {
    conv_shape s;
    bool back, strided;
    bool place;       /* what is read is read where it lies */
    bool stream;      /* the result goes around the caches */
    int64_t from, to; /* channels read and written */
    int64_t whole,
        each; /* a block is some of so many pieces of so many pixels: vectors, or rows where there is a stride */
    int64_t pixels, most; /* computed of an image; of a block at most */
    int64_t panels;
    int64_t blocks, cuts; /* pieces of the pixels, of the panels */
} mix_plan;

static int64_t mix_plane_out(const mix_plan *p) /* of what is written */
{
    return p->back ? p->s.in[0] * p->s.in[1] : p->pixels;
}

static mix_plan mix_plan_of(const nrv__args *a, bool back)
{
    const nrv__view *image = back ? &a->out[0] : &a->in[0], *result = back ? &a->in[0] : &a->out[0];
    mix_plan p = { .s = conv_shape_of(a, image, &a->in[1], result), .back = back, .cuts = 1 };
    const conv_shape *s = &p.s;
    p.strided = s->stride[0] > 1 || s->stride[1] > 1;
    p.from = back ? s->o : s->c, p.to = back ? s->c : s->o;
    p.pixels = s->out[0] * s->out[1];
    p.place = (back || !p.strided) && (SIMD_MASKED || (p.strided ? s->out[1] : p.pixels) % SIMD_W == 0);
    p.panels = simd_ceil(p.to, GEMM_MR);
    p.each = p.strided ? s->out[1] : SIMD_W;
    p.whole = p.strided ? s->out[0] : simd_ceil(p.pixels, SIMD_W);
    if (a->n == 0)
        return p;
    const int64_t room = simd_min(MIX_PIXELS, simd_max(GEMM_NR, MIX_FLOATS / simd_max(1, p.from)));
    p.blocks = simd_ceil(p.whole, simd_max(1, room / p.each));
    const double fma = (double)p.from * (double)p.to * (double)p.pixels;
    while (s->b * s->g * p.blocks * p.cuts < 8 && p.panels / p.cuts >= 8 && fma / (double)(p.blocks * p.cuts) > 1e6)
        p.cuts *= 2;
    p.most = simd_ceil(p.whole, p.blocks) * p.each;
    const bool spread = back && p.strided; /* then a plane is laid out before it goes */
    p.stream =
        a->n >= MIX_FAR / 4 && mix_plane_out(&p) % SIMD_W == 0 && (p.blocks == 1 || (!spread && p.each % SIMD_W == 0));
    return p;
}

typedef struct mix_room { /* copied strips; a line of them; what is still to be spread or streamed of the result */
    float *strips, *line, *rows, *plane;
} mix_room;

typedef struct mix_part { /* pixels q0 to q1 of an image of a group, panels p0 to p1 */
    int64_t image, q0, q1, p0, p1;
} mix_part;

/* unit = (image, group, block of pixels, cut of the panels) */
static mix_part mix_part_of(const mix_plan *p, int64_t unit)
{
    const int64_t cut = unit % p->cuts, block = unit / p->cuts % p->blocks;
    return (mix_part){ .image = unit / p->cuts / p->blocks,
                       .q0 = simd_cut(p->whole, p->blocks, block) * p->each,
                       .q1 = simd_min(p->pixels, simd_cut(p->whole, p->blocks, block + 1) * p->each),
                       .p0 = simd_cut(p->panels, p->cuts, cut),
                       .p1 = simd_cut(p->panels, p->cuts, cut + 1) };
}

static int64_t mix_plane(const mix_plan *p) /* of what is read */
{
    return p->back ? p->pixels : p->s.in[0] * p->s.in[1];
}

/* ---- what is read ---- */

/* What the next part reads, a line of every channel with each tile. It is asked for last of all: what this part writes
   would push it out again. */
typedef struct mix_soon {
    const float *from;
    int64_t line, wide, row; /* the line that is next, not yet where negative; lines of a row; between rows */
} mix_soon;

static mix_soon mix_soon_of(const mix_plan *p, const nrv__args *a, const mix_part *next, int64_t tiles)
{
    const conv_shape *s = &p->s;
    const float *x = (const float *)a->in[0].data;
    if (!next)
        return (mix_soon){ .line = INT64_MIN };
    const int64_t pixels = next->q1 - next->q0;
    mix_soon m = { .from = x + next->image * p->from * mix_plane(p) + next->q0, .wide = simd_ceil(pixels, 16) };
    int64_t rows = 1;
    if (p->strided && !p->back) {
        rows = pixels / s->out[1], m.wide = simd_ceil(s->in[1], 16), m.row = s->stride[0] * s->in[1];
        m.from += next->q0 / s->out[1] * m.row - next->q0;
    }
    m.line = simd_min(0, rows * m.wide - tiles);
    return m;
}

static const float *mix_fetch(mix_soon *m)
{
    const int64_t i = m->line++;
    return i < 0 ? NULL : m->from + i / m->wide * m->row + i % m->wide * 16;
}

/* n floats side by side become row k of the strips */
static void mix_deal(float *to, const float *from, int64_t n, int64_t channels)
{
    for (; n >= GEMM_NR; n -= GEMM_NR, from += GEMM_NR, to += channels * GEMM_NR)
        for (int j = 0; j < SIMD_PER_TILE; j++)
            simd_store(to + j * SIMD_W, simd_load(from + j * SIMD_W));
    for (; n > 0; n -= SIMD_W, from += SIMD_W, to += SIMD_W)
        simd_store(to, n >= SIMD_W ? simd_load(from) : simd_load_some(from, simd_first(n)));
}

static void mix_copy(const mix_plan *p, const float *x, const mix_part *u, const mix_room *r)
{
    const conv_shape *s = &p->s;
    const int64_t t0 = u->q0 / s->out[1], t1 = u->q1 / s->out[1];
    for (int64_t k = 0; k < p->from; k++, x += mix_plane(p)) {
        const float *line = p->strided && !p->back ? r->line : x + u->q0;
        for (int64_t t = t0; t < t1 && line == r->line; t++)
            conv_pick_over(r->line + (t - t0) * s->out[1], x + t * s->stride[0] * s->in[1], s->out[1], s->stride[1]);
        mix_deal(r->strips + k * GEMM_NR, line, u->q1 - u->q0, p->from);
    }
}

/* ---- what is written ---- */

/* a row of the result, backward with a stride: n numbers with zeros between, and up to w */
static void mix_row(float *restrict to, int64_t w, const float *restrict from, int64_t n, int64_t step)
{
    int64_t x = 0;
    for (; step == 2 && x < n && 2 * (x + SIMD_W) <= w; x += SIMD_W) {
        simd_f one, two;
        simd_zip(n - x < SIMD_W ? simd_load_some(from + x, simd_first(n - x)) : simd_load(from + x), (simd_f){ 0 },
                 &one, &two);
        simd_store(to + 2 * x, one);
        simd_store(to + 2 * x + SIMD_W, two);
    }
    memset(to + x * step, 0, (size_t)(w - x * step) * sizeof *to);
    for (; x < n; x++)
        to[x * step] = from[x];
}

/* the rows of a block of channels m to m + mr */
static void mix_spread(const mix_plan *p, const nrv__args *a, const mix_part *u, const mix_room *r, int64_t m, int mr)
{
    const conv_shape *s = &p->s;
    const int64_t t0 = u->q0 / s->out[1], t1 = u->q1 / s->out[1], w = s->in[1], plane = s->in[0] * w;
    const int64_t y0 = t0 * s->stride[0];
    for (int i = 0; i < mr; i++) {
        float *to = (float *)a->out[0].data + (u->image * p->to + m + i) * plane + y0 * w;
        float *rows = p->stream ? r->plane : to;
        for (int64_t t = t0; t < t1; t++) {
            const int64_t y = t * s->stride[0], end = t + 1 < s->out[0] ? y + s->stride[0] : s->in[0];
            mix_row(rows + (y - y0) * w, (end - y) * w, r->rows + i * p->most + (t - t0) * s->out[1], s->out[1],
                    s->stride[1]);
        }
        for (int64_t x = 0; p->stream && x < plane; x += SIMD_W)
            simd_stream(to + x, simd_load(rows + x));
    }
}

/* a tile of the result; cols: whole vectors */
static void mix_stream(float *to, int64_t row, const float *from, int64_t mr, int64_t cols)
{
    for (int64_t i = 0; i < mr; i++)
        for (int64_t j = 0; j < cols; j += SIMD_W)
            simd_stream(to + i * row + j, simd_load(from + i * GEMM_NR + j));
}

static void mix_unit(const mix_plan *p, const nrv__args *a, const mix_part *u, const mix_room *r, const mix_part *next)
{
    const conv_shape *s = &p->s;
    const int64_t n = u->q1 - u->q0, strips = simd_ceil(n, GEMM_NR), plane = mix_plane(p);
    const bool spread = p->back && p->strided, stream = p->stream && !spread;
    const float *w = (const float *)a->in[1].data + u->image % s->g * s->o * s->c;
    const float *x = (const float *)a->in[0].data + u->image * p->from * plane;
    gemm_tile t = { .row_a = p->back ? 1 : s->c, .step_a = p->back ? s->c : 1, .k = p->from, .soon_step = plane };
    t.step_b = p->place ? plane : GEMM_NR, t.row_c = spread ? p->most : stream ? GEMM_NR : p->pixels;
    t.far = !spread && !stream;
    mix_soon soon = mix_soon_of(p, a, next, strips * (u->p1 - u->p0));
    if (!p->place)
        mix_copy(p, x, u, r);
    const float *b = p->place ? x + u->q0 : r->strips;
    for (int64_t i = u->p0; i < u->p1; i++) {
        const int64_t m = simd_cut(p->to, p->panels, i), mr = simd_cut(p->to, p->panels, i + 1) - m;
        float *to = (float *)a->out[0].data + (u->image * p->to + m) * p->pixels + u->q0;
        t.a = w + m * t.row_a;
        for (int64_t j = 0; j < n; j += GEMM_NR) {
            t.b = b + (p->place ? j : j * p->from), t.cols = (int)simd_min(GEMM_NR, n - j);
            t.c = spread ? r->rows + j : stream ? r->rows : to + j;
            t.soon = mix_fetch(&soon);
            gemm_tile_run(&t, (int)mr);
            if (stream)
                mix_stream(to + j, p->pixels, r->rows, mr, t.cols);
        }
        if (spread)
            mix_spread(p, a, u, r, m, (int)mr);
    }
}

/* ---- the kernels ---- */

static int64_t mix_strips(const mix_plan *p)
{
    return p->place ? 0 : simd_ceil(p->most, GEMM_NR) * GEMM_NR * p->from;
}

static void mix_run_way(const nrv__args *a, bool back)
{
    mix_plan p = mix_plan_of(a, back);
    p.stream = p.stream && (uintptr_t)a->out[0].data % SIMD_BYTES == 0;
    mix_room r = { .strips = a->scratch };
    r.line = r.rows = r.strips + mix_strips(&p);
    r.plane = r.rows + GEMM_MR * p.most;
    mix_part u = mix_part_of(&p, a->begin);
    for (int64_t i = a->begin; i < a->end; i++) {
        const mix_part next = mix_part_of(&p, i + 1);
        mix_unit(&p, a, &u, &r, i + 1 < a->end ? &next : NULL);
        u = next;
    }
    if (p.stream)
        simd_streamed();
}

static int64_t mix_units_way(const nrv__args *a, bool back)
{
    const mix_plan p = mix_plan_of(a, back);
    return p.s.b * p.s.g * p.blocks * p.cuts;
}

static double mix_work_way(const nrv__args *a, bool back)
{
    const mix_plan p = mix_plan_of(a, back);
    const double pixels = (double)p.pixels / (double)simd_max(1, p.blocks * p.cuts);
    return 50 + pixels * (double)(p.from * p.to) / (simd_fma_rate() * 0.7);
}

static size_t mix_scratch_way(const nrv__args *a, bool back)
{
    const mix_plan p = mix_plan_of(a, back);
    int64_t rows = p.stream ? GEMM_MR * GEMM_NR : 0;
    if (p.strided && back)
        rows = GEMM_MR * p.most + (p.stream ? mix_plane_out(&p) : 0);
    else if (p.strided)
        rows = simd_max(rows, p.most + SIMD_W);
    return (size_t)(mix_strips(&p) + rows) * sizeof(float);
}

/* pixels: of what is computed; channels: written, of a group */
static const char *mix_declines(const nrv__args *a, const int64_t *pixels, int64_t channels)
{
    const char *why = conv_point_declines(a, &a->in[1]);
    if (why)
        return why;
    const double n = (double)pixels[2] * (double)pixels[3];
    if (n < 5 * (SIMD_W - 1) && 5 * simd_ceil((int64_t)n, SIMD_W) * SIMD_W > 6 * (int64_t)n)
        return "few pixels for vectors of them";
    return channels < 8 ? "too few channels for a block to be worth it" : NULL;
}

static const char *mix_fits(const nrv__args *a)
{
    const nrv__window_attr *t = a->attr;
    return mix_declines(a, a->out[0].dim, a->out[0].dim[1] / t->groups);
}

static const char *mix_dx_fits(const nrv__args *a)
{
    const nrv__window_attr *t = a->attr;
    return mix_declines(a, a->in[0].dim, a->out[0].dim[1] / t->groups);
}

static int64_t mix_units(const nrv__args *a)
{
    return mix_units_way(a, false);
}

static double mix_work(const nrv__args *a)
{
    return mix_work_way(a, false);
}

static size_t mix_scratch(const nrv__args *a)
{
    return mix_scratch_way(a, false);
}

static void mix_run(const nrv__args *a)
{
    mix_run_way(a, false);
}

static int64_t mix_dx_units(const nrv__args *a)
{
    return mix_units_way(a, true);
}

static double mix_dx_work(const nrv__args *a)
{
    return mix_work_way(a, true);
}

static size_t mix_dx_scratch(const nrv__args *a)
{
    return mix_scratch_way(a, true);
}

static void mix_dx_run(const nrv__args *a)
{
    mix_run_way(a, true);
}

NRV_KERNEL(channel_mix, .op = "conv", .doc = "windows of 1x1: a matrix product in each image", .fits = mix_fits,
           .units = mix_units, .work = mix_work, .scratch = mix_scratch, .run = mix_run);

NRV_KERNEL(channel_mix_dx, .op = "conv_dx", .doc = "windows of 1x1: the same with the weights turned",
           .fits = mix_dx_fits, .units = mix_dx_units, .work = mix_dx_work, .scratch = mix_dx_scratch,
           .run = mix_dx_run);
