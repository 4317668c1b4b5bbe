/* test_idx.c - IDX files of every type, and every way in which header and bytes can disagree. */
#include "../../src/data/data.h"
#include "support/failing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void every_type_is_read(void **state)
{
    (void)state;
    static const struct {
        unsigned char type, bytes[8];
        size_t size;
        nrv_dtype as;
        double value;
    } cases[] = {
        { 0x08, { 0xFE }, 1, NRV_U8, 254 },
        { 0x09, { 0xFE }, 1, NRV_I8, -2 },
        { 0x0B, { 0xFF, 0x00 }, 2, NRV_I32, -256 },
        { 0x0C, { 0x80, 0, 0, 1 }, 4, NRV_I32, -2147483647 },
        { 0x0D, { 0xBF, 0xC0, 0, 0 }, 4, NRV_F32, -1.5 },
        { 0x0E, { 0x40, 0x09, 0x21, 0xFB, 0x54, 0x44, 0x2D, 0x18 }, 8, NRV_F64, 3.141592653589793 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsigned char file[64] = { 0, 0, cases[i].type, 2, 0, 0, 0, 1, 0, 0, 0, 2 };
        size_t n = 12 + 2 * cases[i].size;
        uint64_t size = 0;
        double got[2];
        nrv__array a;
        memcpy(file + 12, cases[i].bytes, cases[i].size);
        memcpy(file + 12 + cases[i].size, cases[i].bytes, cases[i].size);
        assert_int_equal(nrv__idx_read(NULL, "x", file, n, &a, NULL), NRV_OK);
        assert_int_equal(nrv__idx_size("x", file, 12, &size, NULL), NRV_OK);
        assert_int_equal(size, n);
        assert_int_equal(a.type, cases[i].as);
        assert_int_equal(a.rank, 2);
        assert_int_equal(a.dim[1], 2);
        nrv__to_double(got, a.data, a.type, 2);
        assert_true(got[0] == cases[i].value && got[1] == cases[i].value);
        nrv__array_free(&a);
    }
}

static void header_and_bytes_must_agree(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t n;
        const char *says;
    } cases[] = {
        { "\x1F\x8B\x08\0", 4, "gzip" },
        { "", 0, "0 bytes" },
        { "\0\0\x08", 3, "3 bytes" },
        { "\0\0\x0A\x01\0\0\0\0", 8, "00 00 0a 01" },
        { "\x01\0\x08\x01\0\0\0\0", 8, "begins with 01" },
        { "\0\0\x08\0", 4, "0 axes" },
        { "\0\0\x08\x09", 4, "9 axes" },
        { "\0\0\x08\x02\0\0\0\x01\0\0\0", 11, "takes 12 bytes, the file has 11" },
        { "\0\0\x08\x01\0\0\0\x03\x01\x02", 10, "says 11 bytes, the file has 10" },
        { "\0\0\x08\x01\0\0\0\x01\x01\x02", 10, "says 9 bytes, the file has 10" },
        { "\0\0\x0D\x03\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 16, "more bytes than can be counted" },
        { "\0\0\x08\x02\xFF\xFF\xFF\xFF\0\0\0\x01", 12, "says 4294967307 bytes" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        failing f = { 0 };
        nrv__mem m = failing_mem(&f);
        nrv__why why = { 0 };
        nrv__array a;
        assert_int_equal(nrv__idx_read(&m, "train-images", cases[i].bytes, cases[i].n, &a, &why), NRV_EFORMAT);
        assert_int_equal(f.calls, 0); /* nothing was asked for on the header's word */
        assert_non_null(strstr(why.text, "train-images"));
        if (!strstr(why.text, cases[i].says))
            fail_msg("'%s' does not say '%s'", why.text, cases[i].says);
    }
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    failing f = { .fail_at = 1 };
    nrv__mem m = failing_mem(&f);
    nrv__why why = { 0 };
    nrv__array a;
    static const char file[] = "\0\0\x08\x01\0\0\0\x02\x07\x09";
    assert_int_equal(nrv__idx_read(&m, "x", file, 10, &a, &why), NRV_ENOMEM);
    assert_int_equal(f.alive, 0);
    nrv__array_free(&a);
    assert_int_equal(nrv__idx_read(&m, "x", file, 10, &a, NULL), NRV_OK);
    assert_memory_equal(a.data, "\x07\x09", 2);
    assert_int_equal(f.calls, 2);
    nrv__array_free(&a);
    assert_int_equal(f.alive, 0);
    assert_int_equal(f.lies, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read),
        cmocka_unit_test(header_and_bytes_must_agree),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
