/* convolving.c - how a convolution is asked for: options in C, arguments by name, and the room around the image.

   Promises: zeros that lie alike before and behind stay numbers of the window, which kernels know; other room is laid
   around the image as ops. Does not do: the convolution. */
#include "windows.h"
#include <string.h>

bool nrv__convolving_of(const nrv__case *c, const char *op, int64_t axes, nrv__convolving *to)
{
    static const char *const rooms[] = { "", "same", "valid", "full", "causal" };
    *to = (nrv__convolving){ .w = nrv__window_of(c, axes) };
    const char *room = nrv__case_text(c, "pad"), *edge = nrv__case_text(c, "padding_mode");
    for (int i = 1, n = nrv__case_ints(c, "output_padding", 3, to->out_pad); i < axes && i < 3 && n == 1; i++)
        to->out_pad[i] = to->out_pad[0];
    for (int i = 1; room && i < 5; i++)
        if (!strcmp(room, rooms[i]))
            to->padding = i;
    to->edge = !edge || !strcmp(edge, "zeros") ? NRV_EDGE_CONSTANT : nrv__edge_of(edge);
    if (room && !to->padding && strspn(room, "0123456789-x, ") != strlen(room))
        return nrv__graph_fail(c->g, NRV_EARG, "numbers, or same, valid, full, causal", "%s: padding of '%.40s'", op,
                               room),
               false;
    if (to->edge < 0)
        return nrv__graph_fail(c->g, NRV_EARG, "zeros, reflect, replicate, circular", "%s: padding_mode of '%.40s'", op,
                               edge),
               false;
    return true;
}

static int64_t convolving_number(int one, int each, int64_t otherwise)
{
    return each ? each : one ? one : otherwise;
}

nrv__convolving nrv__convolving_opt(const nrv_conv_opt *opt, int64_t axes)
{
    nrv_conv_opt o = opt ? *opt : (nrv_conv_opt){ 0 };
    nrv__convolving c = { .w = { .axes = axes, .groups = o.groups ? o.groups : 1 },
                          .padding = o.padding,
                          .edge = o.edge };
    for (int i = 0; i < axes && i < 3; i++) {
        c.w.stride[i] = convolving_number(o.stride, o.strides[i], 1);
        c.w.pad[i] = convolving_number(o.pad, o.pads[i], 0);
        c.w.dilation[i] = convolving_number(o.dilation, o.dilations[i], 1);
        c.out_pad[i] = convolving_number(o.output_pad, o.output_pads[i], 0);
    }
    return c;
}

nrv_tensor nrv__conv_room(nrv_tensor x, nrv__convolving *c, const char *op)
{
    if (x && (c->padding < NRV_PAD_GIVEN || c->padding > NRV_PAD_CAUSAL))
        return nrv__graph_fail(x->g, NRV_EARG, "NRV_PAD_SAME...", "%s: %d is no kind of padding", op, c->padding), NULL;
    for (int i = 0; i < c->w.axes && x; i++) {
        int64_t reach = (c->w.kernel[i] - 1) * c->w.dilation[i], before = c->w.pad[i], after = before;
        if (c->padding == NRV_PAD_SAME && c->w.stride[i] != 1)
            return nrv__graph_fail(x->g, NRV_EARG, "stride 1 keeps the length; otherwise say how much padding",
                                   "%s: padding 'same' with a stride of %lld", op, (long long)c->w.stride[i]),
                   NULL;
        if (c->padding != NRV_PAD_GIVEN) {
            before = c->padding == NRV_PAD_SAME ? reach / 2 : c->padding == NRV_PAD_VALID ? 0 : reach;
            after = c->padding == NRV_PAD_SAME ? reach - before : c->padding == NRV_PAD_FULL ? reach : 0;
        }
        int64_t both = c->edge != NRV_EDGE_CONSTANT ? 0 : before < after ? before : after;
        c->w.pad[i] = both;
        x = nrv_pad_edge(x, 2 + i, before - both, after - both, c->edge, 0);
    }
    return x;
}

nrv_tensor nrv__conv_quick(nrv_tensor x, nrv_tensor w, const nrv__window_attr *a)
{
    if (!x || a->axes != 1 || x->rank != 3 || w->rank != 3)
        return nrv__conv(x, w, a);
    nrv__window_attr b = nrv__window_wide(a);
    return nrv__window_line(nrv__conv(nrv__window_flat(x), nrv__window_flat(w), &b));
}

nrv_tensor nrv__conv_quick_dx(nrv_tensor dy, nrv_tensor w, const nrv__window_attr *a, const nrv_dim *to)
{
    if (!dy || a->axes != 1 || dy->rank != 3 || w->rank != 3)
        return nrv__conv_dx(dy, w, a, to);
    nrv__window_attr b = nrv__window_wide(a);
    return nrv__window_line(nrv__conv_dx(nrv__window_flat(dy), nrv__window_flat(w), &b, (const nrv_dim[]){ 1, to[0] }));
}

bool nrv__conv_spread(nrv_tensor x, const nrv__convolving *c, const char *op, nrv_dim *to)
{
    const nrv__window_attr *a = &c->w;
    for (int i = 0; i < a->axes; i++) {
        if (c->out_pad[i] < 0 || (c->out_pad[i] >= a->stride[i] && c->out_pad[i] >= a->dilation[i]))
            return nrv__graph_fail(x->g, NRV_EARG, "it says which of several lengths is meant: less than the stride",
                                   "%s: output padding of %lld with stride %lld and dilation %lld", op,
                                   (long long)c->out_pad[i], (long long)a->stride[i], (long long)a->dilation[i]),
                   false;
        int64_t rest = a->dilation[i] * (a->kernel[i] - 1) + 1 - 2 * a->pad[i] + c->out_pad[i];
        nrv_dim spread = nrv__dim_mul(x->g, nrv__dim_sub(x->g, x->dim[2 + i], 1), a->stride[i]);
        if (spread >= 0 && spread < 1 - rest)
            return nrv__graph_fail(x->g, NRV_ESHAPE, "less padding, or a larger kernel",
                                   "%s: a length of %lld would become %lld", op, (long long)x->dim[2 + i],
                                   (long long)(spread + rest)),
                   false;
        to[i] = rest < 0 ? nrv__dim_sub(x->g, spread, -rest) : nrv__dim_add(x->g, spread, rest);
    }
    return !x->g->why.status;
}

/* where more is added behind than a stride, no convolution has that gradient: all of it is made, and cut */
static nrv_tensor convolving_cut(nrv_tensor x, nrv_tensor w, const nrv__convolving *c, const char *op,
                                 const nrv_dim *to)
{
    nrv__convolving all = { .w = c->w };
    nrv_dim whole[3];
    for (int i = 0; i < 3; i++)
        all.w.pad[i] = 0;
    if (!nrv__conv_spread(x, &all, op, whole))
        return NULL;
    nrv_tensor y = nrv__conv_quick_dx(x, w, &all.w, whole);
    for (int i = 0; i < c->w.axes; i++)
        y = nrv_slice(nrv_pad(y, 2 + i, 0, c->out_pad[i], 0), 2 + i, c->w.pad[i], to[i]);
    return y;
}

nrv_tensor nrv__conv_transposed(nrv_tensor x, nrv_tensor w, const nrv__convolving *c, const char *op)
{
    nrv_dim to[3];
    bool cut = false;
    if (!x || !w || !nrv__conv_spread(x, c, op, to))
        return NULL;
    for (int i = 0; i < c->w.axes; i++)
        cut = cut || c->out_pad[i] >= c->w.stride[i];
    return cut ? convolving_cut(x, w, c, op, to) : nrv__conv_quick_dx(x, w, &c->w, to);
}

nrv_tensor nrv__conv_bias(nrv_tensor y, nrv_tensor b)
{
    if (!y || !b)
        return y;
    nrv_shape s = { y->rank - 1, { b->dim[0], 1, 1, 1 } };
    return nrv_add(y, nrv_reshape(b, s));
}

nrv_tensor nrv__first(nrv_tensor y)
{
    if (!y)
        return NULL;
    nrv_shape s = nrv_shape_of(y);
    s.rank--;
    for (int i = 0; i < s.rank; i++)
        s.dim[i] = s.dim[i + 1];
    return nrv_reshape(y, s);
}
