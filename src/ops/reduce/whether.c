/* whether.c - is all of it true, is any, how much: of what is not 0, and a NaN is not */
#include "reduce.h"

static nrv_tensor all_make(nrv__case *c)
{
    return nrv_all(c->x[0], nrv__case_axes(c), nrv__case_keep(c));
}

static nrv_tensor any_make(nrv__case *c)
{
    return nrv_any(c->x[0], nrv__case_axes(c), nrv__case_keep(c));
}

static nrv_tensor count_nonzero_make(nrv__case *c)
{
    return nrv_count_nonzero(c->x[0], nrv__case_axes(c), nrv__case_keep(c));
}

#define WHETHER(name)                                                                                          \
    .flags = NRV_MACRO, .no_grad = "it is a step",                                                             \
    .refuse = { "x:bool[3,5], axis=2 => " name                                                                 \
                ": axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 at the end",    \
                "x[3], axis=-2 => " name                                                                       \
                ": axis -2 of a tensor of rank 1 | in here | hint axes count from 0, or from -1 at the end" }, \
    .test = { "x:bool[3,5] in 0..1, axis=1", "x:i32[2,3]{1, 0, 2, 4, 5, -6}, axis=0, keep=1", "x{0, nan, 2}",  \
              "x[2,2,2]{0, 0, 0, 1, 0, 0, 0, 0}, axis=1x-1", "x:bool[0,3], axis=0" }

NRV_OP(all, .sig = "any x[...] -> bool y[...]", .doc = "True if nothing over the given axes is 0; of nothing true.",
       .make = all_make, .torch = "all", .numpy = "all", WHETHER("all"));
NRV_OP(any, .sig = "any x[...] -> bool y[...]",
       .doc = "True if something over the given axes is not 0; of nothing false.", .make = any_make, .torch = "any",
       .numpy = "any", WHETHER("any"));
NRV_OP(count_nonzero, .sig = "any x[...] -> i64 y[...]", .doc = "How many elements over the given axes are not 0.",
       .make = count_nonzero_make, .torch = "count_nonzero", .numpy = "count_nonzero", WHETHER("count_nonzero"));

/* whether any element is 0 (or is not), as a sum of so many ones: exact enough to tell from 0 */
static nrv_tensor whether_any(nrv_tensor x, int zero, int64_t axes, int keep)
{
    nrv_tensor none = nrv__like(x, 0);
    nrv_tensor here = nrv_cast(zero ? nrv_equal(x, none) : nrv_not_equal(x, none), NRV_F32);
    return nrv__sum_axes(here, axes, keep);
}

/* bool: nothing is 0 over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_all(nrv_tensor x, int axis, int keep)
{
    int64_t axes;
    if (!nrv__axes(x, axis, "all", &axes))
        return NULL;
    nrv_tensor zeros = whether_any(x, 1, axes, keep);
    return nrv_equal(zeros, nrv__like(zeros, 0));
}

/* bool: something is not 0 over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1.
   (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_any(nrv_tensor x, int axis, int keep)
{
    int64_t axes;
    if (!nrv__axes(x, axis, "any", &axes))
        return NULL;
    nrv_tensor others = whether_any(x, 0, axes, keep);
    return nrv_greater(others, nrv__like(others, 0));
}

/* i64: how many are not 0 over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1. (...,n,...) ->
 * (...,...)
 */
NRV_API nrv_tensor nrv_count_nonzero(nrv_tensor x, int axis, int keep)
{
    int64_t axes;
    if (!nrv__axes(x, axis, "count_nonzero", &axes))
        return NULL;
    return nrv__sum_axes(nrv_cast(nrv_not_equal(x, nrv__like(x, 0)), NRV_I64), axes, keep);
}
