/* gemm_test.c - matmul kernels of every tier against three loops in double: sizes around vectors, tiles and blocks,
   every layout of the inputs, batches that are broadcast, and vectors. */
#include "kernel_test.h"

typedef struct gt_case {
    int64_t m, n, k;
} gt_case;

/* error of a float sum of k products: roundings wander as the root of k */
static double gt_slack(int64_t k)
{
    return 6e-8 * (3 + sqrt((double)k));
}

static float gt_at(const nrv__view *v, int64_t offset, int64_t i, int64_t j)
{
    return ((const float *)v->data)[offset + i * v->stride[v->rank - 2] + j * v->stride[v->rank - 1]];
}

static void gt_product(const nrv__view *a, int64_t at_a, const nrv__view *b, int64_t at_b, const gt_case *s,
                       double *want, double *size)
{
    for (int64_t i = 0; i < s->m; i++)
        for (int64_t j = 0; j < s->n; j++) {
            double sum = 0, mass = 0;
            for (int64_t k = 0; k < s->k; k++) {
                const double x = (double)gt_at(a, at_a, i, k) * (double)gt_at(b, at_b, k, j);
                sum += x, mass += fabs(x);
            }
            want[i * s->n + j] = sum, size[i * s->n + j] = mass;
        }
}

static void gt_turn(nrv__view *v) /* the last two axes change places: a transposed view */
{
    const int r = v->rank;
    const int64_t d = v->dim[r - 1], s = v->stride[r - 1];
    v->dim[r - 1] = v->dim[r - 2], v->stride[r - 1] = v->stride[r - 2];
    v->dim[r - 2] = d, v->stride[r - 2] = s;
}

/* a matrix (rows, cols) laid out plainly, transposed, or with gaps in both directions */
static kt_tensor gt_matrix(int layout, int64_t rows, int64_t cols, int skew)
{
    kt_tensor t;
    if (layout == 1) {
        t = kt_floats(skew, KT_DIMS(cols, rows));
        gt_turn(&t.v);
    } else if (layout == 2) {
        t = kt_floats(skew, KT_DIMS(rows, cols * 2 + 3));
        t.v.dim[1] = cols, t.v.stride[1] = 2;
    } else if (layout == 3) {
        t = kt_floats(skew, KT_DIMS(rows, cols + 5));
        t.v.dim[1] = cols;
    } else {
        t = kt_floats(skew, KT_DIMS(rows, cols));
    }
    return t;
}

static void gt_check(const gt_case *s, int layout_a, int layout_b)
{
    kt_tensor a = gt_matrix(layout_a, s->m, s->k, 1), b = gt_matrix(layout_b, s->k, s->n, 3);
    kt_tensor c = kt_new(NRV_F32, 5, KT_DIMS(s->m, s->n));
    const nrv__view in[2] = { a.v, b.v };
    const nrv__args args = { .in = in, .n_in = 2 };
    double *want = malloc((size_t)(s->m * s->n + 1) * 16), *size = want + s->m * s->n;
    assert_non_null(want);
    gt_product(&a.v, 0, &b.v, 0, s, want, size);
    char what[96];
    snprintf(what, sizeof what, "%lldx%lldx%lld layouts %d %d", (long long)s->m, (long long)s->n, (long long)s->k,
             layout_a, layout_b);
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next("gemm", &i)) != NULL;) {
        assert_true(kt_run(k, args, &c));
        kt_near(k, what, c.v.data, want, size, s->m * s->n, gt_slack(s->k));
    }
    free(want);
    kt_free(&a), kt_free(&b), kt_free(&c);
}

static void gt_sizes(void **state)
{
    (void)state;
    static const int64_t small[] = { 0, 1, 2, 3, 5, 6, 7, 8, 13, 16, 17, 31, 32, 33 };
    const int n = (int)(sizeof small / sizeof *small);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            for (int l = 0; l < n; l += 1 + (i + j) % 3)
                gt_check(&(gt_case){ small[i], small[j], small[l] }, (i + l) % 4, (j + 2 * l) % 4);
}

static void gt_blocks(void **state)
{
    (void)state;
    static const gt_case list[] = {
        { 63, 65, 64 },   { 64, 64, 129 },  { 100, 127, 385 }, { 257, 256, 30 }, { 37, 513, 40 },  { 300, 300, 50 },
        { 1, 700, 300 },  { 700, 1, 300 },  { 1, 1, 5000 },    { 6, 2000, 33 },  { 2000, 10, 33 }, { 40, 640, 800 },
        { 128, 10, 512 }, { 10, 512, 128 }, { 32, 1, 16 },     { 1, 33, 1 },     { 33, 1, 1 },     { 1, 1, 0 },
        { 600, 1024, 5 }, { 16, 16, 1153 }, { 70, 3, 1100 },   { 131, 7, 17 },   { 700, 11, 130 }, { 70, 2, 140 },
        { 41, 12, 200 },  { 90, 5, 131 },
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        for (int layout = 0; layout < 16; layout++)
            gt_check(&list[i], layout % 4, layout / 4);
}

/* (2,3,M,K) x (2,3,K,N) with the batch strides given: 0 broadcasts */
static void gt_batch(const gt_case *s, const int64_t *sa, const int64_t *sb, int rank_b)
{
    kt_tensor a = kt_floats(2, KT_DIMS(2, 3, s->m, s->k)), b = kt_floats(1, KT_DIMS(2, 3, s->k, s->n));
    kt_tensor c = kt_new(NRV_F32, 1, KT_DIMS(2, 3, s->m, s->n));
    for (int i = 0; i < 2; i++) {
        a.v.stride[i] = sa[i] * s->m * s->k;
        b.v.stride[i] = sb[i] * s->k * s->n;
    }
    if (s->m == 68) /* A^T */
        a.v.stride[2] = 1, a.v.stride[3] = s->m;
    nrv__view in[2] = { a.v, b.v };
    if (rank_b == 2) {
        in[1].rank = 2;
        for (int i = 0; i < 2; i++)
            in[1].dim[i] = b.v.dim[i + 2], in[1].stride[i] = b.v.stride[i + 2];
    }
    double *want = malloc((size_t)(6 * s->m * s->n) * 16), *size = want + 6 * s->m * s->n;
    assert_non_null(want);
    for (int64_t u = 0; u < 6; u++)
        gt_product(&a.v, u / 3 * a.v.stride[0] + u % 3 * a.v.stride[1], &b.v,
                   rank_b == 2 ? 0 : u / 3 * b.v.stride[0] + u % 3 * b.v.stride[1], s, want + u * s->m * s->n,
                   size + u * s->m * s->n);
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next("gemm", &i)) != NULL;) {
        assert_true(kt_run(k, (nrv__args){ .in = in, .n_in = 2 }, &c));
        kt_near(k, "batch", c.v.data, want, size, 6 * s->m * s->n, gt_slack(s->k));
    }
    free(want);
    kt_free(&a), kt_free(&b), kt_free(&c);
}

static void gt_batches(void **state)
{
    (void)state;
    static const gt_case list[] = { { 5, 7, 9 }, { 1, 17, 6 }, { 33, 1, 20 }, { 70, 40, 12 }, { 68, 5, 16 } };
    static const int64_t strides[][2] = { { 3, 1 }, { 0, 1 }, { 1, 0 }, { 0, 0 } };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        for (int l = 0; l < 16; l++)
            gt_batch(&list[i], strides[l % 4], strides[l / 4], l % 3 == 0 && l / 4 == 3 ? 2 : 4);
}

/* an inf or NaN in one row and column must show there and nowhere else: padding may not leak */
static void gt_special(void **state)
{
    (void)state;
    kt_tensor a = kt_floats(0, KT_DIMS(19, 21)), b = kt_floats(0, KT_DIMS(21, 37));
    kt_tensor c = kt_new(NRV_F32, 0, KT_DIMS(19, 37));
    ((float *)a.v.data)[4 * 21 + 2] = NAN;
    ((float *)b.v.data)[3 * 37 + 36] = INFINITY;
    const nrv__view in[2] = { a.v, b.v };
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next("gemm", &i)) != NULL;) {
        assert_true(kt_run(k, (nrv__args){ .in = in, .n_in = 2 }, &c));
        for (int64_t at = 0; at < 19 * 37; at++) {
            const float x = ((float *)c.v.data)[at];
            assert_int_equal(at / 37 == 4, isnan(x) != 0);
            assert_int_equal(at % 37 == 36 && at / 37 != 4, isinf(x) != 0);
        }
    }
    kt_free(&a), kt_free(&b), kt_free(&c);
}

static void gt_refuses(void **state)
{
    (void)state;
    kt_tensor a = kt_new(NRV_F64, 0, KT_DIMS(2, 2)), c = kt_new(NRV_F64, 0, KT_DIMS(2, 2));
    const nrv__view in[2] = { a.v, a.v };
    int found = 0;
    const nrv__kernel *k;
    for (int i = 0; (k = kt_next("gemm", &i)) != NULL; found++)
        assert_false(kt_run(k, (nrv__args){ .in = in, .n_in = 2 }, &c));
    assert_true(found > 0);
    kt_free(&a), kt_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gt_sizes),   cmocka_unit_test(gt_blocks),  cmocka_unit_test(gt_batches),
        cmocka_unit_test(gt_special), cmocka_unit_test(gt_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
