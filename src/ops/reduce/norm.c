/* norm.c - how large: (sum |x|^p)^(1/p), the largest for p = inf, the smallest for p = -inf, how many for p = 0.

   The gradient is 0 where x is 0 and where the norm is; where the largest or smallest stands more than once, equals
   share it; the count for p = 0 has none. All of it as PyTorch has it. */
#include "../point/binary.h"
#include "reduce.h"
#include <math.h>
#include <string.h>

/* a number; fro is 2 */
static double norm_power(const nrv__case *c, const char *name)
{
    const char *p = nrv__case_text(c, name);
    return p && !strcmp(p, "fro") ? 2 : nrv__case_real(c, name, 2);
}

static nrv_tensor norm_make(nrv__case *c)
{
    return nrv_norm(c->x[0], norm_power(c, nrv__case_text(c, "ord") ? "ord" : "p"), nrv__case_axes(c),
                    nrv__case_keep(c));
}

static nrv_tensor dist_make(nrv__case *c)
{
    return nrv_dist(c->x[0], c->x[1], norm_power(c, "p"));
}

NRV_OP(
    norm, .sig = "real x[...] -> y[...]",
    .doc =
        "(sum |x|^p)^(1/p) over the given axes; the largest |x| for p = inf, the smallest for -inf, how many are not "
        "0 for p = 0.",
    .flags = NRV_MACRO, .make = norm_make, .torch = "norm linalg.vector_norm", .numpy = "linalg.norm",
    .onnx = "ReduceL1 ReduceL2", .also = "vector_norm", .ulp = 16,
    .tolerance_why = "powers in float, one more of their sum",
    .refuse = { "x[3,5], axis=2 => norm: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 "
                "at the end",
                "x:i32[3] => norm: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | hint "
                "nrv_cast it to NRV_F32",
                "x[3,0], axis=1, p=inf => norm: axis 1 is empty | in here | input 0: input f32 [3, 0] x | hint is the "
                "axis right?",
                "x[3], p=nan => norm: p is NaN | in here | input 0: input f32 [3] x | hint 1, 2, inf..." },
    .test = { "x[3,5] in 0.5..2, axis=1", "x[3,5] in -3..-1, axis=0, keep=1, p=1", "x[2,3,4], axis=0x-1, p=3",
              "x[7] in 1..2, p=0.5", "x[7], p=inf", "x[3,5] in 1..2, axis=1, p=-inf", "x[5], p=0", "x[6] in 1..2, p=-2",
              "x[2,40], axis=1, p=2.5", "x[3,5], axis=1, p=4", "x[0]", "x[] in 1..2" });

NRV_OP(dist, .sig = "real a[...], real b[...] -> y[]", .doc = "The norm of all of a - b, which broadcast together.",
       .flags = NRV_MACRO, .make = dist_make, .torch = "dist", .ulp = 16,
       .tolerance_why = "powers in float, one more of their sum",
       .refuse = { "a[3], b[4] => dist: shapes do not fit at axis 0 | in here | input 0: input f32 [3] a | input 1: "
                   "input f32 [4] b | hint only a length of 1 is stretched; nrv_reshape puts one in",
                   "a[3], b:i32[3] => dist: types differ: f32 and i32 | in here | input 0: input f32 [3] a | input 1: "
                   "input i32 [3] b | hint nrv_cast one of them" },
       .test = { "a[3,5] in 1..2, b[3,5] in -2..-1", "a[4,1,3] in 1..2, b[2,1] in -2..-1, p=1",
                 "a[3] in 1..2, b[3], p=inf", "a[0], b[1]" });

/* x^p of x >= 0, whose slope at 0 is 0 for every p; 3 and 4 as products, which take a hundredth of a power's time */
static nrv_tensor norm_raised(nrv_tensor x, double p)
{
    if (p == 3)
        return NRV_EXPR("x: x * x * x", x);
    if (p == 4)
        return nrv_square(nrv_square(x));
    return NRV_EXPR("x, p, z: x == 0 ? z : pow(x == 0 ? 1 : x, p)", x, nrv__like(x, p),
                    nrv__like(x, p < 0 ? INFINITY : 0));
}

static nrv_tensor norm_by(const nrv__opdef *op, nrv_tensor x, double p, int axis, int keep)
{
    int64_t axes;
    if (!x)
        return NULL;
    if (p != p)
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "1, 2, inf...", "p is NaN");
    if (!nrv__axes(x, axis, op->name, &axes) || (isinf(p) && !nrv__axes_filled(op, x, axes)))
        return NULL;
    if (p == 0)
        return nrv__cast_like(nrv_count_nonzero(x, axis, keep), x);
    nrv_tensor size = p == 2 ? x : nrv_abs(x);
    if (isinf(p))
        return p > 0 ? nrv_amax(size, axis, keep) : nrv_amin(size, axis, keep);
    if (p == 1)
        return nrv__sum_axes(size, axes, keep);
    if (p == 2)
        return NRV_EXPR("s: s == 0 ? 0 : sqrt(s == 0 ? 1 : s)", nrv__sum_axes(nrv_square(x), axes, keep));
    return norm_raised(nrv__sum_axes(norm_raised(size, p), axes, keep), 1 / p);
}

/* The p-norm over an axis (or NRV_AXES, NRV_ALL), any real p or +-INFINITY; keep = 1 leaves it with length 1.
   (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_norm(nrv_tensor x, double p, int axis, int keep)
{
    return nrv__op_wants_real(&nrv__op_norm, 1, &x) ? norm_by(&nrv__op_norm, x, p, axis, keep) : NULL;
}

/* The p-norm of a - b, a scalar. a and b broadcast together. */
NRV_API nrv_tensor nrv_dist(nrv_tensor a, nrv_tensor b, double p)
{
    if (!binary_fits(&nrv__op_dist, NRV_N(const nrv_tensor, a, b), nrv__infer_point))
        return NULL;
    return norm_by(&nrv__op_dist, nrv_sub(a, b), p, NRV_ALL, 0);
}
