/* special.h - functions of one number that C has not: what the references of several ops stand on. */
#ifndef NRV__SPECIAL_H
#define NRV__SPECIAL_H

double nrv__normal_quantile(double q, double tail); /* of probability 1/2 + q; tail: the smaller of it and 1 - it */
double nrv__bessel_scaled(int order, double x);     /* e^-|x| I_order(x), order 0 or 1 */
double nrv__digamma(double x);
double nrv__polygamma(int n, double x); /* the n-th derivative of digamma, n >= 1 */
/* sum over k >= 0 of (q + k)^-s; infinite at s = 1 and at whole q <= 0, NaN for s < 1 */
double nrv__zeta(double s, double q);
#endif
