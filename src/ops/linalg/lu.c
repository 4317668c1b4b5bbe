/* lu - P a = L U with partial pivoting: L unit lower triangular, U upper triangular.

   One tensor holds all of it, see matrix.h. For a square a: da = P^T L^-T (tril(L^T dL, -1) + triu(dU U^T)) U^-T; what
   is left over of a high or a wide matrix follows from a triangular system. Of equal candidates the first is the pivot.
   A zero pivot leaves its column as it is, as in LAPACK: nothing is divided by zero. */
#include "matrix.h"
#include <math.h>
#include <string.h>

extern const nrv__opdef nrv__op_lu_packed, nrv__op_lu_unpack;

typedef struct lu_attr {
    int64_t pivot;
} lu_attr;

static bool lu_shape(nrv__infer *s)
{
    if (!nrv__infer_matrix(s, 0))
        return false;
    nrv__infer_same(s);
    s->dim[s->rank - 1] = nrv__dim_add(s->g, s->dim[s->rank - 1], 2);
    return !s->g->why.status;
}

/* from dL and dU of a square factor to the gradient of P a */
static nrv_tensor lu_square(nrv_tensor lu, nrv_tensor dl, nrv_tensor du)
{
    nrv_tensor l = nrv_add(nrv_tril(lu, -1), nrv__eye(lu, nrv__rows(lu))), u = nrv_triu(lu, 0);
    nrv_tensor g = nrv_add(nrv_tril(nrv_matmul(nrv_transpose(l), nrv_tril(dl, -1)), -1),
                           nrv_triu(nrv_matmul(nrv_triu(du, 0), nrv_transpose(u)), 0));
    g = nrv__triangular(lu, g, NRV__TRI_TRANSPOSE | NRV__TRI_UNIT);
    return nrv__by_inverse(g, lu, NRV__TRI_UPPER | NRV__TRI_TRANSPOSE);
}

static void lu_vjp(nrv_vjp *v)
{
    nrv_graph *g = v->g;
    nrv_tensor a = v->x[0];
    nrv_dim m = nrv__rows(a), n = nrv__columns(a), k;
    if (!nrv__matrix_least(&nrv__op_lu_packed, a, &k))
        return;
    nrv_tensor lu = nrv_slice(v->y, -1, 0, n), d = nrv_slice(v->dy, -1, 0, n);
    nrv_tensor f = nrv__block_of_matrix(lu, k, k), dl = nrv__block_of_matrix(d, k, k), du = dl, rest = NULL;
    if (k != m) { /* L2 = (P a)2 U^-1 */
        nrv_dim more = nrv__dim_sub(g, m, k);
        rest = nrv__by_inverse(nrv_slice(d, -2, k, more), f, NRV__TRI_UPPER | NRV__TRI_TRANSPOSE);
        du = nrv_sub(du, nrv_matmul(nrv_transpose(nrv_slice(lu, -2, k, more)), rest));
    } else if (k != n) { /* U2 = L^-1 (P a)2 */
        nrv_dim more = nrv__dim_sub(g, n, k);
        rest = nrv__triangular(f, nrv_slice(d, -1, k, more), NRV__TRI_TRANSPOSE | NRV__TRI_UNIT);
        dl = nrv_sub(dl, nrv_matmul(rest, nrv_transpose(nrv_slice(lu, -1, k, more))));
    }
    nrv_tensor da = lu_square(f, dl, du);
    da = rest ? nrv__beside(da, rest, k != m ? -2 : -1) : da;
    v->dx[0] = nrv_matmul(nrv__lu_rows(v->y, 1), da);
}

static void lu_exchange(double *y, int64_t step, int64_t n, int64_t i, int64_t p)
{
    for (int64_t k = 0; k < n + 1 && p != i; k++) {
        const double t = y[i * step + k];
        y[i * step + k] = y[p * step + k], y[p * step + k] = t;
    }
}

static void lu_one(double *y, int64_t m, int64_t n, bool pivot)
{
    const int64_t step = n + 2;
    for (int64_t j = 0; j < m && j < n; j++) {
        int64_t p = j;
        for (int64_t i = j + 1; i < m && pivot; i++)
            p = fabs(y[i * step + j]) > fabs(y[p * step + j]) ? i : p;
        y[j * step + n + 1] = (double)p;
        lu_exchange(y, step, n, j, p);
        for (int64_t i = j + 1; i < m && y[j * step + j] != 0; i++) {
            y[i * step + j] /= y[j * step + j];
            nrv__axpy(y + i * step + j + 1, -y[i * step + j], y + j * step + j + 1, n - j - 1);
        }
    }
}

static void lu_ref(const nrv__args *a)
{
    const int64_t m = a->in[0].dim[a->in[0].rank - 2], n = a->in[0].dim[a->in[0].rank - 1];
    for (int64_t i = 0; m && i < nrv__matrix_items(&a->in[0]); i++) {
        double *y = (double *)a->out[0].data + i * m * (n + 2);
        for (int64_t r = 0; r < m; r++) {
            if (n)
                memcpy(y + r * (n + 2), (const double *)a->in[0].data + (i * m + r) * n, (size_t)n * sizeof *y);
            y[r * (n + 2) + n] = y[r * (n + 2) + n + 1] = (double)r;
        }
        lu_one(y, m, n, ((const lu_attr *)a->attr)->pivot);
    }
}

static nrv_tensor lu_packed_make(nrv__case *c)
{
    return nrv__lu(c->x[0], nrv__case_small(c, "pivot", 1));
}

NRV_OP(
    lu_packed, .batch = nrv__matrix_batch, .sig = "real a[...,m,n] -> y[...,m,n+2]",
    .doc =
        "P a = L U in one tensor: below the diagonal L, whose diagonal is ones, on and above it U; in column n which "
        "row of a stands here, in column n + 1 the pivots of LAPACK, counted from 0. The largest entry of a "
        "column is its pivot, the first of equals; a zero pivot leaves its column as it is.",
    .shape = lu_shape, .vjp = lu_vjp, .ref = lu_ref, .make = lu_packed_make, .attr_bytes = sizeof(lu_attr),
    .refuse = { "a[3] => lu_packed: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | hint "
                "the last two axes are rows and columns; nrv_reshape makes them",
                "a:bool[2,2] => lu_packed: input 0 is bool, f32 or f64 is wanted | in here | input 0: input bool [2, "
                "2] a | hint nrv_cast it to NRV_F32" },
    .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[4,2]{1, 2, -3, 4, 2, -5, 0.5, 1}",
              "a[2,4]{1, 2, -3, 4, 2, -5, 0.5, 1}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}", "a[1,1]{3}", "a[0,0]",
              "a[3,3]{4, 2, 3, 1, -5, 1, 2, 1, -3}, pivot=0" });

nrv_tensor nrv__lu(nrv_tensor a, int pivot)
{
    lu_attr at = { pivot != 0 };
    return nrv__op_with(&nrv__op_lu_packed, NRV_N(const nrv_tensor, a), &at, 0, NULL);
}

/* ---- what is read of it ---- */
static nrv_tensor lu_permutation(nrv_tensor like, nrv_tensor rows, nrv_dim m, int transpose)
{
    nrv_tensor i = nrv_iota(like->g, NRV_I64, m);
    nrv_tensor one = transpose ? nrv_equal(nrv_reshape(i, NRV_SHAPE(m, 1)), nrv_expand(rows, -2, 1))
                               : nrv_equal(nrv_expand(rows, -1, 1), nrv_reshape(i, NRV_SHAPE(1, m)));
    return nrv_select(one, nrv__like(like, 1), nrv__like(like, 0));
}

nrv_tensor nrv__lu_rows(nrv_tensor lu, int transpose)
{
    if (!lu)
        return NULL;
    nrv_dim n = nrv__dim_sub(lu->g, nrv__columns(lu), 2);
    nrv_tensor rows = nrv_cast(nrv_squeeze(nrv_slice(lu, -1, n, 1), -1), NRV_I64);
    return rows ? lu_permutation(lu, rows, nrv__rows(lu), transpose) : NULL;
}

nrv_tensor nrv__lu_solved(nrv_tensor lu, nrv_tensor b, int transpose)
{
    if (!lu || !b)
        return NULL;
    nrv_tensor f = nrv_slice(lu, -1, 0, nrv__rows(lu));
    const unsigned l = NRV__TRI_UNIT, u = NRV__TRI_UPPER, t = NRV__TRI_TRANSPOSE;
    if (transpose)
        return nrv_matmul(nrv__lu_rows(lu, 1), nrv__triangular(f, nrv__triangular(f, b, u | t), l | t));
    return nrv__triangular(f, nrv__triangular(f, nrv_matmul(nrv__lu_rows(lu, 0), b), l), u);
}

static nrv_tensor lu_pivots(nrv_tensor lu, nrv_dim n, nrv_dim k)
{
    nrv_tensor p = nrv_squeeze(nrv_slice(nrv_slice(lu, -2, 0, k), -1, nrv__dim_add(lu->g, n, 1), 1), -1);
    return nrv_cast(nrv_add_c(p, 1), NRV_I32);
}

static nrv_tensor lu_factor_make(nrv__case *c)
{
    return nrv_lu_factor(c->x[0], &c->also[c->n_also++]);
}

NRV_OP(lu_factor, .sig = "real a[...,m,n] -> y[...,m,n], i32 pivots[...,k]",
       .doc =
           "P a = L U by partial pivoting: L below the diagonal, U on and above it; the pivots are LAPACK's, counted "
           "from 1. A singular a has a zero on the diagonal of U.",
       .flags = NRV_MACRO, .make = lu_factor_make, .torch = "linalg.lu_factor",
       .refuse = { "a[3] => lu_factor: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | "
                   "hint the last two axes are rows and columns; nrv_reshape makes them",
                   "a:f16[2,2] => lu_factor: input 0 is f16, f32 or f64 is wanted | in here | input 0: input f16 [2, "
                   "2] a | hint nrv_cast it to NRV_F32" },
       .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[4,2]{1, 2, -3, 4, 2, -5, 0.5, 1}" });

/* a (...,m,n) -> L below the diagonal and U on and above it, (...,m,n); *pivots (...,k) of i32, k = min(m,n), counted
   from 1: row i changed places with row pivots[i]. pivots may be NULL. */
NRV_API nrv_tensor nrv_lu_factor(nrv_tensor a, nrv_tensor *pivots)
{
    nrv_dim k;
    if (pivots)
        *pivots = NULL;
    if (!nrv__matrix_wants(&nrv__op_lu_factor, 1, &a) || !nrv__matrix_least(&nrv__op_lu_factor, a, &k))
        return NULL;
    nrv_tensor lu = nrv__lu(a, 1);
    if (pivots && lu)
        *pivots = lu_pivots(lu, nrv__columns(a), k);
    return nrv_slice(lu, -1, 0, nrv__columns(a));
}

static nrv_tensor lu_make(nrv__case *c)
{
    nrv_tensor l = NULL, u = NULL, p = nrv_lu(c->x[0], &l, &u);
    if (p) {
        c->also[c->n_also++] = l;
        c->also[c->n_also++] = u;
    }
    return p;
}

NRV_OP(lu, .sig = "real a[...,m,n] -> p[...,m,m], l[...,m,k], u[...,k,n]",
       .doc = "a = P L U with partial pivoting: the permutation, L with a diagonal of ones, and U.", .flags = NRV_MACRO,
       .make = lu_make, .torch = "linalg.lu lu",
       .refuse = { "a[] => lu: input 0 has rank 0, a matrix is wanted | in here | input 0: input f32 [] a | hint the "
                   "last two axes are rows and columns; nrv_reshape makes them",
                   "a:i32[2,2] => lu: input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, 2] a | "
                   "hint nrv_cast it to NRV_F32" },
       .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[4,2]{1, 2, -3, 4, 2, -5, 0.5, 1}",
                 "a[2,4]{1, 2, -3, 4, 2, -5, 0.5, 1}" });

/* a (...,m,n) -> P (...,m,m), with *l (...,m,k) and *u (...,k,n), k = min(m,n), such that a = P L U */
NRV_API nrv_tensor nrv_lu(nrv_tensor a, nrv_tensor *l, nrv_tensor *u)
{
    nrv_dim k;
    if (l)
        *l = NULL;
    if (u)
        *u = NULL;
    if (!nrv__matrix_wants(&nrv__op_lu, 1, &a) || !nrv__matrix_least(&nrv__op_lu, a, &k))
        return NULL;
    nrv_tensor lu = nrv__lu(a, 1);
    if (l)
        *l = nrv_add(nrv_tril(nrv_slice(lu, -1, 0, k), -1), nrv__eye_of(a, nrv__rows(a), k));
    if (u)
        *u = nrv_triu(nrv__block_of_matrix(lu, k, nrv__columns(a)), 0);
    return nrv__lu_rows(lu, 1);
}

/* ---- from pivots to rows ---- */
static bool lu_order_shape(nrv__infer *s)
{
    if (!nrv__infer_index(s, 0))
        return false;
    if (s->in[0]->rank < 1)
        return nrv__infer_fail(s, NRV_ESHAPE, "pivots (...,n)", "pivots of rank 0");
    nrv__infer_same(s);
    s->type = NRV_I64;
    return true;
}

static void lu_order_ref(const nrv__args *a)
{
    const int64_t n = a->in[0].dim[a->in[0].rank - 1];
    for (int64_t at = 0; n && at < a->n; at += n) {
        const double *p = (const double *)a->in[0].data + at;
        double *y = (double *)a->out[0].data + at;
        for (int64_t i = 0; i < n; i++)
            y[i] = (double)i;
        for (int64_t i = 0; i < n; i++) {
            if (!(p[i] >= 1 && p[i] <= (double)n)) {
                nrv__fault_set(a->fault, at + i, NRV_EVALUE, "pivot %g at %lld is outside 1 to %lld", p[i],
                               (long long)i, (long long)n);
                break;
            }
            const int64_t k = (int64_t)p[i] - 1;
            const double t = y[i];
            y[i] = y[k], y[k] = t;
        }
    }
}

NRV_OP(lu_order, .batch = nrv__matrix_batch, .sig = "index pivots[...,n] -> i64 y[...,n]",
       .doc = "Which row stands where after the exchanges that LAPACK's pivots describe; a pivot outside 1 to n stops "
              "the run.",
       .shape = lu_order_shape, .flags = NRV_FAILS, .no_grad = "an index is piecewise constant", .ref = lu_order_ref,
       .values = "pivots as nrv_lu gives them: they count from 1",
       .refuse = { "p:f32[3] => lu_order: input 0 is f32, an index is wanted | in here | input 0: input f32 [3] p | "
                   "hint nrv_cast it to NRV_I32 or NRV_I64",
                   "p:i32{1, 4, 2} => lu_order: pivot 4 at 1 is outside 1 to 3 | in here | hint pivots as nrv_lu gives "
                   "them: they count from 1",
                   "p:i32[] => lu_order: pivots of rank 0 | in here | input 0: input i32 [] p | hint pivots (...,n)" },
       .test = { "p:i32{3, 3, 3}", "p:i64[2,2]{1, 2, 2, 2}", "p:i32[0]" });

static nrv_tensor lu_solve_make(nrv__case *c)
{
    bool old = c->n_x > 2 && c->x[2] && (c->x[2]->type == NRV_I32 || c->x[2]->type == NRV_I64);
    return old ? nrv_lu_solve(c->x[1], c->x[2], c->x[0]) : nrv_lu_solve(c->x[0], c->x[1], c->x[2]);
}

NRV_OP(lu_solve, .sig = "real lu[...,n,n], index pivots[...,n], real b[...,n,k] -> x[...,n,k]",
       .doc = "The x with a x = b, from what nrv_lu_factor made of a; a pivot outside 1 to n stops the run, a zero on "
              "the diagonal of U gives inf or NaN.",
       .flags = NRV_MACRO, .make = lu_solve_make, .ulp = 32, .tolerance_why = "two triangular systems, each rounded",
       .torch = "linalg.lu_solve lu_solve", .values = "pivots as nrv_lu gives them: they count from 1",
       .refuse = { "lu[2,2], pivots:i32{1}, b[2,1] => lu_solve: 1 pivots and 2 rows of b | in here | input 0: input "
                   "f32 [2, 2] lu | input 1: input f32 [2, 1] b | hint as many pivots, and rows of b, as lu has rows",
                   "lu[2,3], pivots:i32[2], b[2,1] => lu_solve: a square matrix is wanted, not 2 x 3 | in here | input "
                   "0: input f32 [2, 3] lu | hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "lu[2,2], pivots:i32{1, 3}, b[2,1] => lu_solve: pivot 3 at 1 is outside 1 to 2 | in here | hint "
                   "pivots as nrv_lu gives them: they count from 1" },
       .test = { "lu[2,2]{4, 1, 0.5, 3}, pivots:i32{2, 2}, b[2,1]", "lu[2,2]{4, 1, 0.5, 3}, pivots:i32{1, 2}, b[2,3]",
                 "lu[2,2,2]{4, 1, 0.5, 3, 2, 1, 0.25, 5}, pivots:i32[2,2]{2, 2, 1, 2}, b[2,2,2]" });

/* lu (...,n,n) and pivots (...,n) from nrv_lu_factor, b (...,n,k) -> the x (...,n,k) with a x = b */
NRV_API nrv_tensor nrv_lu_solve(nrv_tensor lu, nrv_tensor pivots, nrv_tensor b)
{
    NRV_CALLED(&nrv__op_lu_solve, lu);
    const nrv_tensor in[] = { lu, b };
    if (!nrv__op_wants(&nrv__op_lu_solve, NRV_N(const nrv_tensor, lu, b, pivots)) ||
        !nrv__matrix_wants(&nrv__op_lu_solve, 2, in) || !nrv__matrix_square(&nrv__op_lu_solve, lu))
        return NULL;
    nrv_dim d;
    char tn[24], tp[24];
    if (pivots->rank < 1 || pivots->rank != lu->rank - 1)
        return nrv__op_refuses(&nrv__op_lu_solve, 1, &pivots, NRV_ESHAPE, "pivots (...,n) as nrv_lu_factor gives them",
                               "lu has rank %d, pivots have rank %d", lu->rank, pivots->rank);
    if (!nrv__dim_same(lu->g, nrv__columns(pivots), nrv__rows(lu), "lu_solve", &d) ||
        !nrv__dim_same(lu->g, nrv__rows(b), nrv__rows(lu), "lu_solve", &d))
        return nrv__op_refuses(&nrv__op_lu_solve, 2, in, NRV_ESHAPE, "as many pivots, and rows of b, as lu has rows",
                               "%s pivots and %s rows of b", nrv__dim_text(lu->g, nrv__columns(pivots), tp),
                               nrv__dim_text(lu->g, nrv__rows(b), tn));
    nrv_tensor rows = nrv__op(&nrv__op_lu_order, NRV_N(const nrv_tensor, pivots));
    if (!rows)
        return NULL;
    nrv_tensor pb = nrv_matmul(lu_permutation(lu, rows, nrv__columns(rows), 0), b);
    return nrv__triangular(lu, nrv__triangular(lu, pb, NRV__TRI_UNIT), NRV__TRI_UPPER);
}

static nrv_tensor lu_unpack_make(nrv__case *c)
{
    c->n_also = 2;
    return nrv_lu_unpack(c->x[0], c->x[1], &c->also[0], &c->also[1]);
}

NRV_OP(
    lu_unpack, .sig = "real lu[...,m,n], index pivots[...,k] -> p[...,m,m], l[...,m,k], u[...,k,n]",
    .doc = "The permutation, L with a diagonal of ones, and U with a = P L U, from what nrv_lu_factor made of a; a "
           "pivot outside 1 to m stops the run.",
    .flags = NRV_MACRO, .make = lu_unpack_make, .torch = "lu_unpack",
    .values = "pivots as nrv_lu gives them: they count from 1",
    .refuse = { "lu[2,2], pivots:i32{1} => lu_unpack: 1 pivots, and 2 are wanted | in here | input 0: input f32 [2, 2] "
                "lu | input 1: input i32 [1] pivots | hint pivots (...,k), k = min(m,n), as nrv_lu_factor gives them",
                "lu[2,2], pivots:i32{1, 3} => lu_unpack: pivot 3 at 1 is outside 1 to 2 | in here | hint pivots as "
                "nrv_lu gives them: they count from 1",
                "lu[2,2], pivots[2] => lu_unpack: input 1 is f32, an index is wanted | in here | input 0: input f32 "
                "[2, 2] lu | input 1: input f32 [2] pivots | hint nrv_cast it to NRV_I32 or NRV_I64" },
    .test = { "lu[3,3], pivots:i32{3, 2, 3}", "lu[4,2], pivots:i32{4, 3}", "lu[2,4], pivots:i64{2, 2}",
              "lu[2,2,2], pivots:i32[2,2]{2, 2, 1, 2}", "lu[0,0], pivots:i32[0]" });

/* the pivots (...,k) of a matrix of m rows as m of them: the others stay where they are */
static nrv_tensor lu_all_pivots(nrv_tensor pivots, nrv_dim k, nrv_dim m)
{
    if (k == m)
        return pivots;
    nrv_shape s = nrv_shape_of(pivots);
    s.dim[s.rank - 1] = nrv__dim_sub(pivots->g, m, k);
    nrv_tensor rest = nrv_slice(nrv_add_c(nrv_iota(pivots->g, pivots->type, m), 1), 0, k, s.dim[s.rank - 1]);
    return nrv__beside(pivots, nrv_broadcast(rest, s), -1);
}

/* lu (...,m,n) and pivots (...,k) from nrv_lu_factor -> P (...,m,m), with *l (...,m,k) and *u (...,k,n), such that
   a = P L U; l and u may be NULL. */
NRV_API nrv_tensor nrv_lu_unpack(nrv_tensor lu, nrv_tensor pivots, nrv_tensor *l, nrv_tensor *u)
{
    NRV_CALLED(&nrv__op_lu_unpack, lu);
    const nrv__opdef *op = &nrv__op_lu_unpack;
    const nrv_tensor in[] = { lu, pivots };
    nrv_dim k, d;
    char have[24], want[24];
    if (l)
        *l = NULL;
    if (u)
        *u = NULL;
    if (!nrv__op_wants_index(op, 2, in, 1) || !nrv__matrix_wants(op, 1, &lu) || !nrv__matrix_least(op, lu, &k))
        return NULL;
    if (pivots->rank != lu->rank - 1 || !nrv__dim_same(lu->g, nrv__columns(pivots), k, op->name, &d))
        return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "pivots (...,k), k = min(m,n), as nrv_lu_factor gives them",
                               "%s pivots, and %s are wanted",
                               pivots->rank ? nrv__dim_text(lu->g, nrv__columns(pivots), have) : "no",
                               nrv__dim_text(lu->g, k, want));
    const nrv_dim m = nrv__rows(lu), n = nrv__columns(lu);
    nrv_tensor rows = nrv__op(&nrv__op_lu_order, NRV_N(const nrv_tensor, lu_all_pivots(pivots, k, m)));
    if (!rows)
        return NULL;
    if (l)
        *l = nrv_add(nrv_tril(nrv_slice(lu, -1, 0, k), -1), nrv__eye_of(lu, m, k));
    if (u)
        *u = nrv_triu(nrv__block_of_matrix(lu, k, n), 0);
    return lu_permutation(lu, rows, m, 1);
}
