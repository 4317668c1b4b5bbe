/* weights.c - see weights.h. */
#include "weights.h"
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

nrv_tensor nrv__time_first(nrv_tensor x, int batch_first)
{
    if (!x || x->rank == 2)
        return nrv_expand(x, 1, 1);
    return batch_first ? nrv_permute(x, 3, (const int[]){ 1, 0, 2 }) : x;
}

nrv_tensor nrv__time_back(nrv_tensor y, nrv_tensor like, int batch_first)
{
    if (like->rank == 2)
        return y ? nrv_reshape(y, NRV_SHAPE(y->dim[0], y->dim[2])) : NULL;
    return batch_first ? nrv_permute(y, 3, (const int[]){ 1, 0, 2 }) : y;
}

bool nrv__case_batch_first(const nrv__case *c)
{
    const char *layout = nrv__case_text(c, "layout");
    return nrv__case_flag(c, "batch_first", layout && strstr(layout, "batch,time"));
}

double nrv__or(double given, double otherwise)
{
    return given < 0 ? 0 : given > 0 ? given : otherwise;
}
