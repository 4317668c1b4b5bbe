/* matmul - the product of matrices.    y = a b    da = dy b^T    db = a^T dy */
#include "matrix.h"
#include <string.h>

static bool matmul_shape(nrv__infer *s)
{
    nrv_tensor a = s->in[0], b = s->in[1];
    if (!nrv__infer_real(s, 0))
        return false;
    if (a->rank < 2 || b->rank < 2)
        return nrv__infer_fail(s, NRV_ESHAPE, "nrv_matmul takes vectors, too", "ranks %d and %d, matrices are wanted",
                               a->rank, b->rank);
    if (a->type != b->type)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast one of them", "types differ: %s and %s",
                               nrv__dtype_name(a->type), nrv__dtype_name(b->type));
    return nrv__infer_product(s);
}

static void matmul_vjp(nrv_vjp *v)
{
    if (v->need[0])
        v->dx[0] = nrv_matmul(v->dy, nrv_transpose(v->x[1]));
    if (v->need[1])
        v->dx[1] = nrv_matmul(nrv_transpose(v->x[0]), v->dy);
}

static void matmul_ref(const nrv__args *args)
{
    const nrv__view *va = &args->in[0], *vb = &args->in[1], *vy = &args->out[0];
    int64_t m = vy->dim[vy->rank - 2], n = vy->dim[vy->rank - 1], depth = va->dim[va->rank - 1];
    if (!args->n)
        return;
    memset(vy->data, 0, (size_t)args->n * sizeof(double));
    for (int64_t item = 0; item < args->n / (m * n); item++) {
        const double *a = (const double *)va->data + nrv__matrix_at(va, vy, item);
        const double *b = (const double *)vb->data + nrv__matrix_at(vb, vy, item);
        double *y = (double *)vy->data + item * m * n;
        for (int64_t i = 0; i < m; i++)
            for (int64_t k = 0; k < depth; k++)
                for (int64_t j = 0; j < n; j++)
                    y[i * n + j] += a[i * depth + k] * b[k * n + j];
    }
}

static nrv_tensor matmul_make(nrv__case *c)
{
    return nrv_matmul(c->x[0], c->x[1]);
}

NRV_OP(matmul, .batch = nrv__product_batch, .sig = "real a[...,m,k], real b[...,k,n] -> y[...,m,n]",
       .doc = "Product of matrices; batch axes broadcast. A vector on the left is a row, on the right a column, and "
              "its axis goes away.",
       .shape = matmul_shape, .vjp = matmul_vjp, .ref = matmul_ref, .macs = nrv__product_macs, .make = matmul_make,
       .ulp = 32, .tolerance_why = "k products are summed in float; the error grows with the root of k",
       .torch = "matmul linalg.matmul", .numpy = "matmul", .onnx = "MatMul",
       .refuse = { "a[2,3], b[2,3] => matmul: inner lengths differ: 3 and 2 | in here | input 0: input f32 [2, 3] a | "
                   "input 1: input f32 [2, 3] b | hint the last length of a meets the one before the last of b; does a "
                   "layer's size fit its input?",
                   "a[], b[3] => matmul: ranks 0 and 1 | in here | hint nrv_mul multiplies by a scalar",
                   "a[2,2,3], b[3,3,2] => matmul: batch lengths differ at axis 0 | in here | input 0: input f32 [2, 2, "
                   "3] a | input 1: input f32 [3, 3, 2] b | hint batch lengths are equal or 1",
                   "a:i32[2,2], b:i32[2,2] => matmul: input 0 is i32, a real type is wanted | in here | input 0: input "
                   "i32 [2, 2] a | input 1: input i32 [2, 2] b | hint nrv_cast it to NRV_F32" },
       .test = { "a[4], b[4]", "a[4], b[2,4,3]", "a[2,3,4], b[4]", "a[3,4], b[4,5]", "a[2,3,4], b[4,5]",
                 "a[2,1,3,4], b[3,4,2]", "a[17,33], b[33,65]", "a[3,0], b[0,2]", "a[0,3], b[3,2]",
                 "a[1,64], b[64,1]" });

/* (...,m,k) x (...,k,n) -> (...,m,n) */
NRV_API nrv_tensor nrv_matmul(nrv_tensor a, nrv_tensor b)
{
    if (!a || !b || a->g->why.status)
        return NULL;
    nrv_shape sa = nrv_shape_of(a), sb = nrv_shape_of(b);
    if (!sa.rank || !sb.rank)
        return nrv__graph_fail(a->g, NRV_ESHAPE, "nrv_mul multiplies by a scalar", "matmul: ranks %d and %d", sa.rank,
                               sb.rank),
               NULL;
    if (sa.rank == 1) {
        nrv_tensor y = nrv_matmul(nrv_reshape(a, NRV_SHAPE(1, sa.dim[0])), b);
        nrv_shape s = nrv_shape_of(y);
        int gone = s.rank - (sb.rank == 1 ? 1 : 2);
        memmove(&s.dim[gone < 0 ? 0 : gone], &s.dim[gone < 0 ? 0 : gone + 1], sizeof s.dim[0]);
        s.rank--;
        return nrv_reshape(y, s);
    }
    if (sb.rank == 1) {
        sa.rank--;
        return nrv_reshape(nrv_matmul(a, nrv_reshape(b, NRV_SHAPE(sb.dim[0], 1))), sa);
    }
    return nrv__product_by(&nrv__op_matmul, a, b);
}
