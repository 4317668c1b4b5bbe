/* avg_pool - the mean of each window, zeros of the padding counted, as PyTorch's default */
#include "../conv/windows.h"

static nrv_tensor avg_pool_of(nrv_tensor x, const nrv__window_attr *a)
{
    if (!x || x->g->why.status || !nrv__window_check(x->g, a, "avg_pool"))
        return NULL;
    nrv_tensor w = nrv__window(x, a);
    if (!w)
        return NULL;
    int64_t axes = 0, taps = 1;
    for (int i = 0; i < a->axes; i++) {
        axes |= INT64_C(1) << (2 + a->axes + i);
        taps *= a->kernel[i];
    }
    return nrv_mul_c(nrv__sum_axes(w, axes, 0), 1.0 / (double)taps);
}

static nrv_tensor avg_pool_make(nrv__case *c)
{
    nrv__window_attr a = nrv__window_of(c, c->x[0]->rank - 2);
    if (!nrv__case_text(c, "stride"))
        for (int i = 0; i < 3; i++)
            a.stride[i] = a.kernel[i];
    return avg_pool_of(c->x[0], &a);
}

NRV_OP(avg_pool, .sig = "real x[B,C,S...] -> y[B,C,O...]",
       .doc = "The mean of each window; zeros of the padding count.", .flags = NRV_MACRO, .make = avg_pool_make,
       .ulp = 4, .tolerance_why = "a sum and a product, each rounded",
       .test = { "x[2,3,6,8], kernel=2", "x[2,2,7,7], kernel=3, stride=2, pad=1" });

/* The mean of each k x k window of (B,C,H,W); stride 0 means k. */
NRV_API nrv_tensor nrv_avg_pool(nrv_tensor x, int k, int stride)
{
    int64_t s = stride ? stride : k;
    nrv__window_attr a = { 2, { k, k }, { s, s }, { 0 }, { 1, 1 }, 1 };
    return avg_pool_of(x, &a);
}

/* The mean of every channel. (B,C,S...) -> (B,C) */
NRV_API nrv_tensor nrv_avg_pool_global(nrv_tensor x)
{
    if (!x || x->g->why.status)
        return NULL;
    if (x->rank < 3)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "(B,C,H,W)", "avg_pool_global of a tensor of rank %d", x->rank), NULL;
    return nrv_mean(nrv_reshape(x, NRV_SHAPE(x->dim[0], x->dim[1], nrv__dim_product(x->g, x->rank - 2, x->dim + 2))), 2,
                    0);
}
