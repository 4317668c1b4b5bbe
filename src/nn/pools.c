/* pools.c - pooling as words of the text form. The functions are ops; here they get their words, for (B,C,H,W) only. */
#include "layer.h"
#include "../ops/op.h"

static nrv_tensor pools_of(const nrv__opdef *op, nrv__case *c)
{
    nrv_tensor x = c->x[0];
    if (!x || x->g->why.status)
        return NULL;
    if (x->rank != 4)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "pooling wants images, (B,C,H,W); does it stand behind flatten?",
                               "%s of a tensor of rank %d", op->name, x->rank),
               NULL;
    return op->make(c);
}

extern const nrv__opdef nrv__op_max_pool, nrv__op_avg_pool;

static nrv_tensor pools_max(nrv__case *c)
{
    return pools_of(&nrv__op_max_pool, c);
}

static nrv_tensor pools_avg(nrv__case *c)
{
    return pools_of(&nrv__op_avg_pool, c);
}

static nrv_tensor pools_avg_global(nrv__case *c)
{
    return nrv_avg_pool_global(c->x[0]);
}

NRV_LAYER(max_pool, .word = "pool", .args = "kernel:size2 stride:size2? pad:int2=0",
          .doc = "The largest of each window; without a stride the windows stand side by side.", .torch = "MaxPool2d",
          .make = pools_max, .flags = NRV__LAYER_BARE,
          .test = { "x[2,3,6,8], kernel=2", "x[2,2,7,7], kernel=3, stride=2, pad=1" });
NRV_LAYER(avg_pool, .word = "avg_pool", .args = "kernel:size2 stride:size2? pad:int2=0",
          .doc = "The mean of each window; without a stride the windows stand side by side.", .torch = "AvgPool2d",
          .make = pools_avg, .flags = NRV__LAYER_BARE,
          .test = { "x[2,3,6,8], kernel=2", "x[2,2,7,7], kernel=3, stride=2, pad=1" });
NRV_LAYER(
    avg_pool_global, .word = "global_avg_pool", .args = "",
    .doc = "The mean of every channel: (B,C,H,W) becomes (B,C), what AdaptiveAvgPool2d(1) and Flatten do together.",
    .make = pools_avg_global, .flags = NRV__LAYER_BARE, .test = { "x[2,3,4,5]", "x[2,3,4]" });
