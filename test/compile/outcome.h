/* outcome.h - what a plan of a net takes, and what three steps of it give, with or without a pass of the compiler. */
#ifndef TEST_COMPILE_OUTCOME_H
#define TEST_COMPILE_OUTCOME_H
#include "compile/passes.h"
#include "nervo.h"

typedef struct outcome {
    size_t workspace, programs; /* bytes for one thread; tile programs */
    int64_t macs, points;
    float loss;
} outcome;

/* net: traces a step with input "x" and output "loss"; without: NULL for none */
outcome outcome_of(nrv_graph *(*net)(nrv_store *s), const float *x, size_t bytes, const char *without);
#endif
