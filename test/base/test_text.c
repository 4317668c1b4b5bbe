/* test_text.c - memory, arenas, growing text, errors, sorting: what happens at the edges, and when memory runs out. */
#include "../../src/base/base.h"
#include "support/failing.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void an_arena_gives_zeroed_aligned_blocks(void **state)
{
    (void)state;
    failing f = { 0 };
    nrv__arena a = { .mem = failing_mem(&f) };
    unsigned char *block[300];
    for (size_t i = 0; i < 300; i++) {
        size_t n = i * i; /* small ones and such that need a chunk of their own */
        block[i] = nrv__arena_get(&a, n);
        assert_non_null(block[i]);
        assert_int_equal((uintptr_t)block[i] % 16, 0);
        for (size_t k = 0; k < n; k++)
            assert_int_equal(block[i][k], 0);
        memset(block[i], (int)i & 0xFF, n);
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t k = 0; k < i * i; k++)
            assert_int_equal(block[i][k], i & 0xFF);
    assert_string_equal(nrv__arena_text(&a, "hello world", 5), "hello");
    assert_string_equal(nrv__arena_text(&a, NULL, 0), "");
    nrv__arena_free(&a);
    assert_int_equal(f.alive, 0);
    assert_int_equal(f.lies, 0);
}

static void a_big_block_leaves_the_chunk_in_use(void **state)
{
    (void)state;
    failing f = { 0 };
    nrv__arena a = { .mem = failing_mem(&f), .chunk_size = 4096 };
    char *small = nrv__arena_get(&a, 16), *big = nrv__arena_get(&a, 100000), *next = nrv__arena_get(&a, 16);
    assert_non_null(big);
    assert_ptr_equal(next, small + 16);
    assert_int_equal(f.calls, 2);
    nrv__arena_free(&a);
    assert_int_equal(f.alive, 0);
}

static void a_broken_arena_stays_broken(void **state)
{
    (void)state;
    failing f = { .fail_at = 2 };
    nrv__arena a = { .mem = failing_mem(&f), .chunk_size = 128 };
    assert_non_null(nrv__arena_get(&a, 8));
    assert_null(nrv__arena_get(&a, 4000));
    assert_true(a.broken);
    assert_null(nrv__arena_get(&a, 8));
    nrv__arena_free(&a);
    assert_int_equal(f.alive, 0);
    nrv__arena huge = { .mem = nrv__mem_default() };
    assert_null(nrv__arena_get(&huge, SIZE_MAX));
    assert_null(nrv__arena_get(&huge, SIZE_MAX - 8));
    nrv__arena_free(&huge);
}

static void an_array_that_cannot_grow_stays(void **state)
{
    (void)state;
    failing f = { .fail_at = 5 };
    nrv__mem m = failing_mem(&f);
    int *items = NULL;
    size_t n = 0, cap = 0;
    for (;;) {
        int *more = nrv__grow(&m, items, n, &cap, sizeof *items);
        if (!more)
            break;
        items = more;
        items[n] = (int)n;
        n++;
    }
    assert_int_equal(n, cap);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(items[i], i);
    size_t full = SIZE_MAX / 4;
    assert_null(nrv__grow(&m, NULL, full, &full, 8));
    nrv__alloc(&m, items, cap * sizeof *items, 0);
    assert_int_equal(f.alive, 0);
    assert_int_equal(f.lies, 0);
}

static void text_grows_and_breaks_once(void **state)
{
    (void)state;
    for (long n = 0; n < 6; n++) {
        failing f = { .fail_at = n };
        nrv__text t = { .mem = failing_mem(&f) };
        for (int i = 0; i < 100; i++)
            nrv__text_add(&t, "%d,", i);
        nrv__text_addn(&t, "abc", 2);
        if (!t.broken) {
            assert_int_equal(t.n, 292);
            assert_memory_equal(t.at + 284, "98,99,ab", 8);
        } else {
            assert_true(f.calls == n);
            assert_true(t.at == NULL || strlen(t.at) == t.n);
        }
        nrv__text_free(&t);
        assert_int_equal(f.alive, 0);
        assert_int_equal(f.lies, 0);
    }
}

static void the_first_error_sticks(void **state)
{
    (void)state;
    nrv__why w = { 0 };
    assert_int_equal(nrv__fail(&w, NRV_ESHAPE, "rank %d", 3), NRV_ESHAPE);
    assert_int_equal(nrv__fail(&w, NRV_EIO, "later"), NRV_EIO);
    assert_int_equal(w.status, NRV_ESHAPE);
    assert_string_equal(w.text, "rank 3");
    assert_int_equal(nrv__fail(NULL, NRV_EARG, "nobody listens"), NRV_EARG);
}

static void a_long_error_ends_between_characters(void **state)
{
    (void)state;
    for (int shift = 0; shift < 3; shift++) {
        char text[3000] = "";
        nrv__why w = { 0 };
        for (int i = 0; i < 900; i++)
            strcat(text, "\xE2\x82\xAC");
        nrv__fail(&w, NRV_EARG, "%.*s%s", shift, "xx", text);
        size_t n = strlen(w.text);
        assert_true(n < sizeof w.text && n > sizeof w.text - 8);
        assert_string_equal(w.text + n - 3, "...");
        assert_int_equal((n - 3 - (size_t)shift) % 3, 0);
    }
}

static void every_status_has_a_name(void **state)
{
    (void)state;
    for (int i = NRV_OK; i <= NRV_EVALUE; i++) {
        assert_string_not_equal(nrv__status_name((nrv_status)i), "unknown status");
        for (int j = NRV_OK; j < i; j++)
            assert_string_not_equal(nrv__status_name((nrv_status)i), nrv__status_name((nrv_status)j));
    }
    assert_string_equal(nrv__status_name((nrv_status)99), "unknown status");
}

static void sums_and_products_notice_overflow(void **state)
{
    (void)state;
    static const int64_t v[] = { INT64_MIN,  INT64_MIN + 1, -3037000500,   -2,       -1, 0, 1, 2, 3, 3037000499,
                                 3037000500, INT64_MAX / 2, INT64_MAX - 1, INT64_MAX };
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++)
        for (size_t k = 0; k < sizeof v / sizeof v[0]; k++) {
            int64_t got = 77, want = 0;
            bool fits = !__builtin_mul_overflow(v[i], v[k], &want);
            assert_int_equal(nrv__mul(v[i], v[k], &got), fits);
            assert_int_equal(got, fits ? want : 77);
            got = 77;
            fits = !__builtin_add_overflow(v[i], v[k], &want);
            assert_int_equal(nrv__add(v[i], v[k], &got), fits);
            assert_int_equal(got, fits ? want : 77);
        }
}

static void numbers_as_text(void **state)
{
    (void)state;
    static const char *const good[] = { "0",
                                        "-0",
                                        "1",
                                        "+1.5",
                                        ".5",
                                        "5.",
                                        "1e3",
                                        "1E-3",
                                        "0.1",
                                        "123456789012345678901",
                                        "2.2250738585072011e-308",
                                        "4.9e-324",
                                        "1e-400",
                                        "1.7976931348623157e308",
                                        "9007199254740993",
                                        "9007199254740992.99999999999999999999999999999999999",
                                        "0.000000000000000000000000000000000001e36",
                                        "1e0000000000000000000000001" };
    static const char *const bad[] = { "",    "-",  ".",  "e5",  "1e",    "1e+", "0x10", "nan",
                                       "inf", "1 ", " 1", "1,5", "1e999", "--1", "1.2.3" };
    double d;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!nrv__parse_number(good[i], strlen(good[i]), &d) || d != strtod(good[i], NULL))
            fail_msg("%s is read as %.17g", good[i], d);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (nrv__parse_number(bad[i], strlen(bad[i]), &d))
            fail_msg("'%s' is read as %.17g", bad[i], d);
    static char half[3000]; /* 2^-1 plus a bit so far behind that only a sticky digit can know of it */
    strcpy(half, "4503599627370496.5");
    memset(half + 18, '0', 1500);
    assert_true(nrv__parse_number(half, 1518, &d) && d == 4503599627370496.5);
    strcpy(half, "9007199254740993.");
    memset(half + 17, '0', 1500);
    half[1400] = '1';
    assert_true(nrv__parse_number(half, 1517, &d) && d == 9007199254740994.0);
    assert_true(nrv__parse_number("1e5x", 3, &d) && d == 1e5);
}

static void numbers_survive_text_and_locale(void **state)
{
    (void)state;
    static const double values[] = { 0, 1, -1.5, 0.1, 1e-3, 1.0 / 3, 1e300, 5e-324, 123456789.123456789, 1e21, -2e-7 };
    static const char *const spelled[] = { "0", "1", "-1.5", "0.1", "0.001" };
    const char *locales[] = { "C", "de_DE.UTF-8", "de_DE", "fr_FR.UTF-8" };
    for (int l = 0; l < 4; l++) {
        if (!setlocale(LC_NUMERIC, locales[l]))
            continue;
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            nrv__text t = { .mem = nrv__mem_default() };
            double d = 77;
            nrv__text_number(&t, values[i]);
            assert_true(nrv__parse_number(t.at, t.n, &d) && d == values[i]);
            if (i < 5)
                assert_string_equal(t.at, spelled[i]);
            nrv__text_free(&t);
        }
    }
    setlocale(LC_NUMERIC, "C");
}

static bool less(const void *a, const void *b)
{
    return *(const int *)a < *(const int *)b;
}

static void sorting_sorts(void **state)
{
    (void)state;
    int v[200];
    for (int n = 0; n < 200; n++) {
        long sum = 0, after = 0;
        for (int i = 0; i < n; i++)
            sum += v[i] = (i * 7919 + n * 31) % 97;
        nrv__sort(v, (size_t)n, sizeof *v, less);
        for (int i = 0; i < n; i++)
            after += v[i];
        for (int i = 1; i < n; i++)
            assert_true(v[i - 1] <= v[i]);
        assert_int_equal(sum, after);
    }
}

typedef struct long_item { /* longer than what is exchanged at a time */
    int key;
    unsigned char rest[96];
} long_item;
static long asked;

static bool asked_less(const void *a, const void *b)
{
    asked++;
    return ((const long_item *)a)->key < ((const long_item *)b)->key;
}

/* in order but for a few, backwards, and mixed: the first in a line, all in n log n questions, nothing torn apart */
static void sorting_asks_no_more_than_it_must(void **state)
{
    (void)state;
    enum { N = 4096, LOG = 12 };
    long_item *v = malloc(N * sizeof *v);
    assert_non_null(v);
    for (int order = 0; order < 3; order++) {
        for (int i = 0; i < N; i++) {
            const int key = order == 0 ? i ^ (i % 64 < 2) : order == 1 ? N - 1 - i : i * 1597 % N;
            v[i].key = key;
            memset(v[i].rest, key % 251, sizeof v[i].rest);
        }
        asked = 0;
        nrv__sort(v, N, sizeof *v, asked_less);
        assert_true(asked <= (order == 0 ? 2 * N : (5 + 2 * LOG) * N));
        for (int i = 0; i < N; i++) {
            assert_int_equal(v[i].key, i);
            for (size_t k = 0; k < sizeof v[i].rest; k++)
                assert_int_equal(v[i].rest[k], i % 251);
        }
    }
    free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arena_gives_zeroed_aligned_blocks), cmocka_unit_test(a_big_block_leaves_the_chunk_in_use),
        cmocka_unit_test(a_broken_arena_stays_broken),          cmocka_unit_test(an_array_that_cannot_grow_stays),
        cmocka_unit_test(text_grows_and_breaks_once),           cmocka_unit_test(the_first_error_sticks),
        cmocka_unit_test(a_long_error_ends_between_characters), cmocka_unit_test(every_status_has_a_name),
        cmocka_unit_test(sums_and_products_notice_overflow),    cmocka_unit_test(numbers_as_text),
        cmocka_unit_test(numbers_survive_text_and_locale),      cmocka_unit_test(sorting_sorts),
        cmocka_unit_test(sorting_asks_no_more_than_it_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
