/* bench_peak.c - `nervo bench peak`: how many multiply-adds a second this machine can do, and how many bytes it can
   read, write and copy when they lie in a stretch of a given size.

   Promises: what is told of T threads is T loops at the same time, each with memory of its own, that it touched first.
   Does not do: latency; say which level of cache a size falls into - the numbers do. */
#include "bench.h"
#include "bench_tier.h"
#include "../src/base/cpu.h"
#include "../src/base/pool.h"
#include <stdlib.h>
#include <string.h>

typedef enum { PEAK_FMA, PEAK_READS, PEAK_WRITES, PEAK_COPIES, PEAK_MEMCPY } peak_kind;
static const char *const peak_name[] = { "fma", "read", "write", "copy" };

typedef struct peak_work {
    const bench_tier *tier;
    peak_kind kind;
    nrv_pool *pool;
    int threads;
    int64_t n, turns; /* floats of each thread; loops over them in a run */
    float *x;         /* (threads, 2, n) */
    float seen[1024];
} peak_work;

static const bench_tier *peak_tier(const char *isa)
{
    switch (nrv__tier_of(isa)) {
#ifdef NRV__HAVE_AVX512
    case NRV__AVX512:
        return &bench_tier_avx512;
#endif
#ifdef NRV__HAVE_AVX2
    case NRV__AVX2:
        return &bench_tier_avx2;
#endif
    default:
        return &bench_tier_baseline;
    }
}

static void peak_thread(void *user, int64_t begin, int64_t end, int worker)
{
    peak_work *w = user;
    (void)worker;
    for (int64_t u = begin; u < end; u++) {
        float *x = w->x ? w->x + u * 2 * w->n : NULL, *y = x ? x + w->n : NULL;
        for (int64_t t = 0; t < (w->kind == PEAK_FMA ? 1 : w->turns); t++) {
            if (w->kind == PEAK_FMA)
                w->seen[u] = w->tier->fma(w->turns, 0.5f, 1 + w->seen[u] * 0);
            else if (w->kind == PEAK_READS)
                w->seen[u] += w->tier->read(x, w->n);
            else if (w->kind == PEAK_WRITES)
                w->tier->write(x, w->n, (float)t);
            else if (w->kind == PEAK_COPIES)
                w->tier->copy(y, x, w->n);
            else
                memcpy(y, x, (size_t)w->n * sizeof *x);
        }
    }
}

static int peak_body(void *user)
{
    peak_work *w = user;
    nrv__pool_run(w->pool, w->threads, 1, peak_thread, w);
    return CLI_GO_ON;
}

static void peak_touch(void *user, int64_t begin, int64_t end, int worker)
{
    peak_work *w = user;
    (void)worker;
    for (int64_t i = begin * 2 * w->n; i < end * 2 * w->n; i++)
        w->x[i] = 1;
}

/* bytes: of all threads together, which is what a product's weights are when threads share them out */
static int peak_measure(const cli_args *a, peak_work *w, const char *isa, int64_t bytes)
{
    bench_times t, other;
    bench_length length = bench_length_of(a);
    w->n = bytes / (int64_t)sizeof(float) / w->threads / (w->kind == PEAK_COPIES ? 2 : 1) / BENCH_STEP * BENCH_STEP;
    w->n = w->n < BENCH_STEP ? BENCH_STEP : w->n;
    w->turns = w->kind == PEAK_FMA ? 100000 : (1 << 18) / w->n + 1;
    double once = w->kind == PEAK_FMA ? 0 : (double)w->threads * (double)w->n * 4 * (w->kind == PEAK_COPIES ? 2 : 1);
    const char *name =
        w->kind == PEAK_FMA ? "peak fma" : cli_format("peak %s %lld", peak_name[w->kind], (long long)bytes);
    bench_row row = { .name = name,
                      .threads = w->threads,
                      .isa = isa,
                      .flop = w->kind == PEAK_FMA ? w->tier->flop * (double)w->turns * w->threads : 0,
                      .bytes = once * (double)w->turns };
    w->x = w->kind == PEAK_FMA ? NULL : cli_big((size_t)(w->threads * 2 * w->n), sizeof *w->x);
    if (w->kind != PEAK_FMA && !w->x)
        return cli_error(CLI_FAILED, "Choose a smaller size.", "there is not enough memory for that");
    if (w->x)
        nrv__pool_run(w->pool, w->threads, 1, peak_touch, w);
    bench_time(peak_body, w, length, 1, &t);
    if (w->kind == PEAK_COPIES) {
        w->kind = PEAK_MEMCPY;
        bench_time(peak_body, w, length, 1, &other);
        t = other.median < t.median ? other : t;
        w->kind = PEAK_COPIES;
    }
    bench_tell(a, &row, &t);
    cli_big_free(w->x);
    return CLI_DONE;
}

static int peak_words(const cli_args *a, peak_kind *kind, int64_t *bytes, const char **threads)
{
    int at = 2;
    *bytes = 0;
    for (*kind = PEAK_FMA; *kind <= PEAK_COPIES; *kind = (peak_kind)(*kind + 1))
        if (strcmp(peak_name[*kind], a->rest[1]) == 0)
            break;
    if (*kind > PEAK_COPIES)
        return cli_error(CLI_USAGE, "There are: fma, read, write, copy.", "there is no peak '%s'", a->rest[1]);
    if (*kind != PEAK_FMA) {
        if (a->n_rest <= at || bench_lengths(a->rest[at], bytes, 1) != 1)
            return cli_error(CLI_USAGE, "For example: nervo bench peak read 1048576 2.", "%s wants a number of bytes",
                             a->rest[1]);
        at++;
    }
    *threads = a->n_rest > at ? a->rest[at++] : NULL;
    if (a->n_rest > at)
        return cli_error(CLI_USAGE, "For example: nervo bench peak fma 2.", "peak does not understand '%s'",
                         a->rest[at]);
    return CLI_GO_ON;
}

/* every tier that runs here, then stretches from well inside the first cache to well outside of the last */
static int peak_all(const cli_args *a, peak_work *w, const char *isa, bool all_tiers)
{
    static const int64_t bytes[] = { 16 << 10, 256 << 10, 4 << 20, 256 << 20 };
    int code = CLI_DONE;
    for (nrv__tier t = NRV__BASELINE; t < NRV__TIERS && code == CLI_DONE; t = (nrv__tier)(t + 1)) {
        const char *name = nrv__tier_name(t);
        if (!nrv__cpu_has(t) || (!all_tiers && strcmp(name, isa) != 0))
            continue;
        w->tier = peak_tier(name);
        w->kind = PEAK_FMA;
        code = peak_measure(a, w, name, 0);
    }
    w->tier = peak_tier(isa);
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++)
        for (w->kind = PEAK_READS; w->kind <= PEAK_COPIES && code == CLI_DONE; w->kind = (peak_kind)(w->kind + 1))
            code = peak_measure(a, w, isa, bytes[i] * (i < 2 ? w->threads : 1));
    return code;
}

int bench_peak(const cli_args *a)
{
    const char *isa = cli_text(a, "isa"), *threads = NULL;
    int64_t bytes = 0;
    peak_kind kind = PEAK_FMA;
    peak_work *w = cli_get(sizeof *w);
    bool all_tiers = !isa;
    int code = cli_net_isa(&isa);
    if (code == CLI_GO_ON && a->n_rest > 1)
        code = peak_words(a, &kind, &bytes, &threads);
    if (code == CLI_GO_ON)
        code = bench_threads(a, threads, &w->threads);
    if (code != CLI_GO_ON)
        return code;
    w->pool = w->threads > 1 ? nrv_pool_new(w->threads) : NULL;
    w->kind = kind;
    w->tier = peak_tier(isa);
    code = a->n_rest > 1 ? peak_measure(a, w, isa, bytes) : peak_all(a, w, isa, all_tiers);
    nrv_pool_free(w->pool);
    return code;
}
