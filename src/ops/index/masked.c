/* masked.c - elements where a mask is true: masked_fill, masked_select, masked_scatter, nonzero.

   How many these are depends on values, and a length cannot: what is selected comes first, zeros follow, and a count
   says how many are meant. */
#include "../op.h"
#include <string.h>

extern const nrv__opdef nrv__op_masked_fill, nrv__op_masked_select, nrv__op_masked_scatter, nrv__op_nonzero;

/* x and mask stretched to one shape; false: the error is set, in op's name */
static bool masked_pair(const nrv__opdef *op, int n, const nrv_tensor *in, nrv_tensor *x, nrv_tensor *mask)
{
    if (!nrv__op_wants(op, n, in))
        return false;
    if (in[1]->type != NRV_BOOL)
        return nrv__op_refuses(op, n, in, NRV_EDTYPE, "compare first: nrv_less, nrv_equal...",
                               "the mask is %s, bool is wanted", nrv__dtype_name(in[1]->type)),
               false;
    nrv_shape s;
    if (!nrv__op_common(op, 2, in, &s))
        return false;
    *x = nrv_broadcast(in[0], s);
    *mask = nrv_broadcast(in[1], s);
    return *x && *mask;
}

/* (n): indexes of the elements of the flat mask, the true ones first, in their order */
static nrv_tensor masked_order(nrv_tensor mask)
{
    return nrv_argsort(nrv_cast(nrv_merge_axes(mask, 0, -1), NRV_F32), 0, 1);
}

static nrv_tensor masked_count(nrv_tensor mask)
{
    return nrv_sum_all(nrv_cast(mask, NRV_I64));
}

/* rows beyond count as 0 */
static nrv_tensor masked_padded(nrv_tensor rows, nrv_tensor count)
{
    if (!rows)
        return NULL;
    nrv_tensor here = nrv_less(nrv_iota(rows->g, NRV_I64, rows->dim[0]), count);
    return nrv_select(rows->rank > 1 ? nrv_expand(here, 1, 1) : here, rows, nrv__like(rows, 0));
}

static nrv_tensor masked_fill_make(nrv__case *c)
{
    return nrv_masked_fill(c->x[0], c->x[1], c->n_x > 2 ? c->x[2] : nrv__like(c->x[0], nrv__case_real(c, "value", 0)));
}

static nrv_tensor masked_select_make(nrv__case *c)
{
    c->n_also = 1;
    return nrv_masked_select(c->x[0], c->x[1], &c->also[0]);
}

static nrv_tensor masked_scatter_make(nrv__case *c)
{
    return nrv_masked_scatter(c->x[0], c->x[1], c->x[2]);
}

static nrv_tensor nonzero_make(nrv__case *c)
{
    c->n_also = 1;
    return nrv_nonzero(c->x[0], &c->also[0]);
}

NRV_OP(
    masked_fill, .sig = "any x[...], bool mask[...] -> y[...]",
    .doc = "x with one number where the mask is true; both are stretched to one shape.", .flags = NRV_MACRO,
    .make = masked_fill_make, .torch = "masked_fill Tensor.masked_fill", .numpy = "putmask",
    .refuse = { "x[3,5], mask[3,5], value=1 => masked_fill: the mask is f32, bool is wanted | in here | input 0: input "
                "f32 [3, 5] x | input 1: input f32 [3, 5] mask | input 2: fill f32 [] here | hint compare first: "
                "nrv_less, nrv_equal...",
                "x[3,5], mask:bool[4], value=1 => masked_fill: shapes do not fit at axis 1 | in here | input 0: input "
                "f32 [3, 5] x | input 1: input bool [4] mask | hint only a length of 1 is stretched; nrv_reshape puts "
                "one in",
                "x[3], mask:bool[3], v[2] => masked_fill: a value of rank 1 and type f32 | in here | input 0: input "
                "f32 [3] x | input 1: input bool [3] mask | input 2: input f32 [2] v | hint a scalar of x's type; "
                "nrv_select takes any shape" },
    .test = { "x[3,5], mask:bool[3,5] in 0..1, value=-2.5", "x[3,1], mask:bool[4], value=1",
              "x:i32[4], mask:bool[4], "
              "value=7",
              "x[3,2], mask:bool[2]{0,1}, v[]", "x[0], mask:bool[0]" });
NRV_OP(
    masked_select, .sig = "any x[...], bool mask[...] -> y[n], i64 count[]",
    .doc =
        "The elements where the mask is true, in their order, followed by zeros up to the number of all elements; and "
        "how many there are. x and the mask are stretched to one shape.",
    .flags = NRV_MACRO, .make = masked_select_make, .torch = "masked_select", .onnx = "Compress", .numpy = "extract",
    .refuse = { "x[3,5], mask[3,5] => masked_select: the mask is f32, bool is wanted | in here | input 0: input f32 "
                "[3, 5] x | input 1: input f32 [3, 5] mask | hint compare first: nrv_less, nrv_equal...",
                "x[3,5], mask:bool[4] => masked_select: shapes do not fit at axis 1 | in here | input 0: input f32 [3, "
                "5] x | input 1: input bool [4] mask | hint only a length of 1 is stretched; nrv_reshape puts one in" },
    .test = { "x[3,5], mask:bool[3,5] in 0..1", "x[3,1], mask:bool[4] in 0..1", "x:i32[4], mask:bool[4]{0,0,0,0}",
              "x[2], mask:bool[2]{1,1}", "x[0], mask:bool[0]", "x[40,40], mask:bool[40,40] in 0..1" });
NRV_OP(masked_scatter, .sig = "any x[...], bool mask[...], any src[...] -> y[...]",
       .doc = "x with the elements of src, in their order, where the mask is true. Too few of them stop the run.",
       .flags = NRV_MACRO, .make = masked_scatter_make, .torch = "masked_scatter Tensor.masked_scatter",
       .numpy = "place", .values = "src has an element for each true of the mask, at least",
       .refuse = { "x[3,5], mask[3,5], src[15] => masked_scatter: the mask is f32, bool is wanted | in here | input 0: "
                   "input f32 [3, 5] x | input 1: input f32 [3, 5] mask | input 2: input f32 [15] src | hint compare "
                   "first: nrv_less, nrv_equal...",
                   "x[3], mask:bool[3], src:i32[3] => masked_scatter: elements of i32 for f32 | in here | input 0: "
                   "input f32 [3] x | input 1: input bool [3] mask | input 2: input i32 [3] src | hint elements of x's "
                   "type, at least one",
                   "x[3], mask:bool{1,1,1}, src[2] => masked_scatter: index 2 at position 2; it must lie in 0..1 | in "
                   "here | hint src has an element for each true of the mask, at least",
                   "x[3], mask:bool{1,1,1}, src[0] => masked_scatter: no elements of f32 for f32 | in here | input 0: "
                   "input f32 [3] x | input 1: input bool [3] mask | input 2: input f32 [0] src | hint elements of x's "
                   "type, at least one" },
       .test = { "x[3,5], mask:bool[3,5] in 0..1, src[4,4]", "x[3,1], mask:bool[4] in 0..1, src[12]",
                 "x[4], mask:bool[4]{0,1,0,1}, src[2]", "x[0], mask:bool[0], src[0]" });
NRV_OP(
    nonzero, .sig = "any x[...] -> i64 y[n,rank], i64 count[]",
    .doc =
        "The coordinates of the elements that are not 0, in their order, followed by rows of zeros up to the number of "
        "all elements; and how many there are. NaN is not 0.",
    .flags = NRV_MACRO, .make = nonzero_make, .torch = "nonzero argwhere", .numpy = "argwhere", .onnx = "NonZero",
    .refuse = { "x[] => nonzero: a scalar has no coordinates | in here | input 0: input f32 [] x | hint nrv_unsqueeze "
                "it",
                "x:i32[] => nonzero: a scalar has no coordinates | in here | input 0: input i32 [] x | hint "
                "nrv_unsqueeze it" },
    .test = { "x:i32[3,5] in 0..1", "x:bool[4] in 0..1", "x{0,-1,0,nan,-0}", "x[0,3]", "x:i32[2,3,2] in -1..0" });

/* x (...) with the scalar value, of x's type, where mask (...) is true; both are stretched to one shape. */
NRV_API nrv_tensor nrv_masked_fill(nrv_tensor x, nrv_tensor mask, nrv_tensor value)
{
    nrv_tensor in[3] = { x, mask, value };
    if (!masked_pair(&nrv__op_masked_fill, 3, in, &x, &mask))
        return NULL;
    if (value->rank != 0 || value->type != x->type)
        return nrv__op_refuses(&nrv__op_masked_fill, 3, in, NRV_ESHAPE,
                               "a scalar of x's type; nrv_select takes any shape", "a value of rank %d and type %s",
                               value->rank, nrv__dtype_name(value->type));
    return nrv_select(mask, value, x);
}

/* The elements of x (...) where mask (...) is true, in their order -> (n), n being the number of all elements, with
   zeros behind; *count, where count is not NULL, i64, says how many there are. Both are stretched to one shape. */
NRV_API nrv_tensor nrv_masked_select(nrv_tensor x, nrv_tensor mask, nrv_tensor *count)
{
    NRV_CALLED(&nrv__op_masked_select, x);
    nrv_tensor in[2] = { x, mask };
    if (count)
        *count = NULL;
    if (!masked_pair(&nrv__op_masked_select, 2, in, &x, &mask))
        return NULL;
    nrv_tensor n = masked_count(mask),
               y = masked_padded(nrv_gather(nrv_merge_axes(x, 0, -1), masked_order(mask), 0), n);
    if (count)
        *count = y ? n : NULL;
    return y;
}

/* x (...) with the elements of src, in their order, where mask (...) is true; x and mask are stretched to one shape,
   src has any. Too few elements are an error of the run. */
NRV_API nrv_tensor nrv_masked_scatter(nrv_tensor x, nrv_tensor mask, nrv_tensor src)
{
    NRV_CALLED(&nrv__op_masked_scatter, x);
    nrv_tensor in[3] = { x, mask, src };
    if (!masked_pair(&nrv__op_masked_scatter, 3, in, &x, &mask))
        return NULL;
    nrv_tensor flat = nrv_merge_axes(src, 0, -1);
    if (!flat || nrv__dim_product(x->g, x->rank, x->dim) == 0)
        return flat ? x : NULL;
    if (src->type != x->type || flat->dim[0] == 0)
        return nrv__op_refuses(&nrv__op_masked_scatter, 3, in, NRV_ESHAPE, "elements of x's type, at least one",
                               "%s of %s for %s", flat->dim[0] ? "elements" : "no elements", nrv__dtype_name(src->type),
                               nrv__dtype_name(x->type));
    nrv_tensor turn = nrv_cumsum(nrv_cast(nrv_merge_axes(mask, 0, -1), NRV_I64), 0, 0);
    nrv_tensor at = NRV_EXPR("t: t > 0 ? t - 1 : t", turn);
    return nrv_select(mask, nrv_reshape(nrv_gather(flat, at, 0), nrv_shape_of(x)), x);
}

/* i64 (n,rank): the coordinates of the elements of x that are not 0, in their order, n being the number of all
   elements, with rows of zeros behind; *count, where count is not NULL, i64, says how many there are. */
NRV_API nrv_tensor nrv_nonzero(nrv_tensor x, nrv_tensor *count)
{
    NRV_CALLED(&nrv__op_nonzero, x);
    nrv_tensor column[NRV__MAX_RANK];
    if (count)
        *count = NULL;
    if (!x || x->g->why.status)
        return NULL;
    if (x->rank < 1)
        return nrv__op_refuses(&nrv__op_nonzero, 1, &x, NRV_ESHAPE, "nrv_unsqueeze it", "a scalar has no coordinates");
    nrv_tensor mask = nrv_not_equal(x, nrv__like(x, 0)), order = masked_order(mask), n = masked_count(mask);
    for (int i = 0; i < x->rank; i++) {
        nrv_tensor at = nrv__line(nrv_iota(x->g, NRV_I64, x->dim[i]), x->rank, i);
        at = nrv_broadcast(at, nrv_shape_of(x));
        column[i] = nrv_gather(nrv_merge_axes(at, 0, -1), order, 0);
    }
    nrv_tensor y = masked_padded(nrv_stack(x->rank, column, 1), n);
    if (count)
        *count = y ? n : NULL;
    return y;
}
