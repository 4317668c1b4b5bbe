/* gradient - the slope of values along an axis, by differences of neighbours (Fornberg 1988)

   Inside, with steps p before and n after: (y[t+1] p / n - y[t-1] n / p + y[t] (n / p - p / n)) / (p + n). At the ends
   the difference of two, or with edge 2 the slope of the parabola through three. */
#include "../op.h"

extern const nrv__opdef nrv__op_gradient;

static nrv_tensor gradient_make(nrv__case *c)
{
    nrv_tensor x = c->x[0], at = c->n_x > 1 ? c->x[1] : NULL;
    int64_t axes[NRV__MAX_RANK];
    int n = nrv__case_ints(c, "axis", NRV__MAX_RANK, axes);
    int edge = nrv__case_small(c, "edge_order", 1);
    double step = nrv__case_real(c, "spacing", 1);
    for (int i = 0; !n && x && i < x->rank; i++)
        axes[i] = i;
    n = n || !x ? n : x->rank;
    nrv_tensor y = n ? nrv_gradient(x, at, step, (int)axes[0], edge) : nrv_gradient(x, at, step, 0, edge);
    for (int i = 1; i < n && y && c->n_also < 8; i++)
        c->also[c->n_also++] = nrv_gradient(x, at, step, (int)axes[i], edge);
    return y;
}

NRV_OP(gradient, .sig = "real y[...], real x[n] -> slope[...]",
       .doc =
           "Slopes of y along an axis, by second-order differences inside; edge_order 1 or 2 at the ends. x: where the "
           "values stand; else they are spacing apart. Without an axis the slopes along all of them.",
       .flags = NRV_MACRO, .make = gradient_make, .torch = "gradient", .numpy = "gradient", .ulp = 32,
       .tolerance_why = "differences of neighbours, divided by small steps",
       .refuse = { "y[3,5], axis=2 => gradient: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "y:i32[3] => gradient: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] y | "
                   "hint nrv_cast it to NRV_F32",
                   "y[3,1], axis=1 => gradient: axis 1 has 1, at least 2 are wanted | in here | input 0: "
                   "input f32 [3, 1] y | hint more values, or a lower edge_order",
                   "y[3], edge_order=3 => gradient: edge_order is 3 | in here | input 0: input f32 [3] y | hint 1 or 2",
                   "y[3], x[4] => gradient: x does not fit axis 0 | in here | input 0: input f32 [3] y | input 1: "
                   "input f32 [4] x | hint x (n): one for each place of the axis" },
       .test = { "y[3,5], axis=1", "y[2,5,4], axis=1, spacing=0.5, edge_order=2",
                 "y[2,6], x[6]{0, 1, 1.5, 4, 7, 7.25}, axis=1",
                 "y[2,6], x[6]{0, 1, 1.5, 4, 7, 7.25}, axis=1, edge_order=2", "y[2,2], axis=1" });

static nrv_tensor gradient_run(nrv_tensor y, int axis, int from, nrv_dim less)
{
    return nrv_slice(y, axis, from, nrv__dim_sub(y->g, y->dim[axis], less));
}

/* the slope at one end: that of a line, or of a parabola; y and d as seen from there, up to three and two */
static nrv_tensor gradient_end(nrv_tensor y, nrv_tensor d, int axis, int edge, bool last)
{
    nrv_tensor p[3], s[2];
    for (int i = 0; i <= edge; i++)
        p[i] = nrv_slice(y, axis, last ? nrv__dim_sub(y->g, y->dim[axis], i + 1) : i, 1);
    for (int i = 0; i < edge; i++)
        s[i] = nrv_slice(d, axis, last ? nrv__dim_sub(d->g, d->dim[axis], i + 1) : i, 1);
    nrv_tensor slope = edge == 1 ? NRV_EXPR("a, b, d: (b - a) / d", p[0], p[1], s[0])
                                 : NRV_EXPR("a, b, c, d, e: -a * (2 * d + e) / (d * (d + e)) + b * (d + e) / (d * e) - "
                                            "c * d / (e * (d + e))",
                                            p[0], p[1], p[2], s[0], s[1]);
    return last ? nrv_neg(slope) : slope;
}

/* Slopes of y along an axis, at x (n), or `step` apart where x is NULL; edge 1 or 2: the order of the ends, which need
   one element more than that. (...,n,...) -> (...,n,...) */
NRV_API nrv_tensor nrv_gradient(nrv_tensor y, nrv_tensor x, double step, int axis, int edge)
{
    const nrv_tensor in[] = { y, x };
    nrv_dim same;
    if (!nrv__op_wants_real(&nrv__op_gradient, x ? 2 : 1, in) || !nrv__axis(y, &axis, "gradient"))
        return NULL;
    if (edge < 1 || edge > 2)
        return nrv__op_refuses(&nrv__op_gradient, 1, in, NRV_EARG, "1 or 2", "edge_order is %d", edge);
    if (y->dim[axis] >= 0 && y->dim[axis] < edge + 1)
        return nrv__op_refuses(&nrv__op_gradient, 1, in, NRV_ESHAPE, "more values, or a lower edge_order",
                               "axis %d has %lld, at least %d are wanted", axis, (long long)y->dim[axis], edge + 1);
    if (x && (x->rank != 1 || !nrv__dim_same(y->g, x->dim[0], y->dim[axis], "gradient", &same)))
        return nrv__op_refuses(&nrv__op_gradient, 2, in, NRV_ESHAPE, "x (n): one for each place of the axis",
                               "x does not fit axis %d", axis);
    nrv_tensor d =
        x ? nrv_diff(x, 1, 0) : nrv_fill(y->g, y->type, NRV_SHAPE(nrv__dim_sub(y->g, y->dim[axis], 1)), step);
    d = nrv__line(d, y->rank, axis);
    if (!d)
        return NULL;
    nrv_tensor first = gradient_end(y, d, axis, edge, false), last = gradient_end(y, d, axis, edge, true);
    if (y->dim[axis] == 2)
        return nrv_concat(2, (const nrv_tensor[]){ first, last }, axis);
    nrv_tensor inside = NRV_EXPR("a, b, c, p, n: (c * p / n - a * n / p + b * (n / p - p / n)) / (p + n)",
                                 gradient_run(y, axis, 0, 2), gradient_run(y, axis, 1, 2), gradient_run(y, axis, 2, 2),
                                 gradient_run(d, axis, 0, 1), gradient_run(d, axis, 1, 1));
    return nrv_concat(3, (const nrv_tensor[]){ first, inside, last }, axis);
}
