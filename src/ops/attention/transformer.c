/* transformer.c - one layer of a transformer's encoder, and of its decoder, on given weights (Vaswani et al. 2017).

   encoder   x = norm1(x + attend(x, x))                                       x = norm2(x + feed(x))
   decoder   x = norm1(x + attend(x, x))   x = norm2(x + attend(x, memory))    x = norm3(x + feed(x))
   feed(x) = linear2(activation(linear1(x)));   norm_first: x = x + attend(norm1(x)) ... instead

   Layouts, names, masks (true = may NOT be seen) and options as PyTorch 1.13's nn.TransformerEncoderLayer and
   nn.TransformerDecoderLayer. */
#include "heads.h"
#include <stdio.h>
#include <string.h>

#ifdef NRV_HEADER
/* transformer layers: the weights, by PyTorch's names; multihead_attn and norm3 are the decoder's. */
typedef struct {
    nrv_mha_weights self_attn, multihead_attn;
    nrv_tensor linear1_weight, linear1_bias, linear2_weight, linear2_bias;
    nrv_tensor norm1_weight, norm1_bias, norm2_weight, norm2_bias, norm3_weight, norm3_bias;
} nrv_transformer_weights;
/* mask (T,T) and key_padding_mask (B,T) of the sequence, memory_mask (T,L) and memory_key_padding_mask (B,L) of the
   decoder's memory: bool, true = may not be seen, or real, added. causal: nothing later is seen. activation: NULL is
   nrv_relu. eps of the norms: 1e-5. dropout: in training, behind each part and the activation, and of the weights of
   attention; its draws are named in the open scope. no_norm: stacks end without a norm of their own. Of both halves
   together, what is said above is the decoder's: from_mask (L,L) and from_key_padding_mask (B,L) are the encoder's, and
   decoder_layers, where it is not 0, is how many the decoder has. */
typedef struct {
    int norm_first, batch_first, causal, no_norm, decoder_layers;
    double dropout, eps;
    nrv_tensor (*activation)(nrv_tensor x);
    nrv_tensor mask, key_padding_mask, memory_mask, memory_key_padding_mask, from_mask, from_key_padding_mask;
    int64_t reserved[4];
} nrv_transformer_opt;
#endif

typedef struct transformer_job {
    int heads;
    const nrv_transformer_weights *w;
    const nrv_transformer_opt *o;
    nrv_tensor memory; /* NULL: an encoder */
} transformer_job;

static nrv_tensor transformer_dropped(const transformer_job *j, nrv_tensor x, const char *name)
{
    return j->o->dropout != 0 ? nrv_dropout(x, name, j->o->dropout) : x;
}

static nrv_tensor transformer_norm(const transformer_job *j, nrv_tensor x, nrv_tensor weight, nrv_tensor bias)
{
    return nrv_layer_norm_by(x, 1, weight, bias, nrv__or(j->o->eps, 1e-5));
}

static nrv_tensor transformer_attend(const transformer_job *j, nrv_tensor x, nrv_tensor memory)
{
    if (!x)
        return NULL;
    const nrv_transformer_opt *o = j->o;
    nrv_mha_opt a = { .batch_first = o->batch_first, .dropout = o->dropout };
    a.attn_mask = memory ? o->memory_mask : o->mask;
    a.key_padding_mask = memory ? o->memory_key_padding_mask : o->key_padding_mask;
    a.causal = !memory && o->causal;
    nrv_tensor k = memory ? memory : x;
    nrv_push(x->g, memory ? "multihead_attn" : "self_attn");
    nrv_tensor y =
        nrv_multi_head_attention_by(x, k, k, j->heads, memory ? &j->w->multihead_attn : &j->w->self_attn, &a, NULL);
    nrv_pop(x->g);
    return transformer_dropped(j, y, memory ? "dropout2" : "dropout1");
}

static nrv_tensor transformer_feed(const transformer_job *j, nrv_tensor x)
{
    const nrv_transformer_weights *w = j->w;
    nrv_tensor h = nrv_linear_by(x, w->linear1_weight, w->linear1_bias);
    h = transformer_dropped(j, j->o->activation ? j->o->activation(h) : nrv_relu(h), "dropout");
    return transformer_dropped(j, nrv_linear_by(h, w->linear2_weight, w->linear2_bias),
                               j->memory ? "dropout3" : "dropout2");
}

static nrv_tensor transformer_layer(const transformer_job *j, nrv_tensor x)
{
    const nrv_transformer_weights *w = j->w;
    nrv_tensor norm[3][2] = { { w->norm1_weight, w->norm1_bias },
                              { w->norm2_weight, w->norm2_bias },
                              { w->norm3_weight, w->norm3_bias } };
    int parts = j->memory ? 3 : 2;
    for (int i = 0; i < parts; i++) {
        nrv_tensor in = j->o->norm_first ? transformer_norm(j, x, norm[i][0], norm[i][1]) : x;
        nrv_tensor y = i == parts - 1 ? transformer_feed(j, in) : transformer_attend(j, in, i ? j->memory : NULL);
        x = nrv_add(x, y);
        if (!j->o->norm_first)
            x = transformer_norm(j, x, norm[i][0], norm[i][1]);
    }
    return x;
}

/* false: op refuses */
static bool transformer_wants(const nrv__opdef *op, nrv_tensor x, const nrv_transformer_weights *w)
{
    if (!nrv__op_wants_real(op, 1, &x))
        return false;
    return (w && w->linear1_weight && w->linear2_weight) ||
           nrv__op_refuses(op, 1, &x, NRV_EARG,
                           "linear1.weight (ff,E) and linear2.weight (E,ff), and those of attention",
                           "a weight is missing");
}

nrv_transformer_weights nrv__transformer_weights_of(const nrv__case *c, const char *prefix)
{
    char self[48], cross[48];
    snprintf(self, sizeof self, "%sself_attn.", prefix);
    snprintf(cross, sizeof cross, "%smultihead_attn.", prefix);
    return (nrv_transformer_weights){ .self_attn = nrv__mha_weights_of(c, self),
                                      .multihead_attn = nrv__mha_weights_of(c, cross),
                                      .linear1_weight = nrv__case_prefixed(c, prefix, "linear1.weight"),
                                      .linear1_bias = nrv__case_prefixed(c, prefix, "linear1.bias"),
                                      .linear2_weight = nrv__case_prefixed(c, prefix, "linear2.weight"),
                                      .linear2_bias = nrv__case_prefixed(c, prefix, "linear2.bias"),
                                      .norm1_weight = nrv__case_prefixed(c, prefix, "norm1.weight"),
                                      .norm1_bias = nrv__case_prefixed(c, prefix, "norm1.bias"),
                                      .norm2_weight = nrv__case_prefixed(c, prefix, "norm2.weight"),
                                      .norm2_bias = nrv__case_prefixed(c, prefix, "norm2.bias"),
                                      .norm3_weight = nrv__case_prefixed(c, prefix, "norm3.weight"),
                                      .norm3_bias = nrv__case_prefixed(c, prefix, "norm3.bias") };
}

nrv_transformer_opt nrv__transformer_options_of(const nrv__case *c)
{
    const char *activation = nrv__case_text(c, "activation");
    return (nrv_transformer_opt){ .norm_first = nrv__case_flag(c, "norm_first", false),
                                  .batch_first = nrv__case_batch_first(c),
                                  .causal = nrv__case_flag(c, "is_causal", false),
                                  .dropout = nrv__case_real(c, "dropout", 0),
                                  .eps = nrv__case_real(c, "layer_norm_eps", 0),
                                  .activation = activation && !strcmp(activation, "gelu") ? nrv_gelu : NULL,
                                  .mask = nrv__case_named(c, "src_mask tgt_mask mask attn_mask"),
                                  .key_padding_mask =
                                      nrv__case_named(c, "src_key_padding_mask tgt_key_padding_mask key_padding_mask"),
                                  .memory_mask = nrv__case_named(c, "memory_mask"),
                                  .memory_key_padding_mask = nrv__case_named(c, "memory_key_padding_mask") };
}

int nrv__transformer_heads_of(const nrv__case *c)
{
    return nrv__case_small(c, "heads", nrv__case_small(c, "nhead", 1));
}

static nrv_tensor transformer_encoder_layer_make(nrv__case *c)
{
    nrv_transformer_weights w = nrv__transformer_weights_of(c, "");
    nrv_transformer_opt o = nrv__transformer_options_of(c);
    return nrv_transformer_encoder_layer_by(nrv__case_named(c, "x src"), nrv__transformer_heads_of(c), &w, &o);
}

static nrv_tensor transformer_decoder_layer_make(nrv__case *c)
{
    nrv_transformer_weights w = nrv__transformer_weights_of(c, "");
    nrv_transformer_opt o = nrv__transformer_options_of(c);
    return nrv_transformer_decoder_layer_by(nrv__case_named(c, "x tgt"), nrv__case_named(c, "memory m"),
                                            nrv__transformer_heads_of(c), &w, &o);
}

/* what both have, in .sig, and in .refuse and .test */
#define TRANSFORMER_SIG_SELF                                                                                        \
    "real self_attn.in_proj_weight[3*E,E], real self_attn.in_proj_bias[3*E], real self_attn.out_proj.weight[E,E], " \
    "real self_attn.out_proj.bias[E], "
#define TRANSFORMER_SIG_REST                                                                                \
    "real linear1.weight[F,E], real linear1.bias[F], real linear2.weight[E,F], real linear2.bias[E], real " \
    "norm1.weight[E], real norm1.bias[E], real norm2.weight[E], real norm2.bias[E]"
#define TRANSFORMER_SELF                                                                           \
    "self_attn.in_proj_weight[12,4], self_attn.in_proj_bias[12], self_attn.out_proj.weight[4,4], " \
    "self_attn.out_proj.bias[4]"
#define TRANSFORMER_REST                                                                                           \
    "linear1.weight[3,4], linear1.bias[3], linear2.weight[4,3], linear2.bias[4], norm1.weight[4], norm1.bias[4], " \
    "norm2.weight[4], norm2.bias[4]"
#define TRANSFORMER_CROSS                                                                                         \
    "multihead_attn.in_proj_weight[12,4], multihead_attn.in_proj_bias[12], multihead_attn.out_proj.weight[4,4], " \
    "multihead_attn.out_proj.bias[4], norm3.weight[4], norm3.bias[4]"

NRV_OP(
    transformer_encoder_layer, .sig = "real x[T,B,E], " TRANSFORMER_SIG_SELF TRANSFORMER_SIG_REST " -> y[T,B,E]",
    .doc = "One layer of a transformer's encoder: attention of a sequence to itself, then two linear maps at each "
           "place, both added to what came in and normalised.",
    .flags = NRV_MACRO, .make = transformer_encoder_layer_make, .ulp = 64,
    .tolerance_why = "six products, a softmax and two norms in turn, each rounded",
    .torch = "nn.TransformerEncoderLayer", .also = "encoder_layer",
    .refuse = { "x[3,2,4], linear1.weight[3,4] => transformer_encoder_layer: a weight is missing | in here | input 0: "
                "input f32 [3, 2, 4] x | hint linear1.weight (ff,E) and linear2.weight (E,ff), and those of attention",
                "x:i32[3,2,4] in 0..9, linear1.weight[3,4] => transformer_encoder_layer: input 0 is i32, a real type "
                "is wanted | in here | input 0: input i32 [3, 2, 4] x | hint nrv_cast it to NRV_F32",
                "x[3,2,4], heads=3, " TRANSFORMER_SELF ", " TRANSFORMER_REST
                " => multi_head_attention: 4 features cannot be divided among 3 heads | in here.self_attn | input 0: "
                "input f32 [3, 2, 4] x | input 1: input f32 [3, 2, 4] x | input 2: input f32 [3, 2, 4] x | hint each "
                "head takes an equal part of the features" },
    .test = { "x[3,2,4], heads=2, " TRANSFORMER_SELF ", " TRANSFORMER_REST,
              "x[2,3,4], heads=1, norm_first=true, activation=gelu, batch_first=true, is_causal=1, " TRANSFORMER_SELF
              ", " TRANSFORMER_REST });

/* One layer of a transformer's encoder: x (T,B,E), or (B,T,E) with batch_first, or (T,E) -> as x. self_attn as
   nrv_multi_head_attention_by, linear1.weight (F,E), linear2.weight (E,F), norm1, norm2 (E); biases may be NULL. As
   PyTorch's TransformerEncoderLayer. (Vaswani et al. 2017) */
NRV_API nrv_tensor nrv_transformer_encoder_layer_by(nrv_tensor x, int heads, const nrv_transformer_weights *w,
                                                    const nrv_transformer_opt *opt)
{
    static const nrv_transformer_opt none = { 0 };
    transformer_job j = { heads, w, opt ? opt : &none, NULL };
    return transformer_wants(&nrv__op_transformer_encoder_layer, x, w) ? transformer_layer(&j, x) : NULL;
}

NRV_OP(
    transformer_decoder_layer,
    .sig = "real x[T,B,E], real memory[L,B,E], " TRANSFORMER_SIG_SELF
           "real multihead_attn.in_proj_weight[3*E,E], real multihead_attn.in_proj_bias[3*E], real "
           "multihead_attn.out_proj.weight[E,E], real multihead_attn.out_proj.bias[E], " TRANSFORMER_SIG_REST
           ", real norm3.weight[E], real norm3.bias[E] -> y[T,B,E]",
    .doc = "One layer of a transformer's decoder: attention of a sequence to itself, to a memory, then two linear maps "
           "at each place, each added to what came in and normalised.",
    .flags = NRV_MACRO, .make = transformer_decoder_layer_make, .ulp = 64,
    .tolerance_why = "ten products, two softmaxes and three norms in turn, each rounded",
    .torch = "nn.TransformerDecoderLayer", .also = "decoder_layer",
    .refuse = { "x[3,2,4], memory[2,2,4], linear1.weight[3,4] => transformer_decoder_layer: a weight is missing | in "
                "here | input 0: input f32 [3, 2, 4] x | hint linear1.weight (ff,E) and linear2.weight (E,ff), and "
                "those of attention",
                "x[3,2,4], memory[2,1,4], heads=2, " TRANSFORMER_SELF ", " TRANSFORMER_REST ", " TRANSFORMER_CROSS
                " => multi_head_attention: q, k and v do not fit each other | in here.multihead_attn | input 0: "
                "layer_norm f32 [3, 2, 4] here | input 1: input f32 [2, 1, 4] memory | input 2: input f32 [2, 1, 4] "
                "memory | hint q (T,B,E), k (L,B,K), v (L,B,V), with batch_first (B,T,E)..., or all without B" },
    .test = { "x[3,2,4], memory[2,2,4], heads=2, " TRANSFORMER_SELF ", " TRANSFORMER_REST ", " TRANSFORMER_CROSS,
              "x[2,3,4], memory[2,1,4], heads=1, norm_first=true, batch_first=true, " TRANSFORMER_SELF
              ", " TRANSFORMER_REST ", " TRANSFORMER_CROSS });

/* One layer of a transformer's decoder: x (T,B,E), memory (L,B,E), with batch_first (B,T,E)..., or both without B -> as
   x. As PyTorch's TransformerDecoderLayer, whose weights are multihead_attn and norm3 more than the encoder's; causal
   is the usual mask of x. (Vaswani et al. 2017) */
NRV_API nrv_tensor nrv_transformer_decoder_layer_by(nrv_tensor x, nrv_tensor memory, int heads,
                                                    const nrv_transformer_weights *w, const nrv_transformer_opt *opt)
{
    static const nrv_transformer_opt none = { 0 };
    transformer_job j = { heads, w, opt ? opt : &none, memory };
    const nrv__opdef *op = &nrv__op_transformer_decoder_layer;
    if (!nrv__op_wants_real(op, 2, (nrv_tensor[]){ x, memory }) || !transformer_wants(op, x, w))
        return NULL;
    return transformer_layer(&j, x);
}
