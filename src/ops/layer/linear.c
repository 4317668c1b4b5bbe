/* linear - y = x W^T + b;   bilinear - y[k] = a W[k] b + c[k];   identity - y = x */
#include "weights.h"

extern const nrv__opdef nrv__op_linear, nrv__op_bilinear, nrv__op_identity;

static nrv_tensor linear_make(nrv__case *c)
{
    return nrv_linear_by(nrv__case_named(c, "x input"), nrv__case_named(c, "w weight"), nrv__case_named(c, "b bias"));
}

NRV_OP(
    linear, .sig = "real x[...,n], real w[m,n], real b[m] -> y[...,m]",
    .doc = "x W^T + b: every output a weighted sum of all inputs; b may be left out, and w may be a vector.",
    .flags = NRV_MACRO, .make = linear_make, .ulp = 16, .tolerance_why = "a sum of products",
    .torch = "nn.functional.linear nn.Linear", .onnx = "Gemm", .also = "dense",
    .refuse = { "x[3,4], w[5,3] => linear: the weight has to be f32 [5, 4] | in here | input 0: input f32 [3, 4] x | "
                "input 1: input f32 [5, 3] w | hint input 1 is the weight that does not fit",
                "x[3,4], w[5,4], b[4] => linear: the bias has to be f32 [5] | in here | input 0: input f32 [3, 4] x | "
                "input 1: input f32 [4] b | hint input 1 is the weight that does not fit",
                "x[], w[5,4] => linear: x is a scalar | in here | input 0: input f32 [] x | hint x (...,n), w (m,n)" },
    .test = { "x[3,5], w[4,5], b[4]", "x[2,3,5], w[2,5]", "x[6], w[3,6], b[3]", "x[0,4], w[2,4], b[2]", "x[3,4], w[4]",
              "x[0], w[2,0], b[2]" });

/* x (...,n), w (m,n), b (m) or NULL -> (...,m): x w^T + b; w (n): one output without an axis. */
NRV_API nrv_tensor nrv_linear_by(nrv_tensor x, nrv_tensor w, nrv_tensor b)
{
    const nrv__opdef *op = &nrv__op_linear;
    if (!nrv__op_wants_real(op, 2, (nrv_tensor[]){ x, w }))
        return NULL;
    if (!x->rank)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "x (...,n), w (m,n)", "x is a scalar");
    nrv_dim n = x->dim[x->rank - 1], want[2] = { w->rank ? w->dim[0] : 1, n };
    bool line = w->rank == 1;
    if (!nrv__weight_fits(op, x, "the weight", w, line ? 1 : 2, line ? &n : want) ||
        !nrv__weight_fits(op, x, "the bias", b, line ? 0 : 1, want))
        return NULL;
    if (!line && x->rank > 1)
        return nrv__affine(x, w, b);
    nrv_shape to = nrv_shape_of(x);
    nrv_tensor y = nrv_matmul(nrv_reshape(x, NRV_SHAPE(nrv__dim_product(x->g, x->rank - 1, x->dim), n)),
                              nrv_transpose(line ? nrv_expand(w, 0, 1) : w));
    if (line)
        to.rank--;
    else
        to.dim[to.rank - 1] = w->dim[0];
    y = nrv_reshape(y, to);
    return b ? nrv_add(y, b) : y;
}

static nrv_tensor bilinear_make(nrv__case *c)
{
    return nrv_bilinear_by(nrv__case_named(c, "a input1"), nrv__case_named(c, "b input2"),
                           nrv__case_named(c, "w weight"), nrv__case_named(c, "c bias"));
}

NRV_OP(
    bilinear, .sig = "real a[...,n], real b[...,m], real w[k,n,m], real c[k] -> y[...,k]",
    .doc = "y[k] = a W[k] b + c[k]: every output weighs all pairs of the two inputs; c may be left out.",
    .flags = NRV_MACRO, .make = bilinear_make, .ulp = 32, .tolerance_why = "sums of products of three",
    .torch = "nn.functional.bilinear bilinear nn.Bilinear",
    .refuse = { "a[3,4], b[2,5], w[2,4,5] => bilinear: a and b differ at axis 0 | in here | input 0: input f32 [3, 4] "
                "a | input 1: input f32 [2, 5] b | hint a (...,n), b (...,m), w (k,n,m), c (k)",
                "a[3,4], b[3,5], w[2,5,4] => bilinear: the weight has to be f32 [2, 4, 5] | in here | input 0: input "
                "f32 [3, 4] a | input 1: input f32 [2, 5, 4] w | hint input 1 is the weight that does not fit" },
    .test = { "a[4,3], b[4,2], w[5,3,2], c[5]", "a[2,3,4], b[2,3,2], w[3,4,2]", "a[3], b[2], w[4,3,2], c[4]",
              "a[0,3], b[0,2], w[5,3,2], c[5]" });

/* a (...,n), b (...,m), w (k,n,m), c (k) or NULL -> (...,k): sum over i, j of a[i] w[k,i,j] b[j], plus c[k]. */
NRV_API nrv_tensor nrv_bilinear_by(nrv_tensor a, nrv_tensor b, nrv_tensor w, nrv_tensor c)
{
    const nrv__opdef *op = &nrv__op_bilinear;
    static const char *const hint = "a (...,n), b (...,m), w (k,n,m), c (k)";
    nrv_tensor in[3] = { a, b, w };
    nrv_dim d;
    if (!nrv__op_wants_real(op, 3, in))
        return NULL;
    if (a->rank != b->rank || !a->rank || w->rank != 3)
        return nrv__op_refuses(op, 3, in, NRV_ESHAPE, hint, "ranks %d, %d and %d", a->rank, b->rank, w->rank);
    for (int i = 0; i < a->rank - 1; i++)
        if (!nrv__dim_same(a->g, a->dim[i], b->dim[i], "bilinear", &d))
            return nrv__op_refuses(op, 2, in, NRV_ESHAPE, hint, "a and b differ at axis %d", i);
    nrv_dim n = a->dim[a->rank - 1], m = b->dim[b->rank - 1], k = w->dim[0];
    if (!nrv__weight_fits(op, a, "the weight", w, 3, (const nrv_dim[]){ k, n, m }) ||
        !nrv__weight_fits(op, a, "the bias", c, 1, &k))
        return NULL;
    nrv_shape to = nrv_shape_of(a);
    to.dim[to.rank - 1] = k;
    nrv_tensor rows = nrv_reshape(nrv_permute(w, 3, (const int[]){ 1, 0, 2 }), NRV_SHAPE(n, nrv__dim_mul(a->g, k, m)));
    nrv_dim N = nrv__dim_product(a->g, a->rank - 1, a->dim);
    nrv_tensor left = nrv_matmul(nrv_reshape(a, NRV_SHAPE(N, n)), rows);
    nrv_tensor pairs = nrv_mul(nrv_reshape(left, NRV_SHAPE(N, k, m)), nrv_reshape(b, NRV_SHAPE(N, 1, m)));
    nrv_tensor y = nrv_reshape(nrv_sum(pairs, 2, 0), to);
    return c ? nrv_add(y, c) : y;
}

static nrv_tensor identity_make(nrv__case *c)
{
    return nrv_identity(c->x[0]);
}

NRV_OP(identity, .sig = "any x[...] -> y[...]", .doc = "x itself, and no node: a place for a layer that does nothing.",
       .flags = NRV_MACRO, .make = identity_make, .torch = "nn.Identity", .onnx = "Identity",
       .test = { "x[3,5]", "x[]", "x[0]", "x:i32[4] in 0..9" });

/* x itself. x and y (...) */
NRV_API nrv_tensor nrv_identity(nrv_tensor x)
{
    return nrv__op_wants(&nrv__op_identity, 1, &x) ? x : NULL;
}
