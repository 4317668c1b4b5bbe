/* iota - 0, 1, 2, ... */
#include "../op.h"

static void iota_ref(const nrv__args *a)
{
    double *y = a->out[0].data;
    for (int64_t i = 0; i < a->n; i++)
        y[i] = (double)i;
}

NRV_OP(iota, .sig = "-> y[n]", .doc = "0, 1, 2, ... n - 1.", .flags = NRV_LEAF, .no_grad = "it has no input",
       .ref = iota_ref);

/* (n): 0, 1, 2, ... of type t. */
NRV_API nrv_tensor nrv_iota(nrv_graph *g, nrv_dtype t, nrv_dim n)
{
    return nrv__leaf(g, &nrv__op_iota, NULL, t, 1, &n, NULL);
}
