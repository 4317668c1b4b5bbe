/* max_of - the largest along an axis */
#include "op.h"
#include <math.h>

/* true where x is the first extreme of its axis; shape of x */
static nrv_tensor max_of_first(nrv_tensor x, int axis)
{
    nrv_shape keep = nrv_shape_of(x), line = { x->rank, { 0 } };
    keep.dim[axis] = 1;
    for (int i = 0; i < x->rank; i++)
        line.dim[i] = i == axis ? x->dim[axis] : 1;
    return nrv_equal(nrv_reshape(nrv_iota(x->g, NRV_I32, x->dim[axis]), line), nrv_reshape(nrv_argmax(x, axis), keep));
}

static void max_of_vjp(nrv_vjp *v)
{
    const nrv__reduce_attr *a = v->attr;
    int axis = 0;
    while (!(a->axes >> axis & 1))
        axis++;
    if (v->x[0]->dim[axis] == 0)
        return; /* no element, no gradient */
    nrv_shape keep = nrv_shape_of(v->x[0]);
    keep.dim[axis] = 1;
    v->dx[0] = nrv_select(max_of_first(v->x[0], axis), nrv_reshape(v->dy, keep), nrv__like(v->dy, 0));
}

static void max_of_ref(const nrv__args *a)
{
    int axis = 0;
    while (!(((const nrv__reduce_attr *)a->attr)->axes >> axis & 1))
        axis++;
    const nrv__view *in = &a->in[0];
    int64_t n = in->dim[axis], inner = in->stride[axis];
    const double *x = in->data;
    double *y = a->out[0].data;
    for (int64_t i = 0; i < a->n; i++) {
        const double *row = x + i / (inner ? inner : 1) * inner * n + (inner ? i % inner : 0);
        double best = -INFINITY;
        for (int64_t k = 0; k < n; k++)
            best = row[k * inner] > best || row[k * inner] != row[k * inner] ? row[k * inner] : best;
        y[i] = best;
    }
}

static nrv_tensor max_of_make(nrv__case *c)
{
    return nrv_max_of(c->x[0], (int)nrv__case_int(c, "axis", 0), (int)nrv__case_int(c, "keep", 0));
}

NRV_OP(max_of, .sig = "real x[...] -> y[...]",
       .doc = "The largest along an axis; NaN wins; the first of equals gets the gradient.", .shape = nrv__infer_reduce,
       .vjp = max_of_vjp, .ref = max_of_ref, .make = max_of_make, .attr_bytes = sizeof(nrv__reduce_attr),
       .test = { "x[3,5], axis=1", "x[3,5], axis=0, keep=1", "x[2,3,4], axis=-2", "x[7], axis=0", "x[33,70], axis=1" });

/* The largest along an axis; keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_max_of(nrv_tensor x, int axis, int keep)
{
    if (!nrv__axis(x, &axis, "max_of"))
        return NULL;
    nrv__reduce_attr a = { INT64_C(1) << axis, keep != 0 };
    return nrv__op_with(&nrv__op_max_of, NRV_N(const nrv_tensor, x), &a, 0, NULL);
}
