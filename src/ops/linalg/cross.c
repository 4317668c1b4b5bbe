/* cross - the vector product in three dimensions */
#include "matrix.h"

static nrv_tensor cross_make(nrv__case *c)
{
    return nrv_cross(c->x[0], c->x[1], nrv__case_small(c, "axis", -1));
}

NRV_OP(cross, .sig = "real a[...,3], real b[...,3] -> y[...,3]",
       .doc = "The vector product along an axis of length 3; the others broadcast.", .flags = NRV_MACRO,
       .make = cross_make, .ulp = 4, .tolerance_why = "the difference of two products, each rounded",
       .torch = "linalg.cross cross", .numpy = "cross",
       .refuse = { "a[3], b[4] => cross: axis -1 has lengths 3 and 4, not 3 | in here | input 0: input f32 [3] a | "
                   "input 1: input f32 [4] b | hint a vector product has three components",
                   "a[3], b[2] => cross: axis -1 has lengths 3 and 2, not 3 | in here | input 0: input f32 [3] a | "
                   "input 1: input f32 [2] b | hint a vector product has three components",
                   "a[3], b[3], axis=1 => cross: axis 1 of a tensor of rank 1 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "a[2,2], b[2,2] => cross: axis -1 has lengths 2 and 2, not 3 | in here | input 0: input f32 [2, 2] "
                   "a | input 1: input f32 [2, 2] b | hint a vector product has three components" },
       .test = { "a[3], b[3]", "a[2,3], b[3]", "a[3,2], b[3,2], axis=0", "a[2,3], b[4,1,3]", "a[0,3], b[0,3]" });

/* y[k+1], y[k+2], y[k] of the axis */
static nrv_tensor cross_rolled(nrv_tensor x, int axis, int by)
{
    const nrv_tensor part[] = { nrv_slice(x, axis, by, 3 - by), nrv_slice(x, axis, 0, by) };
    return part[0] && part[1] ? nrv_concat(2, part, axis) : NULL;
}

/* a (...,3,...), b (...,3,...) -> the vector product along axis, which has length 3 in both */
NRV_API nrv_tensor nrv_cross(nrv_tensor a, nrv_tensor b, int axis)
{
    const nrv__opdef *op = &nrv__op_cross;
    const nrv_tensor in[] = { a, b };
    if (!nrv__op_wants_real(op, 2, in))
        return NULL;
    /* counted from the end, the axis is the same in both */
    nrv_tensor longer = a->rank > b->rank ? a : b;
    int at = axis;
    if (!nrv__axis(longer, &at, op->name))
        return NULL;
    int ka = at - longer->rank, kb = ka;
    if (!nrv__axis(a, &ka, op->name) || !nrv__axis(b, &kb, op->name))
        return NULL;
    if (a->dim[ka] != 3 || b->dim[kb] != 3) {
        char ta[24], tb[24];
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "a vector product has three components",
                               "axis %d has lengths %s and %s, not 3", axis, nrv__dim_text(a->g, a->dim[ka], ta),
                               nrv__dim_text(a->g, b->dim[kb], tb));
    }
    nrv_tensor a1 = cross_rolled(a, ka, 1), a2 = cross_rolled(a, ka, 2), b1 = cross_rolled(b, kb, 1),
               b2 = cross_rolled(b, kb, 2);
    return nrv_sub(nrv_mul(a1, b2), nrv_mul(a2, b1));
}
