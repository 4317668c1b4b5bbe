/* conv_transpose - convolution read backwards: every element spreads a filter, and what overlaps is summed.

   y[b,o,p] = sum over c,i,k with i*stride + k*dilation - pad = p of w[c,o,k] x[b,c,i] + bias[o]
   It is the gradient of conv by its image, and nothing else (Zeiler et al. 2010). */
#include "windows.h"

extern const nrv__opdef nrv__op_conv_transpose;

static bool conv_transpose_wants(nrv_tensor x, nrv_tensor w, nrv_tensor b, nrv__convolving *c)
{
    const nrv__opdef *op = &nrv__op_conv_transpose;
    const nrv_tensor in[3] = { x, w, b };
    int n = b ? 3 : 2;
    nrv_dim d;
    if (!nrv__op_wants_real(op, n, in))
        return false;
    if (w->rank < 3 || w->rank > 5 || (x->rank != w->rank && x->rank != w->rank - 1))
        return nrv__op_refuses(op, n, in, NRV_ESHAPE,
                               "x (B,C,H,W) or (C,H,W) and weights (C, out/groups, kh, kw); one to three axes",
                               "x of rank %d with weights of rank %d", x->rank, w->rank) != NULL;
    if (c->padding != NRV_PAD_GIVEN || c->edge != NRV_EDGE_CONSTANT)
        return nrv__op_refuses(op, n, in, NRV_EARG, "say how much is cut away, as pad", "it pads by numbers alone") !=
               NULL;
    if (!nrv__dim_same(x->g, x->dim[x->rank - w->rank + 1], w->dim[0], op->name, &d) || c->w.groups < 1 ||
        !nrv__dim_divides(x->g, w->dim[0], c->w.groups, &d))
        return nrv__op_refuses(op, n, in, NRV_ESHAPE, "a filter for each channel of x; they come in whole groups",
                               "the channels do not fit the filters in %lld groups", (long long)c->w.groups) != NULL;
    if (b &&
        (b->rank != 1 || !nrv__dim_same(x->g, b->dim[0], nrv__dim_mul(x->g, w->dim[1], c->w.groups), op->name, &d)))
        return nrv__op_refuses(op, n, in, NRV_ESHAPE, "a number for each channel that comes out",
                               "the bias does not fit the filters") != NULL;
    return true;
}

static nrv_tensor conv_transpose_of(nrv_tensor x, nrv_tensor w, nrv_tensor b, nrv__convolving *c)
{
    if (!conv_transpose_wants(x, w, b, c))
        return NULL;
    bool alone = x->rank == w->rank - 1;
    c->w.axes = w->rank - 2;
    for (int i = 0; i < c->w.axes; i++)
        c->w.kernel[i] = w->dim[2 + i];
    if (!nrv__window_check(x->g, &c->w, "conv_transpose"))
        return NULL;
    nrv_tensor y = nrv__conv_transposed(alone ? nrv_expand(x, 0, 1) : x, w, c, "conv_transpose");
    y = nrv__conv_bias(y, b);
    return alone ? nrv__first(y) : y;
}

static nrv_tensor conv_transpose_make(nrv__case *c)
{
    nrv__convolving how;
    if (!nrv__convolving_of(c, "conv_transpose", c->x[1] ? c->x[1]->rank - 2 : 0, &how))
        return NULL;
    return conv_transpose_of(c->x[0], c->x[1], c->n_x > 2 ? c->x[2] : NULL, &how);
}

NRV_OP(
    conv_transpose, .sig = "real x[B,C,S...], real w[C,O/g,K...], real b[O] -> y[B,O,P...]",
    .doc = "Transposed convolution over 1 to 3 axes: every element spreads a filter. b may be left out.",
    .flags = NRV_MACRO, .make = conv_transpose_make, .ulp = 32,
    .tolerance_why = "products of channels and taps are summed in float; the error grows with the root of their number",
    .torch = "conv_transpose1d conv_transpose2d conv_transpose3d nn.functional.conv_transpose1d "
             "nn.functional.conv_transpose2d nn.functional.conv_transpose3d",
    .onnx = "ConvTranspose",
    .refuse = { "x[2,3,7], w[4,2,3] => conv_transpose: the channels do not fit the filters in 1 groups | "
                "in here | input 0: input f32 [2, 3, 7] x | input 1: input f32 [4, 2, 3] w | hint a filter "
                "for each channel of x; they come in whole groups",
                "x[2,3,7], w[3,2,3], output_padding=1 => conv_transpose: output padding of 1 with stride 1 "
                "and dilation 1 | in here | hint it says which of several lengths is meant: less than the "
                "stride",
                "x[2,3,1], w[3,2,3], pad=2 => conv_transpose: a length of 1 would become -1 | in here | "
                "hint less padding, or a larger kernel",
                "x[2,3,7], w[3,2,3], pad=same => conv_transpose: it pads by numbers alone | in here | "
                "input 0: input f32 [2, 3, 7] x | input 1: input f32 [3, 2, 3] w | hint say how much is "
                "cut away, as pad",
                "x[2,3,7], w[3,2,3], b[3] => conv_transpose: the bias does not fit the filters | in here | "
                "input 0: input f32 [2, 3, 7] x | input 1: input f32 [3, 2, 3] w | input 2: input f32 [3] "
                "b | hint a number for each channel that comes out" },
    .test = { "x[2,3,4,5], w[3,2,3,3], b[2], stride=2, pad=1, output_padding=1", "x[1,4,5], w[4,2,3], groups=2",
              "x[2,2,3,2,3], w[2,3,2,2,2], b[3], stride=2", "x[2,5,5], w[2,3,3,3], pad=1, dilation=2",
              "x[1,2,4,3], w[2,1,3,2], stride=1, dilation=3, output_padding=2", "x[0,2,3], w[2,2,2]" });

/* x (B,C,S...) or (C,S...), w (C,O/groups,K...), b (O) or NULL -> (B,O,P...) over one to three axes,
   P = (S-1) stride - 2 pad + dilation (K-1) + 1 + output_pad. Of the options' padding only numbers make sense. */
NRV_API nrv_tensor nrv_conv_transpose_with(nrv_tensor x, nrv_tensor w, nrv_tensor b, const nrv_conv_opt *opt)
{
    if (!x || !w)
        return NULL;
    nrv__convolving c = nrv__convolving_opt(opt, w->rank - 2);
    return conv_transpose_of(x, w, b, &c);
}

/* nrv_conv_transpose_with stride 1, no padding and one group. */
NRV_API nrv_tensor nrv_conv_transpose(nrv_tensor x, nrv_tensor w, nrv_tensor b)
{
    return nrv_conv_transpose_with(x, w, b, NULL);
}
