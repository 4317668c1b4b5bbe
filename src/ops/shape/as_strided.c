/* as_strided - y[i, j...] = x[offset + i stride0 + j stride1 + ...], x counted in row-major order.

   A gather with indexes that are written down: nothing is laid out anew, and overlapping places add up in the gradient.
   Does not do: share memory, as PyTorch's does; what x is laid out as does not matter. */
#include "../op.h"

extern const nrv__opdef nrv__op_as_strided;

static nrv_tensor as_strided_make(nrv__case *c)
{
    nrv_shape s = { 0, { 0 } };
    int64_t stride[NRV__MAX_RANK] = { 0 };
    s.rank = nrv__case_ints(c, "size", NRV__MAX_RANK, s.dim);
    const int n = nrv__case_ints(c, "stride", NRV__MAX_RANK, stride);
    return nrv_as_strided(c->x[0], s, n, stride, nrv__case_int(c, "storage_offset", nrv__case_int(c, "offset", 0)));
}

NRV_OP(as_strided, .sig = "any x[...] -> y[...]",
       .doc =
           "Elements of x, counted in row-major order, at steps of their own along every axis of the result, from an "
           "offset on. Places may be met several times; their gradients add up.",
       .flags = NRV_MACRO, .make = as_strided_make, .torch = "as_strided", .numpy = "lib.stride_tricks.as_strided",
       .refuse = { "x[3,2], size=2x3, stride=1 => as_strided: 2 lengths and 1 steps | in here | input 0: input f32 [3, "
                   "2] x | hint a step for each axis of the result",
                   "x[3,2], size=2x3, stride=2x2 => as_strided: places 0 to 6 of 6 elements | in here | input 0: input "
                   "f32 [3, 2] x | hint what is read lies inside x, counted in row-major order from 0",
                   "x[4], size=2, stride=-1 => as_strided: places -1 to 0 of 4 elements | in here | input 0: input f32 "
                   "[4] x | hint what is read lies inside x, counted in row-major order from 0" },
       .test = { "x[3,4], size=2x3, stride=1x2, offset=1", "x[9], size=3x3, stride=2x1",
                 "x[5], size=2, stride=-1, offset=3", "x:i32[2,3], size=2x2x2, stride=0x1x3", "x[], size=3, stride=0",
                 "x[4], size=0x2, stride=1x1" });

/* false: the places do not fit into an int64_t */
static bool as_strided_reach(nrv_shape size, const int64_t *stride, int64_t offset, int64_t *least, int64_t *most)
{
    *least = *most = offset;
    for (int i = 0; i < size.rank; i++) {
        int64_t far;
        if (size.dim[i] < 1)
            continue;
        if (!nrv__mul(size.dim[i] - 1, stride[i] < 0 ? -stride[i] : stride[i], &far))
            return false;
        if (!(stride[i] < 0 ? nrv__add(*least, -far, least) : nrv__add(*most, far, most)))
            return false;
    }
    return true;
}

/* x (...) -> y of that size, of constant lengths: y[i, j...] = x[offset + i stride[0] + j stride[1]...], x counted in
   row-major order; n is how many steps there are, one for each axis. Each is an index of its own: it costs what a
   gather costs. */
NRV_API nrv_tensor nrv_as_strided(nrv_tensor x, nrv_shape size, int n, const int64_t *stride, int64_t offset)
{
    NRV_CALLED(&nrv__op_as_strided, x);
    const nrv__opdef *op = &nrv__op_as_strided;
    int64_t least, most, all = 1, count = 1;
    if (!nrv__op_wants(op, 1, &x))
        return NULL;
    if (n != size.rank || n < 0 || n > NRV__MAX_RANK || (n && !stride))
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "a step for each axis of the result", "%d lengths and %d steps",
                               size.rank, n);
    bool sound = true;
    for (int i = 0; sound && i < n; i++)
        sound = size.dim[i] >= 0 && size.dim[i] <= INT32_MAX && stride[i] > -INT64_MAX &&
                nrv__mul(count, size.dim[i], &count);
    for (int i = 0; sound && i < x->rank; i++)
        sound = x->dim[i] >= 0 && nrv__mul(all, x->dim[i], &all);
    if (!sound || !as_strided_reach(size, stride, offset, &least, &most))
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "constant lengths, and places that an int64_t can count",
                               "lengths or steps that are not known, or too large");
    if (count && (least < 0 || most >= all))
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "what is read lies inside x, counted in row-major order from 0",
                               "places %lld to %lld of %lld elements", (long long)least, (long long)most,
                               (long long)all);
    if (!count)
        return nrv_fill(x->g, x->type, size, 0);
    nrv_tensor flat = nrv_reshape(x, NRV_SHAPE(all)), at = nrv_fill(x->g, NRV_I64, NRV_SCALAR, (double)offset);
    for (int i = 0; i < n; i++) {
        nrv_tensor line = nrv__line(nrv_iota(x->g, NRV_I64, size.dim[i]), n, i);
        at = nrv_add(at, nrv_mul(line, nrv_fill(x->g, NRV_I64, NRV_SCALAR, (double)stride[i])));
    }
    return nrv_gather(flat, at, 0);
}
