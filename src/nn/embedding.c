/* embedding - a table of vectors, one for each of n things.      weight (n,width)    [name, shape and start as PyTorch]

   Does not do: look anything up - nrv_gather(table, ids, 0) does, and a tied output layer multiplies by the same table.
 */
#include "layer.h"

/* A table (n,width) of float32, the parameter name.weight, which starts with mean 0 and deviation 1. Rows of it are
   nrv_gather(table, ids, 0); its transpose is an output layer with tied weights. */
NRV_API nrv_tensor nrv_embedding(nrv_graph *g, const char *name, nrv_dim n, nrv_dim width)
{
    nrv_push(g, name);
    nrv_tensor w = nrv_param(g, "weight", NRV_F32, NRV_SHAPE(n, width), NRV_NORMAL(1));
    nrv_pop(g);
    return w;
}
