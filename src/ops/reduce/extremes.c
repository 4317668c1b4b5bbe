/* extremes.c - max_of and min_of along an axis, argmax and argmin: where they stand. One definition, in two directions.

   A NaN is more extreme than any number; of equals the first counts, and takes the gradient. */
#include "reduce.h"
#include <math.h>

/* x is more extreme than best; sign is 1 for the largest, -1 for the smallest */
static bool extreme_beats(double x, double best, double sign)
{
    return best == best && (sign * x > sign * best || x != x);
}

/* where row i of the result begins in x, whose axis has stride inner and length n */
static const double *extreme_row(const nrv__args *a, int64_t i, int64_t n, int64_t inner)
{
    return (const double *)a->in[0].data + i / inner * inner * n + i % inner;
}

static int64_t extreme_at(const double *row, int64_t n, int64_t inner, double sign)
{
    int64_t best = 0;
    for (int64_t k = 1; k < n; k++)
        best = extreme_beats(row[k * inner], row[best * inner], sign) ? k : best;
    return best;
}

static int extreme_axis(const nrv__reduce_attr *a)
{
    int axis = 0;
    while (!(a->axes >> axis & 1))
        axis++;
    return axis;
}

/* ---- the value ---- */
static void extreme_of_ref(const nrv__args *a, double sign)
{
    int axis = extreme_axis(a->attr);
    int64_t n = a->in[0].dim[axis], inner = a->in[0].stride[axis];
    double *y = a->out[0].data;
    for (int64_t i = 0; i < a->n; i++) {
        const double *row = n ? extreme_row(a, i, n, inner) : NULL;
        y[i] = n ? row[extreme_at(row, n, inner, sign) * inner] : -sign * INFINITY;
    }
}

/* dy where x is the first extreme of its axis, as at says */
static nrv_tensor extreme_slope(const nrv_vjp *v, int axis, nrv_tensor at)
{
    nrv_tensor x = v->x[0];
    nrv_shape keep = nrv_shape_of(x);
    keep.dim[axis] = 1;
    nrv_tensor first = nrv_equal(nrv__places(x, axis), nrv_reshape(at, keep));
    return nrv_select(first, nrv_reshape(v->dy, keep), nrv__like(v->dy, 0));
}

static void max_of_vjp(nrv_vjp *v)
{
    int axis = extreme_axis(v->attr);
    if (v->x[0]->dim[axis] != 0) /* no element, no gradient */
        v->dx[0] = extreme_slope(v, axis, nrv_argmax(v->x[0], axis));
}

static void min_of_vjp(nrv_vjp *v)
{
    int axis = extreme_axis(v->attr);
    if (v->x[0]->dim[axis] != 0)
        v->dx[0] = extreme_slope(v, axis, nrv_argmin(v->x[0], axis));
}

static void max_of_ref(const nrv__args *a)
{
    extreme_of_ref(a, 1);
}

static void min_of_ref(const nrv__args *a)
{
    extreme_of_ref(a, -1);
}

/* PyTorch's one word for three things: of two tensors, of a whole one, and along an axis with the places beside it */
static nrv_tensor extreme_of_made(nrv__case *c, nrv_tensor (*two)(nrv_tensor, nrv_tensor),
                                  nrv_tensor (*whole)(nrv_tensor, int, int), nrv_tensor (*where)(nrv_tensor, int),
                                  nrv_tensor (*along)(nrv_tensor, int, int))
{
    nrv_tensor x = c->x[0];
    int axis = nrv__case_small(c, "axis", 0), keep = nrv__case_keep(c);
    if (c->n_x > 1)
        return two(x, c->x[1]);
    if (!nrv__case_text(c, "axis"))
        return whole(x, NRV_ALL, 0);
    nrv_tensor y = along(x, axis, keep);
    if (y && x->dim[axis < 0 ? axis + x->rank : axis] != 0) {
        nrv_tensor at = where(x, axis);
        c->also[c->n_also++] = keep && at ? nrv_expand(at, axis, 1) : at;
    }
    return y;
}

static nrv_tensor max_of_make(nrv__case *c)
{
    return extreme_of_made(c, nrv_max, nrv_amax, nrv_argmax, nrv_max_of);
}

static nrv_tensor min_of_make(nrv__case *c)
{
    return extreme_of_made(c, nrv_min, nrv_amin, nrv_argmin, nrv_min_of);
}

static nrv_tensor extreme_of_batch(const nrv__batch *b)
{
    const nrv__reduce_attr *p = b->y->attr;
    nrv__reduce_attr a = { p->axes << 1, p->keep };
    return nrv__batch_sized(b, &a, 0);
}

#define EXTREME_OF(name)                                                                                      \
    .sig = "real x[...] -> y[...]", .shape = nrv__infer_reduce, .attr_bytes = sizeof(nrv__reduce_attr),       \
    .batch = extreme_of_batch,                                                                                \
    .refuse = { "x[3,5], axis=2 => " name                                                                     \
                ": axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 at the end",   \
                "x[], axis=0 => " name                                                                        \
                ": axis 0 of a tensor of rank 0 | in here | hint axes count from 0, or from -1 at the end" }, \
    .test = { "x[3,5], axis=1", "x[3,5], axis=0, keep=1", "x[2,3,4], axis=-2", "x[7], axis=0", "x[33,70], axis=1" }

NRV_OP(max_of,
       .doc = "The largest along an axis; NaN wins; the first of equals gets the gradient. Of nothing it is -inf.",
       .torch = "max", .vjp = max_of_vjp, .ref = max_of_ref, .make = max_of_make, EXTREME_OF("max_of"));
NRV_OP(min_of,
       .doc = "The smallest along an axis; NaN wins; the first of equals gets the gradient. Of nothing it is inf.",
       .torch = "min", .vjp = min_of_vjp, .ref = min_of_ref, .make = min_of_make, EXTREME_OF("min_of"));

static nrv_tensor extreme_of(const nrv__opdef *op, nrv_tensor x, int axis, int keep)
{
    if (!nrv__axis(x, &axis, op->name))
        return NULL;
    nrv__reduce_attr a = { INT64_C(1) << axis, keep != 0 };
    return nrv__op_with(op, NRV_N(const nrv_tensor, x), &a, 0, NULL);
}

/* The largest along an axis; keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_max_of(nrv_tensor x, int axis, int keep)
{
    return extreme_of(&nrv__op_max_of, x, axis, keep);
}

/* The smallest along an axis; keep = 1 leaves it with length 1. (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_min_of(nrv_tensor x, int axis, int keep)
{
    return extreme_of(&nrv__op_min_of, x, axis, keep);
}

/* ---- where it stands ---- */
static bool extreme_where_shape(nrv__infer *s)
{
    int axis = (int)((const nrv__axis_attr *)s->attr)->axis;
    s->rank = 0;
    for (int i = 0; i < s->in[0]->rank; i++)
        if (i != axis)
            s->dim[s->rank++] = s->in[0]->dim[i];
    if (s->in[0]->dim[axis] == 0)
        return nrv__infer_fail(s, NRV_ESHAPE, "is the axis right?", "axis %d is empty", axis);
    return nrv__infer_places(s, axis);
}

static void extreme_where_ref(const nrv__args *a, double sign)
{
    int axis = (int)((const nrv__axis_attr *)a->attr)->axis;
    int64_t n = a->in[0].dim[axis], inner = a->in[0].stride[axis];
    double *y = a->out[0].data;
    for (int64_t i = 0; i < a->n; i++)
        y[i] = (double)extreme_at(extreme_row(a, i, n, inner), n, inner, sign);
}

static void argmax_ref(const nrv__args *a)
{
    extreme_where_ref(a, 1);
}

static void argmin_ref(const nrv__args *a)
{
    extreme_where_ref(a, -1);
}

/* with PyTorch's keepdim, and over all where no axis is given */
static nrv_tensor extreme_where_made(const nrv__case *c, nrv_tensor (*where)(nrv_tensor, int))
{
    nrv_tensor x = c->x[0];
    int axis = nrv__case_axes(c);
    nrv_tensor y = where(x, axis);
    return y && nrv__case_keep(c) && axis != NRV_ALL ? nrv_expand(y, axis, 1) : y;
}

static nrv_tensor argmax_make(nrv__case *c)
{
    return extreme_where_made(c, nrv_argmax);
}

static nrv_tensor argmin_make(nrv__case *c)
{
    return extreme_where_made(c, nrv_argmin);
}

static nrv_tensor extreme_where_batch(const nrv__batch *b)
{
    nrv__axis_attr a = { ((const nrv__axis_attr *)b->y->attr)->axis + 1 };
    return nrv__batch_sized(b, &a, 0);
}

#define EXTREME_WHERE(name)                                                                                           \
    .sig = "any x[...] -> i32 y[...]", .shape = extreme_where_shape, .no_grad = "an index is piecewise constant",     \
    .attr_bytes = sizeof(nrv__axis_attr), .batch = extreme_where_batch,                                               \
    .refuse = { "x[0,2147483648], axis=1 => " name ": axis 1 has 2147483648 elements | in here | input 0: input f32 " \
                "[0, 2147483648] x | hint places are i32, so up to 2^31 - 1",                                         \
                "x[3,5], axis=2 => " name                                                                             \
                ": axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 at the end",           \
                "x[3,0], axis=1 => " name                                                                             \
                ": axis 1 is empty | in here | input 0: input f32 [3, 0] x | hint is the axis right?" },              \
    .test = { "x[3,5], axis=1", "x[2,3,4], axis=0", "x[7], axis=-1", "x[0,3], axis=1" }

NRV_OP(argmax, .doc = "Where the largest stands along an axis: the first of equals, a NaN before all.",
       .ref = argmax_ref, .make = argmax_make, .torch = "argmax", .numpy = "argmax", .onnx = "ArgMax",
       EXTREME_WHERE("argmax"));
NRV_OP(argmin, .doc = "Where the smallest stands along an axis: the first of equals, a NaN before all.",
       .ref = argmin_ref, .make = argmin_make, .torch = "argmin", .numpy = "argmin", .onnx = "ArgMin",
       EXTREME_WHERE("argmin"));

static nrv_tensor extreme_where(const nrv__opdef *op, nrv_tensor x, int axis)
{
    if (x && axis == NRV_ALL) {
        x = nrv_reshape(x, NRV_SHAPE(nrv__dim_product(x->g, x->rank, x->dim)));
        axis = 0;
    }
    if (!nrv__axis(x, &axis, op->name))
        return NULL;
    nrv__axis_attr a = { axis };
    return nrv__op_with(op, NRV_N(const nrv_tensor, x), &a, 0, NULL);
}

/* Where the largest stands along an axis, i32; NRV_ALL: among all elements in row-major order. (...,n,...) -> (...,...)
 */
NRV_API nrv_tensor nrv_argmax(nrv_tensor x, int axis)
{
    return extreme_where(&nrv__op_argmax, x, axis);
}

/* Where the smallest stands along an axis, i32; NRV_ALL: among all elements in row-major order. (...,n,...) ->
 * (...,...)
 */
NRV_API nrv_tensor nrv_argmin(nrv_tensor x, int axis)
{
    return extreme_where(&nrv__op_argmin, x, axis);
}
