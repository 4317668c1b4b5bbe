/* test_linalg.c - factorisations multiplied out again: for matrices of many shapes, among them those that break
   careless algorithms - zeros, equal eigenvalues, low rank, entries near the ends of double's range, NaN and infinity.

   What is the factor's is asked for as well: orthonormal columns, triangles, order. Does not do: gradients and small
   matrices worked out by hand, which the registry's tests do. */
#include "../../src/graph/graph.h"
#include <setjmp.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <math.h>
#include <string.h>
#include <cmocka.h>

enum { MOST = 48 };
typedef enum { RANDOM, ZERO, ONES, IDENTITY, LOW_RANK, HUGE, TINY, GRADED, CLUSTERED, KINDS } matrix_kind;
static const char *const kind_name[] = { "random", "zero", "ones",   "identity",         "of low rank",
                                         "huge",   "tiny", "graded", "with equal values" };

typedef struct linalg_graph {
    nrv_store *s;
    nrv_graph *g;
} linalg_graph;

static double noise(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 9007199254740992.0 - 0.5;
}

static void matrix_of(matrix_kind kind, int m, int n, bool symmetric, double *a)
{
    uint64_t state = (uint64_t)kind * 10000 + (uint64_t)(m * 100 + n + 1);
    double u[3][MOST], v[3][MOST], scale = kind == HUGE ? 1e300 : kind == TINY ? 1e-300 : 1;
    for (int r = 0; r < 3; r++)
        for (int i = 0; i < MOST; i++)
            u[r][i] = noise(&state), v[r][i] = noise(&state);
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            double x = noise(&state);
            if (kind == ZERO)
                x = 0;
            else if (kind == ONES)
                x = 1;
            else if (kind == IDENTITY)
                x = i == j;
            else if (kind == LOW_RANK)
                x = u[0][i] * v[0][j] + u[1][i] * v[1][j];
            else if (kind == GRADED)
                x *= pow(10, -(double)(i + j) / 3);
            else if (kind == CLUSTERED)
                x = (i == j ? 1 + 2 * (i % 2) : 0) + 1e-15 * x;
            a[i * n + j] = scale * x;
        }
    for (int i = 0; i < m && symmetric; i++)
        for (int j = 0; j < i; j++)
            a[i * n + j] = a[j * n + i];
}

static linalg_graph graph_new(void)
{
    linalg_graph t = { nrv_store_new(NULL), NULL };
    t.g = nrv_graph_new(t.s, 0);
    return t;
}

static void graph_end(linalg_graph *t)
{
    nrv_graph_free(t->g);
    nrv_store_free(t->s);
}

static double *value_of(nrv_tensor x)
{
    nrv_shape s = nrv_shape_of(x);
    size_t n = 1;
    for (int i = 0; i < s.rank; i++)
        n *= (size_t)s.dim[i];
    double *v = malloc(n * sizeof *v + 1);
    if (nrv_eval(x, v, n * sizeof *v))
        fail_msg("%s", nrv_graph_why(nrv_graph_of(x)));
    return v;
}

/* the largest |x - y|, by the largest |y| */
static double apart(nrv_tensor x, nrv_tensor y)
{
    nrv_shape s = nrv_shape_of(y);
    double *a = value_of(x), *b = value_of(y), most = 0, scale = 0;
    int64_t n = 1;
    for (int i = 0; i < s.rank; i++)
        n *= s.dim[i];
    for (int64_t i = 0; i < n; i++)
        scale = fabs(b[i]) > scale ? fabs(b[i]) : scale;
    for (int64_t i = 0; i < n; i++) {
        double d = scale > 0 ? fabs(a[i] / scale - b[i] / scale) : fabs(a[i]);
        most = d > most || d != d ? d : most;
    }
    free(a);
    free(b);
    return most;
}

static nrv_tensor ones_diagonal(nrv_graph *g, int64_t n)
{
    double *one = calloc((size_t)(n * n) + 1, sizeof *one);
    for (int64_t i = 0; i < n; i++)
        one[i * n + i] = 1;
    nrv_tensor y = nrv_constant(g, NRV_F64, NRV_SHAPE(n, n), one);
    free(one);
    return y;
}

static void is_near(double distance, double most, const char *what, matrix_kind kind, int m, int n)
{
    if (!(distance <= most))
        fail_msg("%s of a %d x %d matrix, %s: %.3g apart, at most %.3g", what, m, n, kind_name[kind], distance, most);
}

static void orthonormal(nrv_tensor q, const char *what, matrix_kind kind, int m, int n)
{
    nrv_tensor one = ones_diagonal(nrv_graph_of(q), nrv_dim_of(q, 1));
    is_near(apart(nrv_matmul(nrv_transpose(q), q), one), 1e-13, what, kind, m, n);
}

static nrv_tensor matrix_in(linalg_graph *t, matrix_kind kind, int m, int n, bool symmetric)
{
    double a[MOST * MOST] = { 0 };
    matrix_of(kind, m, n, symmetric, a);
    return nrv_constant(t->g, NRV_F64, NRV_SHAPE(m, n), a);
}

static void descends(nrv_tensor s, int n, double sign)
{
    double *v = value_of(s);
    for (int i = 0; i + 1 < n; i++)
        assert_true(sign * v[i] >= sign * v[i + 1]);
    free(v);
}

static nrv_tensor scaled(nrv_tensor x, nrv_tensor by, int n)
{
    return nrv_mul(x, nrv_reshape(by, NRV_SHAPE(1, n)));
}

static void a_matrix(matrix_kind kind, int m, int n)
{
    int k = m < n ? m : n;
    linalg_graph t = graph_new();
    nrv_tensor a = matrix_in(&t, kind, m, n, false), r, s, vt, l, u;
    nrv_tensor q = nrv_qr(a, 0, &r);
    is_near(apart(nrv_matmul(q, r), a), 1e-13, "Q R", kind, m, n);
    orthonormal(q, "Q^T Q", kind, m, n);
    q = nrv_svd(a, 0, &s, &vt);
    is_near(apart(nrv_matmul(scaled(q, s, k), vt), a), 1e-13, "U S V^T", kind, m, n);
    orthonormal(q, "U^T U", kind, m, n);
    orthonormal(nrv_transpose(vt), "V^T V", kind, m, n);
    descends(s, k, 1);
    orthonormal(nrv_svd(a, 1, &s, &vt), "the whole U", kind, m, n);
    orthonormal(vt, "the whole V", kind, m, n);
    nrv_tensor p = nrv_lu(a, &l, &u);
    is_near(apart(nrv_matmul(p, nrv_matmul(l, u)), a), 1e-12, "P L U", kind, m, n);
    graph_end(&t);
}

static void a_symmetric_matrix(matrix_kind kind, int n)
{
    linalg_graph t = graph_new();
    nrv_tensor a = matrix_in(&t, kind, n, n, true), v, w = nrv_eigh(a, &v);
    is_near(apart(nrv_matmul(scaled(v, w, n), nrv_transpose(v)), a), 1e-13, "V w V^T", kind, n, n);
    orthonormal(v, "V^T V", kind, n, n);
    descends(w, n, -1);
    if (kind == RANDOM) {
        nrv_tensor pivots, ld = nrv_ldl_factor(a, &pivots), b = matrix_in(&t, RANDOM, n, 2, false);
        is_near(apart(nrv_matmul(a, nrv_ldl_solve(ld, pivots, b)), b), 1e-9, "a x by L D L^T", kind, n, n);
    }
    if (kind != HUGE && kind != TINY) {
        nrv_tensor b = nrv_add(nrv_matmul(a, nrv_transpose(a)), ones_diagonal(t.g, n)), l = nrv_cholesky(b, 0);
        is_near(apart(nrv_matmul(l, nrv_transpose(l)), b), 1e-13, "L L^T", kind, n, n);
        is_near(apart(nrv_matmul(nrv_inv(b), b), ones_diagonal(t.g, n)), 1e-10, "b^-1 b", kind, n, n);
    }
    graph_end(&t);
}

/* a V = V diag(w) in complex numbers, vectors of length 1 */
static void a_complex_one(matrix_kind kind, int n)
{
    linalg_graph t = graph_new();
    nrv_tensor a = matrix_in(&t, kind, n, n, false), v, w = nrv_eig(a, &v), part[2], value[2];
    for (int i = 0; i < 2; i++) {
        part[i] = nrv_reshape(nrv_slice(v, 2, i, 1), NRV_SHAPE(n, n));
        value[i] = nrv_reshape(nrv_slice(w, 1, i, 1), NRV_SHAPE(n));
    }
    nrv_tensor re = nrv_sub(scaled(part[0], value[0], n), scaled(part[1], value[1], n));
    nrv_tensor im = nrv_add(scaled(part[0], value[1], n), scaled(part[1], value[0], n));
    nrv_tensor size = nrv_max_of(nrv_reshape(nrv_abs(a), NRV_SHAPE(n * n)), 0, 0);
    is_near(apart(nrv_add(size, nrv_sub(nrv_matmul(a, part[0]), re)), nrv_broadcast(size, NRV_SHAPE(n, n))), 1e-12,
            "a V, the real part,", kind, n, n);
    is_near(apart(nrv_add(size, nrv_sub(nrv_matmul(a, part[1]), im)), nrv_broadcast(size, NRV_SHAPE(n, n))), 1e-12,
            "a V, the imaginary part,", kind, n, n);
    nrv_tensor length = nrv_sum(nrv_add(nrv_square(part[0]), nrv_square(part[1])), 0, 0);
    is_near(apart(length, nrv_fill(t.g, NRV_F64, NRV_SHAPE(n), 1)), 1e-13, "|v|", kind, n, n);
    graph_end(&t);
}

/* what the definition of a pseudoinverse and of least squares says */
static void a_least_one(matrix_kind kind, int m, int n)
{
    linalg_graph t = graph_new();
    nrv_tensor a = matrix_in(&t, kind, m, n, false), p = nrv_pinv(a), b = matrix_in(&t, RANDOM, m, 1, false);
    is_near(apart(nrv_matmul(a, nrv_matmul(p, a)), a), 1e-10, "a a+ a", kind, m, n);
    nrv_tensor r = nrv_sub(nrv_matmul(a, nrv_lstsq(a, b)), b), one = nrv_fill(t.g, NRV_F64, NRV_SHAPE(n, 1), 1);
    is_near(apart(nrv_add(one, nrv_matmul(nrv_transpose(a), r)), one), 1e-9, "a^T (a x - b)", kind, m, n);
    graph_end(&t);
}

static void multiplied_out_again(void **state)
{
    static const int length[] = { 1, 2, 3, 5, 15, 16, 17, 40 };
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < sizeof length / sizeof *length; i++) {
            for (size_t k = 0; k < sizeof length / sizeof *length; k++)
                a_matrix((matrix_kind)kind, length[i], length[k]);
            for (size_t k = 0; k < 5 && kind <= LOW_RANK; k++)
                a_least_one((matrix_kind)kind, length[i], length[k]);
            a_symmetric_matrix((matrix_kind)kind, length[i]);
            a_complex_one((matrix_kind)kind, length[i]);
        }
}

static void what_is_not_finite_ends(void **state)
{
    static const double odd[] = { NAN, INFINITY, -INFINITY, 1.7e308, 5e-324 };
    (void)state;
    for (int n = 1; n < 20; n += 6)
        for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
            for (int whole = 0; whole < 2; whole++) {
                linalg_graph t = graph_new();
                double a[MOST * MOST] = { 0 };
                matrix_of(RANDOM, n, n, true, a);
                for (int k = 0; k < (whole ? n * n : 1); k++)
                    a[k] = odd[i];
                nrv_tensor x = nrv_constant(t.g, NRV_F64, NRV_SHAPE(n, n), a);
                nrv_tensor y[] = { nrv_cholesky(x, 0),       nrv_qr(x, 0, NULL),        nrv_eigh(x, NULL),
                                   nrv_svdvals(x),           nrv_lu(x, NULL, NULL),     nrv_det(x),
                                   nrv_cofactor(x),          nrv_slogdet(x, NULL),      nrv_inv(x),
                                   nrv_matrix_exp(x),        nrv_ldl_factor(x, NULL),   nrv_pinv(x),
                                   nrv_matrix_rank(x, NULL), nrv_solve(x, x),           nrv_lstsq(x, x),
                                   nrv_cond(x, NULL),        nrv_matrix_norm(x, "nuc"), nrv_solve_triangular(x, x, 1),
                                   nrv_eig(x, NULL) };
                for (size_t k = 0; k < sizeof y / sizeof *y; k++)
                    assert_int_equal(nrv_eval(y[k], NULL, 0), NRV_OK);
                graph_end(&t);
            }
}

/* e^a for a rotation by angle t in each plane, and a block of Jordan's: known in closed form, at all scales */
static void exponentials(void **state)
{
    (void)state;
    for (double t = 1e-9; t < 100; t *= 7.3) {
        linalg_graph s = graph_new();
        const double a[9] = { 0, t, 0, -t, 0, 0, 0, 0, -t },
                     want[9] = { cos(t), sin(t), 0, -sin(t), cos(t), 0, 0, 0, exp(-t) };
        nrv_tensor y = nrv_matrix_exp(nrv_constant(s.g, NRV_F64, NRV_SHAPE(3, 3), a));
        is_near(apart(y, nrv_constant(s.g, NRV_F64, NRV_SHAPE(3, 3), want)), 2e-13, "e^a", RANDOM, 3, 3);
        graph_end(&s);
    }
}

/* lengths 10 2 8 3 5: a ((b c) d) takes 48 + 30 + 100 multiplications, the worst order 680. Lengths without a number
   are multiplied from the left */
static void chains_multiply_least(void **state)
{
    (void)state;
    for (int named = 0; named < 2; named++) {
        linalg_graph s = graph_new();
        nrv_dim m = named ? nrv_size(s.g, "M", 1, 100) : 10;
        nrv_tensor x[4] = { nrv_input(s.g, "a", NRV_F64, NRV_SHAPE(m, 2)),
                            nrv_input(s.g, "b", NRV_F64, NRV_SHAPE(2, 8)),
                            nrv_input(s.g, "c", NRV_F64, NRV_SHAPE(8, 3)),
                            nrv_input(s.g, "d", NRV_F64, NRV_SHAPE(3, 5)) };
        assert_non_null(nrv_multi_dot(4, x));
        assert_int_equal(s.g->macs, named ? 2 * 8 + 8 * 3 + 3 * 5 : 178);
        graph_end(&s);
    }
}

/* x a = b, b being a matrix of one row or that row */
static void rows_are_solved_from_the_right(void **state)
{
    (void)state;
    linalg_graph s = graph_new();
    nrv_tensor a = nrv_constant(s.g, NRV_F64, NRV_SHAPE(2, 2), ((double[]){ 1, 2, 3, -1 }));
    nrv_tensor b = nrv_constant(s.g, NRV_F64, NRV_SHAPE(2), ((double[]){ 5, 7 }));
    const nrv_solve_opt right = { .right = 1 };
    nrv_tensor row = nrv_solve_with(a, nrv_reshape(b, NRV_SHAPE(1, 2)), &right), x = nrv_solve_with(a, b, &right);
    is_near(apart(nrv_matmul(row, a), nrv_reshape(b, NRV_SHAPE(1, 2))), 1e-15, "x a, a matrix,", RANDOM, 1, 2);
    is_near(apart(nrv_matmul(x, a), b), 1e-15, "x a, a vector,", RANDOM, 1, 2);
    graph_end(&s);
}

/* three matrices each: sound, not from their second row on, not at all */
static void failures_are_numbered(void **state)
{
    (void)state;
    const double a[] = { 4, 2, 2, 5, 1, 2, 2, 1, -1, 0, 0, 1 }, b[] = { 4, 2, 2, 5, 1, 2, 2, 4, 0, 0, 0, 0 };
    linalg_graph s = graph_new();
    nrv_tensor x = nrv_constant(s.g, NRV_F64, NRV_SHAPE(3, 2, 2), a),
               y = nrv_constant(s.g, NRV_F64, NRV_SHAPE(3, 2, 2), b);
    nrv_tensor info[5] = { NULL };
    nrv_cholesky_ex(x, 0, &info[0]);
    nrv_lu_factor_ex(y, NULL, &info[1]);
    nrv_ldl_factor_ex(y, NULL, &info[2]);
    nrv_inv_ex(y, &info[3]);
    nrv_solve_ex(y, y, NULL, &info[4]);
    for (int i = 0; i < 5; i++) {
        int32_t got[3];
        assert_int_equal(nrv_eval(info[i], got, sizeof got), NRV_OK);
        assert_int_equal(got[0], 0);
        assert_int_equal(got[1], 2);
        assert_int_equal(got[2], 1);
    }
    graph_end(&s);
}

static void axes_on_the_way_are_counted(void **state)
{
    (void)state;
    linalg_graph s = graph_new();
    nrv_tensor x = nrv_fill(s.g, NRV_F64, NRV_SHAPE(1, 1, 1, 1, 1), 1), in[] = { x, x, x };
    assert_null(nrv_einsum("abcde,fghij,fghij->abcde", 3, in));
    assert_non_null(strstr(nrv_graph_why(s.g), "a product of more than 8 axes on the way in"));
    graph_end(&s);
}

/* ---- lengths by name, one as the other and more ---- */
static nrv_tensor named_qr(nrv_tensor a)
{
    nrv_tensor r, q = nrv_qr(a, 0, &r);
    return nrv_add(nrv_sum_all(nrv_cos(q)), nrv_sum_all(nrv_sin(r)));
}

static nrv_tensor named_svd(nrv_tensor a)
{
    return nrv_sum_all(nrv_sin(nrv_svdvals(a)));
}

static nrv_tensor named_lu(nrv_tensor a)
{
    nrv_tensor pivots;
    return nrv_sum_all(nrv_sin(nrv_lu_factor(a, &pivots)));
}

static nrv_tensor named_pinv(nrv_tensor a)
{
    return nrv_sum_all(nrv_sin(nrv_pinv(a)));
}

static nrv_tensor named_diagonal(nrv_tensor a)
{
    return nrv_sum_all(nrv_sin(nrv_diagonal(a, 0, 0, 1)));
}

typedef nrv_tensor named_fn(nrv_tensor a);

/* f of m x n numbers, and its gradient behind it: as they are, or N x (N + K) by name */
static void named_run(named_fn *f, bool by_name, bool wide, int64_t n, int64_t k, const double *value, double *out)
{
    linalg_graph t = graph_new();
    nrv_dim N = by_name ? nrv_size(t.g, "N", 1, 9) : n, K = by_name ? nrv_size(t.g, "K", 0, 9) : k;
    nrv_dim M = nrv_dim_calc(t.g, N, '+', K);
    nrv_tensor a = nrv_input(t.g, "a", NRV_F64, wide ? NRV_SHAPE(N, M) : NRV_SHAPE(M, N)), y = f(a), da = NULL;
    nrv_grad(y, NULL, 1, &a, &da);
    nrv_output(t.g, "y", y);
    nrv_output(t.g, "da", da);
    nrv_plan *p = nrv_compile(t.g, NULL);
    nrv_exec *e = nrv_exec_new(p, t.s, NULL);
    if (by_name) {
        nrv_set_size(e, "N", n);
        nrv_set_size(e, "K", k);
    }
    const size_t bytes = (size_t)(n * (n + k)) * sizeof *value;
    nrv_bind_in(e, "a", value, bytes);
    nrv_bind_out(e, "y", out, sizeof *out);
    nrv_bind_out(e, "da", out + 1, bytes);
    if (nrv_run(e))
        fail_msg("%s", nrv_graph_why(t.g) ? nrv_graph_why(t.g) : nrv_why(e));
    nrv_exec_free(e);
    nrv_plan_free(p);
    graph_end(&t);
}

static void lengths_by_name_are_ordered_by_what_is_said(void **state)
{
    static named_fn *const f[] = { named_qr, named_svd, named_lu, named_pinv, named_diagonal };
    (void)state;
    for (size_t i = 0; i < sizeof f / sizeof *f; i++)
        for (int turn = 0; turn < 6; turn++) {
            const int64_t n = 3, k = turn / 2;
            double a[15], by_name[16], as_is[16];
            matrix_of(RANDOM, (int)n, (int)(n + k), false, a);
            named_run(f[i], true, turn % 2, n, k, a, by_name);
            named_run(f[i], false, turn % 2, n, k, a, as_is);
            for (int64_t e = 0; e < n * (n + k) + 1; e++)
                if (!(fabs(by_name[e] - as_is[e]) <= 1e-11 * (1 + fabs(as_is[e]))))
                    fail_msg("function %zu, %lld x %lld%s, number %lld: %.17g by name, %.17g", i, (long long)n,
                             (long long)(n + k), turn % 2 ? "" : " turned", (long long)e, by_name[e], as_is[e]);
        }
}

static void lengths_that_nothing_orders_are_refused(void **state)
{
    (void)state;
    linalg_graph t = graph_new();
    nrv_tensor r, a = nrv_input(t.g, "a", NRV_F64, NRV_SHAPE(nrv_size(t.g, "M", 1, 9), nrv_size(t.g, "N", 8, 99)));
    assert_null(nrv_qr(a, 0, &r));
    assert_string_equal(nrv_graph_why(t.g),
                        "qr: which of M rows and N columns are fewer is not known\n"
                        "  input 0: input f64 [M, N] a\n"
                        "  hint  say it: nrv_size with ranges that do not overlap, or the longer as "
                        "the shorter plus a size");
    graph_end(&t);
    t = graph_new();
    a = nrv_input(t.g, "a", NRV_F64, NRV_SHAPE(nrv_size(t.g, "M", 1, 9), nrv_size(t.g, "N", 9, 99)));
    assert_non_null(nrv_qr(a, 0, &r));
    assert_true(nrv_shape_of(r).dim[0] == nrv_shape_of(a).dim[0]);
    graph_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(multiplied_out_again),
                                        cmocka_unit_test(what_is_not_finite_ends),
                                        cmocka_unit_test(exponentials),
                                        cmocka_unit_test(chains_multiply_least),
                                        cmocka_unit_test(rows_are_solved_from_the_right),
                                        cmocka_unit_test(failures_are_numbered),
                                        cmocka_unit_test(axes_on_the_way_are_counted),
                                        cmocka_unit_test(lengths_by_name_are_ordered_by_what_is_said),
                                        cmocka_unit_test(lengths_that_nothing_orders_are_refused) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
