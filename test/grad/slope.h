/* slope.h - is what nrv_grad traced the slope of what it was traced from? By central differences of fourth order.

   Promises: every element of small inputs and a spread of large ones alone, and all of them together along two random
   directions, so that no element goes unseen. Works on the nodes of one graph: inputs are fed anew, values forgotten.
 */
#ifndef TEST_GRAD_SLOPE_H
#define TEST_GRAD_SLOPE_H
#include "support/each_op.h"

enum { SLOPE_TARGETS = CASE_INPUTS + 1 };

typedef struct slope {
    const op_case *c;
    nrv_tensor s; /* the scalar */
    int n;
    nrv_tensor x[SLOPE_TARGETS], dx[SLOPE_TARGETS];
    bool other[SLOPE_TARGETS]; /* dx is not meant to be the slope by this one */
    double *at[SLOPE_TARGETS]; /* where the slope is looked at */
    double tolerance;          /* of the scale of the gradients */
    const char *order;
} slope;

void slope_check(const slope *t);
#endif
