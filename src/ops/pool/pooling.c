/* pooling.c - see pooling.h.

   Promises: lengths as PyTorch 1.13: floor, or with ceil_mode rounded up, but no window that would begin behind the
   image and the padding in front. Does not do: ceil_mode over a named size, where that last rule decides. */
#include "pooling.h"

static void pooling_axes(nrv__pooling *p, nrv_tensor x, int64_t axes, int kernels)
{
    int64_t all = x ? x->rank - 2 : 0;
    p->w.axes = axes ? axes : kernels > 1 ? kernels : all;
    p->alone = p->w.axes == all + 1;
}

nrv__pooling nrv__pooling_of(const nrv__case *c)
{
    int64_t list[3] = { 0 };
    nrv__pooling p = { .ceil_mode = nrv__case_int(c, "ceil_mode", 0),
                       .leave_pad_out = nrv__case_int(c, "leave_pad_out", !nrv__case_int(c, "count_include_pad", 1)),
                       .divisor = nrv__case_int(c, "divisor_override", 0) };
    pooling_axes(&p, c->x[0], nrv__case_int(c, "axes", 0), nrv__case_ints(c, "kernel", 3, list));
    p.w = nrv__window_of(c, p.w.axes);
    if (!nrv__case_text(c, "stride"))
        for (int i = 0; i < 3; i++)
            p.w.stride[i] = p.w.kernel[i];
    return p;
}

nrv__pooling nrv__pooling_opt(nrv_tensor x, const nrv_pool_opt *opt)
{
    nrv_pool_opt o = opt ? *opt : (nrv_pool_opt){ 0 };
    nrv__pooling p = { .ceil_mode = o.ceil_mode, .leave_pad_out = o.leave_pad_out, .divisor = o.divisor };
    pooling_axes(&p, x, o.axes, 0);
    p.w.groups = 1;
    for (int i = 0; i < p.w.axes && i < 3; i++) {
        p.w.kernel[i] = o.kernels[i] ? o.kernels[i] : o.kernel;
        p.w.stride[i] = o.strides[i] ? o.strides[i] : o.stride ? o.stride : p.w.kernel[i];
        p.w.pad[i] = o.pads[i] ? o.pads[i] : o.pad;
        p.w.dilation[i] = o.dilations[i] ? o.dilations[i] : o.dilation ? o.dilation : 1;
    }
    return p;
}

/* what is wanted behind axis i, so that the last window fits; -1: the error is set */
static int64_t pooling_behind(const nrv__opdef *op, nrv_tensor x, const nrv__pooling *p, int i)
{
    const nrv__window_attr *a = &p->w;
    int64_t reach = a->dilation[i] * (a->kernel[i] - 1) + 1, n = x->dim[2 + i], s = a->stride[i];
    if (n < 0 && a->pad[i] + s <= reach)
        return s - 1; /* no window can begin behind the image: rounding down with that much more is rounding up */
    if (n < 0)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "a number instead of the name, or no ceil_mode",
                               "ceil_mode over axis %d, whose length is not known yet", 2 + i) != NULL
                   ? 0
                   : -1;
    if (nrv__dim_mul(x->g, n, 2) == -1) /* a length that leaves no room for the sums below */
        return -1;
    int64_t spare = n + 2 * a->pad[i] - reach, steps = spare + s - 1 < 0 ? -1 : (spare + s - 1) / s;
    if (steps >= 0 && steps * s >= n + a->pad[i])
        steps--;
    return steps >= 0 && steps * s > spare ? steps * s - spare : 0;
}

nrv_tensor nrv__pooling_open(const nrv__opdef *op, nrv_tensor x, nrv__pooling *p, double value)
{
    if (!nrv__op_wants_real(op, 1, &x))
        return NULL;
    if (p->w.axes < 1 || p->w.axes > 3 || (x->rank != 2 + p->w.axes && !p->alone))
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "(B,C) or (C) and then one to three axes, as (B,C,H,W)",
                               "rank %d for windows over %lld axes", x->rank, (long long)p->w.axes);
    if (!nrv__window_check(x->g, &p->w, op->name))
        return NULL;
    for (int i = 0; i < p->w.axes; i++)
        if (p->w.pad[i] * 2 > p->w.kernel[i])
            return nrv__op_refuses(op, 1, &x, NRV_EARG, "pad by at most half the kernel",
                                   "a window of %lld could lie in a padding of %lld alone", (long long)p->w.kernel[i],
                                   (long long)p->w.pad[i]);
    x = p->alone ? nrv_expand(x, 0, 1) : x;
    for (int i = 0; i < p->w.axes && x; i++) {
        int64_t behind = p->ceil_mode ? pooling_behind(op, x, p, i) : 0;
        if (behind < 0)
            return NULL;
        p->room[i] = nrv__dim_add(x->g, x->dim[2 + i], 2 * p->w.pad[i]);
        x = nrv_pad(x, 2 + i, 0, behind, value);
    }
    return x && nrv__window_fits(x, &p->w, op->name) ? x : NULL;
}

nrv_tensor nrv__pooling_close(const nrv__pooling *p, nrv_tensor y)
{
    return p->alone ? nrv__first(y) : y;
}

/* ---- adaptive: run i of o over n elements is floor(i n/o) .. ceil((i+1) n/o) ---- */
nrv_tensor nrv__pooling_runs(const nrv__opdef *op, nrv_tensor x, int axis, int64_t o, nrv_tensor *ragged)
{
    char have[24];
    nrv_dim each, n = x->dim[axis];
    *ragged = NULL;
    if (o < 1 || o > 1 << 24 || n == 0)
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "from 1 on, of at least one element",
                               "%lld runs of a length of %s along axis %d", (long long)o, nrv__dim_text(x->g, n, have),
                               axis);
    nrv_shape s = nrv_shape_of(x);
    if (nrv__dim_divides(x->g, n, o, &each)) {
        for (int i = s.rank++; i > axis; i--)
            s.dim[i] = s.dim[i - 1];
        s.dim[axis] = o, s.dim[axis + 1] = each;
        return nrv_reshape(x, s);
    }
    int64_t most = n < 0 || n > INT32_MAX ? 0 : (n + o - 1) / o + (n % o != 0), size = o * most;
    if (!most || size > INT32_MAX)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "a number instead of the name, or lengths that divide it",
                               "axis %d does not fall into %lld equal runs", axis, (long long)o);
    size_t bytes = (size_t)size * (sizeof(int32_t) + 1);
    int32_t *at = nrv__alloc(&x->g->mem, NULL, 0, bytes);
    if (!at)
        return nrv__graph_fail(x->g, NRV_ENOMEM, NULL, "%s: no memory", op->name), NULL;
    uint8_t *counts = (uint8_t *)(at + size);
    for (int64_t i = 0; i < size; i++) {
        int64_t run = i / most, begin = run * n / o, end = ((run + 1) * n + o - 1) / o, k = begin + i % most;
        at[i] = (int32_t)(k < end ? k : end - 1);
        counts[i] = k < end;
    }
    nrv_tensor index = nrv_constant(x->g, NRV_I32, NRV_SHAPE(o, most), at);
    *ragged = nrv_constant(x->g, NRV_BOOL, NRV_SHAPE(o, most), counts);
    nrv__alloc(&x->g->mem, at, bytes, 0);
    return nrv_gather(x, index, axis);
}

nrv_tensor nrv__pooling_places(nrv_tensor x, int axes)
{
    nrv_shape s = { axes, { 0 } };
    for (int i = 0; i < axes; i++)
        s.dim[i] = x->dim[x->rank - axes + i];
    return nrv_reshape(nrv_iota(x->g, NRV_I64, nrv__dim_product(x->g, axes, s.dim)), s);
}

nrv_tensor nrv__pooling_most(nrv_tensor x, int axis, nrv_tensor *where)
{
    if (!x || !where || !*where)
        return nrv_max_of(x, axis, 0);
    int order[NRV__MAX_RANK], n = 0;
    for (int i = 0; i < x->rank; i++)
        if (i != axis)
            order[n++] = i;
    order[n] = axis;
    *where = nrv_take(nrv_permute(*where, x->rank, order), nrv_argmax(x, axis));
    return nrv_max_of(x, axis, 0);
}
