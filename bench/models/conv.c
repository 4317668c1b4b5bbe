/* conv.c - networks for pictures: LeNet-5 (LeCun et al. 1998) with ReLU, ResNet-20 of CIFAR-10 (He et al. 2016). */
#include "models.h"

static nrv_tensor lenet_loss(nrv_graph *g, int64_t batch, nrv_tensor *output)
{
    nrv_tensor x = model_input(g, "x", NRV_F32, NRV_SHAPE(batch, 1, 28, 28), 0);
    nrv_tensor y = model_input(g, "y", NRV_I32, NRV_SHAPE(batch), 10);
    x = nrv_max_pool(nrv_relu(nrv_conv2d(x, "c1", 6, 5, &(nrv_conv_opt){ .pad = 2 })), 2, 2);
    x = nrv_flatten(nrv_max_pool(nrv_relu(nrv_conv2d(x, "c2", 16, 5, NULL)), 2, 2));
    x = nrv_relu(nrv_linear(x, "f1", 120, NULL));
    x = nrv_relu(nrv_linear(x, "f2", 84, NULL));
    *output = nrv_linear(x, "f3", 10, NULL);
    return nrv_cross_entropy(*output, y);
}

static nrv_list lenet_update(nrv_list params, nrv_list grads)
{
    return nrv_adam(params, grads, &(nrv_adam_opt){ .lr = 1e-3 });
}

static nrv_tensor conv_normed(nrv_tensor x, const char *conv, const char *norm, int out, int stride)
{
    x = nrv_conv2d(x, conv, out, 3, &(nrv_conv_opt){ .stride = stride, .pad = 1, .no_bias = 1 });
    return nrv_batch_norm(x, norm, NULL);
}

/* where the block makes more channels of smaller pictures, so does the shortcut: every other element, zeros around */
static nrv_tensor conv_block(nrv_tensor x, int in, int out, int stride)
{
    nrv_tensor y = nrv_relu(conv_normed(x, "c1", "b1", out, stride));
    y = conv_normed(y, "c2", "b2", out, 1);
    if (stride != 1)
        x = nrv_pad(nrv_every(nrv_every(x, 2, 0, stride), 3, 0, stride), 1, (out - in) / 2, (out - in) / 2, 0);
    return nrv_relu(nrv_add(x, y));
}

static nrv_tensor resnet_loss(nrv_graph *g, int64_t batch, nrv_tensor *output)
{
    nrv_tensor x = model_input(g, "x", NRV_F32, NRV_SHAPE(batch, 3, 32, 32), 0);
    nrv_tensor y = model_input(g, "y", NRV_I32, NRV_SHAPE(batch), 10);
    x = nrv_relu(conv_normed(x, "c", "b", 16, 1));
    for (int i = 0, in = 16; i < 9; i++) {
        const int out = 16 << i / 3;
        nrv_push_i(g, "l", i);
        x = conv_block(x, in, out, out == in ? 1 : 2);
        nrv_pop(g);
        in = out;
    }
    *output = nrv_linear(nrv_mean(x, NRV_AXES(2, 3), 0), "f", 10, NULL);
    return nrv_cross_entropy(*output, y);
}

static nrv_list resnet_update(nrv_list params, nrv_list grads)
{
    return nrv_sgd(params, grads, &(nrv_sgd_opt){ .lr = 0.1, .momentum = 0.9, .decay = 1e-4 });
}

const model models_conv[] = { { "lenet", "LeNet-5, ReLU, cross-entropy, Adam", 128, 4, lenet_loss, lenet_update, NULL },
                              { "resnet20", "ResNet-20 on 3x32x32, SGD with momentum and decay", 64, 4, resnet_loss,
                                resnet_update, NULL },
                              { 0 } };
