/* matmul_integer - the product of matrices of bytes, exact.    y = a b, in i32 */
#include "matrix.h"

static bool matmul_integer_byte(nrv__infer *s, int i)
{
    if (s->in[i]->type == NRV_I8 || s->in[i]->type == NRV_U8)
        return true;
    return nrv__infer_fail(s, NRV_EDTYPE, "nrv_quantise makes bytes of reals", "input %d is %s, i8 or u8 is wanted", i,
                           nrv__dtype_name(s->in[i]->type));
}

static bool matmul_integer_shape(nrv__infer *s)
{
    nrv_tensor a = s->in[0], b = s->in[1];
    if (!matmul_integer_byte(s, 0) || !matmul_integer_byte(s, 1))
        return false;
    if (a->rank < 2 || b->rank < 2)
        return nrv__infer_fail(s, NRV_ESHAPE, "nrv_expand makes a matrix of a vector",
                               "ranks %d and %d, matrices are wanted", a->rank, b->rank);
    if (!nrv__infer_product(s))
        return false;
    s->type = NRV_I32;
    return true;
}

/* the sums of one item; in doubles only for constants that the compiler computes with */
#define MATMUL_INTEGER(id, type)                                                                           \
    static void id(const nrv__args *args)                                                                  \
    {                                                                                                      \
        const nrv__view *va = &args->in[0], *vb = &args->in[1], *vy = &args->out[0];                       \
        const int64_t m = vy->dim[vy->rank - 2], n = vy->dim[vy->rank - 1], depth = va->dim[va->rank - 1]; \
        for (int64_t at = 0; at < args->n; at++) {                                                         \
            const int64_t item = at / (m * n), i = at / n % m, j = at % n;                                 \
            const type *a = (const type *)va->data + nrv__matrix_at(va, vy, item) + i * depth;             \
            const type *b = (const type *)vb->data + nrv__matrix_at(vb, vy, item) + j;                     \
            type sum = 0;                                                                                  \
            for (int64_t k = 0; k < depth; k++)                                                            \
                sum += a[k] * b[k * n];                                                                    \
            ((type *)vy->data)[at] = sum;                                                                  \
        }                                                                                                  \
    }
MATMUL_INTEGER(matmul_integer_ref, double)
MATMUL_INTEGER(matmul_integer_whole, int64_t)
#undef MATMUL_INTEGER

NRV_OP(matmul_integer, .sig = "integer a[...,m,k], integer b[...,k,n] -> y[...,m,n]",
       .doc = "Product of matrices of i8 or u8 in i32, exact; sums beyond an i32 wrap. Batch axes broadcast.",
       .shape = matmul_integer_shape, .ref = matmul_integer_ref, .whole = matmul_integer_whole,
       .macs = nrv__product_macs, .batch = nrv__product_batch, .no_grad = "its result are integers", .torch = "_int_mm",
       .onnx = "MatMulInteger",
       .refuse = { "a:i8[2,3], b:i8[2,3] => matmul_integer: inner lengths differ: 3 and 2 | in here | input 0: input "
                   "i8 [2, 3] a | input 1: input i8 [2, 3] b | hint the last length of a meets the one before the last "
                   "of b; does a layer's size fit its input?",
                   "a:i8[2,3], b[3,2] => matmul_integer: input 1 is f32, i8 or u8 is wanted | in here | input 0: input "
                   "i8 [2, 3] a | input 1: input f32 [3, 2] b | hint nrv_quantise makes bytes of reals",
                   "a:u8[3], b:i8[3,2] => matmul_integer: ranks 1 and 2, matrices are wanted | in here | input 0: "
                   "input u8 [3] a | input 1: input i8 [3, 2] b | hint nrv_expand makes a matrix of a vector" },
       .test = { "a:i8[3,4] in -128..127, b:i8[4,5] in -128..127", "a:u8[7,65] in 0..255, b:i8[65,70] in -128..127",
                 "a:u8[5,6] in 0..255, b:u8[6,4] in 0..255", "a:i8[2,3,9] in -9..9, b:i8[9,2] in -9..9",
                 "a:i8[2,1,3,4] in -9..9, b:u8[3,4,2] in 0..9", "a:i8[3,0] in 0..1, b:i8[0,2] in 0..1",
                 "a:i8[0,3] in 0..1, b:i8[3,2] in 0..1", "a:i8[1,300] in -128..127, b:i8[300,9] in -128..127",
                 "a:i8[23,130] in -128..127, b:i8[130,33] in -128..127" });

/* a (...,m,k), b (...,k,n) of i8 or u8 -> (...,m,n) of i32. Bytes with a zero other than 0: a product, less what the
   zeros add. As ONNX's MatMulInteger. */
NRV_API nrv_tensor nrv_matmul_integer(nrv_tensor a, nrv_tensor b)
{
    return nrv__op_wants(&nrv__op_matmul_integer, 2, (const nrv_tensor[]){ a, b })
               ? nrv__product_by(&nrv__op_matmul_integer, a, b)
               : NULL;
}
