/* channelwise.c - depthwise convolution of float32 images (B,C,H,W), in which every channel of the image has filters of
   its own, and its gradient by the image.

   Little is computed for each number here, so a plane is read where it lies, once, and written once. A tile is one
   vector of columns by some rows: a row of the image, once loaded, is a factor of all the tile's rows that see it. What
   lies beside the image is masked, rows above and below are left out. The gradient by a strided image is a sum for each
   remainder of the stride, woven into rows.

   Promises: any stride, padding and dilation; an element of the result is one chain of multiply-adds, row by row of the
   window, whatever threads there are. Does not do: groups that share a channel; sums over positions
   (channelwise_dw.c). Zeros beside the image are multiplied: 0 times an infinite weight is NaN. */
#include "channelwise.h"

enum { DEPTH_ROWS = CONV_MANY ? 7 : 4, DEPTH_ANY = 4, DEPTH_WORK = 1 << 16 };

/* the taps of a window along an axis, remainder by remainder of the stride, from the first source row (or column) on */
typedef struct depth_axis {
    int64_t *first, *k, *at; /* of each remainder; which tap; source row beyond the one that belongs to the written */
} depth_axis;

typedef struct depth_plan {
    conv_shape s;
    bool back;
    int64_t from, to;         /* planes of a group that are read, and written */
    int64_t size[2], jump[2]; /* of a plane read; rows read for a row written */
    int64_t grid[2], step[2]; /* of a plane written; what a remainder leaves between: the stride backward, else 1 */
    int64_t parts[2];         /* remainders that there are */
    int64_t blocks;           /* pieces of rows */
    bool nine;                /* 3x3 of one plane, whose rows meet */
} depth_plan;

/* what a call of run has for itself */
typedef struct depth_room {
    depth_axis axis[2];
    float *w, *line; /* weights (plane written, plane read, row, column); a row of each remainder */
    int64_t wide;
} depth_room;

static depth_plan depth_plan_of(const nrv__args *a, bool back)
{
    const nrv__view *image = back ? &a->out[0] : &a->in[0], *result = back ? &a->in[0] : &a->out[0];
    depth_plan p = { .s = conv_shape_of(a, image, &a->in[1], result), .back = back, .blocks = 1 };
    const conv_shape *s = &p.s;
    p.from = back ? s->o : s->c, p.to = back ? s->c : s->o;
    for (int i = 0; i < 2; i++) {
        p.size[i] = back ? s->out[i] : s->in[i], p.grid[i] = back ? s->in[i] : s->out[i];
        p.jump[i] = back ? 1 : s->stride[i], p.step[i] = back ? s->stride[i] : 1;
        p.parts[i] = simd_min(p.step[i], p.grid[i]);
    }
    p.nine = p.from == 1 && s->k[0] == 3 && s->k[1] == 3 && s->dilation[0] == 1 && p.step[0] * p.step[1] == 1 &&
             p.jump[0] == p.jump[1] && p.jump[0] <= 2;
    const int64_t sums = p.grid[0] * p.grid[1] * s->k[0] * s->k[1] * p.from * p.to;
    const int64_t most = simd_ceil(simd_ceil(p.grid[0], simd_max(1, p.step[0])), 2 * DEPTH_ROWS);
    while (s->b * s->g * p.blocks < 8 && 2 * p.blocks <= most && sums / p.blocks > DEPTH_WORK)
        p.blocks *= 2;
    return p;
}

/* floats of the scratch: a line of each remainder of a row, then weights, then tables */
static int64_t depth_wide(const depth_plan *p)
{
    return (simd_ceil(simd_ceil(p->grid[1], p->step[1]), SIMD_W) + 1) * SIMD_W;
}

static size_t depth_scratch_of(const depth_plan *p)
{
    const int64_t floats =
        DEPTH_ANY * p->parts[1] * depth_wide(p) + simd_ceil(p->from * p->to * p->s.k[0] * p->s.k[1], 2) * 2;
    const int64_t whole = 2 * (p->s.k[0] + p->s.k[1]) + p->parts[0] + p->parts[1] + 2;
    return (size_t)floats * sizeof(float) + (size_t)whole * sizeof(int64_t);
}

/* Backward the window is turned around, so that what is read goes from the first row to the last all the same. */
static void depth_table(const depth_plan *p, int axis, const depth_axis *to)
{
    const conv_shape *s = &p->s;
    int64_t n = 0, e;
    to->first[0] = 0;
    for (int64_t part = 0; part < p->parts[axis]; part++) {
        for (int64_t i = 0; i < s->k[axis]; i++) {
            const int64_t k = p->back ? s->k[axis] - 1 - i : i;
            if (!p->back)
                e = k * s->dilation[axis] - s->pad[axis];
            else if (conv_meets(s, axis, k, &e) != part)
                continue;
            to->k[n] = k, to->at[n++] = e;
        }
        to->first[part + 1] = n;
    }
}

static depth_room depth_room_of(const depth_plan *p, void *scratch)
{
    depth_room r = { .line = scratch, .wide = depth_wide(p) };
    r.w = r.line + DEPTH_ANY * p->parts[1] * r.wide;
    int64_t *at = (int64_t *)(void *)(r.w + simd_ceil(p->from * p->to * p->s.k[0] * p->s.k[1], 2) * 2);
    for (int i = 0; i < 2; i++) {
        r.axis[i] = (depth_axis){ at, at + p->parts[i] + 1, at + p->parts[i] + 1 + p->s.k[i] };
        at += p->parts[i] + 1 + 2 * p->s.k[i];
        depth_table(p, i, &r.axis[i]);
    }
    return r;
}

/* ---- tiles ---- */

typedef struct depth_tile {
    const float *x, *w;            /* planes; weights of the first */
    int64_t planes, plane, window; /* how many are summed; what lies between two, of what is read and of weights */
    int64_t y, height, width;      /* the first row that is read, or would be; of a plane */
    int64_t taps[2], gap, pitch;   /* of the window; rows between two of its rows; of the weights */
    const int64_t *at;             /* columns */
    float *to;
    int64_t row, cols;
} depth_tile;

#define DEPTH_R(m, i, k)    m(0, i, k) m(1, i, k) m(2, i, k) m(3, i, k) m(4, i, k) m(5, i, k) m(6, i, k)
#define DEPTH_ZERO(r, i, k) simd_f c##r = { 0 };
#define DEPTH_STORE(r, i, k)                            \
    if (rows > (r) && narrow)                           \
        simd_store_some(to + (r) * apart, c##r, lanes); \
    else if (rows > (r))                                \
        simd_store(to + (r) * apart, c##r);
#define DEPTH_OF(r, i, k) ((i) - (r) * jump == 0 ? w0##k : (i) - (r) * jump == 1 ? w1##k : w2##k)
#define DEPTH_FMA(r, i, k)                                       \
    if (rows > (r) && (i) >= (r) * jump && (i) < (r) * jump + 3) \
        c##r += x##k * DEPTH_OF(r, i, k);
#define DEPTH_TAP(i, k)                                                   \
    {                                                                     \
        const simd_f x##k = depth_load(row, at##k, 0, &m##k, jump, edge); \
        DEPTH_R(DEPTH_FMA, i, k)                                          \
    }
#define DEPTH_LINE(i)                                       \
    if ((i) <= (rows - 1) * jump + 2) {                     \
        if (first + (uint64_t)(i) < height) {               \
            DEPTH_TAP(i, 0) DEPTH_TAP(i, 1) DEPTH_TAP(i, 2) \
        }                                                   \
        row += width;                                       \
    }

/* some rows of 3x3 of one plane without gaps between the rows; rows, jump and edge are constants */
SIMD_INLINE void depth_nine(const depth_tile *t, depth_span s, const int rows, const int jump, const bool edge)
{
    const int64_t width = t->width, apart = t->row, most = t->cols - SIMD_W;
    const uint64_t first = (uint64_t)t->y, height = (uint64_t)t->height;
    const int64_t e0 = t->at[0], e1 = t->at[1], e2 = t->at[2];
    const bool narrow = edge && most < 0;
    const simd_mask lanes = simd_first(narrow ? t->cols : 0);
    const float *const w = t->w, *const plane = t->x + t->y * width;
    const simd_f w00 = simd_all(w[0]), w01 = simd_all(w[1]), w02 = simd_all(w[2]), w10 = simd_all(w[3]);
    const simd_f w11 = simd_all(w[4]), w12 = simd_all(w[5]), w20 = simd_all(w[6]), w21 = simd_all(w[7]);
    const simd_f w22 = simd_all(w[8]);
    float *const left = t->to;
    for (; s.u < s.end; s.u += SIMD_W) {
        const int64_t v = narrow ? 0 : simd_min(s.u, most);
        const int64_t at0 = v * jump + e0, at1 = v * jump + e1, at2 = v * jump + e2;
        const depth_mask m0 = depth_mask_of(at0, width, jump), m1 = depth_mask_of(at1, width, jump);
        const depth_mask m2 = depth_mask_of(at2, width, jump);
        const float *row = plane;
        float *const to = left + v;
        DEPTH_R(DEPTH_ZERO, 0, 0)
        DEPTH_LINE(0)
        DEPTH_LINE(1)
        DEPTH_LINE(2)
        DEPTH_LINE(3)
        DEPTH_LINE(4) DEPTH_LINE(5) DEPTH_LINE(6) DEPTH_LINE(7) DEPTH_LINE(8) DEPTH_LINE(9) DEPTH_LINE(10)
            DEPTH_LINE(11) DEPTH_LINE(12) DEPTH_LINE(13) DEPTH_LINE(14) DEPTH_R(DEPTH_STORE, 0, 0)
    }
}

#define DEPTH_SEES(r, i, k) const bool b##r = (i) >= (r) * rise && (i) < (r) * rise + t->taps[0];
#define DEPTH_MAC(r, i, k)  \
    if (rows > (r) && b##r) \
        c##r += x * simd_all(w[((i) - (r) * rise) * t->pitch + (k)]);

/* the same of any window and number of planes: rise is the rows read for a row written, where there are several rows */
SIMD_INLINE void depth_any(const depth_tile *t, int64_t v, const int rows, const int64_t rise, const int64_t jump,
                           const bool edge)
{
    const float *w = t->w, *plane = t->x;
    float *const to = t->to + v;
    const int64_t apart = t->row;
    const bool narrow = edge && t->cols < SIMD_W;
    const simd_mask lanes = simd_first(narrow ? t->cols : 0);
    DEPTH_R(DEPTH_ZERO, 0, 0)
    for (int64_t f = 0; f < t->planes; f++, plane += t->plane, w += t->window)
        for (int64_t i = 0; i < (rows - 1) * rise + t->taps[0]; i++) {
            const int64_t y = t->y + i * t->gap;
            if (y < 0 || y >= t->height)
                continue;
            DEPTH_R(DEPTH_SEES, i, 0)
            for (int64_t k = 0; k < t->taps[1]; k++) {
                const int64_t at = v * jump + t->at[k];
                const depth_mask m = depth_mask_of(at, t->width, jump);
                const simd_f x = depth_load(plane + y * t->width, at, t->width, &m, jump, edge);
                DEPTH_R(DEPTH_MAC, i, k)
            }
        }
    DEPTH_R(DEPTH_STORE, 0, 0)
}

#define DEPTH_NINE(rows)                  \
    case (rows) * 4:                      \
        depth_nine(t, s, rows, 1, false); \
        return;                           \
    case (rows) * 4 + 1:                  \
        depth_nine(t, s, rows, 1, true);  \
        return;                           \
    case (rows) * 4 + 2:                  \
        depth_nine(t, s, rows, 2, false); \
        return;                           \
    case (rows) * 4 + 3:                  \
        depth_nine(t, s, rows, 2, true);  \
        return;

static void depth_nine_run(const depth_tile *t, depth_span s, int rows, int64_t jump, bool edge)
{
    switch (rows * 4 + (jump == 2) * 2 + edge) {
        DEPTH_NINE(1)
        DEPTH_NINE(2)
        DEPTH_NINE(3)
        DEPTH_NINE(4)
#if CONV_MANY
        DEPTH_NINE(5) DEPTH_NINE(6) DEPTH_NINE(7)
#endif
    }
}

#define DEPTH_SOME(rows)                       \
    case (rows) * 4:                           \
        depth_any(t, v, rows, rise, 1, false); \
        return;                                \
    case (rows) * 4 + 1:                       \
        depth_any(t, v, rows, rise, 1, true);  \
        return;                                \
    case (rows) * 4 + 2:                       \
        depth_any(t, v, rows, rise, 2, false); \
        return;                                \
    case (rows) * 4 + 3:                       \
        depth_any(t, v, rows, rise, 2, true);  \
        return;

static void depth_any_run(const depth_tile *t, int64_t v, int rows, int64_t rise, int64_t jump, bool edge)
{
    if (jump > 2) {
        depth_any(t, v, 1, 0, jump, true);
        return;
    }
    switch (rows * 4 + (jump == 2) * 2 + edge) {
        DEPTH_SOME(1)
        DEPTH_SOME(2)
        DEPTH_SOME(3)
        DEPTH_SOME(4)
    }
}

/* ---- a block of rows of a plane ---- */

static bool depth_edge(const depth_tile *t, int64_t u, int64_t jump)
{
    const int64_t v = simd_min(u, t->cols - SIMD_W), last = t->taps[1] - 1;
    return v < 0 || (last >= 0 && (v * jump + t->at[0] < 0 || v * jump + t->at[last] + jump * SIMD_W > t->width));
}

/* rows of one remainder, all columns; the last vector overlaps the one before */
static void depth_rows(const depth_plan *p, const depth_tile *t, int rows)
{
    const int64_t jump = p->jump[1];
    for (depth_span s = { 0, 0 }; s.u < t->cols; s.u = s.end) {
        const bool edge = depth_edge(t, s.u, jump);
        for (s.end = s.u + SIMD_W; s.end < t->cols && depth_edge(t, s.end, jump) == edge;)
            s.end += SIMD_W;
        if (p->nine)
            depth_nine_run(t, s, rows, jump, edge);
        else
            for (int64_t u = s.u; u < s.end; u += SIMD_W)
                depth_any_run(t, simd_max(0, simd_min(u, t->cols - SIMD_W)), rows, p->jump[0], jump, edge);
    }
}

/* A row of remainders, one in each line, becomes a row of the result. Lines have room for a vector more; the last two
   vectors overlap those before. */
static void depth_weave(float *restrict to, const float *restrict from, int64_t n, int64_t steps, int64_t apart)
{
    if (steps == 2 && n >= 2 * SIMD_W) {
        simd_f a, b;
        for (int64_t i = 0; i < n; i += 2 * SIMD_W) {
            const int64_t at = simd_min(i, (n - 2 * SIMD_W) / 2 * 2);
            simd_zip(simd_load(from + at / 2), simd_load(from + apart + at / 2), &a, &b);
            simd_store(to + at, a);
            simd_store(to + at + SIMD_W, b);
        }
        to[n - 1] = from[(n - 1) % 2 * apart + (n - 1) / 2];
        return;
    }
    for (int64_t u = 0; u < steps && u < n; u++)
        for (int64_t i = u, k = u * apart; i < n; i += steps, k++)
            to[i] = from[k];
}

/* some rows of one remainder of the rows; to: the first of them */
static void depth_rows_of(const depth_plan *p, const depth_room *r, depth_tile *t, int64_t y, int rows, float *to)
{
    const int64_t *across = r->axis[1].first, window = p->s.k[1], *down = r->axis[0].first;
    const float *w = t->w;
    const bool woven = p->step[1] > 1;
    for (int64_t x = 0; x < p->parts[1]; x++) {
        t->w = w + down[y] * window + across[x];
        t->taps[1] = across[x + 1] - across[x], t->at = r->axis[1].at + across[x];
        t->to = woven ? r->line + x * DEPTH_ANY * r->wide : to, t->row = woven ? r->wide : p->grid[1] * p->step[0];
        t->cols = simd_ceil(p->grid[1] - x, p->step[1]);
        depth_rows(p, t, rows);
    }
    for (int64_t i = 0; woven && i < rows; i++)
        depth_weave(to + i * p->step[0] * p->grid[1], r->line + i * r->wide, p->grid[1], p->step[1],
                    DEPTH_ANY * r->wide);
    t->w = w;
}

/* rows t0 to t1 of each remainder */
static void depth_block(const depth_plan *p, const depth_room *r, depth_tile *t, int64_t t0, int64_t t1, float *to)
{
    const depth_axis *down = &r->axis[0];
    for (int64_t y = 0; y < p->parts[0]; y++) {
        const int64_t first = down->first[y], end = simd_min(t1, simd_ceil(p->grid[0] - y, p->step[0]));
        t->taps[0] = down->first[y + 1] - first;
        t->gap = t->taps[0] > 1 ? down->at[first + 1] - down->at[first] : 1;
        const int64_t most = p->nine ? DEPTH_ROWS : t->gap == 1 && p->jump[1] <= 2 ? DEPTH_ANY : 1;
        const int64_t pieces = simd_ceil(end - t0, most), each = (end - t0) / simd_max(1, pieces);
        for (int64_t at = t0, left = pieces, rows; left > 0; left--, at += rows) {
            rows = each + (end - at > left * each);
            t->y = at * p->jump[0] + (t->taps[0] > 0 ? down->at[first] : 0);
            depth_rows_of(p, r, t, y, (int)rows, to + (at * p->step[0] + y) * p->grid[1]);
        }
    }
}

/* ---- a call ---- */

/* in the order of the tables */
static void depth_weights(const depth_plan *p, const depth_room *r, const float *w)
{
    const int64_t high = p->s.k[0], wide = p->s.k[1];
    float *to = r->w;
    for (int64_t t = 0; t < p->to; t++)
        for (int64_t f = 0; f < p->from; f++) {
            const float *from = w + (p->back ? f * p->to + t : t * p->from + f) * high * wide;
            for (int64_t i = 0; i < high; i++)
                for (int64_t k = 0; k < wide; k++)
                    *to++ = from[r->axis[0].k[i] * wide + r->axis[1].k[k]];
        }
}

/* unit = (image, group, block of rows) */
static void depth_unit(const depth_plan *p, const depth_room *r, const nrv__args *a, int64_t unit)
{
    const int64_t block = unit % p->blocks, image = unit / p->blocks, window = p->s.k[0] * p->s.k[1];
    const int64_t read = p->size[0] * p->size[1], written = p->grid[0] * p->grid[1];
    const int64_t most = simd_ceil(p->grid[0], p->step[0]);
    depth_tile t = { .x = (const float *)a->in[0].data + image * p->from * read, .planes = p->from, .plane = read };
    t.window = window, t.height = p->size[0], t.width = p->size[1], t.pitch = p->s.k[1];
    depth_weights(p, r, (const float *)a->in[1].data + image % p->s.g * p->s.c * p->s.o * window);
    for (int64_t i = 0; i < p->to; i++) {
        t.w = r->w + i * p->from * window;
        depth_block(p, r, &t, simd_cut(most, p->blocks, block), simd_cut(most, p->blocks, block + 1),
                    (float *)a->out[0].data + (image * p->to + i) * written);
    }
}

static void depth_run_way(const nrv__args *a, bool back)
{
    const depth_plan p = depth_plan_of(a, back);
    const depth_room r = depth_room_of(&p, a->scratch);
    for (int64_t u = a->begin; u < a->end; u++)
        depth_unit(&p, &r, a, u);
}

static int64_t depth_units_way(const nrv__args *a, bool back)
{
    const depth_plan p = depth_plan_of(a, back);
    return a->n == 0 ? 0 : p.s.b * p.s.g * p.blocks;
}

static double depth_work_way(const nrv__args *a, bool back)
{
    const depth_plan p = depth_plan_of(a, back);
    const double sums = (double)(p.s.out[0] * p.s.out[1] * p.s.k[0] * p.s.k[1] * p.from * p.to);
    const double bytes = 4 * (double)(p.from * p.size[0] * p.size[1] + p.to * p.grid[0] * p.grid[1]);
    return 20 + (sums / (simd_fma_rate() * 0.6) + bytes / 30) / (double)p.blocks;
}

static const char *depth_declines(const nrv__args *a)
{
    const nrv__window_attr *t = a->attr;
    const char *why = conv_declines(a);
    if (why)
        return why;
    return a->in[1].dim[1] != 1 || t->groups == 1 ? "only groups of one channel" : NULL;
}

static int64_t depth_units(const nrv__args *a)
{
    return depth_units_way(a, false);
}

static double depth_work(const nrv__args *a)
{
    return depth_work_way(a, false);
}

static size_t depth_scratch(const nrv__args *a)
{
    const depth_plan p = depth_plan_of(a, false);
    return depth_scratch_of(&p);
}

static void depth_run(const nrv__args *a)
{
    depth_run_way(a, false);
}

static int64_t depth_dx_units(const nrv__args *a)
{
    return depth_units_way(a, true);
}

static double depth_dx_work(const nrv__args *a)
{
    return depth_work_way(a, true);
}

static size_t depth_dx_scratch(const nrv__args *a)
{
    const depth_plan p = depth_plan_of(a, true);
    return depth_scratch_of(&p);
}

static void depth_dx_run(const nrv__args *a)
{
    depth_run_way(a, true);
}

NRV_KERNEL(channelwise, .op = "conv", .doc = "depthwise convolution: tiles of rows that share what they load",
           .fits = depth_declines, .units = depth_units, .work = depth_work, .scratch = depth_scratch,
           .run = depth_run);

NRV_KERNEL(channelwise_dx, .op = "conv_dx",
           .doc = "depthwise gradient by the image, remainder by remainder of the stride", .fits = depth_declines,
           .units = depth_dx_units, .work = depth_dx_work, .scratch = depth_dx_scratch, .run = depth_dx_run);
