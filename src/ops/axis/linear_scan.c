/* linear_scan - h[t] = a[t] h[t-1] + b[t] along an axis, beginning with h[0] = b[0]

   Running sums, running products, moving averages, discounted returns and diagonal state spaces are all this.
   db = g and da[t] = g[t] h[t-1], where g[t] = dy[t] + a[t+1] g[t+1] is one more such scan, from the other end: no
   division, so that nothing happens at a[t] = 0. */
#include "running.h"

nrv_tensor nrv__running_shifted(nrv_tensor x, int axis, int by)
{
    nrv_tensor more = nrv_pad(x, axis, by > 0, by < 0, 0);
    return more ? nrv_slice(more, axis, by < 0, x->dim[axis]) : NULL;
}

static void linear_scan_vjp(nrv_vjp *v)
{
    const nrv__running_attr *a = v->attr;
    int axis = (int)a->axis, on = a->reverse ? -1 : 1;
    nrv_tensor g = nrv__linear_scan(nrv__running_shifted(v->x[0], axis, -on), v->dy, axis, !a->reverse);
    if (v->need[0])
        v->dx[0] = nrv_mul(g, nrv__running_shifted(v->y, axis, on));
    if (v->need[1])
        v->dx[1] = g;
}

static void linear_scan_ref(const nrv__args *args)
{
    const nrv__running_attr *p = args->attr;
    const int64_t n = args->in[0].dim[p->axis], inner = args->in[0].stride[p->axis];
    const double *a = args->in[0].data, *b = args->in[1].data;
    double *y = args->out[0].data;
    for (int64_t r = 0; r < args->n; r += n * inner)
        for (int64_t i = 0; i < inner; i++) {
            double h = 0;
            for (int64_t k = 0; k < n; k++) {
                int64_t at = r + (p->reverse ? n - 1 - k : k) * inner + i;
                y[at] = h = k ? a[at] * h + b[at] : b[at];
            }
        }
}

static bool linear_scan_shape(nrv__infer *s)
{
    nrv_tensor a = s->in[0], b = s->in[1];
    if (a->type == NRV_BOOL || a->type != b->type)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast them", "%s and %s, two of one number type are wanted",
                               nrv__dtype_name(a->type), nrv__dtype_name(b->type));
    if (a->rank != b->rank)
        return nrv__infer_fail(s, NRV_ESHAPE, "nrv_broadcast one to the other's shape", "ranks %d and %d", a->rank,
                               b->rank);
    nrv__infer_same(s);
    for (int i = 0; i < s->rank; i++)
        if (!nrv__dim_same(s->g, a->dim[i], b->dim[i], "linear_scan", &s->dim[i]))
            return nrv__infer_fail(s, NRV_ESHAPE, "nrv_broadcast one to the other's shape", "axis %d differs", i);
    return true;
}

static nrv_tensor linear_scan_batch(const nrv__batch *b)
{
    const nrv__running_attr *p = b->y->attr;
    return b->y->rank < NRV__MAX_RANK
               ? nrv__linear_scan(nrv__batch_wide(b, 0), nrv__batch_wide(b, 1), (int)p->axis + 1, p->reverse)
               : NULL;
}

static nrv_tensor linear_scan_make(nrv__case *c)
{
    return nrv_linear_scan(c->x[0], c->x[1], nrv__case_small(c, "axis", 0), nrv__case_small(c, "reverse", 0));
}

NRV_OP(linear_scan, .sig = "number a[...], number b[...] -> h[...]",
       .doc = "h[t] = a[t] h[t-1] + b[t] along an axis, h[0] = b[0]; reverse: from the end. The a of the first is not "
              "looked at. Floats are kept in double on the way.",
       .shape = linear_scan_shape, .vjp = linear_scan_vjp, .ref = linear_scan_ref, .batch = linear_scan_batch,
       .make = linear_scan_make, .attr_bytes = sizeof(nrv__running_attr),
       .refuse = { "a[3,5], b[3,5], axis=2 => linear_scan: axis 2 of a tensor of rank 2 | in here | hint axes count "
                   "from 0, or from -1 at the end",
                   "a[3,5], b[3,4], axis=1 => linear_scan: axis 1 differs | in here | input 0: input f32 [3, 5] a | "
                   "input 1: input f32 [3, 4] b | hint nrv_broadcast one to the other's shape",
                   "a[3,5], b[5], axis=0 => linear_scan: ranks 2 and 1 | in here | input 0: input f32 [3, 5] a | input "
                   "1: input f32 [5] b | hint nrv_broadcast one to the other's shape",
                   "a[3], b:i32[3], axis=0 => linear_scan: f32 and i32, two of one number type are wanted | in here | "
                   "input 0: input f32 [3] a | input 1: input i32 [3] b | hint nrv_cast them" },
       .test = { "a[3,5], b[3,5], axis=1", "a[3,5], b[3,5], axis=0, reverse=1", "a[2,3,4], b[2,3,4], axis=-2",
                 "a[5,33], b[5,33], axis=1, reverse=1", "a[33,70], b[33,70], axis=0",
                 "a:i32[4,3] in -2..2, b:i32[4,3] in -9..9, axis=0", "a[0,3], b[0,3], axis=0",
                 "a[3,0], b[3,0], axis=0" });

nrv_tensor nrv__linear_scan(nrv_tensor a, nrv_tensor b, int axis, bool reverse)
{
    nrv__running_attr p = { axis, reverse };
    return nrv__op_with(&nrv__op_linear_scan, NRV_N(const nrv_tensor, a, b), &p, 0, NULL);
}

/* h[t] = a[t] h[t-1] + b[t] along an axis of a and b, h[0] = b[0]; reverse = 1: h[t] = a[t] h[t+1] + b[t] from the end.
   a, b and h (...) */
NRV_API nrv_tensor nrv_linear_scan(nrv_tensor a, nrv_tensor b, int axis, int reverse)
{
    return nrv__axis(a, &axis, "linear_scan") ? nrv__linear_scan(a, b, axis, reverse != 0) : NULL;
}
