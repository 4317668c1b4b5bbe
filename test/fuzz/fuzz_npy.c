/* fuzz_npy.c - any bytes are a sound NPY file or are refused, and memory stays in proportion. */
#include "../../src/data/data.h"
#include "fuzz.h"
#include "support/failing.h"

#include <stdlib.h>
#include <string.h>

const long fuzz_runs = 200000;

size_t fuzz_seed(int i, unsigned char *to)
{
    static const struct {
        const char *header;
        size_t bytes;
        unsigned char version;
    } seeds[] = {
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24, 1 },
        { "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3, 2), }\n", 24, 1 },
        { "{\"descr\": '|b1', 'shape': (5,), 'fortran_order': False}  ", 5, 2 },
        { "{'descr': '<u8', 'fortran_order': False, 'shape': (), }", 8, 3 },
        { "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", 8, 1 },
    };
    if (i >= (int)(sizeof seeds / sizeof seeds[0]))
        return 0;
    size_t length = strlen(seeds[i].header), prefix = seeds[i].version == 1 ? 10 : 12;
    memset(to, 0, prefix);
    memcpy(to, "\x93NUMPY", 6);
    to[6] = seeds[i].version;
    to[8] = (unsigned char)length;
    memcpy(to + prefix, seeds[i].header, length);
    memset(to + prefix + length, 0x41, seeds[i].bytes);
    return prefix + length + seeds[i].bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    failing f = { .fail_at = (long)(nrv__hash(0, data, n) % 4) };
    nrv__mem m = failing_mem(&f);
    nrv__why why = { NRV_OK, "" };
    nrv__array a;
    nrv_status status = nrv__npy_read(&m, "fuzz", data, n, &a, &why);
    if (status != why.status || f.most > 8 * n + 1)
        abort();
    if (status == NRV_OK) {
        if (nrv__array_count(&a) > (int64_t)n)
            abort();
        nrv__array_free(&a);
    }
    if (f.alive || f.lies)
        abort();
    return 0;
}
