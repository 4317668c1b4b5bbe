/* reduce_test.c - sum, max_of, min_of over every set of axes, softmax and log_softmax, against loops in double. */
#include "kernel_test.h"

static double rt_join(int kind, double a, double b)
{
    if (kind == 0)
        return a + b;
    return isnan(a) ? a : isnan(b) ? b : kind == 1 ? fmax(a, b) : fmin(a, b);
}

/* want[kept index] over the elements of x; mass = the sum of magnitudes */
static void rt_define(int kind, const nrv__view *x, int64_t axes, double *want, double *mass, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        want[i] = kind == 0 ? 0 : kind == 1 ? -INFINITY : INFINITY, mass[i] = 0;
    for (int64_t i = 0, all = kt_count(x); i < all; i++) {
        int64_t at = 0, step = 1, rest = i;
        for (int d = x->rank - 1; d >= 0; d--) {
            if ((axes >> d & 1) == 0)
                at += rest % x->dim[d] * step, step *= x->dim[d];
            rest /= x->dim[d];
        }
        const double v = (double)((const float *)x->data)[i];
        want[at] = rt_join(kind, want[at], v), mass[at] += fabs(v);
    }
}

static void rt_check(int rank, const int64_t *dim, int64_t axes, bool nans)
{
    static const char *const name[3] = { "sum", "max_of", "min_of" };
    kt_tensor x = kt_floats(3, rank, dim);
    int64_t kept[8];
    for (int i = 0; i < rank; i++)
        kept[i] = axes >> i & 1 ? 1 : dim[i];
    for (int64_t i = 0, n = kt_count(&x.v); i < n && nans; i += 37)
        ((float *)x.v.data)[i] = i % 2 ? NAN : INFINITY;
    kt_tensor y = kt_new(NRV_F32, 1, rank, kept);
    const int64_t n = kt_count(&y.v);
    double *want = malloc((size_t)(n + 1) * 16), *mass = want + n;
    assert_non_null(want);
    const nrv__reduce_attr attr = { .axes = axes, .keep = 1 };
    for (int kind = 0; kind < 3; kind++) {
        rt_define(kind, &x.v, axes, want, mass, n);
        const nrv__kernel *k;
        for (int i = 0; (k = kt_next(name[kind], &i)) != NULL;) {
            assert_true(kt_run(k, (nrv__args){ .in = &x.v, .n_in = 1, .attr = &attr }, &y));
            for (int64_t j = 0; j < n; j++) {
                const double got = (double)((float *)y.v.data)[j], w = want[j];
                /* half an ulp of the result, and double's own roundings of what cancelled */
                if (!(got == w) && !(isnan(got) && isnan(w)) && !(fabs(got - w) <= 6e-8 * fabs(w) + 1e-14 * mass[j]))
                    fail_msg("%s, tier %d, rank %d axes %d: element %d is %.9g, should be %.17g", k->name, (int)k->tier,
                             rank, (int)axes, (int)j, got, w);
            }
        }
    }
    free(want);
    kt_free(&x), kt_free(&y);
}

static void rt_axes(void **state)
{
    (void)state;
    static const int64_t shapes[][4] = { { 3, 5, 7, 9 }, { 2, 1, 33, 40 }, { 5, 16, 2, 1 }, { 1, 1, 1, 1 },
                                         { 2, 0, 3, 4 }, { 4, 3, 5, 130 }, { 17, 3, 1, 65 } };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int64_t axes = 0; axes < 16; axes++)
            rt_check(4, shapes[s], axes, axes % 3 == 2);
}

static void rt_large(void **state) /* what networks do: everything, a bias, channels of images, rows */
{
    (void)state;
    rt_check(1, (int64_t[]){ 1000003 }, 1, false);
    rt_check(1, (int64_t[]){ 16384 * 4 }, 1, false);
    rt_check(2, (int64_t[]){ 3000, 100 }, 1, false);
    rt_check(2, (int64_t[]){ 40000, 3 }, 1, false);
    rt_check(4, (int64_t[]){ 64, 6, 14, 14 }, 13, false);
    rt_check(2, (int64_t[]){ 600, 300 }, 2, false);
    rt_check(2, (int64_t[]){ 2, 60000 }, 2, true);
    rt_check(1, (int64_t[]){ 0 }, 1, false);
    rt_check(0, NULL, 0, false);
    for (int64_t n = 1; n < 140; n++)
        rt_check(2, (int64_t[]){ 3, n }, 1 + n % 2, n % 7 == 0);
}

static void rt_softmax_row(const float *x, double *y, double *log_y, int64_t n)
{
    double max = -INFINITY, sum = 0;
    for (int64_t i = 0; i < n; i++)
        max = rt_join(1, max, (double)x[i]);
    for (int64_t i = 0; i < n; i++)
        sum += exp((double)x[i] - max);
    for (int64_t i = 0; i < n; i++) {
        y[i] = exp((double)x[i] - max) / sum;
        log_y[i] = (double)x[i] - max - log(sum);
    }
}

static void rt_softmax_check(int64_t rows, int64_t n, double spread, int special)
{
    kt_tensor x = kt_floats(1, KT_DIMS(rows, n)), y = kt_new(NRV_F32, 3, KT_DIMS(rows, n));
    float *v = x.v.data;
    for (int64_t i = 0; i < rows * n; i++) {
        v[i] *= (float)spread;
        if (special != 0 && i % 5 == 1)
            v[i] = special == 1 ? -INFINITY : special == 2 ? INFINITY : NAN;
    }
    double *want[2] = { malloc((size_t)(rows * n + 1) * 8), malloc((size_t)(rows * n + 1) * 8) };
    assert_true(want[0] != NULL && want[1] != NULL);
    for (int64_t r = 0; r < rows; r++)
        rt_softmax_row(v + r * n, want[0] + r * n, want[1] + r * n, n);
    const nrv__axis_attr attr = { 1 };
    for (int kind = 0; kind < 2; kind++) {
        const nrv__kernel *k;
        for (int i = 0; (k = kt_next(kind == 0 ? "softmax" : "log_softmax", &i)) != NULL;) {
            assert_true(kt_run(k, (nrv__args){ .in = &x.v, .n_in = 1, .attr = &attr }, &y));
            for (int64_t j = 0; j < rows * n; j++) {
                const double got = (double)((float *)y.v.data)[j], w = want[kind][j];
                /* 4 ulp; a logarithm near 0 is as good as the float sum of powers it comes from */
                if (!(got == w) && !(isnan(got) && isnan(w)) &&
                    !(fabs(got - w) <= 2.4e-7 * fabs(w) + (kind == 0 ? 3e-45 : 1.2e-7)))
                    fail_msg("%s, tier %d, %dx%d: element %d is %.9g, should be %.17g", k->name, (int)k->tier,
                             (int)rows, (int)n, (int)j, got, w);
            }
        }
    }
    free(want[0]), free(want[1]);
    kt_free(&x), kt_free(&y);
}

static void rt_softmax(void **state)
{
    (void)state;
    for (int64_t n = 1; n < 70; n++)
        rt_softmax_check(1 + n % 9, n, n % 2 ? 3 : 90, n % 13 == 0 ? (int)(n / 13) % 4 : 0);
    rt_softmax_check(70, 300, 10, 0);
    rt_softmax_check(5000, 10, 10, 0);
    rt_softmax_check(2, 20000, 1, 0);
    rt_softmax_check(0, 7, 1, 0);
    rt_softmax_check(7, 0, 1, 0);
}

static void rt_refuses(void **state)
{
    (void)state;
    kt_tensor x = kt_floats(0, KT_DIMS(2, 2)), y = kt_floats(0, KT_DIMS(2, 2));
    const nrv__axis_attr attr = { 0 };
    int found = 0;
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next("softmax", &i)) != NULL; found++)
        assert_false(kt_run(k, (nrv__args){ .in = &x.v, .n_in = 1, .attr = &attr }, &y));
    assert_true(found > 0);
    kt_free(&x), kt_free(&y);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(rt_axes), cmocka_unit_test(rt_large),
                                        cmocka_unit_test(rt_softmax), cmocka_unit_test(rt_refuses) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
