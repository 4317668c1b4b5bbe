/* heaviside - the unit step: 0 below 0, 1 above, and at 0 what is given */
#include "binary.h"

static nrv_tensor heaviside_make(nrv__case *c)
{
    return nrv_heaviside(c->x[0], c->x[1]);
}

NRV_OP(heaviside, .sig = "number x[...], number at_zero[...] -> y[...]",
       .doc = "0 where x is negative or NaN, 1 where it is positive, at_zero where it is 0. Its slope by x is 0.",
       .flags = NRV_MACRO, .make = heaviside_make, .torch = "heaviside", .numpy = "heaviside",
       .refuse = { "x[3], z[4] => heaviside: shapes do not fit at axis 0 | in here | input 0: input f32 [3] x | input "
                   "1: input f32 [4] z | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "x:i32[3], z[3] => heaviside: types differ: i32 and f32 | in here | input 0: input i32 [3] x | "
                   "input 1: input f32 [3] z | hint nrv_cast one of them" },
       .test = { "x[3,5] in -3..3, z[3,5]", "x[4,1,3] in -2..2, z[2,1]", "x[1027] in -2..2, z[]",
                 "x:i32{-2, 0, 3}, z:i32[]{7}", "x[0], z[1]" });

/* 0 where x < 0, at_zero where it is 0, 1 where it is positive. x, at_zero and y broadcast together. */
NRV_API nrv_tensor nrv_heaviside(nrv_tensor x, nrv_tensor at_zero)
{
    if (!binary_fits(&nrv__op_heaviside, NRV_N(const nrv_tensor, x, at_zero), nrv__infer_number))
        return NULL;
    nrv_tensor none = nrv__like(x, 0), one = nrv__like(x, 1);
    return NRV_EXPR("x, z, none, one: x == none ? z : x > none ? one : none", x, at_zero, none, one);
}
