/* random_graph.h - a random program: ops of the registry on each other's results, in loops and choices, down to a loss.

   Promises: the same seed and number give the same program, which is also kept as text, a line of C for each statement.
   What an op gets lies in the range that its record's case names (by tanh where it would not), so values stay small and
   every op works where it is defined. Statements have keys that stay theirs when others are left out, so that a failing
   program can be made smaller. A new op is met without a word here.
   Does not do: named sizes, variables, threads (fuzz_programs.c); judge (test_graphs.c). */
#ifndef TEST_FUZZ_RANDOM_GRAPH_H
#define TEST_FUZZ_RANDOM_GRAPH_H
#include "call.h"

enum { RANDOM_INPUTS = 4, RANDOM_STATEMENTS = 256, RANDOM_DEEP = 60, RANDOM_TEXT = 1 << 16 };
enum { /* what a program holds */
       RANDOM_SCAN = 1,
       RANDOM_MAP = 2,
       RANDOM_WHILE = 4,
       RANDOM_IF = 8,
       RANDOM_CALL = 16, /* of a composite */
       RANDOM_DRAW = 32,
       RANDOM_STOP = 64,     /* its gradient is not its slope */
       RANDOM_ROUNDED = 128, /* its gradient has the digits of float32 */
       RANDOM_LEFT = 256     /* a value was too large, or no number, and is used by nothing */
};

typedef struct random_graph {
    nrv_store *s;
    nrv_graph *g;
    nrv_dtype real;
    int n_x;
    nrv_tensor t, u, x[RANDOM_INPUTS], loss; /* inputs t and u, scalars; x: values along a line, at t; u leads off it */
    char x_text[RANDOM_INPUTS][200];
    bool x_used[RANDOM_INPUTS];
    int64_t n[RANDOM_INPUTS];
    unsigned met;
    int depth, n_statement;
    uint64_t statement[RANDOM_STATEMENTS]; /* keys, in order */
    char text[RANDOM_TEXT];
    char wrong[400]; /* tracing failed, or a value is not finite; empty: all is well */
} random_graph;

typedef struct random_wish {
    uint64_t seed, number;
    const uint64_t *without; /* statements to leave out */
    int n_without;
} random_wish;

bool random_begin(const char *header);  /* reads the registry; false: it makes no sense */
bool random_uses(const nrv__opdef *op); /* programs may hold it */
void random_make(random_graph *r, const random_wish *w);
void random_free(random_graph *r);
double random_direction(int64_t element); /* of every x by t */
#endif
