/* fuzz_json.c - any bytes are parsed or refused; every string that was read is quoted and read back the same. */
#include "../../src/base/json.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

const long fuzz_runs = 100000;

size_t fuzz_seed(int i, unsigned char *to)
{
    static const char *const seeds[] = {
        "{\"a\":[1,-2.5e3,true,false,null,\"x\\u00e9\\ud83d\\ude00\\n\"],\"b\":{\"c\":{}}}",
        "[[[[[[[[]]]]]]]]",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]}}",
        "9223372036854775807",
        "[-9223372036854775808, 9223372036854775808, 1e308, 1E-400, 0.1]",
        " \"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\" ",
    };
    if (i >= (int)(sizeof seeds / sizeof seeds[0]))
        return 0;
    memcpy(to, seeds[i], strlen(seeds[i]));
    return strlen(seeds[i]);
}

static void expect_same_again(const nrv__text *text)
{
    nrv__text quoted = { .mem = nrv__mem_default() }, again = { .mem = nrv__mem_default() };
    nrv__json j;
    nrv__json_quote(&quoted, text->at, text->n);
    nrv__json_start(&j, quoted.at, quoted.n, &again);
    if (nrv__json_next(&j) != NRV__JSON_STRING || again.n != text->n || memcmp(again.at, text->at, text->n) != 0)
        abort();
    nrv__text_free(&quoted);
    nrv__text_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    nrv__text text = { .mem = nrv__mem_default() };
    nrv__json j;
    nrv__json_event e;
    size_t events = 0, line, column;
    nrv__json_start(&j, data, n, &text);
    while ((e = nrv__json_next(&j)) != NRV__JSON_END && e != NRV__JSON_ERROR) {
        if (++events > n)
            abort();
        if (e == NRV__JSON_STRING || e == NRV__JSON_KEY)
            expect_same_again(&text);
    }
    nrv__json_where(&j, &line, &column);
    if ((e == NRV__JSON_ERROR) != (j.error != NULL) || line > n + 1)
        abort();
    nrv__json_start(&j, data, n, &text);
    nrv__json_event first = nrv__json_skip(&j); /* the same verdict by the other way */
    if (e == NRV__JSON_END && (first == NRV__JSON_ERROR || nrv__json_next(&j) != NRV__JSON_END))
        abort();
    nrv__text_free(&text);
    return 0;
}
