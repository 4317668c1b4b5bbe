/* isclose.c - equal but for rounding: |a - b| <= atol + rtol |b|; all of it; and equal without rounding */
#include "binary.h"

static nrv_tensor isclose_make(nrv__case *c)
{
    return nrv_isclose(c->x[0], c->x[1], nrv__case_real(c, "rtol", 1e-5), nrv__case_real(c, "atol", 1e-8),
                       nrv__case_small(c, "equal_nan", 0));
}

static nrv_tensor allclose_make(nrv__case *c)
{
    return nrv_allclose(c->x[0], c->x[1], nrv__case_real(c, "rtol", 1e-5), nrv__case_real(c, "atol", 1e-8),
                        nrv__case_small(c, "equal_nan", 0));
}

static nrv_tensor array_equal_make(nrv__case *c)
{
    return nrv_array_equal(c->x[0], c->x[1]);
}

#define ISCLOSE_COMMON(name)                                                                                          \
    .flags = NRV_MACRO, .no_grad = "its value is true or false",                                                      \
    .refuse = { "a[3], b[4] => " name                                                                                 \
                ": shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: input f32 [4] b | "    \
                "hint only a length of 1 is stretched; nrv_reshape puts one in",                                      \
                "a[3], b:i32[3] => " name ": types differ: f32 and i32 | in here | input 0: input f32 [3] a | input " \
                "1: input i32 [3] b | hint nrv_cast one of them" }

NRV_OP(
    isclose, .sig = "real a[...], real b[...] -> bool y[...]",
    .doc = "True where |a - b| <= atol + rtol |b|, or both are equal; a NaN is close to a NaN only if equal_nan is 1.",
    .make = isclose_make, .torch = "isclose", .numpy = "isclose",
    .test = { "a[3,5] in 1..1.5, b[3,5] in 1..1.5, rtol=0.1", "a{1, 2, nan, inf}, b{1.00000001, 2.1, nan, inf}",
              "a{nan, 1}, b{nan, nan}, equal_nan=1", "a[0], b[1]" },
    ISCLOSE_COMMON("isclose"));
NRV_OP(allclose, .sig = "real a[...], real b[...] -> bool y[]",
       .doc = "True if |a - b| <= atol + rtol |b| everywhere; of nothing it is true.", .make = allclose_make,
       .torch = "allclose", .numpy = "allclose",
       .test = { "a[3,5] in 1..1.5, b[3,5] in 1..1.5, rtol=1", "a{1, 2}, b{1, 2.5}", "a[0], b[1]" },
       ISCLOSE_COMMON("allclose"));
NRV_OP(array_equal, .sig = "any a[...], any b[...] -> bool y[]",
       .doc = "True if all elements are equal; a NaN equals nothing; shapes must be alike.", .make = array_equal_make,
       .torch = "equal", .numpy = "array_equal",
       .test = { "a{1, 2}, b{1, 2}", "a:i32{1, 2}, b:i32{1, 3}", "a{nan}, b{nan}", "a[0], b[0]" },
       ISCLOSE_COMMON("array_equal"),
       .refuse[2] = "a[3], b[1] => array_equal: shapes differ | in here | input 0: input f32 [3] a | input 1: input "
                    "f32 [1] b | hint nrv_expand or nrv_reshape one of them");

/* bool: |a - b| <= atol + rtol |b|. PyTorch's are rtol 1e-5 and atol 1e-8. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_isclose(nrv_tensor a, nrv_tensor b, double rtol, double atol, int equal_nan)
{
    if (!binary_fits(&nrv__op_isclose, NRV_N(const nrv_tensor, a, b), nrv__infer_point))
        return NULL;
    nrv_tensor none = nrv__like(a, 0), one = nrv__like(a, 1), r = nrv__like(a, rtol), t = nrv__like(a, atol);
    nrv_tensor y = NRV_EXPR("a, b, d, r, t, none, one: a == b ? one : d - d != none ? none : "
                            "abs(d) <= t + r * abs(b) ? one : none",
                            a, b, nrv_sub(a, b), r, t, none, one);
    if (equal_nan)
        y = NRV_EXPR("a, b, y, one: a != a ? b != b ? one : y : y", a, b, y, one);
    return nrv_greater(y, none);
}

/* bool scalar: nrv_isclose everywhere. */
NRV_API nrv_tensor nrv_allclose(nrv_tensor a, nrv_tensor b, double rtol, double atol, int equal_nan)
{
    if (!binary_fits(&nrv__op_allclose, NRV_N(const nrv_tensor, a, b), nrv__infer_point))
        return NULL;
    return nrv_all(nrv_isclose(a, b, rtol, atol, equal_nan), NRV_ALL, 0);
}

/* bool scalar: a = b everywhere. Shapes must be alike. */
NRV_API nrv_tensor nrv_array_equal(nrv_tensor a, nrv_tensor b)
{
    const nrv_tensor in[] = { a, b };
    if (!binary_fits(&nrv__op_array_equal, 2, in, nrv__infer_compare))
        return NULL;
    bool alike = a->rank == b->rank; /* a length of 1 is not stretched here */
    for (int i = 0; i < a->rank && alike; i++)
        alike = nrv__dim_same(a->g, a->dim[i], b->dim[i], "array_equal", &(nrv_dim){ 0 });
    if (!alike && !a->g->why.status)
        return nrv__op_refuses(&nrv__op_array_equal, 2, in, NRV_ESHAPE, "nrv_expand or nrv_reshape one of them",
                               "shapes differ");
    return nrv_all(nrv_equal(a, b), NRV_ALL, 0);
}
