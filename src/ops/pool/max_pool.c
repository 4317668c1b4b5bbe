/* max_pool - the largest of each window, and its gradient.

   Padding never wins; a NaN always does; of equals the first in row-major order takes the gradient, as in PyTorch. */
#include "pooling.h"
#include <math.h>

extern const nrv__opdef nrv__op_max_pool_with, nrv__op_max_pool_with_indices;

static nrv__window_attr max_pool_unpadded(const nrv__window_attr *a)
{
    nrv__window_attr b = *a;
    for (int i = 0; i < 3; i++)
        b.pad[i] = 0;
    return b;
}

/* (B,C,S...) -> (B,C,O...,K): the windows, each as one row, padded with value */
static nrv_tensor max_pool_rows(nrv_tensor x, const nrv__window_attr *a, double value)
{
    nrv__window_attr flat = max_pool_unpadded(a);
    for (int i = 0; i < a->axes; i++)
        x = nrv_pad(x, 2 + i, a->pad[i], a->pad[i], value);
    nrv_tensor w = nrv__window(x, &flat);
    if (!w)
        return NULL;
    nrv_shape s = nrv_shape_of(w);
    s.rank = (int)(3 + a->axes);
    s.dim[2 + a->axes] = nrv__dim_product(x->g, (int)a->axes, w->dim + 2 + a->axes);
    return nrv_reshape(w, s);
}

/* true at the winner of each row */
static nrv_tensor max_pool_winner(nrv_tensor x, const nrv__window_attr *a)
{
    nrv_tensor rows = max_pool_rows(x, a, -INFINITY);
    if (!rows)
        return NULL;
    nrv_tensor best = nrv_argmax(rows, -1);
    return nrv_equal(nrv_iota(x->g, NRV_I32, rows->dim[rows->rank - 1]), nrv_expand(best, -1, 1));
}

static nrv_tensor max_pool_dx(nrv_tensor x, nrv_tensor dy, const nrv__window_attr *a);

static void max_pool_vjp(nrv_vjp *v)
{
    v->dx[0] = max_pool_dx(v->x[0], v->dy, v->attr);
}

static void max_pool_dx_vjp(nrv_vjp *v) /* linear in dy; piecewise constant in x */
{
    nrv_tensor picked =
        nrv_select(max_pool_winner(v->x[0], v->attr), max_pool_rows(v->dy, v->attr, 0), nrv__like(v->dy, 0));
    v->dx[1] = nrv_sum(picked, -1, 0);
}

static nrv_tensor max_pool_of(nrv_tensor x, nrv__pooling *p, nrv_tensor *where);

static nrv_tensor max_pool_make(nrv__case *c)
{
    nrv__window_attr a = nrv__window_of(c, c->x[0]->rank - 2);
    if (!nrv__case_text(c, "stride"))
        for (int i = 0; i < 3; i++)
            a.stride[i] = a.kernel[i];
    return nrv__max_pool(c->x[0], &a);
}

static nrv_tensor max_pool_with_make(nrv__case *c)
{
    NRV_CALLED(&nrv__op_max_pool_with, c->x[0]);
    nrv__pooling p = nrv__pooling_of(c);
    bool both = nrv__case_int(c, "return_indices", 0) != 0;
    nrv_tensor where = NULL, y = max_pool_of(c->x[0], &p, both ? &where : NULL);
    if (both)
        c->also[c->n_also++] = where;
    return y;
}

static nrv_tensor max_pool_with_indices_make(nrv__case *c)
{
    NRV_CALLED(&nrv__op_max_pool_with_indices, c->x[0]);
    nrv__pooling p = nrv__pooling_of(c);
    c->n_also = 1;
    return max_pool_of(c->x[0], &p, &c->also[0]);
}

static nrv_tensor max_pool_dx_make(nrv__case *c)
{
    nrv__window_attr a = nrv__window_of(c, c->x[0]->rank - 2);
    return max_pool_dx(c->x[0], c->x[1], &a);
}

static nrv_tensor max_pool_batch(const nrv__batch *b)
{
    return nrv__batch_parted(b, nrv__max_pool(nrv__batch_merged(b, 0), b->y->attr));
}

static nrv_tensor max_pool_dx_batch(const nrv__batch *b)
{
    nrv_tensor x = nrv__batch_merged(b, 0), dy = nrv__batch_merged(b, 1);
    return nrv__batch_parted(b, max_pool_dx(x, dy, b->y->attr));
}

NRV_OP(max_pool, .batch = max_pool_batch, .sig = "real x[B,C,S...] -> y[B,C,O...]",
       .doc = "The largest of each window; padding never wins, a NaN always does.", .vjp = max_pool_vjp,
       .make = max_pool_make, .attr_bytes = sizeof(nrv__window_attr),
       .refuse = { "x[2,3,4,4], kernel=0 => max_pool: kernel 0, stride 0, padding 0, dilation 1 | in here | "
                   "hint kernel, stride and dilation are at least 1, padding at least 0",
                   "x[2,3,4,4], kernel=3, pad=2 => max_pool: a window of 3 could lie in a padding of 2 alone "
                   "| in here | hint pad by at most half the kernel" },
       .test = { "x[2,3,6,8], kernel=2", "x[2,2,7,7], kernel=3, stride=2, pad=1", "x[1,2,9], kernel=2",
                 "x[0,1,4,4], kernel=2", "x[2,2,5,5], kernel=2, stride=1", "x[1,2,4,5,3], kernel=2, stride=1" });
NRV_OP(max_pool_with, .sig = "real x[B,C,S...] -> y[B,C,O...]",
       .doc = "The largest of each window, over 1 to 3 axes, with padding, dilation and lengths rounded up; padding "
              "never wins, a NaN always does, the first of equals gets the gradient.",
       .flags = NRV_MACRO, .make = max_pool_with_make,
       .torch = "max_pool1d max_pool2d max_pool3d nn.functional.max_pool1d nn.functional.max_pool2d "
                "nn.functional.max_pool3d nn.MaxPool1d nn.MaxPool2d nn.MaxPool3d",
       .onnx = "MaxPool", .also = "max1d max2d max3d",
       .refuse = { "x[2,3], kernel=2 => max_pool_with: rank 2 for windows over 0 axes | in here | input 0: input f32 "
                   "[2, 3] x | hint (B,C) or (C) and then one to three axes, as (B,C,H,W)",
                   "x[2,3,4,4], kernel=0 => max_pool: kernel 0, stride 0, padding 0, dilation 1 | in here | "
                   "hint kernel, stride and dilation are at least 1, padding at least 0",
                   "x[2,3,4,4], kernel=3, pad=2 => max_pool_with: a window of 3 could lie in a padding of 2 alone | in "
                   "here | input 0: input f32 [2, 3, 4, 4] x | hint pad by at most half the kernel",
                   "x[2,3,4], kernel=3, dilation=2 => max_pool: a window of 5 does not fit into a length of 4 "
                   "(padding included) | in here | hint a smaller kernel, or padding" },
       .test = { "x[2,3,6,8], kernel=2", "x[1,2,7,8], kernel=3 2, stride=2 3, ceil_mode=true, pad=1",
                 "x[2,5,6], kernel=2x3, dilation=2x1", "x[1,2,8], kernel=3, stride=3, ceil_mode=1",
                 "x[1,2,4,5,3], kernel=2, return_indices=1", "x[0,1,4], kernel=2" });
NRV_OP(
    max_pool_with_indices, .sig = "real x[B,C,S...] -> y[B,C,O...], i64 index[B,C,O...]",
    .doc = "As max_pool_with, and where in its channel each winner stood, counted in row-major order.",
    .flags = NRV_MACRO, .make = max_pool_with_indices_make,
    .torch = "max_pool1d_with_indices nn.functional.max_pool1d_with_indices nn.functional.max_pool2d_with_indices "
             "nn.functional.max_pool3d_with_indices",
    .refuse = { "x[2,3], kernel=2 => max_pool_with_indices: rank 2 for windows over 0 axes | in here | input 0: input "
                "f32 [2, 3] x | hint (B,C) or (C) and then one to three axes, as (B,C,H,W)",
                "x[2,3,4,4], kernel=3, pad=2 => max_pool_with_indices: a window of 3 could lie in a padding of 2 "
                "alone | in here | input 0: input f32 [2, 3, 4, 4] x | hint pad by at most half the kernel" },
    .test = { "x[2,3,6,8], kernel=2", "x[2,5,6], kernel=2x3, dilation=2x1", "x[1,2,4,5,3], kernel=2" });
NRV_OP(max_pool_dx, .batch = max_pool_dx_batch, .sig = "real x[B,C,S...], real dy[B,C,O...] -> dx[B,C,S...]",
       .doc = "Gradient of max_pool by its image: dy goes to the first winner of each window.", .vjp = max_pool_dx_vjp,
       .make = max_pool_dx_make, .attr_bytes = sizeof(nrv__window_attr),
       .refuse = { "x[2,3,6,8], dy[2,3,3], kernel=2, stride=2 => max_pool_dx: ranks 4 and 3 | in here | hint "
                   "dy has the shape of max_pool(x)",
                   "x[2,3,6,8], dy[2,3,3,4], kernel=0 => max_pool_dx: kernel 0, stride 1, padding 0, dilation "
                   "1 | in here | hint kernel, stride and dilation are at least 1, padding at least 0" },
       .test = { "x[2,3,6,8], dy[2,3,3,4], kernel=2, stride=2", "x[2,2,7,7], dy[2,2,4,4], kernel=3, stride=2, pad=1" });

nrv_tensor nrv__max_pool(nrv_tensor x, const nrv__window_attr *a)
{
    if (!x || x->g->why.status || !nrv__window_check(x->g, a, "max_pool"))
        return NULL;
    for (int i = 0; i < a->axes; i++)
        if (a->pad[i] * 2 > a->kernel[i])
            return nrv__graph_fail(x->g, NRV_EARG, "pad by at most half the kernel",
                                   "max_pool: a window of %lld could lie in a padding of %lld alone",
                                   (long long)a->kernel[i], (long long)a->pad[i]),
                   NULL;
    nrv_tensor rows = max_pool_rows(x, a, -INFINITY), body = nrv_max_of(rows, -1, 0);
    return body ? nrv__composite(&nrv__op_max_pool, NRV_N(const nrv_tensor, x), a, 1, &body) : NULL;
}

static nrv_tensor max_pool_dx(nrv_tensor x, nrv_tensor dy, const nrv__window_attr *a)
{
    if (!x || !dy || x->g->why.status || !nrv__window_check(x->g, a, "max_pool_dx"))
        return NULL;
    if (dy->rank != x->rank)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "dy has the shape of max_pool(x)", "max_pool_dx: ranks %d and %d",
                               x->rank, dy->rank),
               NULL;
    nrv_tensor winner = max_pool_winner(x, a);
    if (!winner)
        return NULL;
    nrv__window_attr flat = max_pool_unpadded(a);
    nrv_tensor d = nrv_select(winner, nrv_expand(dy, -1, 1), nrv__like(dy, 0));
    nrv_shape windows = nrv_shape_of(dy);
    windows.rank = (int)(2 + 2 * a->axes);
    nrv_dim padded[3];
    for (int i = 0; i < a->axes; i++) {
        windows.dim[2 + a->axes + i] = a->kernel[i];
        padded[i] = nrv__dim_add(x->g, x->dim[2 + i], 2 * a->pad[i]);
    }
    d = nrv__overlap_add(nrv_reshape(d, windows), &flat, padded);
    for (int i = 0; i < a->axes; i++)
        d = nrv_slice(d, 2 + i, a->pad[i], x->dim[2 + i]);
    return d ? nrv__composite(&nrv__op_max_pool_dx, NRV_N(const nrv_tensor, x, dy), a, 1, &d) : NULL;
}

/* where the winner of each window of x stands among its plane's elements, (B,C,O...) of i64 */
static nrv_tensor max_pool_where(nrv_tensor x, nrv_tensor padded, const nrv__window_attr *a)
{
    nrv_tensor rows = max_pool_rows(padded, a, -INFINITY), places = nrv__pooling_places(x, (int)a->axes);
    places = nrv_cast(places, NRV_F64); /* windows are of real types; a double holds every number of an element */
    for (int i = 0; i < 2; i++)
        places = nrv_expand(places, 0, 1);
    for (int i = 0; i < a->axes && places; i++)
        places = nrv_pad(places, 2 + i, 0, nrv__dim_sub(x->g, padded->dim[2 + i], x->dim[x->rank - a->axes + i]), 0);
    places = places ? max_pool_rows(places, a, 0) : NULL;
    if (!rows || !places)
        return NULL;
    return nrv_cast(nrv_take(nrv_broadcast(places, nrv_shape_of(rows)), nrv_argmax(rows, -1)), NRV_I64);
}

static nrv_tensor max_pool_of(nrv_tensor x, nrv__pooling *p, nrv_tensor *where)
{
    nrv_tensor padded = nrv__pooling_open(&nrv__op_max_pool, x, p, -INFINITY);
    nrv__window_attr wide = p->w.axes == 1 ? nrv__window_wide(&p->w) : p->w;
    nrv_tensor y = padded && p->w.axes == 1 ? nrv__window_line(nrv__max_pool(nrv__window_flat(padded), &wide))
                                            : nrv__max_pool(padded, &wide);
    if (where)
        *where = y ? nrv__pooling_close(p, max_pool_where(x, padded, &p->w)) : NULL;
    return nrv__pooling_close(p, y);
}

/* The largest of each window of x (B,C,S...), and, unless where is NULL, where it stands: i64 (B,C,O...), its number
   among the elements of its channel, as nrv_max_unpool wants. */
NRV_API nrv_tensor nrv_max_pool_with(nrv_tensor x, const nrv_pool_opt *opt, nrv_tensor *where)
{
    NRV_CALLED(&nrv__op_max_pool_with, x);
    nrv__pooling p = nrv__pooling_opt(x, opt);
    return max_pool_of(x, &p, where);
}

/* The largest of each k x k window of (B,C,H,W), or of k elements of (B,C,L)...; stride 0 means k. */
NRV_API nrv_tensor nrv_max_pool(nrv_tensor x, int k, int stride)
{
    NRV_CALLED(&nrv__op_max_pool, x);
    return nrv_max_pool_with(x, &(nrv_pool_opt){ .kernel = k, .stride = stride }, NULL);
}
