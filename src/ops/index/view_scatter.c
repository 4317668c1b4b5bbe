/* view_scatter.c - x with something else in the place of one of its views: select_scatter, slice_scatter,
   diagonal_scatter. The view is taken of the places of x's elements, and src is put there. */
#include "../op.h"

static nrv_tensor select_scatter_make(nrv__case *c)
{
    return nrv_select_scatter(c->x[0], c->x[1], nrv__case_small(c, "axis", 0), nrv__case_int(c, "index", 0));
}

static nrv_tensor slice_scatter_make(nrv__case *c)
{
    return nrv_slice_scatter(c->x[0], c->x[1], nrv__case_small(c, "axis", 0), nrv__case_int(c, "start", 0),
                             nrv__case_int(c, "end", INT64_MAX), nrv__case_int(c, "step", 1));
}

static nrv_tensor diagonal_scatter_make(nrv__case *c)
{
    return nrv_diagonal_scatter(c->x[0], c->x[1], nrv__case_int(c, "offset", 0), nrv__case_small(c, "axis1", 0),
                                nrv__case_small(c, "axis2", 1));
}

NRV_OP(select_scatter, .sig = "number x[...], number src[...] -> y[...]",
       .doc = "x with src in the place of one element of an axis; a negative index counts from the end.",
       .flags = NRV_MACRO, .make = select_scatter_make, .torch = "select_scatter",
       .refuse = { "x[3,5], src[3], axis=0 => select_scatter: f32 [3] in the place of f32 [5] | in here | input 0: "
                   "input f32 [3, 5] x | input 1: input f32 [3] src | hint src has the shape of what it replaces, and "
                   "x's type, a number",
                   "x[3,5], src[5], axis=0, index=3 => select_scatter: element 3 of axis 0, which has 3 | in here | "
                   "input 0: reshape i64 [3, 5] here | hint from 0, or from -1 at the end",
                   "x[3,5], src:i32[5] => select_scatter: i32 [5] in the place of f32 [5] | in here | input 0: input "
                   "f32 [3, 5] x | input 1: input i32 [5] src | hint src has the shape of what it replaces, and x's "
                   "type, a number" },
       .test = { "x[3,5], src[5], axis=0, index=1", "x[2,3,4], src[2,4], axis=1, index=-1", "x[3], src[], index=2" });
NRV_OP(slice_scatter, .sig = "number x[...], number src[...] -> y[...]",
       .doc =
           "x with src in the place of the elements of an axis from start up to end, which is left out, in steps; both "
           "count from the end where they are negative, and stop at the ends.",
       .flags = NRV_MACRO, .make = slice_scatter_make, .torch = "slice_scatter",
       .refuse = { "x[3,5], src[3,2], axis=1, start=1, end=4 => slice_scatter: f32 [3, 2] in the place of f32 [3, 3] | "
                   "in here | input 0: input f32 [3, 5] x | input 1: input f32 [3, 2] src | hint src has the shape of "
                   "what it replaces, and x's type, a number",
                   "x[3,5], src[3,5], axis=1, step=0 => slice_scatter: axis 1 in steps of 0 | in here | input 0: input "
                   "f32 [3, 5] x | input 1: input f32 [3, 5] src | hint a length that is a number, steps of 1 or more",
                   "x[3,5], src[3,5], axis=2 => slice_scatter: axis 2 of a tensor of rank 2 | in here | hint axes "
                   "count from 0, or from -1 at the end" },
       .test = { "x[3,5], src[3,2], axis=1, start=1, end=3", "x[6], src[2], start=1, step=3",
                 "x[6,2], src[3,2], start=-4, "
                 "end=-1",
                 "x[4], src[0], start=3, end=2", "x[4], src[4], end=99" });
NRV_OP(diagonal_scatter, .sig = "number x[...], number src[...] -> y[...]",
       .doc = "x with src in the place of a diagonal of the plane of two axes.", .flags = NRV_MACRO,
       .make = diagonal_scatter_make, .torch = "diagonal_scatter",
       .refuse = { "x[3,5], src[2] => diagonal_scatter: f32 [2] in the place of f32 [3] | in here | input 0: input f32 "
                   "[3, 5] x | input 1: input f32 [2] src | hint src has the shape of what it replaces, and x's type, "
                   "a number",
                   "x[3,5], src[3], dim1=1 => diagonal_scatter: axis 1 twice | in here | input 0: reshape i64 [3, 5] "
                   "here | hint two axes make a plane" },
       .test = { "x[3,5], src[3]", "x[3,5], src[2], offset=3", "x[2,3,4], src[3,2], dim1=0, dim2=2, offset=1",
                 "x[3,3], src[0], offset=7" });

/* where the elements of x stand when it is flat, i64, in its shape */
static nrv_tensor view_places(nrv_tensor x)
{
    return nrv_reshape(nrv_iota(x->g, NRV_I64, nrv__dim_product(x->g, x->rank, x->dim)), nrv_shape_of(x));
}

static nrv_tensor view_put(const nrv__opdef *op, nrv_tensor x, nrv_tensor at, nrv_tensor src)
{
    nrv_tensor in[2] = { x, src };
    nrv_dim d;
    bool fits = at && at->rank == src->rank && src->type == x->type && x->type != NRV_BOOL;
    for (int i = 0; fits && i < at->rank; i++)
        fits = nrv__dim_same(x->g, at->dim[i], src->dim[i], op->name, &d);
    if (fits || !at || x->g->why.status)
        return fits ? nrv_put_flat(x, at, src, 0) : NULL;
    nrv__text have = { .mem = x->g->mem }, want = { .mem = x->g->mem };
    nrv__shape_text(x->g, src->rank, src->dim, &have);
    nrv__shape_text(x->g, at->rank, at->dim, &want);
    nrv__op_refuses(op, 2, in, NRV_ESHAPE, "src has the shape of what it replaces, and x's type, a number",
                    "%s %s in the place of %s %s", nrv__dtype_name(src->type), have.at ? have.at : "",
                    nrv__dtype_name(x->type), want.at ? want.at : "");
    nrv__text_free(&have);
    nrv__text_free(&want);
    return NULL;
}

/* x (a,n,b) with src (a,b) in the place of element i of axis; i < 0 counts from the end. */
NRV_API nrv_tensor nrv_select_scatter(nrv_tensor x, nrv_tensor src, int axis, int64_t i)
{
    NRV_CALLED(&nrv__op_select_scatter, x);
    nrv_tensor in[2] = { x, src };
    if (!nrv__op_wants(&nrv__op_select_scatter, 2, in) || !nrv__axis(x, &axis, "select_scatter"))
        return NULL;
    return view_put(&nrv__op_select_scatter, x, nrv_pick(view_places(x), axis, i), src);
}

/* x (a,n,b) with src (a,m,b) in the place of the elements of axis from start up to end in steps, as Python's
   x[start:end: step] = src: negative places count from the end, those beyond the ends stop there. The axis has a length
   that is a number. */
NRV_API nrv_tensor nrv_slice_scatter(nrv_tensor x, nrv_tensor src, int axis, int64_t start, int64_t end, int64_t step)
{
    NRV_CALLED(&nrv__op_slice_scatter, x);
    nrv_tensor in[2] = { x, src };
    if (!nrv__op_wants(&nrv__op_slice_scatter, 2, in) || !nrv__axis(x, &axis, "slice_scatter"))
        return NULL;
    const nrv_dim n = x->dim[axis];
    if (n < 0 || step < 1)
        return nrv__op_refuses(&nrv__op_slice_scatter, 2, in, NRV_EARG, "a length that is a number, steps of 1 or more",
                               "axis %d in steps of %lld", axis, (long long)step);
    start = start < -n ? 0 : start < 0 ? start + n : start > n ? n : start;
    end = end < -n ? 0 : end < 0 ? end + n : end > n ? n : end;
    nrv_tensor at = nrv_slice(view_places(x), axis, start, end > start ? end - start : 0);
    return view_put(&nrv__op_slice_scatter, x, nrv_every(at, axis, 0, step > n ? n + 1 : step), src);
}

/* x with src in the place of the diagonal that nrv_diagonal(x, offset, a, b) reads. */
NRV_API nrv_tensor nrv_diagonal_scatter(nrv_tensor x, nrv_tensor src, int64_t offset, int a, int b)
{
    NRV_CALLED(&nrv__op_diagonal_scatter, x);
    nrv_tensor in[2] = { x, src };
    if (!nrv__op_wants(&nrv__op_diagonal_scatter, 2, in))
        return NULL;
    return view_put(&nrv__op_diagonal_scatter, x, nrv_diagonal(view_places(x), offset, a, b), src);
}
