/* focal.c - sigmoid_focal and softmax_focal: cross-entropy where what is easy counts less (Lin et al. 2017)
   y = alpha_t (1 - p_t)^gamma (-ln p_t)    p_t: the probability of what is true */
#include "../layer/weights.h"
#include "all.h"

#ifdef NRV_HEADER
/* focal losses: gamma: 0: 2, negative: 0. alpha: of sigmoid_focal, how much targets of 1 count, 1 - alpha those of 0;
   0: both count 1. weight: of sigmoid_focal, stretched over the elements; of softmax_focal, (C). axis, ignore: of
   softmax_focal, as nrv_classes_opt; here a mean divides by the number of rows that count. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    double gamma, alpha;
    int axis;
    const int64_t *ignore;
    int64_t reserved[4];
} nrv_focal_opt;
#endif

/* m^gamma, m: how much is missed. Where that is nothing there is no loss to scale; a power of 0 would have no slope */
static nrv_tensor focal_power(nrv_tensor m, double gamma)
{
    return m ? NRV_EXPR("m, g: pow(m > 0 ? m : 1, g)", m, nrv__like(m, gamma)) : NULL;
}

static nrv_focal_opt focal_case(const char *op, const nrv__case *c, int64_t *ignore)
{
    nrv_classes_opt o = nrv__classes_case(op, c, ignore);
    double gamma = nrv__case_real(c, "gamma", 2);
    return (nrv_focal_opt){ .reduction = o.reduction,
                            .weight = o.weight,
                            .axis = o.axis,
                            .ignore = o.ignore,
                            .gamma = gamma == 0 ? -1 : gamma,
                            .alpha = nrv__case_real(c, "alpha", 0) };
}

static nrv_tensor sigmoid_focal_make(nrv__case *c)
{
    int64_t ignore;
    nrv_focal_opt o = focal_case("sigmoid_focal", c, &ignore);
    return nrv_sigmoid_focal(c->x[0], c->x[1], &o);
}

static nrv_tensor softmax_focal_make(nrv__case *c)
{
    int64_t ignore;
    nrv_focal_opt o = focal_case("softmax_focal", c, &ignore);
    return nrv_softmax_focal(c->x[0], c->x[1], &o);
}

NRV_OP(sigmoid_focal, .sig = "real x[...], real t[...] -> y[]",
       .doc = "Mean of (1 - p_t)^gamma (-ln p_t), p_t being the probability sigmoid(x) gives to the target, without "
              "overflow.",
       .flags = NRV_MACRO, .make = sigmoid_focal_make, .also = "sigmoid_focal_loss", .ulp = 16,
       .tolerance_why = "a power of a rounded probability, and a mean",
       .refuse = { "x[3,5], t[3,4] => sigmoid_focal: inputs 0 and 1 differ at axis -1 | in here | input 0: input f32 "
                   "[3, 5] x | input 1: input f32 [3, 4] t | hint only a length of 1 is stretched",
                   "x[3], t[3], alpha=2 => sigmoid_focal: an alpha of 2 | in here | input 0: input f32 [3] x | input "
                   "1: input f32 [3] t | hint a share, as 0.25; 0 for none" },
       .test = { "x[3,5] in -3..3, t[3,5]{1,0,0,1,1,0,1,0,1,0,0,0,1,1,0}",
                 "x[3,5] in -3..3, t[3,5] in 0.1..0.9, gamma=1.5, alpha=0.25, reduction=none",
                 "x[3,5] in -3..3, t[3,5] in 0..1, gamma=0, w[5] in 0.5..2, reduction=sum" });
NRV_OP(
    softmax_focal, .sig = "real x[n,c,...], index labels[n,...] -> y[]",
    .doc = "Mean over rows of (1 - p)^gamma (-ln p), p being the probability softmax(x) gives to the label; a label "
           "out of range stops the run.",
    .flags = NRV_MACRO, .make = softmax_focal_make, .also = "focal", .ulp = 16,
    .tolerance_why = "a power of a rounded probability, and a mean", .values = "classes count from 0",
    .refuse = { "x[3,5], labels:i32[4] => softmax_focal: labels of another shape | in here | input 0: input f32 [3, 5] "
                "x | input 1: input i32 [4] labels | hint a label for each row: x's axes without that of the classes",
                "x[3,5], labels:i32[3]{0,5,1} => softmax_focal: index 5 at position 1; it must lie in 0..4 | in here | "
                "hint classes count from 0",
                "x[3,5], labels:i32[3]{0,1,2}, axis=2 => softmax_focal: axis 2 of a tensor of rank 2 | in here | hint "
                "axes count from 0, or from -1 at the end" },
    .test = { "x[3,5], labels:i32[3] in 0..4", "x[2,4,3], labels:i64[2,3] in 0..3, gamma=1, reduction=none",
              "x[4,3], labels:i64[4]{1,-100,0,2}, w[3] in 0.5..2, gamma=3",
              "x[4,3], labels:i64[4]{1,0,0,2}, ignore_index=0, reduction=sum, gamma=0" });

/* x and target (...), target in 0..1 -> scalar: mean of (1 - p_t)^gamma (-ln p_t), p_t of sigmoid(x). */
NRV_API nrv_tensor nrv_sigmoid_focal(nrv_tensor x, nrv_tensor target, const nrv_focal_opt *opt)
{
    const nrv_focal_opt o = opt ? *opt : (nrv_focal_opt){ 0 };
    const nrv__opdef *op = &nrv__op_sigmoid_focal;
    const nrv_tensor in[2] = { x, target };
    if (!nrv__loss_fits(op, 2, in))
        return NULL;
    if (!(o.alpha >= 0 && o.alpha <= 1))
        return nrv__op_refuses(op, 2, in, NRV_EARG, "a share, as 0.25; 0 for none", "an alpha of %g", o.alpha);
    nrv_tensor missed = NRV_EXPR("x, t: t * sigmoid(-x) + (1 - t) * sigmoid(x)", x, target);
    nrv_tensor each =
        NRV_EXPR("x, t, p: p * ((1 - t) * x + softplus(-x))", x, target, focal_power(missed, nrv__or(o.gamma, 2)));
    if (each && o.alpha > 0)
        each = NRV_EXPR("y, t, a: (a * t + (1 - a) * (1 - t)) * y", each, target, nrv__like(x, o.alpha));
    return nrv__reduced(op, each, &(nrv_loss_opt){ .reduction = o.reduction, .weight = o.weight });
}

/* x (N,C,...) logits, labels (N,...) i32 or i64 -> scalar: mean of (1 - p)^gamma (-ln p), p = softmax(x)[label]. */
NRV_API nrv_tensor nrv_softmax_focal(nrv_tensor x, nrv_tensor labels, const nrv_focal_opt *opt)
{
    NRV_CALLED(&nrv__op_softmax_focal, x);
    const nrv_focal_opt o = opt ? *opt : (nrv_focal_opt){ 0 };
    const nrv__opdef *op = &nrv__op_softmax_focal;
    const nrv_classes_opt classes = { .axis = o.axis, .weight = o.weight, .ignore = o.ignore };
    nrv__classes c;
    if (!nrv__classes_of(op, x, labels, &classes, nrv__ignored(&classes), &c))
        return NULL;
    nrv_tensor lp = nrv_take(nrv_log_softmax(c.x, -1), c.label);
    nrv_tensor each =
        lp ? NRV_EXPR("l, p: -p * l", lp, focal_power(NRV_EXPR("l: -expm1(l)", lp), nrv__or(o.gamma, 2))) : NULL;
    if (each && c.weight)
        each = nrv_mul(each, c.count);
    c.count = nrv__cast_like(c.counts, x);
    return nrv__classes_reduced(op, &c, each, o.reduction);
}
