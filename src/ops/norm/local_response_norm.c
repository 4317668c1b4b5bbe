/* local_response_norm - every channel divided by what its neighbours do (Krizhevsky et al. 2012).

   y = x / (k + alpha mean x^2)^beta, the mean over the `size` channels around each, those beyond the edge as 0 */
#include "../conv/windows.h"
#include "moments.h"

extern const nrv__opdef nrv__op_local_response_norm;

static nrv_tensor local_response_norm_make(nrv__case *c)
{
    return nrv_local_response_norm(nrv__case_named(c, "x input"), nrv__case_int(c, "size", 5),
                                   nrv__case_real(c, "alpha", 1e-4), nrv__case_real(c, "beta", 0.75),
                                   nrv__case_real(c, "k", 1));
}

NRV_OP(
    local_response_norm, .sig = "real x[B,C,...] -> y[B,C,...]",
    .doc = "x / (k + alpha m)^beta, where m is the mean of x^2 over size channels around each, zeros beyond the edge.",
    .flags = NRV_MACRO, .make = local_response_norm_make, .ulp = 16,
    .tolerance_why = "a sum of squares to a power, then a quotient",
    .torch = "nn.functional.local_response_norm nn.LocalResponseNorm", .onnx = "LRN", .also = "lrn",
    .refuse = { "x[2,3,4], size=0 => local_response_norm: a window of 0 channels | in here | input 0: input f32 [2, 3, "
                "4] x | hint size counts the channels around each, itself with them: 5",
                "x[3,4], size=2 => local_response_norm: x has rank 2, 3 at least is wanted | in here | input 0: input "
                "f32 [3, 4] x | hint (B,C,L) or (B,C,H,W)" },
    .test = { "x[2,6,3] in -2..2, size=3, alpha=0.5", "x[1,5,2,2], size=2, alpha=1, beta=0.5, k=2", "x[2,3,2], size=5",
              "x[2,3,0], size=2" });

/* x (B,C,...) -> (B,C,...): x / (k + alpha m)^beta; m is the mean of x^2 over `size` channels: size / 2 before each and
   (size - 1) / 2 behind it, 0 beyond the edge. PyTorch's defaults: alpha 1e-4, beta 0.75, k 1. (Krizhevsky et al. 2012)
 */
NRV_API nrv_tensor nrv_local_response_norm(nrv_tensor x, int64_t size, double alpha, double beta, double k)
{
    const nrv__opdef *op = &nrv__op_local_response_norm;
    if (!nrv__norm_wants(op, x, 3, "(B,C,L) or (B,C,H,W)"))
        return NULL;
    if (size < 1)
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "size counts the channels around each, itself with them: 5",
                               "a window of %lld channels", (long long)size);
    nrv_shape rows = NRV_SHAPE(x->dim[0], x->dim[1], nrv__dim_product(x->g, x->rank - 2, x->dim + 2));
    nrv_tensor s = nrv_transpose(nrv_reshape(nrv_square(x), rows)); /* (B,rest,C) */
    nrv__window_attr a = { 1, { size }, { 1 }, { 0 }, { 1 }, 1 };
    s = nrv__window(nrv_pad(s, 2, size / 2, (size - 1) / 2, 0), &a); /* (B,rest,C,size) */
    nrv_tensor mean = nrv_reshape(nrv_transpose(nrv_sum(s, 3, 0)), nrv_shape_of(x));
    return NRV_EXPR("x, m, a, k, b: x / pow(k + a * m, b)", x, mean, nrv__like(x, alpha / (double)size),
                    nrv__like(x, k), nrv__like(x, beta));
}
