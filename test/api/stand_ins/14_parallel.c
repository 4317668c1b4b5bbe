/* one rank of eight: the all-reduce multiplies by eight */
#include "../programs/14_parallel.c"
#include "stand_in.h"
nrv_tensor model_loss(nrv_graph *g)
{
    float *data = stand_in_floats(32 * 5);
    nrv_tensor x = nrv_constant(g, NRV_F32, NRV_SHAPE(32, 5), data);
    free(data);
    return nrv_mean_all(nrv_square(nrv_linear(nrv_tanh(nrv_linear(x, "a", 7, NULL)), "b", 2, NULL)));
}
void host_all_reduce(float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] *= 8;
}
int main(void)
{
    nrv_store *s = nrv_store_new(NULL);
    STAND_IN_CHECK(train(s, 0, 3) == NRV_OK, "the step failed");
    nrv_store_free(s);
    return 0;
}
