/* dwt, idwt - one step of an orthogonal wavelet's filter bank along the last axis, which is taken for a circle.

   a[k] = sum_i h[i] x[2k + i]    d[k] = sum_i g[i] x[2k + i]    g[i] = (-1)^i h[last - i]
   The filters are orthogonal: the inverse is the transpose, and the energy of x is that of a and d (Daubechies 1988).
 */
#include "fft.h"
#include <string.h>

#ifdef NRV_HEADER
/* dwt: Haar's, and Daubechies' of 4, 6 and 8 numbers, with 2, 3 and 4 vanishing moments */
typedef enum { NRV_WAVELET_HAAR = 1, NRV_WAVELET_D4, NRV_WAVELET_D6, NRV_WAVELET_D8 } nrv_wavelet;
#endif

static const double wavelet_low[4][8] = {
    { 0.70710678118654752440, 0.70710678118654752440 },
    { 0.48296291314453414337, 0.83651630373780790557, 0.22414386804201338103, -0.12940952255126038117 },
    { 0.33267055295008261600, 0.80689150931109257650, 0.45987750211849157009, -0.13501102001025458870,
      -0.08544127388202666170, 0.03522629188570953661 },
    { 0.23037781330889650087, 0.71484657055291564710, 0.63088076792985890784, -0.02798376941685985422,
      -0.18703481171909308408, 0.03084138183556076363, 0.03288301166688519974, -0.01059740178506903211 },
};

/* tap i of the filter: 0 the low one, 1 the high one */
static double wavelet_tap(nrv_wavelet w, int high, int i)
{
    const double *h = wavelet_low[(int)w - 1];
    const int last = 2 * (int)w - 1;
    return high ? (i % 2 ? -h[last - i] : h[last - i]) : h[i];
}

/* y[k] = x[k + by] round the circle */
static nrv_tensor wavelet_turned(nrv_tensor x, int64_t by)
{
    return nrv_roll(x, 1, &(const int64_t){ -by }, &(const int){ -1 });
}

static nrv_tensor wavelet_sum(nrv_tensor sum, nrv_tensor x, double factor)
{
    x = nrv_mul(x, nrv__like(x, factor));
    return sum ? nrv_add(sum, x) : x;
}

static bool wavelet_known(const nrv__opdef *op, nrv_tensor x, nrv_wavelet w)
{
    if (!nrv__op_wants_real(op, 1, &x))
        return false;
    if ((int)w < 1 || (int)w > (int)NRV_WAVELET_D8)
        nrv__op_refuses(op, 1, &x, NRV_EARG, "haar, d4, d6 or d8: NRV_WAVELET_HAAR...", "there is no wavelet %d",
                        (int)w);
    return !x->g->why.status;
}

static nrv_wavelet wavelet_of(const nrv__case *c)
{
    static const char *const name[] = { "haar", "d4", "d6", "d8" };
    const char *wanted = nrv__case_text(c, "wavelet");
    int k = 0;
    while (k < 4 && wanted && strcmp(wanted, name[k]) != 0)
        k++;
    return (nrv_wavelet)(k + 1);
}

static nrv_tensor wavelet_make(nrv__case *c)
{
    return nrv_dwt(c->x[0], wavelet_of(c));
}

static nrv_tensor wavelet_back_make(nrv__case *c)
{
    return nrv_idwt(c->x[0], wavelet_of(c));
}

NRV_OP(
    dwt, .sig = "real x[...,2m] -> y[...,2,m]",
    .doc = "One step of a wavelet transform of the last axis, which is taken for a circle: smoothed numbers y[...,0,:] "
           "and details y[...,1,:], half as many of each. Haar's wavelet, d4, d6 or d8.",
    .make = wavelet_make, .flags = NRV_MACRO, .ulp = 8, .tolerance_why = "a sum of up to eight products",
    .refuse = { "x[7] => dwt: an even number is halved | in here | input 0: input f32 [7] x | hint nrv_pad it by one",
                "x[8], wavelet=d5 => dwt: there is no wavelet 5 | in here | input 0: input f32 [8] x | hint haar, d4, "
                "d6 or d8: NRV_WAVELET_HAAR..." },
    .test = { "x[8]", "x[3,10], wavelet=d4", "x[2,4], wavelet=d8", "x[12], wavelet=d6", "x[2]", "x[0,4]" });
NRV_OP(
    idwt, .sig = "real x[...,2,m] -> y[...,2m]", .doc = "The inverse of dwt.", .make = wavelet_back_make,
    .flags = NRV_MACRO, .ulp = 8, .tolerance_why = "a sum of up to eight products",
    .refuse = { "x[3,4] => idwt: the axis before the last has no length of 2 | in here | input 0: input f32 [3, 4] x | "
                "hint smoothed numbers and details, as nrv_dwt gives them",
                "x[2,4], wavelet=d5 => idwt: there is no wavelet 5 | in here | input 0: input f32 [2, 4] x | hint "
                "haar, "
                "d4, d6 or d8: NRV_WAVELET_HAAR..." },
    .test = { "x[2,4]", "x[3,2,5], wavelet=d4", "x[2,2], wavelet=d8", "x[2,6], wavelet=d6" });

extern const nrv__opdef nrv__op_dwt, nrv__op_idwt;
/* x (...,2m) -> (...,2,m): smoothed numbers, then details. */
NRV_API nrv_tensor nrv_dwt(nrv_tensor x, nrv_wavelet w)
{
    nrv_tensor half[2], part[2] = { NULL, NULL };
    if (!wavelet_known(&nrv__op_dwt, x, w))
        return NULL;
    nrv_shape s = nrv_shape_of(x);
    const nrv_dim n = s.rank ? s.dim[s.rank - 1] : -1;
    if (n < 2 || n % 2)
        return nrv__op_refuses(&nrv__op_dwt, 1, &x, NRV_ESHAPE, "nrv_pad it by one", "an even number is halved");
    s.dim[s.rank - 1] = n / 2;
    s.dim[s.rank++] = 2;
    nrv_tensor pairs = nrv_reshape(x, s);
    for (int odd = 0; odd < 2; odd++)
        half[odd] = pairs ? nrv__pair_part(pairs, odd) : NULL;
    for (int high = 0; high < 2; high++)
        for (int i = 0; i < 2 * (int)w; i++)
            part[high] = wavelet_sum(part[high], wavelet_turned(half[i % 2], i / 2), wavelet_tap(w, high, i));
    s.dim[s.rank - 1] = s.dim[s.rank - 2];
    s.dim[s.rank - 2] = 1;
    return nrv_concat(2, (const nrv_tensor[]){ nrv_reshape(part[0], s), nrv_reshape(part[1], s) }, -2);
}

/* The inverse of nrv_dwt. x (...,2,m) -> (...,2m) */
NRV_API nrv_tensor nrv_idwt(nrv_tensor x, nrv_wavelet w)
{
    nrv_tensor half[2] = { NULL, NULL };
    if (!wavelet_known(&nrv__op_idwt, x, w))
        return NULL;
    nrv_shape s = nrv_shape_of(x);
    if (s.rank < 2 || s.dim[s.rank - 2] != 2 || s.dim[s.rank - 1] < 1)
        return nrv__op_refuses(&nrv__op_idwt, 1, &x, NRV_ESHAPE, "smoothed numbers and details, as nrv_dwt gives them",
                               "the axis before the last has no length of 2");
    const nrv_dim m = s.dim[s.rank - 1];
    s.dim[s.rank - 2] = m;
    s.rank--;
    for (int high = 0; high < 2; high++) {
        nrv_tensor part = nrv_reshape(nrv_slice(x, -2, high, 1), s);
        for (int i = 0; i < 2 * (int)w; i++)
            half[i % 2] = wavelet_sum(half[i % 2], wavelet_turned(part, -(i / 2)), wavelet_tap(w, high, i));
    }
    nrv_tensor pairs = nrv__pair_of(half[0], half[1]);
    s.dim[s.rank - 1] = 2 * m;
    return nrv_reshape(pairs, s);
}
