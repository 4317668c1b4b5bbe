/* residual - what comes out of a block plus what went in (He et al. 2016).

   Where the block changes the shape, what went in passes a projection without bias, named `shortcut`: a 1x1
   convolution, with the stride that reaches the block's height and width, for images; a dense layer where the last axis
   changed. */
#include "layer.h"
#include "../ops/conv/windows.h"

enum { RESIDUAL_STRIDE = 64 };

static bool residual_same(nrv_tensor a, nrv_tensor b)
{
    bool same = a->rank == b->rank;
    for (int i = 0; same && i < a->rank; i++)
        same = a->dim[i] == b->dim[i];
    return same;
}

/* the stride with which a window of 1 makes `to` of `from`; 0: none does */
static int64_t residual_stride(nrv_graph *g, nrv_dim from, nrv_dim to)
{
    for (int64_t s = 1; s <= RESIDUAL_STRIDE; s++)
        if (from == to || nrv__dim_add(g, nrv__dim_floor(g, nrv__dim_sub(g, from, 1), s), 1) == to)
            return s;
    return 0;
}

static nrv_tensor residual_images(nrv_tensor x, nrv_tensor y)
{
    nrv_graph *g = x->g;
    nrv__window_attr a = {
        2,     { 1, 1 }, { residual_stride(g, x->dim[2], y->dim[2]), residual_stride(g, x->dim[3], y->dim[3]) },
        { 0 }, { 1, 1 }, 1
    };
    if (!a.stride[0] || !a.stride[1])
        return NULL;
    nrv_push(g, "shortcut");
    nrv_tensor w = nrv_param(g, "weight", x->type, NRV_SHAPE(y->dim[1], x->dim[1], 1, 1), NRV_KAIMING);
    nrv_tensor p = nrv__conv(x, w, &a);
    nrv_pop(g);
    return p;
}

static nrv_tensor residual_join(nrv_tensor x, int n, const nrv_tensor *out)
{
    nrv_tensor y = n == 1 ? out[0] : NULL, p = x;
    if (!y)
        return NULL;
    nrv_graph *g = x->g;
    bool last = x->rank == y->rank && x->rank >= 2 && x->rank != 4;
    for (int i = 0; last && i < x->rank - 1; i++)
        last = x->dim[i] == y->dim[i];
    if (!residual_same(x, y) && x->rank == 4 && y->rank == 4)
        p = residual_images(x, y);
    else if (!residual_same(x, y))
        p = last ? nrv_linear(x, "shortcut", y->dim[y->rank - 1], &(nrv_linear_opt){ .no_bias = 1 }) : NULL;
    if (!p && !g->why.status) {
        nrv__text a = { .mem = g->mem }, b = { .mem = g->mem };
        nrv__shape_text(g, x->rank, x->dim, &a);
        nrv__shape_text(g, y->rank, y->dim, &b);
        nrv__graph_fail(g, NRV_ESHAPE,
                        "keep the shape inside the block (conv 3x3 with pad 1), or halve it with a stride",
                        "residual: %s goes in and %s comes out; no projection makes one of the other", a.at ? a.at : "",
                        b.at ? b.at : "");
        nrv__text_free(&a);
        nrv__text_free(&b);
    }
    return p ? nrv_add(y, p) : NULL;
}

NRV_LAYER(residual, .word = "residual", .args = "",
          .doc = "{ ... } plus what went in; where the shape changes it passes a projection named shortcut (1x1 conv "
                 "or dense, no bias).",
          .join = residual_join, .flags = NRV__LAYER_BLOCK);
