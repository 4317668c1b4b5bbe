/* text.c - text that grows while it is being written.

   Promises: always zero-terminated once something was added; out of memory makes it broken, keeps what was there, and
   turns every later call into nothing, so that a caller may check once at the end.
   Does not do: editing, encodings. */
#include "base.h"

#include <stdio.h>
#include <string.h>

#ifdef NRV__TINY
enum { TEXT_FIRST = 1 };
#else
enum { TEXT_FIRST = 64 };
#endif

/* room for n more bytes and the terminating zero */
static bool text_room(nrv__text *t, size_t n)
{
    if (t->broken)
        return false;
    if (n < t->cap - t->n)
        return true;
    size_t want = 0;
    if (n < SIZE_MAX / 2 - t->n) {
        want = t->n + n + 1;
        if (want < 2 * t->cap)
            want = 2 * t->cap;
        if (want < TEXT_FIRST)
            want = TEXT_FIRST;
    }
    char *p = want ? nrv__alloc(&t->mem, t->at, t->cap, want) : NULL;
    if (!p) {
        t->broken = true;
        return false;
    }
    t->at = p;
    t->cap = want;
    return true;
}

void nrv__text_addn(nrv__text *t, const char *s, size_t n)
{
    if (!text_room(t, n))
        return;
    if (n)
        memcpy(t->at + t->n, s, n);
    t->n += n;
    t->at[t->n] = 0;
}

void nrv__text_add(nrv__text *t, const char *fmt, ...)
{
    if (!text_room(t, 0))
        return;
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(t->at + t->n, t->cap - t->n, fmt, ap);
    if (n < 0) {
        t->at[t->n] = 0;
        t->broken = true;
    } else if ((size_t)n < t->cap - t->n) {
        t->n += (size_t)n;
    } else if (text_room(t, (size_t)n)) {
        vsnprintf(t->at + t->n, t->cap - t->n, fmt, again);
        t->n += (size_t)n;
    } else {
        t->at[t->n] = 0;
    }
    va_end(again);
    va_end(ap);
}

void nrv__text_free(nrv__text *t)
{
    nrv__alloc(&t->mem, t->at, t->cap, 0);
    t->at = NULL;
    t->n = t->cap = 0;
    t->broken = false;
}
