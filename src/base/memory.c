/* memory.c - the allocator that all rooms share, growing arrays, and arenas.

   Promises: want = 0 frees and answers NULL; a failed growth leaves the old block untouched; sizes that overflow are an
   allocation that failed. An arena frees iteratively, hands out zeroed blocks aligned to 16 bytes, and stays broken
   once an allocation failed; large blocks of libc ask for large pages. Does not do: alignment beyond 16 bytes,
   statistics, limits. */
#include "base.h"

#include <stdlib.h>
#include <string.h>

#ifdef NRV__TINY
enum { MEMORY_CHUNK = 256, MEMORY_FIRST = 1, MEMORY_ALIGN = 16, MEMORY_MANY = 16384 };
#else
enum { MEMORY_CHUNK = 16384, MEMORY_FIRST = 8, MEMORY_ALIGN = 16, MEMORY_MANY = 4 << 20 };
#endif

struct nrv__chunk {
    nrv__chunk *before;
    size_t size; /* of the whole allocation */
};

#ifdef __linux__
/* <sys/mman.h> hides it from POSIX sources, and its name for large pages, too */
extern int madvise(void *at, size_t bytes, int advice);
enum { MEMORY_LARGE = 14, MEMORY_PAGE = 65536 }; /* the largest that small pages are */

/* Where values are many, a page of 4 KiB is soon walked through: pages of 2 MiB spare the processor a search in its
   tables and its prefetchers a stop at each. It is a wish, and nothing comes of it where the system has none to give.
 */
static void memory_pages(char *p, size_t bytes)
{
    const size_t skip = (size_t)(-(uintptr_t)p & (MEMORY_PAGE - 1));
    if (p && bytes >= MEMORY_MANY)
        (void)madvise(p + skip, (bytes - skip) & ~(size_t)(MEMORY_PAGE - 1), MEMORY_LARGE);
}
#else
static void memory_pages(char *p, size_t bytes)
{
    (void)p, (void)bytes;
}
#endif

static void *memory_libc(void *user, void *p, size_t old, size_t want)
{
    (void)user, (void)old;
    if (!want) {
        free(p);
        return NULL;
    }
    void *q = realloc(p, want);
    memory_pages(q, want);
    return q;
}

nrv__mem nrv__mem_default(void)
{
    return (nrv__mem){ memory_libc, NULL };
}

void *nrv__alloc(const nrv__mem *m, void *p, size_t old, size_t want)
{
    if (!p && !want)
        return NULL;
    if (want > PTRDIFF_MAX)
        return NULL; /* pointer differences inside a larger block would not be defined */
    if (!m || !m->fn)
        return memory_libc(NULL, p, old, want);
    return m->fn(m->user, p, old, want);
}

void *nrv__grow(const nrv__mem *m, void *items, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return items;
    size_t more = *cap > SIZE_MAX / 2 ? SIZE_MAX : *cap * 2;
    if (more < MEMORY_FIRST)
        more = MEMORY_FIRST;
    if (more <= n || (size && more > SIZE_MAX / size))
        return NULL;
    void *p = nrv__alloc(m, items, *cap * size, more * size);
    if (p)
        *cap = more;
    return p;
}

static size_t memory_padding(const void *p)
{
    return (size_t)(-(uintptr_t)p & (MEMORY_ALIGN - 1));
}

static nrv__chunk *memory_chunk(nrv__arena *a, size_t size)
{
    nrv__chunk *c = nrv__alloc(&a->mem, NULL, 0, size);
    if (!c)
        return NULL;
    c->size = size;
    c->before = NULL;
    return c;
}

static void *memory_first_block(nrv__chunk *c)
{
    char *p = (char *)(c + 1);
    return p + memory_padding(p);
}

/* A block that would waste most of a chunk gets one of its own, placed behind the current one, whose rest stays in use.
 */
static void *memory_big(nrv__arena *a, size_t bytes, size_t over)
{
    nrv__chunk *c = memory_chunk(a, bytes + over);
    if (!c)
        return NULL;
    if (a->last) {
        c->before = a->last->before;
        a->last->before = c;
    } else {
        a->last = c;
        a->used = c->size;
    }
    return memory_first_block(c);
}

static void *memory_fresh(nrv__arena *a, size_t bytes, size_t chunk_size)
{
    nrv__chunk *c = memory_chunk(a, chunk_size);
    if (!c)
        return NULL;
    c->before = a->last;
    a->last = c;
    char *p = memory_first_block(c);
    a->used = (size_t)(p - (char *)c) + bytes;
    return p;
}

void *nrv__arena_get(nrv__arena *a, size_t bytes)
{
    const size_t over = sizeof(nrv__chunk) + MEMORY_ALIGN;
    if (a->broken)
        return NULL;
    if (!bytes)
        bytes = 1;
    void *p = NULL;
    if (a->last) {
        char *free_at = (char *)a->last + a->used;
        size_t left = a->last->size - a->used, pad = memory_padding(free_at);
        if (left >= pad && left - pad >= bytes) {
            p = free_at + pad;
            a->used += pad + bytes;
        }
    }
    if (!p && bytes <= PTRDIFF_MAX - over) {
        size_t chunk_size = a->chunk_size > over ? a->chunk_size : MEMORY_CHUNK;
        p = bytes > (chunk_size - over) / 4 ? memory_big(a, bytes, over) : memory_fresh(a, bytes, chunk_size);
    }
    if (!p) {
        a->broken = true;
        return NULL;
    }
    memset(p, 0, bytes);
    return p;
}

char *nrv__arena_text(nrv__arena *a, const char *s, size_t n)
{
    if (n == SIZE_MAX) {
        a->broken = true;
        return NULL;
    }
    char *p = nrv__arena_get(a, n + 1);
    if (p && n)
        memcpy(p, s, n);
    return p;
}

void nrv__arena_free(nrv__arena *a)
{
    for (nrv__chunk *c = a->last, *before; c; c = before) {
        before = c->before;
        nrv__alloc(&a->mem, c, c->size, 0);
    }
    a->last = NULL;
    a->used = 0;
    a->broken = false;
}
