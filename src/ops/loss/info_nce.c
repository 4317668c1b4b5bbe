/* info_nce.c - info_nce, nt_xent and supervised_contrastive: which of many belongs to me?

   All take vectors as they are, make them of length 1 and compare them by their angle over a temperature. info_nce: row
   i of the queries belongs to row i of the keys (van den Oord et al. 2018). nt_xent: two views of each sample, all
   others of both views are negatives (SimCLR; Chen et al. 2020). supervised_contrastive: all of the same label belong
   together (Khosla et al. 2020, L_out). */
#include "all.h"

static nrv_tensor info_nce_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("info_nce", c);
    return nrv_info_nce(c->x[0], c->x[1], nrv__case_real(c, "temperature", 0.1), &o);
}

static nrv_tensor nt_xent_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("nt_xent", c);
    return nrv_nt_xent(c->x[0], c->x[1], nrv__case_real(c, "temperature", 0.5), &o);
}

static nrv_tensor supervised_contrastive_make(nrv__case *c)
{
    nrv_loss_opt o = nrv__loss_case("supervised_contrastive", c);
    return nrv_supervised_contrastive(c->x[0], c->x[1], nrv__case_real(c, "temperature", 0.1), &o);
}

#define INFO_NCE .flags = NRV_MACRO, .ulp = 64, .tolerance_why = "angles over a temperature, and a softmax of them"

NRV_OP(info_nce, .sig = "real q[n,d], real k[m,d] -> y[]",
       .doc = "Mean of the cross-entropy of row i of cos(q, k) / temperature with label i; further keys are negatives.",
       .make = info_nce_make, .also = "infonce", INFO_NCE,
       .refuse = { "q[3,5], k[2,5] => info_nce: there are fewer keys than queries | in here | input 0: input f32 [3, "
                   "5] q | input 1: input f32 [2, 5] k | hint key i belongs to query i",
                   "q[3,5], k[4,4] => info_nce: the vectors do not fit | in here | input 0: input f32 [3, 5] q | input "
                   "1: input f32 [4, 4] k | hint rows of vectors of one length, (N,D) and (M,D)",
                   "q[3,5], k[3,5], temperature=0 => info_nce: a temperature of 0 | in here | input 0: input f32 [3, "
                   "5] q | input 1: input f32 [3, 5] k | hint 0.05 to 1 is usual" },
       .test = { "q[3,4], k[3,4]", "q[3,4], k[5,4], temperature=0.5, reduction=none",
                 "q[2,4], k[2,4], w[2] in 0.5..2, reduction=sum" });
NRV_OP(
    nt_xent, .sig = "real a[n,d], real b[n,d] -> y[]",
    .doc =
        "Mean over both views of the cross-entropy of finding the other view of a sample among all 2 n - 1 others by "
        "cos / temperature.",
    .make = nt_xent_make, .also = "simclr", INFO_NCE,
    .refuse = { "a[3,5], b[2,5] => nt_xent: the views do not fit | in here | input 0: input f32 [3, 5] a | input 1: "
                "input f32 [2, 5] b | hint two views of N samples, (N,D) each",
                "a[3], b[3] => nt_xent: the views do not fit | in here | input 0: input f32 [3] a | input 1: input f32 "
                "[3] b | hint two views of N samples, (N,D) each",
                "a[3,5], b[3,5], temperature=-1 => nt_xent: a temperature of -1 | in here | input 0: concat f32 [6, 5] "
                "here | input 1: concat f32 [6, 5] here | hint 0.05 to 1 is usual" },
    .test = { "a[3,4], b[3,4]", "a[2,4], b[2,4], temperature=0.2, reduction=none", "a[1,4], b[1,4], reduction=sum" });
NRV_OP(supervised_contrastive, .sig = "real x[n,d], index labels[n] -> y[]",
       .doc =
           "Mean over rows of the mean over all others of the same label of the cross-entropy of finding it by cos / "
           "temperature; a row that is alone with its label counts nowhere.",
       .make = supervised_contrastive_make, .also = "supcon", INFO_NCE,
       .refuse = { "x[3,5], labels:i32[2] => supervised_contrastive: labels of another shape | in here | input 0: "
                   "input f32 [3, 5] x | input 1: input i32 [2] labels | hint a label for each row: x's axes without "
                   "that of the classes",
                   "x[3,5], labels[3] => supervised_contrastive: labels of f32, class numbers are wanted | in here | "
                   "input 0: input f32 [3, 5] x | input 1: input f32 [3] labels | hint nrv_cast them to NRV_I32 or "
                   "NRV_I64",
                   "x[3,5], labels:i32[3]{0,1,0}, temperature=0 => supervised_contrastive: a temperature of 0 | in "
                   "here | input 0: input f32 [3, 5] x | input 1: input f32 [3, 5] x | hint 0.05 to 1 is usual" },
       .test = { "x[4,3], labels:i32[4]{0,1,0,1}", "x[5,3], labels:i64[5]{7,-1,7,7,3}, temperature=0.5, reduction=none",
                 "x[5,3], labels:i64[5]{7,-1,7,7,3}", "x[2,3], labels:i32[2]{0,1}, reduction=sum" });

static nrv_tensor info_nce_unit(nrv_tensor x)
{
    nrv_tensor s = nrv_sum(nrv_square(x), -1, 1);
    return x && s ? NRV_EXPR("x, s: x / sqrt(max(s, 1e-24))", x, s) : NULL;
}

/* cos(a, b) / temperature, (N,M) */
static nrv_tensor info_nce_likeness(const nrv__opdef *op, nrv_tensor a, nrv_tensor b, double temperature)
{
    const nrv_tensor in[2] = { a, b };
    nrv_dim d;
    if (!nrv__op_wants_real(op, 2, in))
        return NULL;
    if (!(temperature > 0))
        return nrv__op_refuses(op, 2, in, NRV_EARG, "0.05 to 1 is usual", "a temperature of %g", temperature);
    if (a->rank != 2 || b->rank != 2 || !nrv__dim_same(a->g, a->dim[1], b->dim[1], op->name, &d))
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "rows of vectors of one length, (N,D) and (M,D)",
                               "the vectors do not fit");
    return nrv_mul_c(nrv_matmul(info_nce_unit(a), nrv_transpose(info_nce_unit(b))), 1 / temperature);
}

/* queries (N,D) and keys (M,D), M >= N -> scalar: how badly row i of q finds row i of k among all keys, reduced over
   rows; o may be NULL. */
NRV_API nrv_tensor nrv_info_nce(nrv_tensor q, nrv_tensor k, double temperature, const nrv_loss_opt *o)
{
    NRV_CALLED(&nrv__op_info_nce, q);
    const nrv__opdef *op = &nrv__op_info_nce;
    nrv_tensor alike = info_nce_likeness(op, q, k, temperature);
    if (!alike)
        return NULL;
    if (!nrv__dim_at_most(q->g, q->dim[0], k->dim[0], op->name))
        return nrv__op_refuses(op, 2, (const nrv_tensor[]){ q, k }, NRV_ESHAPE, "key i belongs to query i",
                               "there are fewer keys than queries");
    return nrv__reduced(op, nrv_neg(nrv_take(nrv_log_softmax(alike, -1), nrv_iota(q->g, NRV_I64, q->dim[0]))), o);
}

/* the same number of everything on the diagonal of (N,N) */
static nrv_tensor info_nce_itself(nrv_tensor square)
{
    nrv_tensor i = nrv_iota(square->g, NRV_I64, square->dim[0]);
    return nrv_equal(i, nrv_expand(i, -1, 1));
}

/* nothing finds itself: the lowest number that any type has */
static nrv_tensor info_nce_others(nrv_tensor alike)
{
    return alike ? nrv_log_softmax(nrv_select(info_nce_itself(alike), nrv__like(alike, -65504), alike), -1) : NULL;
}

/* a and b (N,D): two views of N samples -> scalar: how badly each of the 2 N finds its other view, reduced over them,
   a's first; o may be NULL. */
NRV_API nrv_tensor nrv_nt_xent(nrv_tensor a, nrv_tensor b, double temperature, const nrv_loss_opt *o)
{
    NRV_CALLED(&nrv__op_nt_xent, a);
    const nrv__opdef *op = &nrv__op_nt_xent;
    const nrv_tensor in[2] = { a, b };
    nrv_dim d;
    if (!nrv__op_wants_real(op, 2, in))
        return NULL;
    if (a->rank != 2 || b->rank != 2 || !nrv__dim_same(a->g, a->dim[0], b->dim[0], op->name, &d) ||
        !nrv__dim_same(a->g, a->dim[1], b->dim[1], op->name, &d))
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "two views of N samples, (N,D) each", "the views do not fit");
    nrv_tensor both = nrv_concat(2, in, 0), i = nrv_iota(a->g, NRV_I64, a->dim[0]);
    nrv_tensor n = nrv_dim_value(a->g, a->dim[0]), of_a = nrv_add(i, n);
    nrv_tensor other = nrv_concat(2, (const nrv_tensor[]){ of_a, i }, 0);
    nrv_tensor lp = info_nce_others(info_nce_likeness(op, both, both, temperature));
    return nrv__reduced(op, nrv_neg(nrv_take(lp, other)), o);
}

/* x (N,D), labels (N) i32 or i64 -> scalar: how badly each row finds the others of its label, reduced over rows; o may
   be NULL. */
NRV_API nrv_tensor nrv_supervised_contrastive(nrv_tensor x, nrv_tensor labels, double temperature,
                                              const nrv_loss_opt *o)
{
    const nrv__opdef *op = &nrv__op_supervised_contrastive;
    nrv__classes c;
    if (!nrv__classes_of(op, x, labels, &(nrv_classes_opt){ .axis = -1 }, NULL, &c))
        return NULL;
    nrv_tensor alike = info_nce_likeness(op, x, x, temperature), lp = info_nce_others(alike);
    if (!lp)
        return NULL;
    nrv_tensor zero = nrv__like(x, 0);
    nrv_tensor kin =
        nrv_select(info_nce_itself(alike), zero, nrv_cast(nrv_equal(labels, nrv_expand(labels, -1, 1)), x->type));
    nrv_tensor sum = nrv_sum(nrv_select(nrv_greater(kin, zero), lp, zero), -1, 0), n = nrv_sum(kin, -1, 0);
    nrv_tensor each = sum && n ? NRV_EXPR("s, n: -s / max(n, 1)", sum, n) : NULL;
    each = nrv__reduced(op, each, &(nrv_loss_opt){ .reduction = NRV_LOSS_NONE, .weight = o ? o->weight : NULL });
    return nrv__reduced_by(op, each, nrv__cast_like(nrv_greater(n, zero), x), o ? o->reduction : NRV_LOSS_MEAN);
}
