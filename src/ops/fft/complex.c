/* complex, real, imag, conj, complex_mul, complex_abs, complex_angle, polar - on complex numbers, which are pairs at
   the end of a shape: (...,2).

   complex: (re, im)    conj: (a, -b)    complex_mul: (ac - bd, ad + bc)    complex_abs: sqrt(a^2 + b^2)
   complex_angle: atan2(b, a)    polar: (r cos t, r sin t) */
#include "fft.h"

static nrv_tensor complex_make(nrv__case *c)
{
    return nrv_complex(c->x[0], c->n_x > 1 ? c->x[1] : NULL);
}

static nrv_tensor complex_real_make(nrv__case *c)
{
    return nrv_real(c->x[0]);
}

static nrv_tensor complex_imag_make(nrv__case *c)
{
    return nrv_imag(c->x[0]);
}

static nrv_tensor complex_conj_make(nrv__case *c)
{
    return nrv_conj(c->x[0]);
}

static nrv_tensor complex_mul_make(nrv__case *c)
{
    return nrv_complex_mul(c->x[0], c->x[1]);
}

static nrv_tensor complex_abs_make(nrv__case *c)
{
    return nrv_complex_abs(c->x[0]);
}

static nrv_tensor complex_angle_make(nrv__case *c)
{
    return nrv_complex_angle(c->x[0]);
}

static nrv_tensor complex_polar_make(nrv__case *c)
{
    return nrv_polar(c->x[0], c->x[1]);
}

NRV_OP(complex, .sig = "real re[...], real im[...] -> y[...,2]",
       .doc = "Complex numbers of their parts: a pair at the end. Without im the imaginary parts are 0.",
       .make = complex_make, .flags = NRV_MACRO, .torch = "complex",
       .refuse = { "re:i32[3], im:i32[3] => complex: re is i32, a real type is wanted | in here | hint nrv_cast it to "
                   "NRV_F32",
                   "re[1,1,1,1,1,1,1,2] => complex: rank 8 and an axis for the pair | in here | hint ranks go up to 8, "
                   "the pair included" },
       .test = { "re[3,4], im[3,4]", "re[5]", "re[], im[]" });
NRV_OP(real, .sig = "real x[...,2] -> y[...]", .doc = "The real parts of complex numbers.", .make = complex_real_make,
       .flags = NRV_MACRO, .torch = "real", .numpy = "real",
       .refuse = { "x[3] => real: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint a "
                   "complex number is a pair at the end, (...,2); nrv_complex makes them",
                   "x:i32[3,2] => real: x is i32, a real type is wanted | in here | hint nrv_cast it to NRV_F32" },
       .test = { "x[3,2]", "x[2]", "x[0,2]" });
NRV_OP(imag, .sig = "real x[...,2] -> y[...]", .doc = "The imaginary parts of complex numbers.",
       .make = complex_imag_make, .flags = NRV_MACRO, .torch = "imag", .numpy = "imag",
       .refuse = { "x[3] => imag: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint a "
                   "complex number is a pair at the end, (...,2); nrv_complex makes them",
                   "x:i32[3,2] => imag: x is i32, a real type is wanted | in here | hint nrv_cast it to NRV_F32" },
       .test = { "x[3,2]", "x[2]" });
NRV_OP(conj, .sig = "real x[...,2] -> y[...,2]", .doc = "Conjugate complex numbers: the imaginary parts change sign.",
       .make = complex_conj_make, .flags = NRV_MACRO, .torch = "conj conj_physical", .numpy = "conj conjugate",
       .refuse = { "x[3] => conj: complex numbers are wanted, the last axis of x is not of length 2 | in here | hint a "
                   "complex number is a pair at the end, (...,2); nrv_complex makes them",
                   "x:i32[3,2] => conj: x is i32, a real type is wanted | in here | hint nrv_cast it to NRV_F32" },
       .test = { "x[3,2]", "x[2,4,2]" });
NRV_OP(complex_mul, .sig = "real a[...,2], real b[...,2] -> y[...,2]",
       .doc = "The product of complex numbers; the axes before the pair broadcast.", .make = complex_mul_make,
       .flags = NRV_MACRO, .ulp = 4,
       .tolerance_why = "two products and their sum, each rounded, of the products' scale",
       .refuse = { "a[3], b[3,2] => complex_mul: complex numbers are wanted, the last axis of x is not of length 2 | "
                   "in here | hint a complex number is a pair at the end, (...,2); nrv_complex makes them",
                   "a[3,2], b[2,3] => complex_mul: complex numbers are wanted, the last axis of x is not of length 2 | "
                   "in here | hint a complex number is a pair at the end, (...,2); nrv_complex makes them" },
       .test = { "a[3,2], b[3,2]", "a[4,1,2], b[3,2]", "a[2], b[0,2]" });
NRV_OP(
    complex_abs, .sig = "real x[...,2] -> y[...]",
    .doc =
        "The absolute value of complex numbers, sqrt(a^2 + b^2) without overflow on the way; its gradient at 0 is 0.",
    .make = complex_abs_make, .flags = NRV_MACRO, .ulp = 4,
    .tolerance_why = "two quotients, their squares, a root and a product, each rounded",
    .refuse = { "x[3] => complex_abs: complex numbers are wanted, the last axis of x is not of length 2 | in here | "
                "hint a complex number is a pair at the end, (...,2); nrv_complex makes them",
                "x:i32[3,2] => complex_abs: x is i32, a real type is wanted | in here | hint nrv_cast it to NRV_F32" },
    .test = { "x[5,2]", "x[3,2,2] in -1000..1000", "x[2]" });
NRV_OP(complex_angle, .sig = "real x[...,2] -> y[...]",
       .doc = "The angle of complex numbers in radians, from -pi to pi; 0 for 0, where the gradient is 0.",
       .make = complex_angle_make, .flags = NRV_MACRO, .ulp = 4,
       .tolerance_why = "an angle of at most pi, of a rounded quotient",
       .refuse = { "x[3] => complex_angle: complex numbers are wanted, the last axis of x is not of length 2 | in here "
                   "| hint a complex number is a pair at the end, (...,2); nrv_complex makes them",
                   "x:i32[3,2] => complex_angle: x is i32, a real type is wanted | in here | hint nrv_cast it to "
                   "NRV_F32" },
       .test = { "x[5,2]", "x[3,2,2] in 1..1000", "x[2]" });
NRV_OP(polar, .sig = "real r[...], real t[...] -> y[...,2]",
       .doc = "Complex numbers by absolute value and angle in radians: (r cos t, r sin t); the shapes broadcast.",
       .make = complex_polar_make, .flags = NRV_MACRO, .ulp = 4, .tolerance_why = "a sine and a product, each rounded",
       .torch = "polar",
       .refuse = { "r[3], t:i32[3] => polar: input 1 is i32, a real type is wanted | in here | input 0: input f32 [3] "
                   "r | input 1: input i32 [3] t | hint nrv_cast it to NRV_F32",
                   "r[3], t[4] => mul: shapes do not fit at axis 0 | in here | input 0: input f32 [3] r | input 1: cos "
                   "f32 [4] here | hint only a length of 1 is stretched; nrv_reshape puts one in" },
       .test = { "r[5], t[5] in -4..4", "r[3,1], t[2]" });

/* Complex numbers of real and imaginary parts, which broadcast; im NULL: zeros. (...) and (...) -> (...,2) */
NRV_API nrv_tensor nrv_complex(nrv_tensor re, nrv_tensor im)
{
    if (!re)
        return NULL;
    if (!nrv__dtype_real(re->type))
        return nrv__graph_fail(re->g, NRV_EDTYPE, "nrv_cast it to NRV_F32", "complex: re is %s, a real type is wanted",
                               nrv__dtype_name(re->type)),
               NULL;
    if (!im)
        return nrv__pair_of(re, nrv_fill(re->g, re->type, nrv_shape_of(re), 0));
    nrv_shape both = nrv_shape_of(nrv_add(re, im));
    return nrv__pair_of(nrv_broadcast(re, both), nrv_broadcast(im, both));
}

/* The real parts. x (...,2) -> (...) */
NRV_API nrv_tensor nrv_real(nrv_tensor x)
{
    return nrv__pairs(x, "real") ? nrv__pair_part(x, 0) : NULL;
}

/* The imaginary parts. x (...,2) -> (...) */
NRV_API nrv_tensor nrv_imag(nrv_tensor x)
{
    return nrv__pairs(x, "imag") ? nrv__pair_part(x, 1) : NULL;
}

/* The conjugate: (a, b) -> (a, -b). x and y (...,2) */
NRV_API nrv_tensor nrv_conj(nrv_tensor x)
{
    if (!nrv__pairs(x, "conj"))
        return NULL;
    const float sign[2] = { 1, -1 };
    return nrv_mul(x, nrv_cast(nrv_constant(x->g, NRV_F32, NRV_SHAPE(2), sign), x->type));
}

/* The product of complex numbers. a and b (...,2), broadcast but for the pair -> (...,2) */
NRV_API nrv_tensor nrv_complex_mul(nrv_tensor a, nrv_tensor b)
{
    if (!nrv__pairs(a, "complex_mul") || !nrv__pairs(b, "complex_mul"))
        return NULL;
    nrv_tensor ar = nrv__pair_part(a, 0), ai = nrv__pair_part(a, 1), br = nrv__pair_part(b, 0),
               bi = nrv__pair_part(b, 1);
    return nrv__pair_of(NRV_EXPR("a, b, c, d: a * c - b * d", ar, ai, br, bi),
                        NRV_EXPR("a, b, c, d: a * d + b * c", ar, ai, br, bi));
}

/* sqrt(a^2 + b^2) of (a, b), without overflow on the way; the gradient at 0 is 0. x (...,2) -> (...) */
NRV_API nrv_tensor nrv_complex_abs(nrv_tensor x)
{
    if (!nrv__pairs(x, "complex_abs"))
        return NULL;
    nrv_tensor a = nrv__pair_part(x, 0), b = nrv__pair_part(x, 1);
    /* any scale gives the same; 1 where both are 0, so that the root is taken of 1 and its gradient is finite */
    nrv_tensor most = nrv_stop(nrv_max(nrv_abs(a), nrv_abs(b)));
    nrv_tensor nought = nrv_equal(most, nrv__like(most, 0)), scale = nrv_select(nought, nrv__like(most, 1), most);
    nrv_tensor sum = NRV_EXPR("a, b, m: (a/m) * (a/m) + (b/m) * (b/m)", a, b, scale);
    return nrv_select(nought, nrv__like(a, 0), nrv_mul(scale, nrv_sqrt(nrv_select(nought, nrv__like(a, 1), sum))));
}

/* The angle in radians, -pi..pi; 0 for 0, where the gradient is 0. x (...,2) -> (...) */
NRV_API nrv_tensor nrv_complex_angle(nrv_tensor x)
{
    if (!nrv__pairs(x, "complex_angle"))
        return NULL;
    nrv_tensor a = nrv__pair_part(x, 0), b = nrv__pair_part(x, 1), zero = nrv__like(a, 0);
    nrv_tensor nought = nrv_logical_and(nrv_equal(a, zero), nrv_equal(b, zero));
    return nrv_atan2(nrv_select(nought, zero, b), nrv_select(nought, nrv__like(a, 1), a));
}

/* (r cos t, r sin t). r and t (...), broadcast -> (...,2). The gradient by r is that of the formula also where r is 0
   or negative, where PyTorch takes the sign of the result. */
NRV_API nrv_tensor nrv_polar(nrv_tensor r, nrv_tensor t)
{
    if (!nrv__op_wants_real(&nrv__op_polar, 2, (const nrv_tensor[]){ r, t }))
        return NULL;
    nrv_tensor re = nrv_mul(r, nrv_cos(t)), im = nrv_mul(r, nrv_sin(t));
    return nrv__pair_of(re, im);
}
