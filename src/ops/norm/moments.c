/* moments.c - see moments.h. The variance is that of the differences from the mean, in two passes: one pass over
   squares would lose all digits of a small variance beside a large mean. */
#include "moments.h"

nrv__moments nrv__moments_of(nrv_tensor x, int64_t axes)
{
    nrv_dim n = 1;
    for (int i = 0; i < x->rank; i++)
        n = axes >> i & 1 ? nrv__dim_mul(x->g, n, x->dim[i]) : n;
    nrv__moments m = { .count = nrv__cast_like(nrv_dim_value(x->g, n), x) };
    m.mean = nrv_div(nrv__sum_axes(x, axes, 1), m.count);
    m.var = nrv_div(nrv__sum_axes(nrv_square(nrv_sub(x, m.mean)), axes, 1), m.count);
    return m;
}

/* by itself, and not for each element: roots and quotients are slow */
nrv_tensor nrv__scale_of(nrv_tensor var, double eps)
{
    return NRV_EXPR("v, e: 1 / sqrt(v + e)", var, nrv__like(var, eps));
}

nrv_tensor nrv__standard(nrv_tensor x, nrv_tensor mean, nrv_tensor var, double eps)
{
    return NRV_EXPR("x, m, s: (x - m) * s", x, mean, nrv__scale_of(var, eps));
}

nrv_shape nrv__channels(nrv_tensor x)
{
    nrv_shape s = { x->rank - 1, { x->dim[1] } };
    for (int i = 1; i < s.rank; i++)
        s.dim[i] = 1;
    return s;
}

int64_t nrv__axes_from(nrv_tensor x, int first)
{
    return ((INT64_C(1) << x->rank) - 1) & ~((INT64_C(1) << first) - 1);
}

bool nrv__norm_wants(const nrv__opdef *op, nrv_tensor x, int rank, const char *shape)
{
    if (!nrv__op_wants_real(op, 1, &x))
        return false;
    return x->rank >= rank ||
           nrv__op_refuses(op, 1, &x, NRV_ESHAPE, shape, "x has rank %d, %d at least is wanted", x->rank, rank);
}

nrv_tensor nrv__running_mean(nrv_tensor old, nrv_tensor mean, double momentum)
{
    if (!old || !mean)
        return NULL;
    return NRV_EXPR("r, b, m, k: k * r + m * b", old, nrv_reshape(mean, nrv_shape_of(old)), nrv__like(old, momentum),
                    nrv__like(old, 1 - momentum));
}

nrv_tensor nrv__running_var(nrv_tensor old, nrv_tensor var, nrv_tensor count, double momentum)
{
    return nrv__running_mean(old, NRV_EXPR("v, n: v * (n / (n - 1))", var, count), momentum);
}
