/* fuzz_csv.c - any bytes are a sound table or are refused; labels are in range, values finite, memory in proportion. */
#include "../../src/data/data.h"
#include "fuzz.h"
#include "support/failing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const long fuzz_runs = 100000;

size_t fuzz_seed(int i, unsigned char *to)
{
    static const char *const seeds[] = {
        "a,b,kind\n1,2,x\n3,4.5,y\n-1e3,.5,x\n",
        "\xEF\xBB\xBF\"a\";\"b \"\"q\"\"\";y\r\n1;2;3\r\n\r\n4;5;6",
        "a\ty\n1\t0\n2\t1\n",
        ",x,y\n0,1,\"a\nb\"\n1,2,c\n",
        "x,y\n1,1\n2,1.0\n3,01\n4,2\n",
    };
    if (i >= (int)(sizeof seeds / sizeof seeds[0]))
        return 0;
    memcpy(to, seeds[i], strlen(seeds[i]));
    return strlen(seeds[i]);
}

static void expect_sound(const nrv__table *t)
{
    if (t->rows < 1 || t->features < 1 || (t->label == NULL) == (t->y == NULL) || (t->label && t->classes < 2))
        abort();
    for (int64_t i = 0; i < t->rows; i++) {
        if (t->label ? t->label[i] < 0 || t->label[i] >= t->classes : !isfinite(t->y[i]))
            abort();
        for (int j = 0; j < t->features; j++)
            if (!isfinite(t->x[i * t->features + j]))
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    for (int kind = NRV__TARGET_GUESS; kind <= NRV__TARGET_VALUES; kind++) {
        failing f = { .fail_at = (long)(nrv__hash(0, data, n) % 16) };
        nrv__mem m = failing_mem(&f);
        nrv__why why = { NRV_OK, "" };
        nrv__table t;
        nrv_status status = nrv__csv_read(&m, "fuzz", data, n, kind == 1 ? "y" : NULL, (nrv__target)kind, &t, &why);
        if (status != why.status || f.most > 64 * n + 65536)
            abort();
        if (status == NRV_OK) {
            expect_sound(&t);
            nrv__table_free(&t);
        }
        if (f.alive || f.lies)
            abort();
    }
    return 0;
}
