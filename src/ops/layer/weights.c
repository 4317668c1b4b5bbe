/* weights.c - see weights.h. */
#include "weights.h"
#include <math.h>
#include <string.h>

bool nrv__weight_fits(const nrv__opdef *op, nrv_tensor x, const char *name, nrv_tensor w, int rank, const nrv_dim *dim)
{
    if (!w || x->g->why.status)
        return !x->g->why.status;
    nrv_dim d;
    bool fits = w->g == x->g && w->type == x->type && w->rank == rank;
    for (int i = 0; fits && i < rank; i++)
        fits = nrv__dim_same(x->g, w->dim[i], dim[i], op->name, &d);
    if (fits || x->g->why.status)
        return fits;
    nrv__text t = { .mem = x->g->mem };
    nrv__shape_text(x->g, rank, dim, &t);
    nrv__op_refuses(op, 2, (const nrv_tensor[]){ x, w }, w->type == x->type ? NRV_ESHAPE : NRV_EDTYPE,
                    w->g == x->g ? "input 1 is the weight that does not fit" : "both have to be of one graph",
                    "%s has to be %s %s", name, nrv__dtype_name(x->type), t.at ? t.at : "");
    nrv__text_free(&t);
    return false;
}

nrv_tensor nrv__affine(nrv_tensor x, nrv_tensor w, nrv_tensor b)
{
    nrv_tensor y = nrv_matmul(x, nrv_transpose(w));
    return b ? nrv_add(y, b) : y;
}

nrv_tensor nrv__scale_shift(nrv_tensor y, nrv_tensor w, nrv_tensor b, nrv_shape as)
{
    if (w)
        y = nrv_mul(y, nrv_reshape(w, as));
    return b ? nrv_add(y, nrv_reshape(b, as)) : y;
}

static nrv_tensor p_norm_most(nrv_tensor x, int64_t axes, bool each)
{
    nrv_tensor a = nrv_abs(x), most = a;
    for (int i = 0; i < x->rank; i++)
        if (axes >> i & 1)
            most = nrv_max_of(most, i, 1);
    nrv_tensor at = NRV_EXPR("a, m: a == m ? 1 : 0", a, nrv_stop(most));
    nrv_tensor slope = nrv__sum_axes(nrv_mul(at, a), axes, 1);
    if (!each)
        slope = nrv_div(slope, nrv__sum_axes(at, axes, 1));
    return nrv_surrogate(most, slope);
}

nrv_tensor nrv__p_norm(nrv_tensor x, int64_t axes, double p, bool each)
{
    if (!x || x->g->why.status)
        return NULL;
    if (p == 0)
        return nrv__sum_axes(NRV_EXPR("x: x == 0 ? 0 : 1", x), axes, 1);
    if (p == 1)
        return nrv__sum_axes(nrv_abs(x), axes, 1);
    if (isinf(p))
        return p_norm_most(x, axes, each);
    nrv_tensor s, order = nrv__like(x, p), root = nrv__like(x, 1 / p);
    if (p == 2) {
        s = nrv__sum_axes(nrv_square(x), axes, 1);
        return NRV_EXPR("s: s == 0 ? 0 : sqrt(s == 0 ? 1 : s)", s);
    }
    s = nrv__sum_axes(NRV_EXPR("x, p: x == 0 ? 0 : pow(x == 0 ? 1 : abs(x), p)", x, order), axes, 1);
    return NRV_EXPR("s, r: s == 0 ? 0 : pow(s == 0 ? 1 : s, r)", s, root);
}

bool nrv__p_fits(const nrv__opdef *op, nrv_tensor x, double p)
{
    return p >= 0 || nrv__op_refuses(op, 1, &x, NRV_EARG, "0 counts, 1 sums, 2 is Euclid's, INFINITY is the largest",
                                     "the order p is %g, from 0 on is possible", p);
}

double nrv__p_of(const nrv__case *c, double otherwise)
{
    const char *t = nrv__case_text(c, "p");
    if (t && (!strcmp(t, "inf") || !strcmp(t, "Infinity")))
        return INFINITY;
    return nrv__case_real(c, "p", otherwise);
}

bool nrv__case_flag(const nrv__case *c, const char *name, bool otherwise)
{
    return nrv__case_int(c, name, otherwise) != 0;
}

double nrv__or(double given, double otherwise)
{
    return given < 0 ? 0 : given > 0 ? given : otherwise;
}
