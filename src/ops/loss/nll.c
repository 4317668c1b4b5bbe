/* nll - of log-probabilities and class numbers    y = -x[label] */
#include "all.h"

static nrv_tensor nll_make(nrv__case *c)
{
    int64_t ignore;
    nrv_classes_opt o = nrv__classes_case("nll", c, &ignore);
    return nrv_nll_with(c->x[0], c->x[1], &o);
}

NRV_OP(nll, .sig = "real x[n,c,...], index labels[n,...] -> y[]",
       .doc =
           "Mean of -x[label] over all rows, x being log-probabilities; a label out of range stops the run. Where no "
           "label counts, the mean is NaN, as PyTorch's.",
       .flags = NRV_MACRO, .make = nll_make, .torch = "nn.functional.nll_loss nn.NLLLoss nn.NLLLoss2d",
       .onnx = "NegativeLogLikelihoodLoss", .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean",
       .values = "classes count from 0; ignore_index names a label that counts nowhere",
       .refuse = { "x[3,5], labels:i32[3,5] => nll: labels of another shape | in here | input 0: input f32 [3, 5] x | "
                   "input 1: input i32 [3, 5] labels | hint a label for each row: x's axes without that of the classes",
                   "x[3,5], labels:i32[3]{1,-1,2} => nll: index -1 at position 1; it must lie in 0..4 | in here | hint "
                   "classes count from 0; ignore_index names a label that counts nowhere",
                   "x[3,5], labels[3] => nll: labels of f32, class numbers are wanted | in here | input 0: input f32 "
                   "[3, 5] x | input 1: input f32 [3] labels | hint nrv_cast them to NRV_I32 or NRV_I64",
                   "x[3,5], labels:i32[3]{0,1,2}, label_smoothing=0.1 => nll: a smoothing of 0.1 | in here | input 0: "
                   "input f32 [3, 5] x | input 1: input i32 [3] labels | hint nrv_cross_entropy_with smooths" },
       .test = { "x[3,5], labels:i32[3] in 0..4", "x[2,4,3], labels:i64[2,3] in 0..3, reduction=none",
                 "x[4], labels:i32[]{2}", "x[4,3], labels:i64[4]{1,-100,0,2}, w[3] in 0.5..2",
                 "x[4,3], labels:i64[4]{1,0,0,2}, ignore_index=0, reduction=sum" });

/* x (...,C) log-probabilities, labels (...) i32 or i64 -> scalar: mean of -x[label]. */
NRV_API nrv_tensor nrv_nll(nrv_tensor x, nrv_tensor labels)
{
    NRV_CALLED(&nrv__op_nll, x);
    return nrv_neg(nrv_mean_all(nrv_take(x, labels)));
}

/* x (N,C,...) log-probabilities, labels (N,...) i32 or i64. As PyTorch: the classes are axis 1 unless .axis says
   otherwise, a label of -100 counts nowhere unless .ignore names another. The mean of none is NaN. */
NRV_API nrv_tensor nrv_nll_with(nrv_tensor x, nrv_tensor labels, const nrv_classes_opt *opt)
{
    NRV_CALLED(&nrv__op_nll, x);
    const nrv_classes_opt o = opt ? *opt : (nrv_classes_opt){ 0 };
    nrv__classes c;
    if (!nrv__classes_of(&nrv__op_nll, x, labels, &o, nrv__ignored(&o), &c))
        return NULL;
    if (o.smoothing != 0)
        return nrv__op_refuses(&nrv__op_nll, 2, (const nrv_tensor[]){ x, labels }, NRV_EARG,
                               "nrv_cross_entropy_with smooths", "a smoothing of %g", o.smoothing);
    nrv_tensor each = nrv_neg(nrv_take(c.x, c.label));
    return nrv__classes_reduced(&nrv__op_nll, &c, c.weight ? nrv_mul(each, c.count) : each, o.reduction);
}
