/* amax.c - the largest and the smallest over any axes, where equals share the gradient.

   max_of and min_of go along one axis, and the first of equals takes the gradient: both as PyTorch has it, there under
   the names amax(dim) and max(dim). */
#include "reduce.h"

static nrv_tensor amax_make(nrv__case *c)
{
    return nrv_amax(c->x[0], nrv__case_axes(c), nrv__case_keep(c));
}

static nrv_tensor amin_make(nrv__case *c)
{
    return nrv_amin(c->x[0], nrv__case_axes(c), nrv__case_keep(c));
}

static nrv_tensor aminmax_make(nrv__case *c)
{
    return nrv_aminmax(c->x[0], nrv__case_axes(c), nrv__case_keep(c), &c->also[c->n_also++]);
}

#define AMAX_COMMON(name)                                                                                   \
    .flags = NRV_MACRO,                                                                                     \
    .refuse = { "x[3,5], axis=2 => " name                                                                   \
                ": axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 at the end", \
                "x[3,0], axis=1 => " name                                                                   \
                ": axis 1 is empty | in here | input 0: input f32 [3, 0] x | hint is the axis right?",      \
                "x[3,5], axis=0x0 => " name                                                                 \
                ": an axis of a tensor of rank 2 is named twice | in here | hint name each axis once" },    \
    .test = { "x[3,5], axis=1",   "x[3,5], axis=0, keep=1",      "x[2,3,4], axis=-2x0", "x[7]", "x[]",      \
              "x[33,70], axis=1", "x:i32[3,4] in -9..9, axis=0", "x[0,3], axis=1" }

NRV_OP(amax, .sig = "any x[...] -> y[...]",
       .doc = "The largest over the given axes; NaN wins; equals share the gradient.", .make = amax_make,
       .torch = "amax", .numpy = "amax max", .onnx = "ReduceMax", AMAX_COMMON("amax"));
NRV_OP(amin, .sig = "any x[...] -> y[...]",
       .doc = "The smallest over the given axes; NaN wins; equals share the gradient.", .make = amin_make,
       .torch = "amin", .numpy = "amin min", .onnx = "ReduceMin", AMAX_COMMON("amin"));
NRV_OP(aminmax, .sig = "any x[...] -> y[...]",
       .doc = "The smallest and the largest over the given axes; NaN wins; equals share the gradient.",
       .make = aminmax_make, .torch = "aminmax", AMAX_COMMON("aminmax"));

/* one of max_of, min_of over several axes, and the gradient shared among equals */
static nrv_tensor amax_by(const nrv__opdef *op, nrv_tensor x, int axis, int keep,
                          nrv_tensor (*of)(nrv_tensor, int, int))
{
    int64_t axes;
    if (!nrv__axes(x, axis, op->name, &axes) || !nrv__axes_filled(op, x, axes))
        return NULL;
    nrv_tensor best = x;
    for (int i = 0; i < x->rank && best; i++)
        best = axes >> i & 1 ? of(best, i, 1) : best;
    if (axes && best && nrv__dtype_real(x->type)) {
        best = nrv_stop(best);
        nrv_tensor here = nrv_equal(x, best), zero = nrv__like(x, 0);
        nrv_tensor sum = nrv__sum_axes(nrv_select(here, x, zero), axes, 1),
                   count = nrv__sum_axes(nrv__cast_like(here, x), axes, 1);
        best = nrv_surrogate(best, nrv_div(sum, count));
    }
    return nrv__axes_dropped(best, axes, keep);
}

/* The largest over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_amax(nrv_tensor x, int axis, int keep)
{
    return amax_by(&nrv__op_amax, x, axis, keep, nrv_max_of);
}

/* The smallest over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_amin(nrv_tensor x, int axis, int keep)
{
    return amax_by(&nrv__op_amin, x, axis, keep, nrv_min_of);
}

/* The smallest over an axis (or NRV_AXES, NRV_ALL), and the largest into *most; keep = 1 leaves it with length 1.
   (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_aminmax(nrv_tensor x, int axis, int keep, nrv_tensor *most)
{
    nrv_tensor largest = amax_by(&nrv__op_aminmax, x, axis, keep, nrv_max_of);
    if (most)
        *most = largest;
    return amax_by(&nrv__op_aminmax, x, axis, keep, nrv_min_of);
}
