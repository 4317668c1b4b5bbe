/* solve - a x = b by LU with partial pivoting, and inv.    db = a^-T dx    da = -(db x^T)

   The gradient solves with the same factorisation. A singular a gives inf or NaN, as dividing by its pivot does. */
#include "matrix.h"
#include <string.h>

#ifdef NRV_HEADER
/* right: x a = b. vector: b is one vector (...,n) for each matrix; else it is one if it has one axis, or a's without
   the last. */
typedef struct {
    int right, vector;
    int64_t reserved[4];
} nrv_solve_opt;
#endif

static void solve_vjp(nrv_vjp *v)
{
    nrv_tensor db = nrv__lu_solved(nrv__lu(v->x[0], 1), v->dy, 1);
    v->dx[1] = db;
    if (v->need[0])
        v->dx[0] = nrv_neg(nrv_matmul(db, nrv_transpose(v->y)));
}

static nrv_tensor solve_make(nrv__case *c)
{
    nrv_solve_opt o = { .right = nrv__case_right(c) };
    return nrv_solve_with(c->x[0], c->x[1], &o);
}

NRV_OP(solve, .sig = "real a[...,n,n], real b[...,n,k] -> x[...,n,k]",
       .doc =
           "The x with a x = b, or with x a = b (right); batch axes broadcast. b of one axis, or of a's axes but the "
           "last, is a vector for each matrix. A singular a gives inf or NaN.",
       .vjp = solve_vjp, .make = solve_make, .ulp = 64,
       .tolerance_why = "a factorisation and two triangular systems, each rounded; the error grows with the condition",
       .torch = "linalg.solve", .numpy = "linalg.solve",
       .refuse = { "a[2,3], b[2] => solve: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] "
                   "a | hint as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a[2,2], b[3,1] => solve: a is of 2 unknowns, b of 3 | in here | input 0: input f32 [2, 2] a | "
                   "input 1: input f32 [3, 1] b | hint b (...,n,k), or (...,n)",
                   "a[2,2], b[] => solve: b has no axis | in here | input 0: input f32 [2, 2] a | input 1: input f32 "
                   "[] b | hint b (...,n,k) or (...,n)",
                   "a[2,2], b:f64[2] => solve: types differ: f32 and f64 | in here | input 0: input f32 [2, 2] a | "
                   "input 1: input f64 [2] b | hint nrv_cast one of them" },
       .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}, b[3,2]", "a[2,2]{1, 2, 3, -1}, b[2]",
                 "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}, b[2,2]", "a[2,2]{1, 2, 3, -1}, b[3,2,1]",
                 "a[2,2]{1, 2, 3, -1}, b[3,2], left=0", "a[1,1]{4}, b[1,1]", "a[0,0], b[0,2]" });

static nrv_tensor solve_matrices(nrv_tensor a, nrv_tensor b)
{
    nrv_tensor body = nrv__lu_solved(nrv__lu(a, 1), b, 0);
    return body ? nrv__composite(&nrv__op_solve, NRV_N(const nrv_tensor, a, b), NULL, 1, &body) : NULL;
}

/* as PyTorch tells: one axis, or the shape of a without its last axis */
static bool solve_is_vector(nrv_tensor a, nrv_tensor b)
{
    bool same = b->rank == a->rank - 1;
    for (int i = 0; same && i < b->rank; i++)
        same = a->dim[i] == b->dim[i];
    return b->rank == 1 || same;
}

/* The x with a x = b: a (...,n,n), b (...,n,k) or a vector for each matrix (...,n) -> x of b's shape. A singular a
   gives inf or NaN. */
NRV_API nrv_tensor nrv_solve(nrv_tensor a, nrv_tensor b)
{
    return nrv_solve_with(a, b, NULL);
}

/* The same with all options; NULL: none. */
NRV_API nrv_tensor nrv_solve_with(nrv_tensor a, nrv_tensor b, const nrv_solve_opt *o)
{
    nrv_solve_opt none = { 0 };
    const nrv__opdef *op = &nrv__op_solve;
    o = o ? o : &none;
    if (!nrv__matrix_wants(op, 1, &a) || !nrv__matrix_square(op, a) ||
        !nrv__op_wants_real(op, NRV_N(const nrv_tensor, a, b)))
        return NULL;
    bool vector = o->vector || solve_is_vector(a, b), right = o->right;
    if (b->rank < 1)
        return nrv__op_refuses(op, NRV_N(const nrv_tensor, a, b), NRV_ESHAPE, "b (...,n,k) or (...,n)",
                               "b has no axis");
    nrv_dim n, have = vector || right ? nrv__columns(b) : nrv__rows(b);
    char ta[24], tb[24];
    if (!nrv__dim_same(a->g, nrv__rows(a), have, op->name, &n))
        return nrv__op_refuses(op, NRV_N(const nrv_tensor, a, b), NRV_ESHAPE, "b (...,n,k), or (...,n)",
                               "a is of %s unknowns, b of %s", nrv__dim_text(a->g, nrv__rows(a), ta),
                               nrv__dim_text(a->g, have, tb));
    a = right ? nrv_transpose(a) : a; /* x a = b is a^T x^T = b^T */
    nrv_tensor x = solve_matrices(a, vector ? nrv_expand(b, -1, 1) : right ? nrv_transpose(b) : b);
    return vector ? nrv_squeeze(x, -1) : right ? nrv_transpose(x) : x;
}

/* ---- inv ---- */
static void inv_vjp(nrv_vjp *v)
{
    nrv_tensor t = nrv_transpose(v->y);
    v->dx[0] = nrv_neg(nrv_matmul(t, nrv_matmul(v->dy, t)));
}

static nrv_tensor inv_make(nrv__case *c)
{
    return nrv_inv(c->x[0]);
}

NRV_OP(inv, .sig = "real a[...,n,n] -> y[...,n,n]",
       .doc = "The inverse. A singular a gives inf or NaN. To solve a system, nrv_solve is faster and more accurate.",
       .vjp = inv_vjp, .make = inv_make, .ulp = 64,
       .tolerance_why = "a factorisation and two triangular systems, each rounded; the error grows with the condition",
       .torch = "linalg.inv inverse", .numpy = "linalg.inv",
       .refuse = { "a[2,3] => inv: a square matrix is wanted, not 2 x 3 | in here | input 0: input f32 [2, 3] a | hint "
                   "as many rows as columns; nrv_lstsq and nrv_pinv take any matrix",
                   "a:i32[2,2] => inv: input 0 is i32, f32 or f64 is wanted | in here | input 0: input i32 [2, 2] a | "
                   "hint nrv_cast it to NRV_F32" },
       .test = { "a[3,3]{1, 2, 3, 4, -1, 1, 2, 5, -3}", "a[2,2,2]{1, 2, 3, 5, -4, 1, 2, 2}", "a[1,1]{4}", "a[0,0]" });

/* a (...,n,n) -> its inverse (...,n,n). A singular a gives inf or NaN. */
NRV_API nrv_tensor nrv_inv(nrv_tensor a)
{
    if (!nrv__matrix_wants(&nrv__op_inv, 1, &a) || !nrv__matrix_square(&nrv__op_inv, a))
        return NULL;
    nrv_tensor body = nrv__lu_solved(nrv__lu(a, 1), nrv__eye_batch(a, nrv__rows(a)), 0);
    return body ? nrv__composite(&nrv__op_inv, NRV_N(const nrv_tensor, a), NULL, 1, &body) : NULL;
}

/* ---- tensors as matrices ---- */
static nrv_tensor tensorinv_make(nrv__case *c)
{
    return nrv_tensorinv(c->x[0], nrv__case_small(c, "ind", 2));
}

NRV_OP(tensorinv, .sig = "real a[p...,q...] -> y[q...,p...]",
       .doc = "The inverse of a as a map from its last axes to its first `ind` ones, whose lengths have one product.",
       .flags = NRV_MACRO, .make = tensorinv_make, .ulp = 64,
       .tolerance_why = "as inv: the error grows with the condition", .torch = "linalg.tensorinv",
       .numpy = "linalg.tensorinv",
       .refuse = { "a[2,3,4], ind=2 => tensorinv: 6 and 4 make no square matrix | in here | input 0: input f32 [2, 3, "
                   "4] a | hint the lengths before ind and behind it have one product",
                   "a[2,2], ind=2 => tensorinv: ind = 2 of a tensor of rank 2 | in here | input 0: input f32 [2, 2] a "
                   "| hint from 1 to the rank, less 1" },
       .test = { "a[2,1,2]{1, 2, 3, -4}, ind=1", "a[2,2,4]{1, 2, 3, 4, 2, -1, 0, 3, 1, 1, 5, -2, 0, 3, 1, 1}, ind=2" });

/* a (p...,q...) -> (q...,p...): the inverse of the map from the last axes to the first ind ones */
NRV_API nrv_tensor nrv_tensorinv(nrv_tensor a, int ind)
{
    const nrv__opdef *op = &nrv__op_tensorinv;
    if (!nrv__op_wants_real(op, 1, &a))
        return NULL;
    if (ind < 1 || ind >= a->rank)
        return nrv__op_refuses(op, 1, &a, NRV_EARG, "from 1 to the rank, less 1", "ind = %d of a tensor of rank %d",
                               ind, a->rank);
    nrv_shape s = { a->rank, { 0 } };
    for (int i = 0; i < a->rank; i++)
        s.dim[i] = a->dim[(i + ind) % a->rank];
    nrv_dim p = nrv__dim_product(a->g, ind, a->dim), q = nrv__dim_product(a->g, a->rank - ind, a->dim + ind), n;
    char tp[24], tq[24];
    if (!nrv__dim_same(a->g, p, q, op->name, &n))
        return nrv__op_refuses(op, 1, &a, NRV_ESHAPE, "the lengths before ind and behind it have one product",
                               "%s and %s make no square matrix", nrv__dim_text(a->g, p, tp),
                               nrv__dim_text(a->g, q, tq));
    return nrv_reshape(nrv_inv(nrv_reshape(a, NRV_SHAPE(p, p))), s);
}

static nrv_tensor tensorsolve_make(nrv__case *c)
{
    return nrv_tensorsolve(c->x[0], c->x[1]);
}

NRV_OP(tensorsolve, .sig = "real a[p...,q...], real b[p...] -> x[q...]",
       .doc = "The x with a x = b, summed over all of x's axes; the lengths of b have the product of x's.",
       .flags = NRV_MACRO, .make = tensorsolve_make, .ulp = 64,
       .tolerance_why = "as solve: the error grows with the condition", .torch = "linalg.tensorsolve",
       .numpy = "linalg.tensorsolve",
       .refuse = { "a[2,3], b[2] => tensorsolve: 2 equations for 3 unknowns | in here | input 0: input f32 [2, 3] a | "
                   "input 1: input f32 [2] b | hint a has b's axes first, then those of x",
                   "a[2,2], b[2,2] => tensorsolve: ranks 2 and 2 | in here | input 0: input f32 [2, 2] a | input 1: "
                   "input f32 [2, 2] b | hint a has b's axes first, then those of x" },
       .test = { "a[2,1,2]{1, 2, 3, -4}, b[2]", "a[2,2,4]{1, 2, 3, 4, 2, -1, 0, 3, 1, 1, 5, -2, 0, 3, 1, 1}, b[2,2]" });

/* a (p...,q...), b (p...) -> the x (q...) with a x = b, summed over all of x's axes */
NRV_API nrv_tensor nrv_tensorsolve(nrv_tensor a, nrv_tensor b)
{
    const nrv__opdef *op = &nrv__op_tensorsolve;
    if (!nrv__op_wants_real(op, NRV_N(const nrv_tensor, a, b)))
        return NULL;
    if (b->rank < 1 || b->rank >= a->rank)
        return nrv__op_refuses(op, NRV_N(const nrv_tensor, a, b), NRV_ESHAPE, "a has b's axes first, then those of x",
                               "ranks %d and %d", a->rank, b->rank);
    nrv_shape s = { a->rank - b->rank, { 0 } };
    memcpy(s.dim, a->dim + b->rank, (size_t)s.rank * sizeof *s.dim);
    nrv_dim p = nrv__dim_product(a->g, b->rank, b->dim), q = nrv__dim_product(a->g, s.rank, s.dim), n;
    nrv_dim whole = nrv__dim_product(a->g, a->rank, a->dim);
    char tp[24], tq[24];
    if (!nrv__dim_same(a->g, p, q, op->name, &n) || !nrv__dim_same(a->g, whole, nrv__dim_mul(a->g, p, q), op->name, &n))
        return nrv__op_refuses(op, NRV_N(const nrv_tensor, a, b), NRV_ESHAPE, "a has b's axes first, then those of x",
                               "%s equations for %s unknowns", nrv__dim_text(a->g, p, tp), nrv__dim_text(a->g, q, tq));
    return nrv_reshape(nrv_solve(nrv_reshape(a, NRV_SHAPE(p, p)), nrv_reshape(b, NRV_SHAPE(p))), s);
}
