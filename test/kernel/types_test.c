/* types_test.c - casts between types of storage and arithmetic on integers, every tier, bit for bit: all of f16 and
   bf16, a sample of all floats, the edges of integers. */
#include "kernel_test.h"

enum { TT_STEP = 997 };

static const nrv_dtype tt_types[] = { NRV_F32, NRV_F16, NRV_BF16, NRV_I32, NRV_I64, NRV_U8, NRV_I8 };
enum { TT_TYPES = sizeof tt_types / sizeof *tt_types };

/* up to NRV__TILE values of a type from the `at`-th on; 0: no more */
static int64_t tt_values(nrv_dtype t, uint64_t at, void *to)
{
    static const int64_t edge[] = { 0,
                                    1,
                                    -1,
                                    2,
                                    -2,
                                    127,
                                    128,
                                    -128,
                                    -129,
                                    255,
                                    256,
                                    INT32_MAX,
                                    INT32_MIN,
                                    INT32_MAX + 1ll,
                                    INT64_MAX,
                                    INT64_MIN,
                                    (1ll << 53) + 1,
                                    46341,
                                    3037000500,
                                    -7,
                                    1ll << 24 };
    int64_t n = 0;
    if (nrv__dtype_whole(t)) {
        if (at)
            return 0;
        nrv__from_whole(to, t, edge, (int64_t)(sizeof edge / sizeof *edge));
        return (int64_t)(sizeof edge / sizeof *edge);
    }
    const uint64_t step = t == NRV_F32 ? TT_STEP : 1, end = t == NRV_F32 ? UINT64_C(1) << 32 : 65536;
    for (uint64_t bits = at * step * NRV__TILE; n < NRV__TILE && bits < end; n++, bits += step) {
        uint32_t wide = (uint32_t)bits;
        uint16_t narrow = (uint16_t)bits;
        memcpy((char *)to + n * (t == NRV_F32 ? 4 : 2), t == NRV_F32 ? (void *)&wide : (void *)&narrow,
               t == NRV_F32 ? 4 : 2);
    }
    return n;
}

static void tt_cast(const nrv__point *p, nrv_dtype from, nrv_dtype to)
{
    static unsigned char x[8 * NRV__TILE], got[8 * NRV__TILE], want[8 * NRV__TILE];
    static double d[NRV__TILE];
    const int64_t size = (int64_t)nrv__dtype_size(to);
    int64_t n;
    for (uint64_t at = 0; (n = tt_values(from, at, x)) > 0; at++) {
        nrv__to_double(d, x, from, n);
        for (int64_t i = 0; i < n && nrv__dtype_whole(to); i++)
            d[i] = trunc(d[i]);
        nrv__from_double(want, to, d, n);
        p->run(&(nrv__lane){ .out = got, .in = { x }, .n = n });
        for (int64_t i = 0; i < n; i++)
            if (memcmp(got + i * size, want + i * size, (size_t)size) != 0)
                fail_msg("cast %s, tier %d: of %a, the bits differ", p->types, (int)p->tier, d[i]);
    }
}

static void every_cast(void **state)
{
    int tried = 0;
    (void)state;
    for (int f = 0; f < TT_TYPES; f++)
        for (int t = 0; t < TT_TYPES; t++) {
            char types[32];
            snprintf(types, sizeof types, "%s -> %s", nrv__dtype_name(tt_types[f]), nrv__dtype_name(tt_types[t]));
            for (int i = 0; nrv__points[i] != NULL; i++)
                for (const nrv__point *p = nrv__points[i]; p->op != NULL; p++)
                    if (strcmp(p->op, "cast") == 0 && strcmp(p->types, types) == 0 && nrv__cpu_has(p->tier))
                        tt_cast(p, tt_types[f], tt_types[t]), tried++;
        }
    assert_true(tried >= 16);
}

static uint64_t tt_wrapped(char op, uint64_t x, uint64_t y)
{
    return op == '+' ? x + y : op == '-' ? x - y : x * y;
}

static void integers_wrap(void **state)
{
    static const struct {
        const char *op;
        char sign;
    } ops[] = { { "add", '+' }, { "sub", '-' }, { "mul", '*' } };
    static const nrv_dtype type[] = { NRV_I32, NRV_I64 };
    int tried = 0;
    (void)state;
    for (int k = 0; k < 6; k++) {
        const nrv_dtype t = type[k % 2];
        char types[32];
        unsigned char x[8 * 64], y[8 * 64], got[8 * 64], want[8 * 64];
        int64_t a[64], b[64], both[64];
        const int64_t n = tt_values(t, 0, x), size = (int64_t)nrv__dtype_size(t);
        snprintf(types, sizeof types, "%s %s -> %s", nrv__dtype_name(t), nrv__dtype_name(t), nrv__dtype_name(t));
        nrv__to_whole(a, x, t, n);
        for (int i = 0; nrv__points[i] != NULL; i++)
            for (const nrv__point *p = nrv__points[i]; p->op != NULL; p++) {
                if (strcmp(p->op, ops[k / 2].op) != 0 || strcmp(p->types, types) != 0 || !nrv__cpu_has(p->tier))
                    continue;
                for (int64_t turn = 0; turn < n; turn++, tried++) {
                    for (int64_t j = 0; j < n; j++) {
                        b[j] = a[(j + turn) % n];
                        both[j] = (int64_t)tt_wrapped(ops[k / 2].sign, (uint64_t)a[j], (uint64_t)b[j]);
                    }
                    nrv__from_whole(y, t, b, n);
                    nrv__from_whole(want, t, both, n);
                    p->run(&(nrv__lane){ .out = got, .in = { x, y }, .n = n });
                    assert_memory_equal(got, want, (size_t)(n * size));
                }
            }
    }
    assert_true(tried > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_cast), cmocka_unit_test(integers_wrap) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
