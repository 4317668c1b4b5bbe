/* write - a tensor with a run of one axis replaced, from where a tensor says.    y = into, y[..., start : , ...] = part
   dinto = write(dy, start, 0)    dpart = read(dy, start) */
#include "lines.h"
#include <string.h>

static bool write_shape(nrv__infer *s)
{
    int axis = (int)((const nrv__lines_attr *)s->attr)->axis, batch = s->in[1]->rank;
    nrv_tensor into = s->in[0], part = s->in[2];
    char have[24], want[24];
    nrv_dim d;
    if (!nrv__infer_index(s, 1) || !nrv__lines_share(s, 1, batch))
        return false;
    if (axis < batch)
        return nrv__infer_fail(s, NRV_ESHAPE,
                               "a scalar start, or one for each element of the axes before the one written",
                               "a start of rank %d for axis %d", batch, axis);
    if (part->type != into->type)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast the part", "%s written into %s", nrv__dtype_name(part->type),
                               nrv__dtype_name(into->type));
    if (part->rank != into->rank)
        return nrv__infer_fail(s, NRV_ESHAPE, "the part has all axes; nrv_expand puts one in", "ranks %d and %d",
                               part->rank, into->rank);
    nrv__infer_same(s);
    for (int i = 0; i < s->rank; i++)
        if (i != axis && !nrv__dim_same(s->g, into->dim[i], part->dim[i], "write", &d))
            return nrv__infer_fail(s, NRV_ESHAPE, "only the axis written may differ", "axis %d differs", i);
    if (!nrv__dim_at_most(s->g, part->dim[axis], into->dim[axis], "write"))
        return nrv__infer_fail(s, NRV_ESHAPE, "a run fits into its axis", "%s into axis %d, which has %s",
                               nrv__dim_text(s->g, part->dim[axis], want), axis,
                               nrv__dim_text(s->g, into->dim[axis], have));
    return true;
}

static void write_vjp(nrv_vjp *v)
{
    int axis = (int)((const nrv__lines_attr *)v->attr)->axis;
    nrv_tensor part = v->x[2];
    if (v->need[0])
        v->dx[0] = nrv_write(v->dy, axis, v->x[1], nrv_fill(v->g, v->dy->type, nrv_shape_of(part), 0));
    if (v->need[2])
        v->dx[2] = nrv_read(v->dy, axis, v->x[1], part->dim[axis]);
}

static nrv_tensor write_batch(const nrv__batch *b)
{
    int axis = (int)((const nrv__lines_attr *)b->y->attr)->axis + 1;
    bool wide[3] = { b->wide[0], b->wide[1], b->wide[2] };
    nrv_tensor in[3];
    if (!b->wide[1] && b->x[1]->rank == 0)
        wide[1] = true; /* one start for all turns stays a scalar */
    nrv__batch all = { b->g, b->y, b->x, wide, b->T };
    return nrv__lines_widen(&all, 3, in) ? nrv_write(in[0], axis, in[1], in[2]) : NULL;
}

static void write_ref(const nrv__args *a)
{
    const int64_t batch = a->in[1].rank, axis = ((const nrv__lines_attr *)a->attr)->axis, length = a->in[2].dim[axis];
    const nrv__lines l = nrv__lines_of(&a->in[0], batch, axis);
    const double *start = a->in[1].data, *part = a->in[2].data;
    double *y = a->out[0].data;
    if (a->n)
        memcpy(y, a->in[0].data, (size_t)a->n * sizeof *y);
    for (int64_t r = 0; r < l.batch * l.outer; r++) {
        const int64_t at = nrv__lines_whole(start[r / l.outer]);
        const bool good = nrv__lines_start(a->fault, r / l.outer, at, length, l.n);
        for (int64_t k = 0; k < length * l.inner && good; k++)
            y[(r * l.n + at) * l.inner + k] = part[r * length * l.inner + k];
    }
}

static nrv_tensor write_make(nrv__case *c)
{
    return nrv_write(c->x[0], nrv__case_small(c, "axis", 0), c->x[1], c->x[2]);
}

NRV_OP(
    write, .sig = "any into[...], index start[...], any part[...] -> y[...]",
    .doc =
        "A tensor with a run of one axis replaced, from where a tensor says; a part that would pass the end stops the "
        "run.",
    .shape = write_shape, .flags = NRV_FAILS, .vjp = write_vjp, .batch = write_batch, .ref = write_ref,
    .make = write_make, .attr_bytes = sizeof(nrv__lines_attr),
    .values = "nrv_min and nrv_max keep a start in its range",
    .refuse = { "into[4,3], start[], part[2,3], axis=0 => write: input 1 is f32, an index is wanted | in here | input "
                "0: input f32 [4, 3] into | input 1: input f32 [] start | input 2: input f32 [2, 3] part | hint "
                "nrv_cast it to NRV_I32 or NRV_I64",
                "into[4,3], start:i32[], part[5,3], axis=0 => write: 5 into axis 0, which has 4 | in here | input 0: "
                "input f32 [4, 3] into | input 1: input i32 [] start | input 2: input f32 [5, 3] part | hint a run "
                "fits into its axis",
                "into[4,3], start:i32[], part[2,2], axis=0 => write: axis 1 differs | in here | input 0: input f32 [4, "
                "3] into | input 1: input i32 [] start | input 2: input f32 [2, 2] part | hint only the axis written "
                "may differ",
                "into[4], start:i32[]{-1}, part[2], axis=0 => write: start -1 at position 0; 2 of 4 can start at 0..2 "
                "| in here | hint nrv_min and nrv_max keep a start in its range",
                "into[4], start:i32[], part:i32[2], axis=0 => write: i32 written into f32 | in here | input 0: input "
                "f32 [4] into | input 1: input i32 [] start | input 2: input i32 [2] part | hint nrv_cast the part" },
    .test = { "into[2,6,2], start:i32[] in 0..3, part[2,3,2], axis=1", "into[7], start:i64[]{2}, part[4], axis=0",
              "into[3,5,2], start:i32[3] in 0..3, part[3,2,2], axis=1",
              "into[3,4], start:i32[] in 0..4, part[3,0], axis=1",
              "into:i64[2,3], start:i32[] in 0..2, part:i64[2,1], axis=1" });

/* into (a...,n,b...), start, i32 or i64, a scalar or with the first axes of into, and part (a...,m,b...) ->
   (a...,n,b...): into with part in the place of the m elements of axis that begin at start. Where these would begin
   before 0 or pass the end, the run is an error. This is how a cache of keys grows. Gradients: dy where into was left,
   and nrv_read of dy. */
NRV_API nrv_tensor nrv_write(nrv_tensor into, int axis, nrv_tensor start, nrv_tensor part)
{
    if (!nrv__axis(into, &axis, "write"))
        return NULL;
    nrv__lines_attr a = { .axis = axis };
    return nrv__op_with(&nrv__op_write, NRV_N(const nrv_tensor, into, start, part), &a, 0, NULL);
}
