/* peer.h - what the programs of bench/ share: random numbers, time, one line of the protocol (bench/README.md).

   Promises: the median of five rounds of at least 20 ms each, after one run that nobody times - as `nervo bench
   --rounds 5` does. Does not do: choose threads; OMP_NUM_THREADS says how many there are. */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PEER_ROUNDS = 5, PEER_MISSING = 4 };

static inline double peer_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline float *peer_floats(size_t n) /* from -1 to 1 */
{
    float *x = (float *)aligned_alloc(64, (n * sizeof *x + 63) / 64 * 64);
    uint32_t s = 12345;
    if (!x) {
        fprintf(stderr, "there is not enough memory for this\n");
        exit(1);
    }
    for (size_t i = 0; i < n; i++) {
        s = s * 1664525u + 1013904223u;
        x[i] = (float)(int32_t)s * 0x1p-31f;
    }
    return x;
}

static inline int peer_threads(void)
{
    const char *n = getenv("OMP_NUM_THREADS");
    return n && atoi(n) > 0 ? atoi(n) : 1;
}

static inline int peer_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef void peer_body(void *user);
typedef struct peer_times { /* seconds of one */
    double median, least;
} peer_times;

static inline peer_times peer_time(peer_body *body, void *user)
{
    double round[PEER_ROUNDS];
    long each = 0;
    body(user);
    for (double begun = peer_now(); peer_now() - begun < 0.02; each++)
        body(user);
    for (int r = 0; r < PEER_ROUNDS; r++) {
        double begun = peer_now();
        for (long i = 0; i < each; i++)
            body(user);
        round[r] = (peer_now() - begun) / (double)each;
    }
    qsort(round, PEER_ROUNDS, sizeof *round, peer_compare);
    const peer_times times = { round[PEER_ROUNDS / 2], round[0] };
    return times;
}

static inline void peer_measure(const char *row, peer_body *body, void *user, int checked)
{
    const peer_times t = peer_time(body, user);
    printf("{\"row\": \"%s t%d\", \"seconds\": %.6g, \"least\": %.6g, \"checked\": %s}\n", row, peer_threads(),
           t.median, t.least, checked ? "true" : "false");
    fflush(stdout);
}

/* the words of a row, joined: "gemm 512x512x512 nn" */
static inline const char *peer_row(int argc, char **argv, int from)
{
    static char row[256];
    size_t n = 0;
    for (int i = from; i < argc && n < sizeof row; i++)
        n += (size_t)snprintf(row + n, sizeof row - n, "%s%s", i > from ? " " : "", argv[i]);
    return row;
}

/* "64x3x32x32": how many lengths there are; 0: it is something else */
static inline int peer_lengths(const char *word, long *to, int most)
{
    for (int n = 0; n < most; word++) {
        char *end;
        to[n] = strtol(word, &end, 10);
        if (end == word || to[n++] < 1)
            return 0;
        if (!*end)
            return n;
        if (*end != 'x')
            return 0;
        word = end;
    }
    return 0;
}
#endif
