/* mlp.c - networks of linear layers: one so small that only the cost of a step itself shows, one for digits, and one so
   deep that its memory is what its layers give. */
#include "models.h"
#include <stdio.h>

static nrv_tensor tiny_loss(nrv_graph *g, int64_t batch, nrv_tensor *output)
{
    nrv_tensor x = model_input(g, "x", NRV_F32, NRV_SHAPE(batch, 2), 0);
    nrv_tensor y = model_input(g, "y", NRV_F32, NRV_SHAPE(batch, 1), 0);
    x = nrv_tanh(nrv_linear(x, "0", 16, NULL));
    x = nrv_tanh(nrv_linear(x, "1", 16, NULL));
    *output = nrv_linear(x, "2", 1, NULL);
    return nrv_mse(*output, y);
}

static nrv_tensor mlp_loss(nrv_graph *g, int64_t batch, nrv_tensor *output)
{
    nrv_tensor x = model_input(g, "x", NRV_F32, NRV_SHAPE(batch, 784), 0);
    nrv_tensor y = model_input(g, "y", NRV_I32, NRV_SHAPE(batch), 10);
    const nrv_linear_opt opt = { .int8 = model_int8 };
    x = nrv_relu(nrv_linear(x, "0", 512, &opt));
    x = nrv_relu(nrv_linear(x, "1", 512, &opt));
    *output = nrv_linear(x, "2", 10, &opt);
    return nrv_cross_entropy(*output, y);
}

static nrv_list mlp_update(nrv_list params, nrv_list grads)
{
    return nrv_sgd(params, grads, &(nrv_sgd_opt){ .lr = 0.05 });
}

/* 64 equal layers, which are computed again in 8 pieces of 8 */
static nrv_tensor deep_loss(nrv_graph *g, int64_t batch, nrv_tensor *output)
{
    enum { PIECES = 8, EACH = 8, WIDTH = 256 };
    nrv_tensor x = model_input(g, "x", NRV_F32, NRV_SHAPE(batch, WIDTH), 0);
    nrv_tensor y = model_input(g, "y", NRV_F32, NRV_SHAPE(batch, WIDTH), 0);
    for (int i = 0; i < PIECES; i++) {
        char name[8];
        snprintf(name, sizeof name, "%d", i);
        nrv_enter(g, &(nrv_scope){ .name = name, .mode = model_recompute ? NRV_RECOMPUTE : 0 });
        for (int j = 0; j < EACH; j++) {
            snprintf(name, sizeof name, "%d", j);
            x = nrv_relu(nrv_linear(x, name, WIDTH, NULL));
        }
        nrv_pop(g);
    }
    *output = x;
    return nrv_mse(x, y);
}

const model models_mlp[] = {
    { "tiny", "2-16-16-1, tanh, mean square, SGD", 32, 32, tiny_loss, mlp_update, NULL },
    { "mlp", "784-512-512-10, ReLU, cross-entropy, SGD", 128, 16, mlp_loss, mlp_update, "--int8" },
    { "deep", "64 layers of 256, ReLU, mean square, SGD", 2048, 16, deep_loss, mlp_update, "--recompute" },
    { 0 }
};
