/* count_turn - the counter of random draws inside a loop: another one in every turn, whatever the order of turns */
#include "op.h"

static bool count_turn_shape(nrv__infer *s)
{
    return (nrv__infer_index(s, 0) && nrv__infer_index(s, 1) && nrv__infer_number(s));
}

/* 53 bits, which a double holds exactly */
static double count_turn_hash(double counter, double turn)
{
    const uint64_t words[2] = { (uint64_t)(int64_t)counter, (uint64_t)(int64_t)turn };
    return (double)(nrv__hash(29, words, sizeof words) & ((UINT64_C(1) << 53) - 1));
}

NRV_REF2(count_turn_ref, count_turn_hash(x, y))

NRV_OP(count_turn, .sig = "i64 counter[...], i64 turn[...] -> y[...]",
       .doc = "A counter for random draws from that outside of a loop and the number of the turn; below 2^53.",
       .shape = count_turn_shape, .flags = NRV_POINTWISE, .no_grad = "a counter", .ref = count_turn_ref,
       .refuse = { "counter[3], turn:i64[3] => count_turn: input 0 is f32, an index is wanted | in here | input 0: "
                   "input f32 [3] counter | input 1: input i64 [3] turn | hint nrv_cast it to NRV_I32 or NRV_I64",
                   "counter:i64[3], turn:i64[4] => count_turn: shapes do not fit at axis 0 | in here | input 0: input "
                   "i64 [3] counter | input 1: input i64 [4] turn | hint only a length of 1 is stretched; nrv_reshape "
                   "puts one in" },
       .test = { "counter:i64[3,5] in 0..1000, turn:i64[5] in 0..9", "counter:i64[] in 0..9, turn:i64[4] in 0..3" });
