/* call.h - a case of an op's record as a line of C, by the declaration that the public header has of it.

   Promises: a case is printed only where every input and every argument of it has a parameter, and every parameter that
   has no neutral value an argument, so that the line does what the record's `make` does. Does not do: what only the
   library's inside can say; that is printed as a call of `make`. */
#ifndef TEST_FUZZ_CALL_H
#define TEST_FUZZ_CALL_H
#include "support/cases.h"

enum { CALL_PARAMS = 12 };

typedef struct call_param {
    char type[40], name[24];
} call_param;

typedef struct call {    /* a declaration */
    bool declared, with; /* with: there is a form with options, which is the one that cases are of */
    int n;
    call_param p[CALL_PARAMS];
    char fields[400]; /* of its options, as the header has them */
} call;

/* how to call the op, from the text of include/nervo/ops.h */
call call_of(const char *header, const char *op);
/* the call with these names for its inputs, into `to`; false: this case cannot be said so */
bool call_print(const call *k, const op_case *c, const char *const *x, const char *draw, char *to, size_t room);
#endif
