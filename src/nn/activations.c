/* activations.c - the activations as words of the text form. The functions are ops; here they only get their words. */
#include "layer.h"

static nrv_tensor activations_relu(nrv__case *c)
{
    return nrv_relu(c->x[0]);
}

static nrv_tensor activations_tanh(nrv__case *c)
{
    return nrv_tanh(c->x[0]);
}

static nrv_tensor activations_sigmoid(nrv__case *c)
{
    return nrv_sigmoid(c->x[0]);
}

static nrv_tensor activations_gelu(nrv__case *c)
{
    return nrv_gelu(c->x[0]);
}

static nrv_tensor activations_silu(nrv__case *c)
{
    return nrv_silu(c->x[0]);
}

static nrv_tensor activations_softplus(nrv__case *c)
{
    return nrv_softplus(c->x[0]);
}

static nrv_tensor activations_leaky_relu(nrv__case *c)
{
    return nrv_leaky_relu(c->x[0], nrv__case_real(c, "slope", 0.01));
}

static nrv_tensor activations_softmax(nrv__case *c)
{
    return nrv_softmax(c->x[0], (int)nrv__case_int(c, "axis", -1));
}

#define ACTIVATIONS(id) .make = activations_##id, .flags = NRV__LAYER_BARE
NRV_LAYER(relu, .word = "relu", .args = "", .doc = "What is positive, else 0.", .torch = "ReLU", ACTIVATIONS(relu),
          .test = { "x[3,5]" });
NRV_LAYER(tanh, .word = "tanh", .args = "", .doc = "Hyperbolic tangent.", .torch = "Tanh", ACTIVATIONS(tanh),
          .test = { "x[3,5]" });
NRV_LAYER(sigmoid, .word = "sigmoid", .args = "", .doc = "Logistic function: from 0 to 1.", .torch = "Sigmoid",
          ACTIVATIONS(sigmoid), .test = { "x[3,5]" });
NRV_LAYER(gelu, .word = "gelu", .args = "", .doc = "Gaussian error linear unit, the exact form.", .torch = "GELU",
          ACTIVATIONS(gelu), .test = { "x[3,5]" });
NRV_LAYER(silu, .word = "silu", .args = "", .doc = "x times its sigmoid, also called swish.", .torch = "SiLU",
          ACTIVATIONS(silu), .test = { "x[3,5]" });
NRV_LAYER(softplus, .word = "softplus", .args = "", .doc = "Smooth rectifier: log(1 + e^x).", .torch = "Softplus",
          ACTIVATIONS(softplus), .test = { "x[3,5]" });
NRV_LAYER(leaky_relu, .word = "leaky_relu", .args = "slope:real=0.01", .doc = "What is positive, else slope times x.",
          .torch = "LeakyReLU", ACTIVATIONS(leaky_relu), .test = { "x[3,5]", "x[3,5], slope=0.2" });
NRV_LAYER(softmax, .word = "softmax", .args = "axis:int=-1",
          .doc = "Positive numbers that sum to 1 along an axis, the last if none is named.", .torch = "Softmax",
          ACTIVATIONS(softmax), .test = { "x[3,5]", "x[2,3,4], axis=1" });
