/* moments.c - see moments.h. */
#include "moments.h"

nrv__moments nrv__moments_of(nrv_tensor x, int axes)
{
    nrv__moments m = { NULL, NULL };
    m.var = nrv_var_mean(x, axes, 0, 1, &m.mean);
    return m;
}

int nrv__axes_but(nrv_tensor x, int first, int but)
{
    int axes[NRV__MAX_RANK], n = 0;
    for (int i = first; i < x->rank; i++)
        if (i != but)
            axes[n++] = i;
    return nrv_axes(n, axes);
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

nrv_shape nrv__last_axes(nrv_tensor x, int axes)
{
    nrv_shape s = { axes, { 0 } };
    for (int i = 0; i < axes; i++)
        s.dim[i] = x->dim[x->rank - axes + i];
    return s;
}

/* of a vector no other axis is left, and a reduction over none would be one over all */
nrv_tensor nrv__slice_norm(nrv_tensor x, double p, int axis)
{
    return x->rank > 1 ? nrv_norm(x, p, nrv__axes_but(x, 0, axis), 1) : nrv_abs(x);
}

bool nrv__norm_wants(const nrv__opdef *op, nrv_tensor x, int rank, const char *shape)
{
    if (!nrv__op_wants_real(op, 1, &x))
        return false;
    return x->rank >= rank ||
           nrv__op_refuses(op, 1, &x, NRV_ESHAPE, shape, "x has rank %d, %d at least is wanted", x->rank, rank);
}

bool nrv__running_wants(const nrv__opdef *op, nrv_tensor x, int rank, const char *shape, nrv_tensor mean,
                        nrv_tensor var)
{
    return nrv__norm_wants(op, x, rank, shape) && nrv__op_wants(op, 2, (nrv_tensor[]){ mean, var }) &&
           nrv__weight_fits(op, x, "the mean", mean, 1, x->dim + 1) &&
           nrv__weight_fits(op, x, "the variance", var, 1, x->dim + 1);
}

nrv_tensor nrv__running(nrv_tensor old, nrv_tensor now, double momentum)
{
    if (!old || !now)
        return NULL;
    return NRV_EXPR("r, b, m, k: k * r + m * b", old, nrv_reshape(now, nrv_shape_of(old)), nrv__like(old, momentum),
                    nrv__like(old, 1 - momentum));
}
