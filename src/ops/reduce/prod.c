/* prod - over any axes: the last of the running products, so that its gradient is right where x is 0, once or more */
#include "../axis/running.h"
#include "reduce.h"

static nrv_tensor prod_make(nrv__case *c)
{
    return nrv_prod(c->x[0], nrv__case_axes(c), nrv__case_keep(c));
}

NRV_OP(prod, .sig = "number x[...] -> y[...]",
       .doc = "Product over the given axes; of nothing it is 1. Float products are kept in double.", .flags = NRV_MACRO,
       .make = prod_make, .torch = "prod", .numpy = "prod", .onnx = "ReduceProd",
       .refuse = { "x[3,5], axis=2 => prod: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from "
                   "-1 at the end",
                   "x:bool[3] => prod: input 0 is bool, a number is wanted | in here | input 0: input bool [3] x | "
                   "hint nrv_cast it to a number" },
       .test = { "x[3,5] in -2..2, axis=1", "x[2,3,4] in -2..2, axis=0x-1, keep=1",
                 "x[2,4]{2, 0, 3, 0, 1, 0, 3, 2}, axis=1", "x{2, 0, 3}", "x[3,5] in -2..2, axis=0",
                 "x:i32[4,3] in -3..3, axis=0", "x[0,3], axis=0", "x[]" });

/* Product over an axis (or NRV_AXES, NRV_ALL); keep = 1 leaves it with length 1; of nothing it is 1.
   (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_prod(nrv_tensor x, int axis, int keep)
{
    int64_t axes;
    if (!nrv__op_wants(&nrv__op_prod, 1, &x) || !nrv__axes(x, axis, "prod", &axes))
        return NULL;
    if (x->type == NRV_BOOL)
        return nrv__op_refuses(&nrv__op_prod, 1, &x, NRV_EDTYPE, "nrv_cast it to a number",
                               "input 0 is bool, a number is wanted");
    nrv_tensor rows = nrv__axes_last(x, axes); /* and a 1 in front, so that there is a last one */
    if (!rows)
        return NULL;
    int last = rows->rank - 1;
    nrv_shape one = nrv_shape_of(rows);
    one.dim[last] = 1;
    nrv_tensor factors = nrv_concat(2, (const nrv_tensor[]){ nrv_fill(x->g, x->type, one, 1), rows }, last);
    nrv_tensor all = nrv_cumprod(factors, last);
    nrv_tensor y = all ? nrv_slice(all, last, rows->dim[last], 1) : NULL;
    nrv_shape s = one;
    s.rank = last;
    return nrv__axes_kept(y ? nrv_reshape(y, s) : NULL, x, axes, keep);
}
