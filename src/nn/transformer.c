/* transformer.c - encoder and decoder of a transformer, their layers and both together (Vaswani et al. 2017). They make
   the weights; src/ops/attention/transformer.c has the formulas.

   self_attn., multihead_attn. as multi_head_attention   linear1.weight (ff,E)   linear2.weight (E,ff)   norm1.weight
   (E)... stacks: layers.0. ... and norm.     both: encoder., decoder.   [names, shapes, defaults as PyTorch's
   Transformer...] */
#include "transformer.h"

enum { TRANSFORMER_LAYERS = 1024 };

static void transformer_affine(nrv_graph *g, const char *name, nrv_dtype t, nrv_dim out, nrv_dim in, nrv_tensor *w,
                               nrv_tensor *b)
{
    nrv_push(g, name);
    *w = nrv_param(g, "weight", t, NRV_SHAPE(out, in), NRV_KAIMING);
    *b = nrv_param(g, "bias", t, NRV_SHAPE(out), NRV_FAN_IN(in));
    nrv_pop(g);
}

static void transformer_norm_params(nrv_graph *g, const char *name, nrv_dtype t, nrv_dim E, nrv_tensor *w,
                                    nrv_tensor *b)
{
    nrv_push(g, name);
    *w = nrv_param(g, "weight", t, NRV_SHAPE(E), NRV_ONES);
    *b = nrv_param(g, "bias", t, NRV_SHAPE(E), NRV_ZEROS);
    nrv_pop(g);
}

static nrv_mha_weights transformer_heads(nrv_graph *g, const char *name, nrv_dtype t, nrv_dim E)
{
    nrv_push(g, name);
    nrv_mha_weights w = nrv__mha_params(g, t, E, E, E, 0, 0);
    nrv_pop(g);
    return w;
}

static nrv_transformer_weights transformer_params(nrv_graph *g, nrv_dtype t, nrv_dim E, nrv_dim ff, bool decoder)
{
    nrv_transformer_weights w = { 0 };
    w.self_attn = transformer_heads(g, "self_attn", t, E);
    if (decoder)
        w.multihead_attn = transformer_heads(g, "multihead_attn", t, E);
    transformer_affine(g, "linear1", t, ff, E, &w.linear1_weight, &w.linear1_bias);
    transformer_affine(g, "linear2", t, E, ff, &w.linear2_weight, &w.linear2_bias);
    transformer_norm_params(g, "norm1", t, E, &w.norm1_weight, &w.norm1_bias);
    transformer_norm_params(g, "norm2", t, E, &w.norm2_weight, &w.norm2_bias);
    if (decoder)
        transformer_norm_params(g, "norm3", t, E, &w.norm3_weight, &w.norm3_bias);
    return w;
}

static bool transformer_input(nrv_tensor x, const char *layer, const char *name, int layers)
{
    if (!x || x->g->why.status)
        return false;
    if (x->rank >= 2 && x->rank <= 3 && layers >= 1 && layers <= TRANSFORMER_LAYERS)
        return true;
    nrv__graph_fail(x->g, NRV_ESHAPE, "(T,B,E), with batch_first (B,T,E), or (T,E); 1 to 1024 layers",
                    "%s '%s' of a tensor of rank %d in %d layers", layer, name, x->rank, layers);
    return false;
}

/* One layer of an encoder: x (T,B,E), with batch_first (B,T,E), or (T,E) -> as x; heads divides E, ff is the length
   between the two linear maps. Parameters as PyTorch's TransformerEncoderLayer: name.self_attn.in_proj_weight...,
   name.linear1.weight..., name.norm1.weight... Options: nrv_transformer_opt; dropout is 0 unless given. */
NRV_API nrv_tensor nrv_transformer_encoder_layer(nrv_tensor x, const char *name, int heads, nrv_dim ff,
                                                 const nrv_transformer_opt *opt)
{
    if (!transformer_input(x, "transformer_encoder_layer", name, 1))
        return NULL;
    nrv_push(x->g, name);
    nrv_transformer_weights w = transformer_params(x->g, x->type, x->dim[x->rank - 1], ff, false);
    nrv_tensor y = x->g->why.status ? NULL : nrv_transformer_encoder_layer_by(x, heads, &w, opt);
    nrv_pop(x->g);
    return y;
}

/* One layer of a decoder: x (T,B,E) and memory (L,B,E) -> as x, as nrv_transformer_encoder_layer. Parameters as
   PyTorch's TransformerDecoderLayer: name.multihead_attn. and name.norm3. besides. */
NRV_API nrv_tensor nrv_transformer_decoder_layer(nrv_tensor x, nrv_tensor memory, const char *name, int heads,
                                                 nrv_dim ff, const nrv_transformer_opt *opt)
{
    if (!transformer_input(x, "transformer_decoder_layer", name, 1))
        return NULL;
    nrv_push(x->g, name);
    nrv_transformer_weights w = transformer_params(x->g, x->type, x->dim[x->rank - 1], ff, true);
    nrv_tensor y = x->g->why.status ? NULL : nrv_transformer_decoder_layer_by(x, memory, heads, &w, opt);
    nrv_pop(x->g);
    return y;
}

static nrv_tensor transformer_end(nrv_tensor x, const nrv_transformer_opt *opt)
{
    if (opt && opt->no_norm)
        return x;
    return nrv_layer_norm(x, "norm", &(nrv_norm_opt){ .eps = opt ? opt->eps : 0 });
}

/* layers of an encoder and a norm: name.layers.0. ... and name.norm., as PyTorch's TransformerEncoder with a LayerNorm;
   opt->no_norm: without. */
NRV_API nrv_tensor nrv_transformer_encoder(nrv_tensor x, const char *name, int layers, int heads, nrv_dim ff,
                                           const nrv_transformer_opt *opt)
{
    if (!transformer_input(x, "transformer_encoder", name, layers))
        return NULL;
    nrv_graph *g = x->g;
    nrv_push(g, name);
    for (int i = 0; i < layers; i++) {
        nrv_push_i(g, "layers", i);
        x = nrv_transformer_encoder_layer(x, "", heads, ff, opt);
        nrv_pop(g);
    }
    x = transformer_end(x, opt);
    nrv_pop(g);
    return x;
}

/* layers of a decoder and a norm, as nrv_transformer_encoder. */
NRV_API nrv_tensor nrv_transformer_decoder(nrv_tensor x, nrv_tensor memory, const char *name, int layers, int heads,
                                           nrv_dim ff, const nrv_transformer_opt *opt)
{
    if (!transformer_input(x, "transformer_decoder", name, layers))
        return NULL;
    nrv_graph *g = x->g;
    nrv_push(g, name);
    for (int i = 0; i < layers; i++) {
        nrv_push_i(g, "layers", i);
        x = nrv_transformer_decoder_layer(x, memory, "", heads, ff, opt);
        nrv_pop(g);
    }
    x = transformer_end(x, opt);
    nrv_pop(g);
    return x;
}

/* An encoder of from (L,B,E) and a decoder of to (T,B,E) that looks at it -> as to: name.encoder. and name.decoder., as
   PyTorch's Transformer. Of opt, from_mask and from_key_padding_mask are the encoder's, the other masks and causal the
   decoder's; as many layers each, unless decoder_layers says otherwise. */
NRV_API nrv_tensor nrv_transformer(nrv_tensor from, nrv_tensor to, const char *name, int layers, int heads, nrv_dim ff,
                                   const nrv_transformer_opt *opt)
{
    nrv_transformer_opt o = opt ? *opt : (nrv_transformer_opt){ 0 }, first = nrv__transformer_encoder_opt(&o);
    nrv_graph *g = nrv_graph_of(from);
    int more = o.decoder_layers ? o.decoder_layers : layers;
    nrv_push(g, name);
    nrv_tensor memory = nrv_transformer_encoder(from, "encoder", layers, heads, ff, &first);
    nrv_tensor y = nrv_transformer_decoder(to, memory, "decoder", more, heads, ff, &o);
    nrv_pop(g);
    return y;
}

/* ---- as words: x (B,T,E) ---- */
static nrv_transformer_opt transformer_options(const nrv__case *c)
{
    return (nrv_transformer_opt){ .batch_first = 1,
                                  .norm_first = nrv__case_flag(c, "norm_first", false),
                                  .causal = nrv__case_flag(c, "causal", false),
                                  .no_norm = nrv__case_flag(c, "no_norm", false),
                                  .activation = nrv__case_flag(c, "gelu", false) ? nrv_gelu : NULL,
                                  .dropout = nrv__case_real(c, "dropout", 0.1),
                                  .eps = nrv__case_real(c, "eps", 1e-5) };
}

static nrv_tensor transformer_layer_make(nrv__case *c)
{
    nrv_transformer_opt o = transformer_options(c);
    return nrv_transformer_encoder_layer(c->x[0], c->name, nrv__case_small(c, "heads", 1), nrv__case_int(c, "ff", 2048),
                                         &o);
}

static nrv_tensor transformer_encoder_make(nrv__case *c)
{
    nrv_transformer_opt o = transformer_options(c);
    return nrv_transformer_encoder(c->x[0], c->name, nrv__case_small(c, "layers", 1), nrv__case_small(c, "heads", 1),
                                   nrv__case_int(c, "ff", 2048), &o);
}

NRV_LAYER(transformer_encoder_layer, .word = "encoder_layer",
          .args = "heads:size ff:size=2048 dropout:real=0.1 eps:real=1e-5 norm_first:flag gelu:flag causal:flag",
          .doc = "One layer of a transformer's encoder on (B,T,E), as PyTorch's TransformerEncoderLayer.",
          .torch = "TransformerEncoderLayer", .make = transformer_layer_make,
          .test = { "x[2,3,4], heads=2, ff=3", "x[2,3,4], heads=1, ff=2, norm_first=1, gelu=1, causal=1, dropout=0" });
NRV_LAYER(transformer_encoder, .word = "encoder",
          .args = "layers:size heads:size ff:size=2048 dropout:real=0.1 eps:real=1e-5 norm_first:flag gelu:flag "
                  "causal:flag no_norm:flag",
          .doc = "Layers of a transformer's encoder on (B,T,E) and a norm, as PyTorch's TransformerEncoder.",
          .torch = "TransformerEncoder", .make = transformer_encoder_make,
          .test = { "x[2,3,4], layers=2, heads=2, ff=3, dropout=0", "x[2,3,4], layers=1, heads=1, ff=2, no_norm=1" });
