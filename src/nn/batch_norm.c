/* batch_norm - every channel with mean 0 and deviation 1 over the batch, then scaled and shifted (Ioffe & Szegedy
   2015).

   x (B,C,...)   weight, bias, running_mean, running_var (C)   num_batches_tracked ()   [names, defaults as PyTorch]

   Training: statistics of the batch, biased variance; the running values move by `momentum` towards them, with the
   unbiased variance. Evaluation, NRV_QUIET: nothing is updated, and evaluation normalises by the running values. */
#include "norm.h"

#ifdef NRV_HEADER
/* The norms: eps 1e-5, momentum 0.1; zero is the default, a negative number means zero. axes: the last so many are
   normalised (layer_norm, rms_norm), 0 means 1. affine: with weight and bias, track: with running values; 1 yes, -1 no,
   0 as PyTorch's layer of that name (instance_norm no, the others yes). */
typedef struct {
    double eps, momentum;
    int axes, affine, track;
    int64_t reserved[4];
} nrv_norm_opt;
#endif

nrv__norm_vars nrv__norm_weights(nrv_tensor x, nrv_shape s, bool affine, bool track)
{
    nrv__norm_vars v = { 0 };
    nrv_graph *g = x->g;
    if (affine) {
        v.weight = nrv_param(g, "weight", x->type, s, NRV_ONES);
        v.bias = nrv_param(g, "bias", x->type, s, NRV_ZEROS);
    }
    if (track) {
        v.mean = nrv_state(g, "running_mean", x->type, s, 0);
        v.var = nrv_state(g, "running_var", x->type, s, 1);
        v.seen = nrv_state(g, "num_batches_tracked", NRV_I64, NRV_SCALAR, 0);
    }
    return v;
}

void nrv__norm_update(nrv_graph *g, const nrv__norm_vars *v, nrv_tensor mean, nrv_tensor var)
{
    nrv_assign(g, v->mean, mean);
    nrv_assign(g, v->var, var);
}

bool nrv__norm_input(nrv_tensor x, int rank, const char *layer, const char *name, const char *shape)
{
    if (!x || x->g->why.status)
        return false;
    if (x->rank >= rank)
        return true;
    nrv__graph_fail(x->g, NRV_ESHAPE, shape, "%s '%s' of a tensor of rank %d", layer, name, x->rank);
    return false;
}

/* (B,C,...): every channel normalised over the batch in training, by its running values in evaluation. name.weight,
   name.bias, name.running_mean, name.running_var (C) and name.num_batches_tracked (). NRV_QUIET leaves the running
   values alone. */
NRV_API nrv_tensor nrv_batch_norm(nrv_tensor x, const char *name, const nrv_norm_opt *opt)
{
    const nrv_norm_opt none = { 0 }, *o = opt ? opt : &none;
    bool train;
    if (!nrv__norm_input(x, 2, "batch_norm", name, "(B,C) or (B,C,H,W)"))
        return NULL;
    nrv_graph *g = x->g;
    nrv_tensor mean, var, y = NULL;
    nrv_push(g, name);
    nrv__norm_vars v = nrv__norm_weights(x, NRV_SHAPE(x->dim[1]), o->affine >= 0, o->track >= 0);
    if (!g->why.status && nrv__training(g, "batch_norm", &train)) {
        bool own = train || !v.mean;
        y = nrv_batch_norm_by(x, own ? NULL : v.mean, own ? NULL : v.var, v.weight, v.bias, nrv__or(o->eps, 1e-5));
        if (y && train && v.mean && !(nrv__scope_mode(g) & NRV_QUIET)) {
            nrv_batch_norm_running(x, v.mean, v.var, nrv__or(o->momentum, 0.1), &mean, &var);
            nrv__norm_update(g, &v, mean, var);
            nrv_assign(g, v.seen, nrv_add_c(v.seen, 1));
        }
    }
    nrv_pop(g);
    return g->why.status ? NULL : y;
}

static nrv_tensor batch_norm_layer_make(nrv__case *c)
{
    nrv_norm_opt o = { .eps = nrv__case_real(c, "eps", 0),
                       .momentum = nrv__case_real(c, "momentum", 0),
                       .affine = nrv__case_flag(c, "no_affine", false) ? -1 : 0,
                       .track = nrv__case_flag(c, "no_track", false) ? -1 : 0 };
    return nrv_batch_norm(c->x[0], c->name, &o);
}

NRV_LAYER(
    batch_norm, .word = "bn", .args = "eps:real=1e-5 momentum:real=0.1 no_affine:flag no_track:flag",
    .doc = "Every channel with mean 0 and deviation 1 over the batch, then scaled and shifted, as PyTorch's BatchNorm.",
    .torch = "BatchNorm2d", .make = batch_norm_layer_make,
    .test = { "x[4,3,5,5]", "x[6,4]", "x[3,2,7], eps=0.001, momentum=0.3", "x[6,4], no_affine=1, no_track=1" });
