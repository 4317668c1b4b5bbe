/* test_names.c - hashes, patterns of names, near words, random bits, CPU tiers, faults: against published or counted
   values. */
#include "../../src/base/cpu.h"
#include "../../src/base/fault.h"
#include "../../src/base/philox.h"
#include "../../src/base/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void philox_gives_the_published_bits(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
          { 0xffffffff, 0xffffffff },
          { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
        { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
          { 0xa4093822, 0x299f31d0 },
          { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
    };
    for (int i = 0; i < 3; i++) {
        uint32_t out[4];
        nrv__philox(known[i].counter, known[i].key, out);
        assert_memory_equal(out, known[i].out, sizeof out);
    }
}

static void the_hash_is_xxh64(void **state)
{
    (void)state;
    assert_true(nrv__hash_text(0, "") == 0xEF46DB3751D8E999u);
    assert_true(nrv__hash_text(0, "a") == 0xD24EC4F1A98C6E5Bu);
    assert_true(nrv__hash_text(0, "abc") == 0x44BC2CF5AD770999u);
    assert_true(nrv__hash_text(0, "xxhash") == 0x32DD38952C4BC720u);
    assert_true(nrv__hash_text(20141025, "xxhash") == 0xB559B98D844E0635u);
    assert_true(nrv__hash_text(0, "Call me Ishmael. Some years ago--never mind how long precisely-") ==
                0x02A2E85470D6FD96u);
}

static void a_hash_may_come_in_pieces(void **state)
{
    (void)state;
    unsigned char data[150];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * 37 + 5);
    for (size_t n = 0; n <= sizeof data; n += 7)
        for (size_t a = 0; a <= n; a++)
            for (size_t b = a; b <= n; b += 11) {
                nrv__hashing h, other;
                nrv__hashing_start(&h, 99);
                nrv__hashing_add(&h, data, a);
                other = h;
                nrv__hashing_add(&other, data, n);
                nrv__hashing_add(&h, data + a, b - a);
                nrv__hashing_add(&h, data + b, n - b);
                assert_true(nrv__hashing_end(&h) == nrv__hash(99, data, n));
            }
}

static void a_hash_depends_on_every_bit(void **state)
{
    (void)state;
    unsigned char data[100] = { 0 };
    for (size_t n = 1; n <= sizeof data; n++) {
        uint64_t h = nrv__hash(7, data, n);
        assert_true(h != nrv__hash(8, data, n) && h != nrv__hash(7, data, n - 1));
        for (size_t bit = 0; bit < 8 * n; bit++) {
            data[bit / 8] ^= (unsigned char)(1u << bit % 8);
            assert_true(h != nrv__hash(7, data, n));
            data[bit / 8] ^= (unsigned char)(1u << bit % 8);
        }
    }
}

static void names_match_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *names, *name;
        bool yes;
    } cases[] = {
        { "*", "", true },
        { "*", "enc.0.weight", true },
        { "enc.*", "enc.0.weight", true },
        { "enc.*", "enc", false },
        { "enc.*", "encoder.w", false },
        { "enc.*,!*.bias", "enc.0.bias", false },
        { "enc.*,!*.bias", "enc.0.weight", true },
        { "!*.bias", "fc.weight", true },
        { "!*.bias", "fc.bias", false },
        { "!*.bias,enc.*", "enc.bias", false },
        { "a,b", "b", true },
        { " a , b ", "b", true },
        { "a,b", "c", false },
        { "", "a", false },
        { ",,", "a", false },
        { "a*b*c", "a1b2c", true },
        { "a*b*c", "abcb", false },
        { "*.weight", "x.weights", false },
        { "*ab", "aab", true },
        { "a**", "a", true },
        { "abc", "ab", false },
        { "ab", "abc", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (nrv__match(cases[i].names, cases[i].name) != cases[i].yes)
            fail_msg("'%s' and '%s'", cases[i].names, cases[i].name);
    assert_true(nrv__match(NULL, "a"));
    assert_false(nrv__match("*", NULL));
}

static void a_hostile_pattern_does_not_take_for_ever(void **state)
{
    (void)state;
    char pattern[2001], name[2001];
    for (int i = 0; i < 2000; i++)
        pattern[i] = i % 2 ? '*' : 'a', name[i] = 'a';
    pattern[2000] = name[2000] = 0;
    pattern[1999] = 'b'; /* a backtracking matcher would need 2^1000 steps */
    assert_false(nrv__match(pattern, name));
}

static void near_names(void **state)
{
    (void)state;
    assert_true(nrv__near_name("rleu", "relu"));
    assert_true(nrv__near_name("ReLU", "relu"));
    assert_true(nrv__near_name("desne", "dense"));
    assert_true(nrv__near_name("dropuot", "dropout"));
    assert_true(nrv__near_name("flaten", "flatten"));
    assert_true(nrv__near_name("sofmtaxx", "softmax"));
    assert_false(nrv__near_name("sofmtaxxy", "softmax")); /* three slips */
    assert_false(nrv__near_name("abc", "xyz"));
    assert_false(nrv__near_name("ab", "cd"));
    assert_false(nrv__near_name("", "a"));
    assert_false(nrv__near_name("pool", "conv"));
    char longer[3000];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    assert_false(nrv__near_name(longer, "aaaa"));
}

static void tiers_have_names_and_can_run(void **state)
{
    (void)state;
    char list[64] = "";
    for (nrv__tier t = NRV__REF; t < NRV__TIERS; t = (nrv__tier)(t + 1)) {
        assert_int_equal(nrv__tier_of(nrv__tier_name(t)), t);
        if (nrv__cpu_has(t)) {
            strcat(list, *list ? " " : "");
            strcat(list, nrv__tier_name(t));
        }
    }
    assert_string_equal(nrv_tiers(), list);
    assert_true(nrv__cpu_has(NRV__REF) && nrv__cpu_has(NRV__BASELINE) && nrv__cpu_has(nrv__cpu_best()));
    assert_false(nrv__cpu_has(NRV__TIERS));
    assert_int_equal(nrv__tier_of("sse9"), NRV__TIERS);
    assert_int_equal(nrv__tier_of(NULL), NRV__TIERS);
#if defined(__x86_64__) && defined(NRV__HAVE_AVX2)
    assert_int_equal(nrv__cpu_has(NRV__AVX2), __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"));
#endif
    assert_string_equal(nrv_version(), "0.1.0");
}

static void complain(void *user, int64_t begin, int64_t end, int worker)
{
    (void)worker;
    for (int64_t u = begin; u < end; u++)
        if (u % 10 == 7)
            nrv__fault_set(user, u, NRV_EVALUE, "unit %d", (int)u);
}

static void the_smallest_fault_is_kept(void **state)
{
    (void)state;
    static nrv__fault f;
    nrv_pool *p = nrv_pool_new(3);
    assert_null(nrv__fault_text(&f));
    assert_int_equal(nrv__fault_unit(&f), -1);
    for (int i = 0; i < 200; i++) {
        nrv__fault_clear(&f);
        assert_int_equal(nrv__fault_status(&f), NRV_OK);
        nrv__pool_run(p, 300, 1, complain, &f);
        assert_int_equal(nrv__fault_status(&f), NRV_EVALUE);
        assert_int_equal(nrv__fault_unit(&f), 7);
        assert_string_equal(nrv__fault_text(&f), "unit 7");
    }
    nrv_pool_free(p);
    nrv__fault_set(NULL, 0, NRV_EVALUE, "nobody listens");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_bits),
        cmocka_unit_test(the_hash_is_xxh64),
        cmocka_unit_test(a_hash_may_come_in_pieces),
        cmocka_unit_test(a_hash_depends_on_every_bit),
        cmocka_unit_test(names_match_patterns),
        cmocka_unit_test(a_hostile_pattern_does_not_take_for_ever),
        cmocka_unit_test(near_names),
        cmocka_unit_test(tiers_have_names_and_can_run),
        cmocka_unit_test(the_smallest_fault_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
