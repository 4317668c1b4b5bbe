/* prelu - y = x where positive, a x elsewhere; a is learnt (He et al. 2015) */
#include "../op.h"

static nrv_tensor prelu_make(nrv__case *c)
{
    return nrv_prelu(c->x[0], c->x[1]);
}

NRV_OP(
    prelu, .sig = "real x[B,C,...], real a[C] -> y[B,C,...]",
    .doc = "x where it is positive, a * x elsewhere, a being one number or one for each channel (axis 1); the gradient "
           "at 0 is a.",
    .flags = NRV_MACRO, .make = prelu_make, .torch = "prelu nn.functional.prelu nn.PReLU", .onnx = "PRelu",
    .refuse = { "x[2,3], a[2] => prelu: 2 slopes for 3 channels | in here | input 0: input f32 [2, 3] x | input 1: "
                "input f32 [2] a | hint one slope, or one for each channel, axis 1",
                "x[2,3], a[3,1] => prelu: slopes of rank 2 | in here | input 0: input f32 [2, 3] x | input 1: input "
                "f32 [3, 1] a | hint one slope, or one for each channel, axis 1",
                "x:i32[2], a[1] => prelu: input 0 is i32, a real type is wanted | in here | input 0: input i32 [2] x "
                "| input 1: input f32 [1] a | hint nrv_cast it to NRV_F32" },
    .test = { "x[3,4] in -3..3, a[4]", "x[2,3,4] in -3..3, a[3]", "x[5] in -3..2, a[1]", "x[1024] in -4..4, a[]",
              "x[0,3], a[3]" });

/* x where it is positive, a * x elsewhere; a is one number (() or (1)) or one for each channel (C). x and y (B,C,...);
   the gradient at 0 is a (He et al. 2015). */
NRV_API nrv_tensor nrv_prelu(nrv_tensor x, nrv_tensor a)
{
    nrv_tensor in[] = { x, a };
    if (!nrv__op_wants_real(&nrv__op_prelu, 2, in))
        return NULL;
    const char *hint = "one slope, or one for each channel, axis 1";
    if (a->rank > 1)
        return nrv__op_refuses(&nrv__op_prelu, 2, in, NRV_ESHAPE, hint, "slopes of rank %d", a->rank);
    if (a->rank == 1 && a->dim[0] != 1) {
        nrv_dim channels = x->rank > 1 ? x->dim[1] : 1;
        if (a->dim[0] >= 0 && channels >= 0 && a->dim[0] != channels)
            return nrv__op_refuses(&nrv__op_prelu, 2, in, NRV_ESHAPE, hint, "%lld slopes for %lld channels",
                                   (long long)a->dim[0], (long long)channels);
        nrv_shape s = { x->rank > 1 ? x->rank - 1 : 1, { a->dim[0] } };
        for (int i = 1; i < s.rank; i++)
            s.dim[i] = 1;
        a = nrv_reshape(a, s);
    }
    return NRV_EXPR("x, a: x > 0 ? x : a * x", x, a);
}
