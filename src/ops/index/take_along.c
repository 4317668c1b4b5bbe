/* take_along.c - elements of an axis by an index for each place of the result: PyTorch's gather and take_along_dim.
   y[..., j, ...] = x[..., index[..., j, ...], ...]

   The house's gather takes whole lines by one index for all; here every line has indexes of its own, which is the same
   op with all other axes in front and shared. */
#include "lines.h"

int nrv__along(nrv_tensor x, int axis, int *order)
{
    int back[NRV__MAX_RANK];
    for (int i = 0, k = 0; i < x->rank; i++)
        if (i != axis)
            order[k++] = i;
    order[x->rank - 1] = axis;
    for (int i = 0; i < x->rank; i++)
        back[order[i]] = i;
    for (int i = 0; i < x->rank; i++)
        order[NRV__MAX_RANK + i] = back[i];
    return x->rank;
}

nrv_tensor nrv__along_cut(nrv_tensor x, nrv_tensor like, int axis)
{
    for (int i = 0; x && i < x->rank; i++)
        if (i != axis && x->dim[i] != like->dim[i])
            x = nrv_slice(x, i, 0, like->dim[i]);
    return x;
}

bool nrv__along_fits(const nrv__opdef *op, int n, const nrv_tensor *in, int axis)
{
    nrv_tensor x = in[0], index = in[1];
    char a[24], b[24];
    if (!nrv__op_wants_index(op, n, in, 1))
        return false;
    if (index->rank != x->rank)
        return nrv__op_refuses(op, n, in, NRV_ESHAPE, "an index for each element: both have the same axes",
                               "ranks %d and %d", x->rank, index->rank),
               false;
    for (int i = 0; i < x->rank; i++)
        if (i != axis && !nrv__dim_at_most(x->g, index->dim[i], x->dim[i], op->name))
            return nrv__op_refuses(op, n, in, NRV_ESHAPE, "only along the axis may the index be longer",
                                   "axis %d has %s indexes for %s", i, nrv__dim_text(x->g, index->dim[i], a),
                                   nrv__dim_text(x->g, x->dim[i], b)),
                   false;
    return !x->g->why.status;
}

static nrv_tensor take_along_make(nrv__case *c)
{
    return nrv_take_along(c->x[0], c->x[1], nrv__case_small(c, "axis", 0));
}

NRV_OP(
    take_along, .sig = "any x[...], index i[...] -> y[...]",
    .doc = "Elements of an axis by an index for each place of the result, which has the index's shape. Along the other "
           "axes the index may be shorter than x: what lies beyond is not read. An index out of range stops the run. "
           "The gradient adds up in x what was taken more than once.",
    .flags = NRV_MACRO, .make = take_along_make, .torch = "gather", .onnx = "GatherElements",
    .values = "indexes count from 0; a negative one does not count from the end",
    .refuse = { "x[3,5], i:i32[3], axis=1 => take_along: ranks 2 and 1 | in here | input 0: input f32 [3, 5] x | input "
                "1: input i32 [3] i | hint an index for each element: both have the same axes",
                "x[3,5], i:i32[4,2], axis=1 => take_along: axis 0 has 4 indexes for 3 | in here | input 0: input f32 "
                "[3, 5] x | input 1: input i32 [4, 2] i | hint only along the axis may the index be longer",
                "x[3,5], i[3,5], axis=1 => take_along: input 1 is f32, an index is wanted | in here | input 0: "
                "input f32 [3, 5] x | input 1: input f32 [3, 5] i | hint nrv_cast it to NRV_I32 or NRV_I64",
                "x[3,5], i:i32[3,1]{0,1,5}, axis=1 => take_along: index 5 at position 2; it must lie in 0..4 | in here "
                "| hint indexes count from 0; a negative one does not count from the end" },
    .test = { "x[5,3], i:i32[2,3] in 0..4, axis=0", "x[2,3,4], i:i64[2,3,6] in 0..3, axis=-1",
              "x[2,3,4], i:i32[1,2,4] in 0..2, axis=1", "x[7], i:i64[0], axis=0", "x:i32[4,2], i:i32[4,2] in 0..3",
              "x[40,33], i:i32[40,33] in 0..32, axis=1" });

/* x (a...,n,b...) and index (a...,m,b...) of i32 or i64 -> (a...,m,b...): along axis, for each place of the result, the
   element of x that the index names there. Along the other axes the index may be shorter than x. An index outside
   0..n-1 is an error of the run. This is PyTorch's gather; nrv_gather takes whole lines. */
NRV_API nrv_tensor nrv_take_along(nrv_tensor x, nrv_tensor index, int axis)
{
    NRV_CALLED(&nrv__op_take_along, x);
    nrv_tensor in[2] = { x, index };
    int order[2 * NRV__MAX_RANK];
    if (!nrv__op_wants(&nrv__op_take_along, 2, in) || !nrv__axis(x, &axis, "take_along") ||
        !nrv__along_fits(&nrv__op_take_along, 2, in, axis))
        return NULL;
    const int rank = nrv__along(x, axis, order), last = rank - 1;
    nrv_tensor lines = nrv_permute(nrv__along_cut(x, index, axis), rank, order);
    nrv_tensor y = nrv__gather(lines, nrv_permute(index, rank, order), last, last);
    return nrv_permute(y, rank, order + NRV__MAX_RANK);
}

static nrv_tensor take_along_dim_make(nrv__case *c)
{
    nrv_tensor x = c->x[0], index = c->x[1];
    if (!nrv__case_text(c, "axis") && x && index)
        return nrv_take_along_dim(nrv_reshape(x, NRV_SHAPE(NRV_SAME)), nrv_reshape(index, NRV_SHAPE(NRV_SAME)), 0);
    return nrv_take_along_dim(x, index, nrv__case_small(c, "axis", 0));
}

NRV_OP(take_along_dim, .sig = "any x[...], index i[...] -> y[...]",
       .doc =
           "take_along where lengths of 1 beside the axis are stretched, in x and in the index. Without an axis both "
           "are taken flat.",
       .flags = NRV_MACRO, .make = take_along_dim_make, .torch = "take_along_dim", .numpy = "take_along_axis",
       .values = "indexes count from 0; a negative one does not count from the end",
       .refuse = { "x[3,5], i:i32[3,1]{0,1,5}, axis=1 => take_along_dim: index 5 at position 2; it must lie in 0..4 | "
                   "in here | hint indexes count from 0; a negative one does not count from the end",
                   "x[3,5], i:i32[3], axis=1 => take_along_dim: ranks 2 and 1 | in here | input 0: input f32 [3, 5] x "
                   "| input 1: input i32 [3] i | hint an index for each element: both have the same axes",
                   "x[3,5], i:i32[4,2], axis=1 => take_along_dim: axis 0 differs | in here | input 0: input f32 [3, 5] "
                   "x | input 1: input i32 [4, 2] i | hint only a length of 1 is stretched" },
       .test = { "x[5,3], i:i32[2,1] in 0..4, axis=0", "x[1,3,4], i:i64[2,3,6] in 0..3, axis=-1",
                 "x[3,4], i:i32[5] in 0..11" });

/* nrv_take_along where a length of 1 beside the axis is stretched to the other's, in x and in index; PyTorch's
   take_along_dim, NumPy's take_along_axis. */
NRV_API nrv_tensor nrv_take_along_dim(nrv_tensor x, nrv_tensor index, int axis)
{
    NRV_CALLED(&nrv__op_take_along_dim, x);
    nrv_tensor in[2] = { x, index };
    if (!nrv__op_wants(&nrv__op_take_along_dim, 2, in) || !nrv__axis(x, &axis, "take_along_dim"))
        return NULL;
    if (x->rank != index->rank)
        return nrv__op_refuses(&nrv__op_take_along_dim, 2, in, NRV_ESHAPE,
                               "an index for each element: both have the same axes", "ranks %d and %d", x->rank,
                               index->rank);
    nrv_shape xs = nrv_shape_of(x), is = nrv_shape_of(index);
    for (int i = 0; i < x->rank; i++) {
        if (i == axis || xs.dim[i] == is.dim[i])
            continue;
        if (xs.dim[i] != 1 && is.dim[i] != 1 &&
            !nrv__dim_same(x->g, xs.dim[i], is.dim[i], "take_along_dim", &is.dim[i]))
            return nrv__op_refuses(&nrv__op_take_along_dim, 2, in, NRV_ESHAPE, "only a length of 1 is stretched",
                                   "axis %d differs", i);
        if (xs.dim[i] == 1)
            xs.dim[i] = is.dim[i];
        else
            is.dim[i] = xs.dim[i];
    }
    return nrv_take_along(nrv_broadcast(x, xs), nrv_broadcast(index, is), axis);
}
