/* mixture_nll - negative log-likelihood of a vector under a mixture of Gaussians (mixture density network; Bishop 1994)
   y = -ln sum_k softmax(a)_k prod_d N(t_d; m_kd, e^(s_kd)) */
#include "all.h"

static nrv_tensor mixture_nll_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("mixture_nll", c);
    return nrv_mixture_nll(c->x[0], c->x[1], c->x[2], c->x[3], &o);
}

NRV_OP(mixture_nll, .sig = "real a[...,k], real m[...,k,d], real s[...,k,d], real t[...,d] -> y[]",
       .doc = "Mean of -ln sum_k softmax(a)_k prod_d N(t_d; m_kd, e^(s_kd)): logits of the parts, their means, the "
              "logarithms of their deviations, the target; without overflow.",
       .flags = NRV_MACRO, .make = mixture_nll_make, .also = "mdn gaussian_mixture_nll", .ulp = 16,
       .tolerance_why = "sums of squares over variances, and a logarithm of their exponentials",
       .refuse = { "a[3,2], m[3,2,4], s[3,2,4], t[3,5] => mixture_nll: the parts of the mixture do not fit | in here | "
                   "input 0: input f32 [3, 2] a | input 1: input f32 [3, 2, 4] m | input 2: input f32 [3, 2, 4] s | "
                   "input 3: input f32 [3, 5] t | hint a (...,K), m (...,K,D), s (...,K,D) or (...,K,1), t (...,D)",
                   "a[3,2], m[3,3,4], s[3,3,4], t[3,4] => mixture_nll: the parts of the mixture do not fit | in here | "
                   "input 0: input f32 [3, 2] a | input 1: input f32 [3, 3, 4] m | input 2: input f32 [3, 3, 4] s | "
                   "input 3: input f32 [3, 4] t | hint a (...,K), m (...,K,D), s (...,K,D) or (...,K,1), t (...,D)",
                   "a[3,2], m[3,4], s[3,4], t[3,4] => mixture_nll: the parts of the mixture do not fit | in here | "
                   "input 0: input f32 [3, 2] a | input 1: input f32 [3, 4] m | input 2: input f32 [3, 4] s | input 3: "
                   "input f32 [3, 4] t | hint a (...,K), m (...,K,D), s (...,K,D) or (...,K,1), t (...,D)" },
       .test = { "a[3,2], m[3,2,4], s[3,2,4], t[3,4]", "a[2], m[2,3], s[2,1], t[3], reduction=none",
                 "a[2,3,2], m[2,3,2,1], s[2,3,2,1], t[2,3,1], w[3] in 0.5..2, reduction=sum" });

static bool mixture_nll_fits(const nrv__opdef *op, const nrv_tensor *in)
{
    nrv_tensor a = in[0], m = in[1], s = in[2], t = in[3];
    nrv_dim d;
    bool fits = a->rank >= 1 && m->rank == a->rank + 1 && s->rank == m->rank && t->rank == a->rank;
    for (int i = 0; fits && i < a->rank; i++)
        fits = nrv__dim_same(a->g, a->dim[i], m->dim[i], op->name, &d) &&
               nrv__dim_same(a->g, a->dim[i], s->dim[i], op->name, &d) &&
               (i == a->rank - 1 || nrv__dim_same(a->g, a->dim[i], t->dim[i], op->name, &d));
    fits = fits && nrv__dim_same(a->g, m->dim[m->rank - 1], t->dim[t->rank - 1], op->name, &d) &&
           (s->dim[m->rank - 1] == 1 || nrv__dim_same(a->g, m->dim[m->rank - 1], s->dim[m->rank - 1], op->name, &d));
    return fits || nrv__op_refuses(op, 4, in, NRV_ESHAPE, "a (...,K), m (...,K,D), s (...,K,D) or (...,K,1), t (...,D)",
                                   "the parts of the mixture do not fit");
}

/* a (...,K) logits of the parts, m (...,K,D) means, s (...,K,D) or (...,K,1) logarithms of deviations, target (...,D)
   -> scalar: negative log-likelihood, reduced; o may be NULL. */
NRV_API nrv_tensor nrv_mixture_nll(nrv_tensor a, nrv_tensor m, nrv_tensor s, nrv_tensor target, const nrv_loss_opt *o)
{
    const nrv__opdef *op = &nrv__op_mixture_nll;
    const nrv_tensor in[4] = { a, m, s, target };
    if (!nrv__op_wants_real(op, 4, in) || !mixture_nll_fits(op, in))
        return NULL;
    nrv_tensor lp = nrv_sum(
        NRV_EXPR("m, s, t: -0.5 * square((t - m) * exp(-s)) - s - 0.9189385332046727", m, s, nrv_expand(target, -2, 1)),
        -1, 0);
    nrv_tensor likely = nrv_logsumexp(nrv_add(nrv_log_softmax(a, -1), lp), -1, 0);
    return nrv__reduced(op, nrv_neg(likely), o);
}
