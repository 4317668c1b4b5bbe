/* pooling.h - what the pools share: how a window is asked for, room at the edges, results put back into shape. */
#ifndef NRV__POOLING_H
#define NRV__POOLING_H
#include "../conv/windows.h"

typedef struct nrv__pooling {
    nrv__window_attr w;
    int64_t ceil_mode, leave_pad_out, divisor;
    nrv_dim room[3]; /* lengths with everything that counts as padded around them */
    bool alone;      /* x came as (C,S...) */
} nrv__pooling;

nrv__pooling nrv__pooling_of(const nrv__case *c); /* by names, for c->x[0] */
nrv__pooling nrv__pooling_opt(nrv_tensor x, const nrv_pool_opt *o);
/* x as (B,C,S...) with so much of value behind it that every window fits which ceil_mode wants; checks all numbers.
   NULL: the error is set */
nrv_tensor nrv__pooling_open(const nrv__opdef *op, nrv_tensor x, nrv__pooling *p, double value);
nrv_tensor nrv__pooling_close(const nrv__pooling *p, nrv_tensor y);
/* axis -> two: o runs of an adaptive pool, and the most elements that one has; where runs differ, those that are too
   many repeat the last (*ragged: bool (o,most), true where they count; NULL: all do). NULL: the error is set */
nrv_tensor nrv__pooling_runs(const nrv__opdef *op, nrv_tensor x, int axis, int64_t o, nrv_tensor *ragged);
/* number of each element among those of the last axes, i64 of these axes */
nrv_tensor nrv__pooling_places(nrv_tensor x, int axes);
/* y and where: runs of axis (as above) of which the largest is taken, where it stands is carried along */
nrv_tensor nrv__pooling_most(nrv_tensor x, int axis, nrv_tensor *where);
#endif
