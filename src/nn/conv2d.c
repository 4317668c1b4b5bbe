/* conv2d - filters that slide over images.   x (B,C,H,W)   weight (out,C/groups,kh,kw)   bias (out)   y (B,out,H',W')
   [names, shapes and defaults as PyTorch's Conv2d] */
#include "layer.h"
#include "../ops/conv/windows.h"

static nrv_tensor conv2d_of(nrv_tensor x, const char *name, nrv_dim out, const nrv__window_attr *a, bool no_bias)
{
    char have[24];
    nrv_dim each = -1;
    if (!x || x->g->why.status)
        return NULL;
    nrv_graph *g = x->g;
    if (x->rank != 4)
        return nrv__graph_fail(g, NRV_ESHAPE, "a batch of images is (B,C,H,W)", "conv2d '%s' of a tensor of rank %d",
                               name, x->rank),
               NULL;
    if (!nrv__window_check(g, a, "conv2d"))
        return NULL;
    if (a->groups < 1 || !nrv__dim_divides(g, x->dim[1], a->groups, &each))
        return nrv__graph_fail(g, NRV_EARG, "groups divide the channels that come in and those that go out",
                               "conv2d '%s': %s channels cannot be divided into %lld groups", name,
                               nrv__dim_text(g, x->dim[1], have), (long long)a->groups),
               NULL;
    nrv_push(g, name);
    nrv_dim fan = nrv__dim_mul(g, each, a->kernel[0] * a->kernel[1]);
    nrv_tensor w = nrv_param(g, "weight", x->type, NRV_SHAPE(out, each, a->kernel[0], a->kernel[1]), NRV_KAIMING);
    nrv_tensor y = nrv__conv(x, w, a);
    if (!no_bias)
        y = nrv_add(y,
                    nrv_reshape(nrv_param(g, "bias", x->type, NRV_SHAPE(out), NRV_FAN_IN(fan)), NRV_SHAPE(out, 1, 1)));
    nrv_pop(g);
    return y;
}

/* (B,C,H,W) -> (B,out,H',W'): out filters of k x k, with parameters name.weight (out,C/groups,k,k), name.bias (out). */
NRV_API nrv_tensor nrv_conv2d(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt)
{
    nrv_conv_opt o = opt ? *opt : (nrv_conv_opt){ 0 };
    int64_t s = o.stride ? o.stride : 1, p = o.pad, d = o.dilation ? o.dilation : 1;
    nrv__window_attr a = { 2, { k, k }, { s, s }, { p, p }, { d, d }, o.groups ? o.groups : 1 };
    return conv2d_of(x, name, out, &a, o.no_bias != 0);
}

static nrv_tensor conv2d_make(nrv__case *c)
{
    nrv__window_attr a = nrv__window_of(c, 2);
    return conv2d_of(c->x[0], c->name, nrv__case_int(c, "out", 0), &a, nrv__case_text(c, "no_bias") != NULL);
}

NRV_LAYER(conv2d, .word = "conv",
          .args = "out:size kernel:size2 stride:size2=1 pad:int2=0 dilation:size2=1 groups:size=1 no_bias:flag",
          .doc = "Filters that slide over images, as PyTorch's Conv2d.", .torch = "Conv2d", .make = conv2d_make,
          .test = { "x[2,3,6,7], out=4, kernel=3", "x[1,4,9,9], out=6, kernel=3x5, stride=2, pad=1, groups=2",
                    "x[2,2,7,7], out=3, kernel=2, dilation=2, no_bias=1" });
