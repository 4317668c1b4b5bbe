/* rfft, irfft, hfft, ihfft - Fourier transforms between real numbers and the half of a symmetric spectrum.

   The spectrum of n real numbers has y[n-k] = conj y[k], so that the first n/2 + 1 say all. Back again: 2 of every
   number whose mirror image is missing, zeros there, and the real part. That makes the gradient right by itself. */
#include "fft.h"

/* real x -> (...,n/2+1,...,2) */
nrv_tensor nrv__fft_real(nrv_tensor x, int axis, nrv_dim n, bool back, nrv_fft_norm norm, const char *op)
{
    if (!nrv__axis(x, &axis, op) || !nrv__fft_norm_ok(x->g, norm, op))
        return NULL;
    if (!nrv__dtype_real(x->type))
        return nrv__graph_fail(x->g, NRV_EDTYPE, "nrv_cast it to NRV_F32", "%s: x is %s, a real type is wanted", op,
                               nrv__dtype_name(x->type)),
               NULL;
    x = nrv__fit_axis(x, axis, n, op);
    nrv_tensor y =
        nrv__fft(nrv__pair_of(x, nrv_fill(nrv_graph_of(x), nrv_dtype_of(x), nrv_shape_of(x), 0)), axis, back, norm);
    return y ? nrv_slice(y, axis, 0, nrv__dim_add(y->g, nrv__dim_floor(y->g, y->dim[axis], 2), 1)) : NULL;
}

/* 1 for the first, and for the last of an even n; 2 between; (h,1...) to meet the axes behind */
static nrv_tensor rfft_weights(nrv_tensor x, int axis, nrv_dim between, int last)
{
    nrv_shape s = { .rank = x->rank - axis };
    s.dim[0] = between;
    for (int i = 1; i < s.rank; i++)
        s.dim[i] = 1;
    return nrv_pad(nrv_fill(x->g, x->type, s, 2), 0, 1, last, 1);
}

/* complex x -> n real numbers; n 0: 2 (m - 1) of m */
nrv_tensor nrv__fft_half(nrv_tensor x, int axis, nrv_dim n, bool back, nrv_fft_norm norm, const char *op)
{
    nrv_dim half = -1;
    if (!nrv__pairs_axis(x, &axis, op) || !nrv__fft_norm_ok(x->g, norm, op))
        return NULL;
    nrv_graph *g = x->g;
    if (!n && x->dim[axis] == 1)
        return nrv__graph_fail(g, NRV_EARG, "give n", "%s: one number of a spectrum is the half of none", op), NULL;
    n = n ? n : nrv__dim_mul(g, 2, nrv__dim_sub(g, x->dim[axis], 1));
    if (n == -1 || n == 0)
        return nrv__graph_fail(g, NRV_EARG, "at least 1; 0 or nothing is 2 (m - 1) of m numbers", "%s: n is %lld", op,
                               (long long)n),
               NULL;
    bool even = nrv__dim_divides(g, n, 2, &half), odd = !even && nrv__dim_divides(g, nrv__dim_sub(g, n, 1), 2, &half);
    if (!even && !odd)
        return nrv__graph_fail(g, NRV_ESHAPE, "twice a named size, or that plus 1",
                               "%s: whether the length that comes out is even is not known", op),
               NULL;
    nrv_dim between = even ? nrv__dim_sub(g, half, 1) : half;
    x = nrv__fit_axis(x, axis, nrv__dim_add(g, half, 1), op);
    if (!x)
        return NULL;
    x = nrv_mul(x, rfft_weights(x, axis, between, even));
    if (n != nrv__dim_add(g, half, 1)) { /* zeros where the mirror images were */
        nrv_shape s = nrv_shape_of(x);
        s.dim[axis] = nrv__dim_sub(g, n, nrv__dim_add(g, half, 1));
        x = nrv_concat(2, (const nrv_tensor[]){ x, nrv_fill(g, nrv_dtype_of(x), s, 0) }, axis);
    }
    return nrv__pair_part(nrv__fft(x, axis, back, norm), 0);
}

static nrv_tensor rfft_make(nrv__case *c)
{
    const nrv_fft_opt o = nrv__fft_options(c);
    return nrv_rfft_with(c->x[0], nrv__case_small(c, "axis", -1), &o);
}

static nrv_tensor rfft_back_make(nrv__case *c)
{
    const nrv_fft_opt o = nrv__fft_options(c);
    return nrv_irfft_with(c->x[0], nrv__case_small(c, "axis", -1), &o);
}

static nrv_tensor rfft_hermite_make(nrv__case *c)
{
    const nrv_fft_opt o = nrv__fft_options(c);
    return nrv_hfft_with(c->x[0], nrv__case_small(c, "axis", -1), &o);
}

static nrv_tensor rfft_hermite_back_make(nrv__case *c)
{
    const nrv_fft_opt o = nrv__fft_options(c);
    return nrv_ihfft_with(c->x[0], nrv__case_small(c, "axis", -1), &o);
}

NRV_OP(rfft, .sig = "real x[...,n] -> y[...,n/2+1,2]",
       .doc = "The Fourier transform of real numbers along an axis: the first n/2 + 1 of the n, the others being their "
              "conjugates.",
       .make = rfft_make, .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft has it", .torch = "fft.rfft",
       .numpy = "fft.rfft", .onnx = "DFT",
       .refuse = { "x[3,5], axis=2 => rfft: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from "
                   "-1 at the end",
                   "x:i32[4] => rfft: x is i32, a real type is wanted | in here | hint nrv_cast it to NRV_F32",
                   "x[4], norm=ortogonal => rfft: there is no norm 3 | in here | hint backward, ortho or forward: "
                   "NRV_FFT_BACKWARD..." },
       .test = { "x[8]", "x[3,5], norm=ortho", "x[4,3], axis=0, n=7, norm=forward", "x[1]", "x[6], n=4" });
NRV_OP(
    irfft, .sig = "real x[...,m,2] -> y[...,n]",
    .doc = "The inverse of rfft: n real numbers, 2 (m - 1) unless n is given; an odd n must be. The imaginary parts of "
           "the first, and of the last for an even n, are not looked at.",
    .make = rfft_back_make, .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft has it", .torch = "fft.irfft",
    .numpy = "fft.irfft",
    .refuse = { "x[3,5] => irfft: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint a "
                "complex number is a pair at the end, (...,2); nrv_complex makes them",
                "x[3,5,2], axis=2 => irfft: axis 2 of complex numbers of rank 2 | in here | hint axes count from 0, or "
                "from -1 at the last before the pair",
                "x[1,2] => irfft: one number of a spectrum is the half of none | in here | hint give n" },
    .test = { "x[5,2]", "x[2,3,2], n=5", "x[4,3,2], axis=0, norm=ortho", "x[3,2], n=8, norm=forward", "x[4,2], n=1" });
NRV_OP(hfft, .sig = "real x[...,m,2] -> y[...,n]",
       .doc = "The Fourier transform of what is conjugate-symmetric, of which x is the half: n real numbers, 2 (m - 1) "
              "unless n is given.",
       .make = rfft_hermite_make, .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft has it",
       .torch = "fft.hfft", .numpy = "fft.hfft",
       .refuse = { "x[3,5] => hfft: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint "
                   "a complex number is a pair at the end, (...,2); nrv_complex makes them",
                   "x[3,5,2], axis=2 => hfft: axis 2 of complex numbers of rank 2 | in here | hint axes count from 0, "
                   "or from -1 at the last before the pair",
                   "x[1,2] => hfft: one number of a spectrum is the half of none | in here | hint give n" },
       .test = { "x[5,2]", "x[2,3,2], n=5, norm=forward", "x[4,3,2], axis=0, norm=ortho" });
NRV_OP(ihfft, .sig = "real x[...,n] -> y[...,n/2+1,2]", .doc = "The inverse of hfft.", .make = rfft_hermite_back_make,
       .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft has it", .torch = "fft.ihfft", .numpy = "fft.ihfft",
       .refuse = { "x[3,5], axis=2 => ihfft: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from "
                   "-1 at the end",
                   "x:i32[4] => ihfft: x is i32, a real type is wanted | in here | hint nrv_cast it to NRV_F32",
                   "x[4], norm=ortogonal => ihfft: there is no norm 3 | in here | hint backward, ortho or forward: "
                   "NRV_FFT_BACKWARD..." },
       .test = { "x[8]", "x[3,5], norm=ortho", "x[4,3], axis=0, n=7, norm=forward" });

/* x (...,n) real, along axis -> (...,n/2+1,2): the first of its spectrum, of which the rest is the mirror image. */
NRV_API nrv_tensor nrv_rfft_with(nrv_tensor x, int axis, const nrv_fft_opt *o)
{
    return nrv__fft_real(x, axis, o ? o->n : 0, false, o ? o->norm : NRV_FFT_BACKWARD, "rfft");
}

/* x (...,n) real, along axis -> (...,n/2+1,2) */
NRV_API nrv_tensor nrv_rfft(nrv_tensor x, int axis)
{
    return nrv_rfft_with(x, axis, NULL);
}

/* x (...,m,2), half of a spectrum, along its complex axis -> (...,n) real; n is 2 (m - 1) unless o->n says. */
NRV_API nrv_tensor nrv_irfft_with(nrv_tensor x, int axis, const nrv_fft_opt *o)
{
    return nrv__fft_half(x, axis, o ? o->n : 0, true, o ? o->norm : NRV_FFT_BACKWARD, "irfft");
}

/* The inverse of nrv_rfft of an even length. x (...,m,2) -> (...,2(m-1)) */
NRV_API nrv_tensor nrv_irfft(nrv_tensor x, int axis)
{
    return nrv_irfft_with(x, axis, NULL);
}

/* x (...,m,2), half of something conjugate-symmetric -> (...,n): its spectrum, which is real; n as in nrv_irfft_with.
 */
NRV_API nrv_tensor nrv_hfft_with(nrv_tensor x, int axis, const nrv_fft_opt *o)
{
    return nrv__fft_half(x, axis, o ? o->n : 0, false, o ? o->norm : NRV_FFT_BACKWARD, "hfft");
}

/* x (...,m,2), half of something conjugate-symmetric -> (...,2(m-1)) */
NRV_API nrv_tensor nrv_hfft(nrv_tensor x, int axis)
{
    return nrv_hfft_with(x, axis, NULL);
}

/* The inverse of nrv_hfft_with. x (...,n) -> (...,n/2+1,2) */
NRV_API nrv_tensor nrv_ihfft_with(nrv_tensor x, int axis, const nrv_fft_opt *o)
{
    return nrv__fft_real(x, axis, o ? o->n : 0, true, o ? o->norm : NRV_FFT_BACKWARD, "ihfft");
}

/* The inverse of nrv_hfft. x (...,n) -> (...,n/2+1,2) */
NRV_API nrv_tensor nrv_ihfft(nrv_tensor x, int axis)
{
    return nrv_ihfft_with(x, axis, NULL);
}
