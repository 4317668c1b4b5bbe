/* affine_grid - where nrv_grid_sample reads an image that is moved by a matrix.    y = base * theta^T

   base holds the coordinates of every pixel in -1..1, the last axis first, and 1: its centres, or with align_corners
   such that the outermost pixels lie at -1 and 1 (one pixel alone at 0), as PyTorch. */
#include "../op.h"

extern const nrv__opdef nrv__op_affine_grid;

/* n places in -1..1 along axis of a grid of these lengths, (to..., 1) */
static nrv_tensor affine_grid_places(nrv_graph *g, nrv_dtype t, int axes, const nrv_dim *to, int axis, int align)
{
    double n = (double)to[axis], step = align ? (n > 1 ? 2 / (n - 1) : 0) : 2 / n;
    double first = n > 1 || !align ? (align ? -1 : 1 / n - 1) : 0;
    nrv_shape line = { axes + 1, { 1, 1, 1, 1 } }, whole = { axes + 1, { 1, 1, 1, 1 } };
    line.dim[axis] = to[axis];
    for (int i = 0; i < axes; i++)
        whole.dim[i] = to[i];
    nrv_tensor at = nrv_add_c(nrv_mul_c(nrv_iota(g, t, to[axis]), step), first);
    return nrv_broadcast(nrv_reshape(at, line), whole);
}

/* theta (B,2,3) and to (H,W), or (B,3,4) and (D,H,W), n lengths -> (B,to...,n): coordinates in -1..1, x first, for
   nrv_grid_sample. */
NRV_API nrv_tensor nrv_affine_grid(nrv_tensor theta, int n, const nrv_dim *to, int align_corners)
{
    const nrv__opdef *op = &nrv__op_affine_grid;
    if (!nrv__op_wants_real(op, 1, &theta))
        return NULL;
    if (theta->rank != 3 || n < 2 || n > 3 || theta->dim[1] != n || theta->dim[2] != n + 1 || !to)
        return nrv__op_refuses(op, 1, &theta, NRV_ESHAPE, "theta (B,2,3) for (H,W), (B,3,4) for (D,H,W)",
                               "theta of rank %d with %d lengths%s", theta->rank, n, to ? "" : " at NULL");
    nrv_tensor base[4];
    for (int i = 0; i < n; i++) {
        if (to[i] < 1 || to[i] > 1 << 24)
            return nrv__op_refuses(op, 1, &theta, NRV_EARG, "numbers from 1", "a length of %lld", (long long)to[i]);
        base[n - 1 - i] = affine_grid_places(theta->g, theta->type, n, to, i, align_corners);
    }
    nrv_shape s = { n + 1, { 0 } }, y = { n + 2, { theta->dim[0] } };
    for (int i = 0; i < n; i++)
        s.dim[i] = y.dim[1 + i] = to[i];
    s.dim[n] = 1, y.dim[n + 1] = n;
    base[n] = nrv_fill(theta->g, theta->type, s, 1);
    nrv_tensor all = nrv_concat(n + 1, base, n);
    all = nrv_reshape(all, NRV_SHAPE(nrv__dim_product(theta->g, n, to), n + 1));
    return nrv_reshape(nrv_matmul(all, nrv_transpose(theta)), y);
}

static nrv_tensor affine_grid_make(nrv__case *c)
{
    int64_t size[5] = { 0 };
    int n = nrv__case_ints(c, "size", 5, size), skip = n > 3 ? 2 : 0; /* PyTorch names the whole shape, (B,C,H,W) */
    return nrv_affine_grid(c->x[0], n - skip, size + skip, nrv__case_small(c, "align_corners", 0));
}

NRV_OP(affine_grid, .sig = "real theta[B,n,n+1] -> y[B,S...,n]",
       .doc = "Where a picture moved by a matrix reads: coordinates in -1..1, the last axis first.", .flags = NRV_MACRO,
       .make = affine_grid_make, .ulp = 8, .tolerance_why = "coordinates and three or four products, each rounded",
       .torch = "affine_grid_generator nn.functional.affine_grid", .onnx = "AffineGrid",
       .refuse = { "t[2,3,3], size=1 1 4 4 => affine_grid: theta of rank 3 with 2 lengths | in here | input "
                   "0: input f32 [2, 3, 3] t | hint theta (B,2,3) for (H,W), (B,3,4) for (D,H,W)",
                   "t[2,2,3], size=1 1 4 0 => affine_grid: a length of 0 | in here | input 0: input f32 [2, "
                   "2, 3] t | hint numbers from 1" },
       .test = { "t[2,2,3], size=2 3 4 5", "t[2,2,3], size=2 3 4 5, align_corners=true", "t[1,3,4], size=1 1 2 3 4",
                 "t[1,3,4], size=1 1 3 1 2, align_corners=true" });
