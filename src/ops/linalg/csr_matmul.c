/* csr_matmul - a sparse matrix by rows, times a dense one, and csr_rows: the row of each stored value.
   y[r] = sum of value[e] x[col[e]] for rowptr[r] <= e < rowptr[r+1] */
#include "../index/lines.h"
#include <string.h>

/* ---- rows ---- */
static bool csr_rows_shape(nrv__infer *s)
{
    nrv_tensor p = s->in[0];
    char have[24];
    if (!nrv__infer_index(s, 0))
        return false;
    if (p->rank < 1)
        return nrv__infer_fail(s, NRV_ESHAPE, "rowptr (rows+1)", "rowptr of rank %d", p->rank);
    if (!nrv__dim_at_most(s->g, 1, p->dim[p->rank - 1], "csr_rows"))
        return nrv__infer_fail(s, NRV_ESHAPE, "one more than there are rows", "rowptr of length %s",
                               nrv__dim_text(s->g, p->dim[p->rank - 1], have));
    nrv__infer_same(s);
    s->dim[s->rank - 1] = s->size[0];
    return true;
}

static void csr_rows_ref(const nrv__args *a)
{
    const int64_t rows = a->in[0].dim[a->in[0].rank - 1] - 1, nnz = a->size[0];
    const int64_t batch = nrv__lines_product(&a->in[0], 0, a->in[0].rank - 1);
    double *y = a->out[0].data;
    if (a->n)
        memset(y, 0, (size_t)a->n * sizeof *y);
    for (int64_t t = 0; t < batch; t++) {
        const double *p = (const double *)a->in[0].data + t * (rows + 1);
        if (rows == 0)
            nrv__lines_csr(a->fault, 0, 1, nrv__lines_whole(p[0]), nrv__lines_whole(p[0]), nnz);
        for (int64_t r = 0; r < rows; r++) {
            const int64_t from = nrv__lines_whole(p[r]), to = nrv__lines_whole(p[r + 1]);
            const bool good = nrv__lines_csr(a->fault, r, rows, from, to, nnz);
            for (int64_t e = from; good && e < to; e++)
                y[t * nnz + e] = (double)r;
        }
    }
}

static nrv_tensor csr_rows(nrv_tensor rowptr, nrv_dim nnz);

static nrv_tensor csr_rows_batch(const nrv__batch *b)
{
    return b->y->rank < NRV__MAX_RANK ? csr_rows(b->x[0], b->y->size[0]) : NULL;
}

static nrv_tensor csr_rows_make(nrv__case *c)
{
    return csr_rows(c->x[0], nrv__case_int(c, "values", 1));
}

/* ---- product ---- */
static void csr_matmul_vjp(nrv_vjp *v)
{
    nrv_tensor rowptr = v->x[0], col = v->x[1], value = v->x[2], x = v->x[3];
    nrv_tensor row = csr_rows(rowptr, value->dim[0]);
    if (v->need[2]) {
        nrv_tensor each = nrv_mul(nrv_gather(v->dy, row, 0), nrv_gather(x, col, 0));
        v->dx[2] = nrv__sum_axes(each, (INT64_C(1) << x->rank) - 2, 0);
    }
    if (v->need[3])
        v->dx[3] = nrv_coo_matmul(col, row, value, v->dy, x->dim[0]);
}

static nrv_tensor csr_matmul_make(nrv__case *c)
{
    return nrv_csr_matmul(c->x[0], c->x[1], c->x[2], c->x[3]);
}

NRV_OP(
    csr_rows, .sig = "index rowptr[...,rows+1] -> y[...,E]",
    .doc =
        "The row of each stored value of a matrix in CSR form. Row pointers that do not begin with 0, fall, or do not "
        "end with the number of values stop the run.",
    .shape = csr_rows_shape, .flags = NRV_FAILS, .no_grad = "an index is piecewise constant", .batch = csr_rows_batch,
    .ref = csr_rows_ref, .make = csr_rows_make,
    .values = "row pointers rise from 0 to the number of values; columns count the rows of x from 0",
    .refuse = { "rowptr:f32[3], values=2 => csr_rows: input 0 is f32, an index is wanted | in here | input 0: input "
                "f32 [3] rowptr | hint nrv_cast it to NRV_I32 or NRV_I64",
                "rowptr:i32{0, 2, 1}, values=1 => csr_rows: rowptr falls from 2 to 1 at row 1; it must not fall | in "
                "here | hint row pointers rise from 0 to the number of values; columns count the rows of x from 0" },
    .test = { "rowptr:i32{0, 2, 2, 5}, values=5", "rowptr:i64[2,3]{0, 1, 3, 0, 3, 3}, values=3",
              "rowptr:i32{0}, values=0" });
NRV_OP(csr_matmul, .sig = "index rowptr[rows+1], index col[E], real value[E], real x[n,...] -> y[rows,...]",
       .doc = "A sparse matrix in CSR form times a dense one; row pointers or columns that make no sense stop the run.",
       .flags = NRV_FAILS, .vjp = csr_matmul_vjp, .make = csr_matmul_make, .ulp = 8,
       .tolerance_why = "products are rounded before they cancel",
       .values = "row pointers rise from 0 to the number of values; columns count the rows of x from 0",
       .refuse = { "rowptr:i32{0, 1, 3}, col:i32{0, 1}, value[2], x[2,2] => csr_matmul: rowptr ends with 3; it must "
                   "end with the number of values, 2 | in here | hint row pointers rise from 0 to the number of "
                   "values; columns count the rows of x from 0",
                   "rowptr:i32[2,2], col:i32{0, 1}, value[2], x[2,2] => csr_matmul: rowptr of rank 2, value of rank 1, "
                   "x of rank 2 | in here | hint rowptr (rows+1), value (E) and x (n,...)" },
       .test = { "rowptr:i32{0, 2, 2, 5, 7}, col:i32[7] in 0..4, value[7], x[5,3]",
                 "rowptr:i64{0, 1, 6}, col:i32[6] in 0..1, value[6], x[2]",
                 "rowptr:i32{0, 0}, col:i32[0], value[0], x[2,2]",
                 "rowptr:i32{0, 9, 40, 41}, col:i64[41] in 0..29, value[41], x[30,150]",
                 "rowptr:i32{0}, col:i32[0], value[0], x[2,2]", "rowptr:i32{0, 2}, col:i32{1, 0}, value[2], x[2,0]" });

static nrv_tensor csr_rows(nrv_tensor rowptr, nrv_dim nnz)
{
    return nrv__op_with(&nrv__op_csr_rows, NRV_N(const nrv_tensor, rowptr), NULL, 1, &nnz);
}

/* rowptr (rows+1) and col (E) of i32 or i64, value (E), x (n,...) -> (rows,...): the sparse (rows,n) matrix whose row r
   stores value[rowptr[r]] to value[rowptr[r+1] - 1] in these columns, times x. Gradients by value and x cost as much: E
   lines of x. Row pointers that do not begin with 0, fall, or do not end with E, and columns outside 0..n-1, are errors
   of the run. The same sums for any number of threads. */
NRV_API nrv_tensor nrv_csr_matmul(nrv_tensor rowptr, nrv_tensor col, nrv_tensor value, nrv_tensor x)
{
    NRV_CALLED(&nrv__op_csr_matmul, rowptr);
    if (!rowptr || !nrv__segments(value, col, "csr_matmul", true) || !x)
        return NULL;
    nrv_graph *g = x->g;
    if (rowptr->rank != 1 || value->rank != 1 || x->rank < 1)
        return nrv__graph_fail(g, NRV_ESHAPE, "rowptr (rows+1), value (E) and x (n,...)",
                               "csr_matmul: rowptr of rank %d, value of rank %d, x of rank %d", rowptr->rank,
                               value->rank, x->rank),
               NULL;
    nrv_tensor row = csr_rows(rowptr, value->dim[0]);
    nrv_dim rows = row ? nrv__dim_sub(row->g, rowptr->dim[0], 1) : 0;
    nrv_shape each = { x->rank, { NRV_SAME, 1, 1, 1, 1, 1, 1, 1 } };
    nrv_tensor lines = nrv_mul(nrv_reshape(value, each), nrv_gather(x, col, 0));
    nrv_tensor body = nrv_scatter_add(lines, row, 0, rows);
    return body ? nrv__composite(&nrv__op_csr_matmul, NRV_N(const nrv_tensor, rowptr, col, value, x), NULL, 1, &body)
                : NULL;
}
