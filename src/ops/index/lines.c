/* lines.c - see lines.h. */
#include "lines.h"

bool nrv__lines_share(nrv__infer *s, int other, int64_t batch)
{
    nrv_tensor x = s->in[0], y = s->in[other];
    nrv_dim d;
    if (batch > x->rank || batch > y->rank)
        return nrv__infer_fail(s, NRV_ESHAPE, "each element of the first axes has its own", "ranks %d and %d", x->rank,
                               y->rank);
    for (int i = 0; i < batch; i++)
        if (!nrv__dim_same(s->g, x->dim[i], y->dim[i], s->op->name, &d))
            return nrv__infer_fail(s, NRV_ESHAPE, "each element of the first axes has its own", "axis %d differs", i);
    return true;
}

bool nrv__lines_scatter_shape(nrv__infer *s)
{
    const nrv__lines_attr *a = s->attr;
    nrv_tensor x = s->in[0], index = s->in[1];
    int axis = (int)a->axis, batch = (int)a->batch, n = index->rank - batch;
    char have[24], want[24];
    if (!nrv__infer_index(s, 1) || !nrv__lines_share(s, 1, batch))
        return false;
    if (x->type == NRV_BOOL)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast it to a number", "input 0 is bool, a number is wanted");
    if (n < 0 || axis < batch || axis + n > x->rank || x->rank - n + 1 > NRV__MAX_RANK)
        return nrv__infer_fail(s, NRV_ESHAPE, "x has the axes of the index where the result has the one indexed",
                               "ranks %d and %d at axis %d", x->rank, index->rank, axis);
    for (int i = 0; i < axis; i++)
        s->dim[s->rank++] = x->dim[i];
    s->dim[s->rank++] = s->size[0];
    for (int i = axis + n; i < x->rank; i++)
        s->dim[s->rank++] = x->dim[i];
    for (int i = 0; i < n; i++) {
        nrv_dim d, e = x->dim[axis + i], f = index->dim[batch + i];
        if (!nrv__dim_same(s->g, e, f, s->op->name, &d))
            return nrv__infer_fail(s, NRV_ESHAPE, "an index for each line", "%s lines at axis %d, %s indexes",
                                   nrv__dim_text(s->g, e, have), axis + i, nrv__dim_text(s->g, f, want));
    }
    return true;
}

nrv_tensor nrv__lines_scatter(const nrv__opdef *op, nrv_tensor x, nrv_tensor index, nrv__lines_attr a, nrv_dim count)
{
    return nrv__op_with(op, NRV_N(const nrv_tensor, x, index), &a, 1, &count);
}

bool nrv__lines_widen(const nrv__batch *b, int n, nrv_tensor *to)
{
    bool fits = b->y->rank < NRV__MAX_RANK;
    for (int i = 0; i < n && fits; i++) {
        fits = b->wide[i] || b->x[i]->rank < NRV__MAX_RANK;
        to[i] = b->wide[i] || !fits ? b->x[i] : nrv_expand(b->x[i], 0, b->T);
    }
    return fits;
}

nrv_tensor nrv__lines_scatter_batch(const nrv__batch *b)
{
    nrv__lines_attr a = *(const nrv__lines_attr *)b->y->attr;
    nrv_tensor in[2] = { b->x[0], b->x[1] };
    a.axis++;
    if (b->y->rank == NRV__MAX_RANK)
        return NULL;
    if (b->wide[1] || a.batch > 0) {
        a.batch++;
        if (!nrv__lines_widen(b, 2, in))
            return NULL;
    }
    return nrv__lines_scatter(b->y->op, in[0], in[1], a, b->y->size[0]);
}

bool nrv__segments(nrv_tensor x, nrv_tensor segment, const char *op, bool real)
{
    char have[24], want[24];
    nrv_dim d;
    if (!x || !segment || x->g->why.status)
        return false;
    if (segment->rank != 1 || x->rank < 1)
        nrv__graph_fail(x->g, NRV_ESHAPE, "x (E,...) and segment (E): a number for each row of x",
                        "%s: x of rank %d, segment of rank %d", op, x->rank, segment->rank);
    else if (segment->type != NRV_I32 && segment->type != NRV_I64)
        nrv__graph_fail(x->g, NRV_EDTYPE, "nrv_cast it to NRV_I32 or NRV_I64", "%s: segment is %s, an index is wanted",
                        op, nrv__dtype_name(segment->type));
    else if (real && !nrv__dtype_real(x->type))
        nrv__graph_fail(x->g, NRV_EDTYPE, "nrv_cast it to NRV_F32", "%s: x is %s, a real type is wanted", op,
                        nrv__dtype_name(x->type));
    else if (segment->g == x->g && !nrv__dim_same(x->g, x->dim[0], segment->dim[0], op, &d))
        nrv__graph_fail(x->g, NRV_ESHAPE, "x (E,...) and segment (E): a number for each row of x",
                        "%s: %s rows, %s numbers", op, nrv__dim_text(x->g, x->dim[0], have),
                        nrv__dim_text(x->g, segment->dim[0], want));
    return !x->g->why.status;
}
