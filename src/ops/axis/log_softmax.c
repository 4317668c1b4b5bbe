/* log_softmax - x - log sum e^x along an axis, without overflow.    y = x - ln sum e^x    dx = dy - e^y sum dy */
#include "../op.h"

static nrv_tensor log_softmax_body(nrv_tensor x, int axis)
{
    nrv_tensor z = nrv_sub(x, nrv_stop(nrv_max_of(x, axis, 1)));
    return nrv_sub(z, nrv_log(nrv_sum(nrv_exp(z), axis, 1)));
}

extern const nrv__opdef nrv__op_log_softmax_dx;

static nrv_tensor log_softmax_dx(nrv_tensor y, nrv_tensor dy, int axis)
{
    const nrv_tensor in[2] = { y, dy };
    nrv_shape s;
    if (!nrv__op_wants_real(&nrv__op_log_softmax_dx, 2, in) || !nrv__axis(y, &axis, "log_softmax_dx"))
        return NULL;
    if (y->rank != dy->rank || !nrv__op_common(&nrv__op_log_softmax_dx, 2, in, &s))
        return nrv__op_refuses(&nrv__op_log_softmax_dx, 2, in, NRV_ESHAPE, "dy has the shape of y", "ranks %d and %d",
                               y->rank, dy->rank);
    nrv__axis_attr a = { axis };
    nrv_tensor body = NRV_EXPR("y, dy, s: dy - exp(y) * s", y, dy, nrv_sum(dy, axis, 1));
    return body ? nrv__composite(&nrv__op_log_softmax_dx, 2, in, &a, 1, &body) : NULL;
}

static void log_softmax_vjp(nrv_vjp *v)
{
    v->dx[0] = log_softmax_dx(v->y, v->dy, (int)((const nrv__axis_attr *)v->attr)->axis);
}

static void log_softmax_dx_vjp(nrv_vjp *v)
{
    const int axis = (int)((const nrv__axis_attr *)v->attr)->axis;
    nrv_tensor dy = v->x[1], u = v->dy, each = nrv_mul(u, nrv_exp(v->x[0]));
    if (v->need[0])
        v->dx[0] = NRV_EXPR("e, s: -e * s", each, nrv_sum(dy, axis, 1));
    if (v->need[1])
        v->dx[1] = nrv_sub(u, nrv_sum(each, axis, 1));
}

static nrv_tensor log_softmax_dx_make(nrv__case *c)
{
    return log_softmax_dx(c->x[0], c->x[1], nrv__case_small(c, "axis", -1));
}

static nrv_tensor log_softmax_dx_batch(const nrv__batch *b)
{
    int axis = (int)((const nrv__axis_attr *)b->y->attr)->axis;
    nrv_tensor y = nrv__batch_wide(b, 0), dy = nrv__batch_wide(b, 1);
    return y && dy && b->y->rank < NRV__MAX_RANK ? log_softmax_dx(y, dy, axis + 1) : NULL;
}

static nrv_tensor log_softmax_make(nrv__case *c)
{
    return nrv_log_softmax(c->x[0], nrv__case_small(c, "axis", -1));
}

static nrv_tensor log_softmax_batch(const nrv__batch *b)
{
    int axis = (int)((const nrv__axis_attr *)b->y->attr)->axis;
    return b->y->rank < NRV__MAX_RANK ? nrv_log_softmax(b->x[0], axis + 1) : NULL;
}

NRV_OP(log_softmax, .batch = log_softmax_batch, .sig = "real x[...] -> y[...]",
       .doc = "x - log sum e^x along an axis, without overflow.", .vjp = log_softmax_vjp, .make = log_softmax_make,
       .attr_bytes = sizeof(nrv__axis_attr), .ulp = 8, .tolerance_why = "a difference of rounded logarithms",
       .torch = "log_softmax nn.functional.log_softmax nn.LogSoftmax", .onnx = "LogSoftmax",
       .refuse = { "x[3,5], axis=2 => log_softmax: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or "
                   "from -1 at the end",
                   "x:i32[3] => log_softmax: input 0 is i32, a real type is wanted | in here | input 0: input i32 [3] "
                   "x | hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5] in -5..5, axis=1", "x[2,3,4], axis=1", "x[7,33] in -50..50, axis=1", "x[0,4], axis=1",
                 "x[6], axis=0" });

NRV_OP(log_softmax_dx, .batch = log_softmax_dx_batch, .sig = "real y[...], real dy[...] -> dx[...]",
       .doc = "dy - e^y sum dy: the gradient of log_softmax from its result.", .vjp = log_softmax_dx_vjp,
       .make = log_softmax_dx_make, .attr_bytes = sizeof(nrv__axis_attr), .ulp = 8,
       .tolerance_why = "a sum of rounded products, and a difference",
       .refuse = { "y[3,5], dy[3,5], axis=2 => log_softmax_dx: axis 2 of a tensor of rank 2 | in here | hint axes "
                   "count from "
                   "0, or from -1 at the end",
                   "y[3,5], dy[5] => log_softmax_dx: ranks 2 and 1 | in here | input 0: input f32 [3, 5] y | input 1: "
                   "input "
                   "f32 [5] dy | hint dy has the shape of y" },
       .test = { "y[3,5] in 0..1, dy[3,5], axis=1", "y[2,3,4] in 0..1, dy[2,3,4], axis=1",
                 "y[7,33] in 0..1, dy[7,33], axis=1", "y[0,4], dy[0,4], axis=1", "y[6] in 0..1, dy[6], axis=0",
                 "y[3,1027] in 0..0.01, dy[3,1027], axis=-1" });

/* x - log sum e^x along an axis, without overflow. x and y (...) */
NRV_API nrv_tensor nrv_log_softmax(nrv_tensor x, int axis)
{
    if (!nrv__op_wants_real(&nrv__op_log_softmax, 1, &x) || !nrv__axis(x, &axis, "log_softmax"))
        return NULL;
    nrv__axis_attr a = { axis };
    nrv_tensor body = log_softmax_body(x, axis);
    return body ? nrv__composite(&nrv__op_log_softmax, NRV_N(const nrv_tensor, x), &a, 1, &body) : NULL;
}
