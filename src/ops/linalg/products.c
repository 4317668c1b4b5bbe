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

/* a b, or NULL in op's name: ranks ra and rb, and of three axes the first is a batch */
static nrv_tensor product_of(const nrv__opdef *op, nrv_tensor a, nrv_tensor b, int ra, int rb)
{
    const nrv_tensor in[] = { a, b };
    nrv_dim d;
    if (!product_ranks(op, in, ra, rb) || !product_meets(op, in, rb < 2 ? 0 : rb - 2))
        return NULL;
    if (ra < 3 || nrv__dim_same(a->g, a->dim[0], b->dim[0], op->name, &d))
        return nrv_matmul(a, b);
    return nrv__op_refuses(op, 2, in, NRV_ESHAPE, "as many matrices in a as in b; nrv_matmul stretches",
                           "batches of different lengths");
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
       .make = product_mm, .torch = "mm",
       .refuse = { "a[2,3], b[4,2] => mm: lengths 3 and 4 do not meet | in here | input 0: input f32 [2, 3] a | input "
                   "1: input f32 [4, 2] b | hint the last length of a meets that of b",
                   "a[3], b[3,2] => mm: ranks 2 and 2 are wanted, not 1 and 2 | in here | input 0: input f32 [3] a | "
                   "input 1: input f32 [3, 2] b | hint nrv_matmul takes all ranks" },
       .test = { "a[3,4], b[4,2]", "a[0,3], b[3,2]" });

/* a (m,k), b (k,n) -> (m,n) */
NRV_API nrv_tensor nrv_mm(nrv_tensor a, nrv_tensor b)
{
    return product_of(&nrv__op_mm, a, b, 2, 2);
}

PRODUCT_MAKE(bmm)
NRV_OP(bmm, PRODUCT_RECORD("The product of each matrix of a batch with that of another."),
       .sig = "real a[B,m,k], real b[B,k,n] -> y[B,m,n]", .make = product_bmm, .torch = "bmm",
       .refuse = { "a[2,3,4], b[3,4,2] => bmm: batches of different lengths | in here | input 0: input f32 [2, 3, 4] a "
                   "| input 1: input f32 [3, 4, 2] b | hint as many matrices in a as in b; nrv_matmul stretches",
                   "a[2,3], b[3,2] => bmm: ranks 3 and 3 are wanted, not 2 and 2 | in here | input 0: input f32 [2, 3] "
                   "a | input 1: input f32 [3, 2] b | hint nrv_matmul takes all ranks" },
       .test = { "a[2,3,4], b[2,4,2]", "a[0,3,4], b[0,4,2]" });

/* a (B,m,k), b (B,k,n) -> (B,m,n) */
NRV_API nrv_tensor nrv_bmm(nrv_tensor a, nrv_tensor b)
{
    return product_of(&nrv__op_bmm, a, b, 3, 3);
}

PRODUCT_MAKE(mv)
NRV_OP(mv, PRODUCT_RECORD("The product of a matrix and a vector."), .sig = "real a[m,k], real b[k] -> y[m]",
       .make = product_mv, .torch = "mv",
       .refuse = { "a[2,3], b[2] => mv: lengths 3 and 2 do not meet | in here | input 0: input f32 [2, 3] a | input 1: "
                   "input f32 [2] b | hint the last length of a meets that of b",
                   "a[3], b[3] => mv: ranks 2 and 1 are wanted, not 1 and 1 | in here | input 0: input f32 [3] a | "
                   "input 1: input f32 [3] b | hint nrv_matmul takes all ranks" },
       .test = { "a[3,4], b[4]", "a[3,0], b[0]" });

/* a (m,k), b (k) -> (m) */
NRV_API nrv_tensor nrv_mv(nrv_tensor a, nrv_tensor b)
{
    return product_of(&nrv__op_mv, a, b, 2, 1);
}

PRODUCT_MAKE(dot)
NRV_OP(dot, PRODUCT_RECORD("The product of two vectors, summed."), .sig = "real a[k], real b[k] -> y[]",
       .make = product_dot, .torch = "dot vdot", .numpy = "vdot",
       .refuse = { "a[2], b[3] => dot: lengths 2 and 3 do not meet | in here | input 0: input f32 [2] a | input 1: "
                   "input f32 [3] b | hint the last length of a meets that of b",
                   "a[2,2], b[2] => dot: ranks 1 and 1 are wanted, not 2 and 1 | in here | input 0: input f32 [2, 2] a "
                   "| input 1: input f32 [2] b | hint nrv_matmul takes all ranks" },
       .test = { "a[4], b[4]", "a[0], b[0]" });

/* a (k), b (k) -> the sum of their products */
NRV_API nrv_tensor nrv_dot(nrv_tensor a, nrv_tensor b)
{
    return product_of(&nrv__op_dot, a, b, 1, 1);
}

static nrv_tensor product_vecdot(nrv__case *c)
{
    return nrv_vecdot(c->x[0], c->x[1], nrv__case_small(c, "axis", -1));
}

NRV_OP(vecdot, PRODUCT_RECORD("The products of two tensors, summed along an axis; the others broadcast."),
       .sig = "real a[...,k], real b[...,k] -> y[...]", .make = product_vecdot, .torch = "linalg.vecdot",
       .refuse = { "a[2,3], b[2,3], axis=2 => vecdot: axis 2 of a tensor of rank 2 | in here | hint axes count from 0, "
                   "or from -1 at the end",
                   "a:i32[2], b:i32[2] => vecdot: input 0 is i32, a real type is wanted | in here | input 0: input i32 "
                   "[2] a | input 1: input i32 [2] b | hint nrv_cast it to NRV_F32" },
       .test = { "a[2,3], b[2,3]", "a[2,3,2], b[3,1], axis=-2", "a[4], b[4], axis=0" });

/* a (...,k,...), b (...,k,...) -> the sums of their products along axis, which is counted in the result of the product
 */
NRV_API nrv_tensor nrv_vecdot(nrv_tensor a, nrv_tensor b, int axis)
{
    const nrv_tensor in[] = { a, b };
    if (!nrv__op_wants_real(&nrv__op_vecdot, 2, in) || !nrv__axis(a->rank > b->rank ? a : b, &axis, "vecdot"))
        return NULL;
    return nrv_sum(nrv_mul(a, b), axis, 0);
}

PRODUCT_MAKE(inner)
NRV_OP(inner, PRODUCT_RECORD("Sums of products over the last axis of both; with a scalar, the product."),
       .sig = "real a[m...,k], real b[n...,k] -> y[m...,n...]", .make = product_inner, .torch = "inner",
       .numpy = "inner",
       .refuse = { "a[2,3], b[4] => inner: lengths 3 and 4 do not meet | in here | input 0: input f32 [2, 3] a | input "
                   "1: input f32 [4] b | hint the last length of a meets that of b",
                   "a:i32[3], b:i32[3] => inner: input 0 is i32, a real type is wanted | in here | input 0: input i32 "
                   "[3] a | input 1: input i32 [3] b | hint nrv_cast it to NRV_F32" },
       .test = { "a[4], b[4]", "a[2,3,4], b[5,4]", "a[], b[3]" });

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

static nrv_tensor product_outer_of(const nrv__opdef *op, const nrv_tensor *in)
{
    return product_ranks(op, in, 1, 1) ? nrv_mul(nrv_expand(in[0], -1, 1), nrv_expand(in[1], -2, 1)) : NULL;
}

PRODUCT_MAKE(outer)
NRV_OP(outer, PRODUCT_RECORD("Every element of one vector by every element of another."),
       .sig = "real a[m], real b[n] -> y[m,n]", .make = product_outer, .torch = "outer ger", .numpy = "outer",
       .refuse = { "a[2,2], b[2] => outer: ranks 1 and 1 are wanted, not 2 and 1 | in here | input 0: input f32 [2, 2] "
                   "a | input 1: input f32 [2] b | hint nrv_matmul takes all ranks",
                   "a:f64[2], b[2] => outer: types differ: f64 and f32 | in here | input 0: input f64 [2] a | input 1: "
                   "input f32 [2] b | hint nrv_cast one of them" },
       .test = { "a[3], b[4]", "a[0], b[2]" });

/* a (m), b (n) -> (m,n): every product */
NRV_API nrv_tensor nrv_outer(nrv_tensor a, nrv_tensor b)
{
    const nrv_tensor in[] = { a, b };
    return product_outer_of(&nrv__op_outer, in);
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
       .refuse = { "c[3,3], a[2,3], b[3,2] => addmm: what is added does not fit the product | in here | input 0: input "
                   "f32 [3, 3] c | input 1: matmul f32 [2, 2] here | hint what is added has the shape of the product, "
                   "or lengths of 1",
                   "c[2,2], a[2,3], b[4,2] => addmm: lengths 3 and 4 do not meet | in here | input 0: input f32 [2, 3] "
                   "a | input 1: input f32 [4, 2] b | hint the last length of a meets that of b" },
       .test = { "c[3,2], a[3,4], b[4,2]", "c[2], a[3,4], b[4,2], beta=0.5, alpha=-2",
                 "c[3,1], a[3,0], b[0,2], beta=2" });

/* beta c + alpha a b: c stretches to (m,n), a (m,k), b (k,n) */
NRV_API nrv_tensor nrv_addmm(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha)
{
    return nrv__op_wants_real(&nrv__op_addmm, NRV_N(const nrv_tensor, c, a, b))
               ? product_added(&nrv__op_addmm, c, product_of(&nrv__op_addmm, a, b, 2, 2), beta, alpha)
               : NULL;
}

PRODUCT_ADD(addmv)
NRV_OP(addmv, PRODUCT_RECORD("beta c + alpha a b for a matrix and a vector; beta = 0 forgets c."),
       .sig = "real c[m], real a[m,k], real b[k] -> y[m]", .make = product_addmv, .torch = "addmv",
       .refuse = { "c[3], a[2,3], b[3] => addmv: what is added does not fit the product | in here | input 0: input f32 "
                   "[3] c | input 1: reshape f32 [2] here | hint what is added has the shape of the product, or "
                   "lengths of 1",
                   "c[2], a[2,3], b[2,3] => addmv: ranks 2 and 1 are wanted, not 2 and 2 | in here | input 0: input "
                   "f32 [2, 3] a | input 1: input f32 [2, 3] b | hint nrv_matmul takes all ranks" },
       .test = { "c[3], a[3,4], b[4]", "c[], a[3,4], b[4], beta=0.5, alpha=-2" });

/* beta c + alpha a b: c stretches to (m), a (m,k), b (k) */
NRV_API nrv_tensor nrv_addmv(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha)
{
    return nrv__op_wants_real(&nrv__op_addmv, NRV_N(const nrv_tensor, c, a, b))
               ? product_added(&nrv__op_addmv, c, product_of(&nrv__op_addmv, a, b, 2, 1), beta, alpha)
               : NULL;
}

PRODUCT_ADD(addr)
NRV_OP(addr, PRODUCT_RECORD("beta c + alpha times the outer product of two vectors; beta = 0 forgets c."),
       .sig = "real c[m,n], real a[m], real b[n] -> y[m,n]", .make = product_addr, .torch = "addr",
       .refuse = { "c[3,3], a[2], b[3] => addr: what is added does not fit the product | in here | input 0: input f32 "
                   "[3, 3] c | input 1: mul f32 [2, 3] here | hint what is added has the shape of the product, or "
                   "lengths of 1",
                   "c:i32[2,3], a[2], b[3] => addr: input 0 is i32, a real type is wanted | in here | input 0: input "
                   "i32 [2, 3] c | input 1: input f32 [2] a | input 2: input f32 [3] b | hint nrv_cast it to NRV_F32" },
       .test = { "c[3,2], a[3], b[2]", "c[2], a[3], b[2], beta=0.5, alpha=-2" });

/* beta c + alpha a b^T: c stretches to (m,n), a (m), b (n) */
NRV_API nrv_tensor nrv_addr(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha)
{
    const nrv_tensor in[] = { a, b };
    return nrv__op_wants_real(&nrv__op_addr, NRV_N(const nrv_tensor, c, a, b))
               ? product_added(&nrv__op_addr, c, product_outer_of(&nrv__op_addr, in), beta, alpha)
               : NULL;
}

PRODUCT_ADD(baddbmm)
NRV_OP(baddbmm, PRODUCT_RECORD("beta c + alpha a b for every matrix of a batch; beta = 0 forgets c."),
       .sig = "real c[B,m,n], real a[B,m,k], real b[B,k,n] -> y[B,m,n]", .make = product_baddbmm, .torch = "baddbmm",
       .refuse = { "c[3,3], a[1,2,3], b[1,3,2] => baddbmm: what is added does not fit the product | in here | input 0: "
                   "input f32 [3, 3] c | input 1: matmul f32 [1, 2, 2] here | hint what is added has the shape of the "
                   "product, or lengths of 1",
                   "c[2], a[2,3], b[3,2] => baddbmm: ranks 3 and 3 are wanted, not 2 and 2 | in here | input 0: input "
                   "f32 [2, 3] a | input 1: input f32 [3, 2] b | hint nrv_matmul takes all ranks" },
       .test = { "c[2,3,2], a[2,3,4], b[2,4,2]", "c[3,1], a[2,3,4], b[2,4,2], beta=0.5, alpha=-2" });

/* beta c + alpha a b: c stretches to (B,m,n), a (B,m,k), b (B,k,n) */
NRV_API nrv_tensor nrv_baddbmm(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha)
{
    return nrv__op_wants_real(&nrv__op_baddbmm, NRV_N(const nrv_tensor, c, a, b))
               ? product_added(&nrv__op_baddbmm, c, product_of(&nrv__op_baddbmm, a, b, 3, 3), beta, alpha)
               : NULL;
}

PRODUCT_ADD(addbmm)
NRV_OP(
    addbmm, PRODUCT_RECORD("beta c + alpha times the sum of all products of a batch; beta = 0 forgets c."),
    .sig = "real c[m,n], real a[B,m,k], real b[B,k,n] -> y[m,n]", .make = product_addbmm, .torch = "addbmm",
    .refuse = { "c[3,3], a[1,2,3], b[1,3,2] => addbmm: what is added does not fit the product | in here | input 0: "
                "input f32 [3, 3] c | input 1: sum f32 [2, 2] here | hint what is added has the shape of the product, "
                "or lengths of 1",
                "c[2], a[2,2,3], b[3,3,2] => addbmm: batches of different lengths | in here | input 0: input f32 [2, "
                "2, 3] a | input 1: input f32 [3, 3, 2] b | hint as many matrices in a as in b; nrv_matmul stretches" },
    .test = { "c[3,2], a[2,3,4], b[2,4,2]", "c[2], a[2,3,4], b[2,4,2], beta=0.5, alpha=-2" });

/* beta c + alpha times the sum over the batch of a b: c stretches to (m,n), a (B,m,k), b (B,k,n) */
NRV_API nrv_tensor nrv_addbmm(nrv_tensor c, nrv_tensor a, nrv_tensor b, double beta, double alpha)
{
    return nrv__op_wants_real(&nrv__op_addbmm, NRV_N(const nrv_tensor, c, a, b))
               ? product_added(&nrv__op_addbmm, c, nrv_sum(product_of(&nrv__op_addbmm, a, b, 3, 3), 0, 0), beta, alpha)
               : NULL;
}
