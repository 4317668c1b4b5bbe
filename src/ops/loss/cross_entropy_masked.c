/* cross_entropy_masked - of logits and class numbers, where a mask says that they count */
#include "../op.h"

static nrv_tensor cross_entropy_masked_make(nrv__case *c)
{
    return nrv_cross_entropy_masked(c->x[0], c->x[1], c->x[2]);
}

NRV_OP(cross_entropy_masked, .sig = "real logits[...,n], index labels[...], bool mask[...] -> y[]",
       .doc =
           "Mean of -log_softmax(logits)[label] over the rows where the mask is true, 0 if it is so nowhere; a label "
           "out of range stops the run there, and may be anything elsewhere.",
       .flags = NRV_MACRO, .make = cross_entropy_masked_make, .ulp = 8,
       .tolerance_why = "a chain of rounded steps and a mean",
       .values = "classes count from 0, where the mask is false, too",
       .refuse = { "logits[2,3], labels:i32[2]{0,1}, mask:i32[2]{0,1} => cross_entropy_masked: ranks 2, 1 and 1, a "
                   "mask of i32 | in here | hint logits (...,n), labels (...) and a bool mask (...)",
                   "logits[2,3], labels:i32[2,3], mask:bool[2,3] => cross_entropy_masked: ranks 2, 2 and 2, a mask of "
                   "bool | in here | hint logits (...,n), labels (...) and a bool mask (...)",
                   "logits[2,3], labels:i32[2]{0,3}, mask:bool[2]{0,1} => cross_entropy_masked: index 3 at position 1; "
                   "it must lie in 0..2 | in here | hint classes count from 0, where the mask is false, too" },
       .test = { "logits[9,5], labels:i32[9] in 0..4, mask:bool[9]",
                 "logits[2,3,4], labels:i64[2,3] in 0..3, mask:bool[2,3]{1, 0, 1, 1, 0, 0}",
                 "logits[2,3], labels:i32[2] in 0..2, mask:bool{0, 0}" });

/* logits (...,n), labels (...) of i32 or i64, mask (...) bool -> scalar: mean of -log softmax(logits)[label] over the
   rows whose mask is true, 0 if there is none. Labels of other rows are not looked at. */
NRV_API nrv_tensor nrv_cross_entropy_masked(nrv_tensor logits, nrv_tensor labels, nrv_tensor mask)
{
    NRV_CALLED(&nrv__op_cross_entropy_masked, logits);
    if (!logits || !labels || !mask || logits->g->why.status)
        return NULL;
    if (mask->type != NRV_BOOL || mask->rank != labels->rank || labels->rank != logits->rank - 1)
        return nrv__graph_fail(logits->g, mask->type != NRV_BOOL ? NRV_EDTYPE : NRV_ESHAPE,
                               "logits (...,n), labels (...) and a bool mask (...)",
                               "cross_entropy_masked: ranks %d, %d and %d, a mask of %s", logits->rank, labels->rank,
                               mask->rank, nrv__dtype_name(mask->type)),
               NULL;
    nrv_tensor counted = nrv_select(mask, labels, nrv__like(labels, 0));
    nrv_tensor each = nrv_take(nrv_log_softmax(logits, -1), counted);
    nrv_tensor sum = nrv_sum_all(nrv_select(mask, each, nrv__like(each, 0)));
    return NRV_EXPR("s, n: -s / max(n, 1)", sum, nrv_sum_all(nrv__cast_like(mask, sum)));
}
