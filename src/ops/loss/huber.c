/* huber - squared near zero, linear beyond delta (Huber 1964)    y = d^2 / 2 where |d| < delta, else
   delta (|d| - delta / 2)    d = a - b */
#include "all.h"

static nrv_tensor huber_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("huber", c);
    return nrv_huber_with(c->x[0], c->x[1], nrv__case_real(c, "delta", 1), &o);
}

NRV_OP(huber, .sig = "real a[...], real b[...] -> y[]",
       .doc = "Mean of 0.5 d^2 where |d| < delta, else delta (|d| - 0.5 delta).", .flags = NRV_MACRO,
       .make = huber_make, .torch = "nn.functional.huber_loss nn.HuberLoss", .ulp = 8,
       .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "a[3], b[3], delta=0 => huber: delta 0 is not positive | in here | input 0: input f32 [3] a | input "
                   "1: input f32 [3] b | hint where it becomes linear, as 1",
                   "a[3,5], b[2,5] => huber: inputs 0 and 1 differ at axis -2 | in here | input 0: input f32 [3, 5] a "
                   "| input 1: input f32 [2, 5] b | hint only a length of 1 is stretched" },
       .test = { "a[3,5] in -2..2, b[3,5] in 3..4", "a[3,5] in 0..0.2, b[3,5] in 0.3..0.5, delta=2",
                 "a[3,5] in -2..2, b[5] in 0.3..0.5, delta=0.7, reduction=none",
                 "a[3,5] in -2..2, b[3,5], w[3,1] in 0.5..2, reduction=sum" });

/* Mean of 0.5 d^2 where |d| < delta, else delta (|d| - 0.5 delta). One may stretch over the other. */
NRV_API nrv_tensor nrv_huber(nrv_tensor a, nrv_tensor b, double delta)
{
    return nrv_huber_with(a, b, delta, NULL);
}

/* Huber's loss, weighted and reduced. */
NRV_API nrv_tensor nrv_huber_with(nrv_tensor a, nrv_tensor b, double delta, const nrv_loss_opt *o)
{
    const nrv_tensor in[2] = { a, b };
    if (!nrv__op_wants_real(&nrv__op_huber, 2, in))
        return NULL;
    if (!(delta > 0))
        return nrv__op_refuses(&nrv__op_huber, 2, in, NRV_EARG, "where it becomes linear, as 1",
                               "delta %g is not positive", delta);
    return nrv__loss_of(&nrv__op_huber, "a, b, t: abs(a - b) < t ? 0.5 * square(a - b) : t * (abs(a - b) - 0.5 * t)", 2,
                        in, 1, &delta, o);
}
