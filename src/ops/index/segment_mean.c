/* segment_mean - the mean of the rows of each segment.    y = segment_sum(x) / max(1, how many) */
#include "lines.h"

static nrv_tensor segment_mean_make(nrv__case *c)
{
    return nrv_segment_mean(c->x[0], c->x[1], nrv__case_int(c, "count", 1));
}

NRV_OP(segment_mean, .sig = "real x[E,...], index segment[E] -> y[count,...]",
       .doc = "The mean of the rows of each segment; an empty one gives 0, a number out of range stops the run.",
       .flags = NRV_MACRO, .make = segment_mean_make, .values = "segments count from 0; there are as many as was said",
       .refuse = { "x[5,2], segment:i32[4], count=3 => segment_mean: 5 rows, 4 numbers | in here | hint x (E,...) and "
                   "segment (E): a number for each row of x",
                   "x[5,2], segment[5], count=3 => segment_mean: segment is f32, an index is wanted | in here | hint "
                   "nrv_cast it to NRV_I32 or NRV_I64",
                   "x[2], segment:i32{0,3}, count=3 => segment_mean: index 3 at position 1; it must lie in 0..2 | in "
                   "here | hint segments count from 0; there are as many as was said",
                   "x[], segment:i32[1], count=3 => segment_mean: x of rank 0, segment of rank 1 | in here | hint x "
                   "(E,...) and segment (E): a number for each row of x" },
       .test = { "x[6,3], segment:i32[6] in 0..3, count=4", "x[5], segment:i64[5] in 0..9, count=10",
                 "x[4,1,2,1,1,1,1,2], segment:i32[4] in 0..2, count=3", "x[0,2], segment:i32[0] in 0..1, count=2" });

/* x (E,...) and segment (E) of i32 or i64, in any order -> (count,...): the mean of the rows of each segment, 0 where
   there is none. A number outside 0..count-1 is an error of the run. */
NRV_API nrv_tensor nrv_segment_mean(nrv_tensor x, nrv_tensor segment, nrv_dim count)
{
    NRV_CALLED(&nrv__op_segment_mean, x);
    nrv_tensor sum = nrv__segments(x, segment, "segment_mean", true) ? nrv_scatter_add(x, segment, 0, count) : NULL;
    if (!sum)
        return NULL;
    nrv_tensor n = nrv_scatter_add(nrv_fill(x->g, x->type, NRV_SHAPE(segment->dim[0]), 1), segment, 0, count);
    return NRV_EXPR("s, n: s / max(n, 1)", sum, nrv__line(n, x->rank, 0));
}
