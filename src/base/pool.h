/* pool.h - worker threads: split a number of units over them and wait.

   Promises: every unit is done exactly once before nrv__pool_run returns; NULL pool or one thread means the caller does
   it all; workers spin only briefly (microseconds) and then sleep; nothing allocates while running.
   Does not do: decide what is worth splitting - the caller's grain says that. */
#ifndef NRV__POOL_H
#define NRV__POOL_H
#include "base.h"

/* does units begin <= u < end; worker is 0..threads-1, a different one for every call that runs at the same time */
typedef void nrv__task(void *user, int64_t begin, int64_t end, int worker);

int nrv__cores_at(const char *root);      /* cores that affinity and cgroup quota allow, >= 1; "" is this machine */
int nrv__pool_threads(const nrv_pool *p); /* 1 for NULL */
void nrv__pool_run(nrv_pool *p, int64_t units, int64_t grain, nrv__task *task,
                   void *user); /* at least grain units a call */
#endif
