/* fft_test.c - Fourier transforms of every length up to 70 and of some long ones, along each axis, both ways, against
   the sum in double. */
#include "kernel_test.h"

/* the definition, with the angle by jk mod n */
static void ft_define(const nrv__view *x, const nrv__fft_attr *f, const double *from, double *to)
{
    const int64_t n = x->dim[f->axis], stride = x->stride[f->axis], all = kt_count(x);
    const double scale = f->norm == 0 ? 1 : f->norm == 1 ? 1 / sqrt((double)n) : 1 / (double)n;
    double *c = malloc((size_t)n * 2 * sizeof *c), *s = c + n;
    assert_non_null(c);
    for (int64_t k = 0; k < n; k++) {
        const double turn = (f->back ? 2 : -2) * 3.14159265358979323846 * (double)k / (double)n;
        c[k] = cos(turn), s[k] = sin(turn);
    }
    for (int64_t i = 0; i < all; i += 2) {
        const int64_t k = i / stride % n, start = i - k * stride;
        double re = 0, im = 0;
        for (int64_t j = 0; j < n; j++) {
            const double *at = from + start + j * stride;
            re += at[0] * c[j * k % n] - at[1] * s[j * k % n];
            im += at[0] * s[j * k % n] + at[1] * c[j * k % n];
        }
        to[i] = re * scale, to[i + 1] = im * scale;
    }
    free(c);
}

/* the error is measured against the root of n: what random terms of size 1 add up to */
static void ft_check(nrv_dtype type, int rank, const int64_t *dim, const nrv__fft_attr *f)
{
    kt_tensor x = kt_new(type, 1, rank, dim), y = kt_new(type, 3, rank, dim);
    const int64_t all = kt_count(&x.v), n = dim[f->axis];
    double *from = malloc((size_t)all * 3 * sizeof *from + 8), *want = from + all, *got = want + all;
    assert_non_null(from);
    for (int64_t i = 0; i < all; i++)
        from[i] = (double)(float)kt_random();
    nrv__from_double(x.v.data, type, from, all);
    ft_define(&x.v, f, from, want);
    const double scale = sqrt((double)n) * (f->norm == 0 ? 1 : f->norm == 1 ? 1 / sqrt((double)n) : 1 / (double)n);
    const double slack = type == NRV_F32 ? 3e-7 : 1e-15 * (8 + sqrt((double)n));
    int at = 0, ran = 0;
    for (const nrv__kernel *k; (k = kt_next("fft", &at)) != NULL; ran++) {
        assert_true(kt_run(k, (nrv__args){ .in = &x.v, .n_in = 1, .attr = f }, &y));
        nrv__to_double(got, y.v.data, type, all);
        for (int64_t i = 0; i < all; i++)
            if (!(fabs(got[i] - want[i]) <= slack * scale))
                fail_msg("fft, tier %d, length %lld: element %lld is %.17g, should be %.17g", (int)k->tier,
                         (long long)n, (long long)i, got[i], want[i]);
    }
    assert_true(ran > 0);
    free(from);
    kt_free(&x);
    kt_free(&y);
}

static void every_length(void **state)
{
    (void)state;
    for (int64_t n = 1; n <= 70; n++)
        for (int k = 0; k < 4; k++)
            ft_check(k % 2 ? NRV_F32 : NRV_F64, KT_DIMS(3, n, 2), &(nrv__fft_attr){ 1, k / 2, n % 3 });
}

static void other_axes(void **state)
{
    (void)state;
    for (int64_t n = 0; n <= 40; n += n < 4 ? 1 : 12)
        for (int64_t axis = 0; axis < 2; axis++)
            ft_check(NRV_F32, KT_DIMS(n + 1, 11, 2), &(nrv__fft_attr){ axis, 1, 0 });
    ft_check(NRV_F64, KT_DIMS(2, 6, 19, 2), &(nrv__fft_attr){ 1, 0, 1 });
    ft_check(NRV_F32, KT_DIMS(0, 6, 2), &(nrv__fft_attr){ 1, 0, 1 });
    ft_check(NRV_F32, KT_DIMS(6, 0, 2), &(nrv__fft_attr){ 0, 0, 1 });
}

static void long_lines(void **state)
{
    static const int64_t n[] = { 1024, 1009, 1536, 2310, 961, 2048, 37 * 41 };
    (void)state;
    for (size_t i = 0; i < sizeof n / sizeof *n; i++)
        for (int k = 0; k < 2; k++)
            ft_check(k ? NRV_F32 : NRV_F64, KT_DIMS(2, n[i], 2), &(nrv__fft_attr){ 1, k, 0 });
}

/* beyond where lines go together: of one frequency alone, the line is known without a sum */
static void very_long_lines(void **state)
{
    static const int64_t n[] = { 1 << 16, 3 * 3 * 5 * 7 * 128, 40009 };
    (void)state;
    for (size_t i = 0; i < sizeof n / sizeof *n; i++) {
        const nrv__fft_attr f = { 0, 0, 2 };
        kt_tensor x = kt_new(NRV_F64, 0, KT_DIMS(n[i], 2)), y = kt_new(NRV_F64, 0, KT_DIMS(n[i], 2));
        double *wave = x.v.data, *got = y.v.data;
        for (int64_t k = 0; k < n[i]; k++) {
            const double turn = 2 * 3.14159265358979323846 * (double)(k * 1000 % n[i]) / (double)n[i];
            wave[2 * k] = cos(turn), wave[2 * k + 1] = sin(turn);
        }
        int at = 0;
        for (const nrv__kernel *k; (k = kt_next("fft", &at)) != NULL;) {
            assert_true(kt_run(k, (nrv__args){ .in = &x.v, .n_in = 1, .attr = &f }, &y));
            for (int64_t e = 0; e < 2 * n[i]; e++)
                assert_true(fabs(got[e] - (e == 2000 ? 1 : 0)) < 2e-15);
        }
        kt_free(&x);
        kt_free(&y);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_length), cmocka_unit_test(other_axes),
                                        cmocka_unit_test(long_lines), cmocka_unit_test(very_long_lines) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
