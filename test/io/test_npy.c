/* test_npy.c - every NPY file that NumPy wrote for us, and those that it refuses. */
#include "../../src/base/json.h"
#include "../../src/data/data.h"
#include "support/failing.h"
#include "support/shared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

typedef struct expectation {
    char expect[16], type[16];
    int rank;
    int64_t dim[8];
    double value[4096];
    int values;
    bool complex;
} expectation;

static void read_values(nrv__json *j, expectation *x)
{
    int depth = 1;
    while (depth > 0) {
        nrv__json_event e = nrv__json_next(j);
        depth += (e == NRV__JSON_ARRAY) - (e == NRV__JSON_ARRAY_END);
        x->complex = x->complex || e == NRV__JSON_ARRAY;
        if (e == NRV__JSON_INT || e == NRV__JSON_REAL || e == NRV__JSON_TRUE || e == NRV__JSON_FALSE) {
            assert_true(x->values < 4096);
            x->value[x->values++] = e == NRV__JSON_TRUE ? 1 : e == NRV__JSON_FALSE ? 0 : j->real;
        }
        assert_int_not_equal(e, NRV__JSON_ERROR);
    }
}

static void read_expectation(nrv__json *j, expectation *x)
{
    memset(x, 0, sizeof *x);
    assert_int_equal(nrv__json_next(j), NRV__JSON_OBJECT);
    while (nrv__json_next(j) == NRV__JSON_KEY) {
        bool expect = nrv__json_is(j, "expect"), type = nrv__json_is(j, "dtype");
        bool shape = nrv__json_is(j, "shape"), values = nrv__json_is(j, "values");
        if (shape) {
            assert_int_equal(nrv__json_next(j), NRV__JSON_ARRAY);
            while (nrv__json_next(j) == NRV__JSON_INT)
                x->dim[x->rank++] = j->whole;
        } else if (values && nrv__json_next(j) == NRV__JSON_ARRAY) {
            read_values(j, x);
        } else if (!values) {
            nrv__json_skip(j);
            if (expect)
                snprintf(x->expect, sizeof x->expect, "%s", j->text->at);
            if (type)
                snprintf(x->type, sizeof x->type, "%s", j->text->at);
        }
    }
}

static nrv_dtype type_of(const char *numpy)
{
    static const struct {
        const char *name;
        nrv_dtype type;
    } types[] = {
        { "bool", NRV_BOOL },  { "uint8", NRV_U8 },    { "int8", NRV_I8 },     { "int16", NRV_I32 },
        { "uint16", NRV_I32 }, { "int32", NRV_I32 },   { "uint32", NRV_I64 },  { "int64", NRV_I64 },
        { "uint64", NRV_I64 }, { "float16", NRV_F16 }, { "float32", NRV_F32 }, { "float64", NRV_F64 },
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, numpy) == 0)
            return types[i].type;
    fail_msg("a test for NumPy's %s is missing", numpy);
    return NRV_F32;
}

static void expect_array(const char *name, const nrv__array *a, const expectation *x)
{
    double *got = malloc((size_t)(x->values + 1) * sizeof *got);
    assert_non_null(got);
    assert_int_equal(a->type, type_of(x->type));
    assert_int_equal(a->rank, x->rank);
    for (int i = 0; i < a->rank; i++)
        assert_int_equal(a->dim[i], x->dim[i]);
    assert_int_equal(nrv__array_count(a), x->values);
    nrv__to_double(got, a->data, a->type, x->values);
    for (int i = 0; i < x->values; i++)
        if (got[i] != x->value[i])
            fail_msg("%s: element %d is %.17g, %.17g was expected", name, i, got[i], x->value[i]);
    free(got);
}

static void files_of_numpy(void **state)
{
    (void)state;
    size_t n;
    int read = 0, refused = 0, complex = 0;
    static expectation x;
    unsigned char *json = shared_bytes(shared_path("npy/expected.json"), &n);
    if (!json) {
        print_message("skipped: no %s; set NERVO_SHARED\n", shared_path("npy/expected.json"));
        skip();
    }
    nrv__text text = { .mem = nrv__mem_default() };
    nrv__json j;
    nrv__json_start(&j, json, n, &text);
    assert_int_equal(nrv__json_next(&j), NRV__JSON_OBJECT);
    while (nrv__json_next(&j) == NRV__JSON_KEY) {
        char name[128], path[160];
        size_t bytes;
        nrv__array a;
        nrv__why why = { 0 };
        snprintf(name, sizeof name, "%s", text.at);
        if (strstr(name, ".npz")) { /* archives are the command's business */
            nrv__json_skip(&j);
            continue;
        }
        read_expectation(&j, &x);
        snprintf(path, sizeof path, "npy/%s", name);
        unsigned char *data = shared_bytes(shared_path(path), &bytes);
        assert_non_null(data);
        nrv_status status = nrv__npy_read(NULL, name, data, bytes, &a, &why);
        free(data);
        if (strcmp(x.expect, "ok") == 0 && strncmp(x.type, "complex", 7) != 0) {
            if (status)
                fail_msg("%s", why.text);
            expect_array(name, &a, &x);
            nrv__array_free(&a);
            read++;
        } else {
            assert_int_not_equal(status, NRV_OK);
            assert_non_null(strstr(why.text, name));
            assert_true(strncmp(x.type, "complex", 7) != 0 ||
                        (status == NRV_EDTYPE && strstr(why.text, "complex numbers")));
            complex += x.type[0] == 'c';
            refused++;
        }
    }
    nrv__text_free(&text);
    free(json);
    assert_int_equal(read, 101);
    assert_int_equal(refused, 29);
    assert_int_equal(complex, 22);
}

static size_t build(unsigned char *to, const char *header, const void *data, size_t bytes)
{
    size_t n = strlen(header);
    memcpy(to, "\x93NUMPY\x01\x00", 8);
    to[8] = (unsigned char)n, to[9] = (unsigned char)(n >> 8);
    memcpy(to + 10, header, n);
    memcpy(to + 10 + n, data, bytes);
    return 10 + n + bytes;
}

static void broken_files_say_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *header, *says;
        nrv_status status;
        size_t bytes;
    } cases[] = {
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "cut off", NRV_EFORMAT, 7 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "1 bytes follow", NRV_EFORMAT, 9 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,4), }", "cut off", NRV_EFORMAT, 8 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2), }", "not a list", NRV_EFORMAT, 8 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", "negative", NRV_EFORMAT, 8 },
        { "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }", "neither True", NRV_EFORMAT, 8 },
        { "{'descr': '<f4', 'shape': (2,), }", "missing", NRV_EFORMAT, 8 },
        { "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "twice", NRV_EFORMAT, 8 },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,2), }", "8 axes", NRV_EFORMAT, 8 },
        { "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "structured", NRV_EFORMAT, 8 },
        { "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "Python objects", NRV_EDTYPE, 8 },
        { "{'descr': '<U4', 'fortran_order': False, 'shape': (2,), }", "text", NRV_EDTYPE, 8 },
        { "{'descr': '<M8[s]', 'fortran_order': False, 'shape': (1,), }", "dates", NRV_EDTYPE, 8 },
        { "{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", "'<f16'", NRV_EDTYPE, 16 },
        { "{'descr': '|f4', 'fortran_order': False, 'shape': (2,), }", "'|f4'", NRV_EDTYPE, 8 },
        { "{'descr': '', 'fortran_order': False, 'shape': (2,), }", "''", NRV_EDTYPE, 8 },
    };
    unsigned char file[512], data[16] = { 0 };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        nrv__why why = { 0 };
        nrv__array a;
        size_t n = build(file, cases[i].header, data, cases[i].bytes);
        assert_int_equal(nrv__npy_read(NULL, "x.npy", file, n, &a, &why), cases[i].status);
        if (!strstr(why.text, cases[i].says))
            fail_msg("'%s' does not say '%s'", why.text, cases[i].says);
    }
}

static void a_large_unsigned_is_an_error_not_a_wrong_number(void **state)
{
    (void)state;
    unsigned char file[256];
    const uint64_t data[2] = { INT64_MAX, (uint64_t)INT64_MAX + 1 };
    nrv__why why = { 0 };
    nrv__array a;
    size_t n = build(file, "{'descr': '<u8', 'fortran_order': False, 'shape': (2,), }", data, 16);
    assert_int_equal(nrv__npy_read(NULL, "x.npy", file, n, &a, &why), NRV_EVALUE);
    assert_non_null(strstr(why.text, "element 1 "));
    n = build(file, "{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }", data, 8);
    assert_int_equal(nrv__npy_read(NULL, "x.npy", file, n, &a, NULL), NRV_OK);
    assert_true(*(int64_t *)a.data == INT64_MAX);
    nrv__array_free(&a);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    unsigned char file[256], data[12] = { 1, 2, 3, 4, 5, 6 };
    size_t n = build(file, "{'descr': '|i1', 'fortran_order': True, 'shape': (3, 4), }", data, 12);
    bool done = false;
    for (long k = 1; !done; k++) {
        failing f = { .fail_at = k };
        nrv__mem m = failing_mem(&f);
        nrv__why why = { 0 };
        nrv__array a;
        nrv_status status = nrv__npy_read(&m, "x.npy", file, n, &a, &why);
        done = status == NRV_OK;
        assert_true(done || status == NRV_ENOMEM);
        if (done)
            nrv__array_free(&a);
        assert_int_equal(f.alive, 0);
        assert_int_equal(f.lies, 0);
        assert_true(k > 1 || !done);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_numpy),
        cmocka_unit_test(broken_files_say_what_is_wrong),
        cmocka_unit_test(a_large_unsigned_is_an_error_not_a_wrong_number),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
