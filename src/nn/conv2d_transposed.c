/* conv2d_transposed - convolution read backwards: every number of the image spreads a filter.
   x (B,C,H,W)   weight (C,out/groups,kh,kw)   bias (out)   y (B,out,H',W')
   H' = (H-1) stride - 2 pad + dilation (k-1) + 1     [names, shapes and defaults as PyTorch's ConvTranspose2d] */
#include "layer.h"
#include "../ops/conv/windows.h"

static bool conv2d_transposed_lengths(nrv_tensor x, const nrv__window_attr *a, nrv_dim to[2])
{
    for (int i = 0; i < 2; i++) {
        int64_t rest = a->dilation[i] * (a->kernel[i] - 1) + 1 - 2 * a->pad[i];
        nrv_dim spread = nrv__dim_mul(x->g, nrv__dim_sub(x->g, x->dim[2 + i], 1), a->stride[i]);
        if (spread >= 0 && spread + rest < 1) {
            nrv__graph_fail(x->g, NRV_ESHAPE, "less padding, or a larger kernel",
                            "conv2d_transposed: a length of %lld would become %lld", (long long)x->dim[2 + i],
                            (long long)(spread + rest));
            return false;
        }
        to[i] = rest < 0 ? nrv__dim_sub(x->g, spread, -rest) : nrv__dim_add(x->g, spread, rest);
    }
    return !x->g->why.status;
}

static nrv_tensor conv2d_transposed_of(nrv_tensor x, const char *name, nrv_dim out, const nrv__window_attr *a,
                                       bool no_bias)
{
    char have[24], want[24];
    nrv_dim each = -1, in = -1, to[2];
    if (!x || x->g->why.status)
        return NULL;
    nrv_graph *g = x->g;
    if (x->rank != 4)
        return nrv__graph_fail(g, NRV_ESHAPE, "a batch of images is (B,C,H,W)",
                               "conv2d_transposed '%s' of a tensor of rank %d", name, x->rank),
               NULL;
    if (!nrv__window_check(g, a, "conv2d_transposed"))
        return NULL;
    if (a->groups < 1 || !nrv__dim_divides(g, out, a->groups, &each) || !nrv__dim_divides(g, x->dim[1], a->groups, &in))
        return nrv__graph_fail(g, NRV_EARG, "groups divide the channels that come in and those that go out",
                               "conv2d_transposed '%s': %s channels in and %s out cannot be divided into %lld groups",
                               name, nrv__dim_text(g, x->dim[1], have), nrv__dim_text(g, out, want),
                               (long long)a->groups),
               NULL;
    if (!conv2d_transposed_lengths(x, a, to))
        return NULL;
    nrv_push(g, name);
    nrv_dim fan = nrv__dim_mul(g, each, a->kernel[0] * a->kernel[1]);
    nrv_tensor w = nrv_param(g, "weight", x->type, NRV_SHAPE(x->dim[1], each, a->kernel[0], a->kernel[1]), NRV_KAIMING);
    nrv_tensor y = nrv__conv_dx(x, w, a, to);
    if (!no_bias)
        y = nrv_add(y,
                    nrv_reshape(nrv_param(g, "bias", x->type, NRV_SHAPE(out), NRV_FAN_IN(fan)), NRV_SHAPE(out, 1, 1)));
    nrv_pop(g);
    return y;
}

/* (B,C,H,W) -> (B,out,H',W'), H' = (H-1) stride - 2 pad + dilation (k-1) + 1; name.weight (C,out/groups,k,k),
   name.bias (out). */
NRV_API nrv_tensor nrv_conv2d_transposed(nrv_tensor x, const char *name, nrv_dim out, int k, const nrv_conv_opt *opt)
{
    nrv_conv_opt o = opt ? *opt : (nrv_conv_opt){ 0 };
    int64_t s = o.stride ? o.stride : 1, p = o.pad, d = o.dilation ? o.dilation : 1;
    nrv__window_attr a = { 2, { k, k }, { s, s }, { p, p }, { d, d }, o.groups ? o.groups : 1 };
    return conv2d_transposed_of(x, name, out, &a, o.no_bias != 0);
}

static nrv_tensor conv2d_transposed_make(nrv__case *c)
{
    nrv__window_attr a = nrv__window_of(c, 2);
    return conv2d_transposed_of(c->x[0], c->name, nrv__case_int(c, "out", 0), &a, nrv__case_text(c, "no_bias") != NULL);
}

NRV_LAYER(conv2d_transposed, .word = "conv_transposed",
          .args = "out:size kernel:size2 stride:size2=1 pad:int2=0 dilation:size2=1 groups:size=1 no_bias:flag",
          .doc = "Convolution read backwards, as PyTorch's ConvTranspose2d: it makes images larger.",
          .torch = "ConvTranspose2d", .make = conv2d_transposed_make,
          .test = { "x[2,3,4,5], out=4, kernel=3", "x[1,4,3,3], out=6, kernel=4, stride=2, pad=1, groups=2" });
