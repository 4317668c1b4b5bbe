/* maker.h - what makes a random graph: dice, terms (a tensor and its C), values that statements may use. */
#ifndef TEST_FUZZ_MAKER_H
#define TEST_FUZZ_MAKER_H
#include "random_graph.h"

enum { MAKER_VALUES = 128, MAKER_MOST = 300, MAKER_ROOM = 1 << 19 };

typedef struct dice {
    uint64_t key, at;
} dice;
uint32_t dice_roll(dice *d, uint32_t sides);
bool dice_percent(dice *d, uint32_t percent);

typedef struct term {
    nrv_tensor t;
    const char *c;
} term;

typedef struct value {
    term x;
    bool known; /* it lies in lo..hi */
    double lo, hi;
    bool used;
    int input; /* or -1 */
} value;

typedef struct turns { /* of a scan */
    nrv_block *block;
    const char *name;
    int64_t n;
} turns;

typedef struct maker {
    random_graph *r;
    const random_wish *wish;
    value v[MAKER_VALUES];
    int n_v;
    int nest, n_name, n_draw;
    const turns *in; /* the scan that is open, innermost; NULL: none, or another block is */
    size_t n_text, n_room;
    char room[MAKER_ROOM]; /* of the terms' C */
} maker;

const char *say(maker *m, const char *fmt, ...) NRV__PRINTF(2, 3);
void line(maker *m, const char *fmt, ...) NRV__PRINTF(2, 3);
const char *maker_type(const maker *m); /* "NRV_F64" */
const char *maker_shape(maker *m, int rank, const int64_t *dim);

/* ---- terms ---- */
term term_one(maker *m, const char *name, nrv_tensor (*f)(nrv_tensor), term a);
term term_two(maker *m, const char *name, nrv_tensor (*f)(nrv_tensor, nrv_tensor), term a, term b);
term term_c(maker *m, const char *name, nrv_tensor (*f)(nrv_tensor, double), term a, double c);
term term_fill(maker *m, nrv_dtype t, double value); /* a scalar */
term term_cast(maker *m, term x, nrv_dtype t);
term term_shaped(maker *m, term x, int rank, const int64_t *dim);
term term_squashed(maker *m, term x, double lo, double hi); /* into lo..hi by tanh */
term term_mean(maker *m, term x);                           /* of all: a scalar */
term term_each(maker *m, term x); /* of an outer value: the same, as one turn's of a sequence */

/* ---- values ---- */
int maker_pick(maker *m, dice *d);                   /* one that is there, rather a late one; used now */
void maker_push(maker *m, term x, const char *what); /* gets a name and, outside blocks, its range */
void maker_push_known(maker *m, term x, double lo, double hi);
/* a value of that shape in that range, made from one that is there; apart: certainly no two elements alike */
term maker_operand(maker *m, dice *d, int rank, const int64_t *dim, double lo, double hi, bool apart);
term maker_last(maker *m, dice *d, int from, int rank, const int64_t *dim); /* the last one from there on, if any */
bool maker_left_out(maker *m, uint64_t key);                                /* this statement; else it is noted */

/* ---- statements ---- */
void statement(maker *m, uint64_t key, bool block); /* block: it must be one */
void statement_block(maker *m, dice *d, uint64_t key);
bool statement_begin(const char *header);
#endif
