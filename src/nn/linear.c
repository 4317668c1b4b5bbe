/* linear - y = x W^T + b.      x (...,n)   weight (units,n)   bias (units)   y (...,units);
   bilinear - y[k] = a W[k] b + c[k].     a (...,n)   b (...,m)   weight (units,n,m)   bias (units)
   [names and shapes as PyTorch] */
#include "layer.h"

#ifdef NRV_HEADER
typedef struct {
    int no_bias, int8;
    const nrv_init *weight, *bias;
    int64_t reserved[4];
} nrv_linear_opt;
#endif

/* name.weight (units,n) of i8 and a scale for each row, both state: they come from a file, and are not trained */
static nrv_tensor linear_of_bytes(nrv_tensor x, nrv_dim units, nrv_dim n, nrv_tensor b)
{
    nrv_graph *g = nrv_graph_of(x);
    nrv_tensor w = nrv_state(g, "weight", NRV_I8, NRV_SHAPE(units, n), 0);
    return nrv_quantised_linear(x, w, nrv_state(g, "weight_scale", nrv_dtype_of(x), NRV_SHAPE(units), 1), b);
}

/* x (...,n) -> (...,units): x W^T + b, with parameters name.weight (units,n) and name.bias (units). int8: the weight is
   state of i8, beside name.weight_scale (units), see nrv_quantised_linear; `nervo quantise` makes them of trained ones.
 */
NRV_API nrv_tensor nrv_linear(nrv_tensor x, const char *name, nrv_dim units, const nrv_linear_opt *opt)
{
    nrv_graph *g = nrv_graph_of(x);
    nrv_push(g, name);
    nrv_dim n = nrv_dim_of(x, -1);
    nrv_dtype t = nrv_dtype_of(x);
    nrv_tensor w = NULL, b = NULL;
    if (!opt || !opt->int8)
        w = nrv_param(g, "weight", t, NRV_SHAPE(units, n), opt && opt->weight ? *opt->weight : NRV_KAIMING);
    if (!opt || !opt->no_bias)
        b = nrv_param(g, "bias", t, NRV_SHAPE(units), opt && opt->bias ? *opt->bias : NRV_FAN_IN(n));
    nrv_tensor y = opt && opt->int8 ? linear_of_bytes(x, units, n, b) : nrv_linear_by(x, w, b);
    nrv_pop(g);
    return y;
}

/* a (...,n), b (...,m) -> (...,units): every output weighs all pairs of the two, with parameters name.weight
   (units,n,m) and name.bias (units), as PyTorch's Bilinear. */
NRV_API nrv_tensor nrv_bilinear(nrv_tensor a, nrv_tensor b, const char *name, nrv_dim units, const nrv_linear_opt *opt)
{
    nrv_graph *g = nrv_graph_of(a);
    if (opt && opt->int8 && g) {
        nrv__graph_fail(g, NRV_EARG, "nrv_linear knows it", "bilinear '%s': there is no int8 of it", name ? name : "");
        return NULL;
    }
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
                      &(nrv_linear_opt){ .no_bias = nrv__case_text(c, "no_bias") != NULL,
                                         .int8 = nrv__case_text(c, "int8") != NULL });
}

NRV_LAYER(linear, .word = "dense", .args = "units:size no_bias:flag int8:flag",
          .doc = "Every output a weighted sum of all inputs, plus a bias. int8: weights of a byte each, which 'nervo "
                 "quantise' makes of trained ones.",
          .torch = "Linear", .make = linear_layer_make, .test = { "x[3,5], units=4", "x[2,3,5], units=2, no_bias=1" });
