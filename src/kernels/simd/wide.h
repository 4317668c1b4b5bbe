/* wide.h - more functions of one float, computed in double, so that nothing but the last rounding is seen.

   Promises: within 0.6 ulp over all floats: infinities, NaN, subnormal arguments and results. No branches, no tables,
   no calls, so that a loop over them vectorises. Polynomials are minimax fits, relative errors at most 5e-9. Does not
   do: be good to a double; wide_tan beyond MATHS_TRIG_MOST, which its caller must leave to libm. */
#ifndef NRV__WIDE_H
#define NRV__WIDE_H
#include "maths.h"

static const double wide_ln2 = 0.69314718055994530942, wide_log2e = 1.44269504088896340736;

SIMD_INLINE uint64_t wide_bits(double x)
{
    uint64_t i;
    memcpy(&i, &x, sizeof i);
    return i;
}

SIMD_INLINE double wide_double(uint64_t i)
{
    double x;
    memcpy(&x, &i, sizeof x);
    return x;
}

/* e^r - 1 for |r| <= ln(2)/2 */
SIMD_INLINE double wide_power(double r)
{
    double p = 1.9857820267222653e-4;
    p = p * r + 1.3933687075194435e-3;
    p = p * r + 8.3333608427242547e-3;
    p = p * r + 4.1666464722352151e-2;
    p = p * r + 1.6666666531503971e-1;
    p = p * r + 5.0000000134598876e-1;
    return p * (r * r) + r;
}

/* e^x = (1 + result) * *two, where *two is a power of 2; further than 200 from 0 no float tells */
SIMD_INLINE double wide_parts(double x, double *two)
{
    const double magic = 6755399441055744.0, low = x < -200 ? -200 : x, near = low > 200 ? 200 : low;
    const double t = near * wide_log2e + magic, n = t - magic;
    *two = wide_double((wide_bits(t) + 1023) << 52);
    return wide_power(near - n * wide_ln2);
}

SIMD_INLINE double wide_exp(double x)
{
    double two;
    const double p = wide_parts(x, &two);
    return p * two + two;
}

SIMD_INLINE double wide_expm1(double x)
{
    double two;
    const double p = wide_parts(x, &two);
    return p * two + (two - 1);
}

SIMD_INLINE float wide_exp2(float x)
{
    const double magic = 6755399441055744.0, d = (double)x, low = d < -300 ? -300 : d, near = low > 300 ? 300 : low;
    const double t = near + magic, two = wide_double((wide_bits(t) + 1023) << 52);
    return (float)(wide_power((near - (t - magic)) * wide_ln2) * two + two);
}

/* log(1 + f) for 1 + f from sqrt(1/2) to sqrt(2): 2 atanh(s), s = f / (2 + f) */
SIMD_INLINE double wide_log_near(double f)
{
    const double s = f / (2 + f), z = s * s;
    double p = 1.1671239754768296e-1;
    p = p * z + 1.4275186541791576e-1;
    p = p * z + 2.0000062930067622e-1;
    p = p * z + 3.3333333273274723e-1;
    return 2 * (s + s * z * p);
}

/* x = (1 + result) * 2^*k, for a normal x > 0 */
SIMD_INLINE double wide_split(double x, double *k)
{
    const uint64_t i = wide_bits(x) + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    *k = (double)((int32_t)(i >> 52) - 1023);
    return wide_double((i & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1;
}

/* y where it is the logarithm of u, and what a logarithm is elsewhere */
SIMD_INLINE double wide_log_of(double u, double y)
{
    const double inside = u < __builtin_inf() ? y : u, zero = u == 0 ? -__builtin_inf() : __builtin_nan("");
    return u > 0 ? inside : zero;
}

/* log2 and log10: scale times the exponent, factor times the logarithm of the rest */
SIMD_INLINE float wide_log(float x, double scale, double factor)
{
    double k;
    const double f = wide_split((double)x, &k);
    return (float)wide_log_of((double)x, k * scale + wide_log_near(f) * factor);
}

/* log(1 + x): where the sum is near 1, x itself is what is left of it */
SIMD_INLINE double wide_log1p(double x)
{
    double k;
    const double u = 1 + x, f = wide_split(u, &k);
    return wide_log_of(u, k * wide_ln2 + wide_log_near(k == 0 ? x : f));
}

/* sign: of the argument, where the function is odd or the result's sign is the argument's; -0 stays -0 */
SIMD_INLINE float wide_signed(double y, float x)
{
    return __builtin_copysignf((float)y, x);
}

SIMD_INLINE float wide_sinh(float x)
{
    const double e = wide_expm1((double)__builtin_fabsf(x));
    return wide_signed(0.5 * (e + e / (e + 1)), x);
}

SIMD_INLINE float wide_cosh(float x)
{
    const double e = wide_exp((double)__builtin_fabsf(x));
    return (float)(0.5 * (e + 1 / e));
}

SIMD_INLINE float wide_asinh(float x)
{
    const double a = (double)__builtin_fabsf(x), b = a < 1e150 ? a : 1e150, z = b * b;
    const double y = wide_log1p(b + z / (1 + __builtin_sqrt(1 + z)));
    return wide_signed(a < __builtin_inf() ? y : a, x);
}

SIMD_INLINE float wide_acosh(float x)
{
    const double a = (double)x, b = a < 1e150 ? a : 1e150, t = b - 1;
    const double y = wide_log1p(t + __builtin_sqrt(t * (b + 1))), over = a < __builtin_inf() ? y : a;
    return (float)(a < 1 ? __builtin_nan("") : over);
}

SIMD_INLINE float wide_atanh(float x)
{
    const double a = (double)__builtin_fabsf(x);
    return wide_signed(0.5 * wide_log1p(2 * a / (1 - a)), x);
}

/* the angle whose tangent is up / right, both >= 0 */
SIMD_INLINE double wide_angle(double up, double right)
{
    const int steep = up > right;
    const double q = (steep ? right : up) / (steep ? up : right), z = q * q;
    double p = -9.5146910479518114e-4;
    p = p * z + 6.2838936292644526e-3;
    p = p * z - 1.9425852673115564e-2;
    p = p * z + 3.8523880582143594e-2;
    p = p * z - 5.774894817565937e-2;
    p = p * z + 7.4238460246008275e-2;
    p = p * z - 9.0384782701438501e-2;
    p = p * z + 1.1104980448322985e-1;
    p = p * z - 1.4285339983289103e-1;
    p = p * z + 1.9999990967967665e-1;
    p = p * z - 3.3333333296925644e-1;
    const double y = q + q * z * p;
    return steep ? 1.57079632679489661923 - y : y;
}

SIMD_INLINE float wide_atan(float x)
{
    return wide_signed(wide_angle((double)__builtin_fabsf(x), 1), x);
}

SIMD_INLINE float wide_asin(float x)
{
    const double a = (double)__builtin_fabsf(x);
    return wide_signed(wide_angle(a, __builtin_sqrt((1 - a) * (1 + a))), x);
}

SIMD_INLINE float wide_acos(float x)
{
    const double a = (double)x;
    return (float)(2 * wide_angle(__builtin_sqrt(1 - a), __builtin_sqrt(1 + a)));
}

/* as maths_sin, with the tangent's poles in between */
SIMD_INLINE float wide_tan(float x)
{
    const double magic = 6755399441055744.0, d = __builtin_fabsf(x) <= MATHS_TRIG_MOST ? (double)x : 0.0;
    const double t = d * 0.63661977236758134308 + magic, n = t - magic;
    const double r = (d - n * 1.57079632673412561417) - n * 6.07710050650619224932e-11, z = r * r;
    double s = -1.0 / 39916800, c = 1.0 / 479001600;
    s = s * z + 1.0 / 362880;
    s = s * z - 1.0 / 5040;
    s = s * z + 1.0 / 120;
    s = s * z - 1.0 / 6;
    s = s * (z * r) + r;
    c = c * z - 1.0 / 3628800;
    c = c * z + 1.0 / 40320;
    c = c * z - 1.0 / 720;
    c = c * z + 1.0 / 24;
    c = c * z - 0.5;
    c = c * z + 1;
    const int odd = (int)(wide_bits(t) & 1);
    return (float)((odd != 0 ? -c : s) / (odd != 0 ? s : c));
}

/* e^(log(|x|)/3), and one step of Newton */
SIMD_INLINE float wide_cbrt(float x)
{
    const double a = (double)__builtin_fabsf(x);
    double k;
    const double f = wide_split(a, &k), y = wide_exp((k * wide_ln2 + wide_log_near(f)) * (1.0 / 3));
    return wide_signed(y - (y * y * y - a) / (3 * y * y), x);
}

/* e^(x^2) erfc(x) for x >= 0: w times a polynomial in w - 1/2, w = 1 / (1 + x/4) */
SIMD_INLINE double wide_erfcx_above(double x)
{
    const double w = 1 / (1 + 0.25 * x), v = w - 0.5;
    double p = -6.4477259958023531e-2;
    p = p * v - 1.1420844992391081e-1;
    p = p * v + 2.8606624564425781e-2;
    p = p * v + 3.9016178764928333e-1;
    p = p * v + 8.4485141408322273e-1;
    p = p * v + 1.2222512742334704;
    p = p * v + 1.3920206208518522;
    p = p * v + 1.3233975398435682;
    p = p * v + 1.0817095228053923;
    p = p * v + 7.7320888592297632e-1;
    p = p * v + 4.8827435027104171e-1;
    p = p * v + 2.7399891465565801e-1;
    return p * w;
}

SIMD_INLINE double wide_erfc(double x)
{
    const double a = __builtin_fabs(x), tail = wide_exp(-a * a) * wide_erfcx_above(a);
    return x < 0 ? 2 - tail : tail;
}

SIMD_INLINE float wide_erfcx(float x)
{
    const double d = (double)x, a = __builtin_fabs(d), above = wide_erfcx_above(a);
    return (float)(d < 0 ? 2 * wide_exp(d * d) - above : above);
}

SIMD_INLINE float wide_ndtr(float x)
{
    return (float)(0.5 * wide_erfc((double)x * -0.70710678118654752440));
}

/* x Phi(x); minus infinity times nothing is NaN, as in the definition */
SIMD_INLINE float wide_gelu(float x)
{
    const double d = (double)x, a = __builtin_fabs(d) * 0.70710678118654752440, far = d * d > 2000 ? 0.0 : 0.5;
    const double tail = wide_exp(-a * a) * wide_erfcx_above(a) * far;
    return (float)(d * (d < 0 ? tail : 1 - tail));
}

/* x - tanh x: a series where that would cancel */
SIMD_INLINE float wide_tanhshrink(float x)
{
    const double a = (double)__builtin_fabsf(x), b = a < 1 ? a : 1, z = b * b;
    double p = -1.4282238237255728e-4;
    p = p * z + 9.2360371546598436e-4;
    p = p * z - 3.2069459659920885e-3;
    p = p * z + 8.697945748897205e-3;
    p = p * z - 2.182958360940216e-2;
    p = p * z + 5.3963420636910245e-2;
    p = p * z - 1.3333310693044365e-1;
    p = p * z + 3.3333333157115458e-1;
    const double far = a - 1 + 2 / (wide_exp(2 * a) + 1);
    return wide_signed(a < 1 ? p * (a * z) : far, x);
}

/* x tanh(log(1 + e^x)), where the tangent is e (e + 2) / (e (e + 2) + 2) */
SIMD_INLINE float wide_mish(float x)
{
    const double d = (double)x, e = d < -200 ? 0 : wide_exp(d), n = e * (e + 2);
    return (float)(d * (n / (n + 2)));
}

/* x / (1 + e^-2u), the logistic form of 0.5 x (1 + tanh u) */
SIMD_INLINE float wide_gelu_tanh(float x)
{
    const double d = (double)x, u = 1.5957691216057307 * (d + 0.044715 * (d * d * d));
    const double e = u < -200 ? __builtin_inf() : wide_exp(-u);
    return (float)(d / (1 + e));
}
#endif
