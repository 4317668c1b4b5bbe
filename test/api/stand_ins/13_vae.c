/* 13 as a program: twenty steps on a batch of eight lower the loss. */
#include "../programs/13_vae.c"
#include "stand_in.h"
int main(void)
{
    float *x = stand_in_floats(8 * 784), first = 0, loss = 0;
    nrv_store *s = nrv_store_new(NULL);
    nrv_plan *p = trace(s);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_set_size(e, "B", 8);
    nrv_bind_in(e, "x", x, 8 * 784 * sizeof *x);
    nrv_bind_out(e, "loss", &loss, sizeof loss);
    for (int i = 0; i < 20; i++) {
        STAND_IN_CHECK(nrv_run(e) == NRV_OK, nrv_why(e));
        first = i ? first : loss;
    }
    STAND_IN_CHECK(loss < first, "twenty steps did not lower the loss");
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_store_free(s);
    free(x);
    return 0;
}
