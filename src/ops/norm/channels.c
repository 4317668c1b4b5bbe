/* channels.c - sums over a channel, that is over all axes but the second: what batch_norm divides by and what its
   gradient is made of.

   channel_moments: mean and biased variance. channel_sums: sum dy (x - mean) and sum dy. Both come as (2,C), a row
   each. Promises: they are composites of the sums that they name, so that a kernel can read a channel once. */
#include "../reduce/reduce.h"
#include "moments.h"

extern const nrv__opdef nrv__op_channel_moments, nrv__op_channel_sums;

static int64_t channels_axes(nrv_tensor x)
{
    return ((INT64_C(1) << x->rank) - 1) & ~INT64_C(2);
}

nrv_dim nrv__channel_length(nrv_tensor x)
{
    return nrv__axes_length(x, channels_axes(x));
}

nrv_tensor nrv__channel_count(nrv_tensor x)
{
    return nrv__cast_like(nrv_dim_value(x->g, nrv__channel_length(x)), x);
}

/* a and b, of C values each, as (2,C) */
static nrv_tensor channels_both(nrv_tensor a, nrv_tensor b, nrv_dim C)
{
    const nrv_tensor part[2] = { nrv_reshape(a, NRV_SHAPE(1, C)), nrv_reshape(b, NRV_SHAPE(1, C)) };
    return nrv_concat(2, part, 0);
}

nrv_tensor nrv__channel_row(nrv_tensor both, int64_t i, nrv_shape as)
{
    return nrv_reshape(nrv_slice(both, 0, i, 1), as);
}

nrv_tensor nrv__channel_moments(nrv_tensor x)
{
    const nrv__moments m = nrv__moments_of(x, nrv__axes_but(x, 0, 1));
    nrv_tensor body = channels_both(m.mean, m.var, x->dim[1]);
    return body ? nrv__composite(&nrv__op_channel_moments, 1, &x, NULL, 1, &body) : NULL;
}

nrv_tensor nrv__channel_sums(nrv_tensor x, nrv_tensor mean, nrv_tensor dy)
{
    nrv_tensor along = nrv_mul(dy, nrv_sub(x, nrv_reshape(mean, nrv__channels(x))));
    nrv_tensor body =
        channels_both(nrv__sum_axes(along, channels_axes(x), 0), nrv__sum_axes(dy, channels_axes(x), 0), x->dim[1]);
    return body ? nrv__composite(&nrv__op_channel_sums, NRV_N(const nrv_tensor, x, mean, dy), NULL, 1, &body) : NULL;
}

/* the mean moves by 1/n of what x does, the variance by 2 (x - mean) / n */
static void channels_moments_vjp(nrv_vjp *v)
{
    nrv_tensor x = v->x[0];
    const nrv_shape c = nrv__channels(x);
    v->dx[0] =
        NRV_EXPR("x, m, u, v, n: u / n + (x - m) * (2 * v / n)", x, nrv__channel_row(nrv__channel_moments(x), 0, c),
                 nrv__channel_row(v->dy, 0, c), nrv__channel_row(v->dy, 1, c), nrv__channel_count(x));
}

static void channels_sums_vjp(nrv_vjp *v)
{
    nrv_tensor x = v->x[0], mean = v->x[1], dy = v->x[2];
    const nrv_shape c = nrv__channels(x), flat = nrv_shape_of(mean);
    nrv_tensor u = nrv__channel_row(v->dy, 0, c);
    if (v->need[0])
        v->dx[0] = nrv_mul(dy, u);
    if (v->need[1])
        v->dx[1] = nrv_neg(nrv_mul(nrv__channel_row(nrv__channel_sums(x, mean, dy), 1, flat), nrv_reshape(u, flat)));
    if (v->need[2])
        v->dx[2] = NRV_EXPR("x, m, u, v: (x - m) * u + v", x, nrv_reshape(mean, c), u, nrv__channel_row(v->dy, 1, c));
}

static nrv_tensor channels_moments_make(nrv__case *c)
{
    nrv_tensor x = nrv__case_named(c, "x");
    return nrv__norm_wants(&nrv__op_channel_moments, x, 2, "(B,C) or (B,C,H,W)") ? nrv__channel_moments(x) : NULL;
}

static nrv_tensor channels_sums_make(nrv__case *c)
{
    const nrv__opdef *op = &nrv__op_channel_sums;
    nrv_tensor x = nrv__case_named(c, "x"), mean = nrv__case_named(c, "mean"), dy = nrv__case_named(c, "dy");
    if (!nrv__norm_wants(op, x, 2, "(B,C) or (B,C,H,W)") || !nrv__op_wants(op, 2, (nrv_tensor[]){ mean, dy }) ||
        !nrv__weight_fits(op, x, "the mean", mean, 1, x->dim + 1) ||
        !nrv__weight_fits(op, x, "dy", dy, x->rank, x->dim))
        return NULL;
    return nrv__channel_sums(x, mean, dy);
}

NRV_OP(channel_moments, .sig = "real x[B,C,...] -> y[2,C]",
       .doc = "Mean and biased variance of every channel over everything else.", .make = channels_moments_make,
       .vjp = channels_moments_vjp, .ulp = 8,
       .tolerance_why = "a mean, differences from it, their squares and a quotient, each rounded",
       .refuse = { "x[4] => channel_moments: x has rank 1, 2 at least is wanted | in here | input 0: input f32 [4] x | "
                   "hint (B,C) or (B,C,H,W)",
                   "x:i32[3,4] => channel_moments: input 0 is i32, a real type is wanted | in here | input 0: input "
                   "i32 [3, 4] x | hint nrv_cast it to NRV_F32" },
       .test = { "x[3,5]", "x[2,3,4,5] in 1..3", "x[3,2,9000] in -1..2", "x[37,3,17] in 100..101", "x[5,4,65]" });

NRV_OP(
    channel_sums, .sig = "real x[B,C,...], real mean[C], real dy[B,C,...] -> y[2,C]",
    .doc = "The sums of dy (x - mean) and of dy over every channel: the gradient of batch_norm by weight and bias, "
           "before the deviation divides it.",
    .make = channels_sums_make, .vjp = channels_sums_vjp, .ulp = 16,
    .tolerance_why = "sums of products with differences, each rounded",
    .refuse = { "x[3,4], mean[3], dy[3,4] => channel_sums: the mean has to be f32 [4] | in here | input 0: input f32 "
                "[3, 4] x | input 1: input f32 [3] mean | hint input 1 is the weight that does not fit",
                "x[3,4], mean[4], dy[3,5] => channel_sums: dy has to be f32 [3, 4] | in here | input 0: input f32 "
                "[3, 4] x | input 1: input f32 [3, 5] dy | hint input 1 is the weight that does not fit" },
    .test = { "x[3,5], mean[5], dy[3,5]", "x[2,3,4,5] in 1..3, mean[3] in 1..3, dy[2,3,4,5]",
              "x[3,2,9000], mean[2], dy[3,2,9000]", "x[37,3,17], mean[3], dy[37,3,17]",
              "x[5,4,65], mean[4], dy[5,4,65]" });
