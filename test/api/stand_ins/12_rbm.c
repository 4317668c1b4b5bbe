/* 12 as a program: one step on a batch of eight. */
#include "../programs/12_rbm.c"
#include "stand_in.h"
int main(void)
{
    float *v = stand_in_floats(8 * 784), rate = 0.1f, error = -1;
    nrv_store *s = nrv_store_new(NULL);
    nrv_plan *p = trace(s);
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_set_size(e, "B", 8);
    nrv_bind_in(e, "v", v, 8 * 784 * sizeof *v);
    nrv_bind_in(e, "rate", &rate, sizeof rate);
    nrv_bind_out(e, "error", &error, sizeof error);
    STAND_IN_CHECK(nrv_run(e) == NRV_OK && error > 0, nrv_why(e));
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_store_free(s);
    free(v);
    return 0;
}
