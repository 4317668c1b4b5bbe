/* 08 as a program: images of noise stand in for real ones */
#include "../programs/08_gan.c"
#include "stand_in.h"
int main(void)
{
    float *images = stand_in_floats(2 * 64 * 784);
    nrv_store *s = nrv_store_new(NULL);
    STAND_IN_CHECK(train(s, images, 2) == NRV_OK, "the step failed");
    nrv_store_free(s);
    free(images);
    return 0;
}
