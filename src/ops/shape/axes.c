/* axes.c - axes put in, left out, moved, merged and split: squeeze, unsqueeze, move_axes, swap_axes, merge_axes,
   split_axis. All are permute and reshape under the names that people know. */
#include "../op.h"

static int axes_case(const nrv__case *c, const char *name, int otherwise)
{
    return nrv__case_small(c, name, otherwise);
}

/* ---- lengths of 1 ---- */
static nrv_tensor squeeze_make(nrv__case *c)
{
    return nrv__case_text(c, "axis") ? nrv_squeeze(c->x[0], axes_case(c, "axis", 0)) : nrv_squeeze_all(c->x[0]);
}

static nrv_tensor unsqueeze_make(nrv__case *c)
{
    return nrv_unsqueeze(c->x[0], axes_case(c, "axis", 0));
}

NRV_OP(squeeze, .sig = "any x[...] -> y[...]",
       .doc = "x without an axis of length 1, or without all of them. An axis of another length stays, and so does one "
              "whose length is a named size.",
       .flags = NRV_MACRO, .make = squeeze_make, .torch = "squeeze", .numpy = "squeeze", .onnx = "Squeeze",
       .refuse = { "x[3,1], axis=2 => squeeze: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "x[3,1], axis=-3 => squeeze: axis -3 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end" },
       .test = { "x[3,1,2], axis=1", "x[1,3,1]", "x[2,3], axis=0", "x[1,0], axis=-2" });
NRV_OP(unsqueeze, .sig = "any x[...] -> y[...]", .doc = "x with a new axis of length 1.", .flags = NRV_MACRO,
       .make = unsqueeze_make, .torch = "unsqueeze", .numpy = "expand_dims", .onnx = "Unsqueeze",
       .refuse = { "x[3,1], axis=3 => unsqueeze: axis 3 is put into a tensor of rank 2 | in here | input 0: input f32 "
                   "[3, 1] x | hint from 0 to the rank, or from -1 at the end; ranks go up to 8",
                   "x[1,1,1,1,1,1,1,2], axis=0 => unsqueeze: axis 0 is put into a tensor of rank 8 | in here | input "
                   "0: input f32 [1, 1, 1, 1, 1, 1, 1, 2] x | hint from 0 to the rank, or from -1 at the end; ranks go "
                   "up to 8" },
       .test = { "x[3,2], axis=1", "x[3,2], axis=-1", "x[], axis=0", "x[0], axis=1" });

/* x without axis where its length is 1, else x: (a,1,b) -> (a,b). A named length stays. */
NRV_API nrv_tensor nrv_squeeze(nrv_tensor x, int axis)
{
    if (!nrv__axis(x, &axis, "squeeze"))
        return NULL;
    nrv_shape s = { 0, { 0 } };
    for (int i = 0; i < x->rank; i++)
        if (i != axis || x->dim[i] != 1)
            s.dim[s.rank++] = x->dim[i];
    return nrv_reshape(x, s);
}

/* x without all its axes of length 1. */
NRV_API nrv_tensor nrv_squeeze_all(nrv_tensor x)
{
    if (!x || x->g->why.status)
        return NULL;
    nrv_shape s = { 0, { 0 } };
    for (int i = 0; i < x->rank; i++)
        if (x->dim[i] != 1)
            s.dim[s.rank++] = x->dim[i];
    return nrv_reshape(x, s);
}

/* x with a new axis of length 1, which becomes axis: (a,b) at 1 -> (a,1,b). */
NRV_API nrv_tensor nrv_unsqueeze(nrv_tensor x, int axis)
{
    if (!x || x->g->why.status)
        return NULL;
    if (axis < -x->rank - 1 || axis > x->rank || x->rank == NRV__MAX_RANK)
        return nrv__op_refuses(&nrv__op_unsqueeze, 1, &x, NRV_ESHAPE,
                               "from 0 to the rank, or from -1 at the end; ranks go up to 8",
                               "axis %d is put into a tensor of rank %d", axis, x->rank);
    return nrv_expand(x, axis, 1);
}

/* ---- order ---- */
static nrv_tensor move_axes_make(nrv__case *c)
{
    int64_t d[2][NRV__MAX_RANK];
    int n[2] = { nrv__case_ints(c, "source", NRV__MAX_RANK, d[0]),
                 nrv__case_ints(c, "destination", NRV__MAX_RANK, d[1]) },
        axes[2][NRV__MAX_RANK] = { { 0 } };
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < n[k]; i++)
            axes[k][i] = (int)d[k][i];
    return nrv_move_axes(c->x[0], n[0] < n[1] ? n[0] : n[1], axes[0], axes[1]);
}

static nrv_tensor swap_axes_make(nrv__case *c)
{
    if (!c->n_arg && c->x[0] && c->x[0]->rank < 2)
        return nrv_reshape(c->x[0], nrv_shape_of(c->x[0])); /* PyTorch's t */
    return nrv_swap_axes(c->x[0], axes_case(c, "axis0", 0), axes_case(c, "axis1", 1));
}

NRV_OP(
    move_axes, .sig = "any x[...] -> y[...]",
    .doc = "Some axes at other places; the others keep their order. Axis source[i] of x becomes axis destination[i].",
    .flags = NRV_MACRO, .make = move_axes_make, .torch = "movedim moveaxis", .numpy = "moveaxis rollaxis",
    .refuse = { "x[3,1], source=0x0, destination=0x1 => move_axes: axis 0 is moved twice | in here | input 0: input "
                "f32 [3, 1] x | hint name every axis once",
                "x[3,1], source=2, destination=0 => move_axes: axis 2 of a tensor of rank 2 | in here | hint axes "
                "count from 0, or from -1 at the end" },
    .test = { "x[2,3,4], source=0, destination=2", "x[2,3,4], source=0x-1, destination=1x0",
              "x[2,3], source=0, destination=0" });
NRV_OP(swap_axes, .sig = "any x[...] -> y[...]", .doc = "Two axes change places.", .flags = NRV_MACRO,
       .make = swap_axes_make, .torch = "transpose swapaxes swapdims t", .numpy = "swapaxes",
       .refuse = { "x[3,1], dim0=0, dim1=2 => swap_axes: axis 2 of a tensor of rank 2 | in here | hint axes count from "
                   "0, or from -1 at the end",
                   "x[3,1], dim0=-3, dim1=1 => swap_axes: axis -3 of a tensor of rank 2 | in here | hint axes count "
                   "from 0, or from -1 at the end" },
       .test = { "x[2,3,4], dim0=0, dim1=2", "x[2,3], dim0=-1, dim1=0", "x[3], dim0=0, dim1=0" });

extern const nrv__opdef nrv__op_adjoint;

static nrv_tensor adjoint_make(nrv__case *c)
{
    nrv_tensor x = c->x[0];
    if (x && x->rank < 2 && !x->g->why.status)
        return nrv__op_refuses(&nrv__op_adjoint, 1, &x, NRV_ESHAPE, "nrv_reshape it to a matrix first", "rank %d",
                               x->rank);
    return nrv_transpose(x);
}

NRV_OP(
    adjoint, .sig = "any x[...,m,n] -> y[...,n,m]",
    .doc = "The last two axes change places: every matrix transposed. nrv_transpose.", .flags = NRV_MACRO,
    .make = adjoint_make, .torch = "adjoint Tensor.mT Tensor.mH Tensor.T", .numpy = "matrix_transpose",
    .refuse = { "x[3] => adjoint: rank 1 | in here | input 0: input f32 [3] x | hint nrv_reshape it to a matrix first",
                "x[] => adjoint: rank 0 | in here | input 0: input f32 [] x | hint nrv_reshape it to a matrix first" },
    .test = { "x[2,3]", "x[2,3,4]", "x[0,3]" });

/* x with n of its axes at other places: axis from[i] becomes axis to[i], the others keep their order. */
NRV_API nrv_tensor nrv_move_axes(nrv_tensor x, int n, const int *from, const int *to)
{
    int order[NRV__MAX_RANK];
    unsigned taken = 0, set = 0;
    if (!x || x->g->why.status)
        return NULL;
    if (n < 0 || n > x->rank || (n && (!from || !to)))
        return nrv__op_refuses(&nrv__op_move_axes, 1, &x, NRV_ESHAPE, "at most as many as there are",
                               "%d axes of a tensor of rank %d", n, x->rank);
    for (int i = 0; i < n; i++) {
        int a = from[i], b = to[i];
        if (!nrv__axis(x, &a, "move_axes") || !nrv__axis(x, &b, "move_axes"))
            return NULL;
        if (taken >> a & 1 || set >> b & 1)
            return nrv__op_refuses(&nrv__op_move_axes, 1, &x, NRV_ESHAPE, "name every axis once", "axis %d is %s twice",
                                   taken >> a & 1 ? a : b, taken >> a & 1 ? "moved" : "moved to");
        taken |= 1u << a;
        set |= 1u << b;
        order[b] = a;
    }
    for (int i = 0, a = 0; i < x->rank; i++) {
        if (set >> i & 1)
            continue;
        while (taken >> a & 1)
            a++;
        order[i] = a++;
    }
    return nrv_permute(x, x->rank, order);
}

/* x with axes a and b in each other's place. */
NRV_API nrv_tensor nrv_swap_axes(nrv_tensor x, int a, int b)
{
    int order[NRV__MAX_RANK];
    if (!nrv__axis(x, &a, "swap_axes") || !nrv__axis(x, &b, "swap_axes"))
        return NULL;
    for (int i = 0; i < x->rank; i++)
        order[i] = i == a ? b : i == b ? a : i;
    return nrv_permute(x, x->rank, order);
}

/* ---- merged and split ---- */
static nrv_tensor merge_axes_make(nrv__case *c)
{
    return nrv_merge_axes(c->x[0], axes_case(c, "first", 0), axes_case(c, "last", -1));
}

static nrv_tensor split_axis_make(nrv__case *c)
{
    int64_t d[NRV__MAX_RANK];
    nrv_shape s = { 0, { 0 } };
    s.rank = nrv__case_ints(c, nrv__case_text(c, "sizes") ? "sizes" : "unflattened_size", NRV__MAX_RANK, d);
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = d[i];
    return nrv_split_axis(c->x[0], axes_case(c, "axis", 0), s);
}

NRV_OP(merge_axes, .sig = "any x[...] -> y[...]",
       .doc = "The axes from first to last made one. A scalar becomes a vector of one element.", .flags = NRV_MACRO,
       .make = merge_axes_make, .torch = "flatten ravel", .numpy = "ravel", .onnx = "Flatten",
       .refuse = { "x[3,1], first=1, last=0 => merge_axes: axes 1 to 0 | in here | input 0: input f32 [3, 1] x | hint "
                   "the first comes before the last",
                   "x[3,1], first=0, last=2 => merge_axes: axis 2 of a tensor of rank 2 | in here | hint axes count "
                   "from 0, or from -1 at the end" },
       .test = { "x[2,3,4]", "x[2,3,4], first=1", "x[2,3,4], first=-3, last=1", "x[]", "x[0,3]" });
NRV_OP(split_axis, .sig = "any x[...] -> y[...]",
       .doc = "An axis as several, whose lengths multiply to its own; one of them may be -1: what is left.",
       .flags = NRV_MACRO, .make = split_axis_make, .torch = "unflatten nn.Unflatten",
       .refuse = { "x[3,4], axis=1, sizes=2x3 => split_axis: axis 1 has 4 elements, the lengths make 6 | in here | "
                   "input 0: input f32 [3, 4] x | hint the lengths multiply to that of the axis",
                   "x[3,4], axis=2, sizes=2x2 => split_axis: axis 2 of a tensor of rank 2 | in here | hint axes count "
                   "from 0, or from -1 at the end",
                   "x[3,4], axis=1, sizes=-1x-1 => split_axis: two lengths of axis 1 are left open | in here | input "
                   "0: input f32 [3, 4] x | hint give the other lengths" },
       .test = { "x[2,6], axis=1, sizes=2x3", "x[4,3], axis=-2, sizes=-1x2", "x[0,3], axis=0, sizes=0x4" });

/* The axes from first to last as one: (a,b,c) from 1 to 2 -> (a,b*c). A scalar becomes (1). */
NRV_API nrv_tensor nrv_merge_axes(nrv_tensor x, int first, int last)
{
    if (x && x->rank == 0 && first >= -1 && first <= 0 && last >= -1 && last <= 0)
        return nrv_reshape(x, NRV_SHAPE(1));
    if (!nrv__axis(x, &first, "merge_axes") || !nrv__axis(x, &last, "merge_axes"))
        return NULL;
    if (first > last)
        return nrv__op_refuses(&nrv__op_merge_axes, 1, &x, NRV_ESHAPE, "the first comes before the last",
                               "axes %d to %d", first, last);
    nrv_shape s = { 0, { 0 } };
    for (int i = 0; i < x->rank; i++)
        if (i <= first || i > last)
            s.dim[s.rank++] = i == first ? nrv__dim_product(x->g, last - first + 1, x->dim + first) : x->dim[i];
    return nrv_reshape(x, s);
}

/* axis as several with the given lengths, one of which may be NRV_SAME: (a,6) at 1 by (2,3) -> (a,2,3). */
NRV_API nrv_tensor nrv_split_axis(nrv_tensor x, int axis, nrv_shape lengths)
{
    char have[24], want[24];
    nrv_dim known = 1, d;
    int left = -1;
    if (!nrv__axis(x, &axis, "split_axis"))
        return NULL;
    if (lengths.rank < 1 || lengths.rank > NRV__MAX_RANK + 1 - x->rank)
        return nrv__op_refuses(&nrv__op_split_axis, 1, &x, NRV_ESHAPE, "one length or more; ranks go up to 8",
                               "axis %d as %d axes", axis, lengths.rank);
    for (int i = 0; i < lengths.rank; i++) {
        if (lengths.dim[i] != NRV_SAME)
            known = nrv__dim_mul(x->g, known, lengths.dim[i]);
        else if (left >= 0)
            return nrv__op_refuses(&nrv__op_split_axis, 1, &x, NRV_ESHAPE, "give the other lengths",
                                   "two lengths of axis %d are left open", axis);
        else
            left = i;
    }
    if (x->g->why.status)
        return NULL;
    if (left >= 0 ? !nrv__dim_divides(x->g, x->dim[axis], known, &lengths.dim[left])
                  : !nrv__dim_same(x->g, x->dim[axis], known, "split_axis", &d))
        return nrv__op_refuses(&nrv__op_split_axis, 1, &x, NRV_ESHAPE, "the lengths multiply to that of the axis",
                               "axis %d has %s elements, the lengths make %s", axis,
                               nrv__dim_text(x->g, x->dim[axis], have), nrv__dim_text(x->g, known, want));
    nrv_shape s = { 0, { 0 } };
    for (int i = 0; i < x->rank; i++)
        for (int k = 0; k < (i == axis ? lengths.rank : 1); k++)
            s.dim[s.rank++] = i == axis ? lengths.dim[k] : x->dim[i];
    return nrv_reshape(x, s);
}
