/* pool.c - max pooling of float32 images (B,C,H,W) over two axes, and its gradient.

   Promises: padding counts as -inf, a NaN wins; the gradient goes to the first maximum of a window, row by row (the
   first NaN, if there is one). Windows of 2x2 with stride 2 and no padding have a path that vectorises. Does not do:
   one or three axes; average pooling. */
#include "simd.h"

enum { POOL_PAIRS = 2048 }; /* pairs side by side that are looked at together */

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

/* ---- 2x2, stride 2: whole vectors however narrow the image. First the winner of every pair side by side, over the
   rows as if they were one; then that of one pair above another, whose rows, in buffers of their own, may be overrun by
   less than a vector: the next row is written after that ---- */
typedef struct pool_block { /* some windows' rows, as many as POOL_PAIRS has room for */
    int64_t rows, n;        /* n: windows in a row */
    float *pair, *share;    /* (2 rows, n) the winner of each pair; what it gets of the gradient */
    float *window;          /* (rows, n) what a window has */
} pool_block;

static int64_t pool_block_rows(int64_t n)
{
    return simd_max(1, POOL_PAIRS / simd_max(1, 2 * n));
}

static int64_t pool_block_room(int64_t n) /* floats of one of the three */
{
    return 2 * n * pool_block_rows(n) + SIMD_W;
}

/* x keeps what it has where it wins over y, which comes after it */
SIMD_INLINE simd_i pool_stays(simd_f x, simd_f y)
{
    return (simd_i)(y <= x) | (simd_i)(x != x);
}

static void pool_pairs_row(const float *restrict x, float *restrict pair, int64_t n)
{
    int64_t i = 0;
    for (simd_f left, right; i + SIMD_W <= n; i += SIMD_W) {
        simd_unzip(simd_load(x + 2 * i), simd_load(x + 2 * i + SIMD_W), &left, &right);
        simd_store(pair + i, simd_more_lanes(left, right));
    }
    for (; i < n; i++)
        pair[i] = pool_max(x[2 * i], x[2 * i + 1]);
}

static void pool_pairs_of(const pool_block *b, const float *x, int64_t width)
{
    const bool one = width == 2 * b->n;
    for (int64_t r = 0; r < (one ? 1 : 2 * b->rows); r++)
        pool_pairs_row(x + r * width, b->pair + r * b->n, one ? 2 * b->rows * b->n : b->n);
}

static void pool_above(const pool_block *b)
{
    for (int64_t t = 0; t < b->rows; t++)
        for (int64_t u = 0; u < b->n; u += SIMD_W) {
            const float *above = b->pair + 2 * t * b->n + u;
            simd_store(b->window + t * b->n + u, simd_more_lanes(simd_load(above), simd_load(above + b->n)));
        }
}

static void pool_pairs(const pool_shape *s, const float *x, float *y, pool_block *b)
{
    const int64_t each = pool_block_rows(b->n);
    for (int64_t t = 0; t < s->out[0]; t += each) {
        b->rows = simd_min(each, s->out[0] - t);
        pool_pairs_of(b, x + 2 * t * s->in[1], s->in[1]);
        pool_above(b);
        memcpy(y + t * b->n, b->window, (size_t)(b->rows * b->n) * sizeof *y);
    }
}

/* of each window's gradient to the pair above, then to the one below: what wins gets it */
static void pool_shares(const pool_block *b)
{
    for (int64_t r = 0; r < 2 * b->rows; r++)
        for (int64_t u = 0; u < b->n; u += SIMD_W) {
            const float *pair = b->pair + r / 2 * 2 * b->n + u;
            const simd_f above = simd_load(pair), below = simd_load(pair + b->n);
            const simd_i stays = pool_stays(above, below);
            const simd_i dy = (simd_i)simd_load(b->window + r / 2 * b->n + u);
            simd_store(b->share + r * b->n + u, (simd_f)(r % 2 ? dy & ~stays : dy & stays));
        }
}

static void pool_pairs_back_row(const float *restrict x, const float *restrict share, float *restrict dx, int64_t n)
{
    int64_t i = 0;
    for (simd_f left, right; i + SIMD_W <= n; i += SIMD_W) {
        simd_unzip(simd_load(x + 2 * i), simd_load(x + 2 * i + SIMD_W), &left, &right);
        const simd_i stays = pool_stays(left, right), dy = (simd_i)simd_load(share + i);
        simd_zip((simd_f)(dy & stays), (simd_f)(dy & ~stays), &left, &right);
        simd_store(dx + 2 * i, left);
        simd_store(dx + 2 * i + SIMD_W, right);
    }
    for (; i < n; i++) {
        dx[2 * i] = pool_beats(x[2 * i + 1], x[2 * i], 0, share[i]);
        dx[2 * i + 1] = pool_beats(x[2 * i + 1], x[2 * i], share[i], 0);
    }
}

static void pool_pairs_back(const pool_shape *s, const float *x, const float *dy, float *dx, pool_block *b)
{
    const int64_t each = pool_block_rows(b->n), width = s->in[1], used = 2 * b->n;
    for (int64_t t = 0; t < s->out[0]; t += each) {
        const int64_t at = 2 * t * width;
        b->rows = simd_min(each, s->out[0] - t);
        memcpy(b->window, dy + t * b->n, (size_t)(b->rows * b->n) * sizeof *dy);
        pool_pairs_of(b, x + at, width);
        pool_shares(b);
        const bool one = width == used;
        for (int64_t r = 0; r < (one ? 1 : 2 * b->rows); r++)
            pool_pairs_back_row(x + at + r * width, b->share + r * b->n, dx + at + r * width,
                                one ? 2 * b->rows * b->n : b->n);
        for (int64_t r = 0; r < (one ? 0 : 2 * b->rows); r++)
            memset(dx + at + r * width + used, 0, (size_t)(width - used) * sizeof *dx);
    }
    const int64_t done = 2 * s->out[0] * width;
    memset(dx + done, 0, (size_t)(s->in[0] * width - done) * sizeof *dx);
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

static size_t pool_scratch_of(const pool_shape *s)
{
    return s->pairs ? 3 * (size_t)pool_block_room(s->out[1]) * sizeof(float) : 0;
}

static size_t pool_scratch(const nrv__args *a)
{
    const pool_shape s = pool_shape_of(a, &a->in[0], &a->out[0]);
    return pool_scratch_of(&s);
}

static size_t pool_dx_scratch(const nrv__args *a)
{
    const pool_shape s = pool_shape_of(a, &a->in[0], &a->in[1]);
    return pool_scratch_of(&s);
}

static pool_block pool_block_of(const nrv__args *a, const pool_shape *s)
{
    const int64_t room = pool_block_room(s->out[1]);
    float *at = a->scratch;
    memset(at, 0, s->pairs ? pool_scratch_of(s) : 0);
    return (pool_block){ .n = s->out[1], .pair = at, .share = at + room, .window = at + 2 * room };
}

static void pool_run(const nrv__args *a)
{
    const pool_shape s = pool_shape_of(a, &a->in[0], &a->out[0]);
    pool_block b = pool_block_of(a, &s);
    for (int64_t u = a->begin; u < a->end; u++) {
        const float *x = (const float *)a->in[0].data + u * s.in[0] * s.in[1];
        float *y = (float *)a->out[0].data + u * s.out[0] * s.out[1];
        if (s.pairs)
            pool_pairs(&s, x, y, &b);
        else
            pool_plane(&s, x, y);
    }
}

static void pool_dx_run(const nrv__args *a)
{
    const pool_shape s = pool_shape_of(a, &a->in[0], &a->in[1]);
    pool_block b = pool_block_of(a, &s);
    for (int64_t u = a->begin; u < a->end; u++) {
        const float *x = (const float *)a->in[0].data + u * s.in[0] * s.in[1];
        const float *dy = (const float *)a->in[1].data + u * s.out[0] * s.out[1];
        float *dx = (float *)a->out[0].data + u * s.in[0] * s.in[1];
        if (s.pairs)
            pool_pairs_back(&s, x, dy, dx, &b);
        else
            pool_back(&s, x, dy, dx);
    }
}

NRV_KERNEL(max_pool, .op = "max_pool", .doc = "float32 maximum over windows of two axes", .fits = pool_fits,
           .units = pool_units, .work = pool_cost, .scratch = pool_scratch, .run = pool_run);

NRV_KERNEL(max_pool_dx, .op = "max_pool_dx", .doc = "gradient of max_pool: to the first maximum of each window",
           .fits = pool_fits, .units = pool_units, .work = pool_cost, .scratch = pool_dx_scratch, .run = pool_dx_run);
