/* sort.c - insertion for what is nearly in order, else heapsort: no memory (glibc's qsort calls malloc), no recursion,
   n log n for hostile input too.

   Promises: items in order; the same result everywhere as long as before() knows no ties.
   Does not do: keep equal items in their order. */
#include "base.h"
#include <string.h>

static void sort_swap(unsigned char *a, unsigned char *b, size_t size)
{
    unsigned char t[64];
    for (size_t n = size; n; a += sizeof t, b += sizeof t) {
        size_t part = n < sizeof t ? n : sizeof t;
        memcpy(t, a, part);
        memcpy(a, b, part);
        memcpy(b, t, part);
        n -= part;
    }
}

/* false: more than a few exchanges an item would be needed; the items are all there, in some order */
static bool sort_nearly(unsigned char *at, size_t n, size_t size, bool (*before)(const void *, const void *))
{
    size_t left = 4 * n;
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && before(at + k * size, at + (k - 1) * size); k--, left--) {
            if (!left)
                return false;
            sort_swap(at + k * size, at + (k - 1) * size, size);
        }
    return true;
}

static void sort_sink(unsigned char *at, size_t i, size_t n, size_t size, bool (*before)(const void *, const void *))
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= n)
            return;
        if (child + 1 < n && before(at + child * size, at + (child + 1) * size))
            child++;
        if (!before(at + i * size, at + child * size))
            return;
        sort_swap(at + i * size, at + child * size, size);
        i = child;
    }
}

void nrv__sort(void *items, size_t n, size_t size, bool (*before)(const void *a, const void *b))
{
    unsigned char *at = items;
    if (sort_nearly(at, n, size, before))
        return;
    for (size_t i = n / 2; i-- > 0;)
        sort_sink(at, i, n, size, before);
    for (size_t left = n; left > 1; left--) {
        sort_swap(at, at + (left - 1) * size, size);
        sort_sink(at, 0, left - 1, size, before);
    }
}
