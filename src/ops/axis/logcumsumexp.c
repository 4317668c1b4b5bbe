/* logcumsumexp - ln of the running sum of e^x along an axis, without overflow or loss

   y[t] = m[t] + ln s[t], where m is the largest so far and s[t] = s[t-1] e^(m[t-1] - m[t]) + e^(x[t] - m[t]): nothing
   is larger than the number of terms, and what came early is not lost beside what comes late. The result does not
   depend on m, so that its gradient does not go there. */
#include "running.h"

static nrv_tensor logcumsumexp_make(nrv__case *c)
{
    return nrv_logcumsumexp(c->x[0], nrv__case_small(c, "axis", 0));
}

NRV_OP(logcumsumexp, .sig = "real x[...] -> y[...]",
       .doc = "ln of the running sum of e^x along an axis, without overflow; -inf as long as x is.", .flags = NRV_MACRO,
       .make = logcumsumexp_make, .torch = "logcumsumexp", .ulp = 8,
       .tolerance_why = "a sum of exponentials and a logarithm, each rounded",
       .refuse = { "x[3,5], axis=2 => logcumsumexp: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, "
                   "or from -1 at the end",
                   "x:i32[3], axis=0 => logcumsumexp: input 0 is i32, a real type is wanted | in here | input 0: input "
                   "i32 [3] x | hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5] in -5..5, axis=1", "x[2,3,4], axis=-2", "x[7,33] in -90..90, axis=1", "x[0,3], axis=0",
                 "x[3,0], axis=0" });

/* ln of the running sum of e^x along an axis, without overflow. x and y (...) */
NRV_API nrv_tensor nrv_logcumsumexp(nrv_tensor x, int axis)
{
    NRV_CALLED(&nrv__op_logcumsumexp, x);
    if (!nrv__op_wants_real(&nrv__op_logcumsumexp, 1, &x) || !nrv__axis(x, &axis, "logcumsumexp"))
        return NULL;
    nrv_tensor most = nrv_stop(nrv_cummax(x, axis));
    nrv_tensor here = NRV_EXPR("m: m - m == 0 ? m : 0", most); /* an infinite one counts as it is */
    nrv_tensor before = nrv__running_shifted(here, axis, 1);
    nrv_tensor fade = NRV_EXPR("m, p: p > m ? 1 : exp(p - m)", here, before);
    nrv_tensor sum = nrv__linear_scan(fade, nrv_exp(nrv_sub(x, here)), axis, false);
    return nrv_add(here, nrv_log(sum));
}
