/* normalize - lines of length 1;   renorm - parts that are longer than allowed made shorter.

   normalize   y = x / max(|x|_p, eps) along an axis
   renorm      of every slice along an axis whose |.|_p is above max:   y = x max / (|x|_p + 1e-7) */
#include "moments.h"

extern const nrv__opdef nrv__op_normalize, nrv__op_renorm;

static nrv_tensor normalize_make(nrv__case *c)
{
    return nrv_normalize(nrv__case_named(c, "x input"), nrv__case_real(c, "p", 2), nrv__case_small(c, "axis", 1),
                         nrv__case_real(c, "eps", 1e-12));
}

NRV_OP(normalize, .sig = "real x[...] -> y[...]",
       .doc =
           "Divided by the norm of order p along an axis, eps at least: lines of length 1. Below eps the gradient is "
           "dy / eps.",
       .flags = NRV_MACRO, .make = normalize_make, .ulp = 16, .tolerance_why = "a sum of powers, its root, a quotient",
       .torch = "nn.functional.normalize", .onnx = "LpNormalization",
       .refuse = { "x[3,4], axis=2 => normalize: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "x[3,4], p=nan => norm: p is NaN | in here | input 0: input f32 [3, 4] x | hint 1, 2, inf..." },
       .test = { "x[3,5] in 0.5..2, axis=1", "x[2,3,4] in -3..-0.5, p=1, axis=-2",
                 "x[4,3] in 0.5..2, p=3, axis=0, eps=0.001", "x[3,5] in 0.5..2, p=inf, axis=1",
                 "x[2,3]{0,0,0,1,2,3}, axis=1, eps=0.5", "x[0,3], axis=1" });

/* x (...) -> (...): x / max(|x|_p, eps) along axis. As a rule p is 2 and eps 1e-12; -INFINITY to INFINITY are possible.
 */
NRV_API nrv_tensor nrv_normalize(nrv_tensor x, double p, int axis, double eps)
{
    const nrv__opdef *op = &nrv__op_normalize;
    if (!nrv__op_wants_real(op, 1, &x) || !nrv__axis(x, &axis, "normalize"))
        return NULL;
    nrv_tensor n = nrv_norm(x, p, axis, 1);
    return NRV_EXPR("x, n, e: x / (n < e ? e : n)", x, n, nrv__like(x, eps));
}

static nrv_tensor renorm_make(nrv__case *c)
{
    return nrv_renorm(nrv__case_named(c, "x input self"), nrv__case_real(c, "p", 2), nrv__case_small(c, "axis", 0),
                      nrv__case_real(c, "maxnorm", 1));
}

NRV_OP(renorm, .sig = "real x[...] -> y[...]",
       .doc = "Every slice along an axis whose norm of order p is above maxnorm is brought down to it.",
       .flags = NRV_MACRO, .make = renorm_make, .ulp = 16, .tolerance_why = "a sum of powers, its root, a quotient",
       .torch = "renorm",
       .refuse = { "x[3,4], axis=-3 => renorm: axis -3 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "x[3,4], maxnorm=-1 => renorm: maxnorm is -1, from 0 on is possible | in here | input 0: input f32 "
                   "[3, 4] x | hint the largest norm that may stay" },
       .test = { "x[4,5], axis=0, maxnorm=1.2", "x[2,3,4] in -3..3, p=1, axis=1, maxnorm=5",
                 "x[3,4], p=3, axis=-1, maxnorm=0.5" });

/* x (...) -> (...): every slice at one place of axis whose norm of order p, over all other axes, is above maxnorm is
   multiplied by maxnorm / (norm + 1e-7), as PyTorch; the others stay. */
NRV_API nrv_tensor nrv_renorm(nrv_tensor x, double p, int axis, double maxnorm)
{
    const nrv__opdef *op = &nrv__op_renorm;
    if (!nrv__op_wants_real(op, 1, &x) || !nrv__axis(x, &axis, "renorm"))
        return NULL;
    if (!(maxnorm >= 0))
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "the largest norm that may stay",
                               "maxnorm is %g, from 0 on is possible", maxnorm);
    nrv_tensor n = nrv__slice_norm(x, p, axis);
    return NRV_EXPR("x, n, m: n > m ? x * (m / (n + 1e-7)) : x", x, n, nrv__like(x, maxnorm));
}
