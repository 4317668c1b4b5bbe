/* windows.c - the arithmetic of windows that slide over (B,C,spatial...): shared by convolution, pooling, window, fold.
 */
#include "windows.h"

static void windows_fill(const nrv__case *c, const char *name, int axes, int64_t otherwise, int64_t *to)
{
    int n = nrv__case_ints(c, name, axes, to);
    for (int i = n; i < axes; i++)
        to[i] = n ? to[n - 1] : otherwise;
}

nrv__window_attr nrv__window_of(const nrv__case *c, int64_t axes)
{
    nrv__window_attr a = { .axes = axes, .groups = nrv__case_int(c, "groups", 1) };
    int n = axes < 0 ? 0 : axes > 3 ? 3 : (int)axes; /* what does not fit is refused by nrv__window_check */
    windows_fill(c, "kernel", n, 1, a.kernel);
    windows_fill(c, "stride", n, 1, a.stride);
    windows_fill(c, "pad", n, 0, a.pad);
    windows_fill(c, "dilation", n, 1, a.dilation);
    return a;
}

bool nrv__window_check(nrv_graph *g, const nrv__window_attr *a, const char *op)
{
    if (a->axes < 1 || a->axes > 3) {
        nrv__graph_fail(g, NRV_ESHAPE, "(B,C) and then one to three axes, as (B,C,H,W)", "%s: windows over %lld axes",
                        op, (long long)a->axes);
        return false;
    }
    for (int i = 0; i < a->axes; i++) {
        const int64_t most = 1 << 24;
        bool small = a->kernel[i] < 1 || a->stride[i] < 1 || a->dilation[i] < 1 || a->pad[i] < 0;
        bool large = a->stride[i] > most || a->dilation[i] > most || a->pad[i] > most ||
                     (!small && a->kernel[i] - 1 > most / a->dilation[i]);
        if (small || large) {
            nrv__graph_fail(g, NRV_EARG,
                            small ? "kernel, stride and dilation are at least 1, padding at least 0"
                                  : "all are at most 2^24, and so is a window",
                            "%s: kernel %lld, stride %lld, padding %lld, dilation %lld", op, (long long)a->kernel[i],
                            (long long)a->stride[i], (long long)a->pad[i], (long long)a->dilation[i]);
            return false;
        }
    }
    return true;
}

bool nrv__window_fits(nrv_tensor x, const nrv__window_attr *a, const char *op)
{
    for (int i = 0; i < a->axes; i++)
        if (nrv__window_length(x->g, a, i, x->dim[x->rank - a->axes + i], op) == -1)
            return false;
    return true;
}

nrv_dim nrv__window_length(nrv_graph *g, const nrv__window_attr *a, int axis, nrv_dim n, const char *op)
{
    int64_t reach = (a->kernel[axis] - 1) * a->dilation[axis] + 1;
    nrv_dim room = nrv__dim_add(g, n, 2 * a->pad[axis]);
    if (room >= 0 && room < reach) {
        nrv__graph_fail(g, NRV_ESHAPE, "a smaller kernel, or padding",
                        "%s: a window of %lld does not fit into a length of %lld (padding included)", op,
                        (long long)reach, (long long)room);
        return -1;
    }
    return nrv__dim_add(g, nrv__dim_floor(g, nrv__dim_sub(g, room, reach), a->stride[axis]), 1);
}

nrv_tensor nrv__window_flat(nrv_tensor x)
{
    return nrv_reshape(x, NRV_SHAPE(x->dim[0], x->dim[1], 1, x->dim[2]));
}

nrv__window_attr nrv__window_wide(const nrv__window_attr *a)
{
    nrv__window_attr b = { .axes = 2, .groups = a->groups };
    b.kernel[0] = b.stride[0] = b.dilation[0] = 1;
    b.kernel[1] = a->kernel[0], b.stride[1] = a->stride[0], b.pad[1] = a->pad[0], b.dilation[1] = a->dilation[0];
    return b;
}

nrv_tensor nrv__window_line(nrv_tensor y)
{
    return y ? nrv_reshape(y, NRV_SHAPE(y->dim[0], y->dim[1], y->dim[3])) : NULL;
}
