/* gammainc.c - the parts of the gamma integral below and above x: P(a, x) and Q(a, x) = 1 - P(a, x).

   P = 1 / Gamma(a) * the integral of t^(a-1) e^-t from 0 to x. Below a + 1 by its series, above by Legendre's continued
   fraction; around a large a by the normal distribution it comes near to (Temme 1979). dP/dx = x^(a-1) e^-x / Gamma(a);
   by a there is no closed form, and PyTorch has none either. */
#include "binary.h"
#include <math.h>

enum { GAMMAINC_TURNS = 10000 };

/* m - ln(1 + m), without cancellation */
static double gammainc_apart(double m)
{
    if (fabs(m) > 0.1)
        return m - log1p(m);
    double sum = 0, power = m;
    for (int k = 2; k < 24; k++) {
        power *= -m;
        sum -= power / k;
    }
    return sum;
}

/* x^a e^-x / Gamma(a + 1) */
static double gammainc_factor(double a, double x)
{
    if (a < 20)
        return exp(a * log(x) - x - lgamma(a + 1));
    double r = 1 / (a * a), stirling = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r / 1680))) / a;
    return exp(-a * gammainc_apart((x - a) / a) - stirling) / sqrt(6.283185307179586 * a);
}

static double gammainc_series(double a, double x)
{
    double sum = 1, term = 1;
    for (int k = 1; k < GAMMAINC_TURNS && term > 1e-17 * sum; k++)
        sum += term *= x / (a + k);
    return sum * gammainc_factor(a, x);
}

static double gammainc_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1e300, d = 1 / b, h = d, change = 0;
    for (int k = 1; k < GAMMAINC_TURNS && fabs(change - 1) > 1e-16; k++) {
        double n = -k * (k - a);
        b += 2;
        d = 1 / (n * d + b);
        c = b + n / c;
        h *= change = d * c;
    }
    return h * a * gammainc_factor(a, x);
}

/* Q for a beyond 1e5, to 1e-12 */
static double gammainc_large(double a, double x)
{
    double m = (x - a) / a, half = gammainc_apart(m), eta = m < 0 ? -sqrt(2 * half) : sqrt(2 * half);
    double c = fabs(eta) < 0.01 ? -1.0 / 3 + eta * (1.0 / 12 - eta * (2.0 / 135 - eta / 864)) : 1 / m - 1 / eta;
    return 0.5 * erfc(eta * sqrt(0.5 * a)) + exp(-a * half) / sqrt(6.283185307179586 * a) * (c - 1 / (540 * a));
}

/* one of both parts */
static double gammainc_of(double a, double x, bool upper)
{
    if (!(a >= 0) || !(x >= 0) || (a == 0 && x == 0) || (isinf(a) && isinf(x)))
        return NAN;
    if (x == 0 || isinf(a))
        return upper;
    if (a == 0 || isinf(x))
        return !upper;
    bool above = a > 1e5 ? true : x >= a + 1;
    double part = a > 1e5 ? gammainc_large(a, x) : above ? gammainc_fraction(a, x) : gammainc_series(a, x);
    return above == upper ? part : 1 - part;
}

NRV_REF2(gammainc_ref, gammainc_of(x, y, false))
NRV_REF2(gammaincc_ref, gammainc_of(x, y, true))

static void gammainc_slope(nrv_vjp *v, double sign)
{
    if (v->need[1])
        v->dx[1] = NRV_EXPR("dy, a, x, s: s * dy * exp((a - 1) * log(x) - x - lgamma(a))", v->dy,
                            nrv__cast_like(v->x[0], v->x[1]), v->x[1], nrv__like(v->dy, sign));
}

static void gammainc_vjp(nrv_vjp *v)
{
    gammainc_slope(v, 1);
}

static void gammaincc_vjp(nrv_vjp *v)
{
    gammainc_slope(v, -1);
}

#define GAMMAINC_COMMON(name)                                                                                       \
    .sig = "number a[...], real x[...] -> y[...]", .shape = binary_second_real, .flags = NRV_POINTWISE,             \
    .refuse = { "a[3], x[4] => " name                                                                               \
                ": shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: input f32 [4] x | "  \
                "hint only a length of 1 is stretched; nrv_reshape puts one in",                                    \
                "a[3], x:i32[3] => " name ": input 1 is i32, a real type is wanted | in here | input 0: input f32 " \
                "[3] a | input 1: input i32 [3] x | hint nrv_cast it to NRV_F32",                                   \
                "a:bool[3], x[3] => " name ": input 0 is bool, a number is wanted | in here | input 0: input bool " \
                "[3] a | input 1: input f32 [3] x | hint nrv_cast it to a number" },                                \
    .test = { "a:i32[3,5] in 1..9, x[3,5] in 0.5..9", "a:i32[4,1,3] in 1..40, x[2,1] in 1..60",                     \
              "a:i32[]{3}, x[1027] in 0.1..9", "a:i64{1, 2, 30}, x{0.5, 2, 25}", "a:i32[0], x[1] in 1..2" }

NRV_OP(gammainc,
       .doc =
           "The part of the gamma integral of a below x, 0..1 (regularised lower incomplete gamma function); NaN for "
           "negative a or x. No gradient to a, which may be whole.",
       .ref = gammainc_ref, .vjp = gammainc_vjp, .torch = "igamma special.gammainc", GAMMAINC_COMMON("gammainc"));
NRV_OP(gammaincc,
       .doc =
           "The part of the gamma integral of a above x, 0..1 (regularised upper incomplete gamma function); NaN for "
           "negative a or x. No gradient to a, which may be whole.",
       .ref = gammaincc_ref, .vjp = gammaincc_vjp, .torch = "igammac special.gammaincc", GAMMAINC_COMMON("gammaincc"));

/* The part of the gamma integral of a below x (regularised lower incomplete gamma function), without a gradient to a,
   which may be real or whole. a, x and y broadcast together. */
NRV_API nrv_tensor nrv_gammainc(nrv_tensor a, nrv_tensor x)
{
    return nrv__op(&nrv__op_gammainc, NRV_N(const nrv_tensor, a, x));
}

/* The part of the gamma integral of a above x: 1 - nrv_gammainc, right where that is near 1. */
NRV_API nrv_tensor nrv_gammaincc(nrv_tensor a, nrv_tensor x)
{
    return nrv__op(&nrv__op_gammaincc, NRV_N(const nrv_tensor, a, x));
}
