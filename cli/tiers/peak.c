/* peak.c - loops that do nothing but multiply and add, read, write or copy: what a core can do at most. Compiled once
   for each instruction set, like the library's kernels, because a vector wider than the target is a disaster.

   Promises: twelve independent sums, more than any core needs to hide its latency; vectors as wide as the target's.
   Does not do: time; non-temporal stores (memcpy has them: the caller takes the better of the two). */
#include "../bench_tier.h"

#if defined(__AVX512F__)
enum { PEAK_BYTES = 64 };
#elif defined(__AVX2__)
enum { PEAK_BYTES = 32 };
#else
enum { PEAK_BYTES = 16 };
#endif
enum { PEAK_W = PEAK_BYTES / 4 };
typedef float peak_v __attribute__((vector_size(PEAK_BYTES)));
typedef float peak_at __attribute__((vector_size(PEAK_BYTES), aligned(4), may_alias));

#define PEAK_JOIN(a, b) a##_##b
#define PEAK_NAME(a, b) PEAK_JOIN(a, b)
#define PEAK_TIER(name) PEAK_NAME(name, NRV__ISA_NAME)
#define PEAK_TWELVE(X)  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define PEAK_EIGHT(X)   X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define PEAK_START(i)   peak_v c##i = (float)i - (peak_v){ 0 };
#define PEAK_MORE(i)    c##i = c##i * times + plus;
#define PEAK_TOTAL(i)   sum += c##i;
#define PEAK_READ(i)    c##i += *(const peak_at *)(x + at + i * PEAK_W);
#define PEAK_WRITE(i)   *(peak_at *)(y + at + i * PEAK_W) = value;
#define PEAK_COPY(i)    const peak_v v##i = *(const peak_at *)(x + at + i * PEAK_W);
#define PEAK_PUT(i)     *(peak_at *)(y + at + i * PEAK_W) = v##i;

static float PEAK_TIER(peak_fma)(int64_t turns, float a, float b)
{
    const peak_v times = a - (peak_v){ 0 }, plus = b - (peak_v){ 0 };
    peak_v sum = { 0 };
    PEAK_TWELVE(PEAK_START)
    for (int64_t t = 0; t < turns; t++) {
        PEAK_TWELVE(PEAK_MORE)
    }
    PEAK_TWELVE(PEAK_TOTAL)
    return sum[0];
}

static float PEAK_TIER(peak_read)(const float *x, int64_t n)
{
    peak_v sum = { 0 };
    PEAK_EIGHT(PEAK_START)
    for (int64_t at = 0; at < n; at += 8 * PEAK_W) {
        PEAK_EIGHT(PEAK_READ)
    }
    PEAK_EIGHT(PEAK_TOTAL)
    return sum[0];
}

static void PEAK_TIER(peak_write)(float *y, int64_t n, float one)
{
    const peak_v value = one - (peak_v){ 0 };
    for (int64_t at = 0; at < n; at += 8 * PEAK_W) {
        PEAK_EIGHT(PEAK_WRITE)
    }
}

static void PEAK_TIER(peak_copy)(float *restrict y, const float *restrict x, int64_t n)
{
    for (int64_t at = 0; at < n; at += 8 * PEAK_W) {
        PEAK_EIGHT(PEAK_COPY)
        PEAK_EIGHT(PEAK_PUT)
    }
}

const bench_tier PEAK_TIER(bench_tier) = {
    .flop = 12 * 2 * PEAK_W,
    .fma = PEAK_TIER(peak_fma),
    .read = PEAK_TIER(peak_read),
    .write = PEAK_TIER(peak_write),
    .copy = PEAK_TIER(peak_copy),
};
