/* cross_entropy - of logits and class numbers, or how likely each class is    y = -sum t log_softmax(x) */
#include "all.h"

static nrv_tensor cross_entropy_make(nrv__case *c)
{
    int64_t ignore;
    nrv_classes_opt o = nrv__classes_case("cross_entropy", c, &ignore);
    return nrv_cross_entropy_with(c->x[0], c->x[1], &o);
}

NRV_OP(
    cross_entropy, .sig = "real logits[n,c,...], index labels[n,...] -> y[]",
    .doc = "Mean of -log_softmax(logits)[label] over all rows; a label out of range stops the run. Labels of the "
           "logits' type and shape say how likely each class is. Where no label counts, the mean is NaN, as "
           "PyTorch's.",
    .flags = NRV_MACRO, .make = cross_entropy_make, .torch = "nn.functional.cross_entropy nn.CrossEntropyLoss",
    .onnx = "SoftmaxCrossEntropyLoss", .ulp = 8, .tolerance_why = "a chain of rounded steps and a mean",
    .values = "classes count from 0; ignore_index names a label that counts nowhere",
    .refuse = { "logits[3,5], labels:i32[2] => cross_entropy: labels of another shape | in here | input 0: input f32 "
                "[3, 5] logits | input 1: input i32 [2] labels | hint a label for each row: x's axes without that of "
                "the classes",
                "logits[3,5], labels:u8[3] => cross_entropy: labels of u8, class numbers are wanted | in here | input "
                "0: input f32 [3, 5] logits | input 1: input u8 [3] labels | hint nrv_cast them to NRV_I32 or NRV_I64",
                "logits[3,5], labels:i32[3]{1,5,2} => cross_entropy: index 5 at position 1; it must lie in 0..4 | in "
                "here | hint classes count from 0; ignore_index names a label that counts nowhere",
                "logits[3,5], labels:i32[3]{0,1,2}, weight[4] => cross_entropy: weights of another shape | in here | "
                "input 0: input f32 [3, 5] logits | input 1: input i32 [3] labels | input 2: input f32 [4] weight | "
                "hint one number for each class",
                "logits[3,5], labels:i32[3]{0,1,2}, axis=2 => cross_entropy: axis 2 of a tensor of rank 2 | in here | "
                "hint axes count from 0, or from -1 at the end",
                "logits[3,5], labels[3,4] => cross_entropy: how likely classes are has the logits' shape | in here | "
                "input 0: input f32 [3, 5] logits | input 1: input f32 [3, 4] labels | hint a number for each logit, "
                "or whole numbers for each row",
                "logits[3,5], labels:i32[3]{0,1,2}, label_smoothing=2 => cross_entropy: a smoothing of 2 | in here | "
                "input 0: input f32 [3, 5] logits | input 1: input i32 [3] labels | hint a share, as 0.1",
                "logits[], labels:i32[]{0} => cross_entropy: axis 0 of a tensor of rank 0 | in here | hint axes count "
                "from 0, or from -1 at the end" },
    .test = { "logits[3,5], labels:i32[3] in 0..4", "logits[2,3,4], labels:i64[2,3] in 0..3, axis=-1",
              "logits[2,4,3], labels:i64[2,3] in 0..3, reduction=none", "logits[4], labels:i32[]{2}",
              "logits[4,3], labels:i64[4]{1,-100,0,2}, w[3] in 0.5..2, label_smoothing=0.2",
              "logits[4,3], labels:i64[4]{1,7,0,2}, ignore_index=7, reduction=sum",
              "logits[3,5] in -9..9, t[3,5] in 0..1, label_smoothing=0.1, w[5] in 0.5..2",
              "logits[2,3,4], t[2,3,4] in 0..1, reduction=none",
              "logits[3,4], labels:i32[3] in 0..3, label_smoothing=0.3, reduction=none" });

extern const nrv__opdef nrv__op_class_loss, nrv__op_class_loss_dx;

/* (e^lp - 1 at the label) dy */
static nrv_tensor class_loss_dx(nrv_tensor lp, nrv_tensor label, nrv_tensor dy)
{
    const nrv_tensor in[3] = { lp, label, dy }, real[2] = { lp, dy };
    nrv_dim d;
    if (!nrv__op_wants(&nrv__op_class_loss_dx, 3, in) || !nrv__op_wants_real(&nrv__op_class_loss_dx, 2, real) ||
        !nrv__op_wants_index(&nrv__op_class_loss_dx, 3, in, 1))
        return NULL;
    bool fits = lp->rank > 0 && label->rank == lp->rank - 1 && dy->rank == lp->rank - 1;
    for (int i = 0; fits && i < dy->rank; i++)
        fits = nrv__dim_same(lp->g, lp->dim[i], label->dim[i], "class_loss_dx", &d) &&
               nrv__dim_same(lp->g, lp->dim[i], dy->dim[i], "class_loss_dx", &d);
    if (!fits)
        return nrv__op_refuses(&nrv__op_class_loss_dx, 3, in, NRV_ESHAPE, "lp (...,C), a label and dy for each row",
                               "not one of each for every row");
    nrv_tensor here = nrv_equal(nrv_iota(lp->g, label->type, lp->dim[lp->rank - 1]), nrv_expand(label, -1, 1));
    nrv_tensor body = NRV_EXPR("lp, h, dy: (exp(lp) - (h ? 1 : 0)) * dy", lp, here, nrv_expand(dy, -1, 1));
    return body ? nrv__composite(&nrv__op_class_loss_dx, 3, in, NULL, 1, &body) : NULL;
}

static nrv_tensor class_loss(nrv_tensor x, nrv_tensor label)
{
    NRV_CALLED(&nrv__op_class_loss, x);
    nrv_tensor body = nrv_neg(nrv_take(nrv_log_softmax(x, -1), label));
    return body ? nrv__composite(&nrv__op_class_loss, NRV_N(const nrv_tensor, x, label), NULL, 1, &body) : NULL;
}

static void class_loss_vjp(nrv_vjp *v)
{
    v->dx[0] = class_loss_dx(nrv_log_softmax(v->x[0], -1), v->x[1], v->dy);
}

static void class_loss_dx_vjp(nrv_vjp *v)
{
    nrv_tensor lp = v->x[0], e = nrv_exp(lp), each = nrv_mul(v->dy, e);
    if (v->need[0])
        v->dx[0] = nrv_mul(each, nrv_expand(v->x[2], -1, 1));
    if (v->need[2])
        v->dx[2] = nrv_sub(nrv_sum(each, -1, 0), nrv_take(v->dy, v->x[1]));
}

static nrv_tensor class_loss_make(nrv__case *c)
{
    return class_loss(c->x[0], c->x[1]);
}

static nrv_tensor class_loss_dx_make(nrv__case *c)
{
    return class_loss_dx(c->x[0], c->x[1], c->x[2]);
}

static nrv_tensor class_loss_dx_batch(const nrv__batch *b)
{
    nrv_tensor lp = nrv__batch_wide(b, 0), label = nrv__batch_wide(b, 1), dy = nrv__batch_wide(b, 2);
    return lp && label && dy ? class_loss_dx(lp, label, dy) : NULL;
}

NRV_OP(
    class_loss, .sig = "real x[...,C], index label[...] -> y[...]",
    .doc = "-log_softmax(x)[label] of each row; a label out of range stops the run.", .flags = NRV_FAILS,
    .vjp = class_loss_vjp, .make = class_loss_make, .ulp = 8, .tolerance_why = "a difference of rounded logarithms",
    .values = "classes count from 0",
    .refuse = { "x[3,5], label:i32[4] => class_loss: axis 0 differs | in here | input 0: log_softmax f32 [3, 5] here | "
                "input 1: input i32 [4] label | hint an index for each row",
                "x[2,5], label:i32{0,-1} => class_loss: index -1 at position 1; it must lie in 0..4 | in here | hint "
                "classes count from 0" },
    .test = { "x[3,5], label:i32[3] in 0..4", "x[2,3,4], label:i64[2,3] in 0..3", "x[0,5], label:i32[0] in 0..4",
              "x[5], label:i32[]{2}" });
NRV_OP(class_loss_dx, .sig = "real lp[...,C], index label[...], real dy[...] -> dx[...,C]",
       .doc = "The gradient of class_loss from the logarithms of softmax: (e^lp - 1 at the label) dy.",
       .vjp = class_loss_dx_vjp, .batch = class_loss_dx_batch, .make = class_loss_dx_make, .ulp = 4,
       .tolerance_why = "an exponential, a difference and a product",
       .refuse = { "lp[3,5], label:i32[3], dy[4] => class_loss_dx: not one of each for every row | in here | input 0: "
                   "input f32 [3, 5] lp | input 1: input i32 [3] label | input 2: input f32 [4] dy | hint lp (...,C), "
                   "a label and dy for each row",
                   "lp[3,5], label[3], dy[3] => class_loss_dx: input 1 is f32, an index is wanted | in here | input 0: "
                   "input f32 [3, 5] lp | input 1: input f32 [3] label | input 2: input f32 [3] dy | hint nrv_cast it "
                   "to NRV_I32 or NRV_I64" },
       .test = { "lp[3,5] in -5..0, label:i32[3] in 0..4, dy[3]", "lp[2,3,4] in -5..0, label:i64[2,3] in 0..3, dy[2,3]",
                 "lp[0,5], label:i32[0] in 0..4, dy[0]", "lp[5,67] in -9..0, label:i32[5] in 0..66, dy[5]" });

/* t (rows...,C) beside log-probabilities lp: the elements -sum t lp, t smoothed */
static nrv_tensor cross_entropy_soft(nrv_tensor lp, nrv_tensor t, const nrv_classes_opt *o)
{
    if (o->weight)
        lp = nrv_mul(lp, o->weight);
    nrv_tensor own = nrv_sum(nrv_mul(t, lp), -1, 0);
    return own && o->smoothing != 0
               ? NRV_EXPR("a, b, s: -((1 - s) * a + s * b)", own, nrv_mean(lp, -1, 0), nrv__like(own, o->smoothing))
               : nrv_neg(own);
}

static nrv_tensor cross_entropy_of_likely(nrv_tensor x, nrv_tensor t, const nrv_classes_opt *o)
{
    const nrv__opdef *op = &nrv__op_cross_entropy;
    nrv_tensor in[3] = { x, t, o->weight };
    if (!nrv__op_wants_real(op, o->weight ? 3 : 2, in))
        return NULL;
    bool fits = x->rank == t->rank;
    nrv_dim d;
    for (int i = 0; fits && i < x->rank; i++)
        fits = nrv__dim_same(x->g, x->dim[i], t->dim[i], op->name, &d);
    if (!fits)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "a number for each logit, or whole numbers for each row",
                               "how likely classes are has the logits' shape");
    nrv_tensor last = nrv__classes_last(op, x, o->axis);
    if (!last || !nrv__class_weights_fit(op, in, last))
        return NULL;
    nrv_tensor each = cross_entropy_soft(nrv_log_softmax(last, -1), nrv__classes_last(op, t, o->axis), o);
    return nrv__reduced_by(op, each, NULL, o->reduction);
}

static nrv_tensor cross_entropy_of_labels(nrv_tensor x, nrv_tensor labels, const nrv_classes_opt *o,
                                          const int64_t *ignore)
{
    const nrv__opdef *op = &nrv__op_cross_entropy;
    nrv__classes c;
    if (!nrv__classes_of(op, x, labels, o, ignore, &c))
        return NULL;
    nrv_tensor lp = nrv_log_softmax(c.x, -1), each = class_loss(c.x, c.label);
    if (c.weight)
        each = nrv_mul(each, c.count);
    if (each && o->smoothing != 0)
        each = NRV_EXPR("e, m, s: (1 - s) * e - s * m", each, nrv_mean(c.weight ? nrv_mul(lp, c.weight) : lp, -1, 0),
                        nrv__like(x, o->smoothing));
    return nrv__classes_reduced(op, &c, each, o->reduction);
}

/* logits (...,C), labels (...) i32 or i64 -> scalar: mean of -log softmax(logits)[label]. */
NRV_API nrv_tensor nrv_cross_entropy(nrv_tensor logits, nrv_tensor labels)
{
    NRV_CALLED(&nrv__op_cross_entropy, logits);
    return cross_entropy_of_labels(logits, labels, &(nrv_classes_opt){ .axis = -1 }, NULL);
}

/* logits (N,C,...), labels (N,...) i32 or i64, or of the logits' type and shape: how likely each class is. As PyTorch:
   the classes are axis 1 unless .axis says otherwise (-1 is where nrv_cross_entropy has them), a label of -100 counts
   nowhere unless .ignore names another. The mean of none is NaN. */
NRV_API nrv_tensor nrv_cross_entropy_with(nrv_tensor logits, nrv_tensor labels, const nrv_classes_opt *opt)
{
    NRV_CALLED(&nrv__op_cross_entropy, logits);
    const nrv_classes_opt o = opt ? *opt : (nrv_classes_opt){ 0 };
    const nrv_tensor in[2] = { logits, labels };
    if (!nrv__op_wants(&nrv__op_cross_entropy, 2, in))
        return NULL;
    if (!(o.smoothing >= 0 && o.smoothing <= 1))
        return nrv__op_refuses(&nrv__op_cross_entropy, 2, in, NRV_EARG, "a share, as 0.1", "a smoothing of %g",
                               o.smoothing);
    return nrv__dtype_real(labels->type) ? cross_entropy_of_likely(logits, labels, &o)
                                         : cross_entropy_of_labels(logits, labels, &o, nrv__ignored(&o));
}
