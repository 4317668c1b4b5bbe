/* channelwise.h - how rows of a plane are read where they lie, whatever lies beside them: for depthwise convolution.

   Promises: what is not in the row is zero, and no memory outside of it is read. Does not do: rows above and below.
   Included by channelwise.c and channelwise_dw.c. */
#ifndef NRV__CHANNELWISE_H
#define NRV__CHANNELWISE_H
#include "conv_core.h"

/* where the vectors of columns lie that are to be done, all of them at the edge or none */
typedef struct depth_span {
    int64_t u, end;
} depth_span;

/* lanes of a tap that lie in the image; a stride of two has two vectors */
typedef struct depth_mask {
    simd_span a, b;
} depth_mask;

SIMD_INLINE depth_mask depth_mask_of(int64_t at, int64_t width, const int64_t jump)
{
    depth_mask m = { .a = simd_span_of(-at, width - at) };
    if (jump == 2)
        m.b = simd_span_of(-at - SIMD_W, width - at - SIMD_W);
    return m;
}

/* every `jump`-th number; jump and edge are constants, but jump may be anything above 2 */
SIMD_INLINE simd_f depth_load(const float *row, int64_t at, int64_t width, const depth_mask *m, const int64_t jump,
                              const bool edge)
{
    const float *p = row + at;
    simd_f odds, x = { 0 };
    if (jump == 1)
        return edge ? simd_load_span(p, m->a) : conv_once(p);
    if (jump == 2) {
        const simd_f a = edge ? simd_load_span(p, m->a) : simd_load(p);
        simd_unzip(a, edge ? simd_load_span(p + SIMD_W, m->b) : simd_load(p + SIMD_W), &x, &odds);
        return x;
    }
    for (int64_t i = 0; i < SIMD_W; i++, at += jump)
        if (at >= 0 && at < width)
            x[i] = row[at];
    return x;
}
#endif
