/* lines_test.c - lines moved and added by index, against plain loops in double: every tier, units dealt four ways,
   batches, indexes of both types at odd addresses, and indexes out of range, which are reported and touch nothing. */
#include "base/fault.h"
#include "kernel_test.h"

static kt_tensor lt_indexes(nrv_dtype type, int rank, const int64_t *dim, int64_t lo, int64_t hi)
{
    kt_tensor t = kt_new(type, 1, rank, dim);
    for (int64_t i = 0, n = kt_count(&t.v); i < n; i++) {
        const int64_t v = lo + (int64_t)((kt_random() + 1) / 2 * (double)(hi - lo + 1)) % (hi - lo + 1);
        if (type == NRV_I32)
            ((int32_t *)t.v.data)[i] = (int32_t)v;
        else
            ((int64_t *)t.v.data)[i] = v;
    }
    return t;
}

static int64_t lt_index(const kt_tensor *t, int64_t i)
{
    return t->v.type == NRV_I32 ? ((int32_t *)t->v.data)[i] : ((int64_t *)t->v.data)[i];
}

typedef struct lt_shape {
    int64_t batch, outer, n, m, inner;
} lt_shape;

static const lt_shape lt_shapes[] = { { 1, 1, 5, 7, 3 },      { 1, 2, 4, 0, 5 },    { 2, 3, 4, 9, 2 },
                                      { 1, 1, 300, 20, 130 }, { 3, 1, 1, 40, 129 }, { 1, 1, 9, 12, 0 },
                                      { 1, 1, 2000, 3, 64 },  { 2, 2, 50, 400, 1 }, { 1, 1, 3, 900, 257 },
                                      { 1, 0, 3, 4, 2 } };
enum { LT_SHAPES = sizeof lt_shapes / sizeof *lt_shapes };
static const nrv__lines_attr lt_attr = { .axis = 2, .batch = 1 }; /* (batch, outer, n, inner), index (batch, m) */

/* ---- gather ---- */
static void lt_gather_at(const lt_shape *s, nrv_dtype type, nrv_dtype index)
{
    kt_tensor x = kt_new(type, 1, KT_DIMS(s->batch, s->outer, s->n, s->inner));
    kt_tensor i = lt_indexes(index, KT_DIMS(s->batch, s->m), 0, s->n - 1);
    kt_tensor y = kt_new(type, 1, KT_DIMS(s->batch, s->outer, s->m, s->inner));
    const size_t size = nrv__dtype_size(type), row = (size_t)s->inner * size;
    for (size_t b = 0; b < x.bytes; b++)
        ((unsigned char *)x.v.data)[b] = (unsigned char)(b * 131 + b / 251);
    const nrv__kernel *k;
    int found = 0;
    for (int at = 0; (k = kt_next("gather", &at)) != NULL; found++) {
        nrv__fault fault = { 0 };
        const nrv__view in[2] = { x.v, i.v };
        assert_true(kt_run(k, (nrv__args){ .in = in, .n_in = 2, .attr = &lt_attr, .fault = &fault }, &y));
        assert_int_equal(nrv__fault_status(&fault), NRV_OK);
        for (int64_t r = 0; r < s->batch * s->outer * s->m && row; r++) {
            const int64_t line = r / s->m, from = line * s->n + lt_index(&i, line / s->outer * s->m + r % s->m);
            assert_memory_equal((char *)y.v.data + (size_t)r * row, (char *)x.v.data + (size_t)from * row, row);
        }
    }
    assert_true(found > 0);
    kt_free(&x), kt_free(&i), kt_free(&y);
}

static void lt_gather(void **state)
{
    (void)state;
    for (int s = 0; s < LT_SHAPES; s++) {
        lt_gather_at(&lt_shapes[s], NRV_F32, NRV_I32);
        lt_gather_at(&lt_shapes[s], NRV_F16, NRV_I64);
        lt_gather_at(&lt_shapes[s], NRV_I64, NRV_I32);
        lt_gather_at(&lt_shapes[s], NRV_BOOL, NRV_I32);
    }
}

/* an element of each of rows x n; beyond: so far out of range go some indexes, whose elements are 0 and reported */
static void lt_take_at(int64_t rows, int64_t n, nrv_dtype type, nrv_dtype index, int64_t beyond)
{
    kt_tensor x = kt_new(type, 1, KT_DIMS(rows, n)), i = lt_indexes(index, KT_DIMS(rows), -beyond, n - 1 + beyond);
    kt_tensor y = kt_new(type, 1, KT_DIMS(rows));
    const size_t size = nrv__dtype_size(type);
    const char zero[8] = { 0 };
    for (size_t b = 0; b < x.bytes; b++)
        ((unsigned char *)x.v.data)[b] = (unsigned char)(1 + (b * 131 + b / 251) % 255);
    const nrv__kernel *k;
    int found = 0;
    for (int at = 0; (k = kt_next("take", &at)) != NULL; found++) {
        nrv__fault fault = { 0 };
        const nrv__view in[2] = { x.v, i.v };
        bool bad = false;
        assert_true(kt_run(k, (nrv__args){ .in = in, .n_in = 2, .fault = &fault }, &y));
        for (int64_t r = 0; r < rows; r++) {
            const int64_t from = lt_index(&i, r), outside = from < 0 || from >= n;
            const char *want = outside ? zero : (const char *)x.v.data + (size_t)(r * n + from) * size;
            assert_memory_equal((char *)y.v.data + (size_t)r * size, want, size);
            bad = bad || outside;
        }
        assert_int_equal(nrv__fault_status(&fault), bad ? NRV_EVALUE : NRV_OK);
        assert_true(bad || beyond == 0 || rows == 0);
    }
    assert_true(found > 0);
    kt_free(&x), kt_free(&i), kt_free(&y);
}

static void lt_take(void **state)
{
    (void)state;
    for (int64_t beyond = 0; beyond < 2; beyond++) {
        lt_take_at(0, 5, NRV_F32, NRV_I32, beyond);
        lt_take_at(30, 1, NRV_F64, NRV_I64, 2 * beyond);
        lt_take_at(700, 33, NRV_F16, NRV_I32, 30 * beyond);
        lt_take_at(16384, 3, NRV_BOOL, NRV_I64, beyond);
        lt_take_at(40001, 7, NRV_F32, NRV_I32, beyond);
    }
}

/* ---- brought together ---- */
static void lt_scatter_at(const lt_shape *s, nrv_dtype index, bool most, int64_t beyond)
{
    kt_tensor x = kt_floats(1, KT_DIMS(s->batch, s->outer, s->m, s->inner));
    kt_tensor i = lt_indexes(index, KT_DIMS(s->batch, s->m), -beyond, s->n - 1 + beyond);
    kt_tensor y = kt_new(NRV_F32, 1, KT_DIMS(s->batch, s->outer, s->n, s->inner));
    const int64_t n = kt_count(&y.v);
    double *want = calloc((size_t)n + 1, sizeof *want);
    bool *some = calloc((size_t)n + 1, sizeof *some);
    assert_true(want != NULL && some != NULL);
    int64_t bad = -1;
    for (int64_t r = s->batch * s->outer * s->m - 1; r >= 0; r--) {
        const int64_t line = r / s->m, position = line / s->outer * s->m + r % s->m, at = lt_index(&i, position);
        bad = at < 0 || at >= s->n ? position : bad;
        for (int64_t k = 0; k < s->inner && at >= 0 && at < s->n; k++) {
            const int64_t to = (line * s->n + at) * s->inner + k;
            const double v = (double)((float *)x.v.data)[r * s->inner + k];
            want[to] = !most ? want[to] + v : !some[to] ? v : fmax(want[to], v);
            some[to] = true;
        }
    }
    const nrv__kernel *k;
    int found = 0;
    for (int at = 0; (k = kt_next(most ? "segment_max" : "scatter_add", &at)) != NULL; found++) {
        nrv__fault fault = { 0 };
        const nrv__view in[2] = { x.v, i.v };
        assert_true(kt_run(k, (nrv__args){ .in = in, .n_in = 2, .attr = &lt_attr, .fault = &fault }, &y));
        assert_int_equal(nrv__fault_status(&fault), bad < 0 ? NRV_OK : NRV_EVALUE);
        assert_int_equal(nrv__fault_unit(&fault), bad);
        for (int64_t e = 0; e < n; e++)
            if (fabs((double)((float *)y.v.data)[e] - want[e]) > 6e-8 * fabs(want[e]) + 1e-14)
                fail_msg("%s, tier %d: element %d is %.9g, should be %.17g", k->name, (int)k->tier, (int)e,
                         (double)((float *)y.v.data)[e], want[e]);
    }
    assert_true(found > 0);
    free(want), free(some);
    kt_free(&x), kt_free(&i), kt_free(&y);
}

static void lt_scatter(void **state)
{
    (void)state;
    for (int s = 0; s < LT_SHAPES; s++)
        for (int beyond = 0; beyond < 2; beyond++) {
            lt_scatter_at(&lt_shapes[s], NRV_I32, false, beyond);
            lt_scatter_at(&lt_shapes[s], NRV_I64, false, beyond);
            lt_scatter_at(&lt_shapes[s], NRV_I32, true, beyond);
        }
    lt_scatter_at(&(lt_shape){ 1, 1, 0, 3, 4 }, NRV_I32, false, 1); /* nothing to point to */
}

static void lt_special(void **state) /* NaN wins a maximum, -inf is a number, an empty segment is 0 */
{
    (void)state;
    const float inf = INFINITY;
    kt_tensor x = kt_new(NRV_F32, 0, KT_DIMS(1, 1, 6, 1)), i = kt_new(NRV_I32, 0, KT_DIMS(1, 6)),
              y = kt_new(NRV_F32, 0, KT_DIMS(1, 1, 4, 1));
    memcpy(x.v.data, (const float[]){ 1, NAN, 3, -inf, -2, -1 }, 24);
    memcpy(i.v.data, (const int32_t[]){ 0, 0, 0, 1, 3, 3 }, 24);
    const nrv__kernel *k;
    for (int at = 0; (k = kt_next("segment_max", &at)) != NULL;) {
        const nrv__view in[2] = { x.v, i.v };
        assert_true(kt_run(k, (nrv__args){ .in = in, .n_in = 2, .attr = &lt_attr }, &y));
        const float *got = y.v.data;
        assert_true(isnan(got[0]) && got[1] == -inf && got[2] == 0 && got[3] == -1);
    }
    kt_free(&x), kt_free(&i), kt_free(&y);
}

/* ---- CSR ---- */
static void lt_csr_at(int64_t rows, int64_t n, int64_t nnz, int64_t inner, nrv_dtype index)
{
    kt_tensor p = kt_new(index, 1, KT_DIMS(rows + 1)), col = lt_indexes(NRV_I32, KT_DIMS(nnz), 0, n - 1);
    kt_tensor v = kt_floats(1, KT_DIMS(nnz)), x = kt_floats(1, KT_DIMS(n, inner)),
              y = kt_new(NRV_F32, 1, KT_DIMS(rows, inner));
    double *want = calloc((size_t)(rows * inner) * 2 + 1, sizeof *want), *mass = want + rows * inner;
    assert_non_null(want);
    for (int64_t r = 0, at = 0; r <= rows; r++) { /* some rows are empty */
        at = r == rows ? nnz : r % 3 == 1 ? at : nnz * r / (rows + 1);
        if (index == NRV_I32)
            ((int32_t *)p.v.data)[r] = (int32_t)at;
        else
            ((int64_t *)p.v.data)[r] = at;
    }
    for (int64_t r = 0; r < rows; r++)
        for (int64_t e = lt_index(&p, r); e < lt_index(&p, r + 1); e++)
            for (int64_t k = 0; k < inner; k++) {
                const double one =
                    (double)((float *)v.v.data)[e] * (double)((float *)x.v.data)[lt_index(&col, e) * inner + k];
                want[r * inner + k] += one, mass[r * inner + k] += fabs(one);
            }
    const nrv__kernel *k;
    int found = 0;
    for (int at = 0; (k = kt_next("csr_matmul", &at)) != NULL; found++) {
        nrv__fault fault = { 0 };
        const nrv__view in[4] = { p.v, col.v, v.v, x.v };
        assert_true(kt_run(k, (nrv__args){ .in = in, .n_in = 4, .fault = &fault }, &y));
        assert_int_equal(nrv__fault_status(&fault), NRV_OK);
        kt_near(k, "CSR", y.v.data, want, mass, rows * inner, 6e-8);
    }
    assert_true(found > 0);
    free(want);
    kt_free(&p), kt_free(&col), kt_free(&v), kt_free(&x), kt_free(&y);
}

static void lt_csr(void **state)
{
    (void)state;
    lt_csr_at(4, 5, 9, 3, NRV_I32), lt_csr_at(300, 70, 2000, 33, NRV_I64), lt_csr_at(7, 3, 0, 2, NRV_I32);
    lt_csr_at(1, 20, 500, 300, NRV_I32), lt_csr_at(40, 9, 90, 0, NRV_I32), lt_csr_at(2000, 2000, 9000, 1, NRV_I64);
}

static void lt_csr_hostile(void **state) /* nothing outside is read, and the first thing wrong is what is said */
{
    (void)state;
    static const struct {
        int32_t p[4], col[3];
        const char *why;
    } rows[] = { { { 1, 2, 2, 3 }, { 0, 1, 0 }, "rowptr begins with 1; it must begin with 0" },
                 { { 0, 2, 1, 3 }, { 0, 1, 0 }, "rowptr falls from 2 to 1 at row 1; it must not fall" },
                 { { 0, 1, 2, 2 }, { 0, 1, 0 }, "rowptr ends with 2; it must end with the number of values, 3" },
                 { { 0, 1, 2, 2000000000 },
                   { 0, 1, 0 },
                   "rowptr ends with 2000000000; it must end with the number of values, 3" },
                 { { -2000000000, 1, 2, 3 }, { 9, 1, 0 }, "rowptr begins with -2000000000; it must begin with 0" },
                 { { 0, 1, 2, 3 }, { 0, 2, -1 }, "index 2 at position 1; it must lie in 0..1" } };
    kt_tensor p = kt_new(NRV_I32, 0, KT_DIMS(4)), col = kt_new(NRV_I32, 0, KT_DIMS(3)), v = kt_floats(0, KT_DIMS(3)),
              x = kt_floats(0, KT_DIMS(2, 5)), y = kt_new(NRV_F32, 0, KT_DIMS(3, 5));
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        memcpy(p.v.data, rows[r].p, sizeof rows[r].p), memcpy(col.v.data, rows[r].col, sizeof rows[r].col);
        const nrv__kernel *k;
        for (int at = 0; (k = kt_next("csr_matmul", &at)) != NULL;) {
            nrv__fault fault = { 0 };
            const nrv__view in[4] = { p.v, col.v, v.v, x.v };
            assert_true(kt_run(k, (nrv__args){ .in = in, .n_in = 4, .fault = &fault }, &y));
            assert_string_equal(nrv__fault_text(&fault), rows[r].why);
        }
    }
    kt_free(&p), kt_free(&col), kt_free(&v), kt_free(&x), kt_free(&y);
}

/* ---- runs ---- */
static void lt_run_at(const lt_shape *s, nrv_dtype type, nrv_dtype index, bool bad)
{
    const int64_t length = s->m < s->n ? s->m : s->n, to[] = { s->batch, s->outer, s->n, s->inner };
    kt_tensor x = kt_new(type, 1, 4, to), part = kt_new(type, 1, KT_DIMS(s->batch, s->outer, length, s->inner));
    kt_tensor i = lt_indexes(index, KT_DIMS(s->batch), bad ? s->n - length + 1 : 0, s->n - length + bad);
    const size_t line = (size_t)s->inner * nrv__dtype_size(type), run = line * (size_t)length;
    for (size_t b = 0; b < x.bytes; b++)
        ((unsigned char *)x.v.data)[b] = (unsigned char)(b * 131 + b / 251);
    for (size_t b = 0; b < part.bytes; b++)
        ((unsigned char *)part.v.data)[b] = (unsigned char)(b * 37 + 5);
    for (int write = 0; write < 2; write++) {
        kt_tensor y = write ? kt_new(type, 1, 4, to) : kt_new(type, 1, KT_DIMS(s->batch, s->outer, length, s->inner));
        char *want = malloc(y.bytes + 1);
        assert_non_null(want);
        memcpy(want, (write ? &x : &part)->v.data, y.bytes);
        for (int64_t r = 0; r < s->batch * s->outer && run; r++) {
            const size_t at = ((size_t)(r * s->n) + (size_t)lt_index(&i, r / s->outer)) * line, small = (size_t)r * run;
            if (write && !bad)
                memcpy(want + at, (char *)part.v.data + small, run);
            else if (!write && !bad)
                memcpy(want + small, (char *)x.v.data + at, run);
            else if (!write)
                memset(want + small, 0, run);
        }
        const nrv__kernel *k;
        for (int at = 0; (k = kt_next(write ? "write" : "read", &at)) != NULL;) {
            nrv__fault fault = { 0 };
            const nrv__view in[3] = { x.v, i.v, part.v };
            const nrv__lines_attr attr = { .axis = 2 };
            assert_true(kt_run(
                k, (nrv__args){ .in = in, .n_in = 2 + write, .attr = &attr, .size = &length, .fault = &fault }, &y));
            assert_int_equal(nrv__fault_status(&fault), bad && s->outer ? NRV_EVALUE : NRV_OK);
            assert_memory_equal(want, y.v.data, y.bytes);
        }
        free(want);
        kt_free(&y);
    }
    kt_free(&x), kt_free(&part), kt_free(&i);
}

static void lt_runs(void **state)
{
    (void)state;
    for (int s = 0; s < LT_SHAPES; s++)
        for (int bad = 0; bad < 2; bad++) {
            lt_run_at(&lt_shapes[s], NRV_F32, NRV_I32, bad);
            lt_run_at(&lt_shapes[s], NRV_I64, NRV_I64, bad);
            lt_run_at(&lt_shapes[s], NRV_F16, NRV_I32, bad);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(lt_gather),  cmocka_unit_test(lt_take),
                                        cmocka_unit_test(lt_scatter), cmocka_unit_test(lt_special),
                                        cmocka_unit_test(lt_csr),     cmocka_unit_test(lt_csr_hostile),
                                        cmocka_unit_test(lt_runs) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
