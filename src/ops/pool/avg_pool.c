/* avg_pool - the mean of each window.    y = sum of the window / how many count

   As in PyTorch the padding counts, unless it is left out; what ceil_mode adds behind it never does. */
#include "pooling.h"

#ifdef NRV_HEADER
/* A number stands for all axes; where axes differ, the arrays have one for each, and 0 is the number's. Zero is the
   default: stride as the kernel, no padding, dilation 1, lengths rounded down. axes: how many the window slides over;
   0: all behind (B,C), and one more than that means that x is one image, (C,H,W). leave_pad_out: only elements of the
   image count in a mean; divisor: divides instead of a count. */
typedef struct {
    int kernel, stride, pad, dilation, axes, ceil_mode, leave_pad_out, divisor;
    int kernels[3], strides[3], pads[3], dilations[3];
    int64_t reserved[4];
} nrv_pool_opt;
#endif

extern const nrv__opdef nrv__op_avg_pool, nrv__op_avg_pool_global;

/* sums of windows, (B,C,O...) */
static nrv_tensor avg_pool_sum(nrv_tensor x, const nrv__window_attr *a)
{
    nrv_tensor w = nrv__window(x, a);
    int64_t axes = 0;
    for (int i = 0; i < a->axes; i++)
        axes |= INT64_C(1) << (2 + a->axes + i);
    return w ? nrv__sum_axes(w, axes, 0) : NULL;
}

/* how many elements of each window of x, which has what ceil_mode wants, count, (1,1,O...): the windows of ones */
static nrv_tensor avg_pool_count(nrv_tensor x, const nrv__pooling *p)
{
    nrv__window_attr a = p->w;
    nrv_shape ones = { x->rank, { 1, 1 } };
    for (int i = 0; i < a.axes; i++)
        ones.dim[2 + i] = p->leave_pad_out ? nrv__dim_sub(x->g, p->room[i], 2 * a.pad[i]) : p->room[i];
    nrv_tensor one = nrv_fill(x->g, x->type, ones, 1);
    for (int i = 0; i < a.axes && one; i++) {
        nrv_dim full = nrv__dim_add(x->g, x->dim[2 + i], 2 * p->w.pad[i]);
        nrv_dim behind = nrv__dim_sub(x->g, full, p->room[i]); /* a number, whatever the length is */
        if (!p->leave_pad_out)
            a.pad[i] = 0;
        one = nrv_pad(one, 2 + i, 0, behind, 0);
    }
    return avg_pool_sum(one, &a);
}

static nrv_tensor avg_pool_of(nrv_tensor x, nrv__pooling *p)
{
    nrv_tensor padded = nrv__pooling_open(&nrv__op_avg_pool, x, p, 0);
    nrv_tensor sum = padded ? avg_pool_sum(padded, &p->w) : NULL;
    if (!sum)
        return NULL;
    int64_t taps = nrv__dim_product(x->g, (int)p->w.axes, p->w.kernel);
    bool whole = !p->leave_pad_out;
    for (int i = 0; i < p->w.axes; i++)
        whole = whole && nrv__dim_add(x->g, padded->dim[2 + i], 2 * p->w.pad[i]) == p->room[i];
    if (p->divisor < 0)
        return nrv__op_refuses(&nrv__op_avg_pool, 1, &x, NRV_EARG, "0 counts the elements", "a divisor of %lld",
                               (long long)p->divisor);
    nrv_tensor y = p->divisor || whole ? nrv_mul_c(sum, 1.0 / (double)(p->divisor ? p->divisor : taps))
                                       : nrv_div(sum, avg_pool_count(padded, p));
    return nrv__pooling_close(p, y);
}

static nrv_tensor avg_pool_make(nrv__case *c)
{
    nrv__pooling p = nrv__pooling_of(c);
    return avg_pool_of(c->x[0], &p);
}

NRV_OP(avg_pool, .sig = "real x[B,C,S...] -> y[B,C,O...]",
       .doc = "The mean of each window; zeros of the padding count, unless they are left out.", .flags = NRV_MACRO,
       .make = avg_pool_make, .ulp = 4, .tolerance_why = "a sum and a quotient, each rounded",
       .torch = "nn.functional.avg_pool1d nn.functional.avg_pool2d nn.functional.avg_pool3d nn.AvgPool1d nn.AvgPool2d "
                "nn.AvgPool3d",
       .onnx = "AveragePool", .also = "avg1d avg2d avg3d",
       .refuse = { "x[2,3], kernel=2 => avg_pool: rank 2 for windows over 0 axes | in here | input 0: input "
                   "f32 [2, 3] x | hint (B,C) or (C) and then one to three axes, as (B,C,H,W)",
                   "x[2,3,4,4], kernel=5 => avg_pool: a window of 5 does not fit into a length of 4 (padding "
                   "included) | in here | hint a smaller kernel, or padding",
                   "x[2,3,4,4], kernel=2, pad=2 => avg_pool: a window of 2 could lie in a padding of 2 alone "
                   "| in here | input 0: input f32 [2, 3, 4, 4] x | hint pad by at most half the kernel",
                   "x:i32[2,3,4], kernel=2 => avg_pool: input 0 is i32, a real type is wanted | in here | "
                   "input 0: input i32 [2, 3, 4] x | hint nrv_cast it to NRV_F32",
                   "x[2,3,4,4], kernel=2, divisor_override=-1 => avg_pool: a divisor of -1 | in here | input "
                   "0: input f32 [2, 3, 4, 4] x | hint 0 counts the elements" },
       .test = { "x[2,3,6,8], kernel=2", "x[2,2,7,7], kernel=3, stride=2, pad=1", "x[2,3,9], kernel=3, stride=2, pad=1",
                 "x[1,2,7,7], kernel=3, stride=2, pad=1, ceil_mode=true, count_include_pad=false",
                 "x[1,1,6,8], kernel=3 2, stride=2 3, pad=1 0, ceil_mode=true", "x[1,2,4,5,3], kernel=2, ceil_mode=1",
                 "x[2,5,6], kernel=3x2, divisor_override=4", "x[0,2,4], kernel=2" });

/* The mean of each window of x (B,C,S...). */
NRV_API nrv_tensor nrv_avg_pool_with(nrv_tensor x, const nrv_pool_opt *opt)
{
    nrv__pooling p = nrv__pooling_opt(x, opt);
    return avg_pool_of(x, &p);
}

/* The mean of each k x k window of (B,C,H,W), or of k elements of (B,C,L)...; stride 0 means k. */
NRV_API nrv_tensor nrv_avg_pool(nrv_tensor x, int k, int stride)
{
    return nrv_avg_pool_with(x, &(nrv_pool_opt){ .kernel = k, .stride = stride });
}

/* (B,C,S...) with all behind the channels as one axis */
static nrv_tensor avg_pool_flat(const nrv__opdef *op, nrv_tensor x)
{
    if (!nrv__op_wants_real(op, 1, &x))
        return NULL;
    if (x->rank < 3)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "(B,C,H,W)",
                               "a tensor of rank %d has nothing behind its channels", x->rank);
    return nrv_reshape(x, NRV_SHAPE(x->dim[0], x->dim[1], nrv__dim_product(x->g, x->rank - 2, x->dim + 2)));
}

static nrv_tensor avg_pool_global_make(nrv__case *c)
{
    return nrv_avg_pool_global(c->x[0]);
}

NRV_OP(avg_pool_global, .sig = "real x[B,C,S...] -> y[B,C]", .doc = "The mean of every channel.", .flags = NRV_MACRO,
       .make = avg_pool_global_make, .ulp = 4, .tolerance_why = "a sum and a quotient, each rounded",
       .onnx = "GlobalAveragePool", .also = "global_avg_pool",
       .refuse = { "x[2,3] => avg_pool_global: a tensor of rank 2 has nothing behind its channels | in here | "
                   "input 0: input f32 [2, 3] x | hint (B,C,H,W)",
                   "x:i64[2,3,4] => avg_pool_global: input 0 is i64, a real type is wanted | in here | input "
                   "0: input i64 [2, 3, 4] x | hint nrv_cast it to NRV_F32" },
       .test = { "x[2,3,4,5]", "x[2,3,4]", "x[1,2,2,3,2]" });

/* The mean of every channel. (B,C,S...) -> (B,C) */
NRV_API nrv_tensor nrv_avg_pool_global(nrv_tensor x)
{
    nrv_tensor flat = avg_pool_flat(&nrv__op_avg_pool_global, x);
    return flat ? nrv_mean(flat, 2, 0) : NULL;
}

extern const nrv__opdef nrv__op_max_pool_global;

static nrv_tensor max_pool_global_make(nrv__case *c)
{
    return nrv_max_pool_global(c->x[0]);
}

NRV_OP(max_pool_global, .sig = "real x[B,C,S...] -> y[B,C]",
       .doc = "The largest of every channel; NaN wins; the first of equals gets the gradient.", .flags = NRV_MACRO,
       .make = max_pool_global_make, .onnx = "GlobalMaxPool", .also = "global_max_pool",
       .refuse = { "x[2,3] => max_pool_global: a tensor of rank 2 has nothing behind its channels | in here | "
                   "input 0: input f32 [2, 3] x | hint (B,C,H,W)",
                   "x:bool[2,3,4] => max_pool_global: input 0 is bool, a real type is wanted | in here | "
                   "input 0: input bool [2, 3, 4] x | hint nrv_cast it to NRV_F32" },
       .test = { "x[2,3,4,5]", "x[2,3,4]", "x[1,2,2,3,2]" });

/* The largest of every channel. (B,C,S...) -> (B,C) */
NRV_API nrv_tensor nrv_max_pool_global(nrv_tensor x)
{
    nrv_tensor flat = avg_pool_flat(&nrv__op_max_pool_global, x);
    return flat ? nrv_max_of(flat, 2, 0) : NULL;
}
