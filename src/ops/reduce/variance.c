/* variance.c - variance and standard deviation over any axes: sum (x - mean)^2 / (n - correction), and its root.

   correction is 1 for samples (Bessel), 0 for the whole. Where it leaves no divisor, the quotient is x / 0: NaN, as in
   PyTorch. The root's gradient is 0 where the deviation is 0. */
#include "reduce.h"

static int variance_correction(const nrv__case *c)
{
    return nrv__case_small(c, "correction", nrv__case_int(c, "unbiased", 1) != 0);
}

static nrv_tensor var_make(nrv__case *c)
{
    return nrv_var(c->x[0], nrv__case_axes(c), variance_correction(c), nrv__case_keep(c));
}

static nrv_tensor std_make(nrv__case *c)
{
    return nrv_std(c->x[0], nrv__case_axes(c), variance_correction(c), nrv__case_keep(c));
}

static nrv_tensor var_mean_make(nrv__case *c)
{
    return nrv_var_mean(c->x[0], nrv__case_axes(c), variance_correction(c), nrv__case_keep(c), &c->also[c->n_also++]);
}

static nrv_tensor std_mean_make(nrv__case *c)
{
    return nrv_std_mean(c->x[0], nrv__case_axes(c), variance_correction(c), nrv__case_keep(c), &c->also[c->n_also++]);
}

#define VARIANCE_COMMON(name)                                                                                         \
    .sig = "real x[...] -> y[...]", .flags = NRV_MACRO, .ulp = 8,                                                     \
    .tolerance_why = "a mean, differences from it, their squares and a quotient, each rounded",                       \
    .refuse = { "x[3,5], axis=2 => " name                                                                             \
                ": axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 at the end",           \
                "x:i32[3] => " name ": input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | " \
                "hint nrv_cast it to NRV_F32" },                                                                      \
    .test = { "x[3,5] in 1..2, axis=1", "x[3,5], axis=0, keep=1, correction=0", "x[2,3,4], axis=0x-1",                \
              "x[7], correction=2", "x[6,40], axis=1, unbiased=0" }

NRV_OP(var, .doc = "Variance over the given axes; NaN where correction leaves no divisor.", .make = var_make,
       .torch = "var", .numpy = "var", VARIANCE_COMMON("var"));
NRV_OP(std, .doc = "Standard deviation over the given axes; where it is 0, so is its gradient.", .make = std_make,
       .torch = "std", .numpy = "std", VARIANCE_COMMON("std"));
NRV_OP(var_mean, .doc = "Variance over the given axes, and the mean.", .make = var_mean_make, .torch = "var_mean",
       VARIANCE_COMMON("var_mean"));
NRV_OP(std_mean, .doc = "Standard deviation over the given axes, and the mean.", .make = std_mean_make,
       .torch = "std_mean", VARIANCE_COMMON("std_mean"));

/* the variance, and into *mean, unless NULL, the mean */
static nrv_tensor variance_of(const nrv__opdef *op, nrv_tensor x, int axis, int correction, int keep, nrv_tensor *mean)
{
    int64_t axes;
    if (mean)
        *mean = NULL;
    if (!nrv__op_wants_real(op, 1, &x) || !nrv__axes(x, axis, op->name, &axes))
        return NULL;
    nrv_tensor middle = nrv_mean(x, axis, 1), n = nrv__cast_like(nrv_dim_value(x->g, nrv__axes_length(x, axes)), x);
    nrv_tensor squares = nrv__sum_axes(nrv_square(nrv_sub(x, middle)), axes, keep);
    if (mean)
        *mean = nrv__axes_dropped(middle, axes, keep);
    return NRV_EXPR("s, n, c: s / (n > c ? n - c : 0)", squares, n, nrv__like(x, correction));
}

static nrv_tensor variance_root(nrv_tensor v)
{
    return NRV_EXPR("v: v == 0 ? 0 : sqrt(v == 0 ? 1 : v)", v);
}

/* Variance over an axis (or NRV_AXES, NRV_ALL): the sum of squared differences from the mean, divided by n - correction
   (1 for samples). keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_var(nrv_tensor x, int axis, int correction, int keep)
{
    return variance_of(&nrv__op_var, x, axis, correction, keep, NULL);
}

/* Standard deviation: the root of nrv_var. */
NRV_API nrv_tensor nrv_std(nrv_tensor x, int axis, int correction, int keep)
{
    return variance_root(variance_of(&nrv__op_std, x, axis, correction, keep, NULL));
}

/* nrv_var, and nrv_mean of the same into *mean. */
NRV_API nrv_tensor nrv_var_mean(nrv_tensor x, int axis, int correction, int keep, nrv_tensor *mean)
{
    return variance_of(&nrv__op_var_mean, x, axis, correction, keep, mean);
}

/* nrv_std, and nrv_mean of the same into *mean. */
NRV_API nrv_tensor nrv_std_mean(nrv_tensor x, int axis, int correction, int keep, nrv_tensor *mean)
{
    return variance_root(variance_of(&nrv__op_std_mean, x, axis, correction, keep, mean));
}
