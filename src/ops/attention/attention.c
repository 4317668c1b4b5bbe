/* attention - every query a mean of the values, weighted by how well their keys suit it (Vaswani et al. 2017).

   y = softmax(scale q k^T) v      q (...,T,D)   k (...,L,D)   v (...,L,Dv)   y (...,T,Dv)

   Promises: a query that may see no key gives zeros and passes no gradient, never NaN; what may not be seen has no
   influence where it is finite. Does not do: dropout of the weights - nrv_dropout on y, or a body of one's own. */
#include "../op.h"
#include <math.h>

#ifdef NRV_HEADER
/* attention: causal, query t sees keys 0 to t + offset. offset: an i64 scalar, the position of query 0 among the keys;
   NULL: 0, also where T and L differ (as PyTorch). mask: bool, true = may be seen, stretched over (...,T,L). scale: 0
   is 1/sqrt(D), a negative number means zero. */
typedef struct {
    int causal;
    nrv_tensor mask, offset;
    double scale;
    int64_t reserved[4];
} nrv_attention_opt;
#endif

static bool attention_fail(nrv_graph *g, nrv_status status, const char *what)
{
    nrv__graph_fail(
        g, status, "q (...,T,D), k (...,L,D), v (...,L,Dv) of one real type; mask bool (...,T,L); offset an i64 scalar",
        "attention: %s", what);
    return false;
}

static bool attention_check(nrv_tensor q, nrv_tensor k, nrv_tensor v, const nrv_attention_opt *o)
{
    nrv_graph *g = q->g;
    nrv_dim d;
    if (q->rank < 2 || k->rank < 2 || v->rank < 2)
        return attention_fail(g, NRV_ESHAPE, "q, k and v have a rank of at least 2");
    if (!nrv__dtype_real(q->type) || k->type != q->type || v->type != q->type)
        return attention_fail(g, NRV_EDTYPE, "the types of q, k and v differ, or are not real");
    if (!nrv__dim_same(g, q->dim[q->rank - 1], k->dim[k->rank - 1], "attention", &d))
        return attention_fail(g, NRV_ESHAPE, "q and k differ in their last length");
    if (!nrv__dim_same(g, k->dim[k->rank - 2], v->dim[v->rank - 2], "attention", &d))
        return attention_fail(g, NRV_ESHAPE, "k and v differ in their number of keys");
    if (o->mask && (o->mask->g != g || o->mask->type != NRV_BOOL))
        return attention_fail(g, NRV_EDTYPE, "the mask is not bool, or of another graph");
    if (o->offset && (o->offset->g != g || o->offset->type != NRV_I64 || o->offset->rank))
        return attention_fail(g, NRV_EDTYPE, "the offset is no i64 scalar, or of another graph");
    return isfinite(o->scale) || attention_fail(g, NRV_EARG, "the scale is not finite");
}

static bool attention_mask_fits(nrv_tensor scores, nrv_tensor mask)
{
    nrv_dim d;
    bool fits = mask->rank <= scores->rank;
    for (int i = 1; fits && i <= mask->rank; i++)
        fits = mask->dim[mask->rank - i] == 1 ||
               nrv__dim_same(scores->g, mask->dim[mask->rank - i], scores->dim[scores->rank - i], "attention", &d);
    return fits || attention_fail(scores->g, NRV_ESHAPE, "the mask does not stretch over (...,T,L)");
}

/* (T,L), stretched by the mask: which query may see which key; NULL: every one all */
static nrv_tensor attention_seen(nrv_tensor q, nrv_tensor k, const nrv_attention_opt *o)
{
    if (!o->causal)
        return o->mask;
    nrv_graph *g = q->g;
    nrv_tensor t = nrv_expand(nrv_iota(g, NRV_I64, q->dim[q->rank - 2]), -1, 1);
    nrv_tensor seen = nrv_less_equal(nrv_iota(g, NRV_I64, k->dim[k->rank - 2]), o->offset ? nrv_add(t, o->offset) : t);
    return o->mask ? nrv_select(o->mask, seen, nrv__like(seen, 0)) : seen;
}

static nrv_tensor attention_scaled(nrv_tensor q, double scale)
{
    nrv_dim D = q->dim[q->rank - 1];
    if (scale != 0 || D >= 0)
        return nrv_mul_c(q, scale < 0 ? 0 : scale > 0 ? scale : D > 0 ? 1 / sqrt((double)D) : 0);
    return nrv_div(q, nrv_sqrt(nrv_cast(nrv_dim_value(q->g, D), q->type)));
}

/* the lowest finite number and not -inf: a row of nothing else has a softmax then, and its zeros come at the end */
static nrv_tensor attention_body(nrv_tensor q, nrv_tensor k, nrv_tensor v, const nrv_attention_opt *o)
{
    nrv_tensor scores = nrv_matmul(attention_scaled(q, o->scale), nrv_transpose(k));
    if (!scores || (o->mask && !attention_mask_fits(scores, o->mask)))
        return NULL;
    nrv_tensor seen = attention_seen(q, k, o);
    double lowest = q->type == NRV_F16 ? -65504 : q->type == NRV_F64 ? -0x1.fffffffffffffp1023 : -0x1.fep127;
    if (seen)
        scores = nrv_select(seen, scores, nrv__like(scores, lowest));
    nrv_tensor y = nrv_matmul(nrv_softmax(scores, -1), v);
    if (!o->mask && !(o->causal && o->offset)) /* every query sees key 0 at least */
        return y;
    nrv_tensor any = nrv_max_of(nrv_cast(seen, q->type), -1, 1);
    return nrv_select(nrv_greater(any, nrv__like(any, 0)), y, nrv__like(y, 0));
}

static nrv_tensor attention_make(nrv__case *c)
{
    nrv_attention_opt o = { .causal = nrv__case_text(c, "causal") != NULL, .scale = nrv__case_real(c, "scale", 0) };
    for (int i = 3; i < c->n_x; i++)
        if (c->x_name[i][0] == 'm')
            o.mask = c->x[i];
        else
            o.offset = c->x[i];
    return nrv_attention(c->x[0], c->x[1], c->x[2], &o);
}

NRV_OP(attention, .sig = "real q[...,T,D], real k[...,L,D], real v[...,L,Dv] -> y[...,T,Dv]",
       .doc =
           "softmax(scale q k^T) v, where a query sees the keys up to its own position (causal) and those that a mask "
           "shows it; one that sees none gives zeros. Mask and offset, if any, are the inputs behind v.",
       .make = attention_make, .attr_bytes = sizeof(nrv__attention_attr), .ulp = 32,
       .tolerance_why = "two products and a softmax, each rounded",
       .test = { "q[2,3,4], k[2,5,4], v[2,5,6]", "q[3,4], k[5,4], v[5,2], causal=1",
                 "q[2,2,3,4], k[2,2,5,4], v[2,2,5,4], m:bool[3,5]{1,0,1,0,0,0,0,0,0,0,0,1,1,0,1}, scale=0.7",
                 "q[2,3,4], k[1,5,4], v[1,5,4], m:bool[2,1,5]{0,1,1,0,0,0,0,0,0,1}, offset:i64[]{-1}, causal=1",
                 "q[3,4], k[5,4], v[5,2], offset:i64[]{2}, causal=1, scale=-1",
                 "q[0,3,4], k[0,5,4], v[0,5,4], causal=1" });

/* How well keys suit queries decides what each query gets of the values. q (...,T,D), k (...,L,D), v (...,L,Dv) ->
   (...,T,Dv); leading axes stretch. A query that may see no key gives zeros, with no gradient. (Vaswani et al. 2017) */
NRV_API nrv_tensor nrv_attention(nrv_tensor q, nrv_tensor k, nrv_tensor v, const nrv_attention_opt *opt)
{
    static const nrv_attention_opt none = { 0 };
    const nrv_attention_opt *o = opt ? opt : &none;
    nrv_graph *g = q ? q->g : k ? k->g : v ? v->g : NULL;
    if (!g || g->why.status)
        return NULL;
    if (!q || !k || !v || k->g != g || v->g != g)
        return attention_fail(g, NRV_EARG, "q, k or v is NULL or of another graph"), NULL;
    if (!attention_check(q, k, v, o))
        return NULL;
    nrv_tensor body = attention_body(q, k, v, o), in[5] = { q, k, v };
    nrv__attention_attr a = { o->scale, o->causal != 0, o->mask != NULL, o->offset != NULL };
    int n = 3;
    if (o->mask)
        in[n++] = o->mask;
    if (o->offset)
        in[n++] = o->offset;
    return body ? nrv__composite(&nrv__op_attention, n, in, &a, 1, &body) : NULL;
}
