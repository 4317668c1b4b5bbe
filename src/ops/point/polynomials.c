/* polynomials.c - orthogonal polynomials by their recurrences: Chebyshev's four kinds, also of 2x - 1, Hermite's two,
   Laguerre's and Legendre's.

   p[0] = 1    p[1] = a x + b    p[k+1] = ((slope x + shift) p[k] - back p[k-1]) / by */
#include "../op.h"

enum { POLY_MOST = 200 };
typedef enum { POLY_CHEBYSHEV, POLY_SHIFTED, POLY_HERMITE_H, POLY_HERMITE_HE, POLY_LAGUERRE, POLY_LEGENDRE } poly_law;

typedef struct poly_step {
    double slope, shift, back, by;
} poly_step;

static poly_step poly_step_of(poly_law law, int k)
{
    switch (law) {
    case POLY_CHEBYSHEV:
        return (poly_step){ 2, 0, 1, 1 };
    case POLY_SHIFTED:
        return (poly_step){ 4, -2, 1, 1 };
    case POLY_HERMITE_H:
        return (poly_step){ 2, 0, 2.0 * k, 1 };
    case POLY_HERMITE_HE:
        return (poly_step){ 1, 0, k, 1 };
    case POLY_LAGUERRE:
        return (poly_step){ -1, 2.0 * k + 1, k, k + 1.0 };
    case POLY_LEGENDRE:
        return (poly_step){ 2.0 * k + 1, 0, k, k + 1.0 };
    }
    return (poly_step){ 0 };
}

static nrv_tensor poly_of(const nrv__opdef *op, nrv_tensor x, int n, poly_law law, double a, double b)
{
    if (!nrv__op_wants_real(op, 1, &x))
        return NULL;
    if (n > POLY_MOST)
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "at most 200; below 0 it is 0", "a degree of %d", n);
    nrv_tensor zero = nrv_fill(x->g, x->type, nrv_shape_of(x), 0);
    if (n < 0)
        return zero;
    nrv_tensor before = nrv_add_c(zero, 1), p = NRV_EXPR("x, a, b: a * x + b", x, nrv__like(x, a), nrv__like(x, b));
    for (int k = 1; k < n; k++) {
        const poly_step s = poly_step_of(law, k);
        nrv_tensor next = NRV_EXPR("x, p, q, s, t, c: (s * x + t) * p - c * q", x, p, before, nrv__like(x, s.slope),
                                   nrv__like(x, s.shift), nrv__like(x, s.back));
        before = p;
        p = s.by == 1 ? next : nrv_div(next, nrv__like(x, s.by));
    }
    return x->g->why.status ? NULL : n ? p : before;
}

static int poly_degree(const nrv__case *c)
{
    int64_t n = nrv__case_int(c, "n", 0);
    return n < -1 ? -1 : n > INT32_MAX ? INT32_MAX : (int)n;
}

#define POLY_COMMON(name)                                                                                              \
    .sig = "real x[...] -> y[...]", .flags = NRV_MACRO, .torch = "special." name, .ulp = 16,                           \
    .tolerance_why = "a recurrence of n steps, each rounded at the scale of the largest step",                         \
    .refuse = { "x[3], n=1000 => " name ": a degree of 1000 | in here | input 0: input f32 [3] x | hint at most 200; " \
                "below 0 it is 0",                                                                                     \
                "x:i32[3], n=2 => " name ": input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] " \
                "x | hint nrv_cast it to NRV_F32" },                                                                   \
    .test = { "x[3,5] in -1..1, n=4",   "x[] in 0.1..0.9, n=1",                                                        \
              "x[7] in -0.9..0.9, n=0", "x[0], n=3",                                                                   \
              "x[5] in 0.1..2, n=7",    "x[4], n=-1" }

static nrv_tensor poly_chebyshev_t_make(nrv__case *c)
{
    return nrv_chebyshev_polynomial_t(c->x[0], poly_degree(c));
}

NRV_OP(chebyshev_polynomial_t,
       .doc = "Chebyshev's polynomial of the first kind: 1, x, 2x^2 - 1, ...; of an angle's cosine that of n times the "
              "angle; of degree n, 0 for n below 0.",
       .make = poly_chebyshev_t_make, POLY_COMMON("chebyshev_polynomial_t"));

static nrv_tensor poly_chebyshev_u_make(nrv__case *c)
{
    return nrv_chebyshev_polynomial_u(c->x[0], poly_degree(c));
}

NRV_OP(chebyshev_polynomial_u,
       .doc = "Chebyshev's polynomial of the second kind: 1, 2x, 4x^2 - 1, ...; of degree n, 0 for n below 0.",
       .make = poly_chebyshev_u_make, POLY_COMMON("chebyshev_polynomial_u"));

static nrv_tensor poly_chebyshev_v_make(nrv__case *c)
{
    return nrv_chebyshev_polynomial_v(c->x[0], poly_degree(c));
}

NRV_OP(chebyshev_polynomial_v,
       .doc = "Chebyshev's polynomial of the third kind: 1, 2x - 1, ...; of degree n, 0 for n below 0.",
       .make = poly_chebyshev_v_make, POLY_COMMON("chebyshev_polynomial_v"));

static nrv_tensor poly_chebyshev_w_make(nrv__case *c)
{
    return nrv_chebyshev_polynomial_w(c->x[0], poly_degree(c));
}

NRV_OP(chebyshev_polynomial_w,
       .doc = "Chebyshev's polynomial of the fourth kind: 1, 2x + 1, ...; of degree n, 0 for n below 0.",
       .make = poly_chebyshev_w_make, POLY_COMMON("chebyshev_polynomial_w"));

static nrv_tensor poly_shifted_chebyshev_t_make(nrv__case *c)
{
    return nrv_shifted_chebyshev_polynomial_t(c->x[0], poly_degree(c));
}

NRV_OP(shifted_chebyshev_polynomial_t,
       .doc = "Chebyshev's polynomial of the first kind, of 2x - 1; of degree n, 0 for n below 0.",
       .make = poly_shifted_chebyshev_t_make, POLY_COMMON("shifted_chebyshev_polynomial_t"));

static nrv_tensor poly_shifted_chebyshev_u_make(nrv__case *c)
{
    return nrv_shifted_chebyshev_polynomial_u(c->x[0], poly_degree(c));
}

NRV_OP(shifted_chebyshev_polynomial_u,
       .doc = "Chebyshev's polynomial of the second kind, of 2x - 1; of degree n, 0 for n below 0.",
       .make = poly_shifted_chebyshev_u_make, POLY_COMMON("shifted_chebyshev_polynomial_u"));

static nrv_tensor poly_shifted_chebyshev_v_make(nrv__case *c)
{
    return nrv_shifted_chebyshev_polynomial_v(c->x[0], poly_degree(c));
}

NRV_OP(shifted_chebyshev_polynomial_v,
       .doc = "Chebyshev's polynomial of the third kind, of 2x - 1; of degree n, 0 for n below 0.",
       .make = poly_shifted_chebyshev_v_make, POLY_COMMON("shifted_chebyshev_polynomial_v"));

static nrv_tensor poly_shifted_chebyshev_w_make(nrv__case *c)
{
    return nrv_shifted_chebyshev_polynomial_w(c->x[0], poly_degree(c));
}

NRV_OP(shifted_chebyshev_polynomial_w,
       .doc = "Chebyshev's polynomial of the fourth kind, of 2x - 1; of degree n, 0 for n below 0.",
       .make = poly_shifted_chebyshev_w_make, POLY_COMMON("shifted_chebyshev_polynomial_w"));

static nrv_tensor poly_hermite_h_make(nrv__case *c)
{
    return nrv_hermite_polynomial_h(c->x[0], poly_degree(c));
}

NRV_OP(hermite_polynomial_h,
       .doc = "Hermite's polynomial, the physicists' 1, 2x, 4x^2 - 2, ...; of degree n, 0 for n below 0.",
       .make = poly_hermite_h_make, POLY_COMMON("hermite_polynomial_h"));

static nrv_tensor poly_hermite_he_make(nrv__case *c)
{
    return nrv_hermite_polynomial_he(c->x[0], poly_degree(c));
}

NRV_OP(hermite_polynomial_he,
       .doc = "Hermite's polynomial, the probabilists' 1, x, x^2 - 1, ...; of degree n, 0 for n below 0.",
       .make = poly_hermite_he_make, POLY_COMMON("hermite_polynomial_he"));

static nrv_tensor poly_laguerre_l_make(nrv__case *c)
{
    return nrv_laguerre_polynomial_l(c->x[0], poly_degree(c));
}

NRV_OP(laguerre_polynomial_l,
       .doc = "Laguerre's polynomial: 1, 1 - x, (x^2 - 4x + 2) / 2, ...; of degree n, 0 for n below 0.",
       .make = poly_laguerre_l_make, POLY_COMMON("laguerre_polynomial_l"));

static nrv_tensor poly_legendre_p_make(nrv__case *c)
{
    return nrv_legendre_polynomial_p(c->x[0], poly_degree(c));
}

NRV_OP(legendre_polynomial_p, .doc = "Legendre's polynomial: 1, x, (3x^2 - 1) / 2, ...; of degree n, 0 for n below 0.",
       .make = poly_legendre_p_make, POLY_COMMON("legendre_polynomial_p"));

/* Chebyshev's polynomial of the first kind: 1, x, 2x^2 - 1, ...; of an angle's cosine that of n times the angle; of
 * degree n, 0 for n below 0. x and y (...) */
NRV_API nrv_tensor nrv_chebyshev_polynomial_t(nrv_tensor x, int n)
{
    return poly_of(&nrv__op_chebyshev_polynomial_t, x, n, POLY_CHEBYSHEV, 1, 0);
}

/* Chebyshev's polynomial of the second kind: 1, 2x, 4x^2 - 1, ...; of degree n, 0 for n below 0. x and y (...) */
NRV_API nrv_tensor nrv_chebyshev_polynomial_u(nrv_tensor x, int n)
{
    return poly_of(&nrv__op_chebyshev_polynomial_u, x, n, POLY_CHEBYSHEV, 2, 0);
}

/* Chebyshev's polynomial of the third kind: 1, 2x - 1, ...; of degree n, 0 for n below 0. x and y (...) */
NRV_API nrv_tensor nrv_chebyshev_polynomial_v(nrv_tensor x, int n)
{
    return poly_of(&nrv__op_chebyshev_polynomial_v, x, n, POLY_CHEBYSHEV, 2, -1);
}

/* Chebyshev's polynomial of the fourth kind: 1, 2x + 1, ...; of degree n, 0 for n below 0. x and y (...) */
NRV_API nrv_tensor nrv_chebyshev_polynomial_w(nrv_tensor x, int n)
{
    return poly_of(&nrv__op_chebyshev_polynomial_w, x, n, POLY_CHEBYSHEV, 2, 1);
}

/* Chebyshev's polynomial of the first kind, of 2x - 1; of degree n, 0 for n below 0. x and y (...) */
NRV_API nrv_tensor nrv_shifted_chebyshev_polynomial_t(nrv_tensor x, int n)
{
    return poly_of(&nrv__op_shifted_chebyshev_polynomial_t, x, n, POLY_SHIFTED, 2, -1);
}

/* Chebyshev's polynomial of the second kind, of 2x - 1; of degree n, 0 for n below 0. x and y (...) */
NRV_API nrv_tensor nrv_shifted_chebyshev_polynomial_u(nrv_tensor x, int n)
{
    return poly_of(&nrv__op_shifted_chebyshev_polynomial_u, x, n, POLY_SHIFTED, 4, -2);
}

/* Chebyshev's polynomial of the third kind, of 2x - 1; of degree n, 0 for n below 0. x and y (...) */
NRV_API nrv_tensor nrv_shifted_chebyshev_polynomial_v(nrv_tensor x, int n)
{
    return poly_of(&nrv__op_shifted_chebyshev_polynomial_v, x, n, POLY_SHIFTED, 4, -3);
}

/* Chebyshev's polynomial of the fourth kind, of 2x - 1; of degree n, 0 for n below 0. x and y (...) */
NRV_API nrv_tensor nrv_shifted_chebyshev_polynomial_w(nrv_tensor x, int n)
{
    return poly_of(&nrv__op_shifted_chebyshev_polynomial_w, x, n, POLY_SHIFTED, 4, -1);
}

/* Hermite's polynomial, the physicists' 1, 2x, 4x^2 - 2, ...; of degree n, 0 for n below 0. x and y (...) */
NRV_API nrv_tensor nrv_hermite_polynomial_h(nrv_tensor x, int n)
{
    return poly_of(&nrv__op_hermite_polynomial_h, x, n, POLY_HERMITE_H, 2, 0);
}

/* Hermite's polynomial, the probabilists' 1, x, x^2 - 1, ...; of degree n, 0 for n below 0. x and y (...) */
NRV_API nrv_tensor nrv_hermite_polynomial_he(nrv_tensor x, int n)
{
    return poly_of(&nrv__op_hermite_polynomial_he, x, n, POLY_HERMITE_HE, 1, 0);
}

/* Laguerre's polynomial: 1, 1 - x, (x^2 - 4x + 2) / 2, ...; of degree n, 0 for n below 0. x and y (...) */
NRV_API nrv_tensor nrv_laguerre_polynomial_l(nrv_tensor x, int n)
{
    return poly_of(&nrv__op_laguerre_polynomial_l, x, n, POLY_LAGUERRE, -1, 1);
}

/* Legendre's polynomial: 1, x, (3x^2 - 1) / 2, ...; of degree n, 0 for n below 0. x and y (...) */
NRV_API nrv_tensor nrv_legendre_polynomial_p(nrv_tensor x, int n)
{
    return poly_of(&nrv__op_legendre_polynomial_p, x, n, POLY_LEGENDRE, 1, 0);
}
