/* mean.c - over one axis, several, or all; nanmean without what is NaN */
#include "reduce.h"

static nrv_tensor mean_make(nrv__case *c)
{
    return nrv_mean(c->x[0], nrv__case_axes(c), nrv__case_keep(c));
}

static nrv_tensor nanmean_make(nrv__case *c)
{
    return nrv_nanmean(c->x[0], nrv__case_axes(c), nrv__case_keep(c));
}

NRV_OP(mean, .sig = "real x[...] -> y[...]", .doc = "Sum over the given axes divided by their length; of nothing NaN.",
       .make = mean_make, .flags = NRV_MACRO, .torch = "mean", .numpy = "mean", .onnx = "ReduceMean",
       .refuse = { "x[3,5], axis=2 => mean: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from "
                   "-1 at the end",
                   "x:i32[3] => mean: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | "
                   "hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5], axis=1", "x[3,5], axis=0, keep=1", "x[2,3,4]", "x[2,3,4], axis=0x-1" });

NRV_OP(nanmean, .sig = "real x[...] -> y[...]",
       .doc = "Sum over the given axes of what is not NaN, divided by how much that is; NaN where nothing is.",
       .make = nanmean_make, .flags = NRV_MACRO, .torch = "nanmean", .numpy = "nanmean",
       .refuse = { "x[3,5], axis=2 => nanmean: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "x:i32[3] => nanmean: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | "
                   "hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5], axis=1", "x[2,3]{1, nan, 2, nan, 3, 4}, axis=0, keep=1", "x[2,3,4]" });

/* Mean over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1; of nothing it is NaN.
   (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_mean(nrv_tensor x, int axis, int keep)
{
    int64_t axes;
    if (!nrv__op_wants_real(&nrv__op_mean, 1, &x) || !nrv__axes(x, axis, "mean", &axes))
        return NULL;
    return nrv_div(nrv__sum_axes(x, axes, keep), nrv__cast_like(nrv_dim_value(x->g, nrv__axes_length(x, axes)), x));
}

/* Mean of all elements, a scalar; of none it is NaN. */
NRV_API nrv_tensor nrv_mean_all(nrv_tensor x)
{
    return nrv_mean(x, NRV_ALL, 0);
}

/* Mean over an axis (or NRV_AXES, NRV_ALL) of what is not NaN; keep = 1 leaves it with length 1.
   (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_nanmean(nrv_tensor x, int axis, int keep)
{
    int64_t axes;
    if (!nrv__op_wants_real(&nrv__op_nanmean, 1, &x) || !nrv__axes(x, axis, "nanmean", &axes))
        return NULL;
    nrv_tensor here = nrv__cast_like(nrv_equal(x, x), x);
    return nrv_div(nrv_nansum(x, axis, keep), nrv__sum_axes(here, axes, keep));
}
