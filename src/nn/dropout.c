/* dropout.c - the dropouts as words of the text form. The functions are in src/ops; here they only get their words. */
#include "layer.h"

static nrv_tensor dropout_layer_make(nrv__case *c)
{
    return nrv_dropout(c->x[0], c->name, nrv__case_real(c, "p", 0.5));
}

static nrv_tensor dropout_layer_channels_make(nrv__case *c)
{
    return nrv_dropout_channels(c->x[0], c->name, nrv__case_real(c, "p", 0.5));
}

static nrv_tensor dropout_layer_alpha_make(nrv__case *c)
{
    return nrv_alpha_dropout(c->x[0], c->name, nrv__case_real(c, "p", 0.5));
}

static nrv_tensor dropout_layer_feature_alpha_make(nrv__case *c)
{
    return nrv_feature_alpha_dropout(c->x[0], c->name, nrv__case_real(c, "p", 0.5));
}

NRV_LAYER(dropout, .word = "dropout", .args = "p:real=0.5",
          .doc = "In training each number is 0 with probability p and the others grow by 1/(1-p); in evaluation "
                 "nothing happens.",
          .torch = "Dropout", .make = dropout_layer_make,
          .test = { "x[5,7]", "x[2,3,4], p=0.1", "x[4], p=0", "x[4], p=1" });
NRV_LAYER(dropout_channels, .word = "dropout_channels", .args = "p:real=0.5",
          .doc = "dropout of whole channels, as PyTorch's Dropout1d, Dropout2d and Dropout3d.", .torch = "Dropout2d",
          .make = dropout_layer_channels_make, .test = { "x[5,7,2,2]", "x[2,3,4], p=0.1" });
NRV_LAYER(
    alpha_dropout, .word = "alpha_dropout", .args = "p:real=0.5",
    .doc = "In training each number becomes the lowest value of SELU with probability p; mean and deviation stay.",
    .torch = "AlphaDropout", .make = dropout_layer_alpha_make, .test = { "x[5,7]", "x[2,3,4], p=0.1" });
NRV_LAYER(feature_alpha_dropout, .word = "feature_alpha_dropout", .args = "p:real=0.5",
          .doc = "alpha_dropout of whole channels.", .torch = "FeatureAlphaDropout",
          .make = dropout_layer_feature_alpha_make, .test = { "x[5,7,3]", "x[2,3,4], p=0.1" });
