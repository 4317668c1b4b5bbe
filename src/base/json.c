/* json.c - see json.h and docs/why/json.md. */
#include "json.h"

#include <string.h>

enum { JSON_VALUE, JSON_FIRST_ITEM, JSON_KEY, JSON_FIRST_KEY, JSON_AFTER };

size_t nrv__utf8(const void *data, size_t n)
{
    const unsigned char *p = data;
    if (n == 0)
        return 0;
    unsigned c = p[0];
    if (c < 0x80)
        return 1;
    size_t bytes = c >= 0xC2 && c <= 0xDF ? 2 : c >= 0xE0 && c <= 0xEF ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
    if (bytes == 0 || bytes > n)
        return 0;
    for (size_t i = 1; i < bytes; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (c == 0xE0 && p[1] < 0xA0) || (c == 0xF0 && p[1] < 0x90);
    bool beyond = (c == 0xED && p[1] > 0x9F) || (c == 0xF4 && p[1] > 0x8F);
    return overlong || beyond ? 0 : bytes;
}

bool nrv__utf8_valid(const void *data, size_t n)
{
    const unsigned char *p = data;
    for (size_t i = 0, bytes; i < n; i += bytes) {
        bytes = nrv__utf8(p + i, n - i);
        if (bytes == 0)
            return false;
    }
    return true;
}

void nrv__json_start(nrv__json *j, const void *data, size_t n, nrv__text *text)
{
    memset(j, 0, sizeof *j);
    j->begin = j->at = data;
    j->end = j->begin + n;
    j->text = text;
    j->expect = JSON_VALUE;
}

static nrv__json_event json_wrong(nrv__json *j, const char *error)
{
    j->error = error;
    return NRV__JSON_ERROR;
}

static bool json_refuse(nrv__json *j, const char *error)
{
    j->error = error;
    return false;
}

static void json_blank(nrv__json *j)
{
    while (j->at < j->end && (*j->at == ' ' || *j->at == '\n' || *j->at == '\t' || *j->at == '\r'))
        j->at++;
}

static bool json_hex4(nrv__json *j, uint32_t *code)
{
    if (j->end - j->at < 4)
        return false;
    *code = 0;
    for (int i = 0; i < 4; i++) {
        unsigned char c = *j->at++;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return false;
        *code = *code * 16 + (uint32_t)digit;
    }
    return true;
}

static void json_add_code(nrv__text *t, uint32_t c)
{
    char s[4];
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        s[i] = (char)(0x80 | (c & 0x3F));
    s[0] = (char)(first[n] | c);
    nrv__text_addn(t, s, n);
}

static bool json_unicode(nrv__json *j)
{
    uint32_t code, low;
    if (!json_hex4(j, &code))
        return false;
    if (code >= 0xDC00 && code <= 0xDFFF)
        return false;
    if (code >= 0xD800 && code <= 0xDBFF) {
        if (j->end - j->at < 2 || j->at[0] != '\\' || j->at[1] != 'u')
            return false;
        j->at += 2;
        if (!json_hex4(j, &low) || low < 0xDC00 || low > 0xDFFF)
            return false;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    json_add_code(j->text, code);
    return true;
}

static bool json_escape(nrv__json *j)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (j->at == j->end)
        return false;
    char c = (char)*j->at++;
    if (c == 'u')
        return json_unicode(j);
    const char *found = c ? strchr(from, c) : NULL;
    if (!found)
        return false;
    nrv__text_addn(j->text, &to[found - from], 1);
    return true;
}

/* stands after the opening quote; leaves the string in text */
static bool json_string(nrv__json *j)
{
    j->text->n = 0;
    nrv__text_addn(j->text, "", 0);
    for (;;) {
        const unsigned char *run = j->at;
        size_t bytes = 1;
        while (j->at < j->end && *j->at != '"' && *j->at != '\\' && *j->at >= 0x20 && bytes) {
            bytes = nrv__utf8(j->at, (size_t)(j->end - j->at));
            j->at += bytes;
        }
        nrv__text_addn(j->text, (const char *)run, (size_t)(j->at - run));
        if (j->text->broken)
            return json_refuse(j, "out of memory");
        if (!bytes)
            return json_refuse(j, "a string is not UTF-8");
        if (j->at == j->end)
            return json_refuse(j, "a string has no end");
        if (*j->at < 0x20)
            return json_refuse(j, "a string has a control character");
        if (*j->at++ == '"')
            return true;
        if (!json_escape(j))
            return json_refuse(j, "a string has a wrong escape");
    }
}

static size_t json_digits(nrv__json *j)
{
    const unsigned char *from = j->at;
    while (j->at < j->end && *j->at >= '0' && *j->at <= '9')
        j->at++;
    return (size_t)(j->at - from);
}

static bool json_whole(nrv__json *j, const unsigned char *p)
{
    bool minus = *p == '-';
    int64_t v = 0;
    for (p += minus; p < j->at; p++)
        if (!nrv__mul(v, 10, &v) || !nrv__add(v, minus ? '0' - *p : *p - '0', &v))
            return false;
    j->whole = v;
    j->real = (double)v;
    return true;
}

static nrv__json_event json_number(nrv__json *j)
{
    const unsigned char *from = j->at;
    bool whole = true;
    if (*j->at == '-')
        j->at++;
    bool zero = j->at < j->end && *j->at == '0';
    size_t digits = json_digits(j);
    if (digits == 0 || (zero && digits > 1))
        return json_wrong(j, "a number is spelled wrongly");
    if (j->at < j->end && *j->at == '.') {
        whole = false;
        j->at++;
        if (json_digits(j) == 0)
            return json_wrong(j, "a number is spelled wrongly");
    }
    if (j->at < j->end && (*j->at == 'e' || *j->at == 'E')) {
        whole = false;
        j->at++;
        if (j->at < j->end && (*j->at == '+' || *j->at == '-'))
            j->at++;
        if (json_digits(j) == 0)
            return json_wrong(j, "a number is spelled wrongly");
    }
    j->expect = JSON_AFTER;
    if (whole && json_whole(j, from))
        return NRV__JSON_INT;
    if (!nrv__parse_number((const char *)from, (size_t)(j->at - from), &j->real))
        return json_wrong(j, "a number is out of range");
    return NRV__JSON_REAL;
}

static nrv__json_event json_word(nrv__json *j, const char *word, nrv__json_event e)
{
    size_t n = strlen(word);
    if ((size_t)(j->end - j->at) < n || memcmp(j->at, word, n) != 0)
        return json_wrong(j, "a value was expected here");
    j->at += n;
    j->expect = JSON_AFTER;
    return e;
}

static nrv__json_event json_open(nrv__json *j)
{
    if (j->depth == NRV__JSON_DEPTH)
        return json_wrong(j, "it is nested too deeply");
    char c = (char)*j->at++;
    j->open[j->depth++] = c;
    j->expect = c == '{' ? JSON_FIRST_KEY : JSON_FIRST_ITEM;
    return c == '{' ? NRV__JSON_OBJECT : NRV__JSON_ARRAY;
}

static nrv__json_event json_close(nrv__json *j)
{
    j->at++;
    j->expect = JSON_AFTER;
    return j->open[--j->depth] == '{' ? NRV__JSON_OBJECT_END : NRV__JSON_ARRAY_END;
}

static nrv__json_event json_key(nrv__json *j)
{
    if (*j->at != '"')
        return json_wrong(j, "a key in quotes was expected here");
    j->at++;
    if (!json_string(j))
        return NRV__JSON_ERROR;
    json_blank(j);
    if (j->at == j->end || *j->at != ':')
        return json_wrong(j, "a colon was expected here");
    j->at++;
    j->expect = JSON_VALUE;
    return NRV__JSON_KEY;
}

static nrv__json_event json_value(nrv__json *j)
{
    unsigned char c = *j->at;
    if (c == '{' || c == '[')
        return json_open(j);
    if (c == '"') {
        j->at++;
        j->expect = JSON_AFTER;
        return json_string(j) ? NRV__JSON_STRING : NRV__JSON_ERROR;
    }
    if (c == '-' || (c >= '0' && c <= '9'))
        return json_number(j);
    if (c == 't')
        return json_word(j, "true", NRV__JSON_TRUE);
    return c == 'f' ? json_word(j, "false", NRV__JSON_FALSE) : json_word(j, "null", NRV__JSON_NULL);
}

nrv__json_event nrv__json_next(nrv__json *j)
{
    if (j->error)
        return NRV__JSON_ERROR;
    json_blank(j);
    if (j->expect == JSON_AFTER && j->depth == 0)
        return j->at == j->end ? NRV__JSON_END : json_wrong(j, "something follows the value");
    if (j->at == j->end)
        return json_wrong(j, "it ends too early");
    bool object = j->depth > 0 && j->open[j->depth - 1] == '{';
    bool closes = j->depth > 0 && *j->at == (object ? '}' : ']');
    if (closes && (j->expect == JSON_AFTER || j->expect == JSON_FIRST_KEY || j->expect == JSON_FIRST_ITEM))
        return json_close(j);
    if (j->expect == JSON_AFTER) {
        if (*j->at != ',')
            return json_wrong(j, "a comma or a closing bracket was expected here");
        j->at++;
        json_blank(j);
        if (j->at == j->end)
            return json_wrong(j, "it ends too early");
        j->expect = object ? JSON_KEY : JSON_VALUE;
    }
    return j->expect == JSON_KEY || j->expect == JSON_FIRST_KEY ? json_key(j) : json_value(j);
}

nrv__json_event nrv__json_skip(nrv__json *j)
{
    int depth = j->depth;
    nrv__json_event first = nrv__json_next(j), e = first;
    while (e != NRV__JSON_ERROR && e != NRV__JSON_END && j->depth > depth)
        e = nrv__json_next(j);
    return e == NRV__JSON_ERROR ? e : first;
}

bool nrv__json_is(const nrv__json *j, const char *word)
{
    size_t n = strlen(word);
    return j->text->at && j->text->n == n && memcmp(j->text->at, word, n) == 0;
}

void nrv__json_where(const nrv__json *j, size_t *line, size_t *column)
{
    *line = *column = 1;
    for (const unsigned char *p = j->begin; p < j->at; p++) {
        if (*p == '\n') {
            ++*line;
            *column = 1;
        } else if ((*p & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

void nrv__json_quote(nrv__text *t, const char *s, size_t n)
{
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    nrv__text_addn(t, "\"", 1);
    for (size_t i = 0, bytes; i < n; i += bytes) {
        char c = s[i];
        const char *found = c ? strchr(from, c) : NULL;
        bytes = nrv__utf8(s + i, n - i);
        if (found)
            nrv__text_add(t, "\\%c", to[found - from]);
        else if (bytes == 1 && (unsigned char)c < 0x20)
            nrv__text_add(t, "\\u%04x", (unsigned)c);
        else if (bytes)
            nrv__text_addn(t, s + i, bytes);
        else
            nrv__text_add(t, "\xEF\xBF\xBD");
        if (bytes == 0)
            bytes = 1;
    }
    nrv__text_addn(t, "\"", 1);
}
