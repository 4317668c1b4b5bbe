/* cotangent - a variable of y's shape: what a gradient of y is a linear function of, for derivatives forward */
#include "op.h"
#include <string.h>

static void cotangent_ref(const nrv__args *a)
{
    if (a->n)
        memset(a->out[0].data, 0, (size_t)a->n * sizeof(double));
}

NRV_OP(cotangent, .sig = "real y[...] -> u[...]",
       .doc = "Zeros of y's shape that gradients are taken by: what stands for dy while nrv_jvp transposes.",
       .shape = nrv__infer_same, .no_grad = "it is no function of y, only shaped like it", .ref = cotangent_ref,
       .test = { "y[3,5]", "y[0]" });

nrv_tensor nrv__cotangent(nrv_tensor y)
{
    return nrv__op(&nrv__op_cotangent, NRV_N(const nrv_tensor, y));
}
