/* conv.c - two-dimensional convolution of float32 images (B,C,H,W), and its gradient by the image.

   The image is copied once, padded, into cache. There every factor of the sum is the same image moved by some constant,
   so the tiles of conv_core.h run over it through a table of offsets: no unrolled copy per position of the window. The
   gradient by the image is the same, with the window reversed, once for each remainder of the stride. Windows of 1x1
   read the image where it is. Phase 0 packs the weights, phase 1 computes; a unit of phase 1 has all of what it
   writes of a block of rows, or of a cut of the channels where there are few rows.

   Promises: any stride, padding, dilation and groups; bits that do not depend on threads. Does not do: a bias; other
   than two axes. Padding is left out where a whole row of the window lies in it, and else multiplied: 0 times an
   infinite weight is NaN. */
#include "conv_core.h"

typedef struct conv_plan {
    conv_shape s;
    bool back;                    /* the gradient by the image */
    int64_t from, to, rows, cols; /* channels read and written; rows and columns written */
    int64_t step[2];              /* between what one grid writes: the stride backward, else 1 */
    bool lanes, place;            /* vectors of channels; the image is read where it is */
    int64_t panels, wide, k;      /* of the weights: panels, their channels together; factors of all grids */
    int64_t blocks, cuts, batch;  /* pieces of rows, of panels; images a unit */
    conv_grid g;                  /* of a block of most rows */
} conv_plan;

/* what the next unit reads, fetched while this one computes: `left` pieces of `length` floats */
typedef struct conv_ahead {
    const float *from;
    int64_t length, step, left, done, each; /* each: cache lines a tile */
} conv_ahead;

/* what a call of run has for itself */
typedef struct conv_room {
    conv_ahead ahead;
    conv_grid cleared; /* the copy's padding is zero where this one has it */
    int64_t copied;    /* what it holds: units but for their cuts */
    int64_t *at;
    conv_at *taps;
    conv_spot *spot;
    float *tile, *copy, *parts;
} conv_room;

/* what one remainder of the stride computes of a block */
typedef struct conv_job {
    conv_grid g;
    const float *w;
    const int64_t *at;
    int64_t k, each;    /* factors, those of a channel */
    int64_t to_m, to_t; /* strides of the result, or of its part of one remainder */
    int64_t base;       /* channel of the result that comes first */
    int64_t panel[2];
    bool straight; /* nothing between the rows, neither here nor there */
} conv_job;

/* a tap of the window meets what remainder of the rows (or columns) written; *e = the source row of the first of them
 */
static int64_t conv_meets(const conv_shape *s, int axis, int64_t k, int64_t *e)
{
    const int64_t at = k * s->dilation[axis] - s->pad[axis], stride = s->stride[axis];
    const int64_t first = (at % stride + stride) % stride;
    *e = (first - at) / stride;
    return first;
}

/* what an axis of the source is to the grid; `back`: the source is the gradient of what forward writes */
static void conv_axis(conv_grid *g, const conv_shape *s, int axis, bool back)
{
    int64_t low = INT64_MAX, high = INT64_MIN, e;
    g->size[axis] = s->in[axis], g->step[axis] = s->stride[axis];
    g->origin[axis] = -s->pad[axis], g->reach[axis] = (s->k[axis] - 1) * s->dilation[axis];
    if (!back)
        return;
    for (int64_t k = 0; k < s->k[axis]; k++) {
        conv_meets(s, axis, k, &e);
        low = simd_min(low, e), high = simd_max(high, e);
    }
    g->origin[axis] = low, g->reach[axis] = high - low, g->step[axis] = 1, g->size[axis] = s->out[axis];
}

/* the grid of `rows` rows from the first on */
static conv_grid conv_grid_of(const conv_plan *p, int64_t rows)
{
    const conv_shape *s = &p->s;
    conv_grid g = { .channels = p->from, .grid = { rows, p->cols } };
    for (int i = 0; i < 2; i++) {
        g.grid[i] = simd_ceil(g.grid[i], p->step[i]);
        conv_axis(&g, s, i, p->back);
    }
    conv_grid_close(&g);
    if (p->place)
        g.plane = g.size[0] * g.size[1];
    return g;
}

/* ---- what to do, by shapes alone ---- */

/* vectors of pixels in rows or, if `flat`, in one line with what lies between the rows */
static int64_t conv_vectors(const conv_grid *g, bool flat)
{
    return flat ? simd_ceil(conv_span(g), SIMD_W) : g->grid[0] * simd_ceil(g->grid[1], SIMD_W);
}

static bool conv_is_flat(const conv_grid *g)
{
    return g->grid[1] < SIMD_W || 4 * conv_vectors(g, false) > 5 * conv_vectors(g, true);
}

/* about how many cycles an image takes with vectors of pixels */
static double conv_cost_pixels(const conv_plan *p, const conv_grid *g, double k)
{
    const bool flat = conv_is_flat(g);
    const double mr = (double)p->to / (double)simd_ceil(p->to, CONV_MR), v = (double)conv_vectors(g, flat);
    const double nv = (double)conv_wide(simd_ceil(p->to, simd_ceil(p->to, CONV_MR)));
    const double fma = mr * nv, loads = 2 * nv + mr; /* a load across two lines counts double */
    return v * (double)p->to * (k * (fma > loads ? fma : loads) / fma / 2 + (flat ? 6 : 2));
}

/* ... and with vectors of channels */
static double conv_cost_lanes(const conv_plan *p, const conv_grid *g, double k)
{
    const int64_t pieces = simd_ceil(g->grid[1], CONV_PIXELS), vectors = simd_ceil(p->to, SIMD_W);
    const double np = (double)g->grid[1] / (double)pieces, nv = vectors > 1 ? 2 : 1;
    const double fma = np * nv / 2, loads = (np + nv) / 2, least = fma > loads ? fma : loads;
    const double tiles = (double)(g->grid[0] * pieces) * (double)vectors / nv;
    return tiles * (k * (least > 4 ? least : 4) + 8 * np * nv);
}

static void conv_choose(conv_plan *p)
{
    const conv_shape *s = &p->s;
    const double k = (double)p->k / (double)(p->step[0] * p->step[1]);
    conv_grid g = conv_grid_of(p, p->rows);
    p->lanes = conv_cost_lanes(p, &g, k) < conv_cost_pixels(p, &g, k);
    const int64_t vectors = simd_ceil(p->to, SIMD_W);
    p->panels = p->lanes ? simd_ceil(vectors, 2) : simd_ceil(p->to, CONV_MR);
    p->wide = p->lanes ? vectors * SIMD_W : p->to;
    p->place = s->k[0] == 1 && s->k[1] == 1 && s->stride[0] == 1 && s->stride[1] == 1 && s->pad[0] == 0 &&
               s->pad[1] == 0 && (p->lanes || s->in[1] >= SIMD_W);
}

static void conv_pieces(conv_plan *p)
{
    const conv_shape *s = &p->s;
    const int64_t most = simd_ceil(p->rows, p->step[0]);
    p->g = conv_grid_of(p, p->rows);
    const double fma = (double)(p->to * p->k) * (double)(s->out[0] * s->out[1]);
    for (;;) {
        const double floats = (double)(p->g.rows * p->g.pitch) * (double)(p->g.channels * p->g.step[0] * p->g.step[1]);
        const bool few = s->b * s->g * p->blocks < 8 && p->rows / p->blocks >= 8 && fma / (double)p->blocks > 1e6;
        if ((floats <= (double)CONV_FLOATS && !few) || p->blocks >= most)
            break;
        p->blocks = simd_min(most, 2 * p->blocks);
        p->g = conv_grid_of(p, simd_ceil(most, p->blocks) * p->step[0]);
    }
    while (s->b * s->g * p->blocks * p->cuts < 8 && p->panels / p->cuts >= 2 && fma / (double)p->cuts > 1e6)
        p->cuts *= 2;
    /* weights that do not stay in cache are read once for several images */
    const int64_t image = p->place ? p->g.channels * p->g.grid[0] * p->g.pitch : conv_image(&p->g);
    if (p->lanes && p->k * p->wide > CONV_FLOATS)
        p->batch = simd_max(1, simd_min(simd_ceil(s->b, 2), CONV_FLOATS / simd_max(1, image)));
}

static conv_plan conv_plan_of(const nrv__args *a, bool back)
{
    const nrv__view *image = back ? &a->out[0] : &a->in[0], *result = back ? &a->in[0] : &a->out[0];
    conv_plan p = {
        .s = conv_shape_of(a, image, &a->in[1], result), .back = back, .step = { 1, 1 }, .cuts = 1, .batch = 1
    };
    const conv_shape *s = &p.s;
    p.from = back ? s->o : s->c, p.to = back ? s->c : s->o;
    p.rows = back ? s->in[0] : s->out[0], p.cols = back ? s->in[1] : s->out[1];
    p.k = p.from * s->k[0] * s->k[1];
    for (int i = 0; back && i < 2; i++)
        p.step[i] = s->stride[i];
    if (a->n == 0)
        return p;
    p.blocks = 1;
    conv_choose(&p);
    conv_pieces(&p);
    return p;
}

/* floats of the parts that the remainders of the stride write; none without a stride */
static int64_t conv_parts_of(const conv_plan *p)
{
    const int64_t channels = p->lanes ? simd_min(2 * SIMD_W, p->to) : p->to;
    const int64_t parts = simd_min(p->step[0], p->rows) * simd_min(p->step[1], p->cols);
    return p->step[0] * p->step[1] == 1 ? 0 : channels * parts * p->g.grid[0] * p->g.grid[1];
}

static int64_t conv_spots_most(const conv_plan *p)
{
    return simd_max(conv_vectors(&p->g, false), conv_vectors(&p->g, true)) + 1;
}

enum { CONV_TILE_FLOATS = 32 * SIMD_W };

static conv_room conv_room_of(const conv_plan *p, void *scratch)
{
    conv_room r = { .tile = scratch };
    r.copy = r.tile + CONV_TILE_FLOATS;
    const int64_t copy = p->place ? 0 : p->batch * conv_image(&p->g) + SIMD_W;
    const int64_t parts = simd_ceil(conv_parts_of(p), 2) * 2;
    r.parts = parts ? r.copy + copy : NULL;
    r.at = (int64_t *)(void *)(r.copy + copy + parts);
    r.taps = (conv_at *)(void *)(r.at + p->k);
    r.spot = (conv_spot *)(void *)(r.taps + p->s.k[0] * p->s.k[1]);
    return r;
}

/* ---- grids ---- */

/* The taps of a remainder of the stride; forward there is one, and all of them. Returns how many. */
static int64_t conv_taps(const conv_plan *p, int64_t y, int64_t x, conv_at *taps)
{
    const conv_shape *s = &p->s;
    int64_t n = 0, ey, ex;
    for (int64_t ky = 0; ky < s->k[0]; ky++)
        for (int64_t kx = 0; kx < s->k[1]; kx++) {
            conv_at t = { ky * s->k[1] + kx, ky * s->dilation[0], kx * s->dilation[1] };
            if (p->back) {
                if (conv_meets(s, 0, ky, &ey) != y || conv_meets(s, 1, kx, &ex) != x)
                    continue;
                t.ey = ey - p->g.origin[0], t.ex = ex - p->g.origin[1];
            }
            taps[n++] = t;
        }
    return n;
}

/* ---- phase 0: the weights (panel, remainder, k, channel of the panel), k in the order of the table ---- */

static int64_t conv_panel_at(const conv_plan *p, int64_t panel) /* its first channel */
{
    return p->lanes ? simd_cut(p->wide / SIMD_W, p->panels, panel) * SIMD_W : simd_cut(p->to, p->panels, panel);
}

/* to[k*wide + i] = from[i*row + k], zeros for m <= i < wide */
static void conv_pack_turn(float *to, int64_t wide, const float *from, int64_t row, int64_t m, int64_t n)
{
    int64_t i = 0;
    /* so many rows a power of two apart would drive each other out of the first cache */
    for (; i + SIMD_W <= m && row % 256 != 0; i += SIMD_W) {
        int64_t k = 0;
        for (; k + 4 <= n; k += 4)
            simd_turn(to + k * wide + i, wide, from + i * row + k, row);
        for (; k < n; k++)
            for (int64_t j = i; j < i + SIMD_W; j++)
                to[k * wide + j] = from[j * row + k];
    }
    for (; i + 4 <= m; i += 4) {
        int64_t k = 0;
        for (; k + 4 <= n; k += 4)
            simd_turn4(to + k * wide + i, wide, from + i * row + k, row);
        for (; k < n; k++)
            for (int64_t j = i; j < i + 4; j++)
                to[k * wide + j] = from[j * row + k];
    }
    for (; i < wide; i++)
        for (int64_t k = 0; k < n; k++)
            to[k * wide + i] = i < m ? from[i * row + k] : 0;
}

static void conv_pack(const conv_plan *p, const nrv__args *a, int64_t unit, conv_at *taps)
{
    const conv_shape *s = &p->s;
    const int64_t group = unit / p->panels, window = s->k[0] * s->k[1], first = conv_panel_at(p, unit % p->panels);
    const int64_t wide = conv_panel_at(p, unit % p->panels + 1) - first, m = simd_min(wide, p->to - first);
    const int64_t row = p->back ? window : s->c * window, step = p->back ? s->c * window : window;
    const float *from = (const float *)a->in[1].data + group * s->o * s->c * window + first * row;
    float *to = (float *)a->shared + (group * p->wide + first) * p->k;
    if (!p->back) {
        conv_pack_turn(to, wide, from, row, m, p->k);
        return;
    }
    for (int64_t y = 0; y < simd_min(p->step[0], p->rows); y++)
        for (int64_t x = 0; x < simd_min(p->step[1], p->cols); x++) {
            const int64_t n = conv_taps(p, y, x, taps);
            for (int64_t c = 0; c < p->from; c++, to += n * wide)
                if (n == window)
                    conv_pack_turn(to, wide, from + c * step, row, m, n);
                else
                    for (int64_t k = 0; k < n; k++)
                        for (int64_t i = 0; i < wide; i++)
                            to[k * wide + i] = i < m ? from[c * step + i * row + taps[k].a] : 0;
        }
}

/* ---- phase 1 ---- */

typedef struct conv_part { /* what a unit of phase 1 is about; t0, rows: of the result, t0 in steps */
    int64_t b0, images, group, t0, rows, cut;
} conv_part;

/* unit = (some images, group, block of rows, cut of the panels) */
static conv_part conv_part_of(const conv_plan *p, int64_t unit)
{
    const int64_t block = unit / p->cuts % p->blocks, rest = unit / p->cuts / p->blocks;
    const int64_t most = simd_ceil(p->rows, p->step[0]);
    conv_part u = { .cut = unit % p->cuts, .group = rest % p->s.g, .b0 = rest / p->s.g * p->batch };
    u.images = simd_min(p->batch, p->s.b - u.b0);
    u.t0 = simd_cut(most, p->blocks, block);
    u.rows = simd_min(p->rows, simd_cut(most, p->blocks, block + 1) * p->step[0]) - u.t0 * p->step[0];
    return u;
}

/* its part of the grid */
static conv_grid conv_part_grid(const conv_plan *p, const conv_part *u)
{
    conv_grid g = p->g;
    g.grid[0] = simd_ceil(u->rows, p->step[0]);
    g.origin[0] += p->back ? u->t0 : u->t0 * p->s.stride[0];
    g.rows = g.grid[0] + g.reach[0] / g.step[0];
    return g;
}

static conv_ahead conv_ahead_of(const conv_plan *p, const nrv__args *a, int64_t unit)
{
    if (unit >= a->end || unit % p->cuts != 0)
        return (conv_ahead){ 0 };
    const conv_part u = conv_part_of(p, unit);
    const conv_grid g = conv_part_grid(p, &u);
    const int64_t y0 = simd_max(0, g.origin[0]), y1 = simd_min(g.size[0], g.origin[0] + g.rows * g.step[0]);
    const int64_t plane = g.size[0] * g.size[1];
    const float *image = (const float *)a->in[0].data + (u.b0 * p->s.g + u.group) * p->from * plane;
    conv_ahead h = { .from = image + y0 * g.size[1], .length = (y1 - y0) * g.size[1], .step = plane };
    if (h.length <= 0)
        return (conv_ahead){ 0 };
    h.left = p->from;
    const int64_t lines = simd_ceil(h.length, 16) * h.left, panels = simd_max(1, p->panels / p->cuts);
    const int64_t cells = g.grid[0] * g.grid[1] * p->step[0] * p->step[1];
    const int64_t tile = p->lanes ? CONV_PIXELS : SIMD_W * conv_wide(simd_ceil(p->to, p->panels));
    h.each = 1 + lines / simd_max(1, cells / tile * panels);
    return h;
}

SIMD_INLINE void conv_fetch(conv_ahead *h)
{
    for (int64_t i = 0; i < h->each && h->left > 0; i++) {
        __builtin_prefetch(h->from + h->done, 0, 2);
        h->done += 16;
        if (h->done >= h->length)
            h->done = 0, h->left--, h->from += h->step;
    }
}

/* `cols` columns from q on of one line to where they belong, without what lies between the rows */
static void conv_scatter(const conv_job *j, const float *from, int64_t row, int mr, int64_t q, int64_t cols, float *to)
{
    const conv_grid *g = &j->g;
    for (int64_t t = q / g->pitch, u = q % g->pitch; cols > 0; t++, u = 0) {
        const int64_t n = simd_min(cols, g->pitch - u), keep = simd_min(n, g->grid[1] - u);
        for (int i = 0; i < mr && keep > 0; i++)
            conv_copy(to + i * j->to_m + t * j->to_t + u, from + i * row, keep);
        from += n, cols -= n;
    }
}

/* rows side by side: every vector goes where it belongs; the last of a row overlaps the one before */
static int64_t conv_spots_rows(const conv_job *j, conv_spot *spot)
{
    const int64_t rows = j->straight ? 1 : j->g.grid[0], n = j->straight ? conv_span(&j->g) : j->g.grid[1];
    int64_t count = 0;
    for (int64_t t = 0; t < rows; t++)
        for (int64_t u = 0; u < n; u += SIMD_W) {
            const int64_t at = simd_min(u, n - SIMD_W);
            spot[count++] = (conv_spot){ t * j->g.pitch + at, t * j->to_t + at };
        }
    spot[count] = spot[count - 1]; /* looked at ahead, at most */
    return count;
}

/* the taps of a channel whose rows are not all padding, for rows t0 to t1 of the grid */
typedef struct conv_band {
    int64_t first, n;
} conv_band;

static bool conv_meets_image(const conv_job *j, const conv_at *tap, int64_t t0, int64_t t1)
{
    const int64_t y = j->g.origin[0] + tap->ey, step = j->g.step[0];
    return y + t1 * step >= 0 && y + t0 * step < j->g.size[0];
}

/* rows of the window come one after the other, up or down, so what meets the image is one piece */
static conv_band conv_band_of(const conv_job *j, const conv_at *taps, int64_t t0, int64_t t1)
{
    conv_band b = { 0, j->each };
    while (b.n > 0 && !conv_meets_image(j, &taps[b.first], t0, t1))
        b.first++, b.n--;
    while (b.n > 0 && !conv_meets_image(j, &taps[b.first + b.n - 1], t0, t1))
        b.n--;
    return b;
}

static conv_factors conv_factors_of(const conv_job *j, const conv_band *b)
{
    if (b->n == j->each)
        return (conv_factors){ j->k, 1, 0 };
    return (conv_factors){ b->n, j->k / simd_max(1, j->each), j->each - b->n };
}

/* Rows shorter than a vector, each by itself instead of in one line with what lies between them: that is less work
   where much padding above and below is left out. */
static bool conv_is_narrow(const conv_job *j, const conv_at *taps)
{
    int64_t alone = 0;
    if (j->g.grid[1] >= SIMD_W)
        return false;
    for (int64_t t = 0; t < j->g.grid[0]; t++)
        alone += conv_band_of(j, taps, t, t).n;
    return 10 * alone < 9 * simd_ceil(conv_span(&j->g), SIMD_W) * j->each;
}

typedef struct conv_strip { /* some vectors of pixels, and how they lie */
    enum { CONV_ROWS, CONV_FLAT, CONV_NARROW } way;
    int64_t first;
    int nv;
    conv_band band;
    const conv_spot *spot;
    bool last;
} conv_strip;

/* the rows of the grid that a strip's vectors touch */
static conv_band conv_strip_band(const conv_job *j, const conv_at *taps, const conv_strip *s)
{
    const int64_t rows = j->g.grid[0], end = s->first + s->nv;
    int64_t each = SIMD_W, length = j->g.pitch; /* pixels a vector begins after the one before, and a row */
    if (j->straight && s->way == CONV_ROWS) {   /* the last vector overlaps the one before */
        const int64_t span = conv_span(&j->g), from = simd_min(s->first * SIMD_W, span - SIMD_W);
        return conv_band_of(j, taps, from / length, (simd_min(end * SIMD_W, span) - 1) / length);
    }
    if (s->way != CONV_FLAT)
        each = 1, length = s->way == CONV_ROWS ? simd_ceil(j->g.grid[1], SIMD_W) : 1;
    return conv_band_of(j, taps, s->first * each / length, simd_min(rows - 1, (end * each - 1) / length));
}

/* how many vectors come next: even pieces, but of narrow rows those that leave out the same */
static void conv_strip_next(const conv_job *j, const conv_at *taps, conv_strip *s, int64_t count, int64_t most)
{
    s->nv = (int)simd_ceil(count - s->first, simd_ceil(count - s->first, most));
    if (s->way == CONV_NARROW) {
        const int64_t end = simd_min(count, s->first + most);
        const conv_band b = conv_band_of(j, taps, s->first, s->first);
        for (s->nv = 1; s->first + s->nv < end; s->nv++) {
            const conv_band next = conv_band_of(j, taps, s->first + s->nv, s->first + s->nv);
            if (next.first != b.first || next.n != b.n)
                break;
        }
    }
    s->band = conv_strip_band(j, taps, s);
    s->last = s->first + s->nv >= count;
}

static void conv_strip_run(const conv_plan *p, const conv_job *j, const conv_strip *s, const float *x, float *to,
                           conv_room *r)
{
    const bool rows = s->way == CONV_ROWS;
    const int64_t apart = s->way == CONV_NARROW ? j->g.pitch : SIMD_W, span = conv_span(&j->g);
    conv_spot line[CONV_VECTORS];
    for (int v = 0; !rows && v < s->nv; v++)
        line[v] = (conv_spot){ (s->first + v) * apart, v * SIMD_W };
    conv_tile t = { .x = x, .at = j->at + s->band.first, .of = conv_factors_of(j, &s->band) };
    t.spot = rows ? s->spot + s->first : line;
    for (int64_t i = j->panel[0]; i < j->panel[1]; i++) {
        const int64_t top = conv_panel_at(p, i);
        const int mr = (int)(conv_panel_at(p, i + 1) - top);
        float *put = to + (top - j->base) * j->to_m;
        t.w = j->w + top * p->k + (j->at - r->at + s->band.first) * mr;
        t.to = rows ? put : r->tile;
        t.row = rows ? j->to_m : s->nv * SIMD_W;
        conv_fetch(&r->ahead);
        for (int v = 0; v < s->nv && rows && !s->last; v++)
            for (int c = 0; c < mr; c++)
                __builtin_prefetch(t.to + c * t.row + t.spot[s->nv + v].to, 1);
        conv_tile_run(&t, mr, s->nv);
        if (s->way == CONV_FLAT)
            conv_scatter(j, r->tile, t.row, mr, s->first * SIMD_W, simd_min(s->nv * SIMD_W, span - s->first * SIMD_W),
                         put);
        for (int v = 0; v < s->nv && s->way == CONV_NARROW; v++)
            conv_scatter(j, r->tile + v * SIMD_W, t.row, mr, (s->first + v) * apart, j->g.grid[1], put);
    }
}

static void conv_pixels(const conv_plan *p, const conv_job *j, const float *x, float *to, conv_room *r)
{
    const int64_t span = conv_span(&j->g), most = conv_wide(simd_ceil(p->to, p->panels));
    const bool flat = j->straight ? span < SIMD_W : conv_is_flat(&j->g);
    conv_strip s = { .way = conv_is_narrow(j, r->taps) ? CONV_NARROW : flat ? CONV_FLAT : CONV_ROWS };
    const int64_t count = s.way == CONV_FLAT     ? simd_ceil(span, SIMD_W)
                          : s.way == CONV_NARROW ? j->g.grid[0]
                                                 : conv_spots_rows(j, r->spot);
    for (s.spot = r->spot; s.first < count; s.first += s.nv) {
        conv_strip_next(j, r->taps, &s, count, most);
        conv_strip_run(p, j, &s, x, to, r);
    }
}

static void conv_lanes(const conv_plan *p, const conv_job *j, int64_t panel, const float *x, float *to, conv_room *r)
{
    const int64_t rows = j->straight ? 1 : j->g.grid[0], cols = j->straight ? conv_span(&j->g) : j->g.grid[1];
    const int64_t top = conv_panel_at(p, panel), wide = conv_panel_at(p, panel + 1) - top;
    const int64_t m = simd_min(wide, p->to - top), pieces = simd_ceil(cols, CONV_PIXELS);
    const float *w = j->w + top * p->k + (j->at - r->at) * wide;
    conv_run run = { .sum = r->tile };
    to += (top - j->base) * j->to_m;
    for (int64_t t = 0; t < rows; t++) {
        const conv_band b = conv_band_of(j, r->taps, t, j->straight ? j->g.grid[0] - 1 : t);
        run.w = w + b.first * wide, run.at = j->at + b.first, run.of = conv_factors_of(j, &b);
        for (int64_t i = 0; i < pieces; i++) {
            const int64_t u = simd_cut(cols, pieces, i), n = simd_cut(cols, pieces, i + 1) - u;
            float *put = to + t * j->to_t + u;
            run.x = x + t * j->g.pitch + u;
            conv_fetch(&r->ahead);
            for (int64_t c = 0; c < m; c++)
                __builtin_prefetch(put + c * j->to_m + n - 1, 1);
            conv_run_run(&run, (int)n, (int)(wide / SIMD_W));
            conv_turn(put, j->to_m, r->tile, wide, n, m);
        }
    }
}

/* A row of remainders side by side, as they were computed, becomes a row of the result. */
static void conv_weave(float *restrict to, const float *restrict from, int64_t n, int64_t steps, int64_t apart)
{
    if (steps == 2) { /* vectorises */
        const float *restrict odd = from + apart;
        for (int64_t i = 0; i < n / 2; i++)
            to[2 * i] = from[i], to[2 * i + 1] = odd[i];
        if (n % 2 == 1)
            to[n - 1] = from[n / 2];
        return;
    }
    for (int64_t u = 0; u < steps; u++)
        for (int64_t i = u, k = 0; i < n; i += steps, k++)
            to[i] = from[u * apart + k];
}

/* a block of rows of one image with a stride: each remainder by itself, then woven into one */
static void conv_woven(const conv_plan *p, conv_job *j, int64_t rows, int64_t panel, const float *x, float *to,
                       conv_room *r)
{
    const int64_t s0 = simd_min(p->step[0], p->rows), s1 = simd_min(p->step[1], p->cols), *at = r->at;
    const int64_t part = p->g.grid[0] * p->g.grid[1], end = conv_panel_at(p, p->lanes ? panel + 1 : j->panel[1]);
    conv_job one = *j;
    one.base = conv_panel_at(p, panel), one.to_m = s0 * s1 * part, one.to_t = p->g.grid[1];
    for (int64_t y = 0; y < s0; y++)
        for (int64_t u = 0; u < s1; u++) {
            one.at = at, one.each = conv_taps(p, y, u, r->taps), one.k = one.each * p->from, at += one.k;
            one.g.grid[0] = simd_ceil(rows - y, p->step[0]), one.g.grid[1] = simd_ceil(p->cols - u, p->step[1]);
            one.straight = one.g.pitch == one.g.grid[1] && one.to_t == one.g.pitch;
            if (conv_span(&one.g) == 0)
                continue;
            if (p->lanes)
                conv_lanes(p, &one, panel, x, r->parts + (y * s1 + u) * part, r);
            else
                conv_pixels(p, &one, x, r->parts + (y * s1 + u) * part, r);
        }
    for (int64_t c = one.base; c < simd_min(end, p->to); c++)
        for (int64_t i = 0; i < rows; i++)
            conv_weave(to + c * j->to_m + i * p->cols,
                       r->parts + (c - one.base) * one.to_m + i % p->step[0] * s1 * part + i / p->step[0] * one.to_t,
                       p->cols, s1, part);
}

/* a block of rows of one image */
static void conv_block(const conv_plan *p, conv_job *j, int64_t rows, int64_t panel, const float *x, float *to,
                       conv_room *r)
{
    if (r->parts) {
        conv_woven(p, j, rows, panel, x, to, r);
        return;
    }
    j->at = r->at, j->k = p->k, j->each = p->s.k[0] * p->s.k[1];
    j->straight = j->g.pitch == j->g.grid[1] && j->to_t == j->g.pitch;
    if (p->lanes)
        conv_lanes(p, j, panel, x, to, r);
    else
        conv_pixels(p, j, x, to, r);
}

/* the offsets of all remainders, one after the other, for all blocks */
static void conv_tables(const conv_plan *p, const conv_room *r)
{
    int64_t *at = r->at;
    for (int64_t y = 0; y < simd_min(p->step[0], p->rows); y++)
        for (int64_t x = 0; x < simd_min(p->step[1], p->cols); x++) {
            const int64_t n = conv_taps(p, y, x, r->taps);
            if (n > 0)
                conv_table(at, &p->g, r->taps, n);
            at += n * p->from;
        }
}

static void conv_unit(const conv_plan *p, const nrv__args *a, int64_t unit, conv_room *r)
{
    const conv_shape *s = &p->s;
    const conv_part u = conv_part_of(p, unit);
    const int64_t r0 = u.t0 * p->step[0], top = p->panels, first = u.b0 * s->g + u.group;
    const int64_t from = p->from * p->g.size[0] * p->g.size[1], to = p->to * p->rows * p->cols;
    const int64_t copied = p->place ? from * s->g : conv_image(&p->g);
    conv_job j = { .g = conv_part_grid(p, &u), .w = (const float *)a->shared + u.group * p->wide * p->k };
    j.to_m = p->rows * p->cols, j.to_t = p->cols;
    j.panel[0] = simd_cut(top, p->cuts, u.cut), j.panel[1] = simd_cut(top, p->cuts, u.cut + 1);
    const float *image = (const float *)a->in[0].data + first * from;
    const float *x = p->place ? image + r0 * p->cols : r->copy;
    if (!p->place && !conv_alike(&r->cleared, &j.g)) {
        r->cleared = j.g; /* later units never have more images */
        conv_clear(r->copy, &j.g, u.images);
    }
    for (int64_t b = 0; b < u.images && !p->place && r->copied != unit / p->cuts; b++)
        conv_fill(r->copy + b * copied, &j.g, image + b * s->g * from);
    r->copied = unit / p->cuts;
    r->ahead = conv_ahead_of(p, a, unit + 1);
    float *result = (float *)a->out[0].data + first * to + r0 * p->cols;
    for (int64_t i = j.panel[0]; i < (p->lanes ? j.panel[1] : j.panel[0] + 1); i++)
        for (int64_t b = 0; b < u.images; b++)
            conv_block(p, &j, u.rows, i, x + b * copied, result + b * s->g * to, r);
}

static void conv_run_way(const nrv__args *a, bool back)
{
    const conv_plan p = conv_plan_of(a, back);
    conv_room r = conv_room_of(&p, a->scratch);
    r.copied = -1;
    if (a->phase == 1)
        conv_tables(&p, &r);
    for (int64_t u = a->begin; u < a->end; u++)
        if (a->phase == 0)
            conv_pack(&p, a, u, r.taps);
        else
            conv_unit(&p, a, u, &r);
}

static int64_t conv_packs(const conv_plan *p)
{
    return p->blocks ? p->s.g * p->panels : 0;
}

static int64_t conv_units_way(const nrv__args *a, bool back)
{
    const conv_plan p = conv_plan_of(a, back);
    return conv_packs(&p);
}

static int64_t conv_units2_way(const nrv__args *a, bool back)
{
    const conv_plan p = conv_plan_of(a, back);
    return simd_ceil(p.s.b, p.batch) * p.s.g * p.blocks * p.cuts;
}

/* phase 1 is nearly all of it, and is counted here */
static double conv_work_way(const nrv__args *a, bool back)
{
    const conv_plan p = conv_plan_of(a, back);
    const double fma = (double)(p.to * p.k) * (double)(p.s.out[0] * p.s.out[1]) * (double)(p.s.b * p.s.g);
    return 50 + fma / (simd_fma_rate() * 0.6) / (double)simd_max(1, conv_packs(&p));
}

static size_t conv_scratch_way(const nrv__args *a, bool back)
{
    const conv_plan p = conv_plan_of(a, back);
    if (!p.blocks)
        return 0;
    const int64_t copy = p.place ? 0 : p.batch * conv_image(&p.g) + SIMD_W;
    return (size_t)(CONV_TILE_FLOATS + copy + simd_ceil(conv_parts_of(&p), 2) * 2) * sizeof(float) +
           (size_t)p.k * sizeof(int64_t) + (size_t)(p.s.k[0] * p.s.k[1]) * sizeof(conv_at) +
           (size_t)conv_spots_most(&p) * sizeof(conv_spot);
}

static size_t conv_shared_way(const nrv__args *a, bool back)
{
    const conv_plan p = conv_plan_of(a, back);
    return p.blocks ? (size_t)(p.s.g * p.wide * p.k) * sizeof(float) : 0;
}

static int64_t conv_units(const nrv__args *a)
{
    return conv_units_way(a, false);
}

static int64_t conv_units2(const nrv__args *a)
{
    return conv_units2_way(a, false);
}

static double conv_work(const nrv__args *a)
{
    return conv_work_way(a, false);
}

static size_t conv_scratch(const nrv__args *a)
{
    return conv_scratch_way(a, false);
}

static size_t conv_shared(const nrv__args *a)
{
    return conv_shared_way(a, false);
}

static void conv_run_forward(const nrv__args *a)
{
    conv_run_way(a, false);
}

static int64_t conv_dx_units(const nrv__args *a)
{
    return conv_units_way(a, true);
}

static int64_t conv_dx_units2(const nrv__args *a)
{
    return conv_units2_way(a, true);
}

static double conv_dx_work(const nrv__args *a)
{
    return conv_work_way(a, true);
}

static size_t conv_dx_scratch(const nrv__args *a)
{
    return conv_scratch_way(a, true);
}

static size_t conv_dx_shared(const nrv__args *a)
{
    return conv_shared_way(a, true);
}

static void conv_dx_run(const nrv__args *a)
{
    conv_run_way(a, true);
}

NRV_KERNEL(conv, .op = "conv", .doc = "float32 convolution over a padded copy in cache", .fits = conv_declines,
           .units = conv_units, .units2 = conv_units2, .work = conv_work, .scratch = conv_scratch,
           .shared = conv_shared, .run = conv_run_forward);

NRV_KERNEL(conv_dx, .op = "conv_dx", .doc = "gradient by the image: a convolution for each remainder of the stride",
           .fits = conv_declines, .units = conv_dx_units, .units2 = conv_dx_units2, .work = conv_dx_work,
           .scratch = conv_dx_scratch, .shared = conv_dx_shared, .run = conv_dx_run);
