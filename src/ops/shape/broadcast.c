/* broadcast - length 1 stretched, missing axes put in front */
#include "../op.h"

static bool broadcast_shape(nrv__infer *s)
{
    nrv_tensor x = s->in[0];
    if (x->rank > s->n_size)
        return nrv__infer_fail(s, NRV_ESHAPE, "sum the axes away instead", "rank %d cannot become rank %d", x->rank,
                               s->n_size);
    s->rank = s->n_size;
    for (int i = 0; i < s->rank; i++) {
        int k = i - (s->rank - x->rank);
        s->dim[i] = s->size[i];
        if (k >= 0 && x->dim[k] != 1 && !nrv__dim_same(s->g, s->size[i], x->dim[k], "broadcast", &s->dim[i]))
            return nrv__infer_fail(s, NRV_ESHAPE, "only a length of 1 is stretched", "axis %d does not fit", i);
    }
    return true;
}

static void broadcast_vjp(nrv_vjp *v)
{
    v->dx[0] = v->dy; /* the walk sums it back */
}

static bool broadcast_view(const nrv__args *a, nrv__view *y, int64_t *offset)
{
    const nrv__view *x = &a->in[0];
    for (int i = 0; i < y->rank; i++) {
        int k = i - (y->rank - x->rank);
        y->stride[i] = k < 0 || x->dim[k] == 1 ? 0 : x->stride[k];
    }
    *offset = 0;
    return true;
}

static void broadcast_ref(const nrv__args *a)
{
    nrv__view y = a->out[0];
    int64_t at[NRV__MAX_RANK] = { 0 }, where = 0, offset;
    broadcast_view(a, &y, &offset);
    const double *from = a->in[0].data;
    double *to = a->out[0].data;
    for (int64_t i = 0; i < a->n; i++) {
        to[i] = from[where];
        for (int k = y.rank - 1; k >= 0; k--) {
            where += y.stride[k];
            if (++at[k] < y.dim[k])
                break;
            where -= at[k] * y.stride[k];
            at[k] = 0;
        }
    }
}

static nrv_tensor broadcast_make(nrv__case *c)
{
    nrv_shape s = { 0, { 0 } };
    int64_t d[NRV__MAX_RANK];
    static const char *const word[] = { "to", "shape", "size", "sizes" };
    for (int i = 0; i < 4 && !s.rank; i++)
        s.rank = nrv__case_ints(c, word[i], NRV__MAX_RANK, d);
    for (int i = 0; i < s.rank; i++) {
        int k = c->x[0] ? i - (s.rank - c->x[0]->rank) : -1;
        s.dim[i] = d[i] == -1 && k >= 0 ? c->x[0]->dim[k] : d[i]; /* as PyTorch's expand */
    }
    return nrv_broadcast(c->x[0], s);
}

static nrv_tensor broadcast_batch(const nrv__batch *b)
{
    const nrv__batch wide = { b->g, b->y, (const nrv_tensor[]){ nrv__batch_aligned(b, 0, b->y->rank) }, b->wide, b->T };
    return nrv__batch_sized(&wide, NULL, -1);
}

NRV_OP(broadcast, .batch = broadcast_batch, .sig = "any x[...] -> y[...]",
       .doc = "Axes of length 1 stretched to the given shape, missing ones put in front.", .shape = broadcast_shape,
       .torch = "broadcast_to Tensor.expand Tensor.expand_as", .numpy = "broadcast_to", .onnx = "Expand",
       .refuse = { "x[3,2], to=3x4 => broadcast: axis 1 does not fit | in here | input 0: input f32 [3, 2] x | hint "
                   "only a length of 1 is stretched",
                   "x[3,2], to=3 => broadcast: rank 2 cannot become rank 1 | in here | input 0: input f32 [3, 2] x | "
                   "hint sum the axes away instead",
                   "x[3], to=-1x3 => -1 is neither a length nor the handle of a size of this graph | in here | hint "
                   "calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph" },
       .flags = NRV_VIEW, .vjp = broadcast_vjp, .ref = broadcast_ref, .view = broadcast_view, .make = broadcast_make,
       .test = { "x[3,1], to=2x3x4", "x[], to=5", "x[1], to=0", "x[4], to=3x4" });

/* x stretched to the shape; only lengths of 1 stretch. */
NRV_API nrv_tensor nrv_broadcast(nrv_tensor x, nrv_shape shape)
{
    if (!x || x->g->why.status)
        return NULL;
    bool same = shape.rank == x->rank;
    for (int i = 0; same && i < x->rank; i++)
        same = shape.dim[i] == x->dim[i];
    return same ? x : nrv__op_with(&nrv__op_broadcast, NRV_N(const nrv_tensor, x), NULL, shape.rank, shape.dim);
}

/* A new axis of length n, in which x repeats. (a,b) at axis 1 -> (a,n,b) */
NRV_API nrv_tensor nrv_expand(nrv_tensor x, int axis, nrv_dim n)
{
    if (!x || x->g->why.status)
        return NULL;
    nrv_shape s = { x->rank + 1, { 0 } };
    int a = axis < 0 ? axis + s.rank : axis;
    if (a < 0 || a >= s.rank || s.rank > NRV__MAX_RANK)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "from 0 to the rank", "expand: axis %d of a tensor of rank %d", axis,
                               x->rank),
               NULL;
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = i == a ? 1 : x->dim[i - (i > a)];
    x = nrv_reshape(x, s);
    s.dim[a] = n;
    return nrv_broadcast(x, s);
}
