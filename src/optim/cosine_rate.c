/* cosine_rate - a learning rate that rises in a line and falls along a cosine (Loshchilov & Hutter 2017). */
#include "update.h"

/* For .rate of the optimiser of that name, an f32 scalar: from peak/warmup up to peak over the first `warmup` updates,
   then along half a cosine down to 0 at update `total`, and 0 from there on. It reads the optimiser's own step. */
NRV_API nrv_tensor nrv_cosine_rate(nrv_graph *g, const char *optimiser, double peak, int64_t warmup, int64_t total)
{
    if (!g || g->why.status)
        return NULL;
    if (!optimiser || !*optimiser)
        return nrv__graph_fail(g, NRV_ENAME, "its .name, or \"adam\", \"adamw\", \"sgd\"",
                               "nrv_cosine_rate: whose step?"),
               NULL;
    if (warmup < 0 || total <= warmup)
        return nrv__graph_fail(g, NRV_EARG, "0 <= warmup < total", "nrv_cosine_rate: warmup %lld of %lld updates",
                               (long long)warmup, (long long)total),
               NULL;
    nrv__update u = { .g = g };
    nrv_tensor step = nrv_cast(nrv__update_step(g, optimiser), NRV_F64), top = nrv__update_number(&u, peak);
    nrv_tensor w = nrv__update_number(&u, (double)warmup), n = nrv__update_number(&u, (double)(total - warmup));
    nrv_tensor fall =
        NRV_EXPR("s, w, n, p: p * 0.5 * (1 + cos(3.141592653589793 * min(1, (s - w) / n)))", step, w, n, top);
    nrv_tensor rate = warmup ? NRV_EXPR("s, w, p, f: s < w ? p * ((s + 1) / w) : f", step, w, top, fall) : fall;
    return nrv_cast(rate, NRV_F32);
}
