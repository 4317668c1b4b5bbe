/* reshape - the same elements in the same order, with other lengths */
#include "../op.h"
#include <stdio.h>
#include <string.h>

static bool reshape_shape(nrv__infer *s)
{
    char a[24], b[24];
    nrv_dim have = nrv__dim_product(s->g, s->in[0]->rank, s->in[0]->dim),
            want = nrv__dim_product(s->g, s->n_size, s->size), d;
    if (have == -1 || want == -1)
        return false;
    if (!nrv__dim_same(s->g, have, want, "reshape", &d))
        return nrv__infer_fail(s, NRV_ESHAPE, "NRV_SAME takes what is left", "%s elements do not make %s",
                               nrv__dim_text(s->g, have, a), nrv__dim_text(s->g, want, b));
    s->rank = s->n_size;
    memcpy(s->dim, s->size, (size_t)s->n_size * sizeof *s->size);
    return true;
}

static void reshape_vjp(nrv_vjp *v)
{
    v->dx[0] = nrv_reshape(v->dy, nrv_shape_of(v->x[0]));
}

static void reshape_ref(const nrv__args *a)
{
    if (a->n)
        memcpy(a->out[0].data, a->in[0].data, (size_t)a->n * sizeof(double));
}

static bool reshape_view(const nrv__args *a, nrv__view *y, int64_t *offset)
{
    (void)a;
    int64_t stride = 1;
    for (int i = y->rank - 1; i >= 0; i--) {
        y->stride[i] = stride;
        stride *= y->dim[i];
    }
    *offset = 0;
    return true;
}

static nrv_tensor reshape_make(nrv__case *c)
{
    nrv_shape s = { 0, { 0 } };
    int64_t d[NRV__MAX_RANK];
    s.rank = nrv__case_ints(c, nrv__case_text(c, "to") ? "to" : "shape", NRV__MAX_RANK, d);
    memcpy(s.dim, d, sizeof d);
    return nrv_reshape(c->x[0], s);
}

static nrv_tensor reshape_batch(const nrv__batch *b)
{
    return nrv__batch_sized(b, NULL, -1);
}

NRV_OP(reshape, .batch = reshape_batch, .sig = "any x[...] -> y[...]",
       .doc = "The same elements in row-major order with other lengths; one length may be NRV_SAME.",
       .shape = reshape_shape, .flags = NRV_VIEW | NRV_FLAT, .vjp = reshape_vjp, .ref = reshape_ref,
       .view = reshape_view, .make = reshape_make, .torch = "reshape Tensor.view Tensor.view_as Tensor.reshape_as",
       .numpy = "reshape", .onnx = "Reshape",
       .refuse = { "x[3,4], to=5x2 => reshape: 12 elements do not make 10 | in here | input 0: input f32 [3, 4] x | "
                   "hint NRV_SAME takes what is left",
                   "x[3,4], to=-1x-1 => reshape: two lengths are NRV_SAME | in here | hint give the other lengths",
                   "x[3,4], to=-1x5 => reshape: 12 elements cannot be divided by 5 | in here | hint give that length "
                   "instead of NRV_SAME",
                   "x[3,4], to=3x-4 => -4 is neither a length nor the handle of a size of this graph | in here | hint "
                   "calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph" },
       .test = { "x[3,4], to=2x6", "x[2,3], to=6", "x[0,3], to=3x0", "x[1], to=1x1x1" });

/* x's elements in row-major order as the given shape; one length may be NRV_SAME: what is left. */
NRV_API nrv_tensor nrv_reshape(nrv_tensor x, nrv_shape shape)
{
    if (!x || x->g->why.status)
        return NULL;
    nrv_dim known = 1;
    int left = -1;
    if (shape.rank < 0 || shape.rank > NRV__MAX_RANK)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "ranks go up to 8", "reshape to rank %d", shape.rank), NULL;
    for (int i = 0; i < shape.rank; i++) {
        if (shape.dim[i] != NRV_SAME)
            known = nrv__dim_mul(x->g, known, shape.dim[i]);
        else if (left >= 0)
            return nrv__graph_fail(x->g, NRV_ESHAPE, "give the other lengths", "reshape: two lengths are NRV_SAME"),
                   NULL;
        else
            left = i;
    }
    char a[24], b[24];
    nrv_dim whole = nrv__dim_product(x->g, x->rank, x->dim);
    if (left >= 0 && !nrv__dim_divides(x->g, whole, known, &shape.dim[left]))
        return nrv__graph_fail(x->g, NRV_ESHAPE, "give that length instead of NRV_SAME",
                               "reshape: %s elements cannot be divided by %s", nrv__dim_text(x->g, whole, a),
                               nrv__dim_text(x->g, known, b)),
               NULL;
    bool same = shape.rank == x->rank;
    for (int i = 0; same && i < x->rank; i++)
        same = x->dim[i] == shape.dim[i];
    return same ? x : nrv__op_with(&nrv__op_reshape, NRV_N(const nrv_tensor, x), NULL, shape.rank, shape.dim);
}

/* (B,...) -> (B, product of the rest) */
NRV_API nrv_tensor nrv_flatten(nrv_tensor x)
{
    if (!x)
        return NULL;
    return nrv_reshape(x, NRV_SHAPE(nrv_dim_of(x, 0), nrv__dim_product(x->g, x->rank - 1, x->dim + 1)));
}
