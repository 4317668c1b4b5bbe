/* rrelu - y = x where positive, slope x elsewhere; in training the slope is drawn for each element (Xu et al. 2015) */
#include "../op.h"

static nrv_tensor rrelu_make(nrv__case *c)
{
    double lower = nrv__case_real(c, "lower", 1.0 / 8), upper = nrv__case_real(c, "upper", 1.0 / 3);
    return nrv_rrelu(c->x[0], nrv__case_int(c, "training", 0) ? c->name : NULL, lower, upper);
}

NRV_OP(
    rrelu, .sig = "real x[...] -> y[...]",
    .doc = "x where it is positive, slope * x elsewhere: the mean of lower and upper, or, where a name is given, drawn "
           "for each element between them, new in every run.",
    .flags = NRV_MACRO | NRV_POINTWISE, .make = rrelu_make, .torch = "rrelu nn.functional.rrelu nn.RReLU",
    .refuse = { "x:i32[3] => rrelu: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | hint "
                "nrv_cast it to NRV_F32",
                "x[3], lower=2 => rrelu: slopes from 2 to 0.333333 | in here | input 0: input f32 [3] x | hint 0.125 "
                "and 0.333 are usual" },
    .test = { "x[3,4] in -3..3", "x[]", "x[0]", "x[1024] in -4..4, lower=0.1, upper=0.5" });

/* x where it is positive, slope * x elsewhere (Xu et al. 2015). name NULL, for evaluation: the slope is the mean of
   lower and upper. Else it is drawn for each element, keyed by scope and name. PyTorch's bounds are 1/8 and 1/3. x and
   y (...)
 */
NRV_API nrv_tensor nrv_rrelu(nrv_tensor x, const char *name, double lower, double upper)
{
    if (!nrv__op_wants_real(&nrv__op_rrelu, 1, &x))
        return NULL;
    if (!(lower <= upper))
        return nrv__op_refuses(&nrv__op_rrelu, 1, &x, NRV_EARG, "0.125 and 0.333 are usual", "slopes from %g to %g",
                               lower, upper);
    if (!name)
        return nrv_leaky_relu(x, 0.5 * (lower + upper));
    nrv_tensor u = nrv__cast_like(nrv__uniform(x->g, "rrelu", name, NRV_F32, nrv_shape_of(x)), x);
    return NRV_EXPR("x, u, l, w: x > 0 ? x : x * (l + w * u)", x, u, nrv__like(x, lower), nrv__like(x, upper - lower));
}
