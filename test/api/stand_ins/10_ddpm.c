/* 10 with one convolution, told the time by a row of an embedding, in the place of the U-net, and blobs for images */
#include <math.h>
#include "../programs/10_ddpm.c"
#include "stand_in.h"
enum { IMAGES = 2, TURNS = 1000 };
nrv_tensor unet(nrv_tensor x, nrv_tensor t)
{
    nrv_tensor row = nrv_gather(nrv_embedding(nrv_graph_of(x), "time", TURNS, 4), t, 0);
    nrv_tensor h = nrv_conv2d(x, "0", 4, 3, &(nrv_conv_opt){ .pad = 1 });
    h = nrv_silu(nrv_add(h, nrv_reshape(row, NRV_SHAPE(NRV_SAME, 4, 1, 1))));
    return nrv_conv2d(h, "1", 1, 3, &(nrv_conv_opt){ .pad = 1 });
}
static int train(nrv_store *s, const float *abar)
{
    nrv_plan *p = trace_train(s, abar);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    float *x = stand_in_floats(IMAGES * 784), loss = 0;
    nrv_set_size(e, "B", IMAGES);
    nrv_bind_in(e, "x", x, IMAGES * 784 * sizeof *x), nrv_bind_out(e, "loss", &loss, sizeof loss);
    for (int i = 0; i < 5; i++)
        STAND_IN_CHECK(nrv_run(e) == NRV_OK, nrv_why(e));
    STAND_IN_CHECK(isfinite(loss) && loss > 0, "no loss");
    printf("loss %.3f\n", (double)loss);
    nrv_exec_free(e);
    nrv_plan_free(p);
    free(x);
    return 0;
}
static int sample(nrv_store *s, const float *beta, const float *abar)
{
    static float image[2][IMAGES * 784];
    nrv_plan *p = trace_sample(s, beta, abar);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_set_size(e, "B", IMAGES);
    for (int i = 0; i < 2; i++) {
        nrv_bind_out(e, "image", image[i], sizeof image[i]);
        STAND_IN_CHECK(nrv_run(e) == NRV_OK, nrv_why(e));
        STAND_IN_CHECK(isfinite(image[i][0]) && image[i][0] != image[i][784], "no two images");
    }
    STAND_IN_CHECK(image[0][0] != image[1][0], "two runs drew the same noise");
    nrv_exec_free(e);
    nrv_plan_free(p);
    return 0;
}
int main(void)
{
    static float beta[TURNS], abar[TURNS];
    nrv_store *s = nrv_store_new(NULL);
    for (int t = 0; t < TURNS; t++) {
        beta[t] = 1e-4f + 0.02f * (float)t / TURNS;
        abar[t] = (t ? abar[t - 1] : 1) * (1 - beta[t]);
    }
    int failed = train(s, abar) || sample(s, beta, abar);
    nrv_store_free(s);
    return failed;
}
