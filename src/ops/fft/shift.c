/* fftshift, ifftshift, fftfreq, rfftfreq - where the frequencies of a spectrum stand. */
#include "fft.h"

/* the halves of one axis change places; `first` elements go to the end */
static nrv_tensor shift_axis(nrv_tensor x, int axis, nrv_dim first)
{
    if (!x || first == 0)
        return x;
    return nrv_concat(2, (const nrv_tensor[]){ nrv_slice(x, axis, first, NRV_SAME), nrv_slice(x, axis, 0, first) },
                      axis);
}

static nrv_tensor shift_axes(nrv_tensor x, int n, const int *axes, bool back, const char *op)
{
    if (!x || x->g->why.status)
        return NULL;
    const int count = n > 0 ? n : x->rank;
    if (count > x->rank || (n > 0 && !axes))
        return nrv__graph_fail(x->g, NRV_EARG, "each axis once", "%s: %d axes of a tensor of rank %d", op, n, x->rank),
               NULL;
    for (int i = 0; i < count; i++) {
        int axis = n > 0 ? axes[i] : i;
        if (!nrv__axis(x, &axis, op))
            return NULL;
        nrv_dim half = nrv__dim_floor(x->g, x->dim[axis], 2);
        x = shift_axis(x, axis, back ? half : nrv__dim_sub(x->g, x->dim[axis], half));
        if (!x)
            return NULL;
    }
    return x;
}

static nrv_tensor shift_made(nrv__case *c, bool back, const char *op)
{
    int64_t axis[NRV__MAX_RANK];
    int axes[NRV__MAX_RANK], n = nrv__case_ints(c, "axis", NRV__MAX_RANK, axis);
    for (int i = 0; i < n; i++)
        axes[i] = (int)axis[i];
    return shift_axes(c->x[0], n, axes, back, op);
}

static nrv_tensor shift_make(nrv__case *c)
{
    return shift_made(c, false, "fftshift");
}

static nrv_tensor shift_back_make(nrv__case *c)
{
    return shift_made(c, true, "ifftshift");
}

static nrv_tensor shift_freq_make(nrv__case *c)
{
    return nrv_fftfreq(c->g, nrv__case_type(c, "type", NRV_F64), nrv__case_int(c, "n", 0), nrv__case_real(c, "d", 1));
}

static nrv_tensor shift_rfreq_make(nrv__case *c)
{
    return nrv_rfftfreq(c->g, nrv__case_type(c, "type", NRV_F64), nrv__case_int(c, "n", 0), nrv__case_real(c, "d", 1));
}

NRV_OP(fftshift, .sig = "any x[...] -> y[...]",
       .doc =
           "A spectrum with frequency 0 in the middle: the second half of each axis before the first. All axes, unless "
           "some are named; those of x as it stands, so that the pair of complex numbers is one.",
       .make = shift_make, .flags = NRV_MACRO, .torch = "fft.fftshift", .numpy = "fft.fftshift",
       .refuse = { "x[3,5], axis=2 => fftshift: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "x[], axis=0 => fftshift: 1 axes of a tensor of rank 0 | in here | hint each axis once" },
       .test = { "x[5]", "x[3,4]", "x[4,3,2], axis=0 1", "x[1]" });
NRV_OP(ifftshift, .sig = "any x[...] -> y[...]", .doc = "The inverse of fftshift.", .make = shift_back_make,
       .flags = NRV_MACRO, .torch = "fft.ifftshift", .numpy = "fft.ifftshift",
       .refuse = { "x[3,5], axis=2 => ifftshift: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "x[], axis=0 => ifftshift: 1 axes of a tensor of rank 0 | in here | hint each axis once" },
       .test = { "x[5]", "x[3,4]", "x[4,3,2], axis=0 1", "x[0]" });
NRV_OP(fftfreq, .sig = "-> y[n]",
       .doc =
           "The frequencies of fft of n samples that are d apart: 0, 1, ... and from the middle on the negative ones, "
           "over n d.",
       .make = shift_freq_make, .flags = NRV_MACRO, .no_grad = "it has no input", .torch = "fft.fftfreq",
       .numpy = "fft.fftfreq",
       .refuse = { "n=0 => fftfreq: n is 0 | in here | hint at least one sample",
                   "n=4, d=0 => fftfreq: d is 0 | in here | hint the distance of two samples" },
       .test = { "n=8", "n=5, d=0.25", "n=1" });
NRV_OP(rfftfreq, .sig = "-> y[n/2+1]",
       .doc = "The frequencies of rfft of n samples that are d apart: 0, 1, ... over n d.", .make = shift_rfreq_make,
       .flags = NRV_MACRO, .no_grad = "it has no input", .torch = "fft.rfftfreq", .numpy = "fft.rfftfreq",
       .refuse = { "n=0 => rfftfreq: n is 0 | in here | hint at least one sample",
                   "n=4, d=0 => rfftfreq: d is 0 | in here | hint the distance of two samples" },
       .test = { "n=8", "n=5, d=0.25" });

/* The halves of n axes exchanged, so that frequency 0 stands in the middle; n 0: of all axes, as x stands. x, y (...)
 */
NRV_API nrv_tensor nrv_fftshift(nrv_tensor x, int n, const int *axes)
{
    return shift_axes(x, n, axes, false, "fftshift");
}

/* The inverse of nrv_fftshift: of an odd length it is another. x and y (...) */
NRV_API nrv_tensor nrv_ifftshift(nrv_tensor x, int n, const int *axes)
{
    return shift_axes(x, n, axes, true, "ifftshift");
}

/* k / (n d) of type t */
static nrv_tensor shift_scaled(nrv_graph *g, nrv_tensor k, nrv_dtype t, nrv_dim n, double d)
{
    return nrv_div(nrv_cast(k, t), nrv_mul_c(nrv_cast(nrv_dim_value(g, n), t), d));
}

static bool shift_freq_ok(nrv_graph *g, nrv_dtype t, nrv_dim n, double d, const char *op)
{
    if (!g || g->why.status)
        return false;
    if (n == 0 || n == -1)
        nrv__graph_fail(g, NRV_EARG, "at least one sample", "%s: n is %lld", op, (long long)n);
    else if (!nrv__dtype_real(t))
        nrv__graph_fail(g, NRV_EDTYPE, "NRV_F32 or NRV_F64", "%s: of type %s, a real one is wanted", op,
                        nrv__dtype_name(t));
    else if (!(d > 0) && !(d < 0))
        nrv__graph_fail(g, NRV_EARG, "the distance of two samples", "%s: d is %g", op, d);
    return !g->why.status;
}

/* (n): the frequencies of nrv_fft of n samples, d apart: 0, 1, ..., -2, -1, over n d. */
NRV_API nrv_tensor nrv_fftfreq(nrv_graph *g, nrv_dtype t, nrv_dim n, double d)
{
    if (!shift_freq_ok(g, t, n, d, "fftfreq"))
        return NULL;
    nrv_dim negative = nrv__dim_floor(g, n, 2), rest = nrv__dim_sub(g, n, negative);
    nrv_tensor low = nrv_iota(g, NRV_I64, rest), high = nrv_iota(g, NRV_I64, negative);
    high = nrv_sub(high, nrv_dim_value(g, negative));
    return shift_scaled(g, nrv_concat(2, (const nrv_tensor[]){ low, high }, 0), t, n, d);
}

/* (n/2+1): the frequencies of nrv_rfft of n samples, d apart: 0, 1, ... over n d. */
NRV_API nrv_tensor nrv_rfftfreq(nrv_graph *g, nrv_dtype t, nrv_dim n, double d)
{
    if (!shift_freq_ok(g, t, n, d, "rfftfreq"))
        return NULL;
    return shift_scaled(g, nrv_iota(g, NRV_I64, nrv__dim_add(g, nrv__dim_floor(g, n, 2), 1)), t, n, d);
}
