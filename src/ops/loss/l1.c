/* l1 - mean absolute error    y = |a - b| */
#include "all.h"

static nrv_tensor l1_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("l1", c);
    return nrv_l1_with(c->x[0], c->x[1], &o);
}

NRV_OP(l1, .sig = "real a[...], real b[...] -> y[]", .doc = "Mean of |a - b|; its gradient is 0 where they are equal.",
       .flags = NRV_MACRO, .make = l1_make, .torch = "nn.functional.l1_loss nn.L1Loss", .ulp = 8,
       .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "a[3,5], b[3,4] => l1: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 [3, 5] a | "
                   "input 1: input f32 [3, 4] b | hint only a length of 1 is stretched",
                   "a[4,1], b[4] => l1: inputs 0 and 1 would both be stretched | in here | input 0: input f32 [4, 1] a "
                   "| input 1: input f32 [4] b | hint nrv_reshape one of them, (B,1) to (B)",
                   "a[4], b:i32[4] => l1: input 1 is i32, a real type is wanted | in here | input 0: input f32 [4] a | "
                   "input 1: input i32 [4] b | hint nrv_cast it to NRV_F32",
                   "a[4], b[4], reduction=average => l1: reduction \"average\" | in here | hint mean, sum, none or "
                   "batchmean",
                   "a[4], b[4], weight[3] => l1: inputs 0 and 1 differ at axis -1 | in here | input 0: abs f32 [4] "
                   "here | input 1: input f32 [3] weight | hint only a length of 1 is stretched",
                   "a[1], b[1], weight[4] => l1: the weight, input 1, does not stretch over the elements, input 0 | in "
                   "here | input 0: abs f32 [1] here | input 1: input f32 [4] weight | hint a weight for every "
                   "element, or for every last of them" },
       .test = { "a[3,5] in -2..2, b[3,5] in 3..4", "a[3,5], b[3,5] in 2..3, reduction=none",
                 "a[2,3], b[] in 2..3, w[3] in 0.5..2, reduction=sum", "a[4,2], b[4,2] in 2..3, reduction=batchmean" });

/* Mean of |a - b|. One may stretch over the other. */
NRV_API nrv_tensor nrv_l1(nrv_tensor a, nrv_tensor b)
{
    return nrv_l1_with(a, b, NULL);
}

/* |a - b|, weighted and reduced. */
NRV_API nrv_tensor nrv_l1_with(nrv_tensor a, nrv_tensor b, const nrv_loss_opt *o)
{
    return nrv__loss_of(&nrv__op_l1, "a, b: abs(a - b)", NRV_N(const nrv_tensor, a, b), 0, NULL, o);
}
