/* case.c - arguments by name: what tests, the text form and other languages hand to an op's or layer's `make`. */
#include "op.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* what a user of PyTorch or NumPy would call the argument */
static const char *const case_words[][4] = {
    { "axis", "dim", "dims", "axes" },         { "keep", "keepdim", "keepdims", "keep_dims" },
    { "kernel", "kernel_size", NULL, NULL },   { "pad", "padding", NULL, NULL },
    { "slope", "negative_slope", NULL, NULL }, { "shift", "shifts", NULL, NULL },
    { "output", "output_size", NULL, NULL },   { "heads", "num_heads", NULL, NULL },
    { "groups", "num_groups", NULL, NULL },    { "norm", "norm_type", NULL, NULL },
    { "axis0", "dim0", NULL, NULL },           { "axis1", "dim1", NULL, NULL },
    { "axis2", "dim2", NULL, NULL },           { "first", "start_dim", NULL, NULL },
    { "last", "end_dim", NULL, NULL },         { "end", "stop", NULL, NULL },
    { "value", "fill_value", NULL, NULL },     { "type", "dtype", NULL, NULL },
    { "times", "repeats", "dims", "sizes" },   { "n", "num_classes", "minlength", NULL },
};

static const char *case_given(const nrv__case *c, const char *name)
{
    for (int i = 0; name && i < c->n_arg; i++)
        if (!strcmp(c->arg[i].name, name))
            return strcmp(c->arg[i].text, "null") ? c->arg[i].text : NULL;
    return NULL;
}

const char *nrv__case_text(const nrv__case *c, const char *name)
{
    const char *given = case_given(c, name);
    for (size_t i = 0; i < sizeof case_words / sizeof *case_words && !given; i++)
        for (int k = 1; k < 4 && !given && !strcmp(case_words[i][0], name); k++)
            given = case_given(c, case_words[i][k]);
    return given;
}

/* tail: what stands behind the last dot of a word is enough */
static bool case_word_is(const char *words, const char *name, size_t n, bool tail)
{
    for (const char *w = words; w && *w; w += strspn(w, " ")) {
        size_t whole = strcspn(w, " "), head = 0;
        for (size_t i = 0; i < whole; i++)
            head = tail && w[i] == '.' ? i + 1 : head;
        if (whole - head == n && !strncmp(w + head, name, n))
            return true;
        w += whole;
    }
    return false;
}

nrv_tensor nrv__case_named(const nrv__case *c, const char *names)
{
    for (int i = 0; i < c->n_x; i++)
        if (c->x_name[i] && case_word_is(names, c->x_name[i], strlen(c->x_name[i]), false))
            return c->x[i];
    return NULL;
}

int64_t nrv__case_int(const nrv__case *c, const char *name, int64_t otherwise)
{
    const char *t = nrv__case_text(c, name);
    if (t && (!strcmp(t, "true") || !strcmp(t, "false")))
        return *t == 't';
    return t ? strtoll(t, NULL, 10) : otherwise;
}

int nrv__case_small(const nrv__case *c, const char *name, int otherwise)
{
    int64_t n = nrv__case_int(c, name, otherwise);
    return (int)(n < INT32_MIN ? INT32_MIN : n > INT32_MAX ? INT32_MAX : n);
}

bool nrv__case_flag(const nrv__case *c, const char *name, bool otherwise)
{
    return nrv__case_int(c, name, otherwise) != 0;
}

double nrv__case_real(const nrv__case *c, const char *name, double otherwise)
{
    const char *t = nrv__case_text(c, name);
    double value;
    bool minus = t && *t == '-';
    if (t && (!strcmp(t + minus, "inf") || !strcmp(t + minus, "Infinity")))
        return minus ? -INFINITY : INFINITY;
    if (t && (!strcmp(t, "nan") || !strcmp(t, "NaN")))
        return NAN;
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

int nrv__case_reals(const nrv__case *c, const char *name, int most, double *to)
{
    const char *t = nrv__case_text(c, name);
    int n = 0;
    while (t && *t && n < most) {
        size_t length = strcspn(t, "x, ");
        if (!nrv__parse_number(t, length, &to[n++]))
            return 0;
        t += length;
        t += strspn(t, "x, ");
    }
    return n;
}

nrv_dtype nrv__case_type(const nrv__case *c, const char *name, nrv_dtype otherwise)
{
    static const char *const torch[] = { "",          "float32 float", "float64 double", "float16 half", "bfloat16",
                                         "int32 int", "int64 long",    "uint8",          "bool",         "int8" };
    const char *t = nrv__case_text(c, name);
    for (int k = NRV_F32; t && nrv__dtype_size((nrv_dtype)k); k++)
        if (!strcmp(t, nrv__dtype_name((nrv_dtype)k)) || case_word_is(torch[k], t, strlen(t), false))
            return (nrv_dtype)k;
    return otherwise;
}

const nrv__opdef *nrv__op_find(const char *name, size_t n)
{
    for (const nrv__opdef *const *op = nrv__ops; *op; op++)
        if ((*op)->name[0] == name[0] && !strncmp((*op)->name, name, n) && !(*op)->name[n])
            return *op;
    return NULL;
}

const nrv__opdef *nrv__op_known_as(const char *name, size_t n)
{
    const nrv__opdef *found = NULL;
    for (const nrv__opdef *const *op = nrv__ops; *op && !found; op++)
        found = case_word_is((*op)->torch, name, n, true) ? *op : NULL;
    found = found ? found : nrv__op_find(name, n);
    for (const nrv__opdef *const *op = nrv__ops; *op && !found; op++)
        found = case_word_is((*op)->also, name, n, false) ? *op : NULL;
    return found;
}
