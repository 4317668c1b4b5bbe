/* clamp - y = min(max(x, lo), hi)    dx = dy where lo <= x <= hi, else 0 */
#include "binary.h"
#include <math.h>

static nrv_tensor clamp_make(nrv__case *c)
{
    nrv_tensor lo = nrv__case_named(c, "min lo"), hi = nrv__case_named(c, "max hi");
    return lo || hi ? nrv_clamp_between(c->x[0], lo, hi)
                    : nrv_clamp(c->x[0], nrv__case_real(c, "min", -INFINITY), nrv__case_real(c, "max", INFINITY));
}

NRV_OP(
    clamp, .sig = "number x[...], number min[...], number max[...] -> y[...]",
    .doc = "x kept in lo..hi, numbers or tensors; where lo > hi it is hi. NaN stays. The gradient passes at the ends, "
           "and goes to the end where x is beyond it.",
    .flags = NRV_MACRO | NRV_POINTWISE, .make = clamp_make, .torch = "clamp clamp_min clamp_max clip", .numpy = "clip",
    .onnx = "Clip",
    .refuse = { "x:bool[3], max=1 => clamp: input 0 is bool, a number is wanted | in here | input 0: input bool [3] x "
                "| hint nrv_cast it to a number",
                "x[3], min:i32[3] => clamp: types differ: f32 and i32 | in here | input 0: input f32 [3] x | input "
                "1: input i32 [3] min | hint nrv_cast one of them",
                "x[3], min[4] => clamp: shapes do not fit at axis 0 | in here | input 0: input f32 [3] x | input 1: "
                "input f32 [4] min | hint only a length of 1 is stretched; nrv_reshape puts one in" },
    .test = { "x[4,4] in -4..4, min=-1, max=2", "x[1024] in -4..4, max=0.5", "x[], min=-2", "x[0], min=1",
              "x:i32[7] in -9..9, min=-3, max=5", "x[3,5] in -1..1, min[5] in -3..-2, max[3,1] in 2..3",
              "x[6] in -3..-2, min[6] in -1..0, max[] in 1..2", "x[6] in 3..4, max[6] in -1..2",
              "x[4] in 0..1, min=3, max=2" });

/* x kept in lo..hi (-INFINITY, INFINITY: no end there); where lo > hi it is hi. NaN stays. The gradient passes where lo
   <= x <= hi. x and y (...) */
NRV_API nrv_tensor nrv_clamp(nrv_tensor x, double lo, double hi)
{
    if (!binary_fits(&nrv__op_clamp, 1, &x, nrv__infer_number))
        return NULL;
    if (isnan(lo) || isnan(hi))
        return nrv__op_refuses(&nrv__op_clamp, 1, &x, NRV_EARG,
                               "numbers, or -INFINITY and INFINITY where there is no end", "from %g to %g says nothing",
                               lo, hi);
    return nrv_clamp_between(x, lo > -INFINITY ? nrv__like(x, lo) : NULL, hi < INFINITY ? nrv__like(x, hi) : NULL);
}

/* The same with tensors, which broadcast with x; NULL: no end there. Where x is beyond an end, that has the gradient.
 */
NRV_API nrv_tensor nrv_clamp_between(nrv_tensor x, nrv_tensor lo, nrv_tensor hi)
{
    nrv_tensor in[3] = { x };
    int n = 1;
    if (lo)
        in[n++] = lo;
    if (hi)
        in[n++] = hi;
    if (!binary_fits(&nrv__op_clamp, n, in, nrv__infer_number))
        return NULL;
    nrv_tensor y = lo ? NRV_EXPR("x, l: x < l ? l : x", x, lo) : x;
    return hi ? NRV_EXPR("y, h: y > h ? h : y", y, hi) : y;
}
