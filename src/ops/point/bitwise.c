/* bitwise.c - and, or, exclusive or of bits; shifts of whole numbers. Of bools: of what is true. */
#include "../index/lines.h"
#include "binary.h"

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

/* x << n and x >> n, n in any range: what falls out of the type is lost where y is stored; to the right the sign comes
   in */
static uint64_t bitwise_left(uint64_t x, uint64_t n, nrv_dtype t)
{
    return n < 8 * nrv__dtype_size(t) ? x << n : 0;
}

static uint64_t bitwise_right(uint64_t x, uint64_t n, nrv_dtype t)
{
    const uint64_t by = n < 8 * nrv__dtype_size(t) ? n : 63;
    return x >> 63 ? ~(~x >> by) : x >> by;
}

NRV_WHOLE2(bitwise_and_whole, x &y)
NRV_WHOLE2(bitwise_or_whole, x | y)
NRV_WHOLE2(bitwise_xor_whole, x ^ y)
NRV_WHOLE2(bitwise_left_whole, bitwise_left(x, y, args_->out[0].type))
NRV_WHOLE2(bitwise_right_whole, bitwise_right(x, y, args_->out[0].type))

/* of bools, and of constants that the compiler computes with */
static uint64_t bitwise_of(double x)
{
    return (uint64_t)nrv__lines_whole(x);
}

NRV_REF2(bitwise_and_ref, (double)(int64_t)(bitwise_of(x) & bitwise_of(y)))
NRV_REF2(bitwise_or_ref, (double)(int64_t)(bitwise_of(x) | bitwise_of(y)))
NRV_REF2(bitwise_xor_ref, (double)(int64_t)(bitwise_of(x) ^ bitwise_of(y)))
NRV_REF2(bitwise_left_ref, (double)(int64_t)bitwise_left(bitwise_of(x), bitwise_of(y), args_->out[0].type))
NRV_REF2(bitwise_right_ref, (double)(int64_t)bitwise_right(bitwise_of(x), bitwise_of(y), args_->out[0].type))

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
    .sig = "whole a[...], whole b[...] -> y[...]", .flags = NRV_POINTWISE, .no_grad = "bits have no slope",            \
    .refuse = { "a:i32[3], b:i32[4] => " name                                                                          \
                ": shapes do not fit at axis 0 | in here | input 0: input i32 [3] a | input 1: input i32 [4] b | "     \
                "hint only a length of 1 is stretched; nrv_reshape puts one in",                                       \
                "a[3], b[3] => " name ": input 0 is f32, whole numbers are wanted | in here | input 0: input f32 [3] " \
                "a | input 1: input f32 [3] b | hint nrv_cast it to NRV_I32, or compare it" }
#define BITWISE_LOGIC(name)                                                                                    \
    BITWISE_COMMON(name), .shape = bitwise_shape,                                                              \
        .test = { "a:i32[3,5] in -99..99, b:i32[3,5] in -99..99", "a:bool{0, 0, 1, 1}, b:bool{0, 1, 0, 1}",    \
                  "a:u8[4,1,3] in 0..255, b:u8[2,1] in 0..255", "a:i64[1027] in -9999..9999, b:i64[] in 0..9", \
                  "a:bool[0], b:bool[1]" }
#define BITWISE_SHIFT(name)                                                                                  \
    BITWISE_COMMON(name), .shape = bitwise_shift_shape,                                                      \
        .test = { "a:i32[3,5] in -99..99, b:i32[3,5] in 0..9", "a:u8[4,1,3] in 0..255, b:u8[2,1] in 0..9",   \
                  "a:i64[1027] in -9999..9999, b:i64[] in 0..9", "a:i32{1, -1, 5, -7}, b:i32{4, 40, -1, 2}", \
                  "a:i32[0], b:i32[1]" }

NRV_OP(bitwise_and, .doc = "And of each bit, negative numbers in two's complement.", .ref = bitwise_and_ref,
       .whole = bitwise_and_whole, .make = bitwise_and_make, .torch = "bitwise_and", .numpy = "bitwise_and",
       .onnx = "BitwiseAnd", BITWISE_LOGIC("bitwise_and"));
NRV_OP(bitwise_or, .doc = "Or of each bit, negative numbers in two's complement.", .ref = bitwise_or_ref,
       .whole = bitwise_or_whole, .make = bitwise_or_make, .torch = "bitwise_or", .numpy = "bitwise_or",
       .onnx = "BitwiseOr", BITWISE_LOGIC("bitwise_or"));
NRV_OP(bitwise_xor, .doc = "Exclusive or of each bit, negative numbers in two's complement.", .ref = bitwise_xor_ref,
       .whole = bitwise_xor_whole, .make = bitwise_xor_make, .torch = "bitwise_xor", .numpy = "bitwise_xor",
       .onnx = "BitwiseXor", BITWISE_LOGIC("bitwise_xor"));
NRV_OP(bitwise_left_shift,
       .doc = "Bits moved b places up: a 2^b within a's type; 0 where b is negative or as long as the type.",
       .ref = bitwise_left_ref, .whole = bitwise_left_whole, .make = bitwise_left_shift_make,
       .torch = "bitwise_left_shift", .numpy = "left_shift", .onnx = "BitShift", BITWISE_SHIFT("bitwise_left_shift"));
NRV_OP(bitwise_right_shift,
       .doc = "Bits moved b places down, the sign comes in: floor(a / 2^b); 0 or -1 where b is negative or as long as "
              "the type.",
       .ref = bitwise_right_ref, .whole = bitwise_right_whole, .make = bitwise_right_shift_make,
       .torch = "bitwise_right_shift", .numpy = "right_shift", .onnx = "BitShift",
       BITWISE_SHIFT("bitwise_right_shift"));

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
