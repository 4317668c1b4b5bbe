/* weight_norm - a weight as length times direction (Salimans & Kingma 2016);   spectral_norm - a weight whose largest
   singular value is 1 (Miyato et al. 2018).

   w = v g / |v|        w / sigma, sigma = u (W v), u and v brought nearer to the singular vectors by power iteration */
#include "moments.h"

extern const nrv__opdef nrv__op_weight_norm, nrv__op_spectral_norm, nrv__op_norm_except_dim;
enum { SPECTRAL_MOST = 10000 };

static nrv_tensor weight_norm_make(nrv__case *c)
{
    const char *axis = nrv__case_text(c, "axis");
    bool all = !axis && c->n_arg;
    return nrv_weight_norm(nrv__case_named(c, "v weight_v"), nrv__case_named(c, "g weight_g"),
                           all ? NRV_ALL : nrv__case_small(c, "axis", 0));
}

NRV_OP(
    weight_norm, .sig = "real v[...], real g[...] -> w[...]",
    .doc = "v g / |v|, where |v| is the norm of every slice along an axis (dim=null: of all of v).", .flags = NRV_MACRO,
    .make = weight_norm_make, .ulp = 16, .tolerance_why = "a sum of squares, its root, a quotient",
    .torch = "_weight_norm nn.utils.weight_norm",
    .refuse = { "v[3,4], g[4,1], axis=0 => weight_norm: g has to be f32 [3, 1] | in here | input 0: input f32 [3, 4] v "
                "| input 1: input f32 [4, 1] g | hint input 1 is the weight that does not fit",
                "v[3,4], g[3,1], axis=2 => weight_norm: axis 2 of a tensor of rank 2 | in here | hint axes count from "
                "0, or from -1 at the end" },
    .test = { "v[3,4] in 0.5..2, g[3,1], axis=0", "v[2,3,4] in -2..-0.5, g[1,3,1], axis=1",
              "v[3,4] in 0.5..2, g[], dim=null" });

/* v (...), g (1,...,n,...,1) -> w (...): v g / |v|, the norm over all axes but `axis`, whose length n g has; axis
   NRV_ALL: over all of v, g a scalar. As PyTorch's nn.utils.weight_norm. (Salimans & Kingma 2016) */
NRV_API nrv_tensor nrv_weight_norm(nrv_tensor v, nrv_tensor g, int axis)
{
    const nrv__opdef *op = &nrv__op_weight_norm;
    if (!nrv__op_wants_real(op, 2, (nrv_tensor[]){ v, g }))
        return NULL;
    bool all = axis == NRV_ALL;
    if (!all && !nrv__axis(v, &axis, "weight_norm"))
        return NULL;
    nrv_shape s = nrv_shape_of(v);
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = i == axis ? s.dim[i] : 1;
    if (!nrv__weight_fits(op, v, "g", g, all ? 0 : s.rank, s.dim))
        return NULL;
    nrv_tensor n = all ? nrv_norm(v, 2, NRV_ALL, 0) : nrv__slice_norm(v, 2, axis);
    return NRV_EXPR("v, g, n: v * (g / n)", v, g, n);
}

static nrv_tensor norm_except_dim_make(nrv__case *c)
{
    const int axis = nrv__case_small(c, "axis", 0);
    return nrv_norm_except_dim(c->x[0], nrv__case_real(c, "pow", nrv__case_real(c, "p", 2)),
                               axis == -1 ? NRV_ALL : axis);
}

NRV_OP(
    norm_except_dim, .sig = "real v[...] -> y[...]",
    .doc = "The norm of order p of every slice along an axis, over all others, which stay with length 1; dim=-1 means "
           "the norm of all of v, a scalar, as in PyTorch.",
    .flags = NRV_MACRO, .make = norm_except_dim_make, .ulp = 8, .tolerance_why = "a sum of powers, and its root",
    .torch = "norm_except_dim",
    .refuse = { "v[3,4], dim=2 => norm_except_dim: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                "from -1 at the end",
                "v:i32[3,4], dim=0 => norm_except_dim: input 0 is i32, a real type is wanted | in here | input 0: "
                "input i32 [3, 4] v | hint nrv_cast it to NRV_F32" },
    .test = { "v[3,4] in 0.5..2", "v[2,3,4] in -2..-0.5, dim=1, pow=1", "v[3,4] in 0.5..2, dim=-1", "v[5], dim=0" });

/* v (...,n,...) -> (1,...,n,...,1): the norm of order p over all axes but `axis`; NRV_ALL: of all of v, a scalar. As
   PyTorch's norm_except_dim, whose dim = -1 is NRV_ALL. */
NRV_API nrv_tensor nrv_norm_except_dim(nrv_tensor v, double p, int axis)
{
    const nrv__opdef *op = &nrv__op_norm_except_dim;
    if (!nrv__op_wants_real(op, 1, &v))
        return NULL;
    if (axis == NRV_ALL)
        return nrv_norm(v, p, NRV_ALL, 0);
    return nrv__axis(v, &axis, op->name) ? nrv__slice_norm(v, p, axis) : NULL;
}

static nrv_tensor spectral_norm_make(nrv__case *c)
{
    nrv_tensor y = nrv_spectral_norm(nrv__case_named(c, "w weight weight_orig"), nrv__case_named(c, "u weight_u"),
                                     nrv__case_named(c, "v weight_v"), nrv__case_int(c, "n_power_iterations", 1),
                                     nrv__case_real(c, "eps", 1e-12), &c->also[0], &c->also[1]);
    c->n_also = 2;
    return y;
}

NRV_OP(
    spectral_norm, .sig = "real w[n,...], real u[n], real v[m] -> y[n,...], u2[n], v2[m]",
    .doc = "w divided by its largest singular value, as power iteration from u finds it; the new vectors come beside "
           "it. The gradient takes the vectors as constants.",
    .flags = NRV_MACRO, .make = spectral_norm_make, .ulp = 32,
    .tolerance_why = "products, norms and a quotient in turn",
    .not_slope = "the singular vectors are constants of the gradient, as in the paper: exact where they have settled",
    .torch = "nn.utils.spectral_norm",
    .refuse = { "w[3,4], u[4] => spectral_norm: u has to be f32 [3] | in here | input 0: input f32 [3, 4] w | input 1: "
                "input f32 [4] u | hint input 1 is the weight that does not fit",
                "w[3], u[3] => spectral_norm: w has rank 1, a matrix at least is wanted | in here | input 0: input "
                "f32 [3] w | hint rows are axis 0, everything else the columns",
                "w[3,4], u[3], n_power_iterations=0 => spectral_norm: no iteration and no v | in here | input 0: input "
                "f32 [3, 4] w | hint give the v of the iteration before, or at least one iteration" },
    .test = { "w[3,4] in 0.5..2, u[3] in 0.5..1", "w[2,3,2] in -2..-0.5, u[2] in 0.5..1, n_power_iterations=3",
              "w[3,4] in 0.5..2, u[3] in 0.3..1, v[4] in 0.3..1, n_power_iterations=0" });

static nrv_tensor spectral_unit(nrv_tensor x, double eps)
{
    return nrv_normalize(x, 2, 0, eps);
}

/* w (n,...), u (n), v (m), m all other lengths, or NULL -> w / sigma; *u2 and *v2, if asked for: what u and v become.
   As often as `iterations`, v = W^T u and u = W v, each made a unit; sigma = u W v, with u and v as constants. None
   (evaluation): u and v stay. As PyTorch's nn.utils.spectral_norm. (Miyato et al. 2018) */
NRV_API nrv_tensor nrv_spectral_norm(nrv_tensor w, nrv_tensor u, nrv_tensor v, int64_t iterations, double eps,
                                     nrv_tensor *u2, nrv_tensor *v2)
{
    const nrv__opdef *op = &nrv__op_spectral_norm;
    if (u2)
        *u2 = NULL;
    if (v2)
        *v2 = NULL;
    if (!nrv__op_wants_real(op, 2, (nrv_tensor[]){ w, u }))
        return NULL;
    if (w->rank < 2)
        return nrv__op_refuses(op, 1, &w, NRV_ESHAPE, "rows are axis 0, everything else the columns",
                               "w has rank %d, a matrix at least is wanted", w->rank);
    if (iterations < 0 || iterations > SPECTRAL_MOST)
        return nrv__op_refuses(op, 1, &w, NRV_EARG, "one a step is enough", "%lld iterations, 0 to %d are possible",
                               (long long)iterations, SPECTRAL_MOST);
    if (!iterations && !v)
        return nrv__op_refuses(op, 1, &w, NRV_EARG, "give the v of the iteration before, or at least one iteration",
                               "no iteration and no v");
    nrv_dim n = w->dim[0], m = nrv__dim_product(w->g, w->rank - 1, w->dim + 1);
    if (!nrv__weight_fits(op, w, "u", u, 1, &n) || !nrv__weight_fits(op, w, "v", v, 1, &m))
        return NULL;
    nrv_tensor matrix = nrv_reshape(w, NRV_SHAPE(n, m)), still = nrv_stop(matrix), turned = nrv_transpose(still);
    nrv_tensor a = nrv_reshape(nrv_stop(u), NRV_SHAPE(n, 1)), b = v ? nrv_reshape(nrv_stop(v), NRV_SHAPE(m, 1)) : NULL;
    for (int64_t i = 0; i < iterations; i++) {
        b = spectral_unit(nrv_matmul(turned, a), eps);
        a = spectral_unit(nrv_matmul(still, b), eps);
    }
    if (u2)
        *u2 = nrv_reshape(a, NRV_SHAPE(n));
    if (v2)
        *v2 = nrv_reshape(b, NRV_SHAPE(m));
    return nrv_div(w, nrv_sum_all(nrv_mul(a, nrv_matmul(matrix, b))));
}
