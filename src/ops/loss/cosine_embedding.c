/* cosine_embedding - the angle of a pair, small where it belongs together
   y = 1 - cos where t is 1, max(0, cos - margin) where t is -1    cos = a b / sqrt((a a + 1e-12) (b b + 1e-12)) */
#include "all.h"

static nrv_tensor cosine_embedding_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("cosine_embedding", c);
    return nrv_cosine_embedding_with(c->x[0], c->x[1], c->x[2], nrv__case_real(c, "margin", 0), &o);
}

NRV_OP(cosine_embedding, .sig = "real a[n,d], real b[n,d], real t[n] -> y[]",
       .doc = "Mean of 1 - cos(a, b) where t is 1, of max(0, cos(a, b) - margin) where it is -1, of 0 where it is 0: "
              "its sign alone counts. The cosine with a vector of zeros is 0.",
       .flags = NRV_MACRO, .make = cosine_embedding_make,
       .torch = "nn.functional.cosine_embedding_loss nn.CosineEmbeddingLoss", .ulp = 16,
       .tolerance_why = "three products, a root and a quotient, each rounded",
       .refuse = { "a[3,5], b[3,4], t[3] => cosine_embedding: inputs 0 and 1 differ at axis -1 | in here | input 0: "
                   "input f32 [3, 5] a | input 1: input f32 [3, 4] b | hint only a length of 1 is stretched",
                   "a[3,5], b[3,5], t[5] => cosine_embedding: there is not a target for each row | in here | input 0: "
                   "input f32 [3, 5] a | input 1: input f32 [3, 5] b | input 2: input f32 [5] t | hint two vectors "
                   "(...,D) and a target (...) for each pair",
                   "a[], b[], t[] => cosine_embedding: there is not a target for each row | in here | input 0: input "
                   "f32 [] a | input 1: input f32 [] b | input 2: input f32 [] t | hint two vectors (...,D) and a "
                   "target (...) for each pair" },
       .test = { "a[4,3], b[4,3], t[4]{1,-1,1,-1}", "a[4,3], b[4,3], t[4]{1,-1,1,-1}, margin=-0.5, reduction=none",
                 "a[3], b[3], t[]{1}", "a[4,3], b[4,3], t[4]{1,-1,-1,1}, w[4] in 0.5..2, reduction=sum, margin=-0.9" });

/* Mean of 1 - cos where target is 1, of max(0, cos - margin) where it is -1. a and b (...,D), target (...) */
NRV_API nrv_tensor nrv_cosine_embedding(nrv_tensor a, nrv_tensor b, nrv_tensor target, double margin)
{
    return nrv_cosine_embedding_with(a, b, target, margin, NULL);
}

/* The loss of an angle, weighted and reduced. */
NRV_API nrv_tensor nrv_cosine_embedding_with(nrv_tensor a, nrv_tensor b, nrv_tensor target, double margin,
                                             const nrv_loss_opt *o)
{
    const nrv__opdef *op = &nrv__op_cosine_embedding;
    const nrv_tensor in[3] = { a, b, target };
    if (!nrv__loss_fits_rows(op, in))
        return NULL;
    nrv_tensor ab = nrv_sum(nrv_mul(a, b), -1, 0), aa = nrv_sum(nrv_square(a), -1, 0),
               bb = nrv_sum(nrv_square(b), -1, 0);
    nrv_tensor cosine = ab && aa && bb
                            ? NRV_EXPR("p, a, b, e: p / (sqrt(a + e) * sqrt(b + e))", ab, aa, bb, nrv__like(a, 1e-12f))
                            : NULL;
    if (!cosine)
        return NULL;
    return nrv__loss_of(op, "c, t, m: t > 0 ? 1 - c : t < 0 ? (c - m < 0 ? 0 : c - m) : 0", 2,
                        (const nrv_tensor[]){ cosine, target }, 1, &margin, o);
}
