/* pad - one number around a tensor */
#include "../op.h"

typedef struct pad_attr {
    double value;
    int64_t before[NRV__MAX_RANK], after[NRV__MAX_RANK];
} pad_attr;

static bool pad_shape(nrv__infer *s)
{
    const pad_attr *p = s->attr;
    nrv__infer_same(s);
    for (int i = 0; i < s->rank; i++) {
        if (p->before[i] < 0 || p->after[i] < 0)
            return nrv__infer_fail(s, NRV_EARG, "nrv_slice cuts away", "padding of %lld and %lld at axis %d",
                                   (long long)p->before[i], (long long)p->after[i], i);
        s->dim[i] = nrv__dim_add(s->g, s->dim[i], nrv__dim_add(s->g, p->before[i], p->after[i]));
    }
    return true;
}

static void pad_vjp(nrv_vjp *v)
{
    const pad_attr *p = v->attr;
    nrv_tensor d = v->dy;
    for (int i = 0; i < v->x[0]->rank; i++)
        d = nrv_slice(d, i, p->before[i], v->x[0]->dim[i]);
    v->dx[0] = d;
}

static void pad_ref(const nrv__args *a)
{
    const pad_attr *p = a->attr;
    const nrv__view *x = &a->in[0], *y = &a->out[0];
    const double *from = x->data;
    double *to = y->data;
    int64_t at[NRV__MAX_RANK] = { 0 };
    for (int64_t i = 0; i < a->n; i++) {
        int64_t where = 0;
        bool inside = true;
        for (int k = 0; k < y->rank; k++) {
            int64_t c = at[k] - p->before[k];
            inside = inside && c >= 0 && c < x->dim[k];
            where += c * x->stride[k];
        }
        to[i] = inside ? from[where] : p->value;
        for (int k = y->rank - 1; k >= 0 && ++at[k] == y->dim[k]; k--)
            at[k] = 0;
    }
}

static nrv_tensor pad_make(nrv__case *c)
{
    return nrv_pad(c->x[0], (int)nrv__case_int(c, "axis", 0), nrv__case_int(c, "before", 0),
                   nrv__case_int(c, "after", 0), nrv__case_real(c, "value", 0));
}

static nrv_tensor pad_batch(const nrv__batch *b)
{
    const pad_attr *p = b->y->attr;
    pad_attr q = { .value = p->value };
    for (int i = 0; i + 1 < NRV__MAX_RANK; i++) {
        q.before[i + 1] = p->before[i];
        q.after[i + 1] = p->after[i];
    }
    return nrv__batch_sized(b, &q, 0);
}

NRV_OP(pad, .batch = pad_batch, .sig = "real x[...] -> y[...]",
       .doc = "before and after elements of one number put around an axis.", .shape = pad_shape, .vjp = pad_vjp,
       .ref = pad_ref, .make = pad_make, .attr_bytes = sizeof(pad_attr),
       .test = { "x[2,3], axis=1, before=1, after=2", "x[3], axis=0, before=0, after=1, value=-2.5",
                 "x[0], axis=0, before=2" });

/* before and after elements of value around one axis of x. */
NRV_API nrv_tensor nrv_pad(nrv_tensor x, int axis, int64_t before, int64_t after, double value)
{
    if (!nrv__axis(x, &axis, "pad"))
        return NULL;
    pad_attr p = { .value = value };
    p.before[axis] = before;
    p.after[axis] = after;
    return before || after ? nrv__op_with(&nrv__op_pad, NRV_N(const nrv_tensor, x), &p, 0, NULL) : x;
}
