/* diff - differences of neighbours along an axis, n times over.    y[t] = x[t+1] - x[t] */
#include "../op.h"

static nrv_tensor diff_make(nrv__case *c)
{
    nrv_tensor x = c->x[0], before = nrv__case_named(c, "prepend"), after = nrv__case_named(c, "append");
    int axis = nrv__case_small(c, "axis", -1);
    nrv_tensor part[3];
    int k = 0;
    if (before)
        part[k++] = before;
    part[k++] = x;
    if (after)
        part[k++] = after;
    return nrv_diff(k > 1 ? nrv_concat(k, part, axis) : x, nrv__case_small(c, "n", 1), axis);
}

NRV_OP(diff, .sig = "number x[...] -> y[...]",
       .doc = "Differences of neighbours along an axis, n times over: each time it is shorter by one. nrv_concat puts "
              "something before or after it.",
       .flags = NRV_MACRO, .make = diff_make, .torch = "diff", .numpy = "diff",
       .refuse = { "x[3,5], axis=2 => diff: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from "
                   "-1 at the end",
                   "x[3], n=-1 => diff: n is -1 | in here | input 0: input f32 [3] x | hint 0 is x itself",
                   "x[], axis=0 => diff: axis 0 of a tensor of rank 0 | in here | hint axes count from 0, or from -1 "
                   "at the end" },
       .test = { "x[3,5], axis=1", "x[2,3,4], axis=0, n=1", "x[2,7], n=3", "x[2,5], n=9", "x:i32[4] in -9..9",
                 "x[3,4], prepend[3,1], append[3,2]", "x[0,3], axis=0" });

/* y[t] = x[t+1] - x[t] along an axis, n times over; with nothing left it is empty. (...,d,...) -> (...,d-n,...) */
NRV_API nrv_tensor nrv_diff(nrv_tensor x, int n, int axis)
{
    if (!nrv__op_wants(&nrv__op_diff, 1, &x) || !nrv__axis(x, &axis, "diff"))
        return NULL;
    if (n < 0)
        return nrv__op_refuses(&nrv__op_diff, 1, &x, NRV_EARG, "0 is x itself", "n is %d", n);
    if (x->dim[axis] >= 0 && n > x->dim[axis])
        n = (int)x->dim[axis];
    for (int i = 0; i < n && x; i++) {
        nrv_dim rest = nrv__dim_sub(x->g, x->dim[axis], 1);
        x = nrv_sub(nrv_slice(x, axis, 1, rest), nrv_slice(x, axis, 0, rest));
    }
    return x;
}
