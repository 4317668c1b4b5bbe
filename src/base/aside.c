/* aside.c - keeps a worker off the processor of the thread that it works for.

   Where every processor is busy, Linux queues a woken thread behind the one that woke it, and balances only what waits
   for long: a worker that sleeps between jobs may share the caller's processor for seconds while nobody uses another.
   It notices, and forbids itself that one processor.

   Promises: what it leaves itself is a part of what the thread may use at that moment, and never nothing; a processor
   is allowed again when another is forbidden, unless somebody else has changed what the thread may use. No call of the
   kernel as long as they are apart. Does not do: choose a processor; anything outside Linux. */
#include "pool.h"
#include <string.h>

#ifdef __linux__
#include <sys/syscall.h>

/* <sched.h> and <unistd.h> keep these behind a feature macro that an amalgamated source cannot set in its middle */
int sched_getcpu(void);
long syscall(long number, ...);

enum { ASIDE_BITS = 8 * sizeof(unsigned long) };

int nrv__cpu_here(void)
{
    return sched_getcpu();
}

void nrv__step_aside(nrv__aside *a, int from)
{
    nrv__cpus now = { 0 }, less;
    if (from < 0 || from >= NRV__CPUS || syscall(SYS_sched_getaffinity, 0, sizeof now, &now) < 0)
        return;
    if (memcmp(&now, &a->set, sizeof now) == 0)
        now = a->all;
    less = now;
    less.bit[from / ASIDE_BITS] &= ~(1ul << from % ASIDE_BITS);
    if (syscall(SYS_sched_setaffinity, 0, sizeof less, &less) == 0)
        a->all = now, a->set = less;
}
#else
int nrv__cpu_here(void)
{
    return -1;
}

void nrv__step_aside(nrv__aside *a, int from)
{
    (void)a, (void)from;
}
#endif
