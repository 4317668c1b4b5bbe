/* pairs.c - more instructions of the tile interpreter with two inputs: float32, bool, comparisons of i32; plain loops
   for the vectoriser.

   Promises: hypot neither overflows nor loses digits on the way, since it goes through double; fmod is exact.
   Does not do: angles faster than libm. */
#include "maths.h"
#include <math.h>

#define PAIRS_LOOP(name, type, expr)    MATHS_EACH2(pairs_##name, type, type, expr)
#define PAIRS_COMPARE(name, type, sign) MATHS_EACH2(pairs_##name##_##type, type, uint8_t, x sign y)

/* an infinite side wins over a NaN */
SIMD_INLINE float pairs_length(float x, float y)
{
    const float a = __builtin_fabsf(x), b = __builtin_fabsf(y), most = __builtin_inff();
    const float root = (float)__builtin_sqrt((double)a * (double)a + (double)b * (double)b);
    return a == most || b == most ? most : root;
}

PAIRS_LOOP(hypot, float, pairs_length(x, y))
PAIRS_LOOP(fmod, float, fmodf(x, y))
PAIRS_LOOP(atan2, float, atan2((double)x, (double)y))
PAIRS_LOOP(bitwise_and, uint8_t, x &y)
PAIRS_LOOP(bitwise_or, uint8_t, x | y)
PAIRS_LOOP(bitwise_xor, uint8_t, x ^ y)

PAIRS_COMPARE(equal, int32_t, ==)
PAIRS_COMPARE(not_equal, int32_t, !=)
PAIRS_COMPARE(less, int32_t, <)
PAIRS_COMPARE(less_equal, int32_t, <=)
PAIRS_COMPARE(greater, int32_t, >)
PAIRS_COMPARE(greater_equal, int32_t, >=)
PAIRS_COMPARE(equal, uint8_t, ==)
PAIRS_COMPARE(not_equal, uint8_t, !=)

#define PAIRS_ROW(op, types) { #op, types, NRV__ISA_TIER, pairs_##op }

// clang-format off
NRV_POINTS(pairs,
    PAIRS_ROW(hypot, "f32 f32 -> f32"),
    PAIRS_ROW(fmod, "f32 f32 -> f32"),
    PAIRS_ROW(atan2, "f32 f32 -> f32"),
    PAIRS_ROW(bitwise_and, "bool bool -> bool"),
    PAIRS_ROW(bitwise_or, "bool bool -> bool"),
    PAIRS_ROW(bitwise_xor, "bool bool -> bool"),
    { "equal", "i32 i32 -> bool", NRV__ISA_TIER, pairs_equal_int32_t },
    { "not_equal", "i32 i32 -> bool", NRV__ISA_TIER, pairs_not_equal_int32_t },
    { "less", "i32 i32 -> bool", NRV__ISA_TIER, pairs_less_int32_t },
    { "less_equal", "i32 i32 -> bool", NRV__ISA_TIER, pairs_less_equal_int32_t },
    { "greater", "i32 i32 -> bool", NRV__ISA_TIER, pairs_greater_int32_t },
    { "greater_equal", "i32 i32 -> bool", NRV__ISA_TIER, pairs_greater_equal_int32_t },
    { "equal", "bool bool -> bool", NRV__ISA_TIER, pairs_equal_uint8_t },
    { "not_equal", "bool bool -> bool", NRV__ISA_TIER, pairs_not_equal_uint8_t });
// clang-format on
