/* triplet_margin - an anchor nearer to what it belongs to than to what it does not (Schroff et al. 2015)
   y = max(0, margin + d(a, p) - d(a, n))    d(u, v) = |u - v + eps|_norm */
#include "../layer/weights.h"
#include "all.h"
#include <string.h>

#ifdef NRV_HEADER
/* triplet_margin: norm: of the distance, INFINITY too; 0: 2. eps: added to every difference; 0: 1e-6, negative: none.
   swap: the negative's distance is the smaller of those to the anchor and to the positive (Balntas et al. 2016).
   distance: a function of one's own, (...,D) and (...,D) -> (...); NULL: as above. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    double norm, eps;
    int swap;
    nrv_tensor (*distance)(void *user, nrv_tensor u, nrv_tensor v);
    void *user;
    int64_t reserved[4];
} nrv_triplet_margin_opt;
#endif

/* what a text can name: PyTorch's functional form takes any function */
static nrv_tensor triplet_margin_squared(void *user, nrv_tensor u, nrv_tensor v)
{
    (void)user;
    return nrv_sum(nrv_square(nrv_sub(u, v)), -1, 0);
}

static nrv_tensor triplet_margin_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("triplet_margin", c);
    const char *named = nrv__case_text(c, "distance");
    double eps = nrv__case_real(c, "eps", 0);
    return nrv_triplet_margin_with(
        c->x[0], c->x[1], c->x[2], nrv__case_real(c, "margin", 1),
        &(nrv_triplet_margin_opt){ .reduction = o.reduction,
                                   .weight = o.weight,
                                   .norm = nrv__case_real(c, "p", 0),
                                   .eps = eps == 0 && nrv__case_text(c, "eps") ? -1 : eps,
                                   .swap = nrv__case_int(c, "swap", 0) != 0,
                                   .distance = named && !strcmp(named, "squared") ? triplet_margin_squared : NULL });
}

NRV_OP(
    triplet_margin, .sig = "real a[...,d], real p[...,d], real n[...,d] -> y[]",
    .doc = "Mean of max(0, margin + d(a, p) - d(a, n)), d being the norm of the difference along the last axis. At the "
           "kink the gradient passes, as PyTorch's.",
    .flags = NRV_MACRO, .make = triplet_margin_make,
    .torch = "nn.functional.triplet_margin_loss nn.TripletMarginLoss nn.functional.triplet_margin_with_distance_loss "
             "nn.TripletMarginWithDistanceLoss",
    .also = "triplet triplet_margin_with_distance", .ulp = 16,
    .tolerance_why = "differences of roots of sums, each rounded",
    .refuse = { "a[3,5], p[3,4], n[3,5] => triplet_margin: inputs 0 and 1 differ at axis -1 | in here | input 0: input "
                "f32 [3, 5] a | input 1: input f32 [3, 4] p | input 2: input f32 [3, 5] n | hint only a length of 1 is "
                "stretched",
                "a[], p[], n[] => triplet_margin: there is no axis of a vector | in here | input 0: input f32 [] a | "
                "input 1: input f32 [] p | input 2: input f32 [] n | hint a, p and n (...,D)",
                "a[3,5], p[3,5], n[3,5], p=-1 => triplet_margin: a norm of -1 | in here | input 0: input f32 [3, 5] a "
                "| input 1: input f32 [3, 5] p | input 2: input f32 [3, 5] n | hint 2 is the usual distance",
                "a[3,5], p[3,5], n:f64[3,5] => triplet_margin: types differ: f32 and f64 | in here | input 0: input "
                "f32 [3, 5] a | input 1: input f32 [3, 5] p | input 2: input f64 [3, 5] n | hint nrv_cast one of "
                "them" },
    .test = { "a[4,3], p[4,3], n[4,3] in 1..2, margin=2", "a[4,3], p[4,3], n[4,3], p=1, swap=1, reduction=none",
              "a[3], p[3], n[3] in 0..1, p=3, margin=3", "a[2,2,3], p[2,2,3], n[3], p=inf, reduction=sum",
              "a[4,3], p[4,3], n[4,3], distance=squared, w[4] in 0.5..2" });

/* Mean of max(0, margin + |a - p| - |a - n|). a, p and n (...,D): the anchor, what belongs to it, what does not. */
NRV_API nrv_tensor nrv_triplet_margin(nrv_tensor a, nrv_tensor p, nrv_tensor n, double margin)
{
    return nrv_triplet_margin_with(a, p, n, margin, NULL);
}

static nrv_tensor triplet_margin_far(const nrv_triplet_margin_opt *o, nrv_tensor u, nrv_tensor v)
{
    return o->distance ? o->distance(o->user, u, v)
                       : nrv_pairwise_distance(u, v, o->norm == 0 ? 2 : o->norm, nrv__or(o->eps, 1e-6), 0);
}

/* The loss of a triplet, weighted and reduced. */
NRV_API nrv_tensor nrv_triplet_margin_with(nrv_tensor a, nrv_tensor p, nrv_tensor n, double margin,
                                           const nrv_triplet_margin_opt *opt)
{
    const nrv_triplet_margin_opt o = opt ? *opt : (nrv_triplet_margin_opt){ 0 };
    const nrv__opdef *op = &nrv__op_triplet_margin;
    const nrv_tensor in[3] = { a, p, n };
    if (!nrv__loss_fits(op, 3, in))
        return NULL;
    if (a->rank < 1 || p->rank < 1 || n->rank < 1)
        return nrv__op_refuses(op, 3, in, NRV_ESHAPE, "a, p and n (...,D)", "there is no axis of a vector");
    if (!(o.norm >= 0))
        return nrv__op_refuses(op, 3, in, NRV_EARG, "2 is the usual distance", "a norm of %g", o.norm);
    nrv_tensor near = triplet_margin_far(&o, a, p), far = triplet_margin_far(&o, a, n);
    if (o.swap && far)
        far = nrv_min(far, triplet_margin_far(&o, p, n));
    if (!near || !far)
        return NULL;
    return nrv__loss_of(op, "u, v, m: m + u - v < 0 ? 0 : m + u - v", 2, (const nrv_tensor[]){ near, far }, 1, &margin,
                        &(nrv_loss_opt){ .reduction = o.reduction, .weight = o.weight });
}
