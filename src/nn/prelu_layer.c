/* prelu - an activation whose slope below 0 is learnt: one for all, or one for each channel (He et al. 2015) */
#include "layer.h"

static nrv_tensor prelu_layer_make(nrv__case *c)
{
    return nrv_prelu_layer(c->x[0], c->name, nrv__case_int(c, "slopes", 1), nrv__case_real(c, "start", 0.25));
}

NRV_LAYER(prelu_layer, .word = "prelu", .args = "slopes:size=1 start:real=0.25",
          .doc = "What is positive, else a learnt slope times x: one for all, or one for each channel.",
          .torch = "PReLU", .make = prelu_layer_make,
          .test = { "x[3,5]", "x[3,5], slopes=5", "x[2,4,3], slopes=4, start=0.1" });

/* x where it is positive, else a learnt slope times x: one for all, or one for each channel (axis 1). Parameter: weight
   (slopes), which starts at `start`; PyTorch's is 0.25. */
NRV_API nrv_tensor nrv_prelu_layer(nrv_tensor x, const char *name, int64_t slopes, double start)
{
    if (!x)
        return NULL;
    nrv_push(x->g, name);
    nrv_tensor a = nrv_param(x->g, "weight", x->type, NRV_SHAPE(slopes), (nrv_init){ 6, start, 0 });
    nrv_tensor y = nrv_prelu(x, a);
    nrv_pop(x->g);
    return y;
}
