/* solve_triangular - op(t) x = b for a triangular t.    db = op(t)^-T dx    dt = -(db x^T), or its transpose, masked */
#include "matrix.h"
#include <string.h>

extern const nrv__opdef nrv__op_triangular_solve;

#ifdef NRV_HEADER
/* upper: the triangle of a that is read; transpose: a^T x = b; unit: the diagonal counts as ones; right: x a = b. */
typedef struct {
    int upper, transpose, unit, right;
    int64_t reserved[4];
} nrv_solve_triangular_opt;
#endif

typedef struct tri_attr {
    int64_t how; /* NRV__TRI_... */
} tri_attr;

static bool tri_shape(nrv__infer *s)
{
    nrv_dim n;
    char a[24], b[24];
    if (!nrv__infer_square(s, 0, &n) || !nrv__infer_matrix(s, 1) || !nrv__infer_meets(s, s->in[0], s->in[1]))
        return false;
    if (!nrv__dim_same(s->g, n, nrv__rows(s->in[1]), s->op->name, &s->dim[s->rank - 2]))
        return nrv__infer_fail(s, NRV_ESHAPE, "one row of b for each row of a", "a has %s rows, b has %s",
                               nrv__dim_text(s->g, n, a), nrv__dim_text(s->g, nrv__rows(s->in[1]), b));
    s->dim[s->rank - 1] = nrv__columns(s->in[1]);
    return true;
}

static void tri_vjp(nrv_vjp *v)
{
    const unsigned how = (unsigned)((const tri_attr *)v->attr)->how;
    const int64_t k = how & NRV__TRI_UNIT ? 1 : 0;
    nrv_tensor db = nrv__triangular(v->x[0], v->dy, how ^ NRV__TRI_TRANSPOSE);
    v->dx[1] = db;
    if (!v->need[0])
        return;
    nrv_tensor dt =
        how & NRV__TRI_TRANSPOSE ? nrv_matmul(v->y, nrv_transpose(db)) : nrv_matmul(db, nrv_transpose(v->y));
    v->dx[0] = nrv_neg(how & NRV__TRI_UPPER ? nrv_triu(dt, k) : nrv_tril(dt, -k));
}

static void tri_one(const double *t, double *x, int64_t n, int64_t k, unsigned how)
{
    const bool turned = how & NRV__TRI_TRANSPOSE, down = !(how & NRV__TRI_UPPER) != turned;
    const int64_t row = turned ? 1 : n, column = turned ? n : 1;
    for (int64_t r = 0; r < n; r++) {
        const int64_t i = down ? r : n - 1 - r;
        for (int64_t q = 0; q < r; q++) {
            const int64_t j = down ? q : n - 1 - q;
            nrv__axpy(x + i * k, -t[i * row + j * column], x + j * k, k);
        }
        for (int64_t c = 0; c < k && !(how & NRV__TRI_UNIT); c++)
            x[i * k + c] /= t[i * n + i];
    }
}

static void tri_ref(const nrv__args *a)
{
    const nrv__view *t = &a->in[0], *b = &a->in[1], *x = &a->out[0];
    const int64_t n = x->dim[x->rank - 2], k = x->dim[x->rank - 1];
    const unsigned how = (unsigned)((const tri_attr *)a->attr)->how;
    for (int64_t i = 0; a->n && i < a->n / (n * k); i++) {
        double *to = (double *)x->data + i * n * k;
        memcpy(to, (const double *)b->data + nrv__matrix_at(b, x, i), (size_t)(n * k) * sizeof *to);
        tri_one((const double *)t->data + nrv__matrix_at(t, x, i), to, n, k, how);
    }
}

static nrv_tensor tri_batch(const nrv__batch *b)
{
    const int rank = b->y->rank;
    if (rank == NRV__MAX_RANK)
        return NULL;
    return nrv__triangular(nrv__batch_aligned(b, 0, rank), nrv__batch_aligned(b, 1, rank),
                           (unsigned)((const tri_attr *)b->y->attr)->how);
}

static nrv_solve_triangular_opt tri_options(const nrv__case *c, int upper)
{
    return (nrv_solve_triangular_opt){ .upper = nrv__case_small(c, "upper", upper),
                                       .transpose = nrv__case_small(c, "transpose", 0),
                                       .unit = nrv__case_small(c, "unitriangular", nrv__case_small(c, "unit", 0)),
                                       .right = nrv__case_right(c) };
}

static nrv_tensor tri_make(nrv__case *c)
{
    nrv_solve_triangular_opt o = tri_options(c, 0);
    return nrv_solve_triangular_with(c->x[0], c->x[1], &o);
}

NRV_OP(solve_triangular, .batch = tri_batch, .sig = "real a[...,n,n], real b[...,n,k] -> x[...,n,k]",
       .doc = "The x with a x = b for a triangular a: the lower triangle is read, or the upper; transpose: a^T x = b; "
              "unit: the diagonal counts as ones; right: x a = b. Batch axes broadcast. A zero on the diagonal gives "
              "inf or NaN, as the division does.",
       .shape = tri_shape, .vjp = tri_vjp, .ref = tri_ref, .make = tri_make, .attr_bytes = sizeof(tri_attr), .ulp = 8,
       .tolerance_why = "on the right, the result is turned twice; the rest is rounded once",
       .torch = "linalg.solve_triangular",
       .refuse = { "a[2,3], b[2,1] => solve_triangular: a square matrix is wanted, not 2 x 3 | in here | input 0: "
                   "input f32 [2, 3] a | input 1: input f32 [2, 1] b | hint as many rows as columns; nrv_lstsq and "
                   "nrv_pinv take any matrix",
                   "a[3,3], b[2,1] => solve_triangular: a has 3 rows, b has 2 | in here | input 0: input f32 [3, 3] a "
                   "| input 1: input f32 [2, 1] b | hint one row of b for each row of a",
                   "a[2,3,3], b[4,3,1] => solve_triangular: batch lengths differ at axis 0 | in here | input 0: input "
                   "f32 [2, 3, 3] a | input 1: input f32 [4, 3, 1] b | hint batch lengths are equal or 1" },
       .test = { "a[2,2]{2, 9, 1, 3}, b[2,1]", "a[3,3]{2, 0.5, -1, 7, 3, 0.25, 7, 7, 1.5}, b[3,2], upper=1",
                 "a[2,2]{2, 9, 1, 3}, b[2,3], transpose=1, unit=1",
                 "a[2,2,2]{2, 9, 1, 3, 1, 9, -2, 4}, b[3,2], right=1", "a[2,1,2,2]{2, 9, 1, 3, 1, 9, -2, 4}, b[3,2,1]",
                 "a[2,2]{5, -1, 1, 5}, b[2,2], upper=1, unit=1", "a[0,0], b[0,2]", "a[2,2]{2, 9, 1, 3}, b[2,0]" });

nrv_tensor nrv__triangular(nrv_tensor t, nrv_tensor b, unsigned how)
{
    tri_attr a = { how };
    return nrv__op_with(&nrv__op_solve_triangular, NRV_N(const nrv_tensor, t, b), &a, 0, NULL);
}

/* The x (...,n,k) with a x = b, for a (...,n,n) triangular and b (...,n,k); upper = 1: a's upper triangle is read, else
   its lower one. A zero on the diagonal gives inf or NaN. */
NRV_API nrv_tensor nrv_solve_triangular(nrv_tensor a, nrv_tensor b, int upper)
{
    return nrv__triangular(a, b, upper ? NRV__TRI_UPPER : 0);
}

/* The same with all options; NULL: the lower triangle, a x = b. */
NRV_API nrv_tensor nrv_solve_triangular_with(nrv_tensor a, nrv_tensor b, const nrv_solve_triangular_opt *o)
{
    nrv_solve_triangular_opt none = { 0 };
    o = o ? o : &none;
    unsigned how =
        (o->upper ? NRV__TRI_UPPER : 0u) | (o->transpose ? NRV__TRI_TRANSPOSE : 0u) | (o->unit ? NRV__TRI_UNIT : 0u);
    if (!o->right)
        return nrv__triangular(a, b, how);
    return nrv__matrix_wants(&nrv__op_solve_triangular, NRV_N(const nrv_tensor, a, b)) ? nrv__by_inverse(b, a, how)
                                                                                       : NULL;
}

/* ---- as PyTorch had it before: the right side first, and an upper triangle unless told otherwise ---- */
static nrv_tensor triangular_solve_make(nrv__case *c)
{
    const nrv__opdef *op = &nrv__op_triangular_solve;
    const nrv_tensor in[] = { c->x[0], c->x[1] };
    nrv_solve_triangular_opt o = tri_options(c, 1);
    nrv_dim n;
    char a[24], b[24];
    if (!nrv__matrix_wants(op, 2, in) || !nrv__matrix_square(op, in[1]))
        return NULL;
    if (!nrv__dim_same(c->g, nrv__rows(in[0]), nrv__rows(in[1]), op->name, &n))
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "one row of b for each row of a", "a has %s rows, b has %s",
                               nrv__dim_text(c->g, nrv__rows(in[1]), a), nrv__dim_text(c->g, nrv__rows(in[0]), b));
    return nrv_solve_triangular_with(in[1], in[0], &o);
}

NRV_OP(triangular_solve, .sig = "real b[...,n,k], real a[...,n,n] -> x[...,n,k]",
       .doc = "solve_triangular with its inputs in the order of torch.triangular_solve: the upper triangle is read "
              "unless upper = 0.",
       .flags = NRV_MACRO, .make = triangular_solve_make, .torch = "triangular_solve",
       .refuse = { "b[2,1], a[3,3] => triangular_solve: a has 3 rows, b has 2 | in here | input 0: input f32 [2, 1] b "
                   "| input 1: input f32 [3, 3] a | hint one row of b for each row of a",
                   "b[2], a[2,2] => triangular_solve: input 0 has rank 1, a matrix is wanted | in here | input 0: "
                   "input f32 [2] b | input 1: input f32 [2, 2] a | hint the last two axes are rows and columns; "
                   "nrv_reshape makes them" },
       .test = { "b[2,1], a[2,2]{2, 9, 1, 3}", "b[2,1], a[2,2]{2, 9, 1, 3}, upper=0, transpose=1" });
