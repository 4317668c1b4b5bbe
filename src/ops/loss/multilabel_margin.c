/* multilabel_margin - the hinge between the classes that a row has and those it has not
   y = sum_ij max(0, 1 - x[t[j]] + x[i]) / C    j: before the first negative t, i: not in t */
#include "../index/lines.h"
#include "all.h"

static nrv_tensor multilabel_margin_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("multilabel_margin", c);
    return nrv_multilabel_margin_with(c->x[0], c->x[1], &o);
}

NRV_OP(
    multilabel_margin, .sig = "real x[n,c], index t[n,c] -> y[]",
    .doc = "Mean over rows of the sum over classes j of the row and classes i that are none of max(0, 1 - x[j] + x[i]) "
           "by the number of classes. The numbers of a row's classes end at the first negative one; one out of range "
           "stops the run.",
    .flags = NRV_MACRO, .make = multilabel_margin_make,
    .torch = "nn.functional.multilabel_margin_loss nn.MultiLabelMarginLoss", .ulp = 8,
    .tolerance_why = "a chain of rounded steps and a mean",
    .values = "classes count from 0; a row's numbers end at the first -1",
    .refuse = { "x[3,5], t:i32[3,4] => multilabel_margin: labels of another shape, or of more than rows of classes | "
                "in here | input 0: input f32 [3, 5] x | input 1: input i32 [3, 4] t | hint both (N,C) or (C); a row's "
                "numbers end at the first -1",
                "x[3], t:i32[3]{0,3,-1} => multilabel_margin: index 3 at position 1; it must lie in 0..2 | in here | "
                "hint classes count from 0; a row's numbers end at the first -1",
                "x[2,3,4], t:i32[2,3,4] => multilabel_margin: labels of another shape, or of more than rows of classes "
                "| in here | input 0: input f32 [2, 3, 4] x | input 1: input i32 [2, 3, 4] t | hint both (N,C) or (C); "
                "a row's numbers end at the first -1",
                "x[3], t[3] => multilabel_margin: labels of f32, class numbers are wanted | in here | input 0: input "
                "f32 [3] x | input 1: input f32 [3] t | hint nrv_cast them to NRV_I32 or NRV_I64" },
    .test = { "x[2,4], t:i64[2,4]{3,0,-1,1,1,-1,-1,-1}", "x[2,3] in -2..2, t:i32[2,3]{-1,0,0,2,0,1}, reduction=none",
              "x[4], t:i32[4]{3,3,0,-1}", "x[2,4], t:i64[2,4]{3,0,-1,1,1,-1,-1,-1}, w[2] in 0.5..2, reduction=sum" });

/* x and t (N,C) or (C), t i32 or i64 -> scalar: mean over rows of the sum of max(0, 1 - x[t[j]] + x[i]) by C. */
NRV_API nrv_tensor nrv_multilabel_margin(nrv_tensor x, nrv_tensor target)
{
    return nrv_multilabel_margin_with(x, target, NULL);
}

/* x and t (N,C): elements (N) */
static nrv_tensor multilabel_margin_each(nrv_tensor x, nrv_tensor t)
{
    if (!x || !t)
        return NULL;
    nrv_dim N = x->dim[0], C = x->dim[1];
    nrv_tensor zero = nrv__like(x, 0), place = nrv_iota(x->g, t->type, C);
    nrv_tensor end =
        nrv_min_of(nrv_select(nrv_less(t, nrv__like(t, 0)), place, nrv_cast(nrv_dim_value(x->g, C), t->type)), 1, 1);
    nrv_tensor counts = nrv_less(place, end), label = nrv_select(counts, t, nrv__like(t, 0));
    nrv_tensor own = nrv_expand(nrv__gather(x, label, 1, 1), 2, 1); /* (N,j,1) */
    nrv_tensor is = nrv_select(nrv_expand(counts, 2, 1), nrv_equal(nrv_expand(label, 2, 1), place),
                               nrv_not_equal(nrv__like(x, 0), zero)); /* (N,j,i): row's class j is class i */
    nrv_tensor other = nrv_max_of(nrv_cast(is, x->type), 1, 1);       /* (N,1,i) */
    if (!own || !other)
        return NULL;
    nrv_tensor over = NRV_EXPR("x, y, o: o == 0 ? relu(1 - y + x) : 0", nrv_reshape(x, NRV_SHAPE(N, 1, C)), own, other);
    over = nrv_select(nrv_expand(counts, 2, 1), over, zero);
    return nrv_div(nrv__sum_axes(over, 6, 0), nrv__cast_like(nrv_dim_value(x->g, C), x));
}

/* The hinge between sets of classes, weighted and reduced. */
NRV_API nrv_tensor nrv_multilabel_margin_with(nrv_tensor x, nrv_tensor target, const nrv_loss_opt *o)
{
    NRV_CALLED(&nrv__op_multilabel_margin, x);
    const nrv__opdef *op = &nrv__op_multilabel_margin;
    const nrv_tensor in[2] = { x, target };
    nrv_dim d;
    if (!nrv__op_wants(op, 2, in) || !nrv__op_wants_real(op, 1, in))
        return NULL;
    if (target->type != NRV_I32 && target->type != NRV_I64)
        return nrv__op_refuses(op, 2, in, NRV_EDTYPE, "nrv_cast them to NRV_I32 or NRV_I64",
                               "labels of %s, class numbers are wanted", nrv__dtype_name(target->type));
    bool fits = x->rank == target->rank && x->rank >= 1 && x->rank <= 2;
    for (int i = 0; fits && i < x->rank; i++)
        fits = nrv__dim_same(x->g, x->dim[i], target->dim[i], op->name, &d);
    if (!fits)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "both (N,C) or (C); a row's numbers end at the first -1",
                               "labels of another shape, or of more than rows of classes");
    if (x->rank == 2)
        return nrv__reduced(op, multilabel_margin_each(x, target), o);
    nrv_tensor each = multilabel_margin_each(nrv_expand(x, 0, 1), nrv_expand(target, 0, 1));
    return nrv__reduced(op, nrv_reshape(each, NRV_SCALAR), o);
}
