/* cross_entropy - of logits and class numbers */
#include "../op.h"

static nrv_tensor cross_entropy_make(nrv__case *c)
{
    return nrv_cross_entropy(c->x[0], c->x[1]);
}

NRV_OP(cross_entropy, .sig = "real logits[...,n], index labels[...] -> y[]",
       .doc = "Mean of -log_softmax(logits)[label] over all rows; a label out of range stops the run.",
       .flags = NRV_MACRO, .make = cross_entropy_make, .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean",
       .test = { "logits[3,5], labels:i32[3] in 0..4", "logits[2,3,4], labels:i64[2,3] in 0..3" });

/* logits (...,n), labels (...) i32 or i64 -> scalar: mean of -log softmax(logits)[label]. */
NRV_API nrv_tensor nrv_cross_entropy(nrv_tensor logits, nrv_tensor labels)
{
    if (!logits || !labels)
        return NULL;
    return nrv_neg(nrv_mean_all(nrv_take(nrv_log_softmax(logits, -1), labels)));
}
