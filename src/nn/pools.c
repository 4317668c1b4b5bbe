/* pools.c - pooling as words of the text form. The functions are ops; here they get their words, for (B,C,L), (B,C,H,W)
   and (B,C,D,H,W). */
#include "layer.h"
#include "../ops/op.h"
#include <stdio.h>

/* op of x, whose axes behind (B,C) the windows slide over */
static nrv_tensor pools_of(const nrv__opdef *op, const char *name, nrv__case *c, const char *lengths)
{
    nrv_tensor x = c->x[0];
    int64_t many[NRV__MAX_RANK];
    char axes[16];
    if (!x || x->g->why.status)
        return NULL;
    if (x->rank < 3 || x->rank > 5)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "pooling wants images, (B,C,H,W); does it stand behind flatten?",
                               "%s of a tensor of rank %d", name, x->rank),
               NULL;
    int n = nrv__case_ints(c, lengths, NRV__MAX_RANK, many);
    if (n > 1 && n != x->rank - 2)
        return nrv__graph_fail(x->g, NRV_EARG, "one number for all axes, or one for each", "%s: %d numbers for %d axes",
                               name, n, x->rank - 2),
               NULL;
    nrv__case d = *c;
    snprintf(axes, sizeof axes, "%d", x->rank - 2);
    if (d.n_arg < NRV__CASE_ARGS)
        d.arg[d.n_arg++] = (nrv__arg){ "axes", axes };
    return op->make(&d);
}

extern const nrv__opdef nrv__op_max_pool_with, nrv__op_avg_pool, nrv__op_lp_pool, nrv__op_adaptive_avg_pool,
    nrv__op_adaptive_max_pool;

static nrv_tensor pools_max(nrv__case *c)
{
    return pools_of(&nrv__op_max_pool_with, "max_pool", c, "kernel");
}

static nrv_tensor pools_avg(nrv__case *c)
{
    return pools_of(&nrv__op_avg_pool, "avg_pool", c, "kernel");
}

static nrv_tensor pools_lp(nrv__case *c)
{
    return pools_of(&nrv__op_lp_pool, "lp_pool", c, "kernel");
}

static nrv_tensor pools_adaptive_avg(nrv__case *c)
{
    return pools_of(&nrv__op_adaptive_avg_pool, "adaptive_avg_pool", c, "output");
}

static nrv_tensor pools_adaptive_max(nrv__case *c)
{
    return pools_of(&nrv__op_adaptive_max_pool, "adaptive_max_pool", c, "output");
}

static nrv_tensor pools_avg_global(nrv__case *c)
{
    return nrv_avg_pool_global(c->x[0]);
}

static nrv_tensor pools_max_global(nrv__case *c)
{
    return nrv_max_pool_global(c->x[0]);
}

NRV_LAYER(max_pool, .word = "pool", .args = "kernel:size3 stride:size3? pad:int3=0 dilation:size3=1 ceil_mode:flag",
          .doc = "The largest of each window; without a stride the windows stand side by side. Over sequences, images "
                 "or volumes.",
          .torch = "MaxPool2d", .make = pools_max, .flags = NRV__LAYER_BARE,
          .test = { "x[2,3,6,8], kernel=2", "x[2,2,7,7], kernel=3, stride=2, pad=1", "x[2,2,7], kernel=2, ceil_mode=1",
                    "x[1,2,4,4,5], kernel=2x2x3" });
NRV_LAYER(avg_pool, .word = "avg_pool",
          .args = "kernel:size3 stride:size3? pad:int3=0 ceil_mode:flag leave_pad_out:flag",
          .doc = "The mean of each window; without a stride the windows stand side by side. Over sequences, images or "
                 "volumes.",
          .torch = "AvgPool2d", .make = pools_avg, .flags = NRV__LAYER_BARE,
          .test = { "x[2,3,6,8], kernel=2", "x[2,2,7,7], kernel=3, stride=2, pad=1",
                    "x[2,2,7], kernel=3, pad=1, ceil_mode=1, leave_pad_out=1" });
NRV_LAYER(lp_pool, .word = "lp_pool", .args = "norm:real kernel:size2 stride:size2? ceil_mode:flag",
          .doc = "The norm of each window: the p-th root of the sum of x^p.", .torch = "LPPool2d", .make = pools_lp,
          .flags = NRV__LAYER_BARE, .test = { "x[2,3,6,8], norm=2, kernel=2", "x[2,3,7] in 0.1..2, norm=3, kernel=2" });
NRV_LAYER(adaptive_avg_pool, .word = "adaptive_avg_pool", .args = "output:size3",
          .doc = "Means of as many runs along each axis as are asked for.", .torch = "AdaptiveAvgPool2d",
          .make = pools_adaptive_avg, .flags = NRV__LAYER_BARE,
          .test = { "x[2,3,7,5], output=3x2", "x[2,3,6,6], output=2", "x[1,2,7], output=3" });
NRV_LAYER(adaptive_max_pool, .word = "adaptive_max_pool", .args = "output:size3",
          .doc = "The largest of as many runs along each axis as are asked for.", .torch = "AdaptiveMaxPool2d",
          .make = pools_adaptive_max, .flags = NRV__LAYER_BARE,
          .test = { "x[2,3,7,5], output=3x2", "x[2,3,6,6], output=2", "x[1,2,7], output=3" });
NRV_LAYER(
    avg_pool_global, .word = "global_avg_pool", .args = "",
    .doc = "The mean of every channel: (B,C,H,W) becomes (B,C), what AdaptiveAvgPool2d(1) and Flatten do together.",
    .make = pools_avg_global, .flags = NRV__LAYER_BARE, .test = { "x[2,3,4,5]", "x[2,3,4]" });
NRV_LAYER(
    max_pool_global, .word = "global_max_pool", .args = "",
    .doc = "The largest of every channel: (B,C,H,W) becomes (B,C), what AdaptiveMaxPool2d(1) and Flatten do together.",
    .make = pools_max_global, .flags = NRV__LAYER_BARE, .test = { "x[2,3,4,5]", "x[2,3,4]" });
