/* bessel - Bessel functions of order 0 and 1, and their kin.

   J0' = -J1    J1' = J0 - J1/x    Y likewise    K0' = -K1    K1' = -K0 - K1/x    j0 = sin(x)/x
   Their numbers come from cylinder.c. Those that oscillate have an absolute error near their zeros, and far out: as
   much as the rounding of x turns the phase. */
#include "special.h"
#include "../op.h"
#include <math.h>

static double bessel_sphere(double x)
{
    return x == 0 ? 1 : isinf(x) ? 0 : sin(x) / x;
}

static void bessel_j0_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, j: -dy * j", v->dy, nrv_bessel_j1(v->x[0]));
}

NRV_REF1(bessel_j0_ref, nrv__bessel(0, x))

NRV_OP(bessel_j0, .sig = "real x[...] -> y[...]",
       .doc = "Bessel function of the first kind, order 0; even, 0 infinitely far out.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = bessel_j0_vjp, .ref = bessel_j0_ref, .torch = "special.bessel_j0",
       .refuse = NRV_WANTS_REAL(bessel_j0),
       .test = { "x[3,5] in -3..3", "x[] in 0.2..1", "x[0]", "x[1027] in -40..40", "x{24.875, 25.125, 100}" });

/* Bessel function of the first kind, order 0; even, 0 infinitely far out. x and y (...) */
NRV_API nrv_tensor nrv_bessel_j0(nrv_tensor x)
{
    return nrv__op(&nrv__op_bessel_j0, NRV_N(const nrv_tensor, x));
}

/* near 0 by its series, for y / x of the smallest numbers is rounded to whole ones */
static void bessel_j1_vjp(nrv_vjp *v)
{
    nrv_tensor x = v->x[0], far = NRV_EXPR("x: abs(x) < 1e-9 ? 1 : x", x);
    nrv_tensor series = NRV_EXPR("x: 0.5 - 0.1875 * x * x", NRV_EXPR("x: abs(x) < 1e-9 ? x : 0", x));
    v->dx[0] = NRV_EXPR("dy, x, f, j, s: dy * (abs(x) < 1e-9 ? s : j - f)", v->dy, x,
                        NRV_EXPR("y, f: y / f", v->y, far), nrv_bessel_j0(x), series);
}

NRV_REF1(bessel_j1_ref, nrv__bessel(1, x))

NRV_OP(bessel_j1, .sig = "real x[...] -> y[...]",
       .doc = "Bessel function of the first kind, order 1; odd, 0 infinitely far out.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = bessel_j1_vjp, .ref = bessel_j1_ref, .torch = "special.bessel_j1",
       .refuse = NRV_WANTS_REAL(bessel_j1),
       .test = { "x[3,5] in -3..3", "x[] in 0.2..1", "x[0]", "x[1027] in -40..40", "x{24.875, 25.125, 100}" });

/* Bessel function of the first kind, order 1; odd, 0 infinitely far out. x and y (...) */
NRV_API nrv_tensor nrv_bessel_j1(nrv_tensor x)
{
    return nrv__op(&nrv__op_bessel_j1, NRV_N(const nrv_tensor, x));
}

static void bessel_y0_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, j: -dy * j", v->dy, nrv_bessel_y1(v->x[0]));
}

NRV_REF1(bessel_y0_ref, nrv__bessel(2, x))

NRV_OP(bessel_y0, .sig = "real x[...] -> y[...]",
       .doc = "Bessel function of the second kind, order 0; -inf at 0, NaN below.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = bessel_y0_vjp, .ref = bessel_y0_ref, .torch = "special.bessel_y0",
       .refuse = NRV_WANTS_REAL(bessel_y0),
       .test = { "x[3,5] in 0.1..3", "x[] in 0.2..1", "x[0]", "x[1027] in 0.5..40", "x{24.875, 25.125, 100}" });

/* Bessel function of the second kind, order 0; -inf at 0, NaN below. x and y (...) */
NRV_API nrv_tensor nrv_bessel_y0(nrv_tensor x)
{
    return nrv__op(&nrv__op_bessel_y0, NRV_N(const nrv_tensor, x));
}

static void bessel_y1_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x, j, y: dy * (j - y / x)", v->dy, v->x[0], nrv_bessel_y0(v->x[0]), v->y);
}

NRV_REF1(bessel_y1_ref, nrv__bessel(3, x))

NRV_OP(bessel_y1, .sig = "real x[...] -> y[...]",
       .doc = "Bessel function of the second kind, order 1; -inf at 0, NaN below.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = bessel_y1_vjp, .ref = bessel_y1_ref, .torch = "special.bessel_y1",
       .refuse = NRV_WANTS_REAL(bessel_y1),
       .test = { "x[3,5] in 0.1..3", "x[] in 0.2..1", "x[0]", "x[1027] in 0.5..40", "x{24.875, 25.125, 100}" });

/* Bessel function of the second kind, order 1; -inf at 0, NaN below. x and y (...) */
NRV_API nrv_tensor nrv_bessel_y1(nrv_tensor x)
{
    return nrv__op(&nrv__op_bessel_y1, NRV_N(const nrv_tensor, x));
}

static void modified_bessel_k0_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, k: -dy * k", v->dy, nrv_modified_bessel_k1(v->x[0]));
}

NRV_REF1(modified_bessel_k0_ref, nrv__bessel_k(0, x))

NRV_OP(modified_bessel_k0, .sig = "real x[...] -> y[...]",
       .doc = "Modified Bessel function of the second kind, order 0; inf at 0, NaN below.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = modified_bessel_k0_vjp, .ref = modified_bessel_k0_ref,
       .torch = "special.modified_bessel_k0", .refuse = NRV_WANTS_REAL(modified_bessel_k0),
       .test = { "x[3,5] in 0.1..3", "x[] in 0.2..1", "x[0]", "x[1027] in 0.5..20", "x{0.03125, 60}" });

/* Modified Bessel function of the second kind, order 0; inf at 0, NaN below. x and y (...) */
NRV_API nrv_tensor nrv_modified_bessel_k0(nrv_tensor x)
{
    return nrv__op(&nrv__op_modified_bessel_k0, NRV_N(const nrv_tensor, x));
}

static void modified_bessel_k1_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, x, k, y: -dy * (k + y / x)", v->dy, v->x[0], nrv_modified_bessel_k0(v->x[0]), v->y);
}

NRV_REF1(modified_bessel_k1_ref, nrv__bessel_k(1, x))

NRV_OP(modified_bessel_k1, .sig = "real x[...] -> y[...]",
       .doc = "Modified Bessel function of the second kind, order 1; inf at 0, NaN below.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = modified_bessel_k1_vjp, .ref = modified_bessel_k1_ref,
       .torch = "special.modified_bessel_k1", .refuse = NRV_WANTS_REAL(modified_bessel_k1),
       .test = { "x[3,5] in 0.1..3", "x[] in 0.2..1", "x[0]", "x[1027] in 0.5..20", "x{0.03125, 60}" });

/* Modified Bessel function of the second kind, order 1; inf at 0, NaN below. x and y (...) */
NRV_API nrv_tensor nrv_modified_bessel_k1(nrv_tensor x)
{
    return nrv__op(&nrv__op_modified_bessel_k1, NRV_N(const nrv_tensor, x));
}

static void scaled_modified_bessel_k0_vjp(nrv_vjp *v)
{
    v->dx[0] = NRV_EXPR("dy, y, k: dy * (y - k)", v->dy, v->y, nrv_scaled_modified_bessel_k1(v->x[0]));
}

NRV_REF1(scaled_modified_bessel_k0_ref, nrv__bessel_k_scaled(0, x))

NRV_OP(scaled_modified_bessel_k0, .sig = "real x[...] -> y[...]",
       .doc = "e^x times the modified Bessel function of the second kind, order 0; inf at 0, NaN below.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = scaled_modified_bessel_k0_vjp,
       .ref = scaled_modified_bessel_k0_ref, .torch = "special.scaled_modified_bessel_k0",
       .refuse = NRV_WANTS_REAL(scaled_modified_bessel_k0),
       .test = { "x[3,5] in 0.1..3", "x[] in 0.2..1", "x[0]", "x[1027] in 0.5..90", "x{0.03125, 60}" });

/* e^x times the modified Bessel function of the second kind, order 0; inf at 0, NaN below. x and y (...) */
NRV_API nrv_tensor nrv_scaled_modified_bessel_k0(nrv_tensor x)
{
    return nrv__op(&nrv__op_scaled_modified_bessel_k0, NRV_N(const nrv_tensor, x));
}

static void scaled_modified_bessel_k1_vjp(nrv_vjp *v)
{
    v->dx[0] =
        NRV_EXPR("dy, x, k, y: dy * (y - k - y / x)", v->dy, v->x[0], nrv_scaled_modified_bessel_k0(v->x[0]), v->y);
}

NRV_REF1(scaled_modified_bessel_k1_ref, nrv__bessel_k_scaled(1, x))

NRV_OP(scaled_modified_bessel_k1, .sig = "real x[...] -> y[...]",
       .doc = "e^x times the modified Bessel function of the second kind, order 1; inf at 0, NaN below.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = scaled_modified_bessel_k1_vjp,
       .ref = scaled_modified_bessel_k1_ref, .torch = "special.scaled_modified_bessel_k1",
       .refuse = NRV_WANTS_REAL(scaled_modified_bessel_k1),
       .test = { "x[3,5] in 0.1..3", "x[] in 0.2..1", "x[0]", "x[1027] in 0.5..90", "x{0.03125, 60}" });

/* e^x times the modified Bessel function of the second kind, order 1; inf at 0, NaN below. x and y (...) */
NRV_API nrv_tensor nrv_scaled_modified_bessel_k1(nrv_tensor x)
{
    return nrv__op(&nrv__op_scaled_modified_bessel_k1, NRV_N(const nrv_tensor, x));
}

/* near 0 by its series, for there the difference would cancel */
static void spherical_bessel_j0_vjp(nrv_vjp *v)
{
    nrv_tensor x = v->x[0], far = NRV_EXPR("x: abs(x) < 0.01 ? 1 : x", x),
               near = NRV_EXPR("x: abs(x) < 0.01 ? x : 0", x);
    nrv_tensor series = NRV_EXPR("x: x * (x * x * (0.03333333333333333 - x * x / 840) - 0.3333333333333333)", near);
    v->dx[0] = NRV_EXPR("dy, x, y, f, s: dy * (abs(x) < 0.01 ? s : (cos(f) - y) / f)", v->dy, x, v->y, far, series);
}

NRV_REF1(spherical_bessel_j0_ref, bessel_sphere(x))

NRV_OP(spherical_bessel_j0, .sig = "real x[...] -> y[...]",
       .doc = "sin(x) / x, the spherical Bessel function of order 0; 1 at 0, 0 infinitely far out.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = spherical_bessel_j0_vjp,
       .ref = spherical_bessel_j0_ref, .torch = "special.spherical_bessel_j0",
       .refuse = NRV_WANTS_REAL(spherical_bessel_j0),
       .test = { "x[3,5] in -3..3", "x[]", "x[0]", "x[1027] in -40..40", "x{0.0078125, 0.03125}" });

/* sin(x) / x, the spherical Bessel function of order 0; 1 at 0, 0 infinitely far out. x and y (...) */
NRV_API nrv_tensor nrv_spherical_bessel_j0(nrv_tensor x)
{
    return nrv__op(&nrv__op_spherical_bessel_j0, NRV_N(const nrv_tensor, x));
}
