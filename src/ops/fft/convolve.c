/* fftconvolve - a long convolution as a product of spectra.    y[k] = sum_j a[j] b[k - j]

   Unlike nrv_conv, which is a correlation, b is turned round; n log n instead of n^2 products. */
#include "fft.h"
#include <string.h>

#ifdef NRV_HEADER
/* fftconvolve: all na + nb - 1; the na in their middle; those where b lies inside a (or a inside b) */
typedef enum { NRV_CONVOLVE_FULL, NRV_CONVOLVE_SAME, NRV_CONVOLVE_VALID } nrv_convolve_mode;
#endif

/* the next length whose primes are 2, 3 and 5 */
static int64_t convolve_length(int64_t n)
{
    for (;; n++) {
        int64_t rest = n;
        while (rest % 2 == 0)
            rest /= 2;
        while (rest % 3 == 0)
            rest /= 3;
        while (rest % 5 == 0)
            rest /= 5;
        if (rest == 1)
            return n;
    }
}

static nrv_tensor convolve_make(nrv__case *c)
{
    static const char *const name[] = { "full", "same", "valid" };
    const char *mode = nrv__case_text(c, "mode");
    int k = 0;
    while (mode && k < 3 && strcmp(mode, name[k]) != 0)
        k++;
    return nrv_fftconvolve(c->x[0], c->x[1], nrv__case_small(c, "axis", -1), (nrv_convolve_mode)k);
}

extern const nrv__opdef nrv__op_fftconvolve;
static bool convolve_wants(nrv_tensor a, nrv_tensor b, int *axis, nrv_convolve_mode mode)
{
    const nrv_tensor in[2] = { a, b };
    if (!nrv__op_wants_real(&nrv__op_fftconvolve, 2, in))
        return false;
    if (a->rank != b->rank)
        nrv__op_refuses(&nrv__op_fftconvolve, 2, in, NRV_ESHAPE, "nrv_reshape puts axes of length 1 in",
                        "ranks %d and %d", a->rank, b->rank);
    else if (!nrv__axis(a, axis, "fftconvolve"))
        return false;
    else if (a->dim[*axis] < 1 || b->dim[*axis] < 1 || a->dim[*axis] > INT32_MAX || b->dim[*axis] > INT32_MAX)
        nrv__op_refuses(&nrv__op_fftconvolve, 2, in, NRV_ESHAPE, "at least 1 along the axis, and numbers, not sizes",
                        "axis %d has a length that is not known, or 0", *axis);
    else if ((int)mode < 0 || (int)mode > (int)NRV_CONVOLVE_VALID)
        nrv__op_refuses(&nrv__op_fftconvolve, 2, in, NRV_EARG, "full, same or valid: NRV_CONVOLVE_FULL...",
                        "there is no mode %d", (int)mode);
    return !a->g->why.status;
}

NRV_OP(
    fftconvolve, .sig = "real a[...,n], real b[...,m] -> y[...]",
    .doc =
        "The convolution along an axis, y[k] = sum_j a[j] b[k - j], by way of spectra; the other axes broadcast. All "
        "n + m - 1 numbers, the n in their middle (same), or those where one lies inside the other (valid).",
    .make = convolve_make, .flags = NRV_MACRO, .rel = 1e-11, .ulp = 8,
    .tolerance_why = "three transforms, of the scale of the largest sum",
    .refuse = { "a[5], b[2,3] => fftconvolve: ranks 1 and 2 | in here | input 0: input f32 [5] a | input 1: input f32 "
                "[2, 3] b | hint nrv_reshape puts axes of length 1 in",
                "a[5], b[0] => fftconvolve: axis 0 has a length that is not known, or 0 | in here | input 0: input f32 "
                "[5] a | input 1: input f32 [0] b | hint at least 1 along the axis, and numbers, not sizes",
                "a[5], b[3], mode=some => fftconvolve: there is no mode 3 | in here | input 0: input f32 [5] a | input "
                "1: input f32 [3] b | hint full, same or valid: NRV_CONVOLVE_FULL..." },
    .test = { "a[7], b[3]", "a[2,5], b[1,8], mode=same", "a[3,9], b[3,4], mode=valid", "a[4,2], b[3,2], axis=0",
              "a[1], b[1]" });

/* a (...,n) and b (...,m) of one rank, along axis -> (...,n+m-1), or fewer by mode: sum_j a[j] b[k - j]. */
NRV_API nrv_tensor nrv_fftconvolve(nrv_tensor a, nrv_tensor b, int axis, nrv_convolve_mode mode)
{
    if (!convolve_wants(a, b, &axis, mode))
        return NULL;
    const int64_t n = a->dim[axis], m = b->dim[axis], all = n + m - 1, least = n < m ? n : m;
    const nrv_fft_opt o = { .n = convolve_length(all) };
    nrv_tensor product = nrv_complex_mul(nrv_rfft_with(a, axis, &o), nrv_rfft_with(b, axis, &o));
    const int64_t from = mode == NRV_CONVOLVE_SAME ? (m - 1) / 2 : mode == NRV_CONVOLVE_VALID ? least - 1 : 0;
    const int64_t count = mode == NRV_CONVOLVE_SAME ? n : mode == NRV_CONVOLVE_VALID ? all - 2 * (least - 1) : all;
    return nrv_slice(nrv_irfft_with(product, axis, &o), axis, from, count);
}
