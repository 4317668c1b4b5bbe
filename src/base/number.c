/* number.c - sums and products that notice overflow, numbers as text, and words that are nearly the same.

   Promises: an overflow answers false and leaves the result alone; reading and writing numbers is exact and does not
   depend on the locale; comparing words takes bounded time and no memory.
   Does not do: sizes by name (the graph room's). */
#include "base.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool nrv__mul(int64_t a, int64_t b, int64_t *product)
{
    if (((uint64_t)a | (uint64_t)b) >> 31 == 0) /* lengths, mostly: without a division */
        return *product = a * b, true;
    if (a > 0 ? (b > 0 ? a > INT64_MAX / b : b < INT64_MIN / a)
              : (b > 0 ? a < INT64_MIN / b : a != 0 && b < INT64_MAX / a))
        return false;
    *product = a * b;
    return true;
}

bool nrv__add(int64_t a, int64_t b, int64_t *sum)
{
    if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b)
        return false;
    *sum = a + b;
    return true;
}

/* Digits without a point and a power of ten: a form in which strtod knows no locale. 800 digits decide every double; of
   those that follow only matters whether one is not zero. */
enum { NUMBER_DIGITS = 800, NUMBER_POWER = 100000 };

typedef struct number_parts {
    char digits[NUMBER_DIGITS + 32];
    int n;
    bool rest, any;
    int64_t power;
} number_parts;

static const char *number_digits(number_parts *d, const char *p, const char *end, int fraction)
{
    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        d->any = true;
        d->power -= fraction;
        if (d->n == 0 && *p == '0')
            continue;
        if (d->n < NUMBER_DIGITS) {
            d->digits[d->n++] = *p;
        } else {
            d->rest = d->rest || *p != '0';
            d->power++;
        }
    }
    return p;
}

static const char *number_power(number_parts *d, const char *p, const char *end)
{
    bool minus = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end || *p < '0' || *p > '9')
        return NULL;
    int64_t power = 0;
    for (; p < end && *p >= '0' && *p <= '9'; p++)
        if (power < (int64_t)1 << 48)
            power = power * 10 + (*p - '0');
    d->power += minus ? -power : power;
    return p;
}

static double number_value(number_parts *d)
{
    static const double tens[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    if (d->n == 0)
        return 0.0;
    if (d->n <= 15 && d->power >= -22 && d->power <= 22) { /* both factors are exact, so one rounding is all there is */
        int64_t whole = 0;
        for (int i = 0; i < d->n; i++)
            whole = whole * 10 + (d->digits[i] - '0');
        return d->power < 0 ? (double)whole / tens[-d->power] : (double)whole * tens[d->power];
    }
    if (d->rest) {
        d->digits[d->n++] = '1';
        d->power--;
    }
    int64_t power = d->power < -NUMBER_POWER ? -NUMBER_POWER : d->power > NUMBER_POWER ? NUMBER_POWER : d->power;
    snprintf(d->digits + d->n, sizeof d->digits - (size_t)d->n, "e%d", (int)power);
    return strtod(d->digits, NULL);
}

bool nrv__parse_number(const char *s, size_t n, double *value)
{
    number_parts d;
    d.n = 0, d.power = 0, d.rest = d.any = false;
    const char *p = s, *end = s + n;
    bool minus = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    p = number_digits(&d, p, end, 0);
    if (p < end && *p == '.')
        p = number_digits(&d, p + 1, end, 1);
    if (!d.any)
        return false;
    if (p < end && (*p == 'e' || *p == 'E'))
        p = number_power(&d, p + 1, end);
    if (p != end)
        return false;
    double x = number_value(&d);
    if (!isfinite(x))
        return false;
    *value = minus ? -x : x;
    return true;
}

void nrv__text_number(nrv__text *t, double value)
{
    char s[48];
    double again = 0;
    if (!isfinite(value)) {
        nrv__text_add(t, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(s, sizeof s, "%.*g", digits, value);
        char *to = s;
        for (const char *p = s; *p; p++) { /* the locale's decimal point may be anything, even of several bytes */
            bool ours = (*p >= '0' && *p <= '9') || *p == '-' || *p == '+' || *p == 'e';
            if (ours)
                *to++ = *p;
            else if (to > s && to[-1] != '.')
                *to++ = '.';
        }
        *to = 0;
        if (nrv__parse_number(s, (size_t)(to - s), &again) && again == value)
            break;
    }
    nrv__text_add(t, "%s", s);
}

enum { NUMBER_WORD = 48 }; /* longer words are not typing slips of a known one */

static char number_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int number_min(int a, int b)
{
    return a < b ? a : b;
}

/* insertions, deletions, replacements and swapped neighbours; upper and lower case are the same letter */
static int number_distance(const char *a, int na, const char *b, int nb)
{
    int rows[3][NUMBER_WORD + 1];
    int *old = rows[0], *above = rows[1], *row = rows[2];
    for (int j = 0; j <= nb; j++)
        above[j] = j;
    for (int i = 1; i <= na; i++) {
        row[0] = i;
        for (int j = 1; j <= nb; j++) {
            char x = number_lower(a[i - 1]), y = number_lower(b[j - 1]);
            int d = number_min(number_min(row[j - 1], above[j]) + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == number_lower(b[j - 2]) && y == number_lower(a[i - 2]))
                d = number_min(d, old[j - 2] + 1);
            row[j] = d;
        }
        int *t = old;
        old = above, above = row, row = t;
    }
    return above[nb];
}

bool nrv__near_name(const char *word, const char *known)
{
    if (!word || !known)
        return false;
    size_t a = strlen(word), b = strlen(known);
    if (a > NUMBER_WORD || b > NUMBER_WORD)
        return false;
    int d = number_distance(word, (int)a, known, (int)b);
    return d <= 2 && 2 * (size_t)d < a;
}
