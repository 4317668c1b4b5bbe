/* coo_matmul - a sparse matrix as triples, times a dense one.    y[row[e]] += value[e] x[col[e]]
   dx = the transpose times dy    dvalue[e] = dy[row[e]] . x[col[e]]
   Its body sorts the triples by rows and multiplies in CSR form: no line is copied, whatever the width of x. */
#include "../index/lines.h"

static void coo_matmul_vjp(nrv_vjp *v)
{
    nrv_tensor row = v->x[0], col = v->x[1], value = v->x[2], x = v->x[3];
    if (v->need[2]) {
        nrv_tensor each = nrv_mul(nrv_gather(v->dy, row, 0), nrv_gather(x, col, 0));
        v->dx[2] = nrv__sum_axes(each, (INT64_C(1) << x->rank) - 2, 0);
    }
    if (v->need[3])
        v->dx[3] = nrv_coo_matmul(col, row, value, v->dy, x->dim[0]);
}

extern const nrv__opdef nrv__op_coo_matmul;

static nrv_tensor coo_matmul_make(nrv__case *c)
{
    return nrv_coo_matmul(c->x[0], c->x[1], c->x[2], c->x[3], nrv__case_int(c, "rows", 1));
}

NRV_OP(coo_matmul, .sig = "index row[E], index col[E], real value[E], real x[n,...] -> y[rows,...]",
       .doc = "A sparse matrix, given by row, column and value of what is stored, times a dense one; entries that meet "
              "add up, a row or column out of range stops the run.",
       .vjp = coo_matmul_vjp, .make = coo_matmul_make, .ulp = 8,
       .tolerance_why = "products are rounded before they cancel", .values = "rows and columns count from 0",
       .refuse = { "row:i32{0, 2}, col:i32{0, 1}, value[2], x[2,2], rows=2 => coo_matmul: index 2 at position 1; it "
                   "must lie in 0..1 | in here | hint rows and columns count from 0",
                   "row:i32{0, 1}, col:i32{0, 1}, value[2,2], x[2,2], rows=2 => coo_matmul: value of rank 2, x of rank "
                   "2 | in here | hint value (E) and x (n,...)",
                   "row:i32{0, 1}, col:i32{0, 1}, value[2], x[], rows=2 => coo_matmul: value of rank 1, x of rank 0 | "
                   "in here | hint value (E) and x (n,...)",
                   "row:f32[2], col:i32{0, 1}, value[2], x[2,2], rows=2 => coo_matmul: segment is f32, an index is "
                   "wanted | in here | hint nrv_cast it to NRV_I32 or NRV_I64" },
       .test = { "row:i32[7] in 0..3, col:i32[7] in 0..4, value[7], x[5,3], rows=4",
                 "row:i64[6] in 0..2, col:i32[6] in 0..1, value[6], x[2], rows=3",
                 "row:i32[3] in 0..1, col:i32[3] in 0..1, value[3], x[2,1,2,1,1,1,1,2], rows=2",
                 "row:i32[0] in 0..2, col:i32[0] in 0..1, value[0], x[2,2], rows=3" });

/* row, col (E) of i32 or i64, value (E), x (n,...) -> (rows,...): the sparse (rows,n) matrix with these entries, in any
   order, times x; entries that meet add up. Gradients by value and x cost as much: E lines of x. A row outside
   0..rows-1 or a column outside 0..n-1 is an error of the run. */
NRV_API nrv_tensor nrv_coo_matmul(nrv_tensor row, nrv_tensor col, nrv_tensor value, nrv_tensor x, nrv_dim rows)
{
    NRV_CALLED(&nrv__op_coo_matmul, row);
    if (!nrv__segments(value, row, "coo_matmul", true) || !nrv__segments(value, col, "coo_matmul", true) || !x)
        return NULL;
    if (value->rank != 1 || x->rank < 1)
        return nrv__graph_fail(x->g, NRV_ESHAPE, "value (E) and x (n,...)",
                               "coo_matmul: value of rank %d, x of rank %d", value->rank, x->rank),
               NULL;
    nrv_graph *g = x->g;
    nrv_tensor sorted = nrv__csr_sorted(row, rows);
    nrv_dim begins = sorted ? nrv__dim_add(g, rows, 1) : 0;
    nrv_tensor begin = nrv_slice(sorted, 0, 0, begins), order = nrv_slice(sorted, 0, begins, row->dim[0]);
    nrv_tensor body = nrv_csr_matmul(begin, nrv_gather(col, order, 0), nrv_gather(value, order, 0), x);
    return body ? nrv__composite(&nrv__op_coo_matmul, NRV_N(const nrv_tensor, row, col, value, x), NULL, 1, &body)
                : NULL;
}
