/* conv.c - two-dimensional convolution of float32 images (B,C,H,W), its gradient by the input and by the weights.

   The image is copied once, padded, into cache. There every factor of the sum is the same image moved by some constant,
   so the tiles of gemm_core.h run over it through a table of offsets: no unrolled copy per position of the window. Rows
   keep the pitch of the padded image; the few columns between them are computed and dropped. A stride splits the copy
   into one image per remainder, so that a step is 1 again. The gradient by the input is the same, with the window
   reversed. Where the image is so small that the dropped columns hurt, the copy is one per position of the window after
   all. Promises: any stride, padding, dilation and groups; bits that do not depend on threads: a sum over images runs
   over groups of images that depend on shapes only, and these are added in order. Does not do: a bias; other than two
   axes. Padding is 0 * value where a value next to it is infinite: then dw is NaN. */
#include "gemm_core.h"

/* 4 x 5 dot products at a time leave registers for the factors; with 4 x 6 gcc reads them from memory again and again
 */
enum { CONV_FLOATS = 1 << 17, CONV_DOT_O = 4, CONV_DOT_K = SIMD_PER_TILE == 4 ? 5 : 3, CONV_PART = 1024 };

typedef struct conv_shape {
    int64_t b, g, c, o; /* c and o per group */
    int64_t in[2], out[2], k[2], stride[2], pad[2], dilation[2];
} conv_shape;

/* x (B,C,H,W), w (O,C/g,kh,kw), y (B,O,OH,OW) */
static conv_shape conv_shape_of(const nrv__args *a, const nrv__view *x, const nrv__view *w, const nrv__view *y)
{
    const nrv__window_attr *t = a->attr;
    conv_shape s = { .b = x->dim[0], .g = t->groups, .c = x->dim[1] / t->groups, .o = w->dim[0] / t->groups };
    for (int i = 0; i < 2; i++) {
        s.in[i] = x->dim[i + 2], s.out[i] = y->dim[i + 2], s.k[i] = w->dim[i + 2];
        s.stride[i] = t->stride[i], s.pad[i] = t->pad[i], s.dilation[i] = t->dilation[i];
    }
    return s;
}

static const char *conv_declines(const nrv__args *a)
{
    const nrv__window_attr *t = a->attr;
    if (!simd_f32(a))
        return "only float32";
    return t->axes != 2 ? "only two axes" : NULL;
}

/* How images become factors. Grid position (t,u) and tap (ey,ex) meet at source row origin + t*step + ey, column
   likewise; 0 <= ey <= reach. */
typedef struct conv_grid {
    int64_t channels, size[2]; /* the source */
    int64_t origin[2], step[2], reach[2], grid[2];
    int64_t rows, pitch, plane; /* of one remainder of one channel in the copy; unrolled: of one tap of one channel */
    bool unrolled;
} conv_grid;

typedef struct conv_at { /* a tap of the first channel, and where its weight lies */
    int64_t a, ey, ex;
} conv_at;

typedef struct conv_plan {
    conv_shape s;
    bool back;              /* the gradient by the input */
    int64_t from, to, rows; /* channels read and written, rows written */
    int64_t blocks, taps;   /* row blocks an image is cut into */
    bool unrolled;
    size_t floats; /* of the copy, at most */
} conv_plan;

/* columns to compute, dropped ones included */
static int64_t conv_span(const conv_grid *g)
{
    return g->grid[0] <= 0 || g->grid[1] <= 0 ? 0 : (g->grid[0] - 1) * g->pitch + g->grid[1];
}

static void conv_grid_close(conv_grid *g, bool unrolled)
{
    g->unrolled = unrolled;
    g->rows = unrolled ? g->grid[0] : g->grid[0] + g->reach[0] / g->step[0];
    g->pitch = unrolled ? g->grid[1] : g->grid[1] + g->reach[1] / g->step[1];
    g->plane = simd_ceil(g->rows * g->pitch, SIMD_W) * SIMD_W + SIMD_W;
}

static int64_t conv_planes(const conv_grid *g, int64_t taps)
{
    return g->unrolled ? taps : g->step[0] * g->step[1] * g->channels;
}

/* short rows: a call of memcpy costs more than the copy */
SIMD_INLINE void conv_copy(float *to, const float *from, int64_t n)
{
    int64_t i = 0;
    if (n < 4) {
        for (; i < n; i++)
            to[i] = from[i];
        return;
    }
    for (; i + SIMD_W <= n; i += SIMD_W)
        simd_store(to + i, simd_load(from + i));
    for (; i < n; i += 4) { /* the last four overlap those before */
        const int64_t j = simd_min(i, n - 4);
        *(simd_4_at *)(to + j) = *(const simd_4_at *)(from + j);
    }
}

/* one plane: every row of the grid (or of a remainder's image) from source row y, column x on; zeros outside the image
   and at the plane's end */
static void conv_plane(float *to, const conv_grid *g, const float *image, int64_t y, int64_t x)
{
    const int64_t n = g->pitch, step = g->step[1], left = g->size[1] - x;
    const int64_t first = simd_min(n, x >= 0 ? 0 : step == 1 ? -x : simd_ceil(-x, step));
    const int64_t last = simd_max(first, simd_min(n, left <= 0 ? 0 : step == 1 ? left : simd_ceil(left, step)));
    for (int64_t r = 0; r < g->rows; r++, y += g->step[0], to += n) {
        if (y < 0 || y >= g->size[0]) {
            memset(to, 0, (size_t)n * 4);
            continue;
        }
        const float *from = image + y * g->size[1];
        for (int64_t i = 0; i < first; i++)
            to[i] = 0;
        if (step == 1)
            conv_copy(to + first, from + (x + first), last - first);
        else
            for (int64_t i = first; i < last; i++)
                to[i] = from[x + i * step];
        for (int64_t i = last; i < n; i++)
            to[i] = 0;
    }
    memset(to, 0, (size_t)(g->plane - g->rows * n) * 4);
}

/* the padded copy (channel, remainder y, remainder x, row, column), or (channel, tap, row, column) */
static void conv_fill(float *to, const conv_grid *g, const float *image, const conv_at *taps, int64_t n)
{
    for (int64_t c = 0; c < g->channels; c++, image += g->size[0] * g->size[1]) {
        if (g->unrolled) {
            for (int64_t i = 0; i < n; i++, to += g->plane)
                conv_plane(to, g, image, g->origin[0] + taps[i].ey, g->origin[1] + taps[i].ex);
            continue;
        }
        for (int64_t ry = 0; ry < g->step[0]; ry++)
            for (int64_t rx = 0; rx < g->step[1]; rx++, to += g->plane)
                conv_plane(to, g, image, g->origin[0] + ry, g->origin[1] + rx);
    }
}

/* where the factors of all taps of all channels lie: weights (.a) and copy (.b) */
static void conv_table(gemm_at *at, const conv_grid *g, const conv_at *taps, int64_t n, int64_t step_a)
{
    const int64_t step_b = (g->unrolled ? n : g->step[0] * g->step[1]) * g->plane;
    for (int64_t i = 0; i < n; i++) {
        const int64_t ey = taps[i].ey, ex = taps[i].ex;
        at[i].a = taps[i].a;
        if (g->unrolled) {
            at[i].b = i * g->plane;
        } else if (g->step[0] == 1 && g->step[1] == 1) {
            at[i].b = ey * g->pitch + ex;
        } else {
            const int64_t remainder = ey % g->step[0] * g->step[1] + ex % g->step[1];
            at[i].b = remainder * g->plane + ey / g->step[0] * g->pitch + ex / g->step[1];
        }
    }
    for (int64_t c = 1; c < g->channels; c++)
        for (int64_t i = 0; i < n; i++)
            at[c * n + i] = (gemm_at){ at[i].a + c * step_a, at[i].b + c * step_b };
}

/* ---- forward, and back to the input ---- */

/* the largest grid that a block of `rows` rows needs */
static conv_grid conv_largest(const conv_plan *p, int64_t rows)
{
    const conv_shape *s = &p->s;
    conv_grid g = { .channels = p->from };
    for (int i = 0; i < 2; i++) {
        const int64_t length = i == 0 ? rows : p->back ? s->in[1] : s->out[1];
        g.step[i] = p->back ? 1 : s->stride[i];
        g.grid[i] = p->back ? simd_ceil(length, s->stride[i]) : length;
        g.reach[i] = (s->k[i] - 1) * s->dilation[i] / (p->back ? s->stride[i] : 1);
    }
    conv_grid_close(&g, p->unrolled);
    return g;
}

static conv_plan conv_plan_of(const nrv__args *a, bool back)
{
    const nrv__view *image = back ? &a->out[0] : &a->in[0], *result = back ? &a->in[0] : &a->out[0];
    conv_plan p = { .s = conv_shape_of(a, image, &a->in[1], result), .back = back };
    const conv_shape *s = &p.s;
    p.from = back ? s->o : s->c, p.to = back ? s->c : s->o, p.rows = back ? s->in[0] : s->out[0];
    p.taps = p.from * s->k[0] * s->k[1];
    p.blocks = p.rows > 0 ? 1 : 0;
    if (a->n == 0 || p.rows == 0) {
        p.blocks = 0;
        return p;
    }
    conv_grid g = conv_largest(&p, p.rows);
    /* an image of few columns is mostly padding: copy it per tap if that pays for itself over the rows of the product
     */
    p.unrolled = (double)conv_span(&g) > 1.3 * (double)(g.grid[0] * g.grid[1]) && p.to >= 16 &&
                 p.taps * g.grid[0] * g.grid[1] <= 2 * CONV_FLOATS;
    g = conv_largest(&p, p.rows);
    while (conv_planes(&g, p.taps) * g.plane > CONV_FLOATS && p.blocks < p.rows) {
        p.blocks = simd_min(p.rows, 2 * p.blocks);
        g = conv_largest(&p, simd_ceil(p.rows, p.blocks));
    }
    const double fma = (double)(p.to * p.taps) * (double)(g.grid[0] * g.grid[1]);
    while (s->b * s->g * p.blocks < 4 && p.rows / p.blocks >= 8 && fma / (double)p.blocks > 1e6)
        p.blocks *= 2;
    p.floats = (size_t)(conv_planes(&g, p.taps) * g.plane + GEMM_NR);
    return p;
}

typedef struct conv_job {
    const float *weights, *copy;
    int64_t row_a, m, k;
    const gemm_at *at;
    float *tile, *to;
    int64_t to_m, to_t, to_u; /* strides of the result */
} conv_job;

static void conv_put(float *to, const float *from, int64_t n, int64_t step, bool add)
{
    if (step == 1 && !add) {
        conv_copy(to, from, n);
        return;
    }
    for (int64_t i = 0; i < n; i++)
        to[i * step] = add ? to[i * step] + from[i] : from[i];
}

/* columns q... of the computed span to where they belong, without the dropped ones */
static void conv_scatter(const conv_job *j, const conv_grid *g, int64_t top, int rows, int64_t q, int64_t cols,
                         bool add)
{
    const float *from = j->tile;
    for (int64_t t = q / g->pitch, u = q % g->pitch; cols > 0; t++, u = 0) {
        const int64_t n = simd_min(cols, g->pitch - u), keep = simd_min(n, g->grid[1] - u);
        float *to = j->to + top * j->to_m + t * j->to_t + u * j->to_u;
        for (int i = 0; i < rows && keep > 0; i++)
            conv_put(to + i * j->to_m, from + i * GEMM_NR, keep, j->to_u, add);
        from += n, cols -= n;
    }
}

static void conv_tiles(const conv_job *j, const conv_grid *g)
{
    const int64_t span = conv_span(g), panels = simd_ceil(j->m, GEMM_MR);
    const int64_t chunks = simd_max(1, simd_ceil(j->k, GEMM_KC));
    const bool straight = g->pitch == g->grid[1] && j->to_u == 1 && j->to_t == g->pitch;
    for (int64_t n = 0; n < chunks; n++) {
        const int64_t k0 = simd_cut(j->k, chunks, n);
        gemm_tile t = { .row_a = j->row_a, .at = j->at + k0, .k = simd_cut(j->k, chunks, n + 1) - k0 };
        for (int64_t q = 0; q < span; q += GEMM_NR) {
            const int64_t cols = simd_min(GEMM_NR, span - q);
            t.b = j->copy + q;
            for (int64_t i = 0; i < panels; i++) {
                const int64_t top = simd_cut(j->m, panels, i);
                const int rows = (int)(simd_cut(j->m, panels, i + 1) - top);
                t.a = j->weights + top * j->row_a;
                t.c = straight ? j->to + top * j->to_m + q : j->tile;
                t.row_c = straight ? j->to_m : GEMM_NR;
                t.cols = (int)(straight ? cols : simd_ceil(cols, SIMD_W) * SIMD_W);
                t.add = straight && n > 0;
                gemm_tile_run(&t, rows);
                if (!straight)
                    conv_scatter(j, g, top, rows, q, cols, n > 0);
            }
        }
    }
}

/* The taps that meet rows (axis 0) or columns (axis 1) first, first + stride...: all of them forward, every stride-th
   backward. Sets origin and reach of that axis. e = the source position of the first row by the tap */
static bool conv_meets(const conv_shape *s, int axis, int64_t first, int64_t k, int64_t *e)
{
    const int64_t at = first + s->pad[axis] - k * s->dilation[axis];
    *e = at / s->stride[axis]; /* exact where it counts */
    return at % s->stride[axis] == 0;
}

static void conv_back_axis(conv_grid *g, const conv_shape *s, int axis, int64_t first, int64_t end)
{
    int64_t low = INT64_MAX, high = INT64_MIN, e;
    for (int64_t k = 0; k < s->k[axis]; k++)
        if (conv_meets(s, axis, first, k, &e))
            low = simd_min(low, e), high = simd_max(high, e);
    g->origin[axis] = low <= high ? low : 0;
    g->reach[axis] = low <= high ? high - low : 0;
    g->step[axis] = 1;
    g->size[axis] = s->out[axis];
    g->grid[axis] = first < end ? simd_ceil(end - first, s->stride[axis]) : 0;
}

/* dx rows first[0], first[0] + stride... and columns first[1]...: a convolution of dy without a stride */
static void conv_back(const conv_plan *p, conv_job *j, const int64_t first[2], int64_t end, const float *dy,
                      float *copy, gemm_at *at, conv_at *taps)
{
    const conv_shape *s = &p->s;
    conv_grid g = { .channels = s->o };
    conv_back_axis(&g, s, 0, first[0], end);
    conv_back_axis(&g, s, 1, first[1], s->in[1]);
    conv_grid_close(&g, p->unrolled);
    int64_t n = 0, ey, ex;
    for (int64_t ky = 0; ky < s->k[0]; ky++)
        for (int64_t kx = 0; kx < s->k[1]; kx++)
            if (conv_meets(s, 0, first[0], ky, &ey) && conv_meets(s, 1, first[1], kx, &ex))
                taps[n++] = (conv_at){ ky * s->k[1] + kx, ey - g.origin[0], ex - g.origin[1] };
    if (conv_span(&g) == 0)
        return;
    conv_fill(copy, &g, dy, taps, n);
    conv_table(at, &g, taps, n, s->c * s->k[0] * s->k[1]);
    j->k = n * s->o;
    conv_tiles(j, &g);
}

static void conv_forward(const conv_plan *p, conv_job *j, int64_t first, int64_t end, const float *x, float *copy,
                         gemm_at *at, conv_at *taps)
{
    const conv_shape *s = &p->s;
    conv_grid g = { .channels = s->c, .grid = { end - first, s->out[1] } };
    for (int i = 0; i < 2; i++) {
        g.size[i] = s->in[i], g.step[i] = s->stride[i];
        g.origin[i] = (i == 0 ? first * s->stride[0] : 0) - s->pad[i];
        g.reach[i] = (s->k[i] - 1) * s->dilation[i];
    }
    conv_grid_close(&g, p->unrolled);
    int64_t n = 0;
    for (int64_t ky = 0; ky < s->k[0]; ky++)
        for (int64_t kx = 0; kx < s->k[1]; kx++, n++)
            taps[n] = (conv_at){ n, ky * s->dilation[0], kx * s->dilation[1] };
    conv_fill(copy, &g, x, taps, n);
    conv_table(at, &g, taps, n, n);
    j->k = n * s->c;
    conv_tiles(j, &g);
}

static size_t conv_bytes(const conv_plan *p)
{
    const size_t taps = (size_t)p->taps * sizeof(gemm_at) + (size_t)(p->s.k[0] * p->s.k[1]) * sizeof(conv_at);
    return p->blocks == 0 ? 0 : (p->floats + GEMM_MR * GEMM_NR) * sizeof(float) + 64 + taps;
}

/* unit = (image, group, block of rows) */
static void conv_unit(const conv_plan *p, const nrv__args *a, int64_t unit)
{
    const conv_shape *s = &p->s;
    const int64_t block = unit % p->blocks, group = unit / p->blocks % s->g, image = unit / p->blocks / s->g;
    const int64_t r0 = simd_cut(p->rows, p->blocks, block), r1 = simd_cut(p->rows, p->blocks, block + 1);
    const int64_t plane_x = s->in[0] * s->in[1], plane_y = s->out[0] * s->out[1], window = s->k[0] * s->k[1];
    const int64_t plane_from = p->back ? plane_y : plane_x, plane_to = p->back ? plane_x : plane_y;
    const float *from = (const float *)a->in[0].data + (image * s->g + group) * p->from * plane_from;
    float *to = (float *)a->out[0].data + (image * s->g + group) * p->to * plane_to, *tile = a->scratch;
    conv_at *taps = (conv_at *)(void *)(tile + GEMM_MR * GEMM_NR);
    gemm_at *at = (gemm_at *)(void *)(taps + window);
    float *copy = (float *)(((uintptr_t)(at + p->taps) + 63) / 64 * 64);
    conv_job j = { .weights = (const float *)a->in[1].data + group * s->o * s->c * window,
                   .copy = copy,
                   .m = p->to,
                   .at = at,
                   .tile = tile,
                   .to_m = plane_to };
    if (!p->back) {
        j.row_a = s->c * window, j.to = to + r0 * s->out[1], j.to_t = s->out[1], j.to_u = 1;
        conv_forward(p, &j, r0, r1, from, copy, at, taps);
        return;
    }
    j.row_a = window, j.to_t = s->in[1] * s->stride[0], j.to_u = s->stride[1];
    for (int64_t y = 0; y < s->stride[0]; y++)
        for (int64_t x = 0; x < s->stride[1]; x++) {
            j.to = to + (r0 + y) * s->in[1] + x;
            conv_back(p, &j, (const int64_t[2]){ r0 + y, x }, r1, from, copy, at, taps);
        }
}

static void conv_run_way(const nrv__args *a, bool back)
{
    const conv_plan p = conv_plan_of(a, back);
    for (int64_t u = a->begin; u < a->end; u++)
        conv_unit(&p, a, u);
}

static int64_t conv_units_way(const nrv__args *a, bool back)
{
    const conv_plan p = conv_plan_of(a, back);
    return p.s.b * p.s.g * p.blocks;
}

static double conv_work_way(const nrv__args *a, bool back)
{
    const conv_plan p = conv_plan_of(a, back);
    const double fma = (double)(p.to * p.taps) * (double)(p.s.out[0] * p.s.out[1]) / (double)simd_max(1, p.blocks);
    return 50 + fma / (simd_fma_rate() * 0.6);
}

static size_t conv_scratch_way(const nrv__args *a, bool back)
{
    const conv_plan p = conv_plan_of(a, back);
    return conv_bytes(&p);
}

static int64_t conv_units(const nrv__args *a)
{
    return conv_units_way(a, false);
}

static double conv_work(const nrv__args *a)
{
    return conv_work_way(a, false);
}

static size_t conv_scratch(const nrv__args *a)
{
    return conv_scratch_way(a, false);
}

static void conv_run(const nrv__args *a)
{
    conv_run_way(a, false);
}

static int64_t conv_dx_units(const nrv__args *a)
{
    return conv_units_way(a, true);
}

static double conv_dx_work(const nrv__args *a)
{
    return conv_work_way(a, true);
}

static size_t conv_dx_scratch(const nrv__args *a)
{
    return conv_scratch_way(a, true);
}

static void conv_dx_run(const nrv__args *a)
{
    conv_run_way(a, true);
}

NRV_KERNEL(conv, .op = "conv", .doc = "float32 convolution over a padded copy in cache", .fits = conv_declines,
           .units = conv_units, .work = conv_work, .scratch = conv_scratch, .run = conv_run);

NRV_KERNEL(conv_dx, .op = "conv_dx", .doc = "gradient by the image: a convolution for each remainder of the stride",
           .fits = conv_declines, .units = conv_dx_units, .work = conv_dx_work, .scratch = conv_dx_scratch,
           .run = conv_dx_run);

/* ---- the gradient by the weights ---- */

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
    conv_grid_close(&p.g, false);
    p.width = simd_ceil(conv_span(&p.g), SIMD_W) * SIMD_W;
    p.k = s->c * s->k[0] * s->k[1];
    const double bytes = (double)p.k * (double)(s->o * s->g) * 4;
    p.parts = simd_min(16, simd_max(simd_min(s->b, 4), s->b / 8));
    while (p.parts > 2 && bytes * (double)p.parts > 16e6)
        p.parts /= 2;
    p.cuts = p.parts * s->g < 8 ? simd_max(1, simd_min(8, s->o / CONV_DOT_O)) : 1;
    p.image = simd_ceil(s->o, p.cuts) * p.width + conv_planes(&p.g, 0) * p.g.plane;
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
    const gemm_at *at;
    int64_t width, images, step_x, step_y;
} conv_dots;

/* Volatile keeps gcc from reading the factor again for each of its uses: a read that straddles two cache lines counts
   double, and all but one tap of a row do. */
SIMD_INLINE simd_f conv_once(const float *p)
{
    return *(const volatile simd_f_at *)p;
}

SIMD_INLINE void conv_dots_any(const conv_dots *t, simd_f *sums, const int mo, const int nk)
{
    const gemm_at *at = t->at;
    const simd_f none = { 0 };
    CONV_DOT_ZERO(0) CONV_DOT_ZERO(1) CONV_DOT_ZERO(2) CONV_DOT_ZERO(3) for (int64_t b = 0; b < t->images; b++)
    {
        const float *x = t->x + b * t->step_x, *y = t->y + b * t->step_y;
        const float *p0 = x + at[0].b, *p1 = nk > 1 ? x + at[1].b : x, *p2 = nk > 2 ? x + at[2].b : x;
        const float *p3 = nk > 3 ? x + at[3].b : x, *p4 = nk > 4 ? x + at[4].b : x;
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

static void conv_dots_run(const conv_dots *t, simd_f *sums, int mo, int nk)
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
static void conv_sum_tiles(const conv_sum *p, conv_dots *t, const float *y, const gemm_at *at, int64_t rows,
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
            conv_dots_run(t, sums, mo, nk);
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
    gemm_at *at = a->scratch;
    conv_at *taps = (conv_at *)(void *)(at + p->k);
    int64_t n = 0;
    for (int64_t ky = 0; ky < s->k[0]; ky++)
        for (int64_t kx = 0; kx < s->k[1]; kx++, n++)
            taps[n] = (conv_at){ n, ky * s->dilation[0], kx * s->dilation[1] };
    conv_table(at, &p->g, taps, n, n);
    float *x = (float *)(((uintptr_t)(taps + n) + 63) / 64 * 64),
          *y = x + p->batch * conv_planes(&p->g, 0) * p->g.plane;
    conv_dots t = {
        .x = x, .width = p->width, .step_x = conv_planes(&p->g, 0) * p->g.plane, .step_y = rows * p->width
    };
    memset(part, 0, (size_t)(rows * p->k) * sizeof *part);
    for (int64_t b = b0; b < b1; b += p->batch) {
        t.images = simd_min(p->batch, b1 - b);
        for (int64_t i = 0; i < t.images; i++) {
            const int64_t image = (b + i) * s->g + group;
            conv_fill(x + i * t.step_x, &p->g, (const float *)a->in[1].data + image * s->c * plane_x, taps, n);
            conv_sum_dy(y + i * t.step_y, p, (const float *)a->in[0].data + (image * s->o + o0) * plane_y, rows);
        }
        conv_sum_tiles(p, &t, y, at, rows, part);
    }
}

/* the groups of images added in order, CONV_PART weights a unit */
static void conv_sum_parts(const conv_sum *p, const nrv__args *a)
{
    const float *part = a->shared;
    float *to = a->out[0].data;
    const int64_t first = a->begin * CONV_PART, end = simd_min(a->n, a->end * CONV_PART);
    for (int64_t i = first; i < end; i++)
        to[i] = 0;
    for (int64_t share = 0; share < p->parts; share++)
        for (int64_t i = first; i < end; i++)
            to[i] += part[share * a->n + i];
}

static int64_t conv_dw_units(const nrv__args *a)
{
    const conv_sum p = conv_sum_of(a);
    return p.parts * p.s.g * p.cuts;
}

static int64_t conv_dw_units2(const nrv__args *a)
{
    return simd_ceil(a->n, CONV_PART);
}

static double conv_dw_work(const nrv__args *a)
{
    const conv_sum p = conv_sum_of(a);
    const double images = (double)p.s.b / (double)simd_max(1, p.parts);
    return 50 + images * (double)(p.width * p.k * p.s.o) / (double)p.cuts / (simd_fma_rate() * 0.6);
}

static size_t conv_dw_scratch(const nrv__args *a)
{
    const conv_sum p = conv_sum_of(a);
    const size_t tables = (size_t)p.k * sizeof(gemm_at) + (size_t)(p.s.k[0] * p.s.k[1]) * sizeof(conv_at) + 64;
    return p.parts == 0 ? 0 : tables + (size_t)(p.batch * p.image) * sizeof(float);
}

static size_t conv_dw_shared(const nrv__args *a)
{
    return (size_t)(conv_sum_of(a).parts * a->n) * sizeof(float);
}

static void conv_dw_run(const nrv__args *a)
{
    const conv_sum p = conv_sum_of(a);
    if (a->phase == 1) {
        conv_sum_parts(&p, a);
        return;
    }
    for (int64_t u = a->begin; u < a->end; u++)
        conv_sum_unit(&p, a, u);
}

NRV_KERNEL(conv_dw, .op = "conv_dw", .doc = "gradient by the weights: dot products over a padded copy in cache",
           .fits = conv_declines, .units = conv_dw_units, .units2 = conv_dw_units2, .work = conv_dw_work,
           .scratch = conv_dw_scratch, .shared = conv_dw_shared, .run = conv_dw_run);
