/* put.c - lines and elements put into a tensor: index_add, index_copy, index_fill along an axis; index_put at places
   that several indexes name together; take_flat and put_flat, which count the elements of the flat tensor. */
#include "lines.h"
#include <string.h>

extern const nrv__opdef nrv__op_index_add, nrv__op_index_reduce, nrv__op_index_copy, nrv__op_index_fill,
    nrv__op_index_put, nrv__op_take_flat, nrv__op_put_flat, nrv__op_segment_max;

static bool put_is_index(nrv_tensor x)
{
    return x->type == NRV_I32 || x->type == NRV_I64;
}

/* x, index (m) and, where n is 3, src with m lines at axis; false: the error is set, in op's name */
static bool put_fits(const nrv__opdef *op, int n, const nrv_tensor *in, int *axis)
{
    bool alike = nrv__op_wants(op, n, in) && nrv__axis(in[0], axis, op->name);
    nrv_dim d;
    if (!alike)
        return false;
    nrv_tensor x = in[0], index = in[1], src = n > 2 ? in[2] : in[0];
    if (!put_is_index(index) || index->rank != 1)
        return nrv__op_refuses(op, n, in, NRV_ESHAPE, "an index (m) of i32 or i64", "the index is %s of rank %d",
                               nrv__dtype_name(index->type), index->rank),
               false;
    alike = src->rank == x->rank && src->type == x->type;
    for (int i = 0; alike && n > 2 && i < x->rank; i++)
        alike = nrv__dim_same(x->g, i == *axis ? index->dim[0] : x->dim[i], src->dim[i], op->name, &d);
    if (!alike)
        return nrv__op_refuses(op, n, in, NRV_ESHAPE, "a line for each index, with the other axes and the type of x",
                               "lines that do not fit at axis %d", *axis),
               false;
    return !x->g->why.status;
}

/* which of the indexes that name a place is the last, from 1, i32 (n); 0: none */
static nrv_tensor put_last(nrv_tensor index, nrv_dim n)
{
    nrv_graph *g = index->g;
    nrv_tensor turn = nrv_add(nrv_iota(g, NRV_I32, index->dim[0]), nrv_fill(g, NRV_I32, NRV_SCALAR, 1));
    return nrv__lines_scatter(&nrv__op_segment_max, turn, index, (nrv__lines_attr){ 0, 0 }, n);
}

static nrv_tensor put_copied(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src)
{
    if (index->dim[0] == 0)
        return x;
    nrv_tensor last = put_last(index, x->dim[axis]), none = nrv_fill(x->g, NRV_I32, NRV_SCALAR, 0);
    nrv_tensor y = nrv_gather(src, NRV_EXPR("t: t > 0 ? t - 1 : t", last), axis);
    return nrv_select(nrv__line(nrv_greater(last, none), x->rank, axis), y, x);
}

static int put_case_axis(const nrv__case *c)
{
    return nrv__case_small(c, "axis", 0);
}

static nrv_tensor index_add_make(nrv__case *c)
{
    return nrv_index_add(c->x[0], put_case_axis(c), c->x[1], c->x[2], nrv__case_real(c, "alpha", 1));
}

static nrv_tensor index_copy_make(nrv__case *c)
{
    return nrv_index_copy(c->x[0], put_case_axis(c), c->x[1], c->x[2]);
}

static nrv_tensor index_fill_make(nrv__case *c)
{
    nrv_tensor x = c->x[0], value = c->n_x > 2 ? c->x[2] : nrv__like(x, nrv__case_real(c, "value", 0));
    return nrv_index_fill(x, put_case_axis(c), c->x[1], value);
}

static nrv_tensor index_reduce_make(nrv__case *c)
{
    return nrv_index_reduce(c->x[0], put_case_axis(c), c->x[1], c->x[2], nrv__case_text(c, "reduce"),
                            nrv__case_small(c, "include_self", 1));
}

NRV_OP(
    index_add, .sig = "number x[...], index i[m], number src[...] -> y[...]",
    .doc =
        "x with lines of src, times alpha, added to the lines of an axis that the index names. An index out of range "
        "stops the run.",
    .flags = NRV_MACRO, .make = index_add_make, .torch = "index_add Tensor.index_add",
    .values = "indexes count from 0; a negative one does not count from the end",
    .refuse = { "x[3,5], i:i32[2], src[2,4] => index_add: lines that do not fit at axis 0 | in here | input 0: input "
                "f32 [3, 5] x | input 1: input i32 [2] i | input 2: input f32 [2, 4] src | hint a line for each index, "
                "with the other axes and the type of x",
                "x[3,5], i:i32[2,1], src[2,5] => index_add: the index is i32 of rank 2 | in here | input 0: input f32 "
                "[3, 5] x | input 1: input i32 [2, 1] i | input 2: input f32 [2, 5] src | hint an index (m) of i32 or "
                "i64",
                "x[3,2], i:i32{0,3}, src[2,2] => index_add: index 3 at position 1; it must lie in 0..2 | in here | "
                "hint indexes count from 0; a negative one does not count from the end",
                "x[3,5], i:i32[2], src[2,5], axis=2 => index_add: axis 2 of a tensor of rank 2 | in here | hint axes "
                "count from 0, or from -1 at the end" },
    .test = { "x[3,5], i:i32[4] in 0..2, src[4,5]", "x[2,3,4], i:i64[2] in 0..3, src[2,3,2], axis=-1, alpha=-2.5",
              "x[4], i:i32[0], src[0]", "x:i32[4], i:i32[6] in 0..3, src:i32[6]" });
NRV_OP(
    index_copy, .sig = "any x[...], index i[m], any src[...] -> y[...]",
    .doc =
        "x with lines of src in the place of those of an axis that the index names. Of several for one place the last "
        "counts, and it alone gets the gradient. An index out of range stops the run.",
    .flags = NRV_MACRO, .make = index_copy_make, .torch = "index_copy Tensor.index_copy",
    .values = "indexes count from 0; a negative one does not count from the end",
    .refuse = { "x[3,5], i:i32[2], src[2,4] => index_copy: lines that do not fit at axis 0 | in here | input 0: input "
                "f32 [3, 5] x | input 1: input i32 [2] i | input 2: input f32 [2, 4] src | hint a line for each index, "
                "with the other axes and the type of x",
                "x[3,5], i[2], src[2,5] => index_copy: the index is f32 of rank 1 | in here | input 0: input f32 [3, "
                "5] x | input 1: input f32 [2] i | input 2: input f32 [2, 5] src | hint an index (m) of i32 or i64",
                "x[3,2], i:i32{0,3}, src[2,2] => index_copy: index 3 at position 1; it must lie in 0..2 | in here | "
                "hint indexes count from 0; a negative one does not count from the end" },
    .test = { "x[3,5], i:i32{2,0}, src[2,5]", "x[2,3,4], i:i64{1,3,1}, src[2,3,3], axis=2", "x[4], i:i32[0], src[0]",
              "x:bool[4], i:i32{3}, src:bool[1]" });
NRV_OP(index_fill, .sig = "any x[...], index i[m] -> y[...]",
       .doc = "x with one number in the lines of an axis that the index names. An index out of range stops the run.",
       .flags = NRV_MACRO, .make = index_fill_make, .torch = "index_fill Tensor.index_fill",
       .values = "indexes count from 0; a negative one does not count from the end",
       .refuse = { "x[3,5], i[2], value=1 => index_fill: the index is f32 of rank 1 | in here | input 0: input f32 [3, "
                   "5] x | input 1: input f32 [2] i | hint an index (m) of i32 or i64",
                   "x[3,5], i:i32[2], v[2] => index_fill: a value of rank 1 and type f32 | in here | input 0: input "
                   "f32 [3, 5] x | input 1: input i32 [2] i | input 2: input f32 [2] v | hint a scalar of x's type",
                   "x[3,2], i:i32{0,3} => index_fill: index 3 at position 1; it must lie in 0..2 | in here | hint "
                   "indexes count from 0; a negative one does not count from the end" },
       .test = { "x[3,5], i:i32{2,0}, value=2.5", "x[2,3,4], i:i64{1,3,1}, axis=2, value=-1", "x[4], i:i32[0]",
                 "x[3,2], i:i32{1}, v[]" });

NRV_OP(
    index_reduce, .sig = "real x[...], index i[m], real src[...] -> y[...]",
    .doc =
        "x with the product, mean, largest or smallest of lines of src in the lines of an axis that the index names, "
        "x's own among them unless include_self is 0: reduce_along with one index for each line. An index out of "
        "range stops the run.",
    .flags = NRV_MACRO, .make = index_reduce_make, .torch = "index_reduce Tensor.index_reduce", .ulp = 16, .rel = 1e-11,
    .tolerance_why = "a quotient of sums, and products in any order",
    .values = "indexes count from 0; a negative one does not count from the end",
    .refuse = { "x[3,2], i:i32{0,3}, src[2,2], reduce=prod => index_reduce: index 3 at position 1; it must lie in 0..2 "
                "| in here | hint indexes count from 0; a negative one does not count from the end",
                "x[3,5], i:i32[2], src[2,4], reduce=prod => index_reduce: lines that do not fit at axis 0 | in here | "
                "input 0: input f32 [3, 5] x | input 1: input i32 [2] i | input 2: input f32 [2, 4] src | hint a line "
                "for each index, with the other axes and the type of x",
                "x[3,5], i:i32[2], src[2,5] => index_reduce: no reduction is named | in here | input 0: input f32 [3, "
                "5] x | input 1: input i32 [2] i | input 2: input f32 [2, 5] src | hint prod, mean, amax or amin",
                "x[3,5], i:i32[2], src[2,5], reduce=median => index_reduce: no reduction is called 'median' | in here "
                "| input 0: input f32 [3, 5] x | hint sum, prod, mean, amax or amin" },
    .test = { "x[3,5], i:i32[4] in 0..2, src[4,5], reduce=prod",
              "x[2,3,4], i:i64[5] in 0..3, src[2,3,5], axis=-1, "
              "reduce=mean, include_self=0",
              "x[4,2], i:i32[6] in 0..3, src[6,2], reduce=amax", "x[4], i:i32[0], src[0], reduce=amin" });

/* x (a...,n,b...) with alpha times src (a...,m,b...) added to the lines of axis that index (m) of i32 or i64 names. An
   index outside 0..n-1 is an error of the run. */
NRV_API nrv_tensor nrv_index_add(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src, double alpha)
{
    NRV_CALLED(&nrv__op_index_add, x);
    nrv_tensor in[3] = { x, index, src };
    if (!put_fits(&nrv__op_index_add, 3, in, &axis))
        return NULL;
    nrv_tensor more =
        nrv_scatter_add(alpha == 1 ? src : nrv_mul(src, nrv__like(src, alpha)), index, axis, x->dim[axis]);
    return nrv_add(x, more);
}

/* x (a...,n,b...) with the lines of src (a...,m,b...) reduced into those of axis that index (m) of i32 or i64 names, as
   nrv_reduce_along does; PyTorch's index_reduce. */
NRV_API nrv_tensor nrv_index_reduce(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src, const char *reduce,
                                    int include_self)
{
    NRV_CALLED(&nrv__op_index_reduce, x);
    nrv_tensor in[3] = { x, index, src };
    if (!put_fits(&nrv__op_index_reduce, 3, in, &axis))
        return NULL;
    if (!reduce)
        return nrv__op_refuses(&nrv__op_index_reduce, 3, in, NRV_EARG, "prod, mean, amax or amin",
                               "no reduction is named");
    nrv_tensor each = nrv_broadcast(nrv__line(index, x->rank, axis), nrv_shape_of(src));
    return nrv_reduce_along(x, axis, each, src, reduce, include_self);
}

/* x (a...,n,b...) with the lines of src (a...,m,b...) in the place of those of axis that index (m) of i32 or i64 names;
   of several for one place the last. An index outside 0..n-1 is an error of the run. */
NRV_API nrv_tensor nrv_index_copy(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src)
{
    NRV_CALLED(&nrv__op_index_copy, x);
    nrv_tensor in[3] = { x, index, src };
    return put_fits(&nrv__op_index_copy, 3, in, &axis) ? put_copied(x, axis, index, src) : NULL;
}

/* x (a...,n,b...) with the scalar value, of x's type, in the lines of axis that index (m) of i32 or i64 names. An index
   outside 0..n-1 is an error of the run. */
NRV_API nrv_tensor nrv_index_fill(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor value)
{
    NRV_CALLED(&nrv__op_index_fill, x);
    nrv_tensor in[3] = { x, index, value };
    if (!nrv__op_wants(&nrv__op_index_fill, 3, in) || !put_fits(&nrv__op_index_fill, 2, in, &axis))
        return NULL;
    if (value->rank != 0 || value->type != x->type)
        return nrv__op_refuses(&nrv__op_index_fill, 3, in, NRV_ESHAPE, "a scalar of x's type",
                               "a value of rank %d and type %s", value->rank, nrv__dtype_name(value->type));
    nrv_tensor last = put_last(index, x->dim[axis]), none = nrv_fill(x->g, NRV_I32, NRV_SCALAR, 0);
    return nrv_select(nrv__line(nrv_greater(last, none), x->rank, axis), value, x);
}

/* ---- at places ---- */
static nrv_tensor index_put_make(nrv__case *c)
{
    int n = c->n_x - 2;
    return nrv_index_put(c->x[0], n < 0 ? 0 : n, c->x + 1, c->n_x > 1 ? c->x[c->n_x - 1] : NULL,
                         nrv__case_int(c, "accumulate", 0) != 0);
}

static nrv_tensor take_flat_make(nrv__case *c)
{
    return nrv_take_flat(c->x[0], c->x[1]);
}

static nrv_tensor put_flat_make(nrv__case *c)
{
    return nrv_put_flat(c->x[0], c->x[1], c->x[2], nrv__case_int(c, "accumulate", 0) != 0);
}

NRV_OP(
    index_put, .sig = "number x[...], index i[...]..., number values[...] -> y[...]",
    .doc =
        "x with values at the places that indexes of its first axes name together: y[i, j...] = values, or += values "
        "where accumulate. The indexes are stretched to one shape, the values to that and the axes left; a negative "
        "index counts from the end. Of several for one place the last counts, unless they are added. An index out "
        "of range stops the run.",
    .flags = NRV_MACRO, .make = index_put_make, .torch = "index_put Tensor.index_put",
    .values = "indexes count from 0, and from -1 at the end",
    .refuse = { "x[3,5], i:i32[2], v[2,4] => index_put: values of rank 2 do not fit | in here | input 0: input f32 [3, "
                "5] x | input 1: input i32 [2] i | input 2: input f32 [2, 4] v | hint the shape of the indexes, then "
                "the axes left; 1 is stretched",
                "x[3,5], i[2], v[2,5] => index_put: index 0 is f32 | in here | input 0: input f32 [3, 5] x | input 1: "
                "input f32 [2] i | input 2: input f32 [2, 5] v | hint i32 or i64; of a mask, nrv_masked_fill",
                "x[3], i:i32[2], j:i32[2], v[2] => index_put: 2 indexes for rank 1 | in here | input 0: input f32 [3] "
                "x | hint an index for each of the first axes",
                "x[3,5], i:i32[2], j:i32[3], v[2] => index_put: shapes do not fit at axis 0 | in here | input 0: "
                "input i32 [2] i | input 1: input i32 [3] j | hint only a length of 1 is stretched; nrv_reshape puts "
                "one in",
                "x[3,2], i:i32{0,3}, v[2,2] => index_put: index 3 at position 1; it must lie in 0..2 | in here | hint "
                "indexes count from 0, and from -1 at the end" },
    .test = { "x[3,5], i:i32{2,0}, v[2,5]", "x[3,4], i:i32{0,2,-1}, j:i64{1,3,0}, v[3], accumulate=1",
              "x[3,4,2], i:i32[2,1]{0,2}, j:i32{1,-4,3}, v[2], accumulate=1", "x[3,4], i:i32{1,1}, j:i32{0,2}, v[]",
              "x[3,2], i:i32[0], v[0,2]" });
NRV_OP(
    take_flat, .sig = "any x[...], index i[...] -> y[...]",
    .doc =
        "Elements of the flat tensor by index, in the index's shape; a negative one counts from the end. An index out "
        "of range stops the run. PyTorch's take; along an axis it is gather.",
    .flags = NRV_MACRO, .make = take_flat_make, .torch = "take", .numpy = "take",
    .values = "indexes count from 0, and from -1 at the end",
    .refuse = { "x[2,2], i:i32{-5} => take_flat: index -5 at position 0; it must lie in 0..3 | in here | hint indexes "
                "count from 0, and from -1 at the end",
                "x[2,3], i[4] => take_flat: input 1 is f32, an index is wanted | in here | input 0: input f32 [2, "
                "3] x | input 1: input f32 [4] i | hint nrv_cast it to NRV_I32 or NRV_I64",
                "x[2,3], i:bool[6] => take_flat: input 1 is bool, an index is wanted | in here | input 0: input "
                "f32 [2, 3] x | input 1: input bool [6] i | hint nrv_cast it to NRV_I32 or NRV_I64",
                "x[2,2], i:i32{4} => take_flat: index 4 at position 0; it must lie in 0..3 | in here | hint indexes "
                "count from 0, and from -1 at the end" },
    .test = { "x[2,3], i:i32[2,2] in -6..5", "x[4], i:i64[]{-1}", "x[2,3], i:i32[0]", "x:i32[3,3], i:i32[4] in 0..8" });
NRV_OP(put_flat, .sig = "number x[...], index i[...], number src[...] -> y[...]",
       .doc =
           "x with elements of src at places of the flat tensor, or added to them where accumulate; a negative index "
           "counts from the end. Of several for one place the last counts. An index out of range stops the run.",
       .flags = NRV_MACRO, .make = put_flat_make, .torch = "put Tensor.put", .numpy = "put",
       .values = "indexes count from 0, and from -1 at the end",
       .refuse = { "x[2,3], i:i32[4], src[3] => put_flat: the elements do not fit the indexes | in here | input 0: "
                   "input f32 [2, 3] x | input 1: input i32 [4] i | input 2: input f32 [3] src | hint an element, a "
                   "number of x's type, for each index",
                   "x[2,3], i[4], src[4] => put_flat: input 1 is f32, an index is wanted | in here | input 0: "
                   "input f32 [2, 3] x | input 1: input f32 [4] i | input 2: input f32 [4] src | hint nrv_cast it to "
                   "NRV_I32 or NRV_I64",
                   "x[2,2], i:i32{4}, src[1] => put_flat: index 4 at position 0; it must lie in 0..3 | in here | hint "
                   "indexes count from 0, and from -1 at the end" },
       .test = { "x[2,3], i:i32{0,-1,3}, src[3]", "x[2,3], i:i64[2,2] in -6..5, src[4], accumulate=1",
                 "x[3], i:i32[0], "
                 "src[0]" });

/* i + n where i is negative; one that is too small stays what it is, to be refused as it was given */
static nrv_tensor put_wrapped(nrv_tensor index, nrv_dim n)
{
    return index ? NRV_EXPR("i, n: i < 0 ? i < -n ? i : i + n : i", index,
                            nrv_cast(nrv_dim_value(index->g, n), index->type))
                 : NULL;
}

/* the place of each in the flat first axes of x, i64 in the common shape; every index is held against its axis */
static nrv_tensor put_places(nrv_tensor x, int n, const nrv_tensor *index, nrv_shape common)
{
    nrv_tensor at = NULL;
    for (int i = 0; i < n; i++) {
        nrv_tensor one = nrv_gather(nrv_iota(x->g, NRV_I64, x->dim[i]), put_wrapped(index[i], x->dim[i]), 0);
        one = nrv_broadcast(one, common);
        at = i ? NRV_EXPR("a, n, i: a * n + i", at, nrv_dim_value(x->g, x->dim[i]), one) : one;
    }
    return at;
}

static nrv_tensor put_at(nrv_tensor x, nrv_tensor index, nrv_tensor src, bool add)
{
    if (!x || !index || !src)
        return NULL;
    return add ? nrv_add(x, nrv_scatter_add(src, index, 0, x->dim[0])) : put_copied(x, 0, index, src);
}

/* x with values at the places that n indexes, of i32 or i64, of its first n axes name together: x[i,j,...] = values, or
   += where accumulate is not 0. The indexes are stretched to one shape, the values to that and the axes left. A
   negative index counts from the end, one out of range is an error of the run. */
NRV_API nrv_tensor nrv_index_put(nrv_tensor x, int n, const nrv_tensor *index, nrv_tensor values, int accumulate)
{
    NRV_CALLED(&nrv__op_index_put, x);
    const nrv__opdef *op = &nrv__op_index_put;
    nrv_tensor in[NRV__MAX_RANK + 2] = { x };
    nrv_shape whole = { 0, { 0 } }, flat = { 1, { 0 } }, part = { 1, { 0 } };
    if (!x || x->g->why.status)
        return NULL;
    if (n < 1 || n > x->rank || !index)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "an index for each of the first axes", "%d indexes for rank %d",
                               n, x->rank);
    memcpy(in + 1, index, (size_t)n * sizeof *in);
    in[n + 1] = values;
    if (!nrv__op_wants(op, n + 2, in))
        return NULL;
    for (int i = 0; i < n; i++)
        if (!put_is_index(index[i]))
            return nrv__op_refuses(op, n + 2, in, NRV_EDTYPE, "i32 or i64; of a mask, nrv_masked_fill",
                                   "index %d is %s", i, nrv__dtype_name(index[i]->type));
    if (!nrv__op_common(op, n, index, &whole))
        return NULL;
    if (values->type != x->type || x->type == NRV_BOOL || whole.rank + x->rank - n > NRV__MAX_RANK)
        return nrv__op_refuses(op, n + 2, in, NRV_EDTYPE, "values of x's type, numbers; ranks go up to 8",
                               "%s values of a result of rank %d", nrv__dtype_name(values->type),
                               whole.rank + x->rank - n);
    nrv_tensor at = nrv_reshape(put_places(x, n, index, whole), NRV_SHAPE(NRV_SAME));
    flat.dim[0] = nrv__dim_product(x->g, n, x->dim);
    part.dim[0] = nrv__dim_product(x->g, whole.rank, whole.dim);
    for (int i = n; i < x->rank; i++)
        flat.dim[flat.rank++] = part.dim[part.rank++] = whole.dim[whole.rank++] = x->dim[i];
    bool fits = values->rank <= whole.rank;
    for (int i = 0; fits && i < values->rank; i++) {
        nrv_dim d, e = whole.dim[whole.rank - values->rank + i];
        fits = values->dim[i] == 1 || nrv__dim_same(x->g, values->dim[i], e, "index_put", &d);
    }
    if (!fits)
        return nrv__op_refuses(op, n + 2, in, NRV_ESHAPE,
                               "the shape of the indexes, then the axes left; 1 is stretched",
                               "values of rank %d do not fit", values->rank);
    nrv_tensor src = nrv_reshape(nrv_broadcast(values, whole), part);
    return nrv_reshape(put_at(nrv_reshape(x, flat), at, src, accumulate != 0), nrv_shape_of(x));
}

/* Elements of the flat x by index (...) of i32 or i64, in the index's shape; a negative one counts from the end, one
   out of range is an error of the run. PyTorch's take. */
NRV_API nrv_tensor nrv_take_flat(nrv_tensor x, nrv_tensor index)
{
    NRV_CALLED(&nrv__op_take_flat, x);
    nrv_tensor in[2] = { x, index };
    if (!nrv__op_wants_index(&nrv__op_take_flat, 2, in, 1))
        return NULL;
    nrv_tensor flat = nrv_merge_axes(x, 0, -1);
    return flat ? nrv_gather(flat, put_wrapped(index, flat->dim[0]), 0) : NULL;
}

/* x with src, as many elements as index of i32 or i64 has, at places of the flat x, or added to them where accumulate
   is not 0; a negative one counts from the end, one out of range is an error of the run. PyTorch's put. */
NRV_API nrv_tensor nrv_put_flat(nrv_tensor x, nrv_tensor index, nrv_tensor src, int accumulate)
{
    NRV_CALLED(&nrv__op_put_flat, x);
    nrv_tensor in[3] = { x, index, src };
    nrv_dim d;
    if (!nrv__op_wants_index(&nrv__op_put_flat, 3, in, 1))
        return NULL;
    nrv_dim n = nrv__dim_product(x->g, x->rank, x->dim), m = nrv__dim_product(x->g, index->rank, index->dim);
    if (src->type != x->type || x->type == NRV_BOOL ||
        !nrv__dim_same(x->g, m, nrv__dim_product(x->g, src->rank, src->dim), "put_flat", &d))
        return nrv__op_refuses(&nrv__op_put_flat, 3, in, NRV_ESHAPE, "an element, a number of x's type, for each index",
                               "the elements do not fit the indexes");
    nrv_tensor at = put_wrapped(nrv_reshape(index, NRV_SHAPE(m)), n);
    nrv_tensor y = put_at(nrv_reshape(x, NRV_SHAPE(n)), at, nrv_reshape(src, NRV_SHAPE(m)), accumulate != 0);
    return nrv_reshape(y, nrv_shape_of(x));
}
