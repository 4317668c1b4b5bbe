/* pow.c - y = a^b; float_power: in double whatever comes in */
#include "binary.h"
#include <math.h>

static void pow_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = NRV_EXPR("dy, a, b: b == 0 ? 0 : dy * b * pow(a, b - 1)", v->dy, v->x[0], v->x[1]);
    if (v->need[1])
        v->dx[1] = NRV_EXPR("dy, y, a: a == 0 ? 0 : dy * y * log(a)", v->dy, v->y, v->x[0]);
}

NRV_REF2(pow_ref, pow(x, y))

static nrv_tensor pow_make(nrv__case *c)
{
    return nrv_pow(c->x[0], binary_second(c, "exponent"));
}

NRV_OP(pow, .sig = "real a[...], real b[...] -> y[...]",
       .doc = "Power of reals, as C: 0^0 = 1; NaN for a negative base with a fractional exponent. The gradient by a is "
              "0 where b is 0, by b is 0 where a is 0.",
       .shape = nrv__infer_point, .flags = NRV_POINTWISE, .vjp = pow_vjp, .ref = pow_ref, .make = pow_make,
       .torch = "pow", .numpy = "power", .onnx = "Pow",
       .refuse = { "a[3], b[4] => pow: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: "
                   "input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a[3], b:i32[3] => pow: types differ: f32 and i32 | in here | input 0: input f32 [3] a | input 1: "
                   "input i32 [3] b | hint nrv_cast one of them" },
       .test = { "a[3,5] in 0.2..3, b[3,5] in -2..2", "a[4,1,3] in 0.5..2, b[2,1] in 1..2", "a[0], b[1]" });

static nrv_tensor float_power_make(nrv__case *c)
{
    return nrv_float_power(c->x[0], binary_second(c, "exponent"));
}

NRV_OP(float_power, .sig = "number a[...], number b[...] -> f64 y[...]",
       .doc = "Power in float64 of numbers of any type, as pow.", .flags = NRV_MACRO, .make = float_power_make,
       .torch = "float_power", .numpy = "float_power",
       .refuse = { "a[3], b[4] => float_power: shapes do not fit at axis 0 | in here | input 0: cast f64 [3] here | "
                   "input 1: cast f64 [4] here | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a:bool[3], b[3] => float_power: input 0 is bool, a number is wanted | in here | input 0: input "
                   "bool [3] a | input 1: cast f64 [3] here | hint nrv_cast it to a number" },
       .test = { "a[3,5] in 0.2..3, b[3,5] in -2..2", "a:i32[4,1] in 1..9, b:i32[3] in -2..3",
                 "a[3] in 1..2, exponent=3", "a[0], b[1]" });

/* Power of reals, as C: 0^0 = 1; NaN for a negative base with a fractional exponent. The gradient by a is 0 where b is
 * 0, by b is 0 where a is 0. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_pow(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_pow, NRV_N(const nrv_tensor, a, b));
}

/* Power in float64 of numbers of any type. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_float_power(nrv_tensor a, nrv_tensor b)
{
    if (!nrv__op_wants(&nrv__op_float_power, NRV_N(const nrv_tensor, a, b)))
        return NULL;
    const nrv_tensor in[] = { a->type == NRV_BOOL ? a : nrv_cast(a, NRV_F64), nrv_cast(b, NRV_F64) };
    return binary_fits(&nrv__op_float_power, 2, in, nrv__infer_number) ? nrv_pow(in[0], in[1]) : NULL;
}
