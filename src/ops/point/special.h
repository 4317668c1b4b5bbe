/* special.h - functions of one number that C has not: what the references of several ops stand on. */
#ifndef NRV__SPECIAL_H
#define NRV__SPECIAL_H

double nrv__normal_quantile(double q, double tail); /* of probability 1/2 + q; tail: the smaller of it and 1 - it */
double nrv__bessel_scaled(int order, double x);     /* e^-|x| I_order(x), order 0 or 1 */
double nrv__bessel_i(int order, double x);          /* I_order(x), order 0 or 1 */
double nrv__digamma(double x);
double nrv__polygamma(int n, double x); /* the n-th derivative of digamma, n >= 1 */
/* sum over k >= 0 of (q + k)^-s; infinite at s = 1 and at whole q <= 0, NaN for s < 1 */
double nrv__zeta(double s, double q);
/* which: J0, J1, Y0, Y1; Y is -inf at 0 and NaN below. Where one is infinitely far out it is 0 */
double nrv__bessel(int which, double x);
double nrv__bessel_k(int order, double x);        /* K of order 0 or 1; inf at 0, NaN below */
double nrv__bessel_k_scaled(int order, double x); /* times e^x */
double nrv__airy(int slope, double x);            /* Ai, or its slope */
#endif
