/* gumbel_softmax - a draw from softmax(x) that has a gradient (Jang et al. 2017; Maddison et al. 2017)

   softmax((x + g) / tau) with Gumbel noise g: nearly one-hot for small tau. hard: exactly one-hot, with the gradient of
   the soft one. As an op it takes the uniform numbers u that the noise is made of. */
#include "../point/binary.h"

extern const nrv__opdef nrv__op_gumbel_softmax;

static nrv_tensor gumbel_softmax_of(nrv_tensor x, nrv_tensor u, double tau, int hard, int axis)
{
    nrv_tensor noise = NRV_EXPR("u: -log(max(-log(1 - u), 2.98023223876953125e-8))", u); /* as nrv_gumbel */
    nrv_tensor soft = nrv_softmax(NRV_EXPR("x, g, t: (x + g) / t", x, noise, nrv__like(x, tau)), axis);
    if (!hard || !soft || soft->dim[axis] == 0)
        return soft;
    nrv_tensor at = nrv_expand(nrv_argmax(soft, axis), axis, 1);
    nrv_tensor one = nrv_equal(nrv__places(x, axis), at);
    return nrv_surrogate(nrv__cast_like(one, x), soft);
}

static bool gumbel_softmax_wants(nrv_tensor x, double tau, int *axis)
{
    if (!nrv__op_wants_real(&nrv__op_gumbel_softmax, 1, &x) || !nrv__axis(x, axis, "gumbel_softmax"))
        return false;
    if (!(tau > 0))
        nrv__op_refuses(&nrv__op_gumbel_softmax, 1, &x, NRV_EARG, "1 is usual; smaller is sharper",
                        "tau is %g, a positive number is wanted", tau);
    return tau > 0;
}

static nrv_tensor gumbel_softmax_make(nrv__case *c)
{
    int axis = nrv__case_small(c, "axis", -1);
    double tau = nrv__case_real(c, "tau", 1);
    if (!gumbel_softmax_wants(c->x[0], tau, &axis))
        return NULL;
    nrv_tensor x = c->x[0], u = c->n_x > 1 ? c->x[1]
                                           : nrv__uniform(c->g, "gumbel_softmax", c->name ? c->name : "gumbel_softmax",
                                                          x->type, nrv_shape_of(x));
    if (!binary_fits(&nrv__op_gumbel_softmax, NRV_N(const nrv_tensor, x, u), nrv__infer_point))
        return NULL;
    return gumbel_softmax_of(x, nrv_broadcast(u, nrv_shape_of(x)), tau, nrv__case_small(c, "hard", 0), axis);
}

NRV_OP(gumbel_softmax, .sig = "real x[...], real u[...] -> y[...]",
       .doc = "softmax((x + g) / tau) along an axis, with Gumbel noise g = -ln(-ln(1 - u)) that is new in every run; "
              "hard: one-hot at its largest, with the gradient of the soft one.",
       .flags = NRV_MACRO, .make = gumbel_softmax_make, .torch = "nn.functional.gumbel_softmax", .ulp = 16,
       .tolerance_why = "logarithms of logarithms, exponentials and a quotient, each rounded",
       .refuse = { "x[3,5], axis=2 => gumbel_softmax: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, "
                   "or from -1 at the end",
                   "x:i32[3] => gumbel_softmax: input 0 is i32, a real type is wanted | in here | input 0: input i32 "
                   "[3] x | hint nrv_cast it to NRV_F32",
                   "x[3], tau=0 => gumbel_softmax: tau is 0, a positive number is wanted | in here | input 0: input "
                   "f32 [3] x | hint 1 is usual; smaller is sharper",
                   "x[3], u[4] => gumbel_softmax: shapes do not fit at axis 0 | in here | input 0: input f32 [3] x | "
                   "input 1: input f32 [4] u | hint only a length of 1 is stretched; nrv_reshape puts one in" },
       .test = { "x[3,5] in -2..2, u[3,5] in 0.1..0.9, axis=1", "x[2,3,4], u[2,3,4] in 0.1..0.9, axis=0, tau=0.5",
                 "x[0,4], u[0,4], axis=1" });

/* softmax((x + g) / tau) along an axis, g drawn anew in every run under this name; hard = 1: one-hot where that is
   largest, with its gradient. x and y (...) */
NRV_API nrv_tensor nrv_gumbel_softmax(nrv_tensor x, const char *name, double tau, int hard, int axis)
{
    if (!gumbel_softmax_wants(x, tau, &axis))
        return NULL;
    nrv_tensor u = nrv__uniform(x->g, "gumbel_softmax", name, x->type, nrv_shape_of(x));
    return u ? gumbel_softmax_of(x, u, tau, hard, axis) : NULL;
}
