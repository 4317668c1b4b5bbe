/* conv - convolution (as cross-correlation), and its two gradients; each is linear in both inputs and the others'
   gradient. conv_with.c is how people ask for it, conv_transpose.c the one that runs backwards.

   y[b,o,p] = sum over c,k of w[o,c,k] x[b,c,p*stride + k*dilation - pad].   dx = conv_dx(dy, w)   dw = conv_dw(dy, x)
   Bodies: windows laid out, then one product per group. Biases are not its business. */
#include "windows.h"

typedef struct conv_sizes {
    nrv_graph *g;
    nrv_dim B, groups, in, out, places, taps; /* in, out: channels per group; places, taps: products over the axes */
} conv_sizes;

/* x (B,C,S...) or its windows, w (O,C/g,K...), y (B,O,P...) by what is known of them */
static conv_sizes conv_of(nrv_graph *g, const nrv__window_attr *a, nrv_dim batch, nrv_dim channels_out,
                          nrv_dim channels_in, const nrv_dim *places)
{
    const int axes = (int)a->axes;
    conv_sizes s = {
        g, batch, a->groups, channels_in, -1, nrv__dim_product(g, axes, places), nrv__dim_product(g, axes, a->kernel)
    };
    nrv__dim_divides(g, channels_out, a->groups, &s.out);
    return s;
}

/* (B,C,P...,K...) -> (g, B*P, C/g*K): one row for each place */
static nrv_tensor conv_rows(const conv_sizes *s, nrv_tensor windows)
{
    nrv_tensor r = nrv_reshape(windows, NRV_SHAPE(s->B, s->groups, s->in, s->places, s->taps));
    r = nrv_permute(r, 5, (const int[]){ 1, 0, 3, 2, 4 });
    return nrv_reshape(r,
                       NRV_SHAPE(s->groups, nrv__dim_mul(s->g, s->B, s->places), nrv__dim_mul(s->g, s->in, s->taps)));
}

/* (B,O,P...) -> (g, B*P, O/g) */
static nrv_tensor conv_columns(const conv_sizes *s, nrv_tensor y)
{
    nrv_tensor r =
        nrv_permute(nrv_reshape(y, NRV_SHAPE(s->B, s->groups, s->out, s->places)), 4, (const int[]){ 1, 0, 3, 2 });
    return nrv_reshape(r, NRV_SHAPE(s->groups, nrv__dim_mul(s->g, s->B, s->places), s->out));
}

static nrv_tensor conv_matrix(const conv_sizes *s, nrv_tensor w) /* (O,C/g,K...) -> (g, O/g, C/g*K) */
{
    return nrv_reshape(w, NRV_SHAPE(s->groups, s->out, nrv__dim_mul(s->g, s->in, s->taps)));
}

static bool conv_fits(nrv_tensor a, nrv_tensor b, const nrv__window_attr *at, const char *op)
{
    if (!a || !b || a->g->why.status)
        return false;
    if (at->axes >= 1 && at->axes <= 3 && a->rank == 2 + at->axes && b->rank == a->rank)
        return nrv__window_check(a->g, at, op);
    nrv__graph_fail(a->g, NRV_ESHAPE, "images are (B,C,H,W), weights (out, in/groups, kh, kw)",
                    "%s: ranks %d and %d over %d axes", op, a->rank, b->rank, (int)at->axes);
    return false;
}

/* channels of the image are groups times those of a filter, and filters fall into whole groups */
static bool conv_channels(nrv_graph *g, const nrv__window_attr *a, nrv_dim channels, nrv_tensor w, const char *op)
{
    char have[24], want[24];
    nrv_dim each, d;
    if (a->groups >= 1 && nrv__dim_divides(g, channels, a->groups, &each) &&
        nrv__dim_same(g, each, w->dim[1], op, &d) && nrv__dim_divides(g, w->dim[0], a->groups, &d))
        return true;
    nrv__graph_fail(g, NRV_ESHAPE, "a filter sees channels / groups; filters come in whole groups",
                    "%s: %s channels in %lld groups, filters of %s channels", op, nrv__dim_text(g, channels, have),
                    (long long)a->groups, nrv__dim_text(g, w->dim[1], want));
    return false;
}

static nrv_tensor conv_call(const nrv__opdef *op, nrv_tensor a, nrv_tensor b, const nrv__window_attr *at,
                            nrv_tensor body)
{
    return nrv__composite(op, NRV_N(const nrv_tensor, a, b), at, 1, &body);
}

static void conv_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = nrv__conv_dx(v->dy, v->x[1], v->attr, v->x[0]->dim + 2);
    if (v->need[1])
        v->dx[1] = nrv__conv_dw(v->dy, v->x[0], v->attr);
}

static void conv_dx_vjp(nrv_vjp *v) /* dy is image-shaped */
{
    if (v->need[0])
        v->dx[0] = nrv__conv(v->dy, v->x[1], v->attr);
    if (v->need[1])
        v->dx[1] = nrv__conv_dw(v->x[0], v->dy, v->attr);
}

static void conv_dw_vjp(nrv_vjp *v) /* dy is weight-shaped */
{
    if (v->need[0])
        v->dx[0] = nrv__conv(v->x[1], v->dy, v->attr);
    if (v->need[1])
        v->dx[1] = nrv__conv_dx(v->x[0], v->dy, v->attr, v->x[1]->dim + 2);
}

static nrv__window_attr conv_case(const nrv__case *c, nrv_tensor w)
{
    nrv__window_attr a = nrv__window_of(c, c->x[0]->rank - 2);
    for (int i = 0; w && w->rank == c->x[0]->rank && i < a.axes && i < 3; i++)
        a.kernel[i] = w->dim[2 + i];
    return a;
}

static nrv_tensor conv_make(nrv__case *c)
{
    nrv__window_attr a = conv_case(c, c->x[1]);
    return nrv__conv(c->x[0], c->x[1], &a);
}

static nrv_tensor conv_dx_make(nrv__case *c)
{
    nrv__window_attr a = conv_case(c, c->x[1]);
    int64_t to[3] = { 0 };
    nrv__case_ints(c, "to", 3, to);
    return nrv__conv_dx(c->x[0], c->x[1], &a, to);
}

static nrv_tensor conv_dw_make(nrv__case *c)
{
    nrv__window_attr a = conv_case(c, NULL);
    return nrv__conv_dw(c->x[0], c->x[1], &a);
}

#define CONV_WHY                \
    .ulp = 32, .tolerance_why = \
                   "products of channels and taps are summed in float; the error grows with the root of their number"
/* one image after the other; another filter in each turn stays a loop */
static nrv_tensor conv_batch(const nrv__batch *b)
{
    return b->wide[1] ? NULL : nrv__batch_parted(b, nrv__conv(nrv__batch_merged(b, 0), b->x[1], b->y->attr));
}

static nrv_tensor conv_dx_batch(const nrv__batch *b)
{
    nrv_tensor dy = b->wide[1] ? NULL : nrv__batch_merged(b, 0);
    return dy ? nrv__batch_parted(b, nrv__conv_dx(dy, b->x[1], b->y->attr, b->y->dim + 2)) : NULL;
}

/* y[B,O,P...], w[O,C/g,K...]: every output is a sum of C/g*K products */
static int64_t conv_products(const nrv__view *y, const nrv__view *w)
{
    int64_t n = 1;
    for (int i = 0; i < y->rank; i++)
        if (!nrv__mul(n, y->dim[i], &n))
            return INT64_MAX;
    for (int i = 1; i < w->rank; i++)
        if (!nrv__mul(n, w->dim[i], &n))
            return INT64_MAX;
    return n;
}

static int64_t conv_macs(const nrv__args *a)
{
    return conv_products(&a->out[0], &a->in[1]);
}

static int64_t conv_dx_macs(const nrv__args *a)
{
    return conv_products(&a->in[0], &a->in[1]);
}

static int64_t conv_dw_macs(const nrv__args *a)
{
    return conv_products(&a->in[0], &a->out[0]);
}

NRV_OP(conv, .macs = conv_macs, .batch = conv_batch, .sig = "real x[B,C,S...], real w[O,C/g,K...] -> y[B,O,P...]",
       .doc = "Convolution over 1 to 3 axes (as cross-correlation, like PyTorch) with stride, zero padding, dilation "
              "and groups (LeCun et al. 1989).",
       .vjp = conv_vjp, .make = conv_make, .attr_bytes = sizeof(nrv__window_attr), CONV_WHY,
       .refuse = { "x[2,3,7,8], w[4,2,3,3] => conv: 3 channels in 1 groups, filters of 2 channels | in here | "
                   "hint a filter sees channels / groups; filters come in whole groups",
                   "x[2,3,2,2], w[4,3,3,3] => conv: a window of 3 does not fit into a length of 2 (padding "
                   "included) | in here | hint a smaller kernel, or padding",
                   "x[2,3,7], w[4,3,3,3] => conv: ranks 3 and 4 over 1 axes | in here | hint images are "
                   "(B,C,H,W), weights (out, in/groups, kh, kw)" },
       .test = { "x[2,3,7,8], w[4,3,3,3]", "x[2,4,9,9], w[6,2,3,3], stride=2, pad=1, groups=2",
                 "x[1,2,11], w[3,2,3], dilation=2, pad=1", "x[2,1,12,12], w[5,1,5,5], pad=2", "x[0,3,5,5], w[2,3,3,3]",
                 "x[3,2,4,3], w[5,2,4,3], stride=2", "x[1,2,4,5,3], w[2,2,2,2,2]", "x[2,3,8,8], w[9,3,1,1]" });
NRV_OP(conv_dx, .macs = conv_dx_macs, .batch = conv_dx_batch,
       .sig = "real dy[B,O,P...], real w[O,C/g,K...] -> dx[B,C,S...]",
       .doc = "Gradient of conv by its image; forward, it is the transposed convolution.", .vjp = conv_dx_vjp,
       .make = conv_dx_make, .attr_bytes = sizeof(nrv__window_attr), CONV_WHY,
       .refuse = { "dy[2,4,5,6], w[3,3,3,3], to=7x8 => conv_dx: the channels do not fit the filters in 1 "
                   "groups | in here | hint dy has a channel for each filter; filters come in whole groups",
                   "dy[2,4,5,6], w[4,3,3,3], to=9x8 => overlap_add: axis 0 does not fit | in here | input 0: "
                   "reshape f32 [2, 3, 5, 6, 3, 3] here | hint the windows must be those of the given lengths" },
       .test = { "dy[2,4,5,6], w[4,3,3,3], to=7x8", "dy[2,6,5,5], w[6,2,3,3], stride=2, pad=1, groups=2, to=9x9",
                 "dy[2,3,4,4], w[3,9,1,1], stride=2, to=7x8" });
NRV_OP(conv_dw, .macs = conv_dw_macs, .sig = "real dy[B,O,P...], real x[B,C,S...] -> dw[O,C/g,K...]",
       .doc = "Gradient of conv by its weights.", .vjp = conv_dw_vjp, .make = conv_dw_make,
       .attr_bytes = sizeof(nrv__window_attr), CONV_WHY,
       .refuse = { "dy[2,4,5,6], x[2,3,7,8], kernel=3, groups=2 => conv_dw: the channels do not fall into 2 "
                   "groups | in here | hint channels and filters come in whole groups",
                   "dy[2,4,5], x[2,3,7,8], kernel=3 => conv_dw: ranks 3 and 4 over 1 axes | in here | hint "
                   "images are (B,C,H,W), weights (out, in/groups, kh, kw)",
                   "dy[2,4,6,5], x[2,3,7,8], kernel=3 => conv_dw: axis 0 does not fit | in here | hint dy has the "
                   "shape of conv(x, w)" },
       .test = { "dy[2,4,5,6], x[2,3,7,8], kernel=3", "dy[2,6,5,5], x[2,4,9,9], kernel=3, stride=2, pad=1, groups=2",
                 "dy[3,5,4,4], x[3,6,7,8], kernel=1, stride=2" });

/* one place only, and all of the image in it */
static bool conv_covers(nrv_tensor x, const nrv__window_attr *a)
{
    bool all = a->groups == 1;
    for (int i = 0; i < a->axes; i++)
        all = all && x->dim[2 + i] == a->kernel[i] && a->pad[i] == 0 && (a->kernel[i] == 1 || a->dilation[i] == 1);
    return all;
}

/* such a window is a linear layer, and so are its gradients: products of matrices know no waste on places */
static nrv_tensor conv_linear(nrv_tensor x, nrv_tensor w, const nrv__window_attr *a)
{
    nrv_graph *g = x->g;
    const nrv_dim n = nrv__dim_mul(g, x->dim[1], nrv__dim_product(g, (int)a->axes, a->kernel));
    nrv_tensor y =
        nrv_matmul(nrv_reshape(x, NRV_SHAPE(x->dim[0], n)), nrv_transpose(nrv_reshape(w, NRV_SHAPE(w->dim[0], n))));
    nrv_shape to = nrv_shape_of(x);
    to.dim[1] = w->dim[0];
    for (int i = 0; i < a->axes; i++)
        to.dim[2 + i] = 1;
    return nrv_reshape(y, to);
}

nrv_tensor nrv__conv(nrv_tensor x, nrv_tensor w, const nrv__window_attr *a)
{
    if (!conv_fits(x, w, a, "conv") || !conv_channels(x->g, a, x->dim[1], w, "conv") || !nrv__window_fits(x, a, "conv"))
        return NULL;
    if (conv_covers(x, a))
        return conv_linear(x, w, a);
    nrv_tensor windows = nrv__window(x, a);
    if (!windows)
        return NULL;
    conv_sizes s = conv_of(x->g, a, x->dim[0], w->dim[0], w->dim[1], windows->dim + 2);
    nrv_tensor y = nrv_matmul(conv_rows(&s, windows), nrv_transpose(conv_matrix(&s, w)));
    y = nrv_permute(nrv_reshape(y, NRV_SHAPE(s.groups, s.B, s.places, s.out)), 4, (const int[]){ 1, 0, 3, 2 });
    nrv_shape to = nrv_shape_of(x);
    to.dim[1] = w->dim[0];
    for (int i = 0; i < a->axes; i++)
        to.dim[2 + i] = windows->dim[2 + i];
    return conv_call(&nrv__op_conv, x, w, a, nrv_reshape(y, to));
}

nrv_tensor nrv__conv_dx(nrv_tensor dy, nrv_tensor w, const nrv__window_attr *a, const nrv_dim *to)
{
    nrv_dim d;
    if (!conv_fits(dy, w, a, "conv_dx"))
        return NULL;
    if (a->groups < 1 || !nrv__dim_divides(dy->g, w->dim[0], a->groups, &d) ||
        !nrv__dim_same(dy->g, dy->dim[1], w->dim[0], "conv_dx", &d))
        return nrv__graph_fail(dy->g, NRV_ESHAPE, "dy has a channel for each filter; filters come in whole groups",
                               "conv_dx: the channels do not fit the filters in %lld groups", (long long)a->groups),
               NULL;
    conv_sizes s = conv_of(dy->g, a, dy->dim[0], w->dim[0], w->dim[1], dy->dim + 2);
    nrv_tensor r = nrv_matmul(conv_columns(&s, dy), conv_matrix(&s, w)); /* (g, B*P, C/g*K) */
    r = nrv_permute(nrv_reshape(r, NRV_SHAPE(s.groups, s.B, s.places, s.in, s.taps)), 5,
                    (const int[]){ 1, 0, 3, 2, 4 });
    nrv_shape windows = { (int)(2 + 2 * a->axes), { s.B, nrv__dim_mul(s.g, s.groups, s.in) } };
    for (int i = 0; i < a->axes; i++) {
        windows.dim[2 + i] = dy->dim[2 + i];
        windows.dim[2 + a->axes + i] = a->kernel[i];
    }
    return conv_call(&nrv__op_conv_dx, dy, w, a, nrv__overlap_add(nrv_reshape(r, windows), a, to));
}

nrv_tensor nrv__conv_dw(nrv_tensor dy, nrv_tensor x, const nrv__window_attr *a)
{
    if (!conv_fits(dy, x, a, "conv_dw"))
        return NULL;
    nrv_dim in = -1, out;
    nrv_tensor windows = nrv__window(x, a);
    if (!windows)
        return NULL;
    if (a->groups < 1 || !nrv__dim_divides(x->g, x->dim[1], a->groups, &in) ||
        !nrv__dim_divides(x->g, dy->dim[1], a->groups, &out))
        return nrv__graph_fail(x->g, NRV_ESHAPE, "channels and filters come in whole groups",
                               "conv_dw: the channels do not fall into %lld groups", (long long)a->groups),
               NULL;
    for (int i = 0; i < a->axes; i++)
        if (!nrv__dim_same(x->g, dy->dim[2 + i], windows->dim[2 + i], "conv_dw", &out))
            return nrv__graph_fail(x->g, NRV_ESHAPE, "dy has the shape of conv(x, w)", "conv_dw: axis %d does not fit",
                                   i),
                   NULL;
    conv_sizes s = conv_of(x->g, a, x->dim[0], dy->dim[1], in, dy->dim + 2);
    nrv_tensor r = nrv_matmul(nrv_transpose(conv_columns(&s, dy)), conv_rows(&s, windows)); /* (g, O/g, C/g*K) */
    nrv_shape to = { (int)(2 + a->axes), { dy->dim[1], in } };
    for (int i = 0; i < a->axes; i++)
        to.dim[2 + i] = a->kernel[i];
    return conv_call(&nrv__op_conv_dw, dy, x, a, nrv_reshape(r, to));
}
