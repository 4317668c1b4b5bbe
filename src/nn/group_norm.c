/* group_norm - groups of channels with mean 0 and deviation 1 in every sample (Wu & He 2018); instance_norm - every
   channel a group of its own (Ulyanov et al. 2016).

   x (B,C,...)   weight, bias, running_mean, running_var (C)   num_batches_tracked ()   [names, defaults as PyTorch] */
#include "norm.h"

/* (B,C,...): `groups` runs of channels, each with mean 0 and deviation 1 (biased) in every sample, then times
   name.weight plus name.bias, both (C). */
NRV_API nrv_tensor nrv_group_norm(nrv_tensor x, const char *name, int groups, const nrv_norm_opt *opt)
{
    if (!nrv__norm_input(x, 2, "group_norm", name, "(B,C) or (B,C,H,W)"))
        return NULL;
    nrv_push(x->g, name);
    nrv__norm_vars v = nrv__norm_weights(x, NRV_SHAPE(x->dim[1]), !opt || opt->affine >= 0, false);
    nrv_tensor y = nrv_group_norm_by(x, groups, v.weight, v.bias, nrv__or(opt ? opt->eps : 0, 1e-5));
    nrv_pop(x->g);
    return y;
}

/* (B,C,...): every channel of every sample with mean 0 and deviation 1 (biased). affine = 1: then times name.weight
   plus name.bias, both (C). track = 1: running values as nrv_batch_norm has, by which evaluation normalises;
   batches are not counted. As PyTorch's InstanceNorm, both are off as a rule. */
NRV_API nrv_tensor nrv_instance_norm(nrv_tensor x, const char *name, const nrv_norm_opt *opt)
{
    const nrv_norm_opt none = { 0 }, *o = opt ? opt : &none;
    bool train = true;
    if (!nrv__norm_input(x, 3, "instance_norm", name, "(B,C,L) or (B,C,H,W)"))
        return NULL;
    nrv_graph *g = x->g;
    nrv_tensor mean, var, y = NULL;
    nrv_push(g, name);
    nrv__norm_vars v = nrv__norm_weights(x, NRV_SHAPE(x->dim[1]), o->affine > 0, o->track > 0);
    if (!g->why.status && (!v.mean || nrv__training(g, "instance_norm", &train))) {
        y = nrv_instance_norm_by(x, train ? NULL : v.mean, train ? NULL : v.var, v.weight, v.bias,
                                 nrv__or(o->eps, 1e-5));
        if (y && train && v.mean && !(nrv__scope_mode(g) & NRV_QUIET)) {
            nrv_instance_norm_running(x, v.mean, v.var, nrv__or(o->momentum, 0.1), &mean, &var);
            nrv__norm_update(g, &v, mean, var);
        }
    }
    nrv_pop(g);
    return y;
}

static nrv_tensor group_norm_layer_make(nrv__case *c)
{
    nrv_norm_opt o = { .eps = nrv__case_real(c, "eps", 0), .affine = nrv__case_flag(c, "no_affine", false) ? -1 : 0 };
    return nrv_group_norm(c->x[0], c->name, nrv__case_small(c, "groups", 1), &o);
}

static nrv_tensor instance_norm_layer_make(nrv__case *c)
{
    nrv_norm_opt o = { .eps = nrv__case_real(c, "eps", 0),
                       .momentum = nrv__case_real(c, "momentum", 0),
                       .affine = nrv__case_flag(c, "affine", false),
                       .track = nrv__case_flag(c, "track", false) };
    return nrv_instance_norm(c->x[0], c->name, &o);
}

NRV_LAYER(group_norm, .word = "gn", .args = "groups:size eps:real=1e-5 no_affine:flag",
          .doc =
              "Groups of channels with mean 0 and deviation 1 in every sample, then scaled and shifted, as PyTorch's "
              "GroupNorm.",
          .torch = "GroupNorm", .make = group_norm_layer_make,
          .test = { "x[4,6,3,3], groups=2", "x[6,4], groups=4, eps=0.001", "x[3,4,5], groups=1, no_affine=1" });
NRV_LAYER(instance_norm, .word = "instance_norm", .args = "eps:real=1e-5 momentum:real=0.1 affine:flag track:flag",
          .doc = "Every channel of every sample with mean 0 and deviation 1, as PyTorch's InstanceNorm.",
          .torch = "InstanceNorm2d", .make = instance_norm_layer_make,
          .test = { "x[4,3,5,5]", "x[3,2,7], eps=0.001, affine=1", "x[3,2,7], affine=1, track=1, momentum=0.3" });
