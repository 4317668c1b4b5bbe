/* ldl - a symmetric a, which need not be definite, as L D L^T with exchanges; ldl_solve: what is solved with it.

   Bunch & Kaufman 1977, with diagonal pivots of one or two rows: a pivot of one row is taken if it is not much smaller
   than what stands below it, (1 + sqrt 17) / 8 being what keeps growth least. One tensor holds L, D and the pivots, as
   LAPACK's sytrf leaves them: of a pair of rows D has the entry below the diagonal where L has none. */
#include "matrix.h"
#include <math.h>

extern const nrv__opdef nrv__op_ldl_packed, nrv__op_ldl_factor, nrv__op_ldl_factor_ex, nrv__op_ldl_solve;

static bool ldl_shape(nrv__infer *s)
{
    nrv_dim n;
    if (!nrv__infer_square(s, 0, &n))
        return false;
    nrv__infer_same(s);
    s->dim[s->rank - 1] = nrv__dim_add(s->g, n, 1);
    return !s->g->why.status;
}

static void ldl_swap(double *a, double *b)
{
    const double t = *a;
    *a = *b, *b = t;
}

/* rows and columns i and p > i of what is left from column k on, of which the lower triangle stands in y */
static void ldl_exchange(double *y, int64_t n, int64_t k, int64_t i, int64_t p)
{
    const int64_t s = n + 1;
    for (int64_t r = p + 1; r < n; r++)
        ldl_swap(y + r * s + i, y + r * s + p);
    for (int64_t j = i + 1; j < p; j++)
        ldl_swap(y + j * s + i, y + p * s + j);
    ldl_swap(y + i * s + i, y + p * s + p);
    if (i > k)
        ldl_swap(y + i * s + k, y + p * s + k);
}

/* which row comes to k, or to k + 1 where *pair becomes true */
static int64_t ldl_pivot(const double *y, int64_t n, int64_t k, bool *pair)
{
    static const double alpha = 0.64038820320220756;
    const int64_t s = n + 1;
    const double here = fabs(y[k * s + k]);
    int64_t most = k;
    double column = 0, row = 0;
    for (int64_t i = k + 1; i < n; i++)
        if (fabs(y[i * s + k]) > column)
            column = fabs(y[i * s + k]), most = i;
    *pair = false;
    if (most == k || !(here < alpha * column))
        return k;
    for (int64_t j = k; j < n; j++) {
        const double v = j == most ? 0 : fabs(j < most ? y[most * s + j] : y[j * s + most]);
        row = v > row ? v : row;
    }
    if (here >= alpha * column * (column / row))
        return k;
    *pair = !(fabs(y[most * s + most]) >= alpha * row);
    return most;
}

static void ldl_one_row(double *y, int64_t n, int64_t k)
{
    const int64_t s = n + 1;
    const double d = 1 / y[k * s + k];
    for (int64_t i = k + 1; i < n; i++) {
        for (int64_t j = k + 1; j <= i; j++)
            y[i * s + j] -= d * y[j * s + k] * y[i * s + k];
    }
    for (int64_t i = k + 1; i < n; i++)
        y[i * s + k] *= d;
}

static void ldl_two_rows(double *y, int64_t n, int64_t k)
{
    const int64_t s = n + 1;
    const double b = y[(k + 1) * s + k], d1 = y[(k + 1) * s + k + 1] / b, d2 = y[k * s + k] / b;
    const double t = 1 / (d1 * d2 - 1) / b;
    for (int64_t j = k + 2; j < n; j++) {
        const double first = t * (d1 * y[j * s + k] - y[j * s + k + 1]);
        const double second = t * (d2 * y[j * s + k + 1] - y[j * s + k]);
        for (int64_t i = j; i < n; i++)
            y[i * s + j] -= y[i * s + k] * first + y[i * s + k + 1] * second;
        y[j * s + k] = first;
        y[j * s + k + 1] = second;
    }
}

static void ldl_one(double *y, int64_t n)
{
    const int64_t s = n + 1;
    bool pair;
    for (int64_t k = 0; k < n; k += 1 + pair) {
        const int64_t p = ldl_pivot(y, n, k, &pair), to = k + pair;
        if (p != to)
            ldl_exchange(y, n, k, to, p);
        y[k * s + n] = pair ? -(double)(p + 1) : (double)(p + 1);
        y[to * s + n] = y[k * s + n];
        if (pair)
            ldl_two_rows(y, n, k);
        else if (y[k * s + k] != 0) /* else its column is 0, too */
            ldl_one_row(y, n, k);
    }
}

static void ldl_ref(const nrv__args *a)
{
    const int64_t n = nrv__side(a);
    for (int64_t m = 0; n && m < nrv__matrix_items(&a->in[0]); m++) {
        const double *x = (const double *)a->in[0].data + m * n * n;
        double *y = (double *)a->out[0].data + m * n * (n + 1);
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < n; j++)
                y[i * (n + 1) + j] = j <= i ? x[i * n + j] : 0;
        ldl_one(y, n);
    }
}

#define LDL_NO_GRAD "as in PyTorch; nrv_solve has one, and nrv_cholesky where a is definite"

NRV_OP(
    ldl_packed, .batch = nrv__matrix_batch, .sig = "real a[...,n,n] -> y[...,n,n+1]",
    .doc = "L and D of a symmetric matrix, as ldl_factor describes them, and the pivots behind them as one more "
           "column. The lower triangle of a is read.",
    .shape = ldl_shape, .ref = ldl_ref, .no_grad = LDL_NO_GRAD, .ulp = 8,
    .tolerance_why = "entries cancel as they are eliminated",
    .refuse = { "a[2,3] => ldl_packed: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a | "
                "hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                "a:bool[2,2] => ldl_packed: input 0 is bool, f32 or f64 is wanted | in here | input 0: input bool [2, "
                "2] a | hint nrv_cast it to NRV_F32" },
    .test = { "a[3,3]{4, 1, 2, 1, 5, 3, 2, 3, -6}", "a[3,3]{0, 1, 2, 1, 0, 3, 2, 3, 0}",
              "a[4,4]{0.5, 2, -1, 3, 2, 0, 4, 1, -1, 4, 0.25, -2, 3, 1, -2, 5}",
              "a[5,5]{0, 0, 3, 1, 2, 0, 0, 1, 4, 1, 3, 1, 0, 2, -1, 1, 4, 2, 0, 3, 2, 1, -1, 3, 0}",
              "a[2,2,2]{4, 1, 1, 3, 0, 2, 2, 0.5}", "a[3,3]{0, 0, 0, 0, 0, 0, 0, 0, 0}", "a[2,2]{nan, 1, 1, 2}",
              "a[1,1]{-2}", "a[0,0]" });

/* LD and, where they are not NULL, pivots and info */
static nrv_tensor ldl_parts(const nrv__opdef *op, nrv_tensor a, nrv_tensor *pivots, nrv_tensor *info)
{
    if (pivots)
        *pivots = NULL;
    if (info)
        *info = NULL;
    if (!nrv__matrix_wants(op, 1, &a) || !nrv__matrix_square(op, a))
        return NULL;
    const nrv_dim n = nrv__rows(a);
    nrv_tensor y = nrv__op(&nrv__op_ldl_packed, NRV_N(const nrv_tensor, a)), ld = nrv_slice(y, -1, 0, n);
    nrv_tensor p = nrv_cast(nrv_squeeze(nrv_slice(y, -1, n, 1), -1), NRV_I32);
    if (pivots)
        *pivots = p;
    if (info && ld) { /* a pair of rows has a zero on the diagonal as often as not: its determinant is not zero */
        nrv_tensor zero =
            nrv_logical_and(nrv_equal(nrv__diagonal(ld), nrv__like(ld, 0)), nrv_greater(p, nrv__like(p, 0)));
        *info = nrv__first_of(zero);
    }
    return ld;
}

static nrv_tensor ldl_factor_make(nrv__case *c)
{
    c->n_also = 1;
    return nrv_ldl_factor(c->x[0], &c->also[0]);
}

static nrv_tensor ldl_factor_ex_make(nrv__case *c)
{
    c->n_also = 2;
    return nrv_ldl_factor_ex(c->x[0], &c->also[0], &c->also[1]);
}

#define LDL_REFUSE(id)                                                                                              \
    { "a[2,3] => " #id                                                                                              \
      ": a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a | hint as many "              \
      "rows as columns; nrv_lstsq and nrv_pinv take any matrix",                                                    \
      "a:i32[2,2] => " #id ": input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, 2] a | hint " \
      "nrv_cast it to NRV_F32" }

NRV_OP(ldl_factor, .sig = "real a[...,n,n] -> ld[...,n,n], i32 pivots[...,n]",
       .doc =
           "A symmetric matrix, definite or not, as L D L^T with exchanges: D on the diagonal, and below it for a pair "
           "of rows, L below that, 0 above. A pivot p > 0 exchanged its row with row p, counted from 1; two "
           "neighbours of -p are a pair, whose second row went to p. The lower triangle of a is read; a singular a "
           "has a zero in D.",
       .flags = NRV_MACRO, .no_grad = LDL_NO_GRAD, .make = ldl_factor_make, .ulp = 8,
       .tolerance_why = "entries cancel as they are eliminated", .torch = "linalg.ldl_factor",
       .refuse = LDL_REFUSE(ldl_factor),
       .test = { "a[3,3]{4, 1, 2, 1, 5, 3, 2, 3, -6}", "a[2,2,2]{4, 1, 1, 3, 0, 2, 2, 0.5}", "a[0,0]" });
NRV_OP(ldl_factor_ex, .sig = "real a[...,n,n] -> ld[...,n,n], i32 pivots[...,n], i32 info[...]",
       .doc = "As ldl_factor, and where the first zero of D stands, counted from 1; 0: nowhere, a is not singular.",
       .flags = NRV_MACRO, .no_grad = LDL_NO_GRAD, .make = ldl_factor_ex_make, .ulp = 8,
       .tolerance_why = "entries cancel as they are eliminated", .torch = "linalg.ldl_factor_ex",
       .refuse = LDL_REFUSE(ldl_factor_ex),
       .test = { "a[3,3]{4, 1, 2, 1, 5, 3, 2, 3, -6}", "a[2,2,2]{0, 1, 1, 0, 0, 0, 0, 0}", "a[0,0]" });

/* a (...,n,n), symmetric -> L and D (...,n,n); *pivots, where it is not NULL, i32 (...,n). What they hold is in the
   operation's page; nrv_ldl_solve takes both. As LAPACK's sytrf. No gradient, as in PyTorch. (Bunch & Kaufman 1977) */
NRV_API nrv_tensor nrv_ldl_factor(nrv_tensor a, nrv_tensor *pivots)
{
    return ldl_parts(&nrv__op_ldl_factor, a, pivots, NULL);
}

/* The same; *info, where it is not NULL, i32 (...): where the first zero of D stands, counted from 1, or 0. */
NRV_API nrv_tensor nrv_ldl_factor_ex(nrv_tensor a, nrv_tensor *pivots, nrv_tensor *info)
{
    return ldl_parts(&nrv__op_ldl_factor_ex, a, pivots, info);
}

/* ---- what is solved with it ---- */
static bool ldl_solve_shape(nrv__infer *s)
{
    nrv_tensor ld = s->in[0], p = s->in[1], b = s->in[2];
    nrv_dim n;
    if (!nrv__infer_square(s, 0, &n) || !nrv__infer_index(s, 1) || !nrv__infer_matrix(s, 2))
        return false;
    const char *op = s->op->name;
    bool fits = p->rank == ld->rank - 1 && b->rank == ld->rank && nrv__dim_same(s->g, n, b->dim[b->rank - 2], op, &n);
    for (int i = 0; fits && i < p->rank; i++)
        fits = nrv__dim_same(s->g, p->dim[i], ld->dim[i], op, &n) &&
               (i == p->rank - 1 || nrv__dim_same(s->g, b->dim[i], ld->dim[i], op, &n));
    if (!fits)
        return nrv__infer_fail(s, NRV_ESHAPE, "ld (...,n,n) and pivots (...,n) of nrv_ldl_factor, b (...,n,k)",
                               "ld of rank %d, pivots of rank %d and b of rank %d do not fit", ld->rank, p->rank,
                               b->rank);
    s->rank = b->rank;
    for (int i = 0; i < b->rank; i++)
        s->dim[i] = b->dim[i];
    return true;
}

/* whether they are pivots that sytrf may give; *at: the first that is no row's number, or else that lacks its pair */
static bool ldl_sound(const double *p, int64_t n, int64_t *at)
{
    for (*at = 0; *at < n; ++*at)
        if (!(fabs(p[*at]) >= 1 && fabs(p[*at]) <= (double)n))
            return false;
    for (int64_t k = 0; k < n; k += 1 + (p[k] < 0)) {
        *at = k;
        if (p[k] < 0 && (k + 1 == n || p[k + 1] != p[k]))
            return false;
    }
    return true;
}

static void ldl_swap_rows(double *x, int64_t k, int64_t i, int64_t p)
{
    for (int64_t c = 0; c < k && i != p; c++)
        ldl_swap(x + i * k + c, x + p * k + c);
}

/* x = D^-1 L^-1 x, exchanges included */
static void ldl_down(const double *ld, const double *p, double *x, int64_t n, int64_t k)
{
    for (int64_t i = 0; i < n; i++) {
        const int64_t pair = p[i] < 0, rest = i + 1 + pair;
        ldl_swap_rows(x, k, i + pair, (int64_t)fabs(p[i]) - 1);
        for (int64_t r = rest; r < n; r++)
            for (int64_t q = i; q < rest; q++)
                nrv__axpy(x + r * k, -ld[r * n + q], x + q * k, k);
        const double b = pair ? ld[(i + 1) * n + i] : 1, d1 = ld[i * n + i] / b;
        for (int64_t c = 0; c < k; c++) {
            if (pair) {
                const double d2 = ld[(i + 1) * n + i + 1] / b, u = x[i * k + c] / b, v = x[(i + 1) * k + c] / b;
                x[i * k + c] = (d2 * u - v) / (d1 * d2 - 1);
                x[(i + 1) * k + c] = (d1 * v - u) / (d1 * d2 - 1);
            } else
                x[i * k + c] /= d1;
        }
        i += pair;
    }
}

/* x = L^-T x, exchanges included */
static void ldl_up(const double *ld, const double *p, double *x, int64_t n, int64_t k)
{
    for (int64_t i = n; i-- > 0;) {
        const int64_t last = i;
        i -= p[i] < 0;
        for (int64_t q = i; q <= last; q++)
            for (int64_t r = last + 1; r < n; r++)
                nrv__axpy(x + q * k, -ld[r * n + q], x + r * k, k);
        ldl_swap_rows(x, k, last, (int64_t)fabs(p[last]) - 1);
    }
}

static void ldl_solve_ref(const nrv__args *a)
{
    const nrv__view *b = &a->in[2];
    const int64_t n = b->dim[b->rank - 2], k = b->dim[b->rank - 1];
    for (int64_t i = 0; i < a->n; i++)
        ((double *)a->out[0].data)[i] = ((const double *)b->data)[i];
    for (int64_t m = 0; a->n && m < a->n / (n * k); m++) {
        const double *ld = (const double *)a->in[0].data + m * n * n, *p = (const double *)a->in[1].data + m * n;
        double *x = (double *)a->out[0].data + m * n * k;
        int64_t at = 0;
        if (!ldl_sound(p, n, &at)) {
            nrv__fault_set(a->fault, m * n + at, NRV_EVALUE,
                           "pivot %g at %lld is neither of 1 to %lld nor one of a negative pair", p[at], (long long)at,
                           (long long)n);
            continue;
        }
        ldl_down(ld, p, x, n, k);
        ldl_up(ld, p, x, n, k);
    }
}

static nrv_tensor ldl_solve_batch(const nrv__batch *b)
{
    if (b->y->rank == NRV__MAX_RANK)
        return NULL;
    return nrv__op(&nrv__op_ldl_solve,
                   NRV_N(const nrv_tensor, nrv__batch_wide(b, 0), nrv__batch_wide(b, 1), nrv__batch_wide(b, 2)));
}

static nrv_tensor ldl_solve_make(nrv__case *c)
{
    return nrv_ldl_solve(c->x[0], c->x[1], c->x[2]);
}

NRV_OP(ldl_solve, .batch = ldl_solve_batch,
       .sig = "real ld[...,n,n], index pivots[...,n], real b[...,n,k] -> x[...,n,k]",
       .doc = "The x with a x = b, from what nrv_ldl_factor made of a symmetric a; batch axes broadcast. A pivot that "
              "it cannot have made stops the run; a zero in D gives inf or NaN.",
       .shape = ldl_solve_shape, .ref = ldl_solve_ref, .make = ldl_solve_make, .flags = NRV_FAILS,
       .no_grad = "as in PyTorch; nrv_solve has one", .ulp = 32,
       .tolerance_why = "two triangular systems, each rounded", .torch = "linalg.ldl_solve",
       .values = "pivots as nrv_ldl_factor gives them: they count from 1",
       .refuse = { "ld[2,2], pivots:i32{1}, b[2,1] => ldl_solve: ld of rank 2, pivots of rank 1 and b of rank 2 do not "
                   "fit | in here | input 0: input f32 [2, 2] ld | input 1: input i32 [1] pivots | input 2: input f32 "
                   "[2, 1] b | hint ld (...,n,n) and pivots (...,n) of nrv_ldl_factor, b (...,n,k)",
                   "ld[2,2], pivots:i32{1, -2}, b[2,1] => ldl_solve: pivot -2 at 1 is neither of 1 to 2 nor one of a "
                   "negative pair | in here | hint pivots as nrv_ldl_factor gives them: they count from 1",
                   "ld[2,2], pivots:i32{3, 2}, b[2,1] => ldl_solve: pivot 3 at 0 is neither of 1 to 2 nor one of a "
                   "negative pair | in here | hint pivots as nrv_ldl_factor gives them: they count from 1" },
       .test = { "ld[2,2]{4, 0, 0.5, 3}, pivots:i32{2, 2}, b[2,1]", "ld[2,2]{1, 0, 4, 3}, pivots:i32{-2, -2}, b[2,3]",
                 "ld[4,4]{2, 0, 0, 0, 5, 1, 0, 0, 0.5, -1, 3, 0, 0.25, 2, 0.5, 4}, pivots:i32{-4, -4, 4, 4}, b[4,2]",
                 "ld[2,2,2]{4, 0, 0.5, 3, 2, 0, 0.25, 5}, pivots:i32[2,2]{2, 2, 1, 2}, b[2,2,1]",
                 "ld[0,0], pivots:i32[0], b[0,2]" });

/* ld (...,n,n) and pivots (...,n) from nrv_ldl_factor, b (...,n,k) -> the x (...,n,k) with a x = b. No gradient, as in
   PyTorch. */
NRV_API nrv_tensor nrv_ldl_solve(nrv_tensor ld, nrv_tensor pivots, nrv_tensor b)
{
    const nrv__opdef *op = &nrv__op_ldl_solve;
    const nrv_tensor in[] = { ld, b };
    if (!nrv__op_wants(op, NRV_N(const nrv_tensor, ld, b, pivots)) || !nrv__matrix_wants(op, 2, in) ||
        !nrv__matrix_square(op, ld))
        return NULL;
    nrv__infer s = { .g = ld->g, .op = op, .in = in, .n_in = 2 };
    if (!nrv__infer_meets(&s, ld, b))
        return NULL;
    nrv_shape full = { s.rank, { 0 } }, line = { s.rank - 1, { 0 } };
    for (int i = 0; i < s.rank; i++)
        full.dim[i] = i < s.rank - 2 ? s.dim[i] : nrv__rows(ld);
    for (int i = 0; i < s.rank - 1; i++)
        line.dim[i] = full.dim[i];
    if (pivots->rank == ld->rank - 1 && nrv__columns(pivots) == nrv__rows(ld))
        pivots = nrv_broadcast(pivots, line);
    ld = nrv_broadcast(ld, full);
    full.dim[s.rank - 2] = nrv__rows(b);
    full.dim[s.rank - 1] = nrv__columns(b);
    return nrv__op(op, NRV_N(const nrv_tensor, ld, pivots, nrv_broadcast(b, full)));
}
