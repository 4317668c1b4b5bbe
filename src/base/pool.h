/* pool.h - worker threads: split a number of units over them and wait.

   Promises: every unit is done exactly once before nrv__pool_run returns; NULL pool or one thread means the caller does
   it all; workers spin only briefly (microseconds) and then sleep, and on Linux leave the caller's processor to the
   caller (aside.c), even where there are more workers than others; nothing allocates while running. Does not do:
   decide what is worth splitting - the caller's grain says that. */
#ifndef NRV__POOL_H
#define NRV__POOL_H
#include "base.h"

/* does units begin <= u < end; worker is 0..threads-1, a different one for every call that runs at the same time */
typedef void nrv__task(void *user, int64_t begin, int64_t end, int worker);

int nrv__cores_at(const char *root);      /* cores that affinity and cgroup quota allow, >= 1; "" is this machine */
int nrv__pool_threads(const nrv_pool *p); /* 1 for NULL */
void nrv__pool_run(nrv_pool *p, int64_t units, int64_t grain, nrv__task *task,
                   void *user); /* at least grain units a call */

/* aside.c: the processors that a thread may use, those before it stepped aside, and where it is; -1: nobody knows */
enum { NRV__CPUS = 1024 };
typedef struct nrv__cpus {
    unsigned long bit[NRV__CPUS / 8 / sizeof(unsigned long)];
} nrv__cpus;
typedef struct nrv__aside {
    nrv__cpus all, set;
} nrv__aside;
int nrv__cpu_here(void);
void nrv__step_aside(nrv__aside *a, int from); /* the calling thread, whose `a` this is; from: where it must not be */
#endif
