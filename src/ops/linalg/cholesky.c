/* cholesky - the triangular L with L L^T = a, for a symmetric positive definite a; what is solved with it.

   dS = L^-T Phi(L^T dL) L^-1, Phi: the lower triangle with half the diagonal; da = (dS + dS^T) / 2 (Murray 2016). */
#include "matrix.h"
#include <math.h>
#include <string.h>

static bool cholesky_shape(nrv__infer *s)
{
    nrv_dim n;
    return nrv__infer_square(s, 0, &n) && nrv__infer_same(s);
}

static void cholesky_vjp(nrv_vjp *v)
{
    nrv_tensor l = v->y;
    nrv_tensor p = nrv_matmul(nrv_transpose(l), nrv_tril(v->dy, 0));
    p = nrv_tril(nrv_sub(p, nrv_mul_c(nrv_mul(p, nrv__eye(p, nrv__rows(p))), 0.5)), 0);
    nrv_tensor s = nrv__by_inverse(nrv__triangular(l, p, NRV__TRI_TRANSPOSE), l, 0);
    v->dx[0] = nrv_mul_c(nrv_add(s, nrv_transpose(s)), 0.5);
}

/* column j and all to its right are NaN from here on: they would follow from a root of what is not positive */
static void cholesky_end(double *l, int64_t n, int64_t j)
{
    for (int64_t i = j; i < n; i++)
        for (int64_t k = j; k <= i; k++)
            l[i * n + k] = NAN;
}

static void cholesky_one(const double *a, double *l, int64_t n)
{
    memset(l, 0, (size_t)(n * n) * sizeof *l);
    for (int64_t j = 0; j < n; j++) {
        const double d = a[j * n + j] - nrv__dot(l + j * n, l + j * n, j);
        if (!(d > 0)) {
            cholesky_end(l, n, j);
            return;
        }
        l[j * n + j] = sqrt(d);
        for (int64_t i = j + 1; i < n; i++) {
            const double e = 0.5 * a[i * n + j] + 0.5 * a[j * n + i];
            l[i * n + j] = (e - nrv__dot(l + i * n, l + j * n, j)) / l[j * n + j];
        }
    }
}

static void cholesky_ref(const nrv__args *a)
{
    const int64_t n = nrv__side(a);
    for (int64_t i = 0; n && i < nrv__matrix_items(&a->in[0]); i++)
        cholesky_one((const double *)a->in[0].data + i * n * n, (double *)a->out[0].data + i * n * n, n);
}

static nrv_tensor cholesky_make(nrv__case *c)
{
    return nrv_cholesky(c->x[0], nrv__case_small(c, "upper", 0));
}

NRV_OP(cholesky, .batch = nrv__matrix_batch, .sig = "real a[...,n,n] -> y[...,n,n]",
       .doc =
           "The lower triangular L with a positive diagonal and L L^T = a, or its transpose. Of a the symmetric part "
           "(a + a^T)/2 is taken, so the gradient is symmetric. Where a is not positive definite, the first column "
           "that fails and all behind it are NaN.",
       .shape = cholesky_shape, .vjp = cholesky_vjp, .ref = cholesky_ref, .make = cholesky_make,
       .torch = "linalg.cholesky cholesky", .numpy = "linalg.cholesky",
       .refuse = { "a[2,3] => cholesky: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a | "
                   "hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a:i32[2,2] => cholesky: input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, 2] "
                   "a | hint nrv_cast it to NRV_F32",
                   "a[4] => cholesky: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [4] a | "
                   "hint the last two axes are rows and columns; nrv_reshape makes them" },
       .test = { "a[2,2]{4, 1, 1, 3}", "a[3,3]{4, 1, -1, 1, 3, 0.5, -1, 0.5, 5}, upper=1",
                 "a[2,2,2]{4, 1, 1, 3, 2, -1, -1, 6}", "a[1,1]{2.5}", "a[0,0]", "a[2,0,0]" });

/* a (...,n,n), symmetric and positive definite -> L (...,n,n) with L L^T = a; upper = 1: its transpose. The symmetric
   part of a is what counts. Not positive definite: NaN from the first column that fails on. */
NRV_API nrv_tensor nrv_cholesky(nrv_tensor a, int upper)
{
    nrv_tensor l = nrv__op(&nrv__op_cholesky, NRV_N(const nrv_tensor, a));
    return upper ? nrv_transpose(l) : l;
}

/* ---- what is solved with it ---- */
static nrv_tensor cholesky_solve_make(nrv__case *c)
{
    return nrv_cholesky_solve(c->x[0], c->x[1], nrv__case_small(c, "upper", 0));
}

NRV_OP(cholesky_solve, .sig = "real b[...,n,k], real l[...,n,n] -> x[...,n,k]",
       .doc = "The x with L L^T x = b, from L; upper: from its transpose. Batch axes broadcast; a zero on the diagonal "
              "gives inf or NaN.",
       .flags = NRV_MACRO, .make = cholesky_solve_make, .ulp = 32,
       .tolerance_why = "two triangular systems, each rounded", .torch = "cholesky_solve",
       .refuse = { "b[2,1], l[2,3] => cholesky_solve: a square matrix is wanted, not 2 x 3 | in here | input 0: input "
                   "f32 [2, 3] l | hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "b[2], l[2,2] => cholesky_solve: input 0 has rank 1, a matrix is wanted | in here | input 0: input "
                   "f32 [2] b | input 1: input f32 [2, 2] l | hint the last two axes are rows and columns; nrv_reshape "
                   "makes them" },
       .test = { "b[2,1]{1, 2}, l[2,2]{2, 0, 1, 3}", "b[3,2], l[3,3]{2, 0.5, -1, 0, 3, 0.25, 0, 0, 1.5}, upper=1",
                 "b[2,2,1], l[2,2]{2, 0, 1, 3}", "b[0,2], l[0,0]" });

/* b (...,n,k) and L (...,n,n) of a Cholesky factorisation -> the x (...,n,k) with L L^T x = b; upper = 1: L^T is given
 */
NRV_API nrv_tensor nrv_cholesky_solve(nrv_tensor b, nrv_tensor l, int upper)
{
    if (!nrv__matrix_wants(&nrv__op_cholesky_solve, NRV_N(const nrv_tensor, b, l)) ||
        !nrv__matrix_square(&nrv__op_cholesky_solve, l))
        return NULL;
    unsigned how = upper ? NRV__TRI_UPPER : 0, first = upper ? NRV__TRI_TRANSPOSE : 0;
    return nrv__triangular(l, nrv__triangular(l, b, how | first), how | (first ^ NRV__TRI_TRANSPOSE));
}

static nrv_tensor cholesky_inverse_make(nrv__case *c)
{
    return nrv_cholesky_inverse(c->x[0], nrv__case_small(c, "upper", 0));
}

NRV_OP(cholesky_inverse, .sig = "real l[...,n,n] -> y[...,n,n]",
       .doc = "The inverse of L L^T, from L; upper: from its transpose.", .flags = NRV_MACRO,
       .make = cholesky_inverse_make, .ulp = 32, .tolerance_why = "two triangular systems, each rounded",
       .torch = "cholesky_inverse",
       .refuse = { "l[2,3] => cholesky_inverse: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 "
                   "[2, 3] l | hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "l[3] => cholesky_inverse: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 "
                   "[3] l | hint the last two axes are rows and columns; nrv_reshape makes them" },
       .test = { "l[2,2]{2, 0, 1, 3}", "l[2,2]{2, 1, 0, 3}, upper=1", "l[2,2,2]{2, 0, 1, 3, 1, 0, -1, 2}", "l[0,0]" });

/* L (...,n,n) of a Cholesky factorisation -> the inverse of L L^T; upper = 1: L^T is given */
NRV_API nrv_tensor nrv_cholesky_inverse(nrv_tensor l, int upper)
{
    if (!nrv__matrix_wants(&nrv__op_cholesky_inverse, 1, &l) || !nrv__matrix_square(&nrv__op_cholesky_inverse, l))
        return NULL;
    return nrv_cholesky_solve(nrv__eye_batch(l, nrv__rows(l)), l, upper);
}
