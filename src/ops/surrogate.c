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
       .refuse = { "y[3], smooth[4] => surrogate: shapes do not fit at axis 0 | in here | input 0: input f32 [3] y | "
                   "input 1: input f32 [4] smooth | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "y:i32[3], smooth:i32[3] => surrogate: input 0 is i32, a real type is wanted | in here | input 0: "
                   "input i32 [3] y | input 1: input i32 [3] smooth | hint nrv_cast it to NRV_F32",
                   "y[3], smooth:f64[3] => surrogate: types differ: f32 and f64 | in here | input 0: input f32 [3] y | "
                   "input 1: input f64 [3] smooth | hint nrv_cast one of them" },
       .test = { "y[3,5], smooth[3,5]", "y[0], smooth[0]" });

NRV_API nrv_tensor nrv_surrogate(nrv_tensor y, nrv_tensor smooth)
{
    return nrv__op(&nrv__op_surrogate, NRV_N(const nrv_tensor, y, smooth));
}
