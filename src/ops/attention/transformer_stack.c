/* transformer_stack.c - layers of a transformer behind each other, and both halves of one, on given weights (Vaswani et
   al. 2017). A layer itself is in transformer.c.

   encoder   x = layer(...layer(x)), then a norm       decoder   the same, every layer looks at the memory
   both      decoder(to, encoder(from))

   Names and masks as PyTorch 1.13's nn.TransformerEncoder, nn.TransformerDecoder and nn.Transformer. */
#include "heads.h"
#include <stdio.h>

#ifdef NRV_HEADER
/* layers of an encoder or a decoder, and the norm behind the last; norm_weight NULL: none. */
typedef struct {
    int layers;
    const nrv_transformer_weights *layer;
    nrv_tensor norm_weight, norm_bias;
} nrv_transformer_stack;
#endif

enum { STACK_CASE_LAYERS = 8 };

/* false: op refuses */
static bool stack_wants(const nrv__opdef *op, int n, const nrv_tensor *x, const nrv_transformer_stack *w)
{
    if (!nrv__op_wants_real(op, n, x))
        return false;
    return (w && w->layers >= 1 && w->layer) ||
           nrv__op_refuses(op, n, x, NRV_EARG, "the weights of one layer at least", "no layers");
}

static nrv_tensor stack_run(nrv_tensor x, nrv_tensor memory, int heads, const nrv_transformer_stack *w,
                            const nrv_transformer_opt *o)
{
    for (int i = 0; x && i < w->layers; i++) {
        nrv_graph *g = x->g;
        nrv_push_i(g, "layers", i);
        x = memory ? nrv_transformer_decoder_layer_by(x, memory, heads, &w->layer[i], o)
                   : nrv_transformer_encoder_layer_by(x, heads, &w->layer[i], o);
        nrv_pop(g);
    }
    if (!w->norm_weight)
        return x;
    return nrv_layer_norm_by(x, 1, w->norm_weight, w->norm_bias, nrv__or(o->eps, 1e-5));
}

/* ---- what a case holds: prefix "encoder." of "encoder.layers.0.linear1.weight" ---- */
typedef struct stack_case {
    nrv_transformer_weights layer[STACK_CASE_LAYERS];
    nrv_transformer_stack w;
} stack_case;

static void stack_of(const nrv__case *c, const char *prefix, stack_case *to)
{
    char name[32];
    *to = (stack_case){ .w.layer = to->layer,
                        .w.norm_weight = nrv__case_prefixed(c, prefix, "norm.weight"),
                        .w.norm_bias = nrv__case_prefixed(c, prefix, "norm.bias") };
    for (int i = 0; i < STACK_CASE_LAYERS; i++) {
        snprintf(name, sizeof name, "%slayers.%d.", prefix, i);
        if (!nrv__case_prefixed(c, name, "linear1.weight"))
            return;
        to->layer[to->w.layers++] = nrv__transformer_weights_of(c, name);
    }
}

static nrv_tensor stack_encoder_make(nrv__case *c)
{
    stack_case s;
    stack_of(c, "", &s);
    nrv_transformer_opt o = nrv__transformer_options_of(c);
    return nrv_transformer_encoder_by(nrv__case_named(c, "x src"), nrv__transformer_heads_of(c), &s.w, &o);
}

static nrv_tensor stack_decoder_make(nrv__case *c)
{
    stack_case s;
    stack_of(c, "", &s);
    nrv_transformer_opt o = nrv__transformer_options_of(c);
    return nrv_transformer_decoder_by(nrv__case_named(c, "x tgt"), nrv__case_named(c, "memory m"),
                                      nrv__transformer_heads_of(c), &s.w, &o);
}

static nrv_tensor stack_halves_make(nrv__case *c)
{
    stack_case from, to;
    stack_of(c, "encoder.", &from);
    stack_of(c, "decoder.", &to);
    nrv_transformer_opt o = nrv__transformer_options_of(c);
    o.mask = nrv__case_named(c, "tgt_mask");
    o.key_padding_mask = nrv__case_named(c, "tgt_key_padding_mask");
    o.from_mask = nrv__case_named(c, "src_mask");
    o.from_key_padding_mask = nrv__case_named(c, "src_key_padding_mask");
    return nrv_transformer_by(nrv__case_named(c, "src x"), nrv__case_named(c, "tgt"), nrv__transformer_heads_of(c),
                              &from.w, &to.w, &o);
}

#define STACK_SELF(of)                                                                                               \
    of "self_attn.in_proj_weight[12,4], " of "self_attn.in_proj_bias[12], " of "self_attn.out_proj.weight[4,4], " of \
       "self_attn.out_proj.bias[4], "
#define STACK_CROSS(of)                                                                                         \
    of "multihead_attn.in_proj_weight[12,4], " of "multihead_attn.in_proj_bias[12], " of                        \
       "multihead_attn.out_proj.weight[4,4], " of "multihead_attn.out_proj.bias[4], " of "norm3.weight[4], " of \
       "norm3.bias[4], "
#define STACK_REST(of)                                                                                     \
    of "linear1.weight[3,4], " of "linear1.bias[3], " of "linear2.weight[4,3], " of "linear2.bias[4], " of \
       "norm1.weight[4], " of "norm1.bias[4], " of "norm2.weight[4], " of "norm2.bias[4]"

NRV_OP(transformer_encoder,
       .sig = "real x[T,B,E], real layers.0.self_attn.in_proj_weight[3*E,E], ... real norm.weight[E], real "
              "norm.bias[E] -> y[T,B,E]",
       .doc =
           "Layers of a transformer's encoder behind each other, each as transformer_encoder_layer, and a norm where "
           "there are weights for it.",
       .flags = NRV_MACRO, .make = stack_encoder_make, .ulp = 256,
       .tolerance_why = "layers in turn, each of products, a softmax and norms", .torch = "nn.TransformerEncoder",
       .refuse = { "x[3,2,4] => transformer_encoder: no layers | in here | input 0: input f32 [3, 2, 4] x | hint the "
                   "weights of one layer at least",
                   "x:i32[3,2,4] => transformer_encoder: input 0 is i32, a real type is wanted | in here | input 0: "
                   "input i32 [3, 2, 4] x | hint nrv_cast it to NRV_F32" },
       .test = { "x[3,2,4], heads=2, " STACK_SELF("layers.0.") STACK_REST("layers.0."),
                 "x[2,3,4], heads=1, batch_first=true, " STACK_SELF("layers.0.")
                     STACK_REST("layers.0.") ", " STACK_SELF("layers.1.")
                         STACK_REST("layers.1.") ", norm.weight[4], norm.bias[4]" });

/* Layers of a transformer's encoder: x (T,B,E), with batch_first (B,T,E), or (T,E) -> as x, each as
   nrv_transformer_encoder_layer_by, and the norm of w behind the last. As PyTorch's TransformerEncoder. (Vaswani et al.
   2017) */
NRV_API nrv_tensor nrv_transformer_encoder_by(nrv_tensor x, int heads, const nrv_transformer_stack *w,
                                              const nrv_transformer_opt *opt)
{
    static const nrv_transformer_opt none = { 0 };
    return stack_wants(&nrv__op_transformer_encoder, 1, &x, w) ? stack_run(x, NULL, heads, w, opt ? opt : &none) : NULL;
}

NRV_OP(transformer_decoder,
       .sig = "real x[T,B,E], real memory[L,B,E], real layers.0.self_attn.in_proj_weight[3*E,E], ... real "
              "norm.weight[E], real norm.bias[E] -> y[T,B,E]",
       .doc = "Layers of a transformer's decoder behind each other, each as transformer_decoder_layer with the same "
              "memory, and a norm where there are weights for it.",
       .flags = NRV_MACRO, .make = stack_decoder_make, .ulp = 256,
       .tolerance_why = "layers in turn, each of products, softmaxes and norms", .torch = "nn.TransformerDecoder",
       .refuse = { "x[3,2,4], memory[2,2,4] => transformer_decoder: no layers | in here | input 0: input f32 [3, 2, 4] "
                   "x | input 1: input f32 [2, 2, 4] memory | hint the weights of one layer at least",
                   "x[3,2,4], memory:i32[2,2,4] => transformer_decoder: input 1 is i32, a real type is wanted | in "
                   "here | input 0: input f32 [3, 2, 4] x | input 1: input i32 [2, 2, 4] memory | hint nrv_cast it to "
                   "NRV_F32" },
       .test = { "x[3,2,4], memory[2,2,4], heads=2, " STACK_SELF("layers.0.") STACK_CROSS("layers.0.")
                     STACK_REST("layers.0."),
                 "x[2,3,4], memory[2,1,4], heads=1, batch_first=true, norm_first=true, " STACK_SELF("layers.0.")
                     STACK_CROSS("layers.0.") STACK_REST("layers.0.") ", " STACK_SELF("layers.1.")
                         STACK_CROSS("layers.1.") STACK_REST("layers.1.") ", norm.weight[4], norm.bias[4]" });

/* Layers of a transformer's decoder: x (T,B,E), memory (L,B,E), with batch_first (B,T,E)..., or both without B -> as x,
   each as nrv_transformer_decoder_layer_by, and the norm of w behind the last. As PyTorch's TransformerDecoder.
   (Vaswani et al. 2017) */
NRV_API nrv_tensor nrv_transformer_decoder_by(nrv_tensor x, nrv_tensor memory, int heads,
                                              const nrv_transformer_stack *w, const nrv_transformer_opt *opt)
{
    static const nrv_transformer_opt none = { 0 };
    const nrv_tensor in[] = { x, memory };
    return stack_wants(&nrv__op_transformer_decoder, 2, in, w) ? stack_run(x, memory, heads, w, opt ? opt : &none)
                                                               : NULL;
}

NRV_OP(transformer,
       .sig = "real src[L,B,E], real tgt[T,B,E], real encoder.layers.0.self_attn.in_proj_weight[3*E,E], ... real "
              "decoder.norm.bias[E] -> y[T,B,E]",
       .doc = "A transformer of two halves: an encoder of what is read, and a decoder of what was said so far, which "
              "looks at it. Each half has masks of its own; memory_mask is what the decoder may not see of the "
              "encoder's answer.",
       .flags = NRV_MACRO, .make = stack_halves_make, .ulp = 256,
       .tolerance_why = "layers in turn, each of products, softmaxes and norms", .torch = "nn.Transformer",
       .refuse = { "src[3,2,4], tgt[2,2,4] => transformer: no layers | in here | input 0: input f32 [3, 2, 4] src | "
                   "input 1: input f32 [2, 2, 4] tgt | hint the weights of one layer at least",
                   "src[3,2,4], tgt:f64[2,2,4] => transformer: types differ: f32 and f64 | in here | input 0: input "
                   "f32 [3, 2, 4] src | input 1: input f64 [2, 2, 4] tgt | hint nrv_cast one of them" },
       .test = { "src[3,2,4], tgt[2,2,4], heads=2, " STACK_SELF("encoder.layers.0.") STACK_REST(
                     "encoder.layers.0.") ", encoder.norm.weight[4], encoder.norm.bias[4], decoder.norm.weight[4], "
                                          "decoder.norm.bias[4], " STACK_SELF("decoder.layers.0.")
                                              STACK_CROSS("decoder.layers.0.") STACK_REST("decoder.layers.0."),
                 "src[3,4], tgt[2,4], heads=1, norm_first=true, activation=gelu, " STACK_SELF("encoder.layers.0.")
                     STACK_REST("encoder.layers.0.") ", " STACK_SELF("decoder.layers.0.")
                         STACK_CROSS("decoder.layers.0.") STACK_REST("decoder.layers.0.") });

/* An encoder of from (L,B,E) and a decoder of to (T,B,E) that looks at its answer -> as to; with batch_first (B,L,E)
   and (B,T,E), or both without B. opt as nrv_transformer says it. As PyTorch's Transformer. (Vaswani et al. 2017) */
NRV_API nrv_tensor nrv_transformer_by(nrv_tensor from, nrv_tensor to, int heads, const nrv_transformer_stack *encoder,
                                      const nrv_transformer_stack *decoder, const nrv_transformer_opt *opt)
{
    const nrv__opdef *op = &nrv__op_transformer;
    const nrv_tensor in[] = { from, to };
    nrv_transformer_opt o = opt ? *opt : (nrv_transformer_opt){ 0 }, first = nrv__transformer_encoder_opt(&o);
    if (!stack_wants(op, 2, in, encoder) || !stack_wants(op, 2, in, decoder))
        return NULL;
    nrv_push(from->g, "encoder");
    nrv_tensor memory = nrv_transformer_encoder_by(from, heads, encoder, &first);
    nrv_pop(from->g);
    nrv_push(from->g, "decoder");
    nrv_tensor y = nrv_transformer_decoder_by(to, memory, heads, decoder, &o);
    nrv_pop(from->g);
    return y;
}

nrv_transformer_opt nrv__transformer_encoder_opt(const nrv_transformer_opt *o)
{
    nrv_transformer_opt e = *o;
    e.mask = o->from_mask;
    e.key_padding_mask = o->from_key_padding_mask;
    e.memory_mask = e.memory_key_padding_mask = NULL;
    e.causal = 0;
    return e;
}
