/* linear - y = x W^T + b.      x (...,n)   weight (units,n)   bias (units)   y (...,units)
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
    nrv_tensor w =
        nrv_param(g, "weight", nrv_dtype_of(x), NRV_SHAPE(units, n), opt && opt->weight ? *opt->weight : NRV_KAIMING);
    nrv_tensor y = nrv_matmul(x, nrv_transpose(w));
    if (!opt || !opt->no_bias)
        y = nrv_add(
            y, nrv_param(g, "bias", nrv_dtype_of(x), NRV_SHAPE(units), opt && opt->bias ? *opt->bias : NRV_FAN_IN(n)));
    nrv_pop(g);
    return y;
}

static nrv_tensor linear_make(nrv__case *c)
{
    return nrv_linear(c->x[0], c->name, nrv__case_int(c, "units", 0),
                      &(nrv_linear_opt){ .no_bias = nrv__case_text(c, "no_bias") != NULL });
}

NRV_LAYER(linear, .word = "dense", .args = "units:size no_bias:flag",
          .doc = "Every output a weighted sum of all inputs, plus a bias.", .torch = "Linear", .make = linear_make,
          .test = { "x[3,5], units=4", "x[2,3,5], units=2, no_bias=1" });
