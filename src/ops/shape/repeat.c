/* repeat.c - the same elements several times: repeat (whole tensors, PyTorch's repeat and tile) and repeat_interleave
   (every element or line, one after the other). */
#include "../op.h"

/* x seen as (outer, 1, inner) before axis `at`, stretched to (outer, n, inner) */
static nrv_tensor repeat_before(nrv_tensor x, int at, nrv_dim n)
{
    if (!x)
        return NULL;
    nrv_dim outer = nrv__dim_product(x->g, at, x->dim), inner = nrv__dim_product(x->g, x->rank - at, x->dim + at);
    return nrv_broadcast(nrv_reshape(x, NRV_SHAPE(outer, 1, inner)), NRV_SHAPE(outer, n, inner));
}

static nrv_tensor repeat_make(nrv__case *c)
{
    int64_t d[NRV__MAX_RANK];
    int n = nrv__case_ints(c, "times", NRV__MAX_RANK, d);
    return nrv_repeat(c->x[0], n, d);
}

NRV_OP(repeat, .sig = "any x[...] -> y[...]",
       .doc =
           "x several times along each of its axes; where more times than axes are given, new ones are put in front, "
           "where fewer, the first axes are left as they are.",
       .flags = NRV_MACRO, .make = repeat_make, .torch = "tile Tensor.repeat", .numpy = "tile", .onnx = "Tile",
       .refuse = { "x[3,5], times=2x-3 => -3 is neither a length nor the handle of a size of this graph | in here | "
                   "hint calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph",
                   "x[3,5], times=2x-1 => repeat: -1 times at position 1 | in here | input 0: input f32 [3, 5] x | "
                   "hint 0 times or more",
                   "x[4,5,6], times=4611686018427387904 => a length overflows or has too many terms | in here | hint "
                   "name the intermediate length as a size of its own" },
       .test = { "x[2,3], times=2x3", "x[3], times=2x1x2", "x[2,3], times=2", "x[], times=4", "x[2,3], times=0x1",
                 "x[2,1,1,1,1,1,1,2], times=2x1x1x1x1x1x1x3", "x:i32[3], times=2" });

/* x n_i times along each axis: (a,b) by (2,3) -> (2*a,3*b). More times than axes put new ones in front; fewer leave the
   first as they are. Times are numbers or named sizes. */
NRV_API nrv_tensor nrv_repeat(nrv_tensor x, int n, const nrv_dim *times)
{
    if (!x || x->g->why.status)
        return NULL;
    if (n < 0 || n > NRV__MAX_RANK || (n && !times))
        return nrv__op_refuses(&nrv__op_repeat, 1, &x, NRV_ESHAPE, "ranks go up to 8", "%d numbers of times", n);
    for (int i = 0; i < n; i++)
        if (times[i] == -1)
            return nrv__op_refuses(&nrv__op_repeat, 1, &x, NRV_ESHAPE, "0 times or more", "-1 times at position %d", i);
    nrv_shape s = { n > x->rank ? n : x->rank, { 0 } };
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = i < s.rank - x->rank ? 1 : x->dim[i - (s.rank - x->rank)];
    x = nrv_reshape(x, s);
    for (int i = 0; i < n && x; i++) {
        int at = s.rank - n + i;
        s.dim[at] = nrv__dim_mul(x->g, s.dim[at], times[i]);
        if (times[i] != 1)
            x = nrv_reshape(repeat_before(x, at, times[i]), s);
    }
    return x;
}

static nrv_tensor repeat_interleave_make(nrv__case *c)
{
    nrv_tensor x = c->x[0];
    int64_t n = nrv__case_int(c, "times", 1);
    if (!nrv__case_text(c, "axis"))
        x = nrv_merge_axes(x, 0, -1);
    int axis = nrv__case_small(c, "axis", 0);
    return c->n_x > 1 ? nrv_repeat_each(x, axis, c->x[1], nrv__case_int(c, "output", NRV_SAME))
                      : nrv_repeat_interleave(x, axis, n);
}

NRV_OP(repeat_interleave, .sig = "any x[...], index times[n]? -> y[...]",
       .doc = "Every element of an axis, or of the flat tensor where no axis is named, so many times in a row. The "
              "times are one number, or an index for each element; then the length of the result (output_size) is to "
              "be given, and what the times do not fill repeats the last element.",
       .flags = NRV_MACRO, .make = repeat_interleave_make, .torch = "repeat_interleave", .numpy = "repeat",
       .refuse = { "x[3,5], repeats=2, axis=2 => repeat_interleave: axis 2 of a tensor of rank 2 | in here | hint axes "
                   "count from 0, or from -1 at the end",
                   "x[3,5], repeats=-2, axis=1 => -2 is neither a length nor the handle of a size of this graph | in "
                   "here | hint calculate with nrv_dim_calc(g, a, '+', b); a handle belongs to one graph",
                   "x[3,5], times:i32[3]{1,2,0}, axis=0 => repeat_interleave: the length of the result is missing | in "
                   "here | input 0: input f32 [3, 5] x | input 1: input i32 [3] times | hint a length cannot depend on "
                   "values: PyTorch's output_size says it",
                   "x[3,5], times:i32[2], axis=0, output=4 => repeat_interleave: times of rank 1 for axis 0 | in here "
                   "| input 0: input f32 [3, 5] x | input 1: input i32 [2] times | hint a number, i32 or i64, for each "
                   "element of the axis" },
       .test = { "x[3,2], times:i32[3]{2,0,3}, axis=0, output=5", "x[2,3], times:i64[3]{1,4,0}, axis=-1, output=7",
                 "x:i32[4], times:i32[4]{0,1,0,2}, output=3", "x[2,3], repeats=2, axis=1", "x[2,3], repeats=3",
                 "x[2,3], repeats=0, axis=0", "x[0], repeats=2" });

/* Every element of axis n times in a row: (a,b) at 1 -> (a,n*b). n is a number or a named size. */
NRV_API nrv_tensor nrv_repeat_interleave(nrv_tensor x, int axis, nrv_dim n)
{
    NRV_CALLED(&nrv__op_repeat_interleave, x);
    if (!nrv__axis(x, &axis, "repeat_interleave"))
        return NULL;
    if (n == -1)
        return nrv__op_refuses(&nrv__op_repeat_interleave, 1, &x, NRV_ESHAPE, "0 times or more", "-1 times");
    nrv_shape s = nrv_shape_of(x);
    s.dim[axis] = nrv__dim_mul(x->g, s.dim[axis], n);
    return n == 1 ? x : nrv_reshape(repeat_before(x, axis + 1, n), s);
}

/* Every element i of axis times[i] times in a row: x (...,n,...), times (n) of i32 or i64 -> (...,length,...). The sum
   of times should be `length`; what is not filled repeats the last element, what is too much is left out. */
NRV_API nrv_tensor nrv_repeat_each(nrv_tensor x, int axis, nrv_tensor times, nrv_dim length)
{
    NRV_CALLED(&nrv__op_repeat_interleave, x);
    nrv_tensor in[2] = { x, times };
    nrv_dim d;
    if (!nrv__op_wants(&nrv__op_repeat_interleave, 2, in) || !nrv__axis(x, &axis, "repeat_interleave"))
        return NULL;
    if (times->rank != 1 || (times->type != NRV_I32 && times->type != NRV_I64) ||
        !nrv__dim_same(x->g, times->dim[0], x->dim[axis], "repeat_interleave", &d))
        return nrv__op_refuses(&nrv__op_repeat_interleave, 2, in, NRV_ESHAPE,
                               "a number, i32 or i64, for each element of the axis", "times of rank %d for axis %d",
                               times->rank, axis);
    if (length == NRV_SAME)
        return nrv__op_refuses(&nrv__op_repeat_interleave, 2, in, NRV_ESHAPE,
                               "a length cannot depend on values: PyTorch's output_size says it",
                               "the length of the result is missing");
    nrv_tensor n = nrv_dim_value(x->g, x->dim[axis]);
    nrv_tensor end = nrv_cumsum(nrv_cast(times, NRV_I64), 0, 0);
    nrv_tensor at = nrv_searchsorted(end, nrv_iota(x->g, NRV_I64, length), 1);
    return nrv_gather(x, NRV_EXPR("i, n: i < n ? i : n - 1", nrv_cast(at, NRV_I64), n), axis);
}
