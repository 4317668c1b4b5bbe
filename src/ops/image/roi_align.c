/* roi_align - boxes of an image, each read as a small image of one size (He et al. 2017).

   A box is cut into h x w cells, a cell is the mean of s x s samples, a sample lies between four pixels: beyond a
   pixel's distance outside it is 0. As torchvision's roi_align: aligned moves boxes by half a pixel, otherwise they are
   at least 1 wide; s = 0 takes as many samples as a cell is wide, rounded up, at most as many as the image has pixels
   for each cell (which torchvision does not bound: it matters for boxes larger than the image). A box
   with NaN gives NaN. No gradient to the boxes. */
#include "../op.h"
#include <math.h>

#ifdef NRV_HEADER
/* scale: from boxes to pixels, 0 is 1; samples: of each cell along an axis, 0 as many as it is wide */
typedef struct {
    double scale;
    int samples, aligned;
    int64_t reserved[4];
} nrv_roi_align_opt;
#endif

extern const nrv__opdef nrv__op_roi_align;

/* one axis of all boxes: which pixels, and what they weigh in a cell's mean: (K,cells,2s) */
typedef struct roi_axis {
    nrv_tensor at, weight;
} roi_axis;

/* boxes' column as (K,1,1), in pixels */
static nrv_tensor roi_column(nrv_tensor boxes, int i, double scale, double move)
{
    nrv_tensor c = nrv_reshape(nrv_slice(boxes, 1, i, 1), NRV_SHAPE(boxes->dim[0], 1, 1));
    return nrv_add_c(nrv_mul_c(c, scale), move);
}

static roi_axis roi_axis_of(nrv_tensor first, nrv_tensor last, int64_t n, int64_t cells, const nrv_roi_align_opt *o)
{
    nrv_graph *g = first->g;
    nrv_dtype t = first->type;
    nrv_tensor zero = nrv__like(first, 0), one = nrv__like(first, 1), size = nrv_sub(last, first);
    size = o->aligned ? size : nrv_max(size, one);
    int64_t most = o->samples ? o->samples : (n - 1) / cells + 1;
    nrv_tensor cell = nrv_mul_c(size, 1.0 / (double)cells);
    nrv_tensor many =
        o->samples ? nrv__like(first, (double)o->samples) : nrv_min(nrv_ceil(cell), nrv__like(first, (double)most));
    nrv_tensor safe = nrv_max(many, one), i = nrv_iota(g, t, most);
    nrv_tensor p = nrv_reshape(nrv_iota(g, t, cells), NRV_SHAPE(cells, 1));
    nrv_tensor at = nrv_add(p, nrv_div(nrv_add_c(i, 0.5), safe)); /* (K,cells,most), in cells */
    at = nrv_add(first, nrv_mul(at, cell));
    nrv_tensor end = nrv__like(first, (double)n), top = nrv__like(first, (double)(n - 1));
    nrv_tensor there =
        nrv_mul(nrv_cast(nrv_greater_equal(at, nrv__like(first, -1)), t), nrv_cast(nrv_less_equal(at, end), t));
    there = nrv_mul(there, nrv_cast(nrv_less(i, many), t));
    at = nrv_min(nrv_max(at, zero), top);
    nrv_tensor low = nrv_floor(at), high = nrv_min(nrv_add(low, one), top), part = nrv_sub(at, low);
    there = nrv_div(there, safe);
    nrv_tensor index[2] = { low, high }, weight[2] = { nrv_mul(nrv_sub(one, part), there), nrv_mul(part, there) };
    return (roi_axis){ nrv_cast(nrv_concat(2, index, 2), NRV_I64), nrv_concat(2, weight, 2) };
}

static bool roi_align_wants(nrv_tensor x, nrv_tensor boxes, int64_t h, int64_t w, const nrv_roi_align_opt *o)
{
    const nrv__opdef *op = &nrv__op_roi_align;
    const nrv_tensor in[2] = { x, boxes };
    if (!nrv__op_wants_real(op, 2, in))
        return false;
    if (x->rank != 4 || boxes->rank != 2 || boxes->dim[1] != 5)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "x (B,C,H,W), boxes (K,5): which image, x1, y1, x2, y2",
                               "ranks %d and %d, or other than five numbers a box", x->rank, boxes->rank) != NULL;
    if (x->dim[1] < 0 || x->dim[2] < 1 || x->dim[3] < 1)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "height and width are numbers from 1",
                               "an image without pixels, or of a size that is not known yet") != NULL;
    if (h < 1 || w < 1 || h > 1 << 16 || w > 1 << 16 || o->samples < 0 || o->samples > 1 << 10)
        return nrv__op_refuses(op, 2, in, NRV_EARG, "cells from 1, samples from 0", "%lld x %lld cells of %d samples",
                               (long long)h, (long long)w, o->samples) != NULL;
    return true;
}

/* x (B,C,H,W), boxes (K,5) of x's type: which image, x1, y1, x2, y2 -> (K,C,h,w). An image that is not there is an
   error of the run. opt: NULL is scale 1, samples as many as a cell is wide, not aligned. */
NRV_API nrv_tensor nrv_roi_align(nrv_tensor x, nrv_tensor boxes, int h, int w, const nrv_roi_align_opt *opt)
{
    NRV_CALLED(&nrv__op_roi_align, x);
    nrv_roi_align_opt o = opt ? *opt : (nrv_roi_align_opt){ 0 };
    if (!roi_align_wants(x, boxes, h, w, &o))
        return NULL;
    nrv_graph *g = x->g;
    nrv_dim boxes_n = boxes->dim[0], wide = x->dim[3], high = x->dim[2], channels = x->dim[1];
    double scale = o.scale != 0 ? o.scale : 1, move = o.aligned ? -0.5 : 0;
    nrv_tensor b = nrv_stop(boxes), side[4];
    for (int i = 0; i < 4; i++)
        side[i] = roi_column(b, 1 + i, scale, move);
    roi_axis row = roi_axis_of(side[1], side[3], high, h, &o), column = roi_axis_of(side[0], side[2], wide, w, &o);
    if (!row.at || !column.at || !row.weight || !column.weight)
        return NULL;
    int64_t r = row.at->dim[2], q = column.at->dim[2];
    nrv_shape down = { 5, { boxes_n, h, r, 1, 1 } }, across = { 5, { boxes_n, 1, 1, w, q } };
    nrv_tensor image = nrv_gather(nrv_iota(g, NRV_I64, x->dim[0]), nrv_cast(nrv_slice(b, 1, 0, 1), NRV_I64), 0);
    image = nrv_reshape(image, (nrv_shape){ 5, { boxes_n, 1, 1, 1, 1 } });
    nrv_tensor at = nrv_add(nrv_mul(image, nrv_dim_value(g, high)), nrv_reshape(row.at, down));
    at = nrv_add(nrv_mul(at, nrv_dim_value(g, wide)), nrv_reshape(column.at, across));
    nrv_tensor pixels = nrv_reshape(nrv_permute(x, 4, (const int[]){ 0, 2, 3, 1 }), NRV_SHAPE(NRV_SAME, channels));
    down.rank = across.rank = 6;
    down.dim[5] = across.dim[5] = 1;
    nrv_tensor v =
        nrv_mul(nrv_gather(pixels, at, 0), nrv_mul(nrv_reshape(row.weight, down), nrv_reshape(column.weight, across)));
    v = nrv_sum(nrv_sum(v, 4, 0), 2, 0); /* (K,h,w,C) */
    return nrv_permute(v, 4, (const int[]){ 0, 3, 1, 2 });
}

static nrv_tensor roi_align_make(nrv__case *c)
{
    int64_t size[2] = { 1, 1 };
    int n = nrv__case_ints(c, "output", 2, size);
    nrv_roi_align_opt o = { .scale = nrv__case_real(c, "spatial_scale", 1),
                            .samples = nrv__case_small(c, "sampling_ratio", 0),
                            .aligned = nrv__case_small(c, "aligned", 0) };
    o.samples = o.samples == -1 ? 0 : o.samples; /* torchvision's word for it */
    return nrv_roi_align(c->x[0], c->n_x > 1 ? c->x[1] : NULL, (int)size[0], (int)size[n > 1], &o);
}

NRV_OP(roi_align, .sig = "real x[B,C,H,W], real boxes[K,5] -> y[K,C,h,w]",
       .doc = "Boxes of an image, each read as a small image of one size: means of samples between pixels.",
       .flags = NRV_MACRO, .make = roi_align_make, .ulp = 512, .rel = 1e-10, .onnx = "RoiAlign",
       .tolerance_why = "a place is a small difference of coordinates of the size of the image",
       .not_slope = "boxes get no gradient, as in torchvision", .not_slope_in = 1 << 1,
       .values = "a box begins with the number of its image, from 0",
       .refuse = { "x[1,1,4,4], boxes[2,4], output=2 => roi_align: ranks 4 and 2, or other than five numbers "
                   "a box | in here | input 0: input f32 [1, 1, 4, 4] x | input 1: input f32 [2, 4] boxes | "
                   "hint x (B,C,H,W), boxes (K,5): which image, x1, y1, x2, y2",
                   "x[1,1,4,4], boxes[1,5]{3,0,0,2,2}, output=2 => roi_align: index 3 at position 0; it must lie in "
                   "0..0 | in here | hint a box begins with the number of its image, from 0",
                   "x[1,1,4,4], boxes[1,5], output=0 => roi_align: 0 x 0 cells of 0 samples | in here | input "
                   "0: input f32 [1, 1, 4, 4] x | input 1: input f32 [1, 5] boxes | hint cells from 1, "
                   "samples from 0",
                   "x[1,1,4,4], boxes[1,5], output=2, sampling_ratio=-3 => roi_align: 2 x 2 cells of -3 "
                   "samples | in here | input 0: input f32 [1, 1, 4, 4] x | input 1: input f32 [1, 5] boxes | "
                   "hint cells from 1, samples from 0" },
       .test = { "x[2,2,5,6], boxes[3,5]{0,.5,.25,3,4, 1,-1,1,2.5,3, 0,2,2,2.5,2.5}, output=2 3, sampling_ratio=2",
                 "x[1,1,5,6], boxes[2,5]{0,.5,.25,3,4.5, 0,-3,1,9,8}, output=2, aligned=true, spatial_scale=0.75",
                 "x[1,2,4,4], boxes[0,5], output=2" });
