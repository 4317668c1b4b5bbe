/* copy_test.c - copies of any strides, and uniform random numbers: both exactly what a plain loop gives. */
#include "base/philox.h"
#include "kernel_test.h"

/* the axes of x in another order, some broadcast, some reversed or with gaps, as the views of a plan are */
static nrv__view ct_view(const kt_tensor *x, const int *order, int kind)
{
    nrv__view v = x->v;
    for (int i = 0; i < v.rank; i++) {
        v.dim[i] = x->v.dim[order[i]], v.stride[i] = x->v.stride[order[i]];
        if (kind == 1 && i % 2 == 1)
            v.stride[i] = 0;
        if (kind == 2 && v.dim[i] > 1)
            v.dim[i] = (v.dim[i] + 1) / 2, v.stride[i] *= 2;
    }
    if (kind == 3 && v.rank > 0 && v.dim[0] > 0) {
        v.data = (char *)v.data + (v.dim[0] - 1) * v.stride[0] * (int64_t)nrv__dtype_size(v.type);
        v.stride[0] = -v.stride[0];
    }
    return v;
}

static void ct_check(const nrv__view *v, int skew)
{
    kt_tensor y = kt_new(v->type, skew, v->rank, v->dim);
    const int64_t n = kt_count(v);
    const size_t size = nrv__dtype_size(v->type);
    char *want = malloc((size_t)n * size + 1);
    assert_non_null(want);
    for (int64_t i = 0; i < n; i++) {
        int64_t at = 0, rest = i;
        for (int d = v->rank - 1; d >= 0; d--) {
            at += rest % v->dim[d] * v->stride[d];
            rest /= v->dim[d];
        }
        memcpy(want + (size_t)i * size, (const char *)v->data + at * (int64_t)size, size);
    }
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next("copy", &i)) != NULL;) {
        assert_true(kt_run(k, (nrv__args){ .in = v, .n_in = 1 }, &y));
        if (memcmp(want, y.v.data, y.bytes) != 0)
            fail_msg("copy, tier %d: rank %d, first axis %d, stride %d: wrong", (int)k->tier, v->rank, (int)v->dim[0],
                     (int)v->stride[0]);
    }
    free(want);
    kt_free(&y);
}

static void ct_views(void **state)
{
    (void)state;
    static const int orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 0, 2, 1, 3 }, { 0, 2, 3, 1 },
                                     { 0, 3, 1, 2 }, { 1, 0, 3, 2 }, { 2, 3, 0, 1 }, { 3, 0, 1, 2 } };
    static const int64_t shapes[][4] = { { 2, 3, 4, 5 }, { 1, 20, 1, 37 }, { 3, 16, 16, 16 }, { 7, 1, 33, 64 },
                                         { 2, 0, 3, 4 }, { 1, 1, 1, 1 },   { 65, 1, 2, 130 }, { 4, 8, 12, 20 } };
    static const nrv_dtype types[] = { NRV_F32, NRV_BOOL, NRV_I64, NRV_F16 };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
            kt_tensor x = kt_new(types[t], 1, 4, shapes[s]);
            for (size_t i = 0; i < x.bytes; i++)
                ((unsigned char *)x.v.data)[i] = (unsigned char)(i * 131 + i / 251);
            for (size_t o = 0; o < sizeof orders / sizeof *orders; o++)
                for (int kind = 0; kind < 4; kind++) {
                    const nrv__view v = ct_view(&x, orders[o], kind);
                    ct_check(&v, (int)o);
                }
            kt_free(&x);
        }
    kt_tensor x = kt_floats(0, KT_DIMS(300, 500));
    nrv__view v = ct_view(&x, (const int[]){ 1, 0 }, 0);
    ct_check(&v, 0), ct_check(&x.v, 3);
    v.rank = 0;
    ct_check(&v, 0);
    kt_free(&x);
}

static void ct_uniform(void **state)
{
    (void)state;
    static const int64_t lengths[] = { 0, 1, 3, 4, 63, 64, 65, 4095, 4096, 4097, 10001 };
    int64_t run = 0x0123456789abcdef;
    const nrv__random_attr attr = { .key = 0xfedcba9876543210u, .type = NRV_F32 };
    const nrv__view in = { .data = &run, .rank = 0, .type = NRV_I64 };
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
        kt_tensor y = kt_new(NRV_F32, 1, 1, &lengths[l]);
        int found = 0;
        const nrv__kernel *k;
        for (int i = 0; (k = kt_next("uniform", &i)) != NULL; found++) {
            assert_true(kt_run(k, (nrv__args){ .in = &in, .n_in = 1, .attr = &attr }, &y));
            for (int64_t e = 0; e < lengths[l]; e++) {
                const uint32_t counter[4] = { (uint32_t)(e / 4), 0, 0x89abcdefu, 0x01234567u };
                const uint32_t key[2] = { 0x76543210u, 0xfedcba98u };
                uint32_t bits[4];
                nrv__philox(counter, key, bits);
                assert_true(((float *)y.v.data)[e] == (float)(bits[e % 4] >> 8) / 16777216.0f);
            }
        }
        assert_true(found > 0);
        kt_free(&y);
    }
}

/* several counters: each item begins anew, wherever blocks and units end */
static void ct_uniform_items(void **state)
{
    (void)state;
    static const int64_t shape[][3] = { { 1, 1, 5 },    { 3, 1, 1 },    { 2, 3, 4 }, { 2, 2, 63 }, { 5, 13, 65 },
                                        { 1, 7, 1027 }, { 2, 1, 5000 }, { 0, 3, 4 }, { 3, 2, 0 } };
    const nrv__random_attr attr = { .key = 0xfedcba9876543210u, .type = NRV_F32 };
    for (size_t l = 0; l < sizeof shape / sizeof *shape; l++) {
        int64_t run[65], items = shape[l][0] * shape[l][1], each = shape[l][2];
        for (int64_t i = 0; i < items; i++)
            run[i] = i * 0x123456789a + 5;
        const nrv__view in = {
            .data = run, .rank = 2, .type = NRV_I64, .dim = { shape[l][0], shape[l][1] }, .stride = { shape[l][1], 1 }
        };
        kt_tensor y = kt_new(NRV_F32, 1, 3, shape[l]);
        const nrv__kernel *k;
        for (int i = 0; (k = kt_next("uniform", &i)) != NULL;) {
            assert_true(kt_run(k, (nrv__args){ .in = &in, .n_in = 1, .attr = &attr }, &y));
            for (int64_t e = 0; e < items * each; e++) {
                const uint64_t at = (uint64_t)(e % each), r = (uint64_t)run[e / each];
                uint32_t bits[4];
                nrv__philox((const uint32_t[]){ (uint32_t)(at / 4), 0, (uint32_t)r, (uint32_t)(r >> 32) },
                            (const uint32_t[]){ 0x76543210u, 0xfedcba98u }, bits);
                assert_true(((float *)y.v.data)[e] == (float)(bits[at % 4] >> 8) / 16777216.0f);
            }
        }
        kt_free(&y);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(ct_views), cmocka_unit_test(ct_uniform),
                                        cmocka_unit_test(ct_uniform_items) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
