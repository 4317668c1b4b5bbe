/* csr_sorted - what a list of rows, in any order, is in CSR form: where the stored values of each row begin and, behind
   that, which they are.      y[r] = how many i have row[i] < r, r = 0..rows     y[rows+1+k] = the k-th position by rows
   Positions that name the same row keep their order. */
#include "../index/lines.h"
#include <string.h>

extern const nrv__opdef nrv__op_csr_sorted;

static bool csr_sorted_shape(nrv__infer *s)
{
    nrv_tensor row = s->in[0];
    if (!nrv__infer_index(s, 0))
        return false;
    if (row->rank < 1)
        return nrv__infer_fail(s, NRV_ESHAPE, "row (E)", "row of rank %d", row->rank);
    nrv__infer_same(s);
    s->type = NRV_I64;
    s->dim[s->rank - 1] = nrv__dim_add(s->g, nrv__dim_add(s->g, s->size[0], 1), row->dim[row->rank - 1]);
    return true;
}

static void csr_sorted_ref(const nrv__args *a)
{
    const nrv__view *row = &a->in[0];
    const int64_t rows = a->size[0], m = row->dim[row->rank - 1], each = rows + 1 + m;
    for (int64_t t = 0; t < nrv__lines_product(row, 0, row->rank - 1); t++) {
        const double *x = (const double *)row->data + t * m;
        double *begin = (double *)a->out[0].data + t * each, *order = begin + rows + 1;
        memset(begin, 0, (size_t)each * sizeof *begin);
        for (int64_t i = 0; i < m; i++)
            if (nrv__lines_inside(a->fault, t * m + i, nrv__lines_whole(x[i]), rows))
                begin[nrv__lines_whole(x[i]) + 1]++;
        for (int64_t r = 0; r < rows; r++)
            begin[r + 1] += begin[r];
        for (int64_t i = 0; i < m;
             i++) { /* now begin[r] is where the next of row r goes: in the end, where r + 1 begins */
            const int64_t r = nrv__lines_whole(x[i]);
            if (r >= 0 && r < rows)
                order[(int64_t)begin[r]++] = (double)i;
        }
        for (int64_t r = rows; r > 0; r--)
            begin[r] = begin[r - 1];
        begin[0] = 0;
    }
}

static nrv_tensor csr_sorted_batch(const nrv__batch *b)
{
    return b->y->rank < NRV__MAX_RANK ? nrv__csr_sorted(b->x[0], b->y->size[0]) : NULL;
}

static nrv_tensor csr_sorted_make(nrv__case *c)
{
    return nrv__csr_sorted(c->x[0], nrv__case_int(c, "rows", 1));
}

NRV_OP(
    csr_sorted, .sig = "index row[...,E] -> y[...,F]",
    .doc = "A list of rows in CSR form: where each of them begins and, behind that, the positions in the list, row by "
           "row. A row out of range stops the run.",
    .shape = csr_sorted_shape, .flags = NRV_FAILS, .no_grad = "an index is piecewise constant",
    .batch = csr_sorted_batch, .ref = csr_sorted_ref, .make = csr_sorted_make,
    .values = "rows count from 0; there are as many as was said",
    .refuse = { "row:f32[3], rows=2 => csr_sorted: input 0 is f32, an index is wanted | in here | input 0: input f32 "
                "[3] row | hint nrv_cast it to NRV_I32 or NRV_I64",
                "row:i32{0, 2}, rows=2 => csr_sorted: index 2 at position 1; it must lie in 0..1 | in here | hint rows "
                "count from 0; there are as many as was said" },
    .test = { "row:i32{2, 0, 2, 1, 0}, rows=4", "row:i64[2,3]{1, 1, 0, 2, 2, 2}, rows=3", "row:i32[0], rows=2",
              "row:i32[900] in 0..39, rows=40", "row:i32[0], rows=0" });

nrv_tensor nrv__csr_sorted(nrv_tensor row, nrv_dim rows)
{
    return nrv__op_with(&nrv__op_csr_sorted, NRV_N(const nrv_tensor, row), NULL, 1, &rows);
}
