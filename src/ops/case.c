/* case.c - arguments by name: what tests, the text form and other languages hand to an op's or layer's `make`. */
#include "op.h"
#include <stdlib.h>
#include <string.h>

const char *nrv__case_text(const nrv__case *c, const char *name)
{
    for (int i = 0; i < c->n_arg; i++)
        if (!strcmp(c->arg[i].name, name))
            return c->arg[i].text;
    return NULL;
}

int64_t nrv__case_int(const nrv__case *c, const char *name, int64_t otherwise)
{
    const char *t = nrv__case_text(c, name);
    return t ? strtoll(t, NULL, 10) : otherwise;
}

double nrv__case_real(const nrv__case *c, const char *name, double otherwise)
{
    const char *t = nrv__case_text(c, name);
    double value;
    return t && nrv__parse_number(t, strlen(t), &value) ? value : otherwise;
}

int nrv__case_ints(const nrv__case *c, const char *name, int most, int64_t *to)
{
    const char *t = nrv__case_text(c, name);
    int n = 0;
    while (t && *t && n < most) {
        char *end;
        to[n++] = strtoll(t, &end, 10);
        if (end == t)
            return n - 1;
        t = *end == 'x' || *end == ',' || *end == ' ' ? end + 1 : end;
        if (end == t)
            break;
    }
    return n;
}

nrv_dtype nrv__case_type(const nrv__case *c, const char *name, nrv_dtype otherwise)
{
    const char *t = nrv__case_text(c, name);
    for (int k = NRV_F32; t && k <= NRV_BOOL; k++)
        if (!strcmp(t, nrv__dtype_name((nrv_dtype)k)))
            return (nrv_dtype)k;
    return otherwise;
}

const nrv__opdef *nrv__op_find(const char *name, size_t n)
{
    for (const nrv__opdef *const *op = nrv__ops; *op; op++)
        if (!strncmp((*op)->name, name, n) && !(*op)->name[n])
            return *op;
    return NULL;
}
