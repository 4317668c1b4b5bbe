/* argsort_rows.c - in which order the rows of a matrix stand, compared from their first element on; and lexsort, the
   same of keys that are given apart. The order is total, as argsort's is: rows that are equal keep theirs, -0 equals 0
   and NaN is larger than any number. */
#include "lines.h"

extern const nrv__opdef nrv__op_argsort_rows, nrv__op_lexsort;

typedef struct rows_of {
    const double *x;
    int64_t width;
} rows_of;

static bool rows_before(const void *row, double i, double j)
{
    const rows_of *r = row;
    const double *a = r->x + (int64_t)i * r->width, *b = r->x + (int64_t)j * r->width;
    for (int64_t k = 0; k < r->width; k++) {
        if (a[k] < b[k] || (b[k] != b[k] && a[k] == a[k]))
            return true;
        if (a[k] > b[k] || (a[k] != a[k] && b[k] == b[k]))
            return false;
    }
    return i < j;
}

static void argsort_rows_ref(const nrv__args *a)
{
    const nrv__view *x = &a->in[0];
    const int64_t n = x->dim[x->rank - 2], width = x->dim[x->rank - 1];
    for (int64_t first = 0; first < a->n; first += n)
        nrv__order((double *)a->out[0].data + first, n, 1, rows_before,
                   &(rows_of){ (const double *)x->data + first * width, width });
}

static bool argsort_rows_shape(nrv__infer *s)
{
    nrv_tensor x = s->in[0];
    if (x->rank < 2)
        return nrv__infer_fail(s, NRV_ESHAPE, "x (...,n,m): n rows of m", "x of rank %d", x->rank);
    nrv__infer_same(s);
    s->rank--;
    return nrv__infer_places(s, x->rank - 2);
}

static nrv_tensor argsort_rows_batch(const nrv__batch *b)
{
    return b->x[0]->rank <= NRV__MAX_RANK ? nrv__batch_sized(b, NULL, 0) : NULL;
}

NRV_OP(
    argsort_rows, .sig = "any x[...,n,m] -> i32 y[...,n]",
    .doc = "The numbers of the rows in ascending order: compared by their first elements, where these are equal by "
           "the second ones... Equal rows keep their order; NaN counts as the largest.",
    .shape = argsort_rows_shape, .batch = argsort_rows_batch, .ref = argsort_rows_ref,
    .no_grad = "an index is piecewise constant",
    .refuse = { "x[2147483648,0] => argsort_rows: axis 0 has 2147483648 elements | in here | input 0: input f32 "
                "[2147483648, 0] x | hint places are i32, so up to 2^31 - 1",
                "x[3] => argsort_rows: x of rank 1 | in here | input 0: input f32 [3] x | hint x (...,n,m): n rows of "
                "m",
                "x:i32[] => argsort_rows: x of rank 0 | in here | input 0: input i32 [] x | hint x (...,n,m): n rows "
                "of m" },
    .test = { "x[5,3]", "x:i32[40,3] in 0..2", "x[4,2]{nan, 1, 2, nan, nan, 0, 2, nan}", "x:i64[2,9,2] in 0..3",
              "x[0,2]", "x[3,0]", "x[300,1]", "x:bool[6,3] in 0..2" });

/* x (...,n,m) -> i32 (...,n): in which order its n rows ascend, the first element counting most. Equal rows keep their
   order, NaN counts as the largest. */
NRV_API nrv_tensor nrv_argsort_rows(nrv_tensor x)
{
    return nrv__op(&nrv__op_argsort_rows, NRV_N(const nrv_tensor, x));
}

static nrv_tensor lexsort_make(nrv__case *c)
{
    return nrv_lexsort(c->x[0]);
}

NRV_OP(
    lexsort, .sig = "any keys[m,n] -> i32 y[n]",
    .doc = "In which order n things ascend that have m keys each: the last key counts most, as NumPy has it.",
    .flags = NRV_MACRO, .make = lexsort_make, .no_grad = "an index is piecewise constant", .numpy = "lexsort",
    .refuse = { "x[3] => lexsort: keys of rank 1 | in here | input 0: input f32 [3] x | hint keys (m,n): m keys of n "
                "things",
                "x:i32[2,2,2] => lexsort: keys of rank 3 | in here | input 0: input i32 [2, 2, 2] x | hint keys (m,n): "
                "m keys of n things" },
    .test = { "x[2,5]", "x:i32[3,20] in 0..2", "x[1,7]", "x[2,0]" });

/* keys (m,n) -> i32 (n): in which order the n things ascend, the last key counting most; NumPy's lexsort. */
NRV_API nrv_tensor nrv_lexsort(nrv_tensor keys)
{
    NRV_CALLED(&nrv__op_lexsort, keys);
    if (!nrv__op_wants(&nrv__op_lexsort, 1, &keys))
        return NULL;
    if (keys->rank != 2)
        return nrv__op_refuses(&nrv__op_lexsort, 1, &keys, NRV_ESHAPE, "keys (m,n): m keys of n things",
                               "keys of rank %d", keys->rank);
    return nrv_argsort_rows(nrv_transpose(nrv_flip(keys, 1, (const int[]){ 0 })));
}
