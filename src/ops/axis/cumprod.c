/* cumprod - running product along an axis: the linear scan that begins with x[0] and adds nothing.

   Its gradient has no division, so it is right where x is 0, once or more, and so is the gradient's gradient. */
#include "running.h"

static nrv_tensor cumprod_make(nrv__case *c)
{
    return nrv_cumprod(c->x[0], nrv__case_small(c, "axis", 0));
}

NRV_OP(cumprod, .sig = "number x[...] -> y[...]",
       .doc = "Running product along an axis, each including its own element. Float products are kept in double.",
       .flags = NRV_MACRO, .make = cumprod_make, .torch = "cumprod", .numpy = "cumprod",
       .refuse = { "x[3,5], axis=2 => cumprod: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "x:bool[3], axis=0 => cumprod: input 0 is bool, a number is wanted | in here | input 0: input bool "
                   "[3] x | hint nrv_cast it to a number" },
       .test = { "x[3,5] in -2..2, axis=1", "x[2,3,4] in -2..2, axis=-2", "x{2, 0, 3, 0, 4}, axis=0",
                 "x:i32[4,3] in -3..3, axis=0", "x[0,3], axis=0", "x[3,0], axis=0" });

/* Running product along an axis, each including its own element. x and y (...) */
NRV_API nrv_tensor nrv_cumprod(nrv_tensor x, int axis)
{
    if (!nrv__op_wants(&nrv__op_cumprod, 1, &x) || !nrv__axis(x, &axis, "cumprod"))
        return NULL;
    if (x->type == NRV_BOOL)
        return nrv__op_refuses(&nrv__op_cumprod, 1, &x, NRV_EDTYPE, "nrv_cast it to a number",
                               "input 0 is bool, a number is wanted");
    nrv_tensor at = nrv__places(x, axis);
    nrv_tensor first = nrv_select(nrv_equal(at, nrv__like(at, 0)), x, nrv__like(x, 0));
    return nrv__linear_scan(x, first, axis, false);
}
