/* flush.c - see flush.h: MXCSR on x86 with SSE2, FPCR on 64-bit Arm; elsewhere nothing can be said, and nothing is.

   Promises: touches no other bit (rounding, exceptions), and reads or writes the register only where it must: that is
   what takes time. Does not do: x87, 16-bit floats of Arm. */
#include "flush.h"

#if defined(__SSE2__)
enum { FLUSH_BITS = 0x8040 }; /* FTZ, results; DAZ, operands */

static uint64_t flush_mode(void)
{
    return __builtin_ia32_stmxcsr();
}

static void flush_set(uint64_t mode)
{
    __builtin_ia32_ldmxcsr((unsigned)mode);
}
#elif defined(__aarch64__)
enum { FLUSH_BITS = 1 << 24 }; /* FZ, both */

static uint64_t flush_mode(void)
{
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
}

static void flush_set(uint64_t mode)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(mode));
}
#else
enum { FLUSH_BITS = 0 };

static uint64_t flush_mode(void)
{
    return 0;
}

static void flush_set(uint64_t mode)
{
    (void)mode;
}
#endif

bool nrv__flush_possible(void)
{
    return FLUSH_BITS != 0;
}

uint64_t nrv__flush_begin(bool flush)
{
    const uint64_t before = flush_mode(), bits = FLUSH_BITS, wanted = flush ? before | bits : before & ~bits;
    if (wanted != before)
        flush_set(wanted);
    return before;
}

void nrv__flush_end(uint64_t before, bool flush)
{
    const uint64_t bits = FLUSH_BITS;
    if ((before & bits) != (flush ? bits : 0))
        flush_set((flush_mode() & ~bits) | (before & bits));
}
