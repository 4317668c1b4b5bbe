/* triangle.c - the elements below or above a diagonal: tril, triu, and their indexes. */
#include "../op.h"

enum { TRIANGLE_MOST = 1 << 24 };

static nrv_tensor tril_make(nrv__case *c)
{
    return nrv_tril(c->x[0], nrv__case_int(c, "diagonal", 0));
}

static nrv_tensor triu_make(nrv__case *c)
{
    return nrv_triu(c->x[0], nrv__case_int(c, "diagonal", 0));
}

NRV_OP(tril, .sig = "any x[...,m,n] -> y[...,m,n]",
       .doc =
           "The elements on and below a diagonal, 0 above it: 0 is the main diagonal, 1 the one above it. What is cut "
           "away may be anything, also NaN.",
       .flags = NRV_MACRO, .make = tril_make, .torch = "tril", .numpy = "tril", .onnx = "Trilu",
       .refuse = { "x[3] => tril: a tensor of rank 1 | in here | input 0: input f32 [3] x | hint matrices: (...,m,n)",
                   "x[] => tril: a tensor of rank 0 | in here | input 0: input f32 [] x | hint matrices: (...,m,n)" },
       .test = { "x[4,5]", "x[2,3,4], diagonal=1", "x[4,3], diagonal=-2", "x:i32[3,3], diagonal=9", "x[0,3]",
                 "x[70,40], diagonal=-60" });
NRV_OP(triu, .sig = "any x[...,m,n] -> y[...,m,n]",
       .doc =
           "The elements on and above a diagonal, 0 below it: 0 is the main diagonal, 1 the one above it. What is cut "
           "away may be anything, also NaN.",
       .flags = NRV_MACRO, .make = triu_make, .torch = "triu", .numpy = "triu", .onnx = "Trilu",
       .refuse = { "x[3] => triu: a tensor of rank 1 | in here | input 0: input f32 [3] x | hint matrices: (...,m,n)",
                   "x[] => triu: a tensor of rank 0 | in here | input 0: input f32 [] x | hint matrices: (...,m,n)" },
       .test = { "x[4,5]", "x[2,3,4], diagonal=1", "x[4,3], diagonal=-2", "x:i32[3,3], diagonal=-9", "x[3,0]" });

/* column - row, (m,n) */
static nrv_tensor triangle_right(nrv_tensor x)
{
    nrv_tensor row = nrv_iota(x->g, NRV_I64, x->dim[x->rank - 2]), col = nrv_iota(x->g, NRV_I64, x->dim[x->rank - 1]);
    return nrv_sub(col, nrv_expand(row, 1, 1));
}

static nrv_tensor triangle(const nrv__opdef *op, nrv_tensor x, int64_t diagonal, bool lower)
{
    if (!x || x->g->why.status)
        return NULL;
    if (x->rank < 2)
        return nrv__op_refuses(op, 1, &x, NRV_ESHAPE, "matrices: (...,m,n)", "a tensor of rank %d", x->rank);
    nrv_tensor right = triangle_right(x), edge = nrv_fill(x->g, NRV_I64, NRV_SCALAR, (double)diagonal);
    return nrv_select(lower ? nrv_less_equal(right, edge) : nrv_greater_equal(right, edge), x, nrv__like(x, 0));
}

/* The elements of x (...,m,n) on and below a diagonal, 0 above it; 0: the main one, positive: above. */
NRV_API nrv_tensor nrv_tril(nrv_tensor x, int64_t diagonal)
{
    return triangle(&nrv__op_tril, x, diagonal, true);
}

/* The elements of x (...,m,n) on and above a diagonal, 0 below it; 0: the main one, positive: above. */
NRV_API nrv_tensor nrv_triu(nrv_tensor x, int64_t diagonal)
{
    return triangle(&nrv__op_triu, x, diagonal, false);
}

/* ---- where they stand ---- */
extern const nrv__opdef nrv__op_tril_indices, nrv__op_triu_indices;

static nrv_tensor triangle_indices(nrv_graph *g, const nrv__opdef *op, int64_t row, int64_t col, int64_t offset,
                                   bool lower)
{
    if (!g || g->why.status)
        return NULL;
    if (row < 0 || col < 0 || (col && row > TRIANGLE_MOST / col))
        return nrv__graph_fail(g, NRV_ESHAPE, "they become a constant; nrv_tril cuts without one",
                               "%s: %lld rows and %lld columns, %d elements can be counted", op->name, (long long)row,
                               (long long)col, TRIANGLE_MOST),
               NULL;
    offset = offset < -row ? -row : offset > col ? col : offset;
    int64_t n = 0, *at = nrv__arena_get(&g->arena, (size_t)(row * col) * 2 * sizeof *at + 1);
    if (!at)
        return nrv__graph_fail(g, NRV_ENOMEM, NULL, "%s: no memory", op->name), NULL;
    for (int turn = 0; turn < 2; turn++) {
        for (int64_t i = 0, k = 0; i < row && col; i++)
            for (int64_t j = 0; j < col; j++)
                if (lower ? j - i <= offset : j - i >= offset) {
                    if (turn) {
                        at[k] = i;
                        at[n + k++] = j;
                    } else {
                        n++;
                    }
                }
    }
    return nrv_constant(g, NRV_I64, NRV_SHAPE(2, n), at);
}

static nrv_tensor tril_indices_make(nrv__case *c)
{
    return nrv_tril_indices(c->g, nrv__case_int(c, "row", 0), nrv__case_int(c, "col", nrv__case_int(c, "row", 0)),
                            nrv__case_int(c, "offset", 0));
}

static nrv_tensor triu_indices_make(nrv__case *c)
{
    return nrv_triu_indices(c->g, nrv__case_int(c, "row", 0), nrv__case_int(c, "col", nrv__case_int(c, "row", 0)),
                            nrv__case_int(c, "offset", 0));
}

NRV_OP(tril_indices, .sig = "-> i64 y[2,K]",
       .doc = "Rows and columns of the elements on and below a diagonal of a matrix, row by row.", .flags = NRV_MACRO,
       .make = tril_indices_make, .torch = "tril_indices", .numpy = "tril_indices",
       .refuse = { "row=-1, col=3 => tril_indices: -1 rows and 3 columns, 16777216 elements can be counted | in here | "
                   "hint they become a constant; nrv_tril cuts without one",
                   "row=100000, col=100000 => tril_indices: 100000 rows and 100000 columns, 16777216 elements can be "
                   "counted | in here | hint they become a constant; nrv_tril cuts without one" },
       .test = { "row=3, col=4", "row=4, col=3, offset=1", "row=3, col=3, offset=-2", "row=0, col=5" });
NRV_OP(triu_indices, .sig = "-> i64 y[2,K]",
       .doc = "Rows and columns of the elements on and above a diagonal of a matrix, row by row.", .flags = NRV_MACRO,
       .make = triu_indices_make, .torch = "triu_indices", .numpy = "triu_indices",
       .refuse = { "row=-1, col=3 => triu_indices: -1 rows and 3 columns, 16777216 elements can be counted | in here | "
                   "hint they become a constant; nrv_tril cuts without one",
                   "row=100000, col=100000 => triu_indices: 100000 rows and 100000 columns, 16777216 elements can be "
                   "counted | in here | hint they become a constant; nrv_tril cuts without one" },
       .test = { "row=3, col=4", "row=4, col=3, offset=1", "row=3, col=3, offset=-2", "row=2, col=3, offset=7" });

/* i64 (2,K): rows and columns of the elements of a row x col matrix on and below a diagonal, a constant; at most 2^24
   elements are counted. */
NRV_API nrv_tensor nrv_tril_indices(nrv_graph *g, int64_t row, int64_t col, int64_t offset)
{
    return triangle_indices(g, &nrv__op_tril_indices, row, col, offset, true);
}

/* i64 (2,K): rows and columns of the elements of a row x col matrix on and above a diagonal, a constant; at most 2^24
   elements are counted. */
NRV_API nrv_tensor nrv_triu_indices(nrv_graph *g, int64_t row, int64_t col, int64_t offset)
{
    return triangle_indices(g, &nrv__op_triu_indices, row, col, offset, false);
}
