/* read - a run of one axis that starts where a tensor says.    y = from[..., start : start + length, ...]
   dfrom = write(0, start, dy) */
#include "lines.h"

static bool read_shape(nrv__infer *s)
{
    int axis = (int)((const nrv__lines_attr *)s->attr)->axis, batch = s->in[1]->rank;
    char have[24], want[24];
    if (!nrv__infer_index(s, 1) || !nrv__lines_share(s, 1, batch))
        return false;
    if (axis < batch)
        return nrv__infer_fail(s, NRV_ESHAPE, "a scalar start, or one for each element of the axes before the one read",
                               "a start of rank %d for axis %d", batch, axis);
    nrv__infer_same(s);
    s->dim[axis] = s->size[0];
    if (!nrv__dim_at_most(s->g, s->size[0], s->in[0]->dim[axis], "read"))
        return nrv__infer_fail(s, NRV_ESHAPE, "a run fits into its axis", "%s of axis %d, which has %s",
                               nrv__dim_text(s->g, s->size[0], want), axis,
                               nrv__dim_text(s->g, s->in[0]->dim[axis], have));
    return true;
}

static void read_vjp(nrv_vjp *v)
{
    nrv_tensor zeros = nrv_fill(v->g, v->dy->type, nrv_shape_of(v->x[0]), 0);
    v->dx[0] = nrv_write(zeros, (int)((const nrv__lines_attr *)v->attr)->axis, v->x[1], v->dy);
}

static nrv_tensor read_batch(const nrv__batch *b)
{
    int axis = (int)((const nrv__lines_attr *)b->y->attr)->axis + 1;
    nrv_tensor in[2] = { b->x[0], b->x[1] };
    bool scalar = !b->wide[1] && b->x[1]->rank == 0;
    if (scalar ? b->y->rank == NRV__MAX_RANK : !nrv__lines_widen(b, 2, in))
        return NULL;
    return nrv_read(in[0], axis, in[1], b->y->size[0]);
}

static void read_ref(const nrv__args *a)
{
    const int64_t batch = a->in[1].rank, axis = ((const nrv__lines_attr *)a->attr)->axis, length = a->size[0];
    const nrv__lines l = nrv__lines_of(&a->in[0], batch, axis);
    const double *from = a->in[0].data, *start = a->in[1].data;
    double *y = a->out[0].data;
    for (int64_t r = 0; r < l.batch * l.outer; r++) {
        const int64_t at = nrv__lines_whole(start[r / l.outer]);
        const bool good = nrv__lines_start(a->fault, r / l.outer, at, length, l.n);
        for (int64_t k = 0; k < length * l.inner; k++)
            y[r * length * l.inner + k] = good ? from[(r * l.n + at) * l.inner + k] : 0;
    }
}

static nrv_tensor read_make(nrv__case *c)
{
    return nrv_read(c->x[0], nrv__case_small(c, "axis", 0), c->x[1], nrv__case_int(c, "length", 1));
}

NRV_OP(
    read, .sig = "any from[...], index start[...] -> y[...]",
    .doc =
        "A run of one axis that starts where a tensor says; a run that would pass the end stops the run of the plan.",
    .shape = read_shape, .flags = NRV_FAILS, .vjp = read_vjp, .batch = read_batch, .ref = read_ref, .make = read_make,
    .attr_bytes = sizeof(nrv__lines_attr), .values = "nrv_min and nrv_max keep a start in its range",
    .refuse = { "from[4,3], start[], axis=0, length=2 => read: input 1 is f32, an index is wanted | in here | input 0: "
                "input f32 [4, 3] from | input 1: input f32 [] start | hint nrv_cast it to NRV_I32 or NRV_I64",
                "from[4,3], start:i32[], axis=0, length=5 => read: 5 of axis 0, which has 4 | in here | input 0: input "
                "f32 [4, 3] from | input 1: input i32 [] start | hint a run fits into its axis",
                "from[4,3], start:i32[4], axis=0, length=2 => read: a start of rank 1 for axis 0 | in here | input 0: "
                "input f32 [4, 3] from | input 1: input i32 [4] start | hint a scalar start, or one for each element "
                "of the axes before the one read",
                "from[4], start:i32[]{3}, axis=0, length=2 => read: start 3 at position 0; 2 of 4 can start at 0..2 | "
                "in here | hint nrv_min and nrv_max keep a start in its range" },
    .test = { "from[1,6,2], start:i32[] in 0..3, axis=1, length=3", "from[7], start:i64[]{2}, axis=0, length=4",
              "from[3,5,2], start:i32[3] in 0..3, axis=1, length=2", "from[3,4], start:i32[] in 0..4, axis=1, length=0",
              "from:i64[2,3], start:i32[] in 0..2, axis=1, length=1" });

/* from (a...,n,b...) and start, i32 or i64, a scalar or with the first axes of from -> (a...,length,b...): a run of
   axis that begins at start. Where it would begin before 0 or pass the end, the run of the plan is an error. Its
   gradient is nrv_write into zeros; a start that is a constant or a size is nrv_slice's business. */
NRV_API nrv_tensor nrv_read(nrv_tensor from, int axis, nrv_tensor start, nrv_dim length)
{
    if (!nrv__axis(from, &axis, "read"))
        return NULL;
    nrv__lines_attr a = { .axis = axis };
    return nrv__op_with(&nrv__op_read, NRV_N(const nrv_tensor, from, start), &a, 1, &length);
}
