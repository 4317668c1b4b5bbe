/* cases.h - the test cases that stand in the record of an op: "x[3,5] in -3..3, y:i32[4] in 0..9, axis=1, to=2x6".

   An input is name[:type][lengths] and either `in lo..hi` (-1..1 if nothing is said) or its values, {1, 2.5, -3};
   without lengths, as many as there are values. Inputs that name no type get the one under test. Everything else is an
   argument. Promises: values depend on the text alone, are exact in float, and do not tie within an input of a real
   type (nor come close to 0), so that maxima and kinks are not met by chance. A case prints as a program that
   reproduces it. Does not do: judge - that is for the tests. */
#ifndef TEST_SUPPORT_CASES_H
#define TEST_SUPPORT_CASES_H
#include "../../src/ops/op.h"
#include <stdio.h>

enum { CASE_INPUTS = NRV__CASE_INPUTS, CASE_ARGS = NRV__CASE_ARGS };

typedef struct case_input {
    const char *name;
    nrv_dtype type;
    int rank;
    int64_t dim[NRV__MAX_RANK], n;
    double lo, hi; /* equal where the values were given */
    double *value; /* n */
} case_input;

typedef struct op_case {
    const nrv__opdef *op;
    const char *text;
    nrv_dtype real; /* the type under test */
    int n_x, n_arg;
    case_input x[CASE_INPUTS];
    nrv__arg arg[CASE_ARGS];
    char *copy; /* what names and arguments point into */
    char wrong[200];
} op_case;

typedef struct case_graph {
    nrv_store *s;
    nrv_graph *g;
    nrv_tensor x[CASE_INPUTS], y;
} case_graph;

/* element by element, of one real number, a real number: what every float can be tried on */
bool case_one_number(const nrv__opdef *op);
bool case_read(op_case *c, const nrv__opdef *op, const char *text, nrv_dtype real); /* false: .wrong says why */
void case_free(op_case *c);
/* another leading length for every input that shares the first one's, values drawn anew; false: there is none such */
bool case_lead(op_case *c, int64_t n);
/* a store and a graph of its own, inputs made and fed, y built by the record; y is NULL where that failed */
case_graph case_trace(const op_case *c, unsigned mode);
case_graph case_trace_inputs(const op_case *c, unsigned mode);             /* the same without y */
nrv_tensor case_make(const op_case *c, nrv_graph *g, const nrv_tensor *x); /* y alone, on inputs that are there */
void case_graph_free(case_graph *t);
void case_feed(nrv_tensor x, const double *value, int64_t n); /* any type, from doubles */
/* one more input of like's shape and type, with numbers of its own in -1.5..1.5; *value is the
   caller's to free. NULL: no memory */
nrv_tensor case_input_like(case_graph *t, const op_case *c, const char *name, nrv_tensor like, uint64_t which,
                           double **value);
void case_forget(nrv_graph *g);               /* computed values, so that new feeds are seen */
double *case_value(nrv_tensor y, int64_t *n); /* evaluated, to be freed; NULL: see the graph */
void case_draw(const char *text, uint64_t which, double lo, double hi, int64_t n, double *to);
int64_t case_elements(nrv_tensor x);             /* of constant lengths */
const char *case_type_name(nrv_dtype t);         /* "NRV_F32" */
void case_reproduce(const op_case *c, FILE *to); /* ten lines of C that do the same */
/* the largest of |a|, at least 0 */
double case_scale(const double *a, int64_t n);
#endif
