/* cumsum - running sum along an axis.    y[t] = x[0] + ... + x[t]    dx = the running sum of dy from the other end */
#include "running.h"

static void cumsum_vjp(nrv_vjp *v)
{
    const nrv__running_attr *a = v->attr;
    v->dx[0] = nrv_cumsum(v->dy, (int)a->axis, !a->reverse);
}

static void cumsum_ref(const nrv__args *a)
{
    const nrv__running_attr *p = a->attr;
    const int64_t n = a->in[0].dim[p->axis], inner = a->in[0].stride[p->axis];
    const double *x = a->in[0].data;
    double *y = a->out[0].data;
    for (int64_t r = 0; r < a->n; r += n * inner)
        for (int64_t i = 0; i < inner; i++) {
            double sum = 0;
            for (int64_t k = 0; k < n; k++) {
                int64_t at = r + (p->reverse ? n - 1 - k : k) * inner + i;
                y[at] = sum += x[at];
            }
        }
}

static bool cumsum_shape(nrv__infer *s)
{
    if (s->in[0]->type == NRV_BOOL)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast it to a number", "input 0 is bool, a number is wanted");
    return nrv__infer_same(s);
}

static nrv_tensor cumsum_batch(const nrv__batch *b)
{
    const nrv__running_attr *p = b->y->attr;
    nrv__running_attr a = { p->axis + 1, p->reverse };
    return nrv__batch_sized(b, &a, 0);
}

static nrv_tensor cumsum_make(nrv__case *c)
{
    return nrv_cumsum(c->x[0], nrv__case_small(c, "axis", 0), nrv__case_small(c, "reverse", 0));
}

NRV_OP(cumsum, .sig = "number x[...] -> y[...]",
       .doc =
           "Running sum along an axis, each including its own element; reverse: from the end. Float sums are kept in "
           "double.",
       .shape = cumsum_shape, .vjp = cumsum_vjp, .ref = cumsum_ref, .batch = cumsum_batch, .make = cumsum_make,
       .attr_bytes = sizeof(nrv__running_attr), .torch = "cumsum", .numpy = "cumsum", .onnx = "CumSum",
       .refuse = { "x[3,5], axis=2 => cumsum: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, or from "
                   "-1 at the end",
                   "x:bool[3], axis=0 => cumsum: input 0 is bool, a number is wanted | in here | input 0: input bool "
                   "[3] x | hint nrv_cast it to a number" },
       .test = { "x[3,5], axis=1", "x[3,5], axis=0, reverse=1", "x[2,3,4], axis=-2", "x[5,33], axis=1, reverse=1",
                 "x[33,70], axis=0", "x:i32[4,3] in -9..9, axis=0", "x[0,3], axis=0", "x[3,0], axis=0" });

/* Running sum along an axis, each including its own element; reverse = 1: from the end. x and y (...) */
NRV_API nrv_tensor nrv_cumsum(nrv_tensor x, int axis, int reverse)
{
    if (!nrv__axis(x, &axis, "cumsum"))
        return NULL;
    nrv__running_attr a = { axis, reverse != 0 };
    return nrv__op_with(&nrv__op_cumsum, NRV_N(const nrv_tensor, x), &a, 0, NULL);
}
