/* products.c - products of matrices and vectors that want their ranks exactly: mm, bmm, mv, dot, vdot, inner, outer,
   and a sum of products with something added, addmm and its kin. nrv_matmul takes all ranks. */
#include "matrix.h"
#include <string.h>

static bool product_ranks(const nrv__opdef *op, const nrv_tensor *in, int ra, int rb)
{
    if (!nrv__op_wants_real(op, 2, in))
        return false;
    if (in[0]->rank == ra && in[1]->rank == rb)
        return true;
    nrv__op_refuses(op, 2, in, NRV_ESHAPE, "nrv_matmul takes all ranks", "ranks %d and %d are wanted, not %d and %d",
                    ra, rb, in[0]->rank, in[1]->rank);
    return false;
}

/* the lengths that meet, of the last axis of a and this one of b */
static bool product_meets(const nrv__opdef *op, const nrv_tensor *in, int axis)
{
    char ta[24], tb[24];
    nrv_dim d, a = nrv__columns(in[0]), b = in[1]->dim[axis];
    if (nrv__dim_same(in[0]->g, a, b, op->name, &d))
        return true;
    nrv__op_refuses(op, 2, in, NRV_ESHAPE, "the last length of a meets that of b", "lengths %s and %s do not meet",
                    nrv__dim_text(in[0]->g, a, ta), nrv__dim_text(in[0]->g, b, tb));
    return false;
}

static bool product_batch(const nrv__opdef *op, const nrv_tensor *in)
{
    nrv_dim d;
    if (nrv__dim_same(in[0]->g, in[0]->dim[0], in[1]->dim[0], op->name, &d))
        return true;
    nrv__op_refuses(op, 2, in, NRV_ESHAPE, "as many matrices in a as in b; nrv_matmul stretches",
                    "batches of different lengths");
    return false;
}

#define PRODUCT_RECORD(text)       \
    .flags = NRV_MACRO, .ulp = 32, \
    .tolerance_why = "sums of products in float; the error grows with the root of their number", .doc = text
#define PRODUCT_MAKE(name)                         \
    static nrv_tensor product_##name(nrv__case *c) \
    {                                              \
        return nrv_##name(c->x[0], c->x[1]);       \
    }

PRODUCT_MAKE(mm)
NRV_OP(mm, PRODUCT_RECORD("The product of two matrices."), .sig = "real a[m,k], real b[k,n] -> y[m,n]",
       .make = product_mm, .torch = "mm", .test = { "a[3,4], b[4,2]", "a[0,3], b[3,2]" });

/* a (m,k), b (k,n) -> (m,n) */
NRV_API nrv_tensor nrv_mm(nrv_tensor a, nrv_tensor b)
{
    const nrv_tensor in[] = { a, b };
    return product_ranks(&nrv__op_mm, in, 2, 2) && product_meets(&nrv__op_mm, in, 0) ? nrv_matmul(a, b) : NULL;
}

PRODUCT_MAKE(bmm)
NRV_OP(bmm, PRODUCT_RECORD("The product of each matrix of a batch with that of another."),
       .sig = "real a[B,m,k], real b[B,k,n] -> y[B,m,n]", .make = product_bmm, .torch = "bmm",
       .test = { "a[2,3,4], b[2,4,2]", "a[0,3,4], b[0,4,2]" });

/* a (B,m,k), b (B,k,n) -> (B,m,n) */
NRV_API nrv_tensor nrv_bmm(nrv_tensor a, nrv_tensor b)
{
    const nrv_tensor in[] = { a, b };
    return product_ranks(&nrv__op_bmm, in, 3, 3) && product_meets(&nrv__op_bmm, in, 1) &&
                   product_batch(&nrv__op_bmm, in)
               ? nrv_matmul(a, b)
               : NULL;
}

PRODUCT_MAKE(mv)
NRV_OP(mv, PRODUCT_RECORD("The product of a matrix and a vector."), .sig = "real a[m,k], real b[k] -> y[m]",
       .make = product_mv, .torch = "mv", .test = { "a[3,4], b[4]", "a[3,0], b[0]" });

/* a (m,k), b (k) -> (m) */
NRV_API nrv_tensor nrv_mv(nrv_tensor a, nrv_tensor b)
{
    const nrv_tensor in[] = { a, b };
    return product_ranks(&nrv__op_mv, in, 2, 1) && product_meets(&nrv__op_mv, in, 0) ? nrv_matmul(a, b) : NULL;
}

PRODUCT_MAKE(dot)
NRV_OP(dot, PRODUCT_RECORD("The product of two vectors, summed."), .sig = "real a[k], real b[k] -> y[]",
       .make = product_dot, .torch = "dot vdot", .numpy = "vdot", .test = { "a[4], b[4]", "a[0], b[0]" });

/* a (k), b (k) -> the sum of their products */
NRV_API nrv_tensor nrv_dot(nrv_tensor a, nrv_tensor b)
{
    const nrv_tensor in[] = { a, b };
    return product_ranks(&nrv__op_dot, in, 1, 1) && product_meets(&nrv__op_dot, in, 0) ? nrv_matmul(a, b) : NULL;
}

PRODUCT_MAKE(inner)
NRV_OP(inner, PRODUCT_RECORD("Sums of products over the last axis of both; with a scalar, the product."),
       .sig = "real a[m...,k], real b[n...,k] -> y[m...,n...]", .make = product_inner, .torch = "inner",
       .numpy = "inner", .test = { "a[4], b[4]", "a[2,3,4], b[5,4]", "a[], b[3]" });

/* a (m...,k), b (n...,k) -> (m...,n...): sums over the last axis of both. A scalar multiplies the other. */
NRV_API nrv_tensor nrv_inner(nrv_tensor a, nrv_tensor b)
{
    const nrv_tensor in[] = { a, b };
    const int last = -1;
    if (!nrv__op_wants_real(&nrv__op_inner, 2, in))
        return NULL;
    if (a->rank == 0 || b->rank == 0)
        return nrv_mul(a, b);
    return product_meets(&nrv__op_inner, in, b->rank - 1) ? nrv_tensordot(a, b, 1, &last, &last) : NULL;
}

PRODUCT_MAKE(outer)
NRV_OP(outer, PRODUCT_RECORD("Every element of one vector by every element of another."),
       .sig = "real a[m], real b[n] -> y[m,n]", .make = product_outer, .torch = "outer ger", .numpy = "outer",
       .test = { "a[3], b[4]", "a[0], b[2]" });

/* a (m), b (n) -> (m,n): every product */
NRV_API nrv_tensor nrv_outer(nrv_tensor a, nrv_tensor b)
{
    const nrv_tensor in[] = { a, b };
    return product_ranks(&nrv__op_outer, in, 1, 1) ? nrv_mul(nrv__as_column(a), nrv__as_row(b)) : NULL;
}

/* ---- with something added: beta c + alpha y; beta = 0 forgets c, whatever it holds ---- */
static nrv_tensor product_added(const nrv__opdef *op, nrv_tensor c, nrv_tensor y, double beta, double alpha)
{
    if (!c || !y)
        return NULL;
    const nrv_tensor in[] = { c, y };
    nrv_shape s = nrv_shape_of(y);
    for (int i = 0; i < c->rank; i++) {
        int k = i - c->rank + y->rank;
        nrv_dim d;
        if (k < 0 || (c->dim[i] != 1 && !nrv__dim_same(c->g, c->dim[i], y->dim[k], op->name, &d)))
            return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "what is added has the shape of the product, or lengths of 1",
                                   "what is added does not fit the product");
    }
    y = alpha == 1 ? y : nrv_mul_c(y, alpha);
    c = beta == 1 || beta == 0 ? c : nrv_mul_c(c, beta);
    return beta == 0 ? y : nrv_add(nrv_broadcast(c, s), y);
}

#define PRODUCT_ADD(name)                                                                                          \
    static nrv_tensor product_##name(nrv__case *c)                                                                 \
    {                                                                                                              \
        return nrv_##name(c->x[0], c->x[1], c->x[2], nrv__case_real(c, "beta", 1), nrv__case_real(c, "alpha", 1)); \
    }

PRODUCT_ADD(addmm)
NRV_OP(addmm, PRODUCT_RECORD("beta c + alpha a b for matrices; beta = 0 forgets c, even its NaN."),
       .sig = "real c[m,n], real a[m,k], real b[k,n] -> y[m,n]", .make = product_addmm, .torch = "addmm",
       .onnx = "Gemm",
       .test = { "c[3,2], a[3,4], b[4,2]", "c[2], a[3,4], b[4,2], beta=0.5, alpha=-2",
                 "c[3,1], a[3,0], b[0,2], beta=2" });

/* beta c + alpha a b: c stretches to (m,n), a (m,k), b (k,n) */
NRV_API nrv_tensor nrv_addmm(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha)
{
    return nrv__op_wants_real(&nrv__op_addmm, NRV_N(const nrv_tensor, c, a, b))
               ? product_added(&nrv__op_addmm, c, nrv_mm(a, b), beta, alpha)
               : NULL;
}

PRODUCT_ADD(addmv)
NRV_OP(addmv, PRODUCT_RECORD("beta c + alpha a b for a matrix and a vector; beta = 0 forgets c."),
       .sig = "real c[m], real a[m,k], real b[k] -> y[m]", .make = product_addmv, .torch = "addmv",
       .test = { "c[3], a[3,4], b[4]", "c[], a[3,4], b[4], beta=0.5, alpha=-2" });

/* beta c + alpha a b: c stretches to (m), a (m,k), b (k) */
NRV_API nrv_tensor nrv_addmv(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha)
{
    return nrv__op_wants_real(&nrv__op_addmv, NRV_N(const nrv_tensor, c, a, b))
               ? product_added(&nrv__op_addmv, c, nrv_mv(a, b), beta, alpha)
               : NULL;
}

PRODUCT_ADD(addr)
NRV_OP(addr, PRODUCT_RECORD("beta c + alpha times the outer product of two vectors; beta = 0 forgets c."),
       .sig = "real c[m,n], real a[m], real b[n] -> y[m,n]", .make = product_addr, .torch = "addr",
       .test = { "c[3,2], a[3], b[2]", "c[2], a[3], b[2], beta=0.5, alpha=-2" });

/* beta c + alpha a b^T: c stretches to (m,n), a (m), b (n) */
NRV_API nrv_tensor nrv_addr(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha)
{
    return nrv__op_wants_real(&nrv__op_addr, NRV_N(const nrv_tensor, c, a, b))
               ? product_added(&nrv__op_addr, c, nrv_outer(a, b), beta, alpha)
               : NULL;
}

PRODUCT_ADD(baddbmm)
NRV_OP(baddbmm, PRODUCT_RECORD("beta c + alpha a b for every matrix of a batch; beta = 0 forgets c."),
       .sig = "real c[B,m,n], real a[B,m,k], real b[B,k,n] -> y[B,m,n]", .make = product_baddbmm, .torch = "baddbmm",
       .test = { "c[2,3,2], a[2,3,4], b[2,4,2]", "c[3,1], a[2,3,4], b[2,4,2], beta=0.5, alpha=-2" });

/* beta c + alpha a b: c stretches to (B,m,n), a (B,m,k), b (B,k,n) */
NRV_API nrv_tensor nrv_baddbmm(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha)
{
    return nrv__op_wants_real(&nrv__op_baddbmm, NRV_N(const nrv_tensor, c, a, b))
               ? product_added(&nrv__op_baddbmm, c, nrv_bmm(a, b), beta, alpha)
               : NULL;
}

PRODUCT_ADD(addbmm)
NRV_OP(addbmm, PRODUCT_RECORD("beta c + alpha times the sum of all products of a batch; beta = 0 forgets c."),
       .sig = "real c[m,n], real a[B,m,k], real b[B,k,n] -> y[m,n]", .make = product_addbmm, .torch = "addbmm",
       .test = { "c[3,2], a[2,3,4], b[2,4,2]", "c[2], a[2,3,4], b[2,4,2], beta=0.5, alpha=-2" });

/* beta c + alpha times the sum over the batch of a b: c stretches to (m,n), a (B,m,k), b (B,k,n) */
NRV_API nrv_tensor nrv_addbmm(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha)
{
    return nrv__op_wants_real(&nrv__op_addbmm, NRV_N(const nrv_tensor, c, a, b))
               ? product_added(&nrv__op_addbmm, c, nrv_sum(nrv_bmm(a, b), 0, 0), beta, alpha)
               : NULL;
}
