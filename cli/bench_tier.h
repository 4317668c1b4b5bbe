/* bench_tier.h - the loops of cli/tiers/peak.c, one set for each instruction set that this build has. */
#ifndef NERVO_CLI_BENCH_TIER_H
#define NERVO_CLI_BENCH_TIER_H
#include <stdint.h>

enum { BENCH_STEP = 128 }; /* floats: n is a multiple of it */
typedef struct bench_tier {
    double flop; /* of one turn of fma */
    float (*fma)(int64_t turns, float a, float b);
    float (*read)(const float *x, int64_t n);
    void (*write)(float *y, int64_t n, float one);
    void (*copy)(float *restrict y, const float *restrict x, int64_t n);
} bench_tier;
extern const bench_tier bench_tier_baseline;
#ifdef NRV__HAVE_AVX2
extern const bench_tier bench_tier_avx2;
#endif
#ifdef NRV__HAVE_AVX512
extern const bench_tier bench_tier_avx512;
#endif
#endif
