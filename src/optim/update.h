/* update.h - what optimisers share: their step, their state, the numbers of one update. */
#ifndef NRV__UPDATE_H
#define NRV__UPDATE_H
#include "../ops/op.h"
#include "optim.h"

/* An optimiser at work. Its state is named `<name>.<what>.<parameter>` and lives in the store beside the parameters. */
typedef struct nrv__update {
    nrv_graph *g;
    const char *name;
    nrv_tensor when; /* bool scalar, or NULL: always */
    nrv_tensor step; /* f64 scalar: the number of this update, from 1 */
    nrv_tensor rate; /* f64 scalar */
} nrv__update;

nrv_tensor nrv__update_step(nrv_graph *g, const char *name); /* the stored i64 scalar `<name>.step`: updates done */
/* false: an error is on the graph, or a list is NULL */
bool nrv__update_begin(nrv__update *u, nrv_list params, nrv_list grads, const char *name, double lr, nrv_tensor rate,
                       nrv_tensor when);
nrv_tensor nrv__update_state(const nrv__update *u, nrv_tensor param,
                             const char *what); /* zeros, as the parameter; float32 for 16 bits */
void nrv__update_keep(const nrv__update *u, nrv_tensor state, nrv_tensor value); /* assigns, unless .when says no */
nrv_tensor nrv__update_value(const nrv__update *u, nrv_tensor old,
                             nrv_tensor value);                    /* value, or old where .when says no */
nrv_tensor nrv__update_number(const nrv__update *u, double value); /* f64 scalar */
bool nrv__update_reached(nrv_tensor grad); /* false: the literal zero, so the loss does not depend on it */
double nrv__update_option(double given, double otherwise); /* zero is the default, a negative number means zero */

/* new values for all parameters by one rule; a parameter that the loss does not reach (its gradient is the literal
   zero) keeps its value and gets no state */
nrv_list nrv__update_all(const nrv__update *u, nrv_list params, nrv_list grads,
                         nrv_tensor (*rule)(const nrv__update *u, const nrv__entry *p, nrv_tensor grad,
                                            const void *numbers),
                         const void *numbers);
#endif
