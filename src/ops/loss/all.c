/* all.c - what all losses share: weights and reductions, class numbers, and how they refuse what does not fit. */
#include "all.h"
#include <string.h>

#ifdef NRV_HEADER
/* losses: what becomes of the elements. BATCHMEAN: their sum by the length of axis 0 */
typedef enum { NRV_LOSS_MEAN, NRV_LOSS_SUM, NRV_LOSS_NONE, NRV_LOSS_BATCHMEAN } nrv_reduction;
/* losses of elements. weight: multiplies them, stretched over them; NULL: 1. A mean divides by their number alone. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    int64_t reserved[4];
} nrv_loss_opt;
/* losses of classes. weight (C): of each class; a mean divides by the sum of the weights that it met. axis: of the
   classes; 0: axis 1, or the only one, as PyTorch. ignore: a label that counts nowhere; NULL: -100. smoothing: how much
   of the label's weight goes to all classes alike. */
typedef struct {
    nrv_reduction reduction;
    nrv_tensor weight;
    int axis;
    const int64_t *ignore;
    double smoothing;
    int64_t reserved[4];
} nrv_classes_opt;
#endif

/* ---- what fits ---- */
static bool loss_stretches(const nrv__opdef *op, int n, const nrv_tensor *in, int which)
{
    nrv_tensor a = in[0], b = in[which];
    bool a_grows = a->rank < b->rank, b_grows = b->rank < a->rank;
    for (int i = 1; i <= a->rank && i <= b->rank; i++) {
        nrv_dim p = a->dim[a->rank - i], q = b->dim[b->rank - i], d;
        if (p != 1 && q != 1 && !nrv__dim_same(a->g, p, q, op->name, &d))
            return nrv__op_refuses(op, n, in, NRV_ESHAPE, "only a length of 1 is stretched",
                                   "inputs 0 and %d differ at axis -%d", which, i);
        a_grows = a_grows || (p == 1 && q != 1);
        b_grows = b_grows || (q == 1 && p != 1);
    }
    if (a_grows && b_grows)
        return nrv__op_refuses(op, n, in, NRV_ESHAPE, "nrv_reshape one of them, (B,1) to (B)",
                               "inputs 0 and %d would both be stretched", which);
    return true;
}

bool nrv__loss_fits(const nrv__opdef *op, int n, const nrv_tensor *in)
{
    if (!nrv__op_wants_real(op, n, in))
        return false;
    for (int i = 1; i < n; i++)
        if (!loss_stretches(op, n, in, i))
            return false;
    return true;
}

bool nrv__loss_fits_rows(const nrv__opdef *op, const nrv_tensor *in)
{
    if (!nrv__op_wants_real(op, 3, in) || !nrv__loss_fits(op, 2, in))
        return false;
    const int rank = in[0]->rank > in[1]->rank ? in[0]->rank : in[1]->rank;
    bool fits = in[0]->rank && in[1]->rank && in[2]->rank < rank;
    for (int i = 1; fits && i <= in[2]->rank; i++) {
        nrv_dim t = in[2]->dim[in[2]->rank - i], d;
        nrv_tensor of = in[0]->rank > i && in[0]->dim[in[0]->rank - i - 1] != 1 ? in[0] : in[1];
        fits = t == 1 || (of->rank > i && nrv__dim_same(of->g, of->dim[of->rank - i - 1], t, op->name, &d));
    }
    return fits || nrv__op_refuses(op, 3, in, NRV_ESHAPE, "two vectors (...,D) and a target (...) for each pair",
                                   "there is not a target for each row");
}

/* ---- weights and reductions ---- */
nrv_tensor nrv__reduced_by(const nrv__opdef *op, nrv_tensor each, nrv_tensor count, nrv_reduction how)
{
    if (!each || each->g->why.status)
        return NULL;
    switch (how) {
    case NRV_LOSS_MEAN:
        return count ? nrv_div(nrv_sum_all(each), nrv_sum_all(count)) : nrv_mean_all(each);
    case NRV_LOSS_SUM:
        return nrv_sum_all(each);
    case NRV_LOSS_NONE:
        return each;
    case NRV_LOSS_BATCHMEAN:
        return each->rank ? nrv_div(nrv_sum_all(each), nrv__cast_like(nrv_dim_value(each->g, each->dim[0]), each))
                          : each;
    }
    return nrv__op_refuses(op, 1, &each, NRV_EARG, "NRV_LOSS_MEAN, _SUM, _NONE or _BATCHMEAN", "reduction %d",
                           (int)how);
}

static bool loss_weight_fits(const nrv__opdef *op, nrv_tensor each, nrv_tensor weight)
{
    nrv_tensor in[2] = { each, weight };
    if (!nrv__loss_fits(op, 2, in))
        return false;
    for (int i = 1; i <= weight->rank; i++)
        if (i > each->rank || (each->dim[each->rank - i] == 1 && weight->dim[weight->rank - i] != 1))
            return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "a weight for every element, or for every last of them",
                                   "the weight, input 1, does not stretch over the elements, input 0");
    return true;
}

nrv_tensor nrv__reduced(const nrv__opdef *op, nrv_tensor each, const nrv_loss_opt *o)
{
    if (!each || each->g->why.status)
        return NULL;
    if (o && o->weight && !loss_weight_fits(op, each, o->weight))
        return NULL;
    return nrv__reduced_by(op, o && o->weight ? nrv_mul(each, o->weight) : each, NULL,
                           o ? o->reduction : NRV_LOSS_MEAN);
}

nrv_tensor nrv__loss_of(const nrv__opdef *op, const char *formula, int n, const nrv_tensor *in, int n_number,
                        const double *number, const nrv_loss_opt *o)
{
    nrv_tensor x[8];
    if (!nrv__loss_fits(op, n, in))
        return NULL;
    memcpy(x, in, (size_t)n * sizeof *x);
    for (int i = 0; i < n_number; i++)
        x[n + i] = nrv__like(in[0], number[i]);
    return nrv__reduced(op, nrv_expr(formula, n + n_number, x), o);
}

/* ---- class numbers ---- */
nrv_tensor nrv__classes_last(const nrv__opdef *op, nrv_tensor x, int axis)
{
    int from[NRV__MAX_RANK], n = 0;
    axis = axis ? axis : x->rank > 1;
    if (!nrv__axis(x, &axis, op->name))
        return NULL;
    for (int i = 0; i < x->rank; i++)
        if (i != axis)
            from[n++] = i;
    from[n++] = axis;
    return nrv_permute(x, n, from);
}

bool nrv__class_weights_fit(const nrv__opdef *op, const nrv_tensor *in, nrv_tensor x)
{
    nrv_dim d;
    if (!in[2] || (in[2]->rank == 1 && nrv__dim_same(x->g, in[2]->dim[0], x->dim[x->rank - 1], op->name, &d)))
        return true;
    return nrv__op_refuses(op, 3, in, NRV_ESHAPE, "one number for each class", "weights of another shape");
}

static bool classes_fit(const nrv__opdef *op, nrv_tensor x, nrv_tensor labels, nrv_tensor weight, nrv_tensor last)
{
    nrv_tensor in[3] = { x, labels, weight };
    const int n = weight ? 3 : 2;
    nrv_dim d;
    if (labels->type != NRV_I32 && labels->type != NRV_I64)
        return nrv__op_refuses(op, n, in, NRV_EDTYPE, "nrv_cast them to NRV_I32 or NRV_I64",
                               "labels of %s, class numbers are wanted", nrv__dtype_name(labels->type));
    bool fits = labels->rank == x->rank - 1;
    for (int i = 0; fits && i < labels->rank; i++)
        fits = nrv__dim_same(x->g, last->dim[i], labels->dim[i], op->name, &d);
    if (!fits)
        return nrv__op_refuses(op, n, in, NRV_ESHAPE, "a label for each row: x's axes without that of the classes",
                               "labels of another shape");
    return nrv__class_weights_fit(op, in, last);
}

const int64_t *nrv__ignored(const nrv_classes_opt *o)
{
    static const int64_t usual = -100;
    return o && o->ignore ? o->ignore : &usual;
}

bool nrv__classes_of(const nrv__opdef *op, nrv_tensor x, nrv_tensor labels, const nrv_classes_opt *o,
                     const int64_t *ignore, nrv__classes *to)
{
    nrv_tensor in[3] = { x, labels, o->weight }, real[2] = { x, o->weight };
    const int extra = o->weight != NULL;
    if (!nrv__op_wants(op, 2 + extra, in) || !nrv__op_wants_real(op, 1 + extra, real))
        return false;
    *to = (nrv__classes){ .x = nrv__classes_last(op, x, o->axis), .label = labels, .weight = o->weight };
    if (!to->x || !classes_fit(op, x, labels, o->weight, to->x))
        return false;
    if (ignore) {
        to->counts = nrv_not_equal(labels, nrv__like(labels, (double)*ignore));
        to->label = nrv_select(to->counts, labels, nrv__like(labels, 0));
    }
    if (o->weight)
        to->count = nrv_gather(o->weight, to->label, 0);
    if (ignore)
        to->count = nrv_select(to->counts, to->count ? to->count : nrv__like(x, 1), nrv__like(x, 0));
    return !x->g->why.status;
}

/* what does not count is dropped and not multiplied by 0, which an infinity would survive */
nrv_tensor nrv__classes_reduced(const nrv__opdef *op, const nrv__classes *c, nrv_tensor each, nrv_reduction how)
{
    if (each && c->counts)
        each = nrv_select(c->counts, each, nrv__like(each, 0));
    return nrv__reduced_by(op, each, c->count, how);
}

/* ---- options of a case ---- */
static nrv_reduction loss_case_reduction(const char *op, const nrv__case *c)
{
    static const char *const word[] = { "mean", "sum", "none", "batchmean" }; /* as nrv_reduction counts */
    const char *said = nrv__case_text(c, "reduction");
    for (int i = 0; i < 4; i++)
        if (!said || !strcmp(said, word[i]))
            return (nrv_reduction)i;
    nrv__graph_fail(c->g, NRV_EARG, "mean, sum, none or batchmean", "%s: reduction \"%.40s\"", op, said);
    return NRV_LOSS_MEAN;
}

nrv_loss_opt nrv__loss_case(const char *op, const nrv__case *c)
{
    return (nrv_loss_opt){ .reduction = loss_case_reduction(op, c), .weight = nrv__case_named(c, "weight w") };
}

nrv_classes_opt nrv__classes_case(const char *op, const nrv__case *c, int64_t *ignore)
{
    *ignore = nrv__case_int(c, "ignore_index", -100);
    return (nrv_classes_opt){ .reduction = loss_case_reduction(op, c),
                              .weight = nrv__case_named(c, "weight w"),
                              .axis = nrv__case_small(c, "axis", 0),
                              .ignore = ignore,
                              .smoothing = nrv__case_real(c, "label_smoothing", 0) };
}
