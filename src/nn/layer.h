/* layer.h - what a layer is to the text form, the documents and the tests: a word, its arguments, and a function.

   A layer itself is a C function that asks for its parameters by scoped name; there is no object and no base struct. */
#ifndef NRV__LAYER_H
#define NRV__LAYER_H
#include "../graph/record.h"

enum {
    NRV__LAYER_BARE = 1, /* has no parameters, draws or state, so it opens no scope of its own: an activation, a pool */
    NRV__LAYER_BLOCK = 2,    /* takes { ... } and joins what came in with what came out: residual, parallel */
    NRV__LAYER_BRANCHES = 4, /* a block whose content may be several branches: { a ; b } */
    NRV__LAYER_UNROLL = 8    /* a block that is no module: its content stands there `times` times (repeat) */
};
typedef struct nrv__layer {
    const char *name; /* of the function: nrv_linear */
    const char *word; /* in a text: "dense" */
    /* in order: "units:size no_bias:flag p:real=0.5 kernel:size2 stride:size2?". Types: size (from 1), int, real, flag,
       size2 and int2 (one number for both axes, or 3x5), size3, int3, int6 (one or up to so many). =: what it is if
       not given; ?: may be left out; else it is asked for. */
    const char *args;
    const char *doc;
    const char *torch;                /* the module of torch.nn with the same state_dict, or NULL */
    nrv_tensor (*make)(nrv__case *c); /* c->x[0], c->name, the arguments by name; NULL for a block */
    nrv_tensor (*join)(nrv_tensor in, int n, const nrv_tensor *out); /* a block: what came in, what each branch gave */
    unsigned flags;
    const char *test[6]; /* "x[3,5], units=4" */
} nrv__layer;

#define NRV_LAYER(id, ...)                   \
    extern const nrv__layer nrv__layer_##id; \
    const nrv__layer nrv__layer_##id = { .name = #id, __VA_ARGS__ }

extern const nrv__layer *const nrv__layers_all[]; /* generated; ends with NULL */
#endif
