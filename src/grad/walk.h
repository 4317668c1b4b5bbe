/* walk.h - one reverse walk: over the whole graph, or over the inside of a block (src/grad/loops.c).

   A walk over an inside makes graph in another block, where other nodes stand for those it walks over. */
#ifndef NRV__WALK_H
#define NRV__WALK_H
#include "../ops/op.h"

typedef struct nrv__reverse {
    nrv_graph *g;
    const bool *need; /* by id: lies between the roots and a target; of the n_need nodes there were at first */
    size_t n_need;
    const bool *target;        /* by id: the walk ends there; NULL: it goes on through targets */
    const nrv__region *region; /* what it walks over, indexes are slots; NULL: all that is open, indexes are ids */
    size_t n;
    bool *seen;
    nrv_tensor *sum; /* gradient so far */
    nrv_tensor *order, *stack;
    int32_t *child;       /* to visit next */
    int32_t *part, *more; /* of a block: the first thing read of it that has a gradient; the one after; index + 1 */
    size_t n_order;
    const nrv__stand *here; /* what stands for the nodes walked over; NULL: they themselves */
    nrv_tensor block;       /* whose inside it is; NULL: none */
    nrv_block *made;        /* the loop that is made of it */
    struct nrv__reverse *up;
    struct nrv__anew *anew;  /* scopes that are computed again; NULL: none */
    const nrv_tensor *outer; /* what the inside reads of the outside, by age, and its gradient so far */
    nrv_tensor *outer_sum;
    int n_outer;
} nrv__reverse;

bool nrv__reverse_begin(nrv__reverse *w); /* g, region and n are set; false: out of memory */
void nrv__reverse_free(nrv__reverse *w);
bool nrv__reverse_need(const nrv__reverse *w, nrv_tensor x);
int64_t nrv__reverse_index(const nrv__reverse *w, nrv_tensor x); /* -1: not of those it walks over */
void nrv__reverse_visit(nrv__reverse *w, nrv_tensor root);
void nrv__reverse_add(nrv__reverse *w, nrv_tensor to, nrv_tensor d); /* d NULL: nothing */
void nrv__reverse_run(nrv__reverse *w);
void nrv__reverse_block(nrv__reverse *w, nrv_tensor block); /* what is read of it has its gradients */
/* what stands for nodes in n's rule; dy: its gradient */
bool nrv__anew_begin(nrv__reverse *w);
const nrv__stand *nrv__anew(nrv__reverse *w, nrv_tensor n, nrv_tensor dy);
/* gradients of y by x, dy given for each y; dx NULL after an error */
void nrv__vjp(nrv_graph *g, int n_y, const nrv_tensor *y, const nrv_tensor *dy, int n_x, const nrv_tensor *x,
              nrv_tensor *dx);
/* gradients of y by x, as if no x depended on another */
void nrv__reverse_partial(nrv_graph *g, int n_y, const nrv_tensor *y, const nrv_tensor *dy, int n_x,
                          const nrv_tensor *x, nrv_tensor *dx);
#endif
