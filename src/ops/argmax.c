/* argmax - where the largest stands */
#include "op.h"

static bool argmax_shape(nrv__infer *s)
{
    int axis = (int)((const nrv__axis_attr *)s->attr)->axis;
    s->rank = 0;
    s->type = NRV_I32;
    for (int i = 0; i < s->in[0]->rank; i++)
        if (i != axis)
            s->dim[s->rank++] = s->in[0]->dim[i];
    if (s->in[0]->dim[axis] == 0)
        return nrv__infer_fail(s, NRV_ESHAPE, "is the axis right?", "axis %d is empty", axis);
    return true;
}

static void argmax_ref(const nrv__args *a)
{
    int axis = (int)((const nrv__axis_attr *)a->attr)->axis;
    int64_t n = a->in[0].dim[axis], inner = a->in[0].stride[axis];
    const double *x = a->in[0].data;
    double *y = a->out[0].data;
    for (int64_t i = 0; i < a->n; i++) {
        const double *row = x + i / inner * inner * n + i % inner;
        int64_t best = 0;
        for (int64_t k = 1; k < n && row[best * inner] == row[best * inner]; k++)
            if (row[k * inner] > row[best * inner] || row[k * inner] != row[k * inner])
                best = k;
        y[i] = (double)best;
    }
}

static nrv_tensor argmax_make(nrv__case *c)
{
    return nrv_argmax(c->x[0], (int)nrv__case_int(c, "axis", 0));
}

NRV_OP(argmax, .sig = "any x[...] -> i32 y[...]",
       .doc = "Where the largest stands along an axis: the first of equals, a NaN before all.", .shape = argmax_shape,
       .no_grad = "an index is piecewise constant", .ref = argmax_ref, .make = argmax_make,
       .attr_bytes = sizeof(nrv__axis_attr),
       .test = { "x[3,5], axis=1", "x[2,3,4], axis=0", "x[7], axis=-1", "x[0,3], axis=1" });

/* Where the largest stands along an axis, i32. (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_argmax(nrv_tensor x, int axis)
{
    if (!nrv__axis(x, &axis, "argmax"))
        return NULL;
    nrv__axis_attr a = { axis };
    return nrv__op_with(&nrv__op_argmax, NRV_N(const nrv_tensor, x), &a, 0, NULL);
}
