/* fftn and its kin - Fourier transforms along several axes: one after the other.

   The real forms treat the last axis named as rfft, irfft, hfft and ihfft do, the others as complex. */
#include "fft.h"
#include <string.h>

#ifdef NRV_HEADER
/* fftn: s, a length for each axis, as n of nrv_fft_opt (of the last of irfftn and hfftn: how many come out); 0 or -1:
   as many as there are. NULL: all of them. */
typedef struct {
    const nrv_dim *s;
    nrv_fft_norm norm;
    int64_t reserved[4];
} nrv_fftn_opt;
#endif

typedef enum { FFTN_COMPLEX, FFTN_FROM_REAL, FFTN_TO_REAL } fftn_kind;

typedef struct fftn_way {
    const char *op;
    fftn_kind kind;
    bool back;
} fftn_way;

typedef struct fftn_axes {
    int n, axis[NRV__MAX_RANK];
    nrv_dim length[NRV__MAX_RANK]; /* 0: as it is */
} fftn_axes;

/* axes made positive; none given: all */
static bool fftn_take(nrv_tensor x, fftn_way w, int n, const int *axes, const nrv_dim *s, fftn_axes *to)
{
    bool real = w.kind == FFTN_FROM_REAL;
    if (real ? !x || x->g->why.status : !nrv__pairs(x, w.op))
        return false;
    const int rank = x->rank - !real;
    *to = (fftn_axes){ .n = n > 0 ? n : rank };
    if (to->n > rank || to->n < 1 || (n > 0 && !axes)) {
        nrv__graph_fail(x->g, NRV_ESHAPE, "each axis once, and at least one", "%s: %d axes of %s of rank %d", w.op,
                        to->n, real ? "a tensor" : "complex numbers", rank);
        return false;
    }
    for (int i = 0; i < to->n; i++) {
        to->axis[i] = n > 0 ? axes[i] : i;
        to->length[i] = s && s[i] != -1 ? s[i] : 0;
        if (real ? !nrv__axis(x, &to->axis[i], w.op) : !nrv__pairs_axis(x, &to->axis[i], w.op))
            return false;
        for (int k = 0; k < i; k++)
            if (to->axis[k] == to->axis[i]) {
                nrv__graph_fail(x->g, NRV_EARG, "name each axis once", "%s: axis %d is named twice", w.op, axes[i]);
                return false;
            }
    }
    return true;
}

static nrv_tensor fftn_run(nrv_tensor x, fftn_way w, int n, const int *axes, const nrv_fftn_opt *o)
{
    fftn_axes t;
    nrv_fft_norm norm = o ? o->norm : NRV_FFT_BACKWARD;
    if (!fftn_take(x, w, n, axes, o ? o->s : NULL, &t) || !nrv__fft_norm_ok(x->g, norm, w.op))
        return NULL;
    const int last = t.n - 1;
    if (w.kind == FFTN_FROM_REAL)
        x = nrv__fft_real(x, t.axis[last], t.length[last], w.back, norm, w.op);
    for (int i = 0; x && i < t.n - (w.kind != FFTN_COMPLEX); i++)
        x = nrv__fft(nrv__fit_axis(x, t.axis[i], t.length[i], w.op), t.axis[i], w.back, norm);
    return w.kind == FFTN_TO_REAL ? nrv__fft_half(x, t.axis[last], t.length[last], w.back, norm, w.op) : x;
}

static nrv_tensor fftn_made(nrv__case *c, fftn_way w, bool plane)
{
    int64_t axis[NRV__MAX_RANK], s[NRV__MAX_RANK];
    int axes[NRV__MAX_RANK] = { -2, -1 }, n = plane ? 2 : 0;
    int n_axis = nrv__case_ints(c, "axis", NRV__MAX_RANK, axis), n_s = nrv__case_ints(c, "s", NRV__MAX_RANK, s);
    const nrv_fftn_opt o = { .s = n_s ? s : NULL, .norm = nrv__fft_options(c).norm };
    for (int i = 0; i < n_axis; i++)
        axes[i] = (int)axis[i];
    n = n_axis ? n_axis : n;
    if (n_s && !n_axis) /* of the last axes */
        for (n = n_s; n_axis < n_s; n_axis++)
            axes[n_axis] = n_axis - n_s;
    if (n_s && n_s != n)
        return nrv__graph_fail(c->g, NRV_EARG, "a length for each axis", "%s: %d lengths for %d axes", w.op, n_s, n),
               NULL;
    return fftn_run(c->x[0], w, n, axes, &o);
}

static const int fftn_plane[] = { -2, -1 };

static const fftn_way fftn_fftn = { "fftn", FFTN_COMPLEX, false };

static nrv_tensor fftn_fftn_make(nrv__case *c)
{
    return fftn_made(c, fftn_fftn, false);
}

NRV_OP(
    fftn, .sig = "real x[...,2] -> y[...,2]",
    .doc = "The Fourier transform of complex numbers along several axes, all of them unless some are named.",
    .make = fftn_fftn_make, .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft, once for each axis",
    .torch = "fft.fftn", .numpy = "fft.fftn",
    .refuse = { "x[3,4] => fftn: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint a "
                "complex number is a pair at the end, (...,2); nrv_complex makes them",
                "x[3,4,2], axis=0 0 => fftn: axis 0 is named twice | in here | hint name each axis once",
                "x[3,4,2], s=2 3 4, axis=0 1 => fftn: 3 lengths for 2 axes | in here | hint a length for each axis" },
    .test = { "x[3,4,2]", "x[2,3,4,2], axis=0 2, norm=ortho", "x[3,4,2], s=2 6", "x[5,2], norm=forward" });

static const fftn_way fftn_fft2 = { "fft2", FFTN_COMPLEX, false };

static nrv_tensor fftn_fft2_make(nrv__case *c)
{
    return fftn_made(c, fftn_fft2, true);
}

NRV_OP(
    fft2, .sig = "real x[...,2] -> y[...,2]", .doc = "fftn along the last two axes.", .make = fftn_fft2_make,
    .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft, once for each axis", .torch = "fft.fft2",
    .numpy = "fft.fft2",
    .refuse = { "x[3,4] => fft2: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint a "
                "complex number is a pair at the end, (...,2); nrv_complex makes them",
                "x[3,4,2], axis=0 0 => fft2: axis 0 is named twice | in here | hint name each axis once",
                "x[3,4,2], s=2 3 4, axis=0 1 => fft2: 3 lengths for 2 axes | in here | hint a length for each axis" },
    .test = { "x[3,4,2]", "x[2,3,4,2], norm=forward" });

static const fftn_way fftn_ifftn = { "ifftn", FFTN_COMPLEX, true };

static nrv_tensor fftn_ifftn_make(nrv__case *c)
{
    return fftn_made(c, fftn_ifftn, false);
}

NRV_OP(
    ifftn, .sig = "real x[...,2] -> y[...,2]", .doc = "The inverse of fftn.", .make = fftn_ifftn_make,
    .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft, once for each axis", .torch = "fft.ifftn",
    .numpy = "fft.ifftn",
    .refuse = { "x[3,4] => ifftn: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint a "
                "complex number is a pair at the end, (...,2); nrv_complex makes them",
                "x[3,4,2], axis=0 0 => ifftn: axis 0 is named twice | in here | hint name each axis once",
                "x[3,4,2], s=2 3 4, axis=0 1 => ifftn: 3 lengths for 2 axes | in here | hint a length for each axis" },
    .test = { "x[3,4,2]", "x[2,3,4,2], axis=1, norm=ortho", "x[3,4,2], s=2 6" });

static const fftn_way fftn_ifft2 = { "ifft2", FFTN_COMPLEX, true };

static nrv_tensor fftn_ifft2_make(nrv__case *c)
{
    return fftn_made(c, fftn_ifft2, true);
}

NRV_OP(
    ifft2, .sig = "real x[...,2] -> y[...,2]", .doc = "ifftn along the last two axes.", .make = fftn_ifft2_make,
    .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft, once for each axis", .torch = "fft.ifft2",
    .numpy = "fft.ifft2",
    .refuse = { "x[3,4] => ifft2: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint a "
                "complex number is a pair at the end, (...,2); nrv_complex makes them",
                "x[3,4,2], axis=0 0 => ifft2: axis 0 is named twice | in here | hint name each axis once",
                "x[3,4,2], s=2 3 4, axis=0 1 => ifft2: 3 lengths for 2 axes | in here | hint a length for each axis" },
    .test = { "x[3,4,2]", "x[2,3,4,2], norm=forward" });

static const fftn_way fftn_rfftn = { "rfftn", FFTN_FROM_REAL, false };

static nrv_tensor fftn_rfftn_make(nrv__case *c)
{
    return fftn_made(c, fftn_rfftn, false);
}

NRV_OP(rfftn, .sig = "real x[...] -> y[...,2]",
       .doc = "rfft along the last of several axes (all, unless some are named), then fft along the others.",
       .make = fftn_rfftn_make, .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft, once for each axis",
       .torch = "fft.rfftn", .numpy = "fft.rfftn",
       .refuse = { "x[3,4], axis=0 0 => rfftn: axis 0 is named twice | in here | hint name each axis once",
                   "x[3,4], s=2 3 4, axis=0 1 => rfftn: 3 lengths for 2 axes | in here | hint a length for each axis" },
       .test = { "x[3,4]", "x[2,3,5], axis=0 2, norm=ortho", "x[3,4], s=2 6" });

static const fftn_way fftn_rfft2 = { "rfft2", FFTN_FROM_REAL, false };

static nrv_tensor fftn_rfft2_make(nrv__case *c)
{
    return fftn_made(c, fftn_rfft2, true);
}

NRV_OP(rfft2, .sig = "real x[...] -> y[...,2]", .doc = "rfftn along the last two axes.", .make = fftn_rfft2_make,
       .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft, once for each axis", .torch = "fft.rfft2",
       .numpy = "fft.rfft2",
       .refuse = { "x[3,4], axis=0 0 => rfft2: axis 0 is named twice | in here | hint name each axis once",
                   "x[3,4], s=2 3 4, axis=0 1 => rfft2: 3 lengths for 2 axes | in here | hint a length for each axis" },
       .test = { "x[3,4]", "x[2,3,4], norm=forward" });

static const fftn_way fftn_irfftn = { "irfftn", FFTN_TO_REAL, true };

static nrv_tensor fftn_irfftn_make(nrv__case *c)
{
    return fftn_made(c, fftn_irfftn, false);
}

NRV_OP(
    irfftn, .sig = "real x[...,2] -> y[...]", .doc = "The inverse of rfftn; an odd last length must be given.",
    .make = fftn_irfftn_make, .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft, once for each axis",
    .torch = "fft.irfftn", .numpy = "fft.irfftn",
    .refuse = { "x[3,4] => irfftn: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint "
                "a complex number is a pair at the end, (...,2); nrv_complex makes them",
                "x[3,4,2], axis=0 0 => irfftn: axis 0 is named twice | in here | hint name each axis once",
                "x[3,4,2], s=2 3 4, axis=0 1 => irfftn: 3 lengths for 2 axes | in here | hint a length for each axis" },
    .test = { "x[3,4,2]", "x[2,3,3,2], axis=0 2, s=2 5, norm=ortho" });

static const fftn_way fftn_irfft2 = { "irfft2", FFTN_TO_REAL, true };

static nrv_tensor fftn_irfft2_make(nrv__case *c)
{
    return fftn_made(c, fftn_irfft2, true);
}

NRV_OP(
    irfft2, .sig = "real x[...,2] -> y[...]", .doc = "irfftn along the last two axes.", .make = fftn_irfft2_make,
    .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft, once for each axis", .torch = "fft.irfft2",
    .numpy = "fft.irfft2",
    .refuse = { "x[3,4] => irfft2: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint "
                "a complex number is a pair at the end, (...,2); nrv_complex makes them",
                "x[3,4,2], axis=0 0 => irfft2: axis 0 is named twice | in here | hint name each axis once",
                "x[3,4,2], s=2 3 4, axis=0 1 => irfft2: 3 lengths for 2 axes | in here | hint a length for each axis" },
    .test = { "x[3,4,2]", "x[2,3,4,2], norm=forward" });

static const fftn_way fftn_hfftn = { "hfftn", FFTN_TO_REAL, false };

static nrv_tensor fftn_hfftn_make(nrv__case *c)
{
    return fftn_made(c, fftn_hfftn, false);
}

NRV_OP(
    hfftn, .sig = "real x[...,2] -> y[...]",
    .doc = "fft along several axes (all, unless some are named), then hfft along the last of them.",
    .make = fftn_hfftn_make, .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft, once for each axis",
    .torch = "fft.hfftn",
    .refuse = { "x[3,4] => hfftn: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint a "
                "complex number is a pair at the end, (...,2); nrv_complex makes them",
                "x[3,4,2], axis=0 0 => hfftn: axis 0 is named twice | in here | hint name each axis once",
                "x[3,4,2], s=2 3 4, axis=0 1 => hfftn: 3 lengths for 2 axes | in here | hint a length for each axis" },
    .test = { "x[3,4,2]", "x[2,3,3,2], axis=0 2, s=2 5, norm=ortho" });

static const fftn_way fftn_hfft2 = { "hfft2", FFTN_TO_REAL, false };

static nrv_tensor fftn_hfft2_make(nrv__case *c)
{
    return fftn_made(c, fftn_hfft2, true);
}

NRV_OP(
    hfft2, .sig = "real x[...,2] -> y[...]", .doc = "hfftn along the last two axes.", .make = fftn_hfft2_make,
    .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft, once for each axis", .torch = "fft.hfft2",
    .refuse = { "x[3,4] => hfft2: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint a "
                "complex number is a pair at the end, (...,2); nrv_complex makes them",
                "x[3,4,2], axis=0 0 => hfft2: axis 0 is named twice | in here | hint name each axis once",
                "x[3,4,2], s=2 3 4, axis=0 1 => hfft2: 3 lengths for 2 axes | in here | hint a length for each axis" },
    .test = { "x[3,4,2]", "x[2,3,4,2], norm=forward" });

static const fftn_way fftn_ihfftn = { "ihfftn", FFTN_FROM_REAL, true };

static nrv_tensor fftn_ihfftn_make(nrv__case *c)
{
    return fftn_made(c, fftn_ihfftn, false);
}

NRV_OP(
    ihfftn, .sig = "real x[...] -> y[...,2]", .doc = "The inverse of hfftn.", .make = fftn_ihfftn_make,
    .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft, once for each axis", .torch = "fft.ihfftn",
    .refuse = { "x[3,4], axis=0 0 => ihfftn: axis 0 is named twice | in here | hint name each axis once",
                "x[3,4], s=2 3 4, axis=0 1 => ihfftn: 3 lengths for 2 axes | in here | hint a length for each axis" },
    .test = { "x[3,4]", "x[2,3,5], axis=0 2, norm=ortho" });

static const fftn_way fftn_ihfft2 = { "ihfft2", FFTN_FROM_REAL, true };

static nrv_tensor fftn_ihfft2_make(nrv__case *c)
{
    return fftn_made(c, fftn_ihfft2, true);
}

NRV_OP(
    ihfft2, .sig = "real x[...] -> y[...,2]", .doc = "ihfftn along the last two axes.", .make = fftn_ihfft2_make,
    .flags = NRV_MACRO, .rel = 1e-11, .tolerance_why = "as fft, once for each axis", .torch = "fft.ihfft2",
    .refuse = { "x[3,4], axis=0 0 => ihfft2: axis 0 is named twice | in here | hint name each axis once",
                "x[3,4], s=2 3 4, axis=0 1 => ihfft2: 3 lengths for 2 axes | in here | hint a length for each axis" },
    .test = { "x[3,4]", "x[2,3,4], norm=forward" });

/* x (...,2), complex numbers: nrv_fft along n of their axes, one after the other; n 0: along all. */
NRV_API nrv_tensor nrv_fftn(nrv_tensor x, int n, const int *axes, const nrv_fftn_opt *o)
{
    return fftn_run(x, fftn_fftn, n, axes, o);
}

/* nrv_fftn along the last two axes of the complex numbers. */
NRV_API nrv_tensor nrv_fft2(nrv_tensor x, const nrv_fftn_opt *o)
{
    return fftn_run(x, fftn_fft2, 2, fftn_plane, o);
}

/* The inverse of nrv_fftn. */
NRV_API nrv_tensor nrv_ifftn(nrv_tensor x, int n, const int *axes, const nrv_fftn_opt *o)
{
    return fftn_run(x, fftn_ifftn, n, axes, o);
}

/* nrv_ifftn along the last two axes of the complex numbers. */
NRV_API nrv_tensor nrv_ifft2(nrv_tensor x, const nrv_fftn_opt *o)
{
    return fftn_run(x, fftn_ifft2, 2, fftn_plane, o);
}

/* x (...) real: nrv_rfft along the last of n axes, then nrv_fft along the others; n 0: along all. -> (...,2) */
NRV_API nrv_tensor nrv_rfftn(nrv_tensor x, int n, const int *axes, const nrv_fftn_opt *o)
{
    return fftn_run(x, fftn_rfftn, n, axes, o);
}

/* nrv_rfftn along the last two axes. */
NRV_API nrv_tensor nrv_rfft2(nrv_tensor x, const nrv_fftn_opt *o)
{
    return fftn_run(x, fftn_rfft2, 2, fftn_plane, o);
}

/* The inverse of nrv_rfftn: nrv_ifft along the axes but the last, along that nrv_irfft. x (...,2) -> (...) real */
NRV_API nrv_tensor nrv_irfftn(nrv_tensor x, int n, const int *axes, const nrv_fftn_opt *o)
{
    return fftn_run(x, fftn_irfftn, n, axes, o);
}

/* nrv_irfftn along the last two axes of the complex numbers. */
NRV_API nrv_tensor nrv_irfft2(nrv_tensor x, const nrv_fftn_opt *o)
{
    return fftn_run(x, fftn_irfft2, 2, fftn_plane, o);
}

/* x (...,2): nrv_fft along the axes but the last of n, along that nrv_hfft; n 0: along all. -> (...) real */
NRV_API nrv_tensor nrv_hfftn(nrv_tensor x, int n, const int *axes, const nrv_fftn_opt *o)
{
    return fftn_run(x, fftn_hfftn, n, axes, o);
}

/* nrv_hfftn along the last two axes of the complex numbers. */
NRV_API nrv_tensor nrv_hfft2(nrv_tensor x, const nrv_fftn_opt *o)
{
    return fftn_run(x, fftn_hfft2, 2, fftn_plane, o);
}

/* The inverse of nrv_hfftn. x (...) real -> (...,2) */
NRV_API nrv_tensor nrv_ihfftn(nrv_tensor x, int n, const int *axes, const nrv_fftn_opt *o)
{
    return fftn_run(x, fftn_ihfftn, n, axes, o);
}

/* nrv_ihfftn along the last two axes. */
NRV_API nrv_tensor nrv_ihfft2(nrv_tensor x, const nrv_fftn_opt *o)
{
    return fftn_run(x, fftn_ihfft2, 2, fftn_plane, o);
}
