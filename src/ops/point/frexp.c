/* frexp - x = m 2^e with 1/2 <= |m| < 1, or m = x and e = 0 for 0, infinities and NaN.    dx = dm 2^-e */
#include "../op.h"
#include <math.h>

extern const nrv__opdef nrv__op_frexp, nrv__op_frexp_exponent;

static bool frexp_exponent_shape(nrv__infer *s)
{
    if (!nrv__infer_point(s))
        return false;
    s->type = NRV_I32;
    return true;
}

static double frexp_part(double x, int *e)
{
    *e = 0;
    return isfinite(x) ? frexp(x, e) : x;
}

static double frexp_power(double x)
{
    int e;
    frexp_part(x, &e);
    return e;
}

static double frexp_fraction(double x)
{
    int e;
    return frexp_part(x, &e);
}

NRV_REF1(frexp_exponent_ref, frexp_power(x))
NRV_REF1(frexp_mantissa_ref, frexp_fraction(x))

static void frexp_mantissa_vjp(nrv_vjp *v)
{
    nrv_tensor e = nrv__op(&nrv__op_frexp_exponent, NRV_N(const nrv_tensor, v->x[0]));
    v->dx[0] = NRV_EXPR("dy, e: dy * exp2(-e)", v->dy, nrv__cast_like(e, v->dy));
}

NRV_OP(frexp_exponent, .sig = "real x[...] -> i32 e[...]", .doc = "The e of x = m 2^e, as frexp gives it.",
       .shape = frexp_exponent_shape, .flags = NRV_POINTWISE, .no_grad = "piecewise constant: zero wherever it exists",
       .ref = frexp_exponent_ref, .refuse = NRV_WANTS_REAL(frexp_exponent),
       .test = { "x[3,5] in -3..3", "x{0, -0, inf, nan, 1, -8, 0.5, 1e-40, 1e30}", "x[]", "x[0]",
                 "x[1027] in -1000..1000" });
NRV_OP(frexp_mantissa, .sig = "real x[...] -> m[...]", .doc = "The m of x = m 2^e, as frexp gives it.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = frexp_mantissa_vjp, .ref = frexp_mantissa_ref,
       .refuse = NRV_WANTS_REAL(frexp_mantissa),
       .test = { "x[3,5] in 1.1..1.9", "x[] in -0.9..-0.6", "x[0]",
                 "x[1027] in 520..1000" }); /* between its jumps, where it has a slope */

static nrv_tensor frexp_make(nrv__case *c)
{
    c->n_also = 1;
    return nrv_frexp(c->x[0], &c->also[0]);
}

NRV_OP(
    frexp, .sig = "real x[...] -> m[...], i32 e[...]",
    .doc = "x as m 2^e, with m from 1/2 to less than 1 in size; 0, infinities and NaN are m themselves, e is 0. "
           "Subnormals count by their value.",
    .flags = NRV_MACRO | NRV_POINTWISE, .make = frexp_make, .torch = "frexp", .numpy = "frexp",
    .refuse = { "x:i32[3] => frexp: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | hint "
                "nrv_cast it to NRV_F32",
                "x:bool[2] => frexp: input 0 is bool, a real type is wanted | in here | input 0: input bool [2] x | "
                "hint nrv_cast it to NRV_F32" },
    .test = { "x[3,5] in 1.1..1.9", "x[] in -0.9..-0.6", "x[0]", "x[1027] in 520..1000" });

/* x (...) -> m (...), 1/2 <= |m| < 1, with x = m 2^e; *e, where e is not NULL, i32 (...). Of 0, infinities and NaN m is
   x and e is 0. The gradient of m is 2^-e. */
NRV_API nrv_tensor nrv_frexp(nrv_tensor x, nrv_tensor *e)
{
    if (e)
        *e = NULL;
    if (!nrv__op_wants_real(&nrv__op_frexp, 1, &x))
        return NULL;
    if (e)
        *e = nrv__op(&nrv__op_frexp_exponent, NRV_N(const nrv_tensor, x));
    return nrv__op(&nrv__op_frexp_mantissa, NRV_N(const nrv_tensor, x));
}
