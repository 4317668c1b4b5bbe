/* segment_sum - rows added up by the number of their segment: scatter_add along axis 0 */
#include "lines.h"

static nrv_tensor segment_sum_make(nrv__case *c)
{
    return nrv_segment_sum(c->x[0], c->x[1], nrv__case_int(c, "count", 1));
}

NRV_OP(segment_sum, .sig = "number x[E,...], index segment[E] -> y[count,...]",
       .doc =
           "Rows added up by segment, in any order of segments; an empty one gives 0, a number out of range stops the "
           "run. It is scatter_add along axis 0.",
       .flags = NRV_MACRO, .make = segment_sum_make, .values = "segments count from 0; there are as many as was said",
       .refuse = { "x[5,2], segment:i32[4], count=3 => segment_sum: 5 rows, 4 numbers | in here | hint x (E,...) and "
                   "segment (E): a number for each row of x",
                   "x[5,2], segment[5], count=3 => segment_sum: segment is f32, an index is wanted | in here | hint "
                   "nrv_cast it to NRV_I32 or NRV_I64",
                   "x[2], segment:i32{0,3}, count=3 => segment_sum: index 3 at position 1; it must lie in 0..2 | in "
                   "here | hint segments count from 0; there are as many as was said",
                   "x[], segment:i32[1], count=3 => segment_sum: x of rank 0, segment of rank 1 | in here | hint x "
                   "(E,...) and segment (E): a number for each row of x" },
       .test = { "x[6,3], segment:i32[6] in 0..3, count=4", "x[5], segment:i64[5] in 0..9, count=10",
                 "x[0,2], segment:i32[0] in 0..1, count=2" });

/* x (E,...) and segment (E) of i32 or i64, in any order -> (count,...): the sum of the rows of each segment, 0 where
   there is none. A number outside 0..count-1 is an error of the run. So the messages of edges
   meet at the nodes of a graph. */
NRV_API nrv_tensor nrv_segment_sum(nrv_tensor x, nrv_tensor segment, nrv_dim count)
{
    NRV_CALLED(&nrv__op_segment_sum, x);
    return nrv__segments(x, segment, "segment_sum", false) ? nrv_scatter_add(x, segment, 0, count) : NULL;
}
