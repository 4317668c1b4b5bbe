/* unfold - every window of an image as a column, and fold - the transpose: columns added into an image, as PyTorch's.

   unfold: x (B,C,S...) -> (B, C * taps, places), both counted in row-major order.   fold sums what overlaps. */
#include "pooling.h"

extern const nrv__opdef nrv__op_unfold, nrv__op_fold;

/* (B,C,a...,b...) -> (B,C,b...,a...) */
static nrv_tensor unfold_swap(nrv_tensor x, int axes)
{
    int order[8] = { 0, 1 };
    for (int i = 0; i < axes; i++) {
        order[2 + i] = 2 + axes + i;
        order[2 + axes + i] = 2 + i;
    }
    return nrv_permute(x, 2 + 2 * axes, order);
}

static nrv_tensor unfold_of(nrv_tensor x, const nrv__pooling *p)
{
    const nrv__opdef *op = &nrv__op_unfold;
    int axes = (int)p->w.axes;
    if (!nrv__op_wants_real(op, 1, &x))
        return NULL;
    if (axes < 1 || axes > 3 || (x->rank != 2 + axes && !p->alone))
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "(B,C) or (C) and then one to three axes, as (B,C,H,W)",
                               "rank %d for windows over %d axes", x->rank, axes);
    if (!nrv__window_check(x->g, &p->w, op->name) || !nrv__window_fits(x, &p->w, op->name))
        return NULL;
    nrv_tensor w = nrv__window(p->alone ? nrv_expand(x, 0, 1) : x, &p->w);
    if (!w)
        return NULL;
    nrv_dim rows = nrv__dim_mul(x->g, w->dim[1], nrv__dim_product(x->g, axes, p->w.kernel));
    nrv_tensor y =
        nrv_reshape(unfold_swap(w, axes), NRV_SHAPE(w->dim[0], rows, nrv__dim_product(x->g, axes, w->dim + 2)));
    return p->alone ? nrv__first(y) : y;
}

/* x (B, C * taps, places) */
static nrv_tensor fold_parts(nrv_tensor x, const nrv__window_attr *a, const nrv_dim *to)
{
    int axes = (int)a->axes;
    nrv_dim taps = nrv__dim_product(x->g, axes, a->kernel), channels, d, places = 1;
    nrv_shape s = { 2 + 2 * axes, { x->dim[0] } };
    for (int i = 0; i < axes; i++) {
        s.dim[2 + i] = a->kernel[i];
        s.dim[2 + axes + i] = nrv__window_length(x->g, a, i, to[i], "fold");
        places = nrv__dim_mul(x->g, places, s.dim[2 + axes + i]);
    }
    char rows[24], columns[24], want[24];
    if (taps < 1 || !nrv__dim_divides(x->g, x->dim[1], taps, &channels) || x->g->why.status ||
        !nrv__dim_same(x->g, x->dim[2], places, "fold", &d))
        return nrv__op_refuses(&nrv__op_fold, 1, &x, NRV_ESHAPE, "(B, C * taps, places), as unfold gives",
                               "%s rows and %s columns for windows of %lld at %s places",
                               nrv__dim_text(x->g, x->dim[1], rows), nrv__dim_text(x->g, x->dim[2], columns),
                               (long long)taps, nrv__dim_text(x->g, places, want));
    s.dim[1] = channels;
    return unfold_swap(nrv_reshape(x, s), axes);
}

static nrv_tensor fold_of(nrv_tensor x, const nrv__pooling *p, const nrv_dim *to)
{
    const nrv__opdef *op = &nrv__op_fold;
    if (!nrv__op_wants_real(op, 1, &x))
        return NULL;
    if (p->w.axes < 1 || p->w.axes > 3 || x->rank < 2 || x->rank > 3 || !to)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "(B, C * taps, places) or (C * taps, places); one to three axes",
                               "rank %d for windows over %lld axes%s", x->rank, (long long)p->w.axes,
                               to ? "" : ", lengths at NULL");
    if (!nrv__window_check(x->g, &p->w, op->name))
        return NULL;
    nrv_tensor parts = fold_parts(x->rank == 2 ? nrv_expand(x, 0, 1) : x, &p->w, to);
    nrv_tensor y = parts ? nrv__overlap_add(parts, &p->w, to) : NULL;
    return x->rank == 2 ? nrv__first(y) : y;
}

static nrv__pooling unfold_numbers(const nrv__case *c)
{
    nrv__pooling p = nrv__pooling_of(c);
    p.w = nrv__window_of(c, p.w.axes); /* without a stride every place, not side by side */
    return p;
}

static nrv_tensor unfold_make(nrv__case *c)
{
    nrv__pooling p = unfold_numbers(c);
    return unfold_of(c->x[0], &p);
}

static nrv_tensor fold_make(nrv__case *c)
{
    nrv_dim to[3] = { 0 };
    int n = nrv__case_ints(c, "output", 3, to);
    nrv__pooling p = { .w = nrv__window_of(c, nrv__case_int(c, "axes", n)) };
    for (int i = 1; i < 3 && n == 1; i++)
        to[i] = to[0];
    return fold_of(c->x[0], &p, to);
}

NRV_OP(unfold, .sig = "real x[B,C,S...] -> y[B,R,L]",
       .doc = "Every window as a column: R counts the channels and the places in a window, L the windows.",
       .flags = NRV_MACRO, .make = unfold_make, .torch = "nn.functional.unfold nn.Unfold", .also = "im2col",
       .refuse = { "x[2,3,4,4], kernel=5 => unfold: a window of 5 does not fit into a length of 4 (padding "
                   "included) | in here | hint a smaller kernel, or padding",
                   "x[2,3], kernel=2 => unfold: rank 2 for windows over 0 axes | in here | input 0: input f32 "
                   "[2, 3] x | hint (B,C) or (C) and then one to three axes, as (B,C,H,W)" },
       .test = { "x[2,3,5,6], kernel=2", "x[1,2,6,6], kernel=3, stride=2, pad=1", "x[1,2,7,7], kernel=2, dilation=2",
                 "x[3,5,4], kernel=3x2", "x[2,2,7], kernel=3, stride=2", "x[1,1,3,4,3], kernel=2",
                 "x[0,2,4,4], kernel=2" });
NRV_OP(fold, .sig = "real x[B,R,L] -> y[B,C,S...]",
       .doc = "Columns added into an image, each at its window's place: the transpose of unfold.", .flags = NRV_MACRO,
       .make = fold_make, .torch = "nn.functional.fold nn.Fold", .onnx = "Col2Im", .also = "col2im",
       .refuse = { "x[2,12,19], output=5 6, kernel=2 => fold: 12 rows and 19 columns for windows of 4 at 20 "
                   "places | in here | input 0: input f32 [2, 12, 19] x | hint (B, C * taps, places), as "
                   "unfold gives",
                   "x[2,10,20], output=5 6, kernel=2 => fold: 10 rows and 20 columns for windows of 4 at 20 "
                   "places | in here | input 0: input f32 [2, 10, 20] x | hint (B, C * taps, places), as "
                   "unfold gives",
                   "x[2], output=5 6, kernel=2 => fold: rank 1 for windows over 2 axes | in here | input 0: "
                   "input f32 [2] x | hint (B, C * taps, places) or (C * taps, places); one to three axes" },
       .test = { "x[2,12,20], output=5 6, kernel=2", "x[1,18,9], output=6 6, kernel=3, stride=2, pad=1",
                 "x[1,8,25], output=7 7, kernel=2, dilation=2", "x[4,6], output=7, kernel=2",
                 "x[0,4,9], output=4 4, kernel=2" });

/* x (B,C,S...) or, with opt->axes, (C,S...) -> (B, C * taps, places): every window as a column; stride 1 unless opt
   says another. */
NRV_API nrv_tensor nrv_unfold(nrv_tensor x, const nrv_pool_opt *opt)
{
    nrv_pool_opt o = opt ? *opt : (nrv_pool_opt){ 0 };
    o.stride = o.stride ? o.stride : 1;
    nrv__pooling p = nrv__pooling_opt(x, &o);
    return unfold_of(x, &p);
}

/* x (B, C * taps, places) or without B -> (B,C,to...): columns added into an image of these lengths, as many as
   opt->axes says, two if it says nothing; what overlaps is summed. */
NRV_API nrv_tensor nrv_fold(nrv_tensor x, const nrv_dim *to, const nrv_pool_opt *opt)
{
    nrv_pool_opt o = opt ? *opt : (nrv_pool_opt){ 0 };
    o.stride = o.stride ? o.stride : 1;
    o.axes = o.axes ? o.axes : 2;
    nrv__pooling p = nrv__pooling_opt(NULL, &o);
    return fold_of(x, &p, to);
}
