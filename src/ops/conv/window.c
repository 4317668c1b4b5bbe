/* window - every window of an image laid out, and overlap_add - its transpose. Convolution and pooling are made of
   them; nrv_unfold and nrv_fold are their PyTorch faces.

   window: y[b,c,o...,k...] = x[b,c,o*stride + k*dilation - pad...], zero outside.   dx = overlap_add(dy) d(overlap_add)
   = window */
#include "windows.h"
#include <string.h>

static bool window_shape(nrv__infer *s)
{
    const nrv__window_attr *a = s->attr;
    nrv_tensor x = s->in[0];
    if (!nrv__infer_real(s, 0) || !nrv__window_check(s->g, a, "window"))
        return false;
    if (x->rank != 2 + a->axes)
        return nrv__infer_fail(s, NRV_ESHAPE, "(B, C, then the axes it slides over)",
                               "rank %d for windows over %d axes", x->rank, (int)a->axes);
    s->rank = (int)(2 + 2 * a->axes);
    for (int i = 0; i < 2; i++)
        s->dim[i] = x->dim[i];
    for (int i = 0; i < a->axes; i++) {
        s->dim[2 + i] = nrv__window_length(s->g, a, i, x->dim[2 + i], "window");
        s->dim[2 + a->axes + i] = a->kernel[i];
    }
    return !s->g->why.status;
}

static bool window_fold_shape(nrv__infer *s)
{
    const nrv__window_attr *a = s->attr;
    nrv_tensor y = s->in[0];
    if (!nrv__infer_real(s, 0))
        return false;
    if (y->rank != 2 + 2 * a->axes)
        return nrv__infer_fail(s, NRV_ESHAPE, "(B, C, places, taps), as window gives",
                               "rank %d for windows over %d axes", y->rank, (int)a->axes);
    s->rank = (int)(2 + a->axes);
    for (int i = 0; i < 2; i++)
        s->dim[i] = y->dim[i];
    for (int i = 0; i < a->axes; i++) {
        nrv_dim d;
        s->dim[2 + i] = s->size[i];
        if (!nrv__dim_same(s->g, nrv__window_length(s->g, a, i, s->size[i], "overlap_add"), y->dim[2 + i],
                           "overlap_add", &d))
            return nrv__infer_fail(s, NRV_ESHAPE, "the windows must be those of the given lengths",
                                   "axis %d does not fit", i);
    }
    return !s->g->why.status;
}

/* visits every element of the windows' tensor: into = 1 reads the image, into = 0 adds to it */
static void window_walk(const nrv__window_attr *a, const int64_t *image, const int64_t *out, int64_t planes, double *x,
                        double *y, bool into)
{
    int64_t n[6] = { 1, 1, 1, 1, 1, 1 }, size[3] = { 1, 1, 1 }, stride[3] = { 1, 1, 1 }, pad[3] = { 0 },
            gap[3] = { 1, 1, 1 };
    for (int i = 0; i < a->axes; i++) {
        int k = (int)(3 - a->axes + i);
        n[k] = out[i], n[3 + k] = a->kernel[i];
        size[k] = image[i], stride[k] = a->stride[i], pad[k] = a->pad[i], gap[k] = a->dilation[i];
    }
    int64_t at[6] = { 0 }, count = planes * n[0] * n[1] * n[2] * n[3] * n[4] * n[5], plane = 0;
    for (int64_t i = 0; i < count; i++) {
        int64_t where = plane;
        bool inside = true;
        for (int k = 0; k < 3; k++) {
            int64_t c = at[k] * stride[k] + at[3 + k] * gap[k] - pad[k];
            inside = inside && c >= 0 && c < size[k];
            where = where * size[k] + c;
        }
        if (into)
            y[i] = inside ? x[where] : 0;
        else if (inside)
            x[where] += y[i];
        int k = 5;
        for (; k >= 0 && ++at[k] == n[k]; k--)
            at[k] = 0;
        plane += k < 0;
    }
}

static void window_ref(const nrv__args *a)
{
    if (a->n)
        window_walk(a->attr, a->in[0].dim + 2, a->out[0].dim + 2, a->in[0].dim[0] * a->in[0].dim[1], a->in[0].data,
                    a->out[0].data, true);
}

static void window_fold_ref(const nrv__args *a)
{
    if (!a->n)
        return;
    memset(a->out[0].data, 0, (size_t)a->n * sizeof(double));
    window_walk(a->attr, a->out[0].dim + 2, a->in[0].dim + 2, a->out[0].dim[0] * a->out[0].dim[1], a->out[0].data,
                a->in[0].data, false);
}

static void window_vjp(nrv_vjp *v)
{
    v->dx[0] = nrv__overlap_add(v->dy, v->attr, v->x[0]->dim + 2);
}

static void window_fold_vjp(nrv_vjp *v)
{
    v->dx[0] = nrv__window(v->dy, v->attr);
}

static nrv_tensor window_make(nrv__case *c)
{
    nrv__window_attr a = nrv__window_of(c, c->x[0]->rank - 2);
    return nrv__window(c->x[0], &a);
}

static nrv_tensor window_fold_make(nrv__case *c)
{
    nrv__window_attr a = nrv__window_of(c, (c->x[0]->rank - 2) / 2);
    int64_t to[3] = { 0 };
    nrv__case_ints(c, "to", 3, to);
    for (int i = 0; i < a.axes && c->x[0]->rank == 2 + 2 * a.axes; i++)
        a.kernel[i] = c->x[0]->dim[2 + a.axes + i];
    return nrv__overlap_add(c->x[0], &a, to);
}

static nrv_tensor window_batch(const nrv__batch *b)
{
    nrv_tensor x = nrv__batch_merged(b, 0);
    return x ? nrv__batch_parted(b, nrv__window(x, b->y->attr)) : NULL;
}

static nrv_tensor window_fold_batch(const nrv__batch *b)
{
    nrv_tensor y = nrv__batch_merged(b, 0);
    return y ? nrv__batch_parted(b, nrv__overlap_add(y, b->y->attr, b->y->dim + 2)) : NULL;
}

NRV_OP(window, .batch = window_batch, .sig = "real x[B,C,S...] -> y[B,C,O...,K...]",
       .doc = "Every window laid out; what lies outside is 0.", .shape = window_shape, .vjp = window_vjp,
       .ref = window_ref, .make = window_make, .attr_bytes = sizeof(nrv__window_attr),
       .refuse = { "x[2,3,2,2], kernel=3 => window: a window of 3 does not fit into a length of 2 (padding "
                   "included) | in here | hint a smaller kernel, or padding",
                   "x[2,3,5,5], kernel=3, stride=0 => window: kernel 3, stride 0, padding 0, dilation 1 | in "
                   "here | hint kernel, stride and dilation are at least 1, padding at least 0",
                   "x[2,3], kernel=3 => window: windows over 0 axes | in here | hint (B,C) and then one to "
                   "three axes, as (B,C,H,W)" },
       .test = { "x[2,3,5,6], kernel=3x2", "x[1,2,7,7], kernel=3, stride=2, pad=1", "x[2,1,9], kernel=2, dilation=3",
                 "x[0,1,4,4], kernel=2" });
NRV_OP(overlap_add, .batch = window_fold_batch, .sig = "real y[B,C,O...,K...] -> x[B,C,S...]",
       .doc = "The transpose of window: what overlaps is summed.", .shape = window_fold_shape, .vjp = window_fold_vjp,
       .ref = window_fold_ref, .make = window_fold_make, .attr_bytes = sizeof(nrv__window_attr),
       .refuse = { "y[2,3,3,5,3,2], to=5x7 => overlap_add: axis 1 does not fit | in here | input 0: input f32 "
                   "[2, 3, 3, 5, 3, 2] y | hint the windows must be those of the given lengths",
                   "y[2,3,4], to=5 => overlap_add: windows over 0 axes | in here | hint (B,C) and then one to "
                   "three axes, as (B,C,H,W)" },
       .test = { "y[2,3,3,5,3,2], to=5x6", "y[1,2,4,4,3,3], stride=2, pad=1, to=7x7" });

nrv_tensor nrv__window(nrv_tensor x, const nrv__window_attr *a)
{
    return nrv__op_with(&nrv__op_window, NRV_N(const nrv_tensor, x), a, 0, NULL);
}

nrv_tensor nrv__overlap_add(nrv_tensor y, const nrv__window_attr *a, const nrv_dim *to)
{
    if (!y || !nrv__window_check(y->g, a, "overlap_add"))
        return NULL;
    return nrv__op_with(&nrv__op_overlap_add, NRV_N(const nrv_tensor, y), a, (int)a->axes, to);
}
