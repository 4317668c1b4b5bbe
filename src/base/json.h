/* json.h - a strict pull parser for JSON (RFC 8259) over bytes in memory, and the quoting of strings.

   Promises: allocates nothing but the text that the caller lends it; no recursion, at most NRV__JSON_DEPTH levels;
   refuses what is not UTF-8, lone surrogates and anything after the value; integers that fit 64 bits are exact. Does
   not do: notice duplicate keys (the caller knows which may repeat), comments, NaN. */
#ifndef NRV__JSON_H
#define NRV__JSON_H
#include "base.h"

enum { NRV__JSON_DEPTH = 64 };

typedef enum {
    NRV__JSON_ERROR,
    NRV__JSON_OBJECT,
    NRV__JSON_OBJECT_END,
    NRV__JSON_ARRAY,
    NRV__JSON_ARRAY_END,
    NRV__JSON_KEY,    /* text holds it */
    NRV__JSON_STRING, /* text holds it */
    NRV__JSON_INT,    /* whole and real hold it */
    NRV__JSON_REAL,   /* real holds it */
    NRV__JSON_TRUE,
    NRV__JSON_FALSE,
    NRV__JSON_NULL,
    NRV__JSON_END
} nrv__json_event;

typedef struct nrv__json {
    const unsigned char *begin, *at, *end;
    nrv__text *text; /* the last key or string, decoded; it may hold zeros, text->n counts */
    int64_t whole;
    double real;
    const char *error; /* a constant phrase, once an event was NRV__JSON_ERROR */
    int expect, depth;
    char open[NRV__JSON_DEPTH];
} nrv__json;

void nrv__json_start(nrv__json *j, const void *data, size_t n, nrv__text *text);
nrv__json_event nrv__json_next(nrv__json *j);
nrv__json_event nrv__json_skip(nrv__json *j);            /* passes over one whole value; the event that began it */
bool nrv__json_is(const nrv__json *j, const char *word); /* the last key or string is this word */
void nrv__json_where(const nrv__json *j, size_t *line, size_t *column); /* of the place reached, from 1 */

/* adds "s" with its quotes; what is not UTF-8 becomes U+FFFD */
void nrv__json_quote(nrv__text *t, const char *s, size_t n);
/* bytes of the UTF-8 character at p, of n bytes that are left; 0 if there is none */
size_t nrv__utf8(const void *p, size_t n);
bool nrv__utf8_valid(const void *p, size_t n);
#endif
