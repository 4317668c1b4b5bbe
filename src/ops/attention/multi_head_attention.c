/* multi_head_attention - attention in several spaces at once: q, k and v are projected, split into heads, attended, and
   what comes out is projected again (Vaswani et al. 2017).

   q (T,B,E)   k (L,B,K)   v (L,B,V)   in_proj (3E,E) or q_proj (E,E), k_proj (E,K), v_proj (E,V)   out_proj (E,E)

   Layouts, names, masks (true = may NOT be seen) and options as PyTorch 1.13's nn.MultiheadAttention; but a query that
   may see no key gives zeros before the last projection, and not NaN. */
#include "heads.h"
#include <stdio.h>

#ifdef NRV_HEADER
/* multi_head_attention: the weights, by PyTorch's names. in_proj_weight (3E,E), or q_, k_ and v_proj_weight; the biases
   in_proj_bias (3E), out_proj_bias (E), and bias_k, bias_v (1,1,E), one more key and value, may be NULL. */
typedef struct {
    nrv_tensor in_proj_weight, in_proj_bias, out_proj_weight, out_proj_bias;
    nrv_tensor q_proj_weight, k_proj_weight, v_proj_weight, bias_k, bias_v;
} nrv_mha_weights;
/* key_padding_mask (B,L), attn_mask (T,L) or (B*heads,T,L): bool, true = may not be seen, or real, added to the scores.
   causal: nothing later is seen; keys that are added are not later. batch_first: (B,T,E). each_head: the weights of
   each head, not their mean. dropout: of the weights, in training; drawn as "dropout" in the open scope. add_zero_attn:
   one more key and value of zeros. For nrv_multi_head_attention: no_bias; bias_kv: with bias_k and bias_v. */
typedef struct {
    nrv_tensor key_padding_mask, attn_mask;
    int causal, batch_first, each_head, add_zero_attn, no_bias, bias_kv;
    double dropout;
    int64_t reserved[4];
} nrv_mha_opt;
#endif

extern const nrv__opdef nrv__op_multi_head_attention;
static const char mha_hint[] = "q (T,B,E), k (L,B,K), v (L,B,V), with batch_first (B,T,E)..., or all without B";

/* ---- projections: (T,B,E) each ---- */
typedef struct mha_job {
    nrv_graph *g;
    nrv_tensor q, k, v; /* (T,B,...), projected later */
    nrv_dim T, L, B, E, D;
    int64_t heads;
    const nrv_mha_weights *w;
    const nrv_mha_opt *o;
} mha_job;

static bool mha_weights_fit(const mha_job *j)
{
    const nrv__opdef *op = &nrv__op_multi_head_attention;
    const nrv_mha_weights *w = j->w;
    nrv_dim E3 = nrv__dim_mul(j->g, j->E, 3), one[3] = { 1, 1, j->E }, d;
    if (!w->out_proj_weight || (!w->in_proj_weight && !(w->q_proj_weight && w->k_proj_weight && w->v_proj_weight)))
        return nrv__op_refuses(op, 1, &j->q, NRV_EARG,
                               "in_proj_weight, or q_, k_ and v_proj_weight; and out_proj.weight",
                               "a weight is missing");
    if (!w->bias_k != !w->bias_v)
        return nrv__op_refuses(op, 1, &j->q, NRV_EARG, "one more key wants its value",
                               "bias_k and bias_v come together");
    if (w->in_proj_weight && (!nrv__dim_same(j->g, j->k->dim[2], j->E, op->name, &d) ||
                              !nrv__dim_same(j->g, j->v->dim[2], j->E, op->name, &d)))
        return nrv__op_refuses(op, 3, (const nrv_tensor[]){ j->q, j->k, j->v }, NRV_ESHAPE,
                               "q_, k_ and v_proj_weight take k and v of other lengths than q's",
                               "in_proj_weight is for q, k and v with the same number of features");
    bool projects =
        w->in_proj_weight
            ? nrv__weight_fits(op, j->q, "in_proj_weight", w->in_proj_weight, 2, (nrv_dim[]){ E3, j->E })
            : nrv__weight_fits(op, j->q, "q_proj_weight", w->q_proj_weight, 2, (nrv_dim[]){ j->E, j->E }) &&
                  nrv__weight_fits(op, j->k, "k_proj_weight", w->k_proj_weight, 2, (nrv_dim[]){ j->E, j->k->dim[2] }) &&
                  nrv__weight_fits(op, j->v, "v_proj_weight", w->v_proj_weight, 2, (nrv_dim[]){ j->E, j->v->dim[2] });
    return projects && nrv__weight_fits(op, j->q, "in_proj_bias", w->in_proj_bias, 1, &E3) &&
           nrv__weight_fits(op, j->q, "out_proj.weight", w->out_proj_weight, 2, (nrv_dim[]){ j->E, j->E }) &&
           nrv__weight_fits(op, j->q, "out_proj.bias", w->out_proj_bias, 1, &j->E) &&
           nrv__weight_fits(op, j->q, "bias_k", w->bias_k, 3, one) &&
           nrv__weight_fits(op, j->q, "bias_v", w->bias_v, 3, one);
}

static nrv_tensor mha_part(nrv_tensor x, int part, nrv_dim E)
{
    return x ? nrv_slice(x, 0, nrv__dim_mul(x->g, E, part), E) : NULL;
}

static void mha_project(mha_job *j)
{
    const nrv_mha_weights *w = j->w;
    nrv_tensor *x[3] = { &j->q, &j->k, &j->v }, own[3] = { w->q_proj_weight, w->k_proj_weight, w->v_proj_weight };
    if (w->in_proj_weight && j->q == j->k && j->k == j->v) { /* one product for all three */
        nrv_tensor all = nrv__affine(j->q, w->in_proj_weight, w->in_proj_bias);
        for (int i = 0; i < 3; i++)
            *x[i] = nrv_slice(all, 2, nrv__dim_mul(j->g, j->E, i), j->E);
        return;
    }
    for (int i = 0; i < 3; i++) {
        nrv_tensor weight = w->in_proj_weight ? mha_part(w->in_proj_weight, i, j->E) : own[i];
        *x[i] = nrv__affine(*x[i], weight, mha_part(w->in_proj_bias, i, j->E));
    }
}

/* (T,B,E) -> (B,H,T,D) */
static nrv_tensor mha_split(const mha_job *j, nrv_tensor x)
{
    if (!x)
        return NULL;
    x = nrv_reshape(x, NRV_SHAPE(x->dim[0], j->B, j->heads, j->D));
    return nrv_permute(x, 4, (const int[]){ 1, 2, 0, 3 });
}

/* one more key and value at the end of (L,B,E) */
static void mha_one_more(mha_job *j, nrv_tensor k, nrv_tensor v)
{
    nrv_shape s = NRV_SHAPE(1, j->B, j->E);
    j->k = nrv_concat(2, (nrv_tensor[]){ j->k, nrv_broadcast(k, s) }, 0);
    j->v = nrv_concat(2, (nrv_tensor[]){ j->v, nrv_broadcast(v, s) }, 0);
    j->L = nrv__dim_add(j->g, j->L, 1);
}

/* ---- masks ---- */
/* a mask with a column for each key that was added, which may be seen */
static nrv_tensor mha_mask_widened(const mha_job *j, nrv_tensor m)
{
    nrv_dim more = nrv__dim_sub(j->g, j->L, m->dim[m->rank - 1]);
    if (more == 0)
        return m;
    nrv_shape s = nrv_shape_of(m);
    s.dim[s.rank - 1] = more;
    return nrv_concat(2, (nrv_tensor[]){ m, nrv_fill(j->g, m->type, s, 0) }, -1);
}

static bool mha_mask_fits(const mha_job *j, const char *what, nrv_tensor m, nrv_shape s)
{
    nrv_dim d;
    if (!m)
        return true;
    bool fits = m->g == j->g && (m->type == NRV_BOOL || m->type == j->q->type) && m->rank == s.rank;
    for (int i = 0; fits && i < s.rank; i++)
        fits = nrv__dim_same(j->g, m->dim[i], s.dim[i], "multi_head_attention", &d);
    return fits || nrv__op_refuses(&nrv__op_multi_head_attention, 2, (nrv_tensor[]){ j->q, m }, NRV_ESHAPE,
                                   "key_padding_mask (B,L), attn_mask (T,L) or (B*heads,T,L); bool or of q's type",
                                   "%s does not fit", what);
}

static void mha_add_mask(nrv_attention_opt *a, nrv_tensor m)
{
    if (m && m->type == NRV_BOOL) {
        nrv_tensor seen = nrv_equal(m, nrv__like(m, 0));
        a->mask = a->mask ? nrv_select(a->mask, seen, nrv__like(m, 0)) : seen;
    } else if (m) {
        a->bias = a->bias ? nrv_add(a->bias, m) : m;
    }
}

/* (T,L), true where a key comes later than the query */
static nrv_tensor mha_later(const mha_job *j, nrv_dim L)
{
    return nrv_greater(nrv_iota(j->g, NRV_I64, L), nrv_expand(nrv_iota(j->g, NRV_I64, j->T), -1, 1));
}

static bool mha_masks(const mha_job *j, nrv_dim L, bool alone, nrv_attention_opt *a)
{
    nrv_tensor pad = j->o->key_padding_mask, mask = j->o->attn_mask;
    if (pad && alone && pad->rank == 1)
        pad = nrv_expand(pad, 0, 1);
    nrv_shape each = NRV_SHAPE(nrv__dim_mul(j->g, j->B, j->heads), j->T, L), flat = NRV_SHAPE(j->T, L);
    if (!mha_mask_fits(j, "key_padding_mask", pad, NRV_SHAPE(j->B, L)) ||
        !mha_mask_fits(j, "attn_mask", mask, mask && mask->rank == 3 ? each : flat))
        return false;
    pad = pad ? mha_mask_widened(j, pad) : NULL;
    mask = mask ? mha_mask_widened(j, mask) : NULL;
    if (mask && mask->rank == 3)
        mask = nrv_reshape(mask, NRV_SHAPE(j->B, j->heads, j->T, j->L));
    mha_add_mask(a, pad ? nrv_reshape(pad, NRV_SHAPE(j->B, 1, 1, j->L)) : NULL);
    mha_add_mask(a, mask);
    a->causal = j->o->causal && j->L == L;
    if (j->o->causal && j->L != L) { /* keys that were added stand at the end, but not later */
        nrv_tensor later = mha_later(j, L);
        mha_add_mask(a, later ? mha_mask_widened(j, later) : NULL);
    }
    return !j->g->why.status;
}

/* ---- the whole ---- */
static bool mha_begin(mha_job *j, nrv_tensor q, nrv_tensor k, nrv_tensor v, int64_t heads)
{
    const nrv__opdef *op = &nrv__op_multi_head_attention;
    nrv_tensor in[3] = { q, k, v };
    nrv_dim d;
    char have[24];
    if (!nrv__op_wants_real(op, 3, in))
        return false;
    if (q->rank < 2 || q->rank > 3 || k->rank != q->rank || v->rank != q->rank)
        return nrv__op_refuses(op, 3, in, NRV_ESHAPE, mha_hint, "ranks %d, %d and %d", q->rank, k->rank, v->rank);
    j->g = q->g;
    j->q = nrv__time_first(q, j->o->batch_first);
    j->k = k == q ? j->q : nrv__time_first(k, j->o->batch_first);
    j->v = v == k ? j->k : nrv__time_first(v, j->o->batch_first);
    if (!j->q || !j->k || !j->v)
        return false;
    j->T = j->q->dim[0], j->B = j->q->dim[1], j->E = j->q->dim[2], j->L = j->k->dim[0];
    if (!nrv__dim_same(j->g, j->k->dim[1], j->B, op->name, &d) ||
        !nrv__dim_same(j->g, j->v->dim[1], j->B, op->name, &d) ||
        !nrv__dim_same(j->g, j->v->dim[0], j->L, op->name, &d))
        return nrv__op_refuses(op, 3, in, NRV_ESHAPE, mha_hint, "q, k and v do not fit each other");
    j->heads = heads;
    if (heads < 1 || !nrv__dim_divides(j->g, j->E, heads, &j->D))
        return nrv__op_refuses(op, 3, in, NRV_EARG, "each head takes an equal part of the features",
                               "%s features cannot be divided among %lld heads", nrv__dim_text(j->g, j->E, have),
                               (long long)heads);
    return mha_weights_fit(j);
}

/* (B,H,T,D), and the weights (B,H,T,L) where they are wanted or dropped */
static nrv_tensor mha_attend(const mha_job *j, const nrv_attention_opt *a, nrv_tensor *weights)
{
    bool train = false;
    if (j->o->dropout != 0 && !nrv__training(j->g, "dropout", &train))
        return NULL;
    if (!weights && !train)
        return nrv_attention(j->q, j->k, j->v, a);
    nrv_tensor p = nrv_attention_weights(j->q, j->k, a);
    if (train)
        p = nrv_dropout(p, "dropout", j->o->dropout);
    if (weights)
        *weights = j->o->each_head ? p : nrv_mean(p, 1, 0);
    return nrv_matmul(p, j->v);
}

/* q (T,B,E), k (L,B,K), v (L,B,V) -> (T,B,E); with batch_first (B,T,E)..., or all without B. weights, where it is not
   NULL: what each query gave each key, (B,T,L), the mean over the heads, or (B,heads,T,L). E is a multiple of heads. As
   PyTorch's multi_head_attention_forward; masks true where something may NOT be seen. (Vaswani et al. 2017) */
NRV_API nrv_tensor nrv_multi_head_attention_by(nrv_tensor q, nrv_tensor k, nrv_tensor v, int heads,
                                               const nrv_mha_weights *w, const nrv_mha_opt *opt, nrv_tensor *weights)
{
    static const nrv_mha_opt none = { 0 };
    static const nrv_mha_weights nothing = { 0 };
    mha_job j = { .w = w ? w : &nothing, .o = opt ? opt : &none };
    nrv_attention_opt a = { 0 };
    if (weights)
        *weights = NULL;
    if (!mha_begin(&j, q, k, v, heads))
        return NULL;
    nrv_dim L = j.L;
    mha_project(&j);
    if (j.w->bias_k)
        mha_one_more(&j, j.w->bias_k, j.w->bias_v);
    if (j.o->add_zero_attn && !j.g->why.status) {
        nrv_tensor zero = nrv__like(j.q, 0);
        mha_one_more(&j, zero, zero);
    }
    if (j.g->why.status || !mha_masks(&j, L, q->rank == 2, &a))
        return NULL;
    j.q = mha_split(&j, j.q);
    j.k = mha_split(&j, j.k);
    j.v = mha_split(&j, j.v);
    nrv_tensor y = nrv_permute(mha_attend(&j, &a, weights), 4, (const int[]){ 2, 0, 1, 3 });
    y = nrv__affine(nrv_reshape(y, NRV_SHAPE(j.T, j.B, j.E)), j.w->out_proj_weight, j.w->out_proj_bias);
    if (weights && *weights && q->rank == 2)
        *weights = nrv_reshape(*weights, j.o->each_head ? NRV_SHAPE(j.heads, j.T, j.L) : NRV_SHAPE(j.T, j.L));
    return nrv__time_back(y, q, j.o->batch_first);
}

/* ---- the record ---- */
nrv_tensor nrv__case_prefixed(const nrv__case *c, const char *prefix, const char *name)
{
    char whole[64];
    snprintf(whole, sizeof whole, "%s%s", prefix, name);
    return nrv__case_named(c, whole);
}

nrv_mha_weights nrv__mha_weights_of(const nrv__case *c, const char *prefix)
{
    return (nrv_mha_weights){ .in_proj_weight = nrv__case_prefixed(c, prefix, "in_proj_weight"),
                              .in_proj_bias = nrv__case_prefixed(c, prefix, "in_proj_bias"),
                              .out_proj_weight = nrv__case_prefixed(c, prefix, "out_proj.weight"),
                              .out_proj_bias = nrv__case_prefixed(c, prefix, "out_proj.bias"),
                              .q_proj_weight = nrv__case_prefixed(c, prefix, "q_proj_weight"),
                              .k_proj_weight = nrv__case_prefixed(c, prefix, "k_proj_weight"),
                              .v_proj_weight = nrv__case_prefixed(c, prefix, "v_proj_weight"),
                              .bias_k = nrv__case_prefixed(c, prefix, "bias_k"),
                              .bias_v = nrv__case_prefixed(c, prefix, "bias_v") };
}

static nrv_tensor multi_head_attention_make(nrv__case *c)
{
    nrv_mha_weights w = nrv__mha_weights_of(c, "");
    if (!w.out_proj_weight) { /* as F.multi_head_attention_forward calls them */
        w.out_proj_weight = nrv__case_named(c, "out_proj_weight");
        w.out_proj_bias = nrv__case_named(c, "out_proj_bias");
    }
    nrv_mha_opt o = { .key_padding_mask = nrv__case_named(c, "key_padding_mask"),
                      .attn_mask = nrv__case_named(c, "attn_mask"),
                      .causal = nrv__case_flag(c, "is_causal", false),
                      .batch_first = nrv__case_batch_first(c),
                      .each_head = !nrv__case_flag(c, "average_attn_weights", true),
                      .add_zero_attn = nrv__case_flag(c, "add_zero_attn", false) };
    bool weights = nrv__case_flag(c, "need_weights", true);
    nrv_tensor q = nrv__case_named(c, "q query x"), k = nrv__case_named(c, "k key"), v = nrv__case_named(c, "v value");
    k = k ? k : q;
    nrv_tensor y = nrv_multi_head_attention_by(q, k, v ? v : k, nrv__case_small(c, "heads", 1), &w, &o,
                                               weights ? &c->also[0] : NULL);
    c->n_also = weights;
    return y;
}

NRV_OP(
    multi_head_attention,
    .sig = "real q[T,B,E], real k[L,B,K], real v[L,B,V], real in_proj_weight[3*E,E], real in_proj_bias[3*E], real "
           "out_proj.weight[E,E], real out_proj.bias[E] -> y[T,B,E], weights[B,T,L]",
    .doc = "q, k and v projected, split into heads, attended, and projected again, as PyTorch's nn.MultiheadAttention: "
           "key_padding_mask and attn_mask are true where something may not be seen, or are added to the scores.",
    .flags = NRV_MACRO, .make = multi_head_attention_make, .ulp = 16,
    .tolerance_why = "four products and a softmax in turn, each rounded",
    .torch = "nn.functional.multi_head_attention_forward nn.MultiheadAttention", .also = "mha",
    .refuse = { "q[2,1,4], k[3,1,4], v[3,1,4], in_proj_weight[12,4], out_proj.weight[4,4], heads=3 => "
                "multi_head_attention: 4 features cannot be divided among 3 heads | in here | input 0: input f32 [2, "
                "1, 4] q | input 1: input f32 [3, 1, 4] k | input 2: input f32 [3, 1, 4] v | hint each head takes an "
                "equal part of the features",
                "q[2,1,4], k[3,1,4], v[2,1,4], in_proj_weight[12,4], out_proj.weight[4,4] => multi_head_attention: q, "
                "k and v do not fit each other | in here | input 0: input f32 [2, 1, 4] q | input 1: input f32 [3, 1, "
                "4] k | input 2: input f32 [2, 1, 4] v | hint q (T,B,E), k (L,B,K), v (L,B,V), with batch_first "
                "(B,T,E)..., or all without B",
                "q[2,1,4], k[3,1,4], v[3,1,4], in_proj_weight[4,4], out_proj.weight[4,4] => multi_head_attention: "
                "in_proj_weight has to be f32 [12, 4] | in here | input 0: input f32 [2, 1, 4] q | input 1: input f32 "
                "[4, 4] in_proj_weight | hint input 1 is the weight that does not fit",
                "q[2,1,4], k[3,1,3], v[3,1,4], in_proj_weight[12,4], out_proj.weight[4,4] => multi_head_attention: "
                "in_proj_weight is for q, k and v with the same number of features | in here | input 0: input f32 [2, "
                "1, 4] q | input 1: input f32 [3, 1, 3] k | input 2: input f32 [3, 1, 4] v | hint q_, k_ and "
                "v_proj_weight take k and v of other lengths than q's",
                "q[2,1,4], k[3,1,4], v[3,1,4], in_proj_weight[12,4] => multi_head_attention: a weight is missing | in "
                "here | input 0: input f32 [2, 1, 4] q | hint in_proj_weight, or q_, k_ and v_proj_weight; and "
                "out_proj.weight",
                "q[2,1,4], k[3,1,4], v[3,1,4], in_proj_weight[12,4], out_proj.weight[4,4], attn_mask:bool[3,2] => "
                "multi_head_attention: attn_mask does not fit | in here | input 0: reshape f32 [2, 1, 4] here | input "
                "1: input bool [3, 2] attn_mask | hint key_padding_mask (B,L), attn_mask (T,L) or (B*heads,T,L); bool "
                "or of q's type" },
    .test = { "q[3,2,4], k[2,2,4], v[2,2,4], in_proj_weight[12,4], in_proj_bias[12], out_proj.weight[4,4], "
              "out_proj.bias[4], heads=2",
              "q[2,2,4], in_proj_weight[12,4], out_proj.weight[4,4], heads=4, key_padding_mask:bool[2,2]{0,1,0,0}, "
              "attn_mask:bool[2,2]{0,1,0,0}, batch_first=true",
              "q[3,4], k[2,3], v[2,2], q_proj_weight[4,4], k_proj_weight[4,3], v_proj_weight[4,2], in_proj_bias[12], "
              "out_proj.weight[4,4], bias_k[1,1,4], bias_v[1,1,4], add_zero_attn=true, heads=2, attn_mask[3,2], "
              "need_weights=false, is_causal=true" });
