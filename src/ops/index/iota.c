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

/* (n): 0, 1, 2, ... of type t; of i32 at most 2^31 - 1. */
NRV_API nrv_tensor nrv_iota(nrv_graph *g, nrv_dtype t, nrv_dim n)
{
    char text[24];
    if (g && !g->why.status && t == NRV_I32 && nrv__dim_valid(g, n) &&
        !nrv__dim_at_most(g, n, INT32_MAX, nrv__op_iota.name))
        return nrv__graph_fail(g, NRV_ESHAPE, "NRV_I64 holds more", "iota: %s numbers of i32",
                               nrv__dim_text(g, n, text)),
               NULL;
    return nrv__leaf(g, &nrv__op_iota, NULL, t, 1, &n, NULL);
}
