/* fault.h - where a kernel, on any thread, reports values that make no sense; the smallest unit's report is kept.

   Promises: zeroed memory is an empty fault; which message survives does not depend on threads; nothing allocates.
   Does not do: counting how many there were. */
#ifndef NRV__FAULT_H
#define NRV__FAULT_H
#include "../kernels/kernel.h"

#include <stdatomic.h>

struct nrv__fault {
    atomic_int lock, status; /* status: an nrv_status, NRV_OK while empty */
    int64_t unit;
    char text[256];
};

/* between runs, when no kernel is at work: */
void nrv__fault_clear(nrv__fault *f);
nrv_status nrv__fault_status(const nrv__fault *f);
const char *nrv__fault_text(const nrv__fault *f); /* NULL while empty */
int64_t nrv__fault_unit(const nrv__fault *f);     /* -1 while empty */
/* the report as an error: what refused, what and where, and what helps (NULL: nobody knows) */
nrv_status nrv__fault_tell(const nrv__fault *f, nrv__why *why, const char *who, const char *place, const char *hint);
#endif
