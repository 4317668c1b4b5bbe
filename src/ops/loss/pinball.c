/* pinball - what a quantile minimises (Koenker & Bassett 1978)    y = max(q e, (q - 1) e)    e = t - x */
#include "all.h"

static nrv_tensor pinball_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("pinball", c);
    return nrv_pinball_with(c->x[0], c->x[1], nrv__case_real(c, "q", 0.5), &o);
}

NRV_OP(pinball, .sig = "real x[...], real t[...] -> y[]",
       .doc = "Mean of q e where the target is e above x, of (1 - q) e where it is e below: the q-th quantile has the "
              "least. Its gradient is 0 where they are equal.",
       .flags = NRV_MACRO, .make = pinball_make, .also = "quantile_loss", .ulp = 8,
       .tolerance_why = "a chain of rounded steps and a mean",
       .refuse = { "x[3], t[3], q=1.5 => pinball: a quantile of 1.5 | in here | input 0: input f32 [3] x | input 1: "
                   "input f32 [3] t | hint 0.5 is the median",
                   "x[3,5], t[3] => pinball: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 [3, 5] x "
                   "| input 1: input f32 [3] t | hint only a length of 1 is stretched" },
       .test = { "x[3,5] in -2..2, t[3,5]", "x[3,5] in -2..2, t[3,5], q=0.9, reduction=none",
                 "x[2,3], t[2,3] in 2..3, w[3] in 0.5..2, q=0.1, reduction=sum" });

/* Mean of q (t - x) where t > x, of (1 - q) (x - t) elsewhere; q in 0..1. x learns the q-th quantile of t. */
NRV_API nrv_tensor nrv_pinball(nrv_tensor x, nrv_tensor target, double q)
{
    return nrv_pinball_with(x, target, q, NULL);
}

/* The quantile's loss, weighted and reduced. */
NRV_API nrv_tensor nrv_pinball_with(nrv_tensor x, nrv_tensor target, double q, const nrv_loss_opt *o)
{
    const nrv_tensor in[2] = { x, target };
    if (!nrv__op_wants_real(&nrv__op_pinball, 2, in))
        return NULL;
    if (!(q >= 0 && q <= 1))
        return nrv__op_refuses(&nrv__op_pinball, 2, in, NRV_EARG, "0.5 is the median", "a quantile of %g", q);
    return nrv__loss_of(&nrv__op_pinball, "x, t, q: (q - 0.5) * (t - x) + 0.5 * abs(t - x)", 2, in, 1, &q, o);
}
