/* log_softmax - x - log sum e^x along an axis, without overflow.    y = x - ln sum e^x    dx = dy - e^y sum dy */
#include "../op.h"

static nrv_tensor log_softmax_body(nrv_tensor x, int axis)
{
    nrv_tensor z = nrv_sub(x, nrv_stop(nrv_max_of(x, axis, 1)));
    return nrv_sub(z, nrv_log(nrv_sum(nrv_exp(z), axis, 1)));
}

static void log_softmax_vjp(nrv_vjp *v)
{
    int axis = (int)((const nrv__axis_attr *)v->attr)->axis;
    v->dx[0] = NRV_EXPR("y, dy, s: dy - exp(y) * s", v->y, v->dy, nrv_sum(v->dy, axis, 1));
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

/* x - log sum e^x along an axis, without overflow. x and y (...) */
NRV_API nrv_tensor nrv_log_softmax(nrv_tensor x, int axis)
{
    if (!nrv__op_wants_real(&nrv__op_log_softmax, 1, &x) || !nrv__axis(x, &axis, "log_softmax"))
        return NULL;
    nrv__axis_attr a = { axis };
    nrv_tensor body = log_softmax_body(x, axis);
    return body ? nrv__composite(&nrv__op_log_softmax, NRV_N(const nrv_tensor, x), &a, 1, &body) : NULL;
}
