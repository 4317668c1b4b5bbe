/* softmax - e^x / sum e^x along an axis, without overflow.    y = e^x / sum e^x    dx = y (dy - sum dy y) */
#include "../op.h"

static nrv_tensor softmax_body(nrv_tensor x, int axis)
{
    nrv_tensor e = nrv_exp(nrv_sub(x, nrv_stop(nrv_max_of(x, axis, 1))));
    return nrv_div(e, nrv_sum(e, axis, 1));
}

extern const nrv__opdef nrv__op_softmax_dx;

static nrv_tensor softmax_dx(nrv_tensor y, nrv_tensor dy, int axis)
{
    const nrv_tensor in[2] = { y, dy };
    nrv_shape s;
    if (!nrv__op_wants_real(&nrv__op_softmax_dx, 2, in) || !nrv__axis(y, &axis, "softmax_dx"))
        return NULL;
    if (y->rank != dy->rank || !nrv__op_common(&nrv__op_softmax_dx, 2, in, &s))
        return nrv__op_refuses(&nrv__op_softmax_dx, 2, in, NRV_ESHAPE, "dy has the shape of y", "ranks %d and %d",
                               y->rank, dy->rank);
    nrv__axis_attr a = { axis };
    nrv_tensor body = NRV_EXPR("y, dy, s: y * (dy - s)", y, dy, nrv_sum(nrv_mul(dy, y), axis, 1));
    return body ? nrv__composite(&nrv__op_softmax_dx, 2, in, &a, 1, &body) : NULL;
}

static void softmax_vjp(nrv_vjp *v)
{
    v->dx[0] = softmax_dx(v->y, v->dy, (int)((const nrv__axis_attr *)v->attr)->axis);
}

/* of u: by dy the same map of u, since it is its own transpose; by y what the product rule leaves */
static void softmax_dx_vjp(nrv_vjp *v)
{
    const int axis = (int)((const nrv__axis_attr *)v->attr)->axis;
    nrv_tensor y = v->x[0], dy = v->x[1], u = v->dy;
    if (v->need[0])
        v->dx[0] = NRV_EXPR("u, dy, s, t: u * (dy - s) - dy * t", u, dy, nrv_sum(nrv_mul(dy, y), axis, 1),
                            nrv_sum(nrv_mul(u, y), axis, 1));
    if (v->need[1])
        v->dx[1] = softmax_dx(y, u, axis);
}

static nrv_tensor softmax_dx_make(nrv__case *c)
{
    return softmax_dx(c->x[0], c->x[1], nrv__case_small(c, "axis", -1));
}

static nrv_tensor softmax_dx_batch(const nrv__batch *b)
{
    int axis = (int)((const nrv__axis_attr *)b->y->attr)->axis;
    nrv_tensor y = nrv__batch_wide(b, 0), dy = nrv__batch_wide(b, 1);
    return y && dy && b->y->rank < NRV__MAX_RANK ? softmax_dx(y, dy, axis + 1) : NULL;
}

static nrv_tensor softmax_make(nrv__case *c)
{
    return nrv_softmax(c->x[0], nrv__case_small(c, "axis", -1));
}

static nrv_tensor softmax_batch(const nrv__batch *b)
{
    int axis = (int)((const nrv__axis_attr *)b->y->attr)->axis;
    return b->y->rank < NRV__MAX_RANK ? nrv_softmax(b->x[0], axis + 1) : NULL;
}

NRV_OP(softmax, .batch = softmax_batch, .sig = "real x[...] -> y[...]",
       .doc = "e^x / sum e^x along an axis, without overflow.", .vjp = softmax_vjp, .make = softmax_make,
       .attr_bytes = sizeof(nrv__axis_attr), .ulp = 8,
       .tolerance_why = "a sum of exponentials and a quotient, each rounded",
       .torch = "softmax nn.functional.softmax nn.Softmax special.softmax", .onnx = "Softmax",
       .refuse = { "x[3,5], axis=2 => softmax: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 "
                   "at the end",
                   "x:i32[3] => softmax: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] x "
                   "| hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5] in -5..5, axis=1", "x[2,3,4], axis=1", "x[7,33] in -50..50, axis=1", "x[0,4], axis=1",
                 "x[6], axis=0" });

NRV_OP(
    softmax_dx, .batch = softmax_dx_batch, .sig = "real y[...], real dy[...] -> dx[...]",
    .doc = "y (dy - sum dy y): the gradient of softmax from its result.", .vjp = softmax_dx_vjp,
    .make = softmax_dx_make, .attr_bytes = sizeof(nrv__axis_attr), .ulp = 8,
    .tolerance_why = "a sum of rounded products, and a difference",
    .refuse = { "y[3,5], dy[3,5], axis=2 => softmax_dx: axis 2 of a tensor of rank 2 | in here | hint axes count from "
                "0, or from -1 at the end",
                "y[3,5], dy[5] => softmax_dx: ranks 2 and 1 | in here | input 0: input f32 [3, 5] y | input 1: input "
                "f32 [5] dy | hint dy has the shape of y" },
    .test = { "y[3,5] in 0..1, dy[3,5], axis=1", "y[2,3,4] in 0..1, dy[2,3,4], axis=1",
              "y[7,33] in 0..1, dy[7,33], axis=1", "y[0,4], dy[0,4], axis=1", "y[6] in 0..1, dy[6], axis=0",
              "y[3,1027] in 0..0.01, dy[3,1027], axis=-1" });

/* e^x / sum e^x along an axis, without overflow. x and y (...) */
NRV_API nrv_tensor nrv_softmax(nrv_tensor x, int axis)
{
    if (!nrv__op_wants_real(&nrv__op_softmax, 1, &x) || !nrv__axis(x, &axis, "softmax"))
        return NULL;
    nrv__axis_attr a = { axis };
    nrv_tensor body = softmax_body(x, axis);
    return body ? nrv__composite(&nrv__op_softmax, NRV_N(const nrv_tensor, x), &a, 1, &body) : NULL;
}
