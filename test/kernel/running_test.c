/* running_test.c - cumsum and linear_scan along every axis, in both directions, against loops in double. */
#include "kernel_test.h"

/* a: NULL for a sum */
static void nt_define(const nrv__view *a, const nrv__view *b, int64_t axis, bool reverse, double *want)
{
    const float *fa = a ? a->data : NULL, *fb = b->data;
    const int64_t n = b->dim[axis], inner = b->stride[axis];
    for (int64_t i = 0, all = kt_count(b); i < all; i++) {
        if (i / inner % n != 0)
            continue; /* a line begins here */
        double h = 0;
        for (int64_t k = 0; k < n; k++) {
            const int64_t at = i + (reverse ? n - 1 - k : k) * inner;
            h = k == 0 ? (double)fb[at] : (fa ? (double)fa[at] : 1) * h + (double)fb[at];
            want[at] = h;
        }
    }
}

static void nt_check(int rank, const int64_t *dim, bool odd)
{
    kt_tensor in[2] = { kt_floats(1, rank, dim), kt_floats(3, rank, dim) }, y = kt_new(NRV_F32, 1, rank, dim);
    const int64_t n = kt_count(&y.v);
    for (int64_t i = 5; i < n && odd; i += 41)
        ((float *)in[1].v.data)[i] = i % 2 ? NAN : INFINITY;
    double *want = malloc((size_t)(n + 1) * 8);
    assert_non_null(want);
    const nrv__view views[2] = { in[0].v, in[1].v };
    for (int64_t way = 0; way < 2 * rank; way++) {
        const nrv__running_attr attr = { way / 2, way % 2 };
        for (int two = 0; two < 2; two++) {
            nt_define(two ? &views[0] : NULL, &views[1], way / 2, way % 2, want);
            const nrv__kernel *k;
            for (int i = 0; (k = kt_next(two ? "linear_scan" : "cumsum", &i)) != NULL;) {
                assert_true(
                    kt_run(k, (nrv__args){ .in = two ? views : views + 1, .n_in = 1 + two, .attr = &attr }, &y));
                for (int64_t j = 0; j < n; j++) {
                    const double got = (double)((float *)y.v.data)[j], w = want[j];
                    /* half an ulp, and double's roundings of what cancelled on the way */
                    if (!(got == w) && !(isnan(got) && isnan(w)) && !(fabs(got - w) <= 6e-8 * fabs(w) + 1e-12))
                        fail_msg("%s, tier %d, rank %d axis %d: element %d is %.9g, should be %.17g", k->name,
                                 (int)k->tier, rank, (int)(way / 2), (int)j, got, w);
                }
            }
        }
    }
    free(want);
    kt_free(&in[0]), kt_free(&in[1]), kt_free(&y);
}

static void nt_axes(void **state)
{
    (void)state;
    static const int64_t shapes[][3] = { { 3, 5, 7 }, { 2, 1, 33 },  { 5, 16, 1 }, { 1, 1, 1 },
                                         { 2, 0, 3 }, { 4, 3, 300 }, { 9, 40, 2 } };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        nt_check(3, shapes[s], false);
        nt_check(3, shapes[s], true);
    }
}

static void nt_long(void **state)
{
    (void)state;
    nt_check(1, (int64_t[]){ 100003 }, false);
    nt_check(2, (int64_t[]){ 300, 129 }, false);
    nt_check(2, (int64_t[]){ 7, 6000 }, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nt_axes), cmocka_unit_test(nt_long) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
