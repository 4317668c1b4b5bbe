/* norm.h - what the layers of norms share: their weights and running values. */
#ifndef NRV__NORM_H
#define NRV__NORM_H
#include "../ops/norm/moments.h"
#include "layer.h"

typedef struct nrv__norm_vars {
    nrv_tensor weight, bias, mean, var, seen; /* NULL: it has none */
} nrv__norm_vars;
nrv__norm_vars nrv__norm_weights(nrv_tensor x, nrv_shape s, bool affine, bool track);          /* in the open scope */
void nrv__norm_update(nrv_graph *g, const nrv__norm_vars *v, nrv_tensor mean, nrv_tensor var); /* not .seen */
bool nrv__norm_input(nrv_tensor x, int rank, const char *layer, const char *name, const char *shape);
#endif
