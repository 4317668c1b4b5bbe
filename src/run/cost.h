/* cost.h - what a run of a plan costs, known before there is an exec. */
#ifndef NRV__COST_H
#define NRV__COST_H
#include "exec.h"

typedef struct nrv__work_done {
    int64_t macs;   /* multiply-adds of products and convolutions */
    int64_t points; /* elements times element-wise instructions; of other ops the elements of what they read or write,
                       whichever is more */
    int64_t bytes;  /* that the steps read and write, each operand of a step once */
} nrv__work_done;
typedef struct nrv__cost {
    size_t workspace, locals,
        exec;            /* bytes that an exec of one thread, prepared for these sizes, has of the allocator */
    size_t each_thread;  /* more workspace for every other thread */
    size_t variables;    /* bytes that the store holds for it */
    nrv__work_done work; /* INT64_MAX: more than can be counted */
    bool endless;        /* some while has no limit: one turn of it is counted */
} nrv__cost;

/* size: one for each named size of the plan. What an exec asks for is what a trial exec asks for, which is laid out by
   the same code and has neither store nor workspace. */
nrv_status nrv__cost_of(const nrv_plan *p, const int64_t *size, nrv__cost *c, nrv__why *why);
#endif
