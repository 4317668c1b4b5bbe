/* stand_in.h - one step of a plan with every input filled, for programs that leave host, data or models out. */
#ifndef NRV_TEST_STAND_IN_H
#define NRV_TEST_STAND_IN_H
#include <stdio.h>
#include <stdlib.h>

#define STAND_IN_CHECK(ok, why)                                                      \
    do {                                                                             \
        if (!(ok)) {                                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, (why) ? (why) : #ok); \
            return 1;                                                                \
        }                                                                            \
    } while (0)

static inline float *stand_in_floats(size_t n)
{
    float *x = malloc(n * sizeof *x);
    for (size_t i = 0; x && i < n; i++)
        x[i] = (float)((i * 37 + 11) % 101) / 101;
    return x;
}
#endif
