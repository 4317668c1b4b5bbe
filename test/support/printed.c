/* printed.c - see printed.h. */
#include "printed.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

typedef struct printed_text {
    char *at;
    size_t n;
} printed_text;

static void printed_more(void *user, const char *text, size_t n)
{
    printed_text *t = user;
    char *to = realloc(t->at, t->n + n + 1);
    assert_non_null(to);
    memcpy(to + t->n, text, n);
    to[t->n + n] = 0;
    *t = (printed_text){ to, t->n + n };
}

char *printed(const nrv_plan *p)
{
    printed_text t = { NULL, 0 };
    printed_more(&t, "", 0);
    nrv_plan_print(p, printed_more, &t);
    return t.at;
}
