/* images.c - what moves, stretches and surrounds pixels, as words of the text form. The functions are ops. */
#include "layer.h"
#include "../ops/op.h"

extern const nrv__opdef nrv__op_unfold, nrv__op_fold;

static bool images_wants(nrv_tensor x, int least, const char *word)
{
    if (!x || x->g->why.status)
        return false;
    if (x->rank >= least && x->rank <= 5)
        return true;
    nrv__graph_fail(x->g, NRV_ESHAPE, "it wants images, (B,C,H,W); does it stand behind flatten?",
                    "%s of a tensor of rank %d", word, x->rank);
    return false;
}

static nrv_tensor images_upsample(nrv__case *c)
{
    nrv_tensor x = c->x[0];
    int64_t size[3] = { 0 };
    nrv_dim to[3] = { 0 };
    if (!images_wants(x, 3, "upsample"))
        return NULL;
    int n = nrv__case_ints(c, "size", 3, size);
    double scale = nrv__case_real(c, "scale", 2);
    nrv_interpolate_opt o = { .mode = nrv__case_text(c, "linear")  ? NRV_LINEAR
                                      : nrv__case_text(c, "cubic") ? NRV_CUBIC
                                                                   : NRV_NEAREST,
                              .align_corners = nrv__case_text(c, "align_corners") != NULL };
    for (int i = 0; i < x->rank - 2; i++) {
        double length = n ? (double)size[n > 1 ? i : 0] : (double)x->dim[2 + i] * scale;
        to[i] = length >= 1 && length < 1e9 ? (nrv_dim)length : 0;
        o.scale[i] = n ? 0 : scale;
    }
    return nrv_interpolate_with(x, x->rank - 2, to, &o);
}

static nrv_tensor images_pixel_shuffle(nrv__case *c)
{
    return images_wants(c->x[0], 4, "pixel_shuffle") ? nrv_pixel_shuffle(c->x[0], nrv__case_small(c, "factor", 2))
                                                     : NULL;
}

static nrv_tensor images_pixel_unshuffle(nrv__case *c)
{
    return images_wants(c->x[0], 4, "pixel_unshuffle") ? nrv_pixel_unshuffle(c->x[0], nrv__case_small(c, "factor", 2))
                                                       : NULL;
}

static nrv_tensor images_channel_shuffle(nrv__case *c)
{
    return images_wants(c->x[0], 3, "channel_shuffle") ? nrv_channel_shuffle(c->x[0], nrv__case_small(c, "groups", 2))
                                                       : NULL;
}

static nrv_tensor images_unfold(nrv__case *c)
{
    nrv__case d = *c;
    if (!images_wants(c->x[0], 4, "unfold"))
        return NULL;
    if (d.n_arg < NRV__CASE_ARGS)
        d.arg[d.n_arg++] = (nrv__arg){ "axes", c->x[0]->rank == 4 ? "2" : "3" };
    return nrv__op_unfold.make(&d);
}

static nrv_tensor images_fold(nrv__case *c)
{
    nrv__case d = *c;
    if (!images_wants(c->x[0], 3, "fold"))
        return NULL;
    if (d.n_arg < NRV__CASE_ARGS)
        d.arg[d.n_arg++] = (nrv__arg){ "axes", "2" };
    return nrv__op_fold.make(&d);
}

/* one number for every side, or two for each of the last axes */
static nrv_tensor images_pad(nrv__case *c, const char *word, int edge)
{
    nrv_tensor x = c->x[0];
    int64_t around[6] = { 0 };
    int n = nrv__case_ints(c, "around", 6, around);
    if (!images_wants(x, 3, word))
        return NULL;
    for (int i = 1; i < 2 * (x->rank - 2) && n == 1; i++)
        around[i] = around[0];
    n = n == 1 ? 2 * (x->rank - 2) : n;
    if (n % 2 || n / 2 > x->rank - 2)
        return nrv__graph_fail(x->g, NRV_EARG, "one number for all sides, or left, right, top, bottom",
                               "%s: %d numbers around %d axes", word, n, x->rank - 2),
               NULL;
    return nrv_pad_with(x, n, around, edge, nrv__case_real(c, "value", 0));
}

static nrv_tensor images_constant_pad(nrv__case *c)
{
    return images_pad(c, "constant_pad", NRV_EDGE_CONSTANT);
}

static nrv_tensor images_reflection_pad(nrv__case *c)
{
    return images_pad(c, "reflection_pad", NRV_EDGE_REFLECT);
}

static nrv_tensor images_replication_pad(nrv__case *c)
{
    return images_pad(c, "replication_pad", NRV_EDGE_REPLICATE);
}

static nrv_tensor images_circular_pad(nrv__case *c)
{
    return images_pad(c, "circular_pad", NRV_EDGE_CIRCULAR);
}

NRV_LAYER(upsample, .word = "upsample", .args = "scale:real=2 size:size3? linear:flag cubic:flag align_corners:flag",
          .doc =
              "Images (sequences, volumes) in another size: the nearest pixel, or between them; by a factor, or to a "
              "size.",
          .torch = "Upsample", .make = images_upsample, .flags = NRV__LAYER_BARE,
          .test = { "x[1,2,3,4], scale=2", "x[1,2,3,4], size=5x6, linear=1, align_corners=1",
                    "x[1,2,5], scale=1.5, linear=1", "x[1,1,3,4], cubic=1" });
NRV_LAYER(pixel_shuffle, .word = "pixel_shuffle", .args = "factor:size",
          .doc = "Every factor x factor channels become as many pixels.", .torch = "PixelShuffle",
          .make = images_pixel_shuffle, .flags = NRV__LAYER_BARE, .test = { "x[1,8,3,2], factor=2" });
NRV_LAYER(pixel_unshuffle, .word = "pixel_unshuffle", .args = "factor:size",
          .doc = "Every factor x factor pixels become as many channels.", .torch = "PixelUnshuffle",
          .make = images_pixel_unshuffle, .flags = NRV__LAYER_BARE, .test = { "x[1,2,6,4], factor=2" });
NRV_LAYER(channel_shuffle, .word = "channel_shuffle", .args = "groups:size",
          .doc = "Channels in runs, taken one of each in turn: what grouped convolutions mix by.",
          .torch = "ChannelShuffle", .make = images_channel_shuffle, .flags = NRV__LAYER_BARE,
          .test = { "x[1,6,3,2], groups=3" });
NRV_LAYER(unfold, .word = "unfold", .args = "kernel:size3 stride:size3=1 pad:int3=0 dilation:size3=1",
          .doc = "Every window as a column: (B,C,H,W) becomes (B, C * taps, places).", .torch = "Unfold",
          .make = images_unfold, .flags = NRV__LAYER_BARE,
          .test = { "x[1,2,4,5], kernel=2", "x[1,2,4,5], kernel=3x2, pad=1" });
NRV_LAYER(fold, .word = "fold", .args = "output:size2 kernel:size2 stride:size2=1 pad:int2=0 dilation:size2=1",
          .doc = "Columns added into an image: (B, C * taps, places) becomes (B,C,H,W).", .torch = "Fold",
          .make = images_fold, .flags = NRV__LAYER_BARE,
          .test = { "x[1,8,12], output=4x5, kernel=2", "x[2,4,9], output=4, kernel=2" });
NRV_LAYER(constant_pad, .word = "constant_pad", .args = "around:int6 value:real=0",
          .doc = "A number around images: as much on every side, or left, right, top, bottom.",
          .torch = "ConstantPad2d", .make = images_constant_pad, .flags = NRV__LAYER_BARE,
          .test = { "x[1,2,3,4], around=1", "x[1,2,3,4], around=1x2x0x1, value=0.5", "x[1,2,3], around=2x1" });
NRV_LAYER(reflection_pad, .word = "reflection_pad", .args = "around:int6",
          .doc = "The image mirrored around it, its last pixels not repeated.", .torch = "ReflectionPad2d",
          .make = images_reflection_pad, .flags = NRV__LAYER_BARE,
          .test = { "x[1,2,3,4], around=1", "x[1,2,3,4], around=1x2x0x1", "x[1,2,3], around=2x1" });
NRV_LAYER(replication_pad, .word = "replication_pad", .args = "around:int6",
          .doc = "The image's last pixels around it.", .torch = "ReplicationPad2d", .make = images_replication_pad,
          .flags = NRV__LAYER_BARE, .test = { "x[1,2,3,4], around=1", "x[1,2,3,4], around=1x2x0x1" });
NRV_LAYER(circular_pad, .word = "circular_pad", .args = "around:int6", .doc = "The image's other end around it.",
          .make = images_circular_pad, .flags = NRV__LAYER_BARE, .test = { "x[1,2,3,4], around=1" });
