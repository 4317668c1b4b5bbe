/* layer_norm - the last axis with mean 0 and deviation 1, then scaled and shifted (Ba et al. 2016).
   x (...,n)   weight, bias (n)   [names and defaults as PyTorch's LayerNorm over the last axis] */
#include "layer.h"
#include "../ops/op.h"

/* (...,n): every row with mean 0 and deviation 1 (biased), then times name.weight (n) plus name.bias (n). */
NRV_API nrv_tensor nrv_layer_norm(nrv_tensor x, const char *name, const nrv_norm_opt *opt)
{
    if (!x || x->g->why.status)
        return NULL;
    nrv_graph *g = x->g;
    if (x->rank < 1)
        return nrv__graph_fail(g, NRV_ESHAPE, "(...,n)", "layer_norm '%s' of a scalar", name), NULL;
    double given = opt ? opt->eps : 0;
    nrv_push(g, name);
    nrv_shape s = NRV_SHAPE(x->dim[x->rank - 1]);
    nrv_tensor w = nrv_param(g, "weight", x->type, s, NRV_ONES), b = nrv_param(g, "bias", x->type, s, NRV_ZEROS);
    nrv_tensor d = nrv_sub(x, nrv_mean(x, -1, 1)), eps = nrv__like(x, given < 0 ? 0 : given > 0 ? given : 1e-5);
    nrv_tensor y = NRV_EXPR("d, v, e, w, b: d / sqrt(v + e) * w + b", d, nrv_mean(nrv_square(d), -1, 1), eps, w, b);
    nrv_pop(g);
    return y;
}

static nrv_tensor layer_norm_make(nrv__case *c)
{
    return nrv_layer_norm(c->x[0], c->name, &(nrv_norm_opt){ .eps = nrv__case_real(c, "eps", 0) });
}

NRV_LAYER(layer_norm, .word = "ln", .args = "eps:real=1e-5",
          .doc = "The last axis with mean 0 and deviation 1, then scaled and shifted, as PyTorch's LayerNorm.",
          .torch = "LayerNorm", .make = layer_norm_make, .test = { "x[3,5]", "x[2,3,4], eps=0.001" });
