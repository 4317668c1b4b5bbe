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

enum { DEPTH_TAPS = 9, DEPTH_ROWS = CONV_MANY ? 7 : 4 }; /* of 3x3; rows of a tile at most, each with a register */

/* What is done for each row of a tile, and with each row of the image that these meet: tap(i, k) does column k of row
   i, where `row` begins. Sums and rows are variables with numbers in their names, since no compiler keeps arrays of
   vectors in registers; rows and jump are constants. */
#define DEPTH_R(m, i, k) m(0, i, k) m(1, i, k) m(2, i, k) m(3, i, k) m(4, i, k) m(5, i, k) m(6, i, k)
#define DEPTH_LINE(tap, i)                    \
    if ((i) <= (rows - 1) * jump + 2) {       \
        if (first + (uint64_t)(i) < height) { \
            tap(i, 0) tap(i, 1) tap(i, 2)     \
        }                                     \
        row += width;                         \
    }
#define DEPTH_FIVE(tap, i) \
    DEPTH_LINE(tap, i) DEPTH_LINE(tap, i + 1) DEPTH_LINE(tap, i + 2) DEPTH_LINE(tap, i + 3) DEPTH_LINE(tap, i + 4)
#define DEPTH_LINES(tap) DEPTH_FIVE(tap, 0) DEPTH_FIVE(tap, 5) DEPTH_FIVE(tap, 10)

/* nine(t, s, rows, jump, edge) by rows * 4 + (jump == 2) * 2 + edge */
#define DEPTH_CASE(nine, rows)      \
    case (rows) * 4:                \
        nine(t, s, rows, 1, false); \
        return;                     \
    case (rows) * 4 + 1:            \
        nine(t, s, rows, 1, true);  \
        return;                     \
    case (rows) * 4 + 2:            \
        nine(t, s, rows, 2, false); \
        return;                     \
    case (rows) * 4 + 3:            \
        nine(t, s, rows, 2, true);  \
        return;
#define DEPTH_FEW(nine) DEPTH_CASE(nine, 1) DEPTH_CASE(nine, 2) DEPTH_CASE(nine, 3) DEPTH_CASE(nine, 4)
#if CONV_MANY
#define DEPTH_CASES(nine) DEPTH_FEW(nine) DEPTH_CASE(nine, 5) DEPTH_CASE(nine, 6) DEPTH_CASE(nine, 7)
#else
#define DEPTH_CASES(nine) DEPTH_FEW(nine)
#endif

/* every `jump`-th number; jump and edge are constants */
SIMD_INLINE simd_f depth_load(const float *row, int64_t at, const depth_mask *m, const int64_t jump, const bool edge)
{
    const float *p = row + at;
    simd_f odds, x;
    if (jump == 1)
        return edge ? simd_load_span(p, m->a) : conv_once(p);
    const simd_f a = edge ? simd_load_span(p, m->a) : simd_load(p);
    simd_unzip(a, edge ? simd_load_span(p + SIMD_W, m->b) : simd_load(p + SIMD_W), &x, &odds);
    return x;
}

/* one channel a group, 3x3 whose rows meet; w (O,C/g,kh,kw) */
SIMD_UNUSED static const char *depth_refuses(const nrv__args *a, const nrv__view *w)
{
    const nrv__window_attr *t = a->attr;
    const char *why = conv_declines(a);
    if (why)
        return why;
    if (w->dim[1] != 1 || t->groups == 1)
        return "only groups of one channel";
    if (w->dim[2] != 3 || w->dim[3] != 3 || t->dilation[0] != 1)
        return "only 3x3, without gaps between rows";
    return t->stride[0] != t->stride[1] || t->stride[0] > 2 ? "only strides of one or two" : NULL;
}
#endif
