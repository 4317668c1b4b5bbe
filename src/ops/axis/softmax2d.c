/* softmax2d - softmax over the channels at each place of an image: PyTorch's nn.Softmax2d */
#include "../op.h"

extern const nrv__opdef nrv__op_softmax2d;

static nrv_tensor softmax2d_make(nrv__case *c)
{
    return nrv_softmax2d(c->x[0]);
}

NRV_OP(
    softmax2d, .sig = "real x[...,C,H,W] -> y[...,C,H,W]",
    .doc = "Softmax over the channels, the third axis from the end.", .flags = NRV_MACRO, .make = softmax2d_make,
    .torch = "nn.Softmax2d", .ulp = 4,
    .tolerance_why = "as softmax: an exponential, a sum and a quotient, each rounded",
    .refuse = { "x[3,4] => softmax2d: rank 2 | in here | input 0: input f32 [3, 4] x | hint (C,H,W) or (B,C,H,W)",
                "x:i32[3,4,5] => softmax2d: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3, "
                "4, 5] x | hint nrv_cast it to NRV_F32" },
    .test = { "x[2,3,4,5]", "x[3,2,2]", "x[0,3,2,2]" });

/* x (C,H,W) or (B,C,H,W) -> as x: softmax over C at each place. */
NRV_API nrv_tensor nrv_softmax2d(nrv_tensor x)
{
    if (!nrv__op_wants_real(&nrv__op_softmax2d, 1, &x))
        return NULL;
    if (x->rank < 3)
        return nrv__op_refuses(&nrv__op_softmax2d, 1, &x, NRV_ESHAPE, "(C,H,W) or (B,C,H,W)", "rank %d", x->rank);
    return nrv_softmax(x, -3);
}
