/* loops.h - programs with blocks, for tests: a scalar of four inputs and of the parameters met on the way, its
   gradients to any order (of the sum of squares of the gradients before), computed in three ways.

   Promises: two programs that mean the same are compared value by value, each order at its own scale; a program alone
   is compared with its slope. What differs is told by name, order and number. Does not do: know any program. */
#ifndef TEST_SUPPORT_LOOPS_H
#define TEST_SUPPORT_LOOPS_H
#include "nervo.h"
#include <stdbool.h>

enum { LOOP_INPUTS = 4, LOOP_TARGETS = 16, LOOP_ORDERS = 3 };

typedef struct loop_at {
    nrv_graph *g;
    nrv_tensor x, w, u, h; /* (T,2,3), (3,3), (3,3), (2,3), float64 */
    int64_t T;             /* for what is unrolled */
    nrv_dim steps;         /* the same, maybe a named size */
    nrv_scan_opt scan;
} loop_at;
typedef nrv_tensor loop_fn(const loop_at *at); /* a scalar */

typedef enum { LOOP_ASKED, LOOP_EAGER, LOOP_COMPILED } loop_way;
typedef struct loop_how {
    loop_way way;
    int64_t T;
    int order, keep, reverse, threads;
    bool again;          /* all of it in a scope that the gradient computes again */
    bool forward;        /* the scalar is its own change along all four inputs */
    bool named;          /* T is a named size */
    const char *without; /* compiled: passes switched off */
    double moved;        /* inputs along a direction, for slopes */
} loop_how;

typedef struct loop_got {
    double *v;                     /* the scalar, then for each order the gradients by x, w, u, h and parameters */
    int64_t from[LOOP_ORDERS + 2]; /* where in v each order begins */
    char why[600];                 /* "": all went well */
} loop_got;

loop_got loop_run(loop_fn *f, const loop_how *how);
void loop_free(loop_got *got);
/* fail the test, with the numbers */
void loop_same(const char *name, const loop_got *a, const loop_got *b, const loop_how *how, double tolerance);
void loop_is_slope(const char *name, loop_fn *f, const loop_how *how, double tolerance);

typedef struct loop_pair {
    const char *name;
    loop_fn *loop, *turns;
    bool stretched; /* .steps say how many: with T = 0 nothing would */
} loop_pair;
int loop_group(const char *name, const loop_pair *pairs, int n, void (*test)(void **state)); /* a test for each */
void loop_compare(const loop_pair *p, const loop_how *how);                                  /* to 1e-12 */
void loop_forward(void **state); /* of a loop_pair: both forward, asked for and compiled, for every keep */
void loop_again(void **state);   /* both in a scope that is computed again */

nrv_tensor loop_row(const loop_at *at, int64_t turn);     /* (2,3): x of the turn-th turn, in the order of turns */
nrv_tensor loop_plus(nrv_tensor a, nrv_tensor b);         /* b, where a is NULL */
nrv_tensor loop_squares(nrv_tensor x);                    /* their sum */
nrv_tensor loop_number(const loop_at *at, double number); /* a float64 scalar */
#endif
