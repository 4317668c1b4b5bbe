/* channelwise.c - depthwise convolution of float32 images (B,C,H,W) by windows of 3x3, in which every channel of the
   image has filters of its own, and its gradient by the image.

   Little is computed for each number here, so a plane is read where it lies, once, and written once. A tile is one
   vector of columns by some rows: a row of the image, once loaded, is a factor of all the tile's rows that see it. What
   lies beside the image is masked, rows above and below are left out.

   Promises: any padding, any gaps between columns, strides of one and two; an element of the result is one chain of
   multiply-adds, row by row of the window, whatever threads there are. Does not do: other windows, the gradient by a
   strided image or of several filters a channel (conv.c). Zeros beside the image are multiplied: 0 times an infinite
   weight is NaN. */
#include "channelwise.h"

enum { DEPTH_WORK = 1 << 16 };

typedef struct depth_plan {
    conv_shape s;
    bool back;
    int64_t size[2], grid[2]; /* of a plane read, and written */
    int64_t jump, blocks;     /* rows and columns read for one written; pieces of rows */
    int64_t origin, at[3];    /* the row read first for the first written; columns of the taps */
} depth_plan;

/* Backward the window is turned around, so that what is read goes from the first row to the last all the same. */
static depth_plan depth_plan_of(const nrv__args *a, bool back)
{
    const nrv__view *image = back ? &a->out[0] : &a->in[0], *result = back ? &a->in[0] : &a->out[0];
    depth_plan p = { .s = conv_shape_of(a, image, &a->in[1], result), .back = back, .blocks = 1 };
    const conv_shape *s = &p.s;
    for (int i = 0; i < 2; i++)
        p.size[i] = back ? s->out[i] : s->in[i], p.grid[i] = back ? s->in[i] : s->out[i];
    p.jump = back ? 1 : s->stride[0];
    p.origin = back ? s->pad[0] - 2 : -s->pad[0];
    for (int i = 0; i < 3; i++)
        p.at[i] = back ? s->pad[1] - (2 - i) * s->dilation[1] : i * s->dilation[1] - s->pad[1];
    const int64_t sums = p.grid[0] * p.grid[1] * DEPTH_TAPS * s->o, most = simd_ceil(p.grid[0], 2 * DEPTH_ROWS);
    while (s->b * s->g * p.blocks < 8 && 2 * p.blocks <= most && sums / p.blocks > DEPTH_WORK)
        p.blocks *= 2;
    return p;
}

typedef struct depth_tile {
    const float *x, *w;       /* the plane that is read, the weights in the order of what is read */
    int64_t y, height, width; /* the first row that is read, or would be; of the plane */
    const int64_t *at;        /* columns of the taps */
    float *to;
    int64_t cols; /* of to */
} depth_tile;

#define DEPTH_ZERO(r, i, k) simd_f c##r = { 0 };
#define DEPTH_STORE(r, i, k)                           \
    if (rows > (r) && narrow)                          \
        simd_store_some(to + (r) * cols, c##r, lanes); \
    else if (rows > (r))                               \
        simd_store(to + (r) * cols, c##r);
#define DEPTH_OF(r, i, k) ((i) - (r) * jump == 0 ? w0##k : (i) - (r) * jump == 1 ? w1##k : w2##k)
#define DEPTH_FMA(r, i, k)                                       \
    if (rows > (r) && (i) >= (r) * jump && (i) < (r) * jump + 3) \
        c##r += x##k * DEPTH_OF(r, i, k);
#define DEPTH_TAP(i, k)                                                \
    {                                                                  \
        const simd_f x##k = depth_load(row, at##k, &m##k, jump, edge); \
        DEPTH_R(DEPTH_FMA, i, k)                                       \
    }

/* some rows of 3x3 of one plane without gaps between the rows; rows, jump and edge are constants */
SIMD_INLINE void depth_nine(const depth_tile *t, depth_span s, const int rows, const int jump, const bool edge)
{
    const int64_t width = t->width, cols = t->cols, most = cols - SIMD_W;
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
        DEPTH_LINES(DEPTH_TAP)
        DEPTH_R(DEPTH_STORE, 0, 0)
    }
}

static void depth_nine_run(const depth_tile *t, depth_span s, int rows, int64_t jump, bool edge)
{
    switch (rows * 4 + (jump == 2) * 2 + edge) {
        DEPTH_CASES(depth_nine)
    }
}

/* ---- a block of rows of a plane ---- */

static bool depth_edge(const depth_tile *t, int64_t u, int64_t jump)
{
    const int64_t v = simd_min(u, t->cols - SIMD_W);
    return v < 0 || v * jump + t->at[0] < 0 || v * jump + t->at[2] + jump * SIMD_W > t->width;
}

/* some rows, all columns; the last vector overlaps the one before */
static void depth_rows(const depth_plan *p, const depth_tile *t, int64_t rows)
{
    for (depth_span s = { 0, 0 }; s.u < t->cols; s.u = s.end) {
        const bool edge = depth_edge(t, s.u, p->jump);
        for (s.end = s.u + SIMD_W; s.end < t->cols && depth_edge(t, s.end, p->jump) == edge;)
            s.end += SIMD_W;
        depth_nine_run(t, s, (int)rows, p->jump, edge);
    }
}

static void depth_block(const depth_plan *p, depth_tile *t, int64_t t0, int64_t t1, float *to)
{
    const int64_t pieces = simd_ceil(t1 - t0, DEPTH_ROWS), each = (t1 - t0) / simd_max(1, pieces);
    for (int64_t at = t0, left = pieces, rows; left > 0; left--, at += rows) {
        rows = each + (t1 - at > left * each);
        t->y = at * p->jump + p->origin;
        t->to = to + at * t->cols;
        depth_rows(p, t, rows);
    }
}

/* unit = (image, channel, block of rows) */
static void depth_unit(const depth_plan *p, const nrv__args *a, int64_t unit)
{
    const int64_t block = unit % p->blocks, image = unit / p->blocks, rows = p->grid[0];
    const int64_t t0 = simd_cut(rows, p->blocks, block), t1 = simd_cut(rows, p->blocks, block + 1);
    const float *w = (const float *)a->in[1].data + image % p->s.g * p->s.o * DEPTH_TAPS;
    float turned[DEPTH_TAPS];
    depth_tile t = { .height = p->size[0], .width = p->size[1], .cols = p->grid[1], .at = p->at };
    t.x = (const float *)a->in[0].data + image * t.height * t.width;
    for (int64_t i = 0; i < p->s.o; i++, w += DEPTH_TAPS) {
        for (int k = 0; k < DEPTH_TAPS; k++)
            turned[k] = w[p->back ? DEPTH_TAPS - 1 - k : k];
        t.w = turned;
        depth_block(p, &t, t0, t1, (float *)a->out[0].data + (image * p->s.o + i) * rows * t.cols);
    }
}

static void depth_run_way(const nrv__args *a, bool back)
{
    const depth_plan p = depth_plan_of(a, back);
    for (int64_t u = a->begin; u < a->end; u++)
        depth_unit(&p, a, u);
}

static int64_t depth_units_way(const nrv__args *a, bool back)
{
    const depth_plan p = depth_plan_of(a, back);
    return a->n == 0 ? 0 : p.s.b * p.s.g * p.blocks;
}

static double depth_work_way(const nrv__args *a, bool back)
{
    const depth_plan p = depth_plan_of(a, back);
    const double read = (double)(p.size[0] * p.size[1]), written = (double)(p.grid[0] * p.grid[1] * p.s.o);
    const double sums = written * (double)DEPTH_TAPS;
    return 20 + (sums / (simd_fma_rate() * 0.6) + 4 * (read + written) / 30) / (double)p.blocks;
}

static const char *depth_declines(const nrv__args *a)
{
    return depth_refuses(a, &a->in[1]);
}

static int64_t depth_units(const nrv__args *a)
{
    return depth_units_way(a, false);
}

static double depth_work(const nrv__args *a)
{
    return depth_work_way(a, false);
}

static void depth_run(const nrv__args *a)
{
    depth_run_way(a, false);
}

static const char *depth_dx_declines(const nrv__args *a)
{
    const nrv__window_attr *t = a->attr;
    const char *why = depth_refuses(a, &a->in[1]);
    if (why)
        return why;
    return t->stride[0] != 1 || a->in[1].dim[0] != t->groups ? "only a stride of one, one filter a channel" : NULL;
}

static int64_t depth_dx_units(const nrv__args *a)
{
    return depth_units_way(a, true);
}

static double depth_dx_work(const nrv__args *a)
{
    return depth_work_way(a, true);
}

static void depth_dx_run(const nrv__args *a)
{
    depth_run_way(a, true);
}

NRV_KERNEL(channelwise, .op = "conv", .doc = "depthwise 3x3: tiles of rows that share what they load",
           .fits = depth_declines, .units = depth_units, .work = depth_work, .run = depth_run);

NRV_KERNEL(channelwise_dx, .op = "conv_dx", .doc = "depthwise 3x3 gradient by the image: the same, turned around",
           .fits = depth_dx_declines, .units = depth_dx_units, .work = depth_dx_work, .run = depth_dx_run);
