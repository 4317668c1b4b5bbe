/* layer_norm - the last axes with mean 0 and deviation 1, then scaled and shifted (Ba et al. 2016); rms_norm - the same
   without the mean (Zhang & Sennrich 2019).     x (...,n...)   weight, bias (n...)   [names and defaults as PyTorch] */
#include "norm.h"

/* how many axes; 0: the error is set */
static int layer_norm_axes_of(nrv_tensor x, const char *layer, const char *name, const nrv_norm_opt *o)
{
    int axes = o && o->axes ? o->axes : 1;
    if (!nrv__norm_input(x, 1, layer, name, "(...,n)"))
        return 0;
    if (axes >= 1 && axes <= x->rank)
        return axes;
    nrv__graph_fail(x->g, NRV_EARG, "1 is the last axis, 2 the last two", "%s '%s': %d axes of a tensor of rank %d",
                    layer, name, axes, x->rank);
    return 0;
}

/* (...,n...): the last axes (opt->axes, 1 as a rule) with mean 0 and deviation 1 (biased), then times name.weight plus
   name.bias, both (n...). */
NRV_API nrv_tensor nrv_layer_norm(nrv_tensor x, const char *name, const nrv_norm_opt *opt)
{
    int axes = layer_norm_axes_of(x, "layer_norm", name, opt);
    if (!axes)
        return NULL;
    nrv_push(x->g, name);
    nrv__norm_vars v = nrv__norm_weights(x, nrv__last_axes(x, axes), !opt || opt->affine >= 0, false);
    nrv_tensor y = nrv_layer_norm_by(x, axes, v.weight, v.bias, nrv__or(opt ? opt->eps : 0, 1e-5));
    nrv_pop(x->g);
    return y;
}

/* (...,n...): the last axes (opt->axes, 1 as a rule) divided by the root of their mean square, eps added under it (0:
   the distance from 1 to the next number), then times name.weight (n...). */
NRV_API nrv_tensor nrv_rms_norm(nrv_tensor x, const char *name, const nrv_norm_opt *opt)
{
    int axes = layer_norm_axes_of(x, "rms_norm", name, opt);
    if (!axes)
        return NULL;
    nrv_push(x->g, name);
    nrv_tensor w = NULL;
    if (!opt || opt->affine >= 0)
        w = nrv_param(x->g, "weight", x->type, nrv__last_axes(x, axes), NRV_ONES);
    nrv_tensor y = nrv_rms_norm_by(x, axes, w, opt ? opt->eps : 0);
    nrv_pop(x->g);
    return y;
}

static nrv_norm_opt layer_norm_options(const nrv__case *c)
{
    return (nrv_norm_opt){ .eps = nrv__case_real(c, "eps", 0),
                           .axes = nrv__case_small(c, "axes", 1),
                           .affine = nrv__case_flag(c, "no_affine", false) ? -1 : 0 };
}

static nrv_tensor layer_norm_layer_make(nrv__case *c)
{
    nrv_norm_opt o = layer_norm_options(c);
    return nrv_layer_norm(c->x[0], c->name, &o);
}

static nrv_tensor rms_norm_layer_make(nrv__case *c)
{
    nrv_norm_opt o = layer_norm_options(c);
    return nrv_rms_norm(c->x[0], c->name, &o);
}

NRV_LAYER(layer_norm, .word = "ln", .args = "eps:real=1e-5 axes:size=1 no_affine:flag",
          .doc = "The last axes with mean 0 and deviation 1, then scaled and shifted, as PyTorch's LayerNorm.",
          .torch = "LayerNorm", .make = layer_norm_layer_make,
          .test = { "x[3,5]", "x[2,3,4], eps=0.001", "x[2,3,4], axes=2", "x[3,5], no_affine=1" });
NRV_LAYER(rms_norm, .word = "rms_norm", .args = "eps:real=0 axes:size=1 no_affine:flag",
          .doc = "The last axes divided by the root of their mean square, then scaled; eps 0 is the type's own.",
          .make = rms_norm_layer_make, .test = { "x[3,5]", "x[2,3,4], eps=0.001, axes=2", "x[3,5], no_affine=1" });
