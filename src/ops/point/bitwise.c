/* bitwise.c - and, or, exclusive or of bits; shifts of whole numbers. Of bools: of what is true.

   Values travel through doubles: of an i64 beyond 2^53 the lowest bits are lost. */
#include "binary.h"
#include <math.h>

static bool bitwise_shape(nrv__infer *s)
{
    if (nrv__dtype_real(s->in[0]->type))
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast it to NRV_I32, or compare it",
                               "input 0 is %s, whole numbers are wanted", nrv__dtype_name(s->in[0]->type));
    return nrv__infer_compare(s) && (s->type = s->in[0]->type, true);
}

static bool bitwise_shift_shape(nrv__infer *s)
{
    if (s->in[0]->type == NRV_BOOL)
        return nrv__infer_fail(s, NRV_EDTYPE, "nrv_cast it to NRV_U8", "input 0 is bool, a whole number is wanted");
    return bitwise_shape(s);
}

static int64_t bitwise_bits(nrv_dtype t)
{
    return (int64_t)nrv__dtype_size(t) * 8;
}

/* the low bits of x as a number of type t */
static double bitwise_wrapped(uint64_t x, nrv_dtype t)
{
    int64_t unused = 64 - bitwise_bits(t);
    x <<= unused;
    return t == NRV_U8 ? (double)(x >> unused) : (double)((int64_t)x / (INT64_C(1) << unused));
}

/* x << n and x >> n, n in any range: what falls out is lost, to the right the sign comes in */
static double bitwise_left(double x, double n, nrv_dtype t)
{
    return n >= 0 && n < (double)bitwise_bits(t) ? bitwise_wrapped((uint64_t)(int64_t)x << (int64_t)n, t) : 0;
}

static double bitwise_right(double x, double n, nrv_dtype t)
{
    return n >= 0 && n < (double)bitwise_bits(t) ? floor(ldexp(x, -(int)n)) : x < 0 ? -1 : 0;
}

NRV_REF2(bitwise_and_ref, (double)((int64_t)x &(int64_t)y))
NRV_REF2(bitwise_or_ref, (double)((int64_t)x | (int64_t)y))
NRV_REF2(bitwise_xor_ref, (double)((int64_t)x ^ (int64_t)y))
NRV_REF2(bitwise_left_ref, bitwise_left(x, y, args_->out[0].type))
NRV_REF2(bitwise_right_ref, bitwise_right(x, y, args_->out[0].type))

static nrv_tensor bitwise_and_make(nrv__case *c)
{
    return nrv_bitwise_and(c->x[0], binary_second(c, "other"));
}

static nrv_tensor bitwise_or_make(nrv__case *c)
{
    return nrv_bitwise_or(c->x[0], binary_second(c, "other"));
}

static nrv_tensor bitwise_xor_make(nrv__case *c)
{
    return nrv_bitwise_xor(c->x[0], binary_second(c, "other"));
}

static nrv_tensor bitwise_left_shift_make(nrv__case *c)
{
    return nrv_bitwise_left_shift(c->x[0], binary_second(c, "other"));
}

static nrv_tensor bitwise_right_shift_make(nrv__case *c)
{
    return nrv_bitwise_right_shift(c->x[0], binary_second(c, "other"));
}

#define BITWISE_COMMON(name)                                                                                           \
    .sig = "whole a[...], whole b[...] -> y[...]", .shape = bitwise_shape, .flags = NRV_POINTWISE,                     \
    .no_grad = "bits have no slope",                                                                                   \
    .refuse = { "a:i32[3], b:i32[4] => " name                                                                          \
                ": shapes do not fit at axis 0 | in here | input 0: input i32 [3] a | input 1: input i32 [4] b | "     \
                "hint only a length of 1 is stretched; nrv_reshape puts one in",                                       \
                "a[3], b[3] => " name ": input 0 is f32, whole numbers are wanted | in here | input 0: input f32 [3] " \
                "a | input 1: input f32 [3] b | hint nrv_cast it to NRV_I32, or compare it" },                         \
    .test = { "a:i32[3,5] in -99..99, b:i32[3,5] in -99..99", "a:bool{0, 0, 1, 1}, b:bool{0, 1, 0, 1}",                \
              "a:u8[4,1,3] in 0..255, b:u8[2,1] in 0..255", "a:i64[1027] in -9999..9999, b:i64[] in 0..9",             \
              "a:bool[0], b:bool[1]" }
#define BITWISE_SHIFT(name)                                                                                            \
    .sig = "whole a[...], whole b[...] -> y[...]", .shape = bitwise_shift_shape, .flags = NRV_POINTWISE,               \
    .no_grad = "bits have no slope",                                                                                   \
    .refuse = { "a:i32[3], b:i32[4] => " name                                                                          \
                ": shapes do not fit at axis 0 | in here | input 0: input i32 [3] a | input 1: input i32 [4] b | "     \
                "hint only a length of 1 is stretched; nrv_reshape puts one in",                                       \
                "a[3], b[3] => " name ": input 0 is f32, whole numbers are wanted | in here | input 0: input f32 [3] " \
                "a | input 1: input f32 [3] b | hint nrv_cast it to NRV_I32, or compare it" },                         \
    .test = { "a:i32[3,5] in -99..99, b:i32[3,5] in 0..9", "a:u8[4,1,3] in 0..255, b:u8[2,1] in 0..9",                 \
              "a:i64[1027] in -9999..9999, b:i64[] in 0..9", "a:i32{1, -1, 5, -7}, b:i32{4, 40, -1, 2}",               \
              "a:i32[0], b:i32[1]" }

NRV_OP(bitwise_and, .doc = "And of each bit, negative numbers in two's complement.", .ref = bitwise_and_ref,
       .make = bitwise_and_make, .torch = "bitwise_and", .numpy = "bitwise_and", .onnx = "BitwiseAnd",
       BITWISE_COMMON("bitwise_and"));
NRV_OP(bitwise_or, .doc = "Or of each bit, negative numbers in two's complement.", .ref = bitwise_or_ref,
       .make = bitwise_or_make, .torch = "bitwise_or", .numpy = "bitwise_or", .onnx = "BitwiseOr",
       BITWISE_COMMON("bitwise_or"));
NRV_OP(bitwise_xor, .doc = "Exclusive or of each bit, negative numbers in two's complement.", .ref = bitwise_xor_ref,
       .make = bitwise_xor_make, .torch = "bitwise_xor", .numpy = "bitwise_xor", .onnx = "BitwiseXor",
       BITWISE_COMMON("bitwise_xor"));
NRV_OP(bitwise_left_shift,
       .doc = "Bits moved b places up: a 2^b within a's type; 0 where b is negative or as long as the type.",
       .ref = bitwise_left_ref, .make = bitwise_left_shift_make, .torch = "bitwise_left_shift", .numpy = "left_shift",
       .onnx = "BitShift", BITWISE_SHIFT("bitwise_left_shift"));
NRV_OP(bitwise_right_shift,
       .doc = "Bits moved b places down, the sign comes in: floor(a / 2^b); 0 or -1 where b is negative or as long as "
              "the type.",
       .ref = bitwise_right_ref, .make = bitwise_right_shift_make, .torch = "bitwise_right_shift",
       .numpy = "right_shift", .onnx = "BitShift", BITWISE_SHIFT("bitwise_right_shift"));

/* And of each bit of whole numbers or bools. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_bitwise_and(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_bitwise_and, NRV_N(const nrv_tensor, a, b));
}

/* Or of each bit of whole numbers or bools. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_bitwise_or(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_bitwise_or, NRV_N(const nrv_tensor, a, b));
}

/* Exclusive or of each bit of whole numbers or bools. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_bitwise_xor(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_bitwise_xor, NRV_N(const nrv_tensor, a, b));
}

/* a's bits moved b places up. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_bitwise_left_shift(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_bitwise_left_shift, NRV_N(const nrv_tensor, a, b));
}

/* a's bits moved b places down. a, b and y broadcast together. */
NRV_API nrv_tensor nrv_bitwise_right_shift(nrv_tensor a, nrv_tensor b)
{
    return nrv__op(&nrv__op_bitwise_right_shift, NRV_N(const nrv_tensor, a, b));
}
