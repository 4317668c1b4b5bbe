/* conv_tbc - convolution along time where time comes first.    y[t,b,o] = bias[o] + sum over k,c of w[k,c,o]
 * x[t+k-pad,b,c] */
#include "windows.h"

extern const nrv__opdef nrv__op_conv_tbc;

static nrv_tensor conv_tbc_make(nrv__case *c)
{
    return nrv_conv_tbc(c->x[0], c->x[1], c->n_x > 2 ? c->x[2] : NULL, nrv__case_small(c, "pad", 0));
}

NRV_OP(
    conv_tbc, .sig = "real x[T,B,C], real w[K,C,O], real b[O] -> y[P,B,O]",
    .doc = "Convolution along the first axis, time, of x (T,B,C) with filters w (K,C,O); b may be left out.",
    .flags = NRV_MACRO, .make = conv_tbc_make, .ulp = 32,
    .tolerance_why = "products of channels and taps are summed in float; the error grows with the root of their number",
    .torch = "conv_tbc nn.functional.conv_tbc",
    .refuse = { "x[5,2,3], w[3,3] => conv_tbc: x of rank 3 with weights of rank 2 | in here | input 0: input f32 [5, "
                "2, 3] x | input 1: input f32 [3, 3] w | hint x (T,B,C) and weights (K,C,out)",
                "x:i32[5,2,3], w[3,3,4] => conv_tbc: input 0 is i32, a real type is wanted | in here | input 0: input "
                "i32 [5, 2, 3] x | input 1: input f32 [3, 3, 4] w | hint nrv_cast it to NRV_F32" },
    .test = { "x[5,2,3], w[3,3,4], b[4], pad=1", "x[6,1,2], w[2,2,3], pad=1", "x[4,0,2], w[2,2,3], b[3], pad=1" });

/* x (T,B,C), w (K,C,O), b (O) or NULL -> (T + 2 pad - K + 1, B, O): nrv_conv with time in front. */
NRV_API nrv_tensor nrv_conv_tbc(nrv_tensor x, nrv_tensor w, nrv_tensor b, int pad)
{
    const nrv_tensor in[2] = { x, w };
    if (!nrv__op_wants_real(&nrv__op_conv_tbc, 2, in))
        return NULL;
    if (x->rank != 3 || w->rank != 3)
        return nrv__op_refuses(&nrv__op_conv_tbc, 2, in, NRV_ESHAPE, "x (T,B,C) and weights (K,C,out)",
                               "x of rank %d with weights of rank %d", x->rank, w->rank);
    nrv_tensor y = nrv_conv_with(nrv_permute(x, 3, (const int[]){ 1, 2, 0 }),
                                 nrv_permute(w, 3, (const int[]){ 2, 1, 0 }), b, &(nrv_conv_opt){ .pad = pad });
    return nrv_permute(y, 3, (const int[]){ 2, 0, 1 });
}
