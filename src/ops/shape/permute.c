/* permute - axes in another order */
#include "../op.h"
#include <string.h>

typedef struct permute_attr {
    int64_t from[NRV__MAX_RANK]; /* y's axis i is x's axis from[i] */
} permute_attr;

static bool permute_shape(nrv__infer *s)
{
    const permute_attr *p = s->attr;
    s->rank = s->in[0]->rank;
    for (int i = 0; i < s->rank; i++)
        s->dim[i] = s->in[0]->dim[p->from[i]];
    return true;
}

static void permute_vjp(nrv_vjp *v)
{
    const permute_attr *p = v->attr;
    int back[NRV__MAX_RANK];
    for (int i = 0; i < v->y->rank; i++)
        back[p->from[i]] = i;
    v->dx[0] = nrv_permute(v->dy, v->y->rank, back);
}

static void permute_ref(const nrv__args *a)
{
    const nrv__view *x = &a->in[0], *y = &a->out[0];
    const permute_attr *p = a->attr;
    const double *from = x->data;
    double *to = y->data;
    int64_t at[NRV__MAX_RANK] = { 0 }, where = 0;
    for (int64_t i = 0; i < a->n; i++) {
        to[i] = from[where];
        for (int k = y->rank - 1; k >= 0; k--) {
            where += x->stride[p->from[k]];
            if (++at[k] < y->dim[k])
                break;
            where -= at[k] * x->stride[p->from[k]];
            at[k] = 0;
        }
    }
}

static bool permute_view(const nrv__args *a, nrv__view *y, int64_t *offset)
{
    const permute_attr *p = a->attr;
    for (int i = 0; i < y->rank; i++)
        y->stride[i] = a->in[0].stride[p->from[i]];
    *offset = 0;
    return true;
}

static nrv_tensor permute_make(nrv__case *c)
{
    int64_t d[NRV__MAX_RANK];
    int axes[NRV__MAX_RANK], n = nrv__case_ints(c, "axis", NRV__MAX_RANK, d);
    for (int i = 0; i < n; i++)
        axes[i] = (int)d[i];
    return nrv_permute(c->x[0], n, axes);
}

static nrv_tensor permute_batch(const nrv__batch *b)
{
    const permute_attr *p = b->y->attr;
    permute_attr q = { { 0 } };
    for (int i = 0; i + 1 < NRV__MAX_RANK; i++)
        q.from[i + 1] = i < b->y->rank ? p->from[i] + 1 : 0;
    return nrv__batch_sized(b, &q, 0);
}

NRV_OP(permute, .batch = permute_batch, .sig = "any x[...] -> y[...]",
       .doc = "Axes in another order: y's axis i is x's axis axes[i].", .shape = permute_shape, .flags = NRV_VIEW,
       .torch = "permute", .numpy = "transpose", .onnx = "Transpose",
       .refuse = { "x[2,3,4], axes=1x0 => permute: 2 axes for a tensor of rank 3 | in here | hint name every axis once",
                   "x[2,3], axes=0x0 => permute: 2 axes for a tensor of rank 2 | in here | hint name every axis once",
                   "x[2,3], axes=0x2 => permute: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end" },
       .vjp = permute_vjp, .ref = permute_ref, .view = permute_view, .make = permute_make,
       .attr_bytes = sizeof(permute_attr), .test = { "x[2,3,4], axes=2x0x1", "x[3,5], axes=1x0", "x[0,2], axes=1x0" });

/* y's axis i is x's axis axes[i]; n is x's rank. */
NRV_API nrv_tensor nrv_permute(nrv_tensor x, int n, const int *axes)
{
    if (!x || x->g->why.status)
        return NULL;
    if (n > 0 && !axes)
        return nrv__graph_fail(x->g, NRV_EARG, "name every axis once", "permute: axes is NULL"), NULL;
    permute_attr p = { { 0 } };
    unsigned seen = 0;
    bool same = n == x->rank;
    for (int i = 0; i < n && n == x->rank; i++) {
        int a = axes[i];
        if (!nrv__axis(x, &a, "permute"))
            return NULL;
        seen |= 1u << a;
        p.from[i] = a;
        same = same && a == i;
    }
    if (n != x->rank || seen != (1u << n) - 1)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "name every axis once", "permute: %d axes for a tensor of rank %d", n,
                               x->rank),
               NULL;
    return same ? x : nrv__op_with(&nrv__op_permute, NRV_N(const nrv_tensor, x), &p, 0, NULL);
}

/* The last two axes change places. (...,a,b) -> (...,b,a) */
NRV_API nrv_tensor nrv_transpose(nrv_tensor x)
{
    if (!x || x->g->why.status)
        return NULL;
    if (x->rank < 2)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "nrv_reshape it to a matrix first", "transpose of a tensor of rank %d",
                               x->rank),
               NULL;
    int axes[NRV__MAX_RANK];
    for (int i = 0; i < x->rank; i++)
        axes[i] = i;
    axes[x->rank - 1] = x->rank - 2;
    axes[x->rank - 2] = x->rank - 1;
    return nrv_permute(x, x->rank, axes);
}
