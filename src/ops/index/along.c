/* along.c - elements put into a tensor along an axis, by an index for each: put_along, add_along, reduce_along -
   PyTorch's scatter, scatter_add and scatter_reduce. The counterparts of take_along.

   All are made of scatter_add, segment_max and segment_prod with every other axis in front and shared. */
#include "lines.h"
#include <string.h>

enum { ALONG_SUM, ALONG_PROD, ALONG_MEAN, ALONG_MAX, ALONG_MIN, ALONG_KINDS };
static const char *const along_kind[ALONG_KINDS] = { "sum", "prod", "mean", "amax", "amin" };

extern const nrv__opdef nrv__op_put_along, nrv__op_add_along, nrv__op_reduce_along, nrv__op_segment_max,
    nrv__op_segment_prod, nrv__op_scatter_add;

typedef struct along {
    nrv_tensor x, index, src; /* with the axis behind; the index as long as src beside it */
    nrv_dim count;            /* of the axis in x */
    nrv_shape whole;          /* x's */
    int rank, order[2 * NRV__MAX_RANK];
} along;

/* x, index and src with the axis behind; false: the error is set, in op's name */
static bool along_of(const nrv__opdef *op, along *a, nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src)
{
    nrv_tensor in[3] = { x, index, src };
    char have[24], want[24];
    if (!nrv__op_wants(op, 3, in) || !nrv__axis(x, &axis, op->name) || !nrv__along_fits(op, 3, in, axis))
        return false;
    if (src->rank != x->rank || src->type != x->type || x->type == NRV_BOOL)
        return nrv__op_refuses(op, 3, in, NRV_ESHAPE, "what is put has the axes and the type of x, a number",
                               "%s of rank %d into %s of rank %d", nrv__dtype_name(src->type), src->rank,
                               nrv__dtype_name(x->type), x->rank),
               false;
    for (int i = 0; i < x->rank; i++)
        if (!nrv__dim_at_most(x->g, index->dim[i], src->dim[i], op->name))
            return nrv__op_refuses(op, 3, in, NRV_ESHAPE, "an element for each index; more are not read",
                                   "axis %d has %s indexes for %s elements", i,
                                   nrv__dim_text(x->g, index->dim[i], have), nrv__dim_text(x->g, src->dim[i], want)),
                   false;
    a->rank = nrv__along(x, axis, a->order);
    if (src->dim[axis] != index->dim[axis])
        src = nrv_slice(src, axis, 0, index->dim[axis]);
    a->whole = nrv_shape_of(x);
    a->count = x->dim[axis];
    a->x = nrv_permute(x, a->rank, a->order);
    a->index = nrv_permute(index, a->rank, a->order);
    a->src = nrv_permute(nrv__along_cut(src, index, axis), a->rank, a->order);
    return a->src && a->index;
}

/* y, which reaches as far as the index does beside the axis, to x's lengths, with `fill` beyond */
static nrv_tensor along_grown(const along *a, nrv_tensor y, double fill)
{
    for (int i = 0; y && i < a->rank - 1; i++) {
        nrv_dim n = a->x->dim[i];
        if (y->dim[i] == n)
            continue;
        nrv_shape s = nrv_shape_of(y);
        s.dim[i] = nrv__dim_sub(y->g, n, y->dim[i]);
        nrv_tensor part[2] = { y, nrv_fill(y->g, y->type, s, fill) };
        y = nrv_concat(2, part, i);
    }
    return y;
}

static nrv_tensor along_brought(const along *a, const nrv__opdef *op, nrv_tensor src, double fill)
{
    nrv__lines_attr lines = { a->rank - 1, a->rank - 1 };
    return along_grown(a, nrv__lines_scatter(op, src, a->index, lines, a->count), fill);
}

static nrv_tensor along_summed(const along *a, nrv_tensor src)
{
    return along_brought(a, &nrv__op_scatter_add, src, 0);
}

static nrv_tensor along_back(const along *a, nrv_tensor y)
{
    return nrv_permute(y, a->rank, a->order + NRV__MAX_RANK);
}

/* how many indexes name each place, in x's type */
static nrv_tensor along_many(const along *a)
{
    nrv_graph *g = a->x->g;
    return along_summed(a, nrv_fill(g, a->x->type, nrv_shape_of(a->index), 1));
}

/* ---- put ---- */
/* src, or the number `value` in the index's shape and x's type */
static nrv_tensor along_src(const nrv__case *c, int at)
{
    nrv_tensor x = c->x[0], index = c->x[1];
    if (c->n_x > at)
        return c->x[at];
    return x && index ? nrv_fill(x->g, x->type, nrv_shape_of(index), nrv__case_real(c, "value", 0)) : NULL;
}

static int along_case_kind(const nrv__case *c, const char *name, int otherwise)
{
    const char *t = nrv__case_text(c, name);
    if (t && !strcmp(t, "add"))
        return ALONG_SUM;
    if (t && !strcmp(t, "multiply"))
        return ALONG_PROD;
    for (int i = 0; t && i < ALONG_KINDS; i++)
        if (!strcmp(t, along_kind[i]))
            return i;
    return t ? ALONG_KINDS : otherwise;
}

static nrv_tensor put_along_make(nrv__case *c)
{
    int axis = nrv__case_small(c, "axis", 0), kind = along_case_kind(c, "reduce", -1);
    if (kind >= 0)
        return nrv_reduce_along(c->x[0], axis, c->x[1], along_src(c, 2), kind < ALONG_KINDS ? along_kind[kind] : "?",
                                1);
    return nrv_put_along(c->x[0], axis, c->x[1], along_src(c, 2));
}

static nrv_tensor add_along_make(nrv__case *c)
{
    return nrv_add_along(c->x[0], nrv__case_small(c, "axis", 0), c->x[1], along_src(c, 2));
}

static nrv_tensor reduce_along_make(nrv__case *c)
{
    int kind = along_case_kind(c, "reduce", ALONG_SUM);
    return nrv_reduce_along(c->x[0], nrv__case_small(c, "axis", 0), c->x[1], along_src(c, 2),
                            kind < ALONG_KINDS ? along_kind[kind] : nrv__case_text(c, "reduce"),
                            nrv__case_small(c, "include_self", 1));
}

NRV_OP(put_along, .sig = "number x[...], index i[...], number src[...] -> y[...]",
       .doc =
           "x with elements of src in the places of an axis that the index names; what an element's other coordinates "
           "are they stay. Of several for one place the last counts, and it alone gets the gradient. An index out of "
           "range stops the run.",
       .flags = NRV_MACRO, .make = put_along_make, .torch = "scatter Tensor.scatter", .numpy = "put_along_axis",
       .onnx = "ScatterElements", .values = "indexes count from 0; a negative one does not count from the end",
       .refuse = { "x[3,5], i:i32[3,2]{0,1,2,3,4,5}, src[3,2], axis=1 => put_along: index 5 at position 5; it must lie "
                   "in 0..4 | in here | hint indexes count from 0; a negative one does not count from the end",
                   "x[3,5], i:i32[3,2], src[3,1], axis=1 => put_along: axis 1 has 2 indexes for 1 elements | in here | "
                   "input 0: input f32 [3, 5] x | input 1: input i32 [3, 2] i | input 2: input f32 [3, 1] src | hint "
                   "an element for each index; more are not read",
                   "x[3,5], i:i32[2], src[2], axis=0 => put_along: ranks 2 and 1 | in here | input 0: input f32 [3, 5] "
                   "x | input 1: input i32 [2] i | input 2: input f32 [2] src | hint an index for each element: both "
                   "have the same axes",
                   "x[3,5], i[3,5], src[3,5], axis=0 => put_along: input 1 is f32, an index is wanted | in here | "
                   "input 0: input f32 [3, 5] x | input 1: input f32 [3, 5] i | input 2: input f32 [3, 5] src | hint "
                   "nrv_cast it to NRV_I32 or NRV_I64" },
       .test = { "x[3,5], i:i32[2,5]{0,1,2,0,1,2,0,1,2,0}, src[2,5], axis=0",
                 "x[2,3,4], i:i64[2,3,1] in 0..3, src[2,3,1], "
                 "axis=-1",
                 "x[2,3,4], i:i32[1,2,4] in 0..2, src[2,3,4], axis=1", "x[6], i:i32[4]{1,1,3,1}, src[4], axis=0",
                 "x[6], i:i64[0], src[3], axis=0", "x:i32[5], i:i32[3]{4,0,2}, src:i32[3], axis=0",
                 "x[6], i:i32[2]{1,4}, value=2.5, axis=0" });
NRV_OP(
    add_along, .sig = "number x[...], index i[...], number src[...] -> y[...]",
    .doc =
        "x with elements of src added to the places of an axis that the index names. An index out of range stops the "
        "run.",
    .flags = NRV_MACRO, .make = add_along_make, .torch = "scatter_add Tensor.scatter_add",
    .values = "indexes count from 0; a negative one does not count from the end",
    .refuse = { "x[3,5], i:i32[3,2]{0,1,2,3,4,5}, src[3,2], axis=1 => add_along: index 5 at position 5; it must lie in "
                "0..4 | in here | hint indexes count from 0; a negative one does not count from the end",
                "x[3,5], i:i32[3,2], src[3,1], axis=1 => add_along: axis 1 has 2 indexes for 1 elements | in here | "
                "input 0: input f32 [3, 5] x | input 1: input i32 [3, 2] i | input 2: input f32 [3, 1] src | hint an "
                "element for each index; more are not read",
                "x[3,5], i:i32[3,2], src[3,2], axis=2 => add_along: axis 2 of a tensor of rank 2 | in here | hint axes "
                "count from 0, or from -1 at the end",
                "x[3,5], i:i32[4,2], src[4,2], axis=1 => add_along: axis 0 has 4 indexes for 3 | in here | input 0: "
                "input f32 [3, 5] x | input 1: input i32 [4, 2] i | input 2: input f32 [4, 2] src | hint only along "
                "the axis may the index be longer" },
    .test = { "x[3,5], i:i32[4,5] in 0..2, src[4,5], axis=0", "x[2,3,4], i:i64[2,3,6] in 0..3, src[2,3,6], axis=-1",
              "x[2,3,4], i:i32[1,2,4] in 0..2, src[2,3,4], axis=1", "x[6], i:i64[0], src[3], axis=0",
              "x:i32[5], i:i32[9] in 0..4, src:i32[9], axis=0" });
NRV_OP(
    reduce_along, .sig = "real x[...], index i[...], real src[...] -> y[...]",
    .doc =
        "x with the sum, product, mean, largest or smallest of the elements of src in the places of an axis that the "
        "index names, x's own element among them unless include_self is 0. Several that are the largest share the "
        "gradient evenly; NaN wins. An index out of range stops the run.",
    .flags = NRV_MACRO, .make = reduce_along_make, .torch = "scatter_reduce Tensor.scatter_reduce", .ulp = 16,
    .rel = 1e-11, .tolerance_why = "a quotient of sums, and products in any order",
    .values = "indexes count from 0; a negative one does not count from the end",
    .refuse = { "x[3,2], i:i32[2,2]{0,1,3,2}, src[2,2], reduce=sum => reduce_along: index 3 at position 1; it must lie "
                "in 0..2 | in here | hint indexes count from 0; a negative one does not count from the end",
                "x[3,5], i:i32[3,2], src[3,2], axis=1, reduce=median => reduce_along: no reduction is called 'median' "
                "| in here | input 0: input f32 [3, 5] x | hint sum, prod, mean, amax or amin",
                "x[3,5], i:i32[3,2], src[3,1], axis=1 => reduce_along: axis 1 has 2 indexes for 1 elements | in here | "
                "input 0: input f32 [3, 5] x | input 1: input i32 [3, 2] i | input 2: input f32 [3, 1] src | hint an "
                "element for each index; more are not read",
                "x:i32[3], i:i32[3], src:i32[3], axis=0, reduce=prod => reduce_along: 'prod' of i32, a real type is "
                "wanted | in here | input 0: input i32 [3] x | hint nrv_cast it to NRV_F32" },
    .test = { "x[3,5], i:i32[4,5] in 0..2, src[4,5], axis=0",
              "x[2,3,4], i:i64[2,3,6] in 0..3, src[2,3,6], axis=-1, "
              "reduce=amax",
              "x[2,3,4], i:i32[1,2,4] in 0..2, src[2,3,4], axis=1, reduce=prod",
              "x[6], i:i64[9] in 0..5, src[9], axis=0, reduce=mean",
              "x[6], i:i64[9] in 0..5, src[9], axis=0, "
              "reduce=mean, include_self=0",
              "x[6], i:i32[9] in 0..5, src[9], axis=0, reduce=amin, include_self=0",
              "x[6], i:i32[9] in 0..5, src[9], axis=0, reduce=prod, include_self=0",
              "x[6], i:i32[9] in 0..5, src[9], axis=0, reduce=sum, include_self=0",
              "x[6], i:i32[0], src[0], axis=0, reduce=amax" });

/* x (a...,n,b...) with src (a...,m,b...) in the places of axis that index (a...,m,b...) of i32 or i64 names: PyTorch's
   scatter. Along the other axes the index may be shorter than x, and src may be longer than the index everywhere. Of
   several elements for one place the last counts, and it alone gets the gradient. An index outside 0..n-1 is an error
   of the run. */
NRV_API nrv_tensor nrv_put_along(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src)
{
    NRV_CALLED(&nrv__op_put_along, x);
    along a;
    if (!along_of(&nrv__op_put_along, &a, x, axis, index, src))
        return NULL;
    nrv_graph *g = x->g;
    nrv_dim m = a.index->dim[a.rank - 1];
    if (m == 0)
        return x;
    nrv_shape line = nrv_shape_of(a.index);
    nrv_tensor turn = nrv_broadcast(nrv_add(nrv_iota(g, NRV_I32, m), nrv_fill(g, NRV_I32, NRV_SCALAR, 1)), line);
    nrv_tensor last = along_brought(&a, &nrv__op_segment_max, turn, 0); /* from 1; 0: none */
    nrv_tensor found = NRV_EXPR("t: t > 0 ? t - 1 : t", last);
    nrv_tensor y = nrv__gather(along_grown(&a, a.src, 0), found, a.rank - 1, a.rank - 1);
    return along_back(&a, nrv_select(nrv_greater(last, nrv_fill(g, NRV_I32, NRV_SCALAR, 0)), y, a.x));
}

/* x (a...,n,b...) plus src (a...,m,b...), each element of which is added where index (a...,m,b...) of i32 or i64 says
   along axis: PyTorch's scatter_add. Lengths as for nrv_put_along. An index outside 0..n-1 is an error of the run. */
NRV_API nrv_tensor nrv_add_along(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src)
{
    NRV_CALLED(&nrv__op_add_along, x);
    along a;
    if (!along_of(&nrv__op_add_along, &a, x, axis, index, src))
        return NULL;
    return along_back(&a, nrv_add(a.x, along_summed(&a, a.src)));
}

/* ---- reduced ---- */
typedef struct along_met { /* where x's own element does not count among what came */
    nrv_tensor many, any;  /* elements that came; is there one */
    bool self;
} along_met;

static along_met along_met_of(const along *a, bool self)
{
    nrv_tensor many = along_many(a);
    return (along_met){ many, nrv_greater(many, nrv__like(many, 0)), self };
}

/* the largest, whose gradient all that are the largest share */
static nrv_tensor along_largest(const along *a, const along_met *m)
{
    nrv_tensor most = along_brought(a, &nrv__op_segment_max, a->src, 0);
    nrv_tensor best = nrv_stop(nrv_select(m->any, m->self ? nrv_max(a->x, most) : most, a->x));
    nrv_tensor zero = nrv__like(a->x, 0), one = nrv__like(a->x, 1);
    nrv_tensor own = nrv_equal(a->x, best), here = nrv__along_cut(best, a->index, a->rank - 1);
    if (!m->self)
        own = nrv_less_equal(m->many, zero);
    nrv_tensor came = nrv_equal(a->src, nrv__gather(here, a->index, a->rank - 1, a->rank - 1));
    nrv_tensor n = nrv_add(nrv_select(own, one, zero), along_summed(a, nrv_select(came, one, zero)));
    nrv_tensor sum = nrv_add(nrv_select(own, a->x, zero), along_summed(a, nrv_select(came, a->src, zero)));
    return nrv_surrogate(best, nrv_div(sum, nrv_stop(n)));
}

static nrv_tensor along_reduced(const along *a, int kind, bool self)
{
    along_met m = along_met_of(a, self);
    along turned = *a;
    nrv_tensor x = a->x, y = NULL;
    switch (kind) {
    case ALONG_MAX:
        return along_largest(a, &m);
    case ALONG_MIN:
        turned.x = nrv_neg(x);
        turned.src = nrv_neg(a->src);
        return nrv_neg(along_largest(&turned, &m));
    case ALONG_PROD:
        y = along_brought(a, &nrv__op_segment_prod, a->src, 1);
        return self ? nrv_mul(x, y) : nrv_select(m.any, y, x);
    case ALONG_MEAN:
        y = along_summed(a, a->src);
        return self ? NRV_EXPR("x, y, n: (x + y) / (n + 1)", x, y, m.many)
                    : nrv_select(m.any, nrv_div(y, nrv_max(m.many, nrv__like(x, 1))), x);
    default:
        y = along_summed(a, a->src);
        return self ? nrv_add(x, y) : nrv_select(m.any, y, x);
    }
}

/* x (a...,n,b...) with the elements of src (a...,m,b...) reduced into the places of axis that index (a...,m,b...) of
   i32 or i64 names: reduce is "sum", "prod", "mean", "amax" or "amin", PyTorch's scatter_reduce. Where include_self is
   0, x's own element counts only where nothing comes. Several that are the largest share the gradient evenly; NaN wins.
   All but sums need a real type. An index outside 0..n-1 is an error of the run. */
NRV_API nrv_tensor nrv_reduce_along(nrv_tensor x, int axis, nrv_tensor index, nrv_tensor src, const char *reduce,
                                    int include_self)
{
    NRV_CALLED(&nrv__op_reduce_along, x);
    along a;
    int kind = 0;
    if (!along_of(&nrv__op_reduce_along, &a, x, axis, index, src))
        return NULL;
    while (kind < ALONG_KINDS && (!reduce || strcmp(reduce, along_kind[kind]) != 0))
        kind++;
    if (kind == ALONG_KINDS)
        return nrv__op_refuses(&nrv__op_reduce_along, 1, &x, NRV_EARG, "sum, prod, mean, amax or amin",
                               "no reduction is called '%.40s'", reduce ? reduce : "");
    if (kind != ALONG_SUM && !nrv__dtype_real(x->type))
        return nrv__op_refuses(&nrv__op_reduce_along, 1, &x, NRV_EDTYPE, "nrv_cast it to NRV_F32",
                               "'%s' of %s, a real type is wanted", reduce, nrv__dtype_name(x->type));
    return along_back(&a, along_reduced(&a, kind, include_self != 0));
}
