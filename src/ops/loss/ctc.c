/* ctc - connectionist temporal classification: all ways to stretch labels over time (Graves et al. 2006)

   y = -ln of the sum over paths that become the target, once repetitions are merged and blanks dropped, of the product
   of what they meet. A scan over time carries, in logarithms, how likely the ways to every place in the target with
   blanks between are (alpha); the gradient is the scan's own, so that any order follows.

   Promises: lengths and labels out of range stop the run; what stands behind a length is not looked at. An alignment
   that is not possible has an infinite loss and no gradient (0 with .zero_infinity). Gradients are those of any
   log-probabilities; PyTorch's are only right behind a log_softmax, where both agree. */
#include "../index/lines.h"
#include "all.h"
#include <math.h>

#ifdef NRV_HEADER
/* ctc: blank: the class between labels. zero_infinity: impossible alignments give 0 in place of infinity. longest: at
   most so many labels in a row of concatenated targets; 0: all of them may be one row's. */
typedef struct {
    nrv_reduction reduction;
    int64_t blank, longest;
    int zero_infinity;
    int64_t reserved[4];
} nrv_ctc_opt;
#endif

static nrv_tensor ctc_make(nrv__case *c)
{
    return nrv_ctc_with(c->x[0], c->x[1], c->x[2], c->x[3],
                        &(nrv_ctc_opt){ .reduction = nrv__loss_case("ctc", c).reduction,
                                        .blank = nrv__case_int(c, "blank", 0),
                                        .longest = nrv__case_int(c, "longest", 0),
                                        .zero_infinity = nrv__case_int(c, "zero_infinity", 0) != 0 });
}

NRV_OP(
    ctc, .sig = "real x[t,n,c], index labels[n,s], index input_lengths[n], index label_lengths[n] -> y[]",
    .doc = "Mean over rows of the loss divided by the number of labels (at least 1), as PyTorch: -ln of how likely the "
           "labels are, blanks and repetitions between them, under log-probabilities x; infinity where that is "
           "impossible. Labels may also be (all of them), one row behind the other.",
    .flags = NRV_MACRO, .make = ctc_make, .torch = "nn.functional.ctc_loss nn.CTCLoss ctc_loss", .ulp = 64,
    .tolerance_why = "logarithms of sums of exponentials, over time",
    .values = "classes count from 0; no row is longer than x, no text longer than its row of labels",
    .refuse = { "x[4,2,3], labels:i32[2,2]{1,2,2,1}, il:i32[2]{4,5}, tl:i32[2]{2,2} => ctc: index 5 at position 1; it "
                "must lie in 0..4 | in here | hint classes count from 0; no row is longer than x, no text longer than "
                "its row of labels",
                "x[4,2,3], labels:i32[2,2]{1,2,2,1}, il:i32[2]{4,4}, tl:i32[2]{2,3} => ctc: index 3 at position 1; it "
                "must lie in 0..2 | in here | hint classes count from 0; no row is longer than x, no text longer than "
                "its row of labels",
                "x[4,2,3], labels:i32[2,2]{1,2,2,3}, il:i32[2]{4,4}, tl:i32[2]{2,2} => ctc: index 3 at position 3; it "
                "must lie in 0..2 | in here | hint classes count from 0; no row is longer than x, no text longer than "
                "its row of labels",
                "x[4,2,3], labels:i32[3,2]{1,2,2,1,1,1}, il:i32[2]{4,4}, tl:i32[2]{2,2} => ctc: shapes do not fit | in "
                "here | input 0: input f32 [4, 2, 3] x | input 1: input i32 [3, 2] labels | input 2: input i32 [2] il "
                "| input 3: input i32 [2] tl | hint x (T,N,C), labels (N,S) or (all), lengths (N); or x (T,C), labels "
                "(S), lengths ()",
                "x[4,2,3], labels:i32[2,2]{1,2,2,1}, il:i32[2]{4,4}, tl:i32[2]{2,2}, blank=3 => ctc: blank 3 | in here "
                "| input 0: input f32 [4, 2, 3] x | input 1: input i32 [2, 2] labels | input 2: input i32 [2] il | "
                "input 3: input i32 [2] tl | hint one of x's classes, 0 as a rule",
                "x[4], labels:i32[2]{1,2}, il:i32[]{4}, tl:i32[]{2} => ctc: shapes do not fit | in here | input 0: "
                "input f32 [4] x | input 1: input i32 [2] labels | input 2: input i32 [] il | input 3: input i32 [] tl "
                "| hint x (T,N,C), labels (N,S) or (all), lengths (N); or x (T,C), labels (S), lengths ()" },
    .test = {
        "x[5,2,4] in -3..0, labels:i64[2,2]{1,2,3,3}, il:i64[2]{5,4}, tl:i64[2]{2,2}, reduction=sum",
        "x[5,3,4] in -3..0, labels:i32[3,3]{1,2,99,3,3,3,-1,5,5}, il:i32[3]{5,5,3}, tl:i32[3]{2,3,0}, reduction=none",
        "x[5,2,4] in -3..0, labels:i64[3]{1,2,3}, il:i64[2]{5,4}, tl:i64[2]{1,2}, longest=2",
        "x[4,3] in -3..0, labels:i32[2]{2,0}, il:i32[]{4}, tl:i32[]{2}, blank=1",
        "x[3,1,4] in -3..0, labels:i64[1,0], il:i64[1]{3}, tl:i64[1]{0}",
        "x[2,2,3] in -3..0, labels:i64[2,2]{1,1,1,2}, il:i64[2]{2,2}, tl:i64[2]{2,2}, zero_infinity=1" });

/* how likely either of three ways is, in logarithms; -inf where none is possible, which passes no gradient */
static nrv_tensor ctc_or(nrv_tensor a, nrv_tensor b, nrv_tensor c)
{
    nrv_tensor most = nrv_stop(nrv_max(nrv_max(a, b), c));
    if (!most)
        return NULL;
    most = nrv_select(nrv_equal(most, nrv__like(a, -INFINITY)), nrv__like(a, 0), most);
    nrv_tensor s = NRV_EXPR("a, b, c, m: exp(a - m) + exp(b - m) + exp(c - m)", a, b, c, most);
    nrv_tensor none = nrv_equal(s, nrv__like(s, 0));
    return nrv_select(none, nrv__like(s, -INFINITY), nrv_add(most, nrv_log(nrv_select(none, nrv__like(s, 1), s))));
}

typedef struct ctc_parts {
    const nrv__opdef *op;
    nrv_tensor x, labels, il, tl; /* (T,N,C), (N,S), (N), (N); the lengths checked as they are run */
    nrv_dim T, N, S;
} ctc_parts;

/* l, but the run stops where it is not in 0..most */
static nrv_tensor ctc_within(nrv_tensor l, nrv_dim most)
{
    return l ? nrv_gather(nrv_iota(l->g, l->type, nrv__dim_add(l->g, most, 1)), l, 0) : NULL;
}

static bool ctc_fits(const nrv__opdef *op, const nrv_tensor *in, const nrv_ctc_opt *o)
{
    if (!nrv__op_wants(op, 4, in) || !nrv__op_wants_real(op, 1, in))
        return false;
    for (int i = 1; i < 4; i++)
        if (in[i]->type != NRV_I64 && in[i]->type != NRV_I32)
            return nrv__op_refuses(op, 4, in, NRV_EDTYPE, "nrv_cast it to NRV_I64", "input %d is %s, not whole numbers",
                                   i, nrv__dtype_name(in[i]->type));
    const int rank = in[0]->rank;
    nrv_dim d, N = rank == 3 ? in[0]->dim[1] : 1;
    bool fits = (rank == 3 || rank == 2) && in[2]->rank == rank - 2 && in[3]->rank == rank - 2 && in[1]->rank >= 1 &&
                in[1]->rank < rank;
    fits = fits && (rank == 2 || (nrv__dim_same(in[0]->g, N, in[2]->dim[0], op->name, &d) &&
                                  nrv__dim_same(in[0]->g, N, in[3]->dim[0], op->name, &d)));
    fits = fits && (in[1]->rank == 1 || nrv__dim_same(in[0]->g, N, in[1]->dim[0], op->name, &d));
    if (!fits)
        return nrv__op_refuses(op, 4, in, NRV_ESHAPE,
                               "x (T,N,C), labels (N,S) or (all), lengths (N); or x (T,C), labels (S), lengths ()",
                               "shapes do not fit");
    if (o->blank < 0 || (in[0]->dim[rank - 1] >= 0 && o->blank >= in[0]->dim[rank - 1]))
        return nrv__op_refuses(op, 4, in, NRV_EARG, "one of x's classes, 0 as a rule", "blank %lld",
                               (long long)o->blank);
    return true;
}

/* labels one row behind the other to (N,S), what stands behind a row's end being anything */
static nrv_tensor ctc_rows(const ctc_parts *p, nrv_tensor all)
{
    nrv_tensor n = nrv_iota(all->g, NRV_I64, p->N), tl = nrv_cast(p->tl, NRV_I64), zero = nrv__like(n, 0);
    nrv_tensor before = nrv_sum(nrv_select(nrv_less(n, nrv_expand(n, 1, 1)), tl, zero), 1, 1);
    nrv_tensor s = nrv_iota(all->g, NRV_I64, p->S), at = nrv_add(before, s);
    return nrv_gather(all, nrv_select(nrv_less(s, nrv_expand(tl, 1, 1)), at, zero), 0);
}

/* (N,2S+1): the labels with blanks between and around them, blanks behind their end */
static nrv_tensor ctc_places(const ctc_parts *p, int64_t blank)
{
    nrv_graph *g = p->x->g;
    nrv_tensor b = nrv__like(p->labels, (double)blank), s = nrv_iota(g, p->tl->type, p->S);
    nrv_tensor label = nrv_select(nrv_less(s, nrv_expand(p->tl, 1, 1)), p->labels, b);
    label = ctc_within(label, nrv__dim_sub(g, p->x->dim[2], 1)); /* here, where places are those of the labels */
    nrv_tensor blanks = nrv_broadcast(b, NRV_SHAPE(p->N, p->S, 1));
    nrv_tensor pairs = nrv_concat(2, (const nrv_tensor[]){ blanks, nrv_expand(label, 2, 1) }, 2);
    nrv_tensor last = nrv_broadcast(b, NRV_SHAPE(p->N, 1));
    return nrv_concat(2, (const nrv_tensor[]){ nrv_reshape(pairs, NRV_SHAPE(p->N, nrv__dim_mul(g, 2, p->S))), last },
                      1);
}

/* a (N,L) moved so many places on, what comes in being value */
static nrv_tensor ctc_moved(nrv_tensor a, int places, double value)
{
    return a ? nrv_slice(nrv_pad(a, 1, places, 0, value), 1, 0, a->dim[1]) : NULL;
}

/* the scan: alpha (N,L) behind each row's last step */
static nrv_tensor ctc_alpha(const ctc_parts *p, nrv_tensor places)
{
    nrv_graph *g = p->x->g;
    nrv_dim L = places->dim[1];
    nrv_tensor met = nrv__gather(nrv_permute(p->x, 3, (const int[]){ 1, 0, 2 }), places, 2, 1); /* (N,T,L) */
    met = nrv_permute(met, 3, (const int[]){ 1, 0, 2 });
    nrv_tensor l = nrv_iota(g, NRV_I64, L), never = nrv__like(p->x, -INFINITY);
    nrv_tensor first =
        nrv_broadcast(nrv_select(nrv_equal(l, nrv__like(l, 0)), nrv__like(p->x, 0), never), NRV_SHAPE(p->N, L));
    nrv_tensor skips = nrv_not_equal(places, ctc_moved(places, 2, -1));
    skips = nrv_select(nrv_less(l, nrv__like(l, 2)), nrv_not_equal(l, l), skips);
    nrv_block *b = nrv_scan(g, NULL);
    nrv_tensor each = nrv_each(b, met), a = nrv_carry(b, first);
    nrv_tensor there = nrv_less(nrv_turn(b), nrv_cast(p->il, NRV_I64));
    nrv_tensor two = nrv_select(skips, ctc_moved(a, 2, -INFINITY), never);
    nrv_tensor next = nrv_add(ctc_or(a, ctc_moved(a, 1, -INFINITY), two), each);
    nrv_next(b, a, nrv_select(nrv_expand(there, 1, 1), next, a));
    nrv_end(b);
    return nrv_last(b, a);
}

/* (N): the loss of each row */
static nrv_tensor ctc_each(const ctc_parts *p, nrv_tensor alpha)
{
    nrv_graph *g = p->x->g;
    nrv_tensor zero = nrv__like(p->tl, 0), never = nrv__like(p->x, -INFINITY);
    nrv_tensor pairs = nrv_reshape(nrv_pad(alpha, 1, 0, 1, 0), NRV_SHAPE(p->N, nrv__dim_add(g, p->S, 1), 2));
    nrv_tensor blank = nrv_reshape(nrv_slice(pairs, 2, 0, 1), NRV_SHAPE(p->N, nrv__dim_add(g, p->S, 1)));
    nrv_tensor label = nrv_reshape(nrv_slice(pairs, 2, 1, 1), NRV_SHAPE(p->N, nrv__dim_add(g, p->S, 1)));
    nrv_tensor some = nrv_greater(p->tl, zero), before = nrv_select(some, nrv_sub(p->tl, nrv__like(p->tl, 1)), zero);
    return nrv_neg(ctc_or(nrv_take(blank, p->tl), nrv_select(some, nrv_take(label, before), never), never));
}

static nrv_tensor ctc_reduced(const ctc_parts *p, nrv_tensor each, const nrv_ctc_opt *o)
{
    if (each && o->zero_infinity)
        each = nrv_select(nrv_equal(each, nrv__like(each, INFINITY)), nrv__like(each, 0), each);
    if (each && o->reduction == NRV_LOSS_MEAN)
        each = NRV_EXPR("y, n: y / max(n, 1)", each, nrv__cast_like(p->tl, each));
    return nrv__reduced_by(p->op, each, NULL, o->reduction);
}

/* x (T,N,C) log-probabilities, labels (N,S) i32 or i64, lengths (N) of both -> scalar: mean of the loss by the number
   of labels, with blank 0. */
NRV_API nrv_tensor nrv_ctc(nrv_tensor x, nrv_tensor labels, nrv_tensor input_lengths, nrv_tensor label_lengths)
{
    return nrv_ctc_with(x, labels, input_lengths, label_lengths, NULL);
}

/* x (T,N,C) log-probabilities, labels (N,S) or all of them one row behind the other, lengths (N) of both; or without N.
   Each element is a row's loss; the mean divides it by the number of its labels first. */
NRV_API nrv_tensor nrv_ctc_with(nrv_tensor x, nrv_tensor labels, nrv_tensor input_lengths, nrv_tensor label_lengths,
                                const nrv_ctc_opt *opt)
{
    NRV_CALLED(&nrv__op_ctc, x);
    const nrv_ctc_opt o = opt ? *opt : (nrv_ctc_opt){ 0 };
    const nrv_tensor in[4] = { x, labels, input_lengths, label_lengths };
    ctc_parts p = { .op = &nrv__op_ctc };
    if (!ctc_fits(p.op, in, &o))
        return NULL;
    const bool one = x->rank == 2;
    p.x = one ? nrv_expand(x, 1, 1) : x;
    if (!p.x)
        return NULL;
    p.T = p.x->dim[0], p.N = p.x->dim[1], p.S = labels->dim[labels->rank - 1];
    if (!one && labels->rank == 1 && o.longest > 0)
        p.S = o.longest;
    p.il = ctc_within(one ? nrv_expand(input_lengths, 0, 1) : input_lengths, p.T);
    p.tl = ctc_within(one ? nrv_expand(label_lengths, 0, 1) : label_lengths, p.S);
    if (!p.il || !p.tl)
        return NULL;
    p.labels = one ? nrv_expand(labels, 0, 1) : labels->rank == 1 ? ctc_rows(&p, labels) : labels;
    nrv_tensor places = p.labels ? ctc_places(&p, o.blank) : NULL;
    nrv_tensor each = places ? ctc_each(&p, ctc_alpha(&p, places)) : NULL;
    return ctc_reduced(&p, one && each ? nrv_reshape(each, NRV_SCALAR) : each, &o);
}
