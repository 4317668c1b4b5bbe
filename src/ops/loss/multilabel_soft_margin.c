/* multilabel_soft_margin - binary cross-entropy of every class, the mean over them
   y = sum_c (t softplus(-x) + (1 - t) softplus(x)) / C */
#include "all.h"

static nrv_tensor multilabel_soft_margin_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("multilabel_soft_margin", c);
    return nrv_multilabel_soft_margin_with(c->x[0], c->x[1], &o);
}

NRV_OP(
    multilabel_soft_margin, .sig = "real x[...,c], real t[...,c] -> y[]",
    .doc = "Mean over rows of the mean over classes of t softplus(-x) + (1 - t) softplus(x).", .flags = NRV_MACRO,
    .make = multilabel_soft_margin_make,
    .torch = "nn.functional.multilabel_soft_margin_loss nn.MultiLabelSoftMarginLoss", .ulp = 8,
    .tolerance_why = "a chain of rounded steps and a mean",
    .refuse = { "x[3,5], t[3,4] => multilabel_soft_margin: inputs 0 and 1 differ at axis -1 | in here | input 0: input "
                "f32 [3, 5] x | input 1: input f32 [3, 4] t | hint only a length of 1 is stretched",
                "x[], t[] => multilabel_soft_margin: there are no classes | in here | input 0: input f32 [] x | input "
                "1: input f32 [] t | hint x (...,C)",
                "x[3,5], t[3,5], weight[3] => multilabel_soft_margin: inputs 0 and 1 differ at axis -1 | in here | "
                "input 0: add f32 [3, 5] here | input 1: input f32 [3] weight | hint only a length of 1 is stretched" },
    .test = { "x[3,5] in -9..9, t[3,5] in 0..1", "x[3,5], t[3,5] in 0..1, w[5] in 0.5..2, reduction=none",
              "x[2,2,3], t[2,2,3] in 0..1, reduction=sum", "x[4], t[4] in 0..1" });

/* Mean of t softplus(-x) + (1 - t) softplus(x): several classes may be true. x and target (...,C), target in 0..1 */
NRV_API nrv_tensor nrv_multilabel_soft_margin(nrv_tensor x, nrv_tensor target)
{
    return nrv_multilabel_soft_margin_with(x, target, NULL);
}

/* The same, reduced; its elements are rows (...), weight (C) or (...,C) is of classes. */
NRV_API nrv_tensor nrv_multilabel_soft_margin_with(nrv_tensor x, nrv_tensor target, const nrv_loss_opt *o)
{
    const nrv__opdef *op = &nrv__op_multilabel_soft_margin;
    const nrv_tensor in[2] = { x, target };
    if (!nrv__loss_fits(op, 2, in))
        return NULL;
    if (x->rank < 1)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "x (...,C)", "there are no classes");
    nrv_tensor all = nrv__reduced(op, NRV_EXPR("x, t: t * softplus(-x) + (1 - t) * softplus(x)", x, target),
                                  &(nrv_loss_opt){ .reduction = NRV_LOSS_NONE, .weight = o ? o->weight : NULL });
    return all ? nrv__reduced_by(op, nrv_mean(all, -1, 0), NULL, o ? o->reduction : NRV_LOSS_MEAN) : NULL;
}
