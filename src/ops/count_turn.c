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
       .test = { "counter:i64[3,5] in 0..1000, turn:i64[5] in 0..9", "counter:i64[] in 0..9, turn:i64[4] in 0..3" });
