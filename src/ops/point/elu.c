/* elu - y = x where positive, alpha (e^x - 1) elsewhere */
#include "../op.h"

static nrv_tensor elu_make(nrv__case *c)
{
    return nrv_elu(c->x[0], nrv__case_real(c, "alpha", 1));
}

NRV_OP(elu, .sig = "real x[...] -> y[...]",
       .doc = "Exponential linear unit; the gradient at 0 is alpha (Clevert et al. 2016).",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = elu_make, .torch = "nn.functional.elu nn.ELU", .onnx = "Elu",
       .refuse = NRV_WANTS_REAL(elu), .test = { "x[3,4] in -3..3", "x[]", "x[0]", "x[1024] in -5..5, alpha=0.7" });

/* x where it is positive, alpha * (e^x - 1) elsewhere; the gradient at 0 is alpha (Clevert et al. 2016). x and y
   (...) */
NRV_API nrv_tensor nrv_elu(nrv_tensor x, double alpha)
{
    return nrv__op_wants_real(&nrv__op_elu, 1, &x)
               ? NRV_EXPR("x, a: x > 0 ? x : a * expm1(x > 0 ? 0 : x)", x, nrv__like(x, alpha))
               : NULL;
}
