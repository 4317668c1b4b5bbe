/* fuzz_idx.c - any bytes are a sound IDX file or are refused, and memory stays in proportion. */
#include "../../src/data/data.h"
#include "fuzz.h"
#include "support/failing.h"

#include <stdlib.h>
#include <string.h>

const long fuzz_runs = 200000;

size_t fuzz_seed(int i, unsigned char *to)
{
    static const unsigned char types[] = { 8, 9, 11, 12, 13, 14 }, sizes[] = { 1, 1, 2, 4, 4, 8 };
    if (i >= 6)
        return 0;
    size_t n = 12 + 6 * (size_t)sizes[i];
    memset(to, 0x41, n);
    memcpy(to, (const unsigned char[]){ 0, 0, types[i], 2, 0, 0, 0, 2, 0, 0, 0, 3 }, 12);
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    failing f = { .fail_at = (long)(nrv__hash(0, data, n) % 4) };
    nrv__mem m = failing_mem(&f);
    nrv__why why = { NRV_OK, "" };
    nrv__array a;
    uint64_t size = 0;
    nrv_status status = nrv__idx_read(&m, "fuzz", data, n, &a, &why);
    if (status != why.status || f.most > 8 * n + 1 || (status == NRV_OK && a.rank < 1))
        abort();
    if (status == NRV_OK && (nrv__idx_size("fuzz", data, n < 36 ? n : 36, &size, &why) != NRV_OK || size != n))
        abort();
    if (status == NRV_OK)
        nrv__array_free(&a);
    if (f.alive || f.lies)
        abort();
    return 0;
}
