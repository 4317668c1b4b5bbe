/* concat - tensors one after the other along an axis */
#include "op.h"
#include <string.h>

static bool concat_shape(nrv__infer *s)
{
    int axis = (int)((const nrv__axis_attr *)s->attr)->axis;
    nrv__infer_same(s);
    for (int i = 1; i < s->n_in; i++) {
        nrv_tensor x = s->in[i];
        if (x->type != s->in[0]->type || x->rank != s->rank)
            return nrv__infer_fail(s, NRV_ESHAPE, "all need one type and rank", "input %d differs in type or rank", i);
        for (int k = 0; k < s->rank; k++)
            if (k == axis)
                s->dim[k] = nrv__dim_add(s->g, s->dim[k], x->dim[k]);
            else if (!nrv__dim_same(s->g, s->dim[k], x->dim[k], "concat", &s->dim[k]))
                return nrv__infer_fail(s, NRV_ESHAPE, "only the joined axis may differ", "input %d differs at axis %d",
                                       i, k);
    }
    return true;
}

static void concat_vjp(nrv_vjp *v)
{
    int axis = (int)((const nrv__axis_attr *)v->attr)->axis;
    nrv_dim start = 0;
    for (int i = 0; i < v->n; i++) {
        if (v->need[i])
            v->dx[i] = nrv_slice(v->dy, axis, start, v->x[i]->dim[axis]);
        start = nrv__dim_add(v->g, start, v->x[i]->dim[axis]);
    }
}

static void concat_ref(const nrv__args *a)
{
    int axis = (int)((const nrv__axis_attr *)a->attr)->axis;
    int64_t outer = 1, row = 1;
    for (int i = 0; i < a->out[0].rank; i++)
        *(i < axis ? &outer : &row) *= a->out[0].dim[i];
    double *y = a->out[0].data;
    int64_t at = 0;
    for (int i = 0; i < a->n_in; i++) {
        const double *x = a->in[i].data;
        int64_t n = 1;
        for (int k = axis; k < a->in[i].rank; k++)
            n *= a->in[i].dim[k];
        for (int64_t o = 0; o < outer && n; o++)
            memcpy(y + o * row + at, x + o * n, (size_t)n * sizeof *x);
        at += n;
    }
}

static nrv_tensor concat_make(nrv__case *c)
{
    return nrv_concat(c->n_x, c->x, (int)nrv__case_int(c, "axis", 0));
}

static nrv_tensor concat_batch(const nrv__batch *b)
{
    nrv__axis_attr a = { ((const nrv__axis_attr *)b->y->attr)->axis + 1 };
    nrv_tensor *x = nrv__arena_get(&b->g->arena, (size_t)b->y->n_in * sizeof *x);
    if (!x || b->y->rank == NRV__MAX_RANK)
        return NULL;
    for (int i = 0; i < b->y->n_in; i++)
        x[i] = nrv__batch_wide(b, i);
    return nrv__op_with(b->y->op, b->y->n_in, x, &a, 0, NULL);
}

NRV_OP(concat, .batch = concat_batch, .sig = "any x[...]... -> y[...]",
       .doc = "Tensors one after the other along an axis.", .shape = concat_shape, .vjp = concat_vjp, .ref = concat_ref,
       .make = concat_make, .attr_bytes = sizeof(nrv__axis_attr),
       .test = { "a[2,3], b[2,4], axis=1", "a[2,3], b[1,3], c[3,3], axis=0", "a[0], b[3], axis=0" });

/* n tensors that agree in all lengths but that of axis. */
NRV_API nrv_tensor nrv_concat(int n, const nrv_tensor *x, int axis)
{
    if (n < 1 || !nrv__axis(x[0], &axis, "concat"))
        return NULL;
    nrv__axis_attr a = { axis };
    return n == 1 ? x[0] : nrv__op_with(&nrv__op_concat, n, x, &a, 0, NULL);
}
