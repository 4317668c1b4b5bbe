/* conv_transposed_layers - convolution read backwards: every number of the image spreads a filter.
   x (B,C,S...)   weight (C,out/groups,k...)   bias (out)   y (B,out,P...)
   P = (S-1) stride - 2 pad + dilation (k-1) + 1 + output_pad
   [names, shapes and defaults as PyTorch's ConvTranspose1d, ConvTranspose2d, ConvTranspose3d] */
#include "layer.h"
#include "../ops/conv/windows.h"

static const char *const conv_transposed_names[] = { "", "conv1d_transposed", "conv2d_transposed",
                                                     "conv3d_transposed" };
static const char *const conv_transposed_hints[] = { "", "a batch of sequences is (B,C,L)",
                                                     "a batch of images is (B,C,H,W)",
                                                     "a batch of volumes is (B,C,D,H,W)" };

static bool conv_transposed_wants(nrv_tensor x, const char *name, nrv_dim out, const nrv__convolving *c, nrv_dim *each)
{
    char have[24], want[24];
    nrv_dim in = -1, to[3];
    const char *op = conv_transposed_names[c->w.axes];
    if (!x || x->g->why.status)
        return false;
    nrv_graph *g = x->g;
    if (x->rank != c->w.axes + 2)
        return nrv__graph_fail(g, NRV_ESHAPE, conv_transposed_hints[c->w.axes], "%s '%s' of a tensor of rank %d", op,
                               name, x->rank),
               false;
    if (!nrv__window_check(g, &c->w, op) || !nrv__dim_valid(g, out))
        return false;
    if (c->w.groups < 1 || !nrv__dim_divides(g, out, c->w.groups, each) ||
        !nrv__dim_divides(g, x->dim[1], c->w.groups, &in))
        return nrv__graph_fail(g, NRV_EARG, "groups divide the channels that come in and those that go out",
                               "%s '%s': %s channels in and %s out cannot be divided into %lld groups", op, name,
                               nrv__dim_text(g, x->dim[1], have), nrv__dim_text(g, out, want), (long long)c->w.groups),
               false;
    return nrv__conv_spread(x, c, op, to);
}

static nrv_tensor conv_transposed_of(nrv_tensor x, const char *name, nrv_dim out, const nrv__convolving *c,
                                     bool no_bias)
{
    nrv_dim each = -1;
    if (!conv_transposed_wants(x, name, out, c, &each))
        return NULL;
    nrv_graph *g = x->g;
    nrv_shape s = { x->rank, { x->dim[1], each } };
    for (int i = 0; i < c->w.axes; i++)
        s.dim[2 + i] = c->w.kernel[i];
    nrv_push(g, name);
    nrv_dim fan = nrv__dim_product(g, s.rank - 1, s.dim + 1);
    nrv_tensor w = nrv_param(g, "weight", x->type, s, NRV_KAIMING);
    nrv_tensor y = nrv__conv_transposed(x, w, c, conv_transposed_names[c->w.axes]);
    if (!no_bias)
        y = nrv__conv_bias(y, nrv_param(g, "bias", x->type, NRV_SHAPE(out), NRV_FAN_IN(fan)));
    nrv_pop(g);
    return y;
}

static nrv_tensor conv_transposed_layer(nrv_tensor x, const char *name, nrv_dim out, int k, int axes,
                                        const nrv_conv_opt *opt)
{
    nrv__convolving c = nrv__convolving_opt(opt, axes);
    for (int i = 0; i < axes; i++)
        c.w.kernel[i] = k;
    return conv_transposed_of(x, name, out, &c, opt && opt->no_bias);
}

/* (B,C,L) -> (B,out,L'), L' = (L-1) stride - 2 pad + dilation (k-1) + 1 + output_pad; name.weight (C,out/groups,k),
   name.bias (out). */
NRV_API nrv_tensor nrv_conv1d_transposed(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt)
{
    return conv_transposed_layer(x, name, out, k, 1, opt);
}

/* (B,C,H,W) -> (B,out,H',W'), H' = (H-1) stride - 2 pad + dilation (k-1) + 1 + output_pad; name.weight
   (C,out/groups,k,k), name.bias (out). */
NRV_API nrv_tensor nrv_conv2d_transposed(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt)
{
    return conv_transposed_layer(x, name, out, k, 2, opt);
}

/* (B,C,D,H,W) -> (B,out,D',H',W'), lengths as nrv_conv2d_transposed; name.weight (C,out/groups,k,k,k), name.bias. */
NRV_API nrv_tensor nrv_conv3d_transposed(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt)
{
    return conv_transposed_layer(x, name, out, k, 3, opt);
}

static nrv_tensor conv_transposed_make(nrv__case *c, int axes)
{
    nrv__convolving how = { .w = nrv__window_of(c, axes) };
    int n = nrv__case_ints(c, "output_pad", axes, how.out_pad);
    for (int i = 1; i < axes && n == 1; i++)
        how.out_pad[i] = how.out_pad[0];
    return conv_transposed_of(c->x[0], c->name, nrv__case_int(c, "out", 0), &how, nrv__case_text(c, "no_bias") != NULL);
}

static nrv_tensor conv1d_transposed_make(nrv__case *c)
{
    return conv_transposed_make(c, 1);
}

static nrv_tensor conv2d_transposed_make(nrv__case *c)
{
    return conv_transposed_make(c, 2);
}

static nrv_tensor conv3d_transposed_make(nrv__case *c)
{
    return conv_transposed_make(c, 3);
}

NRV_LAYER(
    conv1d_transposed, .word = "conv1d_transposed",
    .args = "out:size kernel:size stride:size=1 pad:int=0 dilation:size=1 groups:size=1 output_pad:int=0 no_bias:flag",
    .doc = "Convolution of sequences read backwards, as PyTorch's ConvTranspose1d: it makes them longer.",
    .torch = "ConvTranspose1d", .make = conv1d_transposed_make,
    .test = { "x[2,3,5], out=4, kernel=3", "x[1,4,3], out=6, kernel=4, stride=2, pad=1, groups=2, output_pad=1" });
NRV_LAYER(conv2d_transposed, .word = "conv_transposed",
          .args = "out:size kernel:size2 stride:size2=1 pad:int2=0 dilation:size2=1 groups:size=1 output_pad:int2=0 "
                  "no_bias:flag",
          .doc = "Convolution read backwards, as PyTorch's ConvTranspose2d: it makes images larger.",
          .torch = "ConvTranspose2d", .make = conv2d_transposed_make,
          .test = { "x[2,3,4,5], out=4, kernel=3", "x[1,4,3,3], out=6, kernel=4, stride=2, pad=1, groups=2",
                    "x[1,2,3,3], out=2, kernel=3, stride=2x3, output_pad=1x2" });
NRV_LAYER(conv3d_transposed, .word = "conv3d_transposed",
          .args = "out:size kernel:size3 stride:size3=1 pad:int3=0 dilation:size3=1 groups:size=1 output_pad:int3=0 "
                  "no_bias:flag",
          .doc = "Convolution of volumes read backwards, as PyTorch's ConvTranspose3d: it makes them larger.",
          .torch = "ConvTranspose3d", .make = conv3d_transposed_make,
          .test = { "x[2,3,2,3,2], out=2, kernel=3x2x1", "x[1,2,2,2,3], out=4, kernel=2, stride=2, pad=1, groups=2" });
