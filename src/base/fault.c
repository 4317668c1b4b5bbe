/* fault.c - see fault.h. A spin flag guards it: held for one vsnprintf, and only when something is wrong already. */
#include "fault.h"

#include <stdio.h>

void nrv__fault_set(nrv__fault *f, int64_t unit, nrv_status status, const char *fmt, ...)
{
    if (!f || status == NRV_OK)
        return;
    while (atomic_exchange_explicit(&f->lock, 1, memory_order_acquire)) {
    }
    if (atomic_load_explicit(&f->status, memory_order_relaxed) == NRV_OK || unit < f->unit) {
        va_list ap;
        va_start(ap, fmt);
        if (vsnprintf(f->text, sizeof f->text, fmt, ap) < 0)
            f->text[0] = 0;
        va_end(ap);
        f->unit = unit;
        atomic_store_explicit(&f->status, (int)status, memory_order_relaxed);
    }
    atomic_store_explicit(&f->lock, 0, memory_order_release);
}

void nrv__fault_clear(nrv__fault *f)
{
    atomic_store_explicit(&f->lock, 0, memory_order_relaxed); /* between runs: nobody else looks */
    atomic_store_explicit(&f->status, NRV_OK, memory_order_relaxed);
    f->unit = 0;
    f->text[0] = 0;
}

nrv_status nrv__fault_status(const nrv__fault *f)
{
    return (nrv_status)atomic_load(&f->status);
}

const char *nrv__fault_text(const nrv__fault *f)
{
    return nrv__fault_status(f) == NRV_OK ? NULL : f->text;
}

nrv_status nrv__fault_tell(const nrv__fault *f, nrv__why *why, const char *who, const char *place, const char *hint)
{
    return nrv__fail(why, nrv__fault_status(f), "%s: %s%s%s%s%s", who, f->text, NRV__PLACE(place),
                     hint ? "\n  hint  " : "", hint ? hint : "");
}

int64_t nrv__fault_unit(const nrv__fault *f)
{
    return nrv__fault_status(f) == NRV_OK ? -1 : f->unit;
}
