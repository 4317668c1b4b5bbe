/* why.c - error messages: the first one sticks.

   Promises: a later error never hides the one that caused it; a message too long for its room ends in "..." and never
   in half a character. Does not do: printing, translation, errno. */
#include "base.h"

#include <stdio.h>
#include <string.h>

static void why_shorten(char *text, size_t size)
{
    size_t n = size - 4;
    while (n && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    memcpy(text + n, "...", 4);
}

nrv_status nrv__failv(nrv__why *w, nrv_status status, const char *fmt, va_list ap)
{
    if (!w || w->status != NRV_OK)
        return status;
    w->status = status;
    int n = vsnprintf(w->text, sizeof w->text, fmt, ap);
    if (n < 0)
        w->text[0] = 0;
    else if ((size_t)n >= sizeof w->text)
        why_shorten(w->text, sizeof w->text);
    return status;
}

nrv_status nrv__fail(nrv__why *w, nrv_status status, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    nrv__failv(w, status, fmt, ap);
    va_end(ap);
    return status;
}

const char *nrv__status_name(nrv_status s)
{
    switch (s) {
    case NRV_OK:
        return "ok";
    case NRV_ENOMEM:
        return "out of memory";
    case NRV_ESHAPE:
        return "shapes do not fit";
    case NRV_EDTYPE:
        return "wrong type";
    case NRV_EARG:
        return "bad argument";
    case NRV_ENAME:
        return "unknown name";
    case NRV_ENOGRAD:
        return "no gradient";
    case NRV_EFORMAT:
        return "bad format";
    case NRV_EIO:
        return "input or output failed";
    case NRV_EBUSY:
        return "busy";
    case NRV_EVALUE:
        return "bad value";
    }
    return "unknown status";
}
