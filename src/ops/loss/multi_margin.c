/* multi_margin - the hinge between a class and all others    y = sum_j max(0, margin - x[label] + x[j])^p / C, j !=
 * label
 */
#include "all.h"

#ifdef NRV_HEADER
/* multi_margin: weight (C): of each class. power: 1 or 2; 0: 1. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    int power;
    int64_t reserved[4];
} nrv_multi_margin_opt;
#endif

static nrv_tensor multi_margin_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("multi_margin", c);
    return nrv_multi_margin_with(
        c->x[0], c->x[1], nrv__case_real(c, "margin", 1),
        &(nrv_multi_margin_opt){ .reduction = o.reduction, .weight = o.weight, .power = nrv__case_small(c, "p", 1) });
}

NRV_OP(
    multi_margin, .sig = "real x[n,c], index labels[n] -> y[]",
    .doc = "Mean over rows of the sum over the other classes j of max(0, margin - x[label] + x[j])^p by the number of "
           "classes; a label out of range stops the run.",
    .flags = NRV_MACRO, .make = multi_margin_make, .torch = "nn.functional.multi_margin_loss nn.MultiMarginLoss",
    .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean", .values = "classes count from 0",
    .refuse = { "x[3,5], labels:i32[4] => multi_margin: labels of another shape | in here | input 0: input f32 [3, 5] "
                "x | input 1: input i32 [4] labels | hint a label for each row: x's axes without that of the classes",
                "x[3,5], labels:i32[3]{0,5,1} => multi_margin: index 5 at position 1; it must lie in 0..4 | in here | "
                "hint classes count from 0",
                "x[3,5], labels:i32[3]{0,4,1}, p=3 => multi_margin: a power of 3 | in here | input 0: input f32 [3, 5] "
                "x | input 1: input i32 [3] labels | hint 1 or 2" },
    .test = { "x[3,5], labels:i32[3] in 0..4", "x[3,5], labels:i64[3] in 0..4, p=2, margin=0.7, reduction=none",
              "x[4,3] in -2..2, labels:i64[4] in 0..2, w[3] in 0.5..2, reduction=sum", "x[4], labels:i32[]{2}" });

/* x (N,C) or (C), labels (N) or () -> scalar: mean of the sum of max(0, margin - x[label] + x[j]) by C, j not the
 * label.
 */
NRV_API nrv_tensor nrv_multi_margin(nrv_tensor x, nrv_tensor labels, double margin)
{
    return nrv_multi_margin_with(x, labels, margin, NULL);
}

/* The hinge between classes, weighted and reduced; the mean is over rows, whatever they weigh. */
NRV_API nrv_tensor nrv_multi_margin_with(nrv_tensor x, nrv_tensor labels, double margin,
                                         const nrv_multi_margin_opt *opt)
{
    NRV_CALLED(&nrv__op_multi_margin, x);
    const nrv_multi_margin_opt o = opt ? *opt : (nrv_multi_margin_opt){ 0 };
    const nrv__opdef *op = &nrv__op_multi_margin;
    nrv__classes c;
    if (!nrv__classes_of(op, x, labels, &(nrv_classes_opt){ .axis = -1, .weight = o.weight }, NULL, &c))
        return NULL;
    if (o.power < 0 || o.power > 2)
        return nrv__op_refuses(op, 2, (const nrv_tensor[]){ x, labels }, NRV_EARG, "1 or 2", "a power of %d", o.power);
    nrv_tensor own = nrv_expand(nrv_take(x, labels), -1, 1);
    nrv_tensor over = own ? NRV_EXPR("x, y, m: relu(m - y + x)", x, own, nrv__like(x, margin)) : NULL;
    nrv_tensor same = nrv_equal(nrv_iota(x->g, labels->type, x->dim[x->rank - 1]), nrv_expand(labels, -1, 1));
    over = nrv_select(same, nrv__like(x, 0), o.power == 2 ? nrv_square(over) : over);
    nrv_tensor each = nrv_mean(over, -1, 0);
    return nrv__reduced_by(op, c.count ? nrv_mul(each, c.count) : each, NULL, o.reduction);
}
