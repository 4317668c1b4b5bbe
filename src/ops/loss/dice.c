/* dice.c - dice, generalised_dice and tversky: how much a predicted region misses of the true one
   dice: 1 - (2 sum p t + s) / (sum p + sum t + s)    tversky: 1 - (tp + s) / (tp + a fp + b fn + s)

   Sums go over each sample and class: all axes from 2 on of (N,C,...), axis 1 of (N,n), all of (n). generalised_dice
   adds up the classes of a sample, each by 1 / (sum t)^2 (Milletari et al. 2016; Sudre et al. 2017; Salehi et al.
   2017). */
#include "../layer/weights.h"
#include "all.h"

#ifdef NRV_HEADER
/* dice, generalised_dice, tversky: smooth: added above and below the line; 0: 1e-5, negative: none. weight: of the
   elements: (N,C) of samples and classes, or what stretches over them. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    double smooth;
    int64_t reserved[4];
} nrv_dice_opt;
#endif

static nrv_dice_opt dice_case(const char *op, const nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case(op, c);
    double smooth = nrv__case_real(c, "smooth", 0);
    return (nrv_dice_opt){ .reduction = o.reduction,
                           .weight = o.weight,
                           .smooth = smooth == 0 && nrv__case_text(c, "smooth") ? -1 : smooth };
}

static nrv_tensor dice_make(nrv__case *c)
{
    nrv_dice_opt o = dice_case("dice", c);
    return nrv_dice(c->x[0], c->x[1], &o);
}

static nrv_tensor generalised_dice_make(nrv__case *c)
{
    nrv_dice_opt o = dice_case("generalised_dice", c);
    return nrv_generalised_dice(c->x[0], c->x[1], &o);
}

static nrv_tensor tversky_make(nrv__case *c)
{
    nrv_dice_opt o = dice_case("tversky", c);
    return nrv_tversky(c->x[0], c->x[1], nrv__case_real(c, "alpha", 0.3), nrv__case_real(c, "beta", 0.7), &o);
}

NRV_OP(dice, .sig = "real p[n,c,...], real t[n,c,...] -> y[]",
       .doc = "Mean over samples and classes of 1 - (2 sum p t + s) / (sum p + sum t + s), p being probabilities.",
       .flags = NRV_MACRO, .make = dice_make, .also = "dice_loss", .ulp = 8,
       .tolerance_why = "sums and a quotient, each rounded",
       .refuse = { "p[2,3,4], t[2,3,5] => dice: shapes differ, or are of a rank below 1 | in here | input 0: input f32 "
                   "[2, 3, 4] p | input 1: input f32 [2, 3, 5] t | hint a probability and a target for each place, "
                   "(N,C,...)",
                   "p[], t[] => dice: shapes differ, or are of a rank below 1 | in here | input 0: input f32 [] p | "
                   "input 1: input f32 [] t | hint a probability and a target for each place, (N,C,...)" },
       .test = { "p[2,3,4] in 0..1, t[2,3,4] in 0..1", "p[2,6] in 0..1, t[2,6] in 0..1, smooth=1, reduction=none",
                 "p[6] in 0..1, t[6] in 0..1",
                 "p[2,3,2,2] in 0..1, t[2,3,2,2] in 0..1, w[3] in 0.5..2, reduction=sum" });
NRV_OP(generalised_dice, .sig = "real p[n,c,...], real t[n,c,...] -> y[]",
       .doc =
           "Mean over samples of 1 - (2 sum w p t + s) / (sum w (p + t) + s) over classes, w = 1 / (sum t)^2; a class "
           "that a sample has not gets the largest w of those it has.",
       .flags = NRV_MACRO, .make = generalised_dice_make, .also = "generalized_dice", .ulp = 16,
       .tolerance_why = "sums and quotients, each rounded",
       .refuse = { "p[2,3,4], t[2,3,5] => generalised_dice: shapes differ, or are of a rank below 3 | in here | input "
                   "0: input f32 [2, 3, 4] p | input 1: input f32 [2, 3, 5] t | hint a probability and a target for "
                   "each place, (N,C,...)",
                   "p[2,3], t[2,3] => generalised_dice: shapes differ, or are of a rank below 3 | in here | input 0: "
                   "input f32 [2, 3] p | input 1: input f32 [2, 3] t | hint a probability and a target for each place, "
                   "(N,C,...)" },
       .test = { "p[2,3,4] in 0..1, t[2,3,4] in 0..1",
                 "p[1,2,3] in 0..1, t[1,2,3]{0,0.2,0,1,0,1}, smooth=1, reduction=none",
                 "p[2,3,2,2] in 0..1, t[2,3,2,2] in 0..1, w[2] in 0.5..2, reduction=sum" });
NRV_OP(
    tversky, .sig = "real p[n,c,...], real t[n,c,...] -> y[]",
    .doc =
        "Mean over samples and classes of 1 - (tp + s) / (tp + alpha fp + beta fn + s), where tp = sum p t, fp = sum "
        "p (1 - t), fn = sum (1 - p) t; alpha = beta = 0.5 is dice.",
    .flags = NRV_MACRO, .make = tversky_make, .ulp = 8, .tolerance_why = "sums and a quotient, each rounded",
    .refuse = { "p[2,3,4], t[2,3,5] => tversky: shapes differ, or are of a rank below 1 | in here | input 0: input f32 "
                "[2, 3, 4] p | input 1: input f32 [2, 3, 5] t | hint a probability and a target for each place, "
                "(N,C,...)",
                "p[2,3], t[2,3], alpha=-1 => tversky: an alpha of -1 and a beta of 0.7 | in here | input 0: input f32 "
                "[2, 3] p | input 1: input f32 [2, 3] t | hint what is too much counts alpha, what is missing beta, as "
                "0.3 and 0.7" },
    .test = {
        "p[2,3,4] in 0..1, t[2,3,4] in 0..1", "p[2,6] in 0..1, t[2,6] in 0..1, alpha=0.5, beta=0.5, reduction=none",
        "p[6] in 0..1, t[6] in 0..1, smooth=1, alpha=0", "p[2,3,2,2] in 0..1, t[2,3,2,2] in 0..1, reduction=sum" });

static bool dice_fits(const nrv__opdef *op, nrv_tensor p, nrv_tensor t, int least)
{
    const nrv_tensor in[2] = { p, t };
    nrv_dim d;
    if (!nrv__op_wants_real(op, 2, in))
        return false;
    bool fits = p->rank == t->rank && p->rank >= least;
    for (int i = 0; fits && i < p->rank; i++)
        fits = nrv__dim_same(p->g, p->dim[i], t->dim[i], op->name, &d);
    return fits || nrv__op_refuses(op, 2, in, NRV_ESHAPE, "a probability and a target for each place, (N,C,...)",
                                   "shapes differ, or are of a rank below %d", least);
}

/* over what belongs to one sample and class */
static nrv_tensor dice_sum(nrv_tensor x)
{
    int from = !x ? 0 : x->rank > 2 ? 2 : x->rank - 1;
    return x ? nrv__sum_axes(x, (INT64_C(1) << x->rank) - (INT64_C(1) << from), 0) : NULL;
}

static double dice_smooth(const nrv_dice_opt *o)
{
    return nrv__or(o ? o->smooth : 0, 1e-5);
}

static nrv_tensor dice_reduced(const nrv__opdef *op, nrv_tensor each, const nrv_dice_opt *o)
{
    return nrv__reduced(op, each,
                        o ? &(nrv_loss_opt){ .reduction = o->reduction, .weight = o->weight } : &(nrv_loss_opt){ 0 });
}

static nrv_tensor dice_regions(const nrv__opdef *op, nrv_tensor p, nrv_tensor t, double alpha, double beta,
                               const nrv_dice_opt *o)
{
    nrv_tensor both = dice_sum(nrv_mul(p, t)), ps = dice_sum(p), ts = dice_sum(t);
    if (!both || !ps || !ts)
        return NULL;
    return dice_reduced(op,
                        NRV_EXPR("i, p, t, a, b, s: 1 - (i + s) / (i + a * (p - i) + b * (t - i) + s)", both, ps, ts,
                                 nrv__like(p, alpha), nrv__like(p, beta), nrv__like(p, dice_smooth(o))),
                        o);
}

/* p (N,C,...) probabilities, target alike -> scalar: mean of 1 - 2 |p t| / (|p| + |t|). */
NRV_API nrv_tensor nrv_dice(nrv_tensor p, nrv_tensor target, const nrv_dice_opt *o)
{
    /* half of everything: smooth is added to whole sums */
    nrv_dice_opt half = o ? *o : (nrv_dice_opt){ 0 };
    half.smooth = 0.5 * dice_smooth(o);
    half.smooth = half.smooth > 0 ? half.smooth : -1;
    return dice_fits(&nrv__op_dice, p, target, 1) ? dice_regions(&nrv__op_dice, p, target, 0.5, 0.5, &half) : NULL;
}

/* p (N,C,...) probabilities, target alike -> scalar: mean of 1 - tp / (tp + alpha fp + beta fn). */
NRV_API nrv_tensor nrv_tversky(nrv_tensor p, nrv_tensor target, double alpha, double beta, const nrv_dice_opt *o)
{
    const nrv__opdef *op = &nrv__op_tversky;
    if (!dice_fits(op, p, target, 1))
        return NULL;
    if (!(alpha >= 0) || !(beta >= 0))
        return nrv__op_refuses(op, 2, (const nrv_tensor[]){ p, target }, NRV_EARG,
                               "what is too much counts alpha, what is missing beta, as 0.3 and 0.7",
                               "an alpha of %g and a beta of %g", alpha, beta);
    return dice_regions(op, p, target, alpha, beta, o);
}

/* p (N,C,...) probabilities, target alike -> scalar: mean over samples of Dice's loss of all classes at once, small
   regions counting as much as large ones. */
NRV_API nrv_tensor nrv_generalised_dice(nrv_tensor p, nrv_tensor target, const nrv_dice_opt *o)
{
    const nrv__opdef *op = &nrv__op_generalised_dice;
    if (!dice_fits(op, p, target, 3))
        return NULL;
    nrv_tensor both = dice_sum(nrv_mul(p, target)), ps = dice_sum(p), ts = dice_sum(target);
    if (!both || !ps || !ts)
        return NULL;
    nrv_tensor w = NRV_EXPR("t: t > 0 ? 1 / square(t > 0 ? t : 1) : 0", ts), most = nrv_max_of(w, 1, 1);
    w = NRV_EXPR("w, m: w > 0 ? w : m", w, most);
    nrv_tensor above = nrv_sum(nrv_mul(w, both), 1, 0), below = nrv_sum(nrv_mul(w, nrv_add(ps, ts)), 1, 0);
    if (!above || !below)
        return NULL;
    return dice_reduced(op, NRV_EXPR("a, b, s: 1 - (2 * a + s) / (b + s)", above, below, nrv__like(p, dice_smooth(o))),
                        o);
}
