/* logsumexp - ln sum e^x over any axes, without overflow: the largest, and what the others add to it */
#include "reduce.h"

static nrv_tensor logsumexp_make(nrv__case *c)
{
    return nrv_logsumexp(c->x[0], nrv__case_axes(c), nrv__case_keep(c));
}

NRV_OP(logsumexp, .sig = "real x[...] -> y[...]",
       .doc = "ln sum e^x over the given axes, without overflow; of nothing, and of -inf alone, it is -inf.",
       .flags = NRV_MACRO, .make = logsumexp_make, .torch = "logsumexp special.logsumexp", .onnx = "ReduceLogSumExp",
       .ulp = 8, .tolerance_why = "a sum of exponentials and a logarithm, each rounded",
       .refuse = { "x[3,5], axis=2 => logsumexp: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "x:i32[3] => logsumexp: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x "
                   "| hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5] in -5..5, axis=1", "x[2,3,4], axis=0x-1, keep=1", "x[7,33] in -50..50, axis=1", "x[5]",
                 "x[]" });

/* ln sum e^x over an axis (or NRV_AXES, NRV_ALL), without overflow; keep = 1 leaves it with length 1.
   (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_logsumexp(nrv_tensor x, int axis, int keep)
{
    int64_t axes;
    if (!nrv__op_wants_real(&nrv__op_logsumexp, 1, &x) || !nrv__axes(x, axis, "logsumexp", &axes))
        return NULL;
    nrv_tensor most = x;
    for (int i = 0; i < x->rank && most; i++)
        most = axes >> i & 1 ? nrv_max_of(most, i, 1) : most;
    most = NRV_EXPR("m: m - m == 0 ? m : 0", nrv_stop(most)); /* an infinite one counts as it is */
    nrv_tensor sum = nrv__sum_axes(nrv_exp(nrv_sub(x, most)), axes, 1);
    return nrv__axes_dropped(nrv_add(nrv_log(sum), most), axes, keep);
}
