/* special.c - functions of one number that C has not, in double, good to about 1e-14: see special.h.

   Promises: every loop is bounded, whatever comes in; NaN stays NaN. Near a zero of the gamma functions the error is
   absolute, not relative: their terms cancel there. Does not do: speed. */
#include "special.h"
#include <math.h>

static const double special_pi = 3.14159265358979323846;

static double special_ratio(const double *up, const double *down, double r)
{
    double a = up[7], b = down[7];
    for (int i = 6; i >= 0; i--) {
        a = a * r + up[i];
        b = b * r + down[i];
    }
    return a / b;
}

/* M. J. Wichura, algorithm AS 241 (1988) */
double nrv__normal_quantile(double q, double tail)
{
    static const double middle[2][8] = {
        { 3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
          4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3 },
        { 1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
          3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3 }
    };
    static const double near[2][8] = {
        { 1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
          1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4 },
        { 1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
          1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9 }
    };
    static const double far[2][8] = {
        { 6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
          2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7 },
        { 1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
          1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15 }
    };
    if (!(tail > 0))
        return tail == 0 ? copysign(INFINITY, q) : NAN;
    if (fabs(q) <= 0.425)
        return q * special_ratio(middle[0], middle[1], 0.180625 - q * q);
    double r = sqrt(-log(tail));
    double y = r <= 5 ? special_ratio(near[0], near[1], r - 1.6) : special_ratio(far[0], far[1], r - 5);
    return copysign(y, q);
}

/* its power series, whose terms are all positive; far out the asymptotic one */
double nrv__bessel_scaled(int order, double x)
{
    double a = fabs(x), sum = 1, term = 1, nu = 4.0 * order * order;
    double sign = order && x < 0 ? -1 : 1;
    if (a < 20) {
        for (int k = 1; k < 80 && term > 1e-18 * sum; k++)
            sum += term *= a * a / (4.0 * k * (k + order));
        return sign * sum * exp(-a) * (order ? a / 2 : 1);
    }
    for (int k = 1; k < 30; k++)
        sum += term *= ((2.0 * k - 1) * (2.0 * k - 1) - nu) / (8.0 * k * a);
    return sign * sum / sqrt(2 * special_pi * a);
}

double nrv__bessel_i(int order, double x)
{
    const double half = exp(fabs(x) / 2); /* twice, so that it is infinite no sooner than the result */
    return nrv__bessel_scaled(order, x) * half * half;
}

/* B_2k / (2k)! of the Bernoulli numbers: what Euler and Maclaurin correct sums with */
static const double special_bernoulli[] = { 1.0 / 12,          -1.0 / 720,
                                            1.0 / 30240,       -1.0 / 1209600,
                                            1.0 / 47900160,    -691.0 / 1307674368000,
                                            1.0 / 74724249600, -3617.0 / 10670622842880000 };

/* pi / tan(pi x), of what is left of half turns */
static double special_cot(double x)
{
    return special_pi / tan(special_pi * (x - rint(x)));
}

double nrv__digamma(double x)
{
    if (x == 0 || x == -INFINITY)
        return x == 0 ? copysign(INFINITY, -x) : NAN;
    if (x < 0 && x == floor(x))
        return NAN;
    double sum = x < 0 ? -special_cot(x) : 0, part = 1;
    x = x < 0 ? 1 - x : x;
    for (; x < 10; x += 1)
        sum -= 1 / x;
    double z = 1 / (x * x), series = 0;
    for (int k = 1; k <= 8; k++) {
        part *= k == 1 ? 1 : (2.0 * k - 2) * (2.0 * k - 1); /* (2k - 1)! */
        series += special_bernoulli[k - 1] * part * pow(z, k);
    }
    return sum + log(x) - 0.5 / x - series;
}

/* s > 1, q > 0 */
static double special_zeta(double s, double q)
{
    double sum = 0;
    for (int k = 0; k < 12; k++, q += 1)
        sum += pow(q, -s);
    double base = pow(q, -s), rise = s;
    sum += pow(q, 1 - s) / (s - 1) + 0.5 * base;
    for (int k = 0; k < 8; k++) {
        base /= k ? q * q : q;
        sum += special_bernoulli[k] * rise * base;
        rise *= (s + 2 * k + 1) * (s + 2 * k + 2);
    }
    return sum;
}

/* below 0, where only a whole s makes sense, the sum goes both ways: over all k it depends on the fraction of q alone
 */
double nrv__zeta(double s, double q)
{
    if (s == 1)
        return INFINITY;
    if (!(s > 1) || q != q)
        return NAN;
    if (q <= 0 && q == floor(q))
        return INFINITY;
    if (q > 0)
        return special_zeta(s, q);
    if (s != floor(s))
        return NAN;
    double sign = fmod(s, 2) == 0 ? 1 : -1;
    return special_zeta(s, q - floor(q)) + sign * (special_zeta(s, ceil(q) - q) - special_zeta(s, 1 - q));
}

double nrv__polygamma(int n, double x)
{
    return (n % 2 ? 1 : -1) * tgamma(n + 1.0) * nrv__zeta(n + 1.0, x);
}
