/* leaky_relu - y = x where it is positive, slope x elsewhere (Maas et al. 2013) */
#include "../op.h"

static void leaky_relu_vjp(nrv_vjp *v)
{
    nrv_tensor slope = nrv__like(v->x[0], ((const nrv__scalar_attr *)v->attr)->value);
    v->dx[0] = NRV_EXPR("dy, x, s: x > 0 ? dy : s * dy", v->dy, v->x[0], slope);
}

static void leaky_relu_ref(const nrv__args *a)
{
    const double *x = a->in[0].data, slope = ((const nrv__scalar_attr *)a->attr)->value;
    double *y = a->out[0].data;
    for (int64_t i = 0; i < a->n; i++)
        y[i] = x[i] > 0 ? x[i] : slope * x[i];
}

static nrv_tensor leaky_relu_make(nrv__case *c)
{
    return nrv_leaky_relu(c->x[0], nrv__case_real(c, "slope", 0.01));
}

NRV_OP(leaky_relu, .sig = "real x[...] -> y[...]",
       .doc = "x where it is positive, slope * x elsewhere; the gradient at 0 is slope.", .shape = nrv__infer_point,
       .flags = NRV_POINTWISE, .vjp = leaky_relu_vjp, .ref = leaky_relu_ref, .make = leaky_relu_make,
       .attr_bytes = sizeof(nrv__scalar_attr), .torch = "nn.functional.leaky_relu nn.LeakyReLU", .onnx = "LeakyRelu",
       .refuse = NRV_WANTS_REAL(leaky_relu), .test = { "x[3,5] in -3..3", "x[1027] in 1..4, slope=0.2", "x[0]" });

/* x where it is positive, slope * x elsewhere. x and y (...) */
NRV_API nrv_tensor nrv_leaky_relu(nrv_tensor x, double slope)
{
    nrv__scalar_attr a = { slope };
    return nrv__op_with(&nrv__op_leaky_relu, NRV_N(const nrv_tensor, x), &a, 0, NULL);
}
