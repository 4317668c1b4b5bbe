/* pixel_shuffle - channels become pixels, r x r of them (Shi et al. 2016); pixel_unshuffle - and back; channel_shuffle
   - channels of all groups mixed (Zhang et al. 2018). All only move elements. */
#include "../op.h"

extern const nrv__opdef nrv__op_pixel_shuffle, nrv__op_pixel_unshuffle, nrv__op_channel_shuffle;

/* (...,C,H,W) as (B,C,H,W); rank 3 or more, factor at least 1 */
static nrv_tensor pixel_shuffle_flat(const nrv__opdef *op, nrv_tensor x, int factor)
{
    if (!nrv__op_wants(op, 1, &x))
        return NULL;
    if (x->rank < 3)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "images are (...,C,H,W)", "a tensor of rank %d", x->rank);
    if (factor < 1 || factor > 1 << 14)
        return nrv__op_refuses(op, 1, &x, NRV_EARG, "2 makes one pixel four, or four one", "a factor of %d", factor);
    const nrv_dim *d = x->dim + x->rank - 3;
    return nrv_reshape(x, NRV_SHAPE(nrv__dim_product(x->g, x->rank - 3, x->dim), d[0], d[1], d[2]));
}

static nrv_tensor pixel_shuffle_shape(nrv_tensor y, nrv_tensor like, nrv_dim c, nrv_dim h, nrv_dim w)
{
    nrv_shape s = nrv_shape_of(like);
    s.dim[s.rank - 3] = c, s.dim[s.rank - 2] = h, s.dim[s.rank - 1] = w;
    return nrv_reshape(y, s);
}

/* (...,C r r,H,W) -> (...,C,H r,W r): every r x r channels become as many pixels. */
NRV_API nrv_tensor nrv_pixel_shuffle(nrv_tensor x, int r)
{
    char have[24];
    nrv_tensor y = pixel_shuffle_flat(&nrv__op_pixel_shuffle, x, r);
    nrv_dim c;
    if (!y)
        return NULL;
    if (!nrv__dim_divides(x->g, y->dim[1], (int64_t)r * r, &c))
        return nrv__op_refuses(&nrv__op_pixel_shuffle, 1, &x, NRV_ESHAPE, "channels come in factor x factor",
                               "%s channels do not fall into %d x %d", nrv__dim_text(x->g, y->dim[1], have), r, r);
    nrv_dim b = y->dim[0], h = y->dim[2], w = y->dim[3];
    y = nrv_permute(nrv_reshape(y, NRV_SHAPE(b, c, r, r, h, w)), 6, (const int[]){ 0, 1, 4, 2, 5, 3 });
    return pixel_shuffle_shape(y, x, c, nrv__dim_mul(x->g, h, r), nrv__dim_mul(x->g, w, r));
}

/* (...,C,H r,W r) -> (...,C r r,H,W): every r x r pixels become as many channels, as nrv_pixel_shuffle had them. */
NRV_API nrv_tensor nrv_pixel_unshuffle(nrv_tensor x, int r)
{
    char high[24], wide[24];
    nrv_tensor y = pixel_shuffle_flat(&nrv__op_pixel_unshuffle, x, r);
    nrv_dim h, w;
    if (!y)
        return NULL;
    if (!nrv__dim_divides(x->g, y->dim[2], r, &h) || !nrv__dim_divides(x->g, y->dim[3], r, &w))
        return nrv__op_refuses(&nrv__op_pixel_unshuffle, 1, &x, NRV_ESHAPE, "the factor divides height and width",
                               "%s x %s pixels do not fall into %d x %d", nrv__dim_text(x->g, y->dim[2], high),
                               nrv__dim_text(x->g, y->dim[3], wide), r, r);
    nrv_dim b = y->dim[0], c = y->dim[1];
    y = nrv_permute(nrv_reshape(y, NRV_SHAPE(b, c, h, r, w, r)), 6, (const int[]){ 0, 1, 3, 5, 2, 4 });
    return pixel_shuffle_shape(y, x, nrv__dim_mul(x->g, c, (int64_t)r * r), h, w);
}

/* (B,C,...) -> (B,C,...): channels in `groups` runs, taken one of each in turn. */
NRV_API nrv_tensor nrv_channel_shuffle(nrv_tensor x, int groups)
{
    const nrv__opdef *op = &nrv__op_channel_shuffle;
    char have[24];
    nrv_dim each;
    if (!nrv__op_wants(op, 1, &x))
        return NULL;
    if (x->rank < 2)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "(B,C,...)", "a tensor of rank %d", x->rank);
    if (groups < 1 || !nrv__dim_divides(x->g, x->dim[1], groups, &each))
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "groups divide the channels",
                               "%s channels do not fall into %d groups", nrv__dim_text(x->g, x->dim[1], have), groups);
    nrv_dim rest = nrv__dim_product(x->g, x->rank - 2, x->dim + 2);
    nrv_tensor y = nrv_reshape(x, NRV_SHAPE(x->dim[0], groups, each, rest));
    return nrv_reshape(nrv_permute(y, 4, (const int[]){ 0, 2, 1, 3 }), nrv_shape_of(x));
}

static int pixel_shuffle_factor(const nrv__case *c)
{
    static const char *const names[] = { "factor", "upscale_factor", "downscale_factor" };
    for (int i = 0; i < 3; i++)
        if (nrv__case_text(c, names[i]))
            return nrv__case_small(c, names[i], 0);
    return 2;
}

static nrv_tensor pixel_shuffle_make(nrv__case *c)
{
    return nrv_pixel_shuffle(c->x[0], pixel_shuffle_factor(c));
}

static nrv_tensor pixel_unshuffle_make(nrv__case *c)
{
    return nrv_pixel_unshuffle(c->x[0], pixel_shuffle_factor(c));
}

static nrv_tensor channel_shuffle_make(nrv__case *c)
{
    return nrv_channel_shuffle(c->x[0], nrv__case_small(c, "groups", 2));
}

NRV_OP(pixel_shuffle, .sig = "any x[...,C*r*r,H,W] -> y[...,C,H*r,W*r]",
       .doc = "Every r x r channels become as many pixels.", .flags = NRV_MACRO, .make = pixel_shuffle_make,
       .torch = "pixel_shuffle nn.functional.pixel_shuffle nn.PixelShuffle", .onnx = "DepthToSpace",
       .refuse = { "x[1,6,2,2], factor=2 => pixel_shuffle: 6 channels do not fall into 2 x 2 | in here | "
                   "input 0: input f32 [1, 6, 2, 2] x | hint channels come in factor x factor",
                   "x[6,2], factor=2 => pixel_shuffle: a tensor of rank 2 | in here | input 0: input f32 [6, "
                   "2] x | hint images are (...,C,H,W)" },
       .test = { "x[1,8,3,2], factor=2", "x[2,1,9,2,3], factor=3", "x[4,1,1], factor=2", "x[0,4,2,2], factor=2" });
NRV_OP(pixel_unshuffle, .sig = "any x[...,C,H*r,W*r] -> y[...,C*r*r,H,W]",
       .doc = "Every r x r pixels become as many channels: pixel_shuffle undone.", .flags = NRV_MACRO,
       .make = pixel_unshuffle_make, .torch = "pixel_unshuffle nn.functional.pixel_unshuffle nn.PixelUnshuffle",
       .onnx = "SpaceToDepth",
       .refuse = { "x[1,2,3,4], factor=2 => pixel_unshuffle: 3 x 4 pixels do not fall into 2 x 2 | in here | "
                   "input 0: input f32 [1, 2, 3, 4] x | hint the factor divides height and width",
                   "x[1,2,4,4], factor=0 => pixel_unshuffle: a factor of 0 | in here | input 0: input f32 [1, "
                   "2, 4, 4] x | hint 2 makes one pixel four, or four one" },
       .test = { "x[1,2,6,4], factor=2", "x[2,1,3,6], factor=3", "x[1,2,2], factor=2" });
NRV_OP(channel_shuffle, .sig = "any x[B,C,...] -> y[B,C,...]",
       .doc = "Channels in runs, taken one of each in turn: what grouped convolutions mix by.", .flags = NRV_MACRO,
       .make = channel_shuffle_make,
       .torch = "channel_shuffle native_channel_shuffle nn.functional.channel_shuffle nn.ChannelShuffle",
       .refuse = { "x[1,6,2], groups=4 => channel_shuffle: 6 channels do not fall into 4 groups | in here | "
                   "input 0: input f32 [1, 6, 2] x | hint groups divide the channels",
                   "x[6], groups=2 => channel_shuffle: a tensor of rank 1 | in here | input 0: input f32 [6] "
                   "x | hint (B,C,...)" },
       .test = { "x[1,6,3,2], groups=3", "x[2,4], groups=2", "x[2,4,3], groups=4" });
