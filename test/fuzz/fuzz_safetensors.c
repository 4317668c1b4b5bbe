/* fuzz_safetensors.c - any bytes are a sound model file or are refused; a sound one can be read whole. */
#include "../../src/io/safetensors.h"
#include "fuzz.h"
#include "support/failing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const long fuzz_runs = 10000;

size_t fuzz_seed(int i, unsigned char *to)
{
    static const char *const headers[] = {
        "{\"__metadata__\":{\"a\":\"b\"},\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}",
        "{\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]},"
        "\"a\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[0,4]}}",
        "{\"h\":{\"dtype\":\"F16\",\"shape\":[0,9],\"data_offsets\":[0,0]},"
        "\"l\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
    };
    if (i >= (int)(sizeof headers / sizeof headers[0]))
        return 0;
    size_t n = strlen(headers[i]);
    memset(to, 0, 8);
    to[0] = (unsigned char)n;
    memcpy(to + 8, headers[i], n);
    memset(to + 8 + n, 'x', 8);
    return 16 + n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char path[64];
    snprintf(path, sizeof path, "fuzz-%ld.safetensors", (long)getpid());
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(data, 1, n, f) != n || fclose(f) != 0)
        abort();
    failing failures = { .fail_at = (long)(nrv__hash(0, data, n) % 32) };
    nrv__mem m = failing_mem(&failures);
    nrv__why why = { NRV_OK, "" };
    nrv__st *s = nrv__st_open(&m, path, &why);
    if ((s == NULL) != (why.status != NRV_OK))
        abort();
    for (int i = 0; s && i < nrv__st_count(s); i++) {
        const nrv__st_tensor *t = nrv__st_at(s, i);
        if (nrv__st_find(s, t->name) != t || t->bytes > n)
            abort();
        char *to = malloc((size_t)t->bytes + 1);
        if (!to || nrv__st_read(s, t, to, &why) != NRV_OK)
            abort();
        free(to);
    }
    nrv__st_close(s);
    if (failures.alive || failures.lies || failures.most > 64 * n + 65536)
        abort();
    unlink(path);
    return 0;
}
