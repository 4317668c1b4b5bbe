/* flatten.c - words that compute nothing: (B,...) becomes (B, product of the rest), and x itself. */
#include "layer.h"

static nrv_tensor flatten_make(nrv__case *c)
{
    return nrv_flatten(c->x[0]);
}

static nrv_tensor flatten_identity(nrv__case *c)
{
    return c->x[0];
}

NRV_LAYER(flatten, .word = "flatten", .args = "",
          .doc = "(B,C,H,W) becomes (B,C*H*W): between convolutions and a dense layer.", .torch = "Flatten",
          .make = flatten_make, .flags = NRV__LAYER_BARE, .test = { "x[2,3,4,5]", "x[3,4]" });
NRV_LAYER(identity, .word = "identity", .args = "", .doc = "Nothing: an empty branch of parallel { ... ; identity }.",
          .torch = "Identity", .make = flatten_identity, .flags = NRV__LAYER_BARE, .test = { "x[2,3]" });
