/* models.h - what a model of bench_models is: a name, a loss, how it learns.

   The eight models of docs/performance.md's table of training steps, and a deep one, each written as a user of the
   library would write it, on the public header alone. Data are random: what is measured does not depend on them. */
#ifndef BENCH_MODELS_H
#define BENCH_MODELS_H
#include <nervo.h>

typedef struct model {
    const char *name, *doc;
    int64_t batch, small;                                                /* samples of a step; of the check's */
    nrv_tensor (*loss)(nrv_graph *g, int64_t batch, nrv_tensor *output); /* *output: what evaluation computes */
    nrv_list (*update)(nrv_list params, nrv_list grads);                 /* NULL: gradients are all it is for */
    const char *also;                                                    /* the option it knows besides, or NULL */
} model;

/* An input with random data: from 0 to 1, or whole numbers from 0 to kinds - 1. The program keeps and binds them. */
nrv_tensor model_input(nrv_graph *g, const char *name, nrv_dtype type, nrv_shape shape, int kinds);

extern int model_int8;      /* --int8: linear layers have weights of a byte each */
extern int model_recompute; /* --recompute: layers are computed again in backward */

extern const model models_mlp[], models_conv[], models_text[], models_graph[]; /* each ends with a NULL name */
#endif
