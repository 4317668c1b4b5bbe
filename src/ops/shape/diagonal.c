/* diagonal.c - diagonals read and written: diagonal, diag_embed, diag, diagflat, trace, block_diag. */
#include "../op.h"

/* ---- read ---- */
static nrv_tensor diagonal_make(nrv__case *c)
{
    return nrv_diagonal(c->x[0], nrv__case_int(c, "offset", 0), nrv__case_small(c, "axis1", 0),
                        nrv__case_small(c, "axis2", 1));
}

NRV_OP(diagonal, .sig = "any x[...] -> y[...,n]",
       .doc = "A diagonal of the plane of two axes, as the last axis of the result; offset 1 is the one above the main "
              "diagonal. One that lies outside is empty.",
       .flags = NRV_MACRO, .make = diagonal_make, .torch = "diagonal linalg.diagonal", .numpy = "diagonal",
       .refuse = { "x[3] => diagonal: axis 1 of a tensor of rank 1 | in here | hint axes count from 0, or from -1 at "
                   "the end",
                   "x[3,5], dim1=1, dim2=-1 => diagonal: axis 1 twice | in here | input 0: input f32 [3, 5] x | hint "
                   "two axes make a plane" },
       .test = { "x[3,5]", "x[5,3], offset=-1", "x[2,3,4], offset=1, dim1=0, dim2=2", "x[2,3,4], dim1=-1, dim2=0",
                 "x[3,3], offset=5", "x[0,3]", "x[40,50], offset=-7" });

/* the length of the diagonal; -1: the error is set */
static nrv_dim diagonal_length(nrv_tensor x, nrv_dim m, nrv_dim n, int64_t offset)
{
    nrv_dim least;
    if (m >= 0 && n >= 0) {
        int64_t a = offset < 0 ? offset < -m ? 0 : m + offset : m, b = offset > 0 ? offset > n ? 0 : n - offset : n;
        return a < b ? a : b;
    }
    m = offset < 0 ? nrv__dim_sub(x->g, m, -offset) : m;
    n = offset > 0 ? nrv__dim_sub(x->g, n, offset) : n;
    if (x->g->why.status)
        return -1;
    if (nrv__dim_least(x->g, m, n, &least))
        return least;
    nrv__op_refuses(&nrv__op_diagonal, 1, &x, NRV_ESHAPE,
                    "say it: nrv_size with ranges that do not overlap, or the longer as the shorter plus a size",
                    "which of two lengths is shorter is not known");
    return -1;
}

/* The diagonal of the plane of axes a and b, which become the last axis: (m,n) -> (min(m,n)); offset > 0 lies above the
   main one, < 0 below. Which of two lengths is shorter has to be
   known: numbers, the same named size, or sizes whose ranges say it. */
NRV_API nrv_tensor nrv_diagonal(nrv_tensor x, int64_t offset, int a, int b)
{
    NRV_CALLED(&nrv__op_diagonal, x);
    int order[NRV__MAX_RANK];
    if (!nrv__axis(x, &a, "diagonal") || !nrv__axis(x, &b, "diagonal"))
        return NULL;
    if (a == b)
        return nrv__op_refuses(&nrv__op_diagonal, 1, &x, NRV_ESHAPE, "two axes make a plane", "axis %d twice", a);
    if (offset < -INT32_MAX || offset > INT32_MAX)
        return nrv__op_refuses(&nrv__op_diagonal, 1, &x, NRV_ESHAPE, "up to 2^31 - 1", "offset %lld",
                               (long long)offset);
    nrv_dim m = x->dim[a], n = x->dim[b], length = diagonal_length(x, m, n, offset);
    for (int i = 0, k = 0; i < x->rank; i++)
        if (i != a && i != b)
            order[k++] = i;
    order[x->rank - 2] = a;
    order[x->rank - 1] = b;
    if (length == -1)
        return NULL;
    nrv_tensor flat = nrv_merge_axes(nrv_permute(x, x->rank, order), -2, -1), i = nrv_iota(x->g, NRV_I64, length);
    nrv_tensor start = nrv_fill(x->g, NRV_I64, NRV_SCALAR, (double)(offset < 0 ? -offset : offset));
    nrv_tensor wide = nrv_dim_value(x->g, n);
    return nrv_gather(flat,
                      offset < 0 ? NRV_EXPR("i, s, n: (i + s) * n + i", i, start, wide)
                                 : NRV_EXPR("i, s, n: i * n + i + s", i, start, wide),
                      -1);
}

/* ---- written ---- */
static nrv_tensor diag_embed_make(nrv__case *c)
{
    return nrv_diag_embed(c->x[0], nrv__case_int(c, "offset", 0), nrv__case_small(c, "axis1", -2),
                          nrv__case_small(c, "axis2", -1));
}

NRV_OP(diag_embed, .sig = "any x[...,n] -> y[...]",
       .doc =
           "The last axis as a diagonal of square matrices, with zeros beside it; offset 1 is the one above the main "
           "diagonal. The matrices lie in axes dim1 and dim2 of the result.",
       .flags = NRV_MACRO, .make = diag_embed_make, .torch = "diag_embed",
       .refuse = { "x[] => diag_embed: a tensor of rank 0 as a diagonal of axes -2 and -1, offset 0 | in here | input "
                   "0: input f32 [] x | hint a vector becomes two axes, and those differ; ranks go up to 8",
                   "x[3,5], dim1=1, dim2=-2 => diag_embed: a tensor of rank 2 as a diagonal of axes 1 and -2, offset 0 "
                   "| in here | input 0: input f32 [3, 5] x | hint a vector becomes two axes, and those differ; ranks "
                   "go up to 8" },
       .test = { "x[3]", "x[2,3], offset=2", "x[2,3], offset=-1, dim1=0, dim2=2", "x:i32[3], dim1=1, dim2=0",
                 "x[0], "
                 "offset=1" });

/* x (...,n) -> square matrices of n + |offset|, with x as their diagonal and zeros elsewhere; they become axes a and b
   of the result, -2 and -1 where nothing else is wanted. */
NRV_API nrv_tensor nrv_diag_embed(nrv_tensor x, int64_t offset, int a, int b)
{
    if (!x || x->g->why.status)
        return NULL;
    const int rank = x->rank + 1;
    const int64_t more = offset < 0 ? -offset : offset;
    int to[2] = { a < 0 ? a + rank : a, b < 0 ? b + rank : b }, from[2] = { rank - 2, rank - 1 };
    if (x->rank < 1 || rank > NRV__MAX_RANK || to[0] < 0 || to[0] >= rank || to[1] < 0 || to[1] >= rank ||
        to[0] == to[1] || offset < -INT32_MAX || offset > INT32_MAX)
        return nrv__op_refuses(
            &nrv__op_diag_embed, 1, &x, NRV_ESHAPE, "a vector becomes two axes, and those differ; ranks go up to 8",
            "a tensor of rank %d as a diagonal of axes %d and %d, offset %lld", x->rank, a, b, (long long)offset);
    nrv_shape zeros = nrv_shape_of(x);
    zeros.dim[x->rank - 1] = more;
    nrv_tensor part[2] = { x, nrv_fill(x->g, x->type, zeros, 0) };
    nrv_tensor line = more ? nrv_concat(2, part, -1) : x;
    nrv_dim n = nrv__dim_add(x->g, x->dim[x->rank - 1], more);
    nrv_tensor row = nrv_expand(nrv_iota(x->g, NRV_I64, n), 1, 1), col = nrv_iota(x->g, NRV_I64, n);
    nrv_tensor here =
        NRV_EXPR("row, col, o: row + o == col", row, col, nrv_fill(x->g, NRV_I64, NRV_SCALAR, (double)offset));
    nrv_tensor y = nrv_select(here, nrv_expand(line, offset < 0 ? -2 : -1, 1), nrv__like(x, 0));
    return nrv_move_axes(y, 2, from, to);
}

static nrv_tensor diag_make(nrv__case *c)
{
    return nrv_diag(c->x[0], nrv__case_int(c, "diagonal", nrv__case_int(c, "offset", 0)));
}

static nrv_tensor diagflat_make(nrv__case *c)
{
    return nrv_diagflat(c->x[0], nrv__case_int(c, "offset", 0));
}

static nrv_tensor trace_make(nrv__case *c)
{
    return nrv_trace(c->x[0]);
}

NRV_OP(diag, .sig = "any x[...] -> y[...]",
       .doc = "A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector.", .flags = NRV_MACRO,
       .make = diag_make, .torch = "diag", .numpy = "diag",
       .refuse = { "x[] => diag: a tensor of rank 0 | in here | input 0: input f32 [] x | hint a vector or a matrix; "
                   "nrv_diagonal and nrv_diag_embed take any rank",
                   "x[2,3,4] => diag: a tensor of rank 3 | in here | input 0: input f32 [2, 3, 4] x | hint a vector or "
                   "a matrix; nrv_diagonal and nrv_diag_embed take any rank" },
       .test = { "x[3]", "x[2], diagonal=-1", "x[3,4], diagonal=1", "x[3,4], diagonal=-2", "x[0]" });
NRV_OP(diagflat, .sig = "any x[...] -> y[n,n]", .doc = "All elements in their order as the diagonal of a matrix.",
       .flags = NRV_MACRO, .make = diagflat_make, .torch = "diagflat", .numpy = "diagflat",
       .refuse = { "x[3], offset=9223372036854775807 => diagflat: offset 9223372036854775807 | in here | input 0: "
                   "input f32 [3] x | hint up to 2^31 - 2",
                   "x[3], offset=-2147483648 => diagflat: offset -2147483648 | in here | input 0: input f32 [3] x | "
                   "hint up to 2^31 - 2" },
       .test = { "x[2,3]", "x[2], offset=1", "x[], offset=-1", "x[0]" });
NRV_OP(trace, .sig = "number x[m,n] -> y[]", .doc = "The sum of the main diagonal of a matrix.", .flags = NRV_MACRO,
       .make = trace_make, .torch = "trace", .numpy = "trace",
       .refuse = { "x[3] => trace: a tensor of rank 1 | in here | input 0: input f32 [3] x | hint a matrix; "
                   "nrv_diagonal and nrv_sum take any rank",
                   "x[2,3,4] => trace: a tensor of rank 3 | in here | input 0: input f32 [2, 3, 4] x | hint a matrix; "
                   "nrv_diagonal and nrv_sum take any rank" },
       .test = { "x[3,4]", "x[40,30]", "x[0,3]", "x:i32[3,3]" });

/* x (n) -> (n+|d|,n+|d|) with x as its diagonal d, or x (m,n) -> its diagonal d. */
NRV_API nrv_tensor nrv_diag(nrv_tensor x, int64_t diagonal)
{
    NRV_CALLED(&nrv__op_diag, x);
    if (!x || x->g->why.status)
        return NULL;
    if (x->rank != 1 && x->rank != 2)
        return nrv__op_refuses(&nrv__op_diag, 1, &x, NRV_ESHAPE,
                               "a vector or a matrix; nrv_diagonal and nrv_diag_embed take any rank",
                               "a tensor of rank %d", x->rank);
    return x->rank == 1 ? nrv_diag_embed(x, diagonal, -2, -1) : nrv_diagonal(x, diagonal, 0, 1);
}

/* All elements of x in their order as diagonal `offset` of a square matrix. */
NRV_API nrv_tensor nrv_diagflat(nrv_tensor x, int64_t offset)
{
    if (x && (offset <= -INT32_MAX || offset >= INT32_MAX) && !x->g->why.status)
        return nrv__op_refuses(&nrv__op_diagflat, 1, &x, NRV_ESHAPE, "up to 2^31 - 2", "offset %lld",
                               (long long)offset);
    return nrv_diag_embed(nrv_merge_axes(x, 0, -1), offset, -2, -1);
}

/* x (m,n) -> the sum of its main diagonal, a scalar. */
NRV_API nrv_tensor nrv_trace(nrv_tensor x)
{
    NRV_CALLED(&nrv__op_trace, x);
    if (!x || x->g->why.status)
        return NULL;
    if (x->rank != 2)
        return nrv__op_refuses(&nrv__op_trace, 1, &x, NRV_ESHAPE, "a matrix; nrv_diagonal and nrv_sum take any rank",
                               "a tensor of rank %d", x->rank);
    if (x->type == NRV_BOOL)
        return nrv__op_refuses(&nrv__op_trace, 1, &x, NRV_EDTYPE, "nrv_cast it to a number", "x is bool");
    return nrv_sum(nrv_diagonal(x, 0, 0, 1), 0, 0);
}

/* ---- blocks ---- */
static nrv_tensor block_diag_make(nrv__case *c)
{
    return nrv_block_diag(c->n_x, c->x);
}

NRV_OP(block_diag, .sig = "any x[...]... -> y[m,n]",
       .doc = "Matrices along the diagonal of one, with zeros beside them. A vector is a row, a scalar 1 x 1.",
       .flags = NRV_MACRO, .make = block_diag_make, .torch = "block_diag",
       .refuse = { "x[2,3,4] => block_diag: input 0 is f32 of rank 3 | in here | input 0: input f32 [2, 3, 4] x | hint "
                   "matrices of one type",
                   "a[2,2], b:f64[2,2] => block_diag: input 1 is f64 of rank 2 | in here | input 0: input f32 [2, 2] a "
                   "| input 1: input f64 [2, 2] b | hint matrices of one type" },
       .test = { "a[2,3], b[1,2], c[2,1]", "a[2,3]", "a[3], b[], c[2,2]", "a[0,2], b[2,1]" });

static nrv_tensor block_diag_zeros(nrv_tensor like, nrv_dim m, nrv_dim n)
{
    return nrv_fill(like->g, like->type, NRV_SHAPE(m, n), 0);
}

/* n matrices (m_i,n_i) -> one of (sum of m_i, sum of n_i), with zeros beside them. A vector is a row, a scalar 1 x 1.
 */
NRV_API nrv_tensor nrv_block_diag(int n, const nrv_tensor *x)
{
    if (n < 1 || !x || !nrv__op_wants(&nrv__op_block_diag, n, x))
        return NULL;
    nrv_graph *g = x[0]->g;
    nrv_tensor *row = nrv__arena_get(&g->arena, (size_t)n * sizeof *row);
    nrv_dim wide = 0, before = 0;
    for (int i = 0; i < n && row; i++) {
        if (x[i]->rank > 2 || x[i]->type != x[0]->type)
            return nrv__op_refuses(&nrv__op_block_diag, n, x, NRV_ESHAPE, "matrices of one type",
                                   "input %d is %s of rank %d", i, nrv__dtype_name(x[i]->type), x[i]->rank);
        wide = nrv__dim_add(g, wide, x[i]->rank ? x[i]->dim[x[i]->rank - 1] : 1);
    }
    for (int i = 0; i < n && row; i++) {
        nrv_dim h = x[i]->rank == 2 ? x[i]->dim[0] : 1, w = x[i]->rank ? x[i]->dim[x[i]->rank - 1] : 1;
        nrv_dim after = nrv__dim_sub(g, wide, nrv__dim_add(g, before, w));
        nrv_tensor part[3] = { block_diag_zeros(x[i], h, before), nrv_reshape(x[i], NRV_SHAPE(h, w)),
                               block_diag_zeros(x[i], h, after) };
        row[i] = nrv_concat(3, part, 1);
        before = nrv__dim_add(g, before, w);
    }
    return row ? nrv_concat(n, row, 0) : nrv__op_refuses(&nrv__op_block_diag, 1, x, NRV_ENOMEM, NULL, "no memory");
}
