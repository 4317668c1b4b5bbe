/* lerp - y = a + t (b - a): from a at t = 0 to b at t = 1 */
#include "binary.h"

static nrv_tensor lerp_make(nrv__case *c)
{
    return nrv_lerp(c->x[0], c->x[1], c->n_x > 2 ? c->x[2] : nrv__like(c->x[0], nrv__case_real(c, "weight", 0)));
}

NRV_OP(
    lerp, .sig = "real a[...], real b[...], real weight[...] -> y[...]",
    .doc = "From a where weight is 0 to b where it is 1, exactly at both ends; beyond them it goes on as a line.",
    .flags = NRV_MACRO, .make = lerp_make, .torch = "lerp", .ulp = 4,
    .tolerance_why = "a difference, a product and a sum, each rounded",
    .refuse = { "a[3], b[4], w[] => lerp: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: "
                "input f32 [4] b | input 2: input f32 [] w | hint only a length of 1 is stretched; nrv_reshape puts "
                "one in",
                "a:i32[3], b:i32[3], w:i32[] => lerp: input 0 is i32, a real type is wanted | in here | input 0: input "
                "i32 [3] a | input 1: input i32 [3] b | input 2: input i32 [] w | hint nrv_cast it to NRV_F32" },
    .test = { "a[3,5] in -3..3, b[3,5] in 0.5..3, w[3,5] in 0..1", "a[4,1,3], b[2,1], w[] in 0.6..2",
              "a[1027], b[1027], weight=0.25", "a[0], b[1], w[1]" });

/* a + weight (b - a). a, b, weight and y broadcast together. */
NRV_API nrv_tensor nrv_lerp(nrv_tensor a, nrv_tensor b, nrv_tensor weight)
{
    if (!binary_fits(&nrv__op_lerp, NRV_N(const nrv_tensor, a, b, weight), nrv__infer_point))
        return NULL;
    return NRV_EXPR("a, b, t: t < 0.5 ? a + t * (b - a) : b - (1 - t) * (b - a)", a, b, weight);
}
