/* text.c - networks for text: a character LSTM, a small GPT, one block of GPT-2 (Radford et al. 2019) by itself. */
#include "models.h"

enum { VOCAB = 65 };

static nrv_tensor text_embedded(nrv_graph *g, const char *name, nrv_tensor ids, int n, int width)
{
    return nrv_gather(nrv_embedding(g, name, n, width), ids, 0);
}

static nrv_tensor lstm_loss(nrv_graph *g, int64_t batch, nrv_tensor *output)
{
    enum { T = 64, HIDDEN = 256 };
    nrv_tensor x = model_input(g, "x", NRV_I32, NRV_SHAPE(batch, T), VOCAB);
    nrv_tensor y = model_input(g, "y", NRV_I32, NRV_SHAPE(batch, T), VOCAB), h, c;
    x = text_embedded(g, "e", x, VOCAB, HIDDEN);
    x = nrv_lstm(x, "r", HIDDEN, &(nrv_rnn_opt){ .batch_first = 1 }, &h, &c);
    *output = nrv_linear(x, "o", VOCAB, NULL);
    return nrv_cross_entropy(*output, y);
}

static nrv_list lstm_update(nrv_list params, nrv_list grads)
{
    return nrv_adam(params, grads, &(nrv_adam_opt){ .lr = 2e-3 });
}

static nrv_tensor gpt_block(nrv_tensor x, int width, int heads)
{
    nrv_tensor all = nrv_linear(nrv_layer_norm(x, "n1", NULL), "qkv", 3 * width, NULL), part[3];
    for (int i = 0; i < 3; i++) {
        part[i] = nrv_slice(all, 2, i * width, width);
        part[i] = nrv_rearrange(part[i], "b t (h d) -> b h t d", 2, (const nrv_dim[]){ heads, width / heads });
    }
    nrv_tensor y = nrv_attention(part[0], part[1], part[2], &(nrv_attention_opt){ .causal = 1 });
    y = nrv_rearrange(y, "b h t d -> b t (h d)", 0, NULL);
    x = nrv_add(x, nrv_linear(y, "proj", width, NULL));
    y = nrv_gelu(nrv_linear(nrv_layer_norm(x, "n2", NULL), "up", 4 * width, NULL));
    return nrv_add(x, nrv_linear(y, "down", width, NULL));
}

static nrv_tensor gpt_loss(nrv_graph *g, int64_t batch, nrv_tensor *output)
{
    enum { T = 128, WIDTH = 128, HEADS = 4, LAYERS = 4 };
    nrv_tensor x = model_input(g, "x", NRV_I32, NRV_SHAPE(batch, T), VOCAB);
    nrv_tensor y = model_input(g, "y", NRV_I32, NRV_SHAPE(batch, T), VOCAB);
    x = text_embedded(g, "te", x, VOCAB, WIDTH);
    x = nrv_add(x, nrv_embedding(g, "pe", T, WIDTH));
    for (int i = 0; i < LAYERS; i++) {
        nrv_push_i(g, "l", i);
        nrv_enter(g, &(nrv_scope){ .mode = model_recompute ? NRV_RECOMPUTE : 0 });
        x = gpt_block(x, WIDTH, HEADS);
        nrv_pop(g);
        nrv_pop(g);
    }
    *output = nrv_linear(nrv_layer_norm(x, "n", NULL), "head", VOCAB, &(nrv_linear_opt){ .no_bias = 1 });
    return nrv_cross_entropy(*output, y);
}

static nrv_list gpt_update(nrv_list params, nrv_list grads)
{
    return nrv_adamw(params, grads, &(nrv_adam_opt){ .lr = 1e-3 });
}

/* the gradient by x is wanted as well, as if there were blocks below; so x is a parameter */
static nrv_tensor gpt2block_loss(nrv_graph *g, int64_t batch, nrv_tensor *output)
{
    nrv_tensor x = nrv_param(g, "x", NRV_F32, NRV_SHAPE(batch, 64, 768), NRV_NORMAL(1));
    *output = gpt_block(x, 768, 12);
    return nrv_mean_all(nrv_square(*output));
}

const model models_text[] = {
    { "lstm", "LSTM of 256 cells over 64 letters, Adam", 32, 2, lstm_loss, lstm_update, NULL },
    { "gptmini", "GPT of 4 layers, 128 wide, 128 letters, AdamW", 16, 1, gpt_loss, gpt_update, "--recompute" },
    { "gpt2block", "one block of GPT-2, 768 wide, 12 heads, 64 tokens, gradients", 4, 1, gpt2block_loss, NULL, NULL },
    { 0 }
};
