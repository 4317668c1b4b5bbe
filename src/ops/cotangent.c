/* cotangent - a variable of y's shape: what a gradient of y is a linear function of, for derivatives forward */
#include "op.h"
#include <string.h>

typedef struct cotangent_attr {
    int64_t number; /* of several that differ, even for one y */
} cotangent_attr;

static void cotangent_ref(const nrv__args *a)
{
    if (a->n)
        memset(a->out[0].data, 0, (size_t)a->n * sizeof(double));
}

static nrv_tensor cotangent_make(nrv__case *c)
{
    return nrv__cotangent(c->x[0], 0);
}

NRV_OP(cotangent, .sig = "real y[...] -> u[...]",
       .doc = "Zeros of y's shape that gradients are taken by: what stands for dy while nrv_jvp transposes.",
       .shape = nrv__infer_same, .make = cotangent_make, .attr_bytes = sizeof(cotangent_attr),
       .no_grad = "it is no function of y, only shaped like it", .ref = cotangent_ref, .test = { "y[3,5]", "y[0]" });

nrv_tensor nrv__cotangent(nrv_tensor y, int number)
{
    cotangent_attr a = { number };
    return nrv__op_with(&nrv__op_cotangent, NRV_N(const nrv_tensor, y), &a, 0, NULL);
}
