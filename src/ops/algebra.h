/* algebra.h - sums of products of powers, kept in a form in which equal things look equal: how formula.c simplifies.

   Constants are folded, like terms and like factors meet, what all terms share stands before them, and a sum of
   fractions is put over one denominator where that is less work. Bases are known by their text. Promises: nothing
   recurses; sizes are bounded, and what would pass the bounds gives NULL and says why. Does not do: look for factors
   that are not written, trigonometry, or care where 0/0 hides: x/x is 1. */
#ifndef NRV__OPS_ALGEBRA_H
#define NRV__OPS_ALGEBRA_H
#include "../base/base.h"

typedef struct nrv__power {
    int32_t base; /* in nrv__algebra.base */
    double e;     /* never 0 */
} nrv__power;
typedef struct nrv__product {
    double c; /* never 0 */
    int32_t n;
    const nrv__power *at; /* sorted by base, each once */
} nrv__product;
typedef struct nrv__sum {
    int32_t n; /* 0: it is zero */
    const nrv__product *at;
    int64_t work, cost; /* operations as it is written; the same where a call is as cheap as a name */
} nrv__sum;
typedef struct nrv__base {
    const char *text, *turned; /* turned: of its negative, where that is as good to read; else NULL */
    const nrv__sum *of;        /* what stands in parentheses; NULL: a name, a call, anything else */
    int32_t rank;              /* 0: a name, 1: a call, 2: what needs parentheses */
    int64_t work, cost;
    uint64_t hash;
} nrv__base;
typedef struct nrv__algebra {
    nrv__arena arena;
    nrv__base *base;
    size_t n_base, cap_base, steps;
    const char *why; /* what was too much; NULL: all is well, or memory ran out (arena.broken) */
} nrv__algebra;

void nrv__algebra_free(nrv__algebra *a);
/* NULL in gives NULL out */
const nrv__sum *nrv__algebra_number(nrv__algebra *a, double value);
const nrv__sum *nrv__algebra_base(nrv__algebra *a, const char *text, int rank, int64_t work);
const nrv__sum *nrv__algebra_plus(nrv__algebra *a, const nrv__sum *x, const nrv__sum *y);
const nrv__sum *nrv__algebra_times(nrv__algebra *a, const nrv__sum *x, const nrv__sum *y);
const nrv__sum *nrv__algebra_power(nrv__algebra *a, const nrv__sum *x, double e);
const char *nrv__algebra_text(nrv__algebra *a, const nrv__sum *x); /* as nrv_expr reads it */
bool nrv__algebra_is_number(const nrv__sum *x, double *value);
const char *nrv__algebra_keep(nrv__algebra *a, nrv__text *t); /* t's text in the arena; t is freed */
#endif
