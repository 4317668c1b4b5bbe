/* conv_with - convolution as people ask for it: any room around the image, a bias, one image alone.

   y[b,o,p] = bias[o] + sum over c,k of w[o,c,k] x[b,c,p*stride + k*dilation - pad] */
#include "windows.h"

#ifdef NRV_HEADER
/* Room around an image: as much as the numbers say; what keeps the length, at stride 1, of an odd number one more
   behind; none; as much as lets every overlap count; as much, but in front alone, so that nothing sees what comes. */
enum { NRV_PAD_GIVEN, NRV_PAD_SAME, NRV_PAD_VALID, NRV_PAD_FULL, NRV_PAD_CAUSAL };
/* What lies in it: a number (0 where no other is named); the image mirrored at its last element, which is not
   repeated; its last element; its other end. */
enum { NRV_EDGE_CONSTANT, NRV_EDGE_REFLECT, NRV_EDGE_REPLICATE, NRV_EDGE_CIRCULAR };
/* Zero is the default: stride 1, no padding, dilation 1, one group, zeros around. A number stands for all axes; where
   axes differ, the arrays have one for each, and 0 is the number's. no_bias: of layers. output_pad: of the transposed.
 */
typedef struct {
    int stride, pad, dilation, groups, no_bias;
    int strides[3], pads[3], dilations[3];
    int padding, edge; /* NRV_PAD_..., NRV_EDGE_... */
    int output_pad, output_pads[3];
    int64_t reserved[4];
} nrv_conv_opt;
#endif

extern const nrv__opdef nrv__op_conv_with;

static bool conv_with_wants(nrv_tensor x, nrv_tensor w, nrv_tensor b)
{
    const nrv__opdef *op = &nrv__op_conv_with;
    const nrv_tensor in[3] = { x, w, b };
    int n = b ? 3 : 2;
    nrv_dim d;
    if (!nrv__op_wants_real(op, n, in))
        return false;
    if (w->rank < 3 || w->rank > 5 || (x->rank != w->rank && x->rank != w->rank - 1))
        return nrv__op_refuses(op, n, in, NRV_ESHAPE,
                               "x (B,C,H,W) or (C,H,W) and weights (out, C/groups, kh, kw); one to three axes",
                               "x of rank %d with weights of rank %d", x->rank, w->rank) != NULL;
    if (b && (b->rank != 1 || !nrv__dim_same(x->g, b->dim[0], w->dim[0], "conv_with", &d)))
        return nrv__op_refuses(op, n, in, NRV_ESHAPE, "a number for each filter",
                               "the bias does not fit the filters") != NULL;
    return true;
}

static nrv_tensor conv_with_of(nrv_tensor x, nrv_tensor w, nrv_tensor b, nrv__convolving *c)
{
    if (!conv_with_wants(x, w, b))
        return NULL;
    bool alone = x->rank == w->rank - 1;
    c->w.axes = w->rank - 2;
    for (int i = 0; i < c->w.axes; i++)
        c->w.kernel[i] = w->dim[2 + i];
    if (!nrv__window_check(x->g, &c->w, "conv_with"))
        return NULL;
    nrv_tensor y = nrv__conv_room(alone ? nrv_expand(x, 0, 1) : x, c, "conv_with");
    if (!y || !nrv__window_fits(y, &c->w, "conv_with"))
        return NULL;
    y = nrv__conv_bias(nrv__conv_quick(y, w, &c->w), b);
    return alone ? nrv__first(y) : y;
}

static nrv_tensor conv_with_make(nrv__case *c)
{
    nrv__convolving how;
    if (!nrv__convolving_of(c, "conv_with", c->x[1] ? c->x[1]->rank - 2 : 0, &how))
        return NULL;
    return conv_with_of(c->x[0], c->x[1], c->n_x > 2 ? c->x[2] : NULL, &how);
}

NRV_OP(
    conv_with, .sig = "real x[B,C,S...], real w[O,C/g,K...], real b[O] -> y[B,O,P...]",
    .doc = "Convolution over 1 to 3 axes (as cross-correlation, like PyTorch) with stride, padding of every kind, "
           "dilation and groups; b may be left out, and so may B.",
    .flags = NRV_MACRO, .make = conv_with_make, .ulp = 32,
    .tolerance_why = "products of channels and taps are summed in float; the error grows with the root of their number",
    .torch = "conv1d conv2d conv3d nn.functional.conv1d nn.functional.conv2d nn.functional.conv3d", .onnx = "Conv",
    .refuse = { "x[2,3,7,8], w[4,3] => conv_with: x of rank 4 with weights of rank 2 | in here | input 0: "
                "input f32 [2, 3, 7, 8] x | input 1: input f32 [4, 3] w | hint x (B,C,H,W) or (C,H,W) and "
                "weights (out, C/groups, kh, kw); one to three axes",
                "x[2,3,7,8], w[4,3,3,3], b[3] => conv_with: the bias does not fit the filters | in here | "
                "input 0: input f32 [2, 3, 7, 8] x | input 1: input f32 [4, 3, 3, 3] w | input 2: input "
                "f32 [3] b | hint a number for each filter",
                "x[2,3,9], w[4,3,3], pad=same, stride=2 => conv_with: padding 'same' with a stride of 2 | "
                "in here | hint stride 1 keeps the length; otherwise say how much padding",
                "x[2,3,9], w[4,3,3], pad=some => conv_with: padding of 'some' | in here | hint numbers, or "
                "same, valid, full, causal",
                "x[2,3,9], w[4,3,3], pad=1, padding_mode=mirror => conv_with: padding_mode of 'mirror' | "
                "in here | hint zeros, reflect, replicate, circular",
                "x[2,3,9], w[4,3,3], stride=0 => conv_with: kernel 3, stride 0, padding 0, dilation 1 | in "
                "here | hint kernel, stride and dilation are at least 1, padding at least 0",
                "x[1,2,4], w[2,2,3], pad=4, padding_mode=reflect => pad_with: reflect padding of 4 and 4 "
                "at axis 2 | in here | input 0: input f32 [1, 2, 4] x | hint reflect takes less than the "
                "axis has, circular at most as much, replicate something" },
    .test = { "x[2,4,9,9], w[6,2,3,3], b[6], stride=2, pad=1, groups=2",
              "x[2,2,5,6], w[3,2,2,3], b[3], pad=same, padding_mode=reflect",
              "x[2,5], w[3,2,3], b[3], pad=full, dilation=2", "x[1,1,9], w[1,1,4], pad=causal, stride=2",
              "x[1,2,5,4], w[2,1,3,2], pad=1x2, groups=2, padding_mode=circular",
              "x[1,2,5], w[2,2,2], pad=same, padding_mode=replicate", "x[1,2,4,5,3], w[2,2,2,2,2], b[2]" });

/* x (B,C,S...) or (C,S...), w (O,C/groups,K...), b (O) or NULL -> (B,O,P...): filters that slide over one to three
   axes, P = floor((S + room - dilation (K-1) - 1) / stride) + 1. Cross-correlation, as PyTorch: nothing is mirrored. */
NRV_API nrv_tensor nrv_conv_with(nrv_tensor x, nrv_tensor w, nrv_tensor b, const nrv_conv_opt *opt)
{
    if (!x || !w)
        return NULL;
    nrv__convolving c = nrv__convolving_opt(opt, w->rank - 2);
    return conv_with_of(x, w, b, &c);
}

/* nrv_conv_with stride 1, no padding and one group. */
NRV_API nrv_tensor nrv_conv(nrv_tensor x, nrv_tensor w, nrv_tensor b)
{
    return nrv_conv_with(x, w, b, NULL);
}
