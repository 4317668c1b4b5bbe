/* outcome.c - see outcome.h. */
#include "outcome.h"
#include "run/cost.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

outcome outcome_of(nrv_graph *(*net)(nrv_store *s), const float *x, size_t bytes, const char *without)
{
    outcome o = { 0 };
    nrv_store *s = nrv_store_new(&(nrv_store_opt){ .seed = 1 });
    nrv_graph *g = net(s);
    nrv_plan *p = nrv_compile(g, &(nrv_compile_opt){ .without = without });
    nrv__cost cost;
    nrv__why why = { 0 };
    assert_int_equal(nrv__cost_of(p, NULL, &cost, &why), NRV_OK);
    o.workspace = cost.workspace - cost.each_thread;
    o.macs = cost.work.macs;
    o.points = cost.work.points;
    for (size_t i = 0; i < p->code.n_step; i++)
        o.programs += p->code.step[i].tiles != NULL;
    nrv_exec *e = nrv_exec_new(p, s, NULL);
    nrv_bind_in(e, "x", x, bytes);
    nrv_bind_out(e, "loss", &o.loss, sizeof o.loss);
    for (int i = 0; i < 3; i++)
        assert_int_equal(nrv_run(e), NRV_OK);
    nrv_exec_free(e);
    nrv_plan_free(p);
    nrv_graph_free(g);
    nrv_store_free(s);
    return o;
}
