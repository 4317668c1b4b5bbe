/* cov.c - covariances of variables, and their correlations.    c = (x - mean) w (x - mean)^T / (n - correction) */
#include "reduce.h"

extern const nrv__opdef nrv__op_cov, nrv__op_corrcoef;

static nrv_tensor cov_make(nrv__case *c)
{
    nrv_tensor times = nrv__case_named(c, "fweights"), weight = nrv__case_named(c, "aweights");
    return nrv_cov(c->x[0], nrv__case_small(c, "correction", 1), times, weight);
}

static nrv_tensor corrcoef_make(nrv__case *c)
{
    return nrv_corrcoef(c->x[0]);
}

NRV_OP(
    cov, .sig = "real x[D,n], index fweights[n], real aweights[n] -> y[D,D]",
    .doc =
        "Covariances of D variables of n observations each: fweights say how often an observation was made, aweights "
        "how much it counts.",
    .flags = NRV_MACRO, .make = cov_make, .torch = "cov", .numpy = "cov", .ulp = 16,
    .tolerance_why = "means, differences from them and sums of products, each rounded",
    .refuse = { "x[2,3,4] => cov: a tensor of rank 3 | in here | input 0: input f32 [2, 3, 4] x | hint (D,n): D "
                "variables of n observations, or (n) of one",
                "x:i32[3] => cov: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | hint "
                "nrv_cast it to NRV_F32",
                "x[2,3], aweights[4] => cov: aweights do not fit | in here | input 0: input f32 [2, 3] x | input 1: "
                "input f32 [4] aweights | hint one for each observation: fweights whole, aweights real",
                "x[2,3], fweights[3] => cov: fweights do not fit | in here | input 0: input f32 [2, 3] x | input 1: "
                "input f32 [3] fweights | hint one for each observation: fweights whole, aweights real" },
    .test = { "x[3,5]", "x[7], correction=0", "x[2,4], fweights:i32[4]{1, 2, 0, 3}", "x[2,4], aweights[4] in 0.5..2",
              "x[2,4], fweights:i64[4]{1, 2, 0, 3}, aweights[4] in 0.5..2, correction=2" });
NRV_OP(corrcoef, .sig = "real x[D,n] -> y[D,D]",
       .doc = "Correlations of D variables of n observations each (Pearson), in -1..1; NaN for one that does not vary.",
       .flags = NRV_MACRO, .make = corrcoef_make, .torch = "corrcoef", .numpy = "corrcoef", .ulp = 16,
       .tolerance_why = "means, sums of products and a quotient by roots, each rounded",
       .refuse = { "x[2,3,4] => corrcoef: a tensor of rank 3 | in here | input 0: input f32 [2, 3, 4] x | hint (D,n): "
                   "D variables of n observations, or (n) of one",
                   "x:i32[3] => corrcoef: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | "
                   "hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5]", "x[2,40]" });

/* weights (n) of a real type; NULL where there are none, or the error is set */
static nrv_tensor cov_weights(nrv_tensor x, nrv_tensor times, nrv_tensor weight)
{
    const nrv_tensor in[] = { x, times, weight };
    nrv_dim same, n = x->rank ? x->dim[x->rank - 1] : 1;
    for (int i = 1; i < 3; i++) {
        bool real = in[i] && nrv__dtype_real(in[i]->type);
        if (!in[i])
            continue;
        if (real != (i == 2) || in[i]->rank != 1 || !nrv__dim_same(x->g, in[i]->dim[0], n, "cov", &same))
            return nrv__op_refuses(&nrv__op_cov, 2, (const nrv_tensor[]){ x, in[i] }, NRV_ESHAPE,
                                   "one for each observation: fweights whole, aweights real", "%s do not fit",
                                   i == 1 ? "fweights" : "aweights");
    }
    times = nrv__cast_like(times, x);
    weight = nrv__cast_like(weight, x);
    return times && weight ? nrv_mul(times, weight) : times ? times : weight;
}

/* what the sums of products are divided by */
static nrv_tensor cov_divisor(nrv_tensor x, nrv_dim n, nrv_tensor w, nrv_tensor weight, int correction)
{
    nrv_tensor c = nrv__like(x, correction), sum = w ? nrv_sum_all(w) : nrv__cast_like(nrv_dim_value(x->g, n), x);
    if (weight)
        c = nrv_mul(c, nrv_div(nrv_sum_all(nrv_mul(w, nrv__cast_like(weight, x))), sum));
    return NRV_EXPR("s, c: s > c ? s - c : 0", sum, c);
}

static nrv_tensor cov_of(const nrv__opdef *op, nrv_tensor x, int correction, nrv_tensor times, nrv_tensor weight)
{
    if (!nrv__op_wants_real(op, 1, &x))
        return NULL;
    if (x->rank > 2)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "(D,n): D variables of n observations, or (n) of one",
                               "a tensor of rank %d", x->rank);
    int rank = x->rank;
    nrv_tensor w = times || weight ? cov_weights(x, times, weight) : NULL;
    if (x->g->why.status)
        return NULL;
    if (rank < 2)
        x = nrv_reshape(x, NRV_SHAPE(1, rank ? x->dim[0] : 1));
    if (!x)
        return NULL;
    nrv_tensor mean = w ? nrv_div(nrv_sum(nrv_mul(x, w), 1, 1), nrv_sum_all(w)) : nrv_mean(x, 1, 1);
    nrv_tensor apart = nrv_sub(x, mean), scaled = w ? nrv_mul(apart, w) : apart;
    nrv_tensor y = nrv_div(nrv_matmul(scaled, nrv_transpose(apart)), cov_divisor(x, x->dim[1], w, weight, correction));
    return rank < 2 && y ? nrv_reshape(y, NRV_SCALAR) : y;
}

/* x (D,n), or (n) for one variable -> (D,D), or a scalar. times (n) whole or NULL: how often each observation was made;
   weight (n) real or NULL: how much it counts. correction: 1 for samples. */
NRV_API nrv_tensor nrv_cov(nrv_tensor x, int correction, nrv_tensor times, nrv_tensor weight)
{
    return cov_of(&nrv__op_cov, x, correction, times, weight);
}

/* x (D,n), or (n) for one variable -> (D,D), or a scalar: Pearson's correlations. */
NRV_API nrv_tensor nrv_corrcoef(nrv_tensor x)
{
    NRV_CALLED(&nrv__op_corrcoef, x);
    nrv_tensor c = cov_of(&nrv__op_corrcoef, x, 1, NULL, NULL);
    if (!c || c->rank == 0)
        return c ? nrv_div(c, c) : NULL;
    nrv_tensor root = nrv_sqrt(nrv_diagonal(c, 0, 0, 1));
    c = nrv_div(nrv_div(c, root ? nrv_expand(root, 1, 1) : NULL), root);
    return NRV_EXPR("c: c > 1 ? 1 : c < -1 ? -1 : c", c);
}
