/* 04 as a program: two steps of training lower the loss of a short text; then 200 tokens, by a cache, from fresh
 * weights
 */
#define main program_main
#include "../programs/04_gpt.c"
#undef main
#include "stand_in.h"
static int train(void)
{
    enum { T = 12 };
    int32_t ids[2][T + 1];
    float loss[3];
    for (int i = 0; i < 2 * (T + 1); i++)
        ids[i / (T + 1)][i % (T + 1)] = i * 37 % V;
    nrv_store *s = nrv_store_new(NULL);
    nrv_plan *p = trace(s, NRV_TRAIN);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_set_size(e, "B", 2);
    nrv_set_size(e, "T", T);
    nrv_bind_in(e, "ids", ids, sizeof ids);
    for (int i = 0; i < 3; i++) {
        nrv_bind_out(e, "loss", &loss[i], sizeof loss[i]);
        STAND_IN_CHECK(nrv_run(e) == NRV_OK, nrv_why(e));
    }
    STAND_IN_CHECK(loss[2] < loss[0], "two steps did not lower the loss");
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_store_free(s);
    return 0;
}
int main(void)
{
    STAND_IN_CHECK(train() == 0, "training failed");
    STAND_IN_CHECK(program_main() == 0, "decoding failed");
    return 0;
}
