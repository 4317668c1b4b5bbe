/* pairs.c - more instructions of the tile interpreter with two inputs: float32 and bool, plain loops for the
   vectoriser.

   Promises: hypot neither overflows nor loses digits on the way, since it goes through double; fmod is exact.
   Does not do: angles faster than libm. */
#include "maths.h"
#include <math.h>

#define PAIRS_LOOP(name, type, expr)                    \
    static void pairs_##name(const nrv__lane *l)        \
    {                                                   \
        const type *left = l->in[0], *right = l->in[1]; \
        type *out = l->out;                             \
        const int64_t n = l->n;                         \
        MATHS_LOOP                                      \
        for (int64_t i = 0; i < n; i++) {               \
            const type x = left[i], y = right[i];       \
            out[i] = (type)(expr);                      \
        }                                               \
    }

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

#define PAIRS_ROW(op, types) { #op, types, NRV__ISA_TIER, pairs_##op }

// clang-format off
NRV_POINTS(pairs,
    PAIRS_ROW(hypot, "f32 f32 -> f32"),
    PAIRS_ROW(fmod, "f32 f32 -> f32"),
    PAIRS_ROW(atan2, "f32 f32 -> f32"),
    PAIRS_ROW(bitwise_and, "bool bool -> bool"),
    PAIRS_ROW(bitwise_or, "bool bool -> bool"),
    PAIRS_ROW(bitwise_xor, "bool bool -> bool"));
// clang-format on
