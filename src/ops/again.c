/* again - the value of x, from which something is computed a second time, not before `after` is known.

   What a recomputed scope (NRV_RECOMPUTE) starts from in the reverse walk: another node than x, so that what follows is
   not what was computed before, and one that waits for the gradient, so that it is not computed too early.
   Does not do: anything to the numbers. */
#include "op.h"
#include <string.h>

static void again_vjp(nrv_vjp *v)
{
    v->dx[0] = v->dy;
}

static void again_ref(const nrv__args *a)
{
    if (a->n)
        memcpy(a->out[0].data, a->in[0].data, (size_t)a->n * sizeof(double));
}

static bool again_view(const nrv__args *a, nrv__view *y, int64_t *offset)
{
    memcpy(y->stride, a->in[0].stride, sizeof y->stride);
    *offset = 0;
    return true;
}

NRV_OP(again, .sig = "any x[...], any after[...] -> y[...]",
       .doc = "The value of x, read once after is known: where recomputation begins.", .shape = nrv__infer_same,
       .flags = NRV_VIEW | NRV_FLAT, .vjp = again_vjp, .ref = again_ref, .view = again_view,
       .test = { "x[3,5], after[2]", "x[0], after[]" });

nrv_tensor nrv__again(nrv_tensor x, nrv_tensor after)
{
    return nrv__op(&nrv__op_again, NRV_N(const nrv_tensor, x, after));
}
