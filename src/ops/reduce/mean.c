/* mean - over one axis, or over all */
#include "../op.h"

static nrv_tensor mean_axes(nrv_tensor x, int64_t axes, int keep)
{
    nrv_dim n = 1;
    for (int i = 0; x && i < x->rank; i++)
        n = axes >> i & 1 ? nrv__dim_mul(x->g, n, x->dim[i]) : n;
    if (!x || x->g->why.status)
        return NULL;
    return nrv_div(nrv__sum_axes(x, axes, keep), nrv__cast_like(nrv_dim_value(x->g, n), x));
}

/* Mean over an axis; keep = 1 leaves it with length 1; of nothing it is NaN. (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_mean(nrv_tensor x, int axis, int keep)
{
    return nrv__axis(x, &axis, "mean") ? mean_axes(x, INT64_C(1) << axis, keep) : NULL;
}

/* Mean of all elements, a scalar; of none it is NaN. */
NRV_API nrv_tensor nrv_mean_all(nrv_tensor x)
{
    return x ? mean_axes(x, (INT64_C(1) << x->rank) - 1, 0) : NULL;
}

static nrv_tensor mean_make(nrv__case *c)
{
    return nrv__case_text(c, "axis")
               ? nrv_mean(c->x[0], (int)nrv__case_int(c, "axis", 0), (int)nrv__case_int(c, "keep", 0))
               : nrv_mean_all(c->x[0]);
}

NRV_OP(mean, .sig = "real x[...] -> y[...]", .doc = "Sum over an axis divided by its length.", .make = mean_make,
       .flags = NRV_MACRO, .test = { "x[3,5], axis=1", "x[3,5], axis=0, keep=1", "x[2,3,4]" });
