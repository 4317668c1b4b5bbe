/* hann_window, hamming_window, blackman_window, bartlett_window, kaiser_window - what a signal is multiplied with
   before its spectrum is taken. With t = k / n (periodic) or k / (n - 1):

   hann 0.5 - 0.5 cos 2 pi t    hamming a - b cos 2 pi t    blackman 0.42 - 0.5 cos 2 pi t + 0.08 cos 4 pi t
   bartlett 1 - |2 t - 1|       kaiser I0(b sqrt(1 - (2 t - 1)^2)) / I0(b) */
#include "fft.h"
#include <math.h>

typedef struct taper_law { /* a sum of cosines, or a function of the place */
    double cosine[3];
    double kaiser; /* >= 0: its beta */
    bool bartlett;
} taper_law;

enum { TAPER_MOST = 1 << 24, TAPER_TERMS = 1000 };

/* the modified Bessel function of order 0, by its series, whose terms are all positive */
static double taper_bessel(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; k < TAPER_TERMS && term > sum * 1e-17; k++) {
        term *= x * x / (4.0 * k * k);
        sum += term;
    }
    return sum;
}

static double taper_at(const taper_law *law, double t)
{
    const double turn = 2 * 3.14159265358979323846 * t, far = 2 * t - 1;
    if (law->bartlett)
        return 1 - fabs(far);
    if (law->kaiser >= 0)
        return taper_bessel(law->kaiser * sqrt(fmax(0, 1 - far * far))) / taper_bessel(law->kaiser);
    return law->cosine[0] - law->cosine[1] * cos(turn) + law->cosine[2] * cos(2 * turn);
}

static nrv_tensor taper_make(nrv_graph *g, nrv_dtype type, int64_t n, int symmetric, taper_law law, const char *op)
{
    if (!g || g->why.status)
        return NULL;
    if (n < 0 || n > TAPER_MOST || !nrv__dtype_real(type))
        return nrv__graph_fail(g, NRV_EARG, "a number from 0 to 2^24, and NRV_F32 or NRV_F64", "%s: %lld of type %s",
                               op, (long long)n, nrv__dtype_name(type)),
               NULL;
    if (!(law.kaiser <= 700))
        return nrv__graph_fail(g, NRV_EARG, "12 is PyTorch's", "%s: beta %g, from 0 to 700 is wanted", op, law.kaiser),
               NULL;
    const size_t bytes = (size_t)(n + 1) * sizeof(double);
    double *w = nrv__alloc(&g->mem, NULL, 0, bytes);
    if (!w)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "%s: no memory for %lld numbers", op, (long long)n), NULL;
    const double steps = (double)(symmetric ? n - 1 : n);
    for (int64_t k = 0; k < n; k++)
        w[k] = n == 1 ? 1 : taper_at(&law, (double)k / steps);
    nrv__from_double(w, type, w, n); /* never wider than a double, and front to back */
    nrv_tensor y = nrv_constant(g, type, NRV_SHAPE(n), w);
    nrv__alloc(&g->mem, w, bytes, 0);
    return y;
}

static int64_t taper_length(const nrv__case *c)
{
    return nrv__case_int(c, "window_length", nrv__case_int(c, "n", 0));
}

static int taper_symmetric(const nrv__case *c)
{
    return !nrv__case_int(c, "periodic", 1);
}

static nrv_dtype taper_type(const nrv__case *c)
{
    return nrv__case_type(c, "type", NRV_F64);
}

static nrv_tensor taper_hann_make(nrv__case *c)
{
    return nrv_hann_window(c->g, taper_type(c), taper_length(c), taper_symmetric(c));
}

static nrv_tensor taper_hamming_make(nrv__case *c)
{
    return nrv_hamming_window(c->g, taper_type(c), taper_length(c), taper_symmetric(c),
                              nrv__case_real(c, "alpha", 0.54), nrv__case_real(c, "beta", 0.46));
}

static nrv_tensor taper_blackman_make(nrv__case *c)
{
    return nrv_blackman_window(c->g, taper_type(c), taper_length(c), taper_symmetric(c));
}

static nrv_tensor taper_bartlett_make(nrv__case *c)
{
    return nrv_bartlett_window(c->g, taper_type(c), taper_length(c), taper_symmetric(c));
}

static nrv_tensor taper_kaiser_make(nrv__case *c)
{
    return nrv_kaiser_window(c->g, taper_type(c), taper_length(c), taper_symmetric(c), nrv__case_real(c, "beta", 12));
}

NRV_OP(
    hann_window, .sig = "-> y[n]",
    .doc = "Hann's window: 0.5 - 0.5 cos 2 pi k / n; n - 1 if symmetric; 1 where n is 1.", .make = taper_hann_make,
    .flags = NRV_MACRO, .no_grad = "it has no input", .torch = "hann_window", .numpy = "hanning", .onnx = "HannWindow",
    .refuse = { "n=-3 => hann_window: -3 of type f64 | in here | hint a number from 0 to 2^24, and NRV_F32 or NRV_F64",
                "n=4, type=i32 => hann_window: 4 of type i32 | in here | hint a number from 0 to 2^24, and NRV_F32 or "
                "NRV_F64" },
    .test = { "n=8", "n=7, periodic=0", "n=1", "n=0" });
NRV_OP(
    hamming_window, .sig = "-> y[n]", .doc = "Hamming's window: alpha - beta cos 2 pi k / n, 0.54 and 0.46 as a rule.",
    .make = taper_hamming_make, .flags = NRV_MACRO, .no_grad = "it has no input", .torch = "hamming_window",
    .numpy = "hamming", .onnx = "HammingWindow",
    .refuse = { "n=-3 => hamming_window: -3 of type f64 | in here | hint a number from 0 to 2^24, and NRV_F32 or "
                "NRV_F64",
                "n=4, type=i32 => hamming_window: 4 of type i32 | in here | hint a number from 0 to 2^24, and NRV_F32 "
                "or NRV_F64" },
    .test = { "n=8", "n=7, periodic=0, alpha=0.5, beta=0.5", "n=1" });
NRV_OP(
    blackman_window, .sig = "-> y[n]", .doc = "Blackman's window: 0.42 - 0.5 cos 2 pi k / n + 0.08 cos 4 pi k / n.",
    .make = taper_blackman_make, .flags = NRV_MACRO, .no_grad = "it has no input", .torch = "blackman_window",
    .numpy = "blackman", .onnx = "BlackmanWindow",
    .refuse = { "n=-3 => blackman_window: -3 of type f64 | in here | hint a number from 0 to 2^24, and NRV_F32 or "
                "NRV_F64",
                "n=4, type=i32 => blackman_window: 4 of type i32 | in here | hint a number from 0 to 2^24, and NRV_F32 "
                "or NRV_F64" },
    .test = { "n=8", "n=7, periodic=0", "n=1" });
NRV_OP(
    bartlett_window, .sig = "-> y[n]", .doc = "Bartlett's window, a triangle: 1 - |2 k / n - 1|.",
    .make = taper_bartlett_make, .flags = NRV_MACRO, .no_grad = "it has no input", .torch = "bartlett_window",
    .numpy = "bartlett",
    .refuse = { "n=-3 => bartlett_window: -3 of type f64 | in here | hint a number from 0 to 2^24, and NRV_F32 or "
                "NRV_F64",
                "n=4, type=i32 => bartlett_window: 4 of type i32 | in here | hint a number from 0 to 2^24, and NRV_F32 "
                "or NRV_F64" },
    .test = { "n=8", "n=7, periodic=0", "n=1" });
NRV_OP(
    kaiser_window, .sig = "-> y[n]",
    .doc = "Kaiser's window: I0(beta sqrt(1 - (2 k / n - 1)^2)) / I0(beta), beta from 0 to 700, 12 as a rule.",
    .make = taper_kaiser_make, .flags = NRV_MACRO, .no_grad = "it has no input", .torch = "kaiser_window",
    .numpy = "kaiser",
    .refuse = { "n=8, beta=1000 => kaiser_window: beta 1000, from 0 to 700 is wanted | in here | hint 12 is PyTorch's",
                "n=-3 => kaiser_window: -3 of type f64 | in here | hint a number from 0 to 2^24, and NRV_F32 or "
                "NRV_F64" },
    .test = { "n=8", "n=7, periodic=0, beta=4", "n=1" });

/* (n) of type t: 0.5 - 0.5 cos 2 pi k / n, as a spectrum wants it; symmetric: / (n - 1), as a filter does. */
NRV_API nrv_tensor nrv_hann_window(nrv_graph *g, nrv_dtype t, int64_t n, int symmetric)
{
    return taper_make(g, t, n, symmetric, (taper_law){ { 0.5, 0.5, 0 }, -1, false }, "hann_window");
}

/* (n) of type t: alpha - beta cos 2 pi k / n; PyTorch's are 0.54 and 0.46. */
NRV_API nrv_tensor nrv_hamming_window(nrv_graph *g, nrv_dtype t, int64_t n, int symmetric, double alpha, double beta)
{
    return taper_make(g, t, n, symmetric, (taper_law){ { alpha, beta, 0 }, -1, false }, "hamming_window");
}

/* (n) of type t: 0.42 - 0.5 cos 2 pi k / n + 0.08 cos 4 pi k / n. */
NRV_API nrv_tensor nrv_blackman_window(nrv_graph *g, nrv_dtype t, int64_t n, int symmetric)
{
    return taper_make(g, t, n, symmetric, (taper_law){ { 0.42, 0.5, 0.08 }, -1, false }, "blackman_window");
}

/* (n) of type t: a triangle, 1 - |2 k / n - 1|. */
NRV_API nrv_tensor nrv_bartlett_window(nrv_graph *g, nrv_dtype t, int64_t n, int symmetric)
{
    return taper_make(g, t, n, symmetric, (taper_law){ { 0 }, -1, true }, "bartlett_window");
}

/* (n) of type t: I0(beta sqrt(1 - (2 k / n - 1)^2)) / I0(beta); PyTorch's beta is 12 (Kaiser & Schafer 1980). */
NRV_API nrv_tensor nrv_kaiser_window(nrv_graph *g, nrv_dtype t, int64_t n, int symmetric, double beta)
{
    return taper_make(g, t, n, symmetric, (taper_law){ { 0 }, fabs(beta), false }, "kaiser_window");
}
