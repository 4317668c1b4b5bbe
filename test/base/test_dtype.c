/* test_dtype.c - conversions between types: exhaustive for f16, by definition for bf16, saturating for integers. */
#include "../../src/base/base.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static double widen(uint16_t h, nrv_dtype t)
{
    double d;
    nrv__to_double(&d, &h, t, 1);
    return d;
}

static uint16_t narrow(double d, nrv_dtype t)
{
    uint16_t h;
    nrv__from_double(&h, t, &d, 1);
    return h;
}

static void all_halves_survive_the_round_trip(void **state)
{
    (void)state;
    for (unsigned h = 0; h < 65536; h++) {
        assert_int_equal(narrow(widen((uint16_t)h, NRV_F16), NRV_F16), h);
        assert_int_equal(narrow(widen((uint16_t)h, NRV_BF16), NRV_BF16), h);
    }
}

static void a_half_is_what_its_bits_say(void **state)
{
    (void)state;
    for (unsigned h = 0; h < 65536; h++) {
        int e = h >> 10 & 31, m = h & 1023;
        double d = widen((uint16_t)h, NRV_F16);
        double want = e == 31 ? (m ? NAN : INFINITY) : e ? ldexp(1024 + m, e - 25) : ldexp(m, -24);
        if (h & 0x8000)
            want = -want;
        assert_true(isnan(want) ? isnan(d) : d == want && signbit(d) == signbit(want));
        float f;
        uint32_t bits = h << 16;
        memcpy(&f, &bits, sizeof f); /* a bf16 is the upper half of a float */
        d = widen((uint16_t)h, NRV_BF16);
        assert_true(isnan(f) ? isnan(d) : d == (double)f);
    }
}

/* between neighbours the nearer one is taken, and the even one in the middle */
static void narrowing_rounds_to_nearest_even(void **state)
{
    (void)state;
    static const nrv_dtype types[] = { NRV_F16, NRV_BF16 };
    static const unsigned infinity[] = { 0x7C00, 0x7F80 };
    for (int t = 0; t < 2; t++)
        for (unsigned h = 0; h + 1 < infinity[t]; h++) {
            double a = widen((uint16_t)h, types[t]), b = widen((uint16_t)(h + 1), types[t]), middle = (a + b) / 2;
            unsigned even = h & 1 ? h + 1 : h;
            assert_int_equal(narrow(middle, types[t]), even);
            assert_int_equal(narrow(-middle, types[t]), even | 0x8000);
            assert_int_equal(narrow(nextafter(middle, 0), types[t]), h);
            assert_int_equal(narrow(nextafter(middle, INFINITY), types[t]), h + 1);
        }
    assert_int_equal(narrow(65519.999, NRV_F16), 0x7BFF);
    assert_int_equal(narrow(65520, NRV_F16), 0x7C00);
    assert_int_equal(narrow(1e300, NRV_F16), 0x7C00);
    assert_int_equal(narrow(-1e300, NRV_BF16), 0xFF80);
    assert_int_equal(narrow(5e-324, NRV_F16), 0);
    assert_int_equal(narrow(-5e-324, NRV_F16), 0x8000);
    assert_int_equal(narrow(NAN, NRV_F16) & 0x7C00, 0x7C00);
    assert_int_not_equal(narrow(NAN, NRV_F16) & 0x3FF, 0);
}

static void integers_saturate(void **state)
{
    (void)state;
    const double d[] = { 0.5, 1.5, -1.5, 1e30, -1e30, INFINITY, -INFINITY, NAN, 255.5, 2147483647.5, -2147483648.5 };
    const int32_t i32[] = { 0, 2, -2, INT32_MAX, INT32_MIN, INT32_MAX, INT32_MIN, 0, 256, INT32_MAX, INT32_MIN };
    const int64_t i64[] = { 0, 2, -2, INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN, 0, 256, 2147483648, -2147483648 };
    const unsigned char u8[] = { 0, 2, 0, 255, 0, 255, 0, 0, 255, 255, 0 };
    const signed char i8[] = { 0, 2, -2, 127, -128, 127, -128, 0, 127, 127, -128 };
    const unsigned char b[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
    int32_t to_i32[11];
    int64_t to_i64[11];
    unsigned char to_u8[11], to_b[11];
    signed char to_i8[11];
    nrv__from_double(to_i32, NRV_I32, d, 11);
    nrv__from_double(to_i64, NRV_I64, d, 11);
    nrv__from_double(to_u8, NRV_U8, d, 11);
    nrv__from_double(to_b, NRV_BOOL, d, 11);
    nrv__from_double(to_i8, NRV_I8, d, 11);
    assert_memory_equal(to_i8, i8, sizeof i8);
    assert_memory_equal(to_i32, i32, sizeof i32);
    assert_memory_equal(to_i64, i64, sizeof i64);
    assert_memory_equal(to_u8, u8, sizeof u8);
    assert_memory_equal(to_b, b, sizeof b);
}

static void other_types_go_there_and_back(void **state)
{
    (void)state;
    static const struct {
        nrv_dtype type;
        size_t size;
        const char *name;
        bool real;
    } types[] = {
        { NRV_F32, 4, "f32", true },   { NRV_F64, 8, "f64", true },    { NRV_F16, 2, "f16", true },
        { NRV_BF16, 2, "bf16", true }, { NRV_I32, 4, "i32", false },   { NRV_I64, 8, "i64", false },
        { NRV_U8, 1, "u8", false },    { NRV_BOOL, 1, "bool", false }, { NRV_I8, 1, "i8", false },
    };
    const double values[] = { 0, 1, 0, 1 };
    for (int t = 0; t < 9; t++) {
        char memory[33];
        double back[4] = { 7, 7, 7, 7 };
        assert_int_equal(nrv__dtype_size(types[t].type), types[t].size);
        assert_string_equal(nrv__dtype_name(types[t].type), types[t].name);
        assert_int_equal(nrv__dtype_real(types[t].type), types[t].real);
        nrv__from_double(memory + 1, types[t].type, values, 4); /* unaligned on purpose */
        nrv__to_double(back, memory + 1, types[t].type, 4);
        assert_memory_equal(back, values, sizeof values);
    }
    assert_int_equal(nrv__dtype_size((nrv_dtype)0), 0);
    assert_int_equal(nrv__dtype_size((nrv_dtype)10), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_halves_survive_the_round_trip), cmocka_unit_test(a_half_is_what_its_bits_say),
        cmocka_unit_test(narrowing_rounds_to_nearest_even),  cmocka_unit_test(integers_saturate),
        cmocka_unit_test(other_types_go_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
