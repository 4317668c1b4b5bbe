/* driver.c - runs a fuzz target without libFuzzer: over the files given, or over seeded mutations of its own seeds.

   usage: TARGET [-n RUNS] [-s SEED] [FILE...]; the same seed gives the same inputs on every machine. */
#include "fuzz.h"
#include "../../src/base/philox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct dice {
    uint32_t key[2], counter[4], drawn[4];
    int left;
} dice;

static uint32_t roll(dice *d, uint32_t sides)
{
    if (d->left == 0) {
        nrv__philox(d->counter, d->key, d->drawn);
        d->counter[0]++;
        d->left = 4;
    }
    return d->drawn[--d->left] % sides;
}

static size_t mutate(dice *d, unsigned char *p, size_t n)
{
    static const unsigned char odd[] = { 0, 1, 0x7F, 0x80, 0xFF, '"', '{', '[', ',', '\n', '-', '9', 'e', '.' };
    for (uint32_t times = 1 + roll(d, 4); times > 0; times--) {
        uint32_t what = roll(d, 7);
        size_t at = n ? roll(d, (uint32_t)n) : 0, run = 1 + roll(d, 16);
        if (run > n - at)
            run = n - at;
        if (what == 0 && n)
            p[at] ^= (unsigned char)(1u << roll(d, 8));
        else if (what == 1 && n)
            p[at] = odd[roll(d, sizeof odd)];
        else if (what == 2 && n)
            p[at] = (unsigned char)roll(d, 256);
        else if (what == 3)
            n = at;
        else if (what == 4) { /* leave a run out */
            memmove(p + at, p + at + run, n - at - run);
            n -= run;
        } else if (what == 5 && n + run <= FUZZ_ROOM) { /* double a run */
            memmove(p + at + run, p + at, n - at);
            n += run;
        } else if (n) { /* copy a run elsewhere */
            memmove(p + roll(d, (uint32_t)(n - run + 1)), p + at, run);
        }
    }
    return n;
}

/* in a block of exactly its size, so that the sanitizer sees every byte read beyond it */
static void give(const unsigned char *p, size_t n)
{
    unsigned char *exact = malloc(n ? n : 1);
    if (!exact)
        exit(1);
    memcpy(exact, p, n);
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
}

static int give_file(const char *path)
{
    static unsigned char data[1 << 20];
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return 1;
    }
    size_t n = fread(data, 1, sizeof data, f);
    fclose(f);
    give(data, n);
    return 0;
}

int main(int argc, char **argv)
{
    static unsigned char data[FUZZ_ROOM], seed[FUZZ_ROOM];
    long runs = fuzz_runs;
    dice d = { .key = { 1, 0 } };
    int files = 0, bad = 0, seeds = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-n") == 0 && i + 1 < argc)
            runs = strtol(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "-s") == 0 && i + 1 < argc)
            d.key[0] = (uint32_t)strtoul(argv[++i], NULL, 10);
        else
            bad |= give_file(argv[i]), files++;
    }
    if (files)
        return bad;
    while (fuzz_seed(seeds, seed))
        seeds++;
    for (int i = 0; i < seeds; i++)
        give(seed, fuzz_seed(i, seed));
    for (long i = 0; i < runs; i++) {
        size_t n = fuzz_seed((int)roll(&d, (uint32_t)seeds), data);
        n = mutate(&d, data, n);
        give(data, n);
    }
    printf("%d seeds, %ld mutations\n", seeds, runs);
    return 0;
}
