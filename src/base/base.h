/* base.h - what every room stands on: memory, arenas, text, errors, hashing, checked sizes.

   Promises: all memory goes through one nrv__mem, told old and new size; nothing here aborts, prints or keeps a global.
   An arena that ran out of memory answers NULL for ever after, so that a caller may check once at the end.
   Does not do: anything that knows of tensors. */
#ifndef NRV__BASE_H
#define NRV__BASE_H
#include "nervo.h"
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define NRV__PRINTF(fmt, rest) __attribute__((format(printf, fmt, rest)))
#else
#define NRV__PRINTF(fmt, rest)
#endif
/* Internal functions that cross files: hidden in the shared library, static in the amalgamation. */
#ifndef NRV_API
#define NRV_API
#endif

enum { NRV__MAX_RANK = 8, NRV__ALIGN = 64 };

/* ---- memory: want = 0 frees; a failed growth leaves the old block as it was ---- */
typedef struct nrv__mem {
    void *(*fn)(void *user, void *p, size_t old, size_t want);
    void *user;
} nrv__mem;

nrv__mem nrv__mem_default(void); /* libc's realloc and free */
void *nrv__alloc(const nrv__mem *m, void *p, size_t old, size_t want);
/* makes room for one more item of `size` bytes in an array of n of *cap; returns the array or NULL (old one intact) */
void *nrv__grow(const nrv__mem *m, void *items, size_t n, size_t *cap, size_t size);

/* ---- arena: many small blocks, freed at once; blocks are zeroed and 16-aligned ---- */
typedef struct nrv__chunk nrv__chunk;
typedef struct nrv__arena {
    nrv__mem mem;
    nrv__chunk *last;
    size_t used, chunk_size; /* of the last chunk; chunk_size 0 means the default */
    bool broken;             /* an allocation failed */
} nrv__arena;

void *nrv__arena_get(nrv__arena *a, size_t bytes);
char *nrv__arena_text(nrv__arena *a, const char *s, size_t n); /* a zero-terminated copy */
void nrv__arena_free(nrv__arena *a);

/* ---- growing text ---- */
typedef struct nrv__text {
    nrv__mem mem;
    char *at; /* zero-terminated, or NULL while empty */
    size_t n, cap;
    bool broken;
} nrv__text;

void nrv__text_addn(nrv__text *t, const char *s, size_t n);
void nrv__text_add(nrv__text *t, const char *fmt, ...) NRV__PRINTF(2, 3);
void nrv__text_free(nrv__text *t);

/* ---- errors: the first one sticks ---- */
typedef struct nrv__why {
    nrv_status status;
    char text[1536];
} nrv__why;

/* where, for "%s%s" in a message: nothing at the outermost scope */
#define NRV__PLACE(scope) *(scope) ? "\n  in    " : "", (scope)
nrv_status nrv__fail(nrv__why *w, nrv_status status, const char *fmt, ...) NRV__PRINTF(3, 4); /* returns status */
nrv_status nrv__failv(nrv__why *w, nrv_status status, const char *fmt, va_list ap);
const char *nrv__status_name(nrv_status s);

/* ---- hashing, matching, numbers ---- */
uint64_t nrv__hash(uint64_t seed, const void *data, size_t n);
uint64_t nrv__hash_text(uint64_t seed, const char *s);
typedef struct nrv__hashing { /* the same hash, of bytes that come one after the other; a copy goes its own way */
    uint64_t seed, n, lane[4];
    unsigned char left[32];
} nrv__hashing;
void nrv__hashing_start(nrv__hashing *h, uint64_t seed);
void nrv__hashing_add(nrv__hashing *h, const void *data, size_t n);
uint64_t nrv__hashing_end(const nrv__hashing *h);
bool nrv__match(const char *names, const char *name);  /* "*", "enc.*,!*.bias": in the first, not in the second */
bool nrv__mul(int64_t a, int64_t b, int64_t *product); /* false if it overflows */
bool nrv__add(int64_t a, int64_t b, int64_t *sum);
/* [+-]digits[.digits][e[+-]digits], all n characters of it, whatever the locale; false: not that, or beyond f64 */
bool nrv__parse_number(const char *s, size_t n, double *value);
void nrv__text_number(nrv__text *t, double value); /* the shortest form that reads back as the same double */
/* sorts n items of `size` bytes in place, without memory or recursion; not stable, so before() should know no ties */
void nrv__sort(void *items, size_t n, size_t size, bool (*before)(const void *a, const void *b));
bool nrv__near_name(const char *word, const char *known); /* close enough for "did you mean" */

/* ---- types ---- */
size_t nrv__dtype_size(nrv_dtype t); /* bytes; 0 if there is no such type */
const char *nrv__dtype_name(nrv_dtype t);
bool nrv__dtype_real(nrv_dtype t);
bool nrv__dtype_whole(nrv_dtype t); /* an integer; bool is none */
/* count elements from memory of type t to doubles, and back (to the nearest; to bool: is it not zero) */
void nrv__to_double(double *to, const void *from, nrv_dtype t, int64_t count);
void nrv__from_double(void *to, nrv_dtype t, const double *from, int64_t count);
/* the same between integers, exactly; what does not fit loses its upper bits. To bool: is it not zero */
void nrv__to_whole(int64_t *to, const void *from, nrv_dtype t, int64_t count);
void nrv__from_whole(void *to, nrv_dtype t, const int64_t *from, int64_t count);
#endif
