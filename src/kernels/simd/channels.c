/* channels.c - sums over the channels of float32 (B,C,...): mean and variance, and what the gradient of batch norm
   needs.

   A channel is cut into blocks of a few images, each small enough for the first cache, by shapes alone. A block's mean
   is taken before its squares, so a channel is read from memory once and yet no large squares are subtracted; phase 1
   joins the blocks in order (Chan, Golub & LeVeque 1983). Promises: sums are kept in double, a few vectors at a time
   added in float. Does not do: one number for each sample and channel, (B,C), whose channels are columns. */
#include "lanes.h"

enum { CHANNELS_FLOATS = 4096, CHANNELS_RUNS = 8, CHANNELS_LEAST = 256, CHANNELS_TOGETHER = 16 };

/* a block is some whole runs (a run: one channel of one image), or a piece of one that is long */
typedef struct channels_plan {
    int64_t b, c, s;           /* images, channels, length of a run */
    int64_t runs, cut, blocks; /* runs a block, pieces a run, blocks a channel */
} channels_plan;

typedef struct channels_block {
    int64_t channel, image, runs, from, n;
} channels_block;

/* Runs lie a multiple of a page apart more often than not, so more of them than the first cache has ways would drive
   each other out. */
static channels_plan channels_plan_of(const nrv__args *a)
{
    const nrv__view *x = &a->in[0];
    channels_plan p = { .b = x->dim[0], .c = x->dim[1], .s = 1 };
    for (int i = 2; i < x->rank; i++)
        p.s *= x->dim[i];
    const int64_t most = simd_max(CHANNELS_RUNS, CHANNELS_LEAST / simd_max(1, p.s));
    p.cut = simd_ceil(p.s, CHANNELS_FLOATS);
    p.runs = simd_max(1, simd_min(most, CHANNELS_FLOATS / simd_max(1, p.s)));
    p.blocks = simd_ceil(p.b, p.runs) * p.cut;
    return p;
}

/* the channels of a block are neighbours in memory */
static channels_block channels_block_of(const channels_plan *p, int64_t unit)
{
    const int64_t block = unit / p->c, piece = block % p->cut;
    channels_block k = { .channel = unit % p->c, .image = block / p->cut * p->runs };
    k.runs = simd_min(p->runs, p->b - k.image);
    k.from = simd_cut(p->s, p->cut, piece);
    k.n = simd_cut(p->s, p->cut, piece + 1) - k.from;
    return k;
}

/* where run r of a block begins */
SIMD_INLINE int64_t channels_at(const channels_plan *p, const channels_block *k, int64_t r)
{
    return ((k->image + r) * p->c + k->channel) * p->s + k->from;
}

/* ---- mean and variance ---- */
static double channels_total(const channels_plan *p, const channels_block *k, const float *x, float mean, bool squared)
{
    lanes_sum sum = { 0 };
    for (int64_t r = 0; r < k->runs; r++)
        lanes_add_row(&sum, x + channels_at(p, k, r), k->n, mean, squared);
    return lanes_total(&sum);
}

static float channels_mean(const channels_block *k, double sum)
{
    return (float)(sum / (double)(k->runs * k->n));
}

static void channels_join_moments(const channels_plan *p, const nrv__args *a, int64_t channel)
{
    const double *part = a->shared, n = (double)(p->b * p->s);
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < p->blocks; i++)
        sum += part[2 * (i * p->c + channel)];
    const double mean = sum / n;
    for (int64_t i = 0; i < p->blocks; i++) {
        const channels_block k = channels_block_of(p, i * p->c + channel);
        const double *at = part + 2 * (i * p->c + channel), its = (double)(k.runs * k.n);
        const double around = (double)channels_mean(&k, at[0]), apart = mean - around;
        squares += at[1] + apart * (its * apart - 2 * (at[0] - its * around));
    }
    float *out = a->out[0].data;
    out[channel] = (float)mean;
    out[p->c + channel] = (float)((squares < 0 ? 0 : squares) / n);
}

static void channels_moments(const nrv__args *a)
{
    const channels_plan p = channels_plan_of(a);
    if (a->phase == 1) {
        for (int64_t c = a->begin * CHANNELS_TOGETHER; c < simd_min(p.c, a->end * CHANNELS_TOGETHER); c++)
            channels_join_moments(&p, a, c);
        return;
    }
    for (int64_t u = a->begin; u < a->end; u++) {
        const channels_block k = channels_block_of(&p, u);
        double *part = (double *)a->shared + 2 * u;
        part[0] = channels_total(&p, &k, a->in[0].data, 0.0f, false);
        part[1] = channels_total(&p, &k, a->in[0].data, channels_mean(&k, part[0]), true);
    }
}

/* ---- sums of dy (x - mean) and of dy ---- */
SIMD_INLINE void channels_add_run(lanes_sum *along, lanes_sum *plain, const float *x, const float *dy, simd_f mean,
                                  int64_t n)
{
    int64_t i = 0;
    for (; i + 4 * SIMD_W <= n; i += 4 * SIMD_W) {
        const simd_f a = simd_load(dy + i), b = simd_load(dy + i + SIMD_W), c = simd_load(dy + i + 2 * SIMD_W),
                     d = simd_load(dy + i + 3 * SIMD_W);
        plain->part = (a + b) + (c + d);
        along->part = (a * (simd_load(x + i) - mean) + b * (simd_load(x + i + SIMD_W) - mean)) +
                      (c * (simd_load(x + i + 2 * SIMD_W) - mean) + d * (simd_load(x + i + 3 * SIMD_W) - mean));
        lanes_flush(plain);
        lanes_flush(along);
    }
    for (; i < n; i += SIMD_W) {
        const simd_f d = lanes_load(dy, i, n, 0.0f);
        lanes_add(plain, i, d);
        lanes_add(along, i, d * (lanes_load(x, i, n, 0.0f) - mean));
    }
    lanes_flush(plain);
    lanes_flush(along);
}

static void channels_join_sums(const channels_plan *p, const nrv__args *a, int64_t channel)
{
    const double *part = a->shared;
    double along = 0, plain = 0;
    for (int64_t i = 0; i < p->blocks; i++) {
        along += part[2 * (i * p->c + channel)];
        plain += part[2 * (i * p->c + channel) + 1];
    }
    float *out = a->out[0].data;
    out[channel] = (float)along;
    out[p->c + channel] = (float)plain;
}

static void channels_sums(const nrv__args *a)
{
    const channels_plan p = channels_plan_of(a);
    const float *x = a->in[0].data, *mean = a->in[1].data, *dy = a->in[2].data;
    if (a->phase == 1) {
        for (int64_t c = a->begin * CHANNELS_TOGETHER; c < simd_min(p.c, a->end * CHANNELS_TOGETHER); c++)
            channels_join_sums(&p, a, c);
        return;
    }
    for (int64_t u = a->begin; u < a->end; u++) {
        const channels_block k = channels_block_of(&p, u);
        lanes_sum along = { 0 }, plain = { 0 };
        for (int64_t r = 0; r < k.runs; r++)
            channels_add_run(&along, &plain, x + channels_at(&p, &k, r), dy + channels_at(&p, &k, r),
                             simd_all(mean[k.channel]), k.n);
        double *part = (double *)a->shared + 2 * u;
        part[0] = lanes_total(&along);
        part[1] = lanes_total(&plain);
    }
}

static const char *channels_fits(const nrv__args *a)
{
    if (!simd_f32(a))
        return "only float32";
    return a->in[0].rank < 3 ? "channels are columns" : NULL;
}

static int64_t channels_units(const nrv__args *a)
{
    const channels_plan p = channels_plan_of(a);
    return p.blocks * p.c;
}

static int64_t channels_units2(const nrv__args *a)
{
    return simd_ceil(a->in[0].dim[1], CHANNELS_TOGETHER);
}

static double channels_work(const nrv__args *a)
{
    const channels_plan p = channels_plan_of(a);
    const int64_t n = simd_ceil(p.s, simd_max(1, p.cut));
    return 40 + (double)p.runs * (4 + (SIMD_W > 4 ? 0.1 : 0.4) * (double)n);
}

static size_t channels_shared(const nrv__args *a)
{
    return (size_t)(2 * channels_units(a)) * sizeof(double);
}

NRV_KERNEL(channel_moments, .op = "channel_moments", .doc = "float32 mean and variance of channels, read once",
           .fits = channels_fits, .units = channels_units, .units2 = channels_units2, .work = channels_work,
           .shared = channels_shared, .run = channels_moments);

NRV_KERNEL(channel_sums, .op = "channel_sums", .doc = "float32 sums over channels for batch norm's gradient, read once",
           .fits = channels_fits, .units = channels_units, .units2 = channels_units2, .work = channels_work,
           .shared = channels_shared, .run = channels_sums);
