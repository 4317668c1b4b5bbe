/* trapezoid.c - the area under points joined by lines, whole or so far: sum (x[t+1] - x[t]) (y[t+1] + y[t]) / 2 */
#include "../op.h"

static nrv_tensor trapezoid_make(nrv__case *c)
{
    nrv_tensor x = nrv__case_named(c, "x");
    return nrv_trapezoid(c->x[0], c->n_x > 1 ? x ? x : c->x[1] : NULL, nrv__case_real(c, "dx", 1),
                         nrv__case_small(c, "axis", -1));
}

static nrv_tensor cumulative_trapezoid_make(nrv__case *c)
{
    nrv_tensor x = nrv__case_named(c, "x");
    return nrv_cumulative_trapezoid(c->x[0], c->n_x > 1 ? x ? x : c->x[1] : NULL, nrv__case_real(c, "dx", 1),
                                    nrv__case_small(c, "axis", -1));
}

#define TRAPEZOID_COMMON(name)                                                                                        \
    .sig = "real y[...], real x[...] -> area[...]", .flags = NRV_MACRO, .ulp = 8,                                     \
    .tolerance_why = "differences, products and a sum, each rounded",                                                 \
    .refuse = { "y[3,5], axis=2 => " name                                                                             \
                ": axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from -1 at the end",           \
                "y:i32[3] => " name ": input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] y | " \
                "hint nrv_cast it to NRV_F32",                                                                        \
                "y[3,5], x[4] => " name                                                                               \
                ": x does not fit y at axis 1 | in here | input 0: input f32 [3, 5] y | input 1: input f32 [4] x | "  \
                "hint an x for each y, or one row of them for all" },                                                 \
    .test = { "y[3,5], axis=1",                                                                                       \
              "y[2,3,4], axis=0, dx=0.5",                                                                             \
              "y[3,5], x[5]{0, 1, 1.5, 4, 7}",                                                                        \
              "y[4,3], x[4,3], axis=0",                                                                               \
              "y[4,3], x[4]{0, 1, 3, 4}, axis=0",                                                                     \
              "y[3,1]",                                                                                               \
              "y[0]" }

NRV_OP(trapezoid, .doc = "Area under the points (x, y) along an axis, joined by lines; dx apart where there is no x.",
       .make = trapezoid_make, .torch = "trapezoid trapz", .numpy = "trapz", TRAPEZOID_COMMON("trapezoid"));
NRV_OP(cumulative_trapezoid,
       .doc = "Area so far under the points (x, y) along an axis, joined by lines; dx apart where there is no x.",
       .make = cumulative_trapezoid_make, .torch = "cumulative_trapezoid", TRAPEZOID_COMMON("cumulative_trapezoid"));

/* the areas between neighbours; NULL: refused */
static nrv_tensor trapezoid_pieces(const nrv__opdef *op, nrv_tensor y, nrv_tensor x, double dx, int *axis)
{
    const nrv_tensor in[] = { y, x };
    if (!nrv__op_wants_real(op, x ? 2 : 1, in) || !nrv__axis(y, axis, op->name))
        return NULL;
    if (y->dim[*axis] == 0)
        return nrv_mul_c(y, dx);
    nrv_dim rest = nrv__dim_sub(y->g, y->dim[*axis], 1);
    nrv_tensor sum = nrv_add(nrv_slice(y, *axis, 1, rest), nrv_slice(y, *axis, 0, rest));
    if (!x)
        return nrv_mul_c(sum, 0.5 * dx);
    if (x->rank == 1 && y->rank > 1) /* one x for all */
        x = nrv__line(x, y->rank, *axis);
    nrv_dim same;
    int from = y->rank - (x ? x->rank : 0);
    if (x && (from > *axis || !nrv__dim_same(y->g, x->dim[*axis - from], y->dim[*axis], op->name, &same)))
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "an x for each y, or one row of them for all",
                               "x does not fit y at axis %d", *axis);
    return NRV_EXPR("s, d: 0.5 * s * d", sum, x ? nrv_diff(x, 1, *axis - from) : NULL);
}

/* Area under y along an axis, by trapezoids: points at x (as y, or (n) for all), or dx apart where x is NULL.
   (...,n,...) -> (...,...) */
NRV_API nrv_tensor nrv_trapezoid(nrv_tensor y, nrv_tensor x, double dx, int axis)
{
    return nrv_sum(trapezoid_pieces(&nrv__op_trapezoid, y, x, dx, &axis), axis, 0);
}

/* nrv_trapezoid up to each point but the first. (...,n,...) -> (...,n-1,...) */
NRV_API nrv_tensor nrv_cumulative_trapezoid(nrv_tensor y, nrv_tensor x, double dx, int axis)
{
    return nrv_cumsum(trapezoid_pieces(&nrv__op_cumulative_trapezoid, y, x, dx, &axis), axis, 0);
}
