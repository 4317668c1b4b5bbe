/* ldexp - y = a 2^n */
#include "binary.h"

static nrv_tensor ldexp_make(nrv__case *c)
{
    return nrv_ldexp(c->x[0], c->x[1]);
}

NRV_OP(ldexp, .sig = "real a[...], number n[...] -> y[...]",
       .doc = "a times 2^n. As in PyTorch the power is a number of a's type: it overflows where 2^n does.",
       .flags = NRV_MACRO, .make = ldexp_make, .torch = "ldexp", .numpy = "ldexp", .ulp = 4,
       .tolerance_why = "a power and a product, each rounded",
       .refuse = { "a[3], n:i32[4] => ldexp: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input "
                   "1: cast f32 [4] here | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a:i32[3], n:i32[3] => ldexp: input 0 is i32, a real type is wanted | in here | input 0: input i32 "
                   "[3] a | hint nrv_cast it to NRV_F32" },
       .test = { "a[3,5], n:i32[3,5] in -9..9", "a[4,1,3], n[2,1] in -2..2", "a[1027], n:i64[]{3}", "a[0], n[1]" });

/* a 2^n, n real or whole. a, n and y broadcast together. */
NRV_API nrv_tensor nrv_ldexp(nrv_tensor a, nrv_tensor n)
{
    if (!nrv__op_wants(&nrv__op_ldexp, NRV_N(const nrv_tensor, a, n)) || !nrv__op_wants_real(&nrv__op_ldexp, 1, &a))
        return NULL;
    n = nrv__cast_like(n, a);
    if (!binary_fits(&nrv__op_ldexp, NRV_N(const nrv_tensor, a, n), nrv__infer_point))
        return NULL;
    return NRV_EXPR("a, n, two: a * pow(two, n)", a, n, nrv__like(a, 2));
}
