/* npy.c - NPY, NumPy's file of one array, versions 1 to 3: a Python dictionary as header, then the elements.

   Promises: the file must have exactly the bytes that its header says; both byte orders, both orders of axes.
   Does not do: complex, text, dates, objects (which would mean to run pickled code), structured types; archives (.npz).
 */
#include "data.h"

#include <string.h>

typedef struct npy_header {
    const char *at, *end;
    char descr[16];
    bool fortran;
    int rank;
    int64_t dim[8];
    const char *error; /* a constant phrase */
} npy_header;

static bool npy_wrong(npy_header *h, const char *error)
{
    if (!h->error)
        h->error = error;
    return false;
}

static void npy_blank(npy_header *h)
{
    while (h->at < h->end && (*h->at == ' ' || *h->at == '\t' || *h->at == '\n' || *h->at == '\r'))
        h->at++;
}

static bool npy_sign(npy_header *h, char c)
{
    npy_blank(h);
    if (h->at == h->end || *h->at != c)
        return false;
    h->at++;
    return true;
}

static bool npy_word(npy_header *h, const char *word)
{
    size_t n = strlen(word);
    npy_blank(h);
    if ((size_t)(h->end - h->at) < n || memcmp(h->at, word, n) != 0)
        return false;
    h->at += n;
    return true;
}

static bool npy_string(npy_header *h, char *to, size_t size)
{
    char quote = npy_sign(h, '\'') ? '\'' : npy_sign(h, '"') ? '"' : 0;
    size_t n = 0;
    if (!quote)
        return npy_wrong(h, "a text in quotes was expected");
    for (; h->at < h->end && *h->at != quote; h->at++) {
        if (*h->at == '\\' || *h->at == 0 || n + 1 == size)
            return npy_wrong(h, "a text in it is too long or has unexpected characters");
        to[n++] = *h->at;
    }
    to[n] = 0;
    return npy_sign(h, quote) || npy_wrong(h, "a text in it has no end");
}

static bool npy_length(npy_header *h, int64_t *length)
{
    const char *from = h->at;
    *length = 0;
    for (; h->at < h->end && *h->at >= '0' && *h->at <= '9'; h->at++)
        if (!nrv__mul(*length, 10, length) || !nrv__add(*length, *h->at - '0', length))
            return npy_wrong(h, "a length does not fit 63 bits");
    if (h->at == from)
        return npy_wrong(h, h->at < h->end && *h->at == '-' ? "a length is negative"
                                                            : "the shape is not a list of lengths");
    if (h->at < h->end && *h->at == 'L') /* as Python 2 wrote it */
        h->at++;
    return true;
}

static bool npy_shape(npy_header *h)
{
    if (!npy_sign(h, '('))
        return npy_wrong(h, "the shape is not a list of lengths");
    bool comma = true;
    for (h->rank = 0; !npy_sign(h, ')'); h->rank++) {
        if (!comma)
            return npy_wrong(h, "the shape is not a list of lengths");
        if (h->rank == NRV__MAX_RANK)
            return npy_wrong(h, "it has more than 8 axes");
        if (!npy_length(h, &h->dim[h->rank]))
            return false;
        comma = npy_sign(h, ',');
    }
    return comma || h->rank > 1 || npy_wrong(h, "the shape is a number, not a list");
}

static bool npy_value(npy_header *h, const char *key, int *seen)
{
    static const char *const keys[] = { "descr", "fortran_order", "shape" };
    int k = 0;
    while (k < 3 && strcmp(key, keys[k]) != 0)
        k++;
    if (k == 3)
        return npy_wrong(h, "it has a key other than descr, fortran_order and shape");
    if (*seen & 1 << k)
        return npy_wrong(h, "a key is there twice");
    *seen |= 1 << k;
    if (k == 2)
        return npy_shape(h);
    if (k == 1) {
        h->fortran = npy_word(h, "True");
        return h->fortran || npy_word(h, "False") || npy_wrong(h, "fortran_order is neither True nor False");
    }
    npy_blank(h);
    if (h->at < h->end && *h->at == '[')
        return npy_wrong(h, "its elements are structured, which nervo does not read; save the fields one by one");
    return npy_string(h, h->descr, sizeof h->descr);
}

static bool npy_dictionary(npy_header *h)
{
    int seen = 0;
    bool comma = true;
    if (!npy_sign(h, '{'))
        return npy_wrong(h, "it is not a dictionary");
    while (!npy_sign(h, '}')) {
        char key[32];
        if (!comma)
            return npy_wrong(h, "a comma is missing");
        if (!npy_string(h, key, sizeof key))
            return false;
        if (!npy_sign(h, ':'))
            return npy_wrong(h, "a colon is missing");
        if (!npy_value(h, key, &seen))
            return false;
        comma = npy_sign(h, ',');
    }
    npy_blank(h);
    if (h->at != h->end)
        return npy_wrong(h, "something follows the dictionary");
    return seen == 7 || npy_wrong(h, "descr, fortran_order or shape is missing");
}

static const char *npy_kind(char kind)
{
    switch (kind) {
    case 'c':
        return "complex numbers";
    case 'O':
        return "Python objects";
    case 'U':
    case 'S':
    case 'a':
        return "text";
    case 'M':
    case 'm':
        return "dates";
    default:
        return "elements";
    }
}

static bool npy_cell(const char *descr, nrv__cell *c)
{
    static const char *const known[] = { "b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8" };
    const char order = *descr;
    if (order != '<' && order != '>' && order != '|' && order != '=')
        return false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(descr + 1, known[i]) == 0) {
            const uint16_t one = 1;
            unsigned char first;
            memcpy(&first, &one, 1);
            *c = (nrv__cell){ known[i][0], known[i][1] - '0', order == '>' || (order == '=' && !first) };
            return c->width == 1 || order != '|';
        }
    return false;
}

/* finds the header's text; the elements begin at its end */
static nrv_status npy_open(const char *source, const unsigned char *p, size_t n, npy_header *h, nrv__why *why)
{
    static const unsigned char magic[] = { 0x93, 'N', 'U', 'M', 'P', 'Y' };
    if (n < 10 || memcmp(p, magic, sizeof magic) != 0)
        return nrv__fail(why, NRV_EFORMAT, "%s is not an NPY file: it does not begin with \\x93NUMPY and a version",
                         source);
    if (p[6] < 1 || p[6] > 3)
        return nrv__fail(why, NRV_EFORMAT, "%s is an NPY file of version %d.%d; 1 to 3 can be read", source, p[6],
                         p[7]);
    size_t prefix = p[6] == 1 ? 10 : 12;
    uint64_t length = (uint64_t)p[8] | (uint64_t)p[9] << 8;
    if (prefix == 12 && n >= 12)
        length |= (uint64_t)p[10] << 16 | (uint64_t)p[11] << 24;
    if (n < prefix || length > n - prefix)
        return nrv__fail(why, NRV_EFORMAT,
                         "%s is cut off: the header says it takes %llu bytes, the file has %llu; get it "
                         "again",
                         source, (unsigned long long)length, (unsigned long long)n);
    h->at = (const char *)p + prefix;
    h->end = h->at + length;
    return NRV_OK;
}

nrv_status nrv__npy_read(const nrv__mem *m, const char *source, const void *bytes, size_t n, nrv__array *out,
                         nrv__why *why)
{
    npy_header h = { .rank = 0 };
    nrv__cell c;
    int64_t need;
    *out = (nrv__array){ .rank = 0 };
    nrv_status bad = npy_open(source, bytes, n, &h, why);
    if (bad)
        return bad;
    if (!npy_dictionary(&h))
        return nrv__fail(why, NRV_EFORMAT, "%s: the NPY header cannot be read: %s", source, h.error);
    if (!npy_cell(h.descr, &c))
        return nrv__fail(why, NRV_EDTYPE, "%s holds %s ('%s'); save it as bool, integer or float up to 64 bits", source,
                         npy_kind(h.descr[0] ? h.descr[1] : 0), h.descr);
    uint64_t left = n - (uint64_t)(h.end - (const char *)bytes);
    if (!nrv__shape_bytes(h.rank, h.dim, c.width, &need) || (uint64_t)need > left)
        return nrv__fail(why, NRV_EFORMAT,
                         "%s is cut off: its shape needs more than the %llu bytes that follow the header; "
                         "get it again",
                         source, (unsigned long long)left);
    if ((uint64_t)need < left)
        return nrv__fail(why, NRV_EFORMAT, "%s: %llu bytes follow the array; a file with several arrays must be split",
                         source, (unsigned long long)(left - (uint64_t)need));
    out->rank = h.rank;
    memcpy(out->dim, h.dim, sizeof h.dim);
    return nrv__array_fill(m, source, c, h.fortran, (const unsigned char *)h.end, out, why);
}
