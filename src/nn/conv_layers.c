/* conv_layers - filters that slide over sequences, images or volumes.
   x (B,C,S...)   weight (out,C/groups,k...)   bias (out)   y (B,out,P...)
   [names, shapes and defaults as PyTorch's Conv1d, Conv2d, Conv3d] */
#include "layer.h"
#include "../ops/conv/windows.h"

static const char *const conv_layer_names[] = { "", "conv1d", "conv2d", "conv3d" };
static const char *const conv_layer_hints[] = { "", "a batch of sequences is (B,C,L)", "a batch of images is (B,C,H,W)",
                                                "a batch of volumes is (B,C,D,H,W)" };

static nrv_tensor conv_layer_of(nrv_tensor x, const char *name, nrv_dim out, nrv__convolving *c, bool no_bias)
{
    char have[24];
    nrv_dim each = -1, of_out;
    int axes = (int)c->w.axes;
    const char *op = conv_layer_names[axes];
    if (!x || x->g->why.status)
        return NULL;
    nrv_graph *g = x->g;
    if (x->rank != axes + 2)
        return nrv__graph_fail(g, NRV_ESHAPE, conv_layer_hints[axes], "%s '%s' of a tensor of rank %d", op, name,
                               x->rank),
               NULL;
    if (!nrv__window_check(g, &c->w, op) || !nrv__dim_valid(g, out))
        return NULL;
    if (c->w.groups < 1 || !nrv__dim_divides(g, x->dim[1], c->w.groups, &each))
        return nrv__graph_fail(g, NRV_EARG, "groups divide the channels that come in and those that go out",
                               "%s '%s': %s channels cannot be divided into %lld groups", op, name,
                               nrv__dim_text(g, x->dim[1], have), (long long)c->w.groups),
               NULL;
    if (!nrv__dim_divides(g, out, c->w.groups, &of_out))
        return nrv__graph_fail(g, NRV_EARG, "groups divide the channels that come in and those that go out",
                               "%s '%s': %s filters cannot be divided into %lld groups", op, name,
                               nrv__dim_text(g, out, have), (long long)c->w.groups),
               NULL;
    nrv_tensor room = nrv__conv_room(x, c, op);
    if (!room)
        return NULL;
    nrv_shape s = { axes + 2, { out, each } };
    for (int i = 0; i < axes; i++)
        s.dim[2 + i] = c->w.kernel[i];
    nrv_push(g, name);
    nrv_dim fan = nrv__dim_product(g, axes + 1, s.dim + 1);
    bool fits = nrv__window_fits(room, &c->w, op);
    nrv_tensor w = fits ? nrv_param(g, "weight", x->type, s, NRV_KAIMING) : NULL;
    nrv_tensor y = w ? nrv__conv_quick(room, w, &c->w) : NULL;
    if (y && !no_bias)
        y = nrv__conv_bias(y, nrv_param(g, "bias", x->type, NRV_SHAPE(out), NRV_FAN_IN(fan)));
    nrv_pop(g);
    return y;
}

static nrv_tensor conv_layer(nrv_tensor x, const char *name, nrv_dim out, int k, int axes, const nrv_conv_opt *opt)
{
    nrv__convolving c = nrv__convolving_opt(opt, axes);
    for (int i = 0; i < axes; i++)
        c.w.kernel[i] = k;
    return conv_layer_of(x, name, out, &c, opt && opt->no_bias);
}

/* (B,C,L) -> (B,out,L'): out filters of k, with parameters name.weight (out,C/groups,k), name.bias (out). */
NRV_API nrv_tensor nrv_conv1d(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt)
{
    return conv_layer(x, name, out, k, 1, opt);
}

/* (B,C,H,W) -> (B,out,H',W'): out filters of k x k, with parameters name.weight (out,C/groups,k,k), name.bias (out). */
NRV_API nrv_tensor nrv_conv2d(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt)
{
    return conv_layer(x, name, out, k, 2, opt);
}

/* (B,C,D,H,W) -> (B,out,D',H',W'): out filters of k x k x k; name.weight (out,C/groups,k,k,k), name.bias (out). */
NRV_API nrv_tensor nrv_conv3d(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt)
{
    return conv_layer(x, name, out, k, 3, opt);
}

static nrv_tensor conv_layer_make(nrv__case *c, int axes)
{
    static const char *const rooms[] = { "same", "causal" };
    static const char *const edges[] = { "reflect", "replicate", "circular" };
    static const int padding[] = { NRV_PAD_SAME, NRV_PAD_CAUSAL };
    nrv__convolving how = { .w = nrv__window_of(c, axes) };
    for (int i = 0; i < 2; i++)
        how.padding = nrv__case_text(c, rooms[i]) ? padding[i] : how.padding;
    for (int i = 0; i < 3; i++)
        how.edge = nrv__case_text(c, edges[i]) ? nrv__edge_of(edges[i]) : how.edge;
    return conv_layer_of(c->x[0], c->name, nrv__case_int(c, "out", 0), &how, nrv__case_text(c, "no_bias") != NULL);
}

static nrv_tensor conv1d_make(nrv__case *c)
{
    return conv_layer_make(c, 1);
}

static nrv_tensor conv2d_make(nrv__case *c)
{
    return conv_layer_make(c, 2);
}

static nrv_tensor conv3d_make(nrv__case *c)
{
    return conv_layer_make(c, 3);
}

#define CONV_LAYER_EDGES "same:flag causal:flag reflect:flag replicate:flag circular:flag"
NRV_LAYER(
    conv1d, .word = "conv1d",
    .args = "out:size kernel:size stride:size=1 pad:int=0 dilation:size=1 groups:size=1 no_bias:flag " CONV_LAYER_EDGES,
    .doc = "Filters that slide over sequences, as PyTorch's Conv1d; same keeps the length, causal looks back alone.",
    .torch = "Conv1d", .make = conv1d_make,
    .test = { "x[2,3,9], out=4, kernel=3", "x[1,4,9], out=6, kernel=3, stride=2, pad=1, groups=2",
              "x[2,2,7], out=3, kernel=2, dilation=2, causal=1", "x[1,2,5], out=2, kernel=2, same=1, circular=1" });
NRV_LAYER(
    conv2d, .word = "conv",
    .args =
        "out:size kernel:size2 stride:size2=1 pad:int2=0 dilation:size2=1 groups:size=1 no_bias:flag " CONV_LAYER_EDGES,
    .doc = "Filters that slide over images, as PyTorch's Conv2d; same keeps the lengths; the edge is zeros, or what "
           "the image has there.",
    .torch = "Conv2d", .make = conv2d_make,
    .test = { "x[2,3,6,7], out=4, kernel=3", "x[1,4,9,9], out=6, kernel=3x5, stride=2, pad=1, groups=2",
              "x[2,2,7,7], out=3, kernel=2, dilation=2, no_bias=1", "x[1,2,5,4], out=2, kernel=3x2, same=1, reflect=1",
              "x[1,2,5,4], out=2, kernel=3, pad=1, replicate=1" });
NRV_LAYER(
    conv3d, .word = "conv3d",
    .args =
        "out:size kernel:size3 stride:size3=1 pad:int3=0 dilation:size3=1 groups:size=1 no_bias:flag " CONV_LAYER_EDGES,
    .doc = "Filters that slide over volumes, as PyTorch's Conv3d.", .torch = "Conv3d", .make = conv3d_make,
    .test = { "x[2,3,4,5,6], out=4, kernel=3x2x1", "x[1,2,4,4,4], out=4, kernel=3, stride=2, pad=1, groups=2" });
