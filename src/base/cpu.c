/* cpu.c - which tiers of kernels this processor and its operating system can run.

   Promises: asks for features, never for a model; a tier counts only if the build has it and the operating system saves
   its registers. Nothing is remembered: ask while kernels are chosen, not while they run, as cpuid is slow on virtual
   machines.
   Does not do: choose kernels. */
#include "cpu.h"

#include <string.h>

#if defined(__x86_64__) && (defined(NRV__HAVE_AVX2) || defined(NRV__HAVE_AVX512))
#include <cpuid.h>

static bool cpu_all(unsigned have, unsigned want)
{
    return (have & want) == want;
}

/* what the operating system saves on a task switch: bits of XCR0 */
static unsigned cpu_saved(void)
{
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

/* everything that compilers may use for x86-64-v3: 3 and, with AVX-512 F, BW, CD, DQ, VL, 4 */
static int cpu_level(void)
{
    const unsigned fma = 1u << 12, movbe = 1u << 22, osxsave = 1u << 27, avx = 1u << 28,
                   f16c = 1u << 29;                                /* leaf 1 ecx */
    const unsigned bmi1 = 1u << 3, avx2 = 1u << 5, bmi2 = 1u << 8; /* leaf 7 ebx */
    const unsigned avx512 = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31, lzcnt = 1u << 5;
    unsigned a, b, c, d, b7, c1, cx;
    if (!__get_cpuid(1, &a, &b, &c1, &d) || !cpu_all(c1, fma | movbe | osxsave | avx | f16c))
        return 2;
    if (!__get_cpuid_count(7, 0, &a, &b7, &c, &d) || !cpu_all(b7, bmi1 | avx2 | bmi2))
        return 2;
    if (!__get_cpuid(0x80000001u, &a, &b, &cx, &d) || !cpu_all(cx, lzcnt))
        return 2;
    unsigned saved = cpu_saved();
    if (!cpu_all(saved, 0x6))
        return 2;
    return cpu_all(b7, avx512) && cpu_all(saved, 0xE6) ? 4 : 3;
}

bool nrv__cpu_vnni(void)
{
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && cpu_all(c, 1u << 11);
}
#else
bool nrv__cpu_vnni(void)
{
    return false;
}

static int cpu_level(void)
{
    return 0;
}
#endif

static bool cpu_built(nrv__tier t)
{
    switch (t) {
    case NRV__REF:
    case NRV__BASELINE:
        return true;
#ifdef NRV__HAVE_AVX2
    case NRV__AVX2:
        return true;
#endif
#ifdef NRV__HAVE_AVX512
    case NRV__AVX512:
        return true;
#endif
    default:
        return false;
    }
}

static bool cpu_runs(nrv__tier t, int level)
{
    return cpu_built(t) && level >= (t == NRV__AVX512 ? 4 : t == NRV__AVX2 ? 3 : 0);
}

bool nrv__cpu_has(nrv__tier t)
{
    if (!cpu_built(t))
        return false;
    return t <= NRV__BASELINE || cpu_runs(t, cpu_level());
}

nrv__tier nrv__cpu_best(void)
{
    int level = cpu_level();
    return cpu_runs(NRV__AVX512, level) ? NRV__AVX512 : cpu_runs(NRV__AVX2, level) ? NRV__AVX2 : NRV__BASELINE;
}

const char *nrv__tier_name(nrv__tier t)
{
    switch (t) {
    case NRV__REF:
        return "ref";
    case NRV__BASELINE:
        return "baseline";
    case NRV__AVX2:
        return "avx2";
    case NRV__AVX512:
        return "avx512";
    case NRV__TIERS:
        break;
    }
    return "unknown";
}

nrv__tier nrv__tier_of(const char *name)
{
    for (nrv__tier t = NRV__REF; name && t < NRV__TIERS; t = (nrv__tier)(t + 1))
        if (strcmp(name, nrv__tier_name(t)) == 0)
            return t;
    return NRV__TIERS;
}

const char *nrv_tiers(void)
{
    int level = cpu_level();
    if (!cpu_runs(NRV__AVX512, level))
        return cpu_runs(NRV__AVX2, level) ? "ref baseline avx2" : "ref baseline";
    return cpu_runs(NRV__AVX2, level) ? "ref baseline avx2 avx512" : "ref baseline avx512";
}
