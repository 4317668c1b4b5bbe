/* median.c - what stands in the middle of an axis in order (the lower of two), and what stands there most often.

   All of them read a sorted axis at places that may depend on the row: NaN counts as the largest, so that the numbers
   of a row come first. The gradient goes to the element that is taken; of a whole tensor's median, to all its equals.
 */
#include "reduce.h"

/* x at the place `at` (..,1,..) of its order, and where that stood */
static nrv_tensor median_taken(nrv_tensor x, nrv_tensor order, nrv_tensor at, int axis, int keep, nrv_tensor *index)
{
    nrv_tensor where = nrv_take_along(order, at, axis);
    if (index)
        *index = nrv__axes_dropped(where, INT64_C(1) << axis, keep);
    return nrv__axes_dropped(nrv_take_along(x, where, axis), INT64_C(1) << axis, keep);
}

/* how many of each row are numbers, i32 (..,1,..) */
static nrv_tensor median_numbers(nrv_tensor x, int axis)
{
    return nrv_cast(nrv_sum(nrv_equal(x, x), axis, 1), NRV_I32);
}

static nrv_tensor median_by(const nrv__opdef *op, nrv_tensor x, int axis, int keep, bool numbers, nrv_tensor *index)
{
    NRV_CALLED(op, x);
    if (index)
        *index = NULL;
    if (!nrv__op_wants(op, 1, &x) || !nrv__axis(x, &axis, op->name) || !nrv__axes_filled(op, x, INT64_C(1) << axis))
        return NULL;
    nrv_tensor n = median_numbers(x, axis), whole = nrv_cast(nrv_dim_value(x->g, x->dim[axis]), NRV_I32);
    nrv_tensor none = nrv__like(n, 0), one = nrv__like(n, 1), two = nrv__like(n, 2);
    nrv_tensor at = nrv_trunc_divide(nrv_sub(n, one), two);
    if (!numbers) /* the first NaN, where there is one */
        at = NRV_EXPR("at, n, whole: n < whole ? n : at", at, n, whole);
    at = nrv_max(at, none);
    return median_taken(x, nrv_argsort(x, axis, 0), at, axis, keep, index);
}

/* of all elements; equals share the gradient */
static nrv_tensor median_whole(const nrv__opdef *op, nrv_tensor x, bool numbers)
{
    NRV_CALLED(op, x);
    if (!nrv__op_wants(op, 1, &x) || !nrv__axes_filled(op, x, (INT64_C(1) << x->rank) - 1))
        return NULL;
    nrv_tensor y =
        median_by(op, nrv_reshape(x, NRV_SHAPE(nrv__dim_product(x->g, x->rank, x->dim))), 0, 0, numbers, NULL);
    if (!y || !nrv__dtype_real(y->type))
        return y;
    y = nrv_stop(y);
    nrv_tensor here = nrv_equal(x, y), zero = nrv__like(x, 0);
    return nrv_surrogate(y, nrv_div(nrv_sum_all(nrv_select(here, x, zero)), nrv_sum_all(nrv__cast_like(here, x))));
}

static nrv_tensor median_case(const nrv__opdef *op, nrv__case *c, bool numbers)
{
    if (!nrv__case_text(c, "axis"))
        return median_whole(op, c->x[0], numbers);
    nrv_tensor at, y = median_by(op, c->x[0], nrv__case_small(c, "axis", -1), nrv__case_keep(c), numbers, &at);
    if (at)
        c->also[c->n_also++] = at;
    return y;
}

extern const nrv__opdef nrv__op_median, nrv__op_nanmedian, nrv__op_mode;

static nrv_tensor median_make(nrv__case *c)
{
    return median_case(&nrv__op_median, c, false);
}

static nrv_tensor nanmedian_make(nrv__case *c)
{
    return median_case(&nrv__op_nanmedian, c, true);
}

static nrv_tensor mode_make(nrv__case *c)
{
    nrv_tensor at, y = nrv_mode(c->x[0], nrv__case_small(c, "axis", -1), nrv__case_keep(c), &at);
    if (at)
        c->also[c->n_also++] = at;
    return y;
}

#define MEDIAN_COMMON(name)                                                                                           \
    .sig = "any x[...] -> y[...]", .flags = NRV_MACRO,                                                                \
    .refuse = { "x[0,2147483648], axis=1 => " name ": axis 1 has 2147483648 elements | in here | input 0: input f32 " \
                "[0, 2147483648] x | hint places are i32, so up to 2^31 - 1",                                         \
                "x[3,5], axis=2 => " name                                                                             \
                ": axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 at the end",           \
                "x[3,0], axis=1 => " name                                                                             \
                ": axis 1 is empty | in here | input 0: input f32 [3, 0] x | hint is the axis right?" }

NRV_OP(median,
       .doc =
           "What stands in the middle of an axis in order, and where: the lower of two; a NaN if there is one. Without "
           "an axis of all elements, where equals share the gradient.",
       .make = median_make, .torch = "median",
       .test = { "x[3,5], axis=1", "x[4,3], axis=0, keep=1", "x[2,3,4]", "x:i32[3,4] in -9..9, axis=1",
                 "x[0,3], axis=1", "x[6], axis=-1" },
       MEDIAN_COMMON("median"));
NRV_OP(nanmedian,
       .doc = "What stands in the middle of the numbers of an axis in order, and where; NaN if there is none.",
       .make = nanmedian_make, .torch = "nanmedian", .numpy = "nanmedian",
       .test = { "x[3,5], axis=1", "x[4,3], axis=0, keep=1", "x[2,3,4]", "x[0,3], axis=1" },
       MEDIAN_COMMON("nanmedian"));
NRV_OP(mode,
       .doc = "What stands most often in an axis, and where it stands last; of values that stand equally often the "
              "smallest.",
       .make = mode_make, .torch = "mode",
       .test = { "x[3,5], axis=1", "x[4,3], axis=0, keep=1", "x:i32[3,40] in -2..2, axis=1", "x[0,3], axis=1" },
       MEDIAN_COMMON("mode"));

/* The middle of an axis in order, the lower of two, a NaN if there is one; *index, unless NULL: i32, where it stands.
   keep = 1 leaves the axis with length 1. NRV_ALL: of all elements, *index is NULL then. (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_median(nrv_tensor x, int axis, int keep, nrv_tensor *index)
{
    if (axis == NRV_ALL && index)
        *index = NULL;
    return axis == NRV_ALL ? median_whole(&nrv__op_median, x, false)
                           : median_by(&nrv__op_median, x, axis, keep, false, index);
}

/* nrv_median of what is not NaN. */
NRV_API nrv_tensor nrv_nanmedian(nrv_tensor x, int axis, int keep, nrv_tensor *index)
{
    if (axis == NRV_ALL && index)
        *index = NULL;
    return axis == NRV_ALL ? median_whole(&nrv__op_nanmedian, x, true)
                           : median_by(&nrv__op_nanmedian, x, axis, keep, true, index);
}

/* What stands most often in an axis, of equally many the smallest; *index, unless NULL: i32, where it stands last.
   keep = 1 leaves the axis with length 1. (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_mode(nrv_tensor x, int axis, int keep, nrv_tensor *index)
{
    NRV_CALLED(&nrv__op_mode, x);
    if (index)
        *index = NULL;
    if (!nrv__op_wants(&nrv__op_mode, 1, &x) || !nrv__axis(x, &axis, "mode") ||
        !nrv__axes_filled(&nrv__op_mode, x, INT64_C(1) << axis))
        return NULL;
    nrv_tensor order = nrv_argsort(x, axis, 0), sorted = nrv_take_along(x, order, axis);
    if (!sorted)
        return NULL;
    nrv_tensor place = nrv__places(x, axis), none = nrv__like(place, 0);
    nrv_tensor before = nrv_take_along(
        sorted, nrv_broadcast(nrv_max(nrv_sub(place, nrv__like(place, 1)), none), nrv_shape_of(x)), axis);
    nrv_tensor begins = nrv_cummax(nrv_select(nrv_equal(sorted, before), none, place), axis);
    nrv_tensor at = nrv_argmax(nrv_sub(place, begins), axis);
    return median_taken(x, order, at ? nrv_expand(at, axis, 1) : NULL, axis, keep, index);
}
