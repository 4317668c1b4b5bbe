/* segment_softmax - e^x / sum e^x among the rows of each segment, without overflow */
#include "lines.h"

static nrv_tensor segment_softmax_make(nrv__case *c)
{
    return nrv_segment_softmax(c->x[0], c->x[1], nrv__case_int(c, "count", 1));
}

NRV_OP(
    segment_softmax, .sig = "real x[E,...], index segment[E] -> y[E,...]",
    .doc = "e^x / sum e^x among the rows of each segment, without overflow; a number out of range stops the run.",
    .flags = NRV_MACRO, .make = segment_softmax_make, .ulp = 8,
    .tolerance_why = "a sum of exponentials and a quotient, each rounded",
    .values = "segments count from 0; there are as many as was said",
    .refuse = { "x[5,2], segment:i32[4], count=3 => segment_softmax: 5 rows, 4 numbers | in here | hint x (E,...) and "
                "segment (E): a number for each row of x",
                "x[5,2], segment[5], count=3 => segment_softmax: segment is f32, an index is wanted | in here | hint "
                "nrv_cast it to NRV_I32 or NRV_I64",
                "x[2], segment:i32{0,3}, count=3 => segment_softmax: index 3 at position 1; it must lie in 0..2 | in "
                "here | hint segments count from 0; there are as many as was said",
                "x[], segment:i32[1], count=3 => segment_softmax: x of rank 0, segment of rank 1 | in here | hint x "
                "(E,...) and segment (E): a number for each row of x" },
    .test = { "x[6,3] in -5..5, segment:i32[6] in 0..3, count=4", "x[40] in -50..50, segment:i64[40] in 0..4, count=5",
              "x[0,2], segment:i32[0] in 0..1, count=2" });

/* x (E,...) and segment (E) of i32 or i64, in any order -> (E,...): softmax among the rows of each of `count` segments.
   A number outside 0..count-1 is an error of the run. Attention over a graph's edges (Velickovic et al. 2018). */
NRV_API nrv_tensor nrv_segment_softmax(nrv_tensor x, nrv_tensor segment, nrv_dim count)
{
    NRV_CALLED(&nrv__op_segment_softmax, x);
    if (!nrv__segments(x, segment, "segment_softmax", true))
        return NULL;
    nrv_tensor most = nrv_stop(nrv_segment_max(x, segment, count));
    nrv_tensor e = nrv_exp(nrv_sub(x, nrv_gather(most, segment, 0)));
    return nrv_div(e, nrv_gather(nrv_segment_sum(e, segment, count), segment, 0));
}
