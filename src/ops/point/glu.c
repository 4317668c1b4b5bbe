/* glu - y = a sigmoid(b), a and b being the halves of x along an axis (Dauphin et al. 2017) */
#include "../op.h"

static nrv_tensor glu_make(nrv__case *c)
{
    return nrv_glu(c->x[0], nrv__case_small(c, "axis", -1));
}

NRV_OP(
    glu, .sig = "real x[...,2n,...] -> y[...,n,...]",
    .doc = "The first half of x along an axis times the logistic function of the second.", .flags = NRV_MACRO,
    .make = glu_make, .torch = "nn.functional.glu nn.GLU",
    .refuse = { "x[3,5], axis=1 => glu: axis 1 has 5 elements, which cannot be halved | in here | input 0: input f32 "
                "[3, 5] x | hint the first half is gated by the second",
                "x[4], axis=1 => glu: axis 1 of a tensor of rank 1 | in here | hint axes count from 0, or from -1 at "
                "the end" },
    .test = { "x[3,6] in -3..3", "x[4,5] in -3..3, axis=0", "x[2,4,3], axis=1", "x[0,4]", "x[3,0]" });

/* The first half of x along axis times the logistic function of the second (Dauphin et al. 2017). PyTorch's axis is -1.
 */
NRV_API nrv_tensor nrv_glu(nrv_tensor x, int axis)
{
    if (!nrv__op_wants_real(&nrv__op_glu, 1, &x) || !nrv__axis(x, &axis, "glu"))
        return NULL;
    nrv_dim n = x->dim[axis];
    if (n >= 0 && n % 2)
        return nrv__op_refuses(&nrv__op_glu, 1, &x, NRV_ESHAPE, "the first half is gated by the second",
                               "axis %d has %lld elements, which cannot be halved", axis, (long long)n);
    nrv_dim half = nrv_dim_calc(x->g, n, '/', 2);
    return NRV_EXPR("a, b: a * sigmoid(b)", nrv_slice(x, axis, 0, half), nrv_slice(x, axis, half, half));
}
