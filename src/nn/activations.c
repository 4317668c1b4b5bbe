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
    return nrv_softmax(c->x[0], nrv__case_small(c, "axis", -1));
}

static nrv_tensor activations_relu6(nrv__case *c)
{
    return nrv_relu6(c->x[0]);
}

static nrv_tensor activations_elu(nrv__case *c)
{
    return nrv_elu(c->x[0], nrv__case_real(c, "alpha", 1));
}

static nrv_tensor activations_selu(nrv__case *c)
{
    return nrv_selu(c->x[0]);
}

static nrv_tensor activations_celu(nrv__case *c)
{
    return nrv_celu(c->x[0], nrv__case_real(c, "alpha", 1));
}

static nrv_tensor activations_mish(nrv__case *c)
{
    return nrv_mish(c->x[0]);
}

static nrv_tensor activations_hardtanh(nrv__case *c)
{
    return nrv_hardtanh(c->x[0], nrv__case_real(c, "min", -1), nrv__case_real(c, "max", 1));
}

static nrv_tensor activations_hardsigmoid(nrv__case *c)
{
    return nrv_hardsigmoid(c->x[0]);
}

static nrv_tensor activations_hardswish(nrv__case *c)
{
    return nrv_hardswish(c->x[0]);
}

static nrv_tensor activations_hardshrink(nrv__case *c)
{
    return nrv_hardshrink(c->x[0], nrv__case_real(c, "lambd", 0.5));
}

static nrv_tensor activations_softshrink(nrv__case *c)
{
    return nrv_softshrink(c->x[0], nrv__case_real(c, "lambd", 0.5));
}

static nrv_tensor activations_tanhshrink(nrv__case *c)
{
    return nrv_tanhshrink(c->x[0]);
}

static nrv_tensor activations_softsign(nrv__case *c)
{
    return nrv_softsign(c->x[0]);
}

static nrv_tensor activations_logsigmoid(nrv__case *c)
{
    return nrv_logsigmoid(c->x[0]);
}

static nrv_tensor activations_threshold(nrv__case *c)
{
    return nrv_threshold(c->x[0], nrv__case_real(c, "threshold", 0), nrv__case_real(c, "value", 0));
}

static nrv_tensor activations_glu(nrv__case *c)
{
    return nrv_glu(c->x[0], nrv__case_small(c, "axis", -1));
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
NRV_LAYER(relu6, .word = "relu6", .args = "", .doc = "What is positive, at most 6, else 0.", .torch = "ReLU6",
          ACTIVATIONS(relu6), .test = { "x[3,5]" });
NRV_LAYER(elu, .word = "elu", .args = "alpha:real=1", .doc = "What is positive, else alpha (e^x - 1).", .torch = "ELU",
          ACTIVATIONS(elu), .test = { "x[3,5]", "x[3,5], alpha=0.5" });
NRV_LAYER(selu, .word = "selu", .args = "", .doc = "Scaled exponential linear unit: mean 0 and variance 1 stay.",
          .torch = "SELU", ACTIVATIONS(selu), .test = { "x[3,5]" });
NRV_LAYER(celu, .word = "celu", .args = "alpha:real=1", .doc = "What is positive, else alpha (e^(x/alpha) - 1).",
          .torch = "CELU", ACTIVATIONS(celu), .test = { "x[3,5]", "x[3,5], alpha=2" });
NRV_LAYER(mish, .word = "mish", .args = "", .doc = "x times the tangent of its softplus.", .torch = "Mish",
          ACTIVATIONS(mish), .test = { "x[3,5]" });
NRV_LAYER(hardtanh, .word = "hardtanh", .args = "min:real=-1 max:real=1", .doc = "x, kept between min and max.",
          .torch = "Hardtanh", ACTIVATIONS(hardtanh), .test = { "x[3,5]", "x[3,5], min=-2, max=0.5" });
NRV_LAYER(hardsigmoid, .word = "hardsigmoid", .args = "", .doc = "x/6 + 1/2, kept between 0 and 1.",
          .torch = "Hardsigmoid", ACTIVATIONS(hardsigmoid), .test = { "x[3,5]" });
NRV_LAYER(hardswish, .word = "hardswish", .args = "", .doc = "x times its hardsigmoid.", .torch = "Hardswish",
          ACTIVATIONS(hardswish), .test = { "x[3,5]" });
NRV_LAYER(hardshrink, .word = "hardshrink", .args = "lambd:real=0.5",
          .doc = "x, but 0 where it is nearer than lambd to 0.", .torch = "Hardshrink", ACTIVATIONS(hardshrink),
          .test = { "x[3,5]", "x[3,5], lambd=0.25" });
NRV_LAYER(softshrink, .word = "softshrink", .args = "lambd:real=0.5",
          .doc = "x, moved towards 0 by lambd and no further.", .torch = "Softshrink", ACTIVATIONS(softshrink),
          .test = { "x[3,5]", "x[3,5], lambd=0.25" });
NRV_LAYER(tanhshrink, .word = "tanhshrink", .args = "", .doc = "x - tanh x.", .torch = "Tanhshrink",
          ACTIVATIONS(tanhshrink), .test = { "x[3,5]" });
NRV_LAYER(softsign, .word = "softsign", .args = "", .doc = "x / (1 + |x|).", .torch = "Softsign", ACTIVATIONS(softsign),
          .test = { "x[3,5]" });
NRV_LAYER(logsigmoid, .word = "logsigmoid", .args = "", .doc = "Logarithm of the logistic function.",
          .torch = "LogSigmoid", ACTIVATIONS(logsigmoid), .test = { "x[3,5]" });
NRV_LAYER(threshold, .word = "threshold", .args = "threshold:real=0 value:real=0",
          .doc = "x where it is above threshold, else value.", .torch = "Threshold", ACTIVATIONS(threshold),
          .test = { "x[3,5]", "x[3,5], threshold=0.5, value=-1" });
NRV_LAYER(glu, .word = "glu", .args = "axis:int=-1",
          .doc = "The first half along an axis, times the logistic function of the second.", .torch = "GLU",
          ACTIVATIONS(glu), .test = { "x[3,6]", "x[4,5], axis=0" });
