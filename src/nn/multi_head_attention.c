/* multi_head_attention - attention in several spaces at once, with its weights (Vaswani et al. 2017).

   in_proj_weight (3E,E) or q_proj_weight (E,E), k_proj_weight (E,K), v_proj_weight (E,V)   in_proj_bias (3E)
   out_proj.weight (E,E)   out_proj.bias (E)   bias_k, bias_v (1,1,E)     [names, shapes, starts as
   nn.MultiheadAttention] */
#include "transformer.h"

static nrv_init mha_xavier(nrv_dim in, nrv_dim out)
{
    return in >= 0 && out >= 0 ? NRV_FAN_IN(((double)in + (double)out) / 6) : NRV_KAIMING;
}

nrv_mha_weights nrv__mha_params(nrv_graph *g, nrv_dtype t, nrv_dim E, nrv_dim K, nrv_dim V, int no_bias, int bias_kv)
{
    nrv_mha_weights w = { 0 };
    nrv_dim E3 = nrv__dim_mul(g, E, 3);
    if (K == E && V == E) {
        w.in_proj_weight = nrv_param(g, "in_proj_weight", t, NRV_SHAPE(E3, E), mha_xavier(E, E3));
    } else {
        w.q_proj_weight = nrv_param(g, "q_proj_weight", t, NRV_SHAPE(E, E), mha_xavier(E, E));
        w.k_proj_weight = nrv_param(g, "k_proj_weight", t, NRV_SHAPE(E, K), mha_xavier(K, E));
        w.v_proj_weight = nrv_param(g, "v_proj_weight", t, NRV_SHAPE(E, V), mha_xavier(V, E));
    }
    if (bias_kv) {
        w.bias_k = nrv_param(g, "bias_k", t, NRV_SHAPE(1, 1, E), NRV_NORMAL(E > 0 ? 1 / sqrt((double)E) : 1));
        w.bias_v = nrv_param(g, "bias_v", t, NRV_SHAPE(1, 1, E), NRV_NORMAL(E > 0 ? 1 / sqrt((double)E) : 1));
    }
    nrv_push(g, "out_proj");
    w.out_proj_weight = nrv_param(g, "weight", t, NRV_SHAPE(E, E), NRV_KAIMING);
    if (!no_bias)
        w.out_proj_bias = nrv_param(g, "bias", t, NRV_SHAPE(E), NRV_ZEROS);
    nrv_pop(g);
    if (!no_bias)
        w.in_proj_bias = nrv_param(g, "in_proj_bias", t, NRV_SHAPE(E3), NRV_ZEROS);
    return w;
}

/* q (T,B,E), k (L,B,K), v (L,B,V) -> (T,B,E), and *weights, if asked for, as nrv_multi_head_attention_by, whose options
   these are; parameters name.in_proj_weight (3E,E), or name.q_, k_ and v_proj_weight where K or V is not E,
   name.in_proj_bias (3E), name.out_proj.weight (E,E) and name.out_proj.bias (E), as PyTorch's MultiheadAttention. */
NRV_API nrv_tensor nrv_multi_head_attention(nrv_tensor q, nrv_tensor k, nrv_tensor v, const char *name, int heads,
                                            const nrv_mha_opt *opt, nrv_tensor *weights)
{
    if (weights)
        *weights = NULL;
    if (!q || !k || !v || q->g->why.status)
        return NULL;
    nrv_graph *g = q->g;
    if (q->rank < 2 || k->rank < 2 || v->rank < 2)
        return nrv__graph_fail(g, NRV_ESHAPE, "q (T,B,E), k (L,B,K), v (L,B,V)",
                               "multi_head_attention '%s': ranks %d, %d and %d", name, q->rank, k->rank, v->rank),
               NULL;
    nrv_push(g, name);
    nrv_mha_weights w = nrv__mha_params(g, q->type, q->dim[q->rank - 1], k->dim[k->rank - 1], v->dim[v->rank - 1],
                                        opt && opt->no_bias, opt && opt->bias_kv);
    nrv_tensor y = g->why.status ? NULL : nrv_multi_head_attention_by(q, k, v, heads, &w, opt, weights);
    nrv_pop(g);
    return y;
}

static nrv_tensor mha_layer_make(nrv__case *c)
{
    nrv_mha_opt o = { .batch_first = 1,
                      .causal = nrv__case_flag(c, "causal", false),
                      .no_bias = nrv__case_flag(c, "no_bias", false),
                      .dropout = nrv__case_real(c, "dropout", 0) };
    return nrv_multi_head_attention(c->x[0], c->x[0], c->x[0], c->name, nrv__case_small(c, "heads", 1), &o, NULL);
}

NRV_LAYER(multi_head_attention, .word = "attention", .args = "heads:size dropout:real=0 causal:flag no_bias:flag",
          .doc = "Every place of (B,T,E) looks at all of its sample, causal: at those before it, as PyTorch's "
                 "MultiheadAttention.",
          .torch = "MultiheadAttention", .make = mha_layer_make,
          .test = { "x[2,3,4], heads=2", "x[2,3,4], heads=1, causal=1, dropout=0.3, no_bias=1" });
