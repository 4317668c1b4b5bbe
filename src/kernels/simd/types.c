/* types.c - casts, and arithmetic on integers, as instructions of the tile interpreter.

   Promises: bit for bit what the reference gives: f32 to f16 and bf16 rounds to the nearest, ties to even, subnormals,
   infinities and (quiet) NaN with payloads as src/base/dtype.c has them; integers from reals go towards zero and
   saturate, NaN is 0; sums, differences and products of integers wrap. */
#include "maths.h"

#define TYPES_CAST(name, from, to, expr) MATHS_EACH1(types_##name, from, to, expr)
#define TYPES_WRAP(name, type, expr)     MATHS_EACH2(types_##name, type, type, expr)

SIMD_INLINE float types_float(uint32_t bits)
{
    return maths_float((int32_t)bits);
}

SIMD_INLINE uint32_t types_bits(float x)
{
    return (uint32_t)maths_bits(x);
}

/* all ones where it is true: choices by masks stay in one stream, where branches would end it */
SIMD_INLINE uint32_t types_mask(bool yes)
{
    return 0u - (uint32_t)yes;
}

SIMD_INLINE float types_of_f16(uint16_t h)
{
    const uint32_t sign = (uint32_t)(h & 0x8000) << 16, rest = h & 0x7fff;
    const uint32_t special = (types_mask(rest >= 0x7c00) & (112u << 23)) | (types_mask(rest > 0x7c00) & 0x400000u);
    const uint32_t normal = ((rest << 13) + (112u << 23) + (special & (112u << 23))) | (special & 0x400000u);
    /* as if it had the leading 1 of 2^-14, which is taken away again */
    const uint32_t small = types_bits(types_float((rest << 13) + 0x38800000u) - 0x1p-14f);
    const uint32_t is_small = types_mask(rest < 0x0400);
    return types_float(sign | (small & is_small) | (normal & ~is_small));
}

SIMD_INLINE uint16_t types_to_f16(float x)
{
    const uint32_t u = types_bits(x), sign = u >> 16 & 0x8000, a = u & 0x7fffffff;
    /* half an ulp of what is kept, less one where that is even: a tie goes down then */
    const uint32_t normal = (a - (112u << 23) + 0xfff + (a >> 13 & 1)) >> 13;
    /* below 2^-14 the sum with 0.5 has its last bit where f16 has: the addition rounds */
    const uint32_t small = types_bits(types_float(a) + 0.5f) - 0x3f000000u;
    const uint32_t is_small = types_mask(a < 0x38800000u), is_large = types_mask(a >= 0x47800000u),
                   is_nan = types_mask(a > 0x7f800000u);
    const uint32_t large = 0x7c00 | (is_nan & (0x0200 | (a >> 13 & 0x1ff)));
    return (uint16_t)(sign | (small & is_small) | (large & is_large) | (normal & ~is_small & ~is_large));
}

SIMD_INLINE uint16_t types_to_bf16(float x)
{
    const uint32_t u = types_bits(x), sign = u >> 16 & 0x8000, a = u & 0x7fffffff;
    const uint32_t near = (a + 0x7fff + (a >> 16 & 1)) >> 16;
    const uint32_t nan = 0x7fc0 | (a >> 16 & 0x3f);
    return (uint16_t)(sign | (a > 0x7f800000u ? nan : near));
}

/* towards zero between two whole numbers; NaN gives 0. All before the conversion, which is undefined out of range */
SIMD_INLINE int32_t types_within(float x, float lo, float hi)
{
    const float inside = x < lo ? lo : x > hi ? hi : x;
    return (int32_t)(x != x ? 0.0f : inside);
}

SIMD_INLINE int32_t types_whole(float x)
{
    const float inside = x != x ? 0.0f : x < -2147483648.0f ? -2147483648.0f : x >= 2147483648.0f ? 0.0f : x;
    return x >= 2147483648.0f ? INT32_MAX : (int32_t)inside;
}

SIMD_INLINE int64_t types_long(float x)
{
    const bool fits = x >= -0x1p63f && x < 0x1p63f;
    return fits ? (int64_t)x : x >= 0x1p63f ? INT64_MAX : x < -0x1p63f ? INT64_MIN : 0;
}

TYPES_CAST(u8_f32, uint8_t, float, x) /* bool too: 0 or 1 in a byte */
TYPES_CAST(i32_f32, int32_t, float, x)
TYPES_CAST(i64_f32, int64_t, float, (double)x) /* as the reference goes, by way of double */
TYPES_CAST(f64_f32, double, float, x)
TYPES_CAST(f32_f64, float, double, x)
TYPES_CAST(f32_bool, float, uint8_t, x != 0.0f)
TYPES_CAST(f32_i32, float, int32_t, types_whole(x))
TYPES_CAST(f16_f32, uint16_t, float, types_of_f16(x))
TYPES_CAST(bf16_f32, uint16_t, float, types_float((uint32_t)x << 16 | ((x & 0x7fff) > 0x7f80 ? 0x400000u : 0)))
TYPES_CAST(f32_f16, float, uint16_t, types_to_f16(x))
TYPES_CAST(f32_bf16, float, uint16_t, types_to_bf16(x))
TYPES_CAST(i8_f32, int8_t, float, x)
TYPES_CAST(f32_i8, float, int8_t, types_within(x, -128, 127))
TYPES_CAST(f32_u8, float, uint8_t, types_within(x, 0, 255))
TYPES_CAST(f32_i64, float, int64_t, types_long(x))
TYPES_CAST(u8_i32, uint8_t, int32_t, x)
TYPES_CAST(i8_i32, int8_t, int32_t, x)
TYPES_CAST(i32_i64, int32_t, int64_t, x)
TYPES_CAST(i64_i32, int64_t, int32_t, x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : x)
TYPES_WRAP(add_i32, int32_t, (uint32_t)x + (uint32_t)y)
TYPES_WRAP(sub_i32, int32_t, (uint32_t)x - (uint32_t)y)
TYPES_WRAP(mul_i32, int32_t, (uint32_t)x *(uint32_t)y)
TYPES_WRAP(add_i64, int64_t, (uint64_t)x + (uint64_t)y)
TYPES_WRAP(sub_i64, int64_t, (uint64_t)x - (uint64_t)y)
TYPES_WRAP(mul_i64, int64_t, (uint64_t)x *(uint64_t)y)

// clang-format off
NRV_POINTS(types,
    { "cast", "bool -> f32", NRV__ISA_TIER, types_u8_f32 },
    { "cast", "u8 -> f32", NRV__ISA_TIER, types_u8_f32 },
    { "cast", "i32 -> f32", NRV__ISA_TIER, types_i32_f32 },
    { "cast", "i64 -> f32", NRV__ISA_TIER, types_i64_f32 },
    { "cast", "f64 -> f32", NRV__ISA_TIER, types_f64_f32 },
    { "cast", "f32 -> f64", NRV__ISA_TIER, types_f32_f64 },
    { "cast", "f32 -> i32", NRV__ISA_TIER, types_f32_i32 },
    { "cast", "f32 -> bool", NRV__ISA_TIER, types_f32_bool },
    { "cast", "f16 -> f32", NRV__ISA_TIER, types_f16_f32 },
    { "cast", "bf16 -> f32", NRV__ISA_TIER, types_bf16_f32 },
    { "cast", "f32 -> f16", NRV__ISA_TIER, types_f32_f16 },
    { "cast", "f32 -> bf16", NRV__ISA_TIER, types_f32_bf16 },
    { "cast", "i8 -> f32", NRV__ISA_TIER, types_i8_f32 },
    { "cast", "f32 -> i8", NRV__ISA_TIER, types_f32_i8 },
    { "cast", "f32 -> u8", NRV__ISA_TIER, types_f32_u8 },
    { "cast", "f32 -> i64", NRV__ISA_TIER, types_f32_i64 },
    { "cast", "u8 -> i32", NRV__ISA_TIER, types_u8_i32 },
    { "cast", "i8 -> i32", NRV__ISA_TIER, types_i8_i32 },
    { "cast", "i32 -> i64", NRV__ISA_TIER, types_i32_i64 },
    { "cast", "i64 -> i32", NRV__ISA_TIER, types_i64_i32 },
    { "add", "i32 i32 -> i32", NRV__ISA_TIER, types_add_i32 },
    { "sub", "i32 i32 -> i32", NRV__ISA_TIER, types_sub_i32 },
    { "mul", "i32 i32 -> i32", NRV__ISA_TIER, types_mul_i32 },
    { "add", "i64 i64 -> i64", NRV__ISA_TIER, types_add_i64 },
    { "sub", "i64 i64 -> i64", NRV__ISA_TIER, types_sub_i64 },
    { "mul", "i64 i64 -> i64", NRV__ISA_TIER, types_mul_i64 });
// clang-format on
