/* a pooled convolution stands in for the residual net, and its own weights, renamed, for the checkpoint */
#include <string.h>
#define main program_main
#include "../programs/15_finetune.c"
#undef main
#include "stand_in.h"
nrv_tensor resnet(nrv_tensor x)
{
    x = nrv_conv2d(nrv_max_pool(x, 8, 8), "conv1", 4, 3, &(nrv_conv_opt){ .stride = 2, .pad = 1 });
    return nrv_avg_pool_global(nrv_relu(nrv_batch_norm(x, "bn1", NULL)));
}
static int checkpoint(void)
{
    nrv_store *s = nrv_store_new(NULL);
    nrv_graph *g = nrv_graph_new(s, NRV_EVAL);
    nrv_enter(g, &(nrv_scope){ .name = "module" });
    nrv_output(g, "y", resnet(nrv_input(g, "x", NRV_F32, NRV_SHAPE(1, 3, 224, 224))));
    nrv_pop(g);
    STAND_IN_CHECK(!nrv_graph_why(g), nrv_graph_why(g));
    STAND_IN_CHECK(nrv_store_save(s, "resnet18.safetensors", "*") == NRV_OK, nrv_store_why(s));
    nrv_graph_free(g);
    nrv_store_free(s);
    return 0;
}
int main(void)
{
    return checkpoint() || program_main();
}
