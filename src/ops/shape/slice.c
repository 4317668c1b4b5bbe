/* slice - a run of one axis */
#include "../op.h"

static bool slice_shape(nrv__infer *s)
{
    int axis = (int)((const nrv__axis_attr *)s->attr)->axis;
    char a[24], b[24], c[24];
    nrv_dim end = nrv__dim_add(s->g, s->size[0], s->size[1]);
    nrv__infer_same(s);
    s->dim[axis] = s->size[1];
    if (end == -1)
        return false;
    if (!nrv__dim_at_most(s->g, 0, s->size[0], "slice"))
        return nrv__infer_fail(s, NRV_ESHAPE, "positions count from 0", "it starts at %s",
                               nrv__dim_text(s->g, s->size[0], b));
    if (!nrv__dim_at_most(s->g, end, s->in[0]->dim[axis], "slice"))
        return nrv__infer_fail(s, NRV_ESHAPE, "start + length may not pass the end",
                               "%s from %s passes the end of axis %d at %s", nrv__dim_text(s->g, s->size[1], a),
                               nrv__dim_text(s->g, s->size[0], b), axis, nrv__dim_text(s->g, s->in[0]->dim[axis], c));
    return true;
}

static nrv_tensor slice_zeros(nrv_tensor dy, int axis, nrv_dim n)
{
    nrv_shape s = nrv_shape_of(dy);
    s.dim[axis] = n;
    return nrv_fill(dy->g, dy->type, s, 0);
}

static void slice_vjp(nrv_vjp *v)
{
    int axis = (int)((const nrv__axis_attr *)v->attr)->axis, n = 0;
    nrv_dim start = v->size[0], end = nrv__dim_add(v->g, start, v->size[1]);
    nrv_dim rest = nrv__dim_sub(v->g, v->x[0]->dim[axis], end);
    nrv_tensor part[3];
    if (start != 0)
        part[n++] = slice_zeros(v->dy, axis, start);
    part[n++] = v->dy;
    if (rest != 0)
        part[n++] = slice_zeros(v->dy, axis, rest);
    v->dx[0] = nrv_concat(n, part, axis);
}

static bool slice_view(const nrv__args *a, nrv__view *y, int64_t *offset)
{
    for (int i = 0; i < y->rank; i++)
        y->stride[i] = a->in[0].stride[i];
    *offset = a->size[0] * a->in[0].stride[((const nrv__axis_attr *)a->attr)->axis];
    return true;
}

static void slice_ref(const nrv__args *a)
{
    int axis = (int)((const nrv__axis_attr *)a->attr)->axis;
    const nrv__view *x = &a->in[0], *y = &a->out[0];
    int64_t inner = x->stride[axis], outer = 1;
    for (int i = 0; i < axis; i++)
        outer *= x->dim[i];
    const double *from = x->data;
    double *to = y->data;
    for (int64_t o = 0; o < outer; o++)
        for (int64_t i = 0; i < y->dim[axis] * inner; i++)
            *to++ = from[(o * x->dim[axis] + a->size[0]) * inner + i];
}

static nrv_tensor slice_make(nrv__case *c)
{
    return nrv_slice(c->x[0], nrv__case_small(c, "axis", 0), nrv__case_int(c, "start", 0),
                     nrv__case_int(c, "length", NRV_SAME));
}

static nrv_tensor slice_batch(const nrv__batch *b)
{
    nrv__axis_attr a = { ((const nrv__axis_attr *)b->y->attr)->axis + 1 };
    return nrv__batch_sized(b, &a, 0);
}

NRV_OP(slice, .batch = slice_batch, .sig = "any x[...] -> y[...]", .doc = "length elements of one axis from start on.",
       .shape = slice_shape, .flags = NRV_VIEW, .vjp = slice_vjp, .ref = slice_ref, .view = slice_view,
       .make = slice_make, .attr_bytes = sizeof(nrv__axis_attr), .torch = "narrow", .onnx = "Slice",
       .refuse = { "x[4,5], axis=1, start=3, length=3 => slice: 3 from 3 passes the end of axis 1 at 5 | in here | "
                   "input 0: input f32 [4, 5] x | hint start + length may not pass the end",
                   "x[4,5], axis=2, length=1 => slice: axis 2 of a tensor of rank 2 | in here | hint axes count from "
                   "0, or from -1 at the end",
                   "x[4,5], axis=0, start=1, length=-2 => -2 is neither a length nor the handle of a size of this "
                   "graph | in here | hint calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph",
                   "x[4,5], axis=0, start=5 => slice: it starts at 5 of axis 0, which has 4 | in here | input 0: input "
                   "f32 [4, 5] x | hint it starts in the axis, or at its end" },
       .test = { "x[4,5], axis=1, start=1, length=3", "x[6], axis=0, start=2, length=4",
                 "x[3,4,2], axis=-2, start=0, length=1", "x[3], axis=0, start=3, length=0" });

/* length elements of axis from start on; NRV_SAME: to the end. */
NRV_API nrv_tensor nrv_slice(nrv_tensor x, int axis, nrv_dim start, nrv_dim length)
{
    char a[24], b[24];
    if (!nrv__axis(x, &axis, "slice"))
        return NULL;
    if (length == NRV_SAME && nrv__dim_valid(x->g, start) && !nrv__dim_at_most(x->g, start, x->dim[axis], "slice"))
        return nrv__op_refuses(&nrv__op_slice, 1, &x, NRV_ESHAPE, "it starts in the axis, or at its end",
                               "it starts at %s of axis %d, which has %s", nrv__dim_text(x->g, start, a), axis,
                               nrv__dim_text(x->g, x->dim[axis], b));
    if (length == NRV_SAME)
        length = nrv__dim_sub(x->g, x->dim[axis], start);
    nrv__axis_attr at = { axis };
    if (start == 0 && length == x->dim[axis])
        return x;
    return nrv__op_with(&nrv__op_slice, NRV_N(const nrv_tensor, x), &at, 2, (const nrv_dim[]){ start, length });
}
