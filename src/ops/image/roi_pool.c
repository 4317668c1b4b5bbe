/* roi_pool - boxes of an image, each read as a small image of one size: the largest of each cell (Girshick 2015).

   As torchvision's roi_pool: corners are rounded to pixels (halves away from 0), a box is at least 1 wide; cell i of n
   goes from floor(i w/n) to ceil((i+1) w/n), and one without pixels is 0. Rows, then columns are masked and maximised,
   over the whole image for each box: for a few boxes; many are roi_align's business. A box with NaN has no pixels.
   No gradient to the boxes. */
#include "../op.h"
#include <math.h>

extern const nrv__opdef nrv__op_roi_pool;

/* which of n pixels belong to which of the cells: bool (K,cells,n) */
static nrv_tensor roi_pool_cells(nrv_tensor boxes, int first, double scale, int64_t cells, nrv_dim n)
{
    nrv_graph *g = boxes->g;
    nrv_tensor side[2], one = nrv__like(boxes, 1);
    for (int i = 0; i < 2; i++) {
        nrv_tensor c = nrv_reshape(nrv_slice(boxes, 1, first + 2 * i, 1), NRV_SHAPE(boxes->dim[0], 1, 1));
        c = nrv_mul_c(c, scale);
        side[i] = nrv_mul(nrv_sign(c), nrv_floor(nrv_add_c(nrv_abs(c), 0.5)));
    }
    nrv_tensor cell = nrv_mul_c(nrv_max(nrv_add(nrv_sub(side[1], side[0]), one), one), 1.0 / (double)cells);
    nrv_tensor i = nrv_reshape(nrv_iota(g, boxes->type, cells), NRV_SHAPE(cells, 1)), at = nrv_iota(g, boxes->type, n);
    nrv_tensor begin = nrv_add(nrv_floor(nrv_mul(i, cell)), side[0]);
    nrv_tensor end = nrv_add(nrv_ceil(nrv_mul(nrv_add(i, one), cell)), side[0]);
    return nrv_select(nrv_less(at, begin), nrv_fill(g, NRV_BOOL, NRV_SCALAR, 0), nrv_less(at, end));
}

/* x (K,C,H,W), cells of its last axis -> (K,C,H,cells): -infinity where there are none */
static nrv_tensor roi_pool_most(nrv_tensor x, nrv_tensor cells)
{
    if (!x || !cells)
        return NULL;
    nrv_tensor mask = nrv_reshape(cells, NRV_SHAPE(cells->dim[0], 1, 1, cells->dim[1], cells->dim[2]));
    return nrv_max_of(nrv_select(mask, nrv_expand(x, 3, 1), nrv__like(x, -INFINITY)), 4, 0);
}

/* x (B,C,H,W), boxes (K,5) of x's type: which image, x1, y1, x2, y2, times scale in pixels -> (K,C,h,w): the largest of
   each cell. An image that is not there is an error of the run. */
NRV_API nrv_tensor nrv_roi_pool(nrv_tensor x, nrv_tensor boxes, int h, int w, double scale)
{
    NRV_CALLED(&nrv__op_roi_pool, x);
    const nrv__opdef *op = &nrv__op_roi_pool;
    const nrv_tensor in[2] = { x, boxes };
    if (!nrv__op_wants_real(op, 2, in))
        return NULL;
    if (x->rank != 4 || boxes->rank != 2 || boxes->dim[1] != 5)
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "x (B,C,H,W), boxes (K,5): which image, x1, y1, x2, y2",
                               "ranks %d and %d, or other than five numbers a box", x->rank, boxes->rank);
    if (h < 1 || w < 1 || h > 1 << 16 || w > 1 << 16 || x->dim[2] == 0 || x->dim[3] == 0)
        return nrv__op_refuses(op, 2, in, NRV_EARG, "cells from 1 on, of an image with pixels", "%d x %d cells", h, w);
    nrv_tensor b = nrv_stop(boxes), column = roi_pool_cells(b, 1, scale, w, x->dim[3]);
    nrv_tensor row = roi_pool_cells(b, 2, scale, h, x->dim[2]);
    nrv_tensor which = nrv_reshape(nrv_cast(nrv_slice(b, 1, 0, 1), NRV_I64), NRV_SHAPE(boxes->dim[0]));
    nrv_tensor y = roi_pool_most(nrv_gather(x, which, 0), column);
    y = y ? roi_pool_most(nrv_transpose(y), row) : NULL;
    if (!y)
        return NULL;
    y = nrv_transpose(y);
    return nrv_select(nrv_equal(y, nrv__like(y, -INFINITY)), nrv__like(y, 0), y);
}

static nrv_tensor roi_pool_make(nrv__case *c)
{
    int64_t size[2] = { 1, 1 };
    int n = nrv__case_ints(c, "output", 2, size);
    return nrv_roi_pool(c->x[0], c->n_x > 1 ? c->x[1] : NULL, (int)size[0], (int)size[n > 1],
                        nrv__case_real(c, "spatial_scale", 1));
}

NRV_OP(roi_pool, .sig = "real x[B,C,H,W], real boxes[K,5] -> y[K,C,h,w]",
       .doc = "Boxes of an image, each read as a small image of one size: the largest of each cell, 0 where it has no "
              "pixel.",
       .flags = NRV_MACRO, .make = roi_pool_make, .onnx = "MaxRoiPool",
       .not_slope = "boxes get no gradient, as in torchvision", .not_slope_in = 1 << 1,
       .values = "a box begins with the number of its image, from 0",
       .refuse = { "x[1,1,4,4], boxes[1,5]{3,0,0,2,2}, output=2 => roi_pool: index 3 at position 0; it must lie in "
                   "0..0 | in here | hint a box begins with the number of its image, from 0",
                   "x[1,1,4,4], boxes[2,4], output=2 => roi_pool: ranks 4 and 2, or other than five numbers a "
                   "box | in here | input 0: input f32 [1, 1, 4, 4] x | input 1: input f32 [2, 4] boxes | "
                   "hint x (B,C,H,W), boxes (K,5): which image, x1, y1, x2, y2",
                   "x[1,1,4,4], boxes[1,5], output=0 => roi_pool: 0 x 0 cells | in here | input 0: input f32 "
                   "[1, 1, 4, 4] x | input 1: input f32 [1, 5] boxes | hint cells from 1 on, of an image with "
                   "pixels",
                   "x:i32[1,1,4,4], boxes[1,5], output=2 => roi_pool: input 0 is i32, a real type is wanted | "
                   "in here | input 0: input i32 [1, 1, 4, 4] x | input 1: input f32 [1, 5] boxes | hint "
                   "nrv_cast it to NRV_F32" },
       .test = { "x[2,2,5,6], boxes[3,5]{0,.5,.25,3,4, 1,-1,1,2.5,3, 0,2,2,2.5,2.5}, output=2 3",
                 "x[1,1,5,6], boxes[2,5]{0,.5,.25,3,4.5, 0,-3,1,9,8}, output=2, spatial_scale=0.75",
                 "x[1,2,4,4], boxes[0,5], output=2" });
