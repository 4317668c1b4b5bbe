/* checked.c - factorisations that say where they failed: cholesky_ex, lu_factor_ex, inv_ex, solve_ex.

   What comes out is that of the plain operation, beside it a number for each matrix: 0, or, counted from 1, the first
   row that is not positive or the first zero pivot, as LAPACK counts. PyTorch's check_errors has no place here, since a
   run is not ended by its values; the number is to be looked at. */
#include "matrix.h"

extern const nrv__opdef nrv__op_cholesky_ex, nrv__op_lu_factor_ex, nrv__op_inv_ex, nrv__op_solve_ex;

nrv_tensor nrv__first_of(nrv_tensor is)
{
    if (!is)
        return NULL;
    const nrv_dim n = is->dim[is->rank - 1];
    nrv_shape s = nrv_shape_of(is);
    s.rank--;
    if (n == 0)
        return nrv_fill(is->g, NRV_I32, s, 0);
    nrv_tensor some = nrv_any(is, -1, 0), first = nrv_argmax(nrv_cast(is, NRV_I32), -1);
    return nrv_select(some, nrv_add_c(first, 1), nrv__like(first, 0));
}

/* info of a factorisation by nrv__lu of a matrix with as many columns as a */
static nrv_tensor checked_lu(const nrv__opdef *op, nrv_tensor a)
{
    nrv_dim k;
    nrv_tensor lu = nrv__matrix_least(op, a, &k) ? nrv__lu(a, 1) : NULL;
    nrv_tensor d = lu ? nrv__diagonal(nrv__block_of_matrix(lu, k, k)) : NULL;
    return d ? nrv__first_of(nrv_equal(d, nrv__like(d, 0))) : NULL;
}

static nrv_tensor cholesky_ex_make(nrv__case *c)
{
    c->n_also = 1;
    return nrv_cholesky_ex(c->x[0], nrv__case_small(c, "upper", 0), &c->also[0]);
}

static nrv_tensor lu_factor_ex_make(nrv__case *c)
{
    c->n_also = 2;
    return nrv_lu_factor_ex(c->x[0], &c->also[0], &c->also[1]);
}

static nrv_tensor inv_ex_make(nrv__case *c)
{
    c->n_also = 1;
    return nrv_inv_ex(c->x[0], &c->also[0]);
}

static nrv_tensor solve_ex_make(nrv__case *c)
{
    nrv_solve_opt o = { .right = nrv__case_right(c) };
    c->n_also = 1;
    return nrv_solve_ex(c->x[0], c->x[1], &o, &c->also[0]);
}

#define CHECKED_SQUARE(id)                                                                                          \
    { "a[2,3] => " #id                                                                                              \
      ": a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a | hint as many "              \
      "rows as columns; nrv_lstsq and nrv_pinv take any matrix",                                                    \
      "a:i32[2,2] => " #id ": input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, 2] a | hint " \
      "nrv_cast it to NRV_F32" }

NRV_OP(cholesky_ex, .sig = "real a[...,n,n] -> l[...,n,n], i32 info[...]",
       .doc = "As cholesky, and the order of the first leading part of a that is not positive definite; 0: all are.",
       .flags = NRV_MACRO, .make = cholesky_ex_make, .torch = "linalg.cholesky_ex",
       .refuse = CHECKED_SQUARE(cholesky_ex),
       .test = { "a[2,2]{4, 1, 1, 3}", "a[2,2,2]{4, 1, 1, 3, 2, -1, -1, 6}, upper=1", "a[0,0]" });
NRV_OP(
    lu_factor_ex, .sig = "real a[...,m,n] -> y[...,m,n], i32 pivots[...,k], i32 info[...]",
    .doc = "As lu_factor, and where the first zero on the diagonal of U stands, counted from 1; 0: nowhere.",
    .flags = NRV_MACRO, .make = lu_factor_ex_make, .torch = "linalg.lu_factor_ex",
    .refuse = { "a[3] => lu_factor_ex: input 0 has rank 1, a matrix is wanted | in here | input 0: input f32 [3] a | "
                "hint the last two axes are rows and columns; nrv_reshape makes them",
                "a:f16[2,2] => lu_factor_ex: input 0 is f16, f32 or f64 is wanted | in here | input 0: input f16 "
                "[2, 2] a | hint nrv_cast it to NRV_F32" },
    .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[2,2,2]{1, 2, 2, 3, 4, 0, 1, 3}",
              "a[4,2]{1, 2, -3, 4, 2, -5, 0.5, 1}", "a[0,0]" });
NRV_OP(inv_ex, .sig = "real a[...,n,n] -> y[...,n,n], i32 info[...]",
       .doc = "As inv, and where the first zero pivot was, counted from 1; 0: a is not singular.", .flags = NRV_MACRO,
       .make = inv_ex_make, .ulp = 64,
       .tolerance_why = "a factorisation and two triangular systems, each rounded; the error grows with the condition",
       .torch = "linalg.inv_ex", .refuse = CHECKED_SQUARE(inv_ex),
       .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}", "a[0,0]" });
NRV_OP(
    solve_ex, .sig = "real a[...,n,n], real b[...,n,k] -> x[...,n,k], i32 info[...]",
    .doc = "As solve, and for each a where the first zero pivot was, counted from 1; 0: a is not singular.",
    .flags = NRV_MACRO, .make = solve_ex_make, .ulp = 64,
    .tolerance_why = "a factorisation and two triangular systems, each rounded; the error grows with the condition",
    .torch = "linalg.solve_ex",
    .refuse = { "a[2,3], b[2] => solve_ex: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] "
                "a | hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                "a[2,2], b[3,1] => solve_ex: a is of 2 unknowns, b of 3 | in here | input 0: input f32 [2, 2] a | "
                "input 1: input f32 [3, 1] b | hint b (...,n,k), or (...,n)" },
    .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}, b[3,2]", "a[2,2]{1, 2, 3, -1}, b[2]",
              "a[2,2]{1, 2, 3, -1}, b[3,2], left=0", "a[0,0], b[0,2]" });

/* a (...,n,n) -> as nrv_cholesky; *info, where it is not NULL, i32 (...): the order of the first leading part of a that
   is not positive definite, or 0. */
NRV_API nrv_tensor nrv_cholesky_ex(nrv_tensor a, int upper, nrv_tensor *info)
{
    const nrv__opdef *op = &nrv__op_cholesky_ex;
    if (info)
        *info = NULL;
    if (!nrv__matrix_wants(op, 1, &a) || !nrv__matrix_square(op, a))
        return NULL;
    nrv_tensor l = nrv_cholesky(a, upper);
    if (info && l)
        *info = nrv__first_of(nrv_isnan(nrv__diagonal(l)));
    return l;
}

/* a (...,m,n) -> as nrv_lu_factor; *info, where it is not NULL, i32 (...): where the first zero on the diagonal of U
   stands, counted from 1, or 0. */
NRV_API nrv_tensor nrv_lu_factor_ex(nrv_tensor a, nrv_tensor *pivots, nrv_tensor *info)
{
    NRV_CALLED(&nrv__op_lu_factor_ex, a);
    const nrv__opdef *op = &nrv__op_lu_factor_ex;
    if (pivots)
        *pivots = NULL;
    if (info)
        *info = NULL;
    if (!nrv__matrix_wants(op, 1, &a))
        return NULL;
    if (info)
        *info = checked_lu(op, a);
    return nrv_lu_factor(a, pivots);
}

/* a (...,n,n) -> as nrv_inv; *info, where it is not NULL, i32 (...): where the first zero pivot was, counted from 1, or
   0. */
NRV_API nrv_tensor nrv_inv_ex(nrv_tensor a, nrv_tensor *info)
{
    const nrv__opdef *op = &nrv__op_inv_ex;
    if (info)
        *info = NULL;
    if (!nrv__matrix_wants(op, 1, &a) || !nrv__matrix_square(op, a))
        return NULL;
    if (info)
        *info = checked_lu(op, a);
    return nrv_inv(a);
}

/* a (...,n,n) and b -> as nrv_solve_with; *info, where it is not NULL, i32 of a's batch axes: where the first zero
   pivot was, counted from 1, or 0. */
NRV_API nrv_tensor nrv_solve_ex(nrv_tensor a, nrv_tensor b, const nrv_solve_opt *o, nrv_tensor *info)
{
    NRV_CALLED(&nrv__op_solve_ex, a);
    const nrv__opdef *op = &nrv__op_solve_ex;
    if (info)
        *info = NULL;
    if (!nrv__matrix_wants(op, 1, &a) || !nrv__matrix_square(op, a))
        return NULL;
    if (info)
        *info = checked_lu(op, a);
    return nrv_solve_with(a, b, o);
}
