/* number.c - sums and products that notice overflow, and words that are nearly the same.

   Promises: an overflow answers false and leaves the result alone; comparing words takes bounded time and no memory.
   Does not do: sizes by name (the graph room's). */
#include "base.h"

#include <string.h>

bool nrv__mul(int64_t a, int64_t b, int64_t *product)
{
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
