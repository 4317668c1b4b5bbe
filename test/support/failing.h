/* failing.h - an allocator for tests: fails at the N-th call, counts what is alive, and checks the sizes it is told.

   Promises: old sizes that do not match what was asked for are counted as lies; every block lives at a fresh address,
   so that a pointer kept across a growth is found by the sanitizer. */
#ifndef TEST_SUPPORT_FAILING_H
#define TEST_SUPPORT_FAILING_H
#include "../../src/base/base.h"

#include <stdlib.h>
#include <string.h>

typedef struct failing {
    long fail_at; /* the how-manieth call fails, from 1; 0: none */
    long calls, alive, lies;
    size_t most; /* the largest block asked for */
} failing;

static inline void *failing_fn(void *user, void *p, size_t old, size_t want)
{
    failing *f = (failing *)user;
    size_t *block = p ? (size_t *)p - 2 : NULL;
    if (block ? *block != old : old != 0)
        f->lies++;
    if (want && ++f->calls == f->fail_at)
        return NULL;
    if (want > f->most)
        f->most = want;
    size_t *fresh = NULL;
    if (want) {
        fresh = (size_t *)malloc(want + 2 * sizeof *fresh);
        if (!fresh)
            abort();
        fresh[0] = want;
        memset(fresh + 2, 0xA5, want);
        if (block)
            memcpy(fresh + 2, p, old < want ? old : want);
    }
    f->alive += (fresh != NULL) - (block != NULL);
    free(block);
    return fresh ? fresh + 2 : NULL;
}

static inline nrv__mem failing_mem(failing *f)
{
    nrv__mem m = { failing_fn, f };
    return m;
}
#endif
