/* celu - y = x where positive, alpha (e^(x / alpha) - 1) elsewhere */
#include "../op.h"

static nrv_tensor celu_make(nrv__case *c)
{
    return nrv_celu(c->x[0], nrv__case_real(c, "alpha", 1));
}

NRV_OP(celu, .sig = "real x[...] -> y[...]",
       .doc = "Exponential linear unit whose slope is continuous for any alpha (Barron 2017).",
       .flags = NRV_MACRO | NRV_POINTWISE, .make = celu_make, .torch = "nn.functional.celu celu nn.CELU",
       .onnx = "Celu",
       .refuse = { "x:i32[3] => celu: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x | "
                   "hint nrv_cast it to NRV_F32",
                   "x[3], alpha=0 => celu: alpha is 0, it divides x | in here | input 0: input f32 [3] x | hint 1 is "
                   "usual" },
       .test = { "x[3,4] in -3..3", "x[]", "x[0]", "x[1024] in -5..5, alpha=1.3" });

/* x where it is positive, alpha * (e^(x/alpha) - 1) elsewhere (Barron 2017). alpha 0 is refused. x and y (...) */
NRV_API nrv_tensor nrv_celu(nrv_tensor x, double alpha)
{
    if (!nrv__op_wants_real(&nrv__op_celu, 1, &x))
        return NULL;
    if (!(alpha > 0 || alpha < 0))
        return nrv__op_refuses(&nrv__op_celu, 1, &x, NRV_EARG, "1 is usual", "alpha is %g, it divides x", alpha);
    nrv_tensor a = nrv__like(x, alpha), b = nrv__like(x, (double)(float)alpha);
    nrv_tensor y = NRV_EXPR("x, a: x > 0 ? x : a * expm1((x > 0 ? 0 : x) / a)", x, a);
    /* PyTorch's slope divides by alpha in float32, whatever the type of x; so does this one */
    return x->type == NRV_F64
               ? nrv_surrogate(y, NRV_EXPR("x, a, b: x > 0 ? x : a * expm1((x > 0 ? 0 : x) / b)", x, a, b))
               : y;
}
