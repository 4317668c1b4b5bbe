/* cylinder.c - Bessel functions of order 0 and 1 and Airy's function, in double, good to about 1e-15: see special.h. Of
   those that oscillate that is the absolute error, as a part of how far they swing, and it grows with the rounding of
   the phase where that is many turns.

   Up to 25: recurrence from above, which ends in J, and Neumann's series for Y (Abramowitz & Stegun 9.1.46, 9.1.87 to
   88). From there on: Hankel's expansions (9.2.5 to 9.2.10). K: its integral over cosh t (9.6.24), whose trapezoidal
   sum is right to more digits than a double has. Airy's function: Taylor series from point to point by y'' = x y, K of
   order 1/3 and 2/3 on the right (10.4.14, 10.4.16), expansions far on the left (10.4.60, 10.4.62).

   Promises: every loop is bounded, whatever comes in; NaN stays NaN. Does not do: speed. */
#include "special.h"
#include <float.h>
#include <math.h>

static const double cylinder_pi = 3.14159265358979323846, cylinder_euler = 0.57721566490153286061;

/* J0, J1, Y0, Y1 at 0 < x <= 25 */
static void cylinder_near(double x, double y[4])
{
    const double lead = log(x / 2) + cylinder_euler;
    if (x < 1e-8) {
        y[0] = 1, y[1] = x / 2, y[2] = 2 / cylinder_pi * lead, y[3] = -2 / (cylinder_pi * x);
        return;
    }
    double above = 0, here = 1e-300, norm = 0, even = 0, odd = 0, one = 0;
    for (int n = 2 * (int)(x / 2) + 40; n > 0; n--) { /* here is J_n, but for a factor */
        const int k = n / 2;
        const double sign = k % 2 ? -1 : 1, below = 2 * n / x * here - above;
        if (n % 2 == 0)
            norm += 2 * here, even += sign * here / k;
        else if (k > 0)
            odd += sign * (2 * k + 1) * here / ((double)k * (k + 1));
        one = here;
        above = here, here = below;
        if (fabs(here) > 1e250)
            above *= 1e-250, here *= 1e-250, norm *= 1e-250, even *= 1e-250, odd *= 1e-250, one *= 1e-250;
    }
    norm += here;
    y[0] = here / norm, y[1] = one / norm;
    y[2] = 2 / cylinder_pi * (lead * y[0] - 2 * even / norm);
    y[3] = 2 / cylinder_pi * ((lead - 1) * y[1] - odd / norm - y[0] / x);
}

/* the two series that a phase at x > 20 goes with, of terms a_k / x^k: nu is 4 order^2 */
static void cylinder_far_series(double nu, double x, double *p, double *q)
{
    double term = 1;
    *p = 1, *q = 0;
    for (int k = 1; k < 40; k++) {
        const double next = term * (nu - (2.0 * k - 1) * (2.0 * k - 1)) / (8.0 * k * x);
        if (fabs(next) > fabs(term))
            return;
        term = next;
        *(k % 2 ? q : p) += k % 4 < 2 ? term : -term;
    }
}

static void cylinder_far(double x, double y[4])
{
    const double s = sin(x), c = cos(x), size = 1 / sqrt(cylinder_pi) / sqrt(x);
    double p, q;
    cylinder_far_series(0, x, &p, &q);
    y[0] = size * (p * (c + s) - q * (s - c));
    y[2] = size * (p * (s - c) + q * (c + s));
    cylinder_far_series(4, x, &p, &q);
    y[1] = size * (p * (s - c) + q * (c + s));
    y[3] = size * (q * (s - c) - p * (c + s));
}

double nrv__bessel(int which, double x)
{
    const double a = fabs(x);
    double y[4];
    if (which >= 2 && !(x > 0))
        return x == 0 ? -INFINITY : NAN;
    if (x != x || a == 0)
        return x != x || which == 1 ? x : 1;
    if (isinf(a))
        return 0;
    if (a <= 25)
        cylinder_near(a, y);
    else
        cylinder_far(a, y);
    return which == 1 && x < 0 ? -y[1] : y[which];
}

/* e^x K_order(x), x > 0: the integral of e^(-x (cosh t - 1)) cosh(order t) over t > 0 */
static double cylinder_k(double order, double x)
{
    const double step = fmin(0.2, 0.5 / sqrt(x));
    double sum = 0.5;
    for (int i = 1; i < 4000; i++) {
        const double half = sinh(0.5 * i * step), term = exp(-2 * x * half * half) * cosh(order * i * step);
        sum += term;
        if (term < sum * 1e-18)
            break;
    }
    return sum * step;
}

double nrv__bessel_k_scaled(int order, double x)
{
    if (!(x > 0))
        return x == 0 ? INFINITY : NAN;
    if (x < 1e-8)
        return exp(x) * (order ? 1 / x : -log(x / 2) - cylinder_euler);
    return isinf(x) ? 0 : cylinder_k(order, x);
}

double nrv__bessel_k(int order, double x)
{
    const double scaled = nrv__bessel_k_scaled(order, x);
    return x > 0 && scaled < INFINITY ? exp(-x) * scaled : scaled;
}

/* y and its slope, which are y'' = x y's at `from`, at from + step */
static void cylinder_airy_step(double from, double step, double y[2])
{
    double a[3] = { y[0], y[1], from * y[0] / 2 }, power = step, value = y[0], slope = y[1];
    for (int n = 1; n < 60; n++) { /* a: the coefficients of order n - 1, n, n + 1 */
        value += a[1] * power;
        slope += (n + 1) * a[2] * power;
        const double next = (from * a[1] + a[0]) / ((n + 2.0) * (n + 1.0));
        a[0] = a[1], a[1] = a[2], a[2] = next;
        power *= step;
    }
    y[0] = value, y[1] = slope;
}

/* x < -9: the sums of c_k or d_k over z^k, with the signs of k in pairs */
static void cylinder_airy_left(double x, double y[2])
{
    const double z = 2.0 / 3 * -x * sqrt(-x), root = sqrt(sqrt(-x)), size = 1 / sqrt(cylinder_pi);
    const double s = sin(z), c = cos(z), turned_s = (s + c) / sqrt(2), turned_c = (c - s) / sqrt(2);
    double term = 1, sum[4] = { 1, 0, 1, 0 };
    for (int k = 1; k < 40; k++) {
        const double next = term * (6.0 * k - 5) * (6.0 * k - 3) * (6.0 * k - 1) / (216.0 * k * (2.0 * k - 1) * z);
        if (next > term)
            break;
        term = next;
        const double sign = k % 4 < 2 ? term : -term;
        sum[k % 2] += sign;
        sum[2 + k % 2] -= sign * (6.0 * k + 1) / (6.0 * k - 1);
    }
    y[0] = size / root * (turned_s * sum[0] - turned_c * sum[1]);
    y[1] = -size * root * (turned_c * sum[2] + turned_s * sum[3]);
}

double nrv__airy(int slope, double x)
{
    static const double start[2] = { 0.35502805388781723926, -0.25881940379280679841 };
    double y[2] = { start[0], start[1] };
    if (x != x || isinf(x))
        return x != x ? x : slope && x < 0 ? NAN : 0;
    if (x < -9) {
        cylinder_airy_left(x, y);
    } else if (x <= 1) {
        const int steps = 1 + (int)(2 * fabs(x));
        for (int i = 0; i < steps; i++)
            cylinder_airy_step(x * i / steps, x / steps, y);
    } else {
        const double z = 2.0 / 3 * x * sqrt(x), order = slope ? 2.0 / 3 : 1.0 / 3;
        const double k = z < 1000 ? exp(-z) * cylinder_k(order, z) : 0;
        return slope ? -x / (cylinder_pi * sqrt(3)) * k : sqrt(x / 3) / cylinder_pi * k;
    }
    return y[slope];
}
