/* test_json.c - what is JSON and what is not, exact integers, and memory that runs out. */
#include "../../src/base/json.h"
#include "support/failing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

/* the events as letters, with what they hold */
static void events(const char *json, size_t n, char *to, size_t room)
{
    static const char letters[] = "!{}[]ks##tfn.";
    nrv__text text = { .mem = nrv__mem_default() };
    nrv__json j;
    nrv__json_event e;
    size_t used = 0;
    nrv__json_start(&j, json, n, &text);
    do {
        e = nrv__json_next(&j);
        used += (size_t)snprintf(to + used, room - used, "%c", letters[e]);
        if (e == NRV__JSON_KEY || e == NRV__JSON_STRING)
            used += (size_t)snprintf(to + used, room - used, "<%s>", text.at);
        else if (e == NRV__JSON_INT)
            used += (size_t)snprintf(to + used, room - used, "%lld", (long long)j.whole);
        else if (e == NRV__JSON_REAL)
            used += (size_t)snprintf(to + used, room - used, "%.17g", j.real);
    } while (e != NRV__JSON_END && e != NRV__JSON_ERROR && used + 64 < room);
    nrv__text_free(&text);
}

static void sound_json_gives_its_events(void **state)
{
    (void)state;
    static const struct {
        const char *json, *events;
    } cases[] = {
        { "{}", "{}." },
        { " [ ] ", "[]." },
        { "{\"a\":1,\"b\":[true,false,null],\"c\":{\"d\":\"x\"}}", "{k<a>#1k<b>[tfn]k<c>{k<d>s<x>}}." },
        { "\"\\u0041\\n\\\\\\/\\\"\"", "s<A\n\\/\">." },
        { "\"\\ud83d\\ude00\\u20AC\\u00e9\"", "s<\xF0\x9F\x98\x80\xE2\x82\xAC\xC3\xA9>." },
        { "\"\xF4\x8F\xBF\xBF\xED\x9F\xBF\"", "s<\xF4\x8F\xBF\xBF\xED\x9F\xBF>." },
        { "9223372036854775807", "#9223372036854775807." },
        { "-9223372036854775808", "#-9223372036854775808." },
        { "9223372036854775808", "#9.2233720368547758e+18." },
        { "[-0,0.5,-1e2,1E+2]", "[#0#0.5#-100#100]." },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char got[512];
        events(cases[i].json, strlen(cases[i].json), got, sizeof got);
        assert_string_equal(got, cases[i].events);
    }
}

static void what_is_not_json_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        " ",
        "{",
        "[",
        "}",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\":1]",
        "[1}",
        "{1:2}",
        "01",
        "-",
        "-01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "+1",
        "0x1",
        "NaN",
        "Infinity",
        "tru",
        "truex",
        "nul",
        "\"",
        "\"a",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\ud800\"",
        "\"\\ud800x\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\n\"",
        "\"\t\"",
        "\"\xFF\"",
        "\"\xC0\x80\"",
        "\"\xE0\x80\x80\"",
        "\"\xED\xA0\x80\"",
        "\"\xF4\x90\x80\x80\"",
        "\"\xF0\x80\x80\x80\"",
        "\"\xC3\"",
        "{} {}",
        "1 2",
        "[]x",
        "\xEF\xBB\xBF{}",
        "1e999",
        "{\"a\":1 \"b\":2}",
        "{\"a\" 1}",
        "/* */1",
        "'a'",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char got[512];
        events(cases[i], strlen(cases[i]), got, sizeof got);
        if (got[strlen(got) - 1] != '!')
            fail_msg("%s was read as %s", cases[i], got);
    }
    char got[128];
    events("\0", 1, got, sizeof got);
    assert_string_equal(got, "!");
    events("[1]\0", 4, got, sizeof got);
    assert_string_equal(got, "[#1]!");
}

static void depth_has_a_limit(void **state)
{
    (void)state;
    static char deep[200000];
    char got[512];
    for (int i = 0; i < NRV__JSON_DEPTH; i++)
        deep[i] = '[', deep[2 * NRV__JSON_DEPTH - 1 - i] = ']';
    events(deep, 2 * NRV__JSON_DEPTH, got, sizeof got);
    assert_int_equal(got[strlen(got) - 1], '.');
    memset(deep, '[', sizeof deep);
    events(deep, sizeof deep, got, sizeof got);
    assert_int_equal(strlen(got), NRV__JSON_DEPTH + 1);
    assert_int_equal(got[NRV__JSON_DEPTH], '!');
}

static void a_value_can_be_skipped(void **state)
{
    (void)state;
    static const char json[] = "{\"a\":{\"b\":[1,{\"c\":2}]},\n \"d\":3}";
    nrv__text text = { .mem = nrv__mem_default() };
    nrv__json j;
    size_t line, column;
    nrv__json_start(&j, json, sizeof json - 1, &text);
    assert_int_equal(nrv__json_next(&j), NRV__JSON_OBJECT);
    assert_int_equal(nrv__json_next(&j), NRV__JSON_KEY);
    assert_int_equal(nrv__json_skip(&j), NRV__JSON_OBJECT);
    assert_int_equal(nrv__json_next(&j), NRV__JSON_KEY);
    assert_true(nrv__json_is(&j, "d"));
    assert_false(nrv__json_is(&j, "dd"));
    assert_int_equal(nrv__json_skip(&j), NRV__JSON_INT);
    nrv__json_where(&j, &line, &column);
    assert_int_equal(line, 2);
    assert_int_equal(column, 7);
    assert_int_equal(nrv__json_next(&j), NRV__JSON_OBJECT_END);
    nrv__text_free(&text);
}

static void quoting_can_be_read_back(void **state)
{
    (void)state;
    char all[256 + 6];
    for (int i = 0; i < 128; i++)
        all[i] = (char)i;
    memcpy(all + 128, "\xC3\xA9\xF0\x9F\x98\x80", 6);
    nrv__text quoted = { .mem = nrv__mem_default() }, text = { .mem = nrv__mem_default() };
    nrv__json j;
    nrv__json_quote(&quoted, all, 134);
    nrv__json_start(&j, quoted.at, quoted.n, &text);
    assert_int_equal(nrv__json_next(&j), NRV__JSON_STRING);
    assert_int_equal(text.n, 134);
    assert_memory_equal(text.at, all, 134);
    quoted.n = 0;
    nrv__json_quote(&quoted, "a\xFF\x01", 3);
    assert_string_equal(quoted.at, "\"a\xEF\xBF\xBD\\u0001\"");
    nrv__text_free(&quoted);
    nrv__text_free(&text);
}

static void memory_that_runs_out_is_an_error(void **state)
{
    (void)state;
    failing f = { .fail_at = 1 };
    nrv__text text = { .mem = failing_mem(&f) };
    nrv__json j;
    nrv__json_start(&j, "\"abc\"", 5, &text);
    assert_int_equal(nrv__json_next(&j), NRV__JSON_ERROR);
    assert_string_equal(j.error, "out of memory");
    assert_int_equal(nrv__json_next(&j), NRV__JSON_ERROR);
    nrv__text_free(&text);
    assert_int_equal(f.alive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_json_gives_its_events), cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(depth_has_a_limit),           cmocka_unit_test(a_value_can_be_skipped),
        cmocka_unit_test(quoting_can_be_read_back),    cmocka_unit_test(memory_that_runs_out_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
