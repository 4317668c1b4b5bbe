/* draw.h - what the random primitives share: the shape of a draw, its bits, its batching.

   Promises: a draw is a pure function of key, counter and element. A counter of shape c[...] puts its lengths in front;
   item k is, bit for bit, what the scalar counter c[k] draws - so the turns of a loop may be drawn at once.
   Does not do: keep a state. An element that needs more than 128 bits asks again with `again` + 1: a stream of its own,
   so that how often one element tries never moves the others. */
#ifndef NRV__DRAW_H
#define NRV__DRAW_H
#include "../../base/philox.h"
#include "../op.h"

static inline void nrv__draw_bits(uint64_t key, uint64_t run, uint64_t element, uint64_t again, uint32_t bits[4])
{
    uint64_t at = element | again << 48; /* a tensor has at most 2^46 bytes */
    nrv__philox((const uint32_t[]){ (uint32_t)at, (uint32_t)(at >> 32), (uint32_t)run, (uint32_t)(run >> 32) },
                (const uint32_t[]){ (uint32_t)key, (uint32_t)(key >> 32) }, bits);
}

/* 53 bits in [0, 1) */
static inline double nrv__draw_unit(const uint32_t bits[2])
{
    return (double)((uint64_t)(bits[0] >> 5) << 26 | bits[1] >> 6) * 0x1p-53;
}

bool nrv__draw_shape(nrv__infer *s, int n, const nrv_dim *dim); /* the counter's lengths, then these */
bool nrv__draw_rows(nrv__infer *s);              /* in[1] begins with the counter's lengths and is real, or fails */
int64_t nrv__draw_each(const nrv__args *a);      /* elements of y for one counter */
nrv_tensor nrv__draw_batch(const nrv__batch *b); /* what does not differ from turn to turn is repeated */
/* what a case draws: with its i64 input `run`, else with the graph's counter; by a key of its own, as often as asked */
nrv_tensor nrv__draw_case(const nrv__case *c, const nrv__opdef *op, nrv_dtype t, int n_size, const nrv_dim *size);
/* log k! - (k + 1/2) log k + k - log(2 pi)/2, k > 0: the rest of Stirling's series */
double nrv__draw_stirling(double k);
/* k log(k/mean) + mean - k, without cancellation where k is near the mean (Loader 2000) */
double nrv__draw_deviance(double k, double mean);
#endif
