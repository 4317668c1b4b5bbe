/* lp_pool - the norm of each window.    y = (sum over the window of x^p)^(1/p)

   As PyTorch computes it: x^p without absolute value, so that an odd or fractional p wants x >= 0; a window that
   ceil_mode lets hang over is scaled as if it were full. Where the sum is 0 the gradient is 0. p = infinity is the
   largest |x|, as PyTorch's documents promise. */
#include "pooling.h"
#include <math.h>
#include <string.h>

extern const nrv__opdef nrv__op_lp_pool;

static nrv_tensor lp_pool_of(nrv_tensor x, double norm, const nrv_pool_opt *opt)
{
    if (!nrv__op_wants_real(&nrv__op_lp_pool, 1, &x))
        return NULL;
    if (!(norm > 0))
        return nrv__op_refuses(&nrv__op_lp_pool, 1, &x, NRV_EARG, "1, 2, ... up to INFINITY", "a norm of %g", norm);
    nrv_pool_opt o = *opt;
    o.divisor = o.leave_pad_out = 0;
    nrv__pooling p = nrv__pooling_opt(x, &o), check = p;
    if (!nrv__pooling_open(&nrv__op_lp_pool, x, &check, 0))
        return NULL;
    if (isinf(norm))
        return nrv_max_pool_with(nrv_abs(x), &o, NULL);
    double taps = 1;
    for (int i = 0; i < p.w.axes && i < 3; i++)
        taps *= (double)p.w.kernel[i];
    nrv_tensor power = norm == 1 ? x : norm == 2 ? nrv_square(x) : nrv_pow(x, nrv__like(x, norm));
    nrv_tensor sum = nrv_mul_c(nrv_avg_pool_with(power, &o), taps), none = nrv_equal(sum, nrv__like(x, 0));
    if (norm == 1)
        return sum;
    nrv_tensor safe = nrv_select(none, nrv__like(x, 1), sum);
    nrv_tensor root = norm == 2 ? nrv_sqrt(safe) : nrv_pow(safe, nrv__like(x, 1 / norm));
    return nrv_select(none, nrv__like(x, 0), root);
}

static nrv_tensor lp_pool_make(nrv__case *c)
{
    nrv__pooling p = nrv__pooling_of(c);
    nrv_pool_opt o = { .axes = (int)p.w.axes, .ceil_mode = (int)p.ceil_mode };
    for (int i = 0; i < 3; i++) {
        o.kernels[i] = (int)p.w.kernel[i], o.strides[i] = (int)p.w.stride[i], o.pads[i] = (int)p.w.pad[i];
        o.dilations[i] = (int)p.w.dilation[i];
    }
    const char *norm = nrv__case_text(c, "norm");
    return lp_pool_of(c->x[0], norm && !strcmp(norm, "inf") ? INFINITY : nrv__case_real(c, "norm", 2), &o);
}

NRV_OP(lp_pool, .sig = "real x[B,C,S...] -> y[B,C,O...]",
       .doc = "The norm of each window: the p-th root of the sum of x^p, p = 2 unless norm says another; 0 where that "
              "sum is 0, with gradient 0.",
       .flags = NRV_MACRO, .make = lp_pool_make, .ulp = 16, .tolerance_why = "a power, a sum and a root, each rounded",
       .rel = 1e-11, .torch = "nn.functional.lp_pool1d nn.functional.lp_pool2d nn.LPPool1d nn.LPPool2d",
       .onnx = "LpPool", .also = "lp1d lp2d lp3d",
       .refuse = { "x[2,3,4], kernel=2, norm=0 => lp_pool: a norm of 0 | in here | input 0: input f32 [2, 3, "
                   "4] x | hint 1, 2, ... up to INFINITY",
                   "x[2,3], kernel=2 => lp_pool: rank 2 for windows over 0 axes | in here | input 0: input "
                   "f32 [2, 3] x | hint (B,C) or (C) and then one to three axes, as (B,C,H,W)",
                   "x[2,3,4], kernel=5 => lp_pool: a window of 5 does not fit into a length of 4 (padding "
                   "included) | in here | hint a smaller kernel, or padding" },
       .test = { "x[2,3,6,8], kernel=2, norm=2", "x[1,2,7,7] in 0.1..2, kernel=3, stride=2, norm=3, ceil_mode=true",
                 "x[2,3,9] in 0.1..2, kernel=3, norm=1.5", "x[1,2,7], kernel=3, stride=1, norm=inf",
                 "x[2,2,6], kernel=2, norm=1", "x[1,2,4,5,3], kernel=2" });

/* The p-norm of each window of x (B,C,S...), p > 0; padding and dilation as in the other pools. */
NRV_API nrv_tensor nrv_lp_pool_with(nrv_tensor x, double norm, const nrv_pool_opt *opt)
{
    return lp_pool_of(x, norm, opt ? opt : &(nrv_pool_opt){ 0 });
}

/* The p-norm of each k x k window of (B,C,H,W), or of k elements of (B,C,L)...; stride 0 means k. */
NRV_API nrv_tensor nrv_lp_pool(nrv_tensor x, double norm, int k, int stride)
{
    return nrv_lp_pool_with(x, norm, &(nrv_pool_opt){ .kernel = k, .stride = stride });
}
