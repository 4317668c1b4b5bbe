/* idx.c - IDX, the format of MNIST: two zero bytes, a type, a number of axes, lengths and elements, all big-endian.

   Promises: the file must have exactly the bytes that its header says.
   Does not do: gzip - but it says so when it meets it. */
#include "data.h"

static bool idx_cell(unsigned code, nrv__cell *c)
{
    static const struct {
        unsigned code;
        nrv__cell cell;
    } forms[] = {
        { 0x08, { 'u', 1, true } }, { 0x09, { 'i', 1, true } }, { 0x0B, { 'i', 2, true } },
        { 0x0C, { 'i', 4, true } }, { 0x0D, { 'f', 4, true } }, { 0x0E, { 'f', 8, true } },
    };
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (forms[i].code == code) {
            *c = forms[i].cell;
            return true;
        }
    return false;
}

static nrv_status idx_header(const char *source, const unsigned char *p, size_t n, nrv__cell *c, nrv__array *a,
                             uint64_t *size, nrv__why *why)
{
    if (n >= 2 && p[0] == 0x1F && p[1] == 0x8B)
        return nrv__fail(why, NRV_EFORMAT, "%s is compressed with gzip and must be unpacked first", source);
    if (n < 4)
        return nrv__fail(why, NRV_EFORMAT, "%s is not an IDX file: it has %llu bytes, the header alone takes 4 or more",
                         source, (unsigned long long)n);
    if (p[0] || p[1] || !idx_cell(p[2], c))
        return nrv__fail(
            why, NRV_EFORMAT,
            "%s is not an IDX file: it begins with %02x %02x %02x %02x, and 00 00, a type 08 to 0e and the "
            "number of axes were expected",
            source, p[0], p[1], p[2], p[3]);
    a->rank = p[3];
    if (a->rank < 1 || a->rank > NRV__MAX_RANK)
        return nrv__fail(why, NRV_EFORMAT, "%s: the header says %d axes; 1 to %d can be read", source, a->rank,
                         NRV__MAX_RANK);
    size_t header = 4 + 4 * (size_t)a->rank;
    if (n < header)
        return nrv__fail(why, NRV_EFORMAT, "%s is cut off: a header with %d axes takes %llu bytes, the file has %llu",
                         source, a->rank, (unsigned long long)header, (unsigned long long)n);
    for (int i = 0; i < a->rank; i++) {
        const unsigned char *d = p + 4 + 4 * i;
        a->dim[i] = (int64_t)d[0] << 24 | (int64_t)d[1] << 16 | (int64_t)d[2] << 8 | (int64_t)d[3];
    }
    int64_t bytes;
    if (!nrv__shape_bytes(a->rank, a->dim, c->width, &bytes))
        return nrv__fail(why, NRV_EFORMAT, "%s: the header says more bytes than can be counted; the file is damaged",
                         source);
    *size = header + (uint64_t)bytes;
    return NRV_OK;
}

nrv_status nrv__idx_size(const char *source, const void *bytes, size_t n, uint64_t *size, nrv__why *why)
{
    nrv__cell c;
    nrv__array a = { .rank = 0 };
    return idx_header(source, bytes, n, &c, &a, size, why);
}

nrv_status nrv__idx_read(const nrv__mem *m, const char *source, const void *bytes, size_t n, nrv__array *out,
                         nrv__why *why)
{
    nrv__cell c;
    uint64_t size = 0;
    *out = (nrv__array){ .rank = 0 };
    nrv_status bad = idx_header(source, bytes, n, &c, out, &size, why);
    if (bad)
        return bad;
    if (size != n)
        return nrv__fail(why, NRV_EFORMAT, "%s is damaged: the header says %llu bytes, the file has %llu; get it again",
                         source, (unsigned long long)size, (unsigned long long)n);
    return nrv__array_fill(m, source, c, false, (const unsigned char *)bytes + 4 + 4 * (size_t)out->rank, out, why);
}
