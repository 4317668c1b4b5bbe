/* sort_test.c - the order of float32 along an axis against insertion by the definition: every tier, both directions,
   axes in the middle, ties, zeros of both signs, infinities and NaN. */
#include "kernel_test.h"

/* a stands before b */
static bool so_before(float a, float b, bool down)
{
    const bool more = a > b || (isnan(a) && !isnan(b)), less = a < b || (isnan(b) && !isnan(a));
    return down ? more : less;
}

static void so_define(const float *x, int64_t n, int64_t step, bool down, int32_t *at)
{
    for (int64_t i = 0; i < n; i++) {
        int64_t k = i;
        for (; k > 0 && so_before(x[i * step], x[at[k - 1] * step], down); k--)
            at[k] = at[k - 1];
        at[k] = (int32_t)i;
    }
}

static void so_check(int64_t outer, int64_t n, int64_t inner, bool ties)
{
    static const float odd[] = { 0.0f, -0.0f, NAN, INFINITY, -INFINITY, 1e-40f, -1e-40f, 1, -1 };
    kt_tensor x = kt_floats(1, KT_DIMS(outer, n, inner)), y = kt_new(NRV_I32, 1, KT_DIMS(outer, n, inner));
    for (int64_t i = 0, all = kt_count(&x.v); i < all && ties; i++)
        ((float *)x.v.data)[i] = odd[(size_t)(4 + 4 * kt_random()) % 9];
    int32_t *want = malloc((size_t)(n + 1) * sizeof *want);
    assert_non_null(want);
    for (int64_t down = 0; down < 2; down++) {
        const nrv__sort_attr attr = { 1, down };
        const nrv__kernel *k;
        int found = 0;
        for (int i = 0; (k = kt_next("argsort", &i)) != NULL; found++) {
            assert_true(kt_run(k, (nrv__args){ .in = &x.v, .n_in = 1, .attr = &attr }, &y));
            for (int64_t r = 0; r < outer * inner && n; r++) {
                const int64_t first = r / inner * inner * n + r % inner;
                so_define((const float *)x.v.data + first, n, inner, down != 0, want);
                for (int64_t j = 0; j < n; j++)
                    assert_int_equal(((const int32_t *)y.v.data)[first + j * inner], want[j]);
            }
        }
        assert_true(found > 0);
    }
    free(want);
    kt_free(&x), kt_free(&y);
}

static void so_orders(void **state)
{
    (void)state;
    static const int64_t shape[][3] = { { 1, 0, 1 },   { 2, 1, 3 },    { 3, 48, 2 },  { 1, 49, 1 }, { 5, 7, 1 },
                                        { 900, 9, 1 }, { 1, 1000, 1 }, { 2, 300, 3 }, { 0, 4, 2 },  { 1, 2, 700 } };
    for (size_t s = 0; s < sizeof shape / sizeof *shape; s++) {
        so_check(shape[s][0], shape[s][1], shape[s][2], false);
        so_check(shape[s][0], shape[s][1], shape[s][2], true);
    }
}

static void so_other_types(void **state)
{
    (void)state;
    const nrv__sort_attr attr = { 0, 0 };
    kt_tensor x = kt_new(NRV_F64, 1, KT_DIMS(4)), y = kt_new(NRV_I32, 1, KT_DIMS(4));
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next("argsort", &i)) != NULL;)
        assert_false(kt_run(k, (nrv__args){ .in = &x.v, .n_in = 1, .attr = &attr }, &y));
    kt_free(&x), kt_free(&y);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(so_orders), cmocka_unit_test(so_other_types) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
