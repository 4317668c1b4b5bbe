/* contrastive - pairs that belong together are drawn near, others pushed a margin apart (Hadsell et al. 2006)
   y = (t d^2 + (1 - t) max(0, margin - d)^2) / 2    d = |a - b| */
#include "all.h"

static nrv_tensor contrastive_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("contrastive", c);
    return nrv_contrastive(c->x[0], c->x[1], c->x[2], nrv__case_real(c, "margin", 1), &o);
}

NRV_OP(
    contrastive, .sig = "real a[...,d], real b[...,d], real t[...] -> y[]",
    .doc = "Mean of (t d^2 + (1 - t) max(0, margin - d)^2) / 2, d being the distance of a and b along the last axis; t "
           "is 1 for a pair that belongs together. Where a and b are equal no gradient tells them apart.",
    .flags = NRV_MACRO, .make = contrastive_make, .ulp = 16, .tolerance_why = "squares of roots of sums, each rounded",
    .refuse = { "a[3,5], b[3,4], t[3] => contrastive: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 "
                "[3, 5] a | input 1: input f32 [3, 4] b | hint only a length of 1 is stretched",
                "a[3,5], b[3,5], t[5] => contrastive: there is not a target for each row | in here | input 0: input "
                "f32 [3, 5] a | input 1: input f32 [3, 5] b | input 2: input f32 [5] t | hint two vectors (...,D) and "
                "a target (...) for each pair",
                "a[], b[], t[] => contrastive: there is not a target for each row | in here | input 0: input f32 [] a "
                "| input 1: input f32 [] b | input 2: input f32 [] t | hint two vectors (...,D) and a target (...) for "
                "each pair" },
    .test = { "a[4,3], b[4,3], t[4]{1,0,1,0}", "a[4,3], b[4,3], t[4] in 0..1, margin=3, reduction=none",
              "a[4,3], b[3], t[4]{1,0,1,0}, w[4] in 0.5..2, margin=2, reduction=sum" });

/* a and b (...,D), target (...) 1 for pairs that belong together, 0 for others -> the loss of pairs, reduced; o may be
   NULL. */
NRV_API nrv_tensor nrv_contrastive(nrv_tensor a, nrv_tensor b, nrv_tensor target, double margin, const nrv_loss_opt *o)
{
    const nrv__opdef *op = &nrv__op_contrastive;
    const nrv_tensor in[3] = { a, b, target };
    if (!nrv__loss_fits_rows(op, in))
        return NULL;
    nrv_tensor d = nrv_pairwise_distance(a, b, 2, 0, 0), dd = nrv_sum(nrv_square(nrv_sub(a, b)), -1, 0);
    if (!d || !dd)
        return NULL;
    return nrv__loss_of(op, "d, q, t, m: 0.5 * (t * q + (1 - t) * square(relu(m - d)))", 3,
                        (const nrv_tensor[]){ d, dd, target }, 1, &margin, o);
}
