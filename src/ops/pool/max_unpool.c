/* max_unpool - the largest of windows put back where they stood, zeros elsewhere: max_pool's partial inverse.

   y[b,c,where[b,c,o]] = x[b,c,o].   dx[b,c,o] = dy[b,c,where[b,c,o]]
   Where overlapping windows name an element twice, they hold one value, unless x was changed since; then it is their
   mean. Each takes the whole gradient, as in PyTorch. */
#include "../index/lines.h"
#include "pooling.h"

extern const nrv__opdef nrv__op_max_unpool;

static bool max_unpool_wants(nrv_tensor x, nrv_tensor where, int n, const nrv_dim *to)
{
    const nrv__opdef *op = &nrv__op_max_unpool;
    const nrv_tensor in[2] = { x, where };
    if (!nrv__op_wants(op, 2, in) || !nrv__op_wants_real(op, 1, in))
        return false;
    bool same = x->rank == where->rank && (where->type == NRV_I32 || where->type == NRV_I64);
    nrv_dim d;
    for (int i = 0; i < x->rank && same; i++)
        same = nrv__dim_same(x->g, x->dim[i], where->dim[i], op->name, &d);
    if (!same)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "what nrv_max_pool_with gives: values and where they stand",
                               "there is not an index for each element") != NULL;
    if (n < 1 || n > 3 || (x->rank != n + 2 && x->rank != n + 1) || !to)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "(B,C) or (C) and then one to three axes, and a length for each",
                               "%d lengths%s for a tensor of rank %d", n, to ? "" : " at NULL", x->rank) != NULL;
    for (int i = 0; i < n; i++)
        if (to[i] == -1 || to[i] == 0 || to[i] > INT32_MAX)
            return nrv__op_refuses(op, 2, in, NRV_EARG, "as long as what was pooled", "a length of %lld",
                                   (long long)to[i]) != NULL;
    return true;
}

/* x and where (B,C,O...) or (C,O...), as nrv_max_pool_with gave them -> (B,C,to...), n lengths: x at its places, 0
   elsewhere. A place outside is an error of the run. */
NRV_API nrv_tensor nrv_max_unpool(nrv_tensor x, nrv_tensor where, int n, const nrv_dim *to)
{
    NRV_CALLED(&nrv__op_max_unpool, x);
    if (!max_unpool_wants(x, where, n, to))
        return NULL;
    nrv_graph *g = x->g;
    nrv_dim planes = nrv__dim_product(g, x->rank - n, x->dim), count = nrv__dim_product(g, n, to);
    if (g->why.status)
        return NULL;
    nrv_shape flat = { 2, { planes, nrv__dim_product(g, n, x->dim + x->rank - n) } }, s = nrv_shape_of(x);
    for (int i = 0; i < n; i++)
        s.dim[x->rank - n + i] = to[i];
    nrv_tensor rows = nrv_reshape(x, flat), at = nrv_reshape(where, flat);
    nrv_tensor sum = nrv__scatter_add(rows, at, 1, 1, count);
    nrv_tensor many = nrv__scatter_add(nrv_fill(g, x->type, flat, 1), at, 1, 1, count);
    nrv_tensor mean = nrv_div(sum, nrv_max(many, nrv__like(x, 1)));
    return nrv_reshape(nrv_add(sum, nrv_stop(nrv_sub(mean, sum))), s);
}

static nrv_tensor max_unpool_make(nrv__case *c)
{
    nrv_tensor x = c->x[0];
    nrv_dim to[3] = { 0 };
    int64_t given[5] = { 0 };
    int n = nrv__case_ints(c, "output", 5, given);
    nrv__pooling p = nrv__pooling_of(c);
    if (!nrv__window_check(c->g, &p.w, "max_unpool"))
        return NULL;
    int skip = n > p.w.axes ? n - (int)p.w.axes : 0; /* PyTorch takes whole shapes, too */
    for (int i = 0; i < p.w.axes && x->rank >= p.w.axes; i++) {
        nrv_dim steps = nrv__dim_mul(c->g, nrv__dim_sub(c->g, x->dim[x->rank - p.w.axes + i], 1), p.w.stride[i]);
        to[i] = n ? given[skip + i] : nrv__dim_add(c->g, steps, p.w.kernel[i] - 2 * p.w.pad[i]);
    }
    return nrv_max_unpool(x, c->n_x > 1 ? c->x[1] : NULL, (int)p.w.axes, to);
}

NRV_OP(max_unpool, .sig = "real x[B,C,O...], index where[B,C,O...] -> y[B,C,S...]",
       .doc = "Values put back where max_pool found them, zeros elsewhere; a place outside stops the run.",
       .flags = NRV_MACRO, .make = max_unpool_make,
       .torch = "nn.functional.max_unpool1d nn.functional.max_unpool2d nn.functional.max_unpool3d nn.MaxUnpool1d "
                "nn.MaxUnpool2d nn.MaxUnpool3d",
       .onnx = "MaxUnpool", .values = "places as nrv_max_pool_with gives them, of the shape that is asked for",
       .refuse = { "x[1,2,3], where:i64[1,2,2] in 0..1, kernel=2 => max_unpool: there is not an index for "
                   "each element | in here | input 0: input f32 [1, 2, 3] x | input 1: input i64 [1, 2, 2] "
                   "where | hint what nrv_max_pool_with gives: values and where they stand",
                   "x[1,1,2], where:i64[1,1,2]{0,9}, kernel=2 => max_unpool: index 9 at position 1; it must lie in "
                   "0..3 | in here | hint places as nrv_max_pool_with gives them, of the shape that is asked for",
                   "x[1,1,2], where[1,1,2], kernel=2 => max_unpool: there is not an index for each element | "
                   "in here | input 0: input f32 [1, 1, 2] x | input 1: input f32 [1, 1, 2] where | hint what "
                   "nrv_max_pool_with gives: values and where they stand",
                   "x[1,1,2], where:i64[1,1,2]{0,1}, kernel=2, output=0 => max_unpool: a length of 0 | in "
                   "here | input 0: input f32 [1, 1, 2] x | input 1: input i64 [1, 1, 2] where | hint as long "
                   "as what was pooled" },
       .test = { "x[1,2,3], where:i64[1,2,3]{1,2,4,0,3,5}, kernel=2",
                 "x[1,1,2,2], where:i32[1,1,2,2]{0,3,9,10}, kernel=2",
                 "x[2,2], where:i64[2,2]{4,1,0,3}, kernel=2, axes=1, output=5",
                 "x[0,1,2], where:i64[0,1,2] in 0..1, kernel=2" });
