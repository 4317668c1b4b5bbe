/* linear - y = x W^T + b.      x (...,n)   weight (units,n)   bias (units)   y (...,units);
   bilinear - y[k] = a W[k] b + c[k].     a (...,n)   b (...,m)   weight (units,n,m)   bias (units)
   [names and shapes as PyTorch] */
#include "layer.h"

#ifdef NRV_HEADER
typedef struct {
    int no_bias;
    const nrv_init *weight, *bias;
    int64_t reserved[4];
} nrv_linear_opt;
#endif

/* x (...,n) -> (...,units): x W^T + b, with parameters name.weight (units,n) and name.bias (units). */
NRV_API nrv_tensor nrv_linear(nrv_tensor x, const char *name, nrv_dim units, const nrv_linear_opt *opt)
{
    nrv_graph *g = nrv_graph_of(x);
    nrv_push(g, name);
    nrv_dim n = nrv_dim_of(x, -1);
    nrv_dtype t = nrv_dtype_of(x);
    nrv_tensor w = nrv_param(g, "weight", t, NRV_SHAPE(units, n), opt && opt->weight ? *opt->weight : NRV_KAIMING),
               b = NULL;
    if (!opt || !opt->no_bias)
        b = nrv_param(g, "bias", t, NRV_SHAPE(units), opt && opt->bias ? *opt->bias : NRV_FAN_IN(n));
    nrv_tensor y = nrv_linear_by(x, w, b);
    nrv_pop(g);
    return y;
}

/* a (...,n), b (...,m) -> (...,units): every output weighs all pairs of the two, with parameters name.weight
   (units,n,m) and name.bias (units), as PyTorch's Bilinear. */
NRV_API nrv_tensor nrv_bilinear(nrv_tensor a, nrv_tensor b, const char *name, nrv_dim units, const nrv_linear_opt *opt)
{
    nrv_graph *g = nrv_graph_of(a);
    nrv_push(g, name);
    nrv_dim n = nrv_dim_of(a, -1), m = nrv_dim_of(b, -1);
    nrv_dtype t = nrv_dtype_of(a);
    nrv_tensor c = NULL;
    nrv_tensor w = nrv_param(g, "weight", t, NRV_SHAPE(units, n, m), opt && opt->weight ? *opt->weight : NRV_FAN_IN(n));
    if (!opt || !opt->no_bias)
        c = nrv_param(g, "bias", t, NRV_SHAPE(units), opt && opt->bias ? *opt->bias : NRV_FAN_IN(n));
    nrv_tensor y = nrv_bilinear_by(a, b, w, c);
    nrv_pop(g);
    return y;
}

static nrv_tensor linear_layer_make(nrv__case *c)
{
    return nrv_linear(c->x[0], c->name, nrv__case_int(c, "units", 0),
                      &(nrv_linear_opt){ .no_bias = nrv__case_text(c, "no_bias") != NULL });
}

NRV_LAYER(linear, .word = "dense", .args = "units:size no_bias:flag",
          .doc = "Every output a weighted sum of all inputs, plus a bias.", .torch = "Linear",
          .make = linear_layer_make, .test = { "x[3,5], units=4", "x[2,3,5], units=2, no_bias=1" });
