/* surrogate - the value of one, the gradient of the other: spikes, straight-through, reversal (Neftci et al. 2019) */
#include "op.h"

static bool surrogate_shape(nrv__infer *s)
{
    return nrv__infer_point(s);
}

static void surrogate_vjp(nrv_vjp *v)
{
    v->dx[1] = v->dy;
}

NRV_REF2(surrogate_ref, ((void)y, x))

NRV_OP(surrogate, .not_slope = "the gradient of another function is what it is for",
       .sig = "real y[...], real smooth[...] -> z[...]",
       .doc = "The value of y; the whole gradient goes to smooth, which has y's shape.", .shape = surrogate_shape,
       .flags = NRV_POINTWISE, .vjp = surrogate_vjp, .ref = surrogate_ref,
       .test = { "y[3,5], smooth[3,5]", "y[0], smooth[0]" });

NRV_API nrv_tensor nrv_surrogate(nrv_tensor y, nrv_tensor smooth)
{
    return nrv__op(&nrv__op_surrogate, NRV_N(const nrv_tensor, y, smooth));
}
