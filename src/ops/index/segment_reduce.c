/* segment_reduce - neighbouring rows of x, so many to each segment, become one: PyTorch's name for what segment_sum,
   segment_mean, segment_max and segment_prod do by numbers. */
#include "../op.h"
#include <math.h>
#include <string.h>

extern const nrv__opdef nrv__op_segment_reduce;

static nrv_tensor segment_reduce_make(nrv__case *c)
{
    nrv_tensor lengths = nrv__case_named(c, "lengths length"), offsets = nrv__case_named(c, "offsets");
    const char *reduce = nrv__case_text(c, "reduce");
    if (offsets && !lengths)
        lengths = nrv_diff(offsets, 1, -1);
    return nrv_segment_reduce(c->x[0], reduce ? reduce : "sum", lengths, nrv__case_small(c, "axis", 0),
                              nrv__case_text(c, "initial") ? nrv__case_real(c, "initial", 0) : NAN);
}

NRV_OP(segment_reduce, .sig = "real x[a...,n,b...], index lengths[a...,count] -> y[a...,count,b...]",
       .doc =
           "Neighbours along an axis as one: reduce is sum, mean, max, min or prod, and lengths says how many belong "
           "to each. Nothing at all gives 0, NaN, -inf, inf or 1, unless `initial` is there to begin with (a mean of "
           "nothing is initial). Elements that no length covers stop the run; of equal ones that are the largest "
           "each gets its part of the gradient.",
       .flags = NRV_MACRO, .make = segment_reduce_make, .torch = "segment_reduce", .ulp = 8,
       .tolerance_why = "sums and quotients, each rounded",
       .values = "lengths are at least 0 and cover the axis; an index here is the number of a segment",
       .refuse = { "x[5], lengths:i32{2,3}, reduce=median => segment_reduce: reduce is \"median\" | in here | input 0: "
                   "input f32 [5] x | input 1: input i32 [2] lengths | hint sum, mean, max, min or prod",
                   "x[5], lengths:i32[1,2] => segment_reduce: lengths of rank 2 for axis 0 | in here | input 0: input "
                   "f32 [5] x | input 1: input i32 [1, 2] lengths | hint the axes of x before that one, then how many "
                   "belong to each segment",
                   "x[5], lengths[2] => segment_reduce: input 1 is f32, an index is wanted | in here | input 0: input "
                   "f32 [5] x | input 1: input f32 [2] lengths | hint nrv_cast it to NRV_I32 or NRV_I64",
                   "x[5], lengths:i32{2,2} => segment_reduce: index 2 at position 4; it must lie in 0..1 | in here | "
                   "hint lengths are at least 0 and cover the axis; an index here is the number of a segment",
                   "x[2,5], lengths:i32[2,2]{2,2,3,2}, axis=1 => segment_reduce: index 4 at position 4; it must lie in "
                   "0..3 | in here | hint lengths are at least 0 and cover the axis; an index here is the number of a "
                   "segment" },
       .test = { "x[6,2], lengths:i32{2,0,4}", "x[6], lengths:i64{2,1,3}, reduce=mean",
                 "x[6,2], lengths:i32{2,1,3}, reduce=max", "x[6], lengths:i64{1,5}, reduce=min, initial=0.25",
                 "x[6] in 0.5..2, lengths:i32{2,0,4}, reduce=prod", "x[6], lengths:i32{2,0,4}, reduce=mean, initial=2",
                 "x[2,5,3], lengths:i32[2,2]{1,4,3,2}, axis=1", "x[0,2], lengths:i32{0,0}" });

static const double segment_reduce_of_none[] = { 0, 0, -INFINITY, INFINITY, 1 };

/* which segment of all each row is in: x is (rows,n,...), lengths (rows,count) -> (rows*n). What lies behind the last
   segment of its row gets the number behind all, a length below 0 stands in the place of all numbers: both are refused.
 */
static nrv_tensor segment_reduce_numbers(nrv_tensor lengths, nrv_dim rows, nrv_dim n, nrv_dim count, nrv_dim all)
{
    nrv_graph *g = lengths->g;
    nrv_tensor ends = nrv_cumsum(nrv_cast(lengths, NRV_I64), -1, 0);
    nrv_tensor place = nrv_broadcast(nrv_iota(g, NRV_I64, n), NRV_SHAPE(rows, n));
    nrv_tensor mine = nrv_cast(nrv_searchsorted(ends, place, 1), NRV_I64);
    nrv_tensor many = nrv_dim_value(g, count), before = nrv_expand(nrv_mul(nrv_iota(g, NRV_I64, rows), many), -1, 1);
    nrv_tensor least = nrv_min_of(nrv_pad(nrv_cast(lengths, NRV_I64), -1, 0, 1, 0), -1, 1);
    return nrv_merge_axes(
        NRV_EXPR("l, i, n, b, all: l < 0 ? l : i < n ? b + i : all", least, mine, many, before, nrv_dim_value(g, all)),
        0, -1);
}

static nrv_tensor segment_reduce_rows(nrv_tensor x, nrv_tensor number, int how, nrv_dim count, double initial)
{
    static const char *const kind[] = { "sum", "sum", "amax", "amin", "prod" };
    const bool begun = initial == initial;
    nrv_shape s = nrv_shape_of(x), line = s;
    s.dim[0] = count;
    nrv_tensor base = nrv_fill(x->g, x->type, s, begun ? initial : segment_reduce_of_none[how]);
    nrv_tensor index = nrv_broadcast(nrv__line(number, x->rank, 0), line);
    nrv_tensor y = nrv_reduce_along(base, 0, index, x, kind[how], 1);
    if (how != 1 || !y)
        return y;
    nrv_tensor many = nrv__line(nrv_cast(nrv_bincount(number, NULL, count), x->type), x->rank, 0);
    nrv_tensor none = nrv_equal(many, nrv__like(many, 0));
    return NRV_EXPR("y, n, none, i: none ? i : y / (none ? 1 : n)", y, many, none, nrv__like(y, initial));
}

/* x (a...,n,b...) and lengths (a...,count) of i32 or i64 -> (a...,count,b...): the first lengths[0] along axis become
   one, then the next lengths[1]... reduce is "sum", "mean", "max", "min" or "prod"; initial is what each begins with,
   NAN: nothing. Elements behind the last segment are an error of the run; lengths that go beyond n count what is there.
   As PyTorch's segment_reduce. */
NRV_API nrv_tensor nrv_segment_reduce(nrv_tensor x, const char *reduce, nrv_tensor lengths, int axis, double initial)
{
    static const char *const names[] = { "sum", "mean", "max", "min", "prod" };
    NRV_CALLED(&nrv__op_segment_reduce, x);
    const nrv__opdef *op = &nrv__op_segment_reduce;
    const nrv_tensor in[] = { x, lengths };
    int how = 0;
    if (!nrv__op_wants_index(op, 2, in, 1) || !nrv__op_wants_real(op, 1, in) || !nrv__axis(x, &axis, op->name))
        return NULL;
    while (how < 5 && (!reduce || strcmp(reduce, names[how])))
        how++;
    if (how == 5)
        return nrv__op_refuses(op, 2, in, NRV_EARG, "sum, mean, max, min or prod", "reduce is \"%.20s\"",
                               reduce ? reduce : "");
    bool fits = lengths->rank == axis + 1;
    nrv_dim d;
    for (int i = 0; fits && i < axis; i++)
        fits = nrv__dim_same(x->g, lengths->dim[i], x->dim[i], op->name, &d);
    if (!fits)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE,
                               "the axes of x before that one, then how many belong to each segment",
                               "lengths of rank %d for axis %d", lengths->rank, axis);
    nrv_graph *g = x->g;
    const nrv_dim rows = nrv__dim_product(g, axis, x->dim), n = x->dim[axis], count = lengths->dim[axis];
    nrv_shape flat = { x->rank - axis, { nrv__dim_product(g, axis + 1, x->dim) } }, back = nrv_shape_of(x);
    for (int i = axis + 1; i < x->rank; i++)
        flat.dim[i - axis] = x->dim[i];
    back.dim[axis] = count;
    const nrv_dim all = nrv__dim_product(g, axis + 1, lengths->dim);
    nrv_tensor number = segment_reduce_numbers(nrv_reshape(lengths, NRV_SHAPE(rows, count)), rows, n, count, all);
    nrv_tensor y = number ? segment_reduce_rows(nrv_reshape(x, flat), number, how, all, initial) : NULL;
    return nrv_reshape(y, back);
}
