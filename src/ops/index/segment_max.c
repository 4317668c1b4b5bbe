/* segment_max.c - the largest of the rows of each segment, and segment_argmax: which row that is.

   A NaN is larger than any number; of equals the first counts, and takes the gradient, as in max_of. An empty segment
   gives 0 (as PyTorch's scatter_reduce without include_self), since an infinity would spoil whatever comes next; its
   place is -1. */
#include "lines.h"
#include <math.h>

static bool segment_beats(double x, double best)
{
    return best == best && (x > best || x != x);
}

/* the place in y that element k of row r of x goes to; -1: its segment is out of range */
static int64_t segment_to(const nrv__args *a, const nrv__lines *l, int64_t m, int64_t r, int64_t k)
{
    const int64_t position = r / (l->outer * m) * m + r % m;
    const int64_t i = nrv__lines_whole(((const double *)a->in[1].data)[position]);
    return nrv__lines_inside(a->fault, position, i, l->n) ? (r / m * l->n + i) * l->inner + k : -1;
}

static void segment_argmax_ref(const nrv__args *a)
{
    const nrv__lines_attr *at = a->attr;
    const nrv__lines l = nrv__lines_of(&a->out[0], at->batch, at->axis);
    const int64_t m = nrv__lines_product(&a->in[1], at->batch, a->in[1].rank);
    const double *x = a->in[0].data;
    double *y = a->out[0].data;
    for (int64_t i = 0; i < a->n; i++)
        y[i] = -1;
    for (int64_t r = 0; r < l.batch * l.outer * m; r++)
        for (int64_t k = 0; k < l.inner; k++) {
            const int64_t to = segment_to(a, &l, m, r, k);
            if (to >= 0 &&
                (y[to] < 0 || segment_beats(x[r * l.inner + k], x[(r / m * m + (int64_t)y[to]) * l.inner + k])))
                y[to] = (double)(r % m);
        }
}

static void segment_max_ref(const nrv__args *a)
{
    const nrv__lines_attr *at = a->attr;
    const nrv__lines l = nrv__lines_of(&a->out[0], at->batch, at->axis);
    const int64_t m = nrv__lines_product(&a->in[1], at->batch, a->in[1].rank);
    const double *x = a->in[0].data;
    double *y = a->out[0].data;
    for (int64_t i = 0; i < a->n; i++)
        y[i] = 0;
    for (int turn = 0; turn < 2; turn++) /* what any row goes to starts below all numbers */
        for (int64_t r = 0; r < l.batch * l.outer * m; r++)
            for (int64_t k = 0; k < l.inner; k++) {
                const int64_t to = segment_to(a, &l, m, r, k);
                if (to >= 0 && (turn == 0 || segment_beats(x[r * l.inner + k], y[to])))
                    y[to] = turn == 0 ? -INFINITY : x[r * l.inner + k];
            }
}

static bool segment_max_shape(nrv__infer *s)
{
    if (s->in[1]->rank != ((const nrv__lines_attr *)s->attr)->batch + 1)
        return nrv__infer_fail(s, NRV_ESHAPE, "a number for each row", "a segment of rank %d", s->in[1]->rank);
    return nrv__lines_scatter_shape(s);
}

static bool segment_argmax_shape(nrv__infer *s)
{
    return segment_max_shape(s) && nrv__infer_places(s, (int)((const nrv__lines_attr *)s->attr)->axis);
}

static nrv_tensor segment_argmax(nrv_tensor x, nrv_tensor segment, nrv__lines_attr a, nrv_dim count);

static void segment_max_vjp(nrv_vjp *v)
{
    const nrv__lines_attr a = *(const nrv__lines_attr *)v->attr;
    nrv_tensor x = v->x[0], segment = v->x[1];
    nrv_tensor best = nrv__gather(segment_argmax(x, segment, a, v->size[0]), segment, (int)a.axis, (int)a.batch);
    nrv_tensor here = nrv__places(x, (int)a.axis);
    v->dx[0] =
        nrv_select(nrv_equal(here, best), nrv__gather(v->dy, segment, (int)a.axis, (int)a.batch), nrv__like(v->dy, 0));
}

static nrv_tensor segment_max_make(nrv__case *c)
{
    return nrv_segment_max(c->x[0], c->x[1], nrv__case_int(c, "count", 1));
}

static nrv_tensor segment_argmax_make(nrv__case *c)
{
    if (!nrv__segments(c->x[0], c->x[1], "segment_argmax", false))
        return NULL;
    return segment_argmax(c->x[0], c->x[1], (nrv__lines_attr){ 0, 0 }, nrv__case_int(c, "count", 1));
}

NRV_OP(segment_max, .sig = "number x[E,...], index segment[E] -> y[count,...]",
       .doc =
           "The largest of the rows of each segment; NaN wins, the first of equals gets the gradient, an empty segment "
           "gives 0, a number out of range stops the run.",
       .shape = segment_max_shape, .flags = NRV_FAILS, .vjp = segment_max_vjp, .batch = nrv__lines_scatter_batch,
       .ref = segment_max_ref, .make = segment_max_make, .attr_bytes = sizeof(nrv__lines_attr),
       .values = "segments count from 0; there are as many as was said",
       .refuse = { "x[5,2], segment:i32[4], count=3 => segment_max: 5 rows, 4 numbers | in here | hint x (E,...) and "
                   "segment (E): a number for each row of x",
                   "x[5,2], segment[5], count=3 => segment_max: segment is f32, an index is wanted | in here | hint "
                   "nrv_cast it to NRV_I32 or NRV_I64",
                   "x[2], segment:i32{0,3}, count=3 => segment_max: index 3 at position 1; it must lie in 0..2 | in "
                   "here | hint segments count from 0; there are as many as was said",
                   "x[], segment:i32[1], count=3 => segment_max: x of rank 0, segment of rank 1 | in here | hint x "
                   "(E,...) and segment (E): a number for each row of x" },
       .test = { "x[6,3], segment:i32[6] in 0..3, count=4", "x[5], segment:i64[5] in 0..9, count=10",
                 "x[4,1,2,1,1,1,1,2], segment:i32[4] in 0..2, count=3", "x[0,2], segment:i32[0] in 0..1, count=2",
                 "x[90,5], segment:i32[90] in 0..19, count=20" });
NRV_OP(
    segment_argmax, .sig = "number x[E,...], index segment[E] -> i32 y[count,...]",
    .doc =
        "Which row of x is the largest of its segment: the first of equals, a NaN before all; -1 where there is none.",
    .shape = segment_argmax_shape, .flags = NRV_FAILS, .no_grad = "an index is piecewise constant",
    .batch = nrv__lines_scatter_batch, .ref = segment_argmax_ref, .make = segment_argmax_make,
    .attr_bytes = sizeof(nrv__lines_attr), .values = "segments count from 0; there are as many as was said",
    .refuse = { "x[5,2], segment:i32[4], count=3 => segment_argmax: 5 rows, 4 numbers | in here | hint x (E,...) and "
                "segment (E): a number for each row of x",
                "x[5,2], segment[5], count=3 => segment_argmax: segment is f32, an index is wanted | in here | hint "
                "nrv_cast it to NRV_I32 or NRV_I64",
                "x[2], segment:i32{0,3}, count=3 => segment_argmax: index 3 at position 1; it must lie in 0..2 | in "
                "here | hint segments count from 0; there are as many as was said",
                "x[], segment:i32[1], count=3 => segment_argmax: x of rank 0, segment of rank 1 | in here | hint x "
                "(E,...) and segment (E): a number for each row of x" },
    .test = { "x[6,3], segment:i32[6] in 0..3, count=4", "x[5], segment:i64[5] in 0..9, count=10",
              "x[0,2], segment:i32[0] in 0..1, count=2" });

static nrv_tensor segment_argmax(nrv_tensor x, nrv_tensor segment, nrv__lines_attr a, nrv_dim count)
{
    return nrv__lines_scatter(&nrv__op_segment_argmax, x, segment, a, count);
}

/* x (E,...) and segment (E) of i32 or i64, in any order -> (count,...): the largest of the rows of each segment, 0
   where there is none. NaN wins; the first of equals gets the gradient. A number outside 0..count-1 is an error of the
   run. */
NRV_API nrv_tensor nrv_segment_max(nrv_tensor x, nrv_tensor segment, nrv_dim count)
{
    return nrv__segments(x, segment, "segment_max", false)
               ? nrv__lines_scatter(&nrv__op_segment_max, x, segment, (nrv__lines_attr){ 0, 0 }, count)
               : NULL;
}
