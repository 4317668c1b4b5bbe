/* cube.c - the op cube as an instruction of the tile interpreter.

   HOW TO ADD A KERNEL: copy this file to src/kernels/simd/<name>.c, change it, run ./do build. It is compiled once for
   each instruction set; NRV_POINTS carries the tier in its names. A kernel for a whole op is an NRV_KERNEL instead: see
   pool.c for one with units and threads. The tests hold every tier against the op's reference.
   Promises: n elements, any n up to NRV__TILE; out may be in. Does not do: look at anything but its lane. */
#include "simd.h"

/* A plain loop: the compiler's vectoriser does better than intrinsics here. Static names are unique in all of src/. */
static void cube_lane(const nrv__lane *l)
{
    const float *x = l->in[0];
    float *out = l->out;
    for (int64_t i = 0; i < l->n; i++)
        out[i] = x[i] * x[i] * x[i];
}

NRV_POINTS(cube, { "cube", "f32 -> f32", NRV__ISA_TIER, cube_lane });
